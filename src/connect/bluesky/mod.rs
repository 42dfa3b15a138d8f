//! Bluesky.

use super::built_in::BuiltIn;
use super::sdk;
use crate::domain::Abilities;
use crate::text::catalogue::bluesky as say;

/// Its row among the connectors.
pub const BUILT_IN: BuiltIn =
    BuiltIn { name: "bluesky", about: say::ABOUT, settings: &[], allows: &[], can: abilities, run };

fn abilities() -> Abilities {
    Abilities::default()
}

fn run() -> Result<(), String> {
    struct None;
    impl sdk::Connector for None {
        fn poll(&self, _: &sdk::Desk) -> Result<std::time::Duration, sdk::Trouble> {
            Err(sdk::Trouble::away("not written yet"))
        }
        fn command(&self, _: &sdk::Desk, _: &super::protocol::Command) -> sdk::Answer {
            Err(sdk::Not::new(super::protocol::NackKind::Permanent, "not written yet"))
        }
    }
    sdk::run("bluesky", abilities(), |_| Ok(None))
}
