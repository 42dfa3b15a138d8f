//! A queue: its title and its rows. Free text stands last in a row, because terminals disagree
//! about its width.

use super::frame::Scene;
use super::pen::{Canvas, Row};
use super::theme::Role;
use crate::app::help::Sign;
use crate::app::layout::{Area, Shape};
use crate::app::link::gone_text;
use crate::app::model::Focus;
use crate::app::queue::Line;
use crate::app::views::by;
use crate::domain::{Conversation, Intent, Queue, Severity, Sort, State};
use crate::text::catalogue::{cockpit as say, privacy, search};
use crate::text::{Align, Shown, format};
use ratatui::style::Style;

/// Columns of a row, by the width of the list; 0 = not shown.
struct Columns {
    channel: usize,
    tag: usize,
    likes: usize,
    who: usize,
    author: usize,
}

impl Columns {
    fn of(width: u16) -> Columns {
        match width {
            100.. => Columns { channel: 8, tag: 10, likes: 6, who: 10, author: 14 },
            80.. => Columns { channel: 8, tag: 9, likes: 5, who: 5, author: 9 },
            _ => Columns { channel: 6, tag: 0, likes: 0, who: 5, author: 9 },
        }
    }
}

/// Less than this until a platform's window closes is a risk, in milliseconds.
const WINDOW_RISK: i64 = 3_600_000;

/// Draws a queue.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>, queue: Queue) {
    let screen = s.m.screen();
    let area = screen.queues[queue as usize];
    if area.is_empty() {
        return;
    }
    let mut body = area;
    if screen.shape != Shape::Tabs {
        title(s, c, queue, area);
        (body.y, body.h) = (area.y + 1, area.h - 1);
    }
    let list = s.m.list(queue);
    let height = usize::from(screen.row_height.max(1));
    if list.visible().is_empty() {
        return empty(s, c, queue, body);
    }
    for (i, line) in list.visible().iter().enumerate() {
        if height == 2 {
            two_rows(s, c, queue, line, body, i * 2);
        } else {
            one_row(s, c, queue, line, body, i);
        }
    }
}

fn empty(s: &Scene<'_>, c: &mut Canvas<'_>, queue: Queue, body: Area) {
    let list = s.m.list(queue);
    let msg = match (list.loaded(), list.filter().is_empty()) {
        (false, _) => say::LOADING,
        (true, true) => say::EMPTY_QUEUE,
        (true, false) => say::EMPTY_FILTERED,
    };
    let at = usize::from(body.h > 2);
    c.row(body, at).skip(3).put(&msg.say(s.lang), Role::Muted);
    // A desk that nothing ever came to: say how to begin.
    let new = s.m.welcome().is_none_or(|w| w.channels.is_empty())
        && s.m.desk().counts.iter().all(|(.., n)| *n == 0);
    if list.loaded() && new && s.m.focus() == Focus::Queue(queue) {
        for (i, hint) in [say::BEGIN_DEMO, say::BEGIN_IMPORT].into_iter().enumerate() {
            c.row(body, at + 2 + i).skip(3).put(&hint.say(s.lang), Role::Muted);
        }
    }
}

fn title(s: &Scene<'_>, c: &mut Canvas<'_>, queue: Queue, area: Area) {
    let list = s.m.list(queue);
    let focused = s.m.focus() == Focus::Queue(queue);
    let heading =
        Shown::join([&Scene::queue_title(queue).say(s.lang), &s.count(queue)], &Shown::blank(1));
    let mut row = s.title(c, area, &heading, focused);
    let of =
        |counts: &[(Queue, u64)]| counts.iter().find(|(q, _)| *q == queue).map_or(0, |(_, n)| *n);
    let (late, soon) = (of(&s.m.desk().late), of(&s.m.desk().within_hour));
    let mut pieces = Vec::new();
    if list.filter().is_empty() {
        if late > 0 && !list.folded() {
            let n = format::number(s.lang, late);
            pieces.push((say::LATE.fill(s.lang, &[("n", &n)]), Role::Late));
        }
        if soon > 0 {
            let n = format::number(s.lang, soon);
            pieces.push((say::WITHIN_HOUR.fill(s.lang, &[("n", &n)]), Role::Risk));
        }
    } else {
        let filter = Shown::line(list.filter());
        pieces.push((say::FILTERED.fill(s.lang, &[("filter", &filter)]), Role::Accent));
    }
    if list.folded() && list.filter().is_empty() {
        let n = format::number(s.lang, late);
        pieces.push((search::FOLDED.fill(s.lang, &[("n", &n)]), Role::Accent));
    } else if list.folded() {
        pieces.push((search::FOLDED_SOME.say(s.lang), Role::Accent));
    }
    if list.sort() != Sort::Due {
        pieces.push((by(list.sort()).say(s.lang), Role::Accent));
    }
    if !list.marks().is_empty() {
        let n = format::number(s.lang, list.marks().len() as u64);
        pieces.push((say::N_MARKED.fill(s.lang, &[("n", &n)]), Role::Mark));
    }
    for (text, role) in pieces {
        // Beside the number a rule of a few columns should be left.
        if text.width() + 8 < row.left() {
            row.put(&s.glyphs.dot(), Role::Muted).put(&text, role);
        }
    }
    let mut right = Vec::new();
    if list.more_urgent() > 0 {
        let n = format::number(s.lang, list.more_urgent().into());
        right.push((say::MORE_URGENT.fill(s.lang, &[("n", &n)]), Role::Risk));
        right.push((Shown::blank(1), Role::Risk));
        right.push((s.glyphs.up(), Role::Risk));
        right.push((Shown::blank(1), Role::Risk));
    }
    s.rule(&mut row, focused, &right);
}

/// Selection, mark, time left, sign: how each row begins.
fn start(s: &Scene<'_>, row: &mut Row<'_, '_>, queue: Queue, line: &Line) {
    let list = s.m.list(queue);
    let id = line.conversation.id;
    let selected = list.selected() == Some(id) && s.m.home() == queue;
    let gutter = if selected { s.glyphs.sign(Sign::Selected) } else { Shown::blank(1) };
    row.put(&gutter, Role::Gutter);
    let (mark, role) = if s.m.waiting(id).is_some() {
        (s.glyphs.sign(Sign::Waiting), Role::Waiting)
    } else if list.marks().contains(&id) {
        (s.glyphs.sign(Sign::Marked), Role::Mark)
    } else {
        (Shown::blank(1), Role::Mark)
    };
    row.put(&mark, role);
    let (time, sign, role) = if line.ghost.is_some() {
        (Shown::default(), Shown::blank(2), Role::Ghost)
    } else {
        urgency(s, &line.conversation)
    };
    row.cell(&time, format::COUNTDOWN_COLUMNS, Align::Right, role).skip(1).put(&sign, role).skip(1);
}

/// Time left, sign and role of a conversation.
pub fn urgency(s: &Scene<'_>, c: &Conversation) -> (Shown, Shown, Role) {
    let none = Shown::blank(2);
    if let State::Snoozed { until } = c.state {
        return (s.countdown(until), none, Role::Muted);
    }
    let Some(due) = c.urgent_by() else { return (Shown::default(), none, Role::Muted) };
    let window = c.is_window_first();
    if c.state != State::Open {
        // Its clock stands still: what is left of it is shown, and does not run down.
        let left = c.timer.as_ref().filter(|_| !window).and_then(|t| Some(t.due - t.paused?));
        let left = left.map_or_else(|| s.countdown(due), |left| format::countdown(left.0));
        return (left, none, Role::Muted);
    }
    let left = due - s.now;
    let risk = c.is_at_risk(s.now) || (window && left.0 < WINDOW_RISK);
    let sign = match (due <= s.now, window, risk) {
        (true, ..) => s.glyphs.sign(Sign::Late),
        (_, true, _) => s.glyphs.sign(Sign::Window),
        (_, _, true) => s.glyphs.sign(Sign::Risk),
        _ => none,
    };
    let role = match (due <= s.now, risk) {
        (true, _) => Role::Late,
        (_, true) => Role::Risk,
        _ => Role::Text,
    };
    (s.countdown(due), sign, role)
}

/// Who is on it, behind the sign that a lead is to look at it.
fn who(s: &Scene<'_>, c: &Conversation) -> (Shown, Role) {
    let (name, role) = on_it(s, c);
    if c.escalated.is_none() {
        return (name, role);
    }
    let mut text = s.glyphs.sign(Sign::Escalated);
    text.push(&name);
    (text, if name.is_empty() { Role::Late } else { role })
}

/// Whoever answers it now, works on it, looks at it, or has it as a job.
fn on_it(s: &Scene<'_>, c: &Conversation) -> (Shown, Role) {
    let me = s.m.me();
    let named = |name: &crate::domain::OperatorName| {
        if Some(name) == me {
            (say::MINE.say(s.lang), Role::Mine)
        } else {
            (Shown::line(&name.0), Role::Others)
        }
    };
    if let Some((by, true)) = s.m.others_on(c.id).first() {
        let mut text = s.glyphs.sign(Sign::Claimed);
        text.push(&Shown::line(&by.0));
        return (text, Role::Others);
    }
    if let Some(claim) = &c.claim {
        let (name, role) = named(&claim.operator);
        let mut text = s.glyphs.sign(Sign::Claimed);
        text.push(&name);
        return (text, role);
    }
    match &c.assignee {
        Some(name) => named(name),
        None => (Shown::default(), Role::Muted),
    }
}

fn likes(s: &Scene<'_>, c: &Conversation) -> Shown {
    match c.speaks_of().map_or(0, |h| h.likes) {
        0 => Shown::default(),
        n => {
            let mut text = s.glyphs.heart();
            text.push(&format::number(s.lang, n.into()));
            text
        }
    }
}

/// What a row is called by: its policy's tag, else what it is.
pub fn tag_name(c: &Conversation) -> &str {
    match c.class() {
        _ if !c.tag.is_empty() => &c.tag,
        Some(class) if class.severity == Severity::Severe => Severity::Severe.name(),
        Some(class) if class.intent != Intent::Other => class.intent.name(),
        _ => "",
    }
}

/// The word for it, in the operator's language where it is a word of the desk and no policy's own;
/// with a question mark when the desk is not sure.
pub fn tag(s: &Scene<'_>, c: &Conversation) -> Shown {
    if !c.tag.is_empty() {
        return match (Severity::named(&c.tag), Intent::named(&c.tag)) {
            (Some(severity), _) => severity.say(s.lang),
            (None, Some(intent)) => intent.say(s.lang),
            (None, None) => Shown::line(&c.tag),
        };
    }
    let Some(class) = c.class().filter(|_| !tag_name(c).is_empty()) else {
        return Shown::default();
    };
    let mut word = match class.severity {
        Severity::Severe => class.severity.say(s.lang),
        _ => class.intent.say(s.lang),
    };
    if class.is_unsure() {
        word.push(&Shown::line("?"));
    }
    word
}

fn tag_style(c: &Canvas<'_>, line: &Line) -> Style {
    if line.ghost.is_some() {
        c.style(Role::Ghost)
    } else {
        c.theme.tag(tag_name(&line.conversation))
    }
}

fn author(s: &Scene<'_>, c: &Conversation) -> Shown {
    let name = c.speaks_of().map(|h| Shown::line(&h.author.name)).unwrap_or_default();
    if name.is_empty() { say::NO_NAME.say(s.lang) } else { name }
}

/// What the row says: the text of its oldest unanswered message, or what became of it.
fn words(s: &Scene<'_>, line: &Line) -> (Shown, Role) {
    if let Some(ghost) = &line.ghost {
        let mut text = s.glyphs.gone();
        text.push(&Shown::blank(1));
        text.push(&gone_text(ghost.gone.as_ref(), s.lang));
        return (text, Role::Ghost);
    }
    let c = &line.conversation;
    let of = c.speaks_of().map(|h| Shown::line(&h.excerpt));
    // Without a customer's word it is what we published.
    let text = of.unwrap_or_else(|| match c.erased {
        Some(_) => privacy::ERASED.say(s.lang),
        None => say::POST_MARK.say(s.lang),
    });
    let role = if c.head.is_some() { Role::Text } else { Role::Muted };
    (text, role)
}

/// The role, unless the line is a ghost.
fn alive(line: &Line, role: Role) -> Role {
    if line.ghost.is_some() { Role::Ghost } else { role }
}

fn one_row(s: &Scene<'_>, c: &mut Canvas<'_>, queue: Queue, line: &Line, body: Area, at: usize) {
    let columns = Columns::of(body.w);
    let conversation = &line.conversation;
    let tag = tag_style(c, line);
    let mut row = c.row(body, at);
    start(s, &mut row, queue, line);
    let channel = s.m.channel_title(&conversation.channel);
    row.cell(&channel, columns.channel, Align::Left, alive(line, Role::Text)).skip(1);
    if columns.tag > 0 {
        row.cell_in(&self::tag(s, conversation), columns.tag, Align::Left, tag).skip(1);
    }
    let hearts = likes(s, conversation);
    let (mut who, mut role) = who(s, conversation);
    if columns.likes > 0 {
        row.cell(&hearts, columns.likes, Align::Right, alive(line, Role::Text)).skip(1);
    } else if who.is_empty() {
        // One column for both: that somebody is on it says more than likes.
        (who, role) = (hearts, Role::Text);
    }
    row.cell(&who, columns.who, Align::Left, alive(line, role)).skip(1);
    let name = author(s, conversation);
    row.cell(&name, columns.author, Align::Left, alive(line, Role::Text)).skip(1);
    let (text, role) = words(s, line);
    row.put(&text, role);
}

fn two_rows(s: &Scene<'_>, c: &mut Canvas<'_>, queue: Queue, line: &Line, body: Area, at: usize) {
    let conversation = &line.conversation;
    let tag = tag_style(c, line);
    let mut row = c.row(body, at);
    start(s, &mut row, queue, line);
    row.put(&s.m.channel_title(&conversation.channel), alive(line, Role::Muted)).skip(1);
    let word = self::tag(s, conversation);
    if !word.is_empty() {
        row.put_in(&word, tag).skip(1);
    }
    let (who, role) = who(s, conversation);
    if !who.is_empty() {
        row.put(&who, alive(line, role)).skip(1);
    }
    let hearts = likes(s, conversation);
    if !hearts.is_empty() {
        row.put(&hearts, alive(line, Role::Muted)).skip(1);
    }
    row.put(&author(s, conversation), alive(line, Role::Muted));
    let (text, role) = words(s, line);
    let selected = s.m.list(queue).selected() == Some(conversation.id) && s.m.home() == queue;
    let mut row = c.row(body, at + 1);
    let gutter = if selected { s.glyphs.sign(Sign::Selected) } else { Shown::blank(1) };
    row.put(&gutter, Role::Gutter).skip(2).put(&text, role);
}
