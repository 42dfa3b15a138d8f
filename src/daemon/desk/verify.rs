//! Whether everything that was derived agrees with what it was derived from: indexes, counters,
//! timers and figures against conversations and messages, conversations against their messages.

mod archived;
mod posts;

use super::Setup;
use super::derived::{points, timers};
use super::group::read_messages;
use super::memory::{each, tally_of};
use super::records::{Facts, OwnAction, place};
use crate::domain::journal::{Entry, What};
use crate::domain::kpi::{self, Bucket, Metric, Resolution};
use crate::domain::outbox::Stage;
use crate::domain::service::{self, Cell, Served};
use crate::domain::{
    Author, ChannelId, Conversation, ConversationId, Delivery, Message, MessageKind, MessageRef,
    OutKind, OutPlace, Outgoing, Queue, Time, feedback, history, thread,
};
use crate::store::keys::{self, Parsed, Tally};
use crate::store::{Key, KeyRange, Read, Store, StoreError, records};
use std::collections::BTreeMap;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Conversations looked at.
    pub conversations: u64,
    /// Messages looked at.
    pub messages: u64,
    /// Archived conversations looked at.
    pub archived: u64,
    /// Bytes of the archive that nothing needs: lines that were left and are not blanked yet.
    pub left_in_archive: u64,
    /// What does not agree, at most [`Report::MOST`] of it.
    pub problems: Vec<String>,
}

impl Report {
    /// The most problems told of.
    pub const MOST: usize = 100;

    /// True when everything agrees.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Every record of a family, long ones too.
fn each_record<T: serde::de::DeserializeOwned>(
    store: &dyn Store,
    family: &KeyRange,
    mut take: impl FnMut(T),
) -> Result<(), StoreError> {
    const PAGE: usize = 200;
    let way = crate::store::Direction::Forward;
    let mut range = family.clone();
    loop {
        let page = records::page::<T>(store, &range, PAGE, way)?;
        let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
        page.rows.into_iter().for_each(|(_, record)| take(record));
        match last {
            Some(last) => range = range.after(&last, way),
            None => return Ok(()),
        }
    }
}

/// Checks the whole desk. Nobody may commit meanwhile. Reads everything once.
///
/// # Errors
/// When the store cannot be read.
pub fn verify(store: &dyn Store, setup: &Setup) -> Result<Report, StoreError> {
    verify_telling(store, setup, &mut |_, _| ())
}

/// The same; `done` hears now and then how many conversations of how many were looked at.
///
/// # Errors
/// As [`verify`].
pub fn verify_telling(
    store: &dyn Store,
    setup: &Setup,
    done: &mut dyn FnMut(u64, u64),
) -> Result<Report, StoreError> {
    let facts: Facts = records::get(store, &Facts::key())?.unwrap_or_default();
    let (report, sums) = (Report::default(), Sums::default());
    let mut check = Check { store, setup, done, facts, report, sums };
    check.conversations()?;
    check.archived()?;
    check.gather_posts()?;
    check.indexes()?;
    check.roots()?;
    check.counters()?;
    check.figures()?;
    check.served()?;
    check.journal()?;
    check.slots()?;
    check.posts()?;
    check.past_posts()?;
    Ok(check.report)
}

type Place = (Option<ChannelId>, Metric, Time);

/// What the conversations and messages add up to.
#[derive(Default)]
struct Sums {
    order: u64,
    timers: u64,
    claims: u64,
    known: u64,
    waiting: u64,
    received: u64,
    late: [u64; 2],
    last: u64,
    tallies: BTreeMap<Tally, i64>,
    figures: BTreeMap<Place, (i64, i64)>,
    served: BTreeMap<Cell, Served>,
    /// Rows of the outbox that posts want: where, and whether as an unconfirmed one.
    post_rows: BTreeMap<OutPlace, bool>,
    /// Slots that posts stand in.
    post_slots: u64,
    /// Platform ids under which posts are out.
    posts_out: u64,
}

struct Check<'a> {
    store: &'a dyn Store,
    setup: &'a Setup,
    done: &'a mut dyn FnMut(u64, u64),
    facts: Facts,
    report: Report,
    sums: Sums,
}

impl Check<'_> {
    fn problem(&mut self, what: impl FnOnce() -> String) {
        if self.report.problems.len() < Report::MOST {
            self.report.problems.push(what());
        }
    }

    fn must(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.problem(what);
        }
    }

    fn conversations(&mut self) -> Result<(), StoreError> {
        const PAGE: usize = 500;
        let way = crate::store::Direction::Forward;
        let mut range = keys::conversations();
        loop {
            let page = records::page::<Conversation>(self.store, &range, PAGE, way)?;
            let last = page.rows.last().map(|(key, _)| key.clone());
            for (key, c) in page.rows {
                self.must(key == keys::conversation(c.id), || {
                    format!("conversation {} lies under another's key", c.id)
                });
                self.conversation(&c)?;
            }
            (self.done)(self.report.conversations, self.facts.conversations);
            match last {
                Some(last) if page.more => range = range.after(&last, way),
                _ => return Ok(()),
            }
        }
    }

    fn conversation(&mut self, c: &Conversation) -> Result<(), StoreError> {
        self.report.conversations += 1;
        self.sums.last = self.sums.last.max(c.id.0);
        let messages = read_messages(self.store, c.id)?;
        self.derived(c, &messages);
        let mut wanted: Vec<(Key, &str)> = Vec::new();
        if let Some(key) = c.order_key() {
            self.sums.order += 1;
            wanted.push((keys::order(&key), "has no place in the order"));
        }
        for key in timers(c, self.facts.clock).into_iter().flatten() {
            self.sums.timers += 1;
            wanted.push((key, "lacks a timer"));
        }
        if let Some(claim) = &c.claim {
            self.sums.claims += 1;
            wanted.push((keys::claim(claim.session, c.id), "has a claim no session knows"));
        }
        for tag in c.labels.iter().filter_map(|label| feedback::tag(label)) {
            wanted.push((keys::feedback(tag, c.id), "has a feedback tag that is not counted"));
        }
        if self.facts.people_known {
            for (_, m) in messages.iter().filter(|(_, m)| m.kind == MessageKind::Inbound) {
                let who = history::known_as(&m.author);
                wanted.extend(who.map(|who| {
                    (keys::person(&c.channel, who, c.id), "is not told of for one who wrote in it")
                }));
            }
        }
        for (key, what) in wanted {
            let there = self.store.get(&key)?.is_some();
            self.must(there, || format!("conversation {} {what}", c.id));
        }
        self.sums.late[place(c.queue)] += u64::from(c.is_late(self.facts.clock));
        *self.sums.tallies.entry(tally_of(c)).or_default() += 1;
        for point in kpi::points(None, Some(c)) {
            self.count(&c.channel, &point);
        }
        for (seq, m) in &messages {
            self.message(c, MessageRef { conversation: c.id, seq: *seq }, m)?;
        }
        self.root(c)
    }

    /// Head, clock, times and the like must be what the messages make them.
    fn derived(&mut self, c: &Conversation, messages: &[(u32, Message)]) {
        let numbered = messages.iter().zip(0..).all(|((seq, _), n)| *seq == n);
        let all = numbered && messages.len() == c.messages as usize;
        self.must(all, || {
            format!("conversation {} has {} of its {} messages", c.id, messages.len(), c.messages)
        });
        // While deadlines are being reckoned anew, some are the old rules'.
        if self.facts.sweep.is_some() {
            return;
        }
        let mut anew = c.clone();
        let channel = self.setup.channels.iter().find(|known| known.id == c.channel);
        thread::recompute(&mut anew, messages, &self.setup.policies, channel);
        self.must(anew == *c, || {
            format!("conversation {} is not what its messages make it: {c:?}, {anew:?}", c.id)
        });
    }

    fn message(&mut self, c: &Conversation, at: MessageRef, m: &Message) -> Result<(), StoreError> {
        self.report.messages += 1;
        let name = format!("message {}/{}", at.conversation, at.seq);
        if !m.platform_id.is_empty() {
            self.sums.known += 1;
            let key = keys::known(&c.channel, &m.platform_id);
            let found: Option<MessageRef> = records::get(self.store, &key)?;
            self.must(found == Some(at), || format!("{name} is not found by its platform id"));
        }
        let place = OutPlace::message(c.channel.clone(), OutKind::Reply, at);
        let row: Option<Outgoing> = records::get(self.store, &keys::outgoing(&place))?;
        let fits = match (&m.delivery, row.map(|row| row.stage)) {
            _ if !m.is_in_outbox() => true,
            (Delivery::Waiting, Some(Stage::Queued { .. })) => true,
            (Delivery::Held(_), Some(Stage::Held { .. })) => true,
            (Delivery::Sending, Some(Stage::Attempted { .. } | Stage::Doubtful { .. })) => true,
            (Delivery::Unconfirmed(_), Some(Stage::Unconfirmed { .. })) => true,
            _ => false,
        };
        self.must(fits, || format!("{name} is {:?}, and the outbox says otherwise", m.delivery));
        self.sums.waiting += u64::from(m.is_in_outbox());
        self.sums.received += u64::from(m.operator.is_none());
        let is_empty =
            m.text.is_empty() && m.author == Author::default() && m.platform_id.is_empty();
        self.must(m.erased.is_none() || is_empty, || {
            format!("{name} was erased, and is not empty")
        });
        for point in points(m, 1) {
            self.count(&c.channel, &point);
        }
        if let Some(point) = service::point(&c.channel, m) {
            self.sums.served.entry(point.cell.clone()).or_default().count(&point, 1);
        }
        Ok(())
    }

    fn count(&mut self, channel: &ChannelId, point: &kpi::Point) {
        for channel in [None, Some(channel.clone())] {
            let place = (channel, point.metric, point.at.floor_hour());
            let (count, sum) = self.sums.figures.entry(place).or_default();
            *count += point.sign;
            *sum += point.sign * point.value;
        }
    }

    fn root(&mut self, c: &Conversation) -> Result<(), StoreError> {
        if c.erased.is_some() {
            // It is found by nothing any more.
            return Ok(());
        }
        let by_root: Option<ConversationId> =
            records::get(self.store, &keys::root(c.queue, &c.channel, &c.root))?;
        let by_id: Option<MessageRef> =
            records::get(self.store, &keys::known(&c.channel, &c.root))?;
        let found = by_root.or(by_id.map(|at| at.conversation));
        self.must(found == Some(c.id), || {
            format!("conversation {} is not found by its root", c.id)
        });
        Ok(())
    }

    /// Every entry that must be there is: as many as there are, there is none too many.
    fn indexes(&mut self) -> Result<(), StoreError> {
        let families = [
            (keys::orders(), self.sums.order, "places in the order"),
            (keys::timers(), self.sums.timers, "timers"),
            (keys::claims(), self.sums.claims, "live claims"),
            (KeyRange::prefix("e/"), self.sums.known, "known platform ids"),
        ];
        for (family, wanted, what) in families {
            let mut found = 0;
            each(self.store, family, |_, _| {
                found += 1;
                Ok(())
            })?;
            self.must(found == wanted, || format!("{found} {what} instead of {wanted}"));
        }
        Ok(())
    }

    fn roots(&mut self) -> Result<(), StoreError> {
        let mut roots: Vec<(Queue, ChannelId, String, ConversationId)> = Vec::new();
        each(self.store, KeyRange::prefix("r/"), |key, value| {
            if let Some(Parsed::Root(queue, channel, root)) = keys::parse(key) {
                roots.push((queue, channel, root, records::decode(key, value)?));
            }
            Ok(())
        })?;
        for (queue, channel, root, id) in roots {
            let c: Option<Conversation> = records::get(self.store, &keys::conversation(id))?;
            let fits =
                |c: &Conversation| c.queue == queue && c.channel == channel && c.root == root;
            let agrees = match c {
                Some(c) => fits(&c),
                None => self.is_archived_root(id, fits),
            };
            self.must(agrees, || format!("a root points to conversation {id}, which has another"));
        }
        Ok(())
    }

    fn counters(&mut self) -> Result<(), StoreError> {
        let mut found: BTreeMap<Tally, i64> = BTreeMap::new();
        each(self.store, keys::tallies(), |key, value| {
            if let Some(tally) = keys::tally_parts(key) {
                found.insert(tally, records::decode(key, value)?);
            }
            Ok(())
        })?;
        let wanted = std::mem::take(&mut self.sums.tallies);
        self.must(found == wanted, || format!("counters {found:?} instead of {wanted:?}"));
        let facts = self.facts.clone();
        let (mut answers, mut rows) = (0, 0);
        each(self.store, keys::outbox(), |key, _| {
            let place = keys::outgoing_parts(key);
            answers += u64::from(place.is_some_and(|place| place.kind == OutKind::Reply));
            rows += 1;
            Ok(())
        })?;
        let waiting = self.sums.waiting;
        self.must(answers == waiting, || {
            format!("{answers} answers in the outbox instead of {waiting}")
        });
        let (late, waiting, received) = (self.sums.late, rows, self.sums.received);
        self.must(facts.late == late, || format!("{:?} late instead of {late:?}", facts.late));
        self.must(facts.waiting == waiting, || {
            format!("{} counted as waiting instead of {waiting}", facts.waiting)
        });
        let received = received + facts.forgotten.received;
        self.must(facts.received == received, || {
            format!("{} messages counted as received instead of {received}", facts.received)
        });
        let last = self.sums.last;
        self.must(facts.conversations >= last, || {
            format!("the next conversation would be number {last} again")
        });
        Ok(())
    }

    fn figures(&mut self) -> Result<(), StoreError> {
        let mut wanted = std::mem::take(&mut self.sums.figures);
        wanted.retain(|_, (count, _)| *count != 0);
        let mut found: BTreeMap<Place, (i64, i64)> = BTreeMap::new();
        each(self.store, KeyRange::prefix("k/"), |key, value| {
            if let Some((channel, metric, Resolution::Hour, start)) = keys::bucket_parts(key) {
                let bucket: Bucket = records::decode(key, value)?;
                found.insert((channel, metric, start), (bucket.count, bucket.sum));
            }
            Ok(())
        })?;
        let places: Vec<Place> = wanted.keys().chain(found.keys()).cloned().collect();
        for at in places {
            let (is, must_be) = (found.get(&at), wanted.get(&at));
            // They are counted since there are alerts: of what came before, none may be.
            let counted = |of: Option<&(i64, i64)>| of.map_or(0, |(count, _)| *count);
            let fewer = at.1 == Metric::Complaints && counted(is) <= counted(must_be);
            // What was deleted from the archive is counted still.
            let more = at.2 < self.facts.forgotten.until && counted(is) >= counted(must_be);
            self.must(is == must_be || fewer || more, || {
                format!("figure {at:?} is {is:?} instead of {must_be:?}")
            });
        }
        Ok(())
    }

    /// Service figures that are still kept must be what the replies make them.
    fn served(&mut self) -> Result<(), StoreError> {
        let kept = (self.facts.clock - service::KEPT).max(self.facts.forgotten.until);
        let totals =
            |s: &Served| (s.replies, s.first.count, s.first.sum, s.next.sum, s.judged, s.met);
        let wanted = std::mem::take(&mut self.sums.served);
        let wanted = wanted.iter().filter(|(cell, s)| cell.hour > kept && !s.is_empty());
        let wanted: BTreeMap<Cell, _> = wanted.map(|(cell, s)| (cell.clone(), totals(s))).collect();
        let mut found = BTreeMap::new();
        each(self.store, KeyRange::prefix("w/"), |key, value| {
            if let Some(Ok(cell)) = keys::served_parts(key)
                && cell.hour > kept
            {
                found.insert(cell, totals(&records::decode(key, value)?));
            }
            Ok(())
        })?;
        self.must(found == wanted, || format!("service figures {found:?} instead of {wanted:?}"));
        Ok(())
    }

    fn journal(&mut self) -> Result<(), StoreError> {
        let mut own: Vec<(u64, OwnAction)> = Vec::new();
        each(self.store, KeyRange::prefix("u/"), |key, value| {
            if let Some((_, seq)) = keys::own_action_parts(key) {
                own.push((seq, records::decode(key, value)?));
            }
            Ok(())
        })?;
        for (first, action) in own {
            for seq in first..first + u64::from(action.entries) {
                let entry: Option<Entry> = records::get(self.store, &keys::journal(seq))?;
                let is_its = matches!(
                    entry.map(|e| e.what),
                    Some(
                        What::Action { group, .. }
                        | What::Post { group, .. }
                        | What::Library { group, .. }
                        | What::Alert { group, .. }
                    ) if group == action.group
                );
                self.must(is_its, || format!("journal entry {seq} is not its action's"));
            }
        }
        let mut last = 0;
        each(self.store, keys::journals(), |key, _| {
            last = keys::journal_seq(key).unwrap_or(last).max(last);
            Ok(())
        })?;
        let counted = self.facts.journal;
        self.must(last == counted, || {
            format!("the journal's last entry is {last}, the desk thinks {counted}")
        });
        Ok(())
    }
}
