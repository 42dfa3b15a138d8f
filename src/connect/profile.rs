//! Mapping profiles: what the columns of somebody else's export mean. TOML, see docs/import.md.

mod find;
#[cfg(test)]
mod tests;
mod written;

pub use find::ProfileError;

use super::amount::Written;
use super::calendar::Calendar;
use super::rows;
use super::when::{TimeFormat, Zone};
use crate::domain::post::Form;
use crate::domain::{ChannelId, Queue};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The profiles that come with the program.
pub const READY: [(&str, &str); 15] = [
    ("airline_tweets", include_str!("../../profiles/airline_tweets.toml")),
    ("channels_videos", include_str!("../../profiles/channels_videos.toml")),
    ("douyin_daily", include_str!("../../profiles/douyin_daily.toml")),
    ("douyin_posts", include_str!("../../profiles/douyin_posts.toml")),
    ("douyin_stream", include_str!("../../profiles/douyin_stream.toml")),
    ("events", include_str!("../../profiles/events.toml")),
    ("facebook_live", include_str!("../../profiles/facebook_live.toml")),
    ("facebook_metrics", include_str!("../../profiles/facebook_metrics.toml")),
    ("twcs_threads", include_str!("../../profiles/twcs_threads.toml")),
    ("wechat_articles", include_str!("../../profiles/wechat_articles.toml")),
    ("wechat_daily", include_str!("../../profiles/wechat_daily.toml")),
    ("wechat_users", include_str!("../../profiles/wechat_users.toml")),
    ("xhs_daily", include_str!("../../profiles/xhs_daily.toml")),
    ("xhs_notes", include_str!("../../profiles/xhs_notes.toml")),
    ("xhs_posts", include_str!("../../profiles/xhs_posts.toml")),
];

/// How the rows of a source are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A table with a header, mapped by column: CSV, or the sheets of an XLSX workbook.
    #[serde(alias = "xlsx", alias = "table")]
    Csv,
    /// One JSON object a line, mapped by field (`user.name` = field of a field).
    Ndjson,
    /// The documented event format; nothing to map.
    Events,
}

/// What the rows of a source are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Comments and direct messages.
    #[default]
    Messages,
    /// Posts that are out, with their figures.
    Posts,
    /// Figures of the account, by day or by moment.
    Figures,
}

/// One column or several names of it; the first that is there counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One name.
    One(String),
    /// Several.
    Any(Vec<String>),
}

impl Names {
    /// The names in order.
    pub fn all(&self) -> &[String] {
        match self {
            Names::One(name) => std::slice::from_ref(name),
            Names::Any(names) => names,
        }
    }
}

/// A figure: where it stands, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its column; in rows that name their figure themselves, what they call it.
    pub columns: Names,
    /// What its cells are written in.
    pub written: Written,
}

/// Rows that each hold one figure: a column that names it, and one with its value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Long {
    /// The column with the figure's name; [`SHEET`] = the sheet's name is the figure's.
    pub name: Names,
    /// The column with the value.
    pub value: Names,
}

/// The column that every row of a sheet has: the sheet's name.
pub const SHEET: &str = "@sheet";

/// Which sheets of a workbook are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sheets {
    /// The first whose header fits.
    #[default]
    First,
    /// Those of these names.
    Named(Names),
    /// All whose header fits.
    All,
}

impl Sheets {
    /// Whether a sheet is one of them.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Sheets::First | Sheets::All => true,
            Sheets::Named(names) => {
                names.all().iter().any(|n| super::names::plain(n) == super::names::plain(name))
            }
        }
    }
}

/// What a column's text says about a row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The column.
    pub column: Names,
    /// It says so with any of these, wherever upper or lower case.
    pub values: Vec<String>,
}

impl Rule {
    /// True when the column says so.
    pub fn holds(&self, value: &str) -> bool {
        let value = value.trim();
        self.values.iter().any(|v| v.eq_ignore_ascii_case(value))
    }
}

/// What the columns are called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The message's id.
    pub id: Option<Names>,
    /// Its text.
    pub text: Option<Names>,
    /// When it was written.
    pub at: Option<Names>,
    /// The conversation it belongs to.
    pub thread: Option<Names>,
    /// The id of the message it answers.
    pub in_reply_to: Option<Names>,
    /// Its author's id.
    pub author_id: Option<Names>,
    /// Its author's name.
    pub author_name: Option<Names>,
    /// Its likes.
    pub likes: Option<Names>,
    /// A post's title.
    pub title: Option<Names>,
    /// A post's form, as `[forms]` reads it.
    pub form: Option<Names>,
    /// The page that shows it.
    pub permalink: Option<Names>,
}

/// A checked profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What it is called: its file's name without the ending.
    pub name: String,
    /// One line about it.
    pub about: String,
    /// What its rows are.
    pub rows: Kind,
    /// How rows are written.
    pub format: Format,
    /// Between fields, in CSV.
    pub delimiter: u8,
    /// The channel of rows that `channel_from` says nothing of.
    pub channel: Option<ChannelId>,
    /// The column whose text names the channel.
    pub channel_from: Option<Names>,
    /// The platform; the channel's name when `None`.
    pub platform: Option<String>,
    /// The queue of rows that `messages` says nothing of.
    pub queue: Queue,
    /// The zone of times that name none.
    pub zone: Zone,
    /// How times are written.
    pub time: TimeFormat,
    /// What the columns are called.
    pub columns: Columns,
    /// The columns that make an id together, when there is no column of ids.
    pub id_from: Vec<Names>,
    /// Tells our own rows.
    pub ours: Option<Rule>,
    /// Tells direct messages.
    pub messages: Option<Rule>,
    /// The columns that say when, where no column has a date.
    pub calendar: Option<Calendar>,
    /// The figures of a post or of the account: the desk's names, and where they stand.
    pub figures: BTreeMap<String, Figure>,
    /// Where rows hold one figure each: its name and its value.
    pub long: Option<Long>,
    /// Which rows are meant; the others are counted and left.
    pub only: Option<Rule>,
    /// Which sheets of a workbook are read.
    pub sheets: Sheets,
    /// What the words of the form's column mean.
    pub forms: BTreeMap<String, Form>,
    /// The form of posts that say nothing of theirs.
    pub form: Form,
    /// Tells posts whose reach was paid for.
    pub promoted: Option<Rule>,
    /// Columns that are known and not needed.
    pub ignore: Vec<String>,
}

impl Profile {
    /// How its rows are parted.
    pub fn shape(&self) -> rows::Shape {
        match self.format {
            Format::Csv => rows::Shape::Quoted(self.delimiter),
            Format::Ndjson | Format::Events => rows::Shape::Lines,
        }
    }

    /// Reads and checks a profile; `place` is its file for messages.
    ///
    /// # Errors
    /// With the place and what is wrong there.
    pub fn parse(name: &str, place: &str, text: &str) -> Result<Profile, ProfileError> {
        let written: written::Written = toml::from_str(text).map_err(|e| {
            let at = e.span().map_or(0, |s| s.start).min(text.len());
            let line = text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
            ProfileError::Wrong { place: format!("{place}:{line}"), what: e.message().to_owned() }
        })?;
        written.checked(name).map_err(|what| ProfileError::Wrong { place: place.to_owned(), what })
    }
}
