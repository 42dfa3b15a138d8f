//! The import wizard: what the columns of a file mean, a look at how its rows would be read, and the
//! import itself with its report. The client reads the file; here is what one sees and decides.

mod keys;
pub mod profile;

pub(super) use keys::{begin, chosen, open, run};
pub use profile::{Column, Meaning, Rows, Table};

use super::editor::Editor;
use super::layer::Layer;
use super::layout::Area;
use super::model::Model;
use crate::domain::Time;
use crate::text::catalogue::wizard as say;
use crate::text::{Lang, Msg, Shown};

/// Lines above the list of columns: what the rows are, the channel, the profile.
pub const ABOVE: usize = 3;

/// The wizard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wizard {
    /// The file, as it was named.
    pub file: String,
    /// How far it is.
    pub stage: Stage,
    /// What the file's columns are; `None` until it was looked at.
    pub table: Option<Table>,
    /// The line with the cursor: first those [`ABOVE`] the columns, then the columns.
    pub cursor: usize,
    /// The first line shown of what was told.
    pub top: usize,
    /// What stands in the way.
    pub wrong: Option<Shown>,
    /// What the import told.
    heard: Vec<Shown>,
    /// What the one at work has told so far. Shown when it has ended: before that Enter does not go on.
    telling: Vec<Shown>,
}

/// How far the wizard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The file is looked at.
    Looking,
    /// Its columns are given their meanings.
    Mapping,
    /// It is read to see how.
    Checking(Far),
    /// That is shown.
    Checked,
    /// It is imported.
    Importing(Far),
    /// What became of it is shown.
    Done,
}

/// How far a reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Far {
    /// Rows so far.
    pub rows: u64,
    /// Of a hundred; `None` = not known.
    pub percent: Option<u64>,
}

impl Stage {
    /// What it is called.
    pub fn title(self) -> Msg {
        match self {
            Stage::Looking => say::LOOKING,
            Stage::Mapping => say::MAPPING,
            Stage::Checking(_) => say::CHECKING,
            Stage::Checked => say::CHECKED,
            Stage::Importing(_) => say::IMPORTING,
            Stage::Done => say::DONE,
        }
    }

    /// True while the client is at work on the file.
    pub fn is_busy(self) -> bool {
        matches!(self, Stage::Looking | Stage::Checking(_) | Stage::Importing(_))
    }
}

/// What the client is to do with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Tell its columns.
    Look,
    /// Read it and tell how.
    Check(By),
    /// Import it; a profile that was made here is kept first.
    Take(By),
    /// Stop what is under way.
    Stop,
}

/// By which profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// One there is.
    Name(String),
    /// One that is made here: its name and its text.
    Text(String, String),
}

/// What the client tells of its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A line of what it says, verbatim.
    Line(String),
    /// It came to its end; a sentence when it failed.
    Ended(Option<String>),
}

/// A line that is typed for the wizard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line.
    pub editor: Editor,
    /// What it is.
    pub asks: Asks,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The file.
    File,
    /// The channel of the rows.
    Channel,
    /// The name under which the profile is kept.
    Name,
    /// The figure that a column holds.
    Figure(usize),
}

impl Asks {
    /// What stands before the line.
    pub fn prompt(self, lang: Lang) -> Shown {
        match self {
            Asks::File => say::ASK_FILE.say(lang),
            Asks::Channel => say::ASK_CHANNEL.say(lang),
            Asks::Name => say::ASK_NAME.say(lang),
            Asks::Figure(_) => say::ASK_FIGURE.say(lang),
        }
    }
}

/// What a menu of the wizard chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// What the rows are.
    Rows(Rows),
    /// What a column means.
    Meaning(usize, Meaning),
    /// A column holds a figure whose name is typed.
    Figure(usize),
}

impl Wizard {
    fn new(file: &str) -> Wizard {
        Wizard {
            file: file.to_owned(),
            stage: Stage::Looking,
            table: None,
            cursor: ABOVE,
            top: 0,
            wrong: None,
            heard: Vec::new(),
            telling: Vec::new(),
        }
    }

    /// What was told: how rows are read, or what became of them.
    pub fn told(&self) -> &[Shown] {
        &self.heard
    }

    /// How many lines the cursor can be on.
    pub fn lines(&self) -> usize {
        ABOVE + self.table.as_ref().map_or(0, |t| t.columns.len())
    }
}

/// Where the wizard is drawn: over everything but header, banner and footer.
pub fn area(model: &Model) -> Area {
    super::service::area(model)
}

/// The wizard that is open.
fn wizard(model: &mut Model) -> Option<&mut Wizard> {
    model.layers.iter_mut().find_map(|layer| match layer {
        Layer::Import(wizard) => Some(wizard.as_mut()),
        _ => None,
    })
}

/// Takes in what the client tells.
pub(super) fn heard(model: &mut Model, told: Told, _now: Time) {
    let lang = model.settings.lang;
    let width = usize::from(area(model).w.saturating_sub(4)).max(16);
    let Some(w) = wizard(model) else { return };
    match told {
        Told::Line(line) => {
            if let Some(far) = profile::far(&line) {
                if let Stage::Checking(at) | Stage::Importing(at) = &mut w.stage {
                    *at = far;
                }
            } else if w.stage == Stage::Looking {
                match profile::Table::read(&line, &w.file) {
                    Some(table) => w.table = Some(table),
                    None => w.wrong = Some(Shown::line(&line)),
                }
            } else {
                w.telling.extend(Shown::line(&line).wrap(width));
            }
        }
        Told::Ended(failed) => {
            let failed = failed.map(|why| Shown::line(why.trim()));
            w.stage = match (w.stage, &failed) {
                (Stage::Looking | Stage::Checking(_), Some(_)) => Stage::Mapping,
                (Stage::Looking, None) => {
                    if w.table.is_none() && w.wrong.is_none() {
                        w.wrong = Some(say::NO_COLUMNS.say(lang));
                    }
                    Stage::Mapping
                }
                (Stage::Checking(_), None) => Stage::Checked,
                (Stage::Importing(_), _) => Stage::Done,
                (stage, _) => stage,
            };
            w.top = 0;
            w.heard = std::mem::take(&mut w.telling);
            if let Some(why) = failed {
                match w.stage {
                    Stage::Done => w.heard.splice(0..0, why.wrap(width)).for_each(drop),
                    _ => w.wrong = Some(why),
                }
            }
        }
    }
}
