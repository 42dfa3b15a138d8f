//! What a desk says of its figures: what each one is, the rates made of them, goals, what to look at
//! when one goes wrong, and when to speak up. Written in `figures.toml`.

use super::Formula;
use crate::domain::ChannelId;
use crate::domain::anomaly::Settings;
use crate::text::Lang;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How a figure is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A running total, e.g. followers or plays so far: what it gained tells.
    #[default]
    Counter,
    /// How much there was in the time it was told for, e.g. a day's reads: it is added up.
    Flow,
    /// How something is at the moment, e.g. viewers now: its mean tells.
    Gauge,
}

/// What a figure tells of: people see something, do something, and become something (guide 5.1).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// It was seen.
    #[default]
    Exposure,
    /// Somebody did something with it.
    Interaction,
    /// It brought something.
    Conversion,
}

impl Layer {
    /// All of them, in their order.
    pub const ALL: [Layer; 3] = [Layer::Exposure, Layer::Interaction, Layer::Conversion];
}

/// In what a figure is counted. The store keeps whole numbers, so what is finer is kept in parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Pieces.
    #[default]
    Count,
    /// A share of something; kept in ten-thousandths.
    Share,
    /// Seconds; kept in thousandths.
    Seconds,
    /// Money; kept in hundredths.
    Money,
}

impl Unit {
    /// What one kept unit is worth.
    pub fn scale(self) -> f64 {
        match self {
            Unit::Count => 1.0,
            Unit::Share => 1e-4,
            Unit::Seconds => 1e-3,
            Unit::Money => 1e-2,
        }
    }

    /// A value as it is kept.
    pub fn kept(self, value: f64) -> i64 {
        // Saturates; what is no number is 0.
        (value / self.scale()).round() as i64
    }
}

/// A text of the file in both languages; one that is missing is the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// English.
    #[serde(default)]
    pub en: String,
    /// Simplified Chinese.
    #[serde(default)]
    pub zh: String,
}

impl Label {
    /// The text in a language.
    pub fn of(&self, lang: Lang) -> &str {
        let (first, other) = match lang {
            Lang::Zh => (&self.zh, &self.en),
            Lang::En => (&self.en, &self.zh),
        };
        if first.is_empty() { other } else { first }
    }
}

/// What is said of a figure that channels tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its name, as channels tell it.
    pub name: String,
    /// What it is called on screen; empty = its name.
    pub label: Label,
    /// How it is told.
    pub kind: Kind,
    /// What it tells of.
    pub layer: Layer,
    /// In what it is counted.
    pub unit: Unit,
    /// True when less of it is better, e.g. followers lost.
    pub less_is_better: bool,
}

/// A rate made of figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Its name.
    pub name: String,
    /// What it is called on screen; empty = its name.
    pub label: Label,
    /// What it tells of.
    pub layer: Layer,
    /// In what it is shown.
    pub unit: Unit,
    /// How it is made: over what the figures came to in the same time.
    pub formula: Formula,
    /// Divided by less than this it rests on little, and is shown so.
    pub least: f64,
    /// True when less of it is better.
    pub less_is_better: bool,
    /// Only on these platforms; none = on all.
    pub platforms: Vec<String>,
}

/// A goal as it is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoalSet {
    /// On which channel.
    pub channel: ChannelId,
    /// Of which figure.
    pub figure: String,
    /// What is to be reached: a counter's total, what a flow adds up to from `from` on.
    pub target: f64,
    /// When it was set, a day of the desk's zone; `None` = with the first value that is known.
    pub from: Option<NaiveDate>,
    /// How it stood then; `None` = as it is known.
    pub start: Option<f64>,
    /// By the end of which day of the desk's zone.
    pub by: NaiveDate,
}

/// A rule that says what may be behind a change, and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Its name.
    pub name: String,
    /// When it holds: a condition over what figures and rates came to in a day, and their usual
    /// values.
    pub when: Formula,
    /// What it says.
    pub says: Label,
    /// Only on these platforms; none = on all.
    pub platforms: Vec<String>,
}

/// When alerts are raised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Figures and rates that are watched; none = every figure.
    pub figures: Vec<String>,
    /// How large a change must be, and how sure.
    pub settings: Settings,
    /// Whether bursts of what comes in are told.
    pub arrivals: bool,
    /// Whether bursts of complaints are told.
    pub complaints: bool,
}

impl Default for Watch {
    fn default() -> Watch {
        Watch {
            figures: Vec::new(),
            // A desk has many figures: half an alarm a week of each would be several a day.
            settings: Settings { per_week: 0.05, ..Settings::default() },
            arrivals: true,
            complaints: true,
        }
    }
}

/// All that a desk says of its figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The figures.
    pub figures: Vec<Known>,
    /// The rates.
    pub rates: Vec<Rate>,
    /// The goals.
    pub goals: Vec<GoalSet>,
    /// The rules for causes.
    pub diagnoses: Vec<Diagnosis>,
    /// What is watched.
    pub watch: Watch,
    /// The figures and rates that the cockpit's pane shows, the first ones first; none = those of
    /// the file in its order.
    pub pane: Vec<String>,
}

impl Book {
    /// What is said of a figure; one that nobody describes is a running total of pieces.
    pub fn known(&self, name: &str) -> Known {
        let said = self.figures.iter().find(|known| known.name == name);
        said.cloned().unwrap_or_else(|| Known {
            name: name.to_owned(),
            label: Label::default(),
            kind: Kind::default(),
            layer: Layer::default(),
            unit: Unit::default(),
            less_is_better: false,
        })
    }

    /// A rate by its name.
    pub fn rate(&self, name: &str) -> Option<&Rate> {
        self.rates.iter().find(|rate| rate.name == name)
    }

    /// What a figure or rate is called in a language.
    pub fn label<'a>(&'a self, name: &'a str, lang: Lang) -> &'a str {
        let figure = self.figures.iter().find(|known| known.name == name).map(|k| &k.label);
        let said = figure.or_else(|| self.rate(name).map(|r| &r.label)).map(|l| l.of(lang));
        said.filter(|label| !label.is_empty()).unwrap_or(name)
    }

    /// In what a figure or rate is counted.
    pub fn unit(&self, name: &str) -> Unit {
        self.rate(name).map_or_else(|| self.known(name).unit, |rate| rate.unit)
    }

    /// What a figure or rate tells of.
    pub fn layer(&self, name: &str) -> Layer {
        self.rate(name).map_or_else(|| self.known(name).layer, |rate| rate.layer)
    }

    /// Whether less of a figure or rate is better.
    pub fn less_is_better(&self, name: &str) -> bool {
        self.rate(name).map_or_else(|| self.known(name).less_is_better, |rate| rate.less_is_better)
    }

    /// The place of a figure or rate in the order of screens: those of the pane, then the layers,
    /// then as the file has them.
    pub fn place(&self, name: &str) -> (usize, Layer, usize) {
        let first = self.pane.iter().position(|n| n == name).unwrap_or(usize::MAX);
        let figures = self.figures.iter().map(|k| &k.name);
        let names = figures.chain(self.rates.iter().map(|r| &r.name));
        let at = names.into_iter().position(|n| n == name).unwrap_or(usize::MAX);
        (first, self.layer(name), at)
    }
}
