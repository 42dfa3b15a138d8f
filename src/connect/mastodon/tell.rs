//! A status as the desk's event: its text, what hangs on it, when it was written.

use super::entities::Status;
use super::html;
use super::me::Me;
use crate::connect::check;
use crate::domain::{Queue, Span, Time};
use serde_json::{Value, json};

/// The clocks that moments are held against.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The server's, if it tells it.
    pub server: Option<Time>,
    /// Ours, which the desk checks with.
    pub ours: Time,
}

impl Clock {
    /// What a moment is taken for: none lies ahead of the server's clock, or so far ahead of ours
    /// that the desk would leave the message out.
    pub fn moment(&self, said: Option<Time>) -> Time {
        let now = self.server.unwrap_or(self.ours);
        let said = said.filter(|at| *at >= Time::EARLIEST).unwrap_or(now);
        let latest = self.server.unwrap_or(Time(i64::MAX));
        said.min(latest).min(self.ours + Span::hours(23))
    }
}

/// A moment as events write it.
pub fn written(at: Time) -> String {
    at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// The text of a status: its warning, its words, its poll.
pub fn text(status: &Status) -> String {
    let mut text = String::new();
    let warning = status.spoiler_text.trim();
    if !warning.is_empty() {
        text.push_str(&format!("CW: {warning}\n\n"));
    }
    text.push_str(&html::text(&status.content));
    if let Some(poll) = &status.poll.0 {
        for choice in poll.options.iter() {
            let votes = choice.votes_count.map(|n| format!(" ({n})")).unwrap_or_default();
            text.push_str(&format!("\n○ {}{votes}", choice.title.trim()));
        }
    }
    html::cut(text.replace('\0', "").trim().to_owned())
}

/// Pictures and the like, as many as an event may have.
fn attachments(status: &Status) -> Vec<Value> {
    let media = status.media_attachments.iter().filter_map(|media| {
        let kind = match media.kind.as_str() {
            "image" => "image",
            "video" | "gifv" => "video",
            "audio" => "voice",
            _ => "file",
        };
        let link = media.url.0.as_deref().filter(|l| !l.is_empty());
        Some((kind, link.or(media.remote_url.0.as_deref())?))
    });
    let card = status.card.0.as_ref().map(|card| ("link", card.url.as_str()));
    let mut room = check::ATTACHMENTS;
    let fits = |(kind, link): &(&str, &str)| {
        let size = kind.len() + link.len();
        let leads = link.starts_with("https://") || link.starts_with("http://");
        let is_fit = leads && link.len() <= check::LINK && size <= room;
        room -= if is_fit { size } else { 0 };
        is_fit
    };
    let all = media.chain(card).filter(fits);
    all.map(|(kind, link)| json!({"kind": kind, "link": link})).collect()
}

/// Who wrote it, as a person reads it: what they call themselves, and their address.
fn author(status: &Status) -> String {
    let account = &status.account;
    let acct = match account.acct.is_empty() {
        true => account.username.as_str(),
        false => account.acct.as_str(),
    };
    let shown = account.display_name.trim();
    let mut name = match shown.is_empty() || shown == account.username.as_str() || shown == acct {
        true => format!("@{acct}"),
        false => format!("{shown} @{acct}"),
    };
    name.retain(|c| c != '\0');
    while name.len() > check::NAME {
        // From the end of the name they chose; the address comes behind it.
        name.drain(..crate::text::next_boundary(&name, 0).max(1));
    }
    name
}

/// A status as a `message`.
pub fn message(
    status: &Status,
    me: &Me,
    queue: Queue,
    thread: Option<&str>,
    clock: Clock,
) -> Option<Value> {
    let id = status.id.get().filter(|id| id.len() <= check::ID)?;
    let attachments = attachments(status);
    let mut text = text(status);
    if text.is_empty() && attachments.is_empty() {
        // Something was written, though nothing of it can be shown.
        text = status.url.0.clone().unwrap_or_else(|| "…".to_owned());
    }
    let likes = u32::try_from(status.favourites_count.unwrap_or(0)).unwrap_or(u32::MAX);
    let mut event = json!({
        "event": "message",
        "queue": queue,
        "id": id,
        "author": {"id": status.account.id.0, "name": author(status)},
        "ours": me.wrote(status),
        "text": text,
        "at": written(clock.moment(status.created_at.0)),
        "likes": likes,
        "attachments": attachments,
    });
    let more = [
        ("thread", thread),
        ("in_reply_to", status.in_reply_to_id.get()),
        ("permalink", status.url.0.as_deref()),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            event[name] = json!(value);
        }
    }
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::events;
    use crate::domain::Event;
    use rstest::rstest;

    const NOW: Time = Time(1_790_000_000_000);

    fn read(status: Value) -> Status {
        serde_json::from_value(status).unwrap()
    }

    #[rstest]
    #[case::as_said(Some(NOW), Some(NOW + Span::minutes(-5)), NOW + Span::minutes(-5))]
    #[case::ahead(Some(NOW), Some(NOW + Span::hours(3)), NOW)]
    #[case::ahead_of_us_only(Some(NOW + Span::hours(20)), Some(NOW + Span::hours(20)), NOW + Span::hours(20))]
    #[case::no_clock(None, Some(NOW + Span::hours(3)), NOW + Span::hours(3))]
    #[case::far_ahead(None, Some(NOW + Span::hours(300)), NOW + Span::hours(23))]
    #[case::none(Some(NOW + Span::hours(1)), None, NOW + Span::hours(1))]
    #[case::long_ago(Some(NOW), Some(Time(0)), NOW)]
    fn moments_are_held_against_the_servers_clock(
        #[case] server: Option<Time>,
        #[case] said: Option<Time>,
        #[case] taken: Time,
    ) {
        assert_eq!(Clock { server, ours: NOW }.moment(said), taken);
    }

    #[test]
    fn everything_of_a_status_comes_over() {
        let long = format!("https://img.example/{}", "x".repeat(990));
        let status = read(json!({
            "id": "42", "in_reply_to_id": "40", "visibility": "public", "spoiler_text": "food",
            "content": "<p>good?</p>", "created_at": "2026-01-02T10:11:12.345Z",
            "url": "https://a.example/@lu/42", "favourites_count": 3,
            "account": {"id": "9", "username": "lu", "acct": "lu@b.example", "display_name": "小鹿"},
            "poll": {"options": [{"title": "yes", "votes_count": 2}, {"title": "no", "votes_count": null}]},
            "media_attachments": [
                {"type": "image", "url": "https://img.example/1.jpg"},
                {"type": "gifv", "url": null, "remote_url": "https://img.example/2.mp4"},
                {"type": "audio", "url": "https://img.example/3.mp3"},
                {"type": "unknown", "url": "javascript:alert(1)"},
                {"type": "image", "url": long}],
            "card": {"url": "https://shop.example/"},
        }));
        let me = super::super::tests::me();
        let clock = Clock { server: None, ours: NOW };
        let mut event = message(&status, &me, Queue::Comments, Some("40"), clock).unwrap();
        event["channel"] = json!("m");
        let read = events::read(&event.to_string(), &mut vec![]).unwrap();
        let Event::Message(m) = read else { panic!("{read:?}") };
        assert_eq!(m.text, "CW: food\n\ngood?\n○ yes (2)\n○ no");
        assert_eq!((m.author.id.as_str(), m.author.name.as_str()), ("9", "小鹿 @lu@b.example"));
        assert_eq!((m.thread.as_deref(), m.in_reply_to.as_deref()), (Some("40"), Some("40")));
        assert_eq!((m.at, m.likes, m.ours), (Time(1_767_348_672_345), 3, false));
        let kinds: Vec<&str> = m.attachments.iter().map(|a| a.kind.as_str()).collect();
        assert_eq!(kinds, ["image", "video", "voice", "link"]);
    }

    #[test]
    fn one_without_words_still_comes() {
        let me = super::super::tests::me();
        let clock = Clock { server: None, ours: NOW };
        let status = read(json!({"id": 1, "content": "<p></p>", "account": {"id": 2}}));
        let event = message(&status, &me, Queue::Comments, None, clock).unwrap();
        assert_eq!(event["text"], "…");
        assert_eq!(message(&read(json!({})), &me, Queue::Comments, None, clock), None);
    }
}
