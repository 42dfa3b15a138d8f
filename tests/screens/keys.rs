//! What keys do: pressed on a test desk, seen in what is sent and what is shown.

use super::desk::{Desk, NOW, operator, push, whole};
use dutydesk::app::model::Focus;
use dutydesk::app::{Effect, Key, KeyCode, Msg, Settings, update};
use dutydesk::domain::policy::TargetName;
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::message::*;
use rstest::rstest;

const FIRST: ConversationId = ConversationId(1_040);
const SECOND: ConversationId = ConversationId(1_041);

fn open() -> Desk {
    Desk::open(Lang::En, 120, 40)
}

/// The commands that were sent.
fn commands(desk: &Desk) -> Vec<Command> {
    let asked = desk.sent.iter().filter_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Do(command), .. } => Some(command.clone()),
        _ => None,
    });
    asked.collect()
}

fn done(name: Name, ids: &[ConversationId]) -> Answer {
    let (ids, refused) = (ids.to_vec(), Vec::new());
    let warned = Vec::new();
    Answer::Done(Done {
        name,
        taken_back: false,
        ids,
        refused,
        message: None,
        goes_at: None,
        warned,
        posts: Vec::new(),
        made: None,
    })
}

fn selected(desk: &Desk) -> Option<ConversationId> {
    desk.model.list(Queue::Comments).selected()
}

#[rstest]
#[case("c", Command::Claim { ids: vec![FIRST], over: false })]
#[case("C", Command::Claim { ids: vec![FIRST], over: true })]
#[case("R", Command::Release { ids: vec![FIRST] })]
#[case("p", Command::Pending { ids: vec![FIRST] })]
#[case("h", Command::Hold { ids: vec![FIRST] })]
#[case("d", Command::Resolve { ids: vec![FIRST] })]
#[case("o", Command::Reopen { ids: vec![FIRST] })]
#[case("u", Command::Undo)]
#[case("ctrl-r", Command::Redo)]
#[case("enter d", Command::Resolve { ids: vec![FIRST] })]
#[case("2 c", Command::Claim { ids: vec![ConversationId(2_010)], over: false })]
#[case("tab c", Command::Claim { ids: vec![ConversationId(2_010)], over: false })]
#[case("G c", Command::Claim { ids: vec![ConversationId(1_050)], over: false })]
#[case("G g g c", Command::Claim { ids: vec![FIRST], over: false })]
#[case("n c", Command::Claim { ids: vec![SECOND], over: false })]
#[case("space space d", Command::Resolve { ids: vec![FIRST, SECOND] })]
#[case("s 1", Command::Snooze { ids: vec![FIRST], until: Time(NOW.0 + 3_600_000) })]
#[case("s enter", Command::Snooze { ids: vec![FIRST], until: Time(NOW.0 + 3_600_000) })]
#[case("a 1", Command::Assign { ids: vec![FIRST], to: Some(operator("amy")) })]
#[case("a 2", Command::Assign { ids: vec![FIRST], to: Some(operator("bo")) })]
#[case("a 4", Command::Assign { ids: vec![FIRST], to: None })]
fn a_key_sends_its_command(#[case] keys: &str, #[case] command: Command) {
    let mut desk = open();
    // The clock stands still, so that an hour is an hour.
    for key in keys.split(' ') {
        desk.happens(Msg::Key(Key::parse(key).expect("a key")));
    }
    assert_eq!(commands(&desk), [command]);
}

#[rstest]
#[case("claim", Command::Claim { ids: vec![FIRST], over: false })]
#[case("assign bo", Command::Assign { ids: vec![FIRST], to: Some(operator("bo")) })]
#[case("assign @bo", Command::Assign { ids: vec![FIRST], to: Some(operator("bo")) })]
#[case("assign me", Command::Assign { ids: vec![FIRST], to: Some(operator("amy")) })]
#[case("assign #12 nobody", Command::Assign { ids: vec![ConversationId(12)], to: None })]
#[case("snooze 2h", Command::Snooze { ids: vec![FIRST], until: Time(NOW.0 + 7_200_000) })]
#[case("label vip", Command::Label { ids: vec![FIRST], label: "vip".into() })]
#[case("unlabel vip", Command::Unlabel { ids: vec![FIRST], label: "vip".into() })]
#[case("resolve #12 #13", Command::Resolve { ids: vec![ConversationId(12), ConversationId(13)] })]
#[case("note call back", Command::Note { ids: vec![FIRST], text: "call back".into() })]
#[case("reply sorry", Command::Reply { ids: vec![FIRST], text: "sorry".into(), seen: Some(5), because: None })]
#[case("sno 2h", Command::Snooze { ids: vec![FIRST], until: Time(NOW.0 + 7_200_000) })]
fn a_typed_command_is_carried_out(#[case] typed: &str, #[case] command: Command) {
    let mut desk = open();
    desk.happens(Msg::Key(Key::char('：')));
    desk.types(typed);
    desk.happens(Msg::Key(Key::parse("enter").expect("a key")));
    assert_eq!(commands(&desk), [command]);
}

#[test]
fn an_action_of_the_cockpit_is_run_from_the_palette() {
    let mut desk = open();
    desk.keys(":");
    desk.types("theme");
    desk.keys("enter");
    assert!(desk.screen().contains("high-contrast"));
}

#[test]
fn esc_that_arrives_with_the_next_key_closes_a_page_but_never_a_text() {
    let mut desk = open();
    desk.keys("? alt-j");
    assert_eq!(selected(&desk), Some(SECOND), "help is closed, and j went down");
    desk.keys("r alt-d");
    assert!(desk.model.composer().is_some(), "an unknown Alt key does nothing to a text");
    assert!(commands(&desk).is_empty());
}

#[test]
fn nothing_is_shown_as_done_before_the_desk_says_so() {
    let mut desk = open();
    desk.keys("d");
    assert_eq!(selected(&desk), Some(SECOND), "the cursor goes on");
    assert_eq!(desk.model.waiting(FIRST), Some(Name::Resolve));
    assert!(desk.screen().contains(" …-00:12"), "{}", desk.screen());
    desk.answers_last(done(Name::Resolve, &[FIRST]));
    assert_eq!(desk.model.waiting(FIRST), None);
    assert!(desk.screen().contains("#1040 resolved"));
    let spec = desk.last_window(Queue::Comments);
    let rows = desk.rows[0][1..].to_vec();
    desk.happens(push(Push::Window(whole(Queue::Comments, spec, rows))));
    assert!(desk.screen().contains("resolved by amy"));
    assert_eq!(selected(&desk), Some(SECOND));
}

#[test]
fn what_the_desk_refuses_is_said_and_the_marks_stay() {
    let mut desk = open();
    desk.keys("space space space d");
    let ids = [FIRST, SECOND];
    let refused = vec![Refusal::Unchanged(ConversationId(1_042))];
    let answer = Done {
        name: Name::Resolve,
        taken_back: false,
        ids: ids.to_vec(),
        refused,
        message: None,
        goes_at: None,
        warned: Vec::new(),
        posts: Vec::new(),
        made: None,
    };
    desk.answers_last(Answer::Done(answer));
    let why = Refusal::Unchanged(ConversationId(1_042)).say(Lang::En);
    let marks = desk.model.list(Queue::Comments).marks();
    assert_eq!(marks.iter().copied().collect::<Vec<_>>(), [ConversationId(1_042)]);
    assert!(desk.screen().contains(why.as_str()), "{}", desk.screen());
}

#[test]
fn a_verb_on_what_somebody_took_away_does_nothing_but_say_so() {
    let mut desk = open();
    desk.keys("j");
    let spec = desk.last_window(Queue::Comments);
    desk.rows[0].remove(1);
    let rows = desk.rows[0].clone();
    desk.happens(push(Push::Window(whole(Queue::Comments, spec, rows))));
    let notice = Notice::Gone { id: SECOND, name: Name::Resolve, by: operator("bo") };
    desk.happens(push(Push::Notices(vec![notice])));
    assert_eq!(selected(&desk), Some(SECOND));
    desk.keys("d");
    assert_eq!(commands(&desk), []);
    assert_eq!(selected(&desk), Some(ConversationId(1_042)));
    assert!(desk.screen().contains("resolved by bo"));
}

#[test]
fn resolving_while_reading_goes_on_to_the_next() {
    let mut desk = open();
    desk.keys("enter d");
    assert_eq!(desk.model.focus(), Focus::Conversation);
    assert!(desk.screen().contains("#1041"));
}

#[test]
fn a_reply_is_written_sent_once_and_leads_back() {
    let mut desk = open();
    desk.keys("r");
    desk.types("sorry");
    desk.keys("enter");
    desk.happens(Msg::Paste("line 1\r\nline 2\u{1b}[31m".into()));
    desk.keys("ctrl-s ctrl-s");
    let text = "sorry\nline 1\nline 2[31m".to_owned();
    assert_eq!(
        commands(&desk),
        [Command::Reply { ids: vec![FIRST], text, seen: Some(5), because: None }]
    );
    desk.types("x");
    assert!(desk.screen().contains("sending"));
    desk.answers_last(done(Name::Reply, &[FIRST]));
    assert!(desk.model.composer().is_none());
    assert_eq!(desk.model.focus(), Focus::Queue(Queue::Comments));
    assert_eq!(selected(&desk), Some(SECOND));
    let forgotten =
        ToDaemon::Ask { number: 0, ask: Ask::Draft { id: FIRST, text: None, seen: None } };
    assert!(desk.asked(&forgotten));
}

#[test]
fn a_reply_that_was_overtaken_is_sent_anyway_with_one_key() {
    let mut desk = open();
    desk.keys("r");
    desk.types("sorry");
    desk.keys("ctrl-g");
    desk.answers_last(Answer::Refused(Refusal::Overtaken { id: FIRST, new: 1 }));
    assert!(desk.screen().contains("1 new"));
    let conversation = desk.rows[0][0].conversation.clone();
    let mut detail = super::desk::detail(conversation, Lang::En);
    detail.conversation.messages = 6;
    desk.happens(push(Push::Detail(detail)));
    desk.keys("ctrl-g");
    let sent = commands(&desk);
    let seen = |c: &Command| match c {
        Command::Reply { seen, text, .. } => (*seen, text.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(seen(&sent[0]), (Some(5), "sorry".into()));
    assert_eq!(seen(&sent[1]), (Some(6), "sorry".into()), "what is shown now has been seen");
}

#[test]
fn a_draft_is_kept_by_the_desk_a_moment_after_typing_and_comes_back() {
    let mut desk = open();
    desk.keys("r");
    desk.types("hello");
    let kept = |text: &str| ToDaemon::Ask {
        number: 0,
        ask: Ask::Draft { id: FIRST, text: Some(text.into()), seen: Some(5) },
    };
    assert!(!desk.asked(&kept("hello")));
    let due = desk.model.next_tick(desk.now).expect("a draft is due");
    desk.now = Time(desk.now.0 + 800).max(due);
    desk.happens(Msg::Tick);
    assert!(desk.asked(&kept("hello")));
    desk.types("!");
    desk.keys("esc");
    assert!(desk.asked(&kept("hello!")), "leaving keeps it at once");
    assert!(desk.model.composer().is_none());
    desk.keys("r");
    assert_eq!(desk.model.composer().map(|c| c.editor.text()), Some("hello!"));
    // On another day, or after a lost link: the draft comes with the conversation.
    let mut desk = open();
    desk.keys("r");
    let conversation = desk.rows[0][0].conversation.clone();
    let mut detail = super::desk::detail(conversation, Lang::En);
    detail.draft = Some("from the desk".into());
    desk.happens(push(Push::Detail(detail)));
    assert_eq!(desk.model.composer().map(|c| c.editor.text()), Some("from the desk"));
}

#[test]
fn a_note_never_waits_for_the_desk_to_be_kept() {
    let mut desk = open();
    desk.keys("m");
    desk.types("call");
    desk.keys("esc m");
    assert_eq!(desk.model.composer().map(|c| c.editor.text()), Some("call"));
    let kept =
        desk.sent.iter().any(|to| matches!(to, ToDaemon::Ask { ask: Ask::Draft { .. }, .. }));
    assert!(!kept);
}

#[test]
fn the_editor_takes_the_draft_and_gives_it_back() {
    let mut desk = open();
    desk.keys("r");
    desk.types("a");
    let key = Msg::Key(Key::ctrl('o'));
    let effects = update(&mut desk.model, key, desk.now);
    assert!(effects.contains(&Effect::OpenEditor { text: "a".into() }));
    desk.happens(Msg::EditorDone(Some("a\nb\n".into())));
    assert_eq!(desk.model.composer().map(|c| c.editor.text()), Some("a\nb"));
}

#[test]
fn a_lost_link_keeps_the_screen_and_says_what_was_not_confirmed() {
    let mut desk = open();
    desk.keys("d");
    desk.happens(Msg::LinkLost { why: "gone".into(), retry_at: None });
    let screen = desk.screen();
    assert!(screen.contains("No link: gone"), "{screen}");
    assert!(screen.contains("The link broke before the desk confirmed (resolved)"), "{screen}");
    assert!(screen.contains("coffee cat"));
    desk.keys("c");
    assert_eq!(commands(&desk).len(), 1, "nothing is asked without a link");
    desk.sent.clear();
    let welcome = desk.model.welcome().cloned().expect("attached");
    desk.happens(Msg::Linked(welcome));
    let asked = |q: Queue| {
        desk.sent.iter().any(|to| matches!(to, ToDaemon::Window { queue, .. } if *queue == q))
    };
    assert!(asked(Queue::Comments) && asked(Queue::Messages));
    assert!(desk.sent.iter().any(|to| matches!(to, ToDaemon::Viewing { id: Some(_), .. })));
    assert!(!desk.screen().contains("No link: gone"));
}

#[test]
fn a_draft_survives_a_lost_link_and_is_kept_when_it_is_back() {
    let mut desk = open();
    desk.keys("r");
    desk.happens(Msg::LinkLost { why: "gone".into(), retry_at: None });
    desk.types("still here");
    desk.keys("ctrl-s");
    assert!(commands(&desk).is_empty());
    // Nothing is due while there is nobody to tell.
    let next = desk.model.next_tick(desk.now).expect("the clock");
    assert!(next.0 > desk.now.0 + 1_000, "{next:?}");
    let welcome = desk.model.welcome().cloned().expect("attached");
    desk.happens(Msg::Linked(welcome));
    let kept = Ask::Draft { id: FIRST, text: Some("still here".into()), seen: Some(5) };
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask: kept }));
}

#[test]
fn the_filter_is_read_before_it_is_asked_for() {
    let mut desk = open();
    desk.keys("/");
    desk.types("state:nowhere");
    desk.keys("enter");
    assert!(desk.screen().contains("state:nowhere"));
    assert_eq!(desk.model.list(Queue::Comments).filter(), "");
    desk.keys("ctrl-u");
    desk.types("platform:weibo");
    desk.keys("enter");
    assert_eq!(desk.last_window(Queue::Comments).filter, "platform:weibo");
    desk.keys("esc");
    assert_eq!(desk.last_window(Queue::Comments).filter, "");
}

#[test]
fn all_that_match_are_marked_page_by_page() {
    let mut desk = open();
    desk.keys("V");
    let page = desk.rows[0][..2].to_vec();
    let after = page[1].key;
    desk.answers_any(Answer::Listed(page, Some(after)));
    assert!(desk.screen().contains("2 so far"));
    let asked = desk.sent.iter().rev().find_map(|to| match to {
        ToDaemon::Ask { ask: Ask::List { after, .. }, .. } => Some(*after),
        _ => None,
    });
    assert_eq!(asked, Some(Some(after)));
    let rest = desk.rows[0][2..].to_vec();
    desk.answers_any(Answer::Listed(rest, None));
    assert_eq!(desk.model.list(Queue::Comments).marks().len(), 11);
    desk.keys("esc");
    assert_eq!(desk.model.list(Queue::Comments).marks().len(), 0);
}

#[test]
fn play_mode_claims_the_most_urgent_that_nobody_is_on_again_and_again() {
    let mut desk = open();
    desk.keys("P");
    let (comments, messages) = (desk.rows[0].clone(), desk.rows[1].clone());
    desk.answers_lists(&[comments.clone(), messages.clone()]);
    // bo answers the first one; the second is free.
    let claim = |id| Command::Claim { ids: vec![id], over: false };
    assert_eq!(commands(&desk), [claim(SECOND)]);
    desk.answers_last(Answer::Refused(Refusal::Claimed {
        id: SECOND,
        by: operator("chen"),
        since: NOW,
    }));
    let third = ConversationId(1_042);
    assert_eq!(commands(&desk)[1..], [claim(third)], "the next one when somebody was quicker");
    desk.answers_last(done(Name::Claim, &[third]));
    assert_eq!(desk.model.focus(), Focus::Conversation);
    assert!(desk.screen().contains("PLAY") && desk.screen().contains("#1042"));
    desk.keys("d");
    desk.answers_last(done(Name::Resolve, &[third]));
    let comments: Vec<Row> = comments.into_iter().skip(3).collect();
    desk.answers_lists(&[comments, messages]);
    // Claimed by bo, assigned to me: mine is next, by urgency.
    assert_eq!(commands(&desk).last(), Some(&claim(ConversationId(1_044))));
    desk.answers_last(done(Name::Claim, &[ConversationId(1_044)]));
    desk.keys("esc");
    let given_back = Command::Release { ids: vec![ConversationId(1_044)] };
    assert_eq!(commands(&desk).last(), Some(&given_back));
    assert_eq!(desk.model.focus(), Focus::Queue(Queue::Comments));
    assert!(!desk.model.playing());
}

#[test]
fn esc_closes_one_thing_at_a_time() {
    let mut desk = open();
    desk.keys("space enter ?");
    assert_eq!(desk.model.layers().len(), 1);
    desk.keys("esc");
    assert_eq!((desk.model.layers().len(), desk.model.focus()), (0, Focus::Conversation));
    desk.keys("esc");
    assert_eq!(desk.model.focus(), Focus::Queue(Queue::Comments));
    assert_eq!(desk.model.list(Queue::Comments).marks().len(), 1);
    desk.keys("esc");
    assert_eq!(desk.model.list(Queue::Comments).marks().len(), 0);
}

#[rstest]
#[case("q", true)]
#[case("enter q", false)]
#[case("enter q q", true)]
#[case("? q", false)]
#[case("r q", false)]
#[case("ctrl-c", true)]
fn q_goes_back_and_at_the_end_leaves(#[case] keys: &str, #[case] leaves: bool) {
    let mut desk = open();
    let (last, before) = keys.rsplit_once(' ').map_or((keys, ""), |(b, l)| (l, b));
    desk.keys(before);
    let key = Key::parse(last).expect("a key");
    let effects = update(&mut desk.model, Msg::Key(key), desk.now);
    assert_eq!(effects.contains(&Effect::Quit), leaves);
}

#[test]
fn themes_are_tried_out_and_taken_or_left() {
    let mut desk = open();
    desk.keys("t j");
    assert_eq!(desk.model.theme(), "light");
    desk.keys("esc");
    assert_eq!(desk.model.theme(), "dark");
    desk.keys("t j j");
    let effects = update(&mut desk.model, Msg::Key(Key::parse("enter").expect("a key")), desk.now);
    assert!(effects.contains(&Effect::SaveTheme("high-contrast".into())));
    assert_eq!(desk.model.theme(), "high-contrast");
}

#[test]
fn the_language_changes_at_once_and_is_kept() {
    let mut desk = open();
    let effects = update(&mut desk.model, Msg::Key(Key::char('L')), desk.now);
    assert!(effects.contains(&Effect::SaveLang(Lang::Zh)));
    assert!(desk.screen().contains("评论"));
}

#[rstest]
#[case(true)]
#[case(false)]
fn a_breach_rings_when_the_bell_is_on(#[case] bell: bool) {
    let mut desk = Desk::with(Settings { bell, ..Settings::default() }, 100, 30);
    let target = Some(TargetName::Statement);
    let notice = Push::Notices(vec![Notice::Breached { count: 1, id: FIRST, target }]);
    let effects = update(&mut desk.model, push(notice), desk.now);
    assert_eq!(effects.contains(&Effect::Bell), bell);
    assert!(desk.screen().contains("#1040 is late now: statement"));
    desk.keys("g n");
    assert_eq!(desk.model.focus(), Focus::Conversation);
}

#[test]
fn the_conversation_follows_when_the_cursor_rests() {
    let mut desk = open();
    desk.sent.clear();
    let viewed =
        |desk: &Desk| desk.sent.iter().filter(|to| matches!(to, ToDaemon::Viewing { .. })).count();
    for _ in 0..3 {
        desk.happens(Msg::Key(Key::char('j')));
    }
    assert_eq!(viewed(&desk), 0, "not while a key is held");
    let next = desk.model.next_tick(desk.now).expect("a rest");
    assert_eq!(next.0 - desk.now.0, 80);
    desk.now = next;
    desk.happens(Msg::Tick);
    assert_eq!(viewed(&desk), 1);
    assert_eq!(desk.model.in_view().detail.as_ref().map(|d| d.conversation.id.0), Some(1_043));
}

#[test]
fn without_a_change_the_clock_alone_ticks() {
    let mut desk = open();
    desk.happens(Msg::Tick);
    assert_eq!(desk.model.next_tick(NOW), Some(Time(NOW.floor_minute().0 + 60_000)));
    // A row that comes to be late says so when it does, not at the turn of the minute.
    let now = Time(NOW.0 + 3 * 60_000 + 40_000);
    assert_eq!(desk.model.next_tick(now), Some(Time(NOW.0 + 4 * 60_000)));
}

#[test]
fn a_sequence_that_is_not_finished_is_shown_with_what_it_can_come_to() {
    let mut desk = open();
    desk.happens(Msg::Key(Key::char('g')));
    let footer = |desk: &Desk| desk.screen().lines().last().unwrap_or_default().to_owned();
    assert!(footer(&desk).contains("g…"));
    assert!(!desk.screen().contains("open what the last notice"), "not while one is quick");
    desk.now = desk.model.next_tick(desk.now).expect("its keys are shown");
    desk.happens(Msg::Tick);
    assert_eq!(desk.now, Time(NOW.0 + 400));
    assert!(desk.screen().contains("open what the last notice"));
    desk.happens(Msg::Key(Key::plain(KeyCode::Esc)));
    assert!(!footer(&desk).contains("g…"));
    assert!(desk.model.chord().is_empty(), "and nothing else was closed");
}

#[test]
fn wrong_keys_in_the_settings_are_said_at_the_start() {
    let keys = vec![("dance".to_owned(), vec!["j".to_owned()])];
    let mut model = dutydesk::app::Model::new(Settings { keys, ..Settings::default() });
    update(&mut model, Msg::Resize(100, 30), NOW);
    assert!(super::desk::shown(&model, NOW).contains("no action called dance"));
}

#[test]
fn since_i_left_is_said_once_at_attach() {
    let mut desk = Desk::open(Lang::En, 120, 40);
    assert_eq!(desk.model.notices().history().count(), 1);
    let welcome = desk.model.welcome().cloned().expect("attached");
    desk.happens(Msg::LinkLost { why: "gone".into(), retry_at: None });
    desk.happens(Msg::Linked(welcome));
    let said = desk.model.notices().history().filter(|t| t.text.as_str().contains("Since")).count();
    assert_eq!(said, 1);
}

#[test]
fn a_number_goes_to_its_conversation_or_says_that_there_is_none() {
    let mut desk = open();
    desk.keys(":");
    desk.types("#77");
    desk.keys("enter");
    let asked = ToDaemon::Ask { number: 0, ask: Ask::Show(ConversationId(77)) };
    assert!(desk.asked(&asked));
    let id = ConversationId(77);
    desk.answers_any(Answer::Refused(Refusal::NoSuchConversation(id)));
    assert!(matches!(desk.model.focus(), Focus::Queue(_)));
    assert!(desk.screen().contains("77"));
    desk.keys(":");
    desk.types("77");
    desk.keys("enter");
    let mut conversation = desk.rows[1][0].conversation.clone();
    conversation.id = id;
    let detail = super::desk::detail(conversation, Lang::En);
    desk.answers_any(Answer::Shown(Box::new(detail)));
    assert_eq!(desk.model.focus(), Focus::Conversation);
    assert!(desk.screen().contains("#77"));
}

fn suggested(texts: &[&str]) -> Answer {
    Answer::Suggested(texts.iter().map(|&text| text.to_owned()).collect())
}

fn written(desk: &Desk) -> Option<&str> {
    desk.model.composer().map(|c| c.editor.text())
}

#[test]
fn a_suggestion_goes_behind_what_is_written() {
    let mut desk = open();
    desk.keys("r");
    desk.types("Hello,");
    desk.happens(Msg::Key(Key::parse("ctrl-t").expect("a key")));
    let ask = desk.sent.iter().rev().find_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Suggest(id), .. } => Some(*id),
        _ => None,
    });
    assert_eq!(ask, Some(FIRST));
    desk.answers_any(suggested(&["it ships today.", "\u{1b}[31mno"]));
    let screen = desk.screen();
    assert!(screen.contains("1  it ships today.") && !screen.contains('\u{1b}'), "{screen}");
    desk.keys("1");
    assert_eq!(written(&desk), Some("Hello,\nit ships today."));
    assert_eq!(commands(&desk), []);
}

#[test]
fn suggestions_open_no_menu_under_hands_that_do_something_else() {
    let mut desk = open();
    desk.keys("z ?");
    desk.keys("q");
    desk.answers_any(suggested(&["one"]));
    assert!(desk.model.layers().is_empty());
    let said = desk.screen();
    assert!(said.contains("suggestions for #1040 came"), "{said}");
}

#[test]
fn suggestions_are_for_one_conversation() {
    let mut desk = open();
    desk.keys("space space z ?");
    let asked = |to: &ToDaemon| matches!(to, ToDaemon::Ask { ask: Ask::Suggest(_), .. });
    assert!(!desk.sent.iter().any(asked));
    assert!(desk.screen().contains("one conversation"));
}
