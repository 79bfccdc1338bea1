//! From a policy to its plan: what is done for each service, and in which order.

use std::collections::BTreeSet;

use super::code::{self, Compiler, Made, Stop};
use super::flow::{Code, Flow};
use super::steps::At;
use super::turns::{Exempt, Gather, Other, Turn, VERDICTS};
use super::written::{self, Case, Part, Piece};
use super::{Due, End, Era, Leaf, PaperTest, PerService, Plan, Standings, Tally, Tier, Within, days};
use crate::calendar::Period;
use crate::evaluation::concerns_service;
use crate::expression::evaluate;
use crate::expression::program::{Definition, Node, Slot};
use crate::policy::{After, Document, Limit, Mode, Policy, Rule, RuleKind};
use crate::value::Date;

/// The conditions of a policy before anything is laid out, or why something is left to the exact evaluation.
struct Conditions {
    rules: Vec<Result<Tested, Stop>>,
    /// For each paper its cases; those without a condition hold.
    papers: Vec<Vec<Result<Option<Tested>, Stop>>>,
    deadlines: Vec<Result<AllTested, Stop>>,
    standing: Result<Option<Standings>, Stop>,
}

/// What is laid out once, for all services alike.
struct Laid {
    cells: Vec<Result<Part, Stop>>,
    rules: Vec<Result<Part, Stop>>,
    deadlines: Vec<Result<Vec<At>, Stop>>,
}

impl Plan<'_> {
    pub(super) fn settle_papers(&mut self) {
        for (index, paper) in self.papers.iter().enumerate().take(64) {
            match paper.within {
                Within::ANY if !paper.not_expired => {}
                Within::Days(days) => self.dated.push((index, days)),
                Within::Span(months, days) => self.dated_by_months.push((index, months, days)),
            }
            if paper.accepted.count_ones() > 1 {
                self.alternatives.push((index, paper.accepted));
            }
        }
    }

    pub(super) fn settle_eras(&mut self) {
        let turns: BTreeSet<Date> = self
            .policy
            .parameters
            .iter()
            .flat_map(|parameter| &parameter.entries)
            .map(|(from, _)| *from)
            .collect();
        self.since = turns.iter().map(|date| days::number(*date)).collect();
        let era = |on: Option<Date>| {
            let mut era = Era::default();
            for (leaf, kind) in self.leaves.iter().enumerate() {
                let Leaf::Parameter(index) = kind else { continue };
                let Some(parameter) = self.policy.parameters.get(*index) else { continue };
                let named = self.policy.vocabulary.get(parameter.slot);
                let value = on.and_then(|on| parameter.on(on));
                match (named, value) {
                    (Some(named), Some(value)) => match code::word(&named.ty, value) {
                        Some(word) => era.values.push((leaf, word)),
                        None => era.misfit = true,
                    },
                    _ => {}
                }
            }
            era
        };
        let mut eras = vec![era(None)];
        eras.extend(turns.iter().map(|on| era(Some(*on))));
        self.eras = eras;
    }

    pub(super) fn compile(&mut self) {
        let mut compiler = Compiler::new(self.policy, self.leaf_of.clone(), self.lists.clone());
        let conditions = self.conditions(&mut compiler);
        self.made = compiler.finish();
        self.cells = self.leaves.len() + self.made.len();
        let uses = conditions.rules.iter().flatten().flat_map(|(_, uses)| uses).copied().collect();
        self.settle_notes(&self.closure(&uses));
        let laid = self.lay_out(&conditions);

        // What looks through lists is computed when a request is loaded; and what that rests on.
        let folds = (0..self.made.len()).filter(|made| self.made.get(*made).is_some_and(is_fold));
        let folds: BTreeSet<usize> = folds.map(|made| made + self.leaves.len()).collect();
        let early = self.closure(&folds);
        let mut exact: Option<&'static str> = None;
        if early.iter().any(|cell| self.cell(*cell).is_some_and(|made| made.after_intake)) {
            exact = Some("a list that is looked through after intake");
        } else if self.policy.documents.len() > 64 {
            exact = Some("more than 64 papers");
        }
        let bases = &self.steps.bases;
        self.early_bases = early.iter().filter_map(|cell| bases.get(*cell).copied().flatten()).collect();
        match self.computing(&early, &laid) {
            Ok(parts) => (self.early, self.early_notes) = in_turn(&parts),
            Err(stop) => exact = Some(stop.0),
        }
        let mut memories = Vec::new();
        for service in 0..self.policy.services.len() {
            let mut per = PerService { exact, ..PerService::default() };
            if let Err(stop) = self.serve(&mut per, service, &conditions, &laid, &early, &mut memories) {
                per.exact = Some(stop.0);
            }
            self.services.push(per);
        }
        self.remembered = memories.len();
        self.standing = conditions.standing.unwrap_or_default();
        for (leaf, kind) in self.leaves.iter().enumerate() {
            match kind {
                Leaf::Intake(which) => {
                    if let Some(place) = self.intake.get_mut(*which) {
                        *place = leaf;
                    }
                }
                Leaf::Shown(document) => self.shown.push((leaf, *document)),
                Leaf::Fact(_) | Leaf::Parameter(_) | Leaf::None => {}
                kind => self.own.push((leaf, kind.clone())),
            }
        }
    }

    /// All conditions of the policy, and what each of them looks at.
    fn conditions(&mut self, compiler: &mut Compiler<'_>) -> Conditions {
        let policy = self.policy;
        let mut rules = Vec::new();
        for rule in &policy.rules {
            self.asks.push(asks(policy, &rule.condition));
            let made = compiler.test(&rule.condition);
            let chained = rule
                .unless
                .iter()
                .any(|other| policy.rules.get(*other).is_none_or(|other| !other.unless.is_empty()));
            let made = if chained { Err(Stop("an exemption that itself has exemptions")) } else { made };
            rules.push(self.noted(&rule.id, made));
        }
        let mut papers = Vec::new();
        for document in &policy.documents {
            let cases = document.required.iter().map(|case| match &case.when {
                None => Ok(None),
                Some(when) => self.noted(&document.id, compiler.test(when)).map(Some),
            });
            papers.push(cases.collect());
        }
        let mut deadlines = Vec::new();
        for deadline in &policy.deadlines {
            let mut tests: Result<AllTested, Stop> = Ok((Vec::new(), BTreeSet::new()));
            for case in &deadline.instead {
                let made = self.noted(&deadline.id, compiler.test(&case.when));
                tests = tests.and_then(|(mut flows, mut uses)| {
                    let (flow, more) = made?;
                    flows.push(flow);
                    uses.extend(more);
                    Ok((flows, uses))
                });
            }
            deadlines.push(tests);
        }
        let standing = self.noted("score", standings(policy, compiler));
        Conditions { rules, papers, deadlines, standing }
    }

    /// What could not be made ready is kept, for those who ask.
    fn noted<T>(&mut self, id: &str, made: Result<T, Stop>) -> Result<T, Stop> {
        made.inspect_err(|stop| self.left_out.push((id.to_owned(), stop.0)))
    }

    fn lay_out(&mut self, conditions: &Conditions) -> Laid {
        let (sink, leaves, width) = (self.sink(), self.leaves.len(), self.words);
        let cells = self.made.iter().enumerate();
        let cells = cells
            .map(|(made, cell)| written::cell(&mut self.steps, leaves + made, &cell.code, sink))
            .collect();
        let rules = self.policy.rules.iter().zip(&conditions.rules).enumerate();
        let rules = rules.map(|(number, (rule, made))| {
            let (flow, _) = made.as_ref().map_err(|stop| *stop)?;
            written::rule(&mut self.steps, flow, (number, rule.kind, rule.unless.is_empty()), number * width)
        });
        let rules = rules.collect();
        let deadlines = conditions.deadlines.iter().map(|made| {
            let (flows, _) = made.as_ref().map_err(|stop| *stop)?;
            flows.iter().map(|flow| self.steps.condition(flow, sink)).collect()
        });
        let deadlines = deadlines.collect();
        Laid { cells, rules, deadlines }
    }

    /// What is done for a service: what its papers hang on, and then its rules.
    fn serve(
        &mut self,
        per: &mut PerService,
        number: usize,
        conditions: &Conditions,
        laid: &Laid,
        early: &BTreeSet<usize>,
        memories: &mut Vec<(Period, Limit)>,
    ) -> Result<(), Stop> {
        let policy = self.policy;
        let service = policy.services.get(number).ok_or(Stop("a service that is not there"))?;
        per.interval = service.interval.map(|span| days::span(span.months, span.days));

        let mut all: BTreeSet<usize> = BTreeSet::new();
        let mut says: Vec<&Part> = Vec::new();
        let mut exempt: Vec<Part> = Vec::new();
        for (place, (rule, made)) in policy.rules.iter().zip(&conditions.rules).enumerate() {
            if !concerns_service(policy, rule, number) {
                continue;
            }
            let (_, uses) = made.as_ref().map_err(|stop| *stop)?;
            all.extend(uses);
            if !rule.unless.is_empty() {
                exempt.push(self.exempt(place, rule));
            }
            if rule.kind != RuleKind::Exemption {
                per.open.push((place, rule.unless.clone()));
            }
            if let Some(laid_out) = laid.rules.get(place) {
                says.push(laid_out.as_ref().map_err(|stop| *stop)?);
            }
        }

        let mut first: BTreeSet<usize> = BTreeSet::new();
        let mut papers = Vec::new();
        for (place, (document, cases)) in policy.documents.iter().zip(&conditions.papers).enumerate() {
            if document.mode != Mode::Generated {
                let (uses, part) = self.paper(per, (number, place), document, cases)?;
                papers.push(part);
                first.extend(uses);
            }
        }

        for (place, (deadline, made)) in policy.deadlines.iter().zip(&conditions.deadlines).enumerate() {
            if deadline.services.as_ref().is_some_and(|services| !services.contains(&number)) {
                continue;
            }
            let (_, uses) = made.as_ref().map_err(|stop| *stop)?;
            all.extend(uses);
            let tests = laid
                .deadlines
                .get(place)
                .map_or(Ok(&[][..]), |laid| laid.as_deref().map_err(|stop| *stop))?;
            let mut end = |limit: Option<Limit>| end(limit, service.delivery, memories);
            let limits = [end(deadline.earliest), end(deadline.latest)];
            let latest = match limits {
                [End::Open, End::After { memory, .. }] => memory,
                _ => None,
            };
            let is_alone = deadline.instead.is_empty() && deadline.extend.is_none();
            per.due.push(Due {
                deadline: place,
                from: deadline.from,
                alone: latest.filter(|_| is_alone),
                limits,
                instead: tests
                    .iter()
                    .zip(&deadline.instead)
                    .map(|(test, case)| (*test, [end(case.earliest), end(case.latest)]))
                    .collect(),
                extend: deadline.extend,
            });
        }
        if let Some(standing) = conditions.standing.as_ref().map_err(|stop| *stop)? {
            all.extend(standing.factors.iter().map(|(cell, _)| cell));
            all.insert(standing.sum);
            all.extend(standing.tier.iter().map(|tier| tier.cell));
        }

        let first = self.closure(&first);
        let is_after = |cell: &usize| self.cell(*cell).is_some_and(|made| made.after_intake);
        if first.iter().any(is_after) {
            return Err(Stop("a paper that hangs on the papers"));
        }
        let cells = &(&self.closure(&all) | &first) - early;
        let (after, before): (BTreeSet<usize>, BTreeSet<usize>) = cells.into_iter().partition(is_after);
        let mut parts = self.computing(&before, laid)?;
        parts.extend(&papers);
        let (turns, notes) = in_turn(&parts);
        per.before = turns;
        let mut parts = self.computing(&after, laid)?;
        parts.extend(says);
        parts.extend(&exempt);
        let (turns, more) = in_turn(&parts);
        per.after = turns;
        per.reads = vec![0; self.notes];
        for (word, bits) in notes.iter().chain(&more) {
            if let Some(place) = per.reads.get_mut(*word) {
                *place |= bits;
            }
        }
        Ok(())
    }

    /// What is done with a rule from which others exempt.
    fn exempt(&self, place: usize, rule: &Rule) -> Part {
        let Some((first, others)) = rule.unless.split_first() else { return Part::default() };
        let gathers = |other: usize| {
            let words =
                (0..self.words).map(move |word| (other * self.words + word, place * self.words + word));
            words.map(|(from, into)| Gather { from, into })
        };
        let others = others.iter().map(|other| Other { rule: *other, gathers: gathers(*other).collect() });
        let mut pieces: Vec<Piece> = gathers(*first).map(Piece::Gather).collect();
        pieces.push(Piece::Turn(Box::new(Exempt {
            rule: place,
            tallies: VERDICTS.map(|verdict| Tally::of(rule.kind, verdict)),
            first: *first,
            others: others.collect(),
        })));
        Part { pieces, notes: vec![] }
    }

    /// When a paper is required for a service, and the computed cells that this hangs on.
    fn paper(
        &mut self,
        per: &mut PerService,
        (service, number): (usize, usize),
        document: &Document,
        cases: &[Result<Option<Tested>, Stop>],
    ) -> Result<(BTreeSet<usize>, Part), Stop> {
        let mut first = BTreeSet::new();
        let mut kept: Vec<Case<'_>> = Vec::new();
        let mut asked = 0;
        for (case, made) in document.required.iter().zip(cases) {
            if case.services.as_ref().is_some_and(|services| !services.contains(&service)) {
                continue;
            }
            let test = made.as_ref().map_err(|stop| *stop)?.as_ref();
            if let Some((_, uses)) = test {
                first.extend(uses);
                asked |= case.when.as_ref().map_or(0, |when| asks(self.policy, when));
            }
            kept.push(Case { test: test.map(|(flow, _)| flow), later: case.later });
        }
        let bit = 1_u64.checked_shl(u32::try_from(number).unwrap_or(64)).unwrap_or(0);
        let part = match kept.first() {
            None => Part::default(),
            Some(Case { test: None, later }) => {
                per.required |= bit;
                per.later |= if *later { bit } else { 0 };
                Part::default()
            }
            Some(_) => {
                per.cases.push((number, asked));
                let sink = self.sink();
                written::paper(&mut self.steps, bit, &kept, sink)?
            }
        };
        Ok((first, part))
    }

    /// What computes some cells: what rests on others comes after them.
    fn computing<'l>(&self, cells: &BTreeSet<usize>, laid: &'l Laid) -> Result<Vec<&'l Part>, Stop> {
        let made = cells.iter().filter_map(|cell| cell.checked_sub(self.leaves.len()));
        let parts = made.filter_map(|made| laid.cells.get(made));
        parts.map(|part| part.as_ref().map_err(|stop| *stop)).collect()
    }

    /// Where each rule and each computed cell notes what it reads: the rules first, then what nobody asks for, then the cells.
    /// What no rule looks at, nobody asks for.
    fn settle_notes(&mut self, read: &BTreeSet<usize>) {
        self.steps.width = self.words;
        self.steps.leaves = self.leaves.len();
        let mut base = self.sink() + self.words;
        let mut bases = vec![None; self.leaves.len()];
        for (made, cell) in self.made.iter().zip(self.leaves.len()..) {
            let noted = made.noted && read.contains(&cell);
            bases.push(noted.then_some(base));
            base += if noted { self.words } else { 0 };
        }
        self.steps.bases = bases;
        self.notes = base;
    }

    fn sink(&self) -> usize {
        self.policy.rules.len() * self.words
    }

    fn cell(&self, cell: usize) -> Option<&Made> {
        self.made.get(cell.checked_sub(self.leaves.len())?)
    }

    /// Some computed cells, and all that they rest on.
    fn closure(&self, cells: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> = cells.iter().copied().collect();
        while let Some(cell) = open.pop() {
            if let Some(made) = self.cell(cell)
                && found.insert(cell)
            {
                open.extend(&made.uses);
            }
        }
        found
    }
}

fn is_fold(made: &Made) -> bool {
    matches!(made.code, Code::Fold(_))
}

/// The papers that a condition may ask for: a bit for each.
fn asks(policy: &Policy, condition: &Node) -> u64 {
    let reads = evaluate::reads(&policy.vocabulary, condition);
    let papers = policy.documents.iter().take(64).enumerate();
    papers
        .filter(|(_, document)| reads.contains(&document.shown))
        .fold(0, |asked, (index, _)| asked | 1_u64 << index)
}

pub(super) fn leaf(policy: &Policy, slot: Slot) -> Leaf {
    let builtin = &policy.builtin;
    if let Some(index) = policy.parameters.iter().position(|parameter| parameter.slot == slot) {
        return Leaf::Parameter(index);
    }
    if let Some(index) = policy.events.iter().position(|event| event.slot == slot) {
        return Leaf::Event(index);
    }
    if let Some(index) = policy.documents.iter().position(|document| document.shown == slot) {
        return Leaf::Shown(index);
    }
    if policy.fact_at(slot).is_some() {
        return policy.vocabulary.get(slot).map_or(Leaf::None, |named| Leaf::Fact(named.ty.clone()));
    }
    let intake = [builtin.documents_complete, builtin.data_matched, builtin.declaration_signed];
    if let Some(which) = intake.iter().position(|known| *known == slot) {
        return Leaf::Intake(which);
    }
    match slot {
        slot if slot == builtin.submitted_on => Leaf::SubmittedOn,
        slot if slot == builtin.evaluated_on => Leaf::EvaluatedOn,
        slot if slot == builtin.service => Leaf::Service,
        slot if slot == builtin.interval => Leaf::Interval,
        slot if slot == builtin.channel => Leaf::Channel,
        _ => Leaf::None,
    }
}

pub(super) fn papers(policy: &Policy) -> Vec<PaperTest> {
    let bit =
        |index: usize| u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or(0);
    let papers = policy.documents.iter().enumerate();
    papers
        .map(|(index, document)| PaperTest {
            not_expired: document.not_expired,
            may_never_expire: document.may_never_expire,
            within: match document.issued_within.map(Period::span) {
                None => Within::ANY,
                Some(Some(span)) if span.months == 0 => Within::Days(i64::from(span.days)),
                Some(Some(span)) => Within::Span(i64::from(span.months), i64::from(span.days)),
                Some(None) => Within::NEVER,
            },
            accepted: document.instead.iter().fold(bit(index), |accepted, other| accepted | bit(*other)),
        })
        .collect()
}

fn standings(policy: &Policy, compiler: &mut Compiler<'_>) -> Result<Option<Standings>, Stop> {
    let Some(score) = &policy.score else { return Ok(None) };
    let mut factors = Vec::new();
    for factor in &score.factors {
        let cell = compiler.computed(factor.slot)?;
        let most = factor.most.to_i64().ok_or(Stop("points that are not whole"))?;
        if compiler.scale(cell) != Some(1) {
            return Err(Stop("points that are not whole"));
        }
        factors.push((cell, most));
    }
    let at_most = score.at_most.to_i64().ok_or(Stop("points that are not whole"))?;
    let sum = compiler.computed(score.slot)?;
    let tier = match score.tier {
        None => None,
        Some(slot) => {
            let cell = compiler.computed(slot)?;
            let definition = policy.vocabulary.get(slot).and_then(|named| named.definition.as_ref());
            let alone = match definition {
                Some(Definition::Output { table, .. }) if table.given == [score.slot] => compiler.grid(cell),
                Some(Definition::Output { .. }) => None,
                _ => return Err(Stop("a tier that is no table")),
            };
            Some(Tier { cell, alone })
        }
    };
    Ok(Some(Standings { factors, at_most, sum, tier }))
}

/// A condition, and the computed cells that it looks at.
type Tested = (Flow, BTreeSet<usize>);
/// The same of several.
type AllTested = (Vec<Flow>, BTreeSet<usize>);

/// A limit of a deadline; due dates of the same kind are remembered together.
fn end(limit: Option<Limit>, delivery: Option<Period>, memories: &mut Vec<(Period, Limit)>) -> End {
    let Some(limit) = limit else { return End::Open };
    let period = match limit.after {
        After::Period(period) => period,
        After::Delivery => match delivery {
            Some(period) => period,
            None => return End::Open,
        },
    };
    let memory = (!matches!(period, Period::Hours(_))).then(|| {
        let known = memories.iter().position(|known| *known == (period, limit));
        known.unwrap_or_else(|| {
            memories.push((period, limit));
            memories.len() - 1
        })
    });
    End::After { period, limit, memory }
}

/// Turns, and what is read in them in any case: so many bits of a word.
type InTurn = (Vec<Box<dyn Turn>>, Vec<(usize, u64)>);

fn in_turn(parts: &[&Part]) -> InTurn {
    let notes = parts.iter().flat_map(|part| part.notes.iter().copied());
    (written::in_turn(parts), notes.collect())
}
