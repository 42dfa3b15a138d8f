//! Opening a link in the operator's browser, where there is one on this machine.
//!
//! Over SSH a browser would open where the operator is not, so the link is copied instead (the
//! terminal carries the clipboard). `$BROWSER` is heard in both cases: whoever sets it on the far
//! machine has something there that reaches them.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

/// What of the environment decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `BROWSER`, the first of its programs.
    pub browser: Option<OsString>,
    /// True inside an SSH session.
    pub ssh: bool,
    /// True where a desktop is.
    pub desktop: bool,
}

impl Hints {
    /// Of this process.
    pub fn here() -> Hints {
        let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        Hints {
            browser: set("BROWSER"),
            ssh: set("SSH_CONNECTION").or_else(|| set("SSH_TTY")).is_some(),
            desktop: cfg!(target_os = "macos")
                || set("DISPLAY").or_else(|| set("WAYLAND_DISPLAY")).is_some(),
        }
    }

    /// The program that opens a link; `None` = none can.
    pub fn program(&self) -> Option<OsString> {
        if let Some(browser) = &self.browser {
            // A list with colons: the first will do.
            let first = browser.to_string_lossy().split(':').next().unwrap_or_default().to_owned();
            return (!first.is_empty()).then(|| first.into());
        }
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        (!self.ssh && self.desktop).then(|| opener.into())
    }
}

/// Opens a link; false when it could not be. Only what begins with `http://` or `https://` is a
/// link: nothing else ever becomes an argument.
pub fn open(link: &str, hints: &Hints) -> bool {
    if !link.starts_with("https://") && !link.starts_with("http://") {
        return false;
    }
    let Some(program) = hints.program() else { return false };
    start(Path::new(&program), link)
}

fn start(program: &Path, link: &str) -> bool {
    let child = Command::new(program)
        .arg(link)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match child {
        Ok(mut child) => {
            // It is waited for apart, so that it does not stay behind as a dead process.
            std::thread::spawn(move || child.wait());
            true
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, false, true, cfg!(not(target_os = "macos")).then_some("xdg-open"))]
    #[case(None, true, true, None)]
    #[case(None, false, false, None)]
    #[case(Some("firefox"), false, false, Some("firefox"))]
    #[case(Some("w3m-remote:lynx"), true, false, Some("w3m-remote"))]
    fn over_ssh_only_a_browser_that_was_named_is_started(
        #[case] browser: Option<&str>,
        #[case] ssh: bool,
        #[case] desktop: bool,
        #[case] program: Option<&str>,
    ) {
        if cfg!(target_os = "macos") {
            return;
        }
        let hints = Hints { browser: browser.map(Into::into), ssh, desktop };
        assert_eq!(hints.program(), program.map(OsString::from));
    }

    #[test]
    fn only_web_links_reach_a_program() {
        let hints = Hints { browser: Some("true".into()), ssh: false, desktop: true };
        assert!(!open("file:///etc/passwd", &hints));
        assert!(!open("--version", &hints));
        assert!(open("https://example.org/", &hints));
        let none = Hints { browser: Some("/no/such/program".into()), ..hints };
        assert!(!open("https://example.org/", &none));
    }
}
