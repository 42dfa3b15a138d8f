//! Why a row was not taken: one name for each, counted in the report and written beside the row.

use crate::text::Msg;
use crate::text::catalogue::import as say;
use std::fmt;

/// Why a row was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// No text, and nothing sent along.
    NoText,
    /// No time.
    NoTime,
    /// No id, and none could be made.
    NoId,
    /// No channel.
    NoChannel,
    /// A time that cannot be read.
    BadTime,
    /// A time before 2004 or more than two days ahead.
    TimeOutOfRange,
    /// A text over the bound.
    TextTooLong,
    /// A row over the bound.
    RowTooLong,
    /// Another field over its bound.
    FieldTooLong,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// A NUL character.
    Nul,
    /// More or fewer fields than the header has.
    FieldCount,
    /// A quote that is not closed, or not where it may be.
    BadQuotes,
    /// Not a JSON object.
    NotJson,
    /// A JSON object that is no event of the documented format.
    NotAnEvent,
    /// A channel's name that is none.
    BadChannel,
    /// The source ended in the middle of it.
    CutOff,
    /// None of its figures can be read.
    BadFigure,
    /// The desk could not place it.
    Desk,
    /// It adds up other rows.
    Sum,
    /// The profile says that such rows are not meant.
    NotMeant,
    /// It tells no figure at all.
    NoFigure,
    /// A row above the header, or the header once more.
    NotData,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 23] = [
        Reason::NoText,
        Reason::NoTime,
        Reason::NoId,
        Reason::NoChannel,
        Reason::BadTime,
        Reason::TimeOutOfRange,
        Reason::TextTooLong,
        Reason::RowTooLong,
        Reason::FieldTooLong,
        Reason::InvalidUtf8,
        Reason::Nul,
        Reason::FieldCount,
        Reason::BadQuotes,
        Reason::NotJson,
        Reason::NotAnEvent,
        Reason::BadChannel,
        Reason::CutOff,
        Reason::BadFigure,
        Reason::Desk,
        Reason::Sum,
        Reason::NotMeant,
        Reason::NoFigure,
        Reason::NotData,
    ];

    /// True when the row is no fault of the source: it simply holds nothing to take.
    pub fn is_beside(self) -> bool {
        matches!(self, Reason::Sum | Reason::NotMeant | Reason::NoFigure | Reason::NotData)
    }

    /// Its name in `--json` output and in the file of rejected rows; never changes.
    pub fn code(self) -> &'static str {
        match self {
            Reason::NoText => "no-text",
            Reason::NoTime => "no-time",
            Reason::NoId => "no-id",
            Reason::NoChannel => "no-channel",
            Reason::BadTime => "bad-time",
            Reason::TimeOutOfRange => "time-out-of-range",
            Reason::TextTooLong => "text-too-long",
            Reason::RowTooLong => "row-too-long",
            Reason::FieldTooLong => "field-too-long",
            Reason::InvalidUtf8 => "invalid-utf8",
            Reason::Nul => "nul",
            Reason::FieldCount => "field-count",
            Reason::BadQuotes => "bad-quotes",
            Reason::NotJson => "not-json",
            Reason::NotAnEvent => "not-an-event",
            Reason::BadChannel => "bad-channel",
            Reason::CutOff => "cut-off",
            Reason::BadFigure => "bad-figure",
            Reason::Desk => "desk",
            Reason::Sum => "sum",
            Reason::NotMeant => "not-meant",
            Reason::NoFigure => "no-figure",
            Reason::NotData => "not-data",
        }
    }

    /// Its name for people.
    pub fn msg(self) -> Msg {
        match self {
            Reason::NoText => say::NO_TEXT,
            Reason::NoTime => say::NO_TIME,
            Reason::NoId => say::NO_ID,
            Reason::NoChannel => say::NO_CHANNEL,
            Reason::BadTime => say::BAD_TIME,
            Reason::TimeOutOfRange => say::TIME_OUT_OF_RANGE,
            Reason::TextTooLong => say::TEXT_TOO_LONG,
            Reason::RowTooLong => say::ROW_TOO_LONG,
            Reason::FieldTooLong => say::FIELD_TOO_LONG,
            Reason::InvalidUtf8 => say::INVALID_UTF8,
            Reason::Nul => say::NUL,
            Reason::FieldCount => say::FIELD_COUNT,
            Reason::BadQuotes => say::BAD_QUOTES,
            Reason::NotJson => say::NOT_JSON,
            Reason::NotAnEvent => say::NOT_AN_EVENT,
            Reason::BadChannel => say::BAD_CHANNEL,
            Reason::CutOff => say::CUT_OFF,
            Reason::BadFigure => say::BAD_FIGURE,
            Reason::Desk => say::DESK,
            Reason::Sum => say::SUM,
            Reason::NotMeant => say::NOT_MEANT,
            Reason::NoFigure => say::NO_FIGURE,
            Reason::NotData => say::NOT_DATA,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A rejection: the reason, and where within the row when that helps (verbatim, unsafe to print).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Why.
    pub reason: Reason,
    /// What exactly, e.g. ``field `likes`: a whole number``; may be empty.
    pub detail: String,
}

/// For the channel's log: in English, as everything there.
impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.code())?;
        match self.detail.as_str() {
            "" => Ok(()),
            detail => write!(f, ": {detail}"),
        }
    }
}

impl Reject {
    /// With a detail.
    pub fn with(reason: Reason, detail: impl fmt::Display) -> Reject {
        Reject { reason, detail: detail.to_string() }
    }
}

impl From<Reason> for Reject {
    fn from(reason: Reason) -> Reject {
        Reject { reason, detail: String::new() }
    }
}

/// What was mended or left out of a row that was taken all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mend {
    /// Likes that are no number count as 0.
    Likes,
    /// A link that is not http or https was left out.
    Link,
    /// A figure that cannot be read was left out.
    Figure,
    /// A figure was written in round numbers: `2.2万`.
    Rounded,
}

impl Mend {
    /// Its name in `--json` output; never changes.
    pub fn code(self) -> &'static str {
        match self {
            Mend::Likes => "likes-unreadable",
            Mend::Link => "link-left-out",
            Mend::Figure => "figure-unreadable",
            Mend::Rounded => "figure-rounded",
        }
    }

    /// Its name for people.
    pub fn msg(self) -> Msg {
        match self {
            Mend::Likes => say::LIKES_UNREADABLE,
            Mend::Link => say::LINK_LEFT_OUT,
            Mend::Figure => say::FIGURE_UNREADABLE,
            Mend::Rounded => say::FIGURE_ROUNDED,
        }
    }
}
