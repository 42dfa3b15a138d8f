//! A typed line in words, as a shell would cut it, with nothing of a shell's that could surprise.

/// The words; `None` = a quotation mark is not closed.
pub fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"') | None, '\\') => {
                // Before anything else it is a backslash.
                let next = chars.clone().next();
                let taken = next.filter(|n| ['"', '\\', '\'', ' '].contains(n));
                if taken.is_some() {
                    chars.next();
                }
                word.get_or_insert_default().push(taken.unwrap_or('\\'));
            }
            (Some(_), c) => word.get_or_insert_default().push(c),
            // Within a word it is an apostrophe.
            (None, '\'') if word.is_some() => word.get_or_insert_default().push(c),
            (None, '"' | '\'') => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::split;
    use rstest::rstest;

    #[rstest]
    #[case("", &[])]
    #[case("  reply  12 ", &["reply", "12"])]
    #[case("reply 12 --text \"so it is\"", &["reply", "12", "--text", "so it is"])]
    #[case("note 12 --text don't", &["note", "12", "--text", "don't"])]
    #[case("note 12 --text 'a \"b\" c'", &["note", "12", "--text", "a \"b\" c"])]
    #[case("label 12 --label ''", &["label", "12", "--label", ""])]
    #[case(r#"a "b\"c" d\ e \n"#, &["a", "b\"c", "d e", "\\n"])]
    #[case("筛选\u{3000}全部", &["筛选", "全部"])]
    fn words_as_a_shell_has_them(#[case] line: &str, #[case] words: &[&str]) {
        assert_eq!(split(line).expect("closed"), words);
    }

    #[test]
    fn an_open_quotation_is_told() {
        assert_eq!(split("reply 12 --text \"so"), None);
    }
}
