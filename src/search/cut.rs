//! The desk's way to cut texts, as the index wants it.

use crate::domain::tokens;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Cuts texts as [`tokens`] says.
#[derive(Clone)]
pub struct Cut;

/// The tokens of one text.
pub struct Cuts {
    rest: std::vec::IntoIter<tokens::Token>,
    token: Token,
}

impl Tokenizer for Cut {
    type TokenStream<'a> = Cuts;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cuts {
        let rest = tokens::tokens(text).into_iter();
        // The first token stands at 0.
        Cuts { rest, token: Token { position: usize::MAX, ..Token::default() } }
    }
}

impl TokenStream for Cuts {
    fn advance(&mut self) -> bool {
        let Some(next) = self.rest.next() else { return false };
        self.token = Token {
            offset_from: next.start,
            offset_to: next.end,
            position: self.token.position.wrapping_add(1),
            text: next.text,
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
