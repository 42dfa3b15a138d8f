//! `desk.toml`: the desk itself.

use super::error::{ConfigError, Problem};
use super::read::Source;
use crate::domain::archive::{self, Retention};
use crate::domain::{OperatorName, Span, feedback, triage};
use chrono_tz::Tz;
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// The file a new desk gets.
pub(super) const DEFAULT: &str = include_str!("defaults/desk.toml");

/// How the desk knows who somebody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Identity {
    /// By the account that the kernel vouches for.
    #[default]
    Kernel,
    /// By what they say; private desks only.
    Declared,
}

/// What `desk.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskSettings {
    /// Name on screen.
    pub name: String,
    /// The zone of all its clocks; `None` = each operator's own.
    pub zone: Option<Tz>,
    /// How the desk knows who somebody is.
    pub identity: Identity,
    /// After how long without a key a claim is released.
    pub claim_idle: Span,
    /// The account group that may use it; `None` = a private desk.
    pub group: Option<String>,
    /// Bytes free on disk below which the desk takes nothing in.
    pub low_space: u64,
    /// How long an answer stays on the desk before it goes out.
    pub undo_send: Span,
    /// An answer that has waited longer than this asks before it goes out.
    pub ask_after: Span,
    /// What suggests answers; `None` = nothing does.
    pub drafting: Option<Drafting>,
    /// Who is told of what is escalated; empty = everybody.
    pub leads: Vec<OperatorName>,
    /// The feedback tags to choose from.
    pub feedback: Vec<String>,
    /// What the desk keeps for how long.
    pub retention: Retention,
}

/// A program of the owner's that suggests answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafting {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// How long it may take.
    pub timeout: Span,
    /// Whether it is given texts and names as they are.
    pub personal_data: bool,
}

impl Default for DeskSettings {
    fn default() -> DeskSettings {
        DeskSettings {
            name: "dutydesk".into(),
            zone: None,
            identity: Identity::Kernel,
            claim_idle: Span::minutes(10),
            group: None,
            low_space: 1 << 30,
            undo_send: Span(10_000),
            ask_after: Span::minutes(15),
            drafting: None,
            leads: Vec::new(),
            feedback: feedback::DEFAULT.map(str::to_owned).to_vec(),
            retention: Retention::default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
    identity: Option<Spanned<String>>,
    claim_idle: Option<Spanned<String>>,
    group: Option<Spanned<String>>,
    low_space: Option<Spanned<String>>,
    undo_send: Option<Spanned<String>>,
    ask_after: Option<Spanned<String>>,
    drafting: Option<RawDrafting>,
    leads: Option<Vec<Spanned<String>>>,
    feedback: Option<Vec<Spanned<String>>>,
    retention: Option<RawRetention>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRetention {
    archive_after: Option<Spanned<String>>,
    delete_after: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDrafting {
    command: Option<Spanned<Vec<String>>>,
    timeout: Option<Spanned<String>>,
    #[serde(default)]
    personal_data: bool,
}

impl DeskSettings {
    /// Reads the text of a `desk.toml`; `file` is for the mistakes.
    ///
    /// # Errors
    /// The first mistake.
    pub fn parse(file: &Path, text: &str) -> Result<DeskSettings, ConfigError> {
        let source = Source { file, text };
        let raw: Raw = source.raw()?;
        let mut desk = DeskSettings::default();
        if let Some(name) = &raw.name {
            desk.name = source.filled("name", name)?;
        }
        if let Some(zone) = &raw.zone {
            desk.zone = Some(source.zone("zone", zone)?);
        }
        if let Some(group) = &raw.group {
            desk.group = Some(source.filled("group", group)?);
        }
        if let Some(identity) = &raw.identity {
            let known = [("kernel", Identity::Kernel), ("declared", Identity::Declared)];
            desk.identity = source.one_of("identity", identity, &known)?;
            if desk.identity == Identity::Declared && desk.group.is_some() {
                return Err(source.wrong("identity", identity, Problem::DeclaredOnShared));
            }
        }
        if let Some(idle) = &raw.claim_idle {
            desk.claim_idle = source.length("claim_idle", idle, Span::minutes(1))?;
        }
        if let Some(space) = &raw.low_space {
            desk.low_space = size(space.get_ref()).ok_or_else(|| {
                source.wrong("low_space", space, Problem::NotASize(space.get_ref().clone()))
            })?;
        }
        if let Some(window) = &raw.undo_send {
            desk.undo_send = source.length("undo_send", window, Span(0))?;
        }
        if let Some(after) = &raw.ask_after {
            desk.ask_after = source.length("ask_after", after, Span::minutes(1))?;
        }
        if let Some(raw) = &raw.drafting {
            desk.drafting = drafting(&source, raw)?;
        }
        for lead in raw.leads.iter().flatten() {
            desk.leads.push(OperatorName(source.filled("leads", lead)?));
        }
        if let Some(tags) = &raw.feedback {
            desk.feedback = feedback_tags(&source, tags)?;
        }
        if let Some(raw) = &raw.retention {
            desk.retention = retention(&source, raw)?;
        }
        Ok(desk)
    }
}

/// Each one word, once.
fn feedback_tags(source: &Source<'_>, raw: &[Spanned<String>]) -> Result<Vec<String>, ConfigError> {
    let mut tags: Vec<String> = Vec::new();
    for tag in raw {
        let name = tag.get_ref().clone();
        if !triage::is_label(&feedback::label(&name)) || name.is_empty() {
            return Err(source.wrong("feedback", tag, Problem::NotALabel(name)));
        }
        if tags.contains(&name) {
            return Err(source.wrong("feedback", tag, Problem::Twice(name)));
        }
        tags.push(name);
    }
    Ok(tags)
}

/// Each is off unless it is written; lengths as everywhere, or in years.
fn retention(source: &Source<'_>, raw: &RawRetention) -> Result<Retention, ConfigError> {
    let length = |field: &str, value: &Option<Spanned<String>>, least: Span| {
        let Some(value) = value else { return Ok(None) };
        let written = value.get_ref();
        match archive::length(written).filter(|span| *span >= least) {
            Some(span) => Ok(Some(span)),
            None => Err(source.wrong(field, value, Problem::NotALength(written.clone()))),
        }
    };
    Ok(Retention {
        archive_after: length("archive_after", &raw.archive_after, archive::LEAST)?,
        delete_after: length("delete_after", &raw.delete_after, archive::LEAST_KEPT)?,
    })
}

/// Without a command it is switched off.
fn drafting(source: &Source<'_>, raw: &RawDrafting) -> Result<Option<Drafting>, ConfigError> {
    let timeout = match &raw.timeout {
        Some(timeout) => source.length("timeout", timeout, Span(1_000))?,
        None => Span(20_000),
    };
    let Some(command) = &raw.command else { return Ok(None) };
    if command.get_ref().first().is_none_or(|program| program.trim().is_empty()) {
        return Err(source.wrong("command", command, Problem::Empty));
    }
    let command = command.get_ref().clone();
    Ok(Some(Drafting { command, timeout, personal_data: raw.personal_data }))
}

/// `512MiB`, `1GiB`, `2GB`.
fn size(written: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 6] = [
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("TiB", 1 << 40),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
    ];
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| Some((written.trim().strip_suffix(name)?.trim_end(), unit)))?;
    number.parse::<u64>().ok()?.checked_mul(*unit)
}
