use super::super::{Need, PostId, Step};
use super::*;
use crate::domain::ChannelId;
use crate::domain::post::Stand;
use SlotState::*;
use proptest::prelude::*;
use rstest::rstest;

const NOW: Time = Time(1_795_240_800_000);
const AT: VariantRef = VariantRef { post: PostId(12), variant: 1 };

fn name(who: &str) -> OperatorName {
    OperatorName(who.into())
}

fn rules() -> Rules {
    Rules { steps: vec![Step::Compliance], ..Rules::default() }
}

fn passed(by: &str, step: Step) -> Verdict {
    Verdict { step, by: name(by), at: NOW, passed: true, why: String::new(), place: String::new() }
}

/// A variant of amy's, passed by bo unless it waits for that.
fn variant(state: SlotState) -> Variant {
    let stand = Stand {
        channel: ChannelId("weibo".into()),
        version: 1,
        by: name("amy"),
        state,
        since: NOW,
        at: Some(NOW + Span::hours(2)),
        goes: None,
        holds: None,
        pinned: true,
        verdicts: match state {
            Draft | InReview => Vec::new(),
            _ => vec![passed("bo", Step::Compliance)],
        },
        why: String::new(),
        out: (state == Published).then(|| Out { platform_id: "p1".into(), ..Out::default() }),
        deleting: false,
    };
    let mut v = stand.variant(1, &content("new tea"));
    if let Scheduled | Holding = state {
        (v.goes, v.holds) = (v.at, v.at.map(|at| at - Span::minutes(30)));
    }
    v
}

fn content(text: &str) -> Content {
    Content { text: text.into(), ..Content::default() }
}

fn acting<'a>(by: &'a OperatorName, rules: &'a Rules, now: Time) -> Acting<'a> {
    Acting { at: AT, by, rules, now }
}

/// Every act on every state: what becomes of it, `None` = it is refused.
#[rstest]
// submit, approve, reject, edit, schedule, unschedule, recall, published, again
#[case(Draft, [Some(InReview), None, None, Some(Draft), Some(Draft), Some(Draft), None, None,
    None])]
#[case(InReview, [None, Some(Scheduled), Some(Draft), Some(Draft), Some(InReview), Some(InReview),
    Some(Recalled), None, None])]
#[case(Approved, [None, None, None, Some(Draft), Some(Scheduled), Some(Approved), Some(Recalled),
    None, None])]
#[case(Scheduled, [None, None, None, Some(Draft), Some(Scheduled), Some(Approved), Some(Recalled),
    None, None])]
#[case(Holding, [None, None, None, Some(Draft), Some(Scheduled), Some(Approved), Some(Recalled),
    None, None])]
#[case(Publishing, [None, None, None, None, None, None, Some(Recalled), Some(Published), None])]
#[case(Published, [None, None, None, None, None, None, Some(Published), None, None])]
#[case(Unconfirmed, [None, None, None, None, None, None, None, Some(Published),
    Some(Publishing)])]
#[case(Failed, [None, None, None, Some(Draft), Some(Scheduled), None, Some(Recalled),
    Some(Published), Some(Publishing)])]
#[case(Recalled, [Some(Scheduled), None, None, Some(Draft), Some(Scheduled), None, None, None,
    None])]
#[case(Missed, [None, None, None, Some(Draft), Some(Scheduled), Some(Approved), Some(Recalled),
    Some(Published), Some(Publishing)])]
fn each_act_fits_some_states(#[case] state: SlotState, #[case] becomes: [Option<SlotState>; 9]) {
    let (rules, bo) = (rules(), name("bo"));
    let of = acting(&bo, &rules, NOW);
    let when = NOW + Span::hours(3);
    type Act<'a> = Box<dyn Fn(&mut Variant) -> Result<(), Refused> + 'a>;
    let acts: [(&str, Act<'_>); 9] = [
        ("submit", Box::new(|v| submit(v, of))),
        ("approve", Box::new(|v| approve(v, of, None, ""))),
        ("reject", Box::new(|v| reject(v, of, Step::Compliance, "too loud", "best"))),
        ("edit", Box::new(|v| edit(v, of, 2, &content("other")))),
        ("schedule", Box::new(|v| schedule(v, of, when, true))),
        ("unschedule", Box::new(|v| unschedule(v, of))),
        ("recall", Box::new(|v| recall(v, of, false, true))),
        ("published", Box::new(|v| published(v, of, None, false))),
        ("again", Box::new(|v| again(v, of))),
    ];
    for ((act, how), becomes) in acts.iter().zip(becomes) {
        let before = variant(state);
        let mut v = before.clone();
        let done = how(&mut v);
        assert_eq!(done.is_ok().then_some(v.state), becomes, "{act} on {state:?}: {done:?}");
        if done.is_err() {
            assert_eq!(v, before, "what is refused changes nothing: {act} on {state:?}");
        }
        let timed = matches!(v.state, Scheduled | Holding);
        let waits = timed || (v.state == Publishing && done.is_ok());
        assert_eq!((v.goes.is_some(), v.holds.is_some()), (timed, waits), "{act} on {state:?}");
    }
}

#[test]
fn what_may_have_left_is_neither_recalled_nor_settled_by_hand() {
    let (rules, bo) = (rules(), name("bo"));
    let of = acting(&bo, &rules, NOW);
    let mut v = variant(Publishing);
    assert_eq!(recall(&mut v, of, true, true), Err(Refused::UnderWay(AT)));
    assert_eq!(published(&mut v, of, None, true), Err(Refused::UnderWay(AT)));
}

#[test]
fn what_is_out_is_deleted_where_that_can_be() {
    let (rules, bo) = (rules(), name("bo"));
    let of = acting(&bo, &rules, NOW);
    let mut v = variant(Published);
    let cannot = Refused::CannotDelete { at: AT, channel: v.channel.clone() };
    assert_eq!(recall(&mut v, of, false, false), Err(cannot.clone()));
    assert_eq!(recall(&mut v, of, false, true), Ok(()));
    assert!(v.deleting);
    assert_eq!(recall(&mut v, of, false, true), Err(Refused::Deleted(AT)));
    not_deleted(&mut v, "gone wrong".into());
    assert_eq!((v.deleting, v.why.as_str()), (false, "gone wrong"));
    assert_eq!(recall(&mut v, of, false, true), Ok(()));
    deleted(&mut v, NOW);
    assert_eq!(v.out.as_ref().and_then(|out| out.deleted), Some(NOW));
    assert_eq!(recall(&mut v, of, false, true), Err(Refused::Deleted(AT)));
    v.out = Some(Out::default());
    assert_eq!(recall(&mut v, of, false, true), Err(cannot), "nobody knows its id there");
}

#[rstest]
// Hold, time named, time it goes.
#[case(30, 120, 120, Scheduled)]
#[case(30, 30, 30, Holding)]
#[case(30, 10, 30, Holding)]
#[case(0, 10, 10, Scheduled)]
#[case(0, 0, 0, Holding)]
#[case(180, 120, 180, Holding)]
fn every_post_waits_its_whole_hold_window(
    #[case] hold: i64,
    #[case] at: i64,
    #[case] goes: i64,
    #[case] state: SlotState,
) {
    let rules = Rules { hold: Span::minutes(hold), ..rules() };
    let bo = name("bo");
    let mut v = variant(Approved);
    schedule(&mut v, acting(&bo, &rules, NOW), NOW + Span::minutes(at), true).unwrap();
    assert_eq!((v.at, v.goes), (Some(NOW + Span::minutes(at)), Some(NOW + Span::minutes(goes))));
    assert_eq!(v.state, state);
    assert_eq!(v.holds, Some(NOW + Span::minutes(goes - hold)));
    // It is due when it goes, and not before.
    if let Some(holds) = v.holds.filter(|_| state == Scheduled) {
        assert_eq!(due(&v, &rules, Time(holds.0 - 1)), Due::Nothing);
        assert_eq!(due(&v, &rules, holds), Due::Holds);
        super::hold(&mut v, holds);
    }
    let goes = v.goes.unwrap();
    assert_eq!(due(&v, &rules, Time(goes.0 - 1)), Due::Nothing);
    assert_eq!(due(&v, &rules, goes + rules.grace), Due::Goes);
    assert_eq!(due(&v, &rules, goes + rules.grace + Span(1)), Due::Late(Late::Ask));
}

#[rstest]
// The time it is written for, when it passes; what becomes of it, and when it goes.
#[case(Some(120), 0, Scheduled, Some(120))]
#[case(Some(120), 110, Holding, Some(140))]
#[case(Some(120), 121, Approved, None)]
#[case(None, 0, Approved, None)]
fn a_draft_keeps_its_time_until_it_has_passed(
    #[case] at: Option<i64>,
    #[case] passes: i64,
    #[case] state: SlotState,
    #[case] goes: Option<i64>,
) {
    let (rules, amy, bo) = (rules(), name("amy"), name("bo"));
    let mut v = Variant { at: None, ..variant(Draft) };
    let then = |minutes: i64| NOW + Span::minutes(minutes);
    if let Some(at) = at {
        schedule(&mut v, acting(&amy, &rules, NOW), then(at), true).unwrap();
        assert_eq!((v.state, v.at, v.goes), (Draft, Some(then(at)), None));
    }
    submit(&mut v, acting(&amy, &rules, NOW)).unwrap();
    approve(&mut v, acting(&bo, &rules, then(passes)), None, "").unwrap();
    assert_eq!((v.state, v.goes), (state, goes.map(then)));
}

#[test]
fn a_time_that_has_just_passed_is_now_and_an_earlier_one_is_refused() {
    let (rules, bo) = (rules(), name("bo"));
    let of = acting(&bo, &rules, NOW);
    let mut v = variant(Approved);
    let early = NOW - Span::minutes(2);
    assert_eq!(schedule(&mut v, of, early, true), Err(Refused::Past(early)));
    schedule(&mut v, of, NOW - Span(1_000), true).unwrap();
    assert_eq!((v.at, v.goes), (Some(NOW), Some(NOW + rules.hold)));
}

#[test]
fn nobody_approves_their_own_text_of_high_risk() {
    let amy = name("amy");
    let rules = Rules { steps: Vec::new(), ..rules() };
    let mut v = Variant { high_risk: true, at: None, ..variant(Draft) };
    // Not even where nothing else is reviewed.
    submit(&mut v, acting(&amy, &rules, NOW)).unwrap();
    assert_eq!(v.state, InReview);
    let own = approve(&mut v, acting(&amy, &rules, NOW), None, "");
    assert_eq!(own, Err(Refused::OwnText(AT)));
    let bo = name("bo");
    approve(&mut v, acting(&bo, &rules, NOW), None, "").unwrap();
    assert_eq!(v.state, Approved);
    // Without the risk it needs no review there.
    let mut mild = Variant { at: None, ..variant(Draft) };
    submit(&mut mild, acting(&amy, &rules, NOW)).unwrap();
    assert_eq!(mild.state, Approved);
}

#[rstest]
#[case(Need::Any, &["bo"], true)]
#[case(Need::All, &["bo"], false)]
#[case(Need::All, &["bo", "cy"], true)]
fn each_step_needs_one_or_all_of_the_approvers(
    #[case] need: Need,
    #[case] who: &[&str],
    #[case] passes: bool,
) {
    let approvers = ["bo", "cy"].map(name).to_vec();
    let steps = vec![Step::Compliance, Step::Tone];
    let rules = Rules { steps, approvers: approvers.clone(), need, ..rules() };
    let mut v = Variant { at: None, ..variant(InReview) };
    let amy = name("amy");
    let no = approve(&mut v, acting(&amy, &rules, NOW), None, "");
    assert_eq!(no, Err(Refused::NotApprover { at: AT, who: approvers }));
    for who in who {
        let who = name(who);
        approve(&mut v, acting(&who, &rules, NOW), Some(Step::Compliance), "").unwrap();
    }
    assert_eq!(review::progress(&v, &rules), (u8::from(passes), 2));
    assert_eq!(v.state, InReview, "the other step is open");
    for who in who {
        let who = name(who);
        let twice = approve(&mut v, acting(&who, &rules, NOW), Some(Step::Compliance), "");
        assert!(matches!(twice, Err(Refused::NoStep { .. })), "{twice:?}");
        approve(&mut v, acting(&who, &rules, NOW), None, "").unwrap();
    }
    assert_eq!(v.state, if passes { Approved } else { InReview });
}

#[test]
fn what_needs_no_further_step_any_more_is_passed_by_whoever_may() {
    let both = Rules { steps: vec![Step::Compliance, Step::Tone], ..rules() };
    let (bo, cy, less) = (name("bo"), name("cy"), rules());
    let mut v = Variant { at: None, ..variant(InReview) };
    approve(&mut v, acting(&bo, &both, NOW), Some(Step::Compliance), "").unwrap();
    assert_eq!(v.state, InReview);
    approve(&mut v, acting(&cy, &less, NOW), None, "").unwrap();
    assert_eq!((v.state, v.verdicts.len()), (Approved, 1));
}

#[test]
fn the_only_approver_does_not_pass_their_own_text_of_high_risk() {
    let rules = Rules { approvers: vec![name("amy")], need: Need::All, ..rules() };
    let v = Variant { high_risk: true, ..variant(InReview) };
    assert!(!review::is_passed(&v, &rules));
    let v = Variant { verdicts: vec![passed("amy", Step::Compliance)], ..v };
    assert!(!review::is_passed(&v, &rules));
}

#[test]
fn what_is_to_be_mended_stays_until_it_is_edited() {
    let (rules, bo, amy) = (rules(), name("bo"), name("amy"));
    let of = acting(&bo, &rules, NOW);
    let mut v = variant(InReview);
    assert_eq!(reject(&mut v, of, Step::Compliance, " ", ""), Err(Refused::NothingSaid(AT)));
    reject(&mut v, of, Step::Compliance, "no proof", "the best").unwrap();
    let [said] = &v.verdicts[..] else { panic!("{:?}", v.verdicts) };
    assert_eq!(
        (said.why.as_str(), said.place.as_str(), said.passed),
        ("no proof", "the best", false)
    );
    edit(&mut v, acting(&amy, &rules, NOW), 2, &content("good")).unwrap();
    assert_eq!((v.verdicts.len(), v.version), (0, 2));
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Edit,
    Submit,
    Approve,
    Reject,
    Schedule(i64),
    Unschedule,
    Recall,
    Published,
    Again,
    Clock,
    Lands,
    Fails,
    Doubts,
    TakeBack,
}

fn deeds() -> impl Strategy<Value = Vec<(Deed, i64, bool)>> {
    let deed = prop_oneof![
        Just(Deed::Edit),
        Just(Deed::Submit),
        Just(Deed::Approve),
        Just(Deed::Approve),
        Just(Deed::Reject),
        (-5i64..300).prop_map(Deed::Schedule),
        (-5i64..300).prop_map(Deed::Schedule),
        Just(Deed::Unschedule),
        Just(Deed::Recall),
        Just(Deed::Published),
        Just(Deed::Again),
        Just(Deed::Clock),
        Just(Deed::Clock),
        Just(Deed::Clock),
        Just(Deed::Lands),
        Just(Deed::Fails),
        Just(Deed::Doubts),
        Just(Deed::TakeBack),
    ];
    // The clock may also jump back.
    proptest::collection::vec((deed, -30i64..90, any::<bool>()), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Whatever is done in whatever order, and whatever the clock does: nothing is out that has not
    /// passed its review as it is, by somebody who may say so, and waited its hold window.
    #[test]
    fn nothing_is_out_unreviewed_or_before_its_hold_window(
        deeds in deeds(),
        hold in 0i64..60,
        late in proptest::sample::select(vec![Late::Ask, Late::Now, Late::NextSlot]),
        high_risk: bool,
    ) {
        let rules = Rules { hold: Span::minutes(hold), late, ..rules() };
        let mut v = Variant { high_risk, ..variant(Draft) };
        v.at = None;
        let mut now = NOW;
        // The version that has passed, and when it was last given its time.
        let (mut passed, mut given): (Option<u32>, Option<Time>) = (None, None);
        for (deed, minutes, by_amy) in deeds {
            now = now + Span::minutes(minutes);
            let who = name(if by_amy { "amy" } else { "bo" });
            let of = acting(&who, &rules, now);
            let before = v.clone();
            let _ = match deed {
                Deed::Edit => edit(&mut v, of, before.version + 1, &Content {
                    high_risk,
                    ..content("again")
                }),
                Deed::Submit => submit(&mut v, of),
                Deed::Approve => approve(&mut v, of, None, ""),
                Deed::Reject => reject(&mut v, of, Step::Compliance, "no", ""),
                Deed::Schedule(in_minutes) => {
                    schedule(&mut v, of, now + Span::minutes(in_minutes), true)
                }
                Deed::Unschedule => unschedule(&mut v, of),
                Deed::Recall => recall(&mut v, of, false, true),
                Deed::Published => published(&mut v, of, None, false),
                Deed::Again => again(&mut v, of),
                Deed::Clock => {
                    match due(&v, &rules, now) {
                        Due::Nothing => {}
                        Due::Holds => super::hold(&mut v, now),
                        Due::Goes | Due::Late(Late::Now) => go(&mut v, &rules, now),
                        Due::Late(Late::Ask) => miss(&mut v, now),
                        Due::Late(Late::NextSlot) => {
                            miss(&mut v, now);
                            schedule(&mut v, of, now + Span::hours(3), false).unwrap();
                            given = Some(now);
                        }
                    }
                    Ok(())
                }
                Deed::Lands if v.state == Publishing => {
                    landed(&mut v, Out::default(), now);
                    Ok(())
                }
                Deed::Fails if v.state == Publishing => {
                    failed(&mut v, "no".into(), now);
                    Ok(())
                }
                Deed::Doubts if v.state == Publishing => {
                    doubtful(&mut v, "cut".into(), now);
                    Ok(())
                }
                Deed::TakeBack => {
                    // The undo of a recall: it stands scheduled again.
                    if before.state == Scheduled || before.state == Holding {
                        let stand = Stand::of(&before);
                        recall(&mut v, of, false, true).unwrap();
                        v = stand.variant(1, &Content { high_risk, ..content("new tea") });
                        put_back_in_time(&mut v, &rules, now);
                        if v.goes != before.goes {
                            given = Some(now);
                        }
                    }
                    Ok(())
                }
                _ => Ok(()),
            };
            let passes = matches!(before.state, Draft | InReview | Recalled)
                && matches!(v.state, Approved | Scheduled | Holding);
            if passes && review::is_passed(&v, &rules) {
                passed = Some(v.version);
                // The time it was written for counts from now on.
                given = Some(now);
                if high_risk {
                    prop_assert!(v.verdicts.iter().any(|x| x.passed && x.by != v.by));
                }
            }
            if let Deed::Schedule(_) = deed && v != before {
                given = Some(now);
            }
            if has_left(v.state) && !has_left(before.state) {
                prop_assert_eq!(passed, Some(v.version), "not reviewed");
                let given = given.expect("it had its time");
                prop_assert!(now >= given + rules.hold, "{} < {}", now.0 - given.0, hold);
            }
            if v.state != before.state && before.state == Published {
                prop_assert!(false, "what is out stays out");
            }
        }
    }
}
