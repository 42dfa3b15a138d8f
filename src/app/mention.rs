//! Names of operators while a note is written: `@` and the beginning of one offers those that fit.

use super::composer::Kind;
use super::model::Model;
use crate::domain::OperatorName;

/// The most names that are offered.
const MOST: usize = 5;

impl Model {
    /// The operators whom the word at the caret may mean; those who are here first.
    pub fn mentionable(&self) -> Vec<&OperatorName> {
        let note = self.composer().filter(|c| c.kind == Kind::Note);
        let Some(begun) = note.and_then(|c| begun(c.editor.before())) else { return Vec::new() };
        let fits = |name: &&OperatorName| {
            Some(*name) != self.me() && name.0.to_lowercase().starts_with(&begun.to_lowercase())
        };
        let here = self.desk.people.iter().map(|p| &p.operator);
        let known = self.welcome.iter().flat_map(|w| &w.operators);
        let mut names: Vec<&OperatorName> = Vec::new();
        for name in here.chain(known).filter(fits) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.truncate(MOST);
        names
    }
}

/// What is typed of a name before the caret: the part behind the `@`.
fn begun(before: &str) -> Option<&str> {
    let at = before.rfind(['@', '＠'])?;
    let sign = before[at..].chars().next()?;
    let word = &before[at + sign.len_utf8()..];
    let address = before[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!address && word.chars().all(is_name)).then_some(word)
}

/// Puts the first name that fits in; false when there is none.
pub(super) fn complete(model: &mut Model) -> bool {
    let Some(name) = model.mentionable().first().map(|name| name.0.clone()) else { return false };
    let Some(c) = model.composer_mut() else { return false };
    let before = c.editor.before();
    let typed = begun(before).map_or(0, str::len);
    let end = before.len();
    c.editor.take_out(end - typed, end);
    c.editor.insert(&format!("{name} "));
    true
}

#[cfg(test)]
mod tests {
    use super::begun;
    use rstest::rstest;

    #[rstest]
    #[case("@", Some(""))]
    #[case("please look, @b", Some("b"))]
    #[case("请看＠小", Some("小"))]
    #[case("lu@far", None)]
    #[case("@bo please", None)]
    #[case("nothing", None)]
    fn a_name_begins_behind_its_sign(#[case] before: &str, #[case] want: Option<&str>) {
        assert_eq!(begun(before), want);
    }
}
