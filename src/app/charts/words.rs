//! How figures are written: values by their unit, changes, goals, comparisons.

use super::Charts;
use crate::app::model::Model;
use crate::domain::figure::board::Stand;
use crate::domain::figure::compare::{self, Correlation};
use crate::domain::figure::line::Line;
use crate::domain::figure::{Kind, Layer, Unit};
use crate::domain::{Span, Time};
use crate::text::catalogue::charts as say;
use crate::text::{Lang, Msg, Shown, format};
use crate::wire::figure::Figure;

/// Days are known in full by this share.
const WHOLE: f64 = 0.95;

/// How a change is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// No more than noise.
    Noise,
    /// For the better.
    Good,
    /// For the worse.
    Bad,
}

/// A value in its unit, short: `12.3k`, `4.2%`, `1:20`.
pub fn amount(lang: Lang, unit: Unit, value: f64) -> Shown {
    if !value.is_finite() {
        return Shown::line("-");
    }
    match unit {
        Unit::Share => format::percent(value),
        Unit::Seconds if value.abs() < 60.0 => Shown::line(&format!("{value:.1}s")),
        Unit::Seconds if value.abs() < 3_600.0 => {
            let (size, sign) = (value.abs().round() as u64, if value < 0.0 { "-" } else { "" });
            Shown::line(&format!("{sign}{}:{:02}", size / 60, size % 60))
        }
        Unit::Seconds => format::duration(lang, (value * 1_000.0) as i64),
        Unit::Count | Unit::Money => {
            let size = value.abs();
            let is_whole = (size - size.round()).abs() < 0.005;
            let text = match size {
                _ if is_whole || size >= 100.0 => format::number(lang, size.round() as u64),
                10.0.. => Shown::line(&format!("{size:.1}")),
                _ => Shown::line(&format!("{size:.2}")),
            };
            let sign = if value < 0.0 && text.as_str() != "0" { "-" } else { "" };
            Shown::join([&Shown::line(sign), &text], &Shown::default())
        }
    }
}

/// Values of an axis, so exact that they differ from each other.
pub fn axis(lang: Lang, unit: Unit, ticks: &[f64]) -> Vec<Shown> {
    let step = ticks.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
    let most = ticks.iter().map(|t| t.abs()).fold(0.0, f64::max);
    let sizes: &[(f64, &str)] = match (unit, lang) {
        (Unit::Share, _) => &[(0.01, "%")],
        (Unit::Seconds, _) => return ticks.iter().map(|t| amount(lang, unit, *t)).collect(),
        (_, Lang::En) => &[(1e9, "B"), (1e6, "M"), (1e3, "k"), (1.0, "")],
        (_, Lang::Zh) => &[(1e8, "亿"), (1e4, "万"), (1.0, "")],
    };
    // Below ten thousand in full, as everywhere.
    let fits = |(size, _): &&(f64, &str)| *size <= 1.0 || most >= size.max(1e4);
    let (size, sign) = sizes.iter().find(fits).copied().unwrap_or((1.0, ""));
    let whole = |digits: &usize| {
        let scaled = step / size * 10_f64.powi(i32::try_from(*digits).unwrap_or(0));
        !scaled.is_finite() || (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
    };
    let digits = (0..4).find(whole).unwrap_or(4);
    // A negative zero is zero.
    ticks.iter().map(|t| Shown::line(&format!("{:.digits$}{sign}", t / size + 0.0))).collect()
}

/// A difference: as a value, with its sign.
pub fn difference(lang: Lang, unit: Unit, value: f64) -> Shown {
    let sign = if value >= 0.0 { "+" } else { "" };
    Shown::join([&Shown::line(sign), &amount(lang, unit, value)], &Shown::default())
}

/// A change as a share: `+12%`.
pub fn share(change: f64) -> Shown {
    let sign = if change >= 0.0 { "+" } else { "" };
    Shown::join([&Shown::line(sign), &format::percent(change)], &Shown::default())
}

/// What a layer is called.
pub fn layer(layer: Layer) -> Msg {
    match layer {
        Layer::Exposure => say::EXPOSURE,
        Layer::Interaction => say::INTERACTION,
        Layer::Conversion => say::CONVERSION,
    }
}

/// What a range is called.
pub fn range(lang: Lang, days: u16) -> Shown {
    match days {
        1 => say::HOURS_24.say(lang),
        _ => say::DAYS.fill(lang, &[("n", &days)]),
    }
}

impl Charts {
    /// What a figure or rate is called.
    pub fn label(&self, name: &str, lang: Lang) -> Shown {
        Shown::line(self.book.label(name, lang))
    }

    /// In what it is counted.
    pub fn unit(&self, name: &str) -> Unit {
        self.book.unit(name)
    }

    /// The newest value.
    pub fn newest(&self, stand: &Stand, lang: Lang) -> Shown {
        amount(lang, self.unit(&stand.name), stand.now.unwrap_or(f64::NAN))
    }

    /// The change of the last step against its usual value, and how to take it.
    pub fn change(&self, stand: &Stand) -> Option<(f64, Taken)> {
        let change = stand.change()?;
        let taken = match (stand.is_beyond_noise(), self.book.less_is_better(&stand.name)) {
            (false, _) => Taken::Noise,
            (true, less) if (change > 0.0) != less => Taken::Good,
            (true, _) => Taken::Bad,
        };
        Some((change, taken))
    }

    /// Whether the goal is behind its pace, and by how much.
    pub fn behind(stand: &Stand) -> Option<f64> {
        let (set, standing) = stand.goal.as_ref()?;
        let start = set.start.unwrap_or(standing.planned.min(standing.now));
        let short = standing.planned - standing.now;
        Some(if set.target >= start { short } else { -short })
    }

    /// The last thing a row has to say: its goal, else what of it is not known, else that it rests
    /// on little.
    pub fn note(&self, stand: &Stand, lang: Lang) -> Option<(Shown, Taken)> {
        let unit = self.unit(&stand.name);
        if let Some(behind) = Charts::behind(stand) {
            return Some(match behind > 0.0 {
                true => (
                    say::BEHIND_SHORT.fill(lang, &[("n", &amount(lang, unit, behind))]),
                    Taken::Bad,
                ),
                false => (say::ON_PACE.say(lang), Taken::Good),
            });
        }
        if stand.coverage < WHOLE {
            let known = format::percent(stand.coverage);
            return Some((say::COVERAGE.fill(lang, &[("n", &known)]), Taken::Noise));
        }
        let over = stand.over?;
        Some((Shown::line(&format!("/{}", amount(lang, Unit::Count, over))), Taken::Noise))
    }

    /// What is to know of a figure besides its line, each in a sentence: the worst first.
    pub fn facts(&self, model: &Model) -> Vec<(Shown, Taken)> {
        let lang = model.lang();
        let Some(stand) = self.stand() else { return Vec::new() };
        let unit = self.unit(&stand.name);
        let mut facts = Vec::new();
        if let Some((_, last)) = stand.last {
            let msg = if stand.step == Span::hours(1) { say::LAST_HOUR } else { say::LAST_DAY };
            let mut pieces = vec![msg.fill(lang, &[("n", &amount(lang, unit, last))])];
            if let Some(usual) = stand.usual {
                pieces.push(say::USUAL.fill(lang, &[("n", &amount(lang, unit, usual.value))]));
            }
            let change = self.change(stand);
            pieces.extend(change.map(|(change, _)| share(change)));
            let taken = change.map_or(Taken::Noise, |(_, taken)| taken);
            facts.push((Shown::join(&pieces, &say::COMMA.say(lang)), taken));
        }
        if let Some(over) = stand.over {
            let over = amount(lang, Unit::Count, over);
            facts.push((say::RESTS.fill(lang, &[("n", &over)]), Taken::Noise));
        }
        if let Some((set, standing)) = &stand.goal {
            let behind = Charts::behind(stand).unwrap_or(0.0);
            let how = match behind > 0.0 {
                true => say::BEHIND.fill(lang, &[("n", &amount(lang, unit, behind))]),
                false => say::ON_PACE.say(lang),
            };
            let by = set.by.format("%Y-%m-%d").to_string();
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("target", &amount(lang, unit, set.target)), ("day", &by), ("how", &how)];
            let taken = if behind > 0.0 { Taken::Bad } else { Taken::Good };
            facts.push((say::GOAL.fill(lang, &values), taken));
            let mut pieces = Vec::new();
            if standing.a_day != 0.0 {
                let a_day = amount(lang, unit, standing.a_day);
                pieces.push(say::GOAL_NEEDS.fill(lang, &[("n", &a_day)]));
            }
            if let Some(leads) = standing.leads_to {
                let [n, low, high] =
                    [leads.expected, leads.low, leads.high].map(|v| amount(lang, unit, v));
                let values: [(&str, &dyn std::fmt::Display); 3] =
                    [("n", &n), ("low", &low), ("high", &high)];
                pieces.push(say::GOAL_LEADS.fill(lang, &values));
            }
            if let Some(chance) = standing.chance {
                let chance = format::percent(chance);
                pieces.push(say::GOAL_CHANCE.fill(lang, &[("n", &chance)]));
            }
            if !pieces.is_empty() {
                facts.push((Shown::join(&pieces, &say::COMMA.say(lang)), Taken::Noise));
            }
        }
        facts
    }

    /// What the line of the figure, the period before and the other figure have to say to each other.
    pub fn comparisons(&self, model: &Model) -> Vec<(Shown, Taken)> {
        let lang = model.lang();
        let Some(figure) = self.shown() else { return Vec::new() };
        let [own, before, other] = self.lines();
        let Some(Ok(own)) = own else { return Vec::new() };
        let mut said = Vec::new();
        let unit = self.unit(&figure.name);
        let step = if own.step == Span::hours(1) { say::AN_HOUR } else { say::A_DAY }.say(lang);
        match before {
            Some(Ok(before)) => match compare::change(&own.values(), &before.values()) {
                Some(change) => {
                    let by = change.share.map_or_else(|| Shown::line("-"), share);
                    let [now, was] = [change.now, change.before].map(|v| amount(lang, unit, v));
                    let values: [(&str, &dyn std::fmt::Display); 4] =
                        [("step", &step), ("now", &now), ("before", &was), ("change", &by)];
                    let msg = if change.is_clear { say::BEFORE_CLEAR } else { say::BEFORE_NOISE };
                    let less = self.book.less_is_better(&figure.name);
                    let taken = match change.is_clear {
                        false => Taken::Noise,
                        true if (change.now > change.before) != less => Taken::Good,
                        true => Taken::Bad,
                    };
                    said.push((msg.fill(lang, &values), taken));
                }
                None => said.push((say::BEFORE_NONE.say(lang), Taken::Noise)),
            },
            Some(Err(why)) => said.push((why.clone(), Taken::Bad)),
            None => {}
        }
        if let (Some(Ok(other)), Some(with)) = (other, &self.against) {
            let name = self.name_of(model, with);
            let [low, high] = ends(other, false).map(|v| amount(lang, self.unit(&with.name), v));
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("figure", &name), ("low", &low), ("high", &high)];
            said.push((say::OTHER_SCALE.fill(lang, &values), Taken::Noise));
            said.extend(together(lang, own, other).into_iter().map(|text| (text, Taken::Noise)));
        }
        let thin = own.points.iter().filter(|p| p.over.is_some()).count();
        if thin > 0 {
            said.push((say::RESTS_SOME.fill(lang, &[("n", &thin)]), Taken::Noise));
        }
        let coverage = own.coverage();
        if coverage > 0.0 && coverage < WHOLE {
            let known = format::percent(coverage);
            said.push((say::COVERAGE_LONG.fill(lang, &[("n", &known)]), Taken::Noise));
        }
        said
    }

    /// `Reads`, and whose when that is not the channel of the list.
    pub fn name_of(&self, model: &Model, figure: &Figure) -> Shown {
        let label = self.label(&figure.name, model.lang());
        let shown = self.shown().map(|shown| shown.channel);
        if shown.as_ref() == Some(&figure.channel) {
            return label;
        }
        Shown::join([&label, &model.channel_title(&figure.channel)], &Shown::blank(1))
    }

    /// Whether a line is drawn by its totals: what a counter stands at.
    pub fn is_level(&self, name: &str) -> bool {
        self.book.rate(name).is_none() && self.book.known(name).kind == Kind::Counter
    }
}

/// What is drawn of a line: totals of a counter, else its values.
pub fn drawn(line: &Line, is_level: bool) -> Vec<(Time, f64)> {
    let value = |p: &crate::domain::figure::line::Point| {
        (p.start, if is_level { p.level } else { p.value })
    };
    line.points.iter().map(value).collect()
}

/// The lowest and the highest value of a line.
pub fn ends(line: &Line, is_level: bool) -> [f64; 2] {
    let known = drawn(line, is_level).into_iter().map(|(_, v)| v).filter(|v| v.is_finite());
    known.fold([f64::NAN, f64::NAN], |[low, high], v| [v.min(low), v.max(high)])
}

/// Whether two lines go together, in sentences.
fn together(lang: Lang, a: &Line, b: &Line) -> Vec<Shown> {
    let other: std::collections::BTreeMap<Time, f64> =
        b.points.iter().map(|p| (p.start, p.value)).collect();
    let at = |start: &Time| other.get(start).copied().unwrap_or(f64::NAN);
    let pairs: Vec<f64> = a.points.iter().map(|p| at(&p.start)).collect();
    let Some(found) = compare::correlation(&a.values(), &pairs) else {
        return vec![say::NO_PAIRS.say(lang)];
    };
    let Correlation { rho, range, pairs } = found;
    let [rho, low, high] = [rho, range.0, range.1].map(|v| format!("{v:.2}"));
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("rho", &rho), ("low", &low), ("high", &high), ("n", &pairs)];
    let msg = if found.is_clear() { say::GOES_TOGETHER } else { say::CHANCE_ALONE };
    let mut said = vec![msg.fill(lang, &values)];
    if found.is_on_little() {
        said.push(say::FEW_PAIRS.say(lang));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Unit::Count, 12_345.0, "12.3k", "1.2万")]
    #[case(Unit::Count, -3.0, "-3", "-3")]
    #[case(Unit::Count, 2.345, "2.35", "2.35")]
    #[case(Unit::Count, 17.26, "17.3", "17.3")]
    #[case(Unit::Share, 0.0312, "3.1%", "3.1%")]
    #[case(Unit::Seconds, 7.44, "7.4s", "7.4s")]
    #[case(Unit::Seconds, 80.0, "1:20", "1:20")]
    #[case(Unit::Money, 1_234_567.0, "1.2M", "123万")]
    #[case(Unit::Count, f64::NAN, "-", "-")]
    fn values_are_written_by_their_unit(
        #[case] unit: Unit,
        #[case] value: f64,
        #[case] en: &str,
        #[case] zh: &str,
    ) {
        assert_eq!(amount(Lang::En, unit, value).as_str(), en);
        assert_eq!(amount(Lang::Zh, unit, value).as_str(), zh);
    }

    #[rstest]
    #[case(Unit::Count, &[186_400.0, 186_600.0], "186.4k 186.6k", "18.64万 18.66万")]
    #[case(Unit::Count, &[0.0, 10_000.0, 20_000.0], "0k 10k 20k", "0万 1万 2万")]
    #[case(Unit::Count, &[0.0, 2_500.0, 5_000.0], "0 2500 5000", "0 2500 5000")]
    #[case(Unit::Share, &[0.0, 0.005], "0.0% 0.5%", "0.0% 0.5%")]
    #[case(Unit::Money, &[-2e6, 0.0, 2e7], "-2M 0M 20M", "-200万 0万 2000万")]
    fn an_axis_is_as_exact_as_its_steps(
        #[case] unit: Unit,
        #[case] ticks: &[f64],
        #[case] en: &str,
        #[case] zh: &str,
    ) {
        for (lang, is) in [(Lang::En, en), (Lang::Zh, zh)] {
            let all: Vec<String> = axis(lang, unit, ticks).iter().map(Shown::to_string).collect();
            assert_eq!(all.join(" "), is);
        }
    }

    #[test]
    fn differences_and_shares_have_a_sign() {
        assert_eq!(difference(Lang::En, Unit::Count, 40.0).as_str(), "+40");
        assert_eq!(share(-0.234).as_str(), "-23%");
        assert_eq!(share(0.0).as_str(), "+0.0%");
    }
}
