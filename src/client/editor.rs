//! `$EDITOR` on a text: a private file, the editor, and the file is gone again.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{self, ExitStatus};
use tokio::process::{Child, Command};

/// An editor at work. Dropping it removes the file and what the editor put beside it.
#[derive(Debug)]
pub(super) struct Editing {
    child: Child,
    folder: Folder,
    before: String,
}

/// A folder of our own (0700), so that swap and backup files are as private as the text.
#[derive(Debug)]
pub(super) struct Folder(pub(super) PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // Nobody is left to be told; the folder is in the place that is emptied at logout or boot.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The most bytes that are read back.
const MOST: u64 = 1 << 20;

impl Editing {
    /// Starts the editor; it has the terminal until [`Editing::wait`] returns.
    ///
    /// # Errors
    /// When the file cannot be made or the editor cannot be started.
    pub(super) fn start(text: &str) -> io::Result<Editing> {
        let folder = Folder::new()?;
        let file = folder.file();
        write_private(&file, text)?;
        let child = Command::from(command(&file)).kill_on_drop(true).spawn()?;
        Ok(Editing { child, folder, before: text.to_owned() })
    }

    /// Waits until the editor ends. May be given up and called again.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// What was written; `None` when nothing was changed or the editor failed.
    ///
    /// # Errors
    /// When the file cannot be read back.
    pub(super) fn finish(self, ended: ExitStatus) -> io::Result<Option<String>> {
        if !ended.success() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        fs::File::open(self.folder.file())?.take(MOST).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        // Editors end the last line; the text of a reply does not.
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Ok((text != self.before).then(|| text.to_owned()))
    }
}

/// The operator's editor on a file.
fn command(file: &Path) -> process::Command {
    let set = |name| std::env::var(name).ok().filter(|v: &String| !v.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".into());
    // Through the shell, as everywhere: it may hold arguments, and quotes among them.
    let mut command = process::Command::new("/bin/sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("dutydesk").arg(file);
    command
}

fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    out.write_all(text.as_bytes())
}

/// A text that an editor had, in a private file. Dropping it removes the file.
#[derive(Debug)]
pub struct Edited {
    folder: Folder,
    file: PathBuf,
    /// What it says now; `None` when the editor failed, or nothing was changed.
    pub text: Option<String>,
}

impl Edited {
    /// Lets the editor work on a text in a file of this name, and waits for it. What comes back is
    /// the file as it is, its last end of line too.
    ///
    /// # Errors
    /// When the file cannot be made or read, or the editor cannot be started.
    pub fn edit(name: &str, text: &str) -> io::Result<Edited> {
        let folder = Folder::new()?;
        let file = folder.0.join(name);
        write_private(&file, text)?;
        let ended = command(&file).status()?;
        let mut bytes = Vec::new();
        fs::File::open(&file)?.take(MOST).read_to_end(&mut bytes)?;
        let now = String::from_utf8_lossy(&bytes).into_owned();
        let text = (ended.success() && now != text).then_some(now);
        Ok(Edited { folder, file, text })
    }

    /// Keeps the file, for a text that could not be taken.
    pub fn keep(self) -> PathBuf {
        // Only the folder's end would remove it.
        std::mem::forget(self.folder);
        self.file
    }
}

impl Folder {
    /// A new one, where the operator alone may look.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn new() -> io::Result<Folder> {
        let base = std::env::var_os("XDG_RUNTIME_DIR")
            .map(PathBuf::from)
            .filter(|p| p.is_absolute() && p.is_dir())
            .unwrap_or_else(std::env::temp_dir);
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        for n in 0..100 {
            let path = base.join(format!("dutydesk-{}-{n}", std::process::id()));
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Folder(path)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => last = e,
                Err(e) => return Err(e),
            }
        }
        Err(last)
    }

    fn file(&self) -> PathBuf {
        Path::new(&self.0).join("reply.txt")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn ended(code: i32) -> ExitStatus {
        std::os::unix::process::ExitStatusExt::from_raw(code << 8)
    }

    /// An editing whose editor is this shell command on the file.
    fn editing(text: &str, command: &str) -> Editing {
        let folder = Folder::new().unwrap();
        let mut out = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.file())
            .unwrap();
        out.write_all(text.as_bytes()).unwrap();
        let child =
            Command::new("/bin/sh").arg("-c").arg(command).arg("sh").arg(folder.file()).spawn();
        Editing { child: child.unwrap(), folder, before: text.to_owned() }
    }

    #[test]
    fn a_file_with_a_name_is_edited_and_goes_unless_it_is_kept() {
        let folder = Folder::new().unwrap();
        let file = folder.0.join("post.md");
        write_private(&file, "a\n").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let path = folder.0.clone();
        let edited = Edited { folder, file: file.clone(), text: None };
        assert_eq!(edited.keep(), file);
        assert!(file.exists());
        drop(Folder(path.clone()));
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn what_was_written_comes_back_and_the_file_goes() {
        let mut e = editing("dear", "printf 'dear customer\\n' > \"$1\"; touch \"$1~\"");
        let path = e.folder.0.clone();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(e.folder.file()).unwrap().permissions().mode() & 0o777, 0o600);
        let ended = e.wait().await.unwrap();
        assert_eq!(e.finish(ended).unwrap().as_deref(), Some("dear customer"));
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn an_unchanged_text_and_a_failed_editor_change_nothing() {
        let mut e = editing("dear", "printf 'dear\\n' > \"$1\"");
        let status = e.wait().await.unwrap();
        assert_eq!(e.finish(status).unwrap(), None);
        let mut e = editing("dear", "printf x > \"$1\"; exit 1");
        let status = e.wait().await.unwrap();
        assert!(!status.success());
        assert_eq!(e.finish(ended(1)).unwrap(), None);
    }
}
