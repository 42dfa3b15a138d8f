//! Frames: four bytes of length (big-endian), then one message as MessagePack with field names.
//!
//! Reading goes through [`Frames`], which keeps what has arrived so far; so a read that is given
//! up half-way (a `select` that took another branch) loses nothing.

use crate::domain::quiet::unquoted;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read, Write};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest body of a frame in bytes.
pub const MAX_BODY: usize = 4 << 20;
/// Bytes of the length in front of each body.
const HEADER: usize = 4;
/// How much is read from the stream at a time, unless a longer frame is known to come.
const CHUNK: usize = 16 << 10;

/// Why a frame could not be read or written.
#[derive(Debug, Error)]
pub enum FrameError {
    /// The other side ended the connection between two frames.
    #[error("the connection was closed")]
    Closed,
    /// The other side ended the connection within a frame.
    #[error("the connection broke off within a frame: {have} of {want} bytes came")]
    Cut {
        /// Bytes that came, the length included.
        have: usize,
        /// Bytes the frame was to have, the length included.
        want: usize,
    },
    /// Longer than either side may send.
    #[error("a frame of {len} bytes is over the bound of {MAX_BODY}")]
    TooLong {
        /// Bytes of its body.
        len: usize,
    },
    /// The body is not the message that belongs here.
    #[error("a frame of {len} bytes is no {what}: {why}")]
    Malformed {
        /// The type that was expected.
        what: &'static str,
        /// Bytes of its body.
        len: usize,
        /// What the decoder found.
        why: String,
    },
    /// A message of ours that cannot be written as MessagePack.
    #[error("a {what} could not be written: {why}")]
    Unwritable {
        /// Its type.
        what: &'static str,
        /// What the encoder found.
        why: String,
    },
    /// The stream failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

impl FrameError {
    /// True when the other side is simply not there any more.
    pub fn is_gone(&self) -> bool {
        match self {
            FrameError::Closed | FrameError::Cut { .. } => true,
            FrameError::Io(e) => matches!(
                e.kind(),
                io::ErrorKind::BrokenPipe
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::UnexpectedEof
            ),
            _ => false,
        }
    }
}

/// A message's short type name, for errors.
fn name<T>() -> &'static str {
    let full = std::any::type_name::<T>();
    full.rsplit("::").next().unwrap_or(full)
}

/// A message as the bytes that go out: length and body.
///
/// # Errors
/// [`FrameError::TooLong`] over [`MAX_BODY`], [`FrameError::Unwritable`] for a value that
/// MessagePack cannot hold.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut bytes = vec![0; HEADER];
    rmp_serde::encode::write_named(&mut bytes, message)
        .map_err(|e| FrameError::Unwritable { what: name::<T>(), why: e.to_string() })?;
    let len = bytes.len() - HEADER;
    match u32::try_from(len) {
        Ok(head) if len <= MAX_BODY => bytes[..HEADER].copy_from_slice(&head.to_be_bytes()),
        _ => return Err(FrameError::TooLong { len }),
    }
    Ok(bytes)
}

/// The bytes that have come in and are not yet a message.
#[derive(Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
    /// Where the first byte that is not used up lies.
    start: usize,
}

impl Frames {
    /// Nothing yet.
    pub fn new() -> Frames {
        Frames::default()
    }

    /// Takes bytes in, as the stream gave them.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Takes the next message out, when all of it is there.
    ///
    /// # Errors
    /// [`FrameError::TooLong`] as soon as the length is known, so that no peer can make us keep
    /// more than one frame; [`FrameError::Malformed`] for a body that is something else.
    pub fn take<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let Some(len) = self.expected()? else {
            return Ok(None);
        };
        let body = self.start + HEADER;
        let Some(slice) = self.bytes.get(body..body + len) else {
            return Ok(None);
        };
        let message = rmp_serde::from_slice(slice).map_err(|e| FrameError::Malformed {
            what: name::<T>(),
            len,
            // It may quote a text, and this goes into the log.
            why: unquoted(&e.to_string()).to_owned(),
        })?;
        self.start = body + len;
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
            // One long frame must not be paid for by an idle connection for ever.
            self.bytes.shrink_to(CHUNK);
        }
        Ok(Some(message))
    }

    /// The body's length of the frame that is next, once its header is there.
    fn expected(&self) -> Result<Option<usize>, FrameError> {
        let Some(&[a, b, c, d]) = self.bytes.get(self.start..self.start + HEADER) else {
            return Ok(None);
        };
        let len = u32::from_be_bytes([a, b, c, d]) as usize;
        if len > MAX_BODY { Err(FrameError::TooLong { len }) } else { Ok(Some(len)) }
    }

    /// What the end of the stream means here.
    fn end(&self) -> FrameError {
        let have = self.bytes.len() - self.start;
        match self.expected() {
            _ if have == 0 => FrameError::Closed,
            Ok(len) => FrameError::Cut { have, want: HEADER + len.unwrap_or(0) },
            Err(e) => e,
        }
    }

    /// Room for the next read; what is used up makes place first.
    fn make_room(&mut self) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
    }

    /// Waits for the next message on a blocking stream.
    ///
    /// # Errors
    /// See [`FrameError`]; a read that times out is [`FrameError::Io`] and loses nothing.
    pub fn read<T: DeserializeOwned>(&mut self, from: &mut impl Read) -> Result<T, FrameError> {
        let mut chunk = [0; CHUNK];
        loop {
            if let Some(message) = self.take()? {
                return Ok(message);
            }
            self.make_room();
            match from.read(&mut chunk) {
                Ok(0) => return Err(self.end()),
                Ok(n) => self.push(&chunk[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    /// Waits for the next message. Given up half-way (`select`), it loses nothing.
    ///
    /// # Errors
    /// See [`FrameError`].
    pub async fn read_async<T: DeserializeOwned>(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
    ) -> Result<T, FrameError> {
        loop {
            if let Some(message) = self.take()? {
                return Ok(message);
            }
            self.make_room();
            if self.bytes.capacity() - self.bytes.len() < CHUNK / 2 {
                self.bytes.reserve(CHUNK);
            }
            if from.read_buf(&mut self.bytes).await? == 0 {
                return Err(self.end());
            }
        }
    }
}

/// Writes a message on a blocking stream.
///
/// # Errors
/// See [`encode`]; [`FrameError::Io`] when the stream fails.
pub fn write<T: Serialize>(to: &mut impl Write, message: &T) -> Result<(), FrameError> {
    to.write_all(&encode(message)?)?;
    Ok(to.flush()?)
}

/// Writes a message. Given up half-way it leaves a broken stream: drop the connection then.
///
/// # Errors
/// See [`encode`]; [`FrameError::Io`] when the stream fails.
pub async fn write_async<T: Serialize>(
    to: &mut (impl AsyncWrite + Unpin),
    message: &T,
) -> Result<(), FrameError> {
    to.write_all(&encode(message)?).await?;
    Ok(to.flush().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Command, ConversationId, OperatorName, SessionId, Time};
    use crate::wire::message::{
        Anchor, Answer, Ask, ClientKind, Done, Kpis, Push, ToClient, ToDaemon, Turned, WindowSpec,
    };
    use crate::{domain::Queue, wire::VERSION};
    use proptest::prelude::*;

    fn through<T: Serialize + DeserializeOwned>(message: &T) -> T {
        let mut frames = Frames::new();
        frames.read(&mut &encode(message).unwrap()[..]).unwrap()
    }

    fn any_ask() -> impl Strategy<Value = ToDaemon> {
        let ids = proptest::collection::vec(any::<u64>().prop_map(ConversationId), 0..20);
        let name = ".{0,12}".prop_map(OperatorName);
        prop_oneof![
            (any::<u32>(), proptest::option::of(name.clone()), any::<Option<u64>>()).prop_map(
                |(version, declared, resume)| ToDaemon::Hello {
                    version,
                    kind: ClientKind::Cockpit,
                    declared,
                    resume: resume.map(SessionId),
                    host: "10.0.0.7".into(),
                }
            ),
            (any::<u64>(), ids.clone(), ".{0,300}", any::<Option<u32>>(), any::<Option<String>>())
                .prop_map(|(number, ids, text, seen, because)| ToDaemon::Ask {
                    number,
                    ask: Ask::Do(Command::Reply { ids, text, seen, because })
                }),
            (any::<u64>(), ids, any::<i64>()).prop_map(|(number, ids, t)| ToDaemon::Ask {
                number,
                ask: Ask::Do(Command::Snooze { ids, until: Time(t) })
            }),
            (".{0,40}", any::<u16>(), any::<u16>()).prop_map(|(filter, before, after)| {
                let spec = WindowSpec {
                    filter,
                    anchor: Anchor::Top,
                    before,
                    after,
                    sort: Default::default(),
                    fold: false,
                };
                ToDaemon::Window { queue: Queue::Messages, window: Some(spec) }
            }),
            (any::<u64>(), proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40)))
                .prop_map(|(number, after)| ToDaemon::Ask { number, ask: Ask::Export { after } }),
            Just(ToDaemon::Active),
        ]
    }

    proptest! {
        #[test]
        fn what_is_sent_is_what_arrives_however_it_is_cut(
            messages in proptest::collection::vec(any_ask(), 1..6), cut in 1usize..40,
        ) {
            let bytes: Vec<u8> =
                messages.iter().flat_map(|m| encode(m).unwrap()).collect();
            let mut frames = Frames::new();
            let mut got = Vec::new();
            for part in bytes.chunks(cut) {
                frames.push(part);
                while let Some(m) = frames.take::<ToDaemon>().unwrap() {
                    got.push(m);
                }
            }
            prop_assert_eq!(got, messages);
        }

        #[test]
        fn garbage_is_an_error_and_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut frames = Frames::new();
            frames.push(&bytes);
            while let Ok(Some(_)) = frames.take::<ToDaemon>() {}
            let mut frames = Frames::new();
            frames.push(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
            frames.push(&bytes);
            let _ = frames.take::<ToClient>();
        }

        #[test]
        fn a_flipped_byte_is_no_panic(ask in any_ask(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = encode(&ask).unwrap();
            let at = at.index(bytes.len());
            bytes[at] = to;
            let mut frames = Frames::new();
            frames.push(&bytes);
            let _ = frames.take::<ToDaemon>();
        }
    }

    #[test]
    fn every_kind_of_answer_comes_through() {
        let refused = ToClient::Refused(Turned::Version(VERSION));
        assert_eq!(through(&refused), refused);
        let done = Done {
            name: crate::domain::Name::Resolve,
            taken_back: false,
            ids: vec![ConversationId(7)],
            refused: vec![crate::domain::Refusal::NothingToUndo],
            message: None,
            goes_at: None,
            warned: Vec::new(),
            posts: Vec::new(),
            made: None,
        };
        let answer = ToClient::Answer { number: 9, answer: Box::new(Answer::Done(done)) };
        assert_eq!(through(&answer), answer);
        let kpis = Kpis { hit_rate: vec![1.0, f64::NAN], ..Kpis::default() };
        let ToClient::Push(push) = through(&ToClient::Push(Box::new(Push::Kpis(kpis)))) else {
            panic!("a push stays a push");
        };
        assert!(matches!(*push, Push::Kpis(k) if k.hit_rate[0] == 1.0 && k.hit_rate[1].is_nan()));
    }

    #[test]
    fn a_length_over_the_bound_is_refused_before_its_body_comes() {
        let mut frames = Frames::new();
        frames.push(&u32::MAX.to_be_bytes());
        assert!(matches!(frames.take::<ToDaemon>(), Err(FrameError::TooLong { .. })));
    }

    #[test]
    fn a_message_over_the_bound_is_not_sent() {
        let lines = vec!["x".repeat(1 << 20); 5];
        let ask = ToDaemon::Ask { number: 1, ask: Ask::Restore { lines, last: true } };
        assert!(matches!(encode(&ask), Err(FrameError::TooLong { .. })));
    }

    #[test]
    fn an_end_between_frames_is_told_from_an_end_within_one() {
        let bytes = encode(&ToDaemon::Active).unwrap();
        let mut frames = Frames::new();
        let mut whole = &bytes[..];
        assert!(frames.read::<ToDaemon>(&mut whole).is_ok());
        assert!(matches!(frames.read::<ToDaemon>(&mut whole), Err(FrameError::Closed)));
        let mut frames = Frames::new();
        let e = frames.read::<ToDaemon>(&mut &bytes[..bytes.len() - 1]).unwrap_err();
        assert!(matches!(e, FrameError::Cut { have, want } if have + 1 == want), "{e}");
        assert!(e.is_gone());
    }

    #[tokio::test]
    async fn a_read_that_is_given_up_loses_nothing() {
        let (mut near, mut far) = tokio::io::duplex(8);
        let ask = ToDaemon::Ask { number: 3, ask: Ask::Status };
        let sent = ask.clone();
        let writer = tokio::spawn(async move {
            let bytes = encode(&sent).unwrap();
            let (first, rest) = bytes.split_at(6);
            near.write_all(first).await.unwrap();
            tokio::task::yield_now().await;
            near.write_all(rest).await.unwrap();
        });
        let mut frames = Frames::new();
        let mut got = None;
        while got.is_none() {
            tokio::select! {
                biased;
                m = frames.read_async::<ToDaemon>(&mut far) => got = Some(m.unwrap()),
                () = tokio::task::yield_now() => {}
            }
        }
        assert_eq!(got, Some(ask));
        writer.await.unwrap();
    }
}
