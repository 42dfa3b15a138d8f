//! Where profiles are found, and why one is not.

use super::{Profile, READY};
use crate::text::catalogue::import as say;
use crate::text::{Lang, Shown};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

impl Profile {
    /// Finds a profile: a path (with a `/` or `.toml`), else a name looked up in `folders` in
    /// order, else among those that come with the program.
    ///
    /// # Errors
    /// When there is none, it cannot be read, or it is wrong.
    pub fn find(name: &str, folders: &[PathBuf]) -> Result<Profile, ProfileError> {
        let is_path = name.contains('/') || name.ends_with(".toml");
        if is_path {
            return Profile::read(Path::new(name));
        }
        for folder in folders {
            let path = folder.join(format!("{name}.toml"));
            if path.is_file() {
                return Profile::read(&path);
            }
        }
        match READY.iter().find(|(ready, _)| *ready == name) {
            Some((_, text)) => Profile::parse(name, name, text),
            None => Err(ProfileError::None {
                name: name.to_owned(),
                known: Profile::names(folders).into_keys().collect(),
            }),
        }
    }

    /// The names of all profiles, each with its line about itself.
    pub fn names(folders: &[PathBuf]) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for (name, text) in READY {
            if let Ok(p) = Profile::parse(name, name, text) {
                names.insert(p.name, p.about);
            }
        }
        // The first folder counts most, so it comes last.
        for folder in folders.iter().rev() {
            for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if let Ok(p) = Profile::read(&file.path())
                    && file.path().extension().is_some_and(|e| e == "toml")
                {
                    names.insert(p.name, p.about);
                }
            }
        }
        names
    }

    /// All profiles that can be read, the folders' before those that come with the program; of a name
    /// the first counts.
    pub fn all(folders: &[PathBuf]) -> Vec<Profile> {
        let names = Profile::names(folders);
        let mut found: Vec<Profile> =
            names.keys().filter_map(|name| Profile::find(name, folders).ok()).collect();
        found.sort_by_key(|p| !p.is_of(folders));
        found
    }

    fn is_of(&self, folders: &[PathBuf]) -> bool {
        folders.iter().any(|f| f.join(format!("{}.toml", self.name)).is_file())
    }

    fn read(path: &Path) -> Result<Profile, ProfileError> {
        let place = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|e| ProfileError::Unreadable { place: place.clone(), why: e.to_string() })?;
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        Profile::parse(&name, &place, &text)
    }
}

/// Why there is no profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// No profile of that name.
    None {
        /// The name.
        name: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// Its file cannot be read.
    Unreadable {
        /// The file.
        place: String,
        /// Why.
        why: String,
    },
    /// It says something that makes no sense.
    Wrong {
        /// File and line.
        place: String,
        /// What.
        what: String,
    },
}

impl ProfileError {
    /// One sentence for people.
    pub fn say(&self, lang: Lang) -> Shown {
        match self {
            ProfileError::None { name, known } => {
                say::NO_PROFILE.fill(lang, &[("name", name), ("known", &known.join(", "))])
            }
            ProfileError::Unreadable { place, why } => {
                say::PROFILE_UNREADABLE.fill(lang, &[("place", place), ("why", why)])
            }
            ProfileError::Wrong { place, what } => {
                say::PROFILE_WRONG.fill(lang, &[("place", place), ("what", what)])
            }
        }
    }
}
