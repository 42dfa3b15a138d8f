//! Finds what has only moved up or down between two frames.
//!
//! Rows are whole: a terminal scrolls the full width or nothing. A row that is the same elsewhere
//! in the new frame proposes a distance; what a band of rows gains by it decides.

use super::{Grid, Spot};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A band of rows whose content moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// First row of the band.
    pub(super) top: u16,
    /// Last row of the band.
    pub(super) bottom: u16,
    /// Rows that the content moves up; negative = down.
    pub(super) up: i32,
}

/// About the bytes it takes to move a band.
const COSTS: i32 = 14;

/// What must be gained above that: the costs are estimates.
const WORTH: i32 = 16;

/// Distances looked at in one frame.
const CANDIDATES: usize = 3;

/// The shift that saves the most bytes, if any is worth it.
pub(super) fn find(shown: &Grid, next: &Grid) -> Option<Shift> {
    let rows = usize::from(next.size.height);
    let stay: Vec<i32> = (0..rows).map(|y| cost(shown.row(y), next.row(y))).collect();
    if stay.iter().filter(|c| **c > 0).count() < 2 {
        return None;
    }
    let blank: Vec<i32> = (0..rows).map(|y| cost_on_blank(next.row(y))).collect();
    let mut best: Option<(i32, Shift)> = None;
    for up in candidates(shown, next, &stay) {
        let distance = up.unsigned_abs() as usize;
        // What row y gains by coming from elsewhere; what it gains by beginning as a blank.
        let comes = |y: usize| {
            let from = y.checked_add_signed(up as isize).filter(|from| *from < rows);
            from.map_or(i32::MIN / 4096, |from| stay[y] - cost(shown.row(from), next.row(y)))
        };
        let comes: Vec<i32> = (0..rows).map(comes).collect();
        let opens = |y: usize| stay[y] - blank[y];
        // Read from the far end when the content moves down: it is the same then.
        let at = |i: usize| if up > 0 { i } else { rows - 1 - i };
        let mut run = 0;
        let mut start = 0;
        for i in 0..rows.saturating_sub(distance) {
            if run <= 0 {
                (run, start) = (0, i);
            }
            run += comes[at(i)];
            let opened: i32 = (i + 1..=i + distance).map(|j| opens(at(j))).sum();
            let gain = run + opened;
            if gain > best.map_or(COSTS + WORTH, |(g, _)| g) {
                let (a, b) = (at(start) as u16, at(i + distance) as u16);
                best = Some((gain, Shift { top: a.min(b), bottom: a.max(b), up }));
            }
        }
    }
    best.map(|(_, shift)| shift)
}

/// Distances by which changed rows are found again, the most frequent first.
fn candidates(shown: &Grid, next: &Grid, stay: &[i32]) -> Vec<i32> {
    let hashes =
        |grid: &Grid| -> Vec<Option<u64>> { (0..stay.len()).map(|y| hash(grid.row(y))).collect() };
    let (before, after) = (hashes(shown), hashes(next));
    let mut count = vec![0u16; 2 * stay.len()];
    for (y, row) in after.iter().enumerate().filter(|(y, row)| stay[*y] > 0 && row.is_some()) {
        for (from, _) in before.iter().enumerate().filter(|(_, other)| *other == row) {
            count[from + stay.len() - y] += 1;
        }
    }
    let mut found: Vec<(u16, i32)> = count
        .iter()
        .enumerate()
        .filter(|(_, n)| **n > 0)
        .map(|(i, n)| (*n, i as i32 - stay.len() as i32))
        .filter(|(_, up)| *up != 0)
        .collect();
    // Of equally frequent ones the shortest.
    found.sort_by_key(|(n, up)| (std::cmp::Reverse(*n), up.unsigned_abs()));
    found.truncate(CANDIDATES);
    found.into_iter().map(|(_, up)| up).collect()
}

/// `None` for an empty row: it is found everywhere and says nothing.
fn hash(row: &[Spot]) -> Option<u64> {
    let last = row.iter().rposition(|cell| !super::is_plain_blank(cell))?;
    let mut hasher = DefaultHasher::new();
    for cell in &row[..=last] {
        (cell.symbol(), cell.fg, cell.bg, cell.modifier, cell.link).hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// About the bytes it takes to turn one row into another.
fn cost(old: &[Spot], new: &[Spot]) -> i32 {
    let mut cost = 0;
    let mut last: Option<(usize, &Spot)> = None;
    for (x, (_, cell)) in old.iter().zip(new).enumerate().filter(|(_, (old, new))| old != new) {
        cost += step(last, x, cell);
        last = Some((x, cell));
    }
    cost
}

fn cost_on_blank(new: &[Spot]) -> i32 {
    let mut cost = 0;
    let mut last: Option<(usize, &Spot)> = None;
    for (x, cell) in new.iter().enumerate().filter(|(_, cell)| !super::is_plain_blank(cell)) {
        cost += step(last, x, cell);
        last = Some((x, cell));
    }
    cost
}

/// About the bytes to come from the cell changed before to this one and print it.
fn step(last: Option<(usize, &Spot)>, x: usize, cell: &Spot) -> i32 {
    let (moved, styled, erased) = match last {
        Some((before, old)) => (
            before + 1 != x,
            (old.fg, old.bg, old.modifier) != (cell.fg, cell.bg, cell.modifier),
            super::is_plain_blank(old) && super::is_plain_blank(cell),
        ),
        None => (true, true, false),
    };
    let printed = if erased { 0 } else { cell.symbol().len() as i32 };
    4 * i32::from(moved) + 4 * i32::from(styled) + printed
}
