use super::*;

/// We are @shop@a.example, with the id 7.
pub fn me() -> Me {
    Me {
        id: "7".into(),
        acct: "shop".into(),
        host: "a.example".into(),
        software: Software::Mastodon,
        version: "4.5.0".into(),
        rule: count::Rule::default(),
        streams: vec![],
    }
}
