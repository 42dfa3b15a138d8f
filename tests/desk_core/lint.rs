//! A reply is read once more before it goes out, whatever sent it.

use crate::kit::*;
use dutydesk::daemon::desk::{Setup, query};
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::journal::{Actor, Entry, What};
use dutydesk::domain::lint::{Level, Linter, Policy};
use dutydesk::domain::macros::{Macro, Step, Words};
use dutydesk::domain::{Author, Command, ConversationId, Event, Refusal, State};
use std::sync::Arc;

fn journal(kit: &Kit) -> Vec<Entry> {
    let entries = query::journal(&*kit.store, 0, 100).unwrap();
    entries.into_iter().map(|(_, entry)| entry).collect()
}

fn reply(ids: Vec<ConversationId>, text: &str, because: Option<&str>) -> Command {
    Command::Reply { ids, text: text.into(), seen: None, because: because.map(str::to_owned) }
}

#[test]
fn what_is_blocked_goes_out_for_a_reason_and_the_journal_has_it() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let text = "这是最佳面霜";
    let refused = kit.act("amy", reply(vec![id], text, None)).expect_err("it is blocked");
    let Refusal::Lint(stopped) = refused else { panic!("{refused:?}") };
    assert_eq!((stopped.id, stopped.said.as_str(), stopped.more), (id, "最佳", 0));
    assert!(stopped.overridable);
    assert_eq!(kit.conversation(id).state, State::Open);
    assert!(kit.act("amy", reply(vec![id], text, Some("  "))).is_err(), "blanks are no reason");

    kit.done("amy", reply(vec![id], text, Some("it is a registered name")));
    assert_eq!(kit.conversation(id).state, State::Pending);
    let last = journal(&kit).pop().expect("an entry");
    assert_eq!(last.by, Actor::Operator { name: op("amy"), declared: by("amy").declared });
    let What::Overridden { on, rules, because, .. } = last.what else { panic!("{:?}", last.what) };
    assert_eq!((on, rules), (vec![id], vec!["superlative:最佳".to_owned()]));
    assert_eq!(because, "it is a registered name");
    kit.check();
    // What was taken back is the reply; the entry tells on.
    kit.done("amy", Command::Undo);
    assert_eq!(kit.conversation(id).state, State::Open);
    kit.check();
}

#[test]
fn a_reason_where_nothing_is_blocked_is_nobodys_business() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", reply(vec![id], "好评率99%, 已发货", Some("just so")));
    let overridden = |e: &What| matches!(e, What::Overridden { .. });
    assert!(!journal(&kit).iter().any(|e| overridden(&e.what)));
    kit.check();
}

#[test]
fn a_desk_may_make_no_exceptions() {
    let policy = Policy { overridable: false, ..Policy::default() };
    let mut kit = Kit::with(Setup { lint: Arc::new(Linter::new(policy)), ..setup() });
    let id = kit.comment("1", "a");
    let refused = kit.act("amy", reply(vec![id], "顶级面霜", Some("please")));
    assert!(matches!(refused, Err(Refusal::Lint(stopped)) if !stopped.overridable));
    kit.check();
}

#[test]
fn what_is_to_be_looked_at_goes_out_and_is_told() {
    let mut kit = Kit::new();
    let ids = vec![kit.comment("1", "a"), kit.comment("2", "b")];
    let done = kit.done("amy", reply(ids.clone(), "国内首款，好评率99%，谢谢", None));
    let told: Vec<_> = done.warned.iter().map(|w| (w.ids.clone(), w.said.as_str())).collect();
    assert_eq!(told, [(ids.clone(), "首款"), (ids, "好评率")]);
    assert!(done.warned[0].finding.level == Level::Warn);
    kit.check();
}

/// A canned response goes to many at once; each reads it with a name of their own in it.
#[test]
fn a_filled_text_is_read_for_each_of_those_it_goes_to() {
    let mut kit = Kit::new();
    let named = |id: &str, name: &str| {
        Event::Message(MessageEvent {
            author: Author { id: id.into(), name: name.into() },
            ..message(id, NOON, "hello")
        })
    };
    kit.ingest(vec![named("1", "小鹿"), named("2", "全国销量第一的店"), named("3", "阿May")]);
    let ids: Vec<_> = ["1", "2", "3"].iter().map(|id| kit.holder(id)).collect();
    let done = kit.done("amy", reply(ids.clone(), "{{author}}您好，已发货", None));
    assert_eq!(done.ids, [ids[0], ids[2]]);
    let [Refusal::Lint(stopped)] = &done.refused[..] else { panic!("{:?}", done.refused) };
    assert_eq!((stopped.id, stopped.said.as_str()), (ids[1], "销量第一"));
    // What the template would break in is no fault of the text that goes out.
    let done = kit.done("amy", reply(vec![ids[0]], "您好，{{author}}", None));
    assert!(done.warned.is_empty(), "{:?}", done.warned);
    kit.check();
}

#[test]
fn a_macro_answers_through_the_same_gate() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let words = Words { en: "这是最佳面霜".into(), zh: String::new() };
    let run = Macro {
        name: "best".into(),
        key: None,
        title: Words::default(),
        queue: None,
        channels: Vec::new(),
        steps: vec![Step::Label("told".into()), Step::Reply(words)],
    };
    let refused =
        kit.act("amy", Command::Macro { ids: vec![id], run: Box::new(run), seen: vec![] });
    let Err(Refusal::Lint(stopped)) = refused else { panic!("{refused:?}") };
    assert!(stopped.by_macro && !stopped.overridable);
    let c = kit.conversation(id);
    assert!(c.state == State::Open && c.labels.is_empty(), "nothing of it was done");
    kit.check();
}

#[test]
fn a_note_is_not_read() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    kit.done("amy", Command::Note { ids: vec![id], text: "最佳, 13800138000".into() });
    kit.check();
}

#[test]
fn a_reason_is_no_novel() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "a");
    let why = "x".repeat(501);
    let refused = kit.act("amy", reply(vec![id], "hello", Some(&why)));
    assert_eq!(refused, Err(Refusal::TooLong { bytes: 501, limit: 500 }));
}
