use super::*;
use crate::domain::VariantRef;
use crate::domain::post::Form;
use crate::domain::slot::{Planned, SlotState};
use rstest::rstest;

const SHANGHAI: Tz = Tz::Asia__Shanghai;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// 2026-11-27 is a Friday.
#[rstest]
#[case(&[], "2026-11-27", 7)]
#[case(&["--days", "3"], "2026-11-27", 3)]
#[case(&["--week"], "2026-11-23", 7)]
#[case(&["--month"], "2026-11-01", 30)]
#[case(&["--month", "--from", "2028-02-29"], "2028-02-01", 29)]
#[case(&["--from", "2026-12-01", "--days", "42"], "2026-12-01", 42)]
fn the_days_that_are_meant(#[case] line: &[&str], #[case] first: &str, #[case] days: u16) {
    let words = std::iter::once("calendar").chain(line.iter().copied());
    let args = command(Lang::En).try_get_matches_from(words).unwrap();
    for zone in [SHANGHAI, Tz::America__Sao_Paulo, Tz::UTC] {
        let asked = asked(&args, date("2026-11-27"), zone);
        assert_eq!(asked.from.in_zone(zone).date_naive(), date(first));
        assert_eq!(asked.days, days);
    }
}

#[rstest]
#[case(&["--days", "0"])]
#[case(&["--days", "43"])]
#[case(&["--week", "--month"])]
#[case(&["--from", "tomorrow"])]
#[case(&["--cadence", "--week"])]
fn what_cannot_be_is_a_mistake_on_the_command_line(#[case] line: &[&str]) {
    let words = std::iter::once("calendar").chain(line.iter().copied());
    assert!(command(Lang::En).try_get_matches_from(words).is_err());
}

fn slot(channel: &str, state: SlotState, funnel: Option<Funnel>) -> Slot {
    Slot {
        channel: ChannelId(channel.into()),
        id: "12.1".into(),
        at: Time(0),
        title: "新品".into(),
        state,
        post: Some(Planned {
            at: VariantRef::default(),
            form: Form::default(),
            funnel,
            goes: None,
            review: (0, 0),
            url: None,
            why: String::new(),
        }),
    }
}

#[test]
fn the_matrix_marks_its_holes() {
    let slots = [
        slot("weibo", SlotState::Published, Some(Funnel::Awareness)),
        slot("weibo", SlotState::Draft, Some(Funnel::Awareness)),
        slot("weibo", SlotState::Recalled, Some(Funnel::Loyalty)),
        slot("x", SlotState::Scheduled, None),
    ];
    let (aligns, rows) = matrix(&slots, Lang::En);
    assert_eq!(aligns.len(), 3);
    let rows: Vec<String> = rows
        .iter()
        .map(|row| row.iter().map(Shown::as_str).collect::<Vec<_>>().join("|"))
        .collect();
    assert_eq!(
        rows,
        [
            "|weibo|x",
            "awareness|2|-",
            "interest|-|-",
            "decision|-|-",
            "loyalty|-|-",
            "no stage|0|1"
        ]
    );
    let json = matrix_json(&slots);
    assert_eq!(json["matrix"]["awareness"]["weibo"], 2);
    assert_eq!(json["matrix"]["none"]["x"], 1);
    assert_eq!(json["matrix"]["loyalty"]["weibo"], 0);
}

#[test]
fn each_finding_has_a_sentence_and_a_line() {
    let all = [
        (Wrong::Gaps(2), "weibo: planned times without a post: 2", "gaps"),
        (Wrong::TooFew { has: 1, least: 3 }, "weibo: posts: 1, at least 3", "too-few"),
        (Wrong::TooMany { has: 6, most: 5 }, "weibo: posts: 6, at most 5", "too-many"),
        (Wrong::Quiet(Time(0)), "weibo: 08:00 is in the quiet hours", "quiet"),
        (Wrong::Clash(Time(0)), "weibo: 08:00 is close to another post", "clash"),
    ];
    for (what, said, name) in all {
        let finding = Finding { channel: ChannelId("weibo".into()), day: Time(0), what };
        assert_eq!(sentence(&finding, SHANGHAI, Lang::En).as_str(), said);
        let calendar = Calendar {
            days: Days { from: Time(0), days: 1 },
            slots: Vec::new(),
            findings: vec![finding],
        };
        assert_eq!(lines(&calendar)[0]["finding"], name);
    }
}

#[test]
fn a_cadence_tells_where_each_part_comes_from() {
    let text = "[[channel]]\nid = \"w\"\nplatform = \"weibo\"\ncadence = \"default\"\nquiet = \
                [\"23:00-07:00\"]\n[channel.posting]\nhold = \"0s\"\napprovers = [\"bo\"]\n";
    let file = config::Channels::parse(std::path::Path::new("c"), text).unwrap();
    let id = ChannelId("w".into());
    let (rules, origins) = (&file.posting[&id], &file.origins[&id]);
    let lines = cadence_lines(&file.cadences[0], rules, origins, Lang::En);
    let lines: Vec<&str> = lines.iter().map(Shown::as_str).collect();
    assert_eq!(
        lines,
        [
            "times: daily 09:00-11:00, daily 12:00-14:00, daily 18:00-22:00 (usual for the platform)",
            "a day: 3-5 (usual for the platform)",
            "quiet: 23:00-07:00 (channels.toml)",
            "hold: 0s (channels.toml)",
            "review: compliance, tone, logic (default)",
            "approvers: any of bo (channels.toml)",
            "late: ask (default)",
            "late by 10m it goes out all the same (default)",
        ]
    );
    let json = cadence_json(&file.cadences[0], rules, origins);
    assert_eq!(json["per_day"], json!({ "value": "3-5", "from": "handbook" }));
    assert_eq!(json["hold"], json!({ "value": "0s", "from": "file" }));
}
