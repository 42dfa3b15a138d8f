//! The composer: counting, canned responses, the question before many, drafts of several cockpits,
//! what is sent and can still be taken back.

use super::super::{SIZES, snapshot};
use super::desk::{Desk, NOW, detail, operator, push};
use dutydesk::app::{Key, Msg};
use dutydesk::domain::canned::Canned;
use dutydesk::domain::outbox::{Hold, Stage};
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::message::*;

const FIRST: ConversationId = ConversationId(1_040);

fn open() -> Desk {
    Desk::open(Lang::En, 120, 40)
}

fn canned(name: &str, text: &str, language: Option<Lang>, channels: &[&str]) -> Canned {
    Canned {
        name: name.into(),
        text: text.into(),
        language,
        channels: channels.iter().map(|c| (*c).to_owned()).collect(),
        tags: vec![],
    }
}

fn responses() -> Answer {
    let mut sorry = canned(
        "sorry",
        "Hi {{author}}, sorry: {{?what}}. We look into it by {{?day}}.",
        Some(Lang::En),
        &[],
    );
    sorry.tags.push("severe".into());
    let all = vec![
        canned("thanks", "Thank you, {{first_name}}!", Some(Lang::En), &[]),
        canned("致歉", "{{author}}您好，非常抱歉。{{?情况}}", Some(Lang::Zh), &[]),
        canned("bluesky only", "Hello there", None, &["bluesky"]),
        sorry,
    ];
    Answer::Responses(all, vec![])
}

fn text(desk: &Desk) -> &str {
    desk.model.composer().map(|c| c.editor.text()).unwrap_or_default()
}

fn before(desk: &Desk) -> &str {
    desk.model.composer().map(|c| c.editor.before()).unwrap_or_default()
}

fn commands(desk: &Desk) -> Vec<&Command> {
    let asked = desk.sent.iter().filter_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Do(command), .. } => Some(command),
        _ => None,
    });
    asked.collect()
}

fn first(desk: &Desk) -> Detail {
    detail(desk.rows[0][0].conversation.clone(), Lang::En)
}

#[test]
fn a_draft_that_is_left_is_told() {
    let mut desk = open();
    desk.keys("r");
    desk.types("kept");
    desk.keys("esc");
    assert!(desk.screen().contains("Draft kept"), "{}", desk.screen());
}

#[test]
fn what_is_left_is_counted_as_the_platform_does_and_too_much_is_not_sent() {
    let mut desk = open();
    desk.keys("r");
    // The first one is on Weibo: two half-width characters are one of its 140.
    desk.types("好ab");
    assert!(desk.screen().contains("138 left of 140"), "{}", desk.screen());
    desk.happens(Msg::Paste("好".repeat(141)));
    assert!(desk.screen().contains("3 too many: 140"), "{}", desk.screen());
    desk.keys("ctrl-s");
    assert!(commands(&desk).is_empty());
    assert!(desk.screen().contains("Not sent: 3 too many"));
    desk.keys("backspace backspace backspace");
    desk.keys("ctrl-s");
    assert_eq!(commands(&desk).len(), 1);
}

#[test]
fn the_best_response_for_a_conversation_comes_first_and_the_caret_stands_where_it_is_open() {
    let mut desk = open();
    desk.keys("z c");
    desk.answers_any(responses());
    // In English, for every channel or this one; what suits the tag first.
    let screen = desk.screen();
    assert!(screen.contains("sorry") && screen.contains("thanks"), "{screen}");
    assert!(!screen.contains("致歉") && !screen.contains("bluesky only"), "{screen}");
    desk.keys("enter");
    assert_eq!(text(&desk), "Hi littledeer_, sorry: . We look into it by {{?day}}.");
    assert_eq!(before(&desk), "Hi littledeer_, sorry: ");
    desk.types("it broke");
    // One place is still open: nothing goes out, and a key leads there.
    desk.keys("ctrl-s");
    assert!(commands(&desk).is_empty());
    assert!(desk.screen().contains("day has to be filled in"), "{}", desk.screen());
    desk.keys("tab");
    desk.types("Friday");
    desk.keys("ctrl-s");
    let want = "Hi littledeer_, sorry: it broke. We look into it by Friday.";
    assert!(matches!(commands(&desk)[..], [Command::Reply { text, .. }] if text == want));
}

#[test]
fn a_response_is_found_by_a_few_letters_and_beyond_its_scope() {
    let mut desk = open();
    desk.keys("r");
    desk.types("First of all.");
    desk.keys("ctrl-r");
    desk.answers_any(responses());
    desk.types("tha");
    desk.keys("enter");
    assert_eq!(text(&desk), "First of all.\nThank you, littledeer_!");
    desk.keys("ctrl-r");
    desk.types("致");
    assert!(desk.screen().contains("shows all of them"), "{}", desk.screen());
    desk.keys("tab");
    desk.keys("enter");
    assert!(text(&desk).contains("非常抱歉"));
}

#[test]
fn enter_before_the_responses_are_here_takes_the_best_one_when_they_are() {
    let mut desk = open();
    desk.keys("z c enter");
    assert_eq!(text(&desk), "");
    desk.answers_any(responses());
    assert!(text(&desk).starts_with("Hi littledeer_"));
}

#[test]
fn one_answer_to_many_shows_an_example_and_the_count_before_it_goes() {
    let mut desk = open();
    desk.keys("space space r");
    desk.types("Dear {{author}}, about {{number}}");
    desk.keys("ctrl-s");
    assert!(commands(&desk).is_empty());
    let screen = desk.screen();
    assert!(screen.contains("Send to 2 conversations?"), "{screen}");
    assert!(screen.contains("Dear littledeer_, about 1040"), "{screen}");
    desk.keys("esc");
    assert!(text(&desk).starts_with("Dear"));
    desk.keys("ctrl-s enter");
    assert!(
        matches!(commands(&desk)[..], [Command::Reply { ids, seen: None, .. }] if ids.len() == 2)
    );
    // The same for one that is typed as a command.
    let mut desk = open();
    desk.keys("space space :");
    desk.types("reply we are closed");
    desk.keys("enter");
    assert!(commands(&desk).is_empty());
    desk.keys("enter");
    assert_eq!(commands(&desk).len(), 1);
}

#[test]
fn what_was_sent_counts_down_and_undo_brings_it_back_into_the_composer() {
    let mut desk = open();
    desk.keys("r");
    desk.types("sorry");
    desk.keys("ctrl-s");
    let done = |name, goes_at, taken_back| {
        let (ids, refused) = (vec![FIRST], vec![]);
        Answer::Done(Done {
            name,
            taken_back,
            ids,
            refused,
            message: None,
            goes_at,
            warned: Vec::new(),
            posts: Vec::new(),
            made: None,
        })
    };
    let at = Time(desk.now.0 + 10_000);
    desk.answers_last(done(Name::Reply, Some(at), false));
    assert!(desk.screen().contains("out in 10 s"), "{}", desk.screen());
    // It ticks while it shows, and no longer.
    let mut ticks = 0;
    while desk.model.going().is_some() {
        let next = desk.model.next_tick(desk.now).expect("a tick");
        assert!(next.0 - desk.now.0 <= 1_000);
        desk.now = next;
        desk.happens(Msg::Tick);
        ticks += 1;
    }
    assert!((10..20).contains(&ticks), "{ticks}");
    assert!(!desk.screen().contains("out in"));
    desk.keys("u");
    desk.answers_last(done(Name::Reply, None, true));
    let mut back = first(&desk);
    (back.draft, back.draft_seen) = (Some("sorry".into()), Some(5));
    desk.happens(push(Push::Detail(back)));
    assert_eq!(text(&desk), "sorry");
}

#[test]
fn the_newest_draft_of_two_cockpits_is_shown_and_what_is_typed_here_stays() {
    let mut desk = open();
    desk.keys("r");
    let came = |desk: &mut Desk, draft: &str| {
        let mut detail = first(desk);
        (detail.draft, detail.draft_seen) = (Some(draft.into()), Some(4));
        desk.happens(push(Push::Detail(detail)));
    };
    came(&mut desk, "one");
    assert_eq!(text(&desk), "one");
    came(&mut desk, "one two");
    assert_eq!(text(&desk), "one two");
    assert!(desk.screen().contains("changed this draft"), "{}", desk.screen());
    desk.types("!");
    came(&mut desk, "one three");
    assert_eq!(text(&desk), "one two!");
    assert!(desk.screen().contains("wrote here as well"), "{}", desk.screen());
    // What was new when it was begun elsewhere is new here.
    assert_eq!(desk.model.composer().and_then(|c| c.seen), Some(4));
}

#[test]
fn a_draft_written_without_a_link_is_handed_in_when_it_is_back() {
    let mut desk = open();
    desk.happens(Msg::LinkLost { why: "gone".into(), retry_at: None });
    desk.keys("r");
    desk.types("offline");
    desk.keys("esc");
    desk.sent.clear();
    let welcome = desk.model.welcome().cloned().expect("attached");
    desk.happens(Msg::Linked(welcome));
    let text = Some("offline".to_owned());
    assert!(
        desk.asked(&ToDaemon::Ask {
            number: 0,
            ask: Ask::Draft { id: FIRST, text, seen: Some(5) }
        })
    );
}

#[test]
fn a_long_paste_stays_here_and_is_told() {
    let mut desk = open();
    desk.keys("m");
    desk.happens(Msg::Paste("x".repeat(100_000)));
    assert!(desk.screen().contains("only here"), "{}", desk.screen());
    desk.keys("esc r");
    desk.happens(Msg::Paste("好".repeat(100_000)));
    desk.happens(Msg::Key(Key::parse("left").expect("a key")));
    desk.now = Time(desk.now.0 + 60_000);
    desk.happens(Msg::Tick);
    let kept =
        desk.sent.iter().any(|to| matches!(to, ToDaemon::Ask { ask: Ask::Draft { .. }, .. }));
    assert!(!kept, "the desk would refuse it");
}

#[test]
fn a_name_after_an_at_is_offered_and_completed() {
    let mut desk = open();
    desk.keys("m");
    desk.types("see @b");
    assert!(desk.screen().contains("Tab: bo"), "{}", desk.screen());
    desk.keys("tab");
    assert_eq!(text(&desk), "see @bo ");
    desk.keys("tab");
    assert!(desk.screen().contains("Nothing is left to fill in"));
}

/// One screen at every size, in both languages.
fn everywhere(name: &str, make: impl Fn(Lang, u16, u16) -> Desk) {
    for (lang, suffix) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
        let mut all = String::new();
        for (w, h) in SIZES {
            let screen = make(lang, w, h).screen();
            all.push_str(&format!("== {w}x{h} {}\n{screen}", "=".repeat(usize::from(w) - 12)));
        }
        snapshot(&format!("{name}_{suffix}"), &all);
    }
}

#[test]
fn the_picker() {
    everywhere("canned", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("z c");
        desk.answers_any(responses());
        desk
    });
}

#[test]
fn the_question() {
    everywhere("confirm", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.keys("space space space r");
        desk.types(if lang == Lang::Zh {
            "{{author}}您好，门店今天休息。"
        } else {
            "Dear {{author}}, we are closed today."
        });
        desk.keys("ctrl-s");
        desk
    });
}

#[test]
fn what_is_held() {
    everywhere("held", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        let mut held = detail(desk.rows[0][0].conversation.clone(), lang);
        let since = Time(NOW.0 - 120_000);
        held.messages[1].1.delivery = Delivery::Held(since);
        held.messages[1].1.operator = Some(operator("amy"));
        let row = Outgoing {
            key: SendKey(1),
            made: Time(NOW.0 - 180_000),
            by: operator("amy"),
            on: true,
            attempts: 0,
            seen: None,
            asked: None,
            stage: Stage::Held { since, why: Hold::Overtaken { new: 1 } },
        };
        held.outgoing = vec![(1, OutKind::Reply, row)];
        desk.happens(push(Push::Detail(held)));
        desk.keys("enter");
        desk
    });
}

#[test]
fn what_was_taken_back_before_it_left_is_not_in_the_thread() {
    let mut desk = open();
    let mut thread = first(&desk);
    let (seq, mut taken_back) =
        thread.messages.iter().find(|(_, m)| m.kind == MessageKind::Reply).cloned().unwrap();
    (taken_back.text, taken_back.withdrawn) = ("never went out".into(), Some(NOW));
    let mut deleted = taken_back.clone();
    (taken_back.platform_id, deleted.text) = (String::new(), "was there".into());
    thread.messages.extend([(seq + 90, taken_back), (seq + 91, deleted)]);
    desk.happens(push(Push::Detail(thread)));
    desk.keys("enter G");
    let screen = desk.screen();
    assert!(screen.contains("was there") && !screen.contains("never went out"), "{screen}");
}
