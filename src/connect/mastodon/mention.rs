//! Who is named in an answer, and who sees it.

use super::count::{Part, parts};
use super::entities::Status;
use super::me::Me;
use crate::domain::Queue;

/// The answer with everybody named who needs it: whom it answers, and with `all` those too whom
/// that one named. Who is named already is not named twice.
pub fn with_names(text: &str, parent: &Status, me: &Me, all: bool) -> String {
    let mut wanted: Vec<&str> = vec![];
    if !me.wrote(parent) {
        wanted.push(&parent.account.acct);
    }
    // An answer to ourselves goes on talking to those we spoke to.
    if all || wanted.is_empty() {
        wanted.extend(parent.mentions.iter().map(|m| m.acct.as_str()));
    }
    let mut names: Vec<String> = vec![];
    for acct in wanted {
        let name = format!("@{acct}");
        let is_new = !names.iter().any(|known| known.eq_ignore_ascii_case(&name));
        if !acct.is_empty() && is_new && !me.is(acct) && !names_already(text, acct, me) {
            names.push(name);
        }
    }
    named(&names, text)
}

/// A text that begins with these names.
pub fn named(names: &[String], text: &str) -> String {
    match names.is_empty() {
        true => text.to_owned(),
        false => format!("{} {text}", names.join(" ")),
    }
}

/// True when a text names this account: by its whole address, or by its name when it is on our
/// own server.
pub fn names_already(text: &str, acct: &str, me: &Me) -> bool {
    let (user, host) = match acct.split_once('@') {
        Some((user, host)) => (user, host),
        None => (acct, me.host.as_str()),
    };
    let is_ours = host.eq_ignore_ascii_case(&me.host);
    parts(text).iter().any(|part| match part {
        Part::Mention { user: named, host: at } if named.eq_ignore_ascii_case(user) => match at {
            None => is_ours,
            // A host with a port: what is named ends before it.
            Some(at) => host.split(':').next().is_some_and(|h| h.eq_ignore_ascii_case(at)),
        },
        _ => false,
    })
}

/// Who sees an answer: those who see what it answers, never more.
pub fn visibility(parent: &Status, queue: Queue) -> String {
    match (queue, parent.visibility.as_str()) {
        (Queue::Messages, _) => "direct".into(),
        (_, v @ ("public" | "unlisted" | "private" | "direct" | "local" | "mutuals_only")) => {
            v.into()
        }
        // Whatever that means, this is no wider.
        _ => "direct".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    fn parent(acct: &str, mentions: &[&str]) -> Status {
        let mentions: Vec<_> =
            mentions.iter().map(|acct| json!({"id": "0", "acct": acct})).collect();
        let id = if acct == "shop" { "7" } else { "8" };
        let account = json!({"id": id, "acct": acct});
        serde_json::from_value(json!({"account": account, "mentions": mentions})).unwrap()
    }

    // We are @shop@a.example.
    #[rstest]
    #[case::plain("hi", "lu@b.example", &["shop"], false, "@lu@b.example hi")]
    #[case::everybody("hi", "lu@b.example", &["shop", "mo", "lu@b.example"], true, "@lu@b.example @mo hi")]
    #[case::named_already("hi @lu@b.example!", "lu@b.example", &[], false, "hi @lu@b.example!")]
    #[case::named_otherwise("@LU@B.example hi", "lu@b.example", &[], false, "@LU@B.example hi")]
    #[case::another_lu("@lu hi", "lu@b.example", &[], false, "@lu@b.example @lu hi")]
    #[case::on_our_server("@lu hi", "lu", &[], false, "@lu hi")]
    #[case::on_our_server_in_full("@lu@a.example hi", "lu", &[], false, "@lu@a.example hi")]
    #[case::longer_name("@lulu hi", "lu", &[], false, "@lu @lulu hi")]
    #[case::no_name("mail lu@b.example", "lu@b.example", &[], false, "@lu@b.example mail lu@b.example")]
    #[case::to_ourselves("more", "shop", &["mo@c.example", "shop@a.example"], false, "@mo@c.example more")]
    #[case::nobody("hi", "", &[], true, "hi")]
    fn everybody_who_needs_it_is_named(
        #[case] text: &str,
        #[case] author: &str,
        #[case] mentions: &[&str],
        #[case] all: bool,
        #[case] named: &str,
    ) {
        let me = super::super::tests::me();
        assert_eq!(with_names(text, &parent(author, mentions), &me, all), named);
    }

    #[rstest]
    #[case("public", Queue::Comments, "public")]
    #[case("unlisted", Queue::Comments, "unlisted")]
    #[case("private", Queue::Comments, "private")]
    #[case("direct", Queue::Comments, "direct")]
    #[case("list", Queue::Comments, "direct")]
    #[case("", Queue::Comments, "direct")]
    #[case("public", Queue::Messages, "direct")]
    #[case("private", Queue::Messages, "direct")]
    fn an_answer_is_never_wider(#[case] parent: &str, #[case] queue: Queue, #[case] answer: &str) {
        let parent = serde_json::from_value(json!({"visibility": parent})).unwrap();
        assert_eq!(visibility(&parent, queue), answer);
    }

    proptest! {
        #[test]
        fn names_are_added_once(text in "[a-z@. ]{0,20}", user in "[a-z]{1,5}", remote in any::<bool>()) {
            let me = super::super::tests::me();
            let acct = if remote { format!("{user}@b.example") } else { user };
            let once = with_names(&text, &parent(&acct, &[]), &me, true);
            prop_assert!(once.ends_with(&text));
            let twice = with_names(&once, &parent(&acct, &[]), &me, true);
            prop_assert_eq!(once, twice);
        }
    }
}
