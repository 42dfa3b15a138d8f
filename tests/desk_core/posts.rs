//! Posts: their review, their time, their hold window, their way out, and back.

use crate::kit::*;
use dutydesk::daemon::desk::{Job, JobResult, Setup, Step, query};
use dutydesk::domain::journal::What;
use dutydesk::domain::outbox::{Outcome as Came, Stage};
use dutydesk::domain::post::{
    Content, Late, Need, Post, PostAct, PostVerb, Refused, Rules, Step as Review, Variant,
};
use dutydesk::domain::slot::{Cadence, Slot, SlotState, Weekly};
use dutydesk::domain::{
    Abilities, Channel, ChannelId, Command, Event, Guard, Name, OutKind, OutPlace, PostId, Refusal,
    Span, Time, VariantRef,
};
use dutydesk::store::{KeyRange, Store, export, keys, records};
use dutydesk::wire::message::{Done, Notice};
use dutydesk::wire::post::Told;
use rstest::rstest;
use std::sync::Arc;

const HALF: Span = Span::minutes(30);

fn channel(id: &str) -> Channel {
    Channel {
        id: ChannelId(id.into()),
        platform: id.into(),
        title: String::new(),
        reply_window: None,
    }
}

fn rules() -> Rules {
    Rules { steps: vec![Review::Compliance], ..Rules::default() }
}

/// A desk whose channel `weibo` posts every day at 20:00 and 21:00 in Shanghai (12:00 and 13:00
/// UTC), and whose connector can post and delete. Nothing connects `wechat`.
fn setup_by(rules: Rules) -> Setup {
    let times: Vec<Weekly> = ["daily 20:00", "daily 21:00"].map(|t| t.parse().unwrap()).to_vec();
    let mut setup = setup();
    setup.channels.push(channel("weibo"));
    setup.posting = [("weibo", rules.clone()), ("wechat", rules)]
        .map(|(id, rules)| (ChannelId(id.into()), rules))
        .into();
    setup.cadences = vec![Cadence::new(weibo(), times)];
    setup.can.set(&weibo(), Some(Abilities { post: true, delete: true, ..Abilities::default() }));
    setup
}

fn kit() -> Kit {
    Kit::with(setup_by(rules()))
}

fn content(text: &str) -> Content {
    Content { text: text.into(), ..Content::default() }
}

fn at(variant: u32) -> VariantRef {
    VariantRef { post: PostId(1), variant }
}

impl Kit {
    fn post(&mut self, who: &str, act: PostAct) -> Result<Done, Refusal> {
        self.act(who, Command::Post(act))
    }

    fn posted(&mut self, who: &str, act: PostAct) -> Done {
        let done = self.post(who, act).unwrap();
        assert!(done.refused.is_empty(), "{done:?}");
        self.check();
        done
    }

    /// Why it is refused.
    fn refused(&mut self, who: &str, act: PostAct) -> Refused {
        let before = self.everything();
        match self.post(who, act) {
            Err(Refusal::Post(why)) => {
                assert_eq!(without_facts(self.everything()), without_facts(before));
                *why
            }
            other => panic!("{other:?}"),
        }
    }

    /// Amy's post with a variant on each channel.
    fn begin(&mut self, channels: &[&str]) {
        let variants =
            channels.iter().map(|id| (ChannelId((*id).into()), content("new tea"))).collect();
        let act = PostAct::New { idea: "the new tea".into(), topic: None, variants, when: None };
        let done = self.posted("amy", act);
        assert_eq!(done.posts.len(), channels.len());
        assert_eq!(done.name, Name::Post(PostVerb::New));
    }

    fn record(&self) -> Post {
        records::get(&*self.store, &keys::post(PostId(1))).unwrap().unwrap()
    }

    fn variant(&self, number: u32) -> Variant {
        self.record().variant(number).unwrap().clone()
    }

    fn state(&self, number: u32) -> SlotState {
        self.variant(number).state
    }

    /// Handed in by amy, passed by bo.
    fn approve(&mut self, number: u32) {
        self.posted("amy", PostAct::Submit { at: vec![at(number)], because: None });
        let why = String::new();
        self.posted("bo", PostAct::Approve { at: vec![at(number)], step: None, why });
        assert_eq!(self.state(number), SlotState::Approved);
    }

    fn schedule(&mut self, number: u32, when: Time) {
        self.posted("amy", PostAct::Schedule { at: at(number), when: Some(when) });
    }

    /// A post of amy's on weibo that goes out in two hours.
    fn scheduled(&mut self) -> Time {
        self.begin(&["weibo"]);
        self.approve(1);
        let when = self.now + Span::hours(2);
        self.schedule(1, when);
        assert_eq!(self.state(1), SlotState::Scheduled);
        when
    }

    fn tick(&mut self, to: Time) {
        self.now = to;
        self.elapse();
        self.check();
    }

    /// On its way out.
    fn publishing(&mut self) -> OutPlace {
        let when = self.scheduled();
        self.tick(when - HALF);
        assert_eq!(self.state(1), SlotState::Holding);
        self.tick(when);
        assert_eq!(self.state(1), SlotState::Publishing);
        OutPlace::post(weibo(), OutKind::Publish, at(1))
    }

    fn out_step(&mut self, place: &OutPlace, step: Step) -> JobResult {
        let result = self.one(Job::Outgoing { place: place.clone(), step });
        self.check();
        result
    }

    fn out_came(&mut self, place: &OutPlace, to: Came, guard: Guard) {
        assert_eq!(self.out_step(place, Step::Attempt), JobResult::Ok);
        assert_eq!(self.out_step(place, Step::Came { to, guard }), JobResult::Ok);
    }

    fn published(&mut self) -> OutPlace {
        let place = self.publishing();
        let url = Some("https://weibo.example/1".to_owned());
        let to = Came::Done { platform_id: Some("w1".into()), url, at: Some(self.now) };
        self.out_came(&place, to, Guard::Lookup);
        assert_eq!(self.state(1), SlotState::Published);
        place
    }

    fn told(&self) -> Vec<(String, Told)> {
        let one = |(who, notice): &(dutydesk::domain::OperatorName, Notice)| match notice {
            Notice::Post(notice) => Some((who.0.clone(), notice.told)),
            _ => None,
        };
        self.last.notices.iter().filter_map(one).collect()
    }

    fn slots(&self) -> Vec<Slot> {
        query::slots(&*self.store, Time(0), Time(i64::MAX)).unwrap()
    }

    fn rows(&self) -> Vec<query::Row> {
        query::outbox(&*self.store, &weibo(), 10).unwrap()
    }

    fn undo(&mut self, who: &str) -> Result<Done, Refusal> {
        let done = self.act(who, Command::Undo);
        self.check();
        done
    }

    fn redo(&mut self, who: &str) -> Result<Done, Refusal> {
        let done = self.act(who, Command::Redo);
        self.check();
        done
    }
}

/// A refusal may make an operator known; it changes nothing else.
fn without_facts(rows: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<(Vec<u8>, Vec<u8>)> {
    rows.into_iter()
        .filter(|(key, _)| !key.starts_with(b"meta/") && !key.starts_with(b"p/"))
        .collect()
}

fn done(id: &str) -> Came {
    Came::Done { platform_id: Some(id.into()), url: None, at: None }
}

#[test]
fn from_the_idea_to_the_platforms_link() {
    let mut kit = kit();
    kit.act("bo", Command::Undo).unwrap_err();
    kit.begin(&["weibo"]);
    assert_eq!(kit.state(1), SlotState::Draft);
    kit.posted("amy", PostAct::Submit { at: vec![at(1)], because: None });
    assert_eq!(kit.state(1), SlotState::InReview);
    assert_eq!(kit.told(), [("bo".into(), Told::InReview)]);
    let why = "as agreed".to_owned();
    kit.posted("bo", PostAct::Approve { at: vec![at(1)], step: None, why });
    assert_eq!(kit.told(), [("amy".into(), Told::Approved)]);
    assert_eq!(kit.variant(1).verdicts[0].why, "as agreed");
    let when = kit.now + Span::hours(2);
    kit.schedule(1, when);
    let slots = kit.slots();
    assert_eq!((slots.len(), slots[0].at, slots[0].state), (1, when, SlotState::Scheduled));
    let planned = slots[0].post.clone().unwrap();
    assert_eq!((planned.at, planned.goes, planned.review), (at(1), Some(when), (1, 1)));
    assert_eq!(kit.desk.next_timer().unwrap(), Some(when - HALF));
    kit.tick(when - HALF - Span(1));
    assert_eq!(kit.state(1), SlotState::Scheduled);
    kit.tick(when - HALF);
    assert_eq!(kit.state(1), SlotState::Holding);
    assert!(kit.rows().is_empty());
    kit.tick(when);
    assert_eq!(kit.state(1), SlotState::Publishing);
    let rows = kit.rows();
    let query::About::Post { content, .. } = &rows[0].about else { panic!("{rows:?}") };
    assert_eq!((rows.len(), content.text.as_str()), (1, "new tea"));
    let place = rows[0].place.clone();
    let url = Some("https://weibo.example/1".to_owned());
    kit.now = kit.now + Span(500);
    let to = Came::Done { platform_id: Some("w1".into()), url: url.clone(), at: None };
    kit.out_came(&place, to, Guard::Lookup);
    let v = kit.variant(1);
    assert_eq!(v.state, SlotState::Published);
    let out = v.out.unwrap();
    assert_eq!((out.platform_id.as_str(), out.url.clone(), out.at), ("w1", url.clone(), kit.now));
    assert!(kit.rows().is_empty());
    assert_eq!(kit.slots()[0].post.as_ref().unwrap().url, url);
    // Who, what and how far, all of it, and none of the text.
    let entries = query::journal(&*kit.store, 1, 100).unwrap();
    let went: Vec<SlotState> = entries
        .iter()
        .filter_map(|(_, e)| match &e.what {
            What::PostWent { to, .. } => Some(*to),
            _ => None,
        })
        .collect();
    assert_eq!(went, [SlotState::Holding, SlotState::Publishing, SlotState::Published]);
    let verbs: Vec<PostVerb> = entries
        .iter()
        .filter_map(|(_, e)| match &e.what {
            What::Post { verb, .. } => Some(*verb),
            _ => None,
        })
        .collect();
    use PostVerb::*;
    assert_eq!(verbs, [New, Submit, Approve, Schedule]);
    assert!(!format!("{entries:?}").contains("new tea"), "{entries:?}");
}

#[test]
fn a_rejected_one_says_what_to_mend_and_where() {
    let mut kit = kit();
    kit.begin(&["weibo"]);
    kit.posted("amy", PostAct::Submit { at: vec![at(1)], because: None });
    let act = |why: &str| PostAct::Reject {
        at: at(1),
        step: Review::Compliance,
        why: why.into(),
        place: "new".into(),
    };
    assert_eq!(kit.refused("bo", act(" ")), Refused::NothingSaid(at(1)));
    kit.posted("bo", act("it is not new"));
    assert_eq!(kit.told(), [("amy".into(), Told::Rejected)]);
    let v = kit.variant(1);
    assert_eq!((v.state, v.verdicts[0].place.as_str()), (SlotState::Draft, "new"));
    let edit = |version, text| PostAct::Edit { at: at(1), version, content: content(text).into() };
    kit.posted("amy", edit(1, "tea"));
    assert_eq!((kit.variant(1).verdicts.len(), kit.variant(1).version), (0, 2));
    let newer = Refused::Newer { at: at(1), by: op("amy") };
    assert_eq!(kit.refused("bo", edit(1, "other")), newer);
    assert_eq!(kit.refused("bo", edit(2, "tea")), Refused::Unchanged(at(1)));
}

#[test]
fn an_edit_of_what_is_scheduled_takes_it_out_of_its_time() {
    let mut kit = kit();
    let when = kit.scheduled();
    let act = PostAct::Edit { at: at(1), version: 1, content: content("other").into() };
    kit.posted("bo", act.clone());
    let v = kit.variant(1);
    assert_eq!((v.state, v.goes, v.verdicts.len()), (SlotState::Draft, None, 0));
    kit.tick(when + Span::hours(1));
    assert_eq!(kit.state(1), SlotState::Draft, "it does not go out");
    // Back it goes as it was, in its time as long as that has not passed.
    kit.now = when - Span::hours(1);
    kit.undo("bo").unwrap();
    let v = kit.variant(1);
    assert_eq!((v.state, v.version, v.goes), (SlotState::Scheduled, 1, Some(when)));
    assert_eq!(kit.redo("bo").unwrap().posts, [at(1)]);
    assert_eq!((kit.state(1), kit.variant(1).version), (SlotState::Draft, 2));
    // A further edit never writes over a version that was taken back.
    kit.undo("bo").unwrap();
    let act = PostAct::Edit { at: at(1), version: 1, content: content("third").into() };
    kit.posted("bo", act);
    assert_eq!(kit.variant(1).version, 3);
}

#[test]
fn what_the_lint_stops_is_handed_in_for_a_reason_alone() {
    let mut kit = kit();
    let variants = vec![(weibo(), content("全网第一的茶"))];
    kit.posted("amy", PostAct::New { idea: "tea".into(), topic: None, variants, when: None });
    let submit = |because: Option<&str>| PostAct::Submit {
        at: vec![at(1)],
        because: because.map(str::to_owned),
    };
    let why = kit.refused("amy", submit(None));
    assert!(matches!(&why, Refused::Lint { overridable: true, .. }), "{why:?}");
    assert_eq!(kit.refused("amy", submit(Some("  "))), why);
    kit.posted("amy", submit(Some("it is a quotation")));
    assert_eq!(kit.state(1), SlotState::InReview);
    let entries = query::journal(&*kit.store, 1, 100).unwrap();
    let Some(What::Post { because, rules, .. }) = entries.last().map(|(_, e)| &e.what) else {
        panic!("{entries:?}")
    };
    assert_eq!((because.as_deref(), rules.is_empty()), (Some("it is a quotation"), false));
    assert!(matches!(
        kit.post("amy", submit(Some(&"x".repeat(600)))),
        Err(Refusal::TooLong { .. })
    ));
}

#[test]
fn only_approvers_review_and_nobody_their_own_text_of_high_risk() {
    let approvers = vec![op("amy"), op("bo"), op("cy")];
    let by = Rules { approvers, need: Need::All, ..rules() };
    let mut kit = Kit::with(setup_by(by));
    let risky = Content { high_risk: true, ..content("cures a cold") };
    let variants = vec![(weibo(), risky)];
    kit.posted("amy", PostAct::New { idea: "tea".into(), topic: None, variants, when: None });
    let because = Some("the law allows it".into());
    kit.posted("amy", PostAct::Submit { at: vec![at(1)], because });
    let told = kit.told();
    assert_eq!(told, [("bo".into(), Told::InReview), ("cy".into(), Told::InReview)]);
    let approve = || PostAct::Approve { at: vec![at(1)], step: None, why: String::new() };
    assert_eq!(kit.refused("amy", approve()), Refused::OwnText(at(1)));
    assert!(matches!(kit.refused("di", approve()), Refused::NotApprover { .. }));
    kit.posted("bo", approve());
    assert_eq!(kit.state(1), SlotState::InReview);
    kit.posted("cy", approve());
    assert_eq!(kit.state(1), SlotState::Approved);
}

#[test]
fn the_next_free_time_is_one_that_no_other_post_has() {
    let mut kit = kit();
    kit.begin(&["weibo", "weibo", "weibo", "wechat"]);
    // It is 12:00 UTC: today's 13:00 is the first that a hold window of 30 minutes leaves.
    for (n, hours) in [(1, 1), (2, 24), (3, 25)] {
        kit.approve(n);
        kit.posted("amy", PostAct::Schedule { at: at(n), when: None });
        let v = kit.variant(n);
        assert_eq!((v.at, v.pinned), (Some(NOON + Span::hours(hours)), false), "{n}");
    }
    kit.approve(4);
    let none = kit.refused("amy", PostAct::Schedule { at: at(4), when: None });
    let channel = ChannelId("wechat".into());
    assert_eq!(none, Refused::NoFreeSlot { at: at(4), channel });
    // Two at the same time are allowed, and neither is lost.
    kit.schedule(2, NOON + Span::hours(1));
    let same = kit.slots().iter().filter(|s| s.at == NOON + Span::hours(1)).count();
    assert_eq!(same, 2);
    kit.tick(NOON + Span::hours(1));
    assert_eq!((kit.state(1), kit.state(2)), (SlotState::Publishing, SlotState::Publishing));
    assert_eq!(kit.rows().len(), 2);
}

#[test]
fn a_draft_has_its_time_in_sight_and_a_time_that_has_passed_is_refused() {
    let mut kit = kit();
    kit.begin(&["weibo"]);
    let to = |when| PostAct::Schedule { at: at(1), when: Some(when) };
    let later = kit.now + Span::hours(1);
    kit.posted("amy", to(later));
    assert_eq!((kit.variant(1).state, kit.variant(1).at), (SlotState::Draft, Some(later)));
    kit.posted("amy", PostAct::Submit { at: vec![at(1)], because: None });
    kit.posted("bo", PostAct::Approve { at: vec![at(1)], step: None, why: String::new() });
    assert_eq!((kit.variant(1).state, kit.variant(1).goes), (SlotState::Scheduled, Some(later)));
    let earlier = kit.now - Span::hours(1);
    assert_eq!(kit.refused("amy", to(earlier)), Refused::Past(earlier));
    assert_eq!(
        kit.refused("amy", PostAct::Schedule { at: at(9), when: None }),
        Refused::NoVariant(at(9))
    );
    let none = VariantRef { post: PostId(9), variant: 1 };
    assert_eq!(kit.refused("amy", PostAct::Recall { at: vec![none] }), Refused::NoPost(PostId(9)));
}

#[rstest]
#[case(Late::Ask, SlotState::Missed, Told::Missed)]
#[case(Late::Now, SlotState::Publishing, Told::Missed)]
#[case(Late::NextSlot, SlotState::Scheduled, Told::Moved)]
fn a_desk_that_was_down_keeps_to_the_late_policy(
    #[case] late: Late,
    #[case] state: SlotState,
    #[case] told: Told,
) {
    let mut kit = Kit::with(setup_by(Rules { late, ..rules() }));
    let when = kit.scheduled();
    // Within the grace it goes out as if nothing had been.
    let mut soon = Kit::with(setup_by(Rules { late, ..rules() }));
    soon.scheduled();
    soon.now = when + Span::minutes(10);
    soon.restart();
    soon.tick(soon.now);
    assert_eq!(soon.state(1), SlotState::Publishing);
    kit.now = when + Span::minutes(11);
    kit.restart();
    kit.tick(kit.now);
    assert_eq!(kit.state(1), state);
    if late == Late::Now {
        assert_eq!(kit.rows().len(), 1);
        return;
    }
    assert_eq!(kit.told(), [("amy".into(), told)]);
    assert!(kit.rows().is_empty());
    match late {
        // It waits its whole hold window once more.
        Late::NextSlot => assert_eq!(kit.variant(1).goes, Some(NOON + Span::hours(24))),
        _ => {
            kit.posted("amy", PostAct::Again { at: vec![at(1)] });
            assert_eq!((kit.state(1), kit.rows().len()), (SlotState::Publishing, 1));
        }
    }
    // The clock tells of it once.
    kit.tick(kit.now);
    assert!(kit.told().is_empty());
}

#[test]
fn what_waited_for_its_channel_too_long_is_late_too() {
    let mut kit = kit();
    let place = kit.publishing();
    kit.later(Span::minutes(11));
    let refused = kit.out_step(&place, Step::Attempt);
    assert!(matches!(refused, JobResult::Refused(Refusal::Post(_))), "{refused:?}");
    assert_eq!((kit.state(1), kit.rows().len()), (SlotState::Missed, 0));
    assert_eq!(kit.told(), [("amy".into(), Told::Missed)]);
}

#[test]
fn what_waits_for_a_channel_that_does_not_come_back_is_told_of() {
    let mut kit = kit();
    kit.publishing();
    let until = kit.now + Span::minutes(10);
    kit.tick(until);
    assert_eq!(kit.state(1), SlotState::Publishing);
    kit.tick(until + Span(1));
    assert_eq!((kit.state(1), kit.rows().len()), (SlotState::Missed, 0));
    assert_eq!(kit.told(), [("amy".into(), Told::Missed)]);
    // One that may have left is left to its guard.
    kit.posted("amy", PostAct::Again { at: vec![at(1)] });
    let place = kit.rows()[0].place.clone();
    assert_eq!(kit.out_step(&place, Step::Attempt), JobResult::Ok);
    kit.tick(kit.now + Span::hours(1));
    assert_eq!(kit.state(1), SlotState::Publishing);
    assert_eq!(kit.desk.next_timer().unwrap(), None);
}

#[test]
fn a_clock_that_jumps_back_or_forward_neither_doubles_nor_skips() {
    let mut kit = kit();
    let when = kit.scheduled();
    kit.tick(when - HALF);
    // Back: it is still held, and goes at its time.
    kit.tick(when - Span::hours(3));
    assert_eq!(kit.state(1), SlotState::Holding);
    kit.tick(when);
    let key = kit.rows()[0].row.key;
    kit.tick(when - Span::hours(3));
    kit.tick(when);
    assert_eq!((kit.rows().len(), kit.rows()[0].row.key), (1, key));
    // Forward over its time and far beyond: somebody is asked.
    let mut kit = kit_scheduled();
    kit.tick(kit.now + Span::hours(24));
    assert_eq!(kit.state(1), SlotState::Missed);
    kit.tick(NOON);
    assert_eq!(kit.state(1), SlotState::Missed);
}

fn kit_scheduled() -> Kit {
    let mut kit = kit();
    kit.scheduled();
    kit
}

#[test]
fn a_channel_without_a_connector_is_worked_by_hand() {
    let mut kit = kit();
    kit.begin(&["wechat"]);
    kit.approve(1);
    let when = kit.now + Span::hours(1);
    kit.schedule(1, when);
    kit.tick(when - HALF);
    kit.tick(when);
    assert_eq!(kit.state(1), SlotState::Publishing);
    assert_eq!(kit.told(), [("amy".into(), Told::ByHand)]);
    // After a restore it is still theirs to say.
    kit.one(Job::Restored);
    kit.check();
    let url = Some("https://mp.example/1".to_owned());
    kit.posted("bo", PostAct::Published { at: at(1), url: url.clone() });
    let v = kit.variant(1);
    assert_eq!((v.state, v.out.unwrap().url), (SlotState::Published, url));
    // It was a mistake: as it was.
    kit.undo("bo").unwrap();
    assert_eq!(kit.state(1), SlotState::Publishing);
    kit.posted("bo", PostAct::Recall { at: vec![at(1)] });
    assert_eq!(kit.state(1), SlotState::Recalled);
}

#[test]
fn what_failed_says_why_and_goes_out_again_under_another_key() {
    let mut kit = kit();
    let place = kit.publishing();
    let key = kit.rows()[0].row.key;
    let not_yet = Came::NotYet { not_before: kit.now, why: "busy".into() };
    kit.out_came(&place, not_yet, Guard::Lookup);
    assert_eq!(kit.state(1), SlotState::Publishing);
    kit.out_came(&place, Came::Failed { why: "too long".into() }, Guard::Lookup);
    assert_eq!(kit.told(), [("amy".into(), Told::Failed)]);
    let v = kit.variant(1);
    assert_eq!((v.state, v.why.as_str()), (SlotState::Failed, "too long"));
    assert_eq!(kit.slots()[0].post.as_ref().unwrap().why, "too long");
    kit.posted("amy", PostAct::Again { at: vec![at(1)] });
    assert_ne!(kit.rows()[0].row.key, key);
    // Not begun yet: it can be taken back.
    kit.undo("amy").unwrap();
    assert_eq!((kit.state(1), kit.rows().len()), (SlotState::Failed, 0));
    kit.redo("amy").unwrap();
    kit.out_came(&place, done("w1"), Guard::Lookup);
    assert_eq!(kit.state(1), SlotState::Published);
    assert!(matches!(kit.undo("amy"), Err(Refusal::Post(_))));
    assert_eq!(kit.state(1), SlotState::Published);
}

#[test]
fn a_doubt_is_settled_by_its_guard_and_else_by_a_person_or_an_echo() {
    let unknown = || Came::Unknown { why: "cut off".into() };
    let mut kit = kit();
    let place = kit.publishing();
    kit.out_came(&place, unknown(), Guard::Lookup);
    assert_eq!(kit.state(1), SlotState::Publishing, "the desk finds out by itself");
    assert!(matches!(kit.rows()[0].row.stage, Stage::Doubtful { .. }));
    let recall = || PostAct::Recall { at: vec![at(1)] };
    assert_eq!(kit.refused("amy", recall()), Refused::UnderWay(at(1)));
    let by_hand = || PostAct::Published { at: at(1), url: None };
    assert_eq!(kit.refused("amy", by_hand()), Refused::UnderWay(at(1)));
    kit.out_step(&place, Step::Came { to: unknown(), guard: Guard::None });
    assert_eq!(kit.told(), [("amy".into(), Told::Unconfirmed)]);
    assert_eq!((kit.state(1), kit.variant(1).why.as_str()), (SlotState::Unconfirmed, "cut off"));
    let edit = PostAct::Edit { at: at(1), version: 1, content: content("x").into() };
    assert!(matches!(kit.refused("amy", edit), Refused::State { .. }));
    kit.posted("bo", by_hand());
    assert_eq!((kit.state(1), kit.rows().len()), (SlotState::Published, 0));
    kit.undo("bo").unwrap();
    assert_eq!((kit.state(1), kit.rows().len()), (SlotState::Unconfirmed, 1));
    // What the platform shows later is that very post.
    let mut echo = message("w7", kit.now, "new tea #tea");
    (echo.ours, echo.permalink) = (true, Some("https://weibo.example/7".into()));
    kit.ingest(vec![Event::Message(echo)]);
    kit.check();
    let out = kit.variant(1).out.unwrap();
    assert_eq!((kit.state(1), out.platform_id.as_str()), (SlotState::Published, "w7"));
    assert_eq!(out.url.as_deref(), Some("https://weibo.example/7"));
}

#[test]
fn what_is_out_is_recalled_by_asking_the_platform_to_delete_it() {
    let mut kit = kit();
    kit.published();
    let recall = || PostAct::Recall { at: vec![at(1)] };
    kit.posted("bo", recall());
    assert!(kit.variant(1).deleting);
    let rows = kit.rows();
    assert_eq!((rows.len(), rows[0].place.kind), (1, OutKind::Unpublish));
    // It has not left: taken back.
    kit.undo("bo").unwrap();
    assert_eq!((kit.variant(1).deleting, kit.rows().len()), (false, 0));
    kit.redo("bo").unwrap();
    let place = rows[0].place.clone();
    kit.out_came(&place, Came::Failed { why: "too old".into() }, Guard::Lookup);
    assert_eq!(kit.told(), [("amy".into(), Told::NotDeleted)]);
    assert_eq!((kit.variant(1).deleting, kit.variant(1).why.as_str()), (false, "too old"));
    kit.posted("bo", recall());
    assert_eq!(kit.out_step(&place, Step::Attempt), JobResult::Ok);
    assert_eq!(kit.undo("bo"), Err(Refused::UnderWay(at(1)).into()));
    kit.out_step(&place, Step::Came { to: done("w1"), guard: Guard::Lookup });
    let out = kit.variant(1).out.unwrap();
    assert_eq!((out.deleted, kit.rows().len()), (Some(kit.now), 0));
    assert_eq!(kit.refused("bo", recall()), Refused::Deleted(at(1)));
    // Where the channel cannot, the desk says so.
    let mut kit = self::kit();
    kit.published();
    kit.setup.can.set(&weibo(), Some(Abilities { post: true, ..Abilities::default() }));
    assert!(matches!(kit.refused("bo", recall()), Refused::CannotDelete { .. }));
    // Somebody deletes it there.
    let event = Event::Deleted { channel: weibo(), id: "w1".into(), at: kit.now };
    assert_eq!(kit.ingest(vec![event]).changed, 1);
    kit.check();
    assert_eq!(kit.variant(1).out.unwrap().deleted, Some(kit.now));
}

#[test]
fn the_platforms_echo_of_a_post_gives_its_link_and_is_no_work() {
    let mut kit = kit();
    let place = kit.publishing();
    kit.out_came(&place, done("w1"), Guard::Lookup);
    assert_eq!(kit.variant(1).out.unwrap().url, None);
    let mut echo = message("w1", kit.now, "new tea");
    (echo.ours, echo.permalink) = (true, Some("https://weibo.example/w1".into()));
    kit.ingest(vec![Event::Message(echo)]);
    kit.check();
    assert_eq!(kit.variant(1).out.unwrap().url.as_deref(), Some("https://weibo.example/w1"));
    let open: u64 = kit.desk.state(kit.now).late.iter().map(|(_, n)| n).sum();
    assert_eq!(open, 0);
    // A comment under it hangs there.
    kit.ingest(vec![answer_to("w1", "c1", kit.now, false)]);
    kit.check();
    let c = kit.conversation(kit.holder("c1"));
    assert!(c.about.is_some());
}

#[test]
fn each_act_is_taken_back_as_it_was() {
    let mut kit = kit();
    kit.begin(&["weibo"]);
    let same = |a: &Post, b: &Post| {
        let plain = |post: &Post| {
            let mut post = post.clone();
            // Numbers are never given twice.
            (post.revision, post.numbered) = (0, 0);
            post.variants.iter_mut().for_each(|v| v.since = Time(0));
            post
        };
        assert_eq!(plain(a), plain(b));
    };
    let (later, why) = (kit.now + Span::hours(2), String::new());
    let acts = [
        PostAct::Idea { post: PostId(1), idea: "another".into() },
        PostAct::Edit { at: at(1), version: 1, content: content("other").into() },
        PostAct::Add { post: PostId(1), channel: weibo(), content: content("second").into() },
        PostAct::Drop { at: at(2) },
        PostAct::Submit { at: vec![at(1)], because: None },
        PostAct::Approve { at: vec![at(1)], step: None, why },
        PostAct::Schedule { at: at(1), when: Some(later) },
        PostAct::Schedule { at: at(1), when: Some(later + Span::hours(1)) },
        PostAct::Recall { at: vec![at(1)] },
        PostAct::Schedule { at: at(1), when: Some(later) },
        PostAct::Unschedule { at: vec![at(1)] },
    ];
    let mut stood = vec![kit.record()];
    for act in acts {
        kit.posted("amy", act);
        stood.push(kit.record());
        kit.undo("amy").unwrap();
        same(&kit.record(), &stood[stood.len() - 2]);
        kit.redo("amy").unwrap();
        same(&kit.record(), &stood[stood.len() - 1]);
    }
    // All the way back, and to the end again; the restart between changes nothing of that.
    for post in stood.iter().rev().skip(1) {
        kit.undo("amy").unwrap();
        same(&kit.record(), post);
    }
    kit.undo("amy").unwrap();
    assert!(kit.record().dropped);
    assert_eq!(query::post(&*kit.store, PostId(1)).unwrap(), None);
    let idea = PostAct::Idea { post: PostId(1), idea: "x".into() };
    assert_eq!(kit.refused("amy", idea), Refused::NoPost(PostId(1)));
    kit.restart();
    for post in &stood {
        kit.redo("amy").unwrap();
        same(&kit.record(), post);
    }
}

#[test]
fn nothing_is_taken_back_that_somebody_changed_or_that_has_left() {
    let mut kit = kit();
    let when = kit.scheduled();
    let moved = when + Span::hours(1);
    kit.posted("bo", PostAct::Schedule { at: at(1), when: Some(moved) });
    assert_eq!(kit.undo("amy"), Err(Refused::ChangedSince(at(1)).into()));
    // That its hold window begins is nobody's doing.
    kit.tick(moved - HALF);
    kit.undo("bo").unwrap();
    assert_eq!((kit.state(1), kit.variant(1).at), (SlotState::Holding, Some(when)));
    let mut kit = self::kit();
    kit.begin(&["weibo"]);
    let second = content("second").into();
    kit.posted("bo", PostAct::Add { post: PostId(1), channel: weibo(), content: second });
    assert!(matches!(kit.undo("amy"), Err(Refusal::Post(_))), "bo's work is not dropped with it");
    assert!(!kit.record().dropped);
    let mut kit = self::kit();
    kit.publishing();
    assert_eq!(kit.undo("amy"), Err(Refused::Left(at(1)).into()));
    assert_eq!(kit.state(1), SlotState::Publishing);
}

#[test]
fn a_recall_that_is_taken_back_too_late_waits_a_whole_hold_window_again() {
    let mut kit = kit();
    let when = kit.scheduled();
    kit.tick(when - HALF);
    kit.posted("bo", PostAct::Recall { at: vec![at(1)] });
    assert_eq!(kit.told(), [("amy".into(), Told::Recalled)]);
    kit.tick(when + Span::minutes(1));
    assert_eq!((kit.state(1), kit.rows().len()), (SlotState::Recalled, 0));
    kit.undo("bo").unwrap();
    let v = kit.variant(1);
    assert_eq!((v.state, v.goes), (SlotState::Holding, Some(kit.now + HALF)));
}

#[test]
fn one_begun_for_a_time_has_it_and_goes_with_one_undo() {
    let mut kit = kit();
    let when = kit.now + Span::hours(5);
    let variants = vec![(weibo(), content("x"))];
    let new = PostAct::New { idea: "tea".into(), topic: None, variants, when: Some(when) };
    let done = kit.posted("amy", new.clone());
    assert_eq!(done.posts, [at(1)]);
    assert_eq!(kit.variant(1).at, Some(when));
    kit.undo("amy").unwrap();
    assert_eq!(query::post(&*kit.store, PostId(1)).unwrap(), None);
    // A time that has passed does not keep it from being begun.
    kit.tick(when + Span::hours(1));
    let late = kit.post("amy", new).unwrap();
    assert_eq!(late.refused, [Refused::Past(when).into()]);
    assert_eq!(late.posts.len(), 1);
    kit.check();
}

#[test]
fn bounds_and_channels_are_kept_to() {
    let mut kit = kit();
    let new = |idea: &str, variants| PostAct::New {
        idea: idea.into(),
        topic: None,
        variants,
        when: None,
    };
    assert_eq!(kit.post("amy", new(" ", vec![])), Err(Refusal::EmptyText));
    let unknown = ChannelId("nowhere".into());
    let none = kit.post("amy", new("x", vec![(unknown.clone(), content("x"))]));
    assert_eq!(none, Err(Refusal::NoSuchChannel(unknown)));
    let long = content(&"x".repeat(70_000));
    let too_long = kit.post("amy", new("x", vec![(weibo(), long)]));
    assert!(matches!(too_long, Err(Refusal::TooLong { .. })), "{too_long:?}");
    let tags = Content { tags: vec!["x".repeat(1_000); 200], ..content("x") };
    let too_long = kit.post("amy", new("x", vec![(weibo(), tags)]));
    assert!(matches!(too_long, Err(Refusal::TooLong { .. })), "{too_long:?}");
    let many = vec![(weibo(), content("x")); 17];
    assert!(matches!(kit.refused("amy", new("x", many)), Refused::TooManyVariants { .. }));
    // As long as they may be: kept in chunks, and found whole.
    let long = content(&"茶".repeat(20_000));
    kit.posted("amy", new("long", vec![(weibo(), long.clone()); 16]));
    let (_, contents) = query::post(&*kit.store, PostId(1)).unwrap().unwrap();
    assert!(contents.iter().all(|c| *c == long));
    let empty = vec![(weibo(), content(" "))];
    kit.posted("amy", new("empty", empty));
    let second = VariantRef { post: PostId(2), variant: 1 };
    let act = PostAct::Submit { at: vec![second], because: None };
    assert_eq!(kit.refused("amy", act), Refused::Empty(second));
    let (posts, more) = query::posts(&*kit.store, None, &[], None, 1).unwrap();
    assert_eq!((posts[0].id, more), (PostId(2), true));
    let (posts, more) = query::posts(&*kit.store, None, &[], Some(PostId(2)), 1).unwrap();
    assert_eq!((posts[0].id, more), (PostId(1), false));
    let none = query::posts(&*kit.store, None, &[SlotState::Failed], None, 9).unwrap();
    assert_eq!(none, (Vec::new(), false));
}

#[test]
fn a_desk_that_cannot_write_changes_nothing() {
    use std::sync::atomic::Ordering;
    let mut kit = kit_scheduled();
    let before = kit.everything();
    kit.store.full.store(true, Ordering::Relaxed);
    kit.now = kit.now + Span::hours(2);
    kit.desk.run_group(kit.now, vec![Job::Elapse]).unwrap_err();
    kit.store.full.store(false, Ordering::Relaxed);
    assert_eq!(kit.everything(), before);
    kit.tick(kit.now);
    assert_eq!((kit.state(1), kit.rows().len()), (SlotState::Publishing, 1));
}

#[test]
fn an_export_holds_posts_and_what_was_due_meanwhile_asks() {
    let mut kit = kit();
    kit.published();
    kit.begin_second();
    let lines = export_of(&kit);
    let restored = Arc::new(Shelf::default());
    export::restore_lines(&*restored, &lines).unwrap();
    let rows = |store: &dyn Store| -> Vec<(Vec<u8>, Vec<u8>)> {
        let page = store.scan(&KeyRange::all(), usize::MAX, dutydesk::store::Direction::Forward);
        page.unwrap().rows.into_iter().map(|(key, v)| (key, v.value)).collect()
    };
    let families = [b"P/", b"V/", b"v/", b"s/", b"S/", b"t/", b"x/"];
    let of_posts = |rows: Vec<(Vec<u8>, Vec<u8>)>| -> Vec<_> {
        rows.into_iter().filter(|(key, _)| families.iter().any(|f| key.starts_with(*f))).collect()
    };
    assert_eq!(of_posts(rows(&*restored)), of_posts(kit.everything()));
    kit.store = restored;
    // The desk it was made of may have sent it since.
    kit.now = kit.now + Span::hours(2) + Span::minutes(1);
    kit.restart();
    kit.one(Job::Restored);
    kit.check();
    let second: Post = records::get(&*kit.store, &keys::post(PostId(2))).unwrap().unwrap();
    assert_eq!(second.variants[0].state, SlotState::Missed);
}

impl Kit {
    /// A second post, scheduled in two hours.
    fn begin_second(&mut self) {
        let variants = vec![(weibo(), content(&"long ".repeat(3_000)))];
        self.posted(
            "amy",
            PostAct::New { idea: "second".into(), topic: Some(4), variants, when: None },
        );
        let at = VariantRef { post: PostId(2), variant: 1 };
        self.posted("amy", PostAct::Submit { at: vec![at], because: None });
        let why = String::new();
        self.posted("bo", PostAct::Approve { at: vec![at], step: None, why });
        let when = Some(self.now + Span::hours(2));
        self.posted("amy", PostAct::Schedule { at, when });
    }
}

fn export_of(kit: &Kit) -> Vec<String> {
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = export::export_page(&*kit.store, after.as_deref(), 1_000).unwrap();
        lines.extend(page);
        match next {
            Some(next) => after = Some(next),
            None => return lines,
        }
    }
}

/// Numbers that are as good as random, and the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

#[test]
fn whatever_is_done_everything_agrees_and_nothing_is_out_twice() {
    for seed in 1..=120_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let late = [Late::Ask, Late::Now, Late::NextSlot][random.below(3) as usize];
        let hold = Span::minutes(i64::try_from(random.below(3)).unwrap() * 10);
        let mut kit = Kit::with(setup_by(Rules { late, hold, ..rules() }));
        let mut sent = 0;
        for _ in 0..60 {
            one_step(&mut kit, &mut random, &mut sent);
        }
        kit.check();
        kit.restart();
        kit.check();
    }
}

fn one_step(kit: &mut Kit, random: &mut Random, sent: &mut u64) {
    let who = ["amy", "bo"][random.below(2) as usize];
    let posts: u64 = 1 + random.below(2);
    let at = VariantRef { post: PostId(posts), variant: 1 + random.below(2) as u32 };
    let when = kit.now + Span::minutes(i64::try_from(random.below(240)).unwrap() - 5);
    let version = records::get::<Post>(&*kit.store, &keys::post(at.post))
        .unwrap()
        .and_then(|post| post.variant(at.variant).map(|v| v.version))
        .unwrap_or(1);
    let text = content(&format!("text {}", random.below(50)));
    let why = || "why".to_owned();
    let act = match random.below(22) {
        0 => {
            let variants = vec![(weibo(), text.clone()), (ChannelId("wechat".into()), text)];
            PostAct::New { idea: "idea".into(), topic: None, variants, when: None }
        }
        1 => PostAct::Edit { at, version, content: text.into() },
        2 => PostAct::Drop { at },
        3 => PostAct::Add { post: at.post, channel: weibo(), content: text.into() },
        4 | 5 => PostAct::Submit { at: vec![at], because: None },
        6 | 7 => PostAct::Approve { at: vec![at], step: None, why: String::new() },
        8 => PostAct::Reject { at, step: Review::Compliance, why: why(), place: String::new() },
        9 | 10 => PostAct::Schedule { at, when: Some(when) },
        11 => PostAct::Schedule { at, when: None },
        12 => PostAct::Unschedule { at: vec![at] },
        13 => PostAct::Recall { at: vec![at] },
        14 => PostAct::Published { at, url: None },
        15 => PostAct::Again { at: vec![at] },
        16 => {
            let _ = kit.act(who, if random.below(2) == 0 { Command::Undo } else { Command::Redo });
            return;
        }
        17 => PostAct::Idea { post: at.post, idea: format!("idea {}", random.below(9)) },
        18 | 19 => {
            kit.now = kit.now + Span::minutes(i64::try_from(random.below(70)).unwrap() - 10);
            kit.elapse();
            return;
        }
        20 => {
            let rows = kit.rows();
            let Some(row) = rows.first() else { return };
            let place = row.place.clone();
            let attempted = kit.one(Job::Outgoing { place: place.clone(), step: Step::Attempt });
            if attempted != JobResult::Ok {
                return;
            }
            let (to, guard) = match random.below(5) {
                0 | 1 => {
                    *sent += 1;
                    (done(&format!("p{sent}")), Guard::Lookup)
                }
                2 => (Came::Failed { why: why() }, Guard::Lookup),
                3 => (Came::Unknown { why: why() }, Guard::None),
                _ => (Came::Unknown { why: why() }, Guard::Lookup),
            };
            kit.one(Job::Outgoing { place, step: Step::Came { to, guard } });
            return;
        }
        _ => {
            kit.one(Job::Restored);
            return;
        }
    };
    let _ = kit.act(who, Command::Post(act));
    if random.below(10) == 0 {
        kit.check();
    }
}
