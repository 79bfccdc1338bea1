//! What members and the secretary are told around a vote: what to read, how to vote, where the vote goes, how the votes stand.

use crate::app::policy::{self, Open};
use crate::revision::board::{Board, Signs};
use crate::revision::proposal::Proposal;
use crate::revision::statement::About;
use crate::value::Lang;

/// That it waits for votes: what to read, and how to vote. For whoever opens the folder for the first time.
pub(super) fn waits(open: &Open, lang: Lang) -> String {
    let statement = &open.statement;
    let folder = open.folder();
    let files = open.home.kept.under(&folder).into_iter().map(|file| file.path);
    let papers: Vec<String> = files
        .filter(|path| !path.contains('/') && !matches!(path.as_str(), "statement.txt" | "SHA256SUMS"))
        .collect();
    let (title, number, label) = (statement.title.get(lang), statement.number, &statement.label);
    let from = statement.in_force_from.map(|from| from.to_string());
    let what = match (lang, statement.about, from) {
        (Lang::Ar, About::Revision, Some(from)) => {
            format!("{title}، النسخة {number} ({label})، تسري من {from}")
        }
        (Lang::En, About::Revision, Some(from)) => {
            format!("{title}, revision {number} ({label}), in force from {from}")
        }
        (Lang::Ar, _, _) => format!("{title}، رقم {number}"),
        (Lang::En, _, _) => format!("{title}, number {number}"),
    };
    let (folder, papers) = (open.home.kept.shown(&folder), papers.join(" · "));
    match lang {
        Lang::Ar => format!("معروض للتصويت: {what}\nاقرأ في {folder}: {papers}"),
        Lang::En => format!("tabled for a vote: {what}\nread in {folder}: {papers}"),
    }
}

/// How the votes stand, and what is next.
pub(super) fn tally(open: &Open, votes: &Proposal, lang: Lang) -> String {
    let list = |ids: &[String]| if ids.is_empty() { "—".to_owned() } else { ids.join(", ") };
    let tally = &votes.tally;
    let (approve, reject, abstain) = (list(&tally.approve), list(&tally.reject), list(&tally.abstain));
    let (quorum, until) = (open.board.quorum, open.statement.votes_until);
    let stand = match lang {
        Lang::Ar => format!("موافق: {approve} · غير موافق: {reject} · ممتنع: {abstain}"),
        Lang::En => format!("approve: {approve} · reject: {reject} · abstain: {abstain}"),
    };
    let signs = if open.statement.about == About::Board { Signs::Board } else { Signs::Policy };
    let again = match open.statement.about {
        About::Board => "mizan board propose",
        About::Withdrawal => "mizan policy withdraw",
        // Nobody votes on a circulation.
        About::Revision | About::Circulation => "mizan policy propose",
    };
    let missing = policy::missing_votes(open, votes);
    let is_enough = tally.approve.len() >= quorum && tally.approve.len() > tally.reject.len();
    let next = match (lang, is_enough) {
        (Lang::Ar, true) => format!("اكتمل النصاب ({quorum})، وتُثبته الأمانة في السجل: mizan policy approve"),
        (Lang::En, true) => {
            format!("the quorum of {quorum} is reached; the secretary enters it: mizan policy approve")
        }
        (Lang::Ar, false) if missing.is_empty() => format!(
            "صوَّت الجميع ولم يُعتمد: يلزم أن يوافق {quorum}، وأن يزيد الموافقون على غير الموافقين. يُعدَّل ويُعرض من جديد: {again} --again"
        ),
        (Lang::En, false) if missing.is_empty() => format!(
            "everybody has voted, and it is not approved: that takes {quorum}, and more for it than against. Change it and table it again: {again} --again"
        ),
        (lang, false) => {
            let named = open.board.signers(signs).filter(|member| missing.contains(&member.id.as_str()));
            let named: Vec<String> =
                named.map(|member| format!("{} ({})", member.id, member.name.get(lang))).collect();
            match lang {
                Lang::Ar => format!("النصاب {quorum}، ولم يصوِّت بعد: {} · آخر يوم {until}", named.join("، ")),
                Lang::En => {
                    format!("the quorum is {quorum}; not voted yet: {} · until {until}", named.join(", "))
                }
            }
        }
    };
    format!("{stand}\n{next}")
}

/// What a draft still needs before members can vote on it.
pub(super) fn before(board: &Board, lang: Lang) -> String {
    let without: Vec<&str> = board
        .members
        .iter()
        .filter(|member| member.keys.is_empty())
        .map(|member| member.id.as_str())
        .collect();
    let table = "mizan policy propose --meeting 1 --resolution 1";
    match (lang, without.is_empty()) {
        (Lang::Ar, true) => format!("ما يلي: mizan check، ثم تُعرض للتصويت: {table}"),
        (Lang::En, true) => format!("next: mizan check, then it is tabled: {table}"),
        (Lang::Ar, false) => format!(
            "بلا مفتاح بعد: {}. يصنعه العضو: mizan board new-key الرمز، وتُدخله الأمانة: mizan board add-key الرمز الملف.pub",
            without.join("، ")
        ),
        (Lang::En, false) => format!(
            "without a key yet: {}. Each makes one, mizan board new-key ID, and the secretary enters it: mizan board add-key ID FILE.pub",
            without.join(", ")
        ),
    }
}

/// How to vote.
pub(super) fn how(lang: Lang) -> &'static str {
    match lang {
        Lang::Ar => {
            "للتصويت: mizan policy vote --approve --as الرمز --key ملف_المفتاح   (أو --reject أو --abstain، وملاحظتك: --note)"
        }
        Lang::En => {
            "to vote: mizan policy vote --approve --as ID --key KEY_FILE   (or --reject, --abstain; a remark: --note)"
        }
    }
}

/// Where a signed vote goes.
pub(super) fn send(folder: &str, lang: Lang) -> String {
    match lang {
        Lang::Ar => format!("صوتك موقَّع. أعد الملفين إلى أمانة المجلس، وموضعهما في مجلدها: {folder}/votes"),
        Lang::En => {
            format!(
                "your vote is signed. Send the two files back to the secretary; in that folder they go into {folder}/votes"
            )
        }
    }
}

/// That something was tabled.
pub(super) fn tabled(folder: &str, lang: Lang) -> String {
    let how = how(lang);
    match lang {
        Lang::Ar => {
            format!("\nعُرض للتصويت في {folder}. أرسل هذا المجلد كلَّه إلى الأعضاء، بالبريد أو على قرص.\n{how}")
        }
        Lang::En => {
            format!(
                "\ntabled in {folder}. Send this whole folder to the members, by e-mail or on a stick.\n{how}"
            )
        }
    }
}
