//! What messages are: judged as they come, corrected, learned from, taken back.

use crate::kit::*;
use dutydesk::config::default_classifier;
use dutydesk::daemon::desk::{Setup, query};
use dutydesk::domain::class::Source;
use dutydesk::domain::{Command, ConversationId, Intent, Refusal, Severity, Span};

fn kit() -> Kit {
    Kit::with(Setup { classifier: default_classifier(), ..setup() })
}

fn class(kit: &Kit, id: ConversationId) -> (Intent, Severity, Source) {
    let class = kit.conversation(id).class().cloned().expect("it was judged");
    (class.intent, class.severity, class.source)
}

fn classify(id: ConversationId, intent: Intent, severity: Severity) -> Command {
    Command::Classify { ids: vec![id], intent: Some(intent), severity: Some(severity) }
}

const TEXT: &str = "本店新到一批蓝色搪瓷缸子欢迎围观";
const NEAR: &str = "本店又到一批红色搪瓷缸子欢迎围观哈";

#[test]
fn a_correction_is_learned_from_kept_and_taken_back() {
    let mut kit = kit();
    let id = kit.comment("1", TEXT);
    let before = class(&kit, id);
    assert_ne!(before.0, Intent::Spam);
    kit.done("amy", classify(id, Intent::Spam, Severity::None));
    assert_eq!(class(&kit, id), (Intent::Spam, Severity::None, Source::Operator));
    let again = kit.act("amy", classify(id, Intent::Spam, Severity::None));
    assert_eq!(again, Err(Refusal::Unchanged(id)));
    kit.check();
    kit.restart();
    let near = kit.comment("2", NEAR);
    assert_eq!(class(&kit, near).0, Intent::Spam, "what is like it is known after a restart");
    let same = kit.comment("3", TEXT);
    assert_eq!(class(&kit, same).0, Intent::Spam);
    kit.done("amy", Command::Undo);
    assert_eq!(class(&kit, id), before);
    let later = kit.comment("4", NEAR);
    assert_ne!(class(&kit, later).0, Intent::Spam, "it is forgotten again");
    kit.done("amy", Command::Redo);
    assert_eq!(class(&kit, id).0, Intent::Spam);
    kit.check();
}

#[test]
fn corrections_are_listed_with_what_the_desk_took_each_for() {
    let mut kit = kit();
    let id = kit.comment("1", "三天没发货，太气人了，差评");
    let (intent, severity, _) = class(&kit, id);
    assert_eq!(intent, Intent::Complaint);
    kit.done("amy", classify(id, Intent::Spam, Severity::None));
    kit.later(Span::minutes(1));
    kit.done("bo", classify(id, Intent::Question, Severity::None));
    let rows = query::corrections(&*kit.store, None, 10).unwrap();
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.message.conversation, row.message.seq), (id, 0));
    assert_eq!((row.said.by.as_str(), row.said.intent), ("bo", Intent::Question));
    assert_eq!((row.at, row.was), (kit.now, Some((intent, severity))));
    assert_eq!(row.text.as_deref(), Some("三天没发货，太气人了，差评"));
    assert!(query::corrections(&*kit.store, Some(row.message), 10).unwrap().is_empty());
    kit.done("bo", Command::Undo);
    kit.done("amy", Command::Undo);
    assert!(query::corrections(&*kit.store, None, 10).unwrap().is_empty());
}

#[test]
fn a_correction_that_another_followed_is_not_taken_back() {
    let mut kit = kit();
    let id = kit.comment("1", TEXT);
    kit.done("amy", classify(id, Intent::Spam, Severity::None));
    kit.done("bo", classify(id, Intent::Complaint, Severity::Mild));
    assert_eq!(kit.act("amy", Command::Undo), Err(Refusal::ChangedSince(id)));
    assert_eq!(class(&kit, id), (Intent::Complaint, Severity::Mild, Source::Operator));
    kit.check();
}

#[test]
fn half_a_correction_leaves_the_rest_sensible() {
    let mut kit = kit();
    let id = kit.comment("1", "你好");
    let severe =
        Command::Classify { ids: vec![id], intent: None, severity: Some(Severity::Severe) };
    kit.done("amy", severe);
    assert_eq!(class(&kit, id), (Intent::Complaint, Severity::Severe, Source::Operator));
    let praise = Command::Classify { ids: vec![id], intent: Some(Intent::Praise), severity: None };
    kit.done("amy", praise);
    assert_eq!(class(&kit, id), (Intent::Praise, Severity::None, Source::Operator));
}

#[test]
fn what_an_operator_said_outlasts_other_rules() {
    let mut kit = kit();
    let id = kit.comment("1", "三天没发货，太慢了");
    let other = kit.comment("2", "三天没发货，太慢了！");
    kit.done("amy", classify(id, Intent::Other, Severity::None));
    kit.setup.classifier = Default::default();
    kit.restart();
    kit.elapse();
    assert_eq!(class(&kit, id), (Intent::Other, Severity::None, Source::Operator));
    assert_ne!(class(&kit, other).2, Source::Rule, "without lists no rule decides");
    kit.check();
}
