//! Pages and attachments of a conversation: copied, or opened where a browser can be.

use super::Effect;
use super::act::tell;
use super::layer::{Choice, Layer, Menu};
use super::model::{Asked, Link, Model};
use super::notices::Tone;
use crate::domain::Time;
use crate::text::catalogue::cockpit;
use crate::text::catalogue::work as say;
use crate::text::{Lang, Shown, link_safe};
use crate::wire::message::{Ask, Detail};

/// The most links that are offered.
const MOST: usize = 9;

/// Copies the page of the conversation at hand, or (`open`) opens it or an attachment. The desk is
/// asked for the thread where it is not here.
pub(super) fn ask(model: &mut Model, open: bool, now: Time, effects: &mut Vec<Effect>) {
    let id = model.open.or_else(|| model.list(model.home).selected());
    let Some(id) = id else { return tell(model, Tone::Info, cockpit::NOTHING_SELECTED, now) };
    let here = model.in_view.detail.as_ref().filter(|d| d.conversation.id == id).cloned();
    match here {
        Some(detail) => came(model, &detail, open, now, effects),
        None if model.link != Link::Up => tell(model, Tone::Bad, say::NO_LINK, now),
        None => drop(model.ask(Ask::Show(id), Asked::Links { open }, effects)),
    }
}

/// The thread is here.
pub(super) fn came(
    model: &mut Model,
    detail: &Detail,
    open: bool,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    if !open {
        return match detail.page() {
            Some(page) => {
                effects.push(Effect::Copy(page.to_owned()));
                tell(model, Tone::Done, cockpit::COPIED, now);
            }
            None => tell(model, Tone::Info, cockpit::NOTHING_TO_COPY, now),
        };
    }
    let mut links = links(detail, model.settings.lang);
    match links.len() {
        0 => tell(model, Tone::Info, say::NOTHING_TO_OPEN, now),
        1 => effects.push(Effect::Open(links.remove(0).1)),
        // A menu that opens under somebody's hands takes keys meant for something else.
        _ if model.layers.is_empty() => {
            let choices = links.into_iter().map(|(says, link)| (says, Choice::Open(link)));
            let choices = choices.collect();
            let title = say::OPEN_WHICH.say(model.settings.lang);
            model.layers.push(Layer::Menu(Menu { title, choices, cursor: 0 }));
        }
        _ => {}
    }
}

/// The page first, then what was sent along: of the message the row speaks of, then the newest.
fn links(detail: &Detail, lang: Lang) -> Vec<(Shown, String)> {
    let mut found: Vec<(Shown, String)> = Vec::new();
    let mut add = |says: &Shown, link: &str| {
        let Some(shown) = link_safe(link) else { return };
        if found.len() < MOST && found.iter().all(|(_, known)| known != link) {
            found.push((Shown::join(&[says.clone(), shown], &Shown::line(" ")), link.to_owned()));
        }
    };
    if let Some(link) = detail.page() {
        add(&say::PAGE.say(lang), link);
    }
    let head = detail.conversation.speaks_of().map(|h| h.seq);
    let spoken = detail.messages.iter().filter(|(seq, _)| Some(*seq) == head);
    for (_, m) in spoken.chain(detail.messages.iter().rev()) {
        for a in &m.attachments {
            add(&a.say(lang), &a.link);
        }
    }
    found
}

/// What became of a link that was to be opened.
pub(super) fn opened(
    model: &mut Model,
    link: String,
    browser: bool,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    if browser {
        return tell(model, Tone::Done, say::OPENED, now);
    }
    let shown = link_safe(&link).unwrap_or_default();
    effects.push(Effect::Copy(link));
    let text = say::COPIED_INSTEAD.fill(model.settings.lang, &[("link", &shown)]);
    model.notices.say(Tone::Info, text, None, now);
}
