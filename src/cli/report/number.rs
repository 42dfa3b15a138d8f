//! Numbers as a report writes them: in full, with the thousands apart.

use crate::domain::figure::Unit;
use crate::text::catalogue::reports as say;
use crate::text::{Lang, Shown, format};

/// What stands where there is no number.
pub fn none() -> Shown {
    Shown::line("–")
}

/// A value in whole units of a figure.
pub fn value(lang: Lang, unit: Unit, v: f64) -> Shown {
    if !v.is_finite() {
        return none();
    }
    let size = v.abs();
    match unit {
        Unit::Count if size >= 100.0 || v.fract() == 0.0 => decimals(v, 0),
        Unit::Count if size >= 10.0 => decimals(v, 1),
        Unit::Count => decimals(v, 2),
        Unit::Money if size >= 1_000.0 => decimals(v, 0),
        Unit::Money => decimals(v, 2),
        Unit::Share => percent(v),
        Unit::Seconds if size < 60.0 => say::SECONDS.fill(lang, &[("n", &decimals(v, 1))]),
        Unit::Seconds => format::duration(lang, (v * 1_000.0) as i64),
    }
}

/// A value that was gained.
pub fn gained(lang: Lang, unit: Unit, v: f64) -> Shown {
    let text = value(lang, unit, v);
    if v > 0.0 { Shown::join([&Shown::line("+"), &text], &Shown::default()) } else { text }
}

/// A whole number.
pub fn whole(n: u64) -> Shown {
    Shown::line(&grouped(&n.to_string()))
}

/// A share: two places below ten percent, one from there on.
pub fn percent(share: f64) -> Shown {
    if !share.is_finite() {
        return none();
    }
    let percent = share * 100.0;
    let places = if percent.abs() < 9.995 { 2 } else { 1 };
    Shown::line(&format!("{}%", plain(percent, places)))
}

/// A change as a share of what was; what has more than tenfolded as so many times that.
pub fn change(share: f64) -> Shown {
    if !share.is_finite() {
        return none();
    }
    let percent = share * 100.0;
    if percent > 999.0 {
        return Shown::line(&format!("×{}", plain(share + 1.0, 0)));
    }
    let places = usize::from(percent.abs() < 9.95);
    let text = plain(percent, places);
    let sign =
        if percent > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { "+" } else { "" };
    Shown::line(&format!("{sign}{text}%"))
}

fn decimals(v: f64, places: usize) -> Shown {
    Shown::line(&plain(v, places))
}

/// With so many places, the thousands apart, and a minus that is as wide as a plus. What rounds to
/// nothing has no sign.
fn plain(v: f64, places: usize) -> String {
    let text = format!("{:.places$}", v.abs());
    let is_nothing = text.bytes().all(|b| b == b'0' || b == b'.');
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let sign = if v < 0.0 && !is_nothing { "−" } else { "" };
    format!("{sign}{}{rest}", grouped(whole))
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Round values for the side of a chart, from nothing (or below) to the largest; the lowest first.
pub fn marks(lang: Lang, unit: Unit, values: impl Iterator<Item = f64>) -> Vec<(f64, Shown)> {
    let (mut low, mut high) = (0.0_f64, 0.0_f64);
    for v in values.filter(|v| v.is_finite()) {
        (low, high) = (low.min(v), high.max(v));
    }
    let whole = unit == Unit::Count && high - low >= 3.0;
    let rough = ((high - low) / 4.0).max(if whole { 1.0 } else { f64::MIN_POSITIVE });
    if high <= low {
        return vec![(0.0, value(lang, unit, 0.0)), (1.0, none())];
    }
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|n| n * power);
    let fits = |step: &f64| *step >= rough * 0.999 && (!whole || step.fract() == 0.0);
    let step = step.into_iter().find(fits).unwrap_or(rough);
    let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
    (first..=last.min(first + 12))
        .map(|n| n as f64 * step)
        .map(|v| (v, mark(lang, unit, v)))
        .collect()
}

/// A short number for the side of a chart.
fn mark(lang: Lang, unit: Unit, v: f64) -> Shown {
    match unit {
        _ if v == 0.0 && unit != Unit::Share => Shown::line("0"),
        Unit::Count | Unit::Money if v >= 10_000.0 => format::number(lang, v as u64),
        Unit::Share => {
            Shown::line(&format!("{}%", plain(v * 100.0, usize::from(v * 100.0 % 1.0 != 0.0))))
        }
        _ => value(lang, unit, v),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Unit::Count, 0.0, "0")]
    #[case(Unit::Count, 1_234_567.0, "1,234,567")]
    #[case(Unit::Count, -999.6, "−1,000")]
    #[case(Unit::Count, 12.345, "12.3")]
    #[case(Unit::Count, 1.855, "1.85")]
    #[case(Unit::Money, 12.5, "12.50")]
    #[case(Unit::Money, 123_456.78, "123,457")]
    #[case(Unit::Share, 0.0312, "3.12%")]
    #[case(Unit::Share, 0.5, "50.0%")]
    #[case(Unit::Share, -0.000_001, "0.00%")]
    #[case(Unit::Seconds, 12.34, "12.3 s")]
    #[case(Unit::Seconds, 3_900.0, "1h05")]
    #[case(Unit::Count, f64::NAN, "–")]
    fn a_value_has_its_unit(#[case] unit: Unit, #[case] v: f64, #[case] text: &str) {
        assert_eq!(value(Lang::En, unit, v).as_str(), text);
    }

    #[rstest]
    #[case(0.123, "+12%")]
    #[case(0.0123, "+1.2%")]
    #[case(0.000_01, "0.0%")]
    #[case(-0.000_01, "0.0%")]
    #[case(-0.5, "−50%")]
    #[case(24.0, "×25")]
    #[case(f64::INFINITY, "–")]
    fn a_change_has_its_sign(#[case] share: f64, #[case] text: &str) {
        assert_eq!(change(share).as_str(), text);
    }

    #[rstest]
    #[case(Unit::Count, &[0.0, 7.0], &["0", "2", "4", "6", "8"])]
    #[case(Unit::Count, &[3.0, 41_000.0, f64::NAN], &["0", "20k", "40k", "60k"])]
    #[case(Unit::Count, &[-12.0, 30.0], &["−20", "0", "20", "40"])]
    #[case(Unit::Count, &[0.0, 0.0], &["0", "–"])]
    #[case(Unit::Share, &[0.031], &["0%", "1%", "2%", "3%", "4%"])]
    #[case(Unit::Money, &[30.0], &["0", "10.00", "20.00", "30.00"])]
    #[case(Unit::Count, &[], &["0", "–"])]
    fn marks_are_round(#[case] unit: Unit, #[case] values: &[f64], #[case] expected: &[&str]) {
        let marks = marks(Lang::En, unit, values.iter().copied());
        let texts: Vec<&str> = marks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, expected);
        assert!(marks.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
