//! Mapping profiles: what the columns of somebody else's export mean. TOML, see docs/import.md.

use super::calendar::Calendar;
use super::when::{TimeFormat, Zone};
use super::{check, rows};
use crate::domain::post::Form;
use crate::domain::{ChannelId, Queue, past_post};
use crate::text::catalogue::import as say;
use crate::text::{Lang, Shown};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The profiles that come with the program.
pub const READY: [(&str, &str); 6] = [
    ("airline_tweets", include_str!("../../profiles/airline_tweets.toml")),
    ("douyin_stream", include_str!("../../profiles/douyin_stream.toml")),
    ("events", include_str!("../../profiles/events.toml")),
    ("facebook_metrics", include_str!("../../profiles/facebook_metrics.toml")),
    ("twcs_threads", include_str!("../../profiles/twcs_threads.toml")),
    ("xhs_posts", include_str!("../../profiles/xhs_posts.toml")),
];

/// How the rows of a source are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// CSV with a header, mapped by column.
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

/// The file as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    about: String,
    #[serde(default)]
    rows: Kind,
    format: Format,
    delimiter: Option<String>,
    channel: Option<String>,
    channel_from: Option<Names>,
    platform: Option<String>,
    queue: Option<Queue>,
    zone: Option<String>,
    time: Option<String>,
    #[serde(default)]
    columns: Columns,
    #[serde(default)]
    id_from: Vec<String>,
    ours: Option<Rule>,
    messages: Option<Rule>,
    calendar: Option<Calendar>,
    #[serde(default)]
    figures: BTreeMap<String, Names>,
    #[serde(default)]
    forms: BTreeMap<String, Form>,
    form: Option<Form>,
    promoted: Option<Rule>,
    #[serde(default)]
    ignore: Vec<String>,
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
    pub id_from: Vec<String>,
    /// Tells our own rows.
    pub ours: Option<Rule>,
    /// Tells direct messages.
    pub messages: Option<Rule>,
    /// The columns that say when, where no column has a date.
    pub calendar: Option<Calendar>,
    /// A post's figures: the desk's names, and their columns.
    pub figures: BTreeMap<String, Names>,
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
        let written: Written = toml::from_str(text).map_err(|e| {
            let at = e.span().map_or(0, |s| s.start).min(text.len());
            let line = text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
            ProfileError::Wrong { place: format!("{place}:{line}"), what: e.message().to_owned() }
        })?;
        written.checked(name).map_err(|what| ProfileError::Wrong { place: place.to_owned(), what })
    }

    /// Finds a profile: a path (with a `/` or `.toml`), else a name looked up in `folders` in
    /// order, else among those that come with the program.
    ///
    /// # Errors
    /// When there is none, it cannot be read, or it is wrong.
    pub fn find(name: &str, folders: &[PathBuf]) -> Result<Profile, ProfileError> {
        let is_path = name.contains('/') || name.ends_with(".toml");
        if is_path {
            return Profile::read(Path::new(name));
        }
        for folder in folders {
            let path = folder.join(format!("{name}.toml"));
            if path.is_file() {
                return Profile::read(&path);
            }
        }
        match READY.iter().find(|(ready, _)| *ready == name) {
            Some((_, text)) => Profile::parse(name, name, text),
            None => Err(ProfileError::None {
                name: name.to_owned(),
                known: Profile::names(folders).into_keys().collect(),
            }),
        }
    }

    /// The names of all profiles, each with its line about itself.
    pub fn names(folders: &[PathBuf]) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for (name, text) in READY {
            if let Ok(p) = Profile::parse(name, name, text) {
                names.insert(p.name, p.about);
            }
        }
        // The first folder counts most, so it comes last.
        for folder in folders.iter().rev() {
            for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if let Ok(p) = Profile::read(&file.path())
                    && file.path().extension().is_some_and(|e| e == "toml")
                {
                    names.insert(p.name, p.about);
                }
            }
        }
        names
    }

    fn read(path: &Path) -> Result<Profile, ProfileError> {
        let place = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|e| ProfileError::Unreadable { place: place.clone(), why: e.to_string() })?;
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        Profile::parse(&name, &place, &text)
    }
}

impl Written {
    fn checked(self, name: &str) -> Result<Profile, String> {
        if self.format != Format::Events {
            self.check_rows()?;
        }
        let delimiter = match self.delimiter.as_deref() {
            None => b',',
            Some(d) => match d.as_bytes() {
                [b] if b.is_ascii() && !matches!(b, b'"' | b'\n' | b'\r') => *b,
                _ => return Err(format!("delimiter = {d:?}: one ASCII character")),
            },
        };
        let channel = match self.channel {
            Some(c) => Some(check::channel(&c).map_err(|_| {
                format!("channel = {c:?}: lower-case letters, digits, `-`, `_`, `.`")
            })?),
            None => None,
        };
        let zone = match self.zone.as_deref() {
            None => Zone::UTC,
            Some(z) => z
                .parse()
                .map_err(|()| format!("zone = {z:?}: like Asia/Shanghai, UTC or +08:00"))?,
        };
        let time = match self.time.as_deref() {
            None | Some("auto") => TimeFormat::Auto,
            Some("epoch-s") => TimeFormat::EpochSeconds,
            Some("epoch-ms") => TimeFormat::EpochMillis,
            Some(p) if is_pattern(p) => TimeFormat::Pattern(p.to_owned()),
            Some(p) => {
                return Err(format!(
                    "time = {p:?}: auto, epoch-s, epoch-ms or like %Y-%m-%d %H:%M"
                ));
            }
        };
        if self.format != Format::Events {
            if channel.is_none() && self.channel_from.is_none() {
                return Err("channel, or channel_from with a column, is missing".into());
            }
            if self.columns.id.is_none() && self.id_from.is_empty() {
                return Err("[columns] needs id, or id_from the columns that make one".into());
            }
        }
        Ok(Profile {
            name: name.to_owned(),
            about: self.about,
            format: self.format,
            delimiter,
            channel,
            channel_from: self.channel_from,
            platform: self.platform,
            queue: self.queue.unwrap_or(Queue::Comments),
            zone,
            time,
            columns: self.columns,
            id_from: self.id_from,
            ours: self.ours,
            messages: self.messages,
            rows: self.rows,
            calendar: self.calendar,
            figures: self.figures,
            forms: self.forms.into_iter().map(|(word, form)| (word.to_lowercase(), form)).collect(),
            form: self.form.unwrap_or_default(),
            promoted: self.promoted,
            ignore: self.ignore,
        })
    }

    /// Whether what its kind of rows needs is named.
    fn check_rows(&self) -> Result<(), String> {
        if self.rows == Kind::Messages {
            if self.columns.text.is_none() || self.columns.at.is_none() {
                return Err("[columns] needs text and at".into());
            }
            let of_posts = !self.figures.is_empty() || self.calendar.is_some();
            return match of_posts || !self.forms.is_empty() || self.promoted.is_some() {
                true => {
                    Err("figures, forms, calendar and promoted are for rows = \"posts\"".into())
                }
                false => Ok(()),
            };
        }
        if self.columns.at.is_none() && self.calendar.is_none() {
            return Err("[columns] needs at, or [calendar] the columns that say when".into());
        }
        if self.figures.is_empty() || self.figures.len() > past_post::MOST_FIGURES {
            let most = past_post::MOST_FIGURES;
            return Err(format!("[figures] needs one to {most} figures with their columns"));
        }
        match self.figures.keys().find(|n| n.is_empty() || n.len() > past_post::MOST_FIGURE_NAME) {
            Some(name) => Err(format!("[figures] {name:?}: at most 40 bytes")),
            None => Ok(()),
        }
    }
}

/// True for a chrono pattern that has a date and no mistake.
fn is_pattern(p: &str) -> bool {
    use chrono::format::{Item, StrftimeItems};
    p.contains('%') && !StrftimeItems::new(p).any(|i| matches!(i, Item::Error))
}

/// Why there is no profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// No profile of that name.
    None {
        /// The name.
        name: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// Its file cannot be read.
    Unreadable {
        /// The file.
        place: String,
        /// Why.
        why: String,
    },
    /// It says something that makes no sense.
    Wrong {
        /// File and line.
        place: String,
        /// What.
        what: String,
    },
}

impl ProfileError {
    /// One sentence for people.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            ProfileError::None { name, known } => {
                say::NO_PROFILE.fill(lang, &[("name", name), ("known", &known.join(", "))])
            }
            ProfileError::Unreadable { place, why } => {
                say::PROFILE_UNREADABLE.fill(lang, &[("place", place), ("why", why)])
            }
            ProfileError::Wrong { place, what } => {
                say::PROFILE_WRONG.fill(lang, &[("place", place), ("what", what)])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::fs;

    #[test]
    fn all_that_come_with_the_program_are_right() {
        for (name, text) in READY {
            let p = Profile::parse(name, name, text).unwrap();
            assert!(!p.about.is_empty(), "{name}");
        }
    }

    const BASE: &str =
        "format = \"csv\"\nchannel = \"c\"\n[columns]\nid=\"i\"\ntext=\"t\"\nat=\"a\"\n";

    #[rstest]
    #[case::no_toml("format = ", "x.toml:1", "")]
    #[case::unknown_key("format = \"events\"\nchanel = \"c\"", "x.toml:2", "chanel")]
    #[case::unknown_column(&format!("{BASE}mood = \"m\"\n"), "x.toml:7", "mood")]
    #[case::no_channel(
        "format = \"csv\"\n[columns]\nid=\"i\"\ntext=\"t\"\nat=\"a\"",
        "x.toml",
        "channel"
    )]
    #[case::no_text(
        "format = \"csv\"\nchannel = \"c\"\n[columns]\nid=\"i\"\nat=\"a\"",
        "x.toml",
        "text"
    )]
    #[case::no_id(
        "format = \"csv\"\nchannel = \"c\"\n[columns]\ntext=\"i\"\nat=\"a\"",
        "x.toml",
        "id_from"
    )]
    #[case::no_figures(
        "format = \"csv\"\nrows=\"posts\"\nchannel = \"c\"\n[columns]\nid=\"i\"\nat=\"a\"",
        "x.toml",
        "[figures]"
    )]
    #[case::no_day(
        "format = \"csv\"\nrows=\"posts\"\nchannel = \"c\"\n[columns]\nid=\"i\"\n[figures]\nlikes=\"l\"",
        "x.toml",
        "[calendar]"
    )]
    #[case::figures_of_messages(&format!("{BASE}[figures]\nlikes=\"l\"\n"), "x.toml", "posts")]
    #[case::zone(&format!("zone = \"Mars\"\n{BASE}"), "x.toml", "Mars")]
    #[case::time(&format!("time = \"%Q\"\n{BASE}"), "x.toml", "%Q")]
    #[case::delimiter(&format!("delimiter = \"||\"\n{BASE}"), "x.toml", "delimiter")]
    #[case::slug(&format!("channel = \"A B\"\n{}", BASE.replace("channel = \"c\"\n", "")), "x.toml", "A B")]
    fn what_is_wrong_is_told_with_its_place(
        #[case] text: &str,
        #[case] at: &str,
        #[case] about: &str,
    ) {
        let Err(ProfileError::Wrong { place, what }) = Profile::parse("x", "x.toml", text) else {
            panic!("taken: {text}")
        };
        assert_eq!(place, at);
        assert!(what.contains(about), "{what}");
    }

    #[test]
    fn a_name_is_looked_up_in_the_folders_in_order_then_among_the_ready_ones() {
        let (desk, user) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = [desk.path().to_owned(), user.path().to_owned()];
        let about = |s: &str| format!("about = \"{s}\"\nformat = \"events\"\n");
        fs::write(desk.path().join("both.toml"), about("desk")).unwrap();
        fs::write(user.path().join("both.toml"), about("user")).unwrap();
        fs::write(user.path().join("mine.toml"), about("mine")).unwrap();
        assert_eq!(Profile::find("both", &folders).unwrap().about, "desk");
        assert_eq!(Profile::find("mine", &folders).unwrap().about, "mine");
        assert_eq!(Profile::find("events", &folders).unwrap().format, Format::Events);
        let path = user.path().join("both.toml").display().to_string();
        assert_eq!(Profile::find(&path, &folders).unwrap().about, "user");
        let names = Profile::names(&folders);
        assert_eq!(names["both"], "desk");
        assert_eq!(names.len(), READY.len() + 2);
        let said = Profile::find("nothing", &folders).unwrap_err().say(Lang::En);
        assert!(said.as_str().contains("nothing") && said.as_str().contains("mine"));
    }
}
