//! Who a client is: the account the kernel names, or on a desk of declared identity what they say.

use crate::domain::{OperatorName, SessionId};
use crate::wire::message::Turned;
use nix::unistd::{Uid, User};
use std::hash::{BuildHasher, RandomState};

/// The longest name an operator may declare, in bytes.
const LONGEST: usize = 64;

/// Who a session's operator is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name in every record.
    pub operator: OperatorName,
    /// True when that is only what the client said.
    pub declared: bool,
    /// The account behind the connection.
    pub uid: u32,
}

/// Decides who a client is. `hears` = the desk takes declared names (a private one that says so).
///
/// # Errors
/// [`Turned::NotAllowed`] for a declared name that cannot be one.
pub fn identify(uid: u32, declared: Option<OperatorName>, hears: bool) -> Result<Identity, Turned> {
    if let (true, Some(name)) = (hears, declared) {
        return match check_name(&name.0) {
            Ok(()) => Ok(Identity { operator: name, declared: true, uid }),
            Err(why) => Err(Turned::NotAllowed(why)),
        };
    }
    Ok(Identity { operator: account_name(uid), declared: false, uid })
}

/// The account's name; its number when it has none.
fn account_name(uid: u32) -> OperatorName {
    let name = match User::from_uid(Uid::from_raw(uid)) {
        Ok(Some(user)) if check_name(&user.name).is_ok() => user.name,
        _ => format!("uid-{uid}"),
    };
    OperatorName(name)
}

/// A name must be one that can be typed as a word (`assignee:NAME`, `@NAME`).
fn check_name(name: &str) -> Result<(), String> {
    let fits = !name.is_empty() && name.len() <= LONGEST;
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if fits && plain && name != "none" {
        Ok(())
    } else {
        Err(format!(
            "a declared name is 1 to {LONGEST} bytes of letters, digits, '.', '_' and '-', \
             and not 'none'"
        ))
    }
}

/// A number for a new session. Its lower half belongs to the operator, so that nobody can go on
/// with a session of somebody else; its upper half is drawn.
pub fn new_session(operator: &OperatorName) -> SessionId {
    let drawn = RandomState::new().hash_one(std::time::SystemTime::now());
    SessionId((drawn << 32) | u64::from(mark(operator)))
}

/// Whether a session's number was given to this operator.
pub fn may_resume(session: SessionId, operator: &OperatorName) -> bool {
    session.0 & 0xffff_ffff == u64::from(mark(operator))
}

/// An operator's half of a session's number; the same in every run of the program (FNV-1a).
fn mark(operator: &OperatorName) -> u32 {
    operator.0.bytes().fold(0x811c_9dc5, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn named(name: &str) -> OperatorName {
        OperatorName(name.to_owned())
    }

    #[test]
    fn a_declared_name_is_heard_only_where_the_desk_says_so() {
        let me = nix::unistd::geteuid().as_raw();
        let heard = identify(me, Some(named("bo")), true).unwrap();
        assert_eq!((heard.operator, heard.declared), (named("bo"), true));
        let unheard = identify(me, Some(named("bo")), false).unwrap();
        assert!(!unheard.declared);
        assert_eq!(unheard.operator, identify(me, None, true).unwrap().operator);
    }

    #[test]
    fn an_account_without_a_name_is_its_number() {
        assert_eq!(identify(4_000_000_123, None, false).unwrap().operator, named("uid-4000000123"));
    }

    #[rstest]
    #[case("", false)]
    #[case("none", false)]
    #[case("a b", false)]
    #[case("a\u{1b}[2J", false)]
    #[case("a\u{202e}b", false)]
    #[case("阿May", true)]
    #[case("kai.de-2_x", true)]
    fn names_are_words(#[case] name: &str, #[case] fine: bool) {
        assert_eq!(identify(0, Some(named(name)), true).is_ok(), fine);
        let long = name.repeat(65);
        assert!(identify(0, Some(named(&long)), true).is_err());
    }

    #[test]
    fn a_session_is_its_operators_alone() {
        let (amy, bo) = (named("amy"), named("bo"));
        let session = new_session(&amy);
        assert_ne!(session, new_session(&amy));
        assert!(may_resume(session, &amy));
        assert!(!may_resume(session, &bo));
    }
}
