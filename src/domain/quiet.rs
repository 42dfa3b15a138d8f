//! What decoders say of something they could not read, without what they read: it may be a customer's
//! text or a secret, and errors go into logs.

/// The decoder's words up to where it begins to quote: `invalid type: string "..."` becomes
/// `invalid type: string`. Names of fields that are missing are the program's own and stay.
pub fn unquoted(words: &str) -> &str {
    let own = words.starts_with("missing field") || words.starts_with("duplicate field");
    let quote = |c: char| c == '"' || c == '\'' || (c == '`' && !own);
    words.split(quote).next().unwrap_or_default().trim_end().trim_end_matches(':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("invalid type: string \"where is it?\", expected u32", "invalid type: string")]
    #[case("unknown variant `Where`, expected `A` or `B`", "unknown variant")]
    #[case("missing field `text`", "missing field `text`")]
    #[case("invalid value: character 'x'", "invalid value: character")]
    #[case("IO error while reading marker", "IO error while reading marker")]
    fn what_was_read_is_not_said_again(#[case] words: &str, #[case] quiet: &str) {
        assert_eq!(unquoted(words), quiet);
    }
}
