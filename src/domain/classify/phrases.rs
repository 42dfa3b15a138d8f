//! Makes the sentences that the shipped model is trained on, from lists of phrases of our own in
//! both languages: `phrases_zh.txt` and `phrases_en.txt` say how they are put together.

use super::super::class::Intent;
use super::train::{Dice, Labelled};
use std::collections::HashMap;

const ZH: &str = include_str!("phrases_zh.txt");
const EN: &str = include_str!("phrases_en.txt");

/// How deep lists may name lists.
const DEEPEST: usize = 8;

/// A grammar: lists of pieces, and the sentences of each intent.
struct Grammar<'a> {
    lists: HashMap<&'a str, Vec<&'a str>>,
    sentences: Vec<(Intent, Vec<&'a str>)>,
}

/// So many sentences, the same each time: both languages and all intents in turn, complaints and
/// chat more often than the rest, as they are on a desk.
pub fn sentences(n: usize) -> Vec<Labelled> {
    const TURN: [Intent; 10] = [
        Intent::Complaint,
        Intent::Praise,
        Intent::Other,
        Intent::Question,
        Intent::Complaint,
        Intent::Spam,
        Intent::Other,
        Intent::Purchase,
        Intent::Praise,
        Intent::Other,
    ];
    let grammars = [Grammar::read(ZH), Grammar::read(EN)];
    let mut dice = Dice::new(20_261_127);
    let mut out = Vec::with_capacity(n);
    for i in 0..n {
        let intent = TURN[i / 2 % TURN.len()];
        let grammar = &grammars[i % 2];
        let mut text = String::new();
        grammar.say(grammar.pick(intent, &mut dice), &mut dice, 0, &mut text);
        out.push(Labelled { text, intent });
    }
    out
}

impl<'a> Grammar<'a> {
    /// Reads `name = a | b` and `intent: a {name} b`; `#` begins a remark.
    fn read(text: &'a str) -> Grammar<'a> {
        let mut lists: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut sentences: Vec<(Intent, Vec<&str>)> = Vec::new();
        for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("# ")) {
            if let Some((name, pieces)) = line.split_once(" = ") {
                let pieces = pieces.split('|').map(str::trim).filter(|p| !p.is_empty());
                lists.entry(name).or_default().extend(pieces);
            } else if let Some((intent, sentence)) = line.split_once(": ")
                && let Some(intent) = Intent::named(intent)
            {
                match sentences.iter_mut().find(|(i, _)| *i == intent) {
                    Some((_, all)) => all.push(sentence),
                    None => sentences.push((intent, vec![sentence])),
                }
            }
        }
        Grammar { lists, sentences }
    }

    fn pick(&self, intent: Intent, dice: &mut Dice) -> &'a str {
        let all = self.sentences.iter().find(|(i, _)| *i == intent).map(|(_, all)| all);
        all.and_then(|all| one_of(all, dice)).unwrap_or_default()
    }

    /// Writes a sentence; `{name}` is one of that list, `{name?}` is there half of the time.
    fn say(&self, sentence: &str, dice: &mut Dice, deep: usize, out: &mut String) {
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else { return };
            rest = after;
            let (name, maybe) = match name.strip_suffix('?') {
                Some(name) => (name, true),
                None => (name, false),
            };
            if deep >= DEEPEST || maybe && dice.below(2) == 0 {
                continue;
            }
            let piece = self.lists.get(name).and_then(|list| one_of(list, dice));
            self.say(piece.unwrap_or_default(), dice, deep + 1, out);
        }
        out.push_str(rest);
    }
}

fn one_of<'a>(list: &[&'a str], dice: &mut Dice) -> Option<&'a str> {
    if list.is_empty() {
        return None;
    }
    list.get(dice.below(list.len() as u32) as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_is_named_is_there_and_every_intent_has_sentences() {
        for text in [ZH, EN] {
            let grammar = Grammar::read(text);
            for intent in Intent::ALL {
                assert!(grammar.sentences.iter().any(|(i, _)| *i == intent), "{intent:?}");
            }
            let all = grammar.lists.values().flatten();
            let all = all.chain(grammar.sentences.iter().flat_map(|(_, s)| s));
            for piece in all {
                for name in piece.split('{').skip(1).filter_map(|p| p.split_once('}')) {
                    let name = name.0.trim_end_matches('?');
                    assert!(grammar.lists.contains_key(name), "no list {name} in {piece}");
                }
            }
        }
    }

    #[test]
    fn the_same_sentences_come_each_time() {
        assert_eq!(sentences(200), sentences(200));
        assert!(sentences(200).iter().all(|s| !s.text.trim().is_empty()));
    }
}
