//! What there is to type, from the one table.

use super::how::how;
use super::{NOT_HERE, Session, is_verb, program};
use crate::app::action::TABLE;
use crate::cli::{Exit, Failure, Outcome, verbs};
use crate::text::Shown;
use crate::text::catalogue::plain as say;
use std::fmt::Display;

impl Session {
    /// Everything that can be typed, one a line.
    pub(super) fn help(&self) -> Outcome {
        let lang = self.context.lang;
        let own = [
            say::HELP_HEAD,
            say::HELP_NUMBER,
            say::HELP_LIST,
            say::HELP_MORE,
            say::HELP_COUNTS,
            say::HELP_NEWS,
        ];
        let mut lines: Vec<Shown> = own.iter().map(|m| m.say(lang)).collect();
        for spec in TABLE.iter().filter(|s| how(s.action).is_some()) {
            let (name, what) = (Shown::line(spec.name), spec.long.say(lang));
            let key = self.keymap.key(spec.action);
            // A digit opens the conversation of that number.
            let key = key.filter(|k| k.as_str().parse::<u64>().is_err());
            lines.push(match key {
                Some(key) => {
                    let values: [(&str, &dyn Display); 3] =
                        [("name", &name), ("key", &key), ("what", &what)];
                    say::HELP_ROW.fill(lang, &values)
                }
                None => {
                    let values: [(&str, &dyn Display); 2] = [("name", &name), ("what", &what)];
                    say::HELP_ROW_NO_KEY.fill(lang, &values)
                }
            });
        }
        for verb in verbs::commands(lang) {
            let name = verb.get_name();
            let known = TABLE.iter().any(|s| s.name == name) || NOT_HERE.contains(&name);
            if let Some(about) = verb.get_about().filter(|_| !known && name != "list") {
                let (name, what) = (Shown::line(name), Shown::line(&about.to_string()));
                let values: [(&str, &dyn Display); 2] = [("name", &name), ("what", &what)];
                lines.push(say::HELP_ROW_NO_KEY.fill(lang, &values));
            }
        }
        lines.extend([say::HELP_QUIT.say(lang), say::HELP_END.say(lang)]);
        self.say(lines)
    }

    /// What one verb takes.
    pub(super) fn help_of(&self, word: &str) -> Outcome {
        let lang = self.context.lang;
        if is_verb(word, lang) && !NOT_HERE.contains(&word) {
            let told = program(lang).try_get_matches_from([word, "--help"]);
            return match told {
                Err(e) => self.say(Shown::lines(&e.render().to_string())),
                Ok(_) => Ok(()),
            };
        }
        match TABLE.iter().find(|s| s.name == word && how(s.action).is_some()) {
            Some(spec) => {
                let (name, what) = (Shown::line(spec.name), spec.long.say(lang));
                let values: [(&str, &dyn Display); 2] = [("name", &name), ("what", &what)];
                self.say([say::HELP_ROW_NO_KEY.fill(lang, &values)])
            }
            None => {
                let said = say::UNKNOWN.fill(lang, &[("what", &Shown::line(word))]);
                Err(Failure::new(Exit::Usage, said))
            }
        }
    }
}
