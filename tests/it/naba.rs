//! The real policy, the sample requests and how to walk them: what several tests begin with.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use mizan::evaluation::request::{self, Request};
use mizan::policy::{self, Policy, PolicyFile};
use mizan::source::Source;
use mizan::value::Date;
use mizan::workspace;

/// The files of the real policy.
pub(crate) static FILES: LazyLock<Vec<PolicyFile>> =
    LazyLock::new(|| workspace::read_revision(Path::new("policies/naba/1")).unwrap());

/// The real policy.
pub(crate) static POLICY: LazyLock<Policy> =
    LazyLock::new(|| policy::check("policies/naba/1", &FILES).unwrap().0);

/// The day on which the samples are evaluated.
pub(crate) fn today() -> Date {
    NaiveDate::from_ymd_opt(2026, 12, 30).unwrap()
}

/// The sample requests, in the order of their names.
pub(crate) fn samples() -> Vec<PathBuf> {
    workspace::list(Path::new("tests/fixtures/requests")).unwrap()
}

/// The name of a file without its ending.
pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// A file as a source.
pub(crate) fn source(path: &Path) -> Arc<Source> {
    Source::new(path.display().to_string(), workspace::read_text(path).unwrap())
}

/// A sample request, read by the real policy.
pub(crate) fn sample(path: &Path) -> Request {
    request::read(&POLICY, &source(path)).unwrap()
}
