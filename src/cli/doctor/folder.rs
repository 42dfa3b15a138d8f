//! The desk's folder: is it there, whose is it, who may read and write in it, and may this login?

use super::Findings;
use super::facts::{Facts, Look, Privacy};
use crate::text::Lang;
use crate::text::catalogue::doctor as say;
use std::path::Path;

/// A path as one word of a shell's line.
pub(super) fn word(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    match !path.is_empty() && path.chars().all(plain) {
        true => path,
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

/// Whether there is a folder, and whose it is.
pub(super) fn folder(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("folder", lang);
    let desk = &facts.desk;
    let path = word(&desk.path);
    if let Some((barred, mode)) = &desk.barred {
        let (barred, mode) = (word(barred), format!("{mode:04o}"));
        let values: super::Values<'_> =
            &[("path", &path), ("folder", &barred), ("mode", &mode), ("owner", &desk.owner)];
        found.fault(say::BARRED, say::MEND_BARRED, values);
        return found;
    }
    match &desk.look {
        Look::Missing if desk.named => {
            found.warning(say::NO_FOLDER, say::MEND_NO_FOLDER, &[("path", &path)]);
        }
        Look::Missing => found.ok(say::NO_FOLDER_YET, &[("path", &path)]),
        Look::Hidden => found.unseen(say::HIDDEN, &[("path", &path)]),
        Look::There(meta) if !meta.is_dir => {
            found.fault(say::NO_DIRECTORY, say::MEND_NO_DIRECTORY, &[("path", &path)]);
        }
        Look::There(meta) => {
            let mode = format!("{:04o}", meta.mode);
            found.ok(say::FOLDER, &[("path", &path), ("owner", &desk.owner), ("mode", &mode)]);
        }
    }
    found
}

/// Who may read and write what.
pub(super) fn rights(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("rights", lang);
    let desk = &facts.desk;
    let Some(top) = desk.look.meta().filter(|meta| meta.is_dir) else { return found };
    let mut hidden = Vec::new();
    let all = std::iter::once((desk.path.clone(), Privacy::Readable, &desk.look))
        .chain(desk.parts.iter().map(|p| (desk.path.join(&p.name), p.privacy, &p.look)));
    for (path, privacy, look) in all {
        let Some(meta) = look.meta() else {
            if *look == Look::Hidden {
                hidden.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            }
            continue;
        };
        let (shown, mode) = (word(&path), format!("{:04o}", meta.mode));
        let deep = if meta.is_dir && path != desk.path { "-R " } else { "" };
        if meta.uid != top.uid {
            let values: super::Values<'_> =
                &[("path", &shown), ("uid", &meta.uid), ("owner", &desk.owner), ("deep", &deep)];
            found.fault(say::FOREIGN, say::MEND_FOREIGN, values);
        }
        if meta.mode & 0o022 != 0 {
            found.fault(say::WRITABLE, say::MEND_WRITABLE, &[("path", &shown), ("mode", &mode)]);
        } else if privacy == Privacy::Owner && meta.mode & 0o077 != 0 {
            found.fault(
                say::READABLE,
                say::MEND_READABLE,
                &[("path", &shown), ("mode", &mode), ("deep", &deep)],
            );
        }
    }
    if !hidden.is_empty() {
        found.unseen(say::PARTS_HIDDEN, &[("parts", &hidden.join(", ")), ("owner", &desk.owner)]);
    } else if found.are_well() {
        found.ok(say::RIGHTS, &[]);
    }
    found
}

/// Whether this login may come to a shared desk.
pub(super) fn group(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("group", lang);
    let Some(group) = &facts.group else {
        if let Some(owner) = facts.desk.owner_uid() {
            match owner == facts.me.uid || facts.me.uid == 0 {
                true => found.ok(say::PRIVATE, &[("owner", &facts.desk.owner)]),
                false => found.fault(
                    say::NOT_SHARED,
                    say::MEND_NOT_SHARED,
                    &[("owner", &facts.desk.owner), ("me", &facts.me.name)],
                ),
            }
        }
        return found;
    };
    let owner = &facts.desk.owner;
    let me = &facts.me;
    let values: super::Values<'_> = &[("group", &group.name), ("me", &me.name), ("owner", owner)];
    let Some(gid) = group.gid else {
        found.fault(say::NO_GROUP, say::MEND_NO_GROUP, values);
        return found;
    };
    if !group.owner_member && facts.desk.owner_uid() != Some(0) {
        found.fault(say::OWNER_NOT_IN, say::MEND_OWNER_NOT_IN, values);
    }
    if let Some(meta) = facts.desk.look.meta()
        && meta.gid != gid
    {
        let path = word(&facts.desk.path);
        let values: super::Values<'_> = &[("group", &group.name), ("path", &path)];
        found.warning(say::OTHER_GROUP, say::MEND_OTHER_GROUP, values);
    }
    let is_owner = facts.desk.owner_uid() == Some(me.uid) || me.uid == 0;
    match (me.groups.contains(&gid), group.me_member) {
        (true, _) => found.ok(say::IN_GROUP, values),
        _ if is_owner => found.ok(say::OWNER_NEEDS_NONE, values),
        // The usual one: the system knows, and this login does not yet.
        (false, true) => found.fault(say::NOT_IN_LOGIN, say::MEND_NOT_IN_LOGIN, values),
        (false, false) => found.fault(say::NOT_IN_GROUP, say::MEND_NOT_IN_GROUP, values),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::super::facts::*;
    use super::*;
    use rstest::rstest;

    fn meta(uid: u32, mode: u32, is_dir: bool) -> Look {
        Look::There(Meta { uid, gid: 50, mode, is_dir, inode: 1 })
    }

    /// amy looks at a desk that the account `desk` shares with a group.
    fn facts() -> Facts {
        Facts {
            me: Me { uid: 1001, name: "amy".into(), groups: vec![100, 50] },
            desk: DeskFacts {
                path: "/srv/desk".into(),
                named: true,
                look: meta(900, 0o750, true),
                owner: "desk".into(),
                parts: vec![
                    Part {
                        name: "run".into(),
                        privacy: Privacy::Readable,
                        look: meta(900, 0o750, true),
                    },
                    Part {
                        name: "db".into(),
                        privacy: Privacy::Owner,
                        look: meta(900, 0o700, true),
                    },
                    Part {
                        name: "secrets.toml".into(),
                        privacy: Privacy::Owner,
                        look: meta(900, 0o600, false),
                    },
                ],
                ..DeskFacts::default()
            },
            group: Some(GroupFacts {
                name: "ops".into(),
                gid: Some(50),
                me_member: true,
                owner_member: true,
            }),
            ..Facts::default()
        }
    }

    fn worst(found: &Findings) -> Option<Level> {
        found.found.iter().map(|f| f.level).max()
    }

    fn said(found: &Findings) -> String {
        let line = |f: &super::super::Finding| {
            format!("{} -> {}", f.what, f.mend.clone().unwrap_or_default())
        };
        found.found.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_desk_as_it_should_be_is_well() {
        for check in [folder, rights, group] {
            let found = check(&facts(), Lang::En);
            assert_eq!(worst(&found), Some(Level::Ok), "{}", said(&found));
        }
    }

    #[rstest]
    #[case::named(Look::Missing, true, Level::Warning, "no folder")]
    #[case::private(Look::Missing, false, Level::Ok, "first client")]
    #[case::file(meta(900, 0o600, false), true, Level::Fault, "no folder but")]
    fn the_folder(
        #[case] look: Look,
        #[case] named: bool,
        #[case] level: Level,
        #[case] word: &str,
    ) {
        let mut facts = facts();
        facts.desk.look = look;
        facts.desk.named = named;
        let found = folder(&facts, Lang::En);
        assert_eq!(worst(&found), Some(level));
        assert!(said(&found).contains(word), "{}", said(&found));
    }

    #[test]
    fn a_folder_on_the_way_that_cannot_be_passed_is_named() {
        let mut facts = facts();
        facts.desk.barred = Some(("/srv/my desks".into(), 0o700));
        let found = folder(&facts, Lang::En);
        assert_eq!(worst(&found), Some(Level::Fault));
        assert!(said(&found).contains("chmod o+x '/srv/my desks'"), "{}", said(&found));
    }

    #[rstest]
    #[case::open("db", 0o770, 900, "chmod go-w /srv/desk/db")]
    #[case::seen("db", 0o755, 900, "chmod -R go-rwx /srv/desk/db")]
    #[case::secrets("secrets.toml", 0o644, 900, "chmod go-rwx /srv/desk/secrets.toml")]
    #[case::foreign("run", 0o750, 0, "chown -R desk /srv/desk/run")]
    fn a_part_with_wrong_rights(
        #[case] name: &str,
        #[case] mode: u32,
        #[case] uid: u32,
        #[case] mend: &str,
    ) {
        let mut facts = facts();
        let part = facts.desk.parts.iter_mut().find(|p| p.name == name).unwrap();
        let is_dir = part.look.meta().unwrap().is_dir;
        part.look = meta(uid, mode, is_dir);
        let found = rights(&facts, Lang::En);
        assert_eq!(worst(&found), Some(Level::Fault));
        assert!(said(&found).contains(mend), "{}", said(&found));
    }

    #[test]
    fn what_cannot_be_seen_is_said_and_is_no_fault() {
        let mut facts = facts();
        facts.desk.parts[1].look = Look::Hidden;
        let found = rights(&facts, Lang::En);
        assert_eq!(worst(&found), Some(Level::Unseen));
        assert!(said(&found).contains("db"));
    }

    #[rstest]
    #[case::not_logged_in_anew(vec![100], true, true, Some(50), Level::Fault, "newgrp ops")]
    #[case::no_member(vec![100], false, true, Some(50), Level::Fault, "usermod -aG ops amy")]
    #[case::owner_no_member(vec![50], true, false, Some(50), Level::Fault, "usermod -aG ops desk")]
    #[case::no_such_group(vec![50], true, true, None, Level::Fault, "groupadd ops")]
    #[case::another_folder_group(vec![51], true, true, Some(51), Level::Warning, "chgrp ops")]
    fn the_group(
        #[case] groups: Vec<u32>,
        #[case] me_member: bool,
        #[case] owner_member: bool,
        #[case] gid: Option<u32>,
        #[case] level: Level,
        #[case] mend: &str,
    ) {
        let mut facts = facts();
        facts.me.groups = groups;
        facts.group = Some(GroupFacts { name: "ops".into(), gid, me_member, owner_member });
        let found = group(&facts, Lang::En);
        assert_eq!(worst(&found), Some(level), "{}", said(&found));
        assert!(said(&found).contains(mend), "{}", said(&found));
    }

    #[test]
    fn somebody_elses_private_desk_is_no_place_to_go() {
        let mut facts = facts();
        facts.group = None;
        let found = group(&facts, Lang::En);
        assert_eq!(worst(&found), Some(Level::Fault));
        facts.me.uid = 900;
        assert_eq!(worst(&group(&facts, Lang::En)), Some(Level::Ok));
    }

    #[test]
    fn a_path_is_one_word() {
        assert_eq!(word(Path::new("/a/b-c.d")), "/a/b-c.d");
        assert_eq!(word(Path::new("/a b/it's")), "'/a b/it'\\''s'");
    }
}
