//! Watches the figures that channels tell, and what comes in: when a step of one is over, it is judged
//! by what the store holds of it, and an alert is raised once.
//!
//! Nothing of a figure is kept in memory but when it is to be looked at next. Each look reads the
//! weeks before and judges step by step, so that a restart, a late value and a corrected one all
//! come to the same; what has been told is known by the alerts themselves. A tick of the clock looks
//! at few figures: whoever waits for the writer waits for these alone.

use super::carriers;
use super::group::Group;
use super::memory::each;
use super::query;
use crate::domain::alert::judge::{self, Seen};
use crate::domain::alert::{About, Alert, AlertId};
use crate::domain::anomaly::{Settings, Way};
use crate::domain::figure::book::{Book, Watch};
use crate::domain::figure::{Grain, Sample, Unit, period};
use crate::domain::kpi::{Bucket, Metric, Point, Resolution};
use crate::domain::{ChannelId, Refusal, Span, Time};
use crate::store::{Direction, KeyRange, Read, Store, StoreError, keys, records};
use crate::wire::figure::{Figure, Raised};
use chrono_tz::Tz;
use std::collections::BTreeMap;

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);
/// How far back a figure is looked at that is told by the hour, and by the day.
const BACK: (Span, Span) = (Span::hours(24 * 7 * 8), Span::hours(24 * 7 * 16));
/// How long after the end of a step its last value may still come in time.
const GRACE: Span = Span::minutes(5);
/// How long late values are gathered before they are looked at.
const LATE: Span = Span::minutes(1);
/// What was found longer ago than this is told nobody any more, by the hour and by the day.
const NEWS: (Span, Span) = (Span::hours(26), Span::hours(24 * 4));
/// Figures that are looked at in one tick.
const A_TICK: usize = 4;
/// What comes in says nothing before it has been counted for so long.
const WARM_UP: Span = Span::hours(100);
/// Alerts are kept for so long, and in memory, when they are over, for so long.
const KEPT: (Span, Span) = (Span::hours(24 * 400), Span::hours(24 * 30));
/// Old alerts that are let go with each new one: more than come, so that none stay behind.
const LET_GO: usize = 4;

/// What is to be looked at, and when; and the alerts of the last weeks.
#[derive(Debug, Default)]
pub struct Watching {
    /// Every figure has been listed since the desk was opened, or the rules changed.
    known: bool,
    figures: BTreeMap<ChannelId, BTreeMap<String, Time>>,
    desk: BTreeMap<Metric, Time>,
    /// The earliest of these.
    next: Option<Time>,
    /// Since when what comes in is counted.
    since: Option<Time>,
    /// Those that are not over, or not for long.
    pub alerts: BTreeMap<AlertId, Alert>,
    /// What was found out for an alert of the same hour.
    pub(super) found: carriers::Found,
}

impl Watching {
    /// Reads the alerts, and whether there is anything to watch.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn read(store: &dyn Store, now: Time) -> Result<Watching, StoreError> {
        const PAGE: usize = 200;
        let mut watching = Watching { since: counted_since(store)?, ..Watching::default() };
        let mut range = keys::alerts();
        loop {
            let page = records::page::<Alert>(store, &range, PAGE, Direction::Forward)?;
            let last = page.rows.last().map(|(key, _)| key.clone()).filter(|_| page.more);
            let alerts = page.rows.into_iter().map(|(_, alert)| (alert.id, alert));
            watching.alerts.extend(alerts.filter(|(_, alert)| is_near(alert, now)));
            match last {
                Some(last) => range = range.after(&last, Direction::Forward),
                None => break,
            }
        }
        let any = store.range(&keys::all_pages(), 1, Direction::Forward)?;
        let counts = watching.since.is_some_and(|since| now - since >= WARM_UP);
        watching.known = any.rows.is_empty() && !counts;
        Ok(watching)
    }

    /// Everything is looked at anew: the rules changed.
    pub fn forget(&mut self) {
        self.known = false;
    }

    /// When something is to be looked at; `clock` = now.
    pub fn next(&self, clock: Time) -> Option<Time> {
        if self.known { self.next.map(|next| next.max(clock)) } else { Some(clock) }
    }

    /// How many alerts are to be seen.
    pub fn to_be_seen(&self, now: Time) -> u32 {
        let alerts = self.alerts.values().filter(|alert| alert.is_to_be_seen(now));
        u32::try_from(alerts.count()).unwrap_or(u32::MAX)
    }

    /// A channel told a value of a figure that was not known.
    pub fn told(&mut self, book: &Book, channel: &ChannelId, name: &str, at: Time, now: Time) {
        // What is older changes nothing that is still told.
        if at < now - NEWS.1 {
            return;
        }
        let due = due(at, now);
        let watched = &book.watch.figures;
        if watched.is_empty() || watched.iter().any(|w| w == name) {
            self.look_at(channel, name, due);
        }
        for rate in watched.iter().filter_map(|w| book.rate(w)) {
            if rate.formula.names().contains(name) {
                self.look_at(channel, &rate.name, due);
            }
        }
    }

    fn look_at(&mut self, channel: &ChannelId, name: &str, due: Time) {
        // A value comes often: what is there already costs no text of its own.
        if !self.figures.contains_key(channel) {
            self.figures.insert(channel.clone(), BTreeMap::new());
        }
        let Some(of) = self.figures.get_mut(channel) else { return };
        match of.get_mut(name) {
            Some(known) => *known = due.min(*known),
            None => drop(of.insert(name.to_owned(), due)),
        }
        self.next = Some(self.next.map_or(due, |next| next.min(due)));
    }

    /// Something was counted that comes in.
    fn counted(&mut self, metric: Metric, due: Time) {
        let known = self.desk.entry(metric).or_insert(due);
        *known = due.min(*known);
        self.next = Some(self.next.map_or(due, |next| next.min(due)));
    }

    /// Takes out what is due, at most as much as fits into one tick.
    fn take(&mut self, now: Time) -> Vec<What> {
        let mut taken: Vec<What> = Vec::new();
        let desk = self.desk.iter().filter(|(_, due)| **due <= now);
        taken.extend(desk.map(|(metric, _)| What::Desk(*metric)));
        let figures = self.figures.iter().flat_map(|(channel, of)| {
            let due = of.iter().filter(|(_, due)| **due <= now);
            due.map(|(name, _)| What::Figure(channel.clone(), name.clone()))
        });
        taken.extend(figures.take(A_TICK));
        taken.truncate(A_TICK);
        for what in &taken {
            match what {
                What::Desk(metric) => drop(self.desk.remove(metric)),
                What::Figure(channel, name) => {
                    if let Some(of) = self.figures.get_mut(channel) {
                        of.remove(name);
                    }
                }
            }
        }
        let all = self.desk.values().chain(self.figures.values().flat_map(BTreeMap::values));
        self.next = all.min().copied();
        taken
    }
}

/// Something that is looked at.
enum What {
    Figure(ChannelId, String),
    Desk(Metric),
}

/// When a value of this moment is looked at: when its hour is over, or soon if it is late.
fn due(at: Time, now: Time) -> Time {
    (at.floor_hour() + HOUR + GRACE).max(now + LATE)
}

fn is_near(alert: &Alert, now: Time) -> bool {
    alert.over.is_none_or(|over| now - over < KEPT.1)
}

fn counted_since(store: &(impl Read + ?Sized)) -> Result<Option<Time>, StoreError> {
    let range = keys::buckets(None, Metric::Arrivals, Resolution::Hour);
    let first = store.range(&range, 1, Direction::Forward)?;
    let first = first.rows.first().and_then(|(key, _)| keys::bucket_parts(key));
    Ok(first.map(|(.., at)| at))
}

/// Notes that a point was counted, if it is one that is watched.
///
/// # Errors
/// When the store cannot be read.
pub fn counted(group: &mut Group<'_>, point: &Point) -> Result<(), StoreError> {
    let watch = &group.setup.figures.watch;
    let is_watched = match point.metric {
        Metric::Arrivals => watch.arrivals,
        Metric::Complaints => watch.complaints,
        _ => false,
    };
    if !is_watched {
        return Ok(());
    }
    let known = group.memory.watching.since;
    let since = match known {
        Some(since) => since.min(point.at),
        None => counted_since(&group.over)?.map_or(point.at, |since| since.min(point.at)),
    };
    group.memory.watching.since = Some(since);
    if group.now - since >= WARM_UP && point.at >= group.now - NEWS.0 {
        group.memory.watching.counted(point.metric, due(point.at, group.now));
    }
    Ok(())
}

/// Looks at what is due.
///
/// # Errors
/// When the store cannot be read.
pub fn elapse(group: &mut Group<'_>) -> Result<(), StoreError> {
    if !group.memory.watching.known {
        list(group)?;
    }
    for what in group.memory.watching.take(group.now) {
        match what {
            What::Figure(channel, name) => figure(group, channel, name)?,
            What::Desk(metric) => desk(group, metric)?,
        }
    }
    Ok(())
}

/// Finds all that is watched.
fn list(group: &mut Group<'_>) -> Result<(), StoreError> {
    let now = group.now;
    let book = group.setup.figures.clone();
    for Figure { channel, name } in query::figures(group.store).map_err(unread)? {
        // As if its newest value came now.
        group.memory.watching.told(&book, &channel, &name, now - HOUR, now - LATE);
    }
    let Watch { arrivals, complaints, .. } = book.watch;
    if group.memory.watching.since.is_some_and(|since| now - since >= WARM_UP) {
        let both = [(Metric::Arrivals, arrivals), (Metric::Complaints, complaints)];
        for (metric, _) in both.into_iter().filter(|(_, is_watched)| *is_watched) {
            group.memory.watching.counted(metric, now);
        }
    }
    group.memory.watching.known = true;
    Ok(())
}

/// A refusal of a reader, as what it was.
pub(super) fn unread(why: Refusal) -> StoreError {
    match why {
        Refusal::Store(what) => StoreError::new(what),
        other => StoreError::new(format!("{other:?}")),
    }
}

/// The steps of a figure that are over.
pub(super) struct Steps {
    /// How long one is.
    pub step: Span,
    /// Each with its beginning and what it came to, in whole units.
    pub steps: Vec<(Time, f64)>,
    /// When the one that is not over yet will be.
    next: Option<Time>,
}

/// The zone of the desk.
pub(super) fn zone(group: &Group<'_>) -> Tz {
    group.setup.zone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
}

/// What a figure or rate of a channel came to, step by step; `None` = it is not told.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn steps(
    group: &Group<'_>,
    channel: &ChannelId,
    name: &str,
) -> Result<Option<Steps>, StoreError> {
    let (now, zone, book) = (group.now, zone(group), &group.setup.figures);
    let hours = |name: &str, back: Span| -> Result<Vec<(Time, Sample)>, StoreError> {
        let figure = Figure { channel: channel.clone(), name: name.to_owned() };
        let from = whole_weeks(now - back);
        query::series(group.store, &figure, Grain::Hour, (from, now + HOUR)).map_err(unread)
    };
    let days = |name: &str, hours: &[(Time, Sample)]| {
        let known = book.known(name);
        let scale = known.unit.scale();
        let days = period::days(known.kind, hours, zone).into_iter();
        days.map(|(day, (value, _))| (day, value.map_or(f64::NAN, |v| v * scale)))
            .collect::<BTreeMap<_, _>>()
    };
    if let Some(rate) = book.rate(name) {
        let mut parts = BTreeMap::new();
        for name in rate.formula.names() {
            parts.insert(name, days(name, &hours(name, BACK.1)?));
        }
        let Some(first) = parts.values().next() else { return Ok(None) };
        let value = |day| {
            let of = |name: &str, is_usual: bool| {
                let value = *parts.get(name)?.get(day)?;
                (!is_usual && value.is_finite()).then_some(value)
            };
            let value = rate.formula.value(&of).filter(|v| !v.is_thin(rate.least));
            (*day, value.map_or(f64::NAN, |v| v.value))
        };
        return Ok(Some(whole_days(first.keys().map(value).collect(), zone, now)));
    }
    let known = hours(name, BACK.0)?;
    if known.is_empty() {
        return Ok(None);
    }
    if period::is_daily(&known) {
        let days = days(name, &hours(name, BACK.1)?);
        return Ok(Some(whole_days(days.into_iter().collect(), zone, now)));
    }
    let of = book.known(name);
    let scale = of.unit.scale();
    let mut steps = period::steps(of.kind, &known, HOUR);
    let over = now.floor_hour();
    let next = steps.last().filter(|(at, _)| *at >= over).map(|(at, _)| *at + HOUR + GRACE);
    steps.retain(|(at, _)| *at < over);
    steps.iter_mut().for_each(|(_, value)| *value *= scale);
    Ok(Some(Steps { step: HOUR, steps, next }))
}

/// The beginning of a week, whichever day that is: what is judged from there is judged the same an hour
/// later.
fn whole_weeks(at: Time) -> Time {
    Time(at.0.div_euclid(7 * DAY.0) * 7 * DAY.0)
}

/// The days of a zone that are over.
fn whole_days(days: Vec<(chrono::NaiveDate, f64)>, zone: Tz, now: Time) -> Steps {
    let begins = |day: chrono::NaiveDate| Time::from_local(day.and_time(Default::default()), zone);
    let ends = |day: chrono::NaiveDate| day.succ_opt().map_or(Time(i64::MAX), begins);
    let next = days.last().map(|(day, _)| ends(*day)).filter(|end| *end > now);
    let over = days.into_iter().filter(|(day, _)| ends(*day) <= now);
    let steps = over.map(|(day, value)| (begins(day), value)).collect();
    Steps { step: DAY, steps, next: next.map(|end| end + GRACE) }
}

/// What came in in each hour, on one channel or on all of them.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn hours_of(
    group: &Group<'_>,
    channel: Option<&ChannelId>,
    metric: Metric,
    back: Span,
) -> Result<Vec<(Time, f64)>, StoreError> {
    let over = group.now.floor_hour();
    let first = whole_weeks(over - back);
    let first = group.memory.watching.since.unwrap_or(over).max(first).floor_hour();
    let key = |at| keys::bucket(channel, metric, Resolution::Hour, at);
    let mut counts: BTreeMap<Time, f64> = BTreeMap::new();
    each(group.store, KeyRange { from: key(first), to: Some(key(over)) }, |key, value| {
        if let Some((.., at)) = keys::bucket_parts(key) {
            let bucket: Bucket = records::decode(key, value)?;
            counts.insert(at, bucket.count as f64);
        }
        Ok(())
    })?;
    let hours = (0..).map(|n| first + Span(HOUR.0 * n)).take_while(|at| *at < over);
    Ok(hours.map(|at| (at, counts.get(&at).copied().unwrap_or(0.0))).collect())
}

/// Looks at a figure of a channel.
fn figure(group: &mut Group<'_>, channel: ChannelId, name: String) -> Result<(), StoreError> {
    let Some(Steps { step, steps, next }) = steps(group, &channel, &name)? else {
        return Ok(());
    };
    if let Some(next) = next {
        group.memory.watching.look_at(&channel, &name, next);
    }
    let book = &group.setup.figures;
    let settings = judge::settings(book.watch.settings, book.unit(&name));
    look(group, &About::Figure(channel, name), settings, step, &steps)
}

/// Looks at what comes in.
fn desk(group: &mut Group<'_>, metric: Metric) -> Result<(), StoreError> {
    let about = if metric == Metric::Arrivals { About::Arrivals } else { About::Complaints };
    let hours = hours_of(group, None, metric, BACK.0)?;
    let settings = judge::settings(group.setup.figures.watch.settings, Unit::Count);
    look(group, &about, settings, HOUR, &hours)
}

/// Judges steps: what was told is over, or goes on; what is new is told.
fn look(
    group: &mut Group<'_>,
    about: &About,
    settings: Settings,
    step: Span,
    steps: &[(Time, f64)],
) -> Result<(), StoreError> {
    let seen = judge::judge(settings, step, zone(group), steps);
    let alerts = group.memory.watching.alerts.values();
    let stands: Vec<Alert> =
        alerts.filter(|a| a.about == *about && a.over.is_none()).cloned().collect();
    for before in stands {
        let over = judge::back(&seen, settings, step, (before.way, before.at));
        let mut alert = Alert { over, ..before.clone() };
        if let About::Figure(channel, _) = about {
            // What is behind it may show only when it has gone on for some time.
            let causes = carriers::causes(group, channel)?;
            let new = causes.into_iter().filter(|cause| !before.causes.contains(cause));
            alert.causes.extend(new.collect::<Vec<_>>());
        }
        if alert != before {
            put(group, alert)?;
        }
    }
    let is_daily = step >= DAY;
    let news = group.now - if is_daily { NEWS.1 } else { NEWS.0 };
    let ways: &[Way] = match about {
        About::Figure(..) => &[Way::Burst, Way::Drop],
        About::Arrivals | About::Complaints => &[Way::Burst],
    };
    let found: Vec<&Seen> = seen.iter().filter(|s| s.alarm.is_some() && s.at >= news).collect();
    for alarm in found.into_iter().filter_map(|s| s.alarm) {
        let at = alarm.at + step;
        if !ways.contains(&alarm.way) || is_told(group, about, alarm.way, at, step) {
            continue;
        }
        let over = judge::back(&seen, settings, step, (alarm.way, at));
        group.memory.facts.alerts += 1;
        let alert = Alert {
            id: AlertId(group.memory.facts.alerts),
            about: about.clone(),
            way: alarm.way,
            at,
            began: alarm.began,
            over,
            value: alarm.value,
            usual: alarm.usual,
            carriers: carriers::carriers(group, about, (alarm.way, alarm.at), step)?,
            causes: match about {
                About::Figure(channel, _) => carriers::causes(group, channel)?,
                About::Arrivals | About::Complaints => Vec::new(),
            },
            stage: Default::default(),
            task: None,
        };
        tell(group, &alert);
        put(group, alert)?;
        let_go(group)?;
    }
    Ok(())
}

/// Whether an alert is there that this would only tell again.
fn is_told(group: &Group<'_>, about: &About, way: Way, at: Time, step: Span) -> bool {
    let near = DAY.0.max(2 * step.0);
    group.memory.watching.alerts.values().any(|alert| {
        let goes_on = alert.at <= at && alert.over.is_none_or(|over| over >= at);
        let same = goes_on || (alert.at - at).0.abs() <= near;
        alert.about == *about && alert.way == way && same
    })
}

/// Tells everybody who is attached.
fn tell(group: &mut Group<'_>, alert: &Alert) {
    let label = match &alert.about {
        About::Figure(_, name) => {
            let book = &group.setup.figures;
            let said = book.figures.iter().find(|known| known.name == *name).map(|k| &k.label);
            said.or_else(|| book.rate(name).map(|rate| &rate.label)).cloned().unwrap_or_default()
        }
        About::Arrivals | About::Complaints => Default::default(),
    };
    group.published.raised.push(Raised {
        count: 1,
        id: alert.id,
        about: alert.about.clone(),
        label,
        way: alert.way,
        // Beyond any number of percent that says something.
        percent: alert.change().map(|c| (c * 100.0).clamp(-1e6, 1e6).round() as i64),
    });
}

/// Keeps an alert as it is now.
///
/// # Errors
/// When it cannot be written as a record.
pub fn put(group: &mut Group<'_>, alert: Alert) -> Result<(), StoreError> {
    group.published.state = true;
    records::put(&mut group.over, keys::alert(alert.id), &alert)?;
    let now = group.now;
    let alerts = &mut group.memory.watching.alerts;
    alerts.insert(alert.id, alert);
    alerts.retain(|_, alert| is_near(alert, now));
    Ok(())
}

/// Lets alerts go that are older than they are kept.
fn let_go(group: &mut Group<'_>) -> Result<(), StoreError> {
    if group.memory.facts.leapt.is_some() {
        return Ok(());
    }
    let old = records::page::<Alert>(&group.over, &keys::alerts(), LET_GO, Direction::Forward)?;
    for (key, alert) in old.rows {
        if alert.over.is_some_and(|over| group.now - over > KEPT.0) {
            records::remove(&mut group.over, key)?;
        }
    }
    Ok(())
}
