//! What the program carries within itself, so that it needs nothing but itself to begin: a policy, the templates, and what `src/app/shipped/` holds.

/// Every file, by its path in the source, with its bytes.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// Where the policy stands that a new association begins with.
pub(super) const POLICY: &str = "policies/naba/1";

/// The files of a folder, by their paths inside it.
pub fn under(folder: &str) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    FILES.iter().filter_map(move |(path, bytes)| {
        let inside = path.strip_prefix(folder)?.strip_prefix('/')?;
        Some((inside, *bytes))
    })
}

/// The text of one file; nothing where there is no such text.
pub fn text(path: &str) -> Option<&'static str> {
    let (_, bytes) = FILES.iter().find(|(name, _)| *name == path)?;
    std::str::from_utf8(bytes).ok()
}
