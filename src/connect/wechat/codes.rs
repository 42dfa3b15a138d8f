//! The platform's error codes in words, and what each means for the next attempt. From its table of
//! global return codes and the pages of the interfaces that are used here.

use super::say;
use crate::connect::protocol::NackKind;
use crate::connect::sdk::{Not, Trouble};
use crate::text::{Lang, Msg, Shown};
use std::time::Duration;

/// What a code means for the next attempt. Every code says that nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// The access token is not good (any more): get another, try once more.
    Token,
    /// Worth trying again after so many seconds.
    Later(u64),
    /// The credentials, or where they are used from, have to be mended.
    Auth,
    /// Trying again is no use.
    Never,
}

/// A code with the words that came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The number.
    pub code: i64,
    /// The platform's own words.
    pub message: String,
}

/// Seconds after which a used up quota is tried again: it comes back once a day.
const QUOTA: u64 = 3600;

const TABLE: &[(i64, Means, Msg)] = &[
    (-1, Means::Later(5), say::BUSY),
    (40001, Means::Token, say::TOKEN_REFUSED),
    (40002, Means::Never, say::BAD_PARAMETER),
    (40003, Means::Never, say::BAD_OPENID),
    (40007, Means::Never, say::BAD_MEDIA),
    (40013, Means::Auth, say::BAD_APP_ID),
    (40014, Means::Token, say::TOKEN_REFUSED),
    (40033, Means::Never, say::BAD_TEXT),
    (40035, Means::Never, say::BAD_PARAMETER),
    (40125, Means::Auth, say::BAD_SECRET),
    (40164, Means::Auth, say::IP_REFUSED),
    (40243, Means::Auth, say::SECRET_FROZEN),
    (41001, Means::Token, say::TOKEN_REFUSED),
    (41002, Means::Auth, say::BAD_APP_ID),
    (41004, Means::Auth, say::BAD_SECRET),
    (42001, Means::Token, say::TOKEN_REFUSED),
    (43004, Means::Never, say::NOT_FOLLOWING),
    (43019, Means::Never, say::BLACKLISTED),
    (43101, Means::Never, say::DOES_NOT_WANT),
    (45002, Means::Never, say::TEXT_TOO_LONG),
    (45003, Means::Never, say::TITLE_TOO_LONG),
    (45009, Means::Later(QUOTA), say::QUOTA),
    (45011, Means::Later(60), say::TOO_FAST),
    (45015, Means::Never, say::WINDOW_LATE),
    (45047, Means::Never, say::WINDOW_SPENT),
    (45166, Means::Never, say::BAD_CONTENT),
    (46004, Means::Never, say::BAD_OPENID),
    (47001, Means::Never, say::BAD_PARAMETER),
    (48001, Means::Never, say::NOT_AUTHORISED),
    (48002, Means::Never, say::DOES_NOT_WANT),
    (48004, Means::Never, say::BANNED),
    (48008, Means::Never, say::NOT_AUTHORISED),
    (50001, Means::Never, say::NOT_AUTHORISED),
    (50002, Means::Never, say::ACCOUNT_LIMITED),
    (50004, Means::Auth, say::ACCOUNT_LIMITED),
    (50007, Means::Auth, say::ACCOUNT_LIMITED),
    (53500, Means::Never, say::PUBLISH_BANNED),
    (53501, Means::Later(60), say::PUBLISH_TOO_FAST),
    (53502, Means::Never, say::PUBLISH_NO_JOB),
    (53503, Means::Never, say::PUBLISH_CHECK),
    (53504, Means::Never, say::PUBLISH_CONSOLE),
    (53505, Means::Never, say::PUBLISH_SAVE),
    (53600, Means::Never, say::NO_ARTICLE),
    (87014, Means::Never, say::RISKY),
    (88000, Means::Never, say::NO_COMMENT_RIGHT),
    (88001, Means::Never, say::NO_ARTICLE),
    (88002, Means::Never, say::ARTICLE_LIMITED),
    (88003, Means::Never, say::ELECTED_FULL),
    (88004, Means::Never, say::COMMENT_GONE),
    (88005, Means::Never, say::ALREADY_ANSWERED),
    (88007, Means::Never, say::REPLY_LENGTH),
    (88008, Means::Never, say::NO_COMMENT),
    (88009, Means::Never, say::NO_REPLY),
    (88010, Means::Never, say::BAD_COUNT),
    (89503, Means::Auth, say::IP_CONFIRM),
    (89506, Means::Auth, say::IP_CONFIRM),
    (89507, Means::Auth, say::IP_CONFIRM),
];

impl Code {
    /// What it means for the next attempt. One that is not known is taken for lasting: trying again
    /// without end would use the account's calls up.
    pub fn means(&self) -> Means {
        self.row().map_or(Means::Never, |row| row.1)
    }

    /// As a sentence for people.
    pub fn why(&self, lang: Lang) -> String {
        // The platform adds a trace id that says nothing to people.
        let own = self.message.split(" rid: ").next().unwrap_or_default();
        match self.row() {
            Some((_, _, words)) => words.fill(lang, &[("ip", &ip(own)), ("why", &own)]),
            None => say::OTHER_CODE.fill(lang, &[("code", &self.code), ("why", &own)]),
        }
        .as_str()
        .to_owned()
    }

    /// For a command.
    pub fn not(&self, lang: Lang) -> Not {
        let (kind, after) = match self.means() {
            // A fresh token was refused too, right after it was given.
            Means::Token => (NackKind::Retry, Some(60)),
            Means::Later(seconds) => (NackKind::Retry, Some(seconds)),
            Means::Auth => (NackKind::Auth, None),
            Means::Never => (NackKind::Permanent, None),
        };
        Not { after: after.map(Duration::from_secs), ..Not::new(kind, self.why(lang)) }
    }

    /// For a look.
    pub fn trouble(&self, lang: Lang) -> Trouble {
        let why = self.why(lang);
        match self.means() {
            Means::Auth => Trouble::auth(why),
            Means::Later(seconds) => {
                Trouble { after: Some(Duration::from_secs(seconds)), ..Trouble::away(why) }
            }
            Means::Token | Means::Never => Trouble::away(why),
        }
    }

    fn row(&self) -> Option<&'static (i64, Means, Msg)> {
        TABLE.iter().find(|row| row.0 == self.code)
    }
}

/// The address that the platform names: `invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist`.
fn ip(message: &str) -> Shown {
    let words = message.split(|c: char| c.is_whitespace() || c == ',');
    let found = words.map(str::trim).find(|word| word.parse::<std::net::IpAddr>().is_ok());
    Shown::line(found.unwrap_or("this machine"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn code(code: i64, message: &str) -> Code {
        Code { code, message: message.to_owned() }
    }

    #[test]
    fn every_code_is_listed_once_and_in_order() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[rstest]
    #[case(-1, NackKind::Retry)]
    #[case(40001, NackKind::Retry)]
    #[case(40013, NackKind::Auth)]
    #[case(40164, NackKind::Auth)]
    #[case(45009, NackKind::Retry)]
    #[case(45015, NackKind::Permanent)]
    #[case(45047, NackKind::Permanent)]
    #[case(48001, NackKind::Permanent)]
    #[case(99999, NackKind::Permanent)]
    fn each_has_its_kind(#[case] number: i64, #[case] kind: NackKind) {
        assert_eq!(code(number, "").not(Lang::En).kind, kind);
    }

    #[test]
    fn the_address_that_is_not_let_in_is_named() {
        let said = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 62e-1a";
        for lang in Lang::ALL {
            assert!(code(40164, said).why(lang).contains("203.0.113.7"));
        }
        assert!(code(40164, "").why(Lang::En).contains("this machine"));
    }

    #[test]
    fn what_is_not_known_is_told_as_the_platform_does() {
        let why = code(61451, "invalid parameter\u{1b}[2J rid: 1-2-3").why(Lang::En);
        assert!(why.contains("61451") && why.contains("invalid parameter"), "{why}");
        assert!(!why.contains("rid") && !why.contains('\u{1b}'), "{why}");
    }
}
