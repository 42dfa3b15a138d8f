//! A report as parts of a document, the same for every format it is written in.

use crate::text::{Align, Lang, Shown};

/// A document. Every text in it is cleaned; each format escapes all of them by its own rules.
#[derive(Clone, Debug)]
pub struct Doc {
    pub lang: Lang,
    pub title: Shown,
    /// What stands small under the title.
    pub under: Vec<Shown>,
    pub blocks: Vec<Block>,
    /// How to read it.
    pub notes: Vec<Shown>,
}

/// A part of it.
#[derive(Clone, Debug)]
pub enum Block {
    /// A chapter.
    Heading(Shown),
    /// A part of a chapter, with what stands beside it.
    Under(Shown, Option<Shown>),
    Text(Shown),
    List(Vec<Item>),
    /// Figures that are read first.
    Tiles(Vec<Tile>),
    Table(Table),
    Chart(Chart),
}

/// Whether something is as one would have it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Bad,
    /// To be looked at.
    Warn,
}

/// A point of a list.
#[derive(Clone, Debug)]
pub struct Item {
    pub text: Shown,
    pub tone: Tone,
}

impl From<Shown> for Item {
    fn from(text: Shown) -> Item {
        Item { text, tone: Tone::Plain }
    }
}

/// A figure that is read first.
#[derive(Clone, Debug)]
pub struct Tile {
    pub label: Shown,
    pub value: Shown,
    pub note: Shown,
    pub tone: Tone,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is a table of; read out, and not seen.
    pub caption: Shown,
    pub head: Vec<(Shown, Align)>,
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub enum Row {
    /// A word that stands above the rows after it.
    Group(Shown),
    /// One cell for each column; the first one names the row.
    Cells(Vec<Cell>),
    /// The same for all rows together.
    Total(Vec<Cell>),
}

impl Row {
    /// The row as that of all together.
    pub fn total(self) -> Row {
        match self {
            Row::Cells(cells) => Row::Total(cells),
            other => other,
        }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub text: Shown,
    /// What stands small behind it.
    pub note: Option<Shown>,
    pub tone: Tone,
    pub is_strong: bool,
    /// Where it leads; http or https.
    pub link: Option<Shown>,
    /// Values to draw instead of the text, and what they say.
    pub spark: Option<Vec<f64>>,
}

impl From<Shown> for Cell {
    fn from(text: Shown) -> Cell {
        Cell { text, ..Cell::default() }
    }
}

/// Something drawn.
#[derive(Clone, Debug)]
pub struct Chart {
    pub title: Shown,
    /// The same in words.
    pub says: Shown,
    pub plot: Plot,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub enum Plot {
    Lines(Lines),
    Bars(Bars),
    Heat(Heat),
}

/// Lines over the same steps.
#[derive(Clone, Debug)]
pub struct Lines {
    /// What each is called and its values, no number where nothing is known; the first one is what
    /// it is about.
    pub lines: Vec<(Shown, Vec<f64>)>,
    /// What stands under each step; empty = nothing.
    pub steps: Vec<Shown>,
    /// Values with a mark at the side, the lowest first.
    pub marks: Vec<(f64, Shown)>,
}

/// Bars beside each other.
#[derive(Clone, Debug)]
pub struct Bars {
    pub values: Vec<f64>,
    pub steps: Vec<Shown>,
    pub marks: Vec<(f64, Shown)>,
    /// What each says when it is pointed at.
    pub says: Vec<Shown>,
}

/// Squares, the more the darker.
#[derive(Clone, Debug)]
pub struct Heat {
    /// What each row is called, and its values.
    pub rows: Vec<(Shown, Vec<u64>)>,
    /// What stands over each column; empty = nothing.
    pub columns: Vec<Shown>,
    /// What each square says, by row.
    pub says: Vec<Vec<Shown>>,
}
