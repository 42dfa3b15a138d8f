//! What the daemon says: answers, news, and the link itself coming and going.

use super::composer::Kind;
use super::going::Going;
use super::model::{Asked, InView, Link, Model};
use super::notices::Tone;
use super::{
    Effect, act, alerts, bulk, by_hand, canned, charts, explain, finds, links, lint, pick, play,
    posts, service, suggest, views, write,
};
use crate::domain::journal::Became;
use crate::domain::outbox::Hold;
use crate::domain::{ChannelId, ConversationId, Name, OperatorName, OutKind, Time};
use crate::text::catalogue::work;
use crate::text::catalogue::{cockpit as say, privacy};
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::message::{
    Answer, Detail, Done, Notice, Push, SinceLeft, ToClient, Turned, Welcome,
};
use chrono_tz::Tz;

/// The link stands: everything that was watched is asked for again.
pub(super) fn linked(model: &mut Model, welcome: Welcome, now: Time, effects: &mut Vec<Effect>) {
    let first = model.welcome.is_none();
    // `Hello` had to name the zone; one that is unknown here leaves the operator's own.
    if let Some(zone) = welcome.zone.as_ref().and_then(|z| z.parse().ok()) {
        model.zone = zone;
    }
    if let Some(since) = welcome.since.as_ref().filter(|_| first) {
        say_since(model, since, now);
    }
    if !first && model.link != Link::Up {
        act::tell(model, Tone::Info, say::LINK_BACK, now);
    }
    model.link = Link::Up;
    lint::rules_came(model, (*welcome.lint).clone());
    model.welcome = Some(welcome);
    (model.viewing, model.watching) = (None, false);
    model.posts.forget_asked();
    model.board.forget_asked();
    model.charts.forget_asked();
    model.alerts.forget_asked();
    for list in &mut model.lists {
        list.forget_asked();
    }
    model.break_thread();
    write::hand_in(model, effects);
    bulk::ask_macros(model, effects);
}

/// The link is lost: the last screen stays, what was not confirmed is said.
pub(super) fn lost(model: &mut Model, why: Shown, retry_at: Option<Time>, now: Time) {
    let since = match &model.link {
        Link::Lost { since, .. } => *since,
        _ => now,
    };
    model.link = Link::Lost { why, retry_at, since };
    let open = std::mem::take(&mut model.asked);
    let unsure = open.values().find_map(|a| match a {
        Asked::Do { name, ids } => Some((*name, ids.first().copied())),
        Asked::PlayClaim(id) => Some((Name::Claim, Some(*id))),
        Asked::Post(of) => of.verb().map(|verb| (Name::Post(verb), None)),
        _ => None,
    });
    if let Some((name, id)) = unsure {
        let verb = verb_done(name).say(model.settings.lang);
        let text = say::NOT_CONFIRMED.fill(model.settings.lang, &[("what", &verb)]);
        model.notices.say(Tone::Bad, text, id, now);
    }
    for asked in open.values() {
        if let Asked::Draft(id) = asked {
            model.drafts.unsure(*id);
        }
    }
    write::unknown(model, now);
    model.posts.unsure();
    finds::let_go(model);
    (model.play, model.marking) = (None, None);
}

/// A frame from the daemon.
pub(super) fn heard(model: &mut Model, message: ToClient, now: Time, effects: &mut Vec<Effect>) {
    match message {
        ToClient::Welcome(welcome) => linked(model, welcome, now, effects),
        ToClient::Refused(turned) => {
            let why = turned_text(&turned, model.settings.lang);
            lost(model, why, None, now);
        }
        ToClient::Answer { number, answer } => {
            if let Some(asked) = model.asked.remove(&number) {
                answered(model, number, asked, *answer, now, effects);
            }
        }
        ToClient::Push(push) => pushed(model, *push, now, effects),
    }
}

fn pushed(model: &mut Model, push: Push, now: Time, effects: &mut Vec<Effect>) {
    match push {
        Push::Window(window) => model.list_mut(window.queue).apply(window, now),
        Push::Desk(desk) => {
            // What helps an answer on its way depends on its channel.
            let same = model.desk.channels == desk.channels;
            model.desk = desk;
            if !same {
                model.break_thread();
            }
        }
        Push::Kpis(kpis) => model.kpis = kpis,
        Push::Slots(mut slots) => {
            slots.sort_by_key(|s| s.at);
            model.today = slots;
            model.posts.outdated();
        }
        Push::Detail(detail) => detail_came(model, detail, now),
        Push::Channels(channels) => model.channels = channels,
        Push::Calendar(calendar) => {
            model.calendar = Some(calendar);
            model.posts.outdated();
        }
        Push::Board(board) => charts::board_came(model, board),
        Push::Book(book) => charts::book_came(model, book),
        Push::Forecast(outlook) => model.outlook = Some(outlook),
        Push::Lint(policy) => lint::rules_came(model, *policy),
        Push::Notices(notices) => {
            for notice in notices {
                noticed(model, notice, now, effects);
            }
        }
    }
}

fn detail_came(model: &mut Model, detail: Detail, now: Time) {
    let id = detail.conversation.id;
    if model.viewing.is_some_and(|(wanted, _)| wanted != Some(id)) {
        return;
    }
    let before = model.in_view.detail.as_ref().map(|d| (d.conversation.id, d.messages.len()));
    let (draft, seen) = (detail.draft.clone(), detail.draft_seen);
    let messages = detail.conversation.messages;
    if model.open == Some(id) {
        model.home = detail.conversation.queue;
    }
    let new_lines = detail.messages.len();
    model.in_view.detail = Some(detail);
    write::draft_came(model, id, (draft.as_deref(), seen), messages, now);
    model.lay_out();
    let old = model.in_view.lines.len();
    model.break_thread();
    if before.is_none_or(|(shown, _)| shown != id) {
        model.thread_to_head();
    } else if model.in_view.up > 0 && before.is_some_and(|(_, n)| n != new_lines) {
        // Reading further up: what is on screen stays there.
        model.in_view.up += model.in_view.lines.len().saturating_sub(old);
    }
}

fn answered(
    model: &mut Model,
    number: u64,
    asked: Asked,
    answer: Answer,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    let lang = model.settings.lang;
    if write::answered(model, number, &answer, now, effects) {
        return;
    }
    match (asked, answer) {
        (Asked::Post(of), answer) => posts::answered(model, of, answer, now, effects),
        (Asked::Do { name, ids }, Answer::Done(done)) => {
            posts::happened(model, &done, now);
            alerts::happened(model, &done, now);
            say_done(model, &done, now);
            note_going(model, &done);
            let came_back = done.taken_back && done.name == Name::Reply && name == Name::Undo;
            if came_back || (done.name == Name::TakeBack && !done.taken_back) {
                go_on_with(model, &done.ids, now);
            }
            let me = model.me().cloned();
            for list in &mut model.lists {
                for id in &done.ids {
                    if let Some(me) = me.clone().filter(|_| !done.taken_back) {
                        list.note_gone(*id, done.name, me, now);
                    }
                }
                // The marks did their work; those that were refused stay for another try.
                if list.marks().iter().any(|id| ids.contains(id)) {
                    list.unmark(&done.ids);
                }
            }
            if act::moves_on(done.name) && !done.taken_back {
                play::done(model, &done.ids, effects);
            }
        }
        (Asked::PlayClaim(id), Answer::Done(done)) if done.ids.contains(&id) => {
            play::claimed(model, id, now);
        }
        (Asked::PlayClaim(_), Answer::Done(_) | Answer::Refused(_)) => {
            play::claim_next(model, now, effects);
        }
        (Asked::PlayList, Answer::Listed(rows, _)) => play::listed(model, rows, now, effects),
        (Asked::PlayList, _) => play::listed(model, Vec::new(), now, effects),
        (Asked::MarkAll, Answer::Listed(rows, more)) => marked(model, rows, more, now, effects),
        (Asked::MarkAll, Answer::Refused(refusal)) => {
            model.marking = None;
            model.notices.say(Tone::Bad, refusal.say(lang), None, now);
        }
        (Asked::Do { ids, .. }, Answer::Refused(refusal)) => {
            model.notices.say(Tone::Bad, refusal.say(lang), ids.first().copied(), now);
        }
        (Asked::Go, Answer::Shown(detail)) => {
            let id = detail.conversation.id;
            model.in_view = InView { detail: Some(*detail), ..InView::default() };
            model.break_thread();
            act::open(model, id);
        }
        (Asked::Go, Answer::Refused(refusal)) => {
            model.notices.say(Tone::Bad, refusal.say(lang), None, now);
        }
        (Asked::Figures(of), Answer::Service(report)) => {
            service::figures_came(model, of, Ok(report));
        }
        (Asked::Figures(of), Answer::Refused(why)) => {
            service::figures_came(model, of, Err(why.say(lang)));
        }
        (Asked::Forecast, Answer::Forecast(outlook)) => service::forecast_came(model, Ok(outlook)),
        (Asked::Forecast, Answer::Refused(why)) => {
            service::forecast_came(model, Err(why.say(lang)));
        }
        (Asked::Line(of), Answer::Line(line)) => charts::line_came(model, of, Ok(line)),
        (Asked::Line(of), Answer::Refused(why)) => {
            charts::line_came(model, of, Err(why.say(lang)));
        }
        (Asked::TopPosts(of), Answer::TopPosts(posts)) => charts::posts_came(model, of, Ok(posts)),
        (Asked::TopPosts(of), Answer::Refused(why)) => {
            charts::posts_came(model, of, Err(why.say(lang)));
        }
        (Asked::Alerts { all }, Answer::Alerts(told)) => alerts::came(model, all, Ok(told)),
        (Asked::Alerts { all }, Answer::Refused(why)) => {
            alerts::came(model, all, Err(why.say(lang)));
        }
        (Asked::AlertBook, Answer::Book(book)) => alerts::book_came(model, *book),
        (Asked::Macros, Answer::Macros(macros)) => bulk::macros_came(model, macros, now),
        (Asked::List, Answer::Past(past)) => pick::past_came(model, &past, now),
        (Asked::List, Answer::Topics(rows)) => pick::topics_came(model, &rows, now),
        (Asked::Links { open }, Answer::Shown(detail)) => {
            links::came(model, &detail, open, now, effects);
        }
        (Asked::List | Asked::Links { .. }, Answer::Refused(refusal)) => {
            model.notices.say(Tone::Warn, refusal.say(lang), None, now);
        }
        (Asked::Suggest(id), Answer::Suggested(texts)) => suggest::came(model, id, texts, now),
        (Asked::Explain(_), Answer::Explained(told)) => explain::came(model, *told),
        (Asked::Explain(id), Answer::Refused(refusal)) => {
            explain::failed(model, id);
            model.notices.say(Tone::Warn, refusal.say(lang), Some(id), now);
        }
        (Asked::Suggest(id), Answer::Refused(refusal)) => {
            model.notices.say(Tone::Warn, refusal.say(lang), Some(id), now);
        }
        (Asked::Views, Answer::Views(shared)) => views::came(model, shared),
        (Asked::Search { query, more }, Answer::Found(found)) => {
            finds::came(model, query, *found, more, now, effects);
        }
        (Asked::Views | Asked::Search { .. }, Answer::Refused(refusal)) => {
            finds::let_go(model);
            model.notices.say(Tone::Bad, refusal.say(lang), None, now);
        }
        (Asked::Responses, Answer::Responses(all, wrong)) => {
            canned::came(model, all, &wrong, now);
        }
        (Asked::Draft(_), answer) => {
            write::saved(model, number);
            if let Answer::Refused(refusal) = answer {
                model.notices.say(Tone::Warn, refusal.say(lang), None, now);
            }
        }
        (Asked::Quietly | Asked::Responses, Answer::Refused(refusal)) => {
            model.notices.say(Tone::Warn, refusal.say(lang), None, now);
        }
        (Asked::CopyReply, Answer::Shown(detail)) => by_hand::copy(model, &detail, now, effects),
        (Asked::Paste { queue, channel, root }, Answer::Ingested(done)) => {
            by_hand::came_in(model, &done, (queue, channel, root), now, effects);
        }
        (Asked::Pasted { root }, Answer::Listed(rows, _)) => by_hand::found(model, &root, &rows),
        (Asked::Paste { .. } | Asked::CopyReply, Answer::Refused(refusal)) => {
            model.notices.say(Tone::Bad, refusal.say(lang), None, now);
        }
        _ => {}
    }
}

/// What was sent and can still be taken back is counted down.
fn note_going(model: &mut Model, done: &Done) {
    if let Some(at) = done.goes_at {
        model.going = Some(Going { at, ids: done.ids.clone(), is_last: true });
    } else if let Some(going) = &mut model.going {
        going.is_last = false;
        if done.ids.iter().any(|id| going.ids.contains(id))
            && matches!(done.name, Name::Reply | Name::Macro | Name::TakeBack)
        {
            model.going = None;
        }
    }
}

/// An answer that was taken back is gone on with, where nothing else is being done.
fn go_on_with(model: &mut Model, ids: &[ConversationId], now: Time) {
    if let ([id], true, None) = (ids, model.layers.is_empty(), &model.play) {
        write::open(model, vec![*id], Kind::Reply, now);
    }
}

/// A page of all that match came.
fn marked(
    model: &mut Model,
    rows: Vec<crate::wire::message::Row>,
    more: Option<crate::domain::OrderKey>,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    // Stopped meanwhile.
    let Some(marking) = &mut model.marking else { return };
    let room = crate::domain::Command::MOST - marking.ids.len();
    let full = rows.len() > room || (rows.len() == room && more.is_some());
    marking.ids.extend(rows.iter().take(room).map(|r| r.conversation.id));
    let queue = marking.queue;
    if let Some(after) = more.filter(|_| !full) {
        return act::ask_page(model, queue, Some(after), effects);
    }
    let ids = std::mem::take(&mut marking.ids);
    model.marking = None;
    let n = format::number(model.settings.lang, ids.len() as u64);
    let text = if full { say::MARKED_FIRST } else { say::MARKED };
    let tone = if full { Tone::Warn } else { Tone::Done };
    model.notices.say(tone, text.fill(model.settings.lang, &[("n", &n)]), None, now);
    model.list_mut(queue).mark_all(ids);
}

fn noticed(model: &mut Model, notice: Notice, now: Time, effects: &mut Vec<Effect>) {
    if matches!(notice, Notice::Post(_)) {
        // Those without a time are in no slot that would be pushed.
        model.posts.outdated();
    }
    if let Notice::Gone { id, name, by } = notice {
        for list in &mut model.lists {
            list.note_gone(id, name, by.clone(), now);
        }
        return;
    }
    let rings = matches!(
        notice,
        Notice::Escalated { .. }
            | Notice::ForLead { .. }
            | Notice::Breached { .. }
            | Notice::Alert(_)
            | Notice::Came(_)
    );
    if rings && model.settings.bell {
        effects.push(Effect::Bell);
    }
    if let Notice::Alert(raised) = &notice {
        let named = |id: &ChannelId| model.channel_title(id);
        let text = alerts::said::raised(raised, &named, model.settings.lang);
        if model.settings.tell {
            effects.push(Effect::Tell(text.clone()));
        }
        return model.notices.say(Tone::Warn, text, None, now);
    }
    let Some((tone, text, id)) = notice_said(notice, model.settings.lang, model.zone) else {
        return;
    };
    if model.settings.tell {
        effects.push(Effect::Tell(text.clone()));
    }
    model.notices.say(tone, text, id, now);
}

/// How loud a notice is, its sentence, and what it is about; `None` for a row that left, which is
/// shown where it was.
pub fn notice_said(
    notice: Notice,
    lang: Lang,
    zone: Tz,
) -> Option<(Tone, Shown, Option<ConversationId>)> {
    let shown = |name: &OperatorName| Shown::line(&name.0);
    let (tone, text, id) = match notice {
        Notice::Gone { .. } => return None,
        Notice::Came(came) => {
            let said = match came.is_new {
                true => privacy::NEW_OPERATOR,
                false => privacy::NEW_HOST,
            };
            let host = match came.host.as_str() {
                "" => privacy::NO_HOST.say(lang),
                host => Shown::line(host),
            };
            let who = shown(&came.operator);
            return Some((Tone::Warn, said.fill(lang, &[("who", &who), ("host", &host)]), None));
        }
        Notice::Post(notice) => {
            let (tone, text) = posts::told(&notice, lang);
            return Some((tone, text, None));
        }
        Notice::Alert(raised) => {
            let named = |id: &ChannelId| Shown::line(&id.0);
            return Some((Tone::Warn, alerts::said::raised(&raised, &named, lang), None));
        }
        Notice::Assigned { id, by } => {
            (Tone::Warn, say::ASSIGNED_YOU.fill(lang, &[("by", &shown(&by)), ("id", &id)]), id)
        }
        Notice::Escalated { id, by } => {
            (Tone::Warn, work::ESCALATED_TO_YOU.fill(lang, &[("by", &shown(&by)), ("id", &id)]), id)
        }
        Notice::ForLead { count, id } => {
            let text = match count {
                1 => work::FOR_LEAD_ONE.fill(lang, &[("id", &id)]),
                _ => work::FOR_LEAD.fill(lang, &[("n", &count), ("id", &id)]),
            };
            (Tone::Warn, text, id)
        }
        Notice::Mentioned { id, by } => {
            (Tone::Warn, say::MENTIONED_YOU.fill(lang, &[("by", &shown(&by)), ("id", &id)]), id)
        }
        Notice::Overtaken { id } => (Tone::Warn, say::OVERTAKEN.fill(lang, &[("id", &id)]), id),
        Notice::ClaimLost { id, by: Some(by) } => {
            let values: [(&str, &dyn std::fmt::Display); 2] = [("by", &shown(&by)), ("id", &id)];
            (Tone::Warn, say::CLAIM_TAKEN.fill(lang, &values), id)
        }
        Notice::ClaimLost { id, by: None } => {
            (Tone::Warn, say::CLAIM_IDLE.fill(lang, &[("id", &id)]), id)
        }
        Notice::Unsent { id, what, became, why } => {
            let msg = match (what, became) {
                (OutKind::Reply, Became::Unconfirmed) => say::UNCONFIRMED_IN,
                (OutKind::Reply, _) => say::NOT_SENT_IN,
                (_, Became::Unconfirmed) => say::REQUEST_UNCONFIRMED_IN,
                (_, _) => say::NOT_DONE_IN,
            };
            (Tone::Bad, msg.fill(lang, &[("id", &id), ("why", &why)]), id)
        }
        Notice::Held { id, why: Hold::Overtaken { new } } => {
            (Tone::Warn, say::HELD_NEW.fill(lang, &[("id", &id), ("n", &new)]), id)
        }
        Notice::Held { id, why: Hold::Waited { since } } => {
            let since = format::clock(&since.to_utc().with_timezone(&zone));
            (Tone::Warn, say::HELD_WAITED.fill(lang, &[("id", &id), ("time", &since)]), id)
        }
        Notice::Breached { count, id, target } => {
            let text = match count {
                1 => {
                    let target =
                        target.map(|t| explain::target_name(t).say(lang)).unwrap_or_default();
                    say::BREACHED_ONE.fill(lang, &[("id", &id), ("target", &target)])
                }
                _ => say::BREACHED.fill(lang, &[("n", &count), ("id", &id)]),
            };
            (Tone::Warn, text, id)
        }
    };
    Some((tone, text, Some(id)))
}

pub(super) fn say_done(model: &mut Model, done: &Done, now: Time) {
    let lang = model.settings.lang;
    let what = verb_done(done.name).say(lang);
    let first = done.ids.first().copied();
    if let (Some(id), false) = (first, done.name == Name::Note && done.refused.is_empty()) {
        let one = done.ids.len() == 1;
        let msg = match (done.taken_back, one) {
            (true, true) => say::TAKEN_BACK_ONE,
            (true, false) => say::TAKEN_BACK,
            (false, true) => say::DONE_ONE,
            (false, false) => say::DONE_MANY,
        };
        let n = format::number(lang, done.ids.len() as u64);
        let text = msg.fill(lang, &[("what", &what), ("n", &n), ("id", &id)]);
        model.notices.say(Tone::Done, text, first.filter(|_| !done.taken_back), now);
    }
    if let Some(refusal) = done.refused.first() {
        let n = format::number(lang, done.refused.len() as u64);
        let why = refusal.say(lang);
        let text = match done.refused.len() {
            1 => why,
            _ => say::LEFT_ALONE.fill(lang, &[("n", &n), ("why", &why)]),
        };
        model.notices.say(Tone::Warn, text, None, now);
    }
}

fn say_since(model: &mut Model, since: &SinceLeft, now: Time) {
    let actions: u64 = since.actions.iter().map(|(_, _, n)| n).sum();
    if since.arrived == 0 && actions == 0 && since.assigned.is_empty() {
        return;
    }
    let lang = model.settings.lang;
    let left = since.left.to_utc().with_timezone(&model.zone);
    let today = now.to_utc().with_timezone(&model.zone);
    let values: [(&str, &dyn std::fmt::Display); 4] = [
        ("when", &format::moment(lang, &left, &today)),
        ("arrived", &format::number(lang, since.arrived)),
        ("actions", &format::number(lang, actions)),
        ("assigned", &since.assigned.len()),
    ];
    let about = since.assigned.first().copied();
    model.notices.say(Tone::Warn, say::SINCE_LEFT.fill(lang, &values), about, now);
}

/// What a ghost says.
pub fn gone_text(gone: Option<&(Name, OperatorName)>, lang: Lang) -> Shown {
    match gone {
        Some((name, by)) => {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("what", &verb_done(*name).say(lang)), ("by", &Shown::line(&by.0))];
            say::GONE_BY.fill(lang, &values)
        }
        None => say::GONE.say(lang),
    }
}

/// What a command is called once it is done.
pub fn verb_done(name: Name) -> Msg {
    match name {
        Name::Claim => say::DID_CLAIM,
        Name::Release => say::DID_RELEASE,
        Name::Assign => say::DID_ASSIGN,
        Name::Snooze => say::DID_SNOOZE,
        Name::Pending => say::DID_PENDING,
        Name::Hold => say::DID_HOLD,
        Name::Resolve => say::DID_RESOLVE,
        Name::Reopen => say::DID_REOPEN,
        Name::Label => say::DID_LABEL,
        Name::Unlabel => say::DID_UNLABEL,
        Name::Note => say::DID_NOTE,
        Name::Reply => say::DID_REPLY,
        Name::Classify => say::DID_CLASSIFY,
        Name::Escalate => work::DID_ESCALATE,
        Name::Deescalate => work::DID_DEESCALATE,
        Name::Macro => work::DID_MACRO,
        Name::Topic => work::DID_TOPIC,
        Name::Untopic => work::DID_UNTOPIC,
        Name::Like => say::DID_LIKE,
        Name::Unlike => say::DID_UNLIKE,
        Name::Hide => say::DID_HIDE,
        Name::Unhide => say::DID_UNHIDE,
        Name::Delete => say::DID_DELETE,
        Name::Block => say::DID_BLOCK,
        Name::Unblock => say::DID_UNBLOCK,
        Name::MarkSent => say::DID_MARK_SENT,
        Name::SendAgain => say::DID_SEND_AGAIN,
        Name::TakeBack => say::DID_TAKE_BACK,
        Name::Post(verb) => posts::done(verb),
        Name::Library(verb) => verb.done(),
        Name::Alert(verb) => verb.done(),
        Name::Undo => say::DID_UNDO,
        Name::Redo => say::DID_REDO,
    }
}

fn turned_text(turned: &Turned, lang: Lang) -> Shown {
    match turned {
        Turned::Version(theirs) => say::TURNED_VERSION.fill(lang, &[("theirs", theirs)]),
        Turned::NotAllowed(who) => {
            say::TURNED_NOT_ALLOWED.fill(lang, &[("who", &Shown::line(who))])
        }
        Turned::NoRole(who) => say::TURNED_NOT_ALLOWED.fill(lang, &[("who", who)]),
        Turned::Ending => say::TURNED_ENDING.say(lang),
        Turned::Full => say::TURNED_FULL.say(lang),
    }
}

/// A conversation's number as it is typed and shown.
pub fn numbered(id: ConversationId) -> Shown {
    Shown::line(&format!("#{id}"))
}
