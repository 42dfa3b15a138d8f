//! Lines and axes as plain arithmetic: round ticks, dates under them, dots in cells.

use crate::domain::{Span, Time};
use crate::text::catalogue::units;
use crate::text::{Lang, Shown, format};
use chrono::{Datelike, Timelike};
use chrono_tz::Tz;

/// Where braille patterns begin, and the bit of each dot of a cell: by column, then by row.
const BRAILLE: u32 = 0x2800;
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// Lowest and highest value of a scale: from zero on where the values lie far from each other, and
/// never without room between them. `None` = no value is known.
pub fn scale(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let known = values.filter(|v| v.is_finite());
    let (low, high) =
        known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return None;
    }
    let from = if low >= 0.0 && low < high * 0.6 { 0.0 } else { low };
    Some(match high - from > 0.0 {
        true => (from, high),
        // A flat line lies in the middle.
        false => (from - (from.abs() * 0.1).max(1.0), high + (high.abs() * 0.1).max(1.0)),
    })
}

/// Round values between two others, at most so many, lowest first.
pub fn ticks((low, high): (f64, f64), most: usize) -> Vec<f64> {
    let span = high - low;
    if most == 0 || !span.is_finite() || span <= 0.0 {
        return Vec::new();
    }
    let rough = span / most as f64;
    let size = 10_f64.powf(rough.log10().floor());
    let within = |step: f64| ((high / step + 1e-9).floor() - (low / step - 1e-9).ceil()) as i64 + 1;
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0, 20.0].map(|n| n * size);
    let fits = |step: &&f64| usize::try_from(within(**step)).is_ok_and(|n| n <= most);
    let Some(step) = steps.iter().find(fits) else { return Vec::new() };
    let first = (low / step - 1e-9).ceil();
    (0..within(*step)).map(|n| (first + n as f64) * step).collect()
}

/// A mark under a line: at which point, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The place of the point.
    pub at: usize,
    /// A time of the day, or a date.
    pub text: Shown,
}

/// Marks under points that are so far apart, for so many columns: round hours, days, weeks or
/// months of a zone, none over another.
pub fn marks(lang: Lang, starts: &[Time], step: Span, columns: usize, zone: Tz) -> Vec<Mark> {
    type Fits = fn(&chrono::DateTime<Tz>) -> bool;
    const HOURS: [Fits; 8] = [
        |_| true,
        |t| t.hour() % 2 == 0,
        |t| t.hour() % 3 == 0,
        |t| t.hour() % 6 == 0,
        |t| t.hour() % 12 == 0,
        |t| t.hour() == 0,
        |t| t.hour() == 0 && t.num_days_from_ce() % 2 == 0,
        |t| t.hour() == 0 && t.weekday() == chrono::Weekday::Mon,
    ];
    const DAYS: [Fits; 7] = [
        |_| true,
        |t| t.num_days_from_ce() % 2 == 0,
        |t| t.weekday() == chrono::Weekday::Mon,
        |t| t.weekday() == chrono::Weekday::Mon && t.num_days_from_ce() / 7 % 2 == 0,
        |t| t.day() == 1,
        |t| t.day() == 1 && t.month() % 3 == 1,
        |t| t.day() == 1 && t.month() == 1,
    ];
    let by_hour = step == Span::hours(1);
    let levels: &[Fits] = if by_hour { &HOURS } else { &DAYS };
    let local: Vec<_> = starts.iter().map(|start| start.in_zone(zone)).collect();
    let said = |fits: &Fits| -> Vec<Mark> {
        let at = local.iter().enumerate().filter(|(_, t)| fits(t));
        at.map(|(at, t)| Mark { at, text: mark(lang, t, by_hour) }).collect()
    };
    let room = |marks: &Vec<Mark>| {
        let width: usize = marks.iter().map(|m| m.text.width() + 2).sum();
        width <= columns + 2
    };
    levels.iter().map(said).find(room).unwrap_or_default()
}

fn mark(lang: Lang, at: &chrono::DateTime<Tz>, by_hour: bool) -> Shown {
    if by_hour && at.hour() != 0 {
        return format::clock(at);
    }
    let month = format::month_name(lang, at);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("day", &at.day()), ("month", &month), ("year", &at.year())];
    units::DATE_NO_YEAR.fill(lang, &values)
}

/// A field of dots, some of them set: each cell of the screen has so many of them.
#[derive(Clone, Debug)]
pub struct Dots {
    columns: usize,
    rows: usize,
    /// Dots of a cell, across and down.
    cell: (usize, usize),
    set: Vec<bool>,
}

impl Dots {
    /// An empty field of so many cells; in braille a cell has eight dots, else one.
    pub fn new(columns: usize, rows: usize, braille: bool) -> Dots {
        let cell = if braille { (2, 4) } else { (1, 1) };
        let set = vec![false; columns * rows * cell.0 * cell.1];
        Dots { columns, rows, cell, set }
    }

    fn size(&self) -> (usize, usize) {
        (self.columns * self.cell.0, self.rows * self.cell.1)
    }

    fn dot(&mut self, x: usize, y: usize) {
        let (w, h) = self.size();
        if x < w && y < h {
            self.set[y * w + x] = true;
        }
    }

    /// Draws values from the left edge to the right one, on a scale; what is no number leaves a gap.
    pub fn line(&mut self, values: &[f64], (low, high): (f64, f64)) {
        let (w, h) = self.size();
        if w == 0 || h == 0 || high <= low {
            return;
        }
        let last = values.len().saturating_sub(1).max(1) as f64;
        let place = |(at, v): (usize, &f64)| {
            let x = (at as f64 / last * (w - 1) as f64).round() as i64;
            let share = ((v - low) / (high - low)).clamp(0.0, 1.0);
            let y = ((1.0 - share) * (h - 1) as f64).round() as i64;
            v.is_finite().then_some((x, y))
        };
        let places: Vec<Option<(i64, i64)>> = values.iter().enumerate().map(place).collect();
        for (at, place) in places.iter().enumerate() {
            let Some((x, y)) = *place else { continue };
            // A value without a neighbour is a dot.
            let to = places.get(at + 1).copied().flatten().unwrap_or((x, y));
            let steps = (to.0 - x).abs().max((to.1 - y).abs()).max(1);
            for n in 0..=steps {
                // Rounds the same way up and down.
                let along = |a: i64, b: i64| a + ((b - a) * n * 2 + steps).div_euclid(steps * 2);
                let (x, y) = (along(x, to.0), along(y, to.1));
                if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) {
                    self.dot(x, y);
                }
            }
        }
    }

    /// The dots of a cell that are set, as bits of a braille pattern; 0 = none.
    pub fn bits(&self, column: usize, row: usize) -> u8 {
        let (w, _) = self.size();
        let mut bits = 0;
        for (dx, of_column) in BITS.iter().enumerate().take(self.cell.0) {
            for (dy, bit) in of_column.iter().enumerate().take(self.cell.1) {
                let at = (row * self.cell.1 + dy) * w + column * self.cell.0 + dx;
                if self.set.get(at) == Some(&true) {
                    bits |= bit;
                }
            }
        }
        bits
    }
}

/// A braille pattern.
pub fn braille(bits: u8) -> Shown {
    let sign = char::from_u32(BRAILLE + u32::from(bits)).unwrap_or(' ');
    Shown::line(sign.encode_utf8(&mut [0; 4]))
}

/// The row of a value on a scale of so many rows; 0 is the top.
pub fn row_of(value: f64, (low, high): (f64, f64), rows: usize) -> usize {
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    ((1.0 - share) * rows.saturating_sub(1) as f64).round() as usize
}

/// Which of so many levels a value is on, between the lowest and the highest.
pub fn level(value: f64, (low, high): (f64, f64), levels: usize) -> usize {
    if high <= low {
        return levels / 2;
    }
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    ((share * levels as f64) as usize).min(levels.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case((0.0, 100.0), 5, &[0.0, 25.0, 50.0, 75.0, 100.0])]
    #[case((0.0, 97.0), 6, &[0.0, 20.0, 40.0, 60.0, 80.0])]
    #[case((186_300.0, 187_050.0), 4, &[186_400.0, 186_600.0, 186_800.0, 187_000.0])]
    #[case((0.0, 0.034), 4, &[0.0, 0.01, 0.02, 0.03])]
    #[case((-3.0, 3.0), 4, &[-2.0, 0.0, 2.0])]
    #[case((5.0, 5.0), 4, &[])]
    fn ticks_are_round(#[case] scale: (f64, f64), #[case] most: usize, #[case] ticks_are: &[f64]) {
        let got = ticks(scale, most);
        assert_eq!(got.len(), ticks_are.len(), "{got:?}");
        assert!(got.iter().zip(ticks_are).all(|(a, b)| (a - b).abs() < 1e-9), "{got:?}");
    }

    proptest! {
        #[test]
        fn ticks_lie_within_and_are_few(low in -1e9..1e9_f64, span in 1e-3..1e9_f64, most in 1usize..12) {
            let got = ticks((low, low + span), most);
            prop_assert!(got.len() <= most);
            let slack = span * 1e-6;
            prop_assert!(got.iter().all(|t| *t >= low - slack && *t <= low + span + slack));
        }
    }

    #[rstest]
    #[case(&[10.0, 90.0], Some((0.0, 90.0)))]
    #[case(&[80.0, 90.0], Some((80.0, 90.0)))]
    #[case(&[-5.0, 90.0], Some((-5.0, 90.0)))]
    #[case(&[0.0, 0.0], Some((-1.0, 1.0)))]
    #[case(&[f64::NAN], None)]
    fn a_scale_begins_at_zero_where_that_helps(
        #[case] values: &[f64],
        #[case] is: Option<(f64, f64)>,
    ) {
        assert_eq!(scale(values.iter().copied()), is);
    }

    fn starts(n: i64, step: Span) -> Vec<Time> {
        // Saturday 21 November 2026, 00:00 in Shanghai.
        (0..n).map(|i| Time(1_795_190_400_000 + i * step.0)).collect()
    }

    #[rstest]
    #[case(24, 1, 60, "21 Nov,03:00,06:00,09:00,12:00,15:00,18:00,21:00")]
    #[case(24, 1, 24, "21 Nov,12:00")]
    #[case(168, 1, 70, "21 Nov,22 Nov,23 Nov,24 Nov,25 Nov,26 Nov,27 Nov")]
    #[case(90, 24, 60, "23 Nov,7 Dec,21 Dec,4 Jan,18 Jan,1 Feb,15 Feb")]
    #[case(30, 24, 60, "23 Nov,30 Nov,7 Dec,14 Dec")]
    fn marks_are_round_times(
        #[case] n: i64,
        #[case] hours: i64,
        #[case] columns: usize,
        #[case] texts: &str,
    ) {
        let step = Span::hours(hours);
        let got = marks(Lang::En, &starts(n, step), step, columns, Tz::Asia__Shanghai);
        let got: Vec<&str> = got.iter().map(|m| m.text.as_str()).collect();
        assert_eq!(got.join(","), texts);
    }

    fn drawn(values: &[f64], columns: usize, rows: usize, is_braille: bool) -> Vec<String> {
        let mut dots = Dots::new(columns, rows, is_braille);
        dots.line(values, (0.0, 3.0));
        let cell = |x: usize, y: usize| match (dots.bits(x, y), is_braille) {
            (0, _) => " ".to_owned(),
            (bits, true) => braille(bits).to_string(),
            (_, false) => "*".to_owned(),
        };
        (0..rows).map(|y| (0..columns).map(|x| cell(x, y)).collect()).collect()
    }

    #[test]
    fn a_line_is_drawn_in_braille_and_in_plain_signs() {
        assert_eq!(drawn(&[0.0, 1.0, 2.0, 3.0], 2, 1, true), ["⡠⠊"]);
        assert_eq!(drawn(&[0.0, 3.0, 0.0], 3, 3, false), [" * ", " **", "* *"]);
    }

    #[test]
    fn a_gap_stays_empty_and_a_lonely_value_is_a_dot() {
        let gap = drawn(&[1.0, f64::NAN, f64::NAN, 1.0, 1.0], 5, 1, false);
        assert_eq!(gap, ["*  **"]);
        assert_eq!(drawn(&[f64::NAN, f64::NAN], 2, 1, true), ["  "]);
    }

    #[test]
    fn values_have_rows_and_levels() {
        assert_eq!((row_of(0.0, (0.0, 9.0), 10), row_of(9.0, (0.0, 9.0), 10)), (9, 0));
        assert_eq!(level(9.0, (0.0, 9.0), 5), 4);
        assert_eq!(level(0.0, (0.0, 9.0), 5), 0);
        assert_eq!(level(3.0, (3.0, 3.0), 5), 2);
    }
}
