use super::*;
use crate::domain::archive::Retention;
use crate::domain::policy::{Target, TargetName};
use crate::domain::slot::SlotState;
use crate::domain::{
    ChannelId, Conversation, ConversationId, Head, OperatorName, Queue, Span, Time, post, slot,
};
use crate::text::Lang;
use chrono_tz::Tz;
use rstest::rstest;

fn file(name: &str) -> &Path {
    Path::new(name)
}

#[test]
fn a_desk_without_files_has_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::load(folder.path()).unwrap();
    assert_eq!(desk.settings, DeskSettings::default());
    assert_eq!(desk.channels, Channels::default());
    assert_eq!(Rules::load(folder.path()).unwrap().policies, Policies::default());
    let user = UserSettings::load(&folder.path().join("config.toml")).unwrap();
    assert_eq!(user, UserSettings::default());
}

#[test]
fn the_default_files_say_what_holds_without_them_and_replace_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("desk.toml"), "name = \"云岭咖啡\"").unwrap();
    write_defaults(folder.path()).unwrap();
    write_defaults(folder.path()).unwrap();
    let desk = Desk::load(folder.path()).unwrap();
    assert_eq!(desk.settings.name, "云岭咖啡");
    assert_eq!(Rules::load(folder.path()).unwrap().policies, Policies::default());
    assert_eq!(desk.channels, Channels::default());
    assert_eq!(DeskSettings::parse(file("d"), desk::DEFAULT), Ok(DeskSettings::default()));
}

/// Takes the comment marks off the settings of a default file.
fn uncommented(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let is_setting = bare.starts_with("[[")
            || bare == "[drafting]"
            || bare == "[retention]"
            || bare == "[channel.posting]"
            || bare.starts_with("    \"")
            || bare == "]"
            || bare.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        if is_setting {
            out.push_str(bare);
            out.push('\n');
        }
    }
    out
}

#[test]
fn what_the_default_files_show_commented_out_can_be_used() {
    let desk = DeskSettings::parse(file("d"), &uncommented(desk::DEFAULT)).unwrap();
    let expected = DeskSettings {
        zone: Some(Tz::Asia__Shanghai),
        group: Some("ops".into()),
        drafting: Some(Drafting {
            command: vec!["/usr/local/bin/suggest".into()],
            timeout: Span(20_000),
            personal_data: false,
        }),
        leads: vec![OperatorName("amy".into())],
        retention: Retention {
            archive_after: Some(Span::hours(24 * 180)),
            delete_after: Some(Span::hours(24 * 365 * 3)),
        },
        ..DeskSettings::default()
    };
    assert_eq!(desk, expected);
    let channels = Channels::parse(file("c"), &uncommented(channels::DEFAULT)).unwrap();
    assert_eq!(channels.channels.len(), 2);
    assert_eq!(channels.channels[0].reply_window, Some(Span::hours(48)));
    assert_eq!(channels.cadences[1].times.len(), 4);
    assert_eq!((channels.cadences[0].least, channels.cadences[0].most), (None, Some(1)));
    let rules = &channels.posting[&ChannelId("wechat".into())];
    assert_eq!(rules.approvers.len(), 2);
    assert_eq!(post::Rules { approvers: Vec::new(), ..rules.clone() }, post::Rules::default());
}

#[test]
fn every_setting_of_a_desk_is_read() {
    let text = r#"
        name = " 云岭咖啡 "
        zone = "Europe/Berlin"
        identity = "declared"
        claim_idle = "1h30m"
        undo_send = "30s"
        ask_after = "1h"
        low_space = "512MiB"
        leads = ["lee"]
        feedback = ["taste", "价格"]
        log = "warn,channels=debug"
        [retention]
        archive_after = "180d"
        delete_after = "3y"
        [drafting]
        command = ["/opt/suggest", "--warm"]
        timeout = "1m"
        personal_data = true
    "#;
    let expected = DeskSettings {
        name: "云岭咖啡".into(),
        zone: Some(Tz::Europe__Berlin),
        identity: Identity::Declared,
        claim_idle: Span::minutes(90),
        undo_send: Span(30_000),
        ask_after: Span::minutes(60),
        group: None,
        low_space: 512 << 20,
        retention: Retention {
            archive_after: Some(Span::hours(24 * 180)),
            delete_after: Some(Span::hours(24 * 365 * 3)),
        },
        drafting: Some(Drafting {
            command: vec!["/opt/suggest".into(), "--warm".into()],
            timeout: Span::minutes(1),
            personal_data: true,
        }),
        leads: vec![OperatorName("lee".into())],
        feedback: vec!["taste".into(), "价格".into()],
        log: "warn,channels=debug".parse().unwrap(),
    };
    assert_eq!(DeskSettings::parse(file("desk.toml"), text), Ok(expected));
}

#[test]
fn drafting_help_is_off_without_a_command() {
    let drafting = |text: &str| {
        let read = DeskSettings::parse(file("desk.toml"), &format!("[drafting]\n{text}"));
        read.map(|desk| desk.drafting).map_err(|e| e.to_string())
    };
    assert_eq!(drafting("timeout = \"5s\""), Ok(None));
    let on = drafting("command = [\"suggest\"]").unwrap().unwrap();
    assert_eq!((on.timeout, on.personal_data), (Span(20_000), false));
    assert!(drafting("command = []").unwrap_err().contains("desk.toml:2"));
    assert!(drafting("command = [\" \"]").unwrap_err().contains("command"));
    assert!(drafting("timeout = \"soon\"").unwrap_err().contains("timeout"));
}

#[test]
fn channels_and_their_cadence_are_read() {
    let text = r#"
        [[channel]]
        id = "wechat"
        platform = "wechat"
        title = "微信"
        reply_window = "48h"
        slots = ["tue,thu,sat 20:00"]
        [[channel]]
        id = "抖音-shop"
        platform = "douyin"
    "#;
    let channels = Channels::parse(file("channels.toml"), text).unwrap();
    let names: Vec<_> =
        channels.channels.iter().map(|c| (c.id.0.as_str(), c.title.as_str())).collect();
    assert_eq!(names, [("wechat", "微信"), ("抖音-shop", "")]);
    assert_eq!(channels.cadences.len(), 1);
    let saturday = chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let slots = slot::planned(&channels.cadences, &[], saturday, Tz::Asia__Shanghai, Time(0));
    assert_eq!((slots.len(), slots[0].state), (1, SlotState::Empty));
}

#[test]
fn every_part_of_a_policy_is_read() {
    let text = r#"
        at_risk_percent = 10
        [[policy]]
        name = "vip"
        tag = "vip"
        weight = 255
        queue = "messages"
        platforms = ["weibo"]
        channels = ["weibo-shop"]
        likes_min = 3
        words = ["Refund", "ＶＩＰ"]
        targets = { first-response = "90m", next-response = "2d" }
        [[policy]]
        name = "rest"
    "#;
    let policies = policies::parse(file("policies.toml"), text).unwrap();
    assert_eq!(policies.at_risk_percent, 10);
    let (vip, rest) = (&policies.rules[0], &policies.rules[1]);
    assert_eq!((vip.name.as_str(), vip.tag.as_str(), vip.weight), ("vip", "vip", 255));
    assert_eq!(vip.matches.queue, Some(Queue::Messages));
    assert_eq!(vip.matches.platforms, ["weibo"]);
    assert_eq!(vip.matches.channels[0].0, "weibo-shop");
    assert_eq!(vip.matches.likes_min, Some(3));
    assert_eq!(vip.matches.words, ["refund", "vip"]);
    let targets = [
        Target::new(TargetName::FirstResponse, Span::minutes(90)),
        Target::new(TargetName::NextResponse, Span::hours(48)),
    ];
    assert_eq!(vip.targets, targets);
    assert_eq!((rest.matches.clone(), rest.targets.len(), rest.weight), (Default::default(), 0, 0));
}

#[test]
fn every_setting_of_an_operator_is_read() {
    let text = r#"theme = "light"
language = "zh"
colours = "256"
ascii = true
plain = true
links = "on"
bell = true
notices = "osc9"
zone = "Asia/Tokyo"
keymap = "arrows"
[keys]
resolve = "x"
next-queue = ["tab", "g g"]
"#;
    let key = |action: &str, keys: &[&str], line| KeySetting {
        action: action.into(),
        keys: keys.iter().map(|k| (*k).to_owned()).collect(),
        line,
    };
    let expected = UserSettings {
        theme: "light".into(),
        language: Some(Lang::Zh),
        colours: "256".into(),
        ascii: true,
        plain: true,
        links: "on".into(),
        bell: true,
        notices: "osc9".into(),
        zone: Some(Tz::Asia__Tokyo),
        keymap: "arrows".into(),
        keys: vec![key("next-queue", &["tab", "g g"], 13), key("resolve", &["x"], 12)],
    };
    assert_eq!(UserSettings::parse(file("config.toml"), text), Ok(expected));
}

fn mistake(name: &str, text: &str) -> ConfigError {
    let at = file(name);
    let error = match name {
        "desk.toml" => DeskSettings::parse(at, text).err(),
        "channels.toml" => Channels::parse(at, text).err(),
        "policies.toml" => policies::parse(at, text).err(),
        "classify.toml" => classify::parse(at, text).err(),
        _ => UserSettings::parse(at, text).err(),
    };
    error.unwrap_or_else(|| panic!("no mistake was found in {text}"))
}

/// A calendar that says this.
fn calendar(says: &str) -> String {
    format!("[calendar.a]\n{says}\n")
}

#[test]
fn calendars_are_read_and_a_target_takes_the_nearest_one() {
    let text = r#"
        default_calendar = "office"
        [[policy]]
        name = "all"
        targets = { first-response = "2h", acknowledge = "30m always", statement = "1d nights" }
        [calendar.office]
        zone = "Asia/Shanghai"
        hours = { mon-fri = "09:00-12:00, 13:30-18:00", sat = "10:00-16:00" }
        holidays = ["2026-10-01..2026-10-07", "2026-12-25"]
        workdays = { "2026-10-10" = "mon", "2026-02-14" = "10:00-12:00" }
        [calendar.nights]
        zone = "Europe/Berlin"
        hours = { daily = "22:00-06:00" }
    "#;
    let policies = policies::parse(file("policies.toml"), text).unwrap();
    let of = |name| policies.rules[0].target(name).unwrap().calendar.clone();
    let office = of(TargetName::FirstResponse).unwrap();
    assert_eq!((office.name.as_str(), office.zone), ("office", Tz::Asia__Shanghai));
    assert_eq!(office.week[0].len(), 2);
    assert_eq!((office.week[0][1].from, office.week[0][1].to), (13 * 60 + 30, 18 * 60));
    assert_eq!((office.week[5].len(), office.week[6].len()), (1, 0));
    assert_eq!((office.holidays.len(), office.days.len()), (8, 2));
    let make_up = chrono::NaiveDate::from_ymd_opt(2026, 10, 10).unwrap();
    assert_eq!(office.hours_on(make_up), office.week[0]);
    assert_eq!(of(TargetName::Acknowledge), None);
    let nights = of(TargetName::Statement).unwrap();
    assert_eq!((nights.week[6][0].from, nights.week[6][0].to), (22 * 60, 30 * 60));
}

#[test]
fn the_targets_of_the_handbooks_are_the_defaults() {
    let policies = Policies::default();
    let of = |name: &str| {
        let rule = policies.rules.iter().find(|r| r.name == name).unwrap();
        let hours = |t: &Target| (t.name, t.within.0 / 3_600_000);
        rule.targets.iter().map(hours).collect::<Vec<_>>()
    };
    use TargetName as T;
    let severe =
        [(T::FirstResponse, 1), (T::NextResponse, 1), (T::Acknowledge, 1), (T::Statement, 24)];
    assert_eq!(of("severe negative"), severe);
    assert_eq!(of("mild negative")[0], (T::FirstResponse, 2));
    assert_eq!(of("much-liked comment")[0], (T::FirstResponse, 1));
    let purchase = of("message with purchase or cooperation intent");
    assert!(purchase.contains(&(T::HandOver, 24)), "{purchase:?}");
    // Severe never ranks under mild.
    let place = |name: &str| policies.rules.iter().position(|r| r.name == name).unwrap();
    assert!(place("severe negative") < place("mild negative"));
    let weight = |name: &str| policies.rules[place(name)].weight;
    assert!(weight("severe negative") > weight("mild negative"));
}

const CHANNEL: &str = "[[channel]]\nid = \"a\"\nplatform = \"x\"\n";
const POLICY: &str = "[[policy]]\nname = \"a\"\n";

#[rstest]
#[case("desk.toml", "\nnam = \"x\"", 2)]
#[case("desk.toml", "name = 5", 1)]
#[case("desk.toml", "name = \"x\"\nname = \"y\"", 2)]
#[case("desk.toml", "name = \"x", 1)]
#[case("desk.toml", "name = \" \"", 1)]
#[case("desk.toml", "# x\nzone = \"Mars/Base\"", 2)]
#[case("desk.toml", "identity = \"ldap\"", 1)]
#[case("desk.toml", "group = \"ops\"\nidentity = \"declared\"", 2)]
#[case("desk.toml", "claim_idle = \"soon\"", 1)]
#[case("desk.toml", "claim_idle = \"10s\"", 1)]
#[case("desk.toml", "low_space = \"1 GB of it\"", 1)]
#[case("channels.toml", "[[channel]]\nid = \"a\"", 1)]
#[case("channels.toml", "[[channel]]\nid = \"My Shop\"\nplatform = \"x\"", 2)]
#[case("channels.toml", &format!("{CHANNEL}{CHANNEL}"), 5)]
#[case("channels.toml", &format!("{CHANNEL}reply_window = \"2 days\""), 4)]
#[case("channels.toml", &format!("{CHANNEL}slots = [\n\"tue 20:00\",\n\"someday 20:00\"]"), 6)]
#[case("channels.toml", &format!("{CHANNEL}slots = [\"tue\"]"), 4)]
#[case("policies.toml", &format!("{POLICY}weight = 300"), 3)]
#[case("policies.toml", &format!("{POLICY}queue = \"mail\""), 3)]
#[case("policies.toml", &format!("{POLICY}likes_min = -1"), 3)]
#[case("policies.toml", &format!("{POLICY}words = []"), 3)]
#[case("policies.toml", &format!("{POLICY}intents = [\n\"rant\"]"), 4)]
#[case("policies.toml", &format!("{POLICY}severity = \"none\""), 3)]
#[case("policies.toml", &format!("{POLICY}topics = [\"\"]"), 3)]
#[case("classify.toml", "[[rule]]\nintent = \"rant\"\nwords = [\"a\"]", 2)]
#[case("classify.toml", "[[rule]]\nintent = \"spam\"\nwords = []", 3)]
#[case("classify.toml", "[[rule]]\nintent = \"spam\"\nwords = [\"a\",\n\"*\"]", 4)]
#[case("classify.toml", "[[rule]]\nintent = \"spam\"\nweight = 11\nwords = [\"a\"]", 3)]
#[case(
    "classify.toml",
    "[[topic]]\nname = \"a\"\nwords = [\"x\"]\n[[topic]]\nname = \"a\"\nwords = [\"y\"]",
    5
)]
#[case("classify.toml", "[emoticons]\nhappy = []", 2)]
#[case("policies.toml", &format!("{POLICY}words = [\n\"a\",\n\"\"]"), 5)]
#[case("policies.toml", &format!("{POLICY}targets = {{ first-response = \"0m\" }}"), 3)]
#[case("policies.toml", &format!("{POLICY}targets = {{ solution = \"24h\" }}"), 3)]
#[case("policies.toml", &format!("{POLICY}targets = {{ hand-over = \"24h nights\" }}"), 3)]
#[case("policies.toml", &format!("{POLICY}targets = {{ hand-over = \"24h\", calendar = \"nights\" }}"), 3)]
#[case("policies.toml", "default_calendar = \"nights\"", 1)]
#[case("policies.toml", "[calendar.a]\nhours = { mon-fri = \"09:00-18:00\" }", 1)]
#[case("policies.toml", &calendar("zone = \"Mars\""), 2)]
#[case("policies.toml", &calendar("zone = \"UTC\""), 1)]
#[case("policies.toml", &calendar("zone = \"UTC\"\nhours = { mon-fri = \"closed\" }"), 1)]
#[case("policies.toml", &calendar("zone = \"UTC\"\nhours = { mon-fri = \"9-18\" }"), 3)]
#[case("policies.toml", &calendar("zone = \"UTC\"\nhours = { mon-fri = \"09:00-25:00\" }"), 3)]
#[case("policies.toml", &calendar("zone = \"UTC\"\nhours = { workdays = \"09:00-18:00\" }"), 3)]
#[case("policies.toml", &calendar("zone = \"UTC\"\nhours = { mon = \"09:00-18:00\", mon-fri = \"10:00-18:00\" }"), 3)]
#[case("policies.toml", &calendar("zone = \"UTC\"\nhours = { daily = \"09:00-18:00\" }\nholidays = [\"2026-13-01\"]"), 4)]
#[case("policies.toml", &calendar("zone = \"UTC\"\nhours = { daily = \"09:00-18:00\" }\nworkdays = { \"2026-10-10\" = \"busy\" }"), 4)]
#[case(
    "policies.toml",
    "[calendar.always]\nzone = \"UTC\"\nhours = { daily = \"09:00-18:00\" }",
    1
)]
#[case("policies.toml", &format!("{POLICY}likes_min = 1\n{POLICY}"), 5)]
#[case("policies.toml", &format!("{POLICY}[[policy]]\nname = \"b\""), 4)]
#[case("policies.toml", "at_risk_percent = 101", 1)]
#[case("config.toml", "language = \"fr\"", 1)]
#[case("config.toml", "colours = \"many\"", 1)]
#[case("config.toml", "[keys]\nresolve = \"\"", 2)]
#[case("config.toml", "[keys]\nresolve = 5", 2)]
fn a_mistake_is_found_on_its_line(#[case] name: &str, #[case] text: &str, #[case] line: usize) {
    let error = mistake(name, text);
    assert_eq!(error.line, Some(line), "{error}");
    let said = error.to_string();
    assert!(said.starts_with(&format!("{name}:{line}: ")), "{said}");
    assert!(!error.say(Lang::Zh).as_str().contains('{'), "{error:?}");
}

#[test]
fn mistakes_are_one_sentence_each() {
    let mut out = String::new();
    for (name, text) in [
        ("desk.toml", "nam = \"x\""),
        ("desk.toml", "name = \"x"),
        ("desk.toml", "zone = \"Mars/\u{9b}31mBase\""),
        ("desk.toml", "identity = \"ldap\""),
        ("desk.toml", "group = \"ops\"\nidentity = \"declared\""),
        ("desk.toml", "claim_idle = \"soon\""),
        ("desk.toml", "low_space = \"some\""),
        ("channels.toml", &format!("{CHANNEL}slots = [\"someday 20:00\"]")),
        ("channels.toml", "[[channel]]\nid = \"My Shop\"\nplatform = \"x\""),
        ("policies.toml", &format!("{POLICY}weight = 300")),
        ("policies.toml", &format!("{POLICY}[[policy]]\nname = \"b\"")),
        ("policies.toml", &format!("{POLICY}likes_min = 1\n{POLICY}")),
        ("policies.toml", &format!("{POLICY}targets = {{ hand-over = \"24h nights\" }}")),
        ("policies.toml", &calendar("zone = \"UTC\"")),
        ("policies.toml", &calendar("zone = \"UTC\"\nhours = { mon = \"9-5\" }")),
        ("policies.toml", &calendar("zone = \"UTC\"\nhours = { someday = \"09:00-17:00\" }")),
        ("policies.toml", &calendar("zone = \"UTC\"\nholidays = [\"xmas\"]")),
        ("policies.toml", "[calendar.always]\nzone = \"UTC\""),
        ("config.toml", "theme = \"\""),
        ("config.toml", "[keys]\nresolve = \"\""),
    ] {
        let error = mistake(name, text);
        for lang in Lang::ALL {
            out.push_str(error.say(lang).as_str());
            out.push('\n');
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // A folder in the place of the file fails for every account, the administrator's too.
    std::fs::create_dir(folder.path().join("desk.toml")).unwrap();
    let error = Desk::load(folder.path()).unwrap_err();
    assert!(matches!(error.problem, Problem::Unreadable(_)), "{error}");
    assert_eq!((error.line, error.file), (None, folder.path().join("desk.toml")));
    let nowhere = folder.path().join("not/there");
    assert!(matches!(write_defaults(&nowhere).unwrap_err().problem, Problem::Unwritable(_)));
}

#[test]
fn broken_bytes_and_byte_order_marks_are_survived() {
    let folder = tempfile::tempdir().unwrap();
    let desk = folder.path().join("desk.toml");
    std::fs::write(&desk, b"name = \"a\"\nzone = \"\xff\"").unwrap();
    assert_eq!(Desk::load(folder.path()).unwrap_err().line, Some(2));
    std::fs::write(&desk, b"\xef\xbb\xbfname = \"a\"").unwrap();
    assert_eq!(Desk::load(folder.path()).unwrap().settings.name, "a");
}

fn judged(queue: Queue, text: &str, likes: u32) -> (String, i64, u8) {
    let id = crate::domain::ChannelId("weibo".into());
    let mut c = Conversation::new(ConversationId(1), queue, id, "weibo".into(), "r".into());
    c.first_inbound = Some(Time(0));
    c.head = Some(Head {
        seq: 0,
        author: Default::default(),
        excerpt: text.into(),
        at: Time(0),
        likes,
        class: Some(default_classifier().judge(text, None)),
    });
    let verdict = Policies::default().judge(&c, text, likes, TargetName::FirstResponse);
    (verdict.tag, verdict.timer.unwrap().due.0 / 3_600_000, verdict.weight)
}

/// Tag and hours to the first response.
#[rstest]
#[case(Queue::Comments, "物流太慢了，再不处理我就投诉了", 0, "severe", 1)]
#[case(Queue::Comments, "This is a SCAM, I'll talk to my lawyer", 3, "severe", 1)]
#[case(Queue::Messages, "用了之后过敏了，要求赔偿", 0, "severe", 1)]
#[case(Queue::Messages, "I want to order, but you are fraudsters", 0, "severe", 1)]
#[case(Queue::Comments, "骗子！", 5_000, "severe", 1)]
#[case(Queue::Comments, "太好看了吧", 100, "liked", 1)]
#[case(Queue::Comments, "太好看了吧", 99, "", 8)]
#[case(Queue::Messages, "太好看了吧", 5_000, "", 24)]
#[case(Queue::Comments, "still waiting for my parcel", 0, "mild", 2)]
#[case(Queue::Messages, "三天没发货，我要退款", 0, "mild", 2)]
#[case(Queue::Comments, "失望", 500, "liked", 1)]
#[case(Queue::Messages, "想谈一下合作，怎么联系", 0, "purchase", 24)]
#[case(Queue::Messages, "Do you ship to Germany?", 0, "purchase", 24)]
#[case(Queue::Comments, "多少钱一杯", 0, "purchase", 4)]
#[case(Queue::Messages, "你好", 0, "", 24)]
#[case(Queue::Comments, "hello", 0, "", 8)]
#[case(Queue::Comments, "", 0, "", 8)]
fn the_default_policies_judge_as_the_handbook_does(
    #[case] queue: Queue,
    #[case] text: &str,
    #[case] likes: u32,
    #[case] tag: &str,
    #[case] hours: i64,
) {
    let (found, due, _) = judged(queue, text, likes);
    assert_eq!((found.as_str(), due), (tag, hours), "{text}");
}

#[test]
fn severe_weighs_more_than_anything_else_and_is_never_due_later_than_mild() {
    let severe = judged(Queue::Comments, "投诉", 0);
    for (text, likes) in [("退款", 0), ("退款", 5_000), ("多少钱", 0), ("你好", 0)] {
        let other = judged(Queue::Comments, text, likes);
        assert!(severe.2 > other.2 && severe.1 <= other.1, "{text}");
    }
}

#[test]
fn every_default_policy_has_both_targets_and_one_always_applies() {
    let policies = Policies::default();
    assert_eq!(policies.at_risk_percent, 25);
    for name in [TargetName::FirstResponse, TargetName::NextResponse] {
        assert!(policies.rules.iter().all(|rule| rule.target(name).is_some()));
    }
    for queue in Queue::ALL {
        judged(queue, "", 0);
    }
}
