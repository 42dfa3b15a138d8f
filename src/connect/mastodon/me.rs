//! Who we are on which server, and what it allows.

use super::api::{Api, is_gone};
use super::count::Rule;
use super::entities::{Account, Instance, Status};
use crate::connect::sdk::Trouble;
use crate::domain::channel::{Guard, TextLimit};
use crate::domain::{Abilities, Queue};

/// What a server runs, as far as it makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Software {
    /// Mastodon itself, or a fork of it.
    Mastodon,
    /// snac, small and simple: direct messages are `private` there, nothing can be deleted or
    /// scheduled.
    Snac,
    /// Another one with the same interface.
    Other,
}

/// Who we are, and where.
#[derive(Clone, Debug)]
pub struct Me {
    /// Our account's id.
    pub id: String,
    /// Our own `user` or `user@host`, as the server writes it.
    pub acct: String,
    /// The server's name.
    pub host: String,
    /// What it runs.
    pub software: Software,
    /// The same in its own words.
    pub version: String,
    /// How it counts.
    pub rule: Rule,
    /// Where it streams, best first.
    pub streams: Vec<String>,
}

impl Me {
    /// Signs in and looks around.
    ///
    /// # Errors
    /// When nobody answers, or the token does not work.
    pub fn find(api: &Api) -> Result<Me, Trouble> {
        let reply = api.get("/api/v1/accounts/verify_credentials")?;
        if matches!(reply.status, 400..=403 | 422) {
            // Some servers say 422 to a token they do not know.
            return Err(Trouble { auth: true, ..api.trouble(&reply) });
        }
        if !reply.is_ok() {
            return Err(api.trouble(&reply));
        }
        let account: Account = reply.json().map_err(Trouble::away)?;
        if account.id.get().is_none() {
            return Err(Trouble::away("the server does not say who we are"));
        }
        Ok(Me::new(account, instance(api)?, api.base()))
    }

    fn new(account: Account, instance: Instance, base: &str) -> Me {
        let base_host = base.split("//").last().unwrap_or_default();
        let named = [instance.domain.as_str(), instance.uri.as_str()];
        let named = named.map(|n| n.split("//").last().unwrap_or_default().trim_end_matches('/'));
        let host = named.into_iter().find(|n| !n.is_empty()).unwrap_or(base_host).to_owned();
        let version = instance.version.0;
        let software = software(&version);
        let limits = &instance.configuration.statuses;
        let number = |n: Option<u64>| n.and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
        let rule = Rule {
            most: number(*limits.max_characters)
                .or(number(*instance.max_toot_chars))
                .unwrap_or(Rule::default().most),
            link: number(*limits.characters_reserved_per_url).unwrap_or(Rule::default().link),
            graphemes: software == Software::Mastodon,
        };
        let urls = [&instance.configuration.urls, &instance.urls];
        let named = urls.iter().flat_map(|u| [u.streaming.as_str(), u.streaming_api.as_str()]);
        let mut streams: Vec<String> = named.filter_map(over_http).collect();
        streams.push(base.to_owned());
        streams.dedup();
        Me {
            id: account.id.0.clone(),
            acct: account.acct.0.clone(),
            host,
            software,
            version,
            rule,
            streams,
        }
    }

    /// Our account as people know it.
    pub fn name(&self) -> String {
        match self.acct.contains('@') {
            true => format!("@{}", self.acct),
            false => format!("@{}@{}", self.acct, self.host),
        }
    }

    /// True when we wrote it.
    pub fn wrote(&self, status: &Status) -> bool {
        status.account.id.get() == Some(self.id.as_str())
    }

    /// True when this is us.
    pub fn is(&self, acct: &str) -> bool {
        let acct = acct.trim_start_matches('@');
        acct.eq_ignore_ascii_case(&self.acct)
            || self.name().trim_start_matches('@').eq_ignore_ascii_case(acct)
    }

    /// Public or direct.
    pub fn queue(&self, status: &Status) -> Queue {
        match (status.visibility.as_str(), self.software) {
            ("direct", _) | ("private", Software::Snac) => Queue::Messages,
            _ => Queue::Comments,
        }
    }

    /// What can be done here.
    pub fn abilities(&self) -> Abilities {
        abilities(self.rule, self.software)
    }
}

/// What can be done on such a server.
pub fn abilities(rule: Rule, software: Software) -> Abilities {
    let most = u32::try_from(rule.most).ok();
    let is_full = software != Software::Snac;
    Abilities {
        comments: true,
        dm: true,
        reply: true,
        post: true,
        schedule: is_full,
        like: true,
        delete: is_full,
        block: true,
        metrics: true,
        // Keys are kept for an hour at most, and by some servers not at all.
        guard: Guard::Lookup,
        limit: TextLimit {
            graphemes: most.filter(|_| rule.graphemes),
            chars: most.filter(|_| !rule.graphemes),
            bytes: None,
            wide: None,
            link: u32::try_from(rule.link).ok(),
        },
        ..Abilities::default()
    }
}

fn instance(api: &Api) -> Result<Instance, Trouble> {
    for path in ["/api/v2/instance", "/api/v1/instance"] {
        let reply = api.get(path)?;
        if reply.is_ok() {
            // What cannot be read says nothing: the usual limits hold.
            return Ok(reply.json().unwrap_or_default());
        }
        if !is_gone(&reply) {
            return Err(api.trouble(&reply));
        }
    }
    Ok(Instance::default())
}

fn software(version: &str) -> Software {
    let version = version.to_lowercase();
    if version.contains("snac") {
        Software::Snac
    } else if version.contains('(') || version.starts_with("0.") || version.is_empty() {
        // `2.7.2 (compatible; Pleroma 2.6)`, `0.17.0 git-1a2b3c4`.
        Software::Other
    } else {
        Software::Mastodon
    }
}

/// The address for server-sent events of one for web sockets.
fn over_http(address: &str) -> Option<String> {
    let address = address.trim().trim_end_matches('/');
    match address.split_once("://")? {
        ("wss" | "https", rest) => Some(format!("https://{rest}")),
        ("ws" | "http", rest) => Some(format!("http://{rest}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn me(instance: Value) -> Me {
        let account = serde_json::from_value(json!({"id": 7, "acct": "shop"})).unwrap();
        Me::new(account, serde_json::from_value(instance).unwrap(), "https://a.example")
    }

    #[rstest]
    #[case("4.5.0", Software::Mastodon)]
    #[case("4.3.1+glitch", Software::Mastodon)]
    #[case("4.0.0 (not true; really snac/2.75)", Software::Snac)]
    #[case("2.7.2 (compatible; Pleroma 2.6.0)", Software::Other)]
    #[case("0.17.0 git-1a2b3c4", Software::Other)]
    #[case("", Software::Other)]
    fn servers_are_told_apart(#[case] version: &str, #[case] what: Software) {
        assert_eq!(me(json!({"version": version})).software, what);
    }

    #[test]
    fn limits_are_the_servers_own() {
        let of = me(json!({"domain": "a.example", "version": "4.5.0", "configuration": {
            "urls": {"streaming": "wss://s.a.example"},
            "statuses": {"max_characters": 700, "characters_reserved_per_url": 20}}}));
        assert_eq!((of.rule.most, of.rule.link), (700, 20));
        assert_eq!(of.abilities().limit.graphemes, Some(700));
        assert_eq!(of.streams, ["https://s.a.example", "https://a.example"]);
        assert_eq!(of.name(), "@shop@a.example");
        let silent = me(json!({}));
        assert_eq!((silent.rule.most, silent.rule.link, silent.rule.graphemes), (500, 23, false));
        assert_eq!(silent.streams, ["https://a.example"]);
        assert_eq!(silent.name(), "@shop@a.example");
    }

    #[rstest]
    #[case("shop", true)]
    #[case("@Shop@A.example", true)]
    #[case("shop@b.example", false)]
    #[case("sho", false)]
    fn we_know_ourselves(#[case] acct: &str, #[case] is: bool) {
        assert_eq!(me(json!({})).is(acct), is);
    }

    #[rstest]
    #[case("public", "4.5.0", Queue::Comments)]
    #[case("private", "4.5.0", Queue::Comments)]
    #[case("direct", "4.5.0", Queue::Messages)]
    #[case("private", "4.0.0 (not true; really snac/2.75)", Queue::Messages)]
    #[case("public", "4.0.0 (not true; really snac/2.75)", Queue::Comments)]
    fn a_direct_message_is_told(
        #[case] visibility: &str,
        #[case] version: &str,
        #[case] queue: Queue,
    ) {
        let status = serde_json::from_value(json!({"visibility": visibility})).unwrap();
        assert_eq!(me(json!({"version": version})).queue(&status), queue);
    }
}
