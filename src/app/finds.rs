//! The search over everything, and the list of what it finds, which grows as one goes down it.

use super::act;
use super::complete::{self, Guess};
use super::editor::Editor;
use super::layer::{Layer, More, Pick};
use super::model::{Asked, Link, Model};
use super::notices::Tone;
use super::{Effect, pick};
use crate::domain::filter::{Filter, Test};
use crate::domain::{OperatorName, Time};
use crate::text::catalogue::{search as say, work};
use crate::text::{Lang, Shown, format};
use crate::wire::message::Ask;
use crate::wire::search::{Finds, Hit};

/// Finds that are asked for at once.
const PART: u32 = 50;
/// So many lines before the end the next part is asked for.
const NEAR: usize = 5;

impl Pick {
    /// Where the cursor is among how many: `3 of 50+` while more may come.
    pub fn place(&self, lang: Lang) -> Shown {
        let len = self.lines.len();
        let at = (self.cursor + 1).min(len);
        match &self.more {
            None => Shown::line(&format!("{at}/{len}")),
            Some(more) => {
                let all = more.total.unwrap_or(len as u64);
                let open = more.total.is_none() && more.after.is_some();
                let msg = if open { say::PLACE_MORE } else { say::PLACE };
                let values: [(&str, &dyn std::fmt::Display); 2] =
                    [("n", &format::number(lang, at as u64)), ("all", &format::number(lang, all))];
                msg.fill(lang, &values)
            }
        }
    }
}

/// Opens the line for a search.
pub(super) fn open(model: &mut Model) {
    let (editor, guess) = (Editor::new(""), Guess::default());
    model.layers.push(Layer::Search { editor, wrong: None, guess });
    complete::look(model);
}

/// Searches everything.
pub(super) fn search(model: &mut Model, query: String, now: Time, effects: &mut Vec<Effect>) {
    if model.link != Link::Up {
        return act::tell(model, Tone::Bad, work::NO_LINK, now);
    }
    let ask = Ask::Search { query: query.clone(), after: None, limit: PART };
    model.ask(ask, Asked::Search { query, more: false }, effects);
}

/// A part of what was found came.
pub(super) fn came(
    model: &mut Model,
    query: String,
    finds: Finds,
    more: bool,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    let lines: Vec<_> =
        finds.hits.iter().map(|hit| (Some(hit.conversation.id), line(model, hit, now))).collect();
    let going_on = |pick: &Pick| pick.more.as_ref().is_some_and(|m| m.asked && m.query == query);
    if more {
        // Closed meanwhile, or another one by now.
        let Some(Layer::Pick(pick)) = model.layers.last_mut() else { return };
        if !going_on(pick) {
            return;
        }
        pick.lines.extend(lines);
        if let Some(more) = &mut pick.more {
            (more.after, more.built, more.asked) = (finds.next, finds.built, false);
        }
    } else {
        if lines.is_empty() && finds.next.is_none() && finds.built.is_none() {
            return act::tell(model, Tone::Info, say::NOTHING, now);
        }
        let total = counts_all(&query).then_some(finds.total);
        let (after, built) = (finds.next, finds.built);
        let more = Some(More { query, after, total, built, asked: false });
        let (title, about) = (Shown::default(), Vec::new());
        pick::open(model, Pick { title, about, lines, topics: Vec::new(), cursor: 0, more });
    }
    entitle(model);
    look_on(model, effects);
}

/// Whether the index alone answers a query, so that its total is the number of finds.
fn counts_all(query: &str) -> bool {
    let nobody = OperatorName(String::new());
    let is_words = |test: &Test| matches!(test, Test::Text(text) if text.needle().is_some());
    Filter::parse(query, &nobody).is_ok_and(|f| f.terms.iter().all(|term| is_words(&term.test)))
}

/// Says how many there are.
fn entitle(model: &mut Model) {
    let lang = model.settings.lang;
    let Some(Layer::Pick(pick)) = model.layers.last_mut() else { return };
    let Some(more) = &mut pick.more else { return };
    let n = pick.lines.len() as u64;
    if more.after.is_none() {
        more.total = Some(n);
    }
    let msg = if more.total.is_some() { say::N_FOUND } else { say::MORE_FOUND };
    let n = format::number(lang, more.total.unwrap_or(n));
    let mut title = msg.fill(lang, &[("n", &n)]);
    if let Some(n) = more.built {
        title.push(&Shown::blank(2));
        title.push(&say::BUILDING.fill(lang, &[("n", &n)]));
    }
    if pick.lines.is_empty() && more.after.is_some() {
        title.push(&Shown::blank(2));
        title.push(&say::SEARCHING.say(lang));
    }
    pick.title = title;
}

/// Asks for the next part when the cursor comes near the end of what is here.
pub(super) fn look_on(model: &mut Model, effects: &mut Vec<Effect>) {
    let up = model.link == Link::Up;
    let Some(Layer::Pick(pick)) = model.layers.last_mut() else { return };
    let near = pick.cursor + NEAR >= pick.lines.len();
    let Some(more) = pick.more.as_mut().filter(|more| near && up && !more.asked) else { return };
    let Some(after) = more.after else { return };
    more.asked = true;
    let query = more.query.clone();
    let ask = Ask::Search { query: query.clone(), after: Some(after), limit: PART };
    model.ask(ask, Asked::Search { query, more: true }, effects);
}

/// No answer comes to what was asked for: it may be asked for again.
pub(super) fn let_go(model: &mut Model) {
    if let Some(Layer::Pick(Pick { more: Some(more), .. })) = model.layers.last_mut() {
        more.asked = false;
    }
}

/// When, who, and what was found.
fn line(model: &Model, hit: &Hit, now: Time) -> Shown {
    let lang = model.settings.lang;
    let local = |t: Time| t.to_utc().with_timezone(&model.zone);
    let parts = [
        format::moment(lang, &local(hit.at), &local(now)),
        Shown::line(&hit.author),
        Shown::line(&hit.excerpt),
    ];
    Shown::join(parts.iter(), &Shown::blank(2))
}
