//! `views.toml`, the desk's and the operator's own: saved views.

use super::error::{ConfigError, Problem};
use super::read::{self, Source};
use super::{DeskPaths, edit};
use crate::domain::filter::Filter;
use crate::domain::{OperatorName, SavedView, Sort};
use serde::Deserialize;
use std::path::Path;
use std::sync::LazyLock;
use toml::Spanned;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

/// The file a new desk gets, and the views of a desk without one.
pub(super) const DEFAULT: &str = include_str!("defaults/views.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    view: Vec<RawView>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawView {
    name: Spanned<String>,
    #[serde(default)]
    filter: Option<Spanned<String>>,
    sort: Option<Spanned<String>>,
}

/// The views of a desk; the default ones when it has no such file.
///
/// # Errors
/// The first mistake, with file and line.
pub fn desk_views(folder: &Path) -> Result<Vec<SavedView>, ConfigError> {
    static DEFAULTS: LazyLock<Vec<SavedView>> = LazyLock::new(|| {
        // The file is part of the program; a test reads it.
        parse(Path::new("views.toml"), DEFAULT).expect("the default views are right")
    });
    let file = DeskPaths::new(folder).views_file();
    Ok(read::file(&file, parse)?.unwrap_or_else(|| DEFAULTS.clone()))
}

/// An operator's own views; none when there is no such file.
///
/// # Errors
/// The first mistake, with file and line.
pub fn own_views(file: &Path) -> Result<Vec<SavedView>, ConfigError> {
    Ok(read::file(file, parse)?.unwrap_or_default())
}

/// Keeps a view in an operator's file, in place of the one of that name; all else in the file
/// stays as it is.
///
/// # Errors
/// When the file cannot be read or written, or would have a mistake.
pub fn keep_view(file: &Path, view: &SavedView) -> Result<(), ConfigError> {
    change(file, |tables| {
        let at = place(tables, &view.name);
        let mut table = Table::new();
        table["name"] = value(view.name.as_str());
        table["filter"] = value(view.filter.as_str());
        if view.sort != Sort::Due {
            table["sort"] = value(view.sort.name());
        }
        match at.and_then(|at| tables.get_mut(at)) {
            Some(known) => {
                for key in ["filter", "sort"] {
                    known.remove(key);
                }
                known.extend(table.iter().map(|(key, item)| (key.to_owned(), item.clone())));
            }
            None => tables.push(table),
        }
        true
    })
    .map(|_| ())
}

/// Takes a view out of an operator's file; false when there is none of that name.
///
/// # Errors
/// When the file cannot be read or written.
pub fn drop_view(file: &Path, name: &str) -> Result<bool, ConfigError> {
    change(file, |tables| match place(tables, name) {
        Some(at) => {
            tables.remove(at);
            true
        }
        None => false,
    })
}

fn place(tables: &ArrayOfTables, name: &str) -> Option<usize> {
    tables.iter().position(|t| t.get("name").and_then(Item::as_str) == Some(name))
}

fn change(file: &Path, with: impl FnOnce(&mut ArrayOfTables) -> bool) -> Result<bool, ConfigError> {
    // One with a mistake is not written into.
    own_views(file)?;
    let before = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => {
            return Err(ConfigError::at(file, None, "", Problem::Unreadable(e.to_string())));
        }
    };
    let toml =
        |e: &dyn std::fmt::Display| ConfigError::at(file, None, "", Problem::Toml(e.to_string()));
    let mut document: DocumentMut = before.parse().map_err(|e: toml_edit::TomlError| toml(&e))?;
    let item = document.entry("view").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let tables = item.as_array_of_tables_mut().ok_or_else(|| toml(&"write [[view]]"))?;
    let changed = with(tables);
    if changed {
        let text = document.to_string();
        parse(file, &text)?;
        let unwritable =
            |e: std::io::Error| ConfigError::at(file, None, "", Problem::Unwritable(e.to_string()));
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(unwritable)?;
        }
        edit::write_whole(file, text.as_bytes(), 0o644).map_err(unwritable)?;
    }
    Ok(changed)
}

fn parse(file: &Path, text: &str) -> Result<Vec<SavedView>, ConfigError> {
    let source = Source { file, text };
    let raw: Raw = source.raw()?;
    let mut views: Vec<SavedView> = Vec::new();
    for view in &raw.view {
        let name = source.filled("name", &view.name)?;
        if name.len() > SavedView::NAME {
            let problem = Problem::OutOfRange(name.len().to_string(), 1, SavedView::NAME as i64);
            return Err(source.wrong("name", &view.name, problem));
        }
        if views.iter().any(|known| known.name == name) {
            return Err(source.wrong("name", &view.name, Problem::Twice(name)));
        }
        let filter = view.filter.as_ref().map_or("", |f| f.get_ref().trim()).to_owned();
        if let (Err(refusal), Some(at)) =
            (Filter::parse(&filter, &OperatorName(String::new())), &view.filter)
        {
            return Err(source.wrong("filter", at, Problem::NotAFilter(Box::new(refusal))));
        }
        let known = Sort::ALL.map(|(sort, name)| (name, sort));
        let sort = view.sort.as_ref().map(|s| source.one_of("sort", s, &known)).transpose()?;
        views.push(SavedView { name, filter, sort: sort.unwrap_or_default() });
        if views.len() > SavedView::MOST {
            let n = raw.view.len().to_string();
            let problem = Problem::OutOfRange(n, 0, SavedView::MOST as i64);
            return Err(source.wrong("view", &view.name, problem));
        }
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn view(name: &str, filter: &str, sort: Sort) -> SavedView {
        SavedView { name: name.into(), filter: filter.into(), sort }
    }

    #[test]
    fn a_desk_without_a_file_has_the_default_views() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> =
            desk_views(folder.path()).unwrap().into_iter().map(|v| v.name).collect();
        assert_eq!(names, ["mine", "unassigned", "severe", "late", "purchase"]);
    }

    #[test]
    fn a_mistake_names_file_line_and_field() {
        let folder = tempfile::tempdir().unwrap();
        for (text, line, part) in [
            ("[[view]]\nname = \"a\"\nfilter = \"stat:x\"\n", 3, "stat"),
            ("[[view]]\nname = \"a\"\nsort = \"size\"\n", 3, "size"),
            ("[[view]]\nname = \"a\"\n[[view]]\nname = \"a\"\n", 4, "a"),
            ("[[view]]\nname = \" \"\n", 2, "name"),
            ("[[view]]\nname = \"a\"\nshort = 1\n", 3, "short"),
        ] {
            std::fs::write(folder.path().join("views.toml"), text).unwrap();
            let e = desk_views(folder.path()).unwrap_err();
            assert_eq!(e.line, Some(line), "{text}");
            assert!(e.say(Lang::En).as_str().contains(part), "{}", e.say(Lang::En));
            assert!(!e.say(Lang::Zh).is_empty());
        }
    }

    #[test]
    fn views_are_kept_changed_and_dropped_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/views.toml");
        keep_view(&file, &view("慢", "物流 \"a b\"", Sort::Oldest)).unwrap();
        keep_view(&file, &view("vip", "label:vip", Sort::Due)).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("# my own\n{text}")).unwrap();
        keep_view(&file, &view("慢", "物流", Sort::Due)).unwrap();
        let views = own_views(&file).unwrap();
        assert_eq!(views, [view("慢", "物流", Sort::Due), view("vip", "label:vip", Sort::Due)]);
        assert!(drop_view(&file, "vip").unwrap());
        assert!(!drop_view(&file, "vip").unwrap());
        assert_eq!(own_views(&file).unwrap().len(), 1);
        assert!(std::fs::read_to_string(&file).unwrap().contains("# my own"));
    }
}
