//! What the model sees of a text: words and pairs of words, characters and their neighbours where
//! a script has no spaces, signs. Each is a number; where it stood is kept for reasons.

use super::super::words::{is_cjk, joins};
use std::ops::Range;

/// The most features of one text.
pub const MOST: usize = 1024;

/// Everything the model sees of a text, each once.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// Sorted by number.
    pub all: Vec<Feature>,
}

/// One feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Feature {
    /// Its number.
    pub hash: u32,
    /// Where it stands in the folded text.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// Words that deny what follows.
pub(super) const DENYING: &[&str] = &[
    "not", "no", "never", "without", "hardly", "isn't", "don't", "doesn't", "didn't", "wasn't",
    "aren't", "weren't", "won't", "can't", "cannot", "couldn't", "wouldn't", "haven't", "hasn't",
    "hadn't", "ain't", "isnt", "dont", "doesnt", "didnt", "wasnt", "wont", "cant", "nothing",
    "none", "neither", "nor", "barely",
];

/// How many words a denying word reaches.
const REACH: usize = 3;

impl Features {
    /// Of a text that was folded (see [`super::super::words::fold`]).
    pub fn of(folded: &str) -> Features {
        let mut reader =
            Reader { text: folded, all: Vec::with_capacity(256), before: None, denied: 0 };
        reader.read();
        let mut all = reader.all;
        all.truncate(MOST);
        all.sort_unstable();
        all.dedup_by_key(|f| f.hash);
        Features { all }
    }

    /// What the weights of this text are divided by, so that long texts are not surer for that.
    pub fn norm(known: usize) -> f32 {
        (known.max(1) as f32).sqrt()
    }
}

struct Reader<'a> {
    text: &'a str,
    all: Vec<Feature>,
    /// The word before, for pairs.
    before: Option<Range<usize>>,
    /// Words that are still denied.
    denied: usize,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while let Some(c) = self.text[at..].chars().next() {
            if self.all.len() >= MOST {
                return;
            }
            at = match c {
                '@' => self.skip_name(at),
                '[' => self.bracket(at),
                _ if is_cjk(c) => self.cjk(at),
                _ if joins(c) => self.word(at),
                _ => self.sign(at, c),
            };
        }
    }

    fn push(&mut self, kind: u8, range: Range<usize>) {
        let text = &self.text.as_bytes()[range.clone()];
        self.push_hash(hash(kind, text.iter().copied()), range);
    }

    fn push_hash(&mut self, hash: u32, range: Range<usize>) {
        // A text that is read is shorter than 2^32.
        self.all.push(Feature { hash, start: range.start as u32, end: range.end as u32 });
    }

    /// `@somebody` says nothing about what is meant.
    fn skip_name(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        // Where no space follows, a name is at most so long.
        let most = rest.char_indices().nth(16).map_or(rest.len(), |(i, _)| i);
        self.before = None;
        at + end.min(most).max(1)
    }

    /// `[smile]` as platforms write pictures; anything else in brackets is read as it is.
    fn bracket(&mut self, at: usize) -> usize {
        let inside = self.text[at..].char_indices().take(9).find(|(_, c)| *c == ']');
        match inside {
            Some((end, _)) if end > 1 => {
                self.push(b'[', at..at + end + 1);
                self.before = None;
                at + end + 1
            }
            _ => at + 1,
        }
    }

    fn cjk(&mut self, at: usize) -> usize {
        let run = &self.text[at..];
        let end = run.find(|c| !is_cjk(c)).unwrap_or(run.len());
        let mut places: Vec<usize> = run[..end].char_indices().map(|(i, _)| at + i).collect();
        places.push(at + end);
        for n in 1..=3 {
            for window in places.windows(n + 1) {
                self.push(b'c', window[0]..window[n]);
            }
        }
        (self.before, self.denied) = (None, 0);
        at + end
    }

    fn word(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let is_part = |c: char| joins(c) || c == '\'';
        let end = at + rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = &self.text[at..end];
        if word == "http" || word == "https" || word == "www" {
            let link = rest.find(char::is_whitespace).unwrap_or(rest.len());
            self.push_hash(hash(b'u', std::iter::empty()), at..at + link);
            self.before = None;
            return at + link;
        }
        if word.bytes().all(|b| b.is_ascii_digit()) {
            // How long a number is tells an amount from a telephone.
            let length = word.len().min(6) as u8;
            self.push_hash(hash(b'0', [length].into_iter()), at..end);
            self.before = None;
            return end;
        }
        let kind = if self.denied > 0 { b'n' } else { b'w' };
        self.denied = self.denied.saturating_sub(1);
        self.push(kind, at..end);
        if word.len() > 6 && word.is_char_boundary(5) {
            self.push_hash(hash(kind + 1, word.bytes().take(5)), at..end);
        }
        if let Some(before) = self.before.replace(at..end) {
            let pair = self.text[before.clone()].bytes().chain([b' ']).chain(word.bytes());
            self.push_hash(hash(b'2', pair), before.start..end);
        }
        if DENYING.contains(&word) {
            self.denied = REACH;
        }
        end
    }

    fn sign(&mut self, at: usize, c: char) -> usize {
        let end = at + c.len_utf8();
        if c.is_whitespace() {
            return end;
        }
        match c {
            '-' | '\'' | '"' | '/' => {}
            _ => (self.before, self.denied) = (None, 0),
        }
        if matches!(c, '?' | '!' | '$' | '%' | '~' | '#' | '+' | '>')
            || !c.is_ascii() && c > '\u{2190}' && !matches!(c, '\u{3000}'..='\u{303f}')
        {
            self.push(b's', at..end);
        }
        end
    }
}

/// FNV-1a over a kind and bytes.
fn hash(kind: u8, bytes: impl Iterator<Item = u8>) -> u32 {
    std::iter::once(kind)
        .chain(bytes)
        .fold(0x811c_9dc5, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}
