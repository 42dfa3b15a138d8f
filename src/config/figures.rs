//! `figures.toml`: what the figures of channels are, rates, goals, causes, alerts. The format is
//! explained in the default file.

use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::ChannelId;
use crate::domain::anomaly::Settings;
use crate::domain::figure::book::{Book, Diagnosis, GoalSet, Known, Label, Rate, Watch};
use crate::domain::figure::page::MOST_NAME;
use crate::domain::figure::{Formula, Kind, Layer, Unit};
use chrono::NaiveDate;
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// The file a new desk gets, and what holds on a desk without one.
pub(super) const DEFAULT: &str = include_str!("defaults/figures.toml");

/// The most of each that a file may name: every cockpit reads them.
const MOST: usize = 500;

/// Divided by less than this a rate rests on little, unless the file says otherwise.
const LEAST: f64 = 100.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    pane: Vec<Spanned<String>>,
    #[serde(default)]
    figure: Vec<RawFigure>,
    #[serde(default)]
    rate: Vec<RawRate>,
    #[serde(default)]
    goal: Vec<RawGoal>,
    #[serde(default)]
    diagnosis: Vec<RawDiagnosis>,
    alerts: Option<RawAlerts>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFigure {
    name: Spanned<String>,
    #[serde(default)]
    label: Label,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    layer: Layer,
    #[serde(default)]
    unit: Unit,
    #[serde(default)]
    less_is_better: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRate {
    name: Spanned<String>,
    #[serde(default)]
    label: Label,
    #[serde(default)]
    layer: Layer,
    unit: Option<Unit>,
    formula: Spanned<String>,
    least: Option<f64>,
    #[serde(default)]
    less_is_better: bool,
    #[serde(default)]
    platforms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGoal {
    channel: Spanned<String>,
    figure: Spanned<String>,
    target: f64,
    from: Option<Spanned<toml::Value>>,
    start: Option<f64>,
    by: Spanned<toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDiagnosis {
    name: Spanned<String>,
    when: Spanned<String>,
    says: Spanned<Label>,
    #[serde(default)]
    platforms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAlerts {
    #[serde(default)]
    figures: Vec<Spanned<String>>,
    change: Option<Spanned<i64>>,
    per_week: Option<f64>,
    arrivals: Option<bool>,
    complaints: Option<bool>,
}

/// What the default file says.
pub fn defaults() -> Book {
    // The file is part of the program; a test reads it.
    parse(Path::new("figures.toml"), DEFAULT).expect("the default file is right")
}

/// Reads the text of a `figures.toml`; `file` is for the mistakes.
///
/// # Errors
/// The first mistake.
pub(super) fn parse(file: &Path, text: &str) -> Result<Book, ConfigError> {
    let source = Source { file, text };
    let raw: Raw = source.raw()?;
    let mut book = Book {
        pane: names(&source, "pane", &raw.pane)?,
        watch: raw.alerts.as_ref().map(|a| watch(&source, a)).transpose()?.unwrap_or_default(),
        ..Book::default()
    };
    let mut known: Vec<String> = Vec::new();
    let mut new = |field: &str, written: &Spanned<String>| {
        let name = name(&source, field, written)?;
        if known.contains(&name) || known.len() >= MOST {
            return Err(source.wrong(field, written, Problem::Twice(name)));
        }
        known.push(name.clone());
        Ok(name)
    };
    for raw in raw.figure {
        let name = new("figure.name", &raw.name)?;
        let RawFigure { label, kind, layer, unit, less_is_better, .. } = raw;
        book.figures.push(Known { name, label, kind, layer, unit, less_is_better });
    }
    for raw in raw.rate {
        book.rates.push(Rate {
            name: new("rate.name", &raw.name)?,
            formula: formula(&source, "rate.formula", &raw.formula)?,
            unit: raw.unit.unwrap_or(Unit::Share),
            least: raw.least.unwrap_or(LEAST),
            label: raw.label,
            layer: raw.layer,
            less_is_better: raw.less_is_better,
            platforms: raw.platforms,
        });
    }
    for raw in raw.goal {
        let by = date(&source, "goal.by", &raw.by)?;
        let from = raw.from.as_ref().map(|d| date(&source, "goal.from", d)).transpose()?;
        if from.is_some_and(|from| from >= by) {
            let problem = Problem::NotADate(raw.by.get_ref().to_string());
            return Err(source.wrong("goal.by", &raw.by, problem));
        }
        book.goals.push(GoalSet {
            channel: ChannelId(source.id("goal.channel", &raw.channel)?),
            figure: name(&source, "goal.figure", &raw.figure)?,
            target: raw.target,
            from,
            start: raw.start,
            by,
        });
    }
    for raw in raw.diagnosis {
        if raw.says.get_ref() == &Label::default() {
            return Err(source.wrong("diagnosis.says", &raw.says, Problem::Empty));
        }
        book.diagnoses.push(Diagnosis {
            name: new("diagnosis.name", &raw.name)?,
            when: formula(&source, "diagnosis.when", &raw.when)?,
            says: raw.says.into_inner(),
            platforms: raw.platforms,
        });
    }
    Ok(book)
}

fn watch(source: &Source<'_>, raw: &RawAlerts) -> Result<Watch, ConfigError> {
    let mut watch = Watch::default();
    let settings = watch.settings;
    watch.figures = names(source, "alerts.figures", &raw.figures)?;
    watch.settings = Settings {
        least: match &raw.change {
            Some(percent) => source.number("alerts.change", percent, 1, 1_000)? as f64 / 100.0,
            None => settings.least,
        },
        per_week: raw.per_week.unwrap_or(settings.per_week).clamp(0.01, 50.0),
        ..settings
    };
    watch.arrivals = raw.arrivals.unwrap_or(watch.arrivals);
    watch.complaints = raw.complaints.unwrap_or(watch.complaints);
    Ok(watch)
}

fn names(
    source: &Source<'_>,
    field: &str,
    written: &[Spanned<String>],
) -> Result<Vec<String>, ConfigError> {
    written.iter().map(|written| name(source, field, written)).collect()
}

/// A name that a formula can speak of.
fn name(
    source: &Source<'_>,
    field: &str,
    written: &Spanned<String>,
) -> Result<String, ConfigError> {
    let name = source.filled(field, written)?;
    let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.len() <= MOST_NAME;
    match is_name {
        true => Ok(name),
        false => Err(source.wrong(field, written, Problem::NotAFigureName(name))),
    }
}

fn formula(
    source: &Source<'_>,
    field: &str,
    written: &Spanned<String>,
) -> Result<Formula, ConfigError> {
    Formula::parse(written.get_ref())
        .map_err(|e| source.wrong(field, written, Problem::NotAFormula(e.to_string())))
}

/// A day, with or without quotes.
fn date(
    source: &Source<'_>,
    field: &str,
    written: &Spanned<toml::Value>,
) -> Result<NaiveDate, ConfigError> {
    let text = match written.get_ref() {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.parse().map_err(|_| source.wrong(field, written, Problem::NotADate(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;
    use rstest::rstest;

    fn read(text: &str) -> Result<Book, ConfigError> {
        parse(Path::new("figures.toml"), text)
    }

    #[test]
    fn the_default_file_describes_figures_rates_and_causes_in_both_languages() {
        let book = defaults();
        assert!(book.figures.len() > 20 && book.rates.len() > 6 && book.diagnoses.len() > 5);
        let labels =
            book.figures.iter().map(|f| &f.label).chain(book.rates.iter().map(|r| &r.label));
        for label in labels.chain(book.diagnoses.iter().map(|d| &d.says)) {
            assert!(!label.en.is_empty() && !label.zh.is_empty(), "{label:?}");
        }
        assert_eq!(book.known("followers").kind, Kind::Counter);
        assert_eq!(book.label("followers", Lang::Zh), "粉丝");
        assert_eq!(book.label("nobody_knows", Lang::En), "nobody_knows");
        for layer in Layer::ALL {
            assert!(book.rates.iter().any(|r| r.layer == layer), "{layer:?}");
        }
        let goes = |name: &String| {
            book.figures.iter().any(|f| f.name == *name) || book.rate(name).is_some()
        };
        assert!(book.pane.iter().all(goes), "{:?}", book.pane);
        let used =
            book.rates.iter().map(|r| &r.formula).chain(book.diagnoses.iter().map(|d| &d.when));
        for name in used.flat_map(|f| f.names()) {
            assert!(goes(&name.to_owned()), "{name}");
        }
    }

    #[test]
    fn a_user_adds_a_rate_a_goal_and_a_cause() {
        let book = read(
            "[[rate]]\nname = \"save_rate\"\nformula = \"saves / reads\"\n\n\
             [[goal]]\nchannel = \"weibo\"\nfigure = \"followers\"\ntarget = 50000\nby = 2027-02-28\n\n\
             [[diagnosis]]\nname = \"x\"\nwhen = \"save_rate < 1%\"\nsays = { en = \"Look.\" }\n\n\
             [alerts]\nchange = 35\n",
        )
        .unwrap();
        let rate = book.rate("save_rate").unwrap();
        assert_eq!(
            (rate.unit, rate.least, rate.formula.text()),
            (Unit::Share, 100.0, "saves / reads")
        );
        assert_eq!(book.goals[0].by, NaiveDate::from_ymd_opt(2027, 2, 28).unwrap());
        assert_eq!(book.diagnoses[0].says.of(Lang::Zh), "Look.");
        assert_eq!(book.watch.settings.least, 0.35);
        assert_eq!(read("").unwrap(), Book::default());
    }

    #[rstest]
    #[case("[[rate]]\nname = \"a\"\nformula = \"b +\"", "figures.toml:3: rate.formula: ")]
    #[case("[[rate]]\nname = \"a b\"\nformula = \"b\"", "figures.toml:2: rate.name: \"a b\"")]
    #[case(
        "[[figure]]\nname = \"a\"\n[[rate]]\nname = \"a\"\nformula = \"b\"",
        "figures.toml:4: rate.name: "
    )]
    #[case("[[figure]]\nname = \"a\"\nkind = \"total\"", "figures.toml:3: ")]
    #[case(
        "[[goal]]\nchannel = \"a\"\nfigure = \"b\"\ntarget = 1\nby = \"soon\"",
        "figures.toml:5: goal.by: "
    )]
    #[case(
        "[[goal]]\nchannel = \"a\"\nfigure = \"b\"\ntarget = 1\nfrom = 2027-01-02\nby = 2027-01-01",
        "figures.toml:6: goal.by: "
    )]
    #[case(
        "[[diagnosis]]\nname = \"a\"\nwhen = \"a > 1\"\nsays = {}",
        "figures.toml:4: diagnosis.says: "
    )]
    #[case("[alerts]\nchange = 0", "figures.toml:2: alerts.change: ")]
    fn mistakes_are_told_with_their_line(#[case] text: &str, #[case] begins: &str) {
        let said = String::from(read(text).unwrap_err().say(Lang::En));
        assert!(said.starts_with(begins), "{said}");
    }
}
