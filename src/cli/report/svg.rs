//! Charts as SVG inside of a page: no script, no size of its own, colours by the page's classes.
//!
//! Every chart has a title and a description for those who do not see it.

use super::doc::{Bars, Chart, Heat, Lines, Plot};
use crate::text::{Shown, html_safe};
use std::fmt::Write as _;

/// The width of every chart, in its own units; the page scales it.
const WIDTH: f64 = 860.0;
/// The height of lines and bars.
const HEIGHT: f64 = 190.0;
/// Room at the left for marks, at the other sides for half a letter.
const LEFT: f64 = 58.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 24.0;
/// The size of a sparkline.
const SPARK: (f64, f64) = (112.0, 24.0);
/// Steps of darkness.
const SHADES: u64 = 5;
/// How far apart letters under the steps must be, in units for each column of text.
const LETTER: f64 = 6.4;

/// Draws a chart; `number` tells it apart from the others of the page.
pub fn chart(chart: &Chart, number: usize) -> String {
    let (height, inside) = match &chart.plot {
        Plot::Lines(of) => (HEIGHT, lines(of)),
        Plot::Bars(of) => (HEIGHT, bars(of)),
        Plot::Heat(of) => heat(of),
    };
    let (title, says) = (safe(&chart.title), safe(&chart.says));
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"t{number} d{number}\" focusable=\"false\"><title id=\"t{number}\">{title}</title>\
         <desc id=\"d{number}\">{says}</desc>{inside}</svg>"
    )
}

/// A small line without axes; `says` is what it shows in words.
pub fn spark(values: &[f64], says: &Shown) -> String {
    let (width, height) = SPARK;
    let known = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (known().fold(f64::MAX, f64::min), known().fold(f64::MIN, f64::max));
    if low > high {
        return String::new();
    }
    // A line that hardly moves is flat, not a mountain range.
    let low = low.min(high - (high.abs() * 0.05).max(f64::MIN_POSITIVE));
    let (inner, step) = (height - 6.0, (width - 8.0) / (values.len().max(2) - 1) as f64);
    let place = |(n, v): (usize, f64)| {
        (4.0 + n as f64 * step, 3.0 + inner * (1.0 - (v - low) / (high - low)))
    };
    let mut inside =
        path(values.iter().copied().enumerate().map(|(n, v)| (place((n, v)), v)), "line");
    let newest = values.iter().copied().enumerate().rfind(|(_, v)| v.is_finite());
    if let Some((x, y)) = newest.map(place) {
        let _ = write!(inside, "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.4\"/>");
    }
    format!(
        "<svg class=\"spark\" viewBox=\"0 0 {width} {height}\" role=\"img\" focusable=\"false\">\
         <title>{}</title>{inside}</svg>",
        safe(says)
    )
}

fn safe(text: &Shown) -> String {
    html_safe(text.as_str())
}

/// A line through what is known: a gap where nothing is, a dot for what stands alone.
fn path(points: impl Iterator<Item = ((f64, f64), f64)>, class: &str) -> String {
    let (mut out, mut runs): (String, Vec<Vec<(f64, f64)>>) = (String::new(), vec![Vec::new()]);
    for (place, value) in points {
        match (value.is_finite(), runs.last_mut()) {
            (true, Some(run)) => run.push(place),
            _ => runs.push(Vec::new()),
        }
    }
    for run in runs {
        match run[..] {
            [] => {}
            [(x, y)] => {
                let _ = write!(
                    out,
                    "<circle class=\"{class} alone\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\"/>"
                );
            }
            _ => {
                let mut d = String::new();
                for (n, (x, y)) in run.iter().enumerate() {
                    let _ = write!(d, "{}{x:.1} {y:.1}", if n == 0 { "M" } else { "L" });
                }
                let _ = write!(out, "<path class=\"{class}\" d=\"{d}\"/>");
            }
        }
    }
    out
}

/// Where values stand between top and bottom.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(marks: &[(f64, Shown)]) -> Scale {
        let low = marks.first().map_or(0.0, |m| m.0);
        let high = marks.last().map_or(1.0, |m| m.0);
        Scale { low, high: if high > low { high } else { low + 1.0 } }
    }

    fn y(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - share)
    }
}

/// The marks at the side, with lines across.
fn side(marks: &[(f64, Shown)], scale: &Scale) -> String {
    let mut out = String::new();
    for (value, text) in marks {
        let (y, right) = (scale.y(*value), WIDTH - RIGHT);
        let class = if *value == 0.0 { "axis" } else { "grid" };
        let _ = write!(
            out,
            "<line class=\"{class}\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/>\
             <text class=\"end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            LEFT - 8.0,
            y + 3.8,
            safe(text)
        );
    }
    out
}

/// What stands under the steps, as much of it as has room.
fn under(steps: &[Shown], x: impl Fn(usize) -> f64) -> String {
    let (mut out, mut free) = (String::new(), f64::MIN);
    for (n, text) in steps.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        let half = text.width() as f64 * LETTER / 2.0;
        let middle = x(n).min(WIDTH - RIGHT - half + 10.0);
        if middle - half < free {
            continue;
        }
        free = middle + half + 8.0;
        let y = HEIGHT - 6.0;
        let _ =
            write!(out, "<text class=\"middle\" x=\"{middle:.1}\" y=\"{y}\">{}</text>", safe(text));
    }
    out
}

fn lines(of: &Lines) -> String {
    let scale = Scale::of(&of.marks);
    let steps = of.steps.len().max(of.lines.iter().map(|(_, v)| v.len()).max().unwrap_or(0));
    let step = (WIDTH - LEFT - RIGHT - 16.0) / (steps.max(2) - 1) as f64;
    let x = |n: usize| if steps == 1 { (LEFT + WIDTH) / 2.0 } else { LEFT + 8.0 + n as f64 * step };
    let mut out = side(&of.marks, &scale);
    out += &under(&of.steps, x);
    // What it is about is drawn last, over the others.
    for (n, (_, values)) in of.lines.iter().enumerate().rev() {
        let class = if n == 0 { "line" } else { "line other" };
        out += &path(values.iter().enumerate().map(|(n, v)| ((x(n), scale.y(*v)), *v)), class);
    }
    if let Some((_, first)) = of.lines.first().filter(|_| steps <= 31) {
        for (n, v) in first.iter().enumerate().filter(|(_, v)| v.is_finite()) {
            let (x, y) = (x(n), scale.y(*v));
            let _ = write!(out, "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.6\"/>");
        }
    }
    out
}

fn bars(of: &Bars) -> String {
    let scale = Scale::of(&of.marks);
    let step = (WIDTH - LEFT - RIGHT) / of.values.len().max(1) as f64;
    let wide = (step * 0.72).min(36.0);
    let x = |n: usize| LEFT + (n as f64 + 0.5) * step;
    let mut out = side(&of.marks, &scale);
    out += &under(&of.steps, x);
    let floor = scale.y(0.0);
    for (n, v) in of.values.iter().enumerate().filter(|(_, v)| v.is_finite() && **v != 0.0) {
        let (left, y) = (x(n) - wide / 2.0, scale.y(*v));
        let (top, height) = (y.min(floor), (y - floor).abs());
        let says = of.says.get(n).map(safe).unwrap_or_default();
        let _ = write!(
            out,
            "<rect class=\"bar\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{height:.1}\">\
             <title>{says}</title></rect>"
        );
    }
    out
}

fn heat(of: &Heat) -> (f64, String) {
    const ROW: f64 = 20.0;
    let columns = of.columns.len().max(1);
    let step = (WIDTH - LEFT - RIGHT) / columns as f64;
    let most = of.rows.iter().flat_map(|(_, row)| row).copied().max().unwrap_or(0);
    let mut out = String::new();
    for (n, text) in of.columns.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        let x = LEFT + n as f64 * step;
        let _ = write!(out, "<text x=\"{x:.1}\" y=\"12\">{}</text>", safe(text));
    }
    for (r, (name, row)) in of.rows.iter().enumerate() {
        let y = 18.0 + r as f64 * ROW;
        let (right, middle) = (LEFT - 8.0, y + ROW / 2.0 + 3.6);
        let _ = write!(
            out,
            "<text class=\"end\" x=\"{right}\" y=\"{middle:.1}\">{}</text>",
            safe(name)
        );
        for (n, value) in row.iter().enumerate() {
            let shade = if most == 0 { 0 } else { (value * SHADES).div_ceil(most) };
            let x = LEFT + n as f64 * step;
            let (wide, high) = (step - 2.0, ROW - 2.0);
            let says = of.says.get(r).and_then(|row| row.get(n)).map(safe).unwrap_or_default();
            let _ = write!(
                out,
                "<rect class=\"s{shade}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{high}\" \
                 rx=\"2\"><title>{says}</title></rect>"
            );
        }
    }
    (22.0 + of.rows.len() as f64 * ROW, out)
}
