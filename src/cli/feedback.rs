//! `feedback`: the periodic feedback report.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome};
use crate::domain::{Span, Time};
use crate::text::catalogue::work as say;
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use crate::wire::work::FeedbackRow;
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgMatches, Command};
use serde::Serialize;

/// How it is described.
pub(super) fn command(lang: Lang) -> Command {
    Command::new("feedback").about(say::FEEDBACK_VERB.raw(lang)).arg(
        Arg::new("since")
            .long("since")
            .value_name("LENGTH")
            .default_value("7d")
            .value_parser(NonEmptyStringValueParser::new())
            .help(say::ARG_SINCE.raw(lang)),
    )
}

/// A tag as `feedback --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    tag: &'a str,
    from: &'a str,
    to: &'a str,
    count: u64,
    before: u64,
    change_percent: Option<i64>,
    examples: Vec<u64>,
}

/// By how many hundredths it changed; `None` when there was none before.
fn change(row: &FeedbackRow) -> Option<i64> {
    let (now, before) = (i64::try_from(row.count).ok()?, i64::try_from(row.before).ok()?);
    ((now - before) * 100).checked_div(before)
}

/// Asks and prints.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let typed = args.get_one::<String>("since").cloned().unwrap_or_default();
    let Some(span) = Span::parse(&typed).filter(|span| span.0 > 0) else {
        let text = say::BAD_SINCE.fill(lang, &[("value", &typed)]);
        return Err(Failure::new(Exit::Usage, text));
    };
    let to = Time::from(chrono::Utc::now());
    let from = to - span;
    let mut desk = context.connect()?;
    let Answer::Feedback(rows) = context.ask(&mut desk, Ask::Feedback { from, to })? else {
        return Err(context.strange());
    };
    let mut printer = Printer::new(lang);
    if context.json {
        let (from, to) = (from.rfc3339(), to.rfc3339());
        for row in &rows {
            printer.json(&Line {
                tag: &row.tag,
                from: &from,
                to: &to,
                count: row.count,
                before: row.before,
                change_percent: change(row),
                examples: row.examples.iter().map(|id| id.0).collect(),
            })?;
        }
        return printer.end();
    }
    if rows.is_empty() {
        printer.line(&say::NO_FEEDBACK.say(lang))?;
        return printer.end();
    }
    let heads = [
        say::FEEDBACK_HEAD,
        say::FEEDBACK_NOW,
        say::FEEDBACK_BEFORE,
        say::FEEDBACK_CHANGE,
        say::FEEDBACK_EXAMPLES,
    ];
    let mut table = vec![heads.map(|head| head.say(lang)).to_vec()];
    for row in &rows {
        let change = change(row).map_or_else(|| "-".to_owned(), |n| format!("{n:+}%"));
        let ids: Vec<String> = row.examples.iter().map(|id| format!("#{id}")).collect();
        table.push(vec![
            Shown::line(&row.tag),
            format::number(lang, row.count),
            format::number(lang, row.before),
            Shown::line(&change),
            Shown::line(&ids.join(" ")),
        ]);
    }
    let aligns = [Align::Left, Align::Right, Align::Right, Align::Right, Align::Left];
    printer.table(&aligns, &table)?;
    printer.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(3, 2, Some(50))]
    #[case(0, 4, Some(-100))]
    #[case(5, 0, None)]
    fn the_change_is_against_the_time_before(
        #[case] count: u64,
        #[case] before: u64,
        #[case] percent: Option<i64>,
    ) {
        let row = FeedbackRow { tag: "idea".into(), count, before, examples: Vec::new() };
        assert_eq!(change(&row), percent);
    }
}
