//! What the columns of a table are said to mean, and the profile that says so.

use super::Far;
use crate::text::Msg;
use crate::text::catalogue::wizard as say;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Comments and messages.
    Messages,
    /// Posts with their figures.
    Posts,
    /// Figures of the account by day or moment.
    Figures,
}

impl Rows {
    /// All of them.
    pub const ALL: [Rows; 3] = [Rows::Messages, Rows::Posts, Rows::Figures];

    /// Its name in a profile.
    pub fn name(self) -> &'static str {
        match self {
            Rows::Messages => "messages",
            Rows::Posts => "posts",
            Rows::Figures => "figures",
        }
    }

    /// What it is called.
    pub fn title(self) -> Msg {
        match self {
            Rows::Messages => say::ROWS_MESSAGES,
            Rows::Posts => say::ROWS_POSTS,
            Rows::Figures => say::ROWS_FIGURES,
        }
    }
}

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is left out.
    Ignore,
    /// The id.
    Id,
    /// When.
    At,
    /// A post's title.
    Title,
    /// The text.
    Text,
    /// A post's form.
    Form,
    /// Who wrote it.
    Author,
    /// A message's likes.
    Likes,
    /// The page that shows it.
    Link,
    /// The channel.
    Channel,
    /// A figure of this name.
    Figure(String),
}

impl Meaning {
    /// Those that need no name, for rows of a kind.
    pub fn of(rows: Rows) -> &'static [Meaning] {
        use Meaning::{At, Author, Channel, Form, Id, Ignore, Likes, Link, Text, Title};
        match rows {
            Rows::Messages => &[Ignore, At, Text, Author, Id, Likes, Link, Channel],
            Rows::Posts => &[Ignore, At, Title, Text, Id, Form, Link, Channel],
            Rows::Figures => &[Ignore, At, Channel],
        }
    }

    /// What it is called; of a figure what stands before its name.
    pub fn title(&self) -> Msg {
        match self {
            Meaning::Ignore => say::M_IGNORE,
            Meaning::Id => say::M_ID,
            Meaning::At => say::M_AT,
            Meaning::Title => say::M_TITLE,
            Meaning::Text => say::M_TEXT,
            Meaning::Form => say::M_FORM,
            Meaning::Author => say::M_AUTHOR,
            Meaning::Likes => say::M_LIKES,
            Meaning::Link => say::M_LINK,
            Meaning::Channel => say::M_CHANNEL,
            Meaning::Figure(_) => say::M_FIGURE,
        }
    }

    /// As the program guesses it.
    fn guessed(name: &str) -> Meaning {
        match name.split_once(':') {
            Some(("figure", figure)) => Meaning::Figure(figure.to_owned()),
            _ => match name {
                "id" => Meaning::Id,
                "at" => Meaning::At,
                "title" => Meaning::Title,
                "text" => Meaning::Text,
                "form" => Meaning::Form,
                "author_name" => Meaning::Author,
                "likes" => Meaning::Likes,
                "permalink" => Meaning::Link,
                "channel" => Meaning::Channel,
                _ => Meaning::Ignore,
            },
        }
    }

    /// As rows of another kind have it.
    fn in_rows(&self, rows: Rows) -> Meaning {
        match (self, rows) {
            (Meaning::Figure(name), Rows::Messages) if name == "likes" => Meaning::Likes,
            (Meaning::Likes, Rows::Posts | Rows::Figures) => Meaning::Figure("likes".to_owned()),
            (Meaning::Figure(_), Rows::Posts | Rows::Figures) => self.clone(),
            (other, rows) if Meaning::of(rows).contains(other) => other.clone(),
            _ => Meaning::Ignore,
        }
    }
}

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, verbatim.
    pub name: String,
    /// The first cells that hold something, verbatim.
    pub samples: Vec<String>,
    /// What it means.
    pub meaning: Meaning,
}

/// A table, and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The sheet, when it is one.
    pub sheet: Option<String>,
    /// What parts its fields.
    pub delimiter: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What its rows are.
    pub rows: Rows,
    /// The channel of its rows; may be empty.
    pub channel: String,
    /// The profile that fits it as it is; `None` = one is made here.
    pub fits: Option<String>,
    /// The name under which one that is made here is kept.
    pub name: String,
}

/// As the program tells it.
#[derive(Deserialize)]
struct Raw {
    sheet: Option<String>,
    delimiter: String,
    profile: Option<String>,
    rows: Option<String>,
    channel: Option<String>,
    columns: Vec<RawColumn>,
}

#[derive(Deserialize)]
struct RawColumn {
    name: String,
    samples: Vec<String>,
    meaning: String,
}

impl Table {
    /// Reads what `import --columns --json` tells of a file; `None` = it is something else.
    pub(super) fn read(told: &str, file: &str) -> Option<Table> {
        let raw: Raw = serde_json::from_str(told).ok()?;
        let guessed = |c: RawColumn| Column {
            meaning: Meaning::guessed(&c.meaning),
            name: c.name,
            samples: c.samples,
        };
        let columns: Vec<Column> = raw.columns.into_iter().map(guessed).collect();
        let has = |m: &Meaning| columns.iter().any(|c| c.meaning == *m);
        let rows = match raw.rows.as_deref() {
            Some(name) => Rows::ALL.into_iter().find(|r| r.name() == name)?,
            None if has(&Meaning::Title) => Rows::Posts,
            None if has(&Meaning::Text) => Rows::Messages,
            None => Rows::Figures,
        };
        let mut table = Table {
            sheet: raw.sheet,
            delimiter: raw.delimiter,
            rows,
            columns,
            channel: raw.channel.unwrap_or_default(),
            fits: raw.profile,
            name: stem(file),
        };
        if table.fits.is_none() {
            table.turn(rows);
        }
        Some(table)
    }

    /// The rows are of this kind: what columns of that kind cannot mean is left out.
    pub(super) fn turn(&mut self, rows: Rows) {
        self.rows = rows;
        for column in &mut self.columns {
            column.meaning = column.meaning.in_rows(rows);
        }
    }

    /// What stands in the way of a profile, if anything does.
    pub(super) fn lacks(&self) -> Option<Msg> {
        let has = |m: &Meaning| self.columns.iter().any(|c| c.meaning == *m);
        let all = self.figures().len();
        let figure = self.columns.iter().filter(|c| matches!(c.meaning, Meaning::Figure(_)));
        let single = [Meaning::Id, Meaning::At, Meaning::Title, Meaning::Text, Meaning::Channel];
        let count = |m: &Meaning| self.columns.iter().filter(|c| c.meaning == *m).count();
        Some(match self.rows {
            _ if !has(&Meaning::At) => say::NEEDS_TIME,
            Rows::Messages if !has(&Meaning::Text) => say::NEEDS_TEXT,
            Rows::Posts | Rows::Figures if all == 0 => say::NEEDS_FIGURE,
            _ if figure.count() != all || single.iter().any(|m| count(m) > 1) => say::MEANT_TWICE,
            _ if self.channel.is_empty() && !has(&Meaning::Channel) => say::NEEDS_CHANNEL,
            _ => return None,
        })
    }

    /// The figures: their names, and their columns.
    fn figures(&self) -> BTreeMap<&String, &String> {
        let all = self.columns.iter();
        all.filter_map(|c| match &c.meaning {
            Meaning::Figure(name) => Some((name, &c.name)),
            _ => None,
        })
        .collect()
    }

    /// The profile as a file; `zone` is that of times that name none.
    pub fn profile(&self, zone: &str) -> String {
        let mut text = String::new();
        let mut put = |name: &str, value: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name} = {}", quoted(value));
        };
        put("about", &self.name);
        put("rows", self.rows.name());
        put("format", "csv");
        if self.delimiter != "," {
            put("delimiter", &self.delimiter);
        }
        if let Some(sheet) = &self.sheet {
            put("sheet", sheet);
        }
        if !self.channel.is_empty() {
            put("channel", &self.channel);
        }
        put("zone", zone);
        let named = |m: &Meaning| self.columns.iter().find(|c| c.meaning == *m).map(|c| &c.name);
        if let Some(channel) = named(&Meaning::Channel) {
            put("channel_from", channel);
        }
        if self.rows != Rows::Figures && named(&Meaning::Id).is_none() {
            let from = match self.rows {
                Rows::Posts => [Meaning::Title, Meaning::At, Meaning::Text],
                _ => [Meaning::Author, Meaning::At, Meaning::Text],
            };
            let from: Vec<String> =
                from.iter().filter_map(named).map(|name| quoted(name)).collect();
            let _ = writeln!(text, "id_from = [{}]", from.join(", "));
        }
        let ignored: Vec<String> = self
            .columns
            .iter()
            .filter(|c| c.meaning == Meaning::Ignore && !c.name.is_empty())
            .map(|c| quoted(&c.name))
            .collect();
        if !ignored.is_empty() {
            let _ = writeln!(text, "ignore = [{}]", ignored.join(", "));
        }
        text.push_str("\n[columns]\n");
        let roles = [
            ("id", Meaning::Id),
            ("at", Meaning::At),
            ("title", Meaning::Title),
            ("text", Meaning::Text),
            ("form", Meaning::Form),
            ("author_name", Meaning::Author),
            ("likes", Meaning::Likes),
            ("permalink", Meaning::Link),
        ];
        for (role, meaning) in roles {
            if let Some(name) = named(&meaning) {
                let _ = writeln!(text, "{role} = {}", quoted(name));
            }
        }
        let figures = self.figures();
        if !figures.is_empty() && self.rows != Rows::Messages {
            text.push_str("\n[figures]\n");
            for (name, column) in figures {
                let _ = writeln!(text, "{} = {}", quoted(name), quoted(column));
            }
        }
        text
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A name for a profile made of a file's: without folder and endings.
fn stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    let name = name.split('.').find(|part| !part.is_empty()).unwrap_or("import");
    let fits = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
    name.chars().take(40).map(fits).collect()
}

/// Whether a name can be a profile's.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    !name.is_empty() && name.len() <= 80 && name.chars().all(fits)
}

/// How far a reading is, when a line tells that.
pub(super) fn far(line: &str) -> Option<Far> {
    #[derive(Deserialize)]
    struct Progress {
        rows: u64,
        done: Option<u64>,
        of: Option<u64>,
    }
    #[derive(Deserialize)]
    struct Line {
        progress: Progress,
    }
    let Line { progress: p } = serde_json::from_str(line).ok()?;
    let percent = p.done.zip(p.of).filter(|(_, of)| *of > 0).map(|(done, of)| done * 100 / of);
    Some(Far { rows: p.rows, percent: percent.map(|n| n.min(100)) })
}
