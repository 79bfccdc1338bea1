//! Conditions as sentences: the typed program read aloud.
//!
//! Receives a [`Node`], hands on words. What a rule asks for, when something happens and how a value is computed are three
//! moods of the same tree; Arabic has a form of its own for each.

use crate::expression::program::{
    Arithmetic, Builtin, Comparison, Definition, Direction, Expr, Fold, Node, Origin, Slot, Value,
};
use crate::expression::types::Type;
use crate::policy::{Fact, FactKind};
use crate::value::{Lang, Number, Span};

use super::words::Words;

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Claim {
    /// It always does, or never.
    Settled(bool),
    /// A single sentence.
    One(Sentence),
    /// All of them.
    All(Vec<Claim>),
    /// One of them.
    Any(Vec<Claim>),
    /// One or the other, by a case.
    Choose(Box<Claim>, Box<Claim>, Box<Claim>),
}

/// A sentence in its three moods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// As it is: «صفة السكن: ملك».
    bare: String,
    /// After «إذا»: «كانت صفة السكن…».
    when: String,
    /// After «يُشترط»: «أن تكون صفة السكن…».
    should: String,
}

/// What was bound around a part of a program.
#[derive(Debug, Clone)]
enum Bound<'n> {
    /// A value, and what was bound around it.
    Value(&'n Node, Vec<Bound<'n>>),
    /// A thing of a list.
    Item(&'n [Fact]),
}

/// In which mood sentences are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Bare,
    When,
    Should,
}

impl<'a> Words<'a> {
    /// What must hold, as a sentence of its own; long ones as an opening and a list.
    pub(super) fn required(self, node: &'a Node) -> (String, Vec<String>) {
        match self.claim(node, true, &[]) {
            Claim::All(parts) => (
                self.say("يُشترط كلُّ ما يأتي:", "All of the following is required:").into(),
                parts.iter().map(|part| self.shall(part)).collect(),
            ),
            Claim::Any(parts) => (
                self.say("يُشترط واحدٌ مما يأتي:", "One of the following is required:").into(),
                parts.iter().map(|part| self.shall(part)).collect(),
            ),
            claim @ (Claim::Settled(_) | Claim::One(_) | Claim::Choose(..)) => {
                (format!("{}.", self.demand(&claim)), vec![])
            }
        }
    }

    /// When something is the case, to stand after «إذا».
    pub(super) fn when(self, node: &'a Node) -> String {
        self.join(&self.claim(node, true, &[]), Mood::When)
    }

    /// How a value comes about.
    pub(super) fn computed(self, node: &'a Node) -> String {
        match node.ty {
            Type::Bool => match self.claim(node, true, &[]) {
                claim @ (Claim::Settled(_) | Claim::Choose(..)) => format!("{}.", self.demand(&claim)),
                claim @ (Claim::One(_) | Claim::All(_) | Claim::Any(_)) => {
                    format!("{} {}.", self.say("يتحقق إذا", "holds if"), self.join(&claim, Mood::When))
                }
            },
            Type::Number(_)
            | Type::Date
            | Type::Span
            | Type::Choice(_)
            | Type::Set(_)
            | Type::Text
            | Type::List(_) => format!("{}.", self.quantity(node, &[])),
        }
    }

    /// A value in the middle of a sentence.
    pub(super) fn term_of(self, node: &'a Node) -> String {
        self.quantity(node, &[])
    }

    fn shall(self, claim: &Claim) -> String {
        match claim {
            Claim::Choose(..) => self.demand(claim),
            Claim::Settled(_) | Claim::One(_) | Claim::All(_) | Claim::Any(_) => {
                self.join(claim, Mood::Should)
            }
        }
    }

    /// «يُشترط أن …», also where it hangs on a case.
    fn demand(self, claim: &Claim) -> String {
        match claim {
            Claim::Settled(true) => self.say("لا يُشترط شيء", "nothing is required").into(),
            Claim::Settled(false) => self.say("لا يتحقق ذلك بحال", "this never holds").into(),
            Claim::Choose(case, then, otherwise) => {
                let case = self.join(case, Mood::When);
                let outcome = |claim: &Claim, enough: &str| match claim {
                    Claim::Settled(true) => enough.to_owned(),
                    Claim::Settled(false) => self.say("لم يتحقق الشرط", "it does not hold").to_owned(),
                    Claim::One(_) | Claim::All(_) | Claim::Any(_) | Claim::Choose(..) => {
                        format!("{}{}", self.say("ف", ""), self.demand(claim))
                    }
                };
                let then = outcome(then, self.say("كفى ذلك", "that is enough"));
                let otherwise = outcome(otherwise, self.say("لم يُشترط شيء", "nothing is required"));
                match self.lang {
                    Lang::Ar => format!("إذا {case} {then}، وإلا {otherwise}"),
                    Lang::En => format!("if {case}, {then}; otherwise {otherwise}"),
                }
            }
            Claim::One(_) | Claim::All(_) | Claim::Any(_) => {
                let wanted = self.join(claim, Mood::Should);
                match self.lang {
                    Lang::Ar => format!("يُشترط {wanted}"),
                    Lang::En => format!("it is required that {wanted}"),
                }
            }
        }
    }

    /// Claims in one sentence; what is joined otherwise than its surroundings stands in brackets.
    fn join(self, claim: &Claim, mood: Mood) -> String {
        let bracketed = |part: &Claim| match part {
            Claim::Settled(_) | Claim::One(_) => self.join(part, mood),
            Claim::All(_) | Claim::Any(_) | Claim::Choose(..) => format!("({})", self.join(part, mood)),
        };
        match claim {
            Claim::Settled(true) => self.say("صحَّ ذلك دائمًا", "this always holds").into(),
            Claim::Settled(false) => self.say("صحَّ ما لا يصحُّ أبدًا", "this never holds").into(),
            Claim::One(sentence) => match mood {
                Mood::Bare => sentence.bare.clone(),
                Mood::When => sentence.when.clone(),
                Mood::Should => sentence.should.clone(),
            },
            Claim::All(parts) => {
                let parts: Vec<String> = parts.iter().map(bracketed).collect();
                parts.join(self.say("، و", ", and "))
            }
            Claim::Any(parts) => {
                let parts: Vec<String> = parts.iter().map(bracketed).collect();
                parts.join(self.say("، أو ", ", or "))
            }
            Claim::Choose(case, then, otherwise) => {
                let case = self.join(case, Mood::When);
                let (then, otherwise) = (self.join(then, mood), self.join(otherwise, mood));
                match self.lang {
                    Lang::Ar => format!("{then} إذا {case}، وإلا {otherwise}"),
                    Lang::En => format!("{then} if {case}, otherwise {otherwise}"),
                }
            }
        }
    }

    fn claim<'n>(self, node: &'n Node, holds: bool, bound: &[Bound<'n>]) -> Claim
    where
        'a: 'n,
    {
        let word =
            |text: String| Claim::One(Sentence { bare: text.clone(), when: text.clone(), should: text });
        match &node.expr {
            Expr::Constant(Value::Bool(value)) => Claim::Settled(*value == holds),
            Expr::Constant(_) => word(self.quantity(node, bound)),
            Expr::Slot(slot) => self.established(*slot, holds),
            Expr::Local(depth) => match nth(bound, *depth) {
                Some(Bound::Value(value, around)) => self.claim(value, holds, &around),
                Some(Bound::Item(_)) | None => word(String::new()),
            },
            Expr::Field(depth, index) => {
                let label = self.field(bound, *depth, *index);
                word(match (self.lang, holds) {
                    (_, true) => self.term(&label),
                    (Lang::Ar, false) => format!("عدم {label}"),
                    (Lang::En, false) => format!("not {}", self.term(&label)),
                })
            }
            Expr::Occurred(slot) => {
                let label = self.policy.vocabulary.get(*slot).map_or("", |named| self.of(&named.label));
                let label = self.quoted(label);
                match self.lang {
                    Lang::Ar if holds => verbal(format!("وقع {label}"), format!("أن يقع {label}")),
                    Lang::Ar => verbal(format!("لم يقع {label}"), format!("ألّا يقع {label}")),
                    Lang::En if holds => word(format!("{label} has happened")),
                    Lang::En => word(format!("{label} has not happened")),
                }
            }
            Expr::Not(inner) => self.claim(inner, !holds, bound),
            Expr::And(parts) | Expr::Or(parts) => {
                let is_all = matches!(node.expr, Expr::And(_)) == holds;
                let mut claims = Vec::new();
                for part in parts {
                    match (self.claim(part, holds, bound), is_all) {
                        (Claim::All(inner), true) | (Claim::Any(inner), false) => claims.extend(inner),
                        (claim, _) => claims.push(claim),
                    }
                }
                if is_all { Claim::All(claims) } else { Claim::Any(claims) }
            }
            Expr::Compare(comparison, one, other) => {
                self.compared(if holds { *comparison } else { comparison.opposite() }, one, other, bound)
            }
            Expr::Member(value, set) => self.member(value, set, holds, bound),
            Expr::Between { value, low, high, closed } => {
                let subject = self.quantity(value, bound);
                let (low, high) = (self.beside(low, &value.ty, bound), self.beside(high, &value.ty, bound));
                let to = match (self.lang, closed) {
                    (Lang::Ar, true) => "إلى",
                    (Lang::Ar, false) => "إلى ما دون",
                    (Lang::En, true) => "to",
                    (Lang::En, false) => "to below",
                };
                match self.lang {
                    Lang::Ar if holds => nominal(&subject, &format!("من {low} {to} {high}")),
                    Lang::Ar => nominal(&subject, &format!("خارج المدى من {low} {to} {high}")),
                    Lang::En if holds => word(format!("{subject} is from {low} {to} {high}")),
                    Lang::En => word(format!("{subject} is outside {low} {to} {high}")),
                }
            }
            Expr::If(case, then, otherwise) => {
                let case = self.claim(case, true, bound);
                let then = self.claim(then, holds, bound);
                let otherwise = self.claim(otherwise, holds, bound);
                choose(case, then, otherwise)
            }
            Expr::Let(value, body) => {
                let mut inner = bound.to_vec();
                inner.push(Bound::Value(value, bound.to_vec()));
                self.claim(body, holds, &inner)
            }
            Expr::Each(fold, list, body) => self.folded(*fold, list, body.as_deref(), holds, bound),
            Expr::Arithmetic(..) | Expr::Scaled(..) | Expr::Shift(..) | Expr::Call(..) => {
                word(self.quantity(node, bound))
            }
        }
    }

    /// A value that is yes or no.
    fn established(self, slot: Slot, holds: bool) -> Claim {
        let Some(named) = self.policy.vocabulary.get(slot) else { return Claim::Settled(holds) };
        let label = self.of(&named.label);
        let is_paper = named.origin == Origin::Document;
        match self.lang {
            Lang::Ar if is_paper => {
                let label = self.quoted(label);
                if holds {
                    let (past, future) = ("قُدِّمت الوثيقة", "أن تُقدَّم الوثيقة");
                    verbal(format!("{past} {label} صالحةً"), format!("{future} {label} صالحةً"))
                } else {
                    let (past, future) = ("لم تُقدَّم الوثيقة", "ألّا تُقدَّم الوثيقة");
                    verbal(format!("{past} {label} صالحةً"), format!("{future} {label} صالحةً"))
                }
            }
            Lang::Ar => {
                let (past, future) = match (holds, is_feminine(label)) {
                    (true, false) => ("ثبت", "أن يثبت"),
                    (true, true) => ("ثبتت", "أن تثبت"),
                    (false, false) => ("انتفى", "أن ينتفي"),
                    (false, true) => ("انتفت", "أن تنتفي"),
                };
                verbal(format!("{past} {label}"), format!("{future} {label}"))
            }
            Lang::En => {
                let label = self.quoted(label);
                let text = match (is_paper, holds) {
                    (true, true) => format!("the paper {label} was shown and is valid"),
                    (true, false) => format!("the paper {label} was not shown, or is not valid"),
                    (false, true) => format!("{label} holds"),
                    (false, false) => format!("{label} does not hold"),
                };
                Claim::One(Sentence { bare: text.clone(), when: text.clone(), should: text })
            }
        }
    }

    fn compared<'n>(
        self,
        comparison: Comparison,
        one: &'n Node,
        other: &'n Node,
        bound: &[Bound<'n>],
    ) -> Claim
    where
        'a: 'n,
    {
        // A yes compared with a yes is said more simply.
        if let (Type::Bool, Expr::Constant(Value::Bool(value))) = (&one.ty, &other.expr) {
            return self.claim(one, *value == (comparison == Comparison::Equal), bound);
        }
        let subject = self.beside(one, &other.ty, bound);
        let object = self.beside(other, &one.ty, bound);
        let is_date = one.ty == Type::Date || other.ty == Type::Date;
        let is_named = matches!(other.ty, Type::Choice(_) | Type::Text);
        if self.lang == Lang::En {
            let text = match comparison {
                Comparison::Equal if is_named => format!("{subject} is {}", self.quoted(&object)),
                Comparison::NotEqual if is_named => format!("{subject} is not {}", self.quoted(&object)),
                Comparison::Equal => format!("{subject} is {object}"),
                Comparison::NotEqual => format!("{subject} is not {object}"),
                Comparison::Less if is_date => format!("{subject} is before {object}"),
                Comparison::LessOrEqual if is_date => format!("{subject} is not after {object}"),
                Comparison::Greater if is_date => format!("{subject} is after {object}"),
                Comparison::GreaterOrEqual if is_date => format!("{subject} is not before {object}"),
                Comparison::Less => format!("{subject} is less than {object}"),
                Comparison::LessOrEqual => format!("{subject} does not exceed {object}"),
                Comparison::Greater => format!("{subject} exceeds {object}"),
                Comparison::GreaterOrEqual => format!("{subject} is at least {object}"),
            };
            return Claim::One(Sentence { bare: text.clone(), when: text.clone(), should: text });
        }
        let (prefix, more, less) = if is_feminine(&subject) {
            ("ت", "زادت", "قلَّت")
        } else {
            ("ي", "زاد", "قلَّ")
        };
        // The preposition keeps the two names apart: «ألّا يزيد الأول على الثاني».
        let measured = |is_more: bool, holds: bool| {
            let (stem, past, to) = if is_more { ("زيد", more, "على") } else { ("قل", less, "عن") };
            let jussive = if is_more { "زد" } else { "قل" };
            let (bare, when, should) = if holds {
                (format!("{prefix}{stem}"), past.to_owned(), format!("أن {prefix}{stem}"))
            } else {
                (format!("لا {prefix}{stem}"), format!("لم {prefix}{jussive}"), format!("ألّا {prefix}{stem}"))
            };
            Claim::One(Sentence {
                bare: format!("{subject} {bare} {to} {object}"),
                when: format!("{when} {subject} {to} {object}"),
                should: format!("{should} {subject} {to} {object}"),
            })
        };
        let predicate = match comparison {
            Comparison::Equal if is_named => self.quoted(&object),
            Comparison::NotEqual if is_named => format!("غير {}", self.quoted(&object)),
            Comparison::Equal if is_date => format!("في {object}"),
            Comparison::Equal => object,
            Comparison::NotEqual => format!("غير {object}"),
            Comparison::Less if is_date => format!("قبل {object}"),
            Comparison::LessOrEqual if is_date => format!("في {object} أو قبله"),
            Comparison::Greater if is_date => format!("بعد {object}"),
            Comparison::GreaterOrEqual if is_date => format!("في {object} أو بعده"),
            Comparison::Less => return measured(false, true),
            Comparison::LessOrEqual => return measured(true, false),
            Comparison::Greater => return measured(true, true),
            Comparison::GreaterOrEqual => return measured(false, false),
        };
        nominal(&subject, &predicate)
    }

    fn member<'n>(self, value: &'n Node, set: &'n Node, holds: bool, bound: &[Bound<'n>]) -> Claim
    where
        'a: 'n,
    {
        let subject = self.quantity(value, bound);
        let choices = |set: &std::collections::BTreeSet<u16>| -> String {
            let label = |index: &u16| self.quoted(&self.value(&value.ty, &Value::Choice(*index)));
            self.either(&set.iter().map(label).collect::<Vec<_>>())
        };
        let among = if let Expr::Constant(Value::Set(set)) = &set.expr {
            choices(set)
        } else {
            self.quantity(set, bound)
        };
        let is_named = !matches!(set.expr, Expr::Constant(_));
        match (self.lang, is_named, holds) {
            (Lang::Ar, true, true) => nominal(&subject, &format!("ضمن {among}")),
            (Lang::Ar, true, false) => nominal(&subject, &format!("خارج {among}")),
            (Lang::Ar, false, true) => nominal(&subject, &among),
            (Lang::Ar, false, false) => {
                nominal(&subject, &format!("غير {}", among.replace(" أو ", " وغير ")))
            }
            (Lang::En, is_named, holds) => {
                let verb = match (is_named, holds) {
                    (true, true) => "is within",
                    (true, false) => "is outside",
                    (false, true) => "is",
                    (false, false) => "is neither",
                };
                let among = if is_named || holds { among } else { among.replace(" or ", " nor ") };
                let text = format!("{subject} {verb} {among}");
                Claim::One(Sentence { bare: text.clone(), when: text.clone(), should: text })
            }
        }
    }

    fn folded<'n>(
        self,
        fold: Fold,
        list: &'n Node,
        body: Option<&'n Node>,
        holds: bool,
        bound: &[Bound<'n>],
    ) -> Claim
    where
        'a: 'n,
    {
        let of = self.quantity(list, bound);
        let what = body.map_or_else(String::new, |body| {
            self.join(&self.claim(body, true, &self.inside(list, bound)), Mood::Bare)
        });
        let is_any = match fold {
            Fold::Any => true,
            Fold::All => false,
            Fold::Count | Fold::Sum | Fold::Min | Fold::Max => return Claim::Settled(holds),
        };
        match (self.lang, is_any, holds) {
            (Lang::Ar, true, true) => verbal(
                format!("وُجد في {of} من ينطبق عليه: {what}"),
                format!("أن يوجد في {of} من ينطبق عليه: {what}"),
            ),
            (Lang::Ar, true, false) => verbal(
                format!("لم يوجد في {of} من ينطبق عليه: {what}"),
                format!("ألّا يوجد في {of} من ينطبق عليه: {what}"),
            ),
            (Lang::Ar, false, true) => verbal(
                format!("انطبق على كل من في {of}: {what}"),
                format!("أن ينطبق على كل من في {of}: {what}"),
            ),
            (Lang::Ar, false, false) => verbal(
                format!("لم ينطبق على كل من في {of}: {what}"),
                format!("ألّا ينطبق على كل من في {of}: {what}"),
            ),
            (Lang::En, is_any, holds) => {
                let text = match (is_any, holds) {
                    (true, true) => format!("for at least one of {of}: {what}"),
                    (true, false) => format!("for none of {of}: {what}"),
                    (false, true) => format!("for every one of {of}: {what}"),
                    (false, false) => format!("not for every one of {of}: {what}"),
                };
                Claim::One(Sentence { bare: text.clone(), when: text.clone(), should: text })
            }
        }
    }

    fn inside<'n>(self, list: &'n Node, bound: &[Bound<'n>]) -> Vec<Bound<'n>>
    where
        'a: 'n,
    {
        let fact = named(list).and_then(|slot| self.policy.fact_at(slot));
        let fields: &[Fact] = match fact.map(|fact| &fact.kind) {
            Some(FactKind::List(fields)) => fields,
            _ => &[],
        };
        let mut inner = bound.to_vec();
        inner.push(Bound::Item(fields));
        inner
    }

    fn field(self, bound: &[Bound<'_>], depth: usize, index: usize) -> String {
        match nth(bound, depth) {
            Some(Bound::Item(fields)) => {
                fields.get(index).map_or_else(String::new, |field| self.of(&field.label).to_owned())
            }
            Some(Bound::Value(..)) | None => String::new(),
        }
    }

    /// A value that takes its unit from what stands beside it, if it was written without one.
    fn beside<'n>(self, node: &'n Node, neighbour: &Type, bound: &[Bound<'n>]) -> String
    where
        'a: 'n,
    {
        match (&node.expr, &node.ty) {
            (Expr::Constant(Value::Number(number)), Type::Number(quantity)) if quantity.bare => {
                self.number(neighbour, *number)
            }
            _ => self.quantity(node, bound),
        }
    }

    /// Anything that is a value: a name, an amount, what is computed.
    fn quantity<'n>(self, node: &'n Node, bound: &[Bound<'n>]) -> String
    where
        'a: 'n,
    {
        match &node.expr {
            Expr::Constant(value) => self.value(&node.ty, value),
            Expr::Slot(slot) => self.slot(*slot),
            Expr::Local(depth) => match nth(bound, *depth) {
                Some(Bound::Value(value, around)) => self.quantity(value, &around),
                Some(Bound::Item(_)) | None => String::new(),
            },
            Expr::Field(depth, index) => self.term(&self.field(bound, *depth, *index)),
            Expr::Scaled(inner, _) => self.beside(inner, &node.ty, bound),
            Expr::Arithmetic(operation, one, other) => {
                let part = |node: &'n Node, neighbour: &'n Node| {
                    let text = match operation {
                        Arithmetic::Add | Arithmetic::Subtract => self.beside(node, &neighbour.ty, bound),
                        // A factor counts nothing.
                        Arithmetic::Multiply | Arithmetic::Divide => self.factor_of(node, bound),
                    };
                    bracketed(node, bound, text)
                };
                let (left, right) = (part(one, other), part(other, one));
                match (self.lang, operation) {
                    (Lang::Ar, Arithmetic::Add) => format!("مجموع {left} و{right}"),
                    (Lang::Ar, Arithmetic::Subtract) => format!("ما يبقى من {left} بعد حسم {right}"),
                    (Lang::Ar, Arithmetic::Multiply) => format!("حاصل ضرب {left} في {right}"),
                    (Lang::Ar, Arithmetic::Divide) => format!("حاصل قسمة {left} على {right}"),
                    (Lang::En, Arithmetic::Add) => format!("{left} plus {right}"),
                    (Lang::En, Arithmetic::Subtract) => format!("{left} less {right}"),
                    (Lang::En, Arithmetic::Multiply) => format!("{left} times {right}"),
                    (Lang::En, Arithmetic::Divide) => format!("{left} divided by {right}"),
                }
            }
            Expr::Shift(date, span, direction) => {
                let (date, span) = (self.quantity(date, bound), self.quantity(span, bound));
                match (self.lang, direction) {
                    (Lang::Ar, Direction::Forwards) => format!("اليوم الذي يلي {date} بمقدار {span}"),
                    (Lang::Ar, Direction::Backwards) => format!("اليوم الذي يسبق {date} بمقدار {span}"),
                    (Lang::En, Direction::Forwards) => format!("the day that is {span} after {date}"),
                    (Lang::En, Direction::Backwards) => format!("the day that is {span} before {date}"),
                }
            }
            Expr::If(case, then, otherwise) => {
                let case = self.join(&self.claim(case, true, bound), Mood::When);
                let left = bracketed(then, bound, self.beside(then, &node.ty, bound));
                let right = bracketed(otherwise, bound, self.beside(otherwise, &node.ty, bound));
                match self.lang {
                    Lang::Ar => format!("{left} إذا {case}، وإلا {right}"),
                    Lang::En => format!("{left} if {case}, otherwise {right}"),
                }
            }
            Expr::Let(value, body) => {
                let mut inner = bound.to_vec();
                inner.push(Bound::Value(value, bound.to_vec()));
                self.quantity(body, &inner)
            }
            Expr::Call(function, arguments) => self.call(*function, arguments, bound),
            Expr::Each(fold @ (Fold::Count | Fold::Sum | Fold::Min | Fold::Max), list, body) => {
                let of = self.quantity(list, bound);
                let inner = self.inside(list, bound);
                let what = body.as_ref().map(|body| match fold {
                    Fold::Count => self.join(&self.claim(body, true, &inner), Mood::Bare),
                    Fold::Any | Fold::All | Fold::Sum | Fold::Min | Fold::Max => self.quantity(body, &inner),
                });
                match (self.lang, fold, what) {
                    (Lang::Ar, Fold::Count, Some(what)) => {
                        format!("عدد من في {of} ممن ينطبق عليهم: {what}")
                    }
                    (Lang::Ar, Fold::Count, None) => format!("عدد من في {of}"),
                    (Lang::Ar, Fold::Sum, what) => {
                        format!("مجموع {} لكل من في {of}", what.unwrap_or_default())
                    }
                    (Lang::Ar, Fold::Min, what) => {
                        format!("أصغر قيمةٍ في {of} من: {}", what.unwrap_or_default())
                    }
                    (Lang::Ar, _, what) => format!("أكبر قيمةٍ في {of} من: {}", what.unwrap_or_default()),
                    (Lang::En, Fold::Count, Some(what)) => format!("the number of {of} for whom {what}"),
                    (Lang::En, Fold::Count, None) => format!("the number of {of}"),
                    (Lang::En, Fold::Sum, what) => {
                        format!("the sum of {} over {of}", what.unwrap_or_default())
                    }
                    (Lang::En, Fold::Min, what) => {
                        format!("the smallest value, among {of}, of {}", what.unwrap_or_default())
                    }
                    (Lang::En, _, what) => {
                        format!("the largest value, among {of}, of {}", what.unwrap_or_default())
                    }
                }
            }
            Expr::Not(_)
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Occurred(_)
            | Expr::Compare(..)
            | Expr::Member(..)
            | Expr::Between { .. }
            | Expr::Each(Fold::Any | Fold::All, ..) => self.join(&self.claim(node, true, bound), Mood::Bare),
        }
    }

    /// A number in a product or quotient.
    fn factor_of<'n>(self, node: &'n Node, bound: &[Bound<'n>]) -> String
    where
        'a: 'n,
    {
        match (&node.expr, &node.ty) {
            (Expr::Constant(Value::Number(number)), Type::Number(quantity)) if quantity.bare => {
                self.figure(*number)
            }
            _ => self.quantity(node, bound),
        }
    }

    fn call<'n>(self, function: Builtin, arguments: &'n [Node], bound: &[Bound<'n>]) -> String
    where
        'a: 'n,
    {
        let one = |index: usize, neighbour: usize| match (arguments.get(index), arguments.get(neighbour)) {
            (Some(node), Some(neighbour)) => bracketed(node, bound, self.beside(node, &neighbour.ty, bound)),
            (Some(node), None) => bracketed(node, bound, self.quantity(node, bound)),
            (None, _) => String::new(),
        };
        let whole = |node: Option<&Node>| match node.map(|node| &node.expr) {
            Some(Expr::Constant(Value::Number(number))) => i32::try_from(number.to_i64()?).ok(),
            _ => None,
        };
        let span = match (function, whole(arguments.first())) {
            (Builtin::Days, Some(days)) => Some(Span { months: 0, days }),
            (Builtin::Months, Some(months)) => Some(Span { months, days: 0 }),
            _ => None,
        };
        if let Some(span) = span {
            return self.span(span);
        }
        let (first, second) = (one(0, 1), one(1, 0));
        let is_zero = arguments.get(1).and_then(Node::constant) == Some(Number::ZERO);
        if function == Builtin::Max && is_zero {
            let first = arguments.first().map_or_else(String::new, |node| self.quantity(node, bound));
            return match self.lang {
                Lang::Ar => format!("{first}، ولا يُحسب دون الصفر"),
                Lang::En => format!("{first}, never counted below zero"),
            };
        }
        match (self.lang, function) {
            (Lang::Ar, Builtin::Min) => format!("الأقل من {first} و{second}"),
            (Lang::Ar, Builtin::Max) => format!("الأكثر من {first} و{second}"),
            (Lang::Ar, Builtin::Whole) => format!("{first} بإسقاط الكسر"),
            (Lang::Ar, Builtin::Abs) => format!("مقدار {first} دون إشارته"),
            (Lang::Ar, Builtin::DaysBetween) => format!("عدد الأيام من {first} إلى {second}"),
            (Lang::Ar, Builtin::WeeksBetween) => format!("عدد الأسابيع التامة من {first} إلى {second}"),
            (Lang::Ar, Builtin::MonthsBetween) => format!("عدد الأشهر التامة من {first} إلى {second}"),
            (Lang::Ar, Builtin::YearsBetween) => format!("عدد السنوات التامة من {first} إلى {second}"),
            (Lang::Ar, Builtin::Days) => format!("{first} من الأيام"),
            (Lang::Ar, Builtin::Months) => format!("{first} من الأشهر"),
            (Lang::En, Builtin::Min) => format!("the smaller of {first} and {second}"),
            (Lang::En, Builtin::Max) => format!("the larger of {first} and {second}"),
            (Lang::En, Builtin::Whole) => format!("{first} without its fraction"),
            (Lang::En, Builtin::Abs) => format!("{first} without its sign"),
            (Lang::En, Builtin::DaysBetween) => format!("the number of days from {first} to {second}"),
            (Lang::En, Builtin::WeeksBetween) => {
                format!("the number of complete weeks from {first} to {second}")
            }
            (Lang::En, Builtin::MonthsBetween) => {
                format!("the number of complete months from {first} to {second}")
            }
            (Lang::En, Builtin::YearsBetween) => {
                format!("the number of complete years from {first} to {second}")
            }
            (Lang::En, Builtin::Days) => format!("{first} days"),
            (Lang::En, Builtin::Months) => format!("{first} months"),
        }
    }

    /// A name; a limit with the value that is in force when the revision comes into force.
    fn slot(self, slot: Slot) -> String {
        let Some(named) = self.policy.vocabulary.get(slot) else { return String::new() };
        let name = self.name(slot);
        match named.origin {
            Origin::Parameter => {
                let parameter = self.policy.parameters.iter().find(|parameter| parameter.slot == slot);
                match parameter.and_then(|parameter| parameter.on(self.policy.in_force_from)) {
                    Some(value) => format!("{name} ({})", self.value(&named.ty, value)),
                    None => name,
                }
            }
            Origin::Event => match self.lang {
                Lang::Ar => format!("تاريخ {name}"),
                Lang::En => format!("the date of {name}"),
            },
            Origin::Fact
            | Origin::Derived
            | Origin::Request
            | Origin::Document
            | Origin::Clock
            | Origin::Detail => name,
        }
    }

    /// The computed values that a condition names itself, in the order in which it names them.
    pub(super) fn computed_in(self, node: &Node) -> Vec<Slot> {
        let mut found = Vec::new();
        slots(node, &mut found);
        let is_computed = |slot: &Slot| {
            self.policy.vocabulary.get(*slot).is_some_and(|named| {
                named.origin == Origin::Derived
                    && matches!(named.definition, Some(Definition::Expression(_) | Definition::Output { .. }))
            })
        };
        found.retain(is_computed);
        found
    }
}

fn slots(node: &Node, found: &mut Vec<Slot>) {
    let mut all = |nodes: &[&Node]| nodes.iter().for_each(|node| slots(node, found));
    match &node.expr {
        Expr::Slot(slot) => {
            if !found.contains(slot) {
                found.push(*slot);
            }
        }
        Expr::Constant(_) | Expr::Local(_) | Expr::Field(..) | Expr::Occurred(_) => {}
        Expr::Not(inner) | Expr::Scaled(inner, _) => all(&[inner]),
        Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => {
            all(&parts.iter().collect::<Vec<_>>());
        }
        Expr::Arithmetic(_, one, other)
        | Expr::Shift(one, other, _)
        | Expr::Compare(_, one, other)
        | Expr::Member(one, other)
        | Expr::Let(one, other) => all(&[one, other]),
        Expr::Between { value, low, high, .. } => all(&[value, low, high]),
        Expr::If(case, then, otherwise) => all(&[case, then, otherwise]),
        Expr::Each(_, list, body) => {
            all(&[list]);
            if let Some(body) = body {
                slots(body, found);
            }
        }
    }
}

/// What is computed stands in brackets inside another computation.
fn bracketed<'n>(node: &'n Node, bound: &[Bound<'n>], text: String) -> String {
    if let Expr::Scaled(inner, _) = &node.expr {
        return bracketed(inner, bound, text);
    }
    if let Expr::Local(depth) = &node.expr
        && let Some(Bound::Value(value, around)) = nth(bound, *depth)
    {
        return bracketed(value, &around, text);
    }
    let is_computed = matches!(
        node.expr,
        Expr::Arithmetic(..) | Expr::If(..) | Expr::Call(..) | Expr::Let(..) | Expr::Each(..)
    );
    if is_computed { format!("({text})") } else { text }
}

/// The named value that a part of a program is, if it is no more.
pub(super) fn named(node: &Node) -> Option<Slot> {
    if let Expr::Slot(slot) = node.expr { Some(slot) } else { None }
}

fn nth<'n>(bound: &[Bound<'n>], depth: usize) -> Option<Bound<'n>> {
    bound.iter().rev().nth(depth).cloned()
}

/// What one case excludes and the next excludes too is one case.
fn choose(case: Claim, then: Claim, otherwise: Claim) -> Claim {
    if then == otherwise {
        return then;
    }
    let all = |claims: [Claim; 2]| {
        let parts = claims
            .into_iter()
            .flat_map(|claim| if let Claim::All(parts) = claim { parts } else { vec![claim] });
        Claim::All(parts.collect())
    };
    if otherwise == Claim::Settled(false) {
        return all([case, then]);
    }
    if let Claim::Choose(inner, inside, last) = &then
        && **last == otherwise
    {
        let case = all([case, (**inner).clone()]);
        return Claim::Choose(Box::new(case), inside.clone(), Box::new(otherwise));
    }
    Claim::Choose(Box::new(case), Box::new(then), Box::new(otherwise))
}

/// «صفة السكن «ملك»»: after «إذا» and «أن» with a form of «كان» that agrees.
fn nominal(subject: &str, predicate: &str) -> Claim {
    let (was, be) = if is_feminine(subject) { ("كانت", "تكون") } else { ("كان", "يكون") };
    Claim::One(Sentence {
        bare: format!("{subject} {predicate}"),
        when: format!("{was} {subject} {predicate}"),
        should: format!("أن {be} {subject} {predicate}"),
    })
}

fn verbal(when: String, should: String) -> Claim {
    Claim::One(Sentence { bare: when.clone(), when, should })
}

/// Is an Arabic name feminine, by its first word? Plurals of things count as feminine.
fn is_feminine(name: &str) -> bool {
    /// Words that do not show it.
    const HIDDEN: &[&str] = &["سن", "أيام", "رسوم", "بئر", "نتائج", "شروط", "تواقيع", "بيانات"];
    let is_mark = |letter: &char| !matches!(letter, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}');
    let name: String = name.chars().filter(is_mark).collect();
    let first = name.split([' ', '،', ':']).next().unwrap_or_default();
    let first = first.strip_prefix("ال").unwrap_or(first);
    first.ends_with('ة') || first.ends_with("ات") || HIDDEN.contains(&first)
}
