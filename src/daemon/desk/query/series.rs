//! The figures that channels tell.

use super::{Read, failed};
use crate::daemon::desk::memory::each;
use crate::domain::Time;
use crate::domain::figure::{Grain, Page, Sample};
use crate::store::{Direction, KeyRange, Read as _, Store, keys, records};
use crate::wire::figure::{Figure, MOST_FIGURES, MOST_SAMPLES};

/// The samples of a figure from a moment up to (not including) another, oldest first, each with the
/// moment it begins at; the newest ones when there are more than fit.
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn series(
    store: &dyn Store,
    figure: &Figure,
    grain: Grain,
    (from, to): (Time, Time),
) -> Read<Vec<(Time, Sample)>> {
    let Figure { channel, name } = figure;
    // A page that begins before may reach into the time that is asked for.
    let (first, _) = grain.place(from);
    let range = KeyRange {
        from: keys::page(channel, name, grain, first),
        to: Some(keys::page(channel, name, grain, to)),
    };
    let mut samples = Vec::new();
    each(store, range, |key, value| {
        let Some((.., start)) = keys::page_parts(key) else { return Ok(()) };
        let page: Page = records::decode(key, value)?;
        let step = grain.step().0;
        let timed = page.0.into_iter().map(|s| (Time(start.0 + i64::from(s.place) * step), s));
        samples.extend(timed.filter(|(at, _)| *at >= grain.sample(from) && *at < to));
        Ok(())
    })
    .map_err(failed)?;
    let too_many = samples.len().saturating_sub(MOST_SAMPLES);
    samples.drain(..too_many);
    Ok(samples)
}

/// Every figure of every channel, at most [`MOST_FIGURES`].
///
/// # Errors
/// [`Store`](crate::domain::Refusal::Store).
pub fn figures(store: &dyn Store) -> Read<Vec<Figure>> {
    let mut found = Vec::new();
    let mut range = keys::all_pages();
    while found.len() < MOST_FIGURES {
        // From one figure straight to the next, however many pages it has.
        let first = store.range(&range, 1, Direction::Forward).map_err(failed)?;
        let Some((key, _)) = first.rows.first() else { break };
        let Some((channel, name, ..)) = keys::page_parts(key) else { break };
        let end = keys::page(&channel, &name, Grain::Day, Time(i64::MAX));
        range = range.after(&end, Direction::Forward);
        found.push(Figure { channel, name });
    }
    Ok(found)
}
