//! A member's key that an agent holds: it signs, and never comes out.

use std::path::Path;

use crate::revision::sign::{PublicKey, SecretKey};
use crate::workspace::agent;

/// The key of which this is the public half, where the agent at a socket holds the other; nothing where no agent does.
pub fn held(public: &str, socket: &Path) -> Option<SecretKey> {
    let public = PublicKey::read(public)?;
    let bytes = public.bytes();
    if !agent::holds(socket, &bytes).ok()? {
        return None;
    }
    let socket = socket.to_owned();
    Some(SecretKey::elsewhere(public, move |text| agent::sign(&socket, &bytes, text).ok().flatten()))
}
