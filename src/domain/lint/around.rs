//! What stands around a word that was found: most superlatives are judged by that.

/// Characters looked at on each side, at most: what is further away is about something else, and
/// time stays linear in the text whatever it holds.
const CLAUSE: usize = 24;
const SENTENCE: usize = 80;

/// A word in its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// The folded text.
    pub text: &'a str,
    /// Where the word begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

fn ends_clause(c: char) -> bool {
    matches!(c, '，' | ',' | ';' | '；') || ends_sentence(c)
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '!' | '?' | '\n' | '\r' | '…')
}

impl<'a> Around<'a> {
    /// The word itself.
    pub fn word(&self) -> &'a str {
        &self.text[self.start..self.end]
    }

    /// What is before it in its clause, at most so many characters.
    pub fn before(&self, most: usize) -> &'a str {
        self.back(most, ends_clause)
    }

    /// What is after it in its clause, at most so many characters.
    pub fn after(&self, most: usize) -> &'a str {
        self.on(most, ends_clause)
    }

    /// Its clause before it.
    pub fn clause_before(&self) -> &'a str {
        self.before(CLAUSE)
    }

    /// Its clause after it.
    pub fn clause_after(&self) -> &'a str {
        self.after(CLAUSE)
    }

    /// Whether its clause has one of these in it.
    pub fn clause_has<W: Words + ?Sized>(&self, any: &W) -> bool {
        has(self.clause_before(), any) || has(self.clause_after(), any)
    }

    /// Whether its sentence has one of these in it.
    pub fn sentence_has<W: Words + ?Sized>(&self, any: &W) -> bool {
        has(self.back(SENTENCE, ends_sentence), any) || has(self.on(SENTENCE, ends_sentence), any)
    }

    /// Whether what is near, over the ends of sentences, has one of these in it.
    pub fn nearby_has<W: Words + ?Sized>(&self, any: &W) -> bool {
        has(self.back(SENTENCE, |_| false), any) || has(self.on(SENTENCE, |_| false), any)
    }

    /// The character right before it, of any kind.
    pub fn previous(&self) -> Option<char> {
        self.text[..self.start].chars().next_back()
    }

    /// The character right after it, of any kind.
    pub fn next(&self) -> Option<char> {
        self.text[self.end..].chars().next()
    }

    /// The sign its sentence ends with.
    pub fn sentence_ends(&self) -> Option<char> {
        self.text[self.end..].chars().take(SENTENCE).find(|c| ends_sentence(*c))
    }

    fn back(&self, most: usize, stops: impl Fn(char) -> bool) -> &'a str {
        let before = &self.text[..self.start];
        let chars = before.char_indices().rev().take(most);
        let from = chars.take_while(|(_, c)| !stops(*c)).last();
        &before[from.map_or(before.len(), |(at, _)| at)..]
    }

    fn on(&self, most: usize, stops: impl Fn(char) -> bool) -> &'a str {
        let after = &self.text[self.end..];
        let chars = after.char_indices().take(most);
        let last = chars.take_while(|(_, c)| !stops(*c)).last();
        &after[..last.map_or(0, |(at, c)| at + c.len_utf8())]
    }
}

/// A list of words: an array, or one text with bars between them.
pub(super) trait Words {
    /// Whether this holds for one of them.
    fn any(&self, is: impl FnMut(&str) -> bool) -> bool;
}

impl Words for str {
    fn any(&self, is: impl FnMut(&str) -> bool) -> bool {
        self.split('|').any(is)
    }
}

impl Words for [&str] {
    fn any(&self, mut is: impl FnMut(&str) -> bool) -> bool {
        self.iter().any(|word| is(word))
    }
}

impl<const N: usize> Words for [&str; N] {
    fn any(&self, is: impl FnMut(&str) -> bool) -> bool {
        self.as_slice().any(is)
    }
}

/// Whether a text has one of these in it.
pub(super) fn has<W: Words + ?Sized>(text: &str, any: &W) -> bool {
    !text.is_empty() && any.any(|word| text.contains(word))
}

/// Whether a text begins with one of these.
pub(super) fn begins<W: Words + ?Sized>(text: &str, any: &W) -> bool {
    !text.is_empty() && any.any(|word| text.starts_with(word))
}

/// Whether a text ends with one of these.
pub(super) fn ends<W: Words + ?Sized>(text: &str, any: &W) -> bool {
    !text.is_empty() && any.any(|word| text.ends_with(word))
}
