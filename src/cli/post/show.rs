//! `post list` and `post show`.

use super::Target;
use super::edit::as_file;
use crate::app::posts::state_name;
use crate::cli::print::Printer;
use crate::cli::{Context, Outcome};
use crate::client::zone;
use crate::config::post_file;
use crate::domain::post::{
    Check, Content, Form, Funnel, Late, MediaKind, Post, Rules, Step, Variant,
};
use crate::domain::slot::SlotState;
use crate::domain::{ChannelId, Time, VariantRef};
use crate::text::catalogue::{post_verbs as say, posts};
use crate::text::{Align, Lang, Msg, Shown, format, link_safe};
use crate::wire::message::{Answer, Ask};
use crate::wire::post::PostView;
use chrono_tz::Tz;
use clap::ArgMatches;
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Display;

/// A variant as JSON has it.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    variant: String,
    channel: &'a str,
    state: &'static str,
    since: String,
    title: &'a str,
    form: &'static str,
    funnel: Option<&'static str>,
    high_risk: bool,
    version: u32,
    by: &'a str,
    at: Option<String>,
    pinned: bool,
    goes: Option<String>,
    verdicts: Vec<Value>,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'a str,
    url: Option<&'a str>,
    published_at: Option<String>,
    deleted_at: Option<String>,
    deleting: bool,
}

impl<'a> Line<'a> {
    fn new(name: VariantRef, v: &'a Variant) -> Line<'a> {
        let out = v.out.as_ref();
        Line {
            variant: name.to_string(),
            channel: &v.channel.0,
            state: v.state.name(),
            since: v.since.rfc3339(),
            title: &v.title,
            form: v.form.name(),
            funnel: v.funnel.map(Funnel::name),
            high_risk: v.high_risk,
            version: v.version,
            by: &v.by.0,
            at: v.at.map(Time::rfc3339),
            pinned: v.pinned,
            goes: v.goes.map(Time::rfc3339),
            verdicts: v
                .verdicts
                .iter()
                .map(|said| {
                    json!({
                        "step": said.step.name(),
                        "by": said.by.0,
                        "at": said.at.rfc3339(),
                        "passed": said.passed,
                        "why": said.why,
                        "place": said.place,
                    })
                })
                .collect(),
            why: &v.why,
            url: out.and_then(|out| out.url.as_deref()),
            published_at: out.map(|out| out.at.rfc3339()),
            deleted_at: out.and_then(|out| out.deleted).map(Time::rfc3339),
            deleting: v.deleting,
        }
    }
}

fn head(post: &Post) -> Value {
    json!({
        "post": post.id.0,
        "idea": post.idea,
        "topic": post.topic,
        "made": post.made.rfc3339(),
        "by": post.by.0,
    })
}

/// An object with one field more.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
    object
}

fn value(what: &impl Serialize) -> Value {
    // Every field of ours has a form in JSON.
    serde_json::to_value(what).unwrap_or_default()
}

/// `post list`.
pub(super) fn list(context: &Context, args: &ArgMatches) -> Outcome {
    /// Posts that are listed when nobody says how many.
    const USUAL: usize = 50;
    let lang = context.lang;
    let channel = args.get_one::<String>("channel").cloned().map(ChannelId);
    let states: Vec<SlotState> = args
        .get_many::<String>("state")
        .into_iter()
        .flatten()
        .filter_map(|name| SlotState::ALL.into_iter().find(|state| state.name() == name))
        .collect();
    let limit = args.get_one::<usize>("limit").copied();
    let mut left = limit.unwrap_or(USUAL);
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let now = Time::from(chrono::Utc::now());
    let mut printer = Printer::new(lang);
    let (mut before, mut more, mut rows) = (None, true, Vec::new());
    while more && left > 0 {
        let ask = Ask::Posts { channel: channel.clone(), states: states.clone(), before };
        let Answer::Posts(mut posts, some) = context.ask(&mut desk, ask)? else {
            return Err(context.strange());
        };
        more = some && !posts.is_empty() || posts.len() > left;
        posts.truncate(left);
        left -= posts.len();
        before = posts.last().map(|post| post.id).or(before);
        for post in &posts {
            let meant = |v: &&Variant| {
                channel.as_ref().is_none_or(|id| *id == v.channel)
                    && (states.is_empty() || states.contains(&v.state))
            };
            let variants = post.variants.iter().filter(meant);
            if context.json {
                let lines = variants.map(|v| value(&Line::new(post.name_of(v), v))).collect();
                printer.json(&with(head(post), "variants", lines))?;
            } else {
                rows.extend(cells(post, variants, zone, now, lang));
            }
        }
    }
    if !context.json {
        if rows.is_empty() {
            printer.line(&say::NONE.say(lang))?;
        }
        printer
            .table(&[Align::Right, Align::Left, Align::Left, Align::Left, Align::Left], &rows)?;
        if more {
            printer.line(&say::MORE.say(lang))?;
        }
    }
    printer.end()
}

fn cells<'a>(
    post: &Post,
    variants: impl Iterator<Item = &'a Variant>,
    zone: Tz,
    now: Time,
    lang: Lang,
) -> Vec<Vec<Shown>> {
    let mut rows: Vec<Vec<Shown>> = variants
        .map(|v| {
            let title = if v.title.is_empty() { &post.idea } else { &v.title };
            vec![
                Shown::line(&post.name_of(v).to_string()),
                Shown::line(&v.channel.0),
                state_name(v.state).say(lang),
                when(v).map_or_else(
                    || Shown::line("-"),
                    |at| format::moment(lang, &at.in_zone(zone), &now.in_zone(zone)),
                ),
                Shown::line(title),
            ]
        })
        .collect();
    if post.variants.is_empty() {
        let dash = || Shown::line("-");
        rows.push(vec![
            Shown::line(&post.id.to_string()),
            dash(),
            dash(),
            dash(),
            Shown::line(&post.idea),
        ]);
    }
    rows
}

/// When it is out or goes out.
fn when(v: &Variant) -> Option<Time> {
    v.out.as_ref().map(|out| out.at).or(v.goes).or(v.at)
}

/// `post show`.
pub(super) fn one(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    // clap has seen to it that there is one.
    let target = args.get_one::<Target>("post").copied().ok_or_else(|| context.strange())?;
    let mut desk = context.connect()?;
    let zone = zone::of_desk(desk.welcome());
    let view = target.view(context, &mut desk)?;
    let file = as_file(context, &view, target.variant, zone)?;
    let mut printer = Printer::new(lang);
    if args.get_flag("markdown") {
        printer.file(&post_file::print(&file))?;
        return printer.end();
    }
    let meant = |v: &Variant| target.variant.is_none_or(|only| only == v.number);
    let parts: Vec<Part<'_>> = Part::all(&view).filter(|part| meant(part.v)).collect();
    if context.json {
        let variants = parts.iter().map(|part| part.json(lang)).collect();
        printer.json(&with(head(&view.post), "variants", variants))?;
        return printer.end();
    }
    let now = Time::from(chrono::Utc::now());
    printer.line(&Shown::join(
        [&Shown::line(&view.post.id.to_string()), &Shown::line(&view.post.idea)],
        &Shown::blank(2),
    ))?;
    for part in &parts {
        printer.line(&Shown::default())?;
        for line in part.page(zone, now, lang) {
            printer.line(&line)?;
        }
    }
    printer.end()
}

/// A variant with all that is known of it.
struct Part<'a> {
    name: VariantRef,
    v: &'a Variant,
    content: &'a Content,
    checks: &'a [Check],
    rules: Option<&'a Rules>,
}

impl<'a> Part<'a> {
    fn all(view: &'a PostView) -> impl Iterator<Item = Part<'a>> {
        let variants = view.post.variants.iter().zip(&view.contents).enumerate();
        variants.map(|(place, (v, content))| Part {
            name: view.post.name_of(v),
            v,
            content,
            checks: view.checks.get(place).map_or(&[], Vec::as_slice),
            rules: view.rules.get(place),
        })
    }

    fn json(&self, lang: Lang) -> Value {
        let checks: Vec<Value> = self
            .checks
            .iter()
            .map(|check| {
                let said: String = check.say(lang).into();
                json!({ "check": check_name(check), "refused": check.is_refused(), "what": said })
            })
            .collect();
        let mut line = value(&Line::new(self.name, self.v));
        let content = self.content;
        line = with(line, "title", content.title.as_str().into());
        line = with(line, "text", content.text.as_str().into());
        line = with(line, "tags", value(&content.tags));
        line = with(line, "media", value(&content.media));
        line = with(line, "proofs", value(&content.proofs));
        line = with(line, "checks", checks.into());
        with(line, "rules", value(&self.rules))
    }

    fn page(&self, zone: Tz, now: Time, lang: Lang) -> Vec<Shown> {
        let (v, content) = (self.v, self.content);
        let moment = |at: Time| format::moment(lang, &at.in_zone(zone), &now.in_zone(zone));
        let mut about = vec![form(content.form).say(lang)];
        about.extend(content.funnel.map(|stage| funnel(stage).say(lang)));
        if content.high_risk {
            about.push(say::HIGH_RISK.say(lang));
        }
        about.push(say::BY.fill(lang, &[("name", &Shown::line(&v.by.0))]));
        let time = match (v.goes, v.at) {
            _ if v.out.is_some() => None,
            (Some(goes), _) => Some(say::GOES.fill(lang, &[("when", &moment(goes))])),
            (None, Some(at)) => Some(say::PLANNED.fill(lang, &[("when", &moment(at))])),
            (None, None) => Some(say::NO_TIME.say(lang)),
        };
        about.extend(time);
        let mut lines = vec![
            Shown::join(
                [
                    &Shown::line(&self.name.to_string()),
                    &Shown::line(&v.channel.0),
                    &state_name(v.state).say(lang),
                ],
                &Shown::blank(2),
            ),
            Shown::join(&about, &Shown::line(" · ")),
        ];
        lines.extend(self.review(lang));
        lines.extend(self.outcome(&moment, lang));
        for check in self.checks {
            lines.push(say::LOOK.fill(lang, &[("what", &check.say(lang))]));
        }
        if !content.title.is_empty() || !content.text.is_empty() {
            lines.push(Shown::default());
        }
        if !content.title.is_empty() {
            lines.push(Shown::line(&content.title));
        }
        if !content.text.is_empty() {
            lines.extend(Shown::lines(&content.text));
        }
        let mut below = self.beside(lang);
        if !below.is_empty() {
            below.insert(0, Shown::default());
        }
        lines.extend(below);
        lines
    }

    /// What was said of it, and what is still to be said.
    fn review(&self, lang: Lang) -> Option<Shown> {
        let v = self.v;
        let mut steps: Vec<Shown> = Vec::new();
        for of in Step::ALL {
            let wanted = self.rules.is_some_and(|rules| rules.steps.contains(&of));
            let said: Vec<_> = v.verdicts.iter().filter(|said| said.step == of).collect();
            if said.is_empty() && wanted && v.state == SlotState::InReview {
                steps.push(say::STEP_OPEN.fill(lang, &[("step", &step(of).say(lang))]));
            }
            for verdict in said {
                let msg = if verdict.passed { say::STEP_PASSED } else { say::STEP_REJECTED };
                let values: [(&str, &dyn Display); 3] = [
                    ("step", &step(of).say(lang)),
                    ("who", &Shown::line(&verdict.by.0)),
                    ("why", &Shown::line(&verdict.why)),
                ];
                let mut text = msg.fill(lang, &values);
                if !verdict.place.is_empty() {
                    let values: [(&str, &dyn Display); 2] =
                        [("said", &text), ("place", &Shown::line(&verdict.place))];
                    text = say::STEP_PLACE.fill(lang, &values);
                }
                steps.push(text);
            }
        }
        let steps = (!steps.is_empty()).then(|| Shown::join(&steps, &Shown::line(", ")))?;
        Some(say::REVIEW.fill(lang, &[("steps", &steps)]))
    }

    fn outcome(&self, moment: &dyn Fn(Time) -> Shown, lang: Lang) -> Vec<Shown> {
        let v = self.v;
        let mut lines = Vec::new();
        if !v.why.is_empty() {
            lines.push(say::WHY.fill(lang, &[("why", &Shown::line(&v.why))]));
        }
        if let Some(out) = &v.out {
            if let Some(url) = &out.url {
                lines.push(say::URL.fill(lang, &[("url", &link(url))]));
            }
            if let Some(at) = out.deleted {
                lines.push(say::DELETED.fill(lang, &[("when", &moment(at))]));
            }
        }
        if v.deleting {
            lines.push(say::DELETING.say(lang));
        }
        if let Some(rules) = self.rules.filter(|_| v.goes.is_some()) {
            let late = match rules.late {
                Late::Ask => say::LATE_ASK,
                Late::Now => say::LATE_NOW,
                Late::NextSlot => say::LATE_NEXT,
            };
            let values: [(&str, &dyn Display); 2] =
                [("hold", &format::duration(lang, rules.hold.0)), ("late", &late.say(lang))];
            lines.push(say::RULES.fill(lang, &values));
        }
        lines
    }

    /// What goes with the text.
    fn beside(&self, lang: Lang) -> Vec<Shown> {
        let content = self.content;
        let mut lines = Vec::new();
        if !content.tags.is_empty() {
            lines.push(say::TAGS.fill(lang, &[("tags", &Shown::line(&content.tags.join(", ")))]));
        }
        for media in &content.media {
            let values: [(&str, &dyn Display); 2] =
                [("kind", &media_kind(media.kind).say(lang)), ("link", &link(&media.link))];
            let mut text = say::MEDIA.fill(lang, &values);
            for (msg, name, said) in [
                (say::MEDIA_ALT, "alt", &media.alt),
                (say::MEDIA_LICENCE, "licence", &media.licence),
            ] {
                if !said.is_empty() {
                    let values: [(&str, &dyn Display); 2] =
                        [("said", &text), (name, &Shown::line(said))];
                    text = msg.fill(lang, &values);
                }
            }
            lines.push(text);
        }
        for proof in &content.proofs {
            let proved = match proof.proof.is_empty() {
                true => say::NO_PROOF.say(lang),
                false => Shown::line(&proof.proof),
            };
            let values: [(&str, &dyn Display); 2] =
                [("claim", &Shown::line(&proof.claim)), ("proof", &proved)];
            lines.push(say::CLAIM.fill(lang, &values));
        }
        lines
    }
}

/// A link as it can be opened, a path or anything else as a line.
fn link(raw: &str) -> Shown {
    link_safe(raw).unwrap_or_else(|| Shown::line(raw))
}

fn check_name(check: &Check) -> &'static str {
    match check {
        Check::Lint(_) => "lint",
        Check::Limit { .. } => "limit",
        Check::NoSuchForm => "no-such-form",
        Check::Lacks(_) => "lacks",
        Check::NoLicence(_) => "no-licence",
        Check::CannotPost(_) => "cannot-post",
    }
}

fn form(form: Form) -> Msg {
    match form {
        Form::ImageText => posts::FORM_IMAGE_TEXT,
        Form::ShortVideo => posts::FORM_SHORT_VIDEO,
        Form::Live => posts::FORM_LIVE,
        Form::H5 => posts::FORM_H5,
        Form::Animation => posts::FORM_ANIMATION,
        Form::Topic => posts::FORM_TOPIC,
    }
}

/// A funnel stage in words.
pub(in crate::cli) fn funnel(stage: Funnel) -> Msg {
    match stage {
        Funnel::Awareness => posts::FUNNEL_AWARENESS,
        Funnel::Interest => posts::FUNNEL_INTEREST,
        Funnel::Decision => posts::FUNNEL_DECISION,
        Funnel::Loyalty => posts::FUNNEL_LOYALTY,
    }
}

/// A step of the review in words.
pub(in crate::cli) fn step(step: Step) -> Msg {
    match step {
        Step::Compliance => posts::STEP_COMPLIANCE,
        Step::Tone => posts::STEP_TONE,
        Step::Logic => posts::STEP_LOGIC,
    }
}

fn media_kind(kind: MediaKind) -> Msg {
    match kind {
        MediaKind::Image => say::KIND_IMAGE,
        MediaKind::Video => say::KIND_VIDEO,
        MediaKind::Audio => say::KIND_AUDIO,
        MediaKind::File => say::KIND_FILE,
    }
}
