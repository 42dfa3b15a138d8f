//! The operator's own theme files.

use crate::config::Env;
use crate::text::Lang;
use crate::view::{Depth, ThemeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The most bytes of a theme file; they have a few hundred.
const MOST: u64 = 64 << 10;

/// The built-in themes and those in the operator's folder, with sentences about what was wrong.
pub(super) fn load(depth: Depth, lang: Lang) -> (ThemeSet, Vec<String>) {
    let folder = Env::from(|name| std::env::var_os(name)).themes_folder();
    let (own, mut warnings) = folder.as_deref().map(read).unwrap_or_default();
    let (themes, wrong) = ThemeSet::load(&own, depth, lang);
    warnings.extend(wrong);
    (themes, warnings)
}

/// Name and text of each `.toml` file in a folder, by name. A folder that is not there is empty.
fn read(folder: &Path) -> (Vec<(String, String)>, Vec<String>) {
    let mut own = Vec::new();
    let mut warnings = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return (own, warnings) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        let Some(name) = path.file_stem().and_then(|n| n.to_str()) else { continue };
        let mut text = String::new();
        match File::open(&path).and_then(|f| f.take(MOST).read_to_string(&mut text)) {
            Ok(_) => own.push((name.to_owned(), text)),
            Err(e) => warnings.push(format!("{}: {e}", path.display())),
        }
    }
    own.sort();
    (own, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn theme_files_are_read_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.toml", "b"), ("a.toml", "a"), ("notes.txt", "n")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("c.toml"), b"\xff").unwrap();
        let (own, warnings) = read(folder.path());
        assert_eq!(own, [("a".into(), "a".into()), ("b".into(), "b".into())]);
        assert!(warnings.len() == 1 && warnings[0].contains("c.toml"), "{warnings:?}");
        assert_eq!(read(&folder.path().join("none")).0, []);
    }
}
