//! `roles.toml`: who may do what. The format is explained in the default file.

use super::error::{ConfigError, Problem};
use super::paths::DeskPaths;
use super::read::{self, Source};
use crate::domain::OperatorName;
use crate::domain::role::{Role, Roles, Whom};
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// The file a new desk gets.
pub(super) const DEFAULT: &str = include_str!("defaults/roles.toml");

/// The words for roles, and for none.
const WORDS: [(&str, Option<Role>); 5] = [
    ("viewer", Some(Role::Viewer)),
    ("agent", Some(Role::Agent)),
    ("lead", Some(Role::Lead)),
    ("admin", Some(Role::Admin)),
    ("none", None),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    default: Option<Spanned<String>>,
    masked: Option<Spanned<String>>,
    #[serde(default)]
    viewer: Vec<Spanned<String>>,
    #[serde(default)]
    agent: Vec<Spanned<String>>,
    #[serde(default)]
    lead: Vec<Spanned<String>>,
    #[serde(default)]
    admin: Vec<Spanned<String>>,
    #[serde(default)]
    removed: Vec<Spanned<String>>,
}

/// Reads the text of a `roles.toml`; `file` is for the mistakes.
///
/// # Errors
/// The first mistake.
pub(super) fn parse(file: &Path, text: &str) -> Result<Roles, ConfigError> {
    let source = Source { file, text };
    let raw: Raw = source.raw()?;
    let mut roles = Roles::default();
    if let Some(word) = &raw.default {
        roles.default = source.one_of("default", word, &WORDS)?;
    }
    if let Some(word) = &raw.masked {
        roles.masked = source.one_of("masked", word, &WORDS)?;
    }
    let lists = [
        (Role::Viewer, &raw.viewer),
        (Role::Agent, &raw.agent),
        (Role::Lead, &raw.lead),
        (Role::Admin, &raw.admin),
    ];
    for (role, list) in lists {
        for written in list {
            let whom = Whom::parse(&source.filled(role.word(), written)?);
            if roles.given.iter().any(|(other, _)| *other == whom) {
                return Err(source.wrong(role.word(), written, Problem::Twice(whom.to_string())));
            }
            roles.given.push((whom, role));
        }
    }
    for written in &raw.removed {
        roles.removed.push(OperatorName(source.filled("removed", written)?));
    }
    Ok(roles)
}

/// Gives an operator or a group a role in a desk's `roles.toml`, or (`None`) takes it away: an
/// operator who is removed may not use the desk any more. Comments and order stay as they are.
///
/// # Errors
/// When the file cannot be read or written, or would have a mistake then.
pub fn put_role(folder: &Path, whom: &Whom, role: Option<Role>) -> Result<(), ConfigError> {
    let file = DeskPaths::new(folder).roles_file();
    let text = read::file(&file, |_, text| Ok(text.to_owned()))?.unwrap_or_default();
    parse(&file, &text)?;
    let wrong = |why: String| ConfigError::at(&file, None, "", Problem::Unwritable(why));
    let mut document: DocumentMut =
        text.parse().map_err(|e: toml_edit::TomlError| wrong(e.to_string()))?;
    let name = whom.to_string();
    let table = document.as_table_mut();
    for list in Role::ALL.map(Role::word).into_iter().chain(["removed"]) {
        if let Some(array) = table.get_mut(list).and_then(Item::as_array_mut) {
            array.retain(|item| item.as_str() != Some(name.as_str()));
        }
    }
    match role {
        Some(role) => add(table, role.word(), &name),
        // A group has no session of its own to keep out: it has the role of everybody then.
        None if matches!(whom, Whom::Operator(_)) => add(table, "removed", &name),
        None => {}
    }
    let text = document.to_string();
    parse(&file, &text)?;
    super::edit::write_whole(&file, text.as_bytes(), 0o600).map_err(|e| wrong(e.to_string()))
}

fn add(table: &mut Table, list: &str, name: &str) {
    match table.get_mut(list).and_then(Item::as_array_mut) {
        Some(array) => array.push(name),
        None => drop(table.insert(list, value([name].into_iter().collect::<Array>()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;
    use rstest::rstest;
    use std::os::unix::fs::PermissionsExt;

    fn read(text: &str) -> Result<Roles, ConfigError> {
        parse(Path::new("roles.toml"), text)
    }

    #[test]
    fn the_default_file_says_what_holds_without_it() {
        assert_eq!(read(DEFAULT).unwrap(), Roles::default());
        // Each line that is commented out can be used as it stands.
        let used: String = DEFAULT
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| {
                let key = line.split_once(" = ").map(|(key, _)| key);
                key.is_some_and(|key| key.chars().all(char::is_alphanumeric))
            })
            .map(|line| format!("{line}\n"))
            .collect();
        let roles = read(&used).unwrap();
        assert!(roles.given.len() >= 4 && roles.removed.len() == 1, "{roles:?}");
    }

    #[rstest]
    #[case("default = \"boss\"", "roles.toml:1: default: \"boss\"")]
    #[case("agent = [\"bo\"]\nlead = [\"bo\"]", "roles.toml:2: lead: ")]
    #[case("admin = [\"\"]", "roles.toml:1: admin: ")]
    #[case("boss = [\"amy\"]", "roles.toml:1: ")]
    fn mistakes_are_told_with_their_line(#[case] text: &str, #[case] begins: &str) {
        let said = String::from(read(text).unwrap_err().say(Lang::En));
        assert!(said.starts_with(begins), "{said}");
    }

    #[test]
    fn a_change_leaves_the_rest_of_the_file_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("roles.toml");
        std::fs::write(&file, "# ours\nlead = [\"amy\", \"bo\"] # both\n").unwrap();
        let bo = Whom::parse("bo");
        put_role(folder.path(), &bo, Some(Role::Admin)).unwrap();
        put_role(folder.path(), &Whom::parse("@night"), Some(Role::Viewer)).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(
            text,
            "# ours\nlead = [\"amy\"] # both\nadmin = [\"bo\"]\nviewer = [\"@night\"]\n"
        );
        put_role(folder.path(), &bo, None).unwrap();
        let roles = read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(roles.of(&OperatorName("bo".into()), &["night".into()]), None);
        // Back again, and out of the list of those who were removed.
        put_role(folder.path(), &bo, Some(Role::Agent)).unwrap();
        let roles = read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(
            (roles.of(&OperatorName("bo".into()), &[]), roles.removed),
            (Some(Role::Agent), vec![])
        );
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0);
    }
}
