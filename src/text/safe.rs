//! Text that leaves for other places than a screen: JSON, a tmux status line, HTML, a link.

use super::Shown;
use std::fmt::Write as _;

/// JSON text (as serde_json writes it) with everything that could steer or hide on a terminal as
/// `\uXXXX`: DEL, C1, bidirectional and invisible characters, line separators, tags,
/// noncharacters. A reader of the JSON gets the same strings.
pub fn json_safe(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if steers_or_hides(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// A text as a TOML string on one line, quotes included; nothing in it can steer or hide on a
/// terminal, and a reader of the TOML gets the same text.
pub fn toml_string(text: &str) -> String {
    let escaped = |all: bool| {
        let mut out = String::with_capacity(text.len() + 2);
        out.push('"');
        for c in text.chars() {
            // Writing to a String cannot fail.
            let _ = match c {
                '"' | '\\' => write!(out, "\\{c}"),
                '\n' => write!(out, "\\n"),
                '\t' => write!(out, "\\t"),
                c if c < ' ' || steers_or_hides(c) || (all && !c.is_ascii()) => {
                    match u32::from(c) {
                        low @ ..=0xffff => write!(out, "\\u{low:04x}"),
                        high => write!(out, "\\U{high:08x}"),
                    }
                }
                c => write!(out, "{c}"),
            };
        }
        out.push('"');
        out
    };
    let usual = escaped(false);
    // What is shown in another way by itself (a mark without its letter) is spelt out.
    if Shown::line(&usual).as_str() == usual { usual } else { escaped(true) }
}

/// Whether a line can be shown as it is; tabs are let through.
pub fn is_plain_line(line: &str) -> bool {
    let spaced = line.replace('\t', " ");
    Shown::line(&spaced).as_str() == spaced
}

fn steers_or_hides(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Text for a tmux status line, where `#` opens a format: each is doubled.
pub fn tmux_safe(text: &Shown) -> Shown {
    Shown::line(&text.as_str().replace('#', "##"))
}

/// Text for the inside of an HTML element or a quoted attribute; its lines end with LF.
pub fn html_safe(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for (i, line) in Shown::lines(raw).iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        for c in line.as_str().chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                _ => out.push(c),
            }
        }
    }
    out
}

/// The longest link that is taken for one, in bytes.
const LONGEST_LINK: usize = 2048;

/// A link that may be opened or printed: http or https, a host in ASCII and no user name before it
/// (`https://bank.example@elsewhere.example` shows one host and opens another). Characters beyond
/// ASCII behind the host are percent-encoded; None for everything else.
pub fn link_safe(raw: &str) -> Option<Shown> {
    let raw = raw.trim();
    let scheme = raw.find("://")?;
    if !["http", "https"].iter().any(|s| raw[..scheme].eq_ignore_ascii_case(s)) {
        return None;
    }
    let rest = &raw[scheme + 3..];
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_end);
    let fits_host = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    if !host.bytes().all(fits_host) || !host.bytes().any(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let mut link = format!("{}://{host}", raw[..scheme].to_ascii_lowercase());
    for b in path.bytes() {
        match b {
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0x80.. => {
                // Writing to a String cannot fail.
                let _ = write!(link, "%{b:02X}");
            }
            b'!'..=b'~' => link.push(char::from(b)),
            _ => return None,
        }
    }
    let hides = path.chars().any(|c| c.is_control() || steers_or_hides(c));
    (link.len() <= LONGEST_LINK && !hides).then(|| Shown::line(&link))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn json_escapes_what_steers_and_keeps_what_reads() {
        let raw = "物流\u{9b}31m\u{202e}\u{2028}\u{7f}\u{e0041}👨‍👩‍👧\x1b";
        let json = json_safe(&serde_json::to_string(raw).unwrap());
        let expected = r#""物流\u009b31m\u202e\u2028\u007f\udb40\udc41👨‍👩‍👧\u001b""#;
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), raw);
    }

    #[test]
    fn tmux_formats_are_taken_for_text() {
        let line = Shown::line("#[fg=red]#(reboot) 3 late");
        assert_eq!(tmux_safe(&line), "##[fg=red]##(reboot) 3 late");
    }

    #[test]
    fn html_is_taken_for_text() {
        let raw = "<script src='x'>&\"\r\n\x1b[31m好\u{202e}";
        assert_eq!(html_safe(raw), "&lt;script src=&#39;x&#39;&gt;&amp;&quot;\n好");
    }

    #[rstest]
    #[case("https://example.org/a?b=c#d", "https://example.org/a?b=c#d")]
    #[case(" HTTP://Example.org ", "http://Example.org")]
    #[case("https://example.org:8080/", "https://example.org:8080/")]
    #[case("http://[::1]/", "http://[::1]/")]
    #[case("https://example.org/评论", "https://example.org/%E8%AF%84%E8%AE%BA")]
    #[case("https://example.org/\"><x>", "https://example.org/%22%3E%3Cx%3E")]
    fn opens_links(#[case] raw: &str, #[case] link: &str) {
        assert_eq!(link_safe(raw).unwrap(), link);
    }

    #[rstest]
    #[case("javascript:alert(1)")]
    #[case("file:///etc/passwd")]
    #[case("ftp://example.org/")]
    #[case("example.org")]
    #[case("https://")]
    #[case("https:///path")]
    #[case("https://bank.example@elsewhere.example/")]
    #[case("https://exаmple.org/")]
    #[case("https://example.org/a b")]
    #[case("https://example.org/\x1b[31m")]
    #[case("https://example.org/\u{9b}31m")]
    #[case("https://example.org/\u{202e}gpj.exe")]
    #[case("https://example.org/\nnext")]
    #[case("")]
    fn refuses_links(#[case] raw: &str) {
        assert_eq!(link_safe(raw), None);
    }

    #[test]
    fn refuses_an_endless_link() {
        let link = |length| format!("https://example.org/{}", "a".repeat(length - 20));
        assert!(link_safe(&link(LONGEST_LINK)).is_some());
        assert!(link_safe(&link(LONGEST_LINK + 1)).is_none());
    }
}
