//! What is computed: derived values, decision tables, the score.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::file::{DerivedFile, FactorFile, HitFile, OverFile, PointsFile, TableFile};
use super::super::table::{self, Domain, Finding, Sample};
use super::super::{Factor, Score, problems};
use super::{Check, basis};
use crate::expression::lower::Clock;
use crate::expression::program::{
    Arithmetic, Builtin, Cell, Definition, Expr, Fold, Hit, Interval, Named, Node, Origin, Row, Slot, Table,
    Value,
};
use crate::expression::types::{Quantity, Type, Unit};
use crate::source::de::{At, Entries, Scalar};
use crate::source::{Place, Source};
use crate::value::{Number, Text};

/// The types that a computed value can have.
const TYPES: &[&str] =
    &["bool", "integer", "decimal", "money", "date", "span", "money / person", "integer person"];

/// A table on its way: where it stands, and the slots of its outputs.
struct Declared<'f> {
    source: &'f Arc<Source>,
    id: &'f str,
    place: Place,
    shape: &'f TableFile,
    outputs: Vec<Slot>,
}

impl Check<'_> {
    /// Declares everything that is computed, then says how: so the order in the files does not matter.
    pub(super) fn values(&mut self) -> Option<Score> {
        let files = self.files;
        let source = &files.rules.source;
        let mut derived = Vec::new();
        for (key, shape) in files.rules.shape.derived.iter() {
            if !self.own_name(source, key) {
                continue;
            }
            let Some(ty) = self.typed(source, &shape.ty, TYPES) else { continue };
            let label = match &shape.label {
                Some(label) => self.sentence(source, label),
                None => Text::same(key.name.clone()),
            };
            let place = Some(Place::new(source, key.range.clone()));
            let named =
                Named { id: key.name.clone(), ty, origin: Origin::Derived, label, definition: None, place };
            if let Some(slot) = self.declare(named) {
                derived.push((slot, shape));
            }
        }
        let mut tables = Vec::new();
        for (source, entries) in
            [(source, &files.rules.shape.table), (&files.priority.source, &files.priority.shape.table)]
        {
            for (key, shape) in entries.iter() {
                let place = Place::new(source, key.range.clone());
                let outputs = self.outputs(source, shape);
                tables.push(Declared { source, id: &key.name, place, shape, outputs });
            }
        }
        let factors = self.declare_factors();
        let score = self.declare_score(&factors);

        for (slot, shape) in derived {
            let Some(definition) = self.derived(source, slot, shape) else { continue };
            self.define(slot, Definition::Expression(definition));
        }
        for (factor, shape) in factors.iter().zip(files.priority.shape.factor.iter().map(|(_, shape)| shape))
        {
            if let Some(definition) = self.factor(factor.slot, shape) {
                self.define(factor.slot, Definition::Expression(definition));
            }
        }
        if let Some(score) = &score {
            let parts = score.factors.iter().map(|factor| factor.slot).collect();
            self.define(score.slot, Definition::Sum { parts, at_most: score.at_most });
        }
        let mut made = Vec::new();
        for declared in &tables {
            if let Some(table) = self.table(declared) {
                let table = Arc::new(table);
                for (column, slot) in declared.outputs.iter().enumerate() {
                    self.define(*slot, Definition::Output { table: Arc::clone(&table), column });
                }
                made.push(table);
            }
        }
        self.refuse_circles();
        self.follow_the_clock();
        for table in made {
            self.prove(&table, score.as_ref());
        }
        score.map(|score| Score { tier: self.vocabulary.find("tier"), ..score })
    }

    fn define(&mut self, slot: Slot, definition: Definition) {
        if let Some(named) = self.vocabulary.get_mut(slot) {
            named.definition = Some(definition);
        }
    }

    fn type_of(&self, slot: Slot) -> Option<Type> {
        self.vocabulary.get(slot).map(|named| named.ty.clone())
    }

    fn derived(&mut self, source: &Arc<Source>, slot: Slot, shape: &DerivedFile) -> Option<Node> {
        let ty = self.type_of(slot)?;
        let at = Place::new(source, shape.ty.range.clone());
        match (&shape.value, &shape.count, &shape.sum) {
            (Some(value), None, None) => self.condition(source, value, Some(&ty), Clock::Allowed),
            (None, Some(count), None) => self.over(source, &ty, count, Fold::Count),
            (None, None, Some(sum)) => self.over(source, &ty, sum, Fold::Sum),
            _ => {
                self.push(problems::rule_shape(
                    at,
                    Text::new("القيمة تُحسب بطريقة واحدة", "a value is computed in one way"),
                    Text::new("اكتب `value` أو `count` أو `sum`", "write one of `value`, `count`, `sum`"),
                ));
                None
            }
        }
    }

    /// Counts or sums the things of a list.
    fn over(&mut self, source: &Arc<Source>, ty: &Type, shape: &OverFile, fold: Fold) -> Option<Node> {
        let list = self.condition(source, &shape.of, None, Clock::Refused)?;
        let place = Place::new(source, shape.of.range.clone());
        let (Type::List(record), Type::Number(_)) = (&list.ty, ty) else {
            let wanted = Text::new("قائمة تُعدُّ إلى عدد", "a list that is counted to a number");
            self.push(problems::bad_value(place, &shape.of.value, &wanted));
            return None;
        };
        let record = Arc::clone(record);
        let condition = match &shape.condition {
            Some(condition) => Some(self.on_each(source, condition, &record)?),
            None => None,
        };
        let body = match (fold, &shape.value) {
            (Fold::Sum, Some(value)) => {
                let field = record.field(value.value.trim());
                let Some((index, field)) = field.filter(|(_, field)| *field == ty) else {
                    let wanted = Text::new("حقلًا من النوع نفسه", "a field of the same type");
                    self.push(problems::bad_value(
                        Place::new(source, value.range.clone()),
                        &value.value,
                        &wanted,
                    ));
                    return None;
                };
                let place = Place::new(source, value.range.clone());
                let value = Node { place: place.clone(), ty: field.clone(), expr: Expr::Field(0, index) };
                let zero = Node {
                    place: place.clone(),
                    ty: ty.clone(),
                    expr: Expr::Constant(Value::Number(Number::ZERO)),
                };
                Some(match condition {
                    Some(condition) => Node {
                        place,
                        ty: ty.clone(),
                        expr: Expr::If(Box::new(condition), Box::new(value), Box::new(zero)),
                    },
                    None => value,
                })
            }
            (Fold::Sum, None) => {
                self.push(problems::rule_shape(
                    place,
                    Text::new("لم يُذكر ما يُجمع", "it is not said what is summed"),
                    Text::new("أضف `value = \"<field>\"`", "add `value = \"<field>\"`"),
                ));
                return None;
            }
            _ => condition,
        };
        Some(Node { place, ty: ty.clone(), expr: Expr::Each(fold, Box::new(list), body.map(Box::new)) })
    }

    fn outputs(&mut self, source: &Arc<Source>, shape: &TableFile) -> Vec<Slot> {
        let mut outputs = Vec::new();
        for (key, output) in shape.gives.iter() {
            let label = self.sentence(source, &output.label);
            let ty = if output.ty.value == "choice" {
                if output.choice.0.is_empty() {
                    self.push(problems::no_choices(Place::new(source, output.ty.range.clone())));
                    continue;
                }
                Some(Type::Choice(self.choices(source, &key.name, &output.choice)))
            } else {
                self.typed(source, &output.ty, TYPES)
            };
            let (true, Some(ty)) = (self.own_name(source, key), ty) else { continue };
            let place = Some(Place::new(source, key.range.clone()));
            let named =
                Named { id: key.name.clone(), ty, origin: Origin::Derived, label, definition: None, place };
            outputs.extend(self.declare(named));
        }
        outputs
    }

    fn table(&mut self, declared: &Declared<'_>) -> Option<Table> {
        let Declared { source, id, place, shape, outputs } = declared;
        let hit = match shape.hit {
            Some(HitFile::First) => Hit::First,
            Some(HitFile::Unique) | None => Hit::Unique,
        };
        if hit == Hit::First && shape.justification.is_none() {
            self.push(problems::rule_shape(
                place.clone(),
                Text::new("الصف الأول يغلب، ولم يُذكر السبب", "the first row wins, and it is not said why"),
                Text::new(
                    "أضف `justification.ar` و`justification.en`",
                    "add `justification.ar` and `justification.en`",
                ),
            ));
        }
        if outputs.len() != shape.gives.0.len() {
            return None;
        }
        let kind = Text::new("قيمة", "value");
        let names: Vec<String> = self.vocabulary.ids().map(str::to_owned).collect();
        let mut given = Vec::new();
        for name in &shape.given {
            self.refer(source, name, &kind, names.iter().map(String::as_str));
            given.push(self.vocabulary.find(&name.value)?);
        }
        let rows: Vec<Option<Row>> =
            shape.row.iter().map(|row| self.row(source, shape, row, &given, outputs)).collect();
        let rows = rows.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Table { id: (*id).to_owned(), given, hit, rows, place: place.clone() })
    }

    fn row(
        &mut self,
        source: &Arc<Source>,
        shape: &TableFile,
        row: &At<Entries<At<Scalar>>>,
        given: &[Slot],
        outputs: &[Slot],
    ) -> Option<Row> {
        let place = Place::new(source, row.range.clone());
        let known = shape
            .given
            .iter()
            .map(|name| name.value.as_str())
            .chain(shape.gives.iter().map(|(key, _)| key.name.as_str()));
        let known: Vec<&str> = known.collect();
        for (key, _) in row.value.iter() {
            let kind = Text::new("عمود", "column");
            self.refer(source, &super::key_at(key), &kind, known.iter().copied());
        }
        let mut cells = Vec::new();
        for (name, slot) in shape.given.iter().zip(given) {
            cells.push(match row.value.get(&name.value) {
                Some(cell) => self.cell(source, cell, *slot),
                None => Some(Cell::Any),
            });
        }
        let mut values = Vec::new();
        for ((key, _), slot) in shape.gives.iter().zip(outputs) {
            let ty = self.type_of(*slot)?;
            values.push(match row.value.get(&key.name) {
                Some(value) => self.scalar(source, &ty, value),
                None => {
                    let kind = Text::new(
                        format!("قيمة للعمود `{}` في الصف", key.name),
                        format!("value of `{}` in the row", key.name),
                    );
                    self.push(problems::unknown_reference(place.clone(), &kind, &key.name, []));
                    None
                }
            });
        }
        let cells = cells.into_iter().collect::<Option<Vec<_>>>()?;
        let outputs = values.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Row { cells, outputs, place })
    }

    fn cell(&mut self, source: &Arc<Source>, cell: &At<Scalar>, slot: Slot) -> Option<Cell> {
        let ty = self.type_of(slot)?;
        match (&ty, &cell.value) {
            (Type::Number(quantity), Scalar::Text(text)) => {
                let scale = Number::from(if quantity.unit.money_power() > 0 { 100 } else { 1 });
                let interval = Interval::parse(text, scale).filter(|interval| !interval.is_empty());
                if interval.is_none() {
                    self.push(problems::bad_range(Place::new(source, cell.range.clone()), text));
                }
                interval.map(Cell::Interval)
            }
            (Type::Bool, Scalar::Bool(value)) => Some(Cell::Bool(*value)),
            (Type::Choice(choices), Scalar::Text(_)) => {
                match self.scalar(source, &Type::Choice(Arc::clone(choices)), cell)? {
                    Value::Choice(index) => Some(Cell::Choices(BTreeSet::from([index]))),
                    _ => None,
                }
            }
            (Type::Choice(choices), Scalar::List(_)) => {
                match self.scalar(source, &Type::Set(Arc::clone(choices)), cell)? {
                    Value::Set(set) => Some(Cell::Choices((*set).clone())),
                    _ => None,
                }
            }
            _ => {
                let written = source.slice(&cell.range).to_owned();
                self.push(problems::bad_value(Place::new(source, cell.range.clone()), &written, &ty.text()));
                None
            }
        }
    }

    fn declare_factors(&mut self) -> Vec<Factor> {
        let source = &self.files.priority.source;
        let mut factors = Vec::new();
        for (key, shape) in self.files.priority.shape.factor.iter() {
            let label = self.sentence(source, &shape.label);
            let named = Named {
                id: format!("factor.{}", key.name),
                ty: Type::number(Unit::default(), false),
                origin: Origin::Derived,
                label: label.clone(),
                definition: None,
                place: Some(Place::new(source, key.range.clone())),
            };
            let highest = shape.highest_of.iter().map(|case| case.points.value).max();
            let each = shape.each.as_ref().and_then(|each| each.at_most.as_ref()).map(|most| most.value);
            let all =
                self.files.priority.shape.score.as_ref().map_or(Number::ZERO, |score| score.at_most.value);
            let most = highest.or(each).unwrap_or(all);
            // A factor that cannot be declared would shift its neighbours: it keeps a place that holds nothing.
            let slot = self.declare(named).unwrap_or(Slot(u16::MAX));
            factors.push(Factor { id: key.name.clone(), label, slot, most });
        }
        factors
    }

    fn declare_score(&mut self, factors: &[Factor]) -> Option<Score> {
        let source = &self.files.priority.source;
        let shape = self.files.priority.shape.score.as_ref()?;
        if let Some(clause) = &shape.clause {
            self.clause(source, clause);
        }
        self.interpretation(source, shape.interpretation.as_ref());
        self.citing = None;
        let named = Named {
            id: "score".into(),
            ty: Type::number(Unit::default(), self.is_whole_score()),
            origin: Origin::Clock,
            label: Text::new("درجة الأولوية", "priority score"),
            definition: None,
            place: Some(Place::new(source, shape.at_most.range.clone())),
        };
        let slot = self.declare(named)?;
        Some(Score {
            slot,
            at_most: shape.at_most.value,
            factors: factors.to_vec(),
            tier: None,
            source: basis(shape.source),
        })
    }

    /// Are all points whole? Then there is nothing between 69 and 70, and a table over the score may say so.
    fn is_whole_score(&self) -> bool {
        let shape = &self.files.priority.shape;
        shape.factor.iter().all(|(_, factor)| {
            let cases = factor.highest_of.iter().map(|case| case.points.value);
            let each = factor.each.iter().flat_map(|each| {
                std::iter::once(each.points.value).chain(each.at_most.as_ref().map(|most| most.value))
            });
            cases.chain(each).all(Number::is_whole)
        })
    }

    fn factor(&mut self, slot: Slot, shape: &FactorFile) -> Option<Node> {
        let files = self.files;
        let source = &files.priority.source;
        let place = self.vocabulary.get(slot)?.place.clone()?;
        let ty = Type::number(Unit::default(), false);
        let number = |number: Number, place: &Place| Node {
            place: place.clone(),
            ty: Type::number(Unit::default(), false),
            expr: Expr::Constant(Value::Number(number)),
        };
        match (&shape.highest_of[..], &shape.each) {
            ([_, ..], None) => {
                // From the highest down, the first that holds is the highest: what lies below it is not asked.
                let mut cases: Vec<&PointsFile> = shape.highest_of.iter().collect();
                cases.sort_by_key(|case| case.points.value);
                let mut node = number(Number::ZERO, &place);
                let mut whole = true;
                for case in cases {
                    let Some(when) = self.condition(source, &case.when, Some(&Type::Bool), Clock::Allowed)
                    else {
                        whole = false;
                        continue;
                    };
                    let points = number(case.points.value, &Place::new(source, case.points.range.clone()));
                    let expr = Expr::If(Box::new(when), Box::new(points), Box::new(node));
                    node = Node { place: place.clone(), ty: ty.clone(), expr };
                }
                whole.then_some(node)
            }
            ([], Some(each)) => {
                let of = self.condition(source, &each.of, None, Clock::Allowed)?;
                if !matches!(of.ty, Type::Number(Quantity { .. })) {
                    let wanted = Text::new("عددًا", "a number");
                    self.push(problems::bad_value(of.place, &each.of.value, &wanted));
                    return None;
                }
                let points = number(each.points.value, &Place::new(source, each.points.range.clone()));
                let expr = Expr::Arithmetic(Arithmetic::Multiply, Box::new(of), Box::new(points));
                let product = Node { place: place.clone(), ty: ty.clone(), expr };
                // Things are counted from nought: a day before the event must not cost points.
                let none = number(Number::ZERO, &place);
                let expr = Expr::Call(Builtin::Max, vec![product, none]);
                let product = Node { place: place.clone(), ty: ty.clone(), expr };
                Some(match &each.at_most {
                    Some(most) => {
                        let most = number(most.value, &Place::new(source, most.range.clone()));
                        Node { place, ty, expr: Expr::Call(Builtin::Min, vec![product, most]) }
                    }
                    None => product,
                })
            }
            _ => {
                self.push(problems::rule_shape(
                    place,
                    Text::new("العامل يُحسب بطريقة واحدة", "a factor is computed in one way"),
                    Text::new("اكتب `highest_of` أو `each`", "write one of `highest_of`, `each`"),
                ));
                None
            }
        }
    }

    /// A value that is computed from itself would never be known.
    fn refuse_circles(&mut self) {
        let mut settled = BTreeSet::new();
        let slots: Vec<Slot> = self.vocabulary.iter().map(|(slot, _)| slot).collect();
        for slot in slots {
            let mut path = Vec::new();
            if let Some(circle) = self.circle(slot, &mut path, &mut settled) {
                let names: Vec<String> = circle
                    .iter()
                    .filter_map(|slot| self.vocabulary.get(*slot))
                    .map(|named| named.id.clone())
                    .collect();
                let place = circle.first().and_then(|slot| self.vocabulary.get(*slot)?.place.clone());
                self.push(problems::circular(place, &names));
                // Broken here, so that nothing that comes later can run in it.
                for slot in circle {
                    if let Some(named) = self.vocabulary.get_mut(slot) {
                        named.definition = None;
                    }
                }
            }
        }
    }

    fn circle(&self, slot: Slot, path: &mut Vec<Slot>, settled: &mut BTreeSet<Slot>) -> Option<Vec<Slot>> {
        if let Some(start) = path.iter().position(|other| *other == slot) {
            let mut circle: Vec<Slot> = path.iter().skip(start).copied().collect();
            circle.push(slot);
            return Some(circle);
        }
        if settled.contains(&slot) {
            return None;
        }
        path.push(slot);
        let next: Vec<Slot> = match self.vocabulary.get(slot).and_then(|named| named.definition.as_ref()) {
            None => vec![],
            Some(Definition::Expression(node)) => node.slots().into_iter().collect(),
            Some(Definition::Output { table, .. }) => table.given.clone(),
            Some(Definition::Sum { parts, .. }) => parts.clone(),
        };
        let found = next.into_iter().find_map(|next| self.circle(next, path, settled));
        path.pop();
        settled.insert(slot);
        found
    }

    /// Whatever is made of the day of the evaluation changes with it.
    fn follow_the_clock(&mut self) {
        let slots: Vec<Slot> = self.vocabulary.iter().map(|(slot, _)| slot).collect();
        let on_clock: Vec<Slot> = slots
            .into_iter()
            .filter(|slot| {
                let mut read = BTreeSet::new();
                crate::expression::evaluate::collect_slot(&self.vocabulary, *slot, &mut read);
                read.iter()
                    .any(|slot| self.vocabulary.get(*slot).is_some_and(|named| named.origin == Origin::Clock))
            })
            .collect();
        for slot in on_clock {
            if let Some(named) = self.vocabulary.get_mut(slot) {
                named.origin = Origin::Clock;
            }
        }
    }

    fn prove(&mut self, table: &Table, score: Option<&Score>) {
        let domains: Option<Vec<Domain>> = table.given.iter().map(|slot| self.domain(*slot, score)).collect();
        let Some(domains) = domains else {
            self.push(problems::rule_shape(
                table.place.clone(),
                Text::new("جدول ينظر في قيمة لا تُقسم إلى حالات", "a table looks at a value that has no cases"),
                Text::new(
                    "`given` أعداد أو اختيارات أو نعم/لا",
                    "`given` names numbers, choices, or yes-or-no values",
                ),
            ));
            return;
        };
        for finding in table::findings(table, &domains) {
            let row =
                |row: usize| table.rows.get(row).map_or_else(|| table.place.clone(), |row| row.place.clone());
            let problem = match finding {
                Finding::Gap(case) => {
                    problems::table_gap(table.place.clone(), &table.id, &self.case(table, &case))
                }
                Finding::Overlap(case, one, two) => {
                    problems::table_overlap(row(one), row(two), &table.id, &self.case(table, &case))
                }
                Finding::Unreachable(one) => problems::unreachable_row(row(one), &table.id),
            };
            self.push(problem);
        }
    }

    /// What a column can be: the range of its fact, the choices of its set.
    fn domain(&self, slot: Slot, score: Option<&Score>) -> Option<Domain> {
        let named = self.vocabulary.get(slot)?;
        match &named.ty {
            Type::Bool => Some(Domain::Bool),
            Type::Choice(choices) => Some(Domain::Choices(u16::try_from(choices.ids.len()).ok()?)),
            Type::Number(quantity) => {
                let zero = Some((Number::ZERO, true));
                let range = match (&named.definition, score) {
                    (None, _) => {
                        self.declared_range(&named.id, quantity.unit.money_power() > 0).unwrap_or_default()
                    }
                    (_, Some(score)) if score.slot == slot => {
                        Interval { low: zero, high: Some((score.at_most, true)) }
                    }
                    (Some(Definition::Expression(Node { expr: Expr::Each(Fold::Count, ..), .. })), _) => {
                        Interval { low: zero, high: None }
                    }
                    _ => Interval::default(),
                };
                Some(Domain::Numbers { range, whole: quantity.whole })
            }
            Type::Date | Type::Span | Type::Set(_) | Type::Text | Type::List(_) => None,
        }
    }

    fn declared_range(&self, id: &str, money: bool) -> Option<Interval> {
        let (section, key) = id.split_once('.')?;
        let range = self.files.facts.shape.get(section)?.get(key)?.range.as_ref()?;
        Interval::parse(&range.value, Number::from(if money { 100 } else { 1 }))
    }

    /// A case in words: the household that shows a gap or an overlap.
    fn case(&self, table: &Table, case: &[Sample]) -> Text {
        let mut ar = Vec::new();
        let mut en = Vec::new();
        for (slot, sample) in table.given.iter().zip(case) {
            let Some(named) = self.vocabulary.get(*slot) else { continue };
            let (value_ar, value_en) = match (sample, &named.ty) {
                (Sample::Number(number), Type::Number(quantity)) if quantity.unit.money_power() > 0 => {
                    let amount = number.over(Number::from(100)).unwrap_or(*number).to_string();
                    (amount.clone(), amount)
                }
                (Sample::Number(number), _) => (number.to_string(), number.to_string()),
                (Sample::Choice(index), Type::Choice(choices)) => {
                    (choices.label(*index).ar, format!("`{}`", choices.id(*index)))
                }
                (Sample::Bool(true), _) => ("نعم".into(), "`true`".into()),
                (Sample::Bool(false), _) => ("لا".into(), "`false`".into()),
                (Sample::Choice(_), _) => continue,
            };
            ar.push(format!("{} = {value_ar}", named.label.ar));
            en.push(format!("`{}` = {value_en}", named.id));
        }
        Text::new(ar.join("، "), en.join(", "))
    }
}
