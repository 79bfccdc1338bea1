//! Conditions written out: for every way in which a few plain checks can come out, what follows and what has been read by then.
//!
//! Receives what is laid out as steps, hands on [`Part`]s: the turns that do the same, and what they read in any case.

use std::collections::BTreeSet;

use super::Tally;
use super::code::Stop;
use super::flow::{Check, Code, Course, Facts, Flow};
use super::frame::UNKNOWN;
use super::looks::{Both, Distances, Look, OPEN, Rates, Several, WAYS, by_kind, by_kinds, of_kind};
use super::steps::{At, Steps, small};
use super::turns::{
    Answers, Choose, ChooseReading, Divide, Gather, Read, Require, RequireBy, Required, Said, Say, SayEach,
    Sum, Turn, Walk, find,
};
use super::work::Term;
use crate::evaluation::Verdict;
use crate::policy::RuleKind;

/// So many checks are written out: for each one more, the list is three times as long.
const MOST_LOOKS: usize = 4;
/// So many values of a thing on which papers hang are written out.
const MOST_VALUES: i64 = 256;
/// A table with more cases than this is looked up by its rows.
const MOST_CASES: usize = 1 << 12;

/// A condition on which a paper hangs, and whether it may then follow later.
pub(super) struct Case<'f> {
    pub(super) test: Option<&'f Flow>,
    pub(super) later: bool,
}

/// A rule, a cell or a paper.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) pieces: Vec<Piece>,
    /// What it reads in any case: so many bits of a word.
    pub(super) notes: Vec<(usize, u64)>,
}

impl Part {
    fn plain(piece: Piece) -> Part {
        Part { pieces: vec![piece], notes: vec![] }
    }

    fn walk(at: At) -> Part {
        Part::plain(Piece::Turn(Box::new(Walk { at })))
    }
}

/// A turn, or what makes one together with others of its kind.
#[derive(Debug)]
pub(super) enum Piece {
    Turn(Box<dyn Turn>),
    Sum(Sum),
    Gather(Gather),
    /// What a rule says that looks at one thing.
    Say(Look, Answers),
    /// Whether a paper is required that hangs on one thing.
    Require(Look, [Required; WAYS], At),
}

/// Pieces on the way to turns.
enum Open<'p> {
    Turn(Box<dyn Turn>),
    Sum(Sum),
    Says(Vec<(&'p Look, &'p Answers)>),
    Requires(Vec<(&'p Look, &'p [Required; WAYS], At)>),
}

/// The turns of some parts: their cells first, then what rests on these. What looks in the same way is one turn, and so is what
/// one piece hands on to the next.
pub(super) fn in_turn(parts: &[&Part]) -> Vec<Box<dyn Turn>> {
    let mut open: Vec<Open<'_>> = vec![];
    for piece in parts.iter().flat_map(|part| &part.pieces) {
        match piece {
            Piece::Turn(turn) => open.push(Open::Turn(turn.again())),
            Piece::Gather(gather) => open.push(Open::Turn(Box::new(*gather))),
            Piece::Sum(sum) => {
                let is_taken_up = match open.last_mut() {
                    Some(Open::Sum(before)) => before.take_up(sum),
                    _ => false,
                };
                if !is_taken_up {
                    open.push(Open::Sum(sum.clone()));
                }
            }
            // Rules and papers rest on cells alone, so it does not matter which of them comes first.
            Piece::Say(look, answers) => {
                let alike = open.iter_mut().find_map(|open| match open {
                    Open::Says(says) if says.iter().all(|(other, _)| other.is_like(look)) => Some(says),
                    _ => None,
                });
                match alike {
                    Some(says) => says.push((look, answers)),
                    None => open.push(Open::Says(vec![(look, answers)])),
                }
            }
            Piece::Require(look, required, at) => {
                let alike = open.iter_mut().find_map(|open| match open {
                    Open::Requires(all) if all.iter().all(|(other, ..)| other.joins(look)) => Some(all),
                    _ => None,
                });
                match alike {
                    Some(all) => all.push((look, required, *at)),
                    None => open.push(Open::Requires(vec![(look, required, *at)])),
                }
            }
        }
    }
    open.into_iter().flat_map(closed).collect()
}

fn closed(open: Open<'_>) -> Vec<Box<dyn Turn>> {
    vec![match open {
        Open::Turn(turn) => turn,
        Open::Sum(sum) => sum.turn(),
        Open::Says(says) => of_kind!(says, |looks| {
            let says = looks.map(|(cases, said)| Say { cases, said: said.clone() });
            let says: Vec<_> = says.collect();
            match <[_; 1]>::try_from(says) {
                Ok([say]) => Box::new(say),
                Err(says) => Box::new(SayEach(says.into())),
            }
        }),
        Open::Requires(all) => match require_by(&all) {
            Some(turn) => Box::new(turn),
            None => return all.into_iter().map(require).collect(),
        },
    }]
}

fn require((look, required, at): (&Look, &[Required; WAYS], At)) -> Box<dyn Turn> {
    by_kind!(look.clone(), |cases| Box::new(Require { cases, required: Box::new(*required), at }))
}

/// Papers that hang on one thing; nothing where that has too many values that make a difference.
fn require_by(all: &[(&Look, &[Required; WAYS], At)]) -> Option<RequireBy> {
    let spans = all.iter().map(|(look, ..)| look.span()).collect::<Option<Vec<_>>>()?;
    let (cell, ..) = *spans.first()?;
    let first = spans.iter().map(|(_, first, _)| *first).min()?;
    let last = spans.iter().map(|(.., last)| *last).max()?;
    if last.checked_sub(first)? > MOST_VALUES {
        return None;
    }
    let following = |way: &dyn Fn(&Look) -> usize| {
        all.iter().fold(Required::default(), |sum, (look, required, _)| {
            sum.and(required.get(way(look)).copied().unwrap_or_default())
        })
    };
    Some(RequireBy {
        cell: cell as usize,
        first,
        last,
        required: (first..=last).map(|word| following(&|look| usize::from(look.holds(word)))).collect(),
        unknown: following(&|_| OPEN),
        all: all.iter().map(|(.., at)| *at).collect(),
    })
}

/// A turn of the right kind for its checks.
macro_rules! for_checks {
    ($looks:expr, $leaves:expr, |$cases:ident| $turn:expr) => {{
        let looks: Vec<Look> = $looks;
        let turn: Box<dyn Turn> = if let [look] = looks.as_slice() {
            by_kind!(look.clone(), |$cases| Box::new($turn))
        } else {
            by_kinds!(looks.as_slice(), |$cases| Box::new($turn), {
                if let Some($cases) = Distances::new(&looks, $leaves) {
                    Box::new($turn)
                } else if let Some($cases) = Rates::new(&looks) {
                    Box::new($turn)
                } else {
                    let $cases = Several(looks.into());
                    Box::new($turn)
                }
            })
        };
        turn
    }};
}

/// What a rule says, noted from the word `base` on. It counts where nothing exempts from it.
pub(super) fn rule(
    steps: &mut Steps,
    flow: &Flow,
    (rule, kind, counts): (usize, RuleKind, bool),
    base: usize,
) -> Result<Part, Stop> {
    let at = steps.rule(flow, (rule, kind, counts), base)?;
    let Some((looks, ways)) = written(&[flow], |way| way.says(flow))? else {
        return Ok(Part::walk(at));
    };
    let Some(noted) = Noted::new(&ways, base, steps)? else { return Ok(Part::walk(at)) };
    let tally = |verdict| if counts { Tally::of(kind, verdict) } else { Tally::default() };
    let rule = small(rule)?;
    let piece = if let ([look], None) = (looks.as_slice(), &noted.reads) {
        let verdict =
            |way: usize| ways.get(way).and_then(|way| way.outcome).unwrap_or(Answer::Open).verdict();
        let (look, [no, yes]) = match look.turned() {
            Some(turned) => (turned, [1, 0]),
            None => (look.clone(), [0, 1]),
        };
        let verdicts = [verdict(no), verdict(yes), verdict(OPEN), verdict(OPEN)];
        Piece::Say(look, Answers { rule, at, verdicts, tallies: verdicts.map(tally) })
    } else {
        let said = ways.iter().enumerate().map(|(place, way)| {
            let verdict = way.outcome.map(Answer::verdict);
            Said { reads: noted.at(place), verdict, tally: verdict.map(tally).unwrap_or_default() }
        });
        let said: Box<[Said]> = said.collect();
        let word = noted.word;
        Piece::Turn(for_checks!(looks, steps.leaves, |cases| Read { cases, said, at, rule, word }))
    };
    Ok(noted.part(piece))
}

/// What a condition on papers asks for: a bit.
pub(super) fn paper(steps: &mut Steps, bit: u64, cases: &[Case<'_>], sink: usize) -> Result<Part, Stop> {
    let at = steps.paper(bit, cases, sink)?;
    let flows: Vec<&Flow> = cases.iter().filter_map(|case| case.test).collect();
    let first = |way: &mut Way<'_>| {
        let mut undecided = 0;
        for case in cases {
            let answer = case.test.map_or(Some(Answer::Yes), |flow| way.says(flow))?;
            match answer {
                Answer::Yes => {
                    let later = if case.later { bit } else { 0 };
                    return Some(Required { required: bit, later, undecided: 0 });
                }
                Answer::Open if !case.later => undecided = bit,
                Answer::Open | Answer::No => {}
            }
        }
        Some(Required { undecided, ..Required::default() })
    };
    let Some((looks, ways)) = written(&flows, first)? else { return Ok(Part::walk(at)) };
    let required: Option<Box<[Required]>> = ways.iter().map(|way| way.outcome).collect();
    let Some(required) = required else { return Ok(Part::walk(at)) };
    Ok(Part::plain(match (looks.as_slice(), &*required) {
        ([look], [no, yes, open]) => Piece::Require(look.clone(), [*no, *yes, *open], at),
        _ => Piece::Turn(for_checks!(looks, steps.leaves, |cases| Require { cases, required, at })),
    }))
}

/// What computes a cell; what it reads is noted where that hangs on the request, else nowhere.
pub(super) fn cell(steps: &mut Steps, cell: usize, code: &Code, sink: usize) -> Result<Part, Stop> {
    let at = steps.cell(cell, code, sink)?;
    let base = steps.bases.get(cell).copied().flatten();
    let part = match code {
        Code::Beside => Some(Part::default()),
        Code::Fold(_) => None,
        Code::Test(flow) => {
            choose(written(&[flow], |way| way.says(flow).map(Answer::word))?, cell, base, steps, at)?
        }
        Code::Worth(Course::Terms(terms, facts)) => {
            let sum = Sum::new(terms.parts(), (terms.constant(), i64::MAX), cell, at);
            sum.map(|sum| noting(facts, base, steps, Piece::Sum(sum)))
        }
        Code::Worth(course) => {
            choose(written(&course.flows(), |way| way.value(course))?, cell, base, steps, at)?
        }
        Code::Sum(parts) => {
            let (cells, at_most) = &**parts;
            let terms: Vec<Term> = cells.iter().map(|cell| Term::times(*cell, 1)).collect();
            Sum::new(&terms, (0, *at_most), cell, at).map(|sum| Part::plain(Piece::Sum(sum)))
        }
        Code::Quotient(parts, facts) => match parts.cells {
            Some((above, below)) => {
                let divide = Box::new(Divide { cell, above, below, at });
                Some(gathering(facts, base, steps, Piece::Turn(divide)))
            }
            None => None,
        },
        Code::Table(table, facts) => {
            let laid = table.0.laid_out(&table.1, MOST_CASES);
            let find = laid.and_then(|laid| find(laid, cell, at));
            find.map(|find| gathering(facts, base, steps, Piece::Turn(find)))
        }
    };
    Ok(part.unwrap_or_else(|| Part::walk(at)))
}

fn choose(
    written: Option<Written<i64>>,
    cell: usize,
    base: Option<usize>,
    steps: &Steps,
    at: At,
) -> Result<Option<Part>, Stop> {
    let Some((looks, ways)) = written else { return Ok(None) };
    let noted = match base {
        Some(base) => Noted::new(&ways, base, steps)?,
        None => Some(Noted::default()),
    };
    let Some(noted) = noted else { return Ok(None) };
    let cell = small(cell)?;
    let values: Option<Box<[i64]>> = ways.iter().map(|way| way.outcome).collect();
    let turn = match values.filter(|_| noted.reads.is_none()) {
        Some(values) => for_checks!(looks, steps.leaves, |cases| Choose { cases, values, cell, at }),
        // Nothing is put into the first word in vain: the steps note into the same one.
        None if base.is_none() => return Ok(None),
        None => {
            let values: Box<[(Option<i64>, u64)]> =
                ways.iter().enumerate().map(|(place, way)| (way.outcome, noted.at(place))).collect();
            for_checks!(looks, steps.leaves, |cases| ChooseReading {
                cases,
                values,
                cell,
                word: noted.word,
                at
            })
        }
    };
    Ok(Some(noted.part(Piece::Turn(turn))))
}

/// Something that is done, and what it reads in any case.
fn noting(facts: &Facts, base: Option<usize>, steps: &Steps, piece: Piece) -> Part {
    let Some(base) = base else { return Part::plain(piece) };
    let mut pieces = gathers(&facts.dynamic, base, steps);
    pieces.push(piece);
    let words = words(&facts.reads, steps.width).into_iter().enumerate();
    Part { pieces, notes: words.map(|(word, bits)| (base + word, bits)).collect() }
}

/// The same, where it is noted only what hangs on the request.
fn gathering(facts: &Facts, base: Option<usize>, steps: &Steps, piece: Piece) -> Part {
    noting(facts, base.filter(|_| !facts.dynamic.is_empty()), steps, piece)
}

/// One way in which some checks come out: what follows (nothing where that is for the steps), and what was read by then.
struct Outcome<T> {
    outcome: Option<T>,
    reads: BTreeSet<usize>,
    dynamic: BTreeSet<usize>,
}

/// What a condition says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    No,
    Yes,
    Open,
}

impl Answer {
    fn verdict(self) -> Verdict {
        match self {
            Answer::No => Verdict::NotMet,
            Answer::Yes => Verdict::Met,
            Answer::Open => Verdict::Unknown,
        }
    }

    fn word(self) -> i64 {
        match self {
            Answer::No => 0,
            Answer::Yes => 1,
            Answer::Open => UNKNOWN,
        }
    }
}

/// The checks of a condition, and all ways in which they can come out.
type Written<T> = (Vec<Look>, Vec<Outcome<T>>);

/// Some checks as they come out: a digit for each, the first one highest; and what is read by that.
struct Way<'l> {
    looks: &'l [Look],
    case: usize,
    reads: BTreeSet<usize>,
    dynamic: BTreeSet<usize>,
}

/// Writes out conditions; nothing where they are not so plain.
fn written<T>(
    flows: &[&Flow],
    outcome: impl Fn(&mut Way<'_>) -> Option<T>,
) -> Result<Option<Written<T>>, Stop> {
    let mut looks = Vec::new();
    for flow in flows {
        collect(flow, &mut looks)?;
        if looks.len() > MOST_LOOKS {
            return Ok(None);
        }
    }
    let count = WAYS.pow(u32::try_from(looks.len()).unwrap_or(0));
    let mut ways = Vec::with_capacity(count);
    for case in 0..count {
        let mut way = Way { looks: &looks, case, reads: BTreeSet::new(), dynamic: BTreeSet::new() };
        let outcome = outcome(&mut way);
        ways.push(Outcome { outcome, reads: way.reads, dynamic: way.dynamic });
    }
    Ok(Some((looks, ways)).filter(|(_, ways)| ways.iter().any(|way| way.outcome.is_some())))
}

/// The checks of a condition, each once.
fn collect(flow: &Flow, looks: &mut Vec<Look>) -> Result<(), Stop> {
    match flow {
        Flow::Check(check, _) => {
            if let Some(look) = Look::new(check)?
                && !looks.contains(&look)
            {
                looks.push(look);
            }
        }
        Flow::Not(inner) => collect(inner, looks)?,
        Flow::Every(parts) | Flow::Some(parts) => {
            for part in parts {
                collect(part, looks)?;
            }
        }
        Flow::If(condition, then, otherwise) => {
            for part in [condition, then, otherwise] {
                collect(part, looks)?;
            }
        }
        // Walked through.
        Flow::Let(..) => {}
    }
    Ok(())
}

impl Way<'_> {
    /// What a condition says, as its steps would say it.
    fn says(&mut self, flow: &Flow) -> Option<Answer> {
        Some(match flow {
            Flow::Check(check, facts) => {
                self.reads.extend(&facts.reads);
                self.dynamic.extend(&facts.dynamic);
                if let Check::Constant(value) = check {
                    return Some(if *value { Answer::Yes } else { Answer::No });
                }
                let look = Look::new(check).ok()??;
                let place = self.looks.iter().rev().position(|known| *known == look)?;
                match self.case / WAYS.pow(u32::try_from(place).ok()?) % WAYS {
                    0 => Answer::No,
                    1 => Answer::Yes,
                    _ => Answer::Open,
                }
            }
            Flow::Not(inner) => match self.says(inner)? {
                Answer::No => Answer::Yes,
                Answer::Yes => Answer::No,
                Answer::Open => Answer::Open,
            },
            Flow::Every(parts) => self.join(parts, Answer::Yes, Answer::No)?,
            Flow::Some(parts) => self.join(parts, Answer::No, Answer::Yes)?,
            Flow::If(condition, then, otherwise) => match self.says(condition)? {
                Answer::Yes => self.says(then)?,
                Answer::No => self.says(otherwise)?,
                Answer::Open => {
                    let (one, other) = (self.says(then)?, self.says(otherwise)?);
                    if one == other { one } else { Answer::Open }
                }
            },
            Flow::Let(..) => return None,
        })
    }

    /// Where one part decides, those after it are not looked at; what is not known does not decide.
    fn join(&mut self, parts: &[Flow], otherwise: Answer, decides: Answer) -> Option<Answer> {
        let mut answer = otherwise;
        for part in parts {
            match self.says(part)? {
                said if said == decides => return Some(decides),
                Answer::Open => answer = Answer::Open,
                _ => {}
            }
        }
        Some(answer)
    }

    /// What a computation gives that chooses among numbers.
    fn value(&mut self, course: &Course) -> Option<i64> {
        match course {
            Course::Constant(value) => Some(*value),
            Course::If(condition, then, otherwise, _) => match self.says(condition)? {
                Answer::Yes => self.value(then),
                Answer::No => self.value(otherwise),
                Answer::Open => {
                    let (one, other) = (self.value(then)?, self.value(otherwise)?);
                    Some(if one == other { one } else { UNKNOWN })
                }
            },
            Course::Straight(..) | Course::Terms(..) | Course::Let(..) => None,
        }
    }
}

/// How it is noted what a part has read: in one word that hangs on how its checks come out, and what is the same in any case.
#[derive(Default)]
struct Noted {
    word: u32,
    /// For each case; nothing where all of them read the same.
    reads: Option<Vec<u64>>,
    notes: Vec<(usize, u64)>,
    more: Vec<Piece>,
}

impl Noted {
    /// Nothing where more than one word hangs on how the checks come out.
    fn new<T>(ways: &[Outcome<T>], base: usize, steps: &Steps) -> Result<Option<Noted>, Stop> {
        let noted: Vec<Vec<u64>> = ways.iter().map(|way| words(&way.reads, steps.width)).collect();
        let Some((first, others)) = ways.split_first() else { return Ok(None) };
        if others.iter().any(|way| way.dynamic != first.dynamic) {
            return Ok(None);
        }
        let at = |way: &Vec<u64>, word: usize| way.get(word).copied().unwrap_or(0);
        // What is read in any case, and on the way to the steps as well.
        let always = |word: usize| noted.iter().fold(u64::MAX, |bits, way| bits & at(way, word));
        let is_open = |word: &usize| noted.iter().any(|way| at(way, *word) != always(*word));
        let open: Vec<usize> = (0..steps.width).filter(is_open).collect();
        let needs_cases = !open.is_empty() || ways.iter().any(|way| way.outcome.is_none());
        let word = match open.as_slice() {
            [] => 0,
            [word] => *word,
            _ => return Ok(None),
        };
        Ok(Some(Noted {
            word: small(base + word)?,
            reads: needs_cases.then(|| noted.iter().map(|way| at(way, word)).collect()),
            notes: (0..steps.width).map(|word| (base + word, always(word))).collect(),
            more: gathers(&first.dynamic, base, steps),
        }))
    }

    fn part(self, piece: Piece) -> Part {
        let mut pieces = vec![piece];
        pieces.extend(self.more);
        Part { pieces, notes: self.notes }
    }

    fn at(&self, case: usize) -> u64 {
        self.reads.as_ref().and_then(|reads| reads.get(case)).copied().unwrap_or(0)
    }
}

/// Some leaves as bits of so many words.
fn words(leaves: &BTreeSet<usize>, width: usize) -> Vec<u64> {
    let mut words = vec![0; width];
    for leaf in leaves {
        if let Some(word) = words.get_mut(leaf >> 6) {
            *word |= 1_u64 << (leaf & 63);
        }
    }
    words
}

fn gathers(cells: &BTreeSet<usize>, base: usize, steps: &Steps) -> Vec<Piece> {
    let froms = cells.iter().filter_map(|cell| steps.bases.get(*cell).copied().flatten());
    let gathers = froms.flat_map(|from| {
        (0..steps.width).map(move |word| Piece::Gather(Gather { from: from + word, into: base + word }))
    });
    gathers.collect()
}
