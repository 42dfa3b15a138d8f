//! What is wrong with a settings file, where, and how to mend it: one sentence.

use crate::text::catalogue::desk as say;
use crate::text::{Lang, Shown};
use std::fmt;
use std::path::{Path, PathBuf};

/// A mistake in a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1; `None` when the file as a whole is meant.
    pub line: Option<usize>,
    /// The setting; empty when none is meant.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The file cannot be read; the system's reason.
    Unreadable(String),
    /// The file cannot be written; the system's reason.
    Unwritable(String),
    /// Not TOML, an unknown setting or a value of the wrong kind; the parser's words.
    Toml(String),
    /// Not a length of time.
    NotALength(String),
    /// Not a time zone.
    NotAZone(String),
    /// Not a size on disk.
    NotASize(String),
    /// Not a publishing time; the part that was not understood.
    NotASlot(String),
    /// Not a channel's id.
    NotAnId(String),
    /// A word that is none of these.
    NotOneOf(String, String),
    /// A number that is not between these two.
    OutOfRange(String, i64, i64),
    /// Nothing where there must be something.
    Empty,
    /// A name that was given before.
    Twice(String),
    /// A rule behind one that matches everything.
    NeverReached(String),
    /// Declared names on a desk that others use, too.
    DeclaredOnShared,
    /// A filter that cannot be read, and why.
    NotAFilter(Box<crate::domain::Refusal>),
    /// A place in a text that nothing is known to fill with, and those that are.
    NotAPlace(String, String),
    /// More bytes than there may be.
    TooLong(usize, usize),
    /// No key of a keyboard.
    NotAKey(String),
    /// No opening hours; the part that was not understood.
    NotHours(String),
    /// No weekdays.
    NotADay(String),
    /// No date, and no two of them.
    NotADate(String),
    /// A name that cannot be given.
    NotAName(String),
    /// A calendar without an open hour in the next year.
    NeverOpen(String),
    /// No single letter, or one that moves in a menu.
    NotAMenuKey(String),
    /// Not a label.
    NotALabel(String),
    /// Not a moment, as `snooze` reads it.
    NotAMoment(String),
    /// A step that says nothing, or several things.
    NotOneStep,
    /// No number of posts a day.
    NotPerDay(String),
    /// A planned time that begins in the quiet hours.
    QuietSlot(String),
    /// So many planned times on one day, and so many posts may be.
    MorePlanned(u32, u32),
    /// A platform of which no usual times are known, and those of which they are.
    NoHandbook(String, String),
    /// Every approver's word, and no approvers.
    AllOfNobody,
    /// A post's file without front matter.
    NoFrontMatter,
    /// Front matter that does not end.
    OpenFrontMatter,
    /// A text before the first channel of a post's file.
    NoSection,
    /// A text in the front matter and below it.
    TextTwice,
    /// A formula that cannot be read, and why.
    NotAFormula(String),
    /// A name that no formula can speak of.
    NotAFigureName(String),
    /// Not what goes into the log; the part that was not understood.
    NotALogFilter(String),
}

impl ConfigError {
    /// A mistake at a place; `field` is empty when none is meant.
    pub fn at(file: &Path, line: Option<usize>, field: &str, problem: Problem) -> ConfigError {
        ConfigError { file: file.to_owned(), line, field: field.to_owned(), problem }
    }

    /// The sentence: where, what, and what to do.
    pub fn say(&self, lang: Lang) -> Shown {
        let file = self.file.display();
        let place = match self.line {
            Some(line) => format!("{file}:{line}"),
            None => file.to_string(),
        };
        let what = self.problem.what(lang);
        let mend = self.problem.mend(lang);
        if self.field.is_empty() {
            say::WRONG_FILE.fill(lang, &[("place", &place), ("what", &what), ("mend", &mend)])
        } else {
            let field = &self.field;
            let values: [(&str, &dyn fmt::Display); 4] =
                [("place", &place), ("field", field), ("what", &what), ("mend", &mend)];
            say::WRONG_SETTING.fill(lang, &values)
        }
    }
}

impl Problem {
    /// What is wrong.
    fn what(&self, lang: Lang) -> Shown {
        match self {
            Problem::Unreadable(why) => say::UNREADABLE.fill(lang, &[("why", why)]),
            Problem::Unwritable(why) => say::UNWRITABLE.fill(lang, &[("why", why)]),
            Problem::Toml(why) => say::BAD_TOML.fill(lang, &[("why", &plain(why))]),
            Problem::NotALength(v) => say::NOT_A_LENGTH.fill(lang, &[("value", v)]),
            Problem::NotAZone(v) => say::NOT_A_ZONE.fill(lang, &[("value", v)]),
            Problem::NotASize(v) => say::NOT_A_SIZE.fill(lang, &[("value", v)]),
            Problem::NotASlot(v) => say::NOT_A_SLOT.fill(lang, &[("value", v)]),
            Problem::NotAnId(v) => say::NOT_AN_ID.fill(lang, &[("value", v)]),
            Problem::NotOneOf(v, _) => say::NOT_ONE_OF.fill(lang, &[("value", v)]),
            Problem::OutOfRange(v, ..) => say::OUT_OF_RANGE.fill(lang, &[("value", v)]),
            Problem::Empty => say::EMPTY_SETTING.say(lang),
            Problem::Twice(v) => say::TWICE.fill(lang, &[("value", v)]),
            Problem::NeverReached(by) => say::NEVER_REACHED.fill(lang, &[("by", by)]),
            Problem::DeclaredOnShared => say::DECLARED_ON_SHARED.say(lang),
            Problem::NotAFilter(why) => why.say(lang),
            Problem::NotAPlace(v, _) => say::NOT_A_PLACE.fill(lang, &[("value", v)]),
            Problem::TooLong(n, _) => say::TOO_LONG_SETTING.fill(lang, &[("n", n)]),
            Problem::NotAKey(v) => say::NOT_A_KEY.fill(lang, &[("value", v)]),
            Problem::NotHours(v) => say::NOT_HOURS.fill(lang, &[("value", v)]),
            Problem::NotADay(v) => say::NOT_A_DAY.fill(lang, &[("value", v)]),
            Problem::NotADate(v) => say::NOT_A_DATE.fill(lang, &[("value", v)]),
            Problem::NotAName(v) => say::NOT_A_NAME.fill(lang, &[("value", v)]),
            Problem::NeverOpen(v) => say::NEVER_OPEN.fill(lang, &[("value", v)]),
            Problem::NotAMenuKey(v) => say::NOT_A_MENU_KEY.fill(lang, &[("value", v)]),
            Problem::NotALabel(v) => say::NOT_A_LABEL.fill(lang, &[("value", v)]),
            Problem::NotAMoment(v) => say::NOT_A_MOMENT.fill(lang, &[("value", v)]),
            Problem::NotOneStep => say::NOT_ONE_STEP.say(lang),
            Problem::NotPerDay(v) => say::NOT_PER_DAY.fill(lang, &[("value", v)]),
            Problem::QuietSlot(v) => say::QUIET_SLOT.fill(lang, &[("value", v)]),
            Problem::MorePlanned(n, most) => {
                say::MORE_PLANNED.fill(lang, &[("n", n), ("most", most)])
            }
            Problem::NoHandbook(v, _) => say::NO_HANDBOOK.fill(lang, &[("value", v)]),
            Problem::AllOfNobody => say::ALL_OF_NOBODY.say(lang),
            Problem::NoFrontMatter => say::NO_FRONT_MATTER.say(lang),
            Problem::OpenFrontMatter => say::OPEN_FRONT_MATTER.say(lang),
            Problem::NoSection => say::NO_SECTION.say(lang),
            Problem::TextTwice => say::TEXT_TWICE.say(lang),
            Problem::NotAFormula(why) => say::NOT_A_FORMULA.fill(lang, &[("why", why)]),
            Problem::NotAFigureName(v) => say::NOT_A_FIGURE_NAME.fill(lang, &[("value", v)]),
            Problem::NotALogFilter(v) => say::NOT_A_LOG_FILTER.fill(lang, &[("value", v)]),
        }
    }

    /// What to do about it.
    fn mend(&self, lang: Lang) -> Shown {
        match self {
            Problem::Unreadable(_) | Problem::Unwritable(_) => say::MEND_FILE.say(lang),
            Problem::Toml(_) => say::MEND_TOML.say(lang),
            Problem::NotALength(_) => say::MEND_LENGTH.say(lang),
            Problem::NotAZone(_) => say::MEND_ZONE.say(lang),
            Problem::NotASize(_) => say::MEND_SIZE.say(lang),
            Problem::NotASlot(_) => say::MEND_SLOT.say(lang),
            Problem::NotAnId(_) => say::MEND_ID.say(lang),
            Problem::NotOneOf(_, known) => say::MEND_ONE_OF.fill(lang, &[("known", known)]),
            Problem::OutOfRange(_, from, to) => {
                say::MEND_RANGE.fill(lang, &[("from", from), ("to", to)])
            }
            Problem::Empty => say::MEND_EMPTY.say(lang),
            Problem::Twice(_) => say::MEND_TWICE.say(lang),
            Problem::NeverReached(_) => say::MEND_NEVER_REACHED.say(lang),
            Problem::DeclaredOnShared => say::MEND_DECLARED.say(lang),
            Problem::NotAFilter(_) => say::MEND_FILTER.say(lang),
            Problem::NotAPlace(_, known) => say::MEND_PLACE.fill(lang, &[("known", known)]),
            Problem::TooLong(_, most) => say::MEND_TOO_LONG.fill(lang, &[("most", most)]),
            Problem::NotAKey(_) => say::MEND_KEY.say(lang),
            Problem::NotHours(_) => say::MEND_HOURS.say(lang),
            Problem::NotADay(_) => say::MEND_DAY.say(lang),
            Problem::NotADate(_) => say::MEND_DATE.say(lang),
            Problem::NotAName(_) => say::MEND_NAME.say(lang),
            Problem::NeverOpen(_) => say::MEND_NEVER_OPEN.say(lang),
            Problem::NotAMenuKey(_) => say::MEND_MENU_KEY.say(lang),
            Problem::NotALabel(_) => say::MEND_LABEL.say(lang),
            Problem::NotAMoment(_) => say::MEND_MOMENT.say(lang),
            Problem::NotOneStep => say::MEND_ONE_STEP.say(lang),
            Problem::NotPerDay(_) => say::MEND_PER_DAY.say(lang),
            Problem::QuietSlot(_) => say::MEND_QUIET_SLOT.say(lang),
            Problem::MorePlanned(..) => say::MEND_MORE_PLANNED.say(lang),
            Problem::NoHandbook(_, known) => say::MEND_NO_HANDBOOK.fill(lang, &[("known", known)]),
            Problem::AllOfNobody => say::MEND_ALL_OF_NOBODY.say(lang),
            Problem::NoFrontMatter => say::MEND_FRONT_MATTER.say(lang),
            Problem::OpenFrontMatter => say::MEND_OPEN_FRONT_MATTER.say(lang),
            Problem::NoSection => say::MEND_SECTION.say(lang),
            Problem::TextTwice => say::MEND_TEXT_TWICE.say(lang),
            Problem::NotAFormula(_) => say::MEND_FORMULA.say(lang),
            Problem::NotAFigureName(_) => say::MEND_FIGURE_NAME.say(lang),
            Problem::NotALogFilter(_) => say::MEND_LOG_FILTER
                .fill(lang, &[("rooms", &super::log_filter::LogFilter::ROOMS.join(", "))]),
        }
    }
}

/// The parser's words on one line, without a full stop of their own.
fn plain(why: &str) -> String {
    why.trim().trim_end_matches('.').replace('\n', ", ")
}

/// The sentence in English; where the language is known, [`ConfigError::say`] is the one to use.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.say(Lang::En).as_str())
    }
}

impl std::error::Error for ConfigError {}
