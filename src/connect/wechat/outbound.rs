//! What operators ask for: answers, deletions, posts.

use super::api::{Api, Failed};
use super::inbound::{self, CommentId};
use super::inbox::Inbox;
use super::window::Closed;
use super::{Said, say};
use crate::connect::protocol::{Act, Command, NackKind};
use crate::connect::sdk::with_tags;
use crate::connect::sdk::{Answer, Desk, Done, Not};
use crate::domain::{Author, Queue};
use crate::text::Msg;
use serde_json::{Value, json};

/// What carries commands out.
pub struct Outbound<'a> {
    /// The platform.
    pub api: &'a Api,
    /// Knows who may still be answered.
    pub inbox: &'a Inbox,
    /// Whether posts are open for comments.
    pub opens_comments: bool,
    /// The cover of posts.
    pub cover: Option<&'a str>,
    /// How to speak of it.
    pub said: Said,
    /// The desk.
    pub desk: &'a Desk,
}

impl Outbound<'_> {
    /// Carries a command out, or looks whether it was; a check is not among them.
    ///
    /// # Errors
    /// What the platform or its rules have against it.
    pub fn carry_out(&self, command: &Command) -> Answer {
        match (&command.act, command.look) {
            (Act::Reply { to, thread, queue: Queue::Comments, text, .. }, look) => {
                let id = self.comment(to.as_deref().unwrap_or(thread))?;
                if look { self.look_for_reply(&id, text) } else { self.reply(&id, text) }
            }
            (Act::Delete { target, .. }, look) => {
                if target.queue == Queue::Messages {
                    return self.never(say::CANNOT_DELETE_DM);
                }
                let id = self.comment(&target.message)?;
                if look { self.look_for_deletion(&id) } else { self.delete(&id) }
            }
            (Act::Reply { .. } | Act::Post { .. }, true) => {
                Err(Not::new(NackKind::Unknown, self.said.text(say::CANNOT_LOOK)))
            }
            (Act::Reply { thread, person, text, .. }, false) => self.send(thread, person, text),
            (Act::Post { at: Some(at), .. }, false) if *at > self.desk.now() => {
                self.never(say::CANNOT_SCHEDULE)
            }
            (Act::Post { media, .. }, false) if !media.is_empty() => self.never(say::TEXT_ALONE),
            (Act::Post { title, text, tags, .. }, false) => {
                let text = with_tags(text, tags);
                match title.trim() {
                    "" => self.post(&text),
                    title => self.post(&format!("{title}\n{text}")),
                }
            }
            (
                Act::Like { .. } | Act::Hide { .. } | Act::Block { .. } | Act::Check | Act::Unknown,
                _,
            ) => self.never(say::CANNOT),
        }
    }

    fn never<T>(&self, why: Msg) -> Result<T, Not> {
        Err(Not::new(NackKind::Permanent, self.said.text(why)))
    }

    fn failed(&self, failed: &Failed) -> Not {
        failed.not(self.said.lang)
    }

    fn comment(&self, id: &str) -> Result<CommentId, Not> {
        let why = || self.said.line(say::NO_COMMENT_ID, &[("id", &id)]);
        CommentId::read(id).ok_or_else(|| Not::new(NackKind::Permanent, why()))
    }

    /// A direct message. The platform has nothing that would notice a second one.
    fn send(&self, thread: &str, person: &Author, text: &str) -> Answer {
        let to = if thread.is_empty() { person.id.as_str() } else { thread };
        match self.inbox.windows.may(to, self.desk.now()) {
            Ok(()) => {}
            Err(Closed::Late) => return self.never(say::WINDOW_LATE),
            Err(Closed::Spent) => return self.never(say::WINDOW_SPENT),
        }
        let body = json!({"touser": to, "msgtype": "text", "text": {"content": text}});
        match self.api.post(self.desk, "/cgi-bin/message/custom/send", &body) {
            Ok(_) => {
                self.inbox.windows.replied(to);
                self.inbox.keep_windows(self.desk);
                Ok(Done::default())
            }
            Err(failed) => {
                let now = self.desk.now();
                match failed.code() {
                    Some(45015) => self.inbox.windows.closed(to, Closed::Late, now),
                    Some(45047) => self.inbox.windows.closed(to, Closed::Spent, now),
                    _ => return Err(self.failed(&failed)),
                }
                self.inbox.keep_windows(self.desk);
                Err(self.failed(&failed))
            }
        }
    }

    fn reply(&self, id: &CommentId, text: &str) -> Answer {
        let id = CommentId { is_reply: false, ..*id };
        let mut body = id.body();
        body["content"] = text.into();
        match self.api.post(self.desk, "/cgi-bin/comment/reply/add", &body) {
            Ok(_) => Ok(replied(&id, false)),
            // There is one answer to a comment: if it is this one, an earlier attempt got through.
            Err(failed) if failed.code() == Some(88005) => match self.look_for_reply(&id, text) {
                Ok(done) => Ok(done),
                Err(_) => Err(self.failed(&failed)),
            },
            Err(failed) => Err(self.failed(&failed)),
        }
    }

    fn look_for_reply(&self, id: &CommentId, text: &str) -> Answer {
        let id = CommentId { is_reply: false, ..*id };
        let found = self.find(&id)?;
        match found.and_then(|comment| comment.reply).filter(|reply| !reply.content.is_empty()) {
            Some(reply) if reply.content.trim() == text.trim() => Ok(replied(&id, true)),
            Some(_) => Err(Not::new(NackKind::Absent, self.said.text(say::NOT_AS_ASKED))),
            None => Err(Not::new(NackKind::Absent, self.said.text(say::NOT_THERE))),
        }
    }

    fn delete(&self, id: &CommentId) -> Answer {
        let path =
            if id.is_reply { "/cgi-bin/comment/reply/delete" } else { "/cgi-bin/comment/delete" };
        match self.api.post(self.desk, path, &id.body()) {
            Ok(_) => Ok(Done::default()),
            // Gone already, whoever did it.
            Err(failed) if matches!(failed.code(), Some(88004 | 88008 | 88009)) => {
                Ok(Done { duplicate: true, ..Done::default() })
            }
            Err(failed) => Err(self.failed(&failed)),
        }
    }

    fn look_for_deletion(&self, id: &CommentId) -> Answer {
        let is_there = match self.find(id)? {
            Some(comment) if id.is_reply => comment.reply.is_some_and(|r| !r.content.is_empty()),
            Some(_) => true,
            None => false,
        };
        if is_there {
            return Err(Not::new(NackKind::Absent, self.said.text(say::NOT_THERE)));
        }
        Ok(Done { duplicate: true, ..Done::default() })
    }

    fn find(&self, id: &CommentId) -> Result<Option<inbound::Comment>, Not> {
        let found = inbound::find(self.api, self.desk, id);
        // Nothing is known of what was looked for, and looking again may tell.
        found.map_err(|failed| failed.not_read(self.said.lang))
    }

    /// A post: a draft, handed over for publication. Its first line is the title.
    fn post(&self, text: &str) -> Answer {
        let Some(cover) = self.cover else { return self.never(say::NEEDS_COVER) };
        let (title, rest) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
        let title = title.trim();
        if title.is_empty() {
            return self.never(say::NEEDS_TITLE);
        }
        let content = if rest.trim().is_empty() { title } else { rest };
        let draft = json!({"articles": [{
            "title": title,
            "content": paragraphs(content),
            "thumb_media_id": cover,
            "need_open_comment": u8::from(self.opens_comments),
        }]});
        // Until it is handed over nobody sees it: whatever happened to the draft, trying again
        // leaves a second draft at worst.
        let made = self.api.post(self.desk, "/cgi-bin/draft/add", &draft);
        let made = made.map_err(|failed| failed.not_read(self.said.lang))?;
        let media =
            text_of(&made, "media_id").ok_or_else(|| self.odd("media_id", NackKind::Retry))?;
        let draft = json!({"media_id": media});
        let submitted = match self.api.post(self.desk, "/cgi-bin/freepublish/submit", &draft) {
            Ok(submitted) => submitted,
            Err(failed) => {
                if matches!(failed, Failed::Code(_) | Failed::NoToken(_)) {
                    // Certainly not published: a draft left behind would only confuse.
                    let _ = self.api.post(self.desk, "/cgi-bin/draft/delete", &draft);
                }
                return Err(self.failed(&failed));
            }
        };
        let id = text_of(&submitted, "publish_id");
        let id = id.ok_or_else(|| self.odd("publish_id", NackKind::Unknown))?;
        Ok(Done {
            note: Some(self.said.line(say::UNDER_REVIEW, &[("id", &id)])),
            platform_id: Some(id),
            ..Done::default()
        })
    }

    fn odd(&self, field: &str, kind: NackKind) -> Not {
        Not::new(kind, self.said.line(say::NONSENSE, &[("why", &field)]))
    }
}

fn replied(id: &CommentId, duplicate: bool) -> Done {
    let reply = CommentId { is_reply: true, ..*id };
    Done { platform_id: Some(reply.text()), duplicate, ..Done::default() }
}

/// An id, which the platform writes as a text or as a number.
pub fn text_of(answer: &Value, field: &str) -> Option<String> {
    match answer.get(field)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Plain text as paragraphs of HTML, its characters as they are.
fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        html.push_str("<p>");
        for character in line.chars() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                other => html.push(other),
            }
        }
        html.push_str("</p>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn text_becomes_paragraphs_and_nothing_else() {
        assert_eq!(
            paragraphs("a\n\n<b onclick='x'>\"&\r\n"),
            "<p>a</p><p>&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;</p>"
        );
        assert_eq!(paragraphs("👨‍👩‍👧"), "<p>👨‍👩‍👧</p>");
    }
}
