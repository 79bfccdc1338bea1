//! In which order values can be computed: none from itself, none over too many others, and which of them hang on the clock.

use super::super::problems;
use super::Check;
use crate::expression::program::{Definition, Origin, Slot};
use crate::expression::{evaluate, lower};

/// A value may rest on a value that rests on a value… so many times: evaluation goes down as deep.
const DEEPEST: usize = 32;

/// So many parts may be inside one another while a value is computed, with all that it rests on: a condition that reads it adds
/// its own.
const MOST_PARTS: usize = evaluate::DEEPEST - lower::DEEPEST;

/// How far the walk is with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    /// Done.
    Done(Depth),
}

/// How deep a value lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Depth {
    /// So many values lie below it.
    values: usize,
    /// So many parts are inside one another while it is computed.
    parts: usize,
}

impl Check<'_> {
    /// Goes through all values from the bottom up, and takes the definition from those that could not be computed.
    pub(super) fn order(&mut self) {
        let mut states = vec![State::New; self.vocabulary.len()];
        let slots: Vec<Slot> = self.vocabulary.iter().map(|(slot, _)| slot).collect();
        let mut too_deep = false;
        for slot in slots {
            // Each value on the way down, with what it rests on and has not been looked at.
            let mut path: Vec<(Slot, Vec<Slot>)> = Vec::new();
            let mut next = Some(slot);
            loop {
                if let Some(slot) = next.take() {
                    match states.get(slot.index()) {
                        Some(State::New) => {
                            if let Some(state) = states.get_mut(slot.index()) {
                                *state = State::Open;
                            }
                            path.push((slot, self.rests_on(slot)));
                        }
                        Some(State::Open) => {
                            let start = path.iter().position(|(other, _)| *other == slot).unwrap_or(0);
                            let circle: Vec<Slot> = path.iter().skip(start).map(|(slot, _)| *slot).collect();
                            self.refuse_circle(&circle);
                        }
                        Some(State::Done(_)) | None => {}
                    }
                }
                let Some((slot, rest)) = path.last_mut() else { break };
                next = rest.pop();
                if next.is_none() {
                    let slot = *slot;
                    path.pop();
                    let mut depth = self.settle(slot, &states);
                    if depth.values > DEEPEST || depth.parts > MOST_PARTS {
                        self.refuse_depth(slot, depth, std::mem::replace(&mut too_deep, true));
                        depth = Depth::default();
                    }
                    if let Some(state) = states.get_mut(slot.index()) {
                        *state = State::Done(depth);
                    }
                }
            }
        }
    }

    /// What a value is computed from, in the order of declaration.
    fn rests_on(&self, slot: Slot) -> Vec<Slot> {
        let mut slots: Vec<Slot> = match self.vocabulary.get(slot).and_then(|named| named.definition.as_ref())
        {
            None => vec![],
            Some(Definition::Expression(node)) => node.slots().into_iter().collect(),
            Some(Definition::Output { table, .. }) => table.given.clone(),
            Some(Definition::Sum { parts, .. }) => parts.clone(),
        };
        slots.sort_unstable_by(|one, two| two.cmp(one));
        slots
    }

    /// How deep a value lies, now that everything below it is known; whatever is made of the clock changes with it.
    fn settle(&mut self, slot: Slot, states: &[State]) -> Depth {
        let below = self.rests_on(slot);
        let depths = below.iter().map(|slot| match states.get(slot.index()) {
            Some(State::Done(depth)) => *depth,
            Some(State::New | State::Open) | None => Depth::default(),
        });
        let own = match self.vocabulary.get(slot).and_then(|named| named.definition.as_ref()) {
            Some(Definition::Expression(node)) => node.depth() + 1,
            Some(Definition::Output { .. } | Definition::Sum { .. }) | None => 1,
        };
        let depth = depths.fold(Depth { values: 0, parts: own }, |deepest, below| Depth {
            values: deepest.values.max(below.values + 1),
            parts: deepest.parts.max(below.parts + own),
        });
        let is_clock =
            |slot: &Slot| self.vocabulary.get(*slot).is_some_and(|named| named.origin == Origin::Clock);
        if below.iter().any(is_clock)
            && let Some(named) = self.vocabulary.get_mut(slot)
        {
            named.origin = Origin::Clock;
        }
        depth
    }

    /// A value that is computed from itself would never be known.
    fn refuse_circle(&mut self, circle: &[Slot]) {
        let named = circle.iter().chain(circle.first()).filter_map(|slot| self.vocabulary.get(*slot));
        let names: Vec<String> = named.map(|named| named.id.clone()).collect();
        let place = circle.first().and_then(|slot| self.vocabulary.get(*slot)?.place.clone());
        self.push(problems::circular(place, &names));
        // Broken here, so that nothing that comes later can run in it.
        for slot in circle {
            self.forget(*slot);
        }
    }

    fn refuse_depth(&mut self, slot: Slot, depth: Depth, said: bool) {
        let place = self.vocabulary.get(slot).and_then(|named| named.place.clone());
        if let Some(place) = place.filter(|_| !said) {
            self.push(if depth.values > DEEPEST {
                problems::too_deep(place, DEEPEST)
            } else {
                problems::too_many_parts(place)
            });
        }
        self.forget(slot);
    }

    fn forget(&mut self, slot: Slot) {
        if let Some(named) = self.vocabulary.get_mut(slot) {
            named.definition = None;
        }
    }
}
