//! Channels on screen: their own page, the header, what cannot be done there, and work by hand.

use super::desk::{Desk, NOW, detail, operator, push};
use crate::{snapshot, snapshots};
use dutydesk::app::{Effect, Key, Msg, update};
use dutydesk::domain::outbox::{SendKey, Stage};
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::channel::{Brief, Counts, Phase, View};
use dutydesk::wire::message::*;
use rstest::rstest;
use std::collections::BTreeMap;

const FIRST: ConversationId = ConversationId(1_040);
const MINUTE: i64 = 60_000;

fn ago(minutes: i64) -> Time {
    Time(NOW.0 - minutes * MINUTE)
}

fn view(id: &str, title: &str, connector: &str, phase: Phase) -> View {
    View {
        channel: Channel {
            id: ChannelId(id.into()),
            platform: id.into(),
            title: title.into(),
            reply_window: None,
        },
        connector: connector.into(),
        phase,
        account: None,
        held_by: vec![],
        can: None,
        polled: None,
        brought: None,
        budget: None,
        expires: None,
        counts: Counts::default(),
        waiting: 0,
        unconfirmed: 0,
        figures: BTreeMap::new(),
        log: Vec::new(),
    }
}

fn all_abilities() -> Abilities {
    let limit = TextLimit { graphemes: Some(300), bytes: Some(3_000), ..TextLimit::default() };
    Abilities {
        comments: true,
        dm: true,
        reply: true,
        like: true,
        delete: true,
        block: true,
        metrics: true,
        limit,
        ..Abilities::default()
    }
}

/// One channel of each kind.
fn views() -> Vec<View> {
    let mut live = view("bluesky", "Bluesky", "bluesky", Phase::Live);
    live.account = Some("@cloudridge.example".into());
    live.held_by = [("mia", false), ("bo", true)]
        .map(|(name, removed)| Holder { name: name.into(), removed })
        .to_vec();
    live.can = Some(all_abilities());
    (live.polled, live.brought) = (Some(ago(0)), Some(ago(7)));
    live.budget = Some((2_874, 3_000, Some(Time(NOW.0 + 22 * MINUTE))));
    live.expires = Some(Time(NOW.0 + 3 * 24 * 60 * MINUTE + 5 * MINUTE));
    live.counts = Counts { messages: 213, done: 41, failed: 1, restarts: 1, ..Counts::default() };
    (live.waiting, live.unconfirmed) = (3, 1);
    live.figures = [("followers", 12_345), ("following", 88), ("posts", 902)]
        .map(|(n, v)| (n.into(), v))
        .into();
    live.log = (0..30).map(|n| (ago(90 - n * 3), format!("looked: {n} new"))).collect();
    live.log.push((ago(1_500), "yesterday's line".into()));
    live.log.rotate_right(1);
    live.log.push((
        ago(0),
        "a very long line that goes on and on, as programs do when they print the whole answer of \
         a server into one line: {\"error\":\"too_many_requests\",\"retry_after\":900,\"hint\":\
         \"slow down\"} 请求过于频繁，请稍后再试，请求过于频繁，请稍后再试，请求过于频繁，请稍后再试，\
         and what comes then, and then, and then, and then, and then, and then, and then, and then."
            .into(),
    ));
    let mut blind = view(
        "weibo",
        "微博",
        "command",
        Phase::Blind {
            since: ago(3),
            why: "the platform answers 503 (Service Unavailable)".into(),
        },
    );
    blind.account = Some("云岭咖啡官方".into());
    blind.can = Some(Abilities { comments: true, reply: true, ..Abilities::default() });
    (blind.polled, blind.brought) = (Some(ago(3)), Some(ago(180)));
    blind.budget = Some((12, 150, None));
    blind.counts =
        Counts { messages: 4_120, rejected: 2, bad_lines: 1, done: 311, failed: 4, restarts: 9 };
    blind.waiting = 12;
    blind.log = vec![(ago(4), "\u{1b}[31mred\u{1b}[0m \u{202e}drawkcab \u{7}bell".into())];
    let mut wechat = view("wechat", "微信", "wechat", Phase::Starting);
    wechat.can = Some(Abilities {
        dm: true,
        reply: true,
        window_seconds: Some(48 * 3_600),
        window_replies: Some(5),
        ..Abilities::default()
    });
    let paused =
        view("mastodon", "Mastodon with a title that is far too long", "mastodon", Phase::Paused);
    let hand = view("xiaohongshu", "小红书", "manual", Phase::ByHand);
    let mut none = view("forum", "", "", Phase::ByHand);
    none.waiting = 1;
    vec![blind, live, wechat, paused, hand, none]
}

/// The channels screen, with these keys pressed in it.
fn opened(keys: &str) -> impl Fn(Lang, u16, u16) -> Desk + '_ {
    move |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("5");
        desk.happens(push(Push::Channels(views())));
        desk.keys(keys);
        desk
    }
}

#[rstest]
#[case::channels("channels", "")]
#[case::channels_live("channels_live", "j")]
#[case::channels_scrolled("channels_scrolled", "j pageup")]
#[case::channels_by_hand("channels_by_hand", "G")]
fn the_channels_screen(#[case] name: &str, #[case] keys: &str) {
    snapshots(name, opened(keys));
}

#[test]
fn the_channels_screen_on_a_phone() {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let screens: Vec<String> =
            ["", "j", "j pagedown", "G"].map(|keys| opened(keys)(lang, 40, 20).screen()).into();
        snapshot(&format!("channels_phone_{suffix}"), &screens.join("----\n"));
    }
}

#[test]
fn the_channels_screen_before_anything_is_known() {
    let mut desk = Desk::open(Lang::En, 80, 24);
    desk.keys("5");
    assert!(desk.screen().contains("Loading"));
    let mut desk = Desk::empty(Lang::En, 80, 24);
    desk.keys("5");
    assert!(desk.screen().contains("no channel yet"));
}

#[test]
fn channels_are_watched_while_their_screen_is_open() {
    let mut desk = Desk::open(Lang::En, 100, 30);
    let watch = |desk: &Desk, on| desk.asked(&ToDaemon::WatchChannels(on));
    assert!(!watch(&desk, true) && !watch(&desk, false), "nobody looks");
    desk.keys("5");
    assert!(watch(&desk, true));
    desk.sent.clear();
    desk.keys("j");
    assert!(!watch(&desk, true), "once is enough");
    let welcome = desk.model.welcome().cloned().expect("attached");
    desk.happens(Msg::LinkLost { why: "gone".into(), retry_at: None });
    assert!(!watch(&desk, true));
    desk.happens(Msg::Linked(welcome));
    assert!(watch(&desk, true), "the new session has to be told again");
    desk.keys("esc");
    assert!(watch(&desk, false));
    assert!(desk.model.layers().is_empty());
}

#[rstest]
#[case("5 1", Queue::Comments)]
#[case("5 2", Queue::Messages)]
#[case("5 q", Queue::Comments)]
#[case("? 2", Queue::Messages)]
#[case("? 5 2", Queue::Messages)]
fn pages_lead_back_to_the_queues(#[case] keys: &str, #[case] queue: Queue) {
    let mut desk = Desk::open(Lang::En, 100, 30);
    desk.keys(keys);
    assert!(desk.model.layers().is_empty());
    assert_eq!(desk.model.focus(), dutydesk::app::model::Focus::Queue(queue));
}

#[test]
fn the_selected_channel_stays_selected_when_others_come() {
    let mut desk = opened("j")(Lang::En, 100, 30);
    let mut more = views();
    more.insert(0, view("aaa", "A new one", "manual", Phase::ByHand));
    desk.happens(push(Push::Channels(more)));
    assert!(desk.screen().contains("▌ Bluesky"), "{}", desk.screen());
}

/// Tells the cockpit how its channels are; those not named have no connector.
fn briefs(desk: &mut Desk, channels: Vec<Brief>) {
    let state = DeskState { channels, ..desk.model.desk().clone() };
    desk.happens(push(Push::Desk(state)));
}

fn brief(id: &str, can: Option<Abilities>) -> Brief {
    let id = ChannelId(id.into());
    Brief { id, blind: None, can, by_hand: false, expires: None, unconfirmed: 0 }
}

#[test]
fn the_header_says_what_somebody_has_to_do_something_about() {
    let mut all = String::new();
    let expires = Some(Time(NOW.0 + 3 * 24 * 60 * MINUTE + MINUTE));
    let out = Brief { expires, ..brief("bluesky", None) };
    let ended = Brief { expires: Some(ago(5)), ..brief("bluesky", None) };
    let unsure = Brief { unconfirmed: 2, ..brief("wechat", None) };
    let blind = Brief { blind: Some(ago(3)), ..brief("weibo", None) };
    let fine = brief("douyin", None);
    let cases: [&[&Brief]; 6] = [
        &[&fine],
        &[&fine, &out],
        &[&fine, &ended],
        &[&fine, &out, &blind],
        &[&out, &blind, &unsure],
        &[&unsure],
    ];
    for lang in [Lang::En, Lang::Zh] {
        for w in [160, 120, 100, 80, 60, 40] {
            for case in cases {
                let mut desk = Desk::open(lang, w, 12);
                briefs(&mut desk, case.iter().map(|b| (*b).clone()).collect());
                all.push_str(desk.screen().lines().next().unwrap_or_default());
                all.push('\n');
            }
        }
    }
    snapshot("header_channels", &all);
}

#[rstest]
#[case::liked("z l", true)]
#[case::liked_back("z L", true)]
#[case::hidden("z h", false)]
#[case::deleted("z d", false)]
#[case::blocked("z b", true)]
fn what_a_channel_cannot_do_is_said_at_once(#[case] keys: &str, #[case] able: bool) {
    let mut desk = Desk::open(Lang::En, 120, 40);
    let commands = |desk: &Desk| {
        desk.sent.iter().filter(|to| matches!(to, ToDaemon::Ask { ask: Ask::Do(_), .. })).count()
    };
    briefs(&mut desk, vec![brief("weibo", None)]);
    desk.keys(keys);
    assert_eq!(commands(&desk), 0);
    assert!(desk.screen().contains("weibo is not connected"), "{}", desk.screen());
    desk.keys("esc");
    briefs(&mut desk, vec![brief("weibo", Some(all_abilities()))]);
    desk.keys(keys);
    assert_eq!(commands(&desk), usize::from(able));
    assert_eq!(desk.screen().contains("weibo cannot do that"), !able, "{}", desk.screen());
}

#[test]
fn what_cannot_be_brought_back_is_asked_about() {
    let open = |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        let can = Abilities { delete_theirs: true, ..all_abilities() };
        briefs(&mut desk, vec![brief("weibo", Some(can))]);
        desk.keys("z d");
        desk
    };
    snapshots("delete_asked", open);
    let ids = vec![FIRST];
    let command = Command::plain(Name::Delete, ids).expect("plain");
    let delete = ToDaemon::Ask { number: 0, ask: Ask::Do(command) };
    let mut desk = open(Lang::En, 80, 24);
    desk.keys("n");
    assert!(!desk.asked(&delete) && desk.model.layers().is_empty());
    desk.keys("z d y");
    assert!(desk.asked(&delete));
}

#[test]
fn for_several_it_is_said_when_it_comes_to_nothing_on_all() {
    let mut desk = Desk::open(Lang::En, 120, 40);
    briefs(&mut desk, vec![brief("weibo", None), brief("douyin", Some(all_abilities()))]);
    desk.keys("space space z l");
    let ids = vec![FIRST, ConversationId(1_041)];
    assert!(desk.asked(&ToDaemon::Ask {
        number: 0,
        ask: Ask::Do(Command::plain(Name::Like, ids).expect("plain"))
    }));
}

#[test]
fn the_palette_and_the_help_tell_what_cannot_be_done_here() {
    let mut desk = Desk::open(Lang::En, 100, 60);
    let can = Abilities { like: true, ..Abilities::default() };
    briefs(&mut desk, vec![brief("weibo", Some(can))]);
    desk.keys(":");
    desk.types("block");
    assert!(desk.screen().contains("微博 cannot do that"), "{}", desk.screen());
    desk.keys("esc :");
    desk.types("like");
    assert!(desk.screen().contains("like the message"), "{}", desk.screen());
    desk.keys("esc ?");
    let screen = desk.screen();
    let line = |word: &str| screen.lines().find(|l| l.contains(word)).unwrap_or_default();
    assert!(line("hide the message").contains("(not here)"), "{screen}");
    assert!(!line("like the message").contains("(not here)"), "{screen}");
}

/// A conversation with an answer in each stage, and requests that are on their way.
fn stuck(desk: &mut Desk, lang: Lang) {
    let mut conversation = desk.rows[0][0].conversation.clone();
    conversation.messages = 6;
    let mut detail = detail(conversation, lang);
    let why = "the connection broke while the answer was being read";
    let row = |attempts, stage| Outgoing {
        key: SendKey(1),
        made: ago(6),
        by: operator("amy"),
        on: true,
        attempts,
        seen: None,
        asked: None,
        stage,
    };
    detail.messages[3].1.permalink = Some("https://weibo.example/7781/Qx1".into());
    let reply = detail.messages[4].1.clone();
    let mut add = |seq: u32, text: &str, delivery: Delivery| {
        detail.messages.push((seq, Message { text: text.into(), delivery, ..reply.clone() }));
    };
    add(5, "We are looking into it, really.", Delivery::Unconfirmed(ago(4)));
    let failed = Delivery::Failed { at: ago(2), why: "the text is too long: 312 of 300".into() };
    add(6, "It ships today.", failed);
    let not_before = Time(NOW.0 + 2 * MINUTE);
    let queued = Stage::Queued { not_before, why: Some("too many requests".into()) };
    detail.outgoing = vec![
        (3, OutKind::Like, row(0, Stage::new())),
        (3, OutKind::Hide, row(2, queued.clone())),
        (4, OutKind::Reply, row(2, queued)),
        (5, OutKind::Reply, row(1, Stage::Unconfirmed { since: ago(4), why: why.into() })),
    ];
    desk.happens(push(Push::Detail(detail)));
}

#[test]
fn replies_that_got_stuck() {
    snapshots("stuck", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        briefs(&mut desk, vec![brief("weibo", Some(all_abilities()))]);
        desk.keys("enter");
        stuck(&mut desk, lang);
        desk.keys("G");
        desk
    });
}

#[test]
fn replies_that_are_carried_out_by_hand() {
    let mut desk = Desk::open(Lang::En, 100, 30);
    briefs(&mut desk, vec![Brief { by_hand: true, ..brief("weibo", None) }]);
    desk.keys("enter");
    stuck(&mut desk, Lang::En);
    desk.keys("G");
    snapshot("by_hand", &desk.screen());
}

#[test]
fn a_decision_is_asked_for_only_where_one_is_open() {
    let mut desk = Desk::open(Lang::En, 120, 40);
    briefs(&mut desk, vec![brief("weibo", Some(all_abilities()))]);
    let asked = |desk: &Desk, command: Command| {
        desk.asked(&ToDaemon::Ask { number: 0, ask: Ask::Do(command) })
    };
    desk.keys("enter z s");
    assert!(!asked(&desk, Command::MarkSent { ids: vec![FIRST] }), "its reply waits by itself");
    assert!(desk.screen().contains("no reply there waits for this"), "{}", desk.screen());
    stuck(&mut desk, Lang::En);
    desk.keys("z s");
    assert!(asked(&desk, Command::MarkSent { ids: vec![FIRST] }));
    desk.keys("z r");
    assert!(asked(&desk, Command::SendAgain { ids: vec![FIRST] }));
    briefs(&mut desk, vec![]);
    let waits = super::desk::detail(desk.rows[0][0].conversation.clone(), Lang::En);
    desk.happens(push(Push::Detail(waits)));
    desk.sent.clear();
    desk.keys("z r");
    assert!(!asked(&desk, Command::SendAgain { ids: vec![FIRST] }));
    desk.keys("z s");
    assert!(asked(&desk, Command::MarkSent { ids: vec![FIRST] }), "by hand, what waits is open");
}

fn press(desk: &mut Desk, keys: &str) -> Vec<Effect> {
    keys.split(' ')
        .flat_map(|key| {
            let key = Msg::Key(Key::parse(key).expect("a key"));
            update(&mut desk.model, key, desk.now)
        })
        .collect()
}

#[test]
fn the_reply_that_waits_is_copied() {
    let mut desk = Desk::open(Lang::En, 120, 40);
    desk.keys("enter");
    let effects = press(&mut desk, "z y");
    assert!(effects.contains(&Effect::Copy("We are looking into it.".into())));
    assert!(desk.screen().contains("zs marks it as sent"), "{}", desk.screen());
    let mut detail = detail(desk.rows[0][0].conversation.clone(), Lang::En);
    detail.messages.pop();
    desk.happens(push(Push::Detail(detail)));
    let effects = press(&mut desk, "z y");
    assert!(!effects.iter().any(|e| matches!(e, Effect::Copy(_))));
    assert!(desk.screen().contains("No reply of ours waits here"), "{}", desk.screen());
}

#[test]
fn from_a_queue_alone_the_thread_is_asked_for_first() {
    let mut desk = Desk::open(Lang::En, 60, 20);
    desk.keys("z y");
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask: Ask::Show(FIRST) }));
    desk.answers_any(Answer::Shown(Box::new(detail(
        desk.rows[0][0].conversation.clone(),
        Lang::En,
    ))));
    assert!(desk.screen().contains("copied"), "{}", desk.screen());
}

/// A desk where two channels are by hand.
fn by_hand(lang: Lang, w: u16, h: u16) -> Desk {
    let mut desk = Desk::open(lang, w, h);
    let hand = |id: &str| Brief { by_hand: true, ..brief(id, None) };
    let others = ["weibo", "douyin", "bluesky", "mastodon"];
    let mut all: Vec<Brief> = others.map(|id| brief(id, Some(all_abilities()))).into();
    all.extend([hand("xiaohongshu"), hand("wechat")]);
    briefs(&mut desk, all);
    desk
}

#[test]
fn pasting_asks_for_the_channel() {
    snapshots("paste_into", |lang, w, h| {
        let mut desk = by_hand(lang, w, h);
        desk.keys("z p");
        desk
    });
}

#[test]
fn pasting_says_how() {
    snapshots("paste", |lang, w, h| {
        let mut desk = by_hand(lang, w, h);
        desk.keys("z p 1");
        desk
    });
}

#[test]
fn what_is_pasted_is_understood_before_it_is_sent() {
    snapshots("pasted", |lang, w, h| {
        let mut desk = by_hand(lang, w, h);
        desk.keys("z p 1");
        desk.happens(Msg::Paste("@小鹿_\r\n什么时候发货？\nhttps://xhs.example/1\n//dm".into()));
        desk
    });
}

#[test]
fn what_is_pasted_comes_in_and_is_opened() {
    let mut desk = by_hand(Lang::En, 100, 30);
    desk.keys("z p 1");
    desk.happens(Msg::Paste("@li\nso slow\nhttps://xhs.example/1\n---\nme too".into()));
    desk.keys("ctrl-s");
    let events = desk.sent.iter().find_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Ingest { cursor: None, events }, .. } => Some(events.clone()),
        _ => None,
    });
    let events = events.expect("it was handed in");
    let [Event::Message(first), Event::Message(second)] = &events[..] else {
        panic!("two messages: {events:?}")
    };
    assert_eq!((first.author.name.as_str(), first.text.as_str()), ("li", "so slow"));
    assert_eq!(first.permalink.as_deref(), Some("https://xhs.example/1"));
    assert_eq!((second.queue, second.text.as_str()), (Queue::Comments, "me too"));
    assert_eq!(first.channel.0, "xiaohongshu");
    let root = first.id.clone();
    let ingested = Ingested { added: 2, opened: 2, ..Ingested::default() };
    desk.answers_any(Answer::Ingested(ingested));
    assert!(desk.model.composer().is_none());
    assert!(desk.screen().contains("2 came in"), "{}", desk.screen());
    let mut row = desk.rows[0][5].clone();
    row.conversation.root = root;
    let id = row.conversation.id;
    desk.answers_any(Answer::Listed(vec![row], None));
    assert_eq!(desk.model.in_view().detail.as_ref().map(|d| d.conversation.id), Some(id));
}

#[rstest]
#[case(Answer::Ingested(Ingested { known: 1, ..Ingested::default() }), "on the desk already", false)]
#[case(
    Answer::Ingested(Ingested { rejected: vec![(0, "too long".into())], ..Ingested::default() }),
    "did not come in: too long",
    false
)]
#[case(Answer::Refused(Refusal::ReadOnly("disk full".into())), "disk full", true)]
fn what_became_of_it_is_said(#[case] answer: Answer, #[case] says: &str, #[case] stays: bool) {
    let mut desk = by_hand(Lang::En, 120, 40);
    desk.keys("z p 1");
    desk.types("hello");
    desk.keys("ctrl-s");
    desk.answers_any(answer);
    assert!(desk.screen().contains(says), "{}", desk.screen());
    assert_eq!(desk.model.composer().is_some(), stays, "a text that was refused is kept");
}

#[test]
fn a_paste_that_is_left_is_kept_and_an_empty_one_is_not_sent() {
    let mut desk = by_hand(Lang::En, 100, 30);
    desk.keys("z p 1 ctrl-s");
    assert!(desk.screen().contains("Nothing is written yet"));
    desk.types("hello");
    desk.keys("esc z p 2");
    assert_eq!(desk.model.composer().map(|c| c.editor.text()), Some("hello"));
}

#[test]
fn without_a_channel_by_hand_it_is_said_how_to_make_one() {
    let mut desk = Desk::open(Lang::En, 120, 40);
    desk.keys("z p");
    assert!(desk.screen().contains("dutydesk paste --channel NAME"), "{}", desk.screen());
}

#[test]
fn writing_where_nothing_sends_says_so() {
    let mut desk = by_hand(Lang::En, 120, 40);
    desk.keys("2 r");
    assert!(desk.screen().contains("Nothing sends for 微信"), "{}", desk.screen());
}
