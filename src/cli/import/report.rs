//! What an import says at its end: what became of the rows, and what the figures cover.

use crate::cli::print::Printer;
use crate::cli::{Context, Outcome};
use crate::connect::Report;
use crate::connect::import::Coverage;
use crate::connect::profile::Kind;
use crate::text::catalogue::import as say;
use crate::text::{Align, Lang, Shown, format};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The report, as text or as one JSON object.
pub(super) fn print(context: &Context, report: &Report, checked: bool) -> Outcome {
    let mut out = Printer::new(context.lang);
    if context.json {
        out.json(&as_json(report))?;
    } else {
        let lines = as_text(report, context.lang).into_iter().enumerate();
        // Of a check nothing was taken.
        for (_, line) in lines.filter(|(at, _)| !(checked && *at == 1)) {
            out.line(&line)?;
        }
    }
    out.end()
}

fn as_json(r: &Report) -> Value {
    let by_reason = |beside: bool| -> Map<String, Value> {
        let some = r.rejected.iter().filter(|(why, _)| why.is_beside() == beside);
        some.map(|(k, n)| (k.code().to_owned(), json!(n))).collect()
    };
    let by_mend: Map<_, _> =
        r.mended.iter().map(|(k, n)| (k.code().to_owned(), json!(n))).collect();
    json!({
        "profile": r.profile,
        "kind": kind(r.kind),
        "rows": r.rows,
        "added": r.added,
        "opened": r.opened,
        "changed": r.changed,
        "known": r.known,
        "repeated": r.repeated,
        "rejected": r.rejected_rows(),
        "rejected_by_reason": by_reason(false),
        "left_out": r.beside_rows(),
        "left_out_by_reason": by_reason(true),
        "mended": by_mend,
        "unknown_columns": r.unknown_columns,
        "absent_columns": r.absent_columns,
        "ignored_columns": r.ignored_columns,
        "coverage": coverage(&r.coverage),
        "complete": r.broken.is_none() && !r.stopped,
        "broken_at_line": r.broken.as_ref().map(|(line, _)| line),
        "elapsed_ms": u64::try_from(r.elapsed.as_millis()).unwrap_or(u64::MAX),
        "rows_per_second": r.rate().round() as u64,
    })
}

/// What rows are, by name.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Messages => "messages",
        Kind::Posts => "posts",
        Kind::Figures => "figures",
    }
}

fn coverage(c: &Coverage) -> Value {
    let days = |days: &[NaiveDate]| days.iter().map(NaiveDate::to_string).collect::<Vec<_>>();
    let figures: Map<String, Value> = c
        .figures
        .iter()
        .map(|(name, rows)| {
            let mut told = json!({ "rows": rows });
            if let Some(had) = c.days.get(name) {
                told["days"] = json!(had.len());
                told["missing_days"] = json!(days(&c.missing(Some(name))));
            }
            (name.clone(), told)
        })
        .collect();
    let mut told = json!({ "rows": c.rows, "figures": figures });
    if let Some((first, last)) = c.range() {
        told["first_day"] = json!(first.to_string());
        told["last_day"] = json!(last.to_string());
        told["days"] = json!(c.span());
        told["missing_days"] = json!(days(&c.missing(None)));
    }
    told
}

fn as_text(r: &Report, lang: Lang) -> Vec<Shown> {
    let took = format::duration(lang, i64::try_from(r.elapsed.as_millis()).unwrap_or(i64::MAX));
    let rate = r.rate().round() as u64;
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("rows", &r.rows), ("elapsed", &took), ("rate", &rate), ("profile", &r.profile)];
    let taken = match r.kind {
        Kind::Messages => say::REPORT_TAKEN,
        Kind::Posts => say::REPORT_POSTS,
        Kind::Figures => say::REPORT_FIGURES,
    };
    let mut lines = vec![
        say::REPORT_ROWS.fill(lang, &values),
        taken.fill(
            lang,
            &[
                ("added", &r.added),
                ("opened", &r.opened),
                ("changed", &r.changed),
                ("known", &r.known),
            ],
        ),
    ];
    let counted = |n: u64, what: Shown| {
        let mut line = Shown::number(n).pad(10, Align::Right);
        line.push(&Shown::blank(2));
        line.push(&what);
        line
    };
    if r.repeated > 0 {
        lines.push(say::REPORT_REPEATED.fill(lang, &[("n", &r.repeated)]));
    }
    for (msg, n, beside) in [
        (say::REPORT_REJECTED, r.rejected_rows(), false),
        (say::REPORT_BESIDE, r.beside_rows(), true),
    ] {
        if n > 0 {
            lines.push(msg.fill(lang, &[("n", &n)]));
            let some = r.rejected.iter().filter(|(why, _)| why.is_beside() == beside);
            lines.extend(some.map(|(why, n)| counted(*n, why.msg().say(lang))));
        }
    }
    if !r.mended.is_empty() {
        lines.push(say::REPORT_MENDED.say(lang));
        lines.extend(r.mended.iter().map(|(what, n)| counted(*n, what.msg().say(lang))));
    }
    for (msg, names) in [
        (say::REPORT_UNKNOWN, &r.unknown_columns),
        (say::REPORT_IGNORED, &r.ignored_columns),
        (say::REPORT_ABSENT, &r.absent_columns),
    ] {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            lines.push(msg.fill(lang, &[("names", &names.join(", "))]));
        }
    }
    covered(&r.coverage, lang, &mut lines);
    lines
}

/// What the figures cover: the share of rows, or of days, that has each.
fn covered(c: &Coverage, lang: Lang, lines: &mut Vec<Shown>) {
    if c.rows == 0 || c.figures.is_empty() {
        return;
    }
    let by_day: BTreeMap<&String, u64> =
        c.days.iter().map(|(name, days)| (name, days.len() as u64)).collect();
    let (all, msg) = match c.range() {
        None => (c.rows, say::REPORT_COVERED_ROWS.fill(lang, &[("rows", &c.rows)])),
        Some((first, last)) => {
            let missing = c.missing(None);
            let had = c.span() - missing.len() as u64;
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("first", &first), ("last", &last), ("had", &had), ("days", &c.span())];
            lines.push(say::REPORT_RANGE.fill(lang, &values));
            if !missing.is_empty() {
                lines.push(say::REPORT_MISSING.fill(lang, &[("days", &ranges(&missing))]));
            }
            (c.span(), say::REPORT_COVERED_DAYS.say(lang))
        }
    };
    lines.push(msg);
    for (name, rows) in &c.figures {
        let had = match c.days.is_empty() {
            true => *rows,
            false => by_day.get(name).copied().unwrap_or(0),
        };
        let mut line = Shown::number(had).pad(10, Align::Right);
        let percent = had * 100 / all.max(1);
        line.push(&Shown::line(&format!("{percent}%")).pad(6, Align::Right));
        line.push(&Shown::blank(2));
        line.push(&Shown::line(name));
        // Days without any figure were told already.
        let lacks = had > 0 && had < all && !c.days.is_empty();
        let own: Vec<NaiveDate> = match lacks {
            true => {
                let none = c.missing(None);
                c.missing(Some(name)).into_iter().filter(|d| !none.contains(d)).collect()
            }
            false => vec![],
        };
        if !own.is_empty() {
            line.push(&Shown::blank(2));
            line.push(&say::REPORT_WITHOUT.fill(lang, &[("days", &ranges(&own))]));
        }
        lines.push(line);
    }
}

/// Days with those that follow each other drawn together, the first few.
fn ranges(days: &[NaiveDate]) -> String {
    const SHOWN: usize = 4;
    let mut found: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for day in days {
        match found.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(*day) => *last = *day,
            _ => found.push((*day, *day)),
        }
    }
    let one = |(a, b): &(NaiveDate, NaiveDate)| match a == b {
        true => a.to_string(),
        false => format!("{a}..{b}"),
    };
    let mut text = found.iter().take(SHOWN).map(one).collect::<Vec<_>>().join(", ");
    if found.len() > SHOWN {
        text.push_str(", ...");
    }
    text
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::connect::reason::{Mend, Reason};
    use std::time::Duration;

    pub fn report() -> Report {
        Report {
            profile: "douyin_stream".to_owned(),
            rows: 26_033,
            added: 26_000,
            opened: 25_990,
            changed: 10,
            known: 20,
            rejected: [(Reason::NoText, 2), (Reason::Nul, 1)].into(),
            mended: [(Mend::Likes, 4)].into(),
            unknown_columns: ["mood\x1b[2J".to_owned()].into(),
            absent_columns: ["likes".to_owned()].into(),
            broken: Some((26_034, "unexpected end of file".to_owned())),
            elapsed: Duration::from_millis(4_100),
            ..Report::default()
        }
    }

    /// Six days of two figures, the third of which is missing, and one of them on the fifth, too.
    fn by_day() -> Report {
        let day = |d| NaiveDate::from_ymd_opt(2026, 1, d).unwrap();
        let mut coverage = Coverage { rows: 5, ..Coverage::default() };
        coverage.figures =
            [("reads", 5), ("shares", 4), ("saves", 0)].map(|(n, c)| (n.to_owned(), c)).into();
        coverage.days = [
            ("reads".to_owned(), [1, 2, 4, 5, 6].map(day).into()),
            ("shares".to_owned(), [1, 2, 4, 6].map(day).into()),
        ]
        .into();
        Report {
            profile: "xhs_daily".to_owned(),
            kind: Kind::Figures,
            rows: 8,
            changed: 5,
            repeated: 1,
            rejected: [(Reason::Sum, 1), (Reason::NotMeant, 2)].into(),
            mended: [(Mend::Rounded, 3)].into(),
            ignored_columns: ["备注".to_owned()].into(),
            coverage,
            elapsed: Duration::from_millis(100),
            ..Report::default()
        }
    }

    fn in_both(report: &Report) -> String {
        let lines = Lang::ALL.iter().flat_map(|lang| as_text(report, *lang));
        lines.map(|line| line.as_str().to_owned()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_report_as_text() {
        insta::assert_snapshot!(in_both(&report()));
    }

    #[test]
    fn the_report_of_figures_as_text() {
        insta::assert_snapshot!(in_both(&by_day()));
    }

    #[test]
    fn the_report_as_json() {
        insta::assert_snapshot!(as_json(&report()));
        insta::assert_snapshot!("the_report_of_figures_as_json", as_json(&by_day()));
    }
}
