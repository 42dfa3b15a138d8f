//! Best hours, expected ranges and what topics score in words, for screens and verbs alike.

use crate::domain::best::{Cell, Expected, TooFew};
use crate::domain::pool::{Origin, Score};
use crate::text::catalogue::planning as say;
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::planning::Range;
use chrono::{Days, NaiveDate};

/// A figure's name for people; as the platform calls it when the desk has no name for it.
pub fn metric(name: &str, lang: Lang) -> Shown {
    const KNOWN: [(&str, Msg); 9] = [
        ("interactions", say::M_INTERACTIONS),
        ("likes", say::M_LIKES),
        ("comments", say::M_COMMENTS),
        ("shares", say::M_SHARES),
        ("saves", say::M_SAVES),
        ("reads", say::M_READS),
        ("views", say::M_VIEWS),
        ("reach", say::M_REACH),
        ("impressions", say::M_IMPRESSIONS),
    ];
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| Shown::line(name), |(_, msg)| msg.say(lang))
}

/// A draft's line: `expected 120–480 interactions (80 %, 43 comparable posts)`, or why there is no
/// range.
pub fn expected_line(range: &Range, name: &str, lang: Lang) -> Shown {
    match range {
        Ok(expected) => {
            let values: [(&str, &dyn std::fmt::Display); 4] = [
                ("low", &whole(expected.most.0, lang)),
                ("high", &whole(expected.most.1, lang)),
                ("metric", &metric(name, lang)),
                ("n", &expected.posts),
            ];
            say::EXPECTED_LINE.fill(lang, &values)
        }
        Err(TooFew { has, least }) => {
            say::EXPECTED_TOO_FEW.fill(lang, &[("has", has), ("least", least)])
        }
    }
}

/// What else there is to say of a range.
pub fn expected_more(expected: &Expected, lang: Lang) -> Vec<Shown> {
    let values: [(&str, &dyn std::fmt::Display); 3] = [
        ("low", &whole(expected.half.0, lang)),
        ("high", &whole(expected.half.1, lang)),
        ("middle", &whole(expected.middle, lang)),
    ];
    let mut lines = vec![say::EXPECTED_MORE.fill(lang, &values)];
    if (expected.hour - 1.0).abs() >= 0.005 {
        lines.push(say::EXPECTED_HOUR.fill(lang, &[("n", &times(expected.hour))]));
    }
    if !expected.same_form {
        lines.push(say::EXPECTED_ALL_FORMS.say(lang));
    }
    lines
}

/// The hours of a cell: `20:00`, `Tue 20:00`, `Tue 08–12`.
pub fn hours(cell: &Cell, lang: Lang) -> Shown {
    let Some(day) = cell.day else { return Shown::line(&format!("{:02}:00", cell.from)) };
    let day = weekday(day, lang);
    if cell.to - cell.from == 1 {
        let hour = Shown::line(&format!("{:02}:00", cell.from));
        return Shown::join(&[day, hour], &Shown::line(" "));
    }
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("day", &day), ("from", &format!("{:02}", cell.from)), ("to", &format!("{:02}", cell.to))];
    say::PART.fill(lang, &values)
}

/// A day of the week, Monday = 0.
fn weekday(day: u8, lang: Lang) -> Shown {
    // 2026-01-05 is a Monday.
    let monday = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default();
    format::weekday(&(monday + Days::new(day.into()))).say(lang)
}

/// Where a topic comes from.
pub fn origin(origin: Origin, lang: Lang) -> Shown {
    let msg = match origin {
        Origin::AudienceQuestion => say::ORIGIN_QUESTION,
        Origin::Trend => say::ORIGIN_TREND,
        Origin::Competitor => say::ORIGIN_COMPETITOR,
    };
    msg.say(lang)
}

/// A topic's score with its parts: `41 (11+5+20+5)`.
pub fn score(score: Score, lang: Lang) -> Shown {
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("total", &score.total()),
        ("asked", &score.asked),
        ("liked", &score.liked),
        ("fresh", &score.fresh),
        ("origin", &score.origin),
    ];
    say::SCORE.fill(lang, &values)
}

/// A multiplier with two places.
pub fn times(n: f64) -> Shown {
    Shown::line(&format!("{n:.2}"))
}

/// A figure as a whole number.
pub fn whole(n: f64, lang: Lang) -> Shown {
    // A cast from float stops at the type's bounds.
    format::number(lang, n.round().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_line() {
        let expected = Expected {
            middle: 240.4,
            half: (180.0, 320.0),
            most: (120.4, 479.6),
            posts: 43,
            same_form: false,
            hour: 1.254,
        };
        let line = expected_line(&Ok(expected), "interactions", Lang::En);
        assert_eq!(line.as_str(), "expected 120–480 interactions (80 %, 43 comparable posts)");
        let more = expected_more(&expected, Lang::En);
        assert_eq!(more.len(), 3);
        assert_eq!(more[1].as_str(), "its hour brings ×1.25 the usual");
        let line = expected_line(&Err(TooFew { has: 4, least: 12 }), "saves", Lang::Zh);
        assert_eq!(line.as_str(), "尚无区间：可比内容 4 篇，需要 12 篇");
    }

    #[test]
    fn hours_are_named_as_finely_as_they_are_told_apart() {
        let cell = |day, from, to| Cell {
            day,
            from,
            to,
            posts: 0,
            times: 1.0,
            low: 1.0,
            high: 1.0,
            better: false,
        };
        let said = |cell: Cell| hours(&cell, Lang::En).as_str().to_owned();
        assert_eq!(said(cell(None, 8, 9)), "08:00");
        assert_eq!(said(cell(Some(1), 20, 21)), "Tue 20:00");
        assert_eq!(said(cell(Some(6), 8, 12)), "Sun 08–12");
    }
}
