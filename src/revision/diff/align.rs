//! Which part of one revision is which of the other: by its id, and where an id is new, by what it says.

use std::collections::{BTreeMap, BTreeSet};

use crate::expression::canonical;
use crate::policy::guide::parts::{Aspect, Kind, Part};

/// The parts of two revisions, held together.
#[derive(Debug)]
pub(super) struct Aligned {
    pub(super) removed: Vec<Part>,
    pub(super) added: Vec<Part>,
    pub(super) both: Vec<(Part, Part)>,
    /// New ids, and the old ones in whose places they stand.
    renamed: BTreeMap<String, String>,
}

/// An id that is new may rest on others that are new: so often the search begins anew.
const ROUNDS: usize = 4;

impl Aligned {
    pub(super) fn new(before: Vec<Part>, after: Vec<Part>) -> Aligned {
        let mut waiting: BTreeMap<(Kind, String), Part> =
            before.into_iter().map(|part| ((part.kind, part.id.clone()), part)).collect();
        let mut aligned = Aligned { removed: vec![], added: vec![], both: vec![], renamed: BTreeMap::new() };
        for part in after {
            match waiting.remove(&(part.kind, part.id.clone())) {
                Some(before) => aligned.both.push((before, part)),
                None => aligned.added.push(part),
            }
        }
        aligned.removed = waiting.into_values().collect();
        for _ in 0..ROUNDS {
            if !aligned.find_renamed() {
                break;
            }
        }
        aligned
    }

    /// Those that say the same under another id; where several do, nobody knows which became which.
    fn find_renamed(&mut self) -> bool {
        let mut found = false;
        let mut added = std::mem::take(&mut self.added);
        let mut index = 0;
        while let Some(part) = added.get(index) {
            let says = self.says(part, Some(&part.id));
            let mut alike = (self.removed.iter().enumerate())
                .filter(|(_, before)| before.kind == part.kind && signature(before) == says);
            let is_only = added
                .iter()
                .filter(|other| other.kind == part.kind && self.says(other, Some(&other.id)) == says)
                .count()
                == 1;
            match (alike.next().map(|(at, _)| at), alike.next()) {
                (Some(at), None) if is_only => {
                    let before = self.removed.remove(at);
                    let part = added.remove(index);
                    self.renamed.insert(part.id.clone(), before.id.clone());
                    self.both.push((before, part));
                    found = true;
                }
                _ => index += 1,
            }
        }
        self.added = added;
        found
    }

    /// What a part of the new revision says, in the ids of the old one; its own id left out.
    fn says(&self, part: &Part, own: Option<&str>) -> Vec<(String, String)> {
        let plain = |text: &str| {
            let text = self.in_old_ids(text);
            own.map_or(text.clone(), |own| text.replace(&canonical::named(own), "‹›"))
        };
        part.aspects.iter().map(|aspect| (plain(&aspect.key), plain(&aspect.exact))).collect()
    }

    fn in_old_ids(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (new, old) in &self.renamed {
            text = text.replace(&canonical::named(new), &canonical::named(old));
        }
        text
    }

    /// The aspects that differ, in the order of the new revision; those that are gone at the end.
    pub(super) fn aspects<'p>(
        &self,
        before: &'p Part,
        after: &'p Part,
    ) -> Vec<(Option<&'p Aspect>, Option<&'p Aspect>)> {
        let mut taken = BTreeSet::new();
        let mut pairs: Vec<(Option<&Aspect>, Option<&Aspect>)> = Vec::new();
        for other in &after.aspects {
            let key = self.in_old_ids(&other.key);
            let found = before.aspects.iter().position(|one| one.key == key);
            let found = found.filter(|at| taken.insert(*at));
            pairs.push((found.and_then(|at| before.aspects.get(at)), Some(other)));
        }
        // A row that gives the same as one that is gone is that row with another test.
        for (one, other) in &mut pairs {
            let (None, Some(gives)) = (&one, other.and_then(|other| other.gives.as_deref())) else {
                continue;
            };
            let gives = self.in_old_ids(gives);
            let mut like = (before.aspects.iter().enumerate())
                .filter(|(at, one)| !taken.contains(at) && one.gives.as_deref() == Some(gives.as_str()));
            if let (Some((at, found)), None) = (like.next(), like.next()) {
                *one = Some(found);
                taken.insert(at);
            }
        }
        let gone = before.aspects.iter().enumerate().filter(|(at, _)| !taken.contains(at));
        pairs.extend(gone.map(|(_, one)| (Some(one), None)));
        pairs.retain(|(one, other)| match (one, other) {
            (Some(one), Some(other)) => one.exact != self.in_old_ids(&other.exact),
            _ => true,
        });
        pairs
    }
}

fn signature(part: &Part) -> Vec<(String, String)> {
    let plain = |text: &str| text.replace(&canonical::named(&part.id), "‹›");
    part.aspects.iter().map(|aspect| (plain(&aspect.key), plain(&aspect.exact))).collect()
}
