//! Imports for the cockpit: the program itself reads the file, in a process of its own, and what it
//! says is passed on line by line.

use super::editor::Folder;
use crate::app::import::{By, Job, Told};
use crate::text::catalogue::wizard as say;
use crate::text::{Lang, Shown};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The most bytes of a sentence of what went wrong.
const MOST: u64 = 4096;

/// Who imports, and where profiles are kept.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The desk's folder.
    pub desk: PathBuf,
    /// `--as NAME`.
    pub declared: Option<String>,
    /// The language of what is said.
    pub lang: Lang,
    /// The operator's folder of profiles; `None` = there is no home to keep one in.
    pub profiles: Option<PathBuf>,
}

/// An import at work. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Importing {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// Where a profile is that is only tried out; goes with this.
    _tried: Option<Folder>,
}

impl Importing {
    /// Starts it.
    ///
    /// # Errors
    /// With a sentence.
    pub(super) fn start(caller: &Caller, file: &str, job: &Job) -> Result<Importing, Shown> {
        let lang = caller.lang;
        let mut tried = None;
        let mut command = Command::new("/proc/self/exe");
        command.arg("--desk").arg(&caller.desk).arg("--lang").arg(match lang {
            Lang::En => "en",
            Lang::Zh => "zh",
        });
        if let Some(name) = &caller.declared {
            command.arg("--as").arg(name);
        }
        // A name that begins with a dash is a file's all the same.
        command.arg("import");
        match job {
            Job::Look => drop(command.args(["--columns", "--json"])),
            Job::Check(by) => {
                let profile = match by {
                    By::Name(name) => PathBuf::from(name),
                    By::Text(name, text) => {
                        let not_kept = |e: io::Error| say::NOT_KEPT.fill(lang, &[("why", &e)]);
                        let folder = Folder::new().map_err(not_kept)?;
                        let path = folder.0.join(format!("{name}.toml"));
                        write(&path, text).map_err(not_kept)?;
                        tried = Some(folder);
                        path
                    }
                };
                command.args(["--check", "--progress", "--profile"]).arg(profile);
            }
            Job::Take(by) => {
                let profile = match by {
                    By::Name(name) => PathBuf::from(name),
                    By::Text(name, text) => keep(caller, name, text)?,
                };
                command.args(["--progress", "--profile"]).arg(profile);
            }
            Job::Stop => {}
        }
        command.arg("--").arg(home(file));
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let failed = |e: io::Error| say::NOT_STARTED.fill(lang, &[("why", &e)]);
        let mut child = child.map_err(failed)?;
        let stdout = child.stdout.take().ok_or_else(|| failed(ErrorKind::BrokenPipe.into()))?;
        Ok(Importing { child, lines: BufReader::new(stdout).lines(), _tried: tried })
    }

    /// What it tells next. May be given up and called again.
    pub(super) async fn next(&mut self) -> Told {
        match self.lines.next_line().await {
            Ok(Some(line)) => return Told::Line(line),
            Ok(None) => {}
            Err(e) => return Told::Ended(Some(e.to_string())),
        }
        let ended = self.child.wait().await;
        let mut why = Vec::new();
        if let Some(stderr) = &mut self.child.stderr {
            // What cannot be read is not said.
            let _ = stderr.take(MOST).read_to_end(&mut why).await;
        }
        let why = String::from_utf8_lossy(&why).trim().to_owned();
        match ended {
            Ok(status) if status.success() => Told::Ended(None),
            Ok(status) if why.is_empty() => Told::Ended(Some(status.to_string())),
            Ok(_) => Told::Ended(Some(why)),
            Err(e) => Told::Ended(Some(e.to_string())),
        }
    }
}

/// Writes a profile into the operator's folder. One that is there is left alone unless it says the
/// same.
fn keep(caller: &Caller, name: &str, text: &str) -> Result<PathBuf, Shown> {
    let lang = caller.lang;
    let not_kept = |e: io::Error| say::NOT_KEPT.fill(lang, &[("why", &e)]);
    let Some(folder) = &caller.profiles else { return Err(not_kept(ErrorKind::NotFound.into())) };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(not_kept)?;
    let path = folder.join(format!("{name}.toml"));
    match write(&path, text) {
        Ok(()) => Ok(path),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => {
            match fs::read_to_string(&path).is_ok_and(|there| there == text) {
                true => Ok(path),
                false => Err(say::EXISTS.fill(lang, &[("name", &name)])),
            }
        }
        Err(e) => Err(not_kept(e)),
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// `~/x` as the shell would read it.
fn home(file: &str) -> PathBuf {
    match (file.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_that_is_there_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let caller = Caller {
            desk: PathBuf::new(),
            declared: None,
            lang: Lang::En,
            profiles: Some(folder.path().join("profiles")),
        };
        let path = keep(&caller, "shop", "a").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a");
        assert_eq!(keep(&caller, "shop", "a").unwrap(), path);
        assert!(keep(&caller, "shop", "b").unwrap_err().as_str().contains("shop"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "a");
    }
}
