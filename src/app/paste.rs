//! A comment that somebody pastes in, read: who wrote it, where it stands, what it says.
//!
//! For platforms without an interface. One text may hold several comments; see [`read`].

use crate::domain::event::MessageEvent;
use crate::domain::{Author, Channel, Event, Queue, Time};
use crate::text::link_safe;

/// One comment or direct message, as it was pasted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// Who wrote it; empty when nobody is named.
    pub author: String,
    /// What it says, verbatim.
    pub text: String,
    /// The page that shows it.
    pub link: Option<String>,
    /// True for a direct message.
    pub dm: bool,
}

/// Reads what was pasted.
///
/// - A line `---` ends one comment and begins the next.
/// - A first line that begins with `@`, with more below it, names the author.
/// - The first line that is nothing but an http(s) link is the page of the comment.
/// - A line `//dm` makes it a direct message.
/// - Everything else is the text. What has neither text nor link is left out.
pub fn read(text: &str) -> Vec<Pasted> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut all = Vec::new();
    let mut block = Vec::new();
    for line in text.lines() {
        if line.trim() == "---" {
            all.extend(one(&std::mem::take(&mut block)));
        } else {
            block.push(line);
        }
    }
    all.extend(one(&block));
    all
}

fn one(lines: &[&str]) -> Option<Pasted> {
    let mut pasted = Pasted::default();
    let mut rest = Vec::new();
    for line in lines {
        let word = line.trim();
        if is_dm(word) {
            pasted.dm = true;
        } else if pasted.link.is_none() && is_link(word) {
            pasted.link = Some(word.to_owned());
        } else {
            rest.push(*line);
        }
    }
    let first = rest.iter().position(|l| !l.trim().is_empty());
    let named = first.and_then(|at| rest[at].trim().strip_prefix(['@', '＠']).map(|n| (at, n)));
    if let Some((at, name)) = named.filter(|(_, name)| !name.trim().is_empty()) {
        // Alone it is what somebody says to @somebody.
        if pasted.link.is_some() || rest[at + 1..].iter().any(|l| !l.trim().is_empty()) {
            name.trim().clone_into(&mut pasted.author);
            rest.drain(..=at);
        }
    }
    let text = rest.join("\n");
    let begins = text.len() - text.trim_start_matches('\n').len();
    text[begins..].trim_end().clone_into(&mut pasted.text);
    if pasted.text.trim().is_empty() {
        // A link alone is worth an answer, too: somebody has to look there.
        pasted.text = pasted.link.clone()?;
    }
    Some(pasted)
}

fn is_dm(word: &str) -> bool {
    // As an input method writes it, too.
    word.replace('／', "/").eq_ignore_ascii_case("//dm")
}

fn is_link(word: &str) -> bool {
    !word.contains(char::is_whitespace) && link_safe(word).is_some()
}

impl Pasted {
    /// The event that brings it in on a channel, now. `place` tells apart what is pasted at once.
    pub fn event(&self, channel: &Channel, now: Time, place: usize) -> Event {
        Event::Message(MessageEvent {
            channel: channel.id.clone(),
            platform: channel.platform.clone(),
            queue: if self.dm { Queue::Messages } else { Queue::Comments },
            id: self.id(now, place),
            thread: None,
            in_reply_to: None,
            author: Author { id: String::new(), name: self.author.clone() },
            ours: false,
            text: self.text.clone(),
            at: now,
            likes: 0,
            permalink: self.link.clone(),
            attachments: Vec::new(),
        })
    }

    /// Its id. With a link the same comment has the same id whenever it is pasted, so that it
    /// comes in once; author and text count, because on many platforms only the post has a link.
    fn id(&self, now: Time, place: usize) -> String {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let said = words.join(" ");
        match self.link.as_deref().and_then(link_safe) {
            Some(link) => {
                let link = link.as_str().trim_end_matches('/');
                format!("pasted-{:016x}", hash(&[link, &self.author, &said]))
            }
            None => {
                let place = place.to_string();
                format!("pasted-{}-{:016x}", now.0, hash(&[&place, &self.author, &said]))
            }
        }
    }
}

/// FNV-1a: the same in every run and on every machine, which the standard library's is not.
fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        // No text holds this byte: parts cannot run into each other.
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChannelId;
    use proptest::prelude::*;
    use rstest::rstest;

    fn pasted(author: &str, text: &str, link: &str, dm: bool) -> Pasted {
        let link = (!link.is_empty()).then(|| link.to_owned());
        Pasted { author: author.into(), text: text.into(), link, dm }
    }

    #[rstest]
    #[case("nice", &[pasted("", "nice", "", false)])]
    #[case("@小鹿_\n太慢了\n第二行", &[pasted("小鹿_", "太慢了\n第二行", "", false)])]
    #[case("＠小鹿\n慢", &[pasted("小鹿", "慢", "", false)])]
    #[case("\n  @ Old Li \r\n\r\nhi\r\n", &[pasted("Old Li", "hi", "", false)])]
    #[case("@brand where is it?", &[pasted("", "@brand where is it?", "", false)])]
    #[case("hi\n@brand", &[pasted("", "hi\n@brand", "", false)])]
    #[case("@\nhi", &[pasted("", "@\nhi", "", false)])]
    #[case("https://a.example/1\n@li\nhi", &[pasted("li", "hi", "https://a.example/1", false)])]
    #[case("hi\nhttps://a.example/1", &[pasted("", "hi", "https://a.example/1", false)])]
    #[case("see https://a.example/1", &[pasted("", "see https://a.example/1", "", false)])]
    #[case("javascript:alert(1)", &[pasted("", "javascript:alert(1)", "", false)])]
    #[case(
        "https://a.example/1\nhttps://a.example/2",
        &[pasted("", "https://a.example/2", "https://a.example/1", false)]
    )]
    #[case("@li\nhttps://a.example/1", &[pasted("li", "https://a.example/1", "https://a.example/1", false)])]
    #[case("//dm\nhi", &[pasted("", "hi", "", true)])]
    #[case("hi\n／／DM", &[pasted("", "hi", "", true)])]
    #[case("hi //dm", &[pasted("", "hi //dm", "", false)])]
    #[case(
        "@a\none\n---\n//dm\n@b\ntwo\n\nlines\n --- \n\n---\nthree",
        &[
            pasted("a", "one", "", false),
            pasted("b", "two\n\nlines", "", true),
            pasted("", "three", "", false),
        ]
    )]
    #[case("", &[])]
    #[case(" \n//dm\n", &[])]
    fn what_is_pasted_is_read(#[case] text: &str, #[case] all: &[Pasted]) {
        assert_eq!(read(text), all);
    }

    fn id(p: &Pasted, now: i64, place: usize) -> String {
        let id = ChannelId("forum".into());
        let channel =
            Channel { id, platform: "forum".into(), title: String::new(), reply_window: None };
        match p.event(&channel, Time(now), place) {
            Event::Message(m) => m.id,
            _ => String::new(),
        }
    }

    #[test]
    fn with_a_link_the_same_comment_comes_in_once() {
        let p = pasted("li", "so  slow", "HTTPS://a.example/1/", false);
        let again = pasted("li", "so slow\n", "https://a.example/1", false);
        assert_eq!(id(&p, 1, 0), id(&again, 999, 3));
        let other = pasted("li", "me too", "https://a.example/1", false);
        assert_ne!(id(&p, 1, 0), id(&other, 1, 0), "one post, two comments");
    }

    #[test]
    fn without_a_link_each_is_one_of_its_own() {
        let p = pasted("", "nice", "", false);
        assert_ne!(id(&p, 1, 0), id(&p, 2, 0));
        assert_ne!(id(&p, 1, 0), id(&p, 1, 1));
        assert_eq!(id(&p, 7, 0), id(&p, 7, 0));
        assert!(id(&p, 7, 0).starts_with("pasted-7-"));
    }

    proptest! {
        #[test]
        fn no_line_of_text_is_lost(lines in proptest::collection::vec("[a-z ]{1,8}", 1..6)) {
            let text = lines.join("\n");
            let all = read(&text);
            let kept: Vec<&str> = all.iter().flat_map(|p| p.text.split_whitespace()).collect();
            prop_assert_eq!(kept, text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
