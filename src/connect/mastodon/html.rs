//! A status's HTML as plain text: what an operator reads, and what two texts are compared by.
//!
//! It is no browser: it knows the few elements that servers put into a status, passes over the
//! others and keeps what stands in them. Nothing that comes in makes it fail.

/// The most bytes of text that come out; what is longer is cut and marked.
const MOST: usize = 60 * 1024;
/// The longest entity's name, `&` and `;` not counted.
const LONGEST_ENTITY: usize = 10;

/// The text of some HTML. Links are written with their whole address, for what a page shows of
/// them is shortened.
pub fn text(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        match c {
            '<' => {
                let (tag, behind) = tag(rest);
                rest = behind;
                match tag {
                    None => writer.put("<"),
                    Some(tag) if tag.opens && matches!(&*tag.name, "script" | "style") => {
                        rest = behind_closing(rest, &tag.name);
                    }
                    Some(tag) => writer.tag(&tag),
                }
            }
            '&' => {
                let (meant, behind) = entity(rest);
                writer.put(meant.encode_utf8(&mut [0; 4]));
                rest = behind;
            }
            _ => {
                let end = rest.find(['<', '&']).unwrap_or(rest.len());
                writer.words(&rest[..end]);
                rest = &rest[end..];
            }
        }
        if writer.out.len() > MOST {
            break;
        }
    }
    writer.end()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line ends wanted before the next text.
    breaks: usize,
    /// A space wanted before the next text.
    space: bool,
    /// Where an open link's text begins in `out`, and where it leads.
    link: Option<(usize, String)>,
    /// How deep in `<pre>`, where white space counts.
    pre: usize,
}

impl Writer {
    /// Text in which runs of white space are one space.
    fn words(&mut self, text: &str) {
        if self.pre > 0 {
            return self.put(text);
        }
        // A no-break space is not white space here.
        let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        let mut first = true;
        for word in text.split(blank) {
            if !first {
                self.space = true;
            }
            first = false;
            if !word.is_empty() {
                self.put(word);
            }
        }
    }

    /// Text as it is.
    fn put(&mut self, text: &str) {
        if !self.out.is_empty() {
            for _ in 0..self.breaks {
                self.out.push('\n');
            }
            if self.space && self.breaks == 0 && !self.out.ends_with('\n') {
                self.out.push(' ');
            }
        }
        (self.breaks, self.space) = (0, false);
        if let Some((at, _)) = &mut self.link
            && *at == usize::MAX
        {
            *at = self.out.len();
        }
        self.out.extend(text.chars().filter(|c| *c != '\0' && *c != '\r'));
    }

    fn break_line(&mut self, lines: usize) {
        self.breaks = self.breaks.max(lines);
        self.space = false;
    }

    fn tag(&mut self, tag: &Tag) {
        match &*tag.name {
            "br" => self.breaks = (self.breaks + 1).min(2),
            "p" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.break_line(2),
            "div" | "ul" | "ol" | "tr" | "table" => self.break_line(1),
            "pre" => {
                self.break_line(1);
                self.pre = if tag.opens { self.pre + 1 } else { self.pre.saturating_sub(1) };
            }
            "li" => {
                self.break_line(1);
                if tag.opens {
                    self.put("- ");
                }
            }
            "img" => {
                // An emoji as a picture, on some servers.
                if let Some(alt) = tag.attribute("alt") {
                    self.words(&alt);
                }
            }
            "a" => {
                self.end_link();
                if tag.opens
                    && let Some(href) = tag.attribute("href")
                {
                    self.link = Some((usize::MAX, href));
                }
            }
            _ => {}
        }
    }

    /// Writes where a link leads, unless its text says so or it is a mention or a topic.
    fn end_link(&mut self) {
        let Some((at, href)) = self.link.take() else { return };
        let leads = href.starts_with("https://") || href.starts_with("http://");
        if !leads || href.contains(char::is_whitespace) {
            return;
        }
        let shown = self.out.get(at..).unwrap_or_default().trim();
        if shown.starts_with(['@', '#', '＃', '＠']) {
            return;
        }
        let is_short = bare(&href).starts_with(bare(shown.trim_end_matches('…')));
        if shown.is_empty() {
            self.put(&href);
        } else if is_short {
            self.out.truncate(at);
            self.out.push_str(&href);
        } else {
            // What a link says and where it leads may be two things: both are shown.
            self.out.push_str(&format!(" ({href})"));
        }
    }

    fn end(mut self) -> String {
        self.end_link();
        let text = self.out;
        let mut out = String::with_capacity(text.len());
        let mut empty = 0;
        for line in text.trim().lines() {
            let line = line.trim_end();
            empty = if line.is_empty() { empty + 1 } else { 0 };
            if empty < 2 {
                out.push_str(line);
                out.push('\n');
            }
        }
        out.truncate(out.trim_end().len());
        cut(out)
    }
}

/// At most [`MOST`] bytes, whole grapheme clusters, with a mark when something is left out.
pub(super) fn cut(mut text: String) -> String {
    if text.len() > MOST {
        let mut at = MOST;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.truncate(crate::text::previous_boundary(&text, at));
        text.push('…');
    }
    text
}

/// An address without its scheme, `www.` and the slash at its end.
fn bare(address: &str) -> &str {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let rest = rest.unwrap_or(address);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/')
}

struct Tag<'a> {
    name: String,
    opens: bool,
    attributes: &'a str,
}

impl Tag<'_> {
    /// An attribute's value, entities resolved.
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes.trim_start();
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let name = &rest[..end];
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(behind) = rest.strip_prefix('=') {
                let behind = behind.trim_start();
                let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''));
                let (inner, ends): (&str, fn(char, char) -> bool) = match quote {
                    Some(_) => (&behind[1..], |c, quote| c == quote),
                    None => (behind, |c, _| c.is_whitespace()),
                };
                let end = inner.find(|c| ends(c, quote.unwrap_or(' '))).unwrap_or(inner.len());
                value = &inner[..end];
                rest = &inner[end..];
                rest = quote.and_then(|q| rest.strip_prefix(q)).unwrap_or(rest);
            } else if end == 0 {
                // A stray quote or slash.
                let first = rest.chars().next().map_or(0, char::len_utf8);
                rest = &rest[first..];
            }
            if name.eq_ignore_ascii_case(wanted) {
                return Some(resolved(value));
            }
            rest = rest.trim_start();
        }
        None
    }
}

/// The tag that some text begins with, and what is behind it. `None` when the `<` is only a sign.
fn tag(text: &str) -> (Option<Tag<'_>>, &str) {
    let inner = &text[1..];
    if let Some(comment) = inner.strip_prefix("!--") {
        let behind = comment.find("-->").map_or("", |at| &comment[at + 3..]);
        return (Some(Tag { name: String::new(), opens: true, attributes: "" }), behind);
    }
    let (opens, named) = match inner.strip_prefix('/') {
        Some(named) => (false, named),
        None => (true, inner),
    };
    if !named.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?')) {
        return (None, inner);
    }
    // The tag ends at the first `>` that stands in no quotes.
    let mut quote = None;
    let mut end = named.len();
    for (at, c) in named.char_indices() {
        match (quote, c) {
            (None, '>') => {
                end = at;
                break;
            }
            (None, '"' | '\'') if named[..at].trim_end().ends_with('=') => quote = Some(c),
            (Some(q), _) if q == c => quote = None,
            _ => {}
        }
    }
    let behind = named.get(end + 1..).unwrap_or("");
    let body = named[..end].trim_end_matches('/');
    let split = body.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(body.len());
    let name = body[..split].to_ascii_lowercase();
    (Some(Tag { name, opens, attributes: &body[split..] }), behind)
}

/// What comes behind the closing tag of an element whose content is no text.
fn behind_closing<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        let (tag, behind) = tag(&rest[at..]);
        if tag.is_some_and(|tag| tag.name == name) {
            return behind;
        }
        rest = &rest[at + 2..];
    }
    ""
}

fn resolved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (meant, behind) = entity(&rest[at..]);
        out.push(meant);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// What the entity that some text begins with means, and what is behind it; the `&` itself when
/// it is none.
fn entity(text: &str) -> (char, &str) {
    let inner = &text[1..];
    let found = inner.find(';').filter(|at| (1..=LONGEST_ENTITY).contains(at));
    let meant = found.and_then(|at| {
        let name = &inner[..at];
        let number = match name.strip_prefix('#') {
            None => return NAMED.iter().find(|(n, _)| *n == name).map(|(_, c)| *c),
            Some(n) => match n.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => n.parse(),
            },
        };
        // A number that is no character is shown as one that cannot be shown.
        let c = char::from_u32(number.ok()?).filter(|c| *c != '\0');
        Some(c.unwrap_or(char::REPLACEMENT_CHARACTER))
    });
    match (meant, found) {
        (Some(c), Some(at)) => (c, &inner[at + 1..]),
        _ => ('&', inner),
    }
}

const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("hellip", '…'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("bull", '•'),
    ("middot", '·'),
    ("deg", '°'),
    ("sect", '§'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("euro", '€'),
    ("pound", '£'),
    ("yen", '¥'),
    ("cent", '¢'),
    ("times", '×'),
    ("shy", '\u{ad}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
];

#[cfg(test)]
mod tests;
