//! What is typed in a line about posts: an idea, a field, a time, a reason; and about alerts.

use super::begin::Seed;
use super::fields::{self, Field};
use super::{AskedPost, send, send_then};
use crate::app::editor::Editor;
use crate::app::layer::Layer;
use crate::app::model::Model;
use crate::app::{Effect, alerts, typed};
use crate::domain::alert::AlertId;
use crate::domain::post::{Content, MOST_IDEA, PostAct, Step};
use crate::domain::{PostId, Time, VariantRef};
use crate::text::catalogue::{alerts as alert_words, calendar as words, lint};
use crate::text::{Lang, Shown, link_safe};

/// A line that is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub editor: Editor,
    /// What it is.
    pub asks: Asks,
    /// Why it cannot be taken.
    pub wrong: Option<Shown>,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The idea of a new post.
    Idea(Seed),
    /// Another idea for a post.
    NewIdea(PostId),
    /// A field of a variant.
    Field(VariantRef, Field),
    /// When a variant is to go out.
    When(VariantRef),
    /// What is to be mended.
    Why(VariantRef, Step),
    /// Where: the words it is about.
    Place(VariantRef, Step, String),
    /// Why it is handed in in spite of what the lint stops.
    Because(Vec<VariantRef>),
    /// The page that shows it.
    Url(VariantRef),
    /// Until when an alert is not to be seen.
    AlertUntil(AlertId),
    /// What is done about an alert elsewhere.
    AlertTask(AlertId),
}

impl Asks {
    /// What stands before the line; a short one leaves out how it is typed.
    pub fn prompt(&self, lang: Lang, short: bool) -> Shown {
        match self {
            Asks::Idea(_) | Asks::NewIdea(_) => words::ASK_IDEA.say(lang),
            Asks::Field(_, field) => {
                let name = field.name().say(lang);
                let how =
                    field.how().filter(|_| !short).map(|how| how.say(lang)).unwrap_or_default();
                words::ASK_FIELD.fill(lang, &[("name", &name), ("how", &how)])
            }
            Asks::When(_) => words::ASK_WHEN.say(lang),
            Asks::Why(..) => words::ASK_WHY.say(lang),
            Asks::Place(..) => words::ASK_PLACE.say(lang),
            Asks::Because(_) => lint::BECAUSE_PROMPT.say(lang),
            Asks::Url(_) => words::ASK_URL.say(lang),
            Asks::AlertUntil(id) => alert_words::ASK_UNTIL.fill(lang, &[("id", id)]),
            Asks::AlertTask(id) if short => alert_words::ASK_TASK_SHORT.fill(lang, &[("id", id)]),
            Asks::AlertTask(id) => alert_words::ASK_TASK.fill(lang, &[("id", id)]),
        }
    }
}

/// Opens a line with this already in it.
pub(in crate::app) fn ask(model: &mut Model, asks: Asks, text: &str, wrong: Option<Shown>) {
    model.layers.push(Layer::Line(Line { editor: Editor::new(text), asks, wrong }));
}

/// The line is finished.
pub(super) fn accept(model: &mut Model, now: Time, effects: &mut Vec<Effect>) {
    let Some(Layer::Line(line)) = model.layers.last() else { return };
    let (asks, typed) = (line.asks.clone(), line.editor.text().trim().to_owned());
    match take(model, asks, typed, now, effects) {
        Ok(()) => {}
        Err(why) => {
            if let Some(Layer::Line(line)) = model.layers.last_mut() {
                line.wrong = Some(why);
            }
        }
    }
}

/// Does what the line is for; the line goes only when it can be taken.
fn take(
    model: &mut Model,
    asks: Asks,
    typed: String,
    now: Time,
    effects: &mut Vec<Effect>,
) -> Result<(), Shown> {
    let lang = model.settings.lang;
    let needed = || words::SAY_SOMETHING.say(lang);
    match asks {
        Asks::Idea(seed) => {
            let idea = idea(typed, lang)?;
            let variants = seed.channels.into_iter().map(|c| (c, Content::default())).collect();
            let act = PostAct::New { idea, topic: None, variants, when: seed.when };
            if send_then(model, act, AskedPost::Begun, now, effects) {
                close(model);
            }
        }
        Asks::NewIdea(post) => {
            let act = PostAct::Idea { post, idea: idea(typed, lang)? };
            close(model);
            send(model, act, now, effects);
        }
        Asks::Field(at, field) => {
            let mut content = fields::content(model, at).cloned().unwrap_or_default();
            fields::put(&mut content, field, &typed, lang)?;
            close(model);
            fields::change(model, at, |old| *old = content, now, effects);
        }
        Asks::When(at) => {
            let when = Some(typed::when(model, &typed, now)?);
            close(model);
            send(model, PostAct::Schedule { at, when }, now, effects);
        }
        Asks::AlertUntil(_) | Asks::AlertTask(_) => {
            alerts::take(model, &asks, &typed, now, effects)?;
        }
        Asks::Why(..) if typed.is_empty() => return Err(needed()),
        Asks::Why(at, step) => {
            close(model);
            ask(model, Asks::Place(at, step, typed), "", None);
        }
        Asks::Place(at, step, why) => {
            close(model);
            send(model, PostAct::Reject { at, step, why, place: typed }, now, effects);
        }
        Asks::Because(_) if typed.is_empty() => return Err(lint::WHY_NEEDED.say(lang)),
        Asks::Because(at) => {
            close(model);
            let act = PostAct::Submit { at: at.clone(), because: Some(typed) };
            send_then(model, act, AskedPost::Submitted(at), now, effects);
        }
        Asks::Url(at) => {
            if !typed.is_empty() && link_safe(&typed).is_none() {
                return Err(words::NOT_A_LINK.say(lang));
            }
            close(model);
            let url = (!typed.is_empty()).then_some(typed);
            send(model, PostAct::Published { at, url }, now, effects);
        }
    }
    Ok(())
}

fn idea(typed: String, lang: Lang) -> Result<String, Shown> {
    match typed.len() {
        0 => Err(words::SAY_SOMETHING.say(lang)),
        n if n > MOST_IDEA => Err(words::IDEA_TOO_LONG.say(lang)),
        _ => Ok(typed),
    }
}

fn close(model: &mut Model) {
    model.layers.pop();
}
