//! The files that people write: each is read, and its first mistake is told with its line.

use super::Findings;
use super::facts::Facts;
use crate::text::Lang;
use crate::text::catalogue::doctor as say;
use chrono_tz::Tz;

/// Whether each file of settings can be read and says what can be.
pub(super) fn files(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("settings", lang);
    for mistake in facts.files.iter().filter_map(|file| file.mistake.as_ref()) {
        // It says where, what and the mend, all in one sentence.
        let why = mistake.say(lang);
        found.fault(say::MISTAKE, say::MEND_MISTAKE, &[("why", &why)]);
    }
    let name = |path: &std::path::Path| {
        path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    };
    let hidden: Vec<String> =
        facts.files.iter().filter(|f| f.hidden).map(|f| name(&f.path)).collect();
    if !hidden.is_empty() {
        let values: super::Values<'_> =
            &[("files", &hidden.join(", ")), ("owner", &facts.desk.owner)];
        found.unseen(say::FILES_HIDDEN, values);
    }
    let read = facts.files.iter().filter(|f| !f.hidden).count();
    if found.are_well() && read > 0 {
        found.ok(say::FILES_RIGHT, &[("n", &read)]);
    }
    found
}

/// In which zone times are shown.
pub(super) fn zone(facts: &Facts, lang: Lang) -> Findings {
    let mut found = Findings::of("zone", lang);
    let of_desk = facts.desk.settings.as_ref().and_then(|s| s.zone);
    match (of_desk.map(Tz::name), &facts.terminal.unknown_zone) {
        (Some(zone), _) => found.ok(say::ZONE, &[("zone", &zone)]),
        (None, Some(unknown)) => {
            found.warning(say::NO_ZONE, say::MEND_NO_ZONE, &[("zone", unknown)]);
        }
        (None, None) => found.ok(say::OWN_ZONE, &[]),
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::super::facts::*;
    use super::*;
    use crate::config::{ConfigError, DeskSettings, Problem};
    use std::path::Path;

    fn file(path: &str, mistake: Option<Problem>, hidden: bool) -> FileFact {
        let path = Path::new(path);
        let mistake = mistake.map(|p| ConfigError::at(path, Some(3), "zone", p));
        FileFact { path: path.to_owned(), mistake, hidden }
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_a_hidden_file_is_no_fault() {
        let mut facts =
            Facts { files: vec![file("/d/desk.toml", None, false)], ..Facts::default() };
        assert_eq!(files(&facts, Lang::En).found[0].level, Level::Ok);
        facts.files.push(file("/d/secrets.toml", None, true));
        let found = files(&facts, Lang::En);
        assert_eq!(found.found[0].level, Level::Unseen);
        assert!(found.found[0].what.contains("secrets.toml"));
        let mistake = Problem::NotAZone("Mars/Olympus".into());
        facts.files.push(file("/d/desk.toml", Some(mistake), false));
        let found = files(&facts, Lang::En);
        assert_eq!(found.found[0].level, Level::Fault);
        assert!(found.found[0].what.contains("/d/desk.toml:3"), "{:?}", found.found[0]);
    }

    #[test]
    fn a_zone_that_nobody_knows_is_told() {
        let mut facts = Facts::default();
        assert_eq!(zone(&facts, Lang::En).found[0].level, Level::Ok);
        facts.terminal.unknown_zone = Some("CST-8".into());
        assert_eq!(zone(&facts, Lang::En).found[0].level, Level::Warning);
        let zone_set = DeskSettings { zone: Some(Tz::Asia__Shanghai), ..DeskSettings::default() };
        facts.desk.settings = Some(zone_set);
        assert!(zone(&facts, Lang::En).found[0].what.contains("Asia/Shanghai"));
    }
}
