//! What a connector says on its standard output, and the events in it.

use super::NOW;
use super::events::assert_bounded;
use dutydesk::connect::events;
use dutydesk::connect::protocol::{self, FromConnector, ToConnector};
use dutydesk::domain::ChannelId;

pub fn run(bytes: &[u8]) {
    let channel = ChannelId("weibo".into());
    for line in bytes.split(|b| *b == b'\n') {
        // The desk's own side: what a built-in connector reads.
        if let Ok(said) = serde_json::from_slice::<ToConnector>(line) {
            let written = protocol::line(&said);
            assert!(written.ends_with(b"\n") && !written[..written.len() - 1].contains(&b'\n'));
            let again: ToConnector = serde_json::from_slice(&written).expect("our own line");
            assert_eq!(again, said);
        }
        match protocol::read(line) {
            Err(why) => assert!(why.len() <= 8_000),
            Ok(None) => {}
            Ok(Some(FromConnector::Events { events, .. })) => {
                for event in events {
                    if let Ok(event) = events::of_connector(event, &channel, "weibo", NOW) {
                        assert_bounded(&event);
                    }
                }
            }
            Ok(Some(said)) => {
                let written = protocol::line(&said);
                let again = protocol::read(&written[..written.len() - 1]);
                assert_eq!(again.expect("our own line").as_ref(), Some(&said));
            }
        }
    }
}
