//! The files of a desk and of an operator. The first byte says which file the rest is.

use super::assert_shown;
use dutydesk::app::{Model, Settings};
use dutydesk::config::{
    Channels, ConfigError, DeskSettings, Responses, RuleFile, UserSettings, load_macros, own_views,
    post_file, secrets_of,
};
use dutydesk::connect::profile::Profile;
use dutydesk::domain::ChannelId;
use dutydesk::text::Lang;
use dutydesk::view::{Depth, ThemeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::LazyLock;

/// A folder for what is only read from a file.
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = made.expect("a temporary folder");
    fs::create_dir(folder.path().join("responses")).expect("a folder");
    folder
});

pub fn run(bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let file = Path::new("file.toml");
    match which % 16 {
        n @ 0..=5 => said(RuleFile::ALL[usize::from(n)].check(rest)),
        6 => said(DeskSettings::parse(file, &text)),
        7 => said(Channels::parse(file, &text)),
        8 => match UserSettings::parse(file, &text) {
            Ok(own) => {
                let keys = own.keys.into_iter().map(|k| (k.action, k.keys)).collect();
                let _ = Model::new(Settings { keys, ..Settings::default() });
            }
            Err(e) => said::<()>(Err(e)),
        },
        9 => {
            if let Err(e) = Profile::parse("own", "own.toml", &text) {
                assert_shown(&e.say(Lang::En));
            }
        }
        10 => {
            let own = vec![("own".to_owned(), text.into_owned())];
            let (themes, _) = ThemeSet::load(&own, Depth::True, Lang::En);
            let _ = themes.get("own");
        }
        11 => match post_file::parse_bytes(file, rest) {
            // A post that was read can be printed, and is the same when it is read again.
            Ok(post) => {
                let printed = post_file::print(&post);
                let again = post_file::parse(file, &printed).expect("our own printing");
                assert_eq!(unplaced(again), unplaced(post), "{printed}");
            }
            Err(e) => said::<()>(Err(e)),
        },
        12 => said(load_macros(&kept("macros.toml", rest))),
        13 => said(own_views(&kept("views.toml", rest).join("views.toml"))),
        14 => {
            let responses = Responses::load(&kept("responses/own.toml", rest));
            responses.wrong().into_iter().for_each(|e| said::<()>(Err(e)));
            let _ = responses.all();
        }
        _ => {
            let folder = kept("secrets.toml", rest);
            let mode = fs::Permissions::from_mode(0o600);
            fs::set_permissions(folder.join("secrets.toml"), mode).expect("our own file");
            said(secrets_of(&folder, &ChannelId("weibo".into())));
        }
    }
}

/// Where something stands is no part of what a file says.
fn unplaced(mut post: post_file::PostFile) -> post_file::PostFile {
    post.sections.iter_mut().for_each(|section| section.line = 0);
    post
}

/// A folder where a file has these bytes.
fn kept(name: &str, bytes: &[u8]) -> std::path::PathBuf {
    fs::write(FOLDER.path().join(name), bytes).expect("a file in memory");
    FOLDER.path().to_owned()
}

/// A mistake is one clean sentence in both languages.
fn said<T>(read: Result<T, ConfigError>) {
    let Err(mistake) = read else { return };
    for lang in [Lang::En, Lang::Zh] {
        let sentence = mistake.say(lang);
        assert!(!sentence.is_empty());
        assert_shown(&sentence);
    }
}
