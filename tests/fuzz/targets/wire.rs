//! Frames of both directions, in pieces as a stream gives them.

use super::given::Given;
use dutydesk::wire::frame::{FrameError, Frames, MAX_BODY, encode};
use dutydesk::wire::message::{ToClient, ToDaemon};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

pub fn run(bytes: &[u8]) {
    let mut given = Given(bytes);
    let pieces = given.byte();
    heard::<ToDaemon>(given.0, pieces);
    heard::<ToClient>(given.0, pieces);
}

fn heard<T: DeserializeOwned + Serialize + Debug>(bytes: &[u8], pieces: u8) {
    let mut whole = Frames::new();
    whole.push(bytes);
    let at_once = taken::<T>(&mut whole);
    // However a stream parts them, the same frames come out of it.
    let mut frames = Frames::new();
    let mut in_pieces = Vec::new();
    let mut broken = false;
    for piece in bytes.chunks(usize::from(pieces) % 31 + 1) {
        frames.push(piece);
        let (mut some, is_broken) = taken::<T>(&mut frames);
        in_pieces.append(&mut some);
        if is_broken {
            broken = true;
            break;
        }
    }
    assert_eq!(at_once, (in_pieces, broken));
    // Over a blocking reader, too, and it ends.
    let mut frames = Frames::new();
    let mut rest = bytes;
    for _ in 0..=bytes.len() {
        match frames.read::<T>(&mut rest) {
            Ok(_) => {}
            Err(FrameError::TooLong { len }) => return assert!(len > MAX_BODY),
            Err(_) => return,
        }
    }
    panic!("more frames than bytes");
}

/// The frames that are there, written again; and whether something is wrong behind them.
fn taken<T: DeserializeOwned + Serialize + Debug>(frames: &mut Frames) -> (Vec<Vec<u8>>, bool) {
    let mut all = Vec::new();
    loop {
        let message = match frames.take::<T>() {
            Ok(Some(message)) => message,
            Ok(None) => return (all, false),
            Err(_) => return (all, true),
        };
        // What was read can be written, and is the same when it is read again.
        let written = encode(&message).expect("what came in goes out");
        let mut again = Frames::new();
        again.push(&written);
        let same: T = again.take().expect("our own frame").expect("all of it");
        assert_eq!(encode(&same).expect("written once already"), written);
        all.push(written);
    }
}
