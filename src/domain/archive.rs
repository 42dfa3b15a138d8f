//! The archive of old conversations: the month a file is named after, what keeps a conversation on the
//! desk, and how far a run has come.

use super::{Conversation, ConversationId, Message, MessageKind, Span, State, Time};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar month, e.g. `2026-03`; compares as time goes.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Month(u32);

impl Month {
    /// The month a moment lies in, by the zone's calendar.
    pub fn of(at: Time, zone: chrono_tz::Tz) -> Month {
        let at = at.in_zone(zone);
        Month(u32::try_from(at.year()).unwrap_or(0).min(9_999) * 100 + at.month())
    }

    /// The number it is kept under: year and month, e.g. 202603.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The month of such a number.
    pub fn numbered(number: u32) -> Option<Month> {
        let is_month = (1..=12).contains(&(number % 100)) && number / 100 <= 9_999;
        is_month.then_some(Month(number))
    }

    /// When it is over, by the zone's calendar.
    pub fn end(self, zone: chrono_tz::Tz) -> Time {
        let (year, month) = (self.0 / 100, self.0 % 100);
        let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let first = chrono::NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(0), month, 1);
        let first = first.unwrap_or_default().and_time(chrono::NaiveTime::MIN);
        Time::from_local(first, zone)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 100, self.0 % 100)
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

/// That a text is no month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a month (e.g. 2026-03)")]
pub struct NoMonth;

impl FromStr for Month {
    type Err = NoMonth;

    fn from_str(text: &str) -> Result<Month, NoMonth> {
        let (year, month) = text.split_once('-').ok_or(NoMonth)?;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if (year.len(), month.len()) != (4, 2) || !digits(year) || !digits(month) {
            return Err(NoMonth);
        }
        let number = |text: &str| text.parse::<u32>().map_err(|_| NoMonth);
        Month::numbered(number(year)? * 100 + number(month)?).ok_or(NoMonth)
    }
}

impl TryFrom<String> for Month {
    type Error = NoMonth;

    fn try_from(text: String) -> Result<Month, NoMonth> {
        text.parse()
    }
}

/// What keeps a conversation on the desk although it is old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stays {
    /// It is not resolved.
    Open,
    /// Something happened in it since.
    Recent,
    /// Somebody works on it, or a lead is to look at it.
    InHand,
    /// Something of it is on its way out, or a draft waits in it.
    Owed,
    /// The desk learns from what an operator said of it, or the topic pool names it.
    Used,
    /// It holds a post of ours that others hang below.
    Post,
    /// It is too long for a line of the archive.
    Long,
}

impl Stays {
    /// All of them, in the order they are told.
    pub const ALL: [Stays; 7] = [
        Stays::Open,
        Stays::Recent,
        Stays::InHand,
        Stays::Owed,
        Stays::Used,
        Stays::Post,
        Stays::Long,
    ];
}

/// What the record alone tells: whether a conversation of which nothing happened since `before` may be
/// archived.
///
/// # Errors
/// What keeps it.
pub fn may_go(c: &Conversation, before: Time) -> Result<(), Stays> {
    if c.state != State::Resolved {
        return Err(Stays::Open);
    }
    if c.claim.is_some() || c.escalated.is_some() {
        return Err(Stays::InHand);
    }
    let last = [c.resolved_at, c.last_inbound, c.last_reply, c.set_aside];
    if last.into_iter().flatten().any(|at| at >= before) {
        return Err(Stays::Recent);
    }
    Ok(())
}

/// The same, by its messages too; answers when something happened in it last.
///
/// # Errors
/// What keeps it.
pub fn may_go_with<'a>(
    c: &Conversation,
    messages: impl Iterator<Item = &'a Message>,
    before: Time,
) -> Result<Time, Stays> {
    may_go(c, before)?;
    let mut last = c.resolved_at.unwrap_or_default();
    for m in messages {
        if m.kind == MessageKind::Post {
            return Err(Stays::Post);
        }
        if m.is_in_outbox() {
            return Err(Stays::Owed);
        }
        let times = [Some(m.at), Some(m.arrived), m.withdrawn, m.edited];
        last = times.into_iter().flatten().fold(last, Time::max);
    }
    if last >= before { Err(Stays::Recent) } else { Ok(last) }
}

/// How far a run over the desk is: of the part just looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Conversations looked at.
    pub looked: u64,
    /// Archived, or, when only counted, those that would be.
    pub archived: u64,
    /// What stays, and why.
    pub stays: Vec<(Stays, u64)>,
    /// Go on after this one; `None` = that was all.
    pub next: Option<ConversationId>,
    /// The last conversation there is, to tell how far it is.
    pub last: ConversationId,
}

impl Step {
    /// One more stays.
    pub fn stays(&mut self, why: Stays) {
        match self.stays.iter_mut().find(|(known, _)| *known == why) {
            Some((_, n)) => *n += 1,
            None => self.stays.push((why, 1)),
        }
    }

    /// Takes another part in.
    pub fn add(&mut self, other: &Step) {
        self.looked += other.looked;
        self.archived += other.archived;
        for (why, n) in &other.stays {
            match self.stays.iter_mut().find(|(known, _)| known == why) {
                Some((_, known)) => *known += n,
                None => self.stays.push((*why, *n)),
            }
        }
        (self.next, self.last) = (other.next, other.last);
    }
}

/// A month of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthRow {
    /// Which.
    pub month: Month,
    /// Conversations in it.
    pub conversations: u64,
    /// Bytes of its file.
    pub bytes: u64,
}

/// What a desk keeps for how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Conversations in which nothing has happened for this long are archived.
    pub archive_after: Option<Span>,
    /// Months of the archive that have been over for this long are deleted.
    pub delete_after: Option<Span>,
}

impl Retention {
    /// True when there is nothing to do by itself.
    pub fn is_off(&self) -> bool {
        self.archive_after.is_none() && self.delete_after.is_none()
    }
}

/// A length of time as retention writes it: as [`Span::parse`] reads it, or in years of 365 days (`3y`).
pub fn length(written: &str) -> Option<Span> {
    match written.trim().strip_suffix('y') {
        Some(years) => {
            let years: i64 = years.parse().ok().filter(|years| (1..=50).contains(years))?;
            Some(Span::hours(24 * 365 * years))
        }
        None => Span::parse(written),
    }
}

/// The shortest time after which a conversation may be archived.
pub const LEAST: Span = Span::hours(24);
/// The shortest time after which a month of the archive may be deleted.
pub const LEAST_KEPT: Span = Span::hours(24 * 30);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::inbound;
    use crate::domain::{ChannelId, Claim, OperatorName, Queue, SessionId};
    use rstest::rstest;

    #[rstest]
    #[case("2026-03", Some(202_603))]
    #[case("0001-12", Some(112))]
    #[case("2026-13", None)]
    #[case("2026-00", None)]
    #[case("2026-3", None)]
    #[case("26-03", None)]
    #[case("+026-03", None)]
    #[case("", None)]
    fn months_are_read(#[case] text: &str, #[case] number: Option<u32>) {
        let month = text.parse::<Month>().ok();
        assert_eq!(month.map(Month::number), number);
        if let Some(month) = month {
            assert_eq!(month.to_string(), text);
        }
    }

    #[test]
    fn a_month_is_the_zones() {
        let zone = chrono_tz::Asia::Shanghai;
        let new_year = Time::from_local(
            chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().and_time(chrono::NaiveTime::MIN),
            zone,
        );
        assert_eq!(Month::of(new_year, zone).to_string(), "2026-01");
        assert_eq!(Month::of(new_year - Span(1), zone).to_string(), "2025-12");
        assert_eq!(Month::of(new_year, chrono_tz::UTC).to_string(), "2025-12");
        assert_eq!(Month::of(new_year - Span(1), zone).end(zone), new_year);
    }

    #[test]
    fn retention_is_written_in_years_too() {
        assert_eq!(length("3y"), Some(Span::hours(24 * 365 * 3)));
        assert_eq!(length("180d"), Some(Span::hours(24 * 180)));
        for wrong in ["y", "-1y", "0y", "99y", "1y6d", "never"] {
            assert_eq!(length(wrong), None, "{wrong}");
        }
    }

    fn resolved() -> Conversation {
        let mut c = Conversation::new(
            ConversationId(1),
            Queue::Comments,
            ChannelId("weibo".into()),
            "weibo".into(),
            "r".into(),
        );
        c.state = State::Resolved;
        c.resolved_at = Some(Time(5_000));
        c
    }

    #[test]
    fn what_is_owed_open_or_recent_stays() {
        let before = Time(60_000_000);
        let old = [inbound(0, "hello")];
        let why =
            |c: &Conversation, messages: &[Message]| may_go_with(c, messages.iter(), before).err();
        assert_eq!(why(&resolved(), &old), None);
        assert_eq!(
            why(&Conversation { state: State::Pending, ..resolved() }, &old),
            Some(Stays::Open)
        );
        let claim =
            Claim { operator: OperatorName("bo".into()), session: SessionId(1), since: Time(0) };
        assert_eq!(
            why(&Conversation { claim: Some(claim), ..resolved() }, &old),
            Some(Stays::InHand)
        );
        let late = Conversation { resolved_at: Some(before), ..resolved() };
        assert_eq!(why(&late, &old), Some(Stays::Recent));
        let mut taken_back = inbound(0, "hello");
        taken_back.withdrawn = Some(before);
        assert_eq!(why(&resolved(), &[taken_back]), Some(Stays::Recent));
        let mut post = inbound(0, "news");
        post.kind = MessageKind::Post;
        assert_eq!(why(&resolved(), &[post]), Some(Stays::Post));
    }
}
