//! What a verb takes and was not given is asked for, one line each.

use super::{Session, seen_of, typist::Typed};
use crate::cli::Failure;
use crate::domain::command::{Arg as Takes, TABLE};
use crate::domain::{ConversationId, Name};
use crate::text::catalogue::plain as say;
use crate::text::{Msg, Shown};

/// A verb with all its words.
pub struct Complete {
    /// As the command line has them.
    pub words: Vec<String>,
    /// A reply's conversation and its text: kept as a draft when it is refused.
    pub writes: Option<(ConversationId, String)>,
}

/// Verbs that are no action and take one conversation.
const OF_ONE: [&str; 3] = ["show", "explain", "suggest"];

impl Session {
    /// One line for a question; `None` = given up.
    pub(super) fn asked(&mut self, question: Msg) -> Result<Option<String>, Failure> {
        let lang = self.context.lang;
        let typed = self.typed(&question.say(lang), false);
        match typed.map_err(|e| Failure::unwritten(&e, lang))? {
            Typed::Line(line) => Ok(Some(line.trim().to_owned())),
            Typed::GivenUp | Typed::End => Ok(None),
        }
    }

    /// This conversation, or the one that is asked for.
    pub(super) fn or_ask_which(
        &mut self,
        id: Option<ConversationId>,
    ) -> Result<Option<ConversationId>, Failure> {
        match id {
            Some(id) => Ok(Some(id)),
            None => Ok(self.asked(say::ASK_WHICH)?.and_then(|typed| typed.parse().ok())),
        }
    }

    /// Adds what is missing; `None` = given up.
    pub(super) fn complete(&mut self, words: Vec<String>) -> Result<Option<Complete>, Failure> {
        let mut done = Complete { words, writes: None };
        let whole = self.add_missing(&mut done)?;
        Ok(whole.map(|()| done))
    }

    fn add_missing(&mut self, done: &mut Complete) -> Result<Option<()>, Failure> {
        let words = &mut done.words;
        let has = |words: &[String], flag: &str| {
            words.iter().any(|w| w == flag || w.starts_with(&format!("{flag}=")))
        };
        if has(words, "--help") || has(words, "-h") {
            return Ok(Some(()));
        }
        let verb = words[0].clone();
        let spec = TABLE.iter().find(|spec| spec.verb == verb && spec.name != Name::Macro);
        let run = verb == "macro" && words.get(1).is_some_and(|w| w == "run");
        if run && words.len() == 2 {
            let Some(name) = self.asked(say::ASK_MACRO)? else { return Ok(None) };
            words.push(name);
        }
        if verb == "search" && words.len() == 1 {
            let Some(query) = self.asked(say::ASK_QUERY)? else { return Ok(None) };
            words.push(query);
        }
        if verb == "paste" && !has(words, "--channel") {
            let Some(channel) = self.asked(say::ASK_CHANNEL)? else { return Ok(None) };
            words.extend(["--channel".to_owned(), channel]);
        }
        let takes_ids = spec.is_some_and(|s| s.takes_ids) || run;
        let of_one = OF_ONE.contains(&verb.as_str()) || words.last().is_some_and(|w| w == "--of");
        let mut ids = numbers(words);
        if (takes_ids || of_one) && ids.is_empty() && !has(words, "--where") {
            let Some(id) = self.or_ask_which(self.open_id())? else { return Ok(None) };
            ids.push(id);
            // Behind the words of the verb, before anything that begins with a dash; a macro's
            // name stays before it.
            let at = if words.last().is_some_and(|w| w == "--of") {
                words.len()
            } else {
                1 + 2 * usize::from(run)
            };
            words.insert(at.min(words.len()), id.to_string());
        }
        let Some(spec) = spec else { return Ok(Some(())) };
        let (flag, question) = match spec.arg {
            None | Some(Takes::Macro) => return Ok(Some(())),
            Some(Takes::Operator) if has(words, "--nobody") => return Ok(Some(())),
            Some(Takes::Operator) => ("--to", say::ASK_TO),
            Some(Takes::When) => ("--until", say::ASK_UNTIL),
            Some(Takes::Label) => ("--label", say::ASK_LABEL),
            Some(Takes::Reason) => ("--reason", say::ASK_REASON),
            Some(Takes::Remark) => ("--note", say::ASK_REMARK),
            Some(Takes::Class) => {
                if words[1..].iter().all(|w| w.parse::<ConversationId>().is_ok()) {
                    let Some(class) = self.asked(say::ASK_CLASS)? else { return Ok(None) };
                    words.extend(class.split_whitespace().map(str::to_owned));
                }
                return Ok(Some(()));
            }
            Some(Takes::Text) => {
                if !has(words, "--text") {
                    let reply = spec.name == Name::Reply;
                    let Some(text) = self.text(&ids, reply)? else { return Ok(None) };
                    if let ([id], true) = (&ids[..], reply) {
                        done.writes = Some((*id, text.clone()));
                    }
                    done.words.push(format!("--text={text}"));
                }
                let open = self.open.as_ref().filter(|d| ids == [d.conversation.id]);
                if let Some(detail) = open.filter(|_| spec.name == Name::Reply)
                    && !has(&done.words, "--seen")
                {
                    // What came in since it was read out is not answered blindly.
                    done.words.push(format!("--seen={}", seen_of(detail)));
                }
                return Ok(Some(()));
            }
        };
        if !has(words, flag) {
            let Some(answer) = self.asked(question)? else { return Ok(None) };
            match (spec.arg, answer.as_str()) {
                (Some(Takes::Remark), "") => {}
                (Some(Takes::Operator), "nobody") => words.push("--nobody".into()),
                (_, "") => return Ok(None),
                _ => words.push(format!("{flag}={answer}")),
            }
        }
        Ok(Some(()))
    }

    /// A text of several lines, to a dot.
    fn text(&mut self, ids: &[ConversationId], reply: bool) -> Result<Option<String>, Failure> {
        let lang = self.context.lang;
        let draft = match ids {
            [id] if reply => self.detail(*id)?.draft,
            _ => None,
        };
        self.say([say::ASK_TEXT.say(lang)])?;
        if draft.is_some() {
            self.say([say::ASK_TEXT_DRAFT.say(lang)])?;
        }
        let mut lines: Vec<String> = Vec::new();
        loop {
            match self.typed(&Shown::default(), false).map_err(|e| Failure::unwritten(&e, lang))? {
                Typed::Line(line) if [".", "。"].contains(&line.trim()) => break,
                Typed::Line(line) => lines.push(line),
                Typed::End => break,
                Typed::GivenUp => return Ok(None),
            }
        }
        let text = lines.join("\n").trim().to_owned();
        match (text.is_empty(), draft) {
            (true, Some(draft)) => Ok(Some(draft)),
            (true, None) => Ok(None),
            (false, _) => Ok(Some(text)),
        }
    }
}

/// The numbers of conversations among the words; not those that belong to an option.
fn numbers(words: &[String]) -> Vec<ConversationId> {
    let mut ids = Vec::new();
    let mut option = false;
    for word in words.iter().skip(1) {
        let dashed = word.starts_with("--");
        if !option && let Ok(id) = word.parse() {
            ids.push(id);
        }
        option = dashed && !word.contains('=') && !["--over", "--yes"].contains(&word.as_str());
    }
    ids
}
