//! Decision tables: what they look at and give, and the proof that they have a row for every case.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::file::{HitFile, Sentence, TableFile};
use super::super::table::{self, Domain, Finding, Sample};
use super::super::{Score, problems};
use super::Check;
use super::ids::Ids;
use super::values::Declared;
use crate::expression::program::{
    Cell, Definition, Expr, Fold, Hit, Interval, Node, Row, Slot, Table, Value,
};
use crate::expression::types::Type;
use crate::source::de::{At, Entries, Scalar};
use crate::source::{Place, Source};
use crate::value::{Number, Text};

/// More columns than these would hide what a case is about.
const MOST_COLUMNS_TOLD: usize = 6;

impl Check<'_> {
    /// The tables that could be made, their outputs defined.
    pub(super) fn tables(&mut self, declared: &[Declared<'_>]) -> Vec<Arc<Table>> {
        let mut made = Vec::new();
        for declared in declared {
            if let Some(table) = self.table(declared) {
                let table = Arc::new(table);
                for (column, slot) in declared.outputs.iter().enumerate() {
                    self.define(*slot, Definition::Output { table: Arc::clone(&table), column });
                }
                made.push(table);
            }
        }
        made
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
        if let Some(justification) = &shape.justification {
            self.sentence(source, justification);
        }
        if shape.gives.0.is_empty() {
            self.push(problems::rule_shape(
                place.clone(),
                Text::new("جدول لا يعطي شيئًا", "a table that gives nothing"),
                Text::new(
                    "أضف `gives.<name> = { type = …, label = … }`",
                    "add `gives.<name> = { type = …, label = … }`",
                ),
            ));
        }
        let given = self.given(source, shape);
        if outputs.len() != shape.gives.0.len() {
            return None;
        }
        let given = given?;
        let rows: Vec<Option<Row>> =
            shape.row.iter().map(|row| self.row(source, shape, row, &given, outputs)).collect();
        let rows = rows.into_iter().collect::<Option<Vec<_>>>()?;
        let justification = shape.justification.as_ref().map(Sentence::text);
        Some(Table { id: (*id).to_owned(), given, hit, justification, rows, place: place.clone() })
    }

    /// What a table looks at: values that can be told apart into cases.
    fn given(&mut self, source: &Arc<Source>, shape: &TableFile) -> Option<Vec<Slot>> {
        let mut given: Vec<Option<Slot>> = Vec::new();
        for name in &shape.given {
            let place = Place::new(source, name.range.clone());
            let slot = self.vocabulary.find(&name.value);
            let ty = slot.and_then(|slot| self.type_of(slot));
            match ty {
                None => {
                    let known: Vec<&str> = self.vocabulary.ids().collect();
                    let kind = Text::new("قيمة باسم", "value called");
                    let problem = problems::unknown_reference(place, &kind, &name.value, known);
                    self.push(problem);
                    given.push(None);
                }
                Some(Type::Bool | Type::Number(_) | Type::Choice(_)) if given.contains(&slot) => {
                    self.push(problems::given_twice(place, &name.value));
                    given.push(None);
                }
                Some(Type::Bool | Type::Number(_) | Type::Choice(_)) => given.push(slot),
                Some(ty @ (Type::Date | Type::Span | Type::Set(_) | Type::Text | Type::List(_))) => {
                    self.push(problems::no_cases(place, &name.value, &ty.text()));
                    given.push(None);
                }
            }
        }
        given.into_iter().collect()
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
        let columns = shape.given.iter().map(|name| name.value.as_str());
        let columns = Ids::of(columns.chain(shape.gives.iter().map(|(key, _)| key.name.as_str())));
        for (key, _) in row.value.iter() {
            self.refer(source, &super::key_at(key), &Text::new("عمود", "column"), &columns);
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
                    self.push(problems::missing_key(place.clone(), &key.name));
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
                let scale = quantity.unit.scale()?;
                let interval = Interval::parse(text, scale).filter(|interval| !interval.is_empty());
                if interval.is_none() {
                    self.push(problems::bad_range(Place::new(source, cell.range.clone()), text));
                }
                interval.map(Cell::Interval)
            }
            (Type::Bool, Scalar::Bool(value)) => Some(Cell::Bool(*value)),
            (Type::Choice(choices), Scalar::Text(_)) => {
                let value = self.scalar(source, &Type::Choice(Arc::clone(choices)), cell)?;
                if let Value::Choice(index) = value {
                    Some(Cell::Choices(BTreeSet::from([index])))
                } else {
                    None
                }
            }
            (Type::Choice(choices), Scalar::List(_)) => {
                let value = self.scalar(source, &Type::Set(Arc::clone(choices)), cell)?;
                if let Value::Set(set) = value { Some(Cell::Choices((*set).clone())) } else { None }
            }
            _ => {
                let written = source.slice(&cell.range).to_owned();
                self.push(problems::bad_value(Place::new(source, cell.range.clone()), &written, &ty.text()));
                None
            }
        }
    }

    /// Complaints about gaps, overlaps and rows that nothing reaches.
    pub(super) fn prove(&mut self, table: &Table, score: Option<&Score>) {
        let domains: Option<Vec<Domain>> = table.given.iter().map(|slot| self.domain(*slot, score)).collect();
        let Some(domains) = domains else { return };
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
                Finding::TooLarge => problems::table_too_large(table.place.clone(), &table.id),
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
        for (slot, sample) in table.given.iter().zip(case).take(MOST_COLUMNS_TOLD) {
            let Some(named) = self.vocabulary.get(*slot) else { continue };
            let (value_ar, value_en) = match (sample, &named.ty) {
                (Sample::Number(number), Type::Number(quantity)) if quantity.unit.money_power() != 0 => {
                    let scale = quantity.unit.scale();
                    let amount = scale.and_then(|scale| number.over(scale)).unwrap_or(*number).to_string();
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
        let more = if table.given.len() > MOST_COLUMNS_TOLD { " …" } else { "" };
        Text::new(format!("{}{more}", ar.join("، ")), format!("{}{more}", en.join(", ")))
    }
}
