//! From a file to checked values; every mistake knows its line.

use super::error::{ConfigError, Problem};
use crate::domain::Span;
use serde::de::DeserializeOwned;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

/// Reads a file with one of the parsers of this room; `None` when it is not there.
pub(super) fn file<T>(
    file: &Path,
    parse: impl FnOnce(&Path, &str) -> Result<T, ConfigError>,
) -> Result<Option<T>, ConfigError> {
    match std::fs::read(file) {
        Ok(bytes) => parse(file, text(file, &bytes)?).map(Some),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(ConfigError::at(file, None, "", Problem::Unreadable(e.to_string()))),
    }
}

/// The text of a file's bytes.
pub(super) fn text<'a>(file: &Path, bytes: &'a [u8]) -> Result<&'a str, ConfigError> {
    // An editor's byte order mark is no mistake of the user's.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        ConfigError::at(file, Some(line), "", Problem::Toml("invalid UTF-8".into()))
    })
}

/// A file that is being read: turns places in its text into lines.
pub(super) struct Source<'a> {
    pub file: &'a Path,
    pub text: &'a str,
}

impl Source<'_> {
    /// Reads the raw form of the file.
    pub fn raw<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(self.text).map_err(|e| {
            let line = e.span().map(|span| self.line(&span));
            ConfigError::at(self.file, line, "", Problem::Toml(e.message().to_owned()))
        })
    }

    /// A mistake in a value.
    pub fn wrong<T>(&self, field: &str, value: &Spanned<T>, problem: Problem) -> ConfigError {
        ConfigError::at(self.file, Some(self.line(&value.span())), field, problem)
    }

    /// The line on which a span begins, counted from 1.
    pub fn line(&self, span: &Range<usize>) -> usize {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        before.iter().filter(|b| **b == b'\n').count() + 1
    }

    /// A length of time, at least `least`.
    pub fn length(
        &self,
        field: &str,
        value: &Spanned<String>,
        least: Span,
    ) -> Result<Span, ConfigError> {
        Span::parse(value.get_ref())
            .filter(|span| *span >= least)
            .ok_or_else(|| self.wrong(field, value, Problem::NotALength(value.get_ref().clone())))
    }

    /// A word of a list, as what it stands for.
    pub fn one_of<T: Clone>(
        &self,
        field: &str,
        value: &Spanned<String>,
        known: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        match known.iter().find(|(word, _)| word == value.get_ref()) {
            Some((_, meaning)) => Ok(meaning.clone()),
            None => {
                let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
                let problem = Problem::NotOneOf(value.get_ref().clone(), words.join(", "));
                Err(self.wrong(field, value, problem))
            }
        }
    }

    /// A whole number between two others.
    pub fn number(
        &self,
        field: &str,
        value: &Spanned<i64>,
        from: i64,
        to: i64,
    ) -> Result<i64, ConfigError> {
        let n = *value.get_ref();
        if (from..=to).contains(&n) {
            Ok(n)
        } else {
            Err(self.wrong(field, value, Problem::OutOfRange(n.to_string(), from, to)))
        }
    }

    /// A text that says something.
    pub fn filled(&self, field: &str, value: &Spanned<String>) -> Result<String, ConfigError> {
        match value.get_ref().trim() {
            "" => Err(self.wrong(field, value, Problem::Empty)),
            text => Ok(text.to_owned()),
        }
    }

    /// A time zone by its IANA name.
    pub fn zone(&self, field: &str, value: &Spanned<String>) -> Result<chrono_tz::Tz, ConfigError> {
        value
            .get_ref()
            .parse()
            .map_err(|_| self.wrong(field, value, Problem::NotAZone(value.get_ref().clone())))
    }

    /// A channel's id: lower case, without spaces.
    pub fn id(&self, field: &str, value: &Spanned<String>) -> Result<String, ConfigError> {
        let id = value.get_ref();
        let fits = !id.is_empty()
            && id.len() <= 64
            && !id.chars().any(|c| c.is_whitespace() || c.is_control() || c.is_uppercase());
        if fits {
            Ok(id.clone())
        } else {
            Err(self.wrong(field, value, Problem::NotAnId(id.clone())))
        }
    }
}
