//! What every version of the wire has in common, so that a daemon of another release can be asked who
//! it is and told to end: `Hello`, `Status` and `Stop`, and of the answers the little that is needed.
//!
//! What is sent is [`super::message::ToDaemon`] with the other's version. These types only read, and
//! take no notice of fields they do not know. They must never change.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// From a daemon of whatever version.
#[derive(Debug, Deserialize)]
pub enum Heard {
    /// It serves us.
    Welcome(IgnoredAny),
    /// It does not.
    Refused(IgnoredAny),
    /// An answer.
    Answer {
        /// Our number for the question.
        number: u64,
        /// What it answers.
        answer: Reply,
    },
    /// Nothing that concerns us.
    Push(IgnoredAny),
}

/// The answers to the two questions.
#[derive(Debug, Deserialize)]
pub enum Reply {
    /// To `Status`.
    Status(Release),
    /// To `Stop`: it ends.
    Ok,
    /// It was not done.
    Refused(IgnoredAny),
}

/// Who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Release {
    /// The program's version.
    pub program: String,
    /// Its process.
    pub pid: u32,
    /// Cockpits attached.
    #[serde(default)]
    pub cockpits: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Refusal;
    use crate::wire::frame::{self, Frames};
    use crate::wire::message::{Answer, Ask, ClientKind, Status, ToClient, ToDaemon};

    fn heard(message: &ToClient) -> Heard {
        let mut frames = Frames::new();
        frames.push(&frame::encode(message).unwrap());
        frames.take().unwrap().unwrap()
    }

    #[test]
    fn todays_answers_are_understood() {
        let status = Status { program: "0.1.0".into(), pid: 7, cockpits: 2, ..Status::default() };
        let answer = |answer| ToClient::Answer { number: 3, answer: Box::new(answer) };
        let Heard::Answer { number: 3, answer: Reply::Status(release) } =
            heard(&answer(Answer::Status(Box::new(status))))
        else {
            panic!("a status");
        };
        assert_eq!(release, Release { program: "0.1.0".into(), pid: 7, cockpits: 2 });
        let ended = heard(&answer(Answer::Ok));
        assert!(matches!(ended, Heard::Answer { answer: Reply::Ok, .. }));
        let refused = heard(&answer(Answer::Refused(Refusal::Settings("x".into()))));
        assert!(matches!(refused, Heard::Answer { answer: Reply::Refused(_), .. }));
    }

    /// The bytes that the first version of the wire had, written down once.
    #[test]
    fn what_is_sent_is_what_the_first_version_sent() {
        let (kind, host) = (ClientKind::Verb, String::new());
        let hello = ToDaemon::Hello { version: 1, kind, declared: None, resume: None, host };
        let body = |message: &ToDaemon| frame::encode(message).unwrap()[4..].to_vec();
        let mut wanted = b"\x81\xa5Hello\x84\xa7version\x01\xa4kind\xa4Verb".to_vec();
        wanted.extend_from_slice(b"\xa8declared\xc0\xa6resume\xc0");
        assert_eq!(body(&hello), wanted);
        let stop = ToDaemon::Ask { number: 1, ask: Ask::Stop };
        assert_eq!(body(&stop), b"\x81\xa3Ask\x82\xa6number\x01\xa3ask\xa4Stop");
    }
}
