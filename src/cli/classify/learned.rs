//! What a desk has learned: listing it, and judging by it.

use super::super::print::Printer;
use super::super::{Context, Failure, Outcome};
use crate::client::ask::DeskClient;
use crate::client::zone;
use crate::config::DeskPaths;
use crate::domain::classify::Classifier;
use crate::domain::classify::learned::Learned;
use crate::domain::{Intent, Severity, Time};
use crate::text::catalogue::classes as say;
use crate::text::{Align, Lang, Shown, format};
use crate::wire::message::{Answer, Ask};
use crate::wire::work::CorrectionRow;
use serde::Serialize;

/// The most bytes of a text in a line.
const SHOWN: usize = 120;

/// What judges a text besides lists and model.
pub(super) struct Judge {
    /// What was learned.
    pub learned: Learned,
    /// From how many corrections; `None` = no desk could be asked.
    pub corrections: Option<usize>,
}

impl Judge {
    /// What the desk has learned, when it runs, or is named and there; else nothing.
    pub fn of(context: &Context, classifier: &Classifier) -> Result<Judge, Failure> {
        let none = Judge { learned: Learned::default(), corrections: None };
        let is_there = DeskPaths::new(context.folder()?).database().exists();
        let desk = match context.connect_running() {
            Ok(desk) => Some(desk),
            Err(_) if context.desk.is_some() && is_there => Some(context.connect()?),
            Err(_) => None,
        };
        let Some(mut desk) = desk else { return Ok(none) };
        let rows = all(context, &mut desk)?;
        let mut learned = Learned::default();
        for row in &rows {
            if let Some(text) = &row.text {
                learned.learn(classifier, text, &row.said);
            }
        }
        Ok(Judge { learned, corrections: Some(rows.len()) })
    }

    /// Says what judged.
    pub fn say(&self, lang: Lang) -> Shown {
        match self.corrections {
            Some(n) => say::JUDGED_WITH.fill(lang, &[("n", &format::number(lang, n as u64))]),
            None => say::JUDGED_WITHOUT.say(lang),
        }
    }
}

/// Every correction, oldest first: the order in which they were learned.
fn all(context: &Context, desk: &mut DeskClient) -> Result<Vec<CorrectionRow>, Failure> {
    let mut rows: Vec<CorrectionRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.message);
        let Answer::Corrections(page) = context.ask(desk, Ask::Corrections { after })? else {
            return Err(context.strange());
        };
        let is_last = page.len() < Ask::CORRECTIONS;
        rows.extend(page);
        if is_last {
            break;
        }
    }
    rows.sort_by_key(|row| (row.at, row.message));
    Ok(rows)
}

/// A correction as `classify --corrections --json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    at: String,
    by: &'a str,
    id: u64,
    message: u32,
    /// What the desk itself took it for.
    from: Option<Class>,
    to: Class,
    text: Option<&'a str>,
}

#[derive(Serialize)]
struct Class {
    intent: Intent,
    severity: Severity,
}

impl Class {
    fn of((intent, severity): (Intent, Severity)) -> Class {
        Class { intent, severity }
    }
}

/// Lists what operators have corrected, oldest first.
pub(super) fn list(context: &Context) -> Outcome {
    let lang = context.lang;
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let rows = all(context, &mut desk)?;
    let mut printer = Printer::new(lang);
    if context.json {
        for row in &rows {
            printer.json(&Line {
                at: row.at.rfc3339(),
                by: &row.said.by,
                id: row.message.conversation.0,
                message: row.message.seq,
                from: row.was.map(Class::of),
                to: Class::of((row.said.intent, row.said.severity)),
                text: row.text.as_deref(),
            })?;
        }
        return printer.end();
    }
    if rows.is_empty() {
        printer.line(&say::NO_CORRECTIONS.say(lang))?;
        return printer.end();
    }
    let now = Time::from(chrono::Utc::now());
    let named = |(intent, severity): (Intent, Severity)| match severity {
        Severity::None => intent.say(lang),
        bad => say::CLASS_SEVERE
            .fill(lang, &[("intent", &intent.say(lang)), ("severity", &bad.say(lang))]),
    };
    let table = rows.iter().map(|row| {
        let was = row.was.map_or_else(|| Shown::line("-"), named);
        let to = named((row.said.intent, row.said.severity));
        let change = say::CORRECTED.fill(lang, &[("from", &was), ("to", &to)]);
        let gone = || say::TEXT_GONE.say(lang);
        vec![
            format::moment(lang, &row.at.in_zone(zone), &now.in_zone(zone)),
            Shown::line(&row.said.by),
            Shown::line(&format!("#{}", row.message.conversation)),
            change,
            row.text.as_ref().map_or_else(gone, |text| Shown::bounded(text, SHOWN)),
        ]
    });
    let table: Vec<_> = table.collect();
    printer.table(&[Align::Left, Align::Left, Align::Right, Align::Left, Align::Left], &table)?;
    printer.end()
}
