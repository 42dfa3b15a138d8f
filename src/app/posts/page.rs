//! A post on the screen: its variants one at a time, with state, review, checks and fields.

use super::fields::{self, Field};
use super::{AskedPost, PostChoice, goes_in, lines, send, send_then, state_name, writing};
use crate::app::action::Action;
use crate::app::layer::{Choice, Layer, Menu};
use crate::app::model::Model;
use crate::app::notices::Tone;
use crate::app::{Effect, act, channels, service};
use crate::domain::lint::Level;
use crate::domain::post::{
    Content, Form, Funnel, Need, PostAct, Rules, Step, Variant, Verdict, review,
};
use crate::domain::slot::SlotState;
use crate::domain::{OperatorName, PostId, Time, VariantRef};
use crate::text::catalogue::{calendar as words, cockpit};
use crate::text::{Msg, Shown, format};
use crate::wire::post::{Check, LimitOf, PostView};

/// Where one is in a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The post.
    pub id: PostId,
    /// The variant.
    pub variant: u32,
    /// The field with the cursor.
    pub field: Field,
    /// The first line shown.
    pub top: usize,
}

/// How loud a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// What one reads and writes.
    Plain,
    /// What is by the way.
    Muted,
    /// All is well.
    Good,
    /// To be looked at.
    Warn,
    /// In the way.
    Bad,
}

/// A line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The field it belongs to.
    pub field: Option<Field>,
    /// What it is; empty where it goes on.
    pub label: Shown,
    /// What it says.
    pub text: Shown,
    /// How loud.
    pub look: Look,
    /// The state whose sign stands before it.
    pub state: Option<SlotState>,
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// All lines.
    pub lines: Vec<Line>,
    /// The first that is shown.
    pub top: usize,
    /// The last that may be the first.
    pub most: usize,
    /// How many are shown at once.
    pub rows: usize,
    /// Columns of what stands before each.
    pub label: usize,
}

/// Opens a variant of a post.
pub(super) fn open(model: &mut Model, at: VariantRef) {
    model.layers.retain(|l| !matches!(l, Layer::Post(_)));
    let (id, variant) = (at.post, at.variant);
    model.layers.push(Layer::Post(At { id, variant, field: Field::Text, top: 0 }));
    if model.posts.view.as_ref().is_some_and(|v| v.post.id != id) {
        model.posts.view = None;
    }
    model.posts.outdated();
}

/// The desk told of the post.
pub(super) fn came(model: &mut Model, view: PostView) {
    if let Some(at) = at_mut(model).filter(|at| view.post.variant(at.variant).is_none()) {
        // It was taken away.
        at.variant = view.post.variants.first().map_or(0, |v| v.number);
    }
    model.posts.view = Some(view);
    fields::came(model);
}

/// Where one is in the post that lies on top, or below what lies over it.
pub fn at(model: &Model) -> Option<&At> {
    model.layers().iter().rev().find_map(|l| match l {
        Layer::Post(at) => Some(at),
        _ => None,
    })
}

fn at_mut(model: &mut Model) -> Option<&mut At> {
    model.layers.iter_mut().rev().find_map(|l| match l {
        Layer::Post(at) => Some(at),
        _ => None,
    })
}

/// The variant in view, its content and the rules of its channel.
pub fn shown<'a>(model: &'a Model, at: &At) -> Option<(&'a Variant, &'a Content, &'a Rules)> {
    let view = model.posts().view.as_ref().filter(|v| v.post.id == at.id)?;
    let place = view.post.variants.iter().position(|v| v.number == at.variant)?;
    let variant = &view.post.variants[place];
    let content = fields::content(model, view.post.name_of(variant))?;
    Some((variant, content, view.rules.get(place)?))
}

/// Its fields, in their order.
fn all(content: &Content) -> Vec<Field> {
    let mut all = vec![Field::Title, Field::Text, Field::Form, Field::Funnel, Field::Tags];
    all.extend((0..=content.media.len()).map(Field::Media));
    all.extend((0..=content.proofs.len()).map(Field::Proof));
    all.push(Field::HighRisk);
    all
}

/// The keys of the page; true when the key was its own.
pub(super) fn run(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) -> bool {
    match action {
        Action::Down | Action::Up | Action::Top | Action::Bottom => step(model, action, now),
        Action::HalfDown | Action::HalfUp | Action::PageDown | Action::PageUp => {
            scroll(model, action, now);
        }
        Action::NextVariant => turn(model, 1),
        Action::PreviousVariant => turn(model, -1),
        Action::RecallPost
        | Action::TimePost
        | Action::NextFree
        | Action::Unplan
        | Action::CopyPost
        | Action::OpenOut => super::verb(model, action, now, effects),
        Action::EditField
        | Action::EditText
        | Action::PostIdea
        | Action::Submit
        | Action::Approve
        | Action::Reject
        | Action::Published
        | Action::Again
        | Action::DropVariant => own(model, action, now, effects),
        _ => return false,
    }
    true
}

/// What is done to the variant in view.
fn own(model: &mut Model, action: Action, now: Time, effects: &mut Vec<Effect>) {
    let Some(place) = at(model).cloned() else { return };
    let Some((variant, _, rules)) = shown(model, &place) else {
        return act::tell(model, Tone::Warn, cockpit::LOADING, now);
    };
    let at = VariantRef { post: place.id, variant: variant.number };
    let me = model.me().cloned().unwrap_or_else(|| OperatorName(String::new()));
    let open = review::open_to(variant, &me, rules);
    match action {
        Action::EditText => writing::open(model, at),
        Action::EditField => edit(model, at, place.field, now, effects),
        Action::PostIdea => {
            let idea = model.posts.view.as_ref().map(|v| v.post.idea.clone()).unwrap_or_default();
            lines::ask(model, lines::Asks::NewIdea(place.id), &idea, None);
        }
        Action::Submit => {
            let act = PostAct::Submit { at: vec![at], because: None };
            send_then(model, act, AskedPost::Submitted(vec![at]), now, effects);
        }
        Action::Approve if open.len() > 1 => {
            let all = (words::ALL_STEPS, None);
            let each = open.iter().map(|step| (fields::step_name(*step), Some(*step)));
            let choices = [all].into_iter().chain(each);
            let choices = choices.map(|(name, step)| (name, PostChoice::Approve(at, step)));
            menu(model, words::APPROVE_WHICH, choices);
        }
        Action::Approve => {
            let act = PostAct::Approve { at: vec![at], step: None, why: String::new() };
            send(model, act, now, effects);
        }
        Action::Reject => {
            let steps: Vec<Step> =
                if open.is_empty() { review::steps(variant, rules) } else { open };
            if let [step] = steps[..] {
                return lines::ask(model, lines::Asks::Why(at, step), "", None);
            }
            let each = steps.into_iter();
            let choices = each.map(|step| (fields::step_name(step), PostChoice::Reject(at, step)));
            menu(model, words::REJECT_WHICH, choices);
        }
        Action::Published => lines::ask(model, lines::Asks::Url(at), "", None),
        Action::Again => send(model, PostAct::Again { at: vec![at] }, now, effects),
        Action::DropVariant => send(model, PostAct::Drop { at }, now, effects),
        _ => {}
    }
}

fn menu(model: &mut Model, title: Msg, choices: impl Iterator<Item = (Msg, PostChoice)>) {
    let lang = model.settings.lang;
    let choices = choices.map(|(name, choice)| (name.say(lang), Choice::Post(choice))).collect();
    model.layers.push(Layer::Menu(Menu { title: title.say(lang), choices, cursor: 0 }));
}

/// Changes a field: in a line, a menu, the text's own screen, or at once.
fn edit(model: &mut Model, at: VariantRef, field: Field, now: Time, effects: &mut Vec<Effect>) {
    match field {
        Field::Text => writing::open(model, at),
        Field::Form => {
            let each = Form::ALL.into_iter();
            let choices = each.map(|form| (fields::form_name(form), PostChoice::Form(at, form)));
            menu(model, words::FIELD_FORM, choices);
        }
        Field::Funnel => {
            let each = Funnel::ALL.into_iter().map(|f| (fields::funnel_name(f), Some(f)));
            let none = (words::NO_FUNNEL, None);
            let choices = each.chain([none]).map(|(name, f)| (name, PostChoice::Funnel(at, f)));
            menu(model, words::FIELD_FUNNEL, choices);
        }
        Field::HighRisk => {
            fields::change(model, at, |c| c.high_risk = !c.high_risk, now, effects);
        }
        Field::Title | Field::Tags | Field::Media(_) | Field::Proof(_) => {
            let Some(content) = fields::content(model, at) else { return };
            let written = fields::written(content, field);
            lines::ask(model, lines::Asks::Field(at, field), &written, None);
        }
    }
}

/// The field above or below, or the first and last.
fn step(model: &mut Model, action: Action, now: Time) {
    let Some(place) = at(model).cloned() else { return };
    let Some((_, content, _)) = shown(model, &place) else { return };
    let all = all(content);
    let last = all.len() - 1;
    let from = all.iter().position(|f| *f == place.field).unwrap_or(0);
    let to = match action {
        Action::Down => (from + 1).min(last),
        Action::Up => from.saturating_sub(1),
        Action::Top => 0,
        _ => last,
    };
    let page = page(model, now);
    let mut lines = page.lines.iter().enumerate().filter(|(_, l)| l.field == Some(all[to]));
    let first = lines.next().map_or(0, |(at, _)| at);
    let end = lines.next_back().map_or(first, |(at, _)| at);
    let top = match to {
        // What stands above the fields comes into view with the first of them.
        0 => 0,
        _ => page.top.max((end + 1).saturating_sub(page.rows)).min(first),
    };
    if let Some(at) = at_mut(model) {
        (at.field, at.top) = (all[to], top);
    }
}

fn scroll(model: &mut Model, action: Action, now: Time) {
    let page = page(model, now);
    let (half, whole) = ((page.rows / 2).max(1), page.rows.saturating_sub(1).max(1));
    let top = match action {
        Action::HalfDown => page.top + half,
        Action::HalfUp => page.top.saturating_sub(half),
        Action::PageDown => page.top + whole,
        _ => page.top.saturating_sub(whole),
    };
    if let Some(at) = at_mut(model) {
        at.top = top.min(page.most);
    }
}

/// The next variant, or the one before.
fn turn(model: &mut Model, by: isize) {
    let Some(view) = model.posts.view.as_ref() else { return };
    let numbers: Vec<u32> = view.post.variants.iter().map(|v| v.number).collect();
    let Some(at) = at_mut(model).filter(|_| !numbers.is_empty()) else { return };
    let from = numbers.iter().position(|n| *n == at.variant).unwrap_or(0);
    let len = isize::try_from(numbers.len()).unwrap_or(1);
    let to = (isize::try_from(from).unwrap_or(0) + by).rem_euclid(len).unsigned_abs();
    (at.variant, at.top) = (numbers[to], 0);
    if !matches!(at.field, Field::Title | Field::Text) {
        at.field = Field::Text;
    }
}

/// The lines of the variant in view, as far as they are scrolled.
pub fn page(model: &Model, now: Time) -> Page {
    let Some(place) = at(model) else { return Page::default() };
    let area = service::area(model);
    let rows = usize::from(area.h.saturating_sub(2));
    let label = if area.w < 60 { 10 } else { 12 };
    let columns = usize::from(area.w).saturating_sub(label + 5).clamp(8, 100);
    let Some((variant, content, rules)) = shown(model, place) else { return Page::default() };
    let mut put = Put { lines: Vec::new(), columns };
    standing(model, &mut put, place, variant, now);
    reviewed(model, &mut put, variant, rules, now);
    checks(model, &mut put, place);
    contents(model, &mut put, content);
    let lines = put.lines;
    let most = lines.len().saturating_sub(rows);
    Page { top: place.top.min(most), most, rows, label, lines }
}

struct Put {
    lines: Vec<Line>,
    columns: usize,
}

impl Put {
    fn text(&mut self, field: Option<Field>, label: Shown, text: &Shown, look: Look) {
        self.with(field, label, text, look, None);
    }

    fn with(
        &mut self,
        field: Option<Field>,
        label: Shown,
        text: &Shown,
        look: Look,
        state: Option<SlotState>,
    ) {
        let room = self.columns.saturating_sub(if state.is_some() { 2 } else { 0 });
        for (at, piece) in text.wrap(room).into_iter().enumerate() {
            let label = if at == 0 { label.clone() } else { Shown::default() };
            let state = state.filter(|_| at == 0);
            self.lines.push(Line { field, label, text: piece, look, state });
        }
    }
}

/// How far it is: state, time, link, what went wrong.
fn standing(model: &Model, put: &mut Put, place: &At, v: &Variant, now: Time) {
    let lang = model.lang();
    let at = VariantRef { post: place.id, variant: v.number };
    let mut state = state_name(v.state).say(lang);
    if let Some(goes) = v.goes.filter(|_| v.state == SlotState::Holding) {
        let left = goes_in(lang, goes, now);
        state = words::HOLDING_IN.fill(lang, &[("state", &state), ("left", &left)]);
    }
    let look = match v.state {
        SlotState::Published => Look::Good,
        SlotState::Failed | SlotState::Missed => Look::Bad,
        SlotState::Unconfirmed => Look::Warn,
        _ => Look::Plain,
    };
    let by: [(&str, &dyn std::fmt::Display); 3] =
        [("state", &state), ("by", &Shown::line(&v.by.0)), ("n", &v.version)];
    let text = words::STATE_BY.fill(lang, &by);
    put.with(None, words::LABEL_STATE.say(lang), &text, look, Some(v.state));
    let label = || words::LABEL_TIME.say(lang);
    match v.at {
        None => {
            put.text(None, label(), &words::NO_TIME.say(lang), Look::Muted);
        }
        Some(t) => {
            let mut text = channels::moment(model, t, now);
            if let Some(goes) = v.goes.filter(|goes| *goes != t) {
                let goes = channels::moment(model, goes, now);
                text = words::GOES_LATER.fill(lang, &[("at", &text), ("goes", &goes)]);
            }
            put.text(None, label(), &text, Look::Plain);
        }
    }
    if !v.why.is_empty() {
        put.text(None, words::LABEL_WHY.say(lang), &Shown::line(&v.why), Look::Bad);
    }
    if let Some(out) = &v.out {
        let url = out.url.as_deref().map(Shown::line);
        if let Some(url) = url {
            put.text(None, words::LABEL_LINK.say(lang), &url, Look::Plain);
        }
        if let Some(t) = out.deleted {
            let at = channels::moment(model, t, now);
            let text = words::DELETED.fill(lang, &[("at", &at)]);
            put.text(None, Shown::default(), &text, Look::Muted);
        }
    }
    if v.deleting {
        put.text(None, Shown::default(), &words::DELETING.say(lang), Look::Warn);
    }
    match model.posts().pending.get(&at) {
        Some(p) if p.held => {
            let text = words::NOT_SAVED.fill(lang, &[("n", &v.version)]);
            put.text(None, words::LABEL_UNSAVED.say(lang), &text, Look::Bad);
        }
        Some(p) if p.asked => {
            put.text(None, Shown::default(), &words::SAVING.say(lang), Look::Muted)
        }
        _ => {}
    }
}

/// The steps of the review: who said what, and where it is to be mended.
fn reviewed(model: &Model, put: &mut Put, v: &Variant, rules: &Rules, now: Time) {
    let lang = model.lang();
    let wanted = review::steps(v, rules);
    if wanted.is_empty() && v.verdicts.is_empty() {
        put.text(None, words::LABEL_REVIEW.say(lang), &words::NO_REVIEW.say(lang), Look::Muted);
        return;
    }
    for step in Step::ALL {
        let label = fields::step_name(step).say(lang);
        let said: Vec<&Verdict> = v.verdicts.iter().filter(|v| v.step == step).collect();
        let waits = wanted.contains(&step) && !review::is_step_passed(v, step, rules);
        if waits && said.iter().all(|v| v.passed) {
            let who: Vec<Shown> = rules.approvers.iter().map(|o| Shown::line(&o.0)).collect();
            let text = match (who.is_empty(), rules.need) {
                (true, _) => words::STEP_OPEN.say(lang),
                (_, Need::Any) => words::STEP_OPEN_ANY
                    .fill(lang, &[("who", &Shown::join(&who, &Shown::line(", ")))]),
                (_, Need::All) => words::STEP_OPEN_ALL
                    .fill(lang, &[("who", &Shown::join(&who, &Shown::line(", ")))]),
            };
            put.text(None, label.clone(), &text, Look::Muted);
        }
        for verdict in said {
            let by = Shown::line(&verdict.by.0);
            let at = channels::moment(model, verdict.at, now);
            let msg = match (verdict.passed, verdict.place.is_empty()) {
                (true, _) => words::STEP_PASSED,
                (false, true) => words::STEP_MEND,
                (false, false) => words::STEP_MEND_AT,
            };
            let values: [(&str, &dyn std::fmt::Display); 4] = [
                ("by", &by),
                ("at", &at),
                ("why", &Shown::line(&verdict.why)),
                ("place", &Shown::line(&verdict.place)),
            ];
            let look = if verdict.passed { Look::Good } else { Look::Bad };
            put.text(None, label.clone(), &msg.fill(lang, &values), look);
        }
    }
}

/// What is to be looked at.
fn checks(model: &Model, put: &mut Put, place: &At) {
    let lang = model.lang();
    let Some(view) = model.posts().view.as_ref() else { return };
    let Some(at) = view.post.variants.iter().position(|v| v.number == place.variant) else {
        return;
    };
    let checks = view.checks.get(at).map(Vec::as_slice).unwrap_or_default();
    let text = view.contents.get(at).map(|c| c.text.as_str()).unwrap_or_default();
    for (n, check) in checks.iter().enumerate() {
        let label = if n == 0 { words::LABEL_CHECKS.say(lang) } else { Shown::default() };
        let look = match check {
            Check::Lint(f) if f.level == Level::Note => Look::Muted,
            Check::Lint(f) if f.level == Level::Warn => Look::Warn,
            Check::NoLicence(_) => Look::Warn,
            _ => Look::Bad,
        };
        put.text(None, label, &check_text(model, check, text), look);
    }
}

fn limit_name(of: LimitOf) -> Msg {
    match of {
        LimitOf::Title => words::LIMIT_TITLE,
        LimitOf::Text => words::LIMIT_TEXT,
        LimitOf::Tags => words::LIMIT_TAGS,
        LimitOf::Images => words::LIMIT_IMAGES,
        LimitOf::Videos => words::LIMIT_VIDEOS,
        LimitOf::FileSize => words::LIMIT_BYTES,
    }
}

/// What a check says.
fn check_text(model: &Model, check: &Check, text: &str) -> Shown {
    let lang = model.lang();
    match check {
        Check::Lint(finding) => {
            let said = Shown::bounded(text.get(finding.at.clone()).unwrap_or_default(), 48);
            let (reason, advice) = (finding.reason(lang), finding.advice(lang));
            let level = finding.level.title().say(lang);
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("level", &level), ("said", &said), ("reason", &reason), ("advice", &advice)];
            words::CHECK_LINT.fill(lang, &values)
        }
        Check::Limit { what, has, most } => {
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("what", &limit_name(*what).say(lang)),
                ("has", &format::number(lang, *has)),
                ("most", &format::number(lang, *most)),
            ];
            words::CHECK_LIMIT.fill(lang, &values)
        }
        Check::NoSuchForm => words::CHECK_FORM.say(lang),
        Check::Lacks(what) => {
            words::CHECK_LACKS.fill(lang, &[("what", &limit_name(*what).say(lang))])
        }
        Check::NoLicence(link) => {
            words::CHECK_LICENCE.fill(lang, &[("link", &Shown::bounded(link, 60))])
        }
        Check::CannotPost(channel) => {
            words::CHECK_CANNOT.fill(lang, &[("channel", &model.channel_title(channel))])
        }
    }
}

/// The fields.
fn contents(model: &Model, put: &mut Put, content: &Content) {
    let lang = model.lang();
    for field in all(content) {
        let label = field.name().say(lang);
        let none = |put: &mut Put, msg: Msg| {
            put.text(Some(field), label.clone(), &msg.say(lang), Look::Muted);
        };
        let line = |put: &mut Put, raw: &str| match raw.is_empty() {
            true => none(put, words::NOTHING),
            false => put.text(Some(field), label.clone(), &Shown::line(raw), Look::Plain),
        };
        match field {
            Field::Title => line(put, &content.title),
            Field::Text if content.text.is_empty() => none(put, words::NO_TEXT),
            Field::Text => {
                for (at, text) in Shown::lines(&content.text).into_iter().enumerate() {
                    let label = if at == 0 { label.clone() } else { Shown::default() };
                    put.text(Some(field), label, &text, Look::Plain);
                }
            }
            Field::Form => {
                let name = fields::form_name(content.form).say(lang);
                put.text(Some(field), label, &name, Look::Plain);
            }
            Field::Funnel => match content.funnel {
                Some(f) => {
                    put.text(Some(field), label, &fields::funnel_name(f).say(lang), Look::Plain);
                }
                None => none(put, words::NO_FUNNEL),
            },
            Field::Tags => line(put, &content.tags.join(" ")),
            Field::Media(at) => match content.media.get(at) {
                Some(media) => line(put, &fields::media(media)),
                None => none(put, words::ADD_MEDIA),
            },
            Field::Proof(at) => match content.proofs.get(at) {
                Some(_) => line(put, &fields::written(content, field)),
                None => none(put, words::ADD_PROOF),
            },
            Field::HighRisk if content.high_risk => {
                put.text(Some(field), label, &words::RISK_HIGH.say(lang), Look::Warn);
            }
            Field::HighRisk => none(put, words::RISK_USUAL),
        }
    }
}

/// A sentence for somebody who looks at a post that is not here yet.
pub fn loading(model: &Model) -> Option<Shown> {
    let at = at(model)?;
    shown(model, at).is_none().then(|| cockpit::LOADING.say(model.lang()))
}
