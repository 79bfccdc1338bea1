//! The rules, each as a sentence: whom it concerns, what it asks for, what people read.

use super::{Author, Block, Run, Runs, Section, capital, plain};
use crate::expression::program::{Definition, Expr, Slot};
use crate::policy::{Rule, RuleKind};
use crate::value::Lang;

impl Author<'_> {
    /// A section for each kind of rule.
    pub(super) fn rules(self) -> Vec<Section> {
        let kinds = [
            (
                RuleKind::Eligibility,
                "شروط الاستحقاق",
                "Conditions of eligibility",
                "من لم يستوفِ شرطًا منها لم يستوفِ طلبُه السياسة، ما لم يُستثنَ منه.",
                "A request that fails one of these does not meet the policy, unless an exemption sets it aside.",
            ),
            (
                RuleKind::Exemption,
                "الإعفاءات",
                "Exemptions",
                "يُسقط الإعفاءُ ما ذُكر أنه يُسقطه من الشروط، ولا يُرفض طلبٌ ما دام إثبات الإعفاء ممكنًا.",
                "An exemption sets aside the conditions that name it; nothing is declined while it may still be shown.",
            ),
            (
                RuleKind::Procedural,
                "ما يلزم لاكتمال الطلب",
                "What makes a request complete",
                "لا يُرفض بها طلب، وغاية أثرها أن يبقى الطلب غير مكتمل إلى أن تُستوفى.",
                "These never decline a request: at worst it stays incomplete until they are met.",
            ),
            (
                RuleKind::Merge,
                "ضمُّ الطلبات",
                "Joining requests",
                "يُضمُّ الطلب إلى طلبٍ قائم، ولا يُعدُّ ذلك رفضًا.",
                "A request is joined to another one, which is not a decline.",
            ),
        ];
        let of_kind = |(kind, ar, en, intro_ar, intro_en)| {
            let rules = self.policy().rules.iter().filter(|rule| rule.kind == kind);
            let parts: Vec<Section> =
                rules.filter(|rule| self.concerns(&rule.clause)).map(|rule| self.rule(rule)).collect();
            let default = self.say(
                "وما لا يخصُّ الخدمة المطلوبة أو مقدِّم الطلب من هذه القواعد يُقال فيه إنه لا يُشترط، ما لم يُذكر نصٌّ غير ذلك.",
                "Of a rule that does not concern the service or the applicant it is said that it is not asked, unless other words are given.",
            );
            let intro = Block::Paragraph(plain(format!("{} {default}", self.say(intro_ar, intro_en))));
            let blocks = if parts.is_empty() { vec![] } else { vec![intro] };
            self.section(ar, en, blocks, parts)
        };
        kinds.into_iter().map(of_kind).collect()
    }

    fn rule(self, rule: &Rule) -> Section {
        let mut blocks = self.asked(rule);
        let meanings =
            self.words.computed_in(&rule.condition).into_iter().filter_map(|slot| self.meaning(slot));
        let mut pairs: Vec<(Runs, Runs)> =
            meanings.map(|meaning| (plain(self.say("حيث", "Where")), meaning)).collect();
        pairs.push(self.pair("يخصُّ", "Concerns", self.concerned(rule)));
        if rule.kind == RuleKind::Eligibility || rule.kind == RuleKind::Procedural {
            pairs.push((plain(self.say("يُستثنى", "Set aside by")), self.exemptions(rule)));
        }
        if rule.kind == RuleKind::Exemption {
            let set_aside: Vec<&Rule> =
                (self.policy().rules.iter()).filter(|other| self.is_set_aside_by(other, rule)).collect();
            pairs.push((plain(self.say("يُسقط", "Sets aside")), self.rule_names(&set_aside)));
        }
        pairs.extend(self.reasons(rule));
        pairs.push(self.basis(&rule.clause, rule.source, rule.interpretation.as_ref()));
        blocks.push(Block::Pairs(pairs));
        Section { title: self.titled(&rule.id, &rule.title), blocks, parts: vec![] }
    }

    pub(super) fn asked(self, rule: &Rule) -> Vec<Block> {
        let when = |ar: &str, en: &str| {
            let when = self.words.when(&rule.condition);
            let text = match (self.words.lang, matches!(rule.condition.expr, Expr::If(..))) {
                (Lang::Ar, false) => format!("{ar} إذا {when}."),
                (Lang::En, false) => format!("{en} if {when}."),
                (Lang::Ar, true) => format!("{ar} بهذا الشرط: {}", self.words.computed(&rule.condition)),
                (Lang::En, true) => {
                    format!("{en} on this condition: {}", self.words.computed(&rule.condition))
                }
            };
            vec![Block::Paragraph(plain(text))]
        };
        match rule.kind {
            RuleKind::Eligibility | RuleKind::Procedural => {
                let (opening, list) = self.words.required(&rule.condition);
                let mut blocks = vec![Block::Paragraph(plain(capital(&opening)))];
                if !list.is_empty() {
                    blocks.push(Block::List(list.into_iter().map(plain).collect()));
                }
                blocks
            }
            RuleKind::Exemption => when("يسري هذا الإعفاء", "This exemption applies"),
            RuleKind::Merge => when("يُضمُّ الطلب إلى طلبٍ قائم", "The request is joined to an open one"),
        }
    }

    pub(super) fn concerned(self, rule: &Rule) -> String {
        let services = self.service_names(rule.services.as_ref());
        let applicants = match &rule.applicants {
            None => self.say("كل مقدِّم طلب", "every applicant").to_owned(),
            Some(kinds) => self
                .words
                .list(&kinds.iter().map(|kind| self.applicants(kind).to_owned()).collect::<Vec<_>>()),
        };
        match self.words.lang {
            Lang::Ar => format!("{applicants}، في {services}"),
            Lang::En => format!("{applicants}, for {services}"),
        }
    }

    /// A kind of applicant.
    pub(super) fn applicants<'k>(self, kind: &'k str) -> &'k str
    where
        Self: 'k,
    {
        match (kind, self.words.lang) {
            ("household", Lang::Ar) => "الأسر",
            ("household", Lang::En) => "households",
            ("institution", Lang::Ar) => "المرافق والجهات",
            ("institution", Lang::En) => "institutions",
            ("group", Lang::Ar) => "المجموعات",
            ("group", Lang::En) => "groups",
            (other, _) => other,
        }
    }

    pub(super) fn exemptions(self, rule: &Rule) -> Runs {
        let exemptions: Vec<&Rule> =
            rule.unless.iter().filter_map(|index| self.policy().rules.get(*index)).collect();
        if exemptions.is_empty() {
            return plain(self.say("لا شيء", "nothing"));
        }
        self.rule_names(&exemptions)
    }

    fn is_set_aside_by(self, rule: &Rule, exemption: &Rule) -> bool {
        let found = rule.unless.iter().filter_map(|index| self.policy().rules.get(*index));
        found.into_iter().any(|other| other.id == exemption.id)
    }

    fn rule_names(self, rules: &[&Rule]) -> Runs {
        let mut runs = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if index > 0 {
                runs.push(Run::Plain(self.say("، ", ", ").into()));
            }
            runs.push(Run::Plain(format!("{} (", self.words.of(&rule.title))));
            runs.push(self.code(&rule.id));
            runs.push(Run::Plain(")".into()));
        }
        if runs.is_empty() { plain(self.say("لا شيء", "nothing")) } else { runs }
    }

    /// What people read in each case.
    fn reasons(self, rule: &Rule) -> Vec<(Runs, Runs)> {
        let words = self.words;
        let mut pairs = Vec::new();
        let said = |wording| plain(words.message(wording));
        let general = |ar: &str, en: &str| {
            let title = words.of(&rule.title);
            plain(match words.lang {
                Lang::Ar => format!("{title}: {ar}"),
                Lang::En => format!("{title}: {en}"),
            })
        };
        let met = rule.met.as_ref().map_or_else(|| plain(words.of(&rule.title)), said);
        let (yes, no) = match rule.kind {
            RuleKind::Eligibility | RuleKind::Procedural => {
                (self.say("إن تحقَّق", "If met"), self.say("إن لم يتحقق", "If not met"))
            }
            RuleKind::Exemption | RuleKind::Merge => {
                (self.say("إن ثبت", "If so"), self.say("إن لم يثبت", "If not"))
            }
        };
        pairs.push((plain(yes), met));
        for (case, wording) in &rule.not_met_if {
            let (case, said) = (words.when(case), words.message(wording));
            let text = match words.lang {
                Lang::Ar => format!("إذا {case}: {said}"),
                Lang::En => format!("where {case}: {said}"),
            };
            pairs.push((plain(no), plain(text)));
        }
        // A procedural rule that is never false has no words for it.
        let no = if rule.not_met_if.is_empty() { no } else { self.say("وإلا", "Otherwise") };
        let not_met = rule
            .not_met
            .as_ref()
            .map_or_else(|| general("لا ينطبق على هذا الطلب.", "not the case here."), said);
        pairs.push((plain(no), not_met));
        let unknown = rule.unknown.as_ref().map_or_else(|| general("غير معلوم بعد.", "not known yet."), said);
        pairs.push((plain(self.say("إن لم يُعلم بعد", "If not known yet")), unknown));
        if let Some(wording) = &rule.not_applicable {
            pairs.push((plain(self.say("إن كان لا يخصُّه", "If it does not apply")), said(wording)));
        }
        pairs
    }

    /// What a computed value means, in one line.
    pub(super) fn meaning(self, slot: Slot) -> Option<Runs> {
        let named = self.policy().vocabulary.get(slot)?;
        let name = self.words.name(slot);
        let text = match named.definition.as_ref()? {
            Definition::Expression(node) => self.words.computed(node),
            Definition::Output { table, .. } => {
                let given: Vec<String> = table.given.iter().map(|slot| self.words.name(*slot)).collect();
                let given = self.words.list(&given);
                match self.words.lang {
                    Lang::Ar => format!("بحسب {given}، كما في جدولها."),
                    Lang::En => format!("by {given}, as its table says."),
                }
            }
            Definition::Sum { .. } => return None,
        };
        Some(plain(format!("{name}: {text}")))
    }
}
