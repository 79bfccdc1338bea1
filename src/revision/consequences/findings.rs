//! What was found in the revision, the questions that the board has to answer, and how the worked examples come out.

use super::{Author, plain, with_codes};
use crate::diag::{Code, Diagnostic, Severity};
use crate::evaluation::scenario::Trial;
use crate::policy::guide::{Block, Run, Runs, Section, Table};
use crate::policy::{Interpretation, Rule};
use crate::revision::board::Signs;
use crate::revision::regions::invariant::Standing;
use crate::value::{Lang, Text};

impl<'a> Author<'a> {
    /// The findings of a severity that are no open questions: those stand by themselves.
    fn found(self, severity: Severity) -> impl Iterator<Item = &'a Diagnostic> {
        let findings = self.matter.findings.0.iter();
        findings
            .filter(move |finding| finding.severity == severity && finding.code != Code::OpenInterpretation)
    }

    pub(super) fn findings_in_short(self) -> Runs {
        let kinds = [
            (Severity::Error, self.say("ما يمنع الاعتماد", "blocking an approval")),
            (Severity::Warning, self.say("ما يحتاج إلى قرار", "asking for a decision")),
            (Severity::Note, self.say("ما هو للعلم", "for information")),
        ];
        let counts = kinds.into_iter().map(|(severity, words)| (self.found(severity).count(), words));
        let counts = counts.filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(count, words)| match self.lang {
                Lang::Ar => format!("{words} {}", self.count(count as u64)),
                Lang::En => format!("{count} {words}"),
            })
            .collect();
        plain(if counts.is_empty() {
            self.say(
                "لم يجد الفحص ملاحظةً غير الأسئلة المفتوحة.",
                "The checks found nothing besides the open questions.",
            )
            .to_owned()
        } else {
            format!("{}{}.", self.say("الملاحظات: ", "Findings: "), counts.join(self.say("، ", ", ")))
        })
    }

    pub(super) fn findings(self) -> Section {
        let questions = &self.matter.policy.interpretations;
        let open = questions.iter().filter(|question| question.chosen.is_none());
        let mut parts: Vec<Section> = open.map(|question| self.question(question)).collect();
        let mut blocks = vec![Block::Paragraph(self.findings_in_short())];
        if !parts.is_empty() {
            let asked = self.asked();
            blocks.push(self.paragraph(
                format!("ويترك نصُّ السياسة أسئلةً مفتوحة يُسأل عنها {asked}، ولكلٍّ منها أجوبته والمقترح منها. وما لم يُختر جوابه يُعمل فيه بالمقترح."),
                format!("The words of the policy leave questions open, which {asked} is asked: each with its answers and the one that is proposed. Where none is chosen, the proposal is applied."),
            ));
        }
        parts.extend(self.chosen());
        parts.extend(self.list_of_findings());
        parts.extend(self.promises());
        self.section("الملاحظات والأسئلة", "Findings and questions", blocks, parts)
    }

    fn question(self, question: &Interpretation) -> Section {
        let title = vec![
            Run::Code(question.id.clone()),
            Run::Plain(self.say(" · البند ", " · clause ").to_owned()),
            Run::Code(self.numbered(&question.clause)),
        ];
        let clause = self.matter.policy.clause(&question.clause);
        let clause = clause.map(|clause| Block::Quote(plain(self.of(&clause.text))));
        let options = question.options.iter().enumerate().map(|(index, (_, text))| {
            let mut runs = plain(self.of(text));
            if question.proposed == index {
                runs.push(Run::Plain(" ".to_owned()));
                runs.push(Run::Mark(self.say("المقترح", "proposed").to_owned()));
            }
            runs
        });
        let mut raised: Vec<&str> = Vec::new();
        for (code, _) in &question.answers {
            let meaning = match self.lang {
                Lang::Ar => code.meaning_in_arabic().unwrap_or_else(|| code.meaning()),
                Lang::En => code.meaning(),
            };
            if !raised.contains(&meaning) {
                raised.push(meaning);
            }
        }
        let raised = (!raised.is_empty())
            .then(|| Block::Pairs(vec![self.pair("لأن في النص", "Because of", raised.join(" "))]));
        let blocks = clause
            .into_iter()
            .chain([Block::Paragraph(plain(self.of(&question.question))), Block::List(options.collect())]);
        Section { title, blocks: blocks.chain(raised).collect(), parts: vec![] }
    }

    /// Who answers the questions: the board, by its members where they are known.
    fn asked(self) -> String {
        let board = self.say("مجلس الإدارة", "the board");
        let Some(tabled) = self.matter.tabled else { return board.to_owned() };
        let names = tabled.board.signers(Signs::Policy).map(|member| self.of(&member.name).to_owned());
        let names: Vec<String> = names.collect();
        format!("{board} ({})", crate::value::words::list(&names, self.lang))
    }

    /// The questions that the board has answered.
    fn chosen(self) -> Option<Section> {
        let questions = self.matter.policy.interpretations.iter();
        let rows = questions.filter_map(|question| {
            let (_, answer) = question.options.get(question.chosen?)?;
            Some(vec![
                vec![Run::Code(question.id.clone())],
                vec![Run::Code(self.numbered(&question.clause))],
                plain(self.of(&question.question)),
                plain(self.of(answer)),
            ])
        });
        let rows: Vec<Vec<Runs>> = rows.collect();
        let head = [("التفسير", "No."), ("البند", "Clause"), ("السؤال", "Question"), ("ما اختير", "Chosen")];
        let table = self.table(head, rows, &[2, 2, 7, 7])?;
        Some(self.section("ما اختير جوابه", "What is answered", vec![table], vec![]))
    }

    fn list_of_findings(self) -> Option<Section> {
        let all = [Severity::Error, Severity::Warning, Severity::Note];
        let rows = all.into_iter().flat_map(|severity| self.found(severity)).map(|finding| {
            let severity = match finding.severity {
                Severity::Error => self.say("يمنع الاعتماد", "blocks"),
                Severity::Warning => self.say("يحتاج إلى قرار", "decide"),
                Severity::Note => self.say("للعلم", "informs"),
            };
            vec![plain(severity), with_codes(self.of(&finding.message)), self.place(finding)]
        });
        let rows: Vec<Vec<Runs>> = rows.collect();
        let head = [("درجتها", "Weight"), ("الملاحظة", "Finding"), ("موضعها", "Place")];
        let table = self.table(head, rows, &[3, 11, 5])?;
        Some(self.section("ملاحظات أخرى", "Other findings", vec![table], vec![]))
    }

    /// The file inside the revision and the line: the same wherever the revision lies.
    fn place(self, finding: &Diagnostic) -> Runs {
        let Some((place, _)) = &finding.place else { return vec![] };
        let first = self.matter.policy.files.first();
        let folder = first.and_then(|file| file.source.name.strip_suffix(&file.path)).unwrap_or_default();
        let name = place.source.name.strip_prefix(folder).unwrap_or_else(|| place.source.file_name());
        let (line, _) = place.source.line_and_column(place.range.start);
        vec![Run::Code(format!("{name}:{line}"))]
    }

    /// What must hold whatever is amended.
    fn promises(self) -> Option<Section> {
        let held = self.matter.invariants.iter().map(|held| {
            let standing = match &held.standing {
                Standing::Proven => self.say("مُبرهنٌ في كل حالة", "proven for every case").to_owned(),
                Standing::Tried(count, _) => match self.lang {
                    Lang::Ar => format!("لم يُبرهن، وصدق في {} زوجٍ من الحالات", self.count(*count as u64)),
                    Lang::En => format!("not proven; it held in {count} pairs of cases"),
                },
                Standing::Broken(pair) => {
                    format!("{}: {}", self.say("لا يتحقق", "it does not hold"), self.of(pair))
                }
            };
            vec![plain(self.of(&held.says)), with_codes(&standing)]
        });
        let rows: Vec<Vec<Runs>> = held.collect();
        let head = [("الوعد", "What must hold"), ("حاله", "How it stands")];
        let table = self.table(head, rows, &[3, 2])?;
        Some(self.section("ما لا يُخلُّ به تعديل", "What no amendment may break", vec![table], vec![]))
    }

    /// A table, where it has rows.
    pub(super) fn table<const COLUMNS: usize>(
        self,
        head: [(&'a str, &'a str); COLUMNS],
        rows: Vec<Vec<Runs>>,
        widths: &[u8; COLUMNS],
    ) -> Option<Block> {
        let head = head.map(|(ar, en)| plain(self.say(ar, en))).to_vec();
        (!rows.is_empty()).then(|| Block::Table(Table { head, rows, widths: widths.to_vec() }))
    }

    pub(super) fn examples(self) -> Section {
        let policy = self.matter.policy;
        let trials = self.matter.trials;
        let passing = trials.iter().filter(|trial| trial.differences.is_empty()).count();
        let (passing, all) = (self.count(passing as u64), self.count(trials.len() as u64));
        let intro = self.paragraph(
            format!("جُرِّبت أمثلةٌ محلولة يعتمدها المجلس مع القواعد، وعددها {all}، فنجح منها {passing}. وهي هنا بحسب القاعدة التي تبيِّنها وبندها."),
            format!("The worked examples that the board approves with the rules were tried: {passing} of {all} come out as they say. They stand here by the rule that they show, and its clause."),
        );
        let about = |rule: Option<&Rule>| {
            let trials = trials
                .iter()
                .filter(|trial| self.rule_of(trial).map(|found| &found.id) == rule.map(|rule| &rule.id));
            let titles: Vec<Runs> = trials.map(|trial| self.trial(trial)).collect();
            (!titles.is_empty()).then(|| vec![Block::Paragraph(titles.join(&Run::Plain(" · ".to_owned())))])
        };
        let mut parts = Vec::new();
        for rule in &policy.rules {
            let Some(blocks) = about(Some(rule)) else { continue };
            let title = vec![
                Run::Code(rule.id.clone()),
                Run::Plain(format!(" {} · {} ", self.of(&rule.title), self.say("البند", "clause"))),
                Run::Code(self.numbered(&rule.clause)),
            ];
            parts.push(Section { title, blocks, parts: vec![] });
        }
        if let Some(blocks) = about(None) {
            parts.push(self.section("في غير القواعد", "About no single rule", blocks, vec![]));
        }
        self.section("الأمثلة المحلولة", "Worked examples", vec![intro], parts)
    }

    /// The rule that an example shows: the first that it says is not simply met, else the first that it names.
    fn rule_of(self, trial: &Trial<'_>) -> Option<&'a Rule> {
        let expect = &trial.scenario.expect;
        let lists = [&expect.not_met, &expect.unknown, &expect.conflict, &expect.met, &expect.not_applicable];
        lists.into_iter().flatten().find_map(|id| self.matter.policy.rule(&id.value))
    }

    fn trial(self, trial: &Trial<'_>) -> Runs {
        let mut runs = plain(self.of(&trial.scenario.title));
        if !trial.differences.is_empty() {
            let differences: Vec<&str> =
                trial.differences.iter().map(|difference: &Text| self.of(difference)).collect();
            runs.push(Run::Plain(" ".to_owned()));
            runs.push(Run::Mark(self.say("لم ينجح", "does not come out").to_owned()));
            runs.push(Run::Plain(format!(" {}", differences.join(self.say("؛ ", "; ")))));
        }
        runs
    }
}
