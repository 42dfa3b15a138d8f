//! Labelled texts from a file: CSV with a header, or one JSON object a line; packed or not.

use super::super::{Exit, Failure};
use crate::connect::quoted::Fields;
use crate::connect::rows::{Fitness, Rows, Shape};
use crate::connect::source::{Origin, Source};
use crate::domain::Intent;
use crate::text::Lang;
use crate::text::catalogue::classes as say;
use serde_json::Value;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

/// Names a text goes by, where none is given.
const TEXTS: [&str; 5] = ["text", "content", "review", "comment", "message"];
/// Names a label goes by.
const LABELS: [&str; 4] = ["label", "class", "intent", "sentiment"];

/// How a file is read.
pub(super) struct Reader {
    /// The column of the text; `None` = one of the usual names.
    pub text: Option<String>,
    /// The column of the label.
    pub label: Option<String>,
    /// What labels stand for.
    pub map: Vec<(String, Intent)>,
    /// The language of what goes wrong.
    pub lang: Lang,
}

/// Reads `0=complaint,1=other`; the error is the part that is none.
pub(super) fn map_of(typed: &str) -> Result<Vec<(String, Intent)>, String> {
    let parts = typed.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (label, intent) = part.split_once('=').ok_or_else(|| part.to_owned())?;
            let intent = Intent::named(intent.trim()).ok_or_else(|| part.to_owned())?;
            Ok((label.trim().to_owned(), intent))
        })
        .collect()
}

impl Reader {
    /// Gives each labelled text of a file; answers how many rows had none.
    pub fn read(&self, file: &Path, mut each: impl FnMut(&str, Intent)) -> Result<u64, Failure> {
        let lang = self.lang;
        let origin = Origin::named(file);
        let unreadable = |why: &dyn Display| {
            let values: [(&str, &dyn Display); 2] = [("file", &file.display()), ("why", why)];
            Failure::new(Exit::File, say::EVAL_FILE.fill(lang, &values))
        };
        let mut source = Source::open(&origin, false, &Arc::default())
            .map_err(|e| Failure::new(Exit::File, e.say(lang)))?;
        let json = source.begins_with(b"{").map_err(|e| unreadable(&e))?;
        let shape = if json { Shape::Lines } else { Shape::Quoted(b',') };
        let mut rows = Rows::new(source, shape);
        let mut columns: Option<(usize, usize)> = None;
        let mut fields = Fields::default();
        let mut skipped = 0;
        while let Some(row) = rows.next_row() {
            if row.fitness != Fitness::Whole {
                skipped += 1;
                continue;
            }
            let found = if json {
                self.of_object(row.bytes)
            } else {
                fields.read(row.bytes, b',');
                let Some((text, label)) = columns else {
                    let names: Vec<String> = (0..fields.len())
                        .map(|i| {
                            String::from_utf8_lossy(fields.get(i))
                                .trim_start_matches('\u{feff}')
                                .to_owned()
                        })
                        .collect();
                    columns = Some((
                        self.column(file, &names, &self.text, &TEXTS, "text")?,
                        self.column(file, &names, &self.label, &LABELS, "label")?,
                    ));
                    rows.expect_fields(names.len());
                    continue;
                };
                let of = |at: usize| {
                    (at < fields.len())
                        .then(|| String::from_utf8_lossy(fields.get(at)).into_owned())
                };
                of(text).zip(of(label))
            };
            match found.and_then(|(text, label)| Some((text, self.intent(&label)?))) {
                Some((text, intent)) if !text.trim().is_empty() => each(&text, intent),
                _ => skipped += 1,
            }
        }
        match rows.broken() {
            Some(e) => Err(unreadable(e)),
            None => Ok(skipped),
        }
    }

    fn column(
        &self,
        file: &Path,
        names: &[String],
        asked: &Option<String>,
        usual: &[&str],
        what: &str,
    ) -> Result<usize, Failure> {
        let found = match asked {
            Some(asked) => names.iter().position(|n| n == asked),
            None => usual.iter().find_map(|u| names.iter().position(|n| n.eq_ignore_ascii_case(u))),
        };
        found.ok_or_else(|| {
            let column = asked.as_deref().unwrap_or(what);
            let values: [(&str, &dyn Display); 3] =
                [("file", &file.display()), ("column", &column), ("found", &names.join(", "))];
            Failure::new(Exit::Usage, say::EVAL_COLUMN.fill(self.lang, &values))
        })
    }

    fn of_object(&self, line: &[u8]) -> Option<(String, String)> {
        let object: Value = serde_json::from_slice(line).ok()?;
        let field = |asked: &Option<String>, usual: &[&str]| {
            let value = match asked {
                Some(name) => object.get(name),
                None => usual.iter().find_map(|name| object.get(name)),
            };
            match value? {
                Value::String(s) => Some(s.clone()),
                Value::Number(n) => Some(n.to_string()),
                Value::Bool(b) => Some(b.to_string()),
                _ => None,
            }
        };
        field(&self.text, &TEXTS).zip(field(&self.label, &LABELS))
    }

    fn intent(&self, label: &str) -> Option<Intent> {
        let label = label.trim();
        match self.map.iter().find(|(l, _)| l == label) {
            Some((_, intent)) => Some(*intent),
            None if self.map.is_empty() => Intent::named(label),
            None => None,
        }
    }
}
