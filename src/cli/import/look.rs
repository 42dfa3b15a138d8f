//! Looking before importing: which profile fits, what the columns hold, how rows would be read.

use crate::cli::print::Printer;
use crate::cli::{Context, Exit, Failure, Outcome};
use crate::connect::guess::{self, Fit, Table};
use crate::connect::import::Progress;
use crate::connect::profile::Profile;
use crate::connect::source::{Head, Origin, Source};
use crate::connect::{Sink, SinkError, Taken};
use crate::domain::{ChannelId, Event};
use crate::text::catalogue::import as say;
use crate::text::{Align, Lang, Shown};
use serde_json::{Value, json};
use std::path::PathBuf;

/// How many rows a check shows.
const SHOWN: usize = 5;

/// The profile that fits a source. What is no table is in the event format.
///
/// # Errors
/// When no profile fits; the sentence says what the columns are.
pub(super) fn profile(
    source: &mut Source,
    origin: &Origin,
    folders: &[PathBuf],
    lang: Lang,
) -> Result<Profile, Failure> {
    let heads = heads(source, origin, lang)?;
    let first = heads.first().and_then(|h| h.bytes.iter().find(|b| !b.is_ascii_whitespace()));
    let is_table = heads.iter().any(|h| h.sheet.is_some());
    // The mark at the beginning of a text is none of it.
    if !is_table && matches!(first, None | Some(b'{' | 0xef)) && !begins_as_table(&heads) {
        let events = Profile::find("events", &[]);
        return events.map_err(|e| Failure::new(Exit::Usage, e.say(lang)));
    }
    let mut profiles = Profile::all(folders);
    match best(&profiles, &heads) {
        Some((_, fit)) => Ok(profiles.swap_remove(fit.profile)),
        None => Err(Failure::new(Exit::File, none(&profiles, &heads, origin, lang))),
    }
}

/// Whether what follows a byte order mark is no JSON.
fn begins_as_table(heads: &[Head]) -> bool {
    let bytes = heads.first().map_or(&[][..], |h| &h.bytes);
    bytes.strip_prefix(b"\xef\xbb\xbf").is_some_and(|rest| {
        rest.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| *b != b'{')
    })
}

fn heads(source: &mut Source, origin: &Origin, lang: Lang) -> Result<Vec<Head>, Failure> {
    source.heads(guess::LOOKED_AT).map_err(|e| {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("name", &origin.name()), ("why", &e)];
        Failure::new(Exit::File, say::UNREADABLE.fill(lang, &values))
    })
}

/// The sheet and the profile that fit best.
fn best(profiles: &[Profile], heads: &[Head]) -> Option<(usize, Fit)> {
    let fits = heads.iter().enumerate();
    let fits = fits.filter_map(|(i, head)| guess::best(profiles, head).map(|fit| (i, fit)));
    fits.rev().max_by_key(|(_, fit)| fit.rank())
}

/// Why no profile fits.
fn none(profiles: &[Profile], heads: &[Head], origin: &Origin, lang: Lang) -> Shown {
    let Some((head, table, row)) = header(heads) else {
        return say::NO_HEADER.fill(lang, &[("source", &origin.name())]);
    };
    let names: Vec<&str> = table.rows[row].1.iter().map(|n| n.trim()).collect();
    let names = names.into_iter().filter(|n| !n.is_empty()).take(40).collect::<Vec<_>>().join(", ");
    let source = origin.name();
    match guess::closest(profiles, head) {
        Some((profile, missing)) => say::NO_FIT_BUT.fill(
            lang,
            &[
                ("source", &source),
                ("found", &names),
                ("profile", &profile.name),
                ("missing", &missing.join(", ")),
            ],
        ),
        None => say::NO_FIT.fill(lang, &[("source", &source), ("found", &names)]),
    }
}

/// The first sheet that has something like a header, and where.
fn header(heads: &[Head]) -> Option<(&Head, Table, usize)> {
    heads.iter().find_map(|head| {
        let table = Table::of(head, None);
        let row = table.header()?;
        Some((head, table, row))
    })
}

/// Shows the columns of a table with examples, and what they may mean.
///
/// # Errors
/// When it is no table.
pub(super) fn columns(
    context: &Context,
    source: &mut Source,
    origin: &Origin,
    folders: &[PathBuf],
    named: Option<Profile>,
) -> Outcome {
    let lang = context.lang;
    let heads = heads(source, origin, lang)?;
    let profiles = match named {
        Some(profile) => vec![profile],
        None => Profile::all(folders),
    };
    let found = best(&profiles, &heads);
    let profile = found.as_ref().map(|(_, fit)| &profiles[fit.profile]);
    let place = match (&found, profile) {
        (Some((i, fit)), Some(p)) => {
            Some((&heads[*i], Table::of(&heads[*i], Some(p.delimiter)), fit.row))
        }
        _ => header(&heads),
    };
    let Some((head, table, row)) = place else {
        let said = say::NO_HEADER.fill(lang, &[("source", &origin.name())]);
        return Err(Failure::new(Exit::File, said));
    };
    let columns = guess::columns(&table, row, profile);
    let mut out = Printer::new(lang);
    if context.json {
        let sheets: Vec<&String> = heads.iter().filter_map(|h| h.sheet.as_ref()).collect();
        let all: Vec<Value> = columns
            .iter()
            .map(|c| json!({ "name": c.name, "samples": c.samples, "meaning": c.meaning }))
            .collect();
        out.json(&json!({
            "file": origin.name(),
            "sheet": head.sheet,
            "sheets": sheets,
            "delimiter": char::from(table.delimiter).to_string(),
            "header_line": table.rows[row].0,
            "profile": profile.map(|p| &p.name),
            "rows": profile.map(|p| super::report::kind(p.rows)),
            "channel": profile.and_then(|p| p.channel.as_ref()).map(|c| &c.0),
            "columns": all,
        }))?;
        return out.end();
    }
    let said = match profile {
        Some(p) => say::FITS.fill(lang, &[("profile", &p.name)]),
        None => none(&profiles, &heads, origin, lang),
    };
    out.line(&said)?;
    let rows: Vec<Vec<Shown>> = columns
        .iter()
        .map(|c| {
            let sample =
                |i: usize| Shown::line(c.samples.get(i).map_or("", String::as_str)).truncate(24);
            vec![Shown::line(&c.name), Shown::line(&c.meaning), sample(0), sample(1)]
        })
        .collect();
    out.table(&[Align::Left; 4], &rows)?;
    out.end()
}

/// One JSON object of how far it is. Who does not read it on does not stop the import.
pub(super) fn progress(context: &Context, p: Progress) {
    let mut out = Printer::new(context.lang);
    let (done, of) = p.parts.unzip();
    let line = json!({ "progress": { "rows": p.rows, "done": done, "of": of } });
    let _ = out.json(&line).and_then(|()| out.end());
}

/// Takes rows in without a desk: the first few are shown.
#[derive(Debug, Default)]
pub(super) struct Check {
    first: Vec<Event>,
    rows: u64,
    chunks: u32,
}

impl Sink for Check {
    fn send(
        &mut self,
        _cursor: Option<(ChannelId, String)>,
        events: Vec<Event>,
    ) -> Result<(), SinkError> {
        self.rows += events.len() as u64;
        self.chunks += 1;
        let room = SHOWN - self.first.len();
        self.first.extend(events.into_iter().take(room));
        Ok(())
    }

    fn receive(&mut self) -> Result<Taken, SinkError> {
        Ok(Taken::default())
    }
}

impl Check {
    /// The first rows as they were read, and how many there are.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub(super) fn print(&self, context: &Context) -> Outcome {
        let mut out = Printer::new(context.lang);
        if context.json {
            let first: Vec<Value> = self.first.iter().map(as_json).collect();
            out.json(&json!({ "readable": self.rows, "first": first }))?;
            return out.end();
        }
        out.line(&say::CHECKED.fill(context.lang, &[("rows", &self.rows)]))?;
        for event in &self.first {
            out.line(&Shown::line(&as_line(event)))?;
        }
        out.end()
    }
}

/// An event as a check shows it.
fn as_json(event: &Event) -> Value {
    match event {
        Event::Message(m) => json!({
            "channel": m.channel.0, "at": m.at.rfc3339(), "id": m.id, "author": m.author.name,
            "text": m.text.chars().take(200).collect::<String>(), "likes": m.likes,
        }),
        Event::Published(p) => json!({
            "channel": p.channel.0, "at": p.at.rfc3339(), "id": p.id, "title": p.title,
            "text": p.text.chars().take(200).collect::<String>(), "form": p.form.name(),
            "values": p.values,
        }),
        Event::Metrics { channel, at, values } => json!({
            "channel": channel.0, "at": at.rfc3339(), "values": values,
        }),
        other => json!({ "channel": other.channel().0 }),
    }
}

fn as_line(event: &Event) -> String {
    let told = as_json(event);
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let mut parts = vec![text("at"), text("channel")];
    parts.extend(
        [text("title"), text("author"), text("text")].into_iter().filter(|t| !t.is_empty()),
    );
    if let Some(values) = told["values"].as_object() {
        let values = values.iter().map(|(name, n)| format!("{name} {n}"));
        parts.push(values.collect::<Vec<_>>().join(", "));
    }
    parts.join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::book;
    use crate::connect::book::testing::{Cell, book};
    use rstest::rstest;

    #[rstest]
    #[case("{\"event\":\"message\"}\n", Ok("events"))]
    #[case("", Ok("events"))]
    #[case("\u{feff}{\"event\":\"message\"}\n", Ok("events"))]
    #[case("\u{feff}时间,新关注人数,取消关注人数\n", Ok("wechat_users"))]
    #[case("when,what\nnow,this\n", Err("when, what"))]
    #[case("笔记标题,点赞\n手冲,5\n", Err("xhs_notes"))]
    fn the_profile_is_found_by_the_columns(
        #[case] text: &'static str,
        #[case] name: Result<&str, &str>,
    ) {
        let mut source = Source::of(text.as_bytes());
        let origin = Origin::File("x.csv".into());
        match (profile(&mut source, &origin, &[], Lang::En), name) {
            (Ok(found), Ok(name)) => assert_eq!(found.name, name),
            (Err(e), Err(part)) => {
                assert!(e.sentence.as_str().contains(part), "{}", e.sentence.as_str());
            }
            (found, _) => panic!("{:?}", found.map(|p| p.name)),
        }
    }

    #[test]
    fn all_sheets_of_a_workbook_are_looked_at() {
        let rows = vec![
            vec![Cell::Text("日期"), Cell::Text("数值")],
            vec![Cell::Date(46_024.0), Cell::Number(7.0)],
        ];
        let sums = vec![vec![Cell::Text("指标"), Cell::Text("数值")]];
        let file = book(&[("账号总体观看数据", sums), ("曝光趋势", rows)]);
        let mut source = Source::of_sheets(book::sheets(file.as_slice()).unwrap());
        let found = profile(&mut source, &Origin::Stdin, &[], Lang::En).unwrap();
        assert_eq!(found.name, "xhs_daily");
    }
}
