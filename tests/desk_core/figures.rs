//! Sparklines and days.

use crate::kit::*;
use dutydesk::daemon::desk::query;
use dutydesk::domain::{Command, ConversationId, Event, Span, Time};
use rstest::rstest;

#[test]
fn the_last_hour_in_thirty_points() {
    let mut kit = Kit::new();
    for n in 0..6 {
        let at = NOON - Span::minutes(10 * n);
        kit.ingest(vec![comment(&format!("{n}"), at, "a")]);
    }
    kit.ingest(vec![comment("old", NOON - Span::hours(50), "a")]);
    let reply = kit
        .done(
            "amy",
            Command::Reply {
                ids: vec![ConversationId(3)],
                text: "r".into(),
                seen: None,
                because: None,
            },
        )
        .message
        .unwrap();
    kit.sent(reply, "r");
    let kpis = query::kpis(&*kit.store, kit.now, 6).unwrap();
    assert_eq!(kpis.step, 120_000);
    for line in [&kpis.arrivals, &kpis.replies, &kpis.backlog, &kpis.hit_rate] {
        assert_eq!(line.len(), 30);
    }
    assert_eq!(kpis.arrivals.iter().sum::<f64>(), 6.0);
    assert_eq!((kpis.arrivals[29], kpis.replies[29]), (1.0, 1.0));
    // Seven came, one was answered just now.
    assert_eq!((kpis.backlog[29], kpis.backlog[28], kpis.backlog[0]), (6.0, 6.0, 1.0));
    let median = kpis.first_response[29];
    assert!((median / 1_200_000.0 - 1.0).abs() < 0.1, "{median}");
    assert_eq!(kpis.hit_rate[29], 100.0);
    assert!(kpis.first_response[0].is_nan() && kpis.hit_rate[0].is_nan());
    kit.check();
}

#[rstest]
#[case::utc(None, "2025-03-01T00:00:00Z", 24)]
#[case::unknown(Some("Nowhere/At_All"), "2025-03-01T00:00:00Z", 24)]
#[case::ahead(Some("Asia/Shanghai"), "2025-02-28T16:00:00Z", 24)]
#[case::behind(Some("America/New_York"), "2025-03-01T05:00:00Z", 24)]
fn a_day_begins_at_the_desks_midnight(
    #[case] zone: Option<&str>,
    #[case] start: &str,
    #[case] hours: i64,
) {
    let (from, to) = query::day(zone, NOON);
    assert_eq!(from.rfc3339(), start);
    assert_eq!(to - from, Span::hours(hours));
}

#[rstest]
#[case::spring("Europe/Berlin", 1_743_336_000_000, 23)]
#[case::autumn("Europe/Berlin", 1_761_480_000_000, 25)]
#[case::no_midnight("America/Asuncion", 1_728_216_000_000, 23)]
fn days_on_which_clocks_change(#[case] zone: &str, #[case] now: i64, #[case] hours: i64) {
    let (from, to) = query::day(Some(zone), Time(now));
    assert_eq!(to - from, Span::hours(hours));
    assert!(from <= Time(now) && Time(now) < to);
}

#[test]
fn backlog_by_policy_is_by_the_rule_that_the_answer_will_count_under() {
    use dutydesk::domain::policy::{Target, TargetName};
    use dutydesk::domain::service::{By, Period};
    let mut setup = setup();
    // What is owed besides the answer runs out first; liked ones have no target at all.
    let mut policies = policies();
    policies.rules[0].targets.push(Target::new(TargetName::Acknowledge, Span::minutes(5)));
    policies.rules[1].targets.clear();
    setup.policies = policies.clone();
    let mut kit = Kit::with(setup);
    kit.comment("a", "hello");
    kit.comment("b", "refund please");
    let mut liked = message("c", NOON, "so good");
    liked.likes = 500;
    kit.ingest(vec![Event::Message(liked)]);
    let asked = query::ServiceAsked {
        by: By::Policy,
        period: Period::Last(Span::hours(24)),
        outside: false,
    };
    let report =
        query::service(&*kit.store, kit.now, chrono_tz::Tz::UTC, asked, 3, &policies).unwrap();
    let rows: Vec<_> = report.rows.iter().map(|r| (r.name.as_str(), r.backlog)).collect();
    assert_eq!(report.total.backlog, Some(3));
    for name in ["mild", "severe", "liked"] {
        assert!(rows.contains(&(name, Some(1))), "{name}: {rows:?}");
    }
}
