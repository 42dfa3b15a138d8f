//! Canned responses: texts with places such as `{{author}}` that are filled in for each conversation.

use super::{Conversation, Message, OperatorName};
use crate::text::catalogue::responses as say;
use crate::text::{Lang, Msg, Shown};
use serde::{Deserialize, Serialize};

/// The most bytes of one response's text.
pub const MOST_TEXT: usize = 8 << 10;

/// One response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canned {
    /// Its name, by which it is found.
    pub name: String,
    /// Its text, with places to fill.
    pub text: String,
    /// The language it is in; `None` = any.
    pub language: Option<Lang>,
    /// The channels or platforms it is for; none = all.
    pub channels: Vec<String>,
    /// Labels, or what the policy calls a conversation, for which it is offered first.
    pub tags: Vec<String>,
}

impl Canned {
    /// Whether it is meant for a conversation of this channel and platform.
    pub fn is_for(&self, channel: &str, platform: &str) -> bool {
        self.channels.is_empty() || self.channels.iter().any(|c| c == channel || c == platform)
    }

    /// Whether it is in a language; what names none is in every one.
    pub fn speaks(&self, language: Option<Lang>) -> bool {
        self.language.is_none() || language.is_none() || self.language == language
    }

    /// Whether it is offered first for a conversation.
    pub fn suits(&self, c: &Conversation) -> bool {
        self.tags.iter().any(|tag| *tag == c.tag || c.labels.contains(tag))
    }
}

/// A place that the desk fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The customer's name.
    Author,
    /// The first word of the customer's name.
    FirstName,
    /// Who answers.
    Operator,
    /// What the channel is called.
    Channel,
    /// Its platform.
    Platform,
    /// The page of the customer's message.
    Link,
    /// The conversation's number.
    Number,
    /// The desk's name.
    Desk,
}

impl Variable {
    /// All of them.
    pub const ALL: [Variable; 8] = [
        Variable::Author,
        Variable::FirstName,
        Variable::Operator,
        Variable::Channel,
        Variable::Platform,
        Variable::Link,
        Variable::Number,
        Variable::Desk,
    ];

    /// What stands between the braces.
    pub fn name(self) -> &'static str {
        match self {
            Variable::Author => "author",
            Variable::FirstName => "first_name",
            Variable::Operator => "operator",
            Variable::Channel => "channel",
            Variable::Platform => "platform",
            Variable::Link => "link",
            Variable::Number => "number",
            Variable::Desk => "desk",
        }
    }

    /// What it stands for.
    pub fn says(self) -> Msg {
        match self {
            Variable::Author => say::VAR_AUTHOR,
            Variable::FirstName => say::VAR_FIRST_NAME,
            Variable::Operator => say::VAR_OPERATOR,
            Variable::Channel => say::VAR_CHANNEL,
            Variable::Platform => say::VAR_PLATFORM,
            Variable::Link => say::VAR_LINK,
            Variable::Number => say::VAR_NUMBER,
            Variable::Desk => say::VAR_DESK,
        }
    }

    /// The one of this name.
    pub fn of(name: &str) -> Option<Variable> {
        Variable::ALL.into_iter().find(|v| v.name() == name)
    }
}

/// What is known of a conversation to fill places with.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The conversation.
    pub conversation: &'a Conversation,
    /// The message it speaks of, when it is at hand.
    pub message: Option<&'a Message>,
    /// Who answers.
    pub operator: &'a OperatorName,
    /// What the channel is called; empty = as its platform.
    pub channel: &'a str,
    /// The desk's name.
    pub desk: &'a str,
}

impl Known<'_> {
    fn value(&self, v: Variable) -> Option<String> {
        let c = self.conversation;
        // What a stranger calls themselves goes out in our name: one line, nothing that steers.
        let author = || {
            let name = c.speaks_of().map(|head| head.author.name.as_str()).unwrap_or_default();
            let name = Shown::bounded(name, 128);
            name.as_str().trim().to_owned()
        };
        let value = match v {
            Variable::Author => author(),
            Variable::FirstName => {
                author().split_whitespace().next().unwrap_or_default().to_owned()
            }
            Variable::Operator => self.operator.0.clone(),
            Variable::Channel if self.channel.is_empty() => c.platform.clone(),
            Variable::Channel => self.channel.to_owned(),
            Variable::Platform => c.platform.clone(),
            Variable::Link => self.message.and_then(|m| m.permalink.clone()).unwrap_or_default(),
            Variable::Number => c.id.to_string(),
            Variable::Desk => self.desk.to_owned(),
        };
        Some(value).filter(|v| !v.is_empty())
    }
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Where it begins, braces included.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What stands between the braces.
    pub name: &'a str,
}

impl Place<'_> {
    /// True for one that the operator fills in: `{{?order number}}`.
    pub fn is_open(&self) -> bool {
        self.name.starts_with('?')
    }
}

/// The places of a text, in order. A place is on one line and at most 64 bytes long.
pub fn places(text: &str) -> impl Iterator<Item = Place<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find("{{")?;
            let inside = start + 2;
            let end = text[inside..].find("}}").map(|n| inside + n);
            let fits =
                |end: &usize| end - inside <= 64 && !text[inside..*end].contains(['\n', '{']);
            match end.filter(fits) {
                Some(end) => {
                    from = end + 2;
                    let name = text[inside..end].trim();
                    return Some(Place { start, end: end + 2, name });
                }
                None => from = start + 1,
            }
        }
    })
}

/// The text with what is known filled in. A place that the operator has to fill in stays, and so
/// does one of which nothing is known.
pub fn fill(text: &str, known: &Known<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut from = 0;
    for place in places(text) {
        if let Some(value) = Variable::of(place.name).and_then(|v| known.value(v)) {
            filled.push_str(&text[from..place.start]);
            filled.push_str(&value);
            from = place.end;
        }
    }
    filled.push_str(&text[from..]);
    filled
}

/// The language a customer writes in, as far as letters tell; `None` = they tell nothing.
pub fn language_of(text: &str) -> Option<Lang> {
    let han = text.chars().filter(|c| matches!(c, '\u{3400}'..='\u{9fff}')).count();
    let latin = text.chars().filter(|c| c.is_ascii_alphabetic()).count();
    match (han, latin) {
        (0, 0) => None,
        // A Chinese sentence has fewer characters than an English one has letters.
        (han, latin) if han * 4 >= latin => Some(Lang::Zh),
        _ => Some(Lang::En),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::inbound;
    use crate::domain::{ChannelId, ConversationId, Head, Queue};
    use proptest::prelude::*;
    use rstest::rstest;

    fn conversation(author: &str) -> Conversation {
        let (id, channel) = (ConversationId(7), ChannelId("weibo".into()));
        let mut c = Conversation::new(id, Queue::Comments, channel, "weibo".into(), "r".into());
        let mut m = inbound(0, "hello");
        m.author.name = author.into();
        c.head = Some(Head::of(0, &m));
        c
    }

    fn filled(text: &str, author: &str) -> String {
        let operator = OperatorName("amy".into());
        let c = conversation(author);
        let known = Known {
            conversation: &c,
            message: None,
            operator: &operator,
            channel: "微博",
            desk: "云岭",
        };
        fill(text, &known)
    }

    #[rstest]
    #[case("Hi {{first_name}}!", "Kai Deng", "Hi Kai!")]
    #[case("{{ author }}您好", "小鹿_", "小鹿_您好")]
    #[case("{{channel}} {{platform}} #{{number}} {{operator}}", "x", "微博 weibo #7 amy")]
    #[case("see {{link}}", "x", "see {{link}}")]
    #[case("{{?order number}} {{nonsense}}", "x", "{{?order number}} {{nonsense}}")]
    #[case("{{author}}", "", "{{author}}")]
    #[case("{{{author}}}", "x", "{x}")]
    #[case("{{author", "x", "{{author")]
    fn what_is_known_is_filled_in(#[case] text: &str, #[case] author: &str, #[case] want: &str) {
        assert_eq!(filled(text, author), want);
    }

    #[test]
    fn a_name_cannot_bring_lines_or_orders_along() {
        let said = filled("{{author}}", "x\u{1b}[31m\nbuy \u{202e}now {{operator}}");
        assert!(!said.contains(['\u{1b}', '\n', '\u{202e}']), "{said:?}");
        // A place in a value is text.
        assert!(said.contains("{{operator}}"));
    }

    #[rstest]
    #[case("物流太慢了", Some(Lang::Zh))]
    #[case("do you ship to Germany?", Some(Lang::En))]
    #[case("请问iPhone能用吗", Some(Lang::Zh))]
    #[case("😀 123", None)]
    fn letters_tell_the_language(#[case] text: &str, #[case] want: Option<Lang>) {
        assert_eq!(language_of(text), want);
    }

    #[test]
    fn scope_and_tags() {
        let c = Canned {
            channels: vec!["weibo".into()],
            tags: vec!["vip".into()],
            ..Canned::default()
        };
        assert!(c.is_for("weibo-shop", "weibo") && c.is_for("weibo", "x") && !c.is_for("a", "b"));
        let mut on = conversation("x");
        assert!(!c.suits(&on));
        on.labels.push("vip".into());
        assert!(c.suits(&on));
        let zh = Canned { language: Some(Lang::Zh), ..Canned::default() };
        assert!(zh.speaks(None) && zh.speaks(Some(Lang::Zh)) && !zh.speaks(Some(Lang::En)));
    }

    proptest! {
        #[test]
        fn whatever_is_written_the_places_are_parts_of_it(text in "([{}a-z? \n]|作){0,60}") {
            let mut last = 0;
            for p in places(&text) {
                prop_assert!(p.start >= last && p.end > p.start);
                prop_assert!(text[p.start..p.end].starts_with("{{") && text[..p.end].ends_with("}}"));
                last = p.end;
            }
            let _ = filled(&text, "x");
        }
    }
}
