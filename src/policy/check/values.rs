//! What is computed: derived values, decision tables, the score.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::file::{DerivedFile, FactorFile, OverFile, PointsFile, TableFile};
use super::super::{Factor, Score, problems};
use super::{Check, basis};
use crate::expression::lower::Clock;
use crate::expression::program::{
    Arithmetic, Builtin, Definition, Expr, Fold, Named, Node, Origin, Slot, Value,
};
use crate::expression::types::{Type, Unit};
use crate::source::de::At;
use crate::source::{Place, Source};
use crate::value::{Number, Text};

/// The types that a computed value can have.
pub(super) const TYPES: &[&str] =
    &["bool", "integer", "decimal", "money", "date", "span", "money / person", "integer person"];

/// A table on its way: where it stands, and the slots of its outputs.
pub(super) struct Declared<'f> {
    pub(super) source: &'f Arc<Source>,
    pub(super) id: &'f str,
    pub(super) place: Place,
    pub(super) shape: &'f TableFile,
    pub(super) outputs: Vec<Slot>,
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
            let Some(ty) = self.typed(source, &shape.ty, TYPES) else {
                self.lost.insert(key.name.clone());
                continue;
            };
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
        let mut tables: Vec<Declared<'_>> = Vec::new();
        let mut ids = BTreeMap::new();
        for (source, entries) in
            [(source, &files.rules.shape.table), (&files.priority.source, &files.priority.shape.table)]
        {
            for (key, shape) in entries.iter() {
                let place = Place::new(source, key.range.clone());
                self.id(source, key);
                if let Some(first) = ids.insert(&key.name, place.clone()) {
                    self.push(problems::duplicate_name(place.clone(), &key.name, Some(first)));
                }
                let outputs = self.outputs(source, shape);
                tables.push(Declared { source, id: &key.name, place, shape, outputs });
            }
        }
        let factors = self.declare_factors();
        let score = self.declare_score(&factors);

        let mut whole = score.as_ref().is_some_and(|score| score.at_most.is_whole());
        for (factor, (_, shape)) in factors.iter().zip(files.priority.shape.factor.iter()) {
            if let Some(definition) = self.factor(factor.slot, shape) {
                whole &= definition.ty.is_whole();
                self.define(factor.slot, Definition::Expression(definition));
            }
        }
        if let Some(score) = &score {
            let parts = score.factors.iter().map(|factor| factor.slot).collect();
            self.define(score.slot, Definition::Sum { parts, at_most: score.at_most });
            // Where all points are whole, there is nothing between 69 and 70, and a table over the score may say so.
            if let Some(named) = self.vocabulary.get_mut(score.slot) {
                named.ty = Type::number(Unit::default(), whole);
            }
        }
        for (slot, shape) in derived {
            let Some(definition) = self.derived(source, slot, shape) else { continue };
            self.define(slot, Definition::Expression(definition));
        }
        let made = self.tables(&tables);
        self.order();
        for table in made {
            self.prove(&table, score.as_ref());
        }
        score.map(|score| Score { tier: self.tier(&tables), ..score })
    }

    /// The output of that name of a table over the score.
    fn tier(&self, tables: &[Declared<'_>]) -> Option<Slot> {
        let tier = self.vocabulary.find("tier")?;
        tables.iter().any(|table| table.outputs.contains(&tier)).then_some(tier)
    }

    pub(super) fn define(&mut self, slot: Slot, definition: Definition) {
        if let Some(named) = self.vocabulary.get_mut(slot) {
            named.definition = Some(definition);
        }
    }

    pub(super) fn type_of(&self, slot: Slot) -> Option<Type> {
        self.vocabulary.get(slot).map(|named| named.ty.clone())
    }

    fn derived(&mut self, source: &Arc<Source>, slot: Slot, shape: &DerivedFile) -> Option<Node> {
        let ty = self.type_of(slot)?;
        let at = Place::new(source, shape.ty.range.clone());
        match (&shape.value, &shape.count, &shape.sum) {
            (Some(value), None, None) => self.condition(source, value, Some(&ty), Clock::Allowed),
            (None, Some(count), None) => self.over(source, (&ty, at), count, Fold::Count),
            (None, None, Some(sum)) => self.over(source, (&ty, at), sum, Fold::Sum),
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
    fn over(
        &mut self,
        source: &Arc<Source>,
        (ty, at): (&Type, Place),
        shape: &OverFile,
        fold: Fold,
    ) -> Option<Node> {
        let list = self.condition(source, &shape.of, None, Clock::Refused)?;
        let place = Place::new(source, shape.of.range.clone());
        let Type::List(record) = &list.ty else {
            let wanted = Text::new("قائمة", "a list");
            self.push(problems::bad_value(place, &shape.of.value, &wanted));
            return None;
        };
        if fold == Fold::Count && !ty.is_whole() {
            self.push(problems::count_of_other_type(at));
            return None;
        }
        if let (Fold::Count, Some(value)) = (fold, &shape.value) {
            let place = Place::new(source, value.range.clone());
            self.push(problems::key_of_other_type(place, "value", "count", "`sum`"));
            return None;
        }
        let record = Arc::clone(record);
        let condition = match &shape.condition {
            Some(condition) => Some(self.on_each(source, condition, &record)?),
            None => None,
        };
        let body = match (fold, &shape.value) {
            (Fold::Sum, Some(value)) => {
                let field = record.field(value.value.trim());
                let Some((index, field)) = field.filter(|(_, field)| *field == ty) else {
                    let wanted = Text::new("حقل من النوع نفسه", "a field of the same type");
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
                    Text::new("أضف `value = '<field>'`", "add `value = '<field>'`"),
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
            let place = Place::new(source, output.ty.range.clone());
            let ty = if output.ty.value == "choice" && output.choice.0.is_empty() {
                self.push(problems::no_choices(place));
                None
            } else if output.ty.value == "choice" {
                Some(Type::Choice(self.choices(source, &key.name, &output.choice)))
            } else {
                if let Some((choice, _)) = output.choice.iter().next() {
                    let place = Place::new(source, choice.range.clone());
                    self.push(problems::key_of_other_type(place, "choice", &output.ty.value, "`choice`"));
                }
                self.typed(source, &output.ty, TYPES)
            };
            let (true, Some(ty)) = (self.own_name(source, key), ty) else {
                self.lost.insert(key.name.clone());
                continue;
            };
            let place = Some(Place::new(source, key.range.clone()));
            let named =
                Named { id: key.name.clone(), ty, origin: Origin::Derived, label, definition: None, place };
            outputs.extend(self.declare(named));
        }
        outputs
    }

    fn declare_factors(&mut self) -> Vec<Factor> {
        let source = &self.files.priority.source;
        let mut factors = Vec::new();
        for (key, shape) in self.files.priority.shape.factor.iter() {
            let label = self.sentence(source, &shape.label);
            self.id(source, key);
            let each = shape.each.iter().flat_map(|each| std::iter::once(&each.points).chain(&each.at_most));
            for points in shape.highest_of.iter().map(|case| &case.points).chain(each) {
                self.not_negative(source, points);
            }
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
        self.not_negative(source, &shape.at_most);
        let named = Named {
            id: "score".into(),
            ty: Type::number(Unit::default(), false),
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
            clause: shape.clause.as_ref().map(|clause| clause.value.clone()),
            interpretation: shape.interpretation.as_ref().map(|id| id.value.clone()),
        })
    }

    /// Less than nothing would lower a score below where its tables begin.
    fn not_negative(&mut self, source: &Arc<Source>, points: &At<Number>) {
        if points.value < Number::ZERO {
            let place = Place::new(source, points.range.clone());
            let wanted = Text::new("عدد من صفر فصاعدًا", "zero or more");
            self.push(problems::bad_value(place, &points.value.to_string(), &wanted));
        }
    }

    fn factor(&mut self, slot: Slot, shape: &FactorFile) -> Option<Node> {
        let files = self.files;
        let source = &files.priority.source;
        let place = self.vocabulary.get(slot)?.place.clone()?;
        let number = |number: Number, place: &Place| Node {
            place: place.clone(),
            ty: Type::number(Unit::default(), number.is_whole()),
            expr: Expr::Constant(Value::Number(number)),
        };
        match (&shape.highest_of[..], &shape.each) {
            ([_, ..], None) => {
                // From the highest down, the first that holds is the highest: what lies below it is not asked.
                let mut cases: Vec<&PointsFile> = shape.highest_of.iter().collect();
                cases.sort_by_key(|case| case.points.value);
                let mut node = number(Number::ZERO, &place);
                let mut all = true;
                for case in cases {
                    let Some(when) = self.condition(source, &case.when, Some(&Type::Bool), Clock::Allowed)
                    else {
                        all = false;
                        continue;
                    };
                    let points = number(case.points.value, &Place::new(source, case.points.range.clone()));
                    let ty = Type::number(Unit::default(), points.ty.is_whole() && node.ty.is_whole());
                    let expr = Expr::If(Box::new(when), Box::new(points), Box::new(node));
                    node = Node { place: place.clone(), ty, expr };
                }
                all.then_some(node)
            }
            ([], Some(each)) => {
                let of = self.condition(source, &each.of, None, Clock::Allowed)?;
                let counts = matches!(&of.ty, Type::Number(quantity) if quantity.unit.money_power() == 0);
                if !counts {
                    let wanted = Text::new("عدد غير نقدي", "a number other than money");
                    self.push(problems::bad_value(of.place, &each.of.value, &wanted));
                    return None;
                }
                let points = number(each.points.value, &Place::new(source, each.points.range.clone()));
                let whole = of.ty.is_whole() && points.ty.is_whole();
                let ty = Type::number(Unit::default(), whole);
                let expr = Expr::Arithmetic(Arithmetic::Multiply, Box::new(of), Box::new(points));
                let product = Node { place: place.clone(), ty: ty.clone(), expr };
                // What is counted may lie below zero, as days that are still to come do; points never do.
                let zero = number(Number::ZERO, &place);
                let expr = Expr::Call(Builtin::Max, vec![product, zero]);
                let points = Node { place: place.clone(), ty, expr };
                Some(match &each.at_most {
                    Some(most) => {
                        let most = number(most.value, &Place::new(source, most.range.clone()));
                        let ty = Type::number(Unit::default(), whole && most.ty.is_whole());
                        Node { place, ty, expr: Expr::Call(Builtin::Min, vec![points, most]) }
                    }
                    None => points,
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
}
