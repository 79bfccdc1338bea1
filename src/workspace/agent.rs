//! The agent that holds a member's key (`ssh-agent`, or what speaks as it does): asked whether it has the key, and to sign with it.
//!
//! Two messages of its protocol (draft-ietf-sshm-ssh-agent): the keys that it has, and a signature. A key never comes out of it.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
/// No answer of an agent is longer.
const LONGEST: u32 = 256 * 1024;

/// Where the agent listens, if there is one.
pub fn socket() -> Option<PathBuf> {
    std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Has the agent this key?
///
/// # Errors
///
/// There is no agent, or it speaks otherwise.
pub fn holds(socket: &Path, key: &[u8]) -> io::Result<bool> {
    let answer = ask(socket, &[REQUEST_IDENTITIES])?;
    let mut rest = Fields(answer.strip_prefix(&[IDENTITIES]).ok_or_else(strange)?);
    let count = rest.number().ok_or_else(strange)?;
    for _ in 0..count {
        let (known, _comment) = (rest.bytes().ok_or_else(strange)?, rest.bytes().ok_or_else(strange)?);
        if known == key {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Has the agent sign; nothing where it does not.
///
/// # Errors
///
/// There is no agent, or it speaks otherwise.
pub fn sign(socket: &Path, key: &[u8], bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut message = vec![SIGN_REQUEST];
    for field in [key, bytes] {
        message.extend(u32::try_from(field.len()).map_err(|_| strange())?.to_be_bytes());
        message.extend(field);
    }
    // No flags: they choose among hashes of RSA.
    message.extend(0_u32.to_be_bytes());
    let answer = ask(socket, &message)?;
    let Some(rest) = answer.strip_prefix(&[SIGN_RESPONSE]) else { return Ok(None) };
    Ok(Some(Fields(rest).bytes().ok_or_else(strange)?.to_vec()))
}

fn ask(socket: &Path, message: &[u8]) -> io::Result<Vec<u8>> {
    let mut agent = connect(socket)?;
    agent.write_all(&u32::try_from(message.len()).map_err(|_| strange())?.to_be_bytes())?;
    agent.write_all(message)?;
    agent.flush()?;
    let mut length = [0; 4];
    agent.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(strange());
    }
    let mut answer = vec![0; usize::try_from(length).map_err(|_| strange())?];
    agent.read_exact(&mut answer)?;
    Ok(answer)
}

#[cfg(unix)]
fn connect(socket: &Path) -> io::Result<impl Read + Write> {
    std::os::unix::net::UnixStream::connect(socket)
}

/// Elsewhere it listens on a pipe that has a name.
#[cfg(not(unix))]
fn connect(socket: &Path) -> io::Result<impl Read + Write> {
    std::fs::OpenOptions::new().read(true).write(true).open(socket)
}

fn strange() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "this is no answer of a key agent")
}

/// Takes the fields of a message one by one.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }
}
