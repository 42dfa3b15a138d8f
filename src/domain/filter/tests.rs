use super::*;
use crate::domain::policy::{TargetName, Timer};
use crate::domain::testing::*;
use crate::domain::{Claim, Class, Head, Queue, SessionId, State};
use proptest::prelude::*;
use rstest::rstest;

fn me() -> OperatorName {
    operator("amy")
}

fn parse(typed: &str) -> Filter {
    Filter::parse(typed, &me()).unwrap()
}

/// Due at 1,000; ♥150, labelled, tagged, assigned to amy, claimed by bo.
fn row() -> Conversation {
    let mut c = conversation(Queue::Comments);
    c.state = State::Open;
    let mut m = inbound(100, "物流太慢了 and NOT Polite");
    m.likes = 150;
    m.class =
        Some(Class::by_operator(Intent::Complaint, Severity::Severe, "amy", vec!["brand".into()]));
    c.head = Some(Head::of(0, &m));
    c.labels = vec!["VIP".into()];
    c.tag = "severe".into();
    c.assignee = Some(me());
    c.claim = Some(Claim { operator: operator("bo"), session: SessionId(2), since: Time(0) });
    c.timer = Some(Timer {
        policy: "severe".into(),
        target: TargetName::FirstResponse,
        started: Time(100),
        due: Time(1_000),
        at_risk: Time(900),
        paused: None,
        stopped: None,
    });
    c
}

#[rstest]
#[case("", true)]
#[case("platform:weibo", true)]
#[case("platform:Weibo", true)]
#[case("platform：weibo", true)]
#[case("Platform:douyin", false)]
#[case("-platform:douyin", true)]
#[case("－platform:douyin", true)]
#[case("channel:weibo-shop", true)]
#[case("channel:weibo", false)]
#[case("state:open", true)]
#[case("state:待处理", true)]
#[case("state:snoozed", false)]
#[case("mine", true)]
#[case("assignee:amy", true)]
#[case("assignee:me", true)]
#[case("assignee:none", false)]
#[case("-assignee:none", true)]
#[case("label:vip", true)]
#[case("-label:spam", true)]
#[case("tag:severe", true)]
#[case("tag:sev", false)]
#[case("intent:complaint", true)]
#[case("intent:投诉", true)]
#[case("-intent:spam", true)]
#[case("severity:severe", true)]
#[case("severity:mild", false)]
#[case("topic:Brand", true)]
#[case("topic:competitor", false)]
#[case("author:小鹿", true)]
#[case("author:bo", false)]
#[case("likes:150", true)]
#[case("likes:１５１", false)]
#[case("late", true)]
#[case("claimed", true)]
#[case("-claimed", false)]
#[case("物流", true)]
#[case("not polite", true)]
#[case("\"not polite\"", true)]
#[case("“not polite”", true)]
#[case("\"polite not\"", false)]
#[case("polite 小鹿", true)]
#[case("-发货", true)]
#[case("text:late", false)]
#[case("\"late\"", false)]
#[case("platform:weibo likes:200", false)]
#[case("unassigned", false)]
#[case("-unassigned", true)]
#[case("window", false)]
#[case("older:0s", true)]
#[case("older:1s", false)]
#[case("due:1m", true)]
#[case("due:１m", true)]
#[case("-due:1h", false)]
#[case("has:label", true)]
#[case("has:Deadline", true)]
#[case("has:reply", false)]
#[case("\"window\"", false)]
#[case("olit", false)]
#[case("poli", true)]
fn terms_hold_or_not(#[case] typed: &str, #[case] passes: bool) {
    assert_eq!(parse(typed).passes(&row(), Time(1_000)), passes, "{typed}");
}

#[test]
fn late_is_from_the_deadline_on_and_only_while_it_waits() {
    let mut c = row();
    assert!(!parse("late").passes(&c, Time(999)));
    c.state = State::Pending;
    assert!(!parse("late").passes(&c, Time(2_000)));
}

#[test]
fn an_answered_conversation_is_found_by_what_it_is_about() {
    let mut c = row();
    c.topic = c.head.take();
    assert!(parse("物流 likes:100").passes(&c, Time(0)));
    c.topic = None;
    assert!(!parse("物流").passes(&c, Time(0)));
}

#[rstest]
#[case("foo:bar", BadTerm::UnknownKey("foo".into()))]
#[case("http://x", BadTerm::UnknownKey("http".into()))]
#[case("intent:rant", BadTerm::UnknownIntent("rant".into()))]
#[case("severity:awful", BadTerm::UnknownSeverity("awful".into()))]
#[case("late state:shut", BadTerm::UnknownState("shut".into()))]
#[case("likes:many", BadTerm::NotANumber("many".into()))]
#[case("likes:-1", BadTerm::NotANumber("-1".into()))]
#[case("older:long", BadTerm::NotALength("older".into(), "long".into()))]
#[case("due:", BadTerm::NoValue("due".into()))]
#[case("has:money", BadTerm::UnknownHas("money".into()))]
#[case("label:", BadTerm::NoValue("label".into()))]
#[case("\"not closed", BadTerm::OpenQuote("not closed".into()))]
fn what_is_wrong_is_named(#[case] typed: &str, #[case] bad: BadTerm) {
    assert_eq!(Filter::parse(typed, &me()), Err(Refusal::BadFilter(bad)));
}

#[rstest]
#[case("12:30", "12:30")]
#[case("发货：慢", "发货：慢")]
#[case("\"http://x\"", "http://x")]
#[case("-", "-")]
fn what_is_no_key_is_text(#[case] typed: &str, #[case] text: &str) {
    let terms = vec![Term { not: false, test: Test::Text(text.to_owned().into()) }];
    assert_eq!(parse(typed), Filter { terms });
}

#[rstest]
#[case("", StateKind::Open, true)]
#[case("state:open", StateKind::Open, true)]
#[case("state:on-hold", StateKind::OnHold, true)]
#[case("late state:snoozed", StateKind::Snoozed, false)]
#[case("-state:open", StateKind::Open, false)]
#[case("mine", StateKind::Open, false)]
fn the_state_asked_for(#[case] typed: &str, #[case] state: StateKind, #[case] alone: bool) {
    assert_eq!((parse(typed).state(), parse(typed).is_state_alone()), (state, alone));
}

#[test]
fn every_state_is_read_by_its_name() {
    for state in StateKind::ALL {
        assert_eq!(state_named(state.name()), Some(state));
    }
}

#[test]
fn a_window_that_closes_first_is_told_from_a_deadline() {
    let mut c = row();
    c.window_closes = Some(Time(2_000));
    assert!(!parse("window").passes(&c, Time(0)), "the deadline comes first");
    c.window_closes = Some(Time(900));
    assert!(parse("window due:1s").passes(&c, Time(0)));
    c.head = None;
    assert!(!parse("window").passes(&c, Time(0)), "nobody waits");
}

fn any_test() -> impl Strategy<Value = Test> {
    let text = || "\\PC{1,12}";
    prop_oneof![
        text().prop_map(Test::Platform),
        text().prop_map(Test::Channel),
        prop::sample::select(&StateKind::ALL[..]).prop_map(Test::State),
        prop::option::of(prop_oneof!["\\PC{1,12}", "none|me|amy"])
            .prop_map(|o| Test::Assignee(o.map(OperatorName))),
        text().prop_map(Test::Label),
        text().prop_map(Test::Tag),
        text().prop_map(Test::Author),
        any::<u32>().prop_map(Test::Likes),
        prop::sample::select(&Intent::ALL[..]).prop_map(Test::Intent),
        prop::sample::select(&Severity::ALL[..]).prop_map(Test::Severity),
        text().prop_map(Test::Topic),
        Just(Test::Late),
        Just(Test::Claimed),
        Just(Test::Window),
        (0i64..100_000).prop_map(|s| Test::Older(Span(s * 1_000))),
        (0i64..100_000).prop_map(|s| Test::Due(Span(s * 1_000))),
        prop::sample::select(&Has::ALL[..]).prop_map(|(_, has)| Test::Has(has)),
        prop_oneof!["\\PC{1,12}", "mine|late|claimed|unassigned|window|-x|a:b"]
            .prop_map(|typed| Test::Text(typed.into())),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        terms in prop::collection::vec(
            (any::<bool>(), any_test()).prop_map(|(not, test)| Term { not, test }), 0..6)
    ) {
        let filter = Filter { terms };
        prop_assert_eq!(Filter::parse(&filter.to_string(), &me()), Ok(filter));
    }

    #[test]
    fn nothing_typed_breaks_it(typed in "\\PC{0,40}") {
        if let Ok(filter) = Filter::parse(&typed, &me()) {
            filter.passes(&row(), Time(0));
            prop_assert_eq!(Filter::parse(&filter.to_string(), &me()), Ok(filter));
        }
    }
}
