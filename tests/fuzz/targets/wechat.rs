//! WeChat's callbacks: the request, the envelope, what was encrypted, the message. The first byte says
//! which door the rest comes to.

use dutydesk::connect::wechat::crypto::Keys;
use dutydesk::connect::wechat::server::{self, Request};
use dutydesk::connect::wechat::xml;
use std::io;

const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

pub fn run(bytes: &[u8]) {
    let Some((door, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let keys = Keys::new("token", "wx1", Some(KEY)).expect("a key");
    match door % 4 {
        0 => requested(rest),
        1 => read(&text),
        // Whatever is encrypted comes back; whatever only looks so is refused.
        2 => {
            let encrypted = keys.encrypt(&text, [7; 16]).expect("there is a key");
            assert_eq!(keys.decrypt(&encrypted).as_deref(), Ok(&*text));
            assert!(keys.decrypt(&encrypted[..encrypted.len() - 4]).is_err());
            let others = Keys::new("token", "wx2", Some(KEY)).expect("a key");
            assert!(others.decrypt(&encrypted).is_err());
            let signed = keys.signature("1", "n", Some(&encrypted));
            assert!(keys.is_signed(&signed, "1", "n", Some(&encrypted)));
            assert!(!keys.is_signed(&text, "1", "n", Some(&encrypted)) || *text == *signed);
        }
        _ => {
            // Whatever was decrypted is treated as anything else.
            if let Ok(plain) = keys.decrypt(&text) {
                read(&plain);
            }
            let _ = Keys::new("token", "wx1", Some(&text));
        }
    }
}

fn requested(bytes: &[u8]) {
    let Ok(request) = server::read(bytes, io::sink()) else { return };
    let Request { body, .. } = &request;
    assert!(body.len() <= server::MOST_BODY && body.len() <= bytes.len());
    for name in ["signature", "timestamp", "nonce", "echostr", "msg_signature", ""] {
        let _ = request.query(name);
    }
    read(&String::from_utf8_lossy(body));
}

fn read(text: &str) {
    let Ok(fields) = xml::fields(text) else { return };
    // Nothing grows: what is read is never more than what came.
    assert!(fields.values().map(String::len).sum::<usize>() <= text.len());
}
