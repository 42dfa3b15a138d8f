use super::super::Channels;
use super::*;
use crate::domain::Time;
use crate::domain::slot::{SlotState, planned};
use chrono::NaiveDate;
use chrono_tz::Tz;
use rstest::rstest;
use std::path::Path;

fn read_file(text: &str) -> Result<Channels, ConfigError> {
    Channels::parse(Path::new("channels.toml"), text)
}

/// A channel with these lines, the first of which is the fourth of the file.
fn channel(platform: &str, lines: &str) -> String {
    format!("[[channel]]\nid = \"shop\"\nplatform = \"{platform}\"\n{lines}\n")
}

fn good(platform: &str, lines: &str) -> Channels {
    read_file(&channel(platform, lines)).unwrap()
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

#[test]
fn a_channel_says_when_it_publishes_and_how_its_posts_go_out() {
    let channels = good(
        "weibo",
        r#"
        slots = ["daily 10:00", "weekend 20:00"]
        per_day = "1-3"
        quiet = ["23:00-07:00", "12:30-13:00"]
        [channel.posting]
        hold = "0s"
        review = ["logic", "compliance"]
        approvers = ["bo", "cai"]
        need = "all"
        late = "next-slot"
        grace = "1h"
        "#,
    );
    let cadence = &channels.cadences[0];
    assert_eq!((cadence.least, cadence.most), (Some(1), Some(3)));
    assert_eq!(cadence.quiet, [(time(23, 0), time(7, 0)), (time(12, 30), time(13, 0))]);
    let want = Rules {
        hold: Span(0),
        steps: vec![Step::Compliance, Step::Logic],
        approvers: vec![OperatorName("bo".into()), OperatorName("cai".into())],
        need: Need::All,
        late: Late::NextSlot,
        grace: Span::hours(1),
    };
    assert_eq!(channels.posting[&ChannelId("shop".into())], want);
    let origins = &channels.origins[&ChannelId("shop".into())];
    assert_eq!(
        (origins.slots, origins.per_day, origins.quiet),
        (Origin::File, Origin::File, Origin::File)
    );
    assert_eq!(origins.posting, ["hold", "review", "approvers", "need", "late", "grace"]);
}

#[test]
fn what_is_left_out_is_as_it_was_before() {
    let channels = good("weibo", "");
    assert_eq!(channels.cadences, []);
    assert!(channels.posting.is_empty());
    let partly = good("weibo", "[channel.posting]\nreview = []");
    let rules = &partly.posting[&ChannelId("shop".into())];
    assert_eq!(*rules, Rules { steps: Vec::new(), ..Rules::default() });
    // Quiet hours and bounds hold for a channel without times, too.
    let quiet = good("weibo", "quiet = [\"23:00-07:00\"]");
    assert_eq!((quiet.cadences.len(), quiet.cadences[0].times.len()), (1, 0));
}

#[rstest]
#[case("wechat", &[0, 1, 0, 1, 0, 1, 0], None, 1)]
#[case("douyin", &[3, 3, 3, 3, 3, 4, 4], Some(3), 5)]
#[case("xiaohongshu", &[1; 7], Some(1), 2)]
#[case("weibo", &[3; 7], Some(3), 5)]
#[case("linkedin", &[1, 1, 1, 1, 1, 0, 0], None, 1)]
fn the_handbooks_times_hold_where_a_channel_asks_for_them(
    #[case] platform: &str,
    #[case] week: &[usize],
    #[case] least: Option<u32>,
    #[case] most: u32,
) {
    assert_eq!(good(platform, "").cadences, []);
    let channels = good(platform, "cadence = \"default\"");
    let cadence = &channels.cadences[0];
    assert_eq!((cadence.least, cadence.most), (least, Some(most)));
    let origins = &channels.origins[&ChannelId("shop".into())];
    assert_eq!((origins.slots, origins.per_day), (Origin::Handbook, Origin::Handbook));
    assert_eq!(origins.quiet, Origin::Nowhere);
    // 2026-11-23 is a Monday.
    let monday = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let counts: Vec<usize> = monday
        .iter_days()
        .take(7)
        .map(|day| {
            let slots = planned(&channels.cadences, &[], day, Tz::Asia__Shanghai, Time(0));
            assert!(slots.iter().all(|s| s.state == SlotState::Empty));
            slots.len()
        })
        .collect();
    assert_eq!(counts, week);
}

#[test]
fn each_part_of_the_handbook_gives_way_to_the_file() {
    let none = good("douyin", "cadence = \"default\"\nslots = []");
    assert_eq!(none.cadences, []);
    let own = good("douyin", "cadence = \"default\"\nslots = [\"daily 10:00\"]");
    assert_eq!((own.cadences[0].times.len(), own.cadences[0].most), (1, None));
    let fewer = good("douyin", "cadence = \"default\"\nper_day = \"4\"");
    assert_eq!((fewer.cadences[0].least, fewer.cadences[0].most), (Some(4), Some(4)));
    let late = good("douyin", "cadence = \"default\"\nquiet = [\"21:00-09:00\"]");
    assert_eq!(late.cadences[0].times.len(), 3);
    assert_eq!(late.origins[&ChannelId("shop".into())].quiet, Origin::File);
}

#[rstest]
#[case(
    "slots = [\n\"daily 10:00\",\n\"daily 06:30-08:00\"]\nquiet = [\"23:00-07:00\"]",
    "channels.toml:6: slots: \"daily 06:30-08:00\" begins in the quiet hours"
)]
#[case("per_day = \"2-1\"", "channels.toml:4: per_day: \"2-1\"")]
#[case("per_day = \"0\"", "channels.toml:4: per_day: \"0\"")]
#[case("per_day = \"many\"", "channels.toml:4: per_day: \"many\"")]
#[case("per_day = \"1-2-3\"", "channels.toml:4: per_day: \"1-2-3\"")]
#[case("per_day = \"101\"", "channels.toml:4: per_day: \"101\"")]
#[case(
    "slots = [\"daily 10:00\", \"sat 12:00\"]\nper_day = \"0-1\"",
    "channels.toml:5: per_day: slots plan 2 posts on one day, and 1"
)]
#[case("quiet = [\"23:00\"]", "channels.toml:4: quiet: \"23:00\"")]
#[case("quiet = [\"07:00-07:00\"]", "channels.toml:4: quiet: \"07:00-07:00\"")]
#[case("quiet = [\"25:00-07:00\"]", "channels.toml:4: quiet: \"25:00-07:00\"")]
#[case(
    "cadence = \"usual\"",
    "channels.toml:4: cadence: \"usual\" is not known here; use one of default"
)]
#[case("[channel.posting]\nhold = \"soon\"", "channels.toml:5: posting.hold: \"soon\"")]
#[case("[channel.posting]\nreview = [\"style\"]", "channels.toml:5: posting.review: \"style\"")]
#[case(
    "[channel.posting]\nreview = [\"tone\", \"tone\"]",
    "channels.toml:5: posting.review: \"tone\" is there twice"
)]
#[case(
    "[channel.posting]\napprovers = [\"bo\", \"\"]",
    "channels.toml:5: posting.approvers: is empty"
)]
#[case(
    "[channel.posting]\napprovers = [\"bo\", \"bo\"]",
    "channels.toml:5: posting.approvers: \"bo\" is there twice"
)]
#[case("[channel.posting]\nneed = \"two\"", "channels.toml:5: posting.need: \"two\"")]
#[case("[channel.posting]\nneed = \"all\"", "channels.toml:5: posting.need: nobody is named")]
#[case("[channel.posting]\nlate = \"never\"", "channels.toml:5: posting.late: \"never\"")]
#[case("[channel.posting]\ngrace = \"-1m\"", "channels.toml:5: posting.grace: \"-1m\"")]
#[case("[channel.posting]\nholds = \"1m\"", "channels.toml:5: ")]
fn each_mistake_names_its_place(#[case] lines: &str, #[case] begins: &str) {
    let said = read_file(&channel("weibo", lines)).unwrap_err().to_string();
    assert!(said.starts_with(begins), "{said}");
}

#[test]
fn a_platform_without_a_handbook_is_told_those_that_have_one() {
    let wrong = read_file(&channel("bluesky", "cadence = \"default\"")).unwrap_err().to_string();
    let begins = "channels.toml:4: cadence: no usual times are known of \"bluesky\"";
    assert!(wrong.starts_with(begins) && wrong.contains("xiaohongshu"), "{wrong}");
}
