//! Looks everything up. Nothing here judges, and nothing is changed: what cannot be seen is `None`.

mod daemon;
mod machine;

use super::facts::*;
use crate::cli::{Context, Failure};
use crate::client::colours::{self, ColourHints};
use crate::client::zone;
use crate::config::{self, DeskPaths, DeskSettings, Env, UserSettings};
use crate::connect::built_in;
use crate::domain::Time;
use crate::term;
use crate::view::Depth;
use nix::unistd::{Gid, Group, Uid, User, getegid, geteuid, getgroups};
use std::fs;
use std::io::{ErrorKind, IsTerminal};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What in a desk's folder is its owner's alone.
const PRIVATE: [&str; 8] = [
    "db",
    "search",
    "archive",
    "last-good",
    "channels",
    "secrets.toml",
    "daemon.log",
    "daemon.log.1",
];

/// Everything, as it is now.
///
/// # Errors
/// When there is no desk's folder to look for.
pub(super) fn all(context: &Context, deep: bool) -> Result<Facts, Failure> {
    let folder = context.folder()?;
    let path = std::path::absolute(&folder).unwrap_or(folder);
    let me = me();
    let env = Env::from(|name| std::env::var_os(name));
    let desk = desk(&path, context.desk.is_some());
    let mut files: Vec<FileFact> = config::check_desk(&path).into_iter().map(file).collect();
    files.extend(config::check_own(&env).into_iter().map(file));
    let group = group(&desk, &me);
    let daemon = daemon::look(context, &path, deep);
    let disk = machine::disk(&path);
    let clock = machine::clock(&path, daemon.status.as_deref());
    Ok(Facts {
        now: Time::from(chrono::Utc::now()),
        service: machine::service("dutydesk.service"),
        terminal: terminal(&env),
        me,
        desk,
        group,
        daemon,
        files,
        disk,
        clock,
    })
}

fn file(checked: config::Checked) -> FileFact {
    FileFact { path: checked.file, mistake: checked.mistake, hidden: checked.hidden }
}

fn me() -> Me {
    let mut groups: Vec<u32> =
        getgroups().unwrap_or_default().into_iter().map(Gid::as_raw).collect();
    groups.push(getegid().as_raw());
    Me { uid: geteuid().as_raw(), name: account(geteuid().as_raw()), groups }
}

/// An account's name; its number where it has none.
fn account(uid: u32) -> String {
    let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
    user.map_or_else(|| uid.to_string(), |user| user.name)
}

fn look(path: &Path, follow: bool) -> Look {
    let meta = if follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
    match meta {
        Ok(meta) => Look::There(Meta {
            uid: meta.uid(),
            gid: meta.gid(),
            mode: meta.mode() & 0o7777,
            is_dir: meta.is_dir(),
            inode: meta.ino(),
        }),
        Err(e) if e.kind() == ErrorKind::PermissionDenied => Look::Hidden,
        Err(_) => Look::Missing,
    }
}

/// The first folder on the way to a path that this account may not pass.
fn barred(path: &Path) -> Option<(PathBuf, u32)> {
    let mut ways: Vec<&Path> = path.ancestors().skip(1).collect();
    ways.reverse();
    // The last one that can be seen is the one that hides what is in it.
    let hides = |pair: &[&Path]| look(pair[1], true) == Look::Hidden;
    let at = match ways.windows(2).find(|pair| hides(pair)) {
        Some(pair) => pair[0],
        None if look(path, true) == Look::Hidden => ways.last()?,
        None => return None,
    };
    Some((at.to_owned(), look(at, true).meta().map_or(0, |meta| meta.mode)))
}

fn desk(path: &Path, named: bool) -> DeskFacts {
    let at = DeskPaths::new(path);
    let top = look(path, true);
    let part = |name: &str, privacy| Part {
        name: name.to_owned(),
        privacy,
        look: look(&path.join(name), false),
    };
    let mut parts = vec![part("run", Privacy::Readable)];
    parts.extend(PRIVATE.map(|name| part(name, Privacy::Owner)));
    let files = fs::read_dir(path).into_iter().flatten().flatten();
    let mut names: Vec<String> = files
        .filter_map(|f| f.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml") && name != "secrets.toml")
        .collect();
    names.sort();
    parts.extend(names.iter().map(|name| part(name, Privacy::Readable)));
    let text = fs::read_to_string(at.desk_file()).ok();
    DeskFacts {
        named,
        owner: top.meta().map(|meta| account(meta.uid)).unwrap_or_default(),
        look: top,
        barred: barred(path),
        parts,
        settings: text.and_then(|text| DeskSettings::parse(&at.desk_file(), &text).ok()),
        path: path.to_owned(),
    }
}

/// The group that the desk is open to: as its file says, else as its folder looks.
fn group(desk: &DeskFacts, me: &Me) -> Option<GroupFacts> {
    let meta = desk.look.meta()?;
    let by_folder = || {
        let open = meta.mode & 0o050 == 0o050 && meta.uid != me.uid && desk.settings.is_none();
        open.then(|| Group::from_gid(Gid::from_raw(meta.gid)).ok().flatten())?.map(|g| g.name)
    };
    let name = match &desk.settings {
        Some(settings) => settings.group.clone()?,
        None => by_folder()?,
    };
    let group = Group::from_name(&name).ok().flatten();
    let is_in = |uid: u32| {
        let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
        group.as_ref().zip(user).is_some_and(|(g, u)| g.gid == u.gid || g.mem.contains(&u.name))
    };
    Some(GroupFacts {
        gid: group.as_ref().map(|g| g.gid.as_raw()),
        me_member: is_in(me.uid),
        owner_member: is_in(meta.uid),
        name,
    })
}

/// Which secrets the connectors of `channels.toml` need and have not; `None` = the file of secrets
/// cannot be read.
fn missing_secrets(folder: &Path) -> Option<Vec<(String, String)>> {
    let desk = config::Desk::load(folder).ok()?;
    let mut missing = Vec::new();
    for link in desk.channels.links.iter().filter(|link| !link.paused) {
        let Some(connector) = built_in::named(&link.connector) else { continue };
        let have = config::secrets_of(folder, &link.channel).ok()?;
        let needed = connector.settings.iter().filter(|s| s.secret && s.default.is_none());
        let lacks: Vec<&str> =
            needed.map(|s| s.name).filter(|name| !have.contains_key(*name)).collect();
        if !lacks.is_empty() {
            missing.push((link.channel.0.clone(), lacks.join(", ")));
        }
    }
    Some(missing)
}

fn terminal(env: &Env) -> TerminalFacts {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let own = env.user_file().and_then(|file| UserSettings::load(&file).ok());
    let depth = colours::depth(ColourHints {
        flag: None,
        no_color: set("NO_COLOR").as_deref(),
        config: own.as_ref().map(|own| own.colours.as_str()),
        colorterm: set("COLORTERM").as_deref(),
        term: set("TERM").as_deref(),
    });
    let is_terminal = std::io::stdout().is_terminal();
    let tz = set("TZ").filter(|_| own.as_ref().is_none_or(|own| own.zone.is_none()));
    TerminalFacts {
        is_terminal,
        term: set("TERM"),
        locale: set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")),
        colours: match depth {
            Depth::None => "none",
            Depth::Ansi16 => "16",
            Depth::Ansi256 => "256",
            Depth::True => "true",
        },
        size: term::size(),
        // tmux and screen answer for themselves, not for the operator's own screen.
        ambiguous: (is_terminal && set("TMUX").is_none() && set("STY").is_none())
            .then(term::ambiguous_width)
            .flatten(),
        ssh: set("SSH_CONNECTION").is_some() || set("SSH_TTY").is_some(),
        unknown_zone: tz.filter(|tz| zone::named(tz).is_none()),
        tmux: set("TMUX").and_then(|_| machine::tmux()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_folder_that_is_passed_is_not_in_the_way() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(barred(&dir.path().join("desk")), None, "not there is not barred");
        let inner = dir.path().join("a");
        fs::create_dir(&inner).unwrap();
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o000)).unwrap();
        let found = barred(&inner.join("desk"));
        // root passes everywhere.
        match geteuid().is_root() {
            true => assert_eq!(found, None),
            false => assert_eq!(found, Some((inner.clone(), 0))),
        }
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn secrets_that_a_connector_lacks_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let channels = "[[channel]]\nid = \"toot\"\nplatform = \"mastodon\"\n\
                        connector = \"mastodon\"\n[channel.settings]\nserver = \"https://x\"\n";
        fs::write(dir.path().join("channels.toml"), channels).unwrap();
        let missing = missing_secrets(dir.path()).unwrap();
        assert_eq!(missing, [("toot".to_owned(), "token".to_owned())]);
        fs::write(dir.path().join("secrets.toml"), "[toot]\ntoken = \"t\"\n").unwrap();
        assert_eq!(missing_secrets(dir.path()).unwrap(), []);
    }
}
