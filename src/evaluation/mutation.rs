//! Small changes of a policy, each of which its worked examples should notice.
//!
//! Receives a checked policy, hands on [`Mutant`]s: a comparison turned, a number one unit off, an exemption dropped. They are
//! made in the typed program, never by editing text, so each is a policy that could have been written.

mod edit;
mod walk;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use self::edit::Touched;
use self::edit::{Edit, Owner, outputs};
use self::walk::Walk;
use super::wording::{Writer, both};
use crate::calendar::Period;
use crate::expression::program::{Cell, Definition, Node, Table, Value};
use crate::expression::types::Type;
use crate::policy::message::Form;
use crate::policy::{After, Limit, Mode, Policy};
use crate::source::Place;
use crate::value::words::{self, Case};
use crate::value::{Lang, Number, Span, Text};

/// A policy with one small change.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What kind of change it is.
    pub kind: Kind,
    /// Where what is changed is written, where that is known.
    pub place: Option<Place>,
    /// The change, to stand after «nobody would have noticed if».
    pub what: Text,
    edit: Edit,
}

/// The kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `<` for `<=`, `==` for `!=`, and so on.
    Comparison,
    /// `&&` for `||`, and the other way.
    Connective,
    /// A `!` left out.
    Negation,
    /// The two outcomes of an `if` changed places.
    Branches,
    /// A number or a yes in a condition.
    Constant,
    /// Points of the score.
    Points,
    /// A bound of a decision table.
    Bound,
    /// What a row of a table gives.
    Output,
    /// A number or list of the board.
    Parameter,
    /// An exemption.
    Exemption,
    /// Whether a paper is required, and how old it may be.
    Paper,
    /// How long something may take.
    Deadline,
}

impl Kind {
    /// The name that programs read.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Comparison => "comparison",
            Kind::Connective => "connective",
            Kind::Negation => "negation",
            Kind::Branches => "branches",
            Kind::Constant => "constant",
            Kind::Points => "points",
            Kind::Bound => "bound",
            Kind::Output => "output",
            Kind::Parameter => "parameter",
            Kind::Exemption => "exemption",
            Kind::Paper => "paper",
            Kind::Deadline => "deadline",
        }
    }

    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Kind::Comparison => Text::new("المقارنات", "comparisons"),
            Kind::Connective => Text::new("أدوات الجمع والتخيير", "connectives"),
            Kind::Negation => Text::new("النفي", "negations"),
            Kind::Branches => Text::new("فروع الشروط", "branches"),
            Kind::Constant => Text::new("ما كُتب في الشروط من قيم", "values in conditions"),
            Kind::Points => Text::new("الدرجات", "points"),
            Kind::Bound => Text::new("حدود الجداول", "bounds of tables"),
            Kind::Output => Text::new("ما تعطيه الجداول", "outputs of tables"),
            Kind::Parameter => Text::new("أرقام المجلس وقوائمه", "numbers and lists of the board"),
            Kind::Exemption => Text::new("الإعفاءات", "exemptions"),
            Kind::Paper => Text::new("الوثائق", "papers"),
            Kind::Deadline => Text::new("المُدد", "periods"),
        }
    }
}

/// Every small change of a policy, in the order of its parts.
pub fn mutants(policy: &Policy) -> Vec<Mutant> {
    let mut workshop = Workshop { policy, mutants: vec![] };
    workshop.parameters();
    for (index, rule) in policy.rules.iter().enumerate() {
        workshop.program(
            Owner::Rule(index),
            &rule.condition,
            &Text::new(format!("القاعدة {}", rule.id), format!("rule {}", rule.id)),
        );
        workshop.exemptions(index);
    }
    workshop.definitions();
    workshop.papers();
    workshop.deadlines();
    workshop.services();
    workshop.mutants
}

impl Mutant {
    /// The file and line of what is changed.
    pub fn line(&self) -> Option<String> {
        let place = self.place.as_ref()?;
        let (line, _) = place.source.line_and_column(place.range.start);
        Some(format!("{}:{line}", place.source.name))
    }
}

struct Workshop<'a> {
    policy: &'a Policy,
    mutants: Vec<Mutant>,
}

impl Workshop<'_> {
    fn push(&mut self, kind: Kind, place: Option<Place>, what: Text, edit: Edit) {
        self.mutants.push(Mutant { kind, place, what, edit });
    }

    fn parameters(&mut self) {
        for (index, parameter) in self.policy.parameters.iter().enumerate() {
            let Some(named) = self.policy.vocabulary.get(parameter.slot) else { continue };
            for (entry, (_, value)) in parameter.entries.iter().enumerate() {
                for other in nudged(&named.ty, value) {
                    let what = both(self.policy, |writer| {
                        let label = parameter.label.get(writer.lang);
                        if let (Value::Set(old), Value::Set(new)) = (value, &other) {
                            return listed(writer, &named.ty, label, old, new);
                        }
                        let said = |value: &Value| writer.value(&named.ty, value, Form::Nominative, &[]);
                        match writer.lang {
                            Lang::Ar => {
                                format!("كانت قيمة «{label}»: {} بدلًا من: {}", said(&other), said(value))
                            }
                            Lang::En => format!("«{label}» were {} instead of {}", said(&other), said(value)),
                        }
                    });
                    let edit = Edit::Parameter { index, entry, value: other };
                    self.push(Kind::Parameter, named.place.clone(), what, edit);
                }
            }
        }
    }

    fn exemptions(&mut self, index: usize) {
        let Some(rule) = self.policy.rules.get(index) else { return };
        for (at, exemption) in rule.unless.iter().enumerate() {
            let Some(exemption) = self.policy.rules.get(*exemption) else { continue };
            let what = Text::new(
                format!("لم يُعفَ أحدٌ من القاعدة {} بموجب {}", rule.id, exemption.id),
                format!("{} did not set rule {} aside", exemption.id, rule.id),
            );
            self.push(Kind::Exemption, Some(rule.place.clone()), what, Edit::Exemption { rule: index, at });
        }
    }

    fn definitions(&mut self) {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let policy = self.policy;
        for (slot, named) in policy.vocabulary.iter() {
            match &named.definition {
                Some(Definition::Expression(node)) => {
                    let name = Text::new(format!("«{}»", named.label.ar), format!("«{}»", named.label.en));
                    self.program(Owner::Named(slot), node, &name);
                }
                Some(Definition::Output { table, .. }) if seen.insert(table.id.clone()) => self.table(table),
                Some(Definition::Sum { at_most, .. }) => {
                    for most in [at_most.minus(Number::ONE), at_most.plus(Number::ONE)].into_iter().flatten()
                    {
                        let what = both(policy, |writer| {
                            let said = |number: Number| writer.number(&named.ty, number, Form::Plain, &[]);
                            let (new, old) = (said(most), said(*at_most));
                            match writer.lang {
                                Lang::Ar => format!("كان أعلى ما تبلغه الدرجة {new} بدلًا من {old}"),
                                Lang::En => format!("the score ended at {new} instead of {old}"),
                            }
                        });
                        self.push(Kind::Points, named.place.clone(), what, Edit::AtMost { most });
                    }
                }
                Some(Definition::Output { .. }) | None => {}
            }
        }
    }

    /// Every change of a program.
    fn program(&mut self, owner: Owner, node: &Node, name: &Text) {
        let is_factor = match owner {
            Owner::Named(slot) => self
                .policy
                .score
                .as_ref()
                .is_some_and(|score| score.factors.iter().any(|factor| factor.slot == slot)),
            Owner::Rule(_) | Owner::Paper(..) | Owner::Deadline(..) => false,
        };
        let mut walk = Walk::new(owner, name, is_factor, node);
        walk.node(node);
        self.mutants.extend(walk.found);
    }

    /// The bounds between the rows of a table, moved by one unit; what its rows give, by one unit.
    fn table(&mut self, table: &Arc<Table>) {
        for column in 0..table.given.len() {
            self.bounds(table, column);
        }
        let outputs = outputs(self.policy, table);
        for (number, row) in table.rows.iter().enumerate() {
            for (column, value) in row.outputs.iter().enumerate() {
                let slot = outputs.iter().find(|slot| {
                    let named =
                        self.policy.vocabulary.get(**slot).and_then(|named| named.definition.as_ref());
                    matches!(named, Some(Definition::Output { column: at, .. }) if *at == column)
                });
                let Some(named) = slot.and_then(|slot| self.policy.vocabulary.get(*slot)) else { continue };
                for other in nudged(&named.ty, value) {
                    let what = both(self.policy, |writer| {
                        let said = |value: &Value| writer.value(&named.ty, value, Form::Nominative, &[]);
                        let (id, label) = (&table.id, named.label.get(writer.lang));
                        match writer.lang {
                            Lang::Ar => {
                                let (new, old) = (said(&other), said(value));
                                format!("أعطى صفٌّ في الجدول {id} «{label}»: {new} بدلًا من: {old}")
                            }
                            Lang::En => {
                                let (new, old) = (said(&other), said(value));
                                format!("a row of the table {id} gave «{label}» {new} instead of {old}")
                            }
                        }
                    });
                    let mut after = Table::clone(table);
                    if let Some(place) =
                        after.rows.get_mut(number).and_then(|row| row.outputs.get_mut(column))
                    {
                        *place = other;
                    }
                    let edit = Edit::Table { before: Arc::clone(table), after: Arc::new(after) };
                    self.push(Kind::Output, Some(row.place.clone()), what, edit);
                }
            }
        }
    }

    fn bounds(&mut self, table: &Arc<Table>, column: usize) {
        let policy = self.policy;
        let Some(slot) = table.given.get(column) else { return };
        let Some(named) = policy.vocabulary.get(*slot) else { return };
        let Type::Number(quantity) = &named.ty else { return };
        let range = policy.fact_at(*slot).and_then(|fact| fact.range).unwrap_or_default();
        let unit = unit(&named.ty);
        // Where a new row begins: a number, and whether it belongs to the upper side. Of whole numbers, `..=6` and `>= 7` are one.
        let begin = |bound: Number, is_inside: bool, is_low: bool| -> (Number, bool) {
            let belongs_above = is_low == is_inside;
            if quantity.whole && !belongs_above {
                (bound.plus(Number::ONE).unwrap_or(bound), true)
            } else {
                (bound, belongs_above)
            }
        };
        let mut cuts: BTreeSet<(Number, bool)> = BTreeSet::new();
        for cell in table.rows.iter().filter_map(|row| row.cells.get(column)) {
            let Cell::Interval(interval) = cell else { continue };
            cuts.extend(interval.low.map(|(bound, inside)| begin(bound, inside, true)));
            cuts.extend(interval.high.map(|(bound, inside)| begin(bound, inside, false)));
        }
        let lowest = range.low.map(|(bound, inside)| begin(bound, inside, true));
        let highest = range.high.map(|(bound, inside)| begin(bound, inside, false));
        let edges = [lowest, highest];
        for cut in cuts.into_iter().filter(|cut| !edges.contains(&Some(*cut))) {
            let (at, above) = cut;
            let mut moved: Vec<(Number, bool)> =
                [at.minus(unit), at.plus(unit)].into_iter().flatten().map(|number| (number, above)).collect();
            if !quantity.whole {
                moved.push((at, !above));
            }
            for to in moved {
                // A bound that leaves what the fact can be leaves no row behind it.
                if lowest.is_some_and(|lowest| to <= lowest) || highest.is_some_and(|highest| to >= highest) {
                    continue;
                }
                let mut after = Table::clone(table);
                let mut place = None;
                for row in &mut after.rows {
                    let Some(Cell::Interval(interval)) = row.cells.get_mut(column) else { continue };
                    if let Some((bound, inside)) = interval.low
                        && begin(bound, inside, true) == cut
                    {
                        interval.low = Some(to);
                        place = Some(row.place.clone());
                    }
                    if let Some((bound, inside)) = interval.high
                        && begin(bound, inside, false) == cut
                    {
                        interval.high = Some((to.0, !to.1));
                    }
                }
                let what = both(policy, |writer| {
                    let said =
                        |number: Number| writer.value(&named.ty, &Value::Number(number), Form::Plain, &[]);
                    let label = named.label.get(writer.lang);
                    let (id, from, new) = (&table.id, said(at), said(to.0));
                    match (writer.lang, to.0 == at) {
                        (Lang::Ar, false) => {
                            format!("ابتدأ صفٌّ في الجدول {id} عند «{label}» = {new} بدلًا من {from}")
                        }
                        (Lang::En, false) => {
                            format!("a row of the table {id} began at «{label}» = {new} instead of {from}")
                        }
                        (Lang::Ar, true) => {
                            format!("وقع «{label}» = {from} في الصف المجاور من الجدول {id}")
                        }
                        (Lang::En, true) => {
                            format!("«{label}» = {from} fell into the next row of the table {id}")
                        }
                    }
                });
                let place = place.or_else(|| Some(table.place.clone()));
                let edit = Edit::Table { before: Arc::clone(table), after: Arc::new(after) };
                self.push(Kind::Bound, place, what, edit);
            }
        }
    }

    fn papers(&mut self) {
        let policy = self.policy;
        for (index, document) in policy.documents.iter().enumerate() {
            let place = policy.vocabulary.get(document.shown).and_then(|named| named.place.clone());
            let name = Text::new(
                format!("الوثيقة «{}» ({})", document.title.ar, document.id),
                format!("«{}» ({})", document.title.en, document.id),
            );
            if document.mode != Mode::Generated {
                for (case, required) in document.required.iter().enumerate() {
                    let what = both(policy, |writer| {
                        let services = required.services.iter().flatten();
                        let services = services.filter_map(|index| policy.services.get(*index));
                        let services: Vec<String> = services.map(|service| service.id.clone()).collect();
                        let (name, services) = (name.get(writer.lang), words::list(&services, writer.lang));
                        match (writer.lang, services.is_empty()) {
                            (Lang::Ar, true) => format!("لم تُطلب {name}"),
                            (Lang::Ar, false) => format!("لم تُطلب {name} في {services}"),
                            (Lang::En, true) => format!("{name} were not required"),
                            (Lang::En, false) => format!("{name} were not required for {services}"),
                        }
                    });
                    let place =
                        required.when.as_ref().map(|when| when.place.clone()).or_else(|| place.clone());
                    self.push(Kind::Paper, place, what, Edit::Required { document: index, case });
                    if let Some(when) = &required.when {
                        let name = Text::new(
                            format!("لزوم {}", name.ar),
                            format!("whether {} is required", name.en),
                        );
                        self.program(Owner::Paper(index, case), when, &name);
                    }
                }
            }
            for (period, other) in document.issued_within.into_iter().flat_map(beside) {
                let (old, new) = (said(policy, period), said(policy, other));
                let what = Text::new(
                    format!("قُبلت {} خلال {} من إصدارها بدلًا من {}", name.ar, new.ar, old.ar),
                    format!("{} were accepted for {} instead of {}", name.en, new.en, old.en),
                );
                self.push(Kind::Paper, place.clone(), what, Edit::Age { document: index, period: other });
            }
            if document.not_expired {
                let what = Text::new(
                    format!("قُبلت {} بعد انتهائها", name.ar),
                    format!("{} were accepted after it expired", name.en),
                );
                self.push(Kind::Paper, place.clone(), what, Edit::Expiry { document: index });
            }
        }
    }

    fn deadlines(&mut self) {
        let policy = self.policy;
        for (index, deadline) in policy.deadlines.iter().enumerate() {
            let place = Some(deadline.place.clone());
            let name = |lang: Lang| format!("«{}» ({})", deadline.title.get(lang), deadline.id);
            let cases = deadline.instead.iter().enumerate();
            let cases = cases.map(|(at, case)| (Some(at), case.earliest, case.latest));
            for (instead, earliest, latest) in
                std::iter::once((None, deadline.earliest, deadline.latest)).chain(cases)
            {
                for (is_latest, limit) in [(false, earliest), (true, latest)] {
                    let Some(Limit { after: After::Period(period), .. }) = limit else { continue };
                    for (_, other) in beside(period) {
                        let (old, new) = (said(policy, period), said(policy, other));
                        let (ar, en) = if is_latest { ("آخر", "latest") } else { ("أول", "earliest") };
                        let what = Text::new(
                            format!("كان {ar} موعد {} بعد {} بدلًا من {}", name(Lang::Ar), new.ar, old.ar),
                            format!(
                                "the {en} day of {} came after {} instead of {}",
                                name(Lang::En),
                                new.en,
                                old.en
                            ),
                        );
                        let edit = Edit::Deadline { deadline: index, instead, is_latest, period: other };
                        self.push(Kind::Deadline, place.clone(), what, edit);
                    }
                }
            }
            for (period, other) in deadline.extend.into_iter().flat_map(|(by, _)| beside(by)) {
                let (old, new) = (said(policy, period), said(policy, other));
                let what = Text::new(
                    format!("مُدِّد {} بمقدار {} بدلًا من {}", name(Lang::Ar), new.ar, old.ar),
                    format!("{} were extended by {} instead of {}", name(Lang::En), new.en, old.en),
                );
                self.push(
                    Kind::Deadline,
                    place.clone(),
                    what,
                    Edit::Extension { deadline: index, period: other },
                );
            }
            for (at, case) in deadline.instead.iter().enumerate() {
                let name =
                    Text::new(format!("الموعد {}", name(Lang::Ar)), format!("deadline {}", name(Lang::En)));
                self.program(Owner::Deadline(index, at), &case.when, &name);
            }
        }
    }

    fn services(&mut self) {
        let policy = self.policy;
        for (index, service) in policy.services.iter().enumerate() {
            let place = Some(service.place.clone());
            let name = |lang: Lang| format!("«{}» ({})", service.title.get(lang), service.id);
            for (period, other) in service.delivery.into_iter().flat_map(beside) {
                let (old, new) = (said(policy, period), said(policy, other));
                let what = Text::new(
                    format!("قُدِّمت الخدمة {} خلال {} بدلًا من {}", name(Lang::Ar), new.ar, old.ar),
                    format!("{} were delivered within {} instead of {}", name(Lang::En), new.en, old.en),
                );
                let edit = Edit::Delivery { service: index, period: other };
                self.push(Kind::Deadline, place.clone(), what, edit);
            }
            for days in [-1, 1] {
                let Some(span) = service.interval else { continue };
                let Some(days) = span.days.checked_add(days) else { continue };
                let span = Span { months: span.months, days };
                let (ar, en) = if days < service.interval.map_or(0, |span| span.days) {
                    ("أقصر بيوم", "a day shorter")
                } else {
                    ("أطول بيوم", "a day longer")
                };
                let what = Text::new(
                    format!("كانت المدة بين استفادتين من {} {ar}", name(Lang::Ar)),
                    format!("the time between two grants of {} were {en}", name(Lang::En)),
                );
                self.push(Kind::Deadline, place.clone(), what, Edit::Interval { service: index, span });
            }
        }
    }
}

/// The smallest step that people write: one, a hundredth of the currency, a hundredth.
fn unit(ty: &Type) -> Number {
    let is_whole = ty.quantity().is_some_and(|quantity| quantity.whole || quantity.unit.money_power() > 0);
    if is_whole { Number::ONE } else { Number::ratio(1, 100).unwrap_or(Number::ONE) }
}

/// The values one unit beside a value; of a list, the lists with one choice more or less; of a choice, the next.
fn nudged(ty: &Type, value: &Value) -> Vec<Value> {
    match (value, ty) {
        (Value::Number(number), _) => {
            let unit = unit(ty);
            [number.minus(unit), number.plus(unit)].into_iter().flatten().map(Value::Number).collect()
        }
        (Value::Span(span), _) => {
            let days = [span.days.checked_sub(1), span.days.checked_add(1)];
            days.into_iter().flatten().map(|days| Value::Span(Span { months: span.months, days })).collect()
        }
        (Value::Set(set), Type::Set(choices)) => {
            let count = u16::try_from(choices.ids.len()).unwrap_or(u16::MAX);
            let toggled = (0..count).map(|choice| {
                let mut set = BTreeSet::clone(set);
                if !set.remove(&choice) {
                    set.insert(choice);
                }
                Value::Set(Arc::new(set))
            });
            toggled.collect()
        }
        (Value::Bool(value), _) => vec![Value::Bool(!value)],
        // Any other choice is as near as the next.
        (Value::Choice(choice), Type::Choice(choices)) => {
            let count = u16::try_from(choices.ids.len()).unwrap_or(u16::MAX);
            let next = choice.checked_add(1).filter(|next| *next < count).unwrap_or(0);
            if next == *choice { vec![] } else { vec![Value::Choice(next)] }
        }
        (Value::Date(_) | Value::Choice(_) | Value::Set(_) | Value::Text(_) | Value::List(_), _) => vec![],
    }
}

/// A list of the board with one choice more or less.
fn listed(writer: Writer<'_>, ty: &Type, label: &str, old: &BTreeSet<u16>, new: &BTreeSet<u16>) -> String {
    let choices = |set: BTreeSet<u16>| writer.value(ty, &Value::Set(Arc::new(set)), Form::Nominative, &[]);
    let (more, less) = (choices(new - old), choices(old - new));
    match (writer.lang, new.len() > old.len()) {
        (Lang::Ar, true) => format!("كان في «{label}» أيضًا: {more}"),
        (Lang::Ar, false) => format!("لم يكن في «{label}»: {less}"),
        (Lang::En, true) => format!("«{label}» held {more} too"),
        (Lang::En, false) => format!("«{label}» did not hold {less}"),
    }
}

/// A period, with those one unit shorter and longer.
fn beside(period: Period) -> Vec<(Period, Period)> {
    let both = |number: u32, make: fn(u32) -> Period| -> Vec<(Period, Period)> {
        let others = [number.checked_sub(1), number.checked_add(1)].into_iter().flatten();
        others.map(|other| (period, make(other))).collect()
    };
    match period {
        Period::Days(number) => both(number, Period::Days),
        Period::WorkingDays(number) => both(number, Period::WorkingDays),
        Period::Weeks(number) => both(number.saturating_mul(7), Period::Days),
        // A month has no fixed length, so it cannot be made a day longer: the next number of months is the nearest.
        Period::Months(number) => both(number, Period::Months),
        Period::Hours(number) => both(number, Period::Hours),
    }
}

fn said(policy: &Policy, period: Period) -> Text {
    both(policy, |writer| period.words(writer.lang, Case::Genitive, writer.digits()))
}
