//! What the rules count with: computed values, tables, limits, the score.

use std::sync::Arc;

use super::{Author, Block, Run, Runs, Section, Table, capital, plain};
use crate::expression::program::{self, Arithmetic, Builtin, Definition, Expr, Hit, Node, Slot};
use crate::policy::Factor;
use crate::value::Lang;

impl<'a> Author<'a> {
    pub(super) fn values(self) -> Section {
        let computed = self.policy().vocabulary.iter().filter_map(|(slot, named)| {
            let is_factor =
                self.policy().score.iter().any(|score| {
                    score.slot == slot || score.factors.iter().any(|factor| factor.slot == slot)
                });
            match &named.definition {
                Some(Definition::Expression(node)) if !is_factor => {
                    Some((plain(capital(self.words.of(&named.label))), plain(self.words.computed(node))))
                }
                _ => None,
            }
        });
        let pairs: Vec<(Runs, Runs)> = computed.collect();
        let blocks = if pairs.is_empty() { vec![] } else { vec![Block::Pairs(pairs)] };
        self.section("القيم المحسوبة", "Computed values", blocks, vec![])
    }

    pub(super) fn tables(self) -> Section {
        let mut parts = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for (_, named) in self.policy().vocabulary.iter() {
            let Some(Definition::Output { table, .. }) = &named.definition else { continue };
            if seen.contains(&table.id.as_str()) || self.is_tier(table) {
                continue;
            }
            seen.push(&table.id);
            parts.push(self.table(table));
        }
        self.section("الجداول", "Tables", vec![], parts)
    }

    /// The table of the tiers stands with the score.
    fn is_tier(self, table: &program::Table) -> bool {
        let tier = self.policy().score.as_ref().and_then(|score| score.tier);
        self.outputs(table).iter().any(|(slot, _)| Some(*slot) == tier)
    }

    /// The outputs of a table in the order of its columns.
    pub(super) fn outputs(self, table: &program::Table) -> Vec<(Slot, &'a program::Named)> {
        let mut outputs: Vec<(usize, Slot, &program::Named)> = (self.policy().vocabulary.iter())
            .filter_map(|(slot, named)| match &named.definition {
                Some(Definition::Output { table: other, column }) if other.id == table.id => {
                    Some((*column, slot, named))
                }
                _ => None,
            })
            .collect();
        outputs.sort_by_key(|(column, ..)| *column);
        outputs.into_iter().map(|(_, slot, named)| (slot, named)).collect()
    }

    pub(super) fn table(self, table: &Arc<program::Table>) -> Section {
        let words = self.words;
        let outputs = self.outputs(table);
        let label = |slot: &Slot| {
            let named = self.policy().vocabulary.get(*slot);
            named.map_or_else(Vec::new, |named| plain(capital(words.of(&named.label))))
        };
        let mut head: Vec<Runs> = table.given.iter().map(label).collect();
        head.extend(outputs.iter().map(|(_, named)| plain(capital(words.of(&named.label)))));
        let rows = table.rows.iter().map(|row| {
            let given = table.given.iter().zip(&row.cells).map(|(slot, cell)| plain(words.cell(*slot, cell)));
            let gives = outputs
                .iter()
                .zip(&row.outputs)
                .map(|((_, named), value)| plain(words.value(&named.ty, value)));
            given.chain(gives).collect()
        });
        let hit = match table.hit {
            Hit::Unique => self.say("لكل حالةٍ صفٌّ واحد لا أكثر ولا أقل.", "Every case has exactly one row."),
            Hit::First => self.say("يُعمل بأول صفٍّ ينطبق.", "The first row that matches counts."),
        };
        let mut note = hit.to_owned();
        if let Some(why) = &table.justification {
            note = format!("{note} {}", words.of(why));
        }
        let titles: Vec<String> =
            outputs.iter().map(|(_, named)| words.of(&named.label).to_owned()).collect();
        let widths = vec![1; head.len()];
        let table = Table { head, rows: rows.collect(), widths };
        Section {
            title: plain(capital(&words.list(&titles))),
            blocks: vec![Block::Table(table), Block::Paragraph(plain(note))],
            parts: vec![],
        }
    }

    pub(super) fn limits(self) -> Section {
        let words = self.words;
        let mut rows = Vec::new();
        for parameter in &self.policy().parameters {
            if !self.concerns(&parameter.clause) {
                continue;
            }
            let Some(named) = self.policy().vocabulary.get(parameter.slot) else { continue };
            for (from, value) in &parameter.entries {
                let mut basis = vec![Run::Plain(format!("{} ", self.say("البند", "clause")))];
                basis.push(self.code(&parameter.clause));
                basis.push(Run::Plain(self.say("، ", ", ").into()));
                basis.push(self.source(parameter.source));
                if let Some(id) = &parameter.interpretation {
                    basis.push(Run::Plain(self.say("، على تفسير ", ", as read in ").into()));
                    basis.push(self.code(id));
                }
                rows.push(vec![
                    plain(capital(words.of(&parameter.label))),
                    plain(words.value(&named.ty, value)),
                    plain(words.date(*from)),
                    basis,
                ]);
            }
        }
        if rows.is_empty() {
            return self.section("الحدود والمقادير", "Limits", vec![], vec![]);
        }
        let head = [("الحد", "Limit"), ("قيمته", "Value"), ("من", "From"), ("السند", "Basis")];
        let head = head.map(|(ar, en)| plain(self.say(ar, en))).to_vec();
        let intro = self.say(
            "أعدادٌ يقررها المجلس. ويُحكم على الطلب بما كان نافذًا منها يوم تقديمه.",
            "The numbers that the board decides. A request is judged by those in force on the day it was submitted.",
        );
        let table = Table { head, rows, widths: vec![5, 4, 3, 5] };
        let blocks = vec![Block::Paragraph(plain(intro)), Block::Table(table)];
        self.section("الحدود والمقادير", "Limits", blocks, vec![])
    }

    pub(super) fn priority(self) -> Section {
        let words = self.words;
        let (ar, en) = ("الأولوية", "Priority");
        let Some(score) = &self.policy().score else { return self.section(ar, en, vec![], vec![]) };
        if self.clause.is_some() && score.clause.as_deref() != self.clause {
            return self.section(ar, en, vec![], vec![]);
        }
        let mut rows: Vec<Vec<Runs>> = Vec::new();
        for factor in &score.factors {
            let cases = self.cases(factor);
            for (index, (case, points)) in cases.into_iter().enumerate() {
                let label = if index == 0 { words.of(&factor.label) } else { "" };
                rows.push(vec![plain(label), plain(case), plain(points)]);
            }
        }
        let at_most = words.figure(score.at_most);
        let intro = match words.lang {
            Lang::Ar => format!(
                "ترتِّب الدرجة الطلبات ولا يُرفض بها طلب. وهي مجموع ما يأتي، ولا تزيد على {at_most}. وإذا انطبقت حالاتٌ من عاملٍ واحد فله أعلاها."
            ),
            Lang::En => format!(
                "The score orders requests and never declines one. It is the sum of what follows, and never more than {at_most}. Where several cases of a factor hold, the highest counts."
            ),
        };
        let head = [("العامل", "Factor"), ("الحالة", "Case"), ("النقاط", "Points")];
        let head = head.map(|(ar, en)| plain(self.say(ar, en))).to_vec();
        let mut basis = match &score.clause {
            Some(clause) => self.basis(clause, score.source, score.interpretation.as_ref()).1,
            None => {
                vec![
                    Run::Plain(self.say("لم يُذكر لها بند، ", "no clause is named, ").into()),
                    self.source(score.source),
                ]
            }
        };
        basis.insert(0, Run::Plain(self.say("السند: ", "Basis: ").into()));
        let mut blocks = vec![
            Block::Paragraph(plain(intro)),
            Block::Table(Table { head, rows, widths: vec![4, 9, 4] }),
            Block::Paragraph(basis),
        ];
        let tier = score.tier.and_then(|tier| self.policy().vocabulary.get(tier));
        if let Some(Definition::Output { table, .. }) = tier.and_then(|named| named.definition.as_ref()) {
            let mut section = self.table(table);
            blocks.append(&mut section.blocks);
        }
        self.section(ar, en, blocks, vec![])
    }

    /// The cases of a factor and what each gives, the highest first.
    pub(super) fn cases(self, factor: &'a Factor) -> Vec<(String, String)> {
        let words = self.words;
        let named = self.policy().vocabulary.get(factor.slot);
        let Some(Definition::Expression(node)) = named.and_then(|named| named.definition.as_ref()) else {
            return vec![];
        };
        let mut cases = Vec::new();
        let mut rest: &Node = node;
        while let Expr::If(case, points, otherwise) = &rest.expr {
            if let Some(points) = points.constant() {
                let case = words.when(case);
                let case = match words.lang {
                    Lang::Ar => format!("إذا {case}"),
                    Lang::En => format!("if {case}"),
                };
                cases.push((case, words.figure(points)));
            }
            rest = otherwise;
        }
        if !cases.is_empty() {
            return cases;
        }
        let bounded = |node: &'a Node| {
            if let Expr::Call(Builtin::Max, parts) = &node.expr {
                parts.first().unwrap_or(node)
            } else {
                node
            }
        };
        let (product, most) = if let Expr::Call(Builtin::Min, parts) = &node.expr {
            (parts.first(), parts.get(1).and_then(Node::constant))
        } else {
            (Some(node), None)
        };
        let Some(Expr::Arithmetic(Arithmetic::Multiply, of, points)) =
            product.map(|node| &bounded(node).expr)
        else {
            return vec![(words.term_of(node), String::new())];
        };
        let points = points.constant().map_or_else(String::new, |points| words.figure(points));
        let most = most.map(|most| words.figure(most));
        let of = words.term_of(bounded(of));
        let (case, points) = match (words.lang, most) {
            (Lang::Ar, Some(most)) => (format!("عن كل واحدٍ من: {of}"), format!("{points}، وأقصاها {most}")),
            (Lang::Ar, None) => (format!("عن كل واحدٍ من: {of}"), points),
            (Lang::En, Some(most)) => (format!("for each of: {of}"), format!("{points}, at most {most}")),
            (Lang::En, None) => (format!("for each of: {of}"), points),
        };
        vec![(case, points)]
    }
}
