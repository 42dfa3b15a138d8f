//! `responses/*.toml`: the desk's canned responses. The format is explained in the default files.

use super::DeskPaths;
use super::error::{ConfigError, Problem};
use super::read::{self, Source};
use crate::domain::canned::{self, Canned, Variable};
use crate::text::Lang;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use toml::Spanned;

/// The files a new desk gets.
pub(super) const DEFAULT: [(&str, &str); 2] = [
    ("english.toml", include_str!("defaults/responses/english.toml")),
    ("chinese.toml", include_str!("defaults/responses/chinese.toml")),
];

/// The most files that are read, and the most bytes of each.
const MOST_FILES: usize = 200;
const MOST_BYTES: u64 = 256 << 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    response: Vec<RawResponse>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResponse {
    name: Spanned<String>,
    text: Spanned<String>,
    language: Option<Spanned<String>>,
    #[serde(default)]
    channels: Vec<Spanned<String>>,
    #[serde(default)]
    tags: Vec<Spanned<String>>,
}

/// The responses of a desk, as its files had them when they were read last. A file with a mistake
/// keeps what it last said without one.
#[derive(Clone, Debug, Default)]
pub struct Responses {
    files: BTreeMap<PathBuf, State>,
    /// The folder itself cannot be read.
    wrong: Option<ConfigError>,
}

#[derive(Clone, Debug)]
struct State {
    stamp: Option<(SystemTime, u64)>,
    good: Vec<(Canned, usize)>,
    wrong: Option<ConfigError>,
}

impl Responses {
    /// Reads a desk's files.
    pub fn load(folder: &Path) -> Responses {
        let mut all = Responses::default();
        all.refresh(folder);
        all
    }

    /// Reads those files again that changed since.
    pub fn refresh(&mut self, folder: &Path) {
        let folder = DeskPaths::new(folder).responses_folder();
        let found = match files(&folder) {
            Ok(found) => found,
            Err(e) => {
                let problem = Problem::Unreadable(e.to_string());
                self.wrong = Some(ConfigError::at(&folder, None, "", problem));
                return;
            }
        };
        self.wrong = None;
        self.files.retain(|path, _| found.contains(path));
        for path in found {
            let stamp = fs::metadata(&path).and_then(|m| Ok((m.modified()?, m.len()))).ok();
            let before = self.files.remove(&path);
            if let Some(same) = before.as_ref().filter(|s| stamp.is_some() && s.stamp == stamp) {
                self.files.insert(path, same.clone());
                continue;
            }
            let too_long = stamp.map(|(_, bytes)| bytes).filter(|bytes| *bytes > MOST_BYTES);
            let read = match too_long {
                Some(bytes) => {
                    let size = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
                    let problem = Problem::TooLong(size(bytes), size(MOST_BYTES));
                    Err(ConfigError::at(&path, None, "", problem))
                }
                None => read::file(&path, parse).map(Option::unwrap_or_default),
            };
            let state = match read {
                Ok(good) => State { stamp, good, wrong: None },
                Err(wrong) => {
                    let good = before.map(|s| s.good).unwrap_or_default();
                    State { stamp, good, wrong: Some(wrong) }
                }
            };
            self.files.insert(path, state);
        }
    }

    /// Every response, by file and in the order of the file. Of a name that is given twice, the
    /// first.
    pub fn all(&self) -> Vec<Canned> {
        self.named().0
    }

    /// What is wrong with the files.
    pub fn wrong(&self) -> Vec<ConfigError> {
        let files = self.files.values().filter_map(|s| s.wrong.clone());
        self.wrong.iter().cloned().chain(files).chain(self.named().1).collect()
    }

    fn named(&self) -> (Vec<Canned>, Vec<ConfigError>) {
        let (mut all, mut twice): (Vec<Canned>, Vec<ConfigError>) = (Vec::new(), Vec::new());
        for (path, state) in &self.files {
            for (canned, line) in &state.good {
                if all.iter().any(|known| known.name == canned.name) {
                    let problem = Problem::Twice(canned.name.clone());
                    twice.push(ConfigError::at(path, Some(*line), "response.name", problem));
                } else {
                    all.push(canned.clone());
                }
            }
        }
        (all, twice)
    }
}

/// The files of the folder, by name; none when there is no folder.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let hidden = path.file_name().is_none_or(|n| n.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|e| e == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found.truncate(MOST_FILES);
    Ok(found)
}

/// Reads the text of one file; each response comes with its line.
fn parse(file: &Path, text: &str) -> Result<Vec<(Canned, usize)>, ConfigError> {
    let source = Source { file, text };
    let raw: Raw = source.raw()?;
    raw.response
        .iter()
        .map(|r| {
            let name = source.filled("response.name", &r.name)?;
            let text = source.filled("response.text", &r.text)?;
            if text.len() > canned::MOST_TEXT {
                let problem = Problem::TooLong(text.len(), canned::MOST_TEXT);
                return Err(source.wrong("response.text", &r.text, problem));
            }
            check_places(&source, r)?;
            let known = [("en", Lang::En), ("zh", Lang::Zh)];
            let language = r.language.as_ref();
            let language =
                language.map(|l| source.one_of("response.language", l, &known)).transpose()?;
            let words = |field, words: &[Spanned<String>]| -> Result<Vec<String>, ConfigError> {
                words.iter().map(|word| source.filled(field, word)).collect()
            };
            let channels = words("response.channels", &r.channels)?;
            let tags = words("response.tags", &r.tags)?;
            let line = source.line(&r.name.span());
            Ok((Canned { name, text, language, channels, tags }, line))
        })
        .collect()
}

/// Each place has to be one that can be filled, or one that says what to fill in.
fn check_places(source: &Source<'_>, r: &RawResponse) -> Result<(), ConfigError> {
    let bad = |p: &canned::Place<'_>| !p.is_open() && Variable::of(p.name).is_none();
    let Some(place) = canned::places(r.text.get_ref()).find(bad) else { return Ok(()) };
    let written = &r.text.get_ref()[place.start..place.end];
    // The line within the text, where the file has the place as it is.
    let span = r.text.span();
    let within = source.text.get(span.clone()).and_then(|text| text.find(written)).unwrap_or(0);
    let line = source.line(&(span.start + within..span.end));
    let known = Variable::ALL.map(|v| format!("{{{{{}}}}}", v.name())).join(", ");
    let problem = Problem::NotAPlace(written.to_owned(), known);
    Err(ConfigError::at(source.file, Some(line), "response.text", problem))
}

/// Puts the default files into a new desk's folder. A folder that is there already is left as it
/// is.
pub(super) fn write_defaults(folder: &Path) -> Result<(), ConfigError> {
    let folder = DeskPaths::new(folder).responses_folder();
    let failed = |path: &Path, e: &std::io::Error| {
        ConfigError::at(path, None, "", Problem::Unwritable(e.to_string()))
    };
    match fs::create_dir(&folder) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => return Ok(()),
        made => made.map_err(|e| failed(&folder, &e))?,
    }
    for (name, text) in DEFAULT {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|e| failed(&path, &e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn desk(files: &[(&str, &str)]) -> tempfile::TempDir {
        let desk = tempfile::tempdir().unwrap();
        let folder = desk.path().join("responses");
        fs::create_dir(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        desk
    }

    #[test]
    fn a_new_desk_has_responses_in_both_languages() {
        let desk = tempfile::tempdir().unwrap();
        assert!(Responses::load(desk.path()).all().is_empty());
        write_defaults(desk.path()).unwrap();
        let all = Responses::load(desk.path());
        assert_eq!(all.wrong(), []);
        for lang in Lang::ALL {
            assert!(all.all().iter().filter(|c| c.language == Some(lang)).count() >= 5);
        }
        // What an owner took out stays out.
        fs::remove_file(desk.path().join("responses/english.toml")).unwrap();
        write_defaults(desk.path()).unwrap();
        assert!(all.all().len() > Responses::load(desk.path()).all().len());
    }

    #[rstest]
    #[case(
        "[[response]]\nname = \"a\"\ntext = \"\"\"\nHello,\n{{authr}}\n\"\"\"\n",
        5,
        "{{authr}}"
    )]
    #[case("[[response]]\nname = \"a\"\ntext = \"x\"\nlanguage = \"fr\"\n", 4, "fr")]
    #[case("[[response]]\nname = \" \"\ntext = \"x\"\n", 2, "name")]
    #[case("[[response]]\nname = \"a\"\ntext = \"x\"\ntxt = 1\n", 4, "txt")]
    fn a_mistake_names_its_line(#[case] text: &str, #[case] line: usize, #[case] said: &str) {
        let desk = desk(&[("a.toml", text)]);
        let all = Responses::load(desk.path());
        let wrong = all.wrong();
        assert_eq!((all.all().len(), wrong.len()), (0, 1));
        assert_eq!(wrong[0].line, Some(line), "{}", wrong[0]);
        assert!(wrong[0].to_string().contains(said), "{}", wrong[0]);
    }

    #[test]
    fn a_file_with_a_mistake_keeps_what_it_said_before() {
        let good = "[[response]]\nname = \"a\"\ntext = \"Hi {{author}}, {{?what}}\"\n";
        let desk = desk(&[("a.toml", good), ("b.toml", &good.replace("Hi", "Ho"))]);
        let mut all = Responses::load(desk.path());
        // The second of a name is left out, and told.
        assert_eq!((all.all().len(), all.wrong().len()), (1, 1));
        assert_eq!(all.all()[0].text, "Hi {{author}}, {{?what}}");
        fs::remove_file(desk.path().join("responses/b.toml")).unwrap();
        fs::write(desk.path().join("responses/a.toml"), "nonsense").unwrap();
        all.refresh(desk.path());
        assert_eq!((all.all().len(), all.wrong().len()), (1, 1));
        fs::write(desk.path().join("responses/a.toml"), good.replace("\"a\"", "\"other\""))
            .unwrap();
        all.refresh(desk.path());
        assert_eq!((all.all()[0].name.as_str(), all.wrong().len()), ("other", 0));
    }
}
