//! Posts: what is done to the one at hand, what is asked of the desk about them, and what it answers.

pub mod begin;
pub mod calendar;
pub mod days;
pub mod fields;
pub mod lines;
pub mod page;
mod said;
pub mod writing;

pub(super) use said::{done, told};
pub use said::{goes_in, state_name};

use super::action::Action;
use super::layer::{Choice, Layer, Menu, Sure, Then};
use super::layout::Shape;
use super::model::{Asked, Focus, Link, Model};
use super::notices::Tone;
use super::{Effect, act, link};
use crate::domain::post::{Content, Form, Funnel, Post, PostAct, PostVerb, Refused, Step};
use crate::domain::slot::{Slot, SlotState};
use crate::domain::{ChannelId, Command, Name, PostId, Refusal, Time, VariantRef};
use crate::text::Shown;
use crate::text::catalogue::{calendar as words, cockpit, work};
use crate::wire::message::{Answer, Ask, Done};
use crate::wire::post::PostView;
use std::collections::BTreeMap;

/// What the calendar and the post in view are about.
#[derive(Clone, Debug, Default)]
pub struct Posts {
    /// Where one is in the calendar.
    pub plan: calendar::Plan,
    /// The post in view, as the desk told it last.
    pub view: Option<PostView>,
    /// Variants without a time that have not gone out, the newest post first.
    pub undated: Vec<(Post, u32)>,
    /// What was written and is not on the desk.
    pub pending: BTreeMap<VariantRef, Pending>,
    /// The slot of today with the cursor; `None` = the next one.
    pub(super) on: Option<(ChannelId, String)>,
    view_asks: Asks,
    undated_asks: Asks,
}

/// Whether something is asked of the desk, and whether what is known of it is outdated.
#[derive(Clone, Copy, Debug, Default)]
struct Asks {
    asking: bool,
    /// In which minute it was asked; `None` = it is outdated.
    known: Option<Time>,
}

/// A variant's content as it was written here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The version that was changed.
    pub version: u32,
    /// What it says now.
    pub content: Content,
    /// It is on its way to the desk.
    pub asked: bool,
    /// It was changed once more meanwhile.
    again: bool,
    /// It waits until it is saved: it was left, or refused.
    pub held: bool,
}

/// A question about posts that was not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedPost {
    /// A post is begun.
    Begun,
    /// What was written in a variant.
    Edited(VariantRef),
    /// These were handed in.
    Submitted(Vec<VariantRef>),
    /// The post in view.
    Page(PostId),
    /// A post of which this variant goes to another channel, too.
    Copied(VariantRef, ChannelId),
    /// Those without a time.
    Undated,
}

impl AskedPost {
    /// What was to be done, when something was.
    pub fn verb(&self) -> Option<PostVerb> {
        Some(match self {
            AskedPost::Begun => PostVerb::New,
            AskedPost::Edited(_) => PostVerb::Edit,
            AskedPost::Submitted(_) => PostVerb::Submit,
            AskedPost::Copied(..) => PostVerb::Add,
            AskedPost::Page(_) | AskedPost::Undated => return None,
        })
    }
}

/// What a choice of a menu does to posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostChoice {
    /// The same for another channel.
    CopyTo(VariantRef, ChannelId),
    /// Show one channel, or all.
    Show(Option<ChannelId>),
    /// It is of this form.
    Form(VariantRef, Form),
    /// It is for this stage.
    Funnel(VariantRef, Option<Funnel>),
    /// This step is passed; `None` = each one that is open.
    Approve(VariantRef, Option<Step>),
    /// Something of this step is to be mended.
    Reject(VariantRef, Step),
}

/// What a key would act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The variant; `None` = a planned time without a post, or a post that is not the desk's.
    pub at: Option<VariantRef>,
    /// Its channel.
    pub channel: ChannelId,
    /// How far it is.
    pub state: SlotState,
    /// Its time.
    pub when: Option<Time>,
    /// The page that shows it.
    pub url: Option<String>,
    /// What it is about.
    pub title: String,
}

impl Posts {
    /// The session that was asked is gone.
    pub(super) fn forget_asked(&mut self) {
        self.plan.forget_asked();
        (self.view_asks, self.undated_asks) = (Asks::default(), Asks::default());
    }

    /// Something happened to posts: what is known is to be asked for again.
    pub(super) fn outdated(&mut self) {
        (self.view_asks.known, self.undated_asks.known) = (None, None);
    }

    /// The link broke: nobody knows whether what was on its way arrived.
    pub(super) fn unsure(&mut self) {
        for pending in self.pending.values_mut().filter(|p| p.asked) {
            (pending.asked, pending.held) = (false, true);
        }
    }
}

/// When a countdown of a held post changes by its seconds next.
pub(super) fn next_change(model: &Model, now: Time) -> Option<Time> {
    let shown = model.calendar.iter().flat_map(|c| &c.slots).chain(&model.today);
    let held = shown.filter(|s| s.state == SlotState::Holding);
    let page = model.posts.view.iter().flat_map(|v| &v.post.variants);
    let page = page.filter(|v| v.state == SlotState::Holding).filter_map(|v| v.goes);
    held.filter_map(|s| s.post.as_ref()?.goes)
        .chain(page)
        .filter(|goes| *goes > now)
        .map(|goes| {
            let left = (goes - now).0;
            let step = if left > 60_000 { left - 60_000 } else { (left - 1) % 1_000 + 1 };
            Time(now.0 + step)
        })
        .min()
}

/// Asks the desk for what is shown of posts and not known, or outdated.
pub(super) fn watch(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    calendar::watch(model, effects);
    let minute = Some(now.floor_minute());
    let page = model.layers.iter().rev().find_map(|l| match l {
        Layer::Post(at) => Some(at.id),
        _ => None,
    });
    let Posts { view_asks, view, .. } = &mut model.posts;
    match page {
        None => (*view, *view_asks) = (None, Asks::default()),
        Some(id) if !view_asks.asking && view_asks.known != minute => {
            *view_asks = Asks { asking: true, known: minute };
            model.ask(Ask::Post(id), Asked::Post(AskedPost::Page(id)), effects);
        }
        Some(_) => {}
    }
    let open = model.layers.iter().any(|l| matches!(l, Layer::Calendar));
    let Posts { undated_asks, undated, .. } = &mut model.posts;
    if !open {
        undated.clear();
        *undated_asks = Asks::default();
    } else if !undated_asks.asking && undated_asks.known != minute {
        *undated_asks = Asks { asking: true, known: minute };
        let states = vec![SlotState::Draft, SlotState::InReview, SlotState::Approved];
        let ask = Ask::Posts { channel: None, states, before: None };
        model.ask(ask, Asked::Post(AskedPost::Undated), effects);
    }
}

/// The desk's answer to a question about posts.
pub(super) fn answered(
    model: &mut Model,
    of: AskedPost,
    answer: Answer,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    let lang = model.settings.lang;
    match (&of, &answer) {
        (AskedPost::Page(_), _) => model.posts.view_asks.asking = false,
        (AskedPost::Undated, _) => model.posts.undated_asks.asking = false,
        _ => {}
    }
    match (of, answer) {
        (AskedPost::Begun, Answer::Done(done)) => {
            happened(model, &done, now);
            if let Some(first) = done.posts.first().copied() {
                page::open(model, first);
            }
        }
        (AskedPost::Edited(at), Answer::Done(done)) => {
            happened(model, &done, now);
            fields::saved(model, at, now, effects);
        }
        (AskedPost::Edited(at), Answer::Refused(why)) => {
            if let Some(pending) = model.posts.pending.get_mut(&at) {
                (pending.asked, pending.held) = (false, true);
            }
            // Who changed it, and what it says by now.
            model.posts.outdated();
            let text = words::KEPT_REFUSED.fill(lang, &[("why", &why.say(lang))]);
            model.notices.say(Tone::Bad, text, None, now);
        }
        (AskedPost::Submitted(at), Answer::Refused(Refusal::Post(why)))
            if can_be_reasoned(&why) =>
        {
            let wrong = Some(why.say(lang));
            lines::ask(model, lines::Asks::Because(at), "", wrong);
        }
        (AskedPost::Submitted(_), Answer::Done(done)) => {
            happened(model, &done, now);
            link::say_done(model, &done, now);
        }
        (AskedPost::Page(id), Answer::Post(Some(view))) if id == view.post.id => {
            page::came(model, *view);
        }
        (AskedPost::Page(id), Answer::Post(_)) => {
            model.layers.retain(|l| !matches!(l, Layer::Post(at) if at.id == id));
            act::tell(model, Tone::Warn, words::NO_SUCH_POST, now);
        }
        (AskedPost::Copied(at, channel), Answer::Post(Some(view))) => {
            let place = view.post.variants.iter().position(|v| v.number == at.variant);
            if let Some(content) = place.and_then(|place| view.contents.get(place)) {
                let content = Box::new(content.clone());
                send(model, PostAct::Add { post: at.post, channel, content }, now, effects);
            }
        }
        (AskedPost::Undated, Answer::Posts(all, _)) => {
            let waits = |post: &Post| {
                let open =
                    |s| matches!(s, SlotState::Draft | SlotState::InReview | SlotState::Approved);
                let dated = post.variants.iter().filter(move |v| v.at.is_none() && open(v.state));
                dated.map(|v| v.number).collect::<Vec<u32>>()
            };
            let each = |post: Post| waits(&post).into_iter().map(move |n| (post.clone(), n));
            model.posts.undated = all.into_iter().filter(|p| !p.dropped).flat_map(each).collect();
        }
        (_, Answer::Refused(why)) => model.notices.say(Tone::Bad, why.say(lang), None, now),
        _ => {}
    }
}

/// Whether something stops it that a reason is enough against.
fn can_be_reasoned(why: &Refused) -> bool {
    matches!(why, Refused::Lint { overridable: true, .. })
}

/// Something was done to posts: says what, and asks for what is shown of them again.
pub(super) fn happened(model: &mut Model, done: &Done, now: Time) {
    let Some(first) = done.posts.first() else { return };
    model.posts.outdated();
    let lang = model.settings.lang;
    let what = link::verb_done(done.name).say(lang);
    let (n, id) = (done.posts.len(), first);
    let msg = match (done.taken_back, n) {
        (true, 1) => words::TAKEN_BACK_ONE,
        (true, _) => words::TAKEN_BACK,
        (false, 1) => words::DONE_ONE,
        (false, _) => words::DONE,
    };
    let text = msg.fill(lang, &[("what", &what), ("n", &n), ("id", &id)]);
    model.notices.say(Tone::Done, text, None, now);
}

/// Has something done by the desk.
pub(super) fn send(model: &mut Model, act: PostAct, now: Time, effects: &mut Vec<Effect>) {
    act::send_now(model, Command::Post(act), now, effects);
}

/// The same, with something to follow when it is answered; false when there is no link.
fn send_then(
    model: &mut Model,
    act: PostAct,
    then: AskedPost,
    now: Time,
    effects: &mut Vec<Effect>,
) -> bool {
    if model.link != Link::Up {
        act::tell(model, Tone::Bad, cockpit::NO_LINK_NOTHING_DONE, now);
        return false;
    }
    model.ask(Ask::Do(Command::Post(act)), Asked::Post(then), effects);
    true
}

impl Chosen {
    /// A slot of the calendar or of today.
    fn of(slot: &Slot) -> Chosen {
        Chosen {
            at: slot.post.as_ref().map(|p| p.at),
            channel: slot.channel.clone(),
            state: slot.state,
            when: Some(slot.at),
            url: slot.post.as_ref().and_then(|p| p.url.clone()),
            title: slot.title.clone(),
        }
    }

    /// True for a planned time without a post.
    fn is_free(&self) -> bool {
        self.at.is_none() && matches!(self.state, SlotState::Empty | SlotState::Missed)
    }
}

/// What a key would act on now.
pub fn at_hand(model: &Model, now: Time) -> Option<Chosen> {
    match model.layers.last() {
        Some(Layer::Calendar) => calendar::chosen(model, now),
        Some(Layer::Post(at)) => {
            let view = model.posts.view.as_ref()?;
            let v = view.post.variant(at.variant)?;
            Some(Chosen {
                at: Some(view.post.name_of(v)),
                channel: v.channel.clone(),
                state: v.state,
                when: v.at,
                url: v.out.as_ref().and_then(|out| out.url.clone()),
                title: v.title.clone(),
            })
        }
        None if model.focus == Focus::Slots => {
            model.today.get(today_on(model, now)).map(Chosen::of)
        }
        _ => None,
    }
}

/// The verbs on the post at hand, in the pane, the calendar and the post's own page.
pub(super) fn verb(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    let chosen = at_hand(model, now);
    if action == Action::NewPost {
        return begin::open(model, chosen.filter(Chosen::is_free), now);
    }
    let Some(chosen) = chosen else {
        return act::tell(model, Tone::Warn, words::NOTHING_HERE, now);
    };
    if action == Action::OpenPost && chosen.is_free() {
        return begin::at(model, &chosen, now);
    }
    let Some(at) = chosen.at else {
        let text = if chosen.is_free() { words::NO_POST_HERE } else { words::NOT_OURS };
        return act::tell(model, Tone::Warn, text, now);
    };
    match action {
        Action::OpenPost => page::open(model, at),
        Action::RecallPost => recall(model, &chosen, at, now, effects),
        Action::TimePost => {
            let zoned =
                chosen.when.map(|t| t.in_zone(model.zone).format("%Y-%m-%d %H:%M").to_string());
            lines::ask(model, lines::Asks::When(at), &zoned.unwrap_or_default(), None);
        }
        Action::NextFree => send(model, PostAct::Schedule { at, when: None }, now, effects),
        Action::Unplan => send(model, PostAct::Unschedule { at: vec![at] }, now, effects),
        Action::CopyPost => copy_menu(model, at, now),
        Action::OpenOut => match chosen.url {
            Some(url) => effects.push(Effect::Open(url)),
            None => act::tell(model, Tone::Warn, words::NO_LINK_YET, now),
        },
        _ => {}
    }
}

/// Takes a post back: at once while that keeps it from going out, after a question where it is out.
fn recall(
    model: &mut Model,
    chosen: &Chosen,
    at: VariantRef,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    let act = PostAct::Recall { at: vec![at] };
    if !matches!(chosen.state, SlotState::Published | SlotState::Unconfirmed) {
        return send(model, act, now, effects);
    }
    let lang = model.settings.lang;
    let channel = model.channel_title(&chosen.channel);
    let title = words::DELETE_THERE.fill(lang, &[("channel", &channel)]);
    let mut lines = vec![Shown::line(&chosen.title), words::DELETE_HOW.say(lang)];
    lines.retain(|line| !line.is_empty());
    lines.push(work::CONFIRM_KEYS.say(lang));
    let then = Then::Command(Command::Post(act));
    model.layers.push(Layer::Sure(Sure { title, lines, then }));
}

/// Asks to which channel the same is to go, too.
fn copy_menu(model: &mut Model, at: VariantRef, now: Time) {
    let channels = model.welcome.as_ref().map(|w| w.channels.clone()).unwrap_or_default();
    let view = model.posts.view.as_ref().filter(|v| v.post.id == at.post);
    let has =
        |id: &ChannelId| view.is_some_and(|v| v.post.variants.iter().any(|v| v.channel == *id));
    let choices: Vec<(Shown, Choice)> = channels
        .into_iter()
        .filter(|c| !has(&c.id))
        .map(|c| (model.channel_title(&c.id), Choice::Post(PostChoice::CopyTo(at, c.id))))
        .collect();
    if choices.is_empty() {
        return act::tell(model, Tone::Warn, words::NO_OTHER_CHANNEL, now);
    }
    let title = words::COPY_TO.say(model.settings.lang);
    model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
}

/// A choice was made.
pub(super) fn chosen(model: &mut Model, choice: PostChoice, now: Time, effects: &mut Vec<Effect>) {
    match choice {
        PostChoice::CopyTo(at, channel) => {
            if model.link != Link::Up {
                return act::tell(model, Tone::Bad, cockpit::NO_LINK_NOTHING_DONE, now);
            }
            let then = AskedPost::Copied(at, channel);
            model.ask(Ask::Post(at.post), Asked::Post(then), effects);
        }
        PostChoice::Show(channel) => calendar::show_channel(model, channel),
        PostChoice::Form(at, form) => {
            fields::change(model, at, |content| content.form = form, now, effects);
        }
        PostChoice::Funnel(at, funnel) => {
            fields::change(model, at, |content| content.funnel = funnel, now, effects);
        }
        PostChoice::Approve(at, step) => {
            let act = PostAct::Approve { at: vec![at], step, why: String::new() };
            send(model, act, now, effects);
        }
        PostChoice::Reject(at, step) => lines::ask(model, lines::Asks::Why(at, step), "", None),
    }
}

/// The keys of the layers that are about posts; true when the key was theirs.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) -> bool {
    match model.layers.last() {
        Some(Layer::Calendar) | Some(Layer::Post(_)) => {}
        Some(Layer::Text(_)) => {
            writing::run(model, action, now, effects);
            return true;
        }
        Some(Layer::Line(_)) if action == Action::Accept => {
            lines::accept(model, now, effects);
            return true;
        }
        Some(Layer::PickChannels(_)) => return begin::run(model, action, now),
        _ => return false,
    }
    match action {
        // The pages lie over each other: from one straight to a pane, or to another screen.
        Action::Comments
        | Action::Messages
        | Action::Slots
        | Action::Figures
        | Action::Channels
        | Action::Service => {
            model.posts.plan.moving = None;
            model.layers.clear();
            act::run(model, action, now, effects);
        }
        Action::Calendar => {
            let is_below = model.layers.iter().any(|l| matches!(l, Layer::Calendar));
            model.layers.retain(|l| matches!(l, Layer::Calendar));
            if !is_below {
                calendar::open(model, now);
            }
        }
        Action::Undo => act::verb(model, Name::Undo, now, effects),
        Action::Redo => act::verb(model, Name::Redo, now, effects),
        Action::Help => model.layers.push(Layer::Help { top: 0 }),
        _ if matches!(model.layers.last(), Some(Layer::Calendar)) => {
            return calendar::run(model, action, now, effects);
        }
        _ => return page::run(model, action, now, effects),
    }
    true
}

/// Rows of today's slots that fit.
pub(super) fn today_rows(model: &Model) -> usize {
    let title = u16::from(model.screen.shape != Shape::Tabs);
    usize::from(model.screen.slots.h.saturating_sub(title))
}

/// The place of the slot of today with the cursor.
pub fn today_on(model: &Model, now: Time) -> usize {
    let on = model.posts.on.as_ref();
    let found = on.and_then(|(channel, id)| {
        model.today.iter().position(|s| s.channel == *channel && s.id == *id)
    });
    let next = || model.today.iter().position(|s| s.at > now);
    let last = model.today.len().saturating_sub(1);
    found.or_else(next).unwrap_or(last)
}

/// Puts the cursor on a slot of today.
pub(super) fn go_today(model: &mut Model, to: usize) {
    model.posts.on = model.today.get(to).map(|s| (s.channel.clone(), s.id.clone()));
}

/// The first slot of today that is shown.
pub fn today_top(model: &Model, now: Time) -> usize {
    let rows = today_rows(model).max(1);
    (today_on(model, now) + 1).saturating_sub(rows)
}
