//! Macros, escalation, a person's past, the topic pool, feedback tags and links, on screen and
//! by their keys.

use super::desk::{Desk, NOW, detail, operator};
use crate::snapshots;
use dutydesk::app::{Effect, Key, Msg, update};
use dutydesk::domain::conversation::Escalation;
use dutydesk::domain::history::{Brief, Past, Whom};
use dutydesk::domain::macros::{Macro, Step, Words};
use dutydesk::domain::pool::{self, Asked, Origin, Topic};
use dutydesk::domain::post::{Content, PostAct};
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::message::*;
use dutydesk::wire::work::{Macros, TopicRow};
use rstest::rstest;

const FIRST: ConversationId = ConversationId(1_040);
const SECOND: ConversationId = ConversationId(1_041);

fn words(en: &str, zh: &str) -> Words {
    Words { en: en.into(), zh: zh.into() }
}

fn thanks() -> Macro {
    Macro {
        name: "thanks".into(),
        key: Some('t'),
        title: words("thank for praise, done", "感谢好评，完成"),
        queue: Some(Queue::Comments),
        channels: Vec::new(),
        steps: vec![
            Step::Reply(words("Thank you, {name}!", "谢谢{name}！")),
            Step::Label("praise".into()),
            Step::Resolve,
        ],
    }
}

fn spam() -> Macro {
    Macro {
        name: "spam".into(),
        key: Some('s'),
        title: words("spam: label it, done", "垃圾信息：加标签，完成"),
        queue: None,
        channels: Vec::new(),
        steps: vec![Step::Label("spam".into()), Step::Resolve],
    }
}

fn elsewhere() -> Macro {
    Macro { name: "dm".into(), key: Some('d'), queue: Some(Queue::Messages), ..spam() }
}

/// A desk whose macros and tags are known.
fn ready(lang: Lang, w: u16, h: u16) -> Desk {
    let mut desk = Desk::open(lang, w, h);
    let number = desk.sent.iter().find_map(|to| match to {
        ToDaemon::Ask { number, ask: Ask::Macros } => Some(*number),
        _ => None,
    });
    let tags = ["product", "delivery", "idea"].map(str::to_owned).to_vec();
    let macros = Macros { macros: vec![thanks(), spam(), elsewhere()], wrong: None, tags };
    let answer = Box::new(Answer::Macros(macros));
    let number = number.expect("they are asked for as soon as there is a link");
    desk.happens(Msg::Wire(ToClient::Answer { number, answer }));
    desk
}

fn open() -> Desk {
    ready(Lang::En, 120, 40)
}

fn commands(desk: &Desk) -> Vec<Command> {
    let asked = desk.sent.iter().filter_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Do(command), .. } => Some(command.clone()),
        _ => None,
    });
    asked.collect()
}

fn past(lang: Lang) -> Past {
    let desk = Desk::open(lang, 120, 40);
    let mut rows: Vec<Conversation> =
        desk.rows[0][..3].iter().map(|r| r.conversation.clone()).collect();
    rows[1].state = State::Resolved;
    Past {
        channel: ChannelId("weibo".into()),
        known_as: "u".into(),
        name: "小鹿_".into(),
        complete: false,
        more: false,
        messages: 7,
        complaints: 3,
        likes: 251,
        first_seen: Some(Time(NOW.0 - 90 * 24 * 3_600_000)),
        last_seen: Some(NOW),
        median_gap: Some(Span::hours(30)),
        answered: Some((Some(operator("bo")), Time(NOW.0 - 3_600_000))),
        labels: vec![("vip".into(), 2), ("shipping".into(), 1)],
        conversations: rows,
    }
}

fn topic(id: u64, n: usize, text: &str, note: &str) -> TopicRow {
    let asked = (0..n).map(|i| Asked {
        message: MessageRef { conversation: ConversationId(FIRST.0 + i as u64), seq: 0 },
        channel: ChannelId("weibo".into()),
        by: operator("amy"),
        at: NOW,
    });
    let asked = asked.collect();
    let origin = if id == 3 { Origin::Trend } else { Origin::AudienceQuestion };
    let topic = Topic {
        id,
        asked,
        more: 0,
        note: note.into(),
        marks: Vec::new(),
        origin,
        title: String::new(),
        link: None,
        added: None,
    };
    let posts = if id == 2 { vec![PostId(12)] } else { Vec::new() };
    let score = pool::score(&topic, 3, NOW);
    TopicRow { topic, text: text.into(), written: Some(NOW), score, posts }
}

fn escalated(lang: Lang, w: u16, h: u16) -> Desk {
    let mut desk = Desk::open(lang, w, h);
    let by = operator("bo");
    let row = &mut desk.rows[0][0].conversation;
    row.escalated = Some(Escalation { by, at: Time(NOW.0 - 600_000), note: 2 });
    row.assignee = Some(operator("lee"));
    let mut shown = detail(row.clone(), lang);
    shown.person = Some(Brief {
        conversations: 4,
        more: false,
        complaints: 3,
        first_seen: Some(Time(NOW.0 - 90 * 24 * 3_600_000)),
    });
    desk.keys("j k");
    let rows = desk.rows[0].clone();
    let spec = desk.last_window(Queue::Comments);
    desk.happens(super::desk::push(Push::Window(super::desk::whole(Queue::Comments, spec, rows))));
    desk.happens(super::desk::push(Push::Detail(shown)));
    desk
}

#[test]
fn macros_menu() {
    snapshots("work_macros", |lang, w, h| {
        let mut desk = ready(lang, w, h);
        desk.keys("M j");
        desk
    });
}

#[test]
fn a_macro_on_several_shows_an_example() {
    snapshots("work_confirm", |lang, w, h| {
        let mut desk = ready(lang, w, h);
        desk.keys("space space M t");
        desk
    });
}

#[test]
fn a_persons_past() {
    snapshots("work_past", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("A");
        desk.answers_any(Answer::Past(Box::new(past(lang))));
        desk.keys("j");
        desk
    });
}

#[test]
fn the_topic_pool() {
    snapshots("work_topics", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("g t");
        let texts = match lang {
            Lang::En => ["Do you ship to Germany?", "Is this one fine for sensitive skin?"],
            Lang::Zh => ["可以寄到德国吗？", "敏感肌能用这款吗？"],
        };
        let rows =
            vec![topic(2, 3, texts[0], "FAQ"), topic(1, 1, texts[1], ""), topic(3, 1, "", "")];
        desk.answers_any(Answer::Topics(rows));
        desk
    });
}

#[test]
fn a_topic_becomes_a_post_with_one_key() {
    let mut desk = open();
    desk.keys("g t");
    let added = TopicRow { text: "cold brew".into(), ..topic(3, 0, "cold brew", "") };
    let rows = vec![topic(2, 3, "Do you ship to Germany?", ""), added];
    desk.answers_any(Answer::Topics(rows.clone()));
    // One that nobody asked opens no conversation.
    desk.keys("j enter");
    assert!(desk.screen().contains("nobody has asked this"), "{}", desk.screen());
    desk.keys("g t");
    desk.answers_any(Answer::Topics(rows));
    assert!(desk.screen().contains("begins a post"), "{}", desk.screen());
    desk.keys("ctrl-t");
    let new = PostAct::New {
        idea: "Do you ship to Germany?".into(),
        topic: Some(2),
        variants: vec![(ChannelId("weibo".into()), Content::default())],
        when: None,
    };
    assert_eq!(commands(&desk), [Command::Post(new)]);
}

#[test]
fn feedback_tags() {
    snapshots("work_tags", |lang, w, h| {
        let mut desk = ready(lang, w, h);
        desk.keys("z g");
        desk
    });
}

#[test]
fn what_is_escalated() {
    snapshots("work_escalated", escalated);
    snapshots("work_escalated_open", |lang, w, h| {
        let mut desk = escalated(lang, w, h);
        let shown = desk.model.in_view().detail.clone();
        desk.keys("enter");
        if let Some(mut shown) = shown {
            shown.person.get_or_insert_default().complaints = 3;
            desk.happens(super::desk::push(Push::Detail(shown)));
        }
        desk
    });
}

/// One that is archived is read as ever; what is done to it brings it back.
#[test]
fn what_is_archived() {
    let archived = |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        let mut shown = detail(desk.rows[0][0].conversation.clone(), lang);
        let conversation = &mut shown.conversation;
        conversation.state = State::Resolved;
        conversation.topic = conversation.head.take();
        (conversation.timer, conversation.claim) = (None, None);
        conversation.clocks = Vec::new();
        shown.archived = "2026-03".parse().ok();
        desk.keys("enter");
        desk.happens(super::desk::push(Push::Detail(shown)));
        desk
    };
    snapshots("work_archived", archived);
    let mut desk = archived(Lang::En, 120, 40);
    desk.keys("o");
    assert_eq!(commands(&desk), [Command::Reopen { ids: vec![FIRST] }]);
}

#[rstest]
#[case("M t", Command::Macro {
    ids: vec![FIRST], run: Box::new(thanks()), seen: vec![(FIRST, 5)]
})]
#[case("M j enter", Command::Macro {
    ids: vec![FIRST], run: Box::new(spam()), seen: vec![(FIRST, 5)]
})]
#[case("space space M t y", Command::Macro {
    ids: vec![FIRST, SECOND], run: Box::new(thanks()), seen: vec![(FIRST, 5), (SECOND, 5)]
})]
#[case("T", Command::Topic { ids: vec![FIRST], note: String::new() })]
#[case("z T", Command::Untopic { ids: vec![FIRST] })]
#[case("z e", Command::Deescalate { ids: vec![FIRST] })]
#[case("z g 2", Command::Label { ids: vec![FIRST], label: "feedback:delivery".into() })]
fn a_key_sends_its_command(#[case] keys: &str, #[case] command: Command) {
    let mut desk = open();
    desk.keys(keys);
    assert_eq!(commands(&desk), [command]);
}

#[rstest]
#[case("E", "a journalist asks", Command::Escalate {
    ids: vec![FIRST], reason: "a journalist asks".into()
})]
#[case(":", "macro spam", Command::Macro {
    ids: vec![FIRST], run: Box::new(spam()), seen: vec![(FIRST, 5)]
})]
#[case(":", "topic #1041 for the FAQ", Command::Topic {
    ids: vec![SECOND], note: "for the FAQ".into()
})]
fn a_typed_line_sends_its_command(
    #[case] key: &str,
    #[case] typed: &str,
    #[case] command: Command,
) {
    let mut desk = open();
    desk.keys(key);
    desk.types(typed);
    desk.keys("enter");
    assert_eq!(commands(&desk), [command]);
}

#[rstest]
#[case("space space M t n")]
#[case("space space M t esc")]
#[case("space space M t q")]
// A macro for messages is not offered for a comment, nor is its key heard.
#[case("M d")]
fn nothing_is_sent(#[case] keys: &str) {
    let mut desk = open();
    desk.keys(keys);
    assert_eq!(commands(&desk), []);
}

#[test]
fn from_twenty_on_an_action_is_asked_about() {
    let mut desk = open();
    let template = desk.rows[0][5].clone();
    let many = |n: u64| -> Vec<Row> {
        let row = |i: u64| {
            let mut row = template.clone();
            row.conversation.id = ConversationId(i);
            row.key.id = row.conversation.id;
            row
        };
        (1..=n).map(row).collect()
    };
    for (n, asked) in [(19, false), (20, true)] {
        desk.sent.clear();
        desk.keys("V");
        desk.answers_lists(&[many(n)]);
        desk.keys("d");
        assert_eq!(commands(&desk).is_empty(), asked, "{n}");
        if asked {
            assert!(desk.screen().contains("20 conversations?"), "{}", desk.screen());
            desk.keys("enter");
            assert_eq!(commands(&desk)[0].ids().len(), 20);
        }
        desk.keys("esc esc");
    }
}

#[test]
fn a_persons_past_is_asked_for_and_its_lines_open() {
    let mut desk = open();
    desk.keys("A");
    let ask = Ask::Past(Whom::Of(FIRST));
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask }));
    desk.answers_any(Answer::Past(Box::new(past(Lang::En))));
    desk.keys("j enter");
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask: Ask::Show(SECOND) }));
}

#[test]
fn a_mistake_in_the_file_is_said_once() {
    let mut desk = open();
    let wrong = Some("macros.toml:3: key: x is no key".to_owned());
    for _ in 0..2 {
        desk.keys("M");
        let macros = Macros { macros: vec![thanks()], wrong: wrong.clone(), tags: Vec::new() };
        desk.answers_any(Answer::Macros(macros));
        desk.keys("esc");
    }
    desk.keys("esc S");
    assert_eq!(desk.screen().matches("macros.toml:3").count(), 1, "{}", desk.screen());
}

/// What a key wants done besides what is sent.
fn effects(desk: &mut Desk, keys: &[&str]) -> Vec<Effect> {
    let mut all = Vec::new();
    for key in keys {
        let key = Key::parse(key).expect("a key");
        all.extend(update(&mut desk.model, Msg::Key(key), desk.now));
    }
    all.retain(|e| matches!(e, Effect::Open(_) | Effect::Copy(_)));
    all
}

#[test]
fn pages_and_attachments_open() {
    let mut desk = open();
    desk.keys("enter");
    // One attachment and no page: it opens at once.
    let image = "https://example.com/1.jpg";
    assert_eq!(effects(&mut desk, &["z", "o"]), [Effect::Open(image.into())]);
    let mut shown = desk.model.in_view().detail.clone().expect("it is open");
    shown.messages[3].1.permalink = Some("https://example.com/p/1".into());
    desk.happens(super::desk::push(Push::Detail(shown)));
    assert_eq!(effects(&mut desk, &["Y"]), [Effect::Copy("https://example.com/p/1".into())]);
    assert_eq!(effects(&mut desk, &["z", "o"]), []);
    assert!(desk.screen().contains("page https://example.com/p/1"), "{}", desk.screen());
    assert_eq!(effects(&mut desk, &["2"]), [Effect::Open(image.into())]);
    let opened = Msg::Opened { link: image.into(), browser: false };
    let copied = update(&mut desk.model, opened, desk.now);
    assert!(copied.contains(&Effect::Copy(image.into())));
}

#[test]
fn the_lead_hears_of_what_is_theirs() {
    let mut desk = open();
    let by = operator("bo");
    let notices = vec![Notice::Escalated { id: FIRST, by }];
    desk.happens(super::desk::push(Push::Notices(notices)));
    assert!(desk.screen().contains("bo escalated 1040"), "{}", desk.screen());
    desk.keys("esc");
    let notices = vec![Notice::ForLead { count: 3, id: SECOND }];
    desk.happens(super::desk::push(Push::Notices(notices)));
    assert!(desk.screen().contains("3 came in"), "{}", desk.screen());
    desk.keys("esc g n");
    assert_eq!(desk.model.in_view().detail.as_ref().map(|d| d.conversation.id), Some(SECOND));
}

#[test]
fn a_new_operator_and_a_new_host_are_announced() {
    let came = |is_new: bool| {
        let (operator, host) = (operator("mallory"), "203.0.113.7".to_owned());
        Notice::Came(Box::new(dutydesk::wire::people::Came { operator, host, is_new }))
    };
    for (name, is_new) in [("came_operator", true), ("came_host", false)] {
        crate::snapshots_at(&crate::USUAL, name, |lang, w, h| {
            let mut desk = super::desk::Desk::open(lang, w, h);
            desk.happens(super::desk::push(Push::Notices(vec![came(is_new)])));
            desk
        });
    }
}
