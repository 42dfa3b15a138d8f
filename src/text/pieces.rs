//! The links and people in a text, as Mastodon finds them.

/// A piece of a text, in the order they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Anything else.
    Plain(&'a str),
    /// A link.
    Link(&'a str),
    /// `@user` or `@user@host`.
    Mention {
        /// The name.
        user: &'a str,
        /// The server, when it is named.
        host: Option<&'a str>,
    },
}

/// The pieces of a text.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let before = text[..at].chars().next_back();
        let found = match c {
            'h' | 'H' => {
                link(&text[at..], before).map(|end| (Part::Link(&text[at..at + end]), end))
            }
            '@' => mention(&text[at..], before),
            _ => None,
        };
        match found {
            None => at += c.len_utf8(),
            Some((part, length)) => {
                if plain < at {
                    parts.push(Part::Plain(&text[plain..at]));
                }
                parts.push(part);
                at += length;
                plain = at;
            }
        }
    }
    if plain < at {
        parts.push(Part::Plain(&text[plain..]));
    }
    parts
}

/// The bytes of the link that some text begins with.
fn link(text: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃')) {
        return None;
    }
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })?;
    let from = scheme.len();
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let mut at = from + run(&text[from..], inner);
    // A host's name has a dot, and an ending of letters: not `localhost`, not 127.0.0.1.
    let host = text[from..at].trim_end_matches('.');
    at = from + host.len();
    let (name, ending) = host.rsplit_once('.')?;
    let is_ending = ending.len() >= 2
        && (ending.bytes().all(|b| b.is_ascii_alphabetic()) || ending.starts_with("xn--"));
    if name.is_empty() || !is_ending || host.contains("..") {
        return None;
    }
    if let Some(port) = text[at..].strip_prefix(':') {
        let digits = run(port, |c| c.is_ascii_digit());
        if digits > 0 {
            at += 1 + digits;
        }
    }
    if text[at..].starts_with('/') {
        let path = |c: char| !c.is_whitespace() && !matches!(c, '<' | '>' | '(' | ')' | '?');
        let whole = &text[at..at + run(&text[at..], path)];
        // The slash at the beginning stays, whatever comes behind.
        let end = whole.trim_end_matches(|c| r#"!*"'「」<>;:=,.$%[]~&|@"#.contains(c)).len();
        at += end.max(1);
    }
    if let Some(query) = text[at..].strip_prefix('?') {
        let allowed =
            |c: char| c.is_ascii_alphanumeric() || r"!?*'();:&=+$/%#[]-_.,~|@^".contains(c);
        let whole = &query[..run(query, allowed)];
        let is_end = |c: char| c.is_ascii_alphanumeric() || "_&=#/-".contains(c);
        let end = whole.trim_end_matches(|c| !is_end(c)).len();
        at += if end > 0 { 1 + end } else { 0 };
    }
    Some(at)
}

/// The person's address that some text begins with, and its bytes.
fn mention(text: &str, before: Option<char>) -> Option<(Part<'_>, usize)> {
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '=' | '/')) {
        return None;
    }
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let rest = &text[1..];
    let user = rest[..run(rest, name)].trim_end_matches(['.', '-']);
    if user.is_empty() || user.starts_with(['.', '-']) {
        return None;
    }
    let length = 1 + user.len();
    let host = text[length..].strip_prefix('@').and_then(|host| {
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        let host = host[..run(host, allowed)].trim_end_matches(['.', '-']);
        Some(host).filter(|host| !host.is_empty() && !host.starts_with(['.', '-']))
    });
    let length = length + host.map_or(0, |host| 1 + host.len());
    Some((Part::Mention { user, host }, length))
}

/// The bytes of the characters at the beginning that are all such.
fn run(text: &str, such: impl Fn(char) -> bool) -> usize {
    text.find(|c| !such(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_are_the_text(text in "(https?://|@|[a-z.:/?!()]|\\PC){0,40}") {
            let mut again = String::new();
            for part in parts(&text) {
                match part {
                    Part::Plain(t) | Part::Link(t) => again.push_str(t),
                    Part::Mention { user, host } => {
                        again.push('@');
                        again.push_str(user);
                        again.extend(host.map(|host| format!("@{host}")));
                    }
                }
            }
            prop_assert_eq!(again, text);
        }
    }
}
