//! The calendar, a post's page, and today's slots with posts of the desk in them.

use super::desk::{Desk, NOW, operator, push};
use crate::{USUAL, snapshots_at};
use dutydesk::app::{Msg, Settings};
use dutydesk::domain::lint::Linter;
use dutydesk::domain::post::*;
use dutydesk::domain::slot::{Finding, Planned, Slot, SlotState, Wrong, bounds};
use dutydesk::domain::*;
use dutydesk::text::Lang;
use dutydesk::wire::message::*;
use dutydesk::wire::post::*;
use rstest::rstest;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const SHANGHAI: chrono_tz::Tz = chrono_tz::Tz::Asia__Shanghai;

fn id(name: &str) -> ChannelId {
    ChannelId(name.into())
}

/// A moment of a day, counted from today (Saturday 21 November).
fn at(day: i64, hour: i64, minute: i64) -> Time {
    let today = bounds(NOW.in_zone(SHANGHAI).date_naive(), SHANGHAI).0;
    Time(today.0 + day * DAY + (hour * 60 + minute) * MINUTE)
}

/// Day, hour, minute, channel, state, number, stage, titles.
type Row = (i64, i64, i64, &'static str, SlotState, u64, Option<Funnel>, [&'static str; 2]);

const WEEK: &[Row] = &[
    (
        -5,
        12,
        0,
        "weibo",
        SlotState::Published,
        3,
        Some(Funnel::Awareness),
        ["咖啡地图", "A map of coffee"],
    ),
    (
        -4,
        20,
        0,
        "wechat",
        SlotState::Published,
        4,
        Some(Funnel::Interest),
        ["豆子从哪里来", "Where the beans come from"],
    ),
    (
        -3,
        8,
        30,
        "douyin",
        SlotState::Failed,
        5,
        Some(Funnel::Awareness),
        ["三分钟手冲", "Pour-over in three minutes"],
    ),
    (-2, 20, 0, "wechat", SlotState::Missed, 0, None, ["", ""]),
    (
        -1,
        18,
        0,
        "xiaohongshu",
        SlotState::Unconfirmed,
        6,
        Some(Funnel::Interest),
        ["冷萃五喝", "Five cold brews"],
    ),
    (
        0,
        12,
        0,
        "weibo",
        SlotState::Published,
        7,
        Some(Funnel::Decision),
        ["双十二预告", "A word about December"],
    ),
    (
        0,
        14,
        30,
        "weibo",
        SlotState::Holding,
        12,
        Some(Funnel::Awareness),
        ["产地故事：云岭的雾", "From the hills: the fog"],
    ),
    (
        0,
        18,
        30,
        "douyin",
        SlotState::InReview,
        8,
        Some(Funnel::Interest),
        ["门店探访", "A walk through the shop"],
    ),
    (
        0,
        19,
        0,
        "bluesky",
        SlotState::Scheduled,
        9,
        Some(Funnel::Loyalty),
        ["New roast", "New roast"],
    ),
    (0, 20, 0, "wechat", SlotState::Empty, 0, None, ["", ""]),
    (1, 8, 30, "douyin", SlotState::Empty, 0, None, ["", ""]),
    (1, 12, 30, "douyin", SlotState::Draft, 10, None, ["周日特饮", "The Sunday special"]),
    (
        1,
        18,
        0,
        "xiaohongshu",
        SlotState::Recalled,
        11,
        Some(Funnel::Loyalty),
        ["老客福利", "For our regulars"],
    ),
];

fn slots(lang: Lang, only: Option<i64>) -> Vec<Slot> {
    let rows = WEEK.iter().filter(|r| only.is_none_or(|day| r.0 == day));
    rows.map(|(day, hour, minute, channel, state, number, funnel, title)| {
        let at = at(*day, *hour, *minute);
        let post = (*number > 0).then(|| Planned {
            at: VariantRef { post: PostId(*number), variant: 1 },
            form: Form::ImageText,
            funnel: *funnel,
            goes: (*state == SlotState::Holding).then_some(Time(at.0 + 5 * MINUTE)),
            review: if *state == SlotState::InReview { (2, 3) } else { (0, 3) },
            url: (*state == SlotState::Published)
                .then(|| format!("https://example.com/{channel}/{number}")),
            why: match state {
                SlotState::Failed => "video longer than 60 s".into(),
                _ => String::new(),
            },
        });
        Slot {
            channel: id(channel),
            id: format!("{day} {hour}:{minute}"),
            at,
            title: title[usize::from(lang == Lang::En)].into(),
            state: *state,
            post,
        }
    })
    .collect()
}

fn findings() -> Vec<Finding> {
    let of =
        |day: i64, channel: &str, what| Finding { channel: id(channel), day: at(day, 0, 0), what };
    vec![
        of(0, "wechat", Wrong::Gaps(1)),
        of(0, "weibo", Wrong::TooFew { has: 2, least: 3 }),
        of(1, "douyin", Wrong::Gaps(2)),
        of(1, "xiaohongshu", Wrong::Clash(at(1, 18, 0))),
    ]
}

fn variant(number: u32, channel: &str, state: SlotState, title: &str) -> Variant {
    Variant {
        number,
        channel: id(channel),
        version: 3,
        title: title.into(),
        form: Form::ImageText,
        funnel: Some(Funnel::Awareness),
        high_risk: false,
        by: operator("amy"),
        state,
        since: NOW,
        at: None,
        goes: None,
        holds: None,
        pinned: false,
        verdicts: Vec::new(),
        why: String::new(),
        out: None,
        deleting: false,
    }
}

fn undated(lang: Lang) -> Vec<Post> {
    let zh = lang == Lang::Zh;
    let title = |z: &str, e: &str| if zh { z.to_owned() } else { e.to_owned() };
    let post = |n: u64, variants: Vec<Variant>| Post {
        id: PostId(n),
        idea: title("冬日菜单", "The winter menu"),
        topic: None,
        made: NOW,
        by: operator("amy"),
        revision: 1,
        numbered: 2,
        variants,
        dropped: false,
    };
    let one =
        variant(1, "wechat", SlotState::Approved, &title("冬天喝什么", "What to drink in winter"));
    let two = variant(2, "weibo", SlotState::Draft, "");
    vec![
        post(21, vec![one, two]),
        post(
            20,
            vec![variant(
                1,
                "douyin",
                SlotState::InReview,
                &title("拉花入门", "Latte art for beginners"),
            )],
        ),
    ]
}

/// A post that is held on one channel, in review on another.
fn view(lang: Lang) -> PostView {
    let zh = lang == Lang::Zh;
    let text = |z: &str, e: &str| if zh { z.to_owned() } else { e.to_owned() };
    let mut held = variant(1, "weibo", SlotState::Holding, &text("云岭的雾", "The fog"));
    (held.at, held.goes) = (Some(at(0, 14, 30)), Some(at(0, 14, 35)));
    let said = |step, passed, why: String, place: String| Verdict {
        step,
        by: operator("bo"),
        at: Time(NOW.0 - 30 * MINUTE),
        passed,
        why,
        place,
    };
    held.verdicts = Step::ALL.map(|step| said(step, true, String::new(), String::new())).to_vec();
    let mut waits = variant(2, "wechat", SlotState::InReview, &text("云岭的雾", "The fog"));
    waits.verdicts = vec![
        said(Step::Compliance, true, String::new(), String::new()),
        said(Step::Tone, false, text("太生硬", "too stiff"), text("最佳咖啡", "the best coffee")),
    ];
    let body = text(
        "清晨六点，云岭还在雾里。\n这里的豆子被称为最佳咖啡，产量全国第一。\n来店里尝尝吧。",
        "Six in the morning, the hills are still in fog.\nThis is the best coffee in the world, number one in the country.\nCome and taste it.",
    );
    let found = Linter::default().lint(&body, &lint::Place::default());
    let content = Content {
        title: text("产地故事：云岭的雾", "From the hills: the fog of Cloudridge"),
        text: body,
        funnel: Some(Funnel::Awareness),
        tags: vec![text("咖啡", "coffee"), text("云岭", "hills")],
        media: vec![Media {
            link: "media/fog.jpg".into(),
            alt: text("雾中的茶山", "hills in fog"),
            licence: "CC BY 4.0".into(),
            ..Media::default()
        }],
        proofs: vec![Proof {
            claim: text("云岭种植", "grown in the hills"),
            proof: "cert-88.pdf".into(),
        }],
        high_risk: true,
        ..Content::default()
    };
    let mut checks: Vec<Check> = found.into_iter().take(2).map(Check::Lint).collect();
    checks.push(Check::Limit { what: LimitOf::Title, has: 37, most: 32 });
    let post = Post {
        id: PostId(12),
        idea: text(
            "产地的早晨，给没听过我们的人",
            "A morning at the origin, for those who never heard of us",
        ),
        topic: None,
        made: NOW,
        by: operator("amy"),
        revision: 4,
        variants: vec![held, waits],
        numbered: 2,
        dropped: false,
    };
    let rules = Rules { approvers: vec![operator("bo"), operator("chen")], ..Rules::default() };
    PostView {
        post,
        contents: vec![content.clone(), content],
        checks: vec![Vec::new(), checks],
        rules: vec![rules.clone(), rules],
    }
}

/// What the desk answers about posts, as far as it is asked.
fn told(desk: &mut Desk) {
    let lang = desk.model.lang();
    let days = desk.sent.iter().rev().find_map(|to| match to {
        ToDaemon::WatchCalendar(days) => Some(*days),
        _ => None,
    });
    if let Some(Some(days)) = days {
        let calendar = Calendar { days, slots: slots(lang, None), findings: findings() };
        desk.happens(push(Push::Calendar(calendar)));
        desk.answers(Answer::Posts(undated(lang), false), |ask| matches!(ask, Ask::Posts { .. }));
    }
}

fn page(desk: &mut Desk) {
    let view = view(desk.model.lang());
    desk.answers(Answer::Post(Some(Box::new(view))), |ask| matches!(ask, Ask::Post(_)));
}

fn opened(lang: Lang, w: u16, h: u16) -> Desk {
    let mut desk = Desk::open(lang, w, h);
    desk.happens(push(Push::Slots(slots(lang, Some(0)))));
    desk.keys("7");
    told(&mut desk);
    desk
}

/// The page of a post, opened from the calendar.
fn on_page(lang: Lang, w: u16, h: u16, keys: &str) -> Desk {
    let mut desk = opened(lang, w, h);
    desk.keys("enter");
    page(&mut desk);
    desk.keys(keys);
    desk
}

fn acts(desk: &Desk) -> Vec<PostAct> {
    let asked = desk.sent.iter().filter_map(|to| match to {
        ToDaemon::Ask { ask: Ask::Do(Command::Post(act)), .. } => Some(act.clone()),
        _ => None,
    });
    asked.collect()
}

fn done(verb: PostVerb, at: VariantRef) -> Answer {
    Answer::Done(Done {
        name: Name::Post(verb),
        taken_back: false,
        ids: Vec::new(),
        refused: Vec::new(),
        message: None,
        goes_at: None,
        warned: Vec::new(),
        posts: vec![at],
        made: Default::default(),
    })
}

const HELD: VariantRef = VariantRef { post: PostId(12), variant: 1 };

#[rstest]
#[case::week("calendar_week", "")]
#[case::next_day("calendar_next_day", "right")]
#[case::failed("calendar_failed", "left left left")]
#[case::month("calendar_month", "v")]
#[case::matrix("calendar_matrix", "F")]
#[case::undated("calendar_undated", "tab j")]
#[case::moving("calendar_moving", "m right up")]
#[case::moving_month("calendar_moving_month", "m v down")]
#[case::channels("calendar_channels", "/")]
#[case::new("calendar_new", "n j space")]
fn the_calendar(#[case] name: &str, #[case] keys: &str) {
    snapshots_at(&USUAL, name, |lang, w, h| {
        let mut desk = opened(lang, w, h);
        desk.keys(keys);
        told(&mut desk);
        desk
    });
}

#[rstest]
#[case::held("post_held", "")]
#[case::review("post_review", "tab")]
#[case::fields("post_fields", "tab G")]
#[case::approve("post_approve", "tab a")]
#[case::form("post_form", "j enter")]
#[case::media("post_media", "j j j j enter")]
#[case::text("post_text", "tab e")]
fn a_post(#[case] name: &str, #[case] keys: &str) {
    snapshots_at(&USUAL, name, |lang, w, h| on_page(lang, w, h, keys));
}

#[test]
fn todays_posts_in_the_pane_and_in_the_timeline() {
    snapshots_at(&USUAL, "slots_posts", |lang, w, h| {
        let mut desk = Desk::open(lang, w, h);
        desk.happens(push(Push::Slots(slots(lang, Some(0)))));
        desk.keys("3");
        desk
    });
    let mut desk = Desk::open(Lang::En, 120, 40);
    desk.happens(push(Push::Slots(slots(Lang::En, Some(0)))));
    assert!(desk.screen().contains("holding 00:30"), "{}", desk.screen());
}

#[rstest]
#[case::recall("x", PostAct::Recall { at: vec![HELD] })]
#[case::free("f", PostAct::Schedule { at: HELD, when: None })]
#[case::unplan("-", PostAct::Unschedule { at: vec![HELD] })]
#[case::by_day("m right enter", PostAct::Schedule { at: HELD, when: Some(at(1, 14, 30)) })]
#[case::to_and_fro("m right right left enter", PostAct::Schedule { at: HELD, when: Some(at(1, 14, 30)) })]
#[case::half_hours("m up enter", PostAct::Schedule { at: HELD, when: Some(at(0, 14, 0)) })]
#[case::by_week("m pagedown enter", PostAct::Schedule { at: HELD, when: Some(at(7, 14, 30)) })]
#[case::in_a_month("m v down enter", PostAct::Schedule { at: HELD, when: Some(at(7, 14, 30)) })]
fn a_key_of_the_calendar_is_done(#[case] keys: &str, #[case] act: PostAct) {
    for preset in [dutydesk::app::keymap::Preset::Vi, dutydesk::app::keymap::Preset::Arrows] {
        for (w, h) in USUAL {
            let mut desk = Desk::with(Settings { preset, ..Settings::default() }, w, h);
            desk.keys("7");
            told(&mut desk);
            desk.keys(keys);
            assert_eq!(acts(&desk), std::slice::from_ref(&act), "{w}x{h}");
        }
    }
}

#[test]
fn what_moves_goes_to_the_planned_times_of_its_channel() {
    let mut desk = opened(Lang::En, 80, 24);
    // The Sunday special has a free time of its channel before it.
    desk.keys("right j m up enter");
    let at_ten = VariantRef { post: PostId(10), variant: 1 };
    assert_eq!(acts(&desk), [PostAct::Schedule { at: at_ten, when: Some(at(1, 8, 30)) }]);
}

#[test]
fn a_move_that_is_left_does_nothing() {
    let mut desk = opened(Lang::En, 80, 24);
    desk.keys("m right esc");
    assert!(acts(&desk).is_empty());
    assert!(desk.screen().contains("Calendar"), "{}", desk.screen());
}

#[test]
fn one_without_a_time_gets_one() {
    let mut desk = opened(Lang::En, 80, 24);
    desk.keys("tab f");
    let first = VariantRef { post: PostId(21), variant: 1 };
    assert_eq!(acts(&desk), [PostAct::Schedule { at: first, when: None }]);
    // Picked up, it begins at the free time of its channel.
    desk.keys("m enter");
    assert_eq!(acts(&desk)[1], PostAct::Schedule { at: first, when: Some(at(0, 20, 0)) });
}

#[test]
fn a_time_is_typed() {
    let mut desk = opened(Lang::En, 80, 24);
    desk.keys("s ctrl-u");
    desk.types("tomorrow 9:15");
    desk.keys("enter");
    assert_eq!(acts(&desk), [PostAct::Schedule { at: HELD, when: Some(at(1, 9, 15)) }]);
    desk.keys("s ctrl-u");
    desk.types("never");
    desk.keys("enter");
    assert_eq!(acts(&desk).len(), 1);
    assert!(desk.screen().contains("never"), "{}", desk.screen());
}

#[test]
fn a_free_time_begins_a_post_for_it() {
    let mut desk = opened(Lang::En, 80, 24);
    desk.keys("G enter");
    desk.types("冬天喝什么");
    desk.keys("enter");
    let variants = vec![(id("wechat"), Content::default())];
    // It has the time that it was begun for.
    let when = Some(at(0, 20, 0));
    let new = PostAct::New { idea: "冬天喝什么".into(), topic: None, variants, when };
    assert_eq!(acts(&desk), [new]);
    let begun = VariantRef { post: PostId(31), variant: 1 };
    desk.answers_last(done(PostVerb::New, begun));
    assert!(desk.asked(&ToDaemon::Ask { number: 0, ask: Ask::Post(PostId(31)) }));
    let mut new = view(Lang::En);
    new.post.id = PostId(31);
    new.post.variants = vec![variant(1, "wechat", SlotState::Approved, "")];
    desk.answers(Answer::Post(Some(Box::new(new))), |ask| matches!(ask, Ask::Post(_)));
}

#[test]
fn several_channels_at_once() {
    let mut desk = opened(Lang::En, 80, 24);
    desk.keys("n 1 3 enter");
    desk.types("an idea");
    desk.keys("enter");
    let Some(PostAct::New { variants, .. }) = acts(&desk).pop() else { panic!("one is begun") };
    assert_eq!(variants.len(), 2);
}

#[test]
fn the_same_goes_to_another_channel() {
    let mut desk = opened(Lang::En, 80, 24);
    desk.keys("c 1");
    page(&mut desk);
    let Some(PostAct::Add { post, content, .. }) = acts(&desk).pop() else {
        panic!("one is added")
    };
    assert_eq!((post, content.tags.len()), (PostId(12), 2));
}

#[test]
fn what_is_out_is_asked_about_before_it_is_deleted() {
    let mut desk = opened(Lang::En, 80, 24);
    desk.keys("k x");
    assert!(acts(&desk).is_empty());
    assert!(desk.screen().contains("delete"), "{}", desk.screen());
    desk.keys("y");
    let at = vec![VariantRef { post: PostId(7), variant: 1 }];
    assert_eq!(acts(&desk), [PostAct::Recall { at }]);
}

#[test]
fn the_daemon_is_told_which_days_are_shown_and_when_none_are() {
    let mut desk = opened(Lang::En, 80, 24);
    let watch =
        |from: i64, days: u16| ToDaemon::WatchCalendar(Some(Days { from: at(from, 0, 0), days }));
    assert!(desk.asked(&watch(-5, 7)));
    desk.keys("pagedown");
    assert!(desk.asked(&watch(2, 7)));
    desk.keys("pageup v");
    // November begins on a Sunday: six weeks.
    assert!(desk.asked(&watch(-26, 42)), "{:?}", desk.sent.last());
    desk.keys("esc");
    assert_eq!(desk.sent.last(), Some(&ToDaemon::WatchCalendar(None)));
}

#[rstest]
#[case("x", PostAct::Recall { at: vec![HELD] })]
#[case("D", PostAct::Drop { at: HELD })]
#[case("!", PostAct::Again { at: vec![HELD] })]
#[case("S", PostAct::Submit { at: vec![HELD], because: None })]
#[case("a", PostAct::Approve { at: vec![HELD], step: None, why: String::new() })]
#[case("tab a 2", PostAct::Approve { at: vec![VariantRef { variant: 2, ..HELD }], step: Some(Step::Tone), why: String::new() })]
#[case("p enter", PostAct::Published { at: HELD, url: None })]
fn a_key_of_the_page_is_done(#[case] keys: &str, #[case] act: PostAct) {
    let desk = on_page(Lang::En, 40, 20, keys);
    assert_eq!(acts(&desk), [act]);
}

#[test]
fn it_is_said_what_is_to_be_mended_and_where() {
    let mut desk = on_page(Lang::En, 80, 24, "r 2");
    desk.types("too stiff");
    desk.keys("enter");
    desk.types("the best coffee");
    desk.keys("enter");
    let (why, place) = ("too stiff".to_owned(), "the best coffee".to_owned());
    assert_eq!(acts(&desk), [PostAct::Reject { at: HELD, step: Step::Tone, why, place }]);
}

#[test]
fn a_text_is_written_and_saved_with_the_version_that_was_seen() {
    let mut desk = on_page(Lang::En, 80, 24, "e ctrl-u enter");
    desk.types("再来一杯");
    desk.keys("ctrl-s");
    let Some(PostAct::Edit { at, version, content }) = acts(&desk).pop() else { panic!("saved") };
    assert_eq!((at, version), (HELD, 3));
    assert!(content.text.ends_with("再来一杯"), "{}", content.text);
}

#[test]
fn a_refused_text_stays_and_goes_over_the_newer_one_when_it_is_saved_again() {
    let mut desk = on_page(Lang::En, 80, 24, "e");
    desk.types(" Really.");
    desk.keys("ctrl-s");
    desk.answers_last(Answer::Refused(Refusal::Store("changed meanwhile".into())));
    let mut newer = view(Lang::En);
    newer.post.variants[0].version = 4;
    newer.contents[0].text = "theirs".into();
    desk.answers(Answer::Post(Some(Box::new(newer))), |ask| matches!(ask, Ask::Post(_)));
    let screen = desk.screen();
    assert!(screen.contains("Unsaved") && screen.contains("Really."), "{screen}");
    desk.keys("e ctrl-s");
    let Some(PostAct::Edit { version, content, .. }) = acts(&desk).pop() else { panic!("saved") };
    assert_eq!(version, 4);
    assert!(content.text.ends_with("Really."), "{}", content.text);
}

#[test]
fn a_text_that_is_left_stays_here_and_can_be_thrown_away() {
    let mut desk = on_page(Lang::En, 80, 24, "e");
    desk.types(" Half");
    desk.keys("esc");
    assert!(acts(&desk).is_empty());
    assert!(desk.screen().contains("Unsaved"), "{}", desk.screen());
    desk.keys("esc esc 7");
    told(&mut desk);
    desk.keys("enter");
    page(&mut desk);
    assert!(desk.screen().contains("Half"), "{}", desk.screen());
    desk.keys("e ctrl-x");
    assert!(!desk.screen().contains("Half"), "{}", desk.screen());
}

#[test]
fn what_the_lint_stops_is_handed_in_with_a_reason() {
    let mut desk = on_page(Lang::En, 80, 24, "S");
    let finding = Linter::default().lint("最佳", &lint::Place::default()).remove(0);
    let why = Refused::Lint {
        at: HELD,
        said: "最佳".into(),
        finding: Box::new(finding),
        more: 0,
        overridable: true,
    };
    desk.answers_last(Answer::Refused(Refusal::Post(Box::new(why))));
    desk.types("its name");
    desk.keys("enter");
    let because = Some("its name".to_owned());
    assert_eq!(acts(&desk).pop(), Some(PostAct::Submit { at: vec![HELD], because }));
}

#[test]
fn the_last_minute_counts_its_seconds_and_nothing_else_does() {
    let mut desk = Desk::open(Lang::En, 120, 40);
    desk.happens(push(Push::Slots(slots(Lang::En, Some(0)))));
    let goes = at(0, 14, 35);
    assert_eq!(desk.model.next_tick(Time(goes.0 - 120_000)), Some(Time(goes.0 - 60_000)));
    assert_eq!(desk.model.next_tick(Time(goes.0 - 59_500)), Some(Time(goes.0 - 59_000)));
    desk.now = Time(goes.0 - 41_500);
    desk.happens(Msg::Tick);
    assert!(desk.screen().contains("holding 42s"), "{}", desk.screen());
}
