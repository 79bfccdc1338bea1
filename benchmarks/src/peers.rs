//! The other engines, each with the same policy in its own words.

pub mod cel;
pub mod datalogic;
pub mod foreign;
pub mod regorus;
pub mod rhai;
#[cfg(feature = "zen-engine")]
pub mod zen;
