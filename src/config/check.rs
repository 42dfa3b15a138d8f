//! Reads every file of settings once, to say what is wrong with each; changes nothing.

use super::error::ConfigError;
use super::paths::{DeskPaths, Env};
use super::{
    Channels, DeskSettings, Responses, UserSettings, classify, figures, lint, macros, policies,
    read, roles, secrets, views,
};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file of settings that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub file: PathBuf,
    /// Its first mistake.
    pub mistake: Option<ConfigError>,
    /// True when this account may not read it.
    pub hidden: bool,
}

/// The files of a desk's folder.
pub fn check_desk(folder: &Path) -> Vec<Checked> {
    let at = DeskPaths::new(folder);
    let mut all: Vec<Checked> = [
        look(at.desk_file(), |f| read::file(f, DeskSettings::parse)),
        look(at.channels_file(), |f| read::file(f, Channels::parse)),
        look(at.policies_file(), |f| read::file(f, policies::parse)),
        look(at.lint_file(), |f| read::file(f, lint::parse)),
        look(at.classify_file(), |f| read::file(f, classify::parse)),
        look(at.classify_model(), classify::model),
        look(at.figures_file(), |f| read::file(f, figures::parse)),
        look(at.roles_file(), |f| read::file(f, roles::parse)),
        look(at.macros_file(), |f| read::file(f, macros::parse)),
        look(at.views_file(), |_| views::desk_views(folder)),
        look(at.secrets_file(), |_| secrets::all(folder)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let responses = Responses::load(folder).wrong();
    all.extend(responses.into_iter().map(|mistake| Checked {
        file: mistake.file.clone(),
        hidden: is_hidden(&mistake.file),
        mistake: Some(mistake),
    }));
    all.iter_mut().filter(|c| c.hidden).for_each(|c| c.mistake = None);
    all
}

/// The operator's own files.
pub fn check_own(env: &Env) -> Vec<Checked> {
    let user = env.user_file().and_then(|f| look(f, UserSettings::load));
    let views = env.views_file().and_then(|f| look(f, views::own_views));
    user.into_iter().chain(views).collect()
}

/// `None` = it is not there.
fn look<T>(file: PathBuf, read: impl FnOnce(&Path) -> Result<T, ConfigError>) -> Option<Checked> {
    match std::fs::symlink_metadata(&file) {
        Err(e) if e.kind() == ErrorKind::PermissionDenied => {
            Some(Checked { file, mistake: None, hidden: true })
        }
        Err(_) => None,
        Ok(_) if is_hidden(&file) => Some(Checked { file, mistake: None, hidden: true }),
        Ok(_) => {
            let mistake = read(&file).err();
            Some(Checked { file, mistake, hidden: false })
        }
    }
}

fn is_hidden(file: &Path) -> bool {
    File::open(file).is_err_and(|e| e.kind() == ErrorKind::PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::write_defaults;
    use crate::text::Lang;

    #[test]
    fn a_new_desk_is_right_and_each_file_tells_its_mistake() {
        let dir = tempfile::tempdir().unwrap();
        write_defaults(dir.path()).unwrap();
        let all = check_desk(dir.path());
        assert!(all.len() >= 9, "{all:?}");
        assert!(all.iter().all(|c| c.mistake.is_none() && !c.hidden), "{all:?}");
        for checked in &all {
            std::fs::write(&checked.file, "\n= no toml").unwrap();
        }
        for checked in check_desk(dir.path()) {
            let mistake = checked.mistake.expect("a mistake").say(Lang::En);
            let name = checked.file.file_name().unwrap().to_string_lossy().into_owned();
            assert!(mistake.as_str().contains(&name), "{mistake}");
            // The file of secrets is never quoted, its line neither.
            assert!(name == "secrets.toml" || mistake.as_str().contains(":2"), "{mistake}");
        }
    }

    #[test]
    fn an_operators_file_tells_its_mistake() {
        let dir = tempfile::tempdir().unwrap();
        let env = Env { config_home: Some(dir.path().to_owned()), ..Env::default() };
        assert!(check_own(&env).is_empty(), "no file is no mistake");
        std::fs::create_dir(dir.path().join("dutydesk")).unwrap();
        std::fs::write(env.user_file().unwrap(), "thema = \"dusk\"\n").unwrap();
        let all = check_own(&env);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].mistake.as_ref().and_then(|m| m.line), Some(1));
    }
}
