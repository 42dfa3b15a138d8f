//! What a role sees for which personal data is masked: who wrote is a placeholder, texts are without
//! addresses, handles, numbers and that name, and nothing leads to the page that shows them.

use crate::domain::mask::mask;
use crate::domain::{Author, Conversation, Message, MessageKind};
use crate::wire::archive::ArchiveAnswer;
use crate::wire::erase::EraseAnswer;
use crate::wire::message::{Answer, Detail, Push};
use crate::wire::search::Finds;

/// What stands for a person.
const SOMEBODY: &str = "[name]";

/// Takes personal data out of an answer.
pub fn answer(answer: &mut Answer) {
    match answer {
        Answer::Shown(found) => detail(found),
        Answer::Listed(rows, _) => {
            rows.iter_mut().for_each(|row| conversation(&mut row.conversation))
        }
        Answer::Found(found) => finds(found),
        Answer::Archive(told) => archive(told),
        Answer::Topics(rows) => rows.iter_mut().for_each(|row| text(&mut row.text, &[])),
        Answer::Report(report) => {
            report.topics.iter_mut().for_each(|topic| text(&mut topic.text, &[]));
        }
        // They tell of people, and such a role is not answered so (`rights::check`).
        Answer::Past(_)
        | Answer::Corrections(_)
        | Answer::Suggested(_)
        | Answer::Previewed(_)
        | Answer::Journal(_)
        | Answer::Erase(EraseAnswer::Found(_))
        | Answer::Exported(..) => {}
        // They hold nothing of a customer.
        Answer::Done(_)
        | Answer::Ingested(_)
        | Answer::Cursor(_)
        | Answer::Channels(_)
        | Answer::Channel(_)
        | Answer::Macros(_)
        | Answer::Feedback(_)
        | Answer::Explained(_)
        | Answer::Reloaded(..)
        | Answer::Views(_)
        | Answer::Service(_)
        | Answer::Forecast(_)
        | Answer::Alerts(_)
        | Answer::Book(_)
        | Answer::Board(_)
        | Answer::TopPosts(_)
        | Answer::Responses(..)
        | Answer::Figures(_)
        | Answer::Series(_)
        | Answer::Line(_)
        | Answer::Calendar(_)
        | Answer::Post(_)
        | Answer::Posts(..)
        | Answer::Assets(_)
        | Answer::Histories(_)
        | Answer::Best(_)
        | Answer::Expected(_)
        | Answer::Operators(_)
        | Answer::Erase(_)
        | Answer::Status(_)
        | Answer::Ok
        | Answer::Refused(_) => {}
    }
}

/// Takes personal data out of a push.
pub fn push(push: &mut Push) {
    match push {
        Push::Window(window) => {
            window.rows.iter_mut().for_each(|row| conversation(&mut row.conversation));
        }
        Push::Detail(found) => detail(found),
        // They hold nothing of a customer.
        Push::Desk(_)
        | Push::Kpis(_)
        | Push::Slots(_)
        | Push::Notices(_)
        | Push::Channels(_)
        | Push::Calendar(_)
        | Push::Board(_)
        | Push::Book(_)
        | Push::Forecast(_)
        | Push::Lint(_) => {}
    }
}

fn finds(found: &mut Finds) {
    for hit in &mut found.hits {
        let name = std::mem::replace(&mut hit.author, SOMEBODY.to_owned());
        text(&mut hit.excerpt, &[&name]);
        conversation(&mut hit.conversation);
    }
}

fn archive(told: &mut ArchiveAnswer) {
    match told {
        ArchiveAnswer::Listed(rows, _) => {
            rows.iter_mut().for_each(|row| conversation(&mut row.conversation));
        }
        ArchiveAnswer::Found(found, _) => finds(found),
        ArchiveAnswer::Ran(_) | ArchiveAnswer::Months(_) | ArchiveAnswer::BroughtBack(_) => {}
    }
}

fn detail(of: &mut Detail) {
    let everybody: Vec<String> = of
        .messages
        .iter()
        .map(|(_, m)| m)
        .filter(|m| m.kind == MessageKind::Inbound)
        .map(|m| m.author.name.clone())
        .collect();
    let names: Vec<&str> = everybody.iter().map(String::as_str).collect();
    of.messages.iter_mut().for_each(|(_, m)| message(m, &names));
    if let Some(about) = &mut of.about {
        text(&mut about.text, &names);
    }
    conversation(&mut of.conversation);
    (of.draft, of.draft_seen, of.person) = (None, None, None);
}

fn message(m: &mut Message, names: &[&str]) {
    if m.kind == MessageKind::Inbound {
        author(&mut m.author);
        m.platform_id.clear();
    }
    text(&mut m.text, names);
    m.permalink = None;
    m.in_reply_to = None;
    m.attachments.iter_mut().for_each(|attachment| attachment.link.clear());
}

fn conversation(c: &mut Conversation) {
    // The platform's name of the peer, or of the comment.
    c.root.clear();
    for head in [&mut c.head, &mut c.topic].into_iter().flatten() {
        let name = std::mem::take(&mut head.author.name);
        text(&mut head.excerpt, &[&name]);
        author(&mut head.author);
    }
}

fn author(of: &mut Author) {
    *of = Author { id: String::new(), name: SOMEBODY.to_owned() };
}

fn text(of: &mut String, names: &[&str]) {
    *of = mask(of, names);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::{conversation as made, inbound};
    use crate::domain::{ConversationId, Head, OrderKey, Queue, Time, order::StateKind};
    use crate::wire::message::{Anchor, Row, Window, WindowSpec};

    const SECRETS: [&str; 4] = ["小鹿", "13812345678", "deer@example.com", "u77"];

    fn written() -> Message {
        let mut m = inbound(5, "我是小鹿，电话 13812345678，deer@example.com");
        m.author = Author { id: "u77".into(), name: "小鹿".into() };
        m.permalink = Some("https://example.com/u77".into());
        m.platform_id = "u77-1".into();
        m
    }

    fn told() -> Conversation {
        let mut c = made(Queue::Comments);
        c.root = "u77".into();
        c.head = Some(Head::of(0, &written()));
        c
    }

    fn is_clean(shown: &impl std::fmt::Debug) {
        let said = format!("{shown:?}");
        for secret in SECRETS {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }

    #[test]
    fn rows_windows_and_details_tell_nobody() {
        let key = OrderKey {
            queue: Queue::Comments,
            state: StateKind::Open,
            due_minute: Time(0),
            lightness: 0,
            received: Time(0),
            id: ConversationId(7),
        };
        let row = Row { key, conversation: told() };
        let mut listed = Answer::Listed(vec![row.clone()], None);
        assert!(format!("{listed:?}").contains("小鹿"));
        answer(&mut listed);
        is_clean(&listed);

        let spec = WindowSpec {
            filter: String::new(),
            anchor: Anchor::Top,
            before: 0,
            after: 1,
            sort: Default::default(),
            fold: false,
        };
        let mut window = Push::Window(Window {
            queue: Queue::Comments,
            spec,
            rows: vec![row],
            at_top: true,
            at_bottom: true,
            more_urgent: 0,
            total: (1, true),
        });
        push(&mut window);
        is_clean(&window);

        let mut shown = Answer::Shown(Box::new(Detail {
            conversation: told(),
            messages: vec![(0, written())],
            older: 0,
            draft: Some("dear 小鹿".into()),
            draft_seen: None,
            about: None,
            outgoing: Vec::new(),
            person: None,
            archived: None,
        }));
        answer(&mut shown);
        is_clean(&shown);
    }
}
