//! Bytes from a terminal: keys, pastes, focus, answers, whatever else it sends; in pieces, with and
//! without a pause between them.

use super::given::Given;
use dutydesk::term::{Input, Parser};

pub fn run(bytes: &[u8]) {
    let mut given = Given(bytes);
    let size = usize::from(given.byte()) % 17 + 1;
    let bytes = given.0;
    let mut whole = Parser::default();
    let mut at_once = Vec::new();
    whole.feed(bytes, &mut at_once);
    // However the bytes are split over reads, the same things come out.
    let mut parser = Parser::default();
    let mut in_pieces = Vec::new();
    for piece in bytes.chunks(size) {
        parser.feed(piece, &mut in_pieces);
    }
    assert_eq!(at_once, in_pieces);
    // Time can tell at any moment: nothing is under way then, and no more comes out than went in.
    let mut parser = Parser::default();
    let mut out = Vec::new();
    for piece in bytes.chunks(size) {
        parser.feed(piece, &mut out);
        for _ in 0..4 {
            if parser.patience().is_none() {
                break;
            }
            parser.give_up(&mut out);
        }
        assert!(parser.patience().is_none(), "nothing is waited for twice");
    }
    whole.give_up(&mut at_once);
    for said in [out, at_once] {
        assert!(said.len() <= bytes.len() + 4);
        for input in said {
            if let Input::Paste(text) = input {
                assert!(text.len() <= 3 * Parser::MOST_PASTE && !text.contains('\r'));
            }
        }
    }
}
