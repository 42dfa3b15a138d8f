//! The bounds of what comes in, the same for every source.

use super::reason::{Mend, Reason, Reject};
use crate::domain::event::{MessageEvent, SlotEvent};
use crate::domain::{ChannelId, Event, PastPost, Span, Time};

/// The most bytes of a message's text.
pub const TEXT: usize = 64 * 1024;
/// The most bytes of an id: a message's, a thread's, an author's, a slot's.
pub const ID: usize = 256;
/// The most bytes of a person's name.
pub const NAME: usize = 512;
/// The most bytes of a slot's title.
pub const TITLE: usize = 1024;
/// The most bytes of a link.
pub const LINK: usize = 1024;
/// The most bytes of all attachments of a message together.
pub const ATTACHMENTS: usize = 1024;
/// The most bytes of a channel's or platform's name.
pub const CHANNEL: usize = 64;
/// How far ahead of us the clock of a source may be.
pub const AHEAD: Span = Span::hours(48);
/// How far ahead a slot may be planned.
pub const PLANNED: Span = Span::hours(24 * 366 * 2);

/// A channel's short name: lower-case letters of any script, digits, `-`, `_` and `.`.
///
/// # Errors
/// When it is none.
pub fn channel(name: &str) -> Result<ChannelId, Reject> {
    let fits = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '-' | '_' | '.');
    if name.is_empty() {
        return Err(Reason::NoChannel.into());
    }
    if name.len() > CHANNEL || !name.chars().all(fits) || name.starts_with('.') {
        return Err(Reject::with(Reason::BadChannel, name));
    }
    Ok(ChannelId(name.to_owned()))
}

/// A channel's short name made of any text, e.g. `us-airways` of `US Airways`; empty when nothing
/// of it is left.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        if slug.len() + c.len_utf8() > CHANNEL {
            break;
        }
        if c.is_alphanumeric() && !c.is_uppercase() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// Looks whether an event is within the bounds; leaves out what must not be kept and adds it to
/// `mends`.
///
/// # Errors
/// The first bound it is over.
pub fn event(event: &mut Event, now: Time, mends: &mut Vec<Mend>) -> Result<(), Reject> {
    match event {
        Event::Message(m) => message(m, now, mends),
        Event::Edited { id, text, at, .. } => {
            self::id(id, "id")?;
            self::text(text)?;
            past(*at, now)
        }
        Event::Deleted { id, at, .. } => {
            self::id(id, "id")?;
            past(*at, now)
        }
        Event::Likes { id, .. } => self::id(id, "id"),
        Event::Metrics { at, .. } => past(*at, now),
        Event::Slot(s) => slot(s, now),
        Event::Published(p) => published(p, now, mends),
    }
}

fn message(m: &mut MessageEvent, now: Time, mends: &mut Vec<Mend>) -> Result<(), Reject> {
    id(&m.id, "id")?;
    for (name, value) in [("thread", &m.thread), ("in_reply_to", &m.in_reply_to)] {
        if let Some(value) = value {
            id(value, name)?;
        }
    }
    bounded(&m.author.id, ID, "author id")?;
    bounded(&m.author.name, NAME, "author name")?;
    bounded(&m.platform, CHANNEL, "platform")?;
    past(m.at, now)?;
    if m.permalink.as_deref().is_some_and(|l| !is_link(l)) {
        m.permalink = None;
        mends.push(Mend::Link);
    }
    let all = m.attachments.len();
    m.attachments.retain(|a| is_link(&a.link));
    if m.attachments.len() < all {
        mends.push(Mend::Link);
    }
    let size: usize = m.attachments.iter().map(|a| a.link.len() + a.kind.len()).sum();
    if size > ATTACHMENTS {
        return Err(Reject::with(Reason::FieldTooLong, "attachments"));
    }
    if m.text.trim().is_empty() && all > 0 {
        return Ok(());
    }
    text(&m.text)
}

fn slot(s: &SlotEvent, now: Time) -> Result<(), Reject> {
    id(&s.id, "id")?;
    bounded(&s.title, TITLE, "title")?;
    between(s.at, now + PLANNED)
}

/// Titles, texts and figures that are too long are cut, since only their beginnings are kept.
fn published(p: &mut PastPost, now: Time, mends: &mut Vec<Mend>) -> Result<(), Reject> {
    id(&p.id, "id")?;
    bounded(&p.platform, CHANNEL, "platform")?;
    past(p.at, now)?;
    if let Some(read) = p.read {
        past(read, now)?;
    }
    if p.permalink.as_deref().is_some_and(|l| !is_link(l)) {
        p.permalink = None;
        mends.push(Mend::Link);
    }
    no_nul(&p.title, "title")?;
    no_nul(&p.text, "text")?;
    p.cut();
    Ok(())
}

fn text(text: &str) -> Result<(), Reject> {
    if text.trim().is_empty() {
        return Err(Reason::NoText.into());
    }
    if text.len() > TEXT {
        return Err(Reject::with(Reason::TextTooLong, format!("{} bytes", text.len())));
    }
    no_nul(text, "text")
}

fn id(value: &str, name: &str) -> Result<(), Reject> {
    if value.is_empty() {
        return Err(Reason::NoId.into());
    }
    bounded(value, ID, name)
}

fn bounded(value: &str, most: usize, name: &str) -> Result<(), Reject> {
    if value.len() > most {
        return Err(Reject::with(Reason::FieldTooLong, name));
    }
    no_nul(value, name)
}

fn no_nul(value: &str, name: &str) -> Result<(), Reject> {
    if value.contains('\0') { Err(Reject::with(Reason::Nul, name)) } else { Ok(()) }
}

fn past(at: Time, now: Time) -> Result<(), Reject> {
    between(at, now + AHEAD)
}

fn between(at: Time, latest: Time) -> Result<(), Reject> {
    if at < Time::EARLIEST || at > latest {
        return Err(Reject::with(Reason::TimeOutOfRange, at.rfc3339()));
    }
    Ok(())
}

/// True for a link of http or https that a line can show.
fn is_link(link: &str) -> bool {
    let plain = link.bytes().all(|b| b > b' ' && b != 0x7f) && link.len() <= LINK;
    plain && (link.starts_with("https://") || link.starts_with("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attachment, Author, Queue};
    use rstest::rstest;

    const NOW: Time = Time(1_790_000_000_000);

    fn sample() -> MessageEvent {
        MessageEvent {
            channel: ChannelId("weibo".into()),
            platform: "weibo".into(),
            queue: Queue::Comments,
            id: "1".into(),
            thread: None,
            in_reply_to: None,
            author: Author { id: "u".into(), name: "n".into() },
            ours: false,
            text: "hello".into(),
            at: NOW,
            likes: 0,
            permalink: None,
            attachments: vec![],
        }
    }

    fn checked(m: MessageEvent) -> (Result<(), Reason>, Event, Vec<Mend>) {
        let (mut event, mut mends) = (Event::Message(m), vec![]);
        let result = super::event(&mut event, NOW, &mut mends).map_err(|r| r.reason);
        (result, event, mends)
    }

    #[rstest]
    #[case::no_text(|m: &mut MessageEvent| m.text = " \n\u{3000}".into(), Reason::NoText)]
    #[case::long_text(|m: &mut MessageEvent| m.text = "x".repeat(TEXT + 1), Reason::TextTooLong)]
    #[case::nul_in_text(|m: &mut MessageEvent| m.text = "a\0b".into(), Reason::Nul)]
    #[case::nul_in_id(|m: &mut MessageEvent| m.id = "a\0b".into(), Reason::Nul)]
    #[case::nul_in_name(|m: &mut MessageEvent| m.author.name = "\0".into(), Reason::Nul)]
    #[case::no_id(|m: &mut MessageEvent| m.id.clear(), Reason::NoId)]
    #[case::long_id(|m: &mut MessageEvent| m.id = "x".repeat(ID + 1), Reason::FieldTooLong)]
    #[case::long_name(|m: &mut MessageEvent| m.author.name = "x".repeat(NAME + 1), Reason::FieldTooLong)]
    #[case::before_2004(|m: &mut MessageEvent| m.at = Time(Time::EARLIEST.0 - 1), Reason::TimeOutOfRange)]
    #[case::after_tomorrow(|m: &mut MessageEvent| m.at = NOW + AHEAD + Span(1), Reason::TimeOutOfRange)]
    fn what_is_over_a_bound_is_rejected_by_name(
        #[case] spoil: fn(&mut MessageEvent),
        #[case] reason: Reason,
    ) {
        let mut m = sample();
        spoil(&mut m);
        assert_eq!(checked(m).0, Err(reason));
    }

    #[rstest]
    #[case::escape_sequences(|m: &mut MessageEvent| m.text = "\x1b]0;x\x07 hi".into())]
    #[case::longest_text(|m: &mut MessageEvent| m.text = "x".repeat(TEXT))]
    #[case::earliest(|m: &mut MessageEvent| m.at = Time::EARLIEST)]
    #[case::no_author(|m: &mut MessageEvent| m.author = Author::default())]
    fn what_is_within_the_bounds_is_kept_verbatim(#[case] change: fn(&mut MessageEvent)) {
        let mut m = sample();
        change(&mut m);
        assert_eq!(checked(m.clone()), (Ok(()), Event::Message(m), vec![]));
    }

    #[test]
    fn a_link_that_is_not_http_is_left_out_and_told() {
        let mut m = sample();
        m.permalink = Some("javascript:alert(1)".into());
        let (result, event, mends) = checked(m.clone());
        assert_eq!((result, mends), (Ok(()), vec![Mend::Link]));
        m.permalink = None;
        assert_eq!(event, Event::Message(m));
    }

    #[test]
    fn a_picture_alone_is_a_message() {
        let mut m = sample();
        m.text.clear();
        let link = "https://img.example/1.jpg".to_owned();
        m.attachments = vec![Attachment { kind: "image".into(), size: None, link }];
        assert_eq!(checked(m).0, Ok(()));
    }

    #[rstest]
    #[case("US Airways", "us-airways")]
    #[case(" 官方 旗舰店 ", "官方-旗舰店")]
    #[case("a--b__c!", "a-b-c")]
    #[case("!!!", "")]
    fn any_text_makes_a_channel_name(#[case] text: &str, #[case] name: &str) {
        assert_eq!(slug(text), name);
        assert_eq!(channel(&slug(text)).is_ok(), !name.is_empty());
    }

    #[rstest]
    #[case("")]
    #[case("Weibo")]
    #[case("we ibo")]
    #[case("../x")]
    #[case("a\0b")]
    fn what_is_no_channel_name_is_rejected(#[case] name: &str) {
        assert!(channel(name).is_err());
    }
}
