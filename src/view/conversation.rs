//! The conversation in view: who and where, what its clock says, the thread.

use super::frame::Scene;
use super::pen::{Canvas, Row};
use super::queue::{tag, tag_name, urgency};
use super::theme::Role;
use crate::app::explain::target_name;
use crate::app::layout::Area;
use crate::app::link::numbered;
use crate::app::model::Focus;
use crate::app::thread::{Holds, Side, ThreadLine};
use crate::domain::archive::Month;
use crate::domain::history::{self, Brief};
use crate::domain::{Conversation, Span, State, Time};
use crate::text::catalogue::{archive, cockpit as say, sla, work};
use crate::text::{Shown, format};

/// Draws the conversation's pane.
pub fn draw(s: &Scene<'_>, c: &mut Canvas<'_>) {
    let area = s.m.screen().conversation;
    if area.is_empty() {
        return;
    }
    let focused = s.m.focus() == Focus::Conversation && s.m.composer().is_none();
    let Some(detail) = &s.m.in_view().detail else {
        let loading =
            s.m.focus() == Focus::Conversation || s.m.list(s.m.home()).selected().is_some();
        let msg = if loading { say::LOADING } else { say::NO_CONVERSATION };
        let mut row = s.title(c, area, &Shown::default(), focused);
        s.rule(&mut row, focused, &[]);
        c.row(area, 1).skip(3).put(&msg.say(s.lang), Role::Muted);
        return;
    };
    let (conversation, person) = (&detail.conversation, detail.person.as_ref());
    title(s, c, area, conversation, person, focused);
    let noted = conversation.escalated.as_ref().map(|e| e.note);
    let why = detail.messages.iter().find(|(seq, _)| Some(*seq) == noted);
    let why = why.map(|(_, m)| Shown::line(&m.text)).unwrap_or_default();
    let flags = (detail.draft.is_some(), detail.archived);
    clock(s, c, area, conversation, flags, &why);
    thread(s, c, area);
}

fn title(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    area: Area,
    conversation: &Conversation,
    brief: Option<&Brief>,
    focused: bool,
) {
    let name = conversation.speaks_of().map(|h| Shown::line(&h.author.name)).unwrap_or_default();
    let name = if name.is_empty() { say::NO_NAME.say(s.lang) } else { name };
    let name = name.truncate_with(usize::from(area.w / 3), s.ellipsis());
    let (word, tag_style) = (tag(s, conversation), c.theme.tag(tag_name(conversation)));
    let mut row = s.title(c, area, &name, focused);
    let dot = s.glyphs.dot();
    row.put(&dot, Role::Muted).put(&s.m.channel_title(&conversation.channel), Role::Channel);
    if !word.is_empty() {
        row.put(&dot, Role::Muted).put_in(&word, tag_style);
    }
    row.put(&dot, Role::Muted).put(&numbered(conversation.id), Role::Muted);
    if let Some((fact, role)) = brief.and_then(|p| person(s, p, conversation)) {
        // Who else is here has its place first.
        if fact.width() + 30 < row.left() {
            row.put(&dot, Role::Muted).put(&fact, role);
        }
    }
    let mut right = Vec::new();
    for (by, replying) in s.m.others_on(conversation.id).into_iter().take(2) {
        let msg = if replying { say::IS_REPLYING } else { say::IS_READING };
        let role = if replying { Role::Risk } else { Role::Others };
        right.push((msg.fill(s.lang, &[("by", &Shown::line(&by.0))]), role));
        right.push((Shown::blank(1), Role::Others));
    }
    // More of the thread is above or below.
    let (top, most) = scrolled(s);
    for (more, sign) in [(top > 0, s.glyphs.up()), (top < most, s.glyphs.down())] {
        if more {
            right.push((sign, Role::Muted));
        }
    }
    if top > 0 || top < most {
        right.push((Shown::blank(1), Role::Muted));
    }
    s.rule(&mut row, focused, &right);
}

/// What is worth knowing of the person at a glance.
fn person(s: &Scene<'_>, brief: &Brief, c: &Conversation) -> Option<(Shown, Role)> {
    let n = format::number(s.lang, brief.complaints.into());
    if brief.complaints > 1 {
        let own = history::is_complaint(c);
        let msg = if own { work::BRIEF_COMPLAINT } else { work::BRIEF_COMPLAINTS };
        return Some((msg.fill(s.lang, &[("n", &n)]), Role::Risk));
    }
    if brief.conversations < 2 {
        return None;
    }
    let n = format::number(s.lang, brief.conversations.into());
    if brief.more {
        return Some((work::BRIEF_REGULAR_MORE.fill(s.lang, &[("n", &n)]), Role::Muted));
    }
    let day = format::day(s.lang, &s.local(brief.first_seen?));
    let values: [(&str, &dyn std::fmt::Display); 2] = [("n", &n), ("day", &day)];
    Some((work::BRIEF_REGULAR.fill(s.lang, &values), Role::Muted))
}

/// Who escalated it, when and why.
fn escalated(s: &Scene<'_>, c: &Conversation, why: &Shown) -> Option<Shown> {
    let escalation = c.escalated.as_ref()?;
    let (by, when) = (Shown::line(&escalation.by.0), moment(s, escalation.at));
    Some(match why.is_empty() {
        false => {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("by", &by), ("when", &when), ("why", why)];
            work::ESCALATED_WHY.fill(s.lang, &values)
        }
        true => work::ESCALATED_BY.fill(s.lang, &[("by", &by), ("when", &when)]),
    })
}

/// The first line of the thread that is shown, and the last one that can be.
fn scrolled(s: &Scene<'_>) -> (usize, usize) {
    let view = s.m.in_view();
    let most = view.lines.len().saturating_sub(s.m.screen().thread_rows());
    (most - view.up.min(most), most)
}

/// The line below the title: state, people, labels, and the timer explained.
fn clock(
    s: &Scene<'_>,
    c: &mut Canvas<'_>,
    area: Area,
    conversation: &Conversation,
    (draft, archived): (bool, Option<Month>),
    why: &Shown,
) {
    let dot = s.glyphs.dot();
    let mut row = c.row(area, 1);
    row.skip(1);
    let mut first = true;
    let mut put = |row: &mut Row<'_, '_>, text: &Shown, role: Role| {
        // A dot with nothing behind it says nothing.
        if !std::mem::take(&mut first) {
            if row.left() <= dot.width() + 1 {
                return;
            }
            row.put(&dot, Role::Muted);
        }
        row.put(text, role);
    };
    if let Some(waiting) = s.m.waiting(conversation.id) {
        let mut text = s.glyphs.sign(crate::app::help::Sign::Waiting);
        text.push(&Shown::blank(1));
        text.push(&Shown::line(waiting.spec().verb));
        put(&mut row, &text, Role::Waiting);
    }
    if let Some(month) = &archived {
        put(&mut row, &archive::MARK.fill(s.lang, &[("month", month)]), Role::Accent);
    }
    // Nothing waits in what is archived.
    let due = if archived.is_some() { Vec::new() } else { due(s, conversation) };
    for (text, role) in due {
        put(&mut row, &text, role);
    }
    put(&mut row, &state(s, &conversation.state), Role::Text);
    let me = s.m.me();
    if let Some(claim) = &conversation.claim {
        let mine = Some(&claim.operator) == me;
        let by = if mine { say::MINE.say(s.lang) } else { Shown::line(&claim.operator.0) };
        let role = if mine { Role::Mine } else { Role::Others };
        put(&mut row, &say::CLAIMED_BY.fill(s.lang, &[("by", &by)]), role);
    }
    if let Some(to) = &conversation.assignee {
        let mine = Some(to) == me;
        let name = if mine { say::MINE.say(s.lang) } else { Shown::line(&to.0) };
        let role = if mine { Role::Mine } else { Role::Others };
        put(&mut row, &say::ASSIGNED_TO.fill(s.lang, &[("to", &name)]), role);
    }
    if draft && s.m.composer().is_none() {
        put(&mut row, &say::HAS_DRAFT.say(s.lang), Role::Accent);
    }
    if let Some(class) = conversation.class() {
        put(&mut row, &class.say(s.lang), Role::Text);
        let why = class.say_why(s.lang);
        if !why.is_empty() {
            put(&mut row, &why, Role::Muted);
        }
    }
    for label in &conversation.labels {
        put(&mut row, &Shown::line(label), Role::Accent);
    }
    // Its reason stands in the thread as well, so that it may be cut off here.
    if let Some(text) = escalated(s, conversation, why) {
        put(&mut row, &text, Role::Late);
    }
}

fn state(s: &Scene<'_>, state: &State) -> Shown {
    match state {
        State::Open => say::STATE_OPEN.say(s.lang),
        State::Pending => say::STATE_PENDING.say(s.lang),
        State::OnHold => say::STATE_ON_HOLD.say(s.lang),
        State::Snoozed { until } => {
            say::STATE_SNOOZED.fill(s.lang, &[("time", &moment(s, *until))])
        }
        State::Resolved => say::STATE_RESOLVED.say(s.lang),
    }
}

/// The timer explained, and the platform's window when it closes first.
fn due(s: &Scene<'_>, conversation: &Conversation) -> Vec<(Shown, Role)> {
    let mut pieces = Vec::new();
    if conversation.head.is_none() {
        pieces.push((say::ANSWERED.say(s.lang), Role::Ok));
    }
    let (_, _, role) = urgency(s, conversation);
    if let Some((timer, since)) = conversation.timer.as_ref().and_then(|t| Some((t, t.paused?))) {
        let left = format::duration(s.lang, (timer.due - since).0.max(0));
        let target = target_name(timer.target).say(s.lang);
        let text = sla::STANDS_STILL.fill(s.lang, &[("target", &target), ("left", &left)]);
        pieces.push((text, Role::Muted));
    } else if let Some(timer) = &conversation.timer {
        let late = timer.due <= s.now;
        // By the minute, as everything that counts down.
        let left = Span((timer.due.floor_minute() - s.now.floor_minute()).0.abs());
        let span = format::duration(s.lang, left.0.max(60_000));
        let left =
            if late { say::DUE_LATE } else { say::DUE_LEFT }.fill(s.lang, &[("span", &span)]);
        let target = target_name(timer.target);
        let values: [(&str, &dyn std::fmt::Display); 3] = [
            ("time", &moment(s, timer.due)),
            ("policy", &Shown::line(&timer.policy)),
            ("target", &target.say(s.lang)),
        ];
        let own = if late {
            Role::Late
        } else if conversation.is_at_risk(s.now) {
            Role::Risk
        } else {
            Role::Muted
        };
        pieces.push((left, own));
        pieces.push((say::DUE_BY.fill(s.lang, &values), Role::Muted));
    }
    if let Some(closes) = conversation.window_closes.filter(|_| conversation.is_window_first()) {
        let text = say::WINDOW_CLOSES.fill(s.lang, &[("time", &moment(s, closes))]);
        pieces.insert(0, (text, role));
    }
    if pieces.is_empty() {
        pieces.push((say::NO_DEADLINE.say(s.lang), Role::Muted));
    }
    pieces
}

fn moment(s: &Scene<'_>, t: Time) -> Shown {
    format::moment(s.lang, &s.local(t), &s.local(s.now))
}

fn thread(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area) {
    let (top, _) = scrolled(s);
    let rows = s.m.screen().thread_rows();
    for (at, line) in s.m.in_view().lines.iter().skip(top).take(rows).enumerate() {
        thread_line(s, c, area, at + 2, line);
    }
}

fn thread_line(s: &Scene<'_>, c: &mut Canvas<'_>, area: Area, at: usize, line: &ThreadLine) {
    let mut row = c.row(area, at);
    let (bar, role) = match line.side {
        Side::Customer if line.new => (s.glyphs.focus(), Role::Risk),
        Side::Customer => (Shown::blank(1), Role::Text),
        Side::Us => (s.glyphs.bar(), Role::Us),
        Side::Note => (s.glyphs.bar(), Role::Note),
    };
    row.skip(1);
    match &line.holds {
        Holds::Gap => {}
        Holds::Older(n) => {
            let n = format::number(s.lang, (*n).into());
            row.skip(2).put(&say::OLDER.fill(s.lang, &[("n", &n)]), Role::Muted);
        }
        Holds::Day(day) => {
            row.skip(2).put(day, Role::Muted);
        }
        Holds::Author { name, at, likes, about, waiting, page } => {
            let name_role = match line.side {
                Side::Customer => Role::Author,
                Side::Us => Role::Us,
                Side::Note => Role::Note,
            };
            let name = if name.is_empty() { say::NO_NAME.say(s.lang) } else { name.clone() };
            row.put(&bar, role).skip(1).put_link(at, page.as_ref(), Role::Muted);
            row.skip(2).put(&name, name_role);
            if *likes > 0 {
                let mut hearts = s.glyphs.heart();
                hearts.push(&format::number(s.lang, (*likes).into()));
                row.skip(2).put(&hearts, Role::Likes);
            }
            if let Some(about) = about {
                let role = if *waiting { Role::Risk } else { Role::Muted };
                row.skip(2).put(about, role);
            }
        }
        Holds::Text { line: text, gone } => {
            let text_role = if *gone { Role::Ghost } else { Role::Text };
            row.put(&bar, role).skip(1).put(text, text_role);
        }
        Holds::Attachment { line: text, target } => {
            row.put(&bar, role).skip(1).put_link(text, target.as_ref(), Role::Accent);
        }
        Holds::Known { line: text, loud } => {
            let text_role = if *loud { Role::Risk } else { Role::Hint };
            row.put(&bar, role).skip(1).put(text, text_role);
        }
    }
}
