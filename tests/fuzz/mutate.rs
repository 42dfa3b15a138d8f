//! Mutations of known inputs, the same ones at each run.

use dutydesk::domain::rng::Rng;

/// Bytes that mean something somewhere.
const WORDS: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\n",
    b"\r\n",
    b"\"",
    b"'",
    b"\\",
    b"<",
    b">",
    b"&#0;",
    b"{",
    b"}",
    b"[[",
    b"]",
    b",",
    b";",
    b"\t",
    b"=",
    b"\x1b[",
    b"\x1b]0;",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x91\xa9\xe2\x80\x8d",
    b"\xe7\x89\xa9",
    b"\xc3",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"1e999",
    b"-9223372036854775808",
    b"null",
    b"true",
    b"NaN",
    b"2024-02-29T23:59:60Z",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
];

/// Makes inputs out of known ones.
pub struct Mutator<'a> {
    rng: Rng,
    known: &'a [Vec<u8>],
}

impl Mutator<'_> {
    /// Of these inputs of a target.
    pub fn new<'a>(target: &str, known: &'a [Vec<u8>]) -> Mutator<'a> {
        let seed = target.bytes().fold(7_u64, |all, b| all.wrapping_mul(31) + u64::from(b));
        Mutator { rng: Rng::new(seed), known }
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.rng.below(most.max(1) as u64)).unwrap_or(0)
    }

    /// The next one.
    pub fn next(&mut self) -> Vec<u8> {
        let at = self.below(self.known.len());
        let mut bytes = self.known.get(at).cloned().unwrap_or_default();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(9)).min(bytes.len());
            match self.below(6) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again.repeat(self.below(20)));
                }
                3 => bytes.truncate(at),
                4 => {
                    let other = &self.known[self.below(self.known.len())];
                    let from = self.below(other.len() + 1);
                    let piece = other[from..].iter().take(200).copied().collect::<Vec<_>>();
                    bytes.splice(at..end, piece);
                }
                _ => {
                    let word = WORDS[self.below(WORDS.len())];
                    bytes.splice(at..end, word.iter().copied());
                }
            }
        }
        bytes
    }
}
