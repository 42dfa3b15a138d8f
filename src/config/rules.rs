//! The files that say by which rules the desk works, and what each said when it was last right: a
//! desk goes on with that when somebody has made a mistake.

use super::error::{ConfigError, Problem};
use super::paths::DeskPaths;
use super::{classify, figures, lint, policies, read, roles};
use crate::domain::classify::Classifier;
use crate::domain::classify::model::Model;
use crate::domain::classify::rules::Rules as Lists;
use crate::domain::figure::Book;
use crate::domain::lint::Policy as LintPolicy;
use crate::domain::policy::Policies;
use crate::domain::role::Roles;
use crate::text::catalogue::sla as say;
use crate::text::{Lang, Shown};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What a desk's rule files say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// `policies.toml`.
    pub policies: Policies,
    /// `lint.toml`.
    pub lint: LintPolicy,
    /// `classify.toml`, with the desk's model.
    pub classifier: Classifier,
    /// `figures.toml`.
    pub figures: Book,
    /// `roles.toml`.
    pub roles: Roles,
    /// Files that have a mistake and were never right: what comes with the program holds.
    pub shipped: Vec<RuleFile>,
}

/// A file of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleFile {
    /// How soon who must be answered.
    Policies,
    /// What texts may not say.
    Lint,
    /// The word lists for classification.
    Classify,
    /// The desk's own model for classification.
    Model,
    /// What the figures of channels are.
    Figures,
    /// Who may do what.
    Roles,
}

impl RuleFile {
    /// Every one.
    pub const ALL: [RuleFile; 6] = [
        RuleFile::Policies,
        RuleFile::Lint,
        RuleFile::Classify,
        RuleFile::Model,
        RuleFile::Figures,
        RuleFile::Roles,
    ];

    /// Its name in the desk's folder.
    pub fn name(self) -> &'static str {
        match self {
            RuleFile::Policies => "policies.toml",
            RuleFile::Lint => "lint.toml",
            RuleFile::Classify => "classify.toml",
            RuleFile::Model => "classify.model",
            RuleFile::Figures => "figures.toml",
            RuleFile::Roles => "roles.toml",
        }
    }
}

impl RuleFile {
    /// Looks whether a file with these bytes would be taken.
    ///
    /// # Errors
    /// Its first mistake.
    pub fn check(self, bytes: &[u8]) -> Result<(), ConfigError> {
        let file = Path::new(self.name());
        match self {
            RuleFile::Policies => text(policies::parse)(file, bytes).map(drop),
            RuleFile::Lint => text(lint::parse)(file, bytes).map(drop),
            RuleFile::Classify => text(classify::parse)(file, bytes).map(drop),
            RuleFile::Model => classify::parse_model(file, bytes).map(drop),
            RuleFile::Figures => text(figures::parse)(file, bytes).map(drop),
            RuleFile::Roles => text(roles::parse)(file, bytes).map(drop),
        }
    }
}

/// What holds in the place of a file with a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// What it said when it was last right.
    LastGood,
    /// What comes with the program: it was never right.
    Shipped,
}

/// A rule file with a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub file: RuleFile,
    /// Its first mistake.
    pub mistake: ConfigError,
    /// What holds instead.
    pub instead: Instead,
}

impl Broken {
    /// The sentence: what holds instead, and where the mistake is.
    pub fn say(&self, lang: Lang) -> Shown {
        let msg = match self.instead {
            Instead::LastGood => say::KEPT_LAST_GOOD,
            Instead::Shipped => say::KEPT_SHIPPED,
        };
        // Everybody knows which folder is meant, and the banner is short.
        let mistake = ConfigError { file: self.file.name().into(), ..self.mistake.clone() };
        msg.fill(lang, &[("why", &mistake.say(lang))])
    }
}

/// What came of reading the rule files.
#[derive(Clone, Debug)]
pub struct Read {
    /// What holds now.
    pub rules: Rules,
    /// Files with a mistake.
    pub broken: Vec<Broken>,
    /// Files of which no copy could be kept, and why.
    pub unkept: Vec<(RuleFile, String)>,
}

impl Rules {
    /// Reads the files of a desk's folder. One that is not there gives its defaults.
    ///
    /// # Errors
    /// The first mistake, with file and line.
    pub fn load(folder: &Path) -> Result<Rules, ConfigError> {
        let at = DeskPaths::new(folder);
        Ok(Rules {
            policies: read::file(&at.policies_file(), policies::parse)?.unwrap_or_default(),
            lint: super::lint(folder)?,
            classifier: super::Desk::load_classifier(folder)?,
            figures: read::file(&at.figures_file(), figures::parse)?
                .unwrap_or_else(figures::defaults),
            roles: read::file(&at.roles_file(), roles::parse)?.unwrap_or_default(),
            shipped: Vec::new(),
        })
    }

    /// The files that say something else than others did.
    pub fn differs_from(&self, other: &Rules) -> Vec<RuleFile> {
        let ((lists, model), (lists_before, model_before)) =
            (self.classifier.parts(), other.classifier.parts());
        let same = [
            (RuleFile::Policies, self.policies == other.policies),
            (RuleFile::Lint, self.lint == other.lint),
            (RuleFile::Classify, lists.fingerprint() == lists_before.fingerprint()),
            (RuleFile::Model, model.recipe() == model_before.recipe()),
            (RuleFile::Figures, self.figures == other.figures),
            (RuleFile::Roles, self.roles == other.roles),
        ];
        same.into_iter().filter(|(_, same)| !same).map(|(file, _)| file).collect()
    }

    /// Reads the files and keeps a copy of each that is right. Where one is not, what it said when
    /// it was last right holds: as `before` has it, or as the copy does. The daemon alone does so.
    pub fn read(folder: &Path, before: Option<&Rules>) -> Read {
        let shipped = before.map(|b| b.shipped.clone()).unwrap_or_default();
        let mut files = Files { folder, shipped, broken: Vec::new(), unkept: Vec::new() };
        let policies = files.read(
            RuleFile::Policies,
            before.map(|b| &b.policies),
            text(policies::parse),
            text(policies::parse_once_good),
            Policies::default,
        );
        let lint = files.read(
            RuleFile::Lint,
            before.map(|b| &b.lint),
            text(lint::parse),
            text(lint::parse),
            lint::defaults,
        );
        let (lists, model) = before.map(|b| b.classifier.parts()).unzip();
        let lists: Lists = files.read(
            RuleFile::Classify,
            lists,
            text(classify::parse),
            text(classify::parse),
            classify::defaults,
        );
        let of_model = classify::parse_model;
        let model: Model = files.read(RuleFile::Model, model, of_model, of_model, Model::default);
        let classifier = Classifier::new(lists, model);
        let figures = files.read(
            RuleFile::Figures,
            before.map(|b| &b.figures),
            text(figures::parse),
            text(figures::parse),
            figures::defaults,
        );
        let mut roles = files.read(
            RuleFile::Roles,
            before.map(|b| &b.roles),
            text(roles::parse),
            text(roles::parse),
            Roles::default,
        );
        let never_right = |b: &Broken| b.file == RuleFile::Roles && b.instead == Instead::Shipped;
        if files.broken.iter().any(never_right) {
            // Nobody gets more than the file may have meant.
            roles = Roles::closed();
        }
        let is_shipped = |b: &&Broken| b.instead == Instead::Shipped;
        let shipped = files.broken.iter().filter(is_shipped).map(|b| b.file).collect();
        Read {
            rules: Rules { policies, lint, classifier, figures, roles, shipped },
            broken: files.broken,
            unkept: files.unkept,
        }
    }
}

/// A parser of texts as one of bytes.
fn text<T>(
    parse: impl Fn(&Path, &str) -> Result<T, ConfigError>,
) -> impl Fn(&Path, &[u8]) -> Result<T, ConfigError> {
    move |file, bytes| read::text(file, bytes).and_then(|text| parse(file, text))
}

struct Files<'a> {
    folder: &'a Path,
    /// Files whose defaults held before because they were never right.
    shipped: Vec<RuleFile>,
    broken: Vec<Broken>,
    unkept: Vec<(RuleFile, String)>,
}

impl Files<'_> {
    /// Reads one file: itself, else what was before, else its copy, else the defaults.
    fn read<T: Clone>(
        &mut self,
        which: RuleFile,
        before: Option<&T>,
        parse: impl Fn(&Path, &[u8]) -> Result<T, ConfigError>,
        parse_copy: impl Fn(&Path, &[u8]) -> Result<T, ConfigError>,
        defaults: impl Fn() -> T,
    ) -> T {
        let file = self.folder.join(which.name());
        let copy = copy_of(self.folder, which);
        let read = match fs::read(&file) {
            Ok(bytes) => parse(&file, &bytes).map(|value| (value, Some(bytes))),
            // Its defaults hold then, and are what was last right.
            Err(e) if e.kind() == ErrorKind::NotFound => Ok((defaults(), None)),
            Err(e) => Err(ConfigError::at(&file, None, "", Problem::Unreadable(e.to_string()))),
        };
        let mistake = match read {
            Ok((value, bytes)) => {
                if let Err(e) = keep(&copy, bytes.as_deref()) {
                    self.unkept.push((which, e.to_string()));
                }
                return value;
            }
            Err(mistake) => mistake,
        };
        let last_good = before.cloned().or_else(|| {
            let bytes = fs::read(&copy).ok()?;
            parse_copy(&copy, &bytes).ok()
        });
        let instead = match last_good {
            Some(_) if !self.shipped.contains(&which) => Instead::LastGood,
            _ => Instead::Shipped,
        };
        self.broken.push(Broken { file: which, mistake, instead });
        last_good.unwrap_or_else(defaults)
    }
}

/// Where the copy of a file lies.
fn copy_of(folder: &Path, which: RuleFile) -> PathBuf {
    DeskPaths::new(folder).last_good().join(which.name())
}

/// Keeps a copy, or (`None`) none. It is whole or not there: it takes the old one's place as a whole.
fn keep(copy: &Path, bytes: Option<&[u8]>) -> io::Result<()> {
    let Some(bytes) = bytes else {
        return if copy.exists() { fs::remove_file(copy) } else { Ok(()) };
    };
    if fs::read(copy).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = copy.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let new = copy.with_extension("new");
    // One that a crash left behind is of no use.
    match fs::remove_file(&new) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, copy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::write_defaults;
    use rstest::rstest;
    use std::os::unix::fs::PermissionsExt;

    const SOON: &str = "[[policy]]\nname = \"soon\"\ntargets = { first-response = \"5m\" }\n";
    const WRONG: &str = "[[policy]]\nname = \"soon\"\ntargets = { first-response = \"x\" }\n";

    fn desk(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn broken(read: &Read) -> Vec<(RuleFile, Instead)> {
        read.broken.iter().map(|b| (b.file, b.instead)).collect()
    }

    #[test]
    fn roles_that_were_never_right_give_nobody_more_than_they_may_have_meant() {
        let closed = desk(&[("roles.toml", "agent = [\"bo\"\n")]);
        assert_eq!(Rules::read(closed.path(), None).rules.roles, Roles::closed());
        // Without a file, and after one that was right, what was meant is known.
        assert_eq!(Rules::read(desk(&[]).path(), None).rules.roles, Roles::default());
        let known = desk(&[("roles.toml", "lead = [\"amy\"]\n")]);
        let right = Rules::read(known.path(), None).rules.roles;
        fs::write(known.path().join("roles.toml"), "lead = [").unwrap();
        assert_eq!(Rules::read(known.path(), None).rules.roles, right);
    }

    #[test]
    fn what_was_last_right_holds_and_then_what_is_shipped() {
        let desk = desk(&[("policies.toml", SOON)]);
        let first = Rules::read(desk.path(), None);
        assert!(first.broken.is_empty() && first.unkept.is_empty(), "{first:?}");
        assert_eq!(first.rules.policies.rules[0].name, "soon");
        let copy = desk.path().join("last-good/policies.toml");
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let folder = copy.parent().unwrap();
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);

        fs::write(desk.path().join("policies.toml"), WRONG).unwrap();
        let later = Rules::read(desk.path(), None);
        assert_eq!(broken(&later), [(RuleFile::Policies, Instead::LastGood)]);
        assert_eq!(later.rules, first.rules);
        let said = String::from(later.broken[0].say(Lang::En));
        assert!(said.contains("policies.toml:3: targets.first-response"), "{said}");
        assert!(Rules::load(desk.path()).is_err(), "who asks for the file itself is told");

        fs::remove_file(&copy).unwrap();
        let never = Rules::read(desk.path(), None);
        assert_eq!(broken(&never), [(RuleFile::Policies, Instead::Shipped)]);
        assert_eq!(never.rules.policies, Policies::default());
        let again = Rules::read(desk.path(), Some(&never.rules));
        assert_eq!(broken(&again), [(RuleFile::Policies, Instead::Shipped)]);
    }

    #[rstest]
    #[case::lint("lint.toml", "override = false\n", "override = 1\n", RuleFile::Lint)]
    #[case::lists(
        "classify.toml",
        "[[topic]]\nname = \"parcels\"\nwords = [\"parcel\"]\n",
        "[[topic]]\nname = \"\"\nwords = [\"parcel\"]\n",
        RuleFile::Classify
    )]
    #[case::calendar(
        "policies.toml",
        SOON,
        "[calendar.never]\nzone = \"UTC\"\nhours = { mon-fri = \"closed\" }\n",
        RuleFile::Policies
    )]
    fn each_file_falls_back_alone(
        #[case] name: &str,
        #[case] good: &str,
        #[case] bad: &str,
        #[case] which: RuleFile,
    ) {
        let desk = desk(&[(name, good)]);
        let first = Rules::read(desk.path(), None);
        assert!(first.broken.is_empty(), "{first:?}");
        fs::write(desk.path().join(name), bad).unwrap();
        for before in [None, Some(&first.rules)] {
            let later = Rules::read(desk.path(), before);
            assert_eq!(broken(&later), [(which, Instead::LastGood)]);
            assert_eq!(later.rules, first.rules);
        }
    }

    #[test]
    fn a_model_that_is_none_gives_way_to_the_shipped_one() {
        let desk = desk(&[("classify.model", "no model")]);
        let read = Rules::read(desk.path(), None);
        assert_eq!(broken(&read), [(RuleFile::Model, Instead::Shipped)]);
        assert_eq!(read.rules.classifier, super::super::default_classifier());
    }

    #[test]
    fn a_file_that_was_taken_away_leaves_no_copy() {
        let desk = desk(&[("policies.toml", SOON)]);
        Rules::read(desk.path(), None);
        fs::remove_file(desk.path().join("policies.toml")).unwrap();
        assert_eq!(Rules::read(desk.path(), None).rules.policies, Policies::default());
        fs::write(desk.path().join("policies.toml"), WRONG).unwrap();
        let read = Rules::read(desk.path(), None);
        assert_eq!(broken(&read), [(RuleFile::Policies, Instead::Shipped)]);
    }

    #[test]
    fn a_calendar_that_time_has_run_out_on_goes_on_as_its_copy() {
        // It was open once: on one day, years ago.
        let text = "default_calendar = \"fair\"\n[[policy]]\nname = \"a\"\n\
            targets = { first-response = \"1h\" }\n[calendar.fair]\nzone = \"UTC\"\n\
            workdays = { \"2020-01-01\" = \"09:00-17:00\" }\n";
        let desk = desk(&[("policies.toml", text)]);
        fs::create_dir(desk.path().join("last-good")).unwrap();
        fs::write(desk.path().join("last-good/policies.toml"), text).unwrap();
        let read = Rules::read(desk.path(), None);
        assert_eq!(broken(&read), [(RuleFile::Policies, Instead::LastGood)]);
        assert_eq!(read.rules.policies.rules[0].name, "a");
    }

    #[test]
    fn where_no_copy_can_be_kept_the_rules_hold_all_the_same() {
        let desk = desk(&[("policies.toml", SOON), ("last-good", "a file in its place")]);
        let read = Rules::read(desk.path(), None);
        assert!(read.broken.is_empty());
        assert_eq!(read.unkept.len(), 1, "{:?}", read.unkept);
        assert_eq!(read.rules.policies.rules[0].name, "soon");
    }

    #[test]
    fn the_default_files_are_right() {
        let folder = tempfile::tempdir().unwrap();
        write_defaults(folder.path()).unwrap();
        let read = Rules::read(folder.path(), None);
        assert!(read.broken.is_empty(), "{:?}", read.broken);
        assert_eq!(read.rules, Rules::load(folder.path()).unwrap());
    }
}
