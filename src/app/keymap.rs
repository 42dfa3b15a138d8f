//! From keys to actions: the table's defaults, with the operator's own keys over them.

use super::action::{Action, Context, Spec, TABLE};
use super::key::Key;
use super::settings::Settings;
use crate::text::catalogue::cockpit as say;
use crate::text::{Lang, Shown};

/// How long a begun sequence waits before its keys are shown, in milliseconds: whoever knows them is
/// faster.
pub const WHICH_KEY: i64 = 400;

/// One way to press something.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    context: Context,
    keys: Vec<Key>,
    action: Action,
}

/// What a sequence of keys comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It does this.
    Action(Action),
    /// It may become something with another key.
    Begun,
    /// Nothing.
    Nothing,
}

/// A set of default keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Letters move as in vi, cursor keys too; lines are edited as in a shell.
    #[default]
    Vi,
    /// Cursor keys alone move, so that every letter is a verb or free for one of your own.
    Arrows,
}

impl Preset {
    /// All of them, with the words that settings use.
    pub const ALL: [(&'static str, Preset); 2] = [("vi", Preset::Vi), ("arrows", Preset::Arrows)];

    /// The default keys of an action.
    pub fn keys(self, spec: &Spec) -> &'static [&'static str] {
        let own = |(action, _): &&(Action, &[&str])| *action == spec.action;
        match self {
            Preset::Vi => spec.keys,
            Preset::Arrows => ARROWS.iter().find(own).map_or(spec.keys, |(_, keys)| keys),
        }
    }
}

/// Where [`Preset::Arrows`] differs.
const ARROWS: &[(Action, &[&str])] = &[
    (Action::Down, &["down"]),
    (Action::Up, &["up"]),
    (Action::Top, &["home"]),
    (Action::Bottom, &["end"]),
    (Action::HalfDown, &["shift-pagedown", "ctrl-d"]),
    (Action::HalfUp, &["shift-pageup", "ctrl-u"]),
    (Action::PageDown, &["pagedown"]),
    (Action::PageUp, &["pageup"]),
    (Action::Filter, &["/", "ctrl-f"]),
    (Action::LineUp, &["up"]),
    (Action::LineDown, &["down"]),
    (Action::PickDown, &["down"]),
    (Action::PickUp, &["up"]),
    (Action::Left, &["left"]),
    (Action::Right, &["right"]),
    (Action::WordLeft, &["ctrl-left"]),
    (Action::WordRight, &["ctrl-right"]),
    (Action::LineStart, &["home"]),
    (Action::LineEnd, &["end"]),
    (Action::Erase, &["backspace"]),
    (Action::EraseNext, &["delete"]),
    (Action::DayLeft, &["left"]),
    (Action::DayRight, &["right"]),
    (Action::NextChannel, &["]"]),
    (Action::PreviousChannel, &["["]),
    (Action::NextVariant, &["tab", "right"]),
    (Action::PreviousVariant, &["backtab", "left"]),
];

/// All bindings.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

/// Something wrong with an operator's own keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which entry of [`Settings::keys`] it is about.
    pub entry: usize,
    /// What is wrong, for the operator.
    pub text: Shown,
}

impl Keymap {
    /// The keymap of an operator, and what is wrong with their own keys. A key that cannot be
    /// read is left out; an action keeps its default keys when none of its own can be used.
    pub fn new(settings: &Settings) -> (Keymap, Vec<Wrong>) {
        let mut map = Keymap { bindings: Vec::new() };
        let mut wrong = Vec::new();
        for (entry, (name, _)) in settings.keys.iter().enumerate() {
            if !TABLE.iter().any(|s| s.name == name) {
                let text = say::KEYS_NO_ACTION.fill(settings.lang, &[("name", name)]);
                wrong.push(Wrong { entry, text });
            }
        }
        // Own keys go first, so that a default key somebody gave away loses.
        for spec in TABLE {
            let own = settings.keys.iter().enumerate().filter(|(_, (name, _))| name == spec.name);
            for (entry, (_, keys)) in own {
                for written in keys {
                    if let Err(text) = map.add_own(spec, written, settings.lang) {
                        wrong.push(Wrong { entry, text });
                    }
                }
            }
        }
        let owned: Vec<Action> = map.bindings.iter().map(|b| b.action).collect();
        for spec in TABLE.iter().filter(|s| !owned.contains(&s.action)) {
            for written in settings.preset.keys(spec) {
                let Some(keys) = sequence(written) else { continue };
                for context in spec.contexts {
                    if map.clash(*context, &keys).is_none() {
                        map.bindings.push(Binding {
                            context: *context,
                            keys: keys.clone(),
                            action: spec.action,
                        });
                    }
                }
            }
        }
        map.find_lost(settings, &mut wrong);
        (map, wrong)
    }

    /// Actions that lost all their keys to somebody's own ones.
    fn find_lost(&self, settings: &Settings, wrong: &mut Vec<Wrong>) {
        for spec in TABLE {
            for context in spec.contexts {
                if self.keys(spec.action, *context).next().is_some() {
                    continue;
                }
                let mut written = settings.preset.keys(spec).iter().filter_map(|k| sequence(k));
                let Some(taker) = written.find_map(|keys| self.clash(*context, &keys)) else {
                    continue;
                };
                let name = taker.spec().name;
                let Some(entry) = settings.keys.iter().position(|(of, _)| of == name) else {
                    continue;
                };
                let values: [(&str, &dyn std::fmt::Display); 2] =
                    [("name", &spec.name), ("other", &name)];
                let text = say::KEYS_LOST.fill(settings.lang, &values);
                if wrong.iter().all(|known| known.text != text) {
                    wrong.push(Wrong { entry, text });
                }
            }
        }
    }

    fn add_own(&mut self, spec: &Spec, written: &str, lang: Lang) -> Result<(), Shown> {
        let Some(keys) = sequence(written) else {
            let values: [(&str, &dyn std::fmt::Display); 2] =
                [("key", &written), ("name", &spec.name)];
            return Err(say::KEYS_NO_KEY.fill(lang, &values));
        };
        for context in spec.contexts {
            if let Some(other) = self.clash(*context, &keys) {
                let values: [(&str, &dyn std::fmt::Display); 3] =
                    [("key", &written), ("name", &spec.name), ("other", &other.spec().name)];
                return Err(say::KEYS_CLASH.fill(lang, &values));
            }
        }
        for context in spec.contexts {
            let (context, action) = (*context, spec.action);
            self.bindings.push(Binding { context, keys: keys.clone(), action });
        }
        Ok(())
    }

    /// The action that already has these keys, or a beginning or continuation of them.
    fn clash(&self, context: Context, keys: &[Key]) -> Option<Action> {
        self.bindings
            .iter()
            .filter(|b| b.context == context)
            .find(|b| b.keys.starts_with(keys) || keys.starts_with(&b.keys))
            .map(|b| b.action)
    }

    /// What these keys come to in the first of these contexts that knows them.
    pub fn find(&self, contexts: &[Context], keys: &[Key]) -> Found {
        for context in contexts {
            let here = self.bindings.iter().filter(|b| b.context == *context);
            for binding in here {
                if binding.keys == keys {
                    return Found::Action(binding.action);
                }
                if binding.keys.starts_with(keys) {
                    return Found::Begun;
                }
            }
        }
        Found::Nothing
    }

    /// What a begun sequence can come to in these contexts: the keys that are left, and the action.
    pub fn after(&self, contexts: &[Context], begun: &[Key]) -> Vec<(Shown, Action)> {
        let mut found: Vec<(Shown, Action)> = Vec::new();
        for context in contexts {
            let here = self.bindings.iter().filter(|b| b.context == *context);
            for binding in here.filter(|b| b.keys.len() > begun.len()) {
                let Some(rest) = binding.keys.strip_prefix(begun) else { continue };
                let rest = said(rest);
                // The first context that knows a key wins, as it does when it is pressed.
                if found.iter().all(|(known, _)| *known != rest) {
                    found.push((rest, binding.action));
                }
            }
        }
        found.sort_by_key(|(_, action)| *action);
        found
    }

    /// The ways to press an action in a context, in the order of the table.
    pub fn keys(&self, action: Action, context: Context) -> impl Iterator<Item = Shown> + '_ {
        self.bindings
            .iter()
            .filter(move |b| b.action == action && b.context == context)
            .map(|b| said(&b.keys))
    }

    /// The first way to press an action, wherever it is heard.
    pub fn key(&self, action: Action) -> Option<Shown> {
        self.bindings.iter().find(|b| b.action == action).map(|b| said(&b.keys))
    }

    /// All contexts, keys and actions, for tests and documentation.
    pub fn all(&self) -> impl Iterator<Item = (Context, &[Key], Action)> + '_ {
        self.bindings.iter().map(|b| (b.context, b.keys.as_slice(), b.action))
    }
}

/// Reads `ctrl-d` or `g g`.
fn sequence(written: &str) -> Option<Vec<Key>> {
    let keys: Option<Vec<Key>> = written.split_whitespace().map(Key::parse).collect();
    keys.filter(|k| !k.is_empty())
}

/// How help and footer write keys: `gg`, `Ctrl-d`, `Ctrl-x e`.
fn said(keys: &[Key]) -> Shown {
    let names: Vec<String> = keys.iter().map(Key::to_string).collect();
    let between = if names.iter().all(|n| n.chars().count() == 1) { "" } else { " " };
    Shown::line(&names.join(between))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// The contexts that listen at the same time, in the order they are asked.
    const STACKS: [&[Context]; 15] = [
        &[Context::Queue, Context::Desk, Context::Everywhere],
        &[Context::Conversation, Context::Desk, Context::Everywhere],
        &[Context::Slots, Context::Panel, Context::Desk, Context::Everywhere],
        &[Context::Figures, Context::Panel, Context::Desk, Context::Everywhere],
        &[Context::Panel, Context::Desk, Context::Everywhere],
        &[Context::Composer, Context::Everywhere],
        &[Context::Prompt, Context::Everywhere],
        &[Context::Menu, Context::Everywhere],
        &[Context::Text, Context::Everywhere],
        &[Context::Calendar, Context::Reader, Context::Everywhere],
        &[Context::Post, Context::Reader, Context::Everywhere],
        &[Context::Charts, Context::Reader, Context::Everywhere],
        &[Context::Service, Context::Reader, Context::Everywhere],
        &[Context::Alerts, Context::Reader, Context::Everywhere],
        &[Context::Reader, Context::Everywhere],
    ];

    fn own(keys: &[(&str, &[&str])]) -> (Keymap, Vec<Shown>) {
        let keys = keys
            .iter()
            .map(|(a, k)| (a.to_string(), k.iter().map(|k| k.to_string()).collect()))
            .collect();
        let (map, wrong) = Keymap::new(&Settings { keys, ..Settings::default() });
        (map, wrong.into_iter().map(|w| w.text).collect())
    }

    #[test]
    fn each_default_key_can_be_read_and_reaches_its_action_alone() {
        let (map, wrong) = own(&[]);
        assert_eq!(wrong, Vec::<Shown>::new());
        let written: usize = TABLE.iter().map(|s| s.keys.len() * s.contexts.len()).sum();
        assert_eq!(map.all().count(), written, "a default key is unreadable or taken twice");
        for (context, keys, action) in map.all() {
            let stack = STACKS.iter().filter(|s| s.contains(&context));
            for stack in stack {
                assert_eq!(
                    map.find(stack, keys),
                    Found::Action(action),
                    "{} by {} in {context:?} is hidden in {stack:?}",
                    action.spec().name,
                    said(keys),
                );
            }
        }
    }

    #[test]
    fn each_preset_reaches_every_action_by_keys_of_its_own() {
        for (name, preset) in Preset::ALL {
            let (map, wrong) = Keymap::new(&Settings { preset, ..Settings::default() });
            assert_eq!(wrong, Vec::<Wrong>::new());
            let written: usize =
                TABLE.iter().map(|s| preset.keys(s).len() * s.contexts.len()).sum();
            assert_eq!(map.all().count(), written, "{name}: a key is unreadable or taken twice");
        }
    }

    #[test]
    fn with_arrows_no_letter_moves() {
        let (map, _) = Keymap::new(&Settings { preset: Preset::Arrows, ..Settings::default() });
        for letter in ["j", "k", "G"] {
            assert_eq!(map.find(STACKS[0], &[Key::parse(letter).unwrap()]), Found::Nothing);
        }
        let down = Key::parse("down").unwrap();
        assert_eq!(map.find(STACKS[0], &[down]), Found::Action(Action::Down));
    }

    #[test]
    fn what_a_begun_sequence_can_come_to_is_told() {
        let (map, _) = own(&[]);
        let after = map.after(STACKS[0], &[Key::char('g')]);
        assert!(after.iter().any(|(key, action)| key.as_str() == "g" && *action == Action::Top));
        assert!(after.iter().any(|(_, action)| *action == Action::Attend));
        assert!(map.after(STACKS[0], &[Key::char('j')]).is_empty());
    }

    #[test]
    fn each_action_is_documented_and_reachable() {
        let (map, _) = own(&[]);
        for spec in TABLE {
            assert!(!spec.long.en.is_empty() && !spec.long.zh.is_empty(), "{}", spec.name);
            for context in spec.contexts {
                assert!(
                    map.keys(spec.action, *context).next().is_some(),
                    "{} has no key in {context:?}",
                    spec.name
                );
            }
        }
    }

    #[test]
    fn what_is_done_most_has_a_key_that_no_input_method_takes() {
        // Letters go to the input method while it is on; function keys do not.
        let (map, _) = own(&[]);
        let most = [Action::Reply, Action::Claim, Action::Resolve, Action::Undo, Action::Palette];
        for action in most {
            let is_function_key =
                |keys: &[Key]| matches!(keys, [Key { code: super::super::KeyCode::F(_), .. }]);
            let has = map.all().any(|(_, keys, of)| of == action && is_function_key(keys));
            assert!(has, "{}", action.spec().name);
        }
    }

    #[test]
    fn every_verb_has_a_key_without_control_or_alt() {
        // Input methods pass plain letters on in more terminals than chords.
        for spec in TABLE.iter().filter(|s| s.action.command().is_some()) {
            let plain = |key: &&str| key.split(' ').all(|part| part.chars().count() == 1);
            assert!(spec.keys.iter().any(plain), "{}", spec.name);
        }
    }

    #[test]
    fn a_sequence_waits_for_its_rest() {
        let (map, _) = own(&[]);
        let g = Key::char('g');
        assert_eq!(map.find(STACKS[0], &[g]), Found::Begun);
        assert_eq!(map.find(STACKS[0], &[g, g]), Found::Action(Action::Top));
        assert_eq!(map.find(STACKS[0], &[g, Key::char('j')]), Found::Nothing);
    }

    #[test]
    fn own_keys_replace_the_default_ones() {
        let (map, wrong) = own(&[("resolve", &["w"]), ("down", &["j", "ctrl-n"])]);
        assert_eq!(wrong, Vec::<Shown>::new());
        let at = |k: &str| map.find(STACKS[0], &[Key::parse(k).unwrap()]);
        assert_eq!(at("w"), Found::Action(Action::Resolve));
        assert_eq!(at("d"), Found::Nothing);
        assert_eq!(at("ctrl-n"), Found::Action(Action::Down));
        assert_eq!(at("down"), Found::Nothing);
    }

    #[test]
    fn an_own_key_takes_a_default_key_away_from_another_action() {
        let (map, _) = own(&[("play", &["r"]), ("reply", &["w"])]);
        assert_eq!(map.find(STACKS[0], &[Key::char('w')]), Found::Action(Action::Reply));
        let (map, _) = own(&[("mark", &["d"])]);
        assert_eq!(map.find(STACKS[0], &[Key::char('d')]), Found::Action(Action::Mark));
    }

    #[test]
    fn an_action_that_lost_its_last_key_is_named() {
        let (_, wrong) = own(&[("mark", &["h"])]);
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].as_str().contains("hold") && wrong[0].as_str().contains("mark"));
    }

    #[rstest]
    #[case(&[("dance", &["j"][..])], "dance")]
    #[case(&[("down", &["jj"][..])], "jj")]
    #[case(&[("down", &["w"][..]), ("up", &["w"][..])], "up")]
    fn what_is_wrong_with_own_keys_is_said(#[case] keys: &[(&str, &[&str])], #[case] part: &str) {
        let (map, wrong) = own(keys);
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].as_str().contains(part), "{}", wrong[0]);
        // Whatever is wrong, one can still move.
        assert!(map.key(Action::Down).is_some() && map.key(Action::Up).is_some());
    }
}
