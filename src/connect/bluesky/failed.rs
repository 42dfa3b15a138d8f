//! What a failed call means: for a look, for a command, for the tokens it was made with.

use super::records::text;
use crate::connect::http::{Fault, Reply};
use crate::connect::protocol::NackKind;
use crate::connect::sdk::{Not, Trouble};
use crate::domain::Time;
use serde_json::Value;
use std::time::Duration;

/// Why a call did not bring what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// No answer to the call itself.
    Silent(Fault),
    /// The server refused, or failed.
    Said {
        /// The answer's status.
        status: u16,
        /// The error's name, e.g. `InvalidSwap`.
        error: String,
        /// As a sentence for people.
        why: String,
        /// When to come again.
        after: Option<Duration>,
    },
    /// The call was not made: there was no signing in just now.
    Before(String, Option<Duration>),
    /// The call was not made: the credentials do not work.
    Auth(String, Option<Duration>),
    /// The desk closed its side.
    Ended(Trouble),
}

impl Failed {
    /// True for this name of an error.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Failed::Said { error, .. } if error == name)
    }

    /// True when what was asked for is not there (any more).
    pub fn is_absent(&self) -> bool {
        const GONE: [&str; 6] = [
            "NotFound",
            "RecordNotFound",
            "RepoNotFound",
            "RepoDeactivated",
            "RepoTakendown",
            "RepoSuspended",
        ];
        GONE.iter().any(|name| self.is(name))
    }

    /// What a failed write means for its command.
    pub fn write(self) -> Not {
        let (kind, after, why) = match self {
            Failed::Silent(fault) => return fault.into(),
            Failed::Said { status: 408 | 429, why, after, .. } => (NackKind::Retry, after, why),
            // The server may have done it before it failed.
            Failed::Said { status: 500.., why, after, .. } => (NackKind::Unknown, after, why),
            Failed::Said { why, after, .. } => (NackKind::Permanent, after, why),
            Failed::Before(why, after) => (NackKind::Retry, after, why),
            Failed::Auth(why, after) => (NackKind::Auth, after, why),
            Failed::Ended(_) => (NackKind::Retry, None, "the desk is closing".to_owned()),
        };
        Not { after, ..Not::new(kind, why) }
    }

    /// What a failed read before any write means for its command: nothing has been done yet.
    pub fn read(self) -> Not {
        let mut not = self.write();
        if not.kind == NackKind::Unknown {
            not.kind = NackKind::Retry;
        }
        not
    }

    /// What it means for a look.
    pub fn trouble(self) -> Trouble {
        match self {
            Failed::Silent(fault) => fault.into(),
            Failed::Said { why, after, .. } | Failed::Before(why, after) => {
                Trouble { after, ..Trouble::away(why) }
            }
            Failed::Auth(why, after) => Trouble { after, ..Trouble::auth(why) },
            Failed::Ended(trouble) => trouble,
        }
    }
}

/// A failed signing in, for the call that needed it: the call was not made.
pub fn before(failed: Failed) -> Failed {
    match failed {
        Failed::Silent(fault) => Failed::Before(fault.why().to_owned(), None),
        Failed::Said { why, after, .. } => Failed::Before(why, after),
        other => other,
    }
}

/// True when the server said no, and will again.
pub fn is_refused(failed: &Failed) -> bool {
    matches!(failed, Failed::Said { status: 400..500, .. })
        && !matches!(failed, Failed::Said { status: 408 | 429, .. })
}

/// True when the tokens were turned down, so that the call was certainly not carried out.
pub fn is_stale(failed: &Failed) -> bool {
    const NAMES: [&str; 8] = [
        "ExpiredToken",
        "InvalidToken",
        "AuthMissing",
        "AuthenticationRequired",
        "AccountTakedown",
        "AccountDeactivated",
        "AccountNotFound",
        "BadJwt",
    ];
    match failed {
        Failed::Said { status, error, .. } => {
            *status == 401 || (*status < 500 && NAMES.contains(&error.as_str()))
        }
        _ => false,
    }
}

/// Reads an answer that is none of success.
pub fn refused(reply: &Reply) -> Failed {
    /// Enough for a sentence.
    const MOST: usize = 200;
    let said: Value = reply.json().unwrap_or_default();
    let error = text(said.get("error")).unwrap_or_default().to_owned();
    let message = text(said.get("message")).filter(|m| !m.is_empty()).unwrap_or(&error);
    let message: String = message.chars().filter(|c| !c.is_control()).take(MOST).collect();
    let why = match reply.status {
        429 => "the server has had enough calls for now".to_owned(),
        status if message.is_empty() => format!("the server answered {status}"),
        status => format!("the server answered {status}: {message}"),
    };
    Failed::Said { status: reply.status, error, why, after: after(reply) }
}

/// When a server that has had enough wants to be asked again: by `Retry-After`, else by the moment
/// at which the budget is whole again, told by the server's own clock on both sides.
fn after(reply: &Reply) -> Option<Duration> {
    if let Some(after) = reply.retry_after() {
        return Some(after);
    }
    if reply.status != 429 {
        return None;
    }
    let now = http_date(reply.header("date")?)?;
    let wait = reply.budget(now)?.resets? - now;
    Some(Duration::from_millis(u64::try_from(wait.0).unwrap_or(0)).max(Duration::from_secs(1)))
}

/// A moment as HTTP's headers have it.
pub fn http_date(text: &str) -> Option<Time> {
    chrono::DateTime::parse_from_rfc2822(text.trim()).ok().map(Time::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_that_failed_did_nothing() {
        let silent = || Failed::Silent(Fault::Unknown("cut".into()));
        assert_eq!(silent().write().kind, NackKind::Unknown);
        assert_eq!(silent().read().kind, NackKind::Retry);
    }
}
