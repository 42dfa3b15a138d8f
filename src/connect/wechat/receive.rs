//! The callback: what the platform pushes is verified, decrypted, put on disk, and only then
//! answered. It wants its answer within five seconds and tries three times.

use super::crypto::Keys;
use super::inbox::Inbox;
use super::server::{self, Answer, Request};
use super::spool::{self, Entry, Put};
use super::{Said, say, xml};
use crate::connect::sdk::Desk;
use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// The most requests at a time. Each holds a thread and at most 100 KB.
const MOST_CLIENTS: usize = 32;
/// A message of another time than ours by so many seconds is worth a line in the log. It is not
/// refused for that: our own clock may be the wrong one, and a retry is told by its number.
const OLD: u64 = 600;

/// What answers callbacks.
pub struct Receiver {
    /// The path they come to.
    pub path: String,
    /// What tells the platform from others.
    pub keys: Keys,
    /// Where messages go.
    pub inbox: Arc<Inbox>,
    /// How to speak of it.
    pub said: Said,
    /// How often something was refused, by reason.
    pub counts: Mutex<BTreeMap<String, u64>>,
}

/// Listens from now on, in a thread of its own; answers where.
///
/// # Errors
/// When the address cannot be listened on.
pub fn listen(at: SocketAddr, receiver: Arc<Receiver>, desk: &Desk) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(at)?;
    let at = listener.local_addr()?;
    let desk = desk.clone();
    let clients = Arc::new(AtomicUsize::new(0));
    thread::Builder::new().name("callbacks".into()).spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                // No more files can be opened, for example: that passes, at its own pace.
                thread::sleep(std::time::Duration::from_millis(100));
                continue;
            };
            if clients.fetch_add(1, Ordering::AcqRel) >= MOST_CLIENTS {
                clients.fetch_sub(1, Ordering::AcqRel);
                let _ = server::reply(&stream, 503, "");
                continue;
            }
            let (receiver, desk, count) =
                (Arc::clone(&receiver), desk.clone(), Arc::clone(&clients));
            let work = move || {
                let answer = |request: &Request| receiver.answer(request, &desk);
                // A client that went away did not get its answer, and tries again.
                let _ = server::serve(&stream, server::PATIENCE, answer);
                count.fetch_sub(1, Ordering::AcqRel);
            };
            if thread::Builder::new().name("callback".into()).spawn(work).is_err() {
                clients.fetch_sub(1, Ordering::AcqRel);
            }
        }
    })?;
    Ok(at)
}

impl Receiver {
    /// Answers one request.
    pub fn answer(&self, request: &Request, desk: &Desk) -> Answer {
        if request.path != self.path {
            return (404, String::new());
        }
        let read = match request.method.as_str() {
            "GET" => self.verification(request).map(|echo| (200, echo)),
            "POST" => self.message(request, desk),
            _ => Err((405, "it is neither GET nor POST".to_owned())),
        };
        read.unwrap_or_else(|(status, why)| {
            self.count(&why, desk, |said, count| {
                said.line(say::REFUSED, &[("why", &why), ("count", &count)])
            });
            (status, String::new())
        })
    }

    /// The console's test of the address: what it sends is sent back, if it is signed.
    fn verification(&self, request: &Request) -> Result<String, (u16, String)> {
        let echo = request.query("echostr");
        let [timestamp, nonce] = ["timestamp", "nonce"].map(|name| request.query(name));
        let signature = request.query("msg_signature");
        if !signature.is_empty() {
            if !self.keys.is_signed(signature, timestamp, nonce, Some(echo)) {
                return Err((403, WRONG_SIGNATURE.to_owned()));
            }
            return self.keys.decrypt(echo).map_err(|why| (403, why.to_string()));
        }
        if !self.keys.is_signed(request.query("signature"), timestamp, nonce, None) {
            return Err((403, WRONG_SIGNATURE.to_owned()));
        }
        Ok(echo.to_owned())
    }

    fn message(&self, request: &Request, desk: &Desk) -> Result<Answer, (u16, String)> {
        let malformed = |why: &str| (400, why.to_owned());
        let [timestamp, nonce] = ["timestamp", "nonce"].map(|name| request.query(name));
        let is_plain = !self.keys.has_key();
        // In plain mode the signature covers nothing of the body: all that can be done is to look at
        // it before anything else is read.
        if is_plain && !self.keys.is_signed(request.query("signature"), timestamp, nonce, None) {
            return Err((403, WRONG_SIGNATURE.to_owned()));
        }
        let body = std::str::from_utf8(&request.body).map_err(|_| malformed("it is no UTF-8"))?;
        let mut fields = xml::fields(body).map_err(malformed)?;
        if !is_plain {
            // What stands beside it in compatible mode is not signed, and is not used.
            let encrypted = fields
                .get("Encrypt")
                .ok_or_else(|| (403, "it is not encrypted, and we have a key".to_owned()))?;
            let signature = request.query("msg_signature");
            if !self.keys.is_signed(signature, timestamp, nonce, Some(encrypted)) {
                return Err((403, WRONG_SIGNATURE.to_owned()));
            }
            let text = self.keys.decrypt(encrypted).map_err(|why| (403, why.to_string()))?;
            fields = xml::fields(&text).map_err(malformed)?;
        } else if fields.contains_key("Encrypt") && !fields.contains_key("MsgType") {
            return Err((403, super::crypto::Refused::NoKey.to_string()));
        }
        let says = |name: &str| fields.get(name).is_some_and(|value| !value.is_empty());
        if !["FromUserName", "CreateTime", "MsgType"].into_iter().all(says) {
            return Err(malformed("it names no sender, time or kind"));
        }
        let received = desk.now();
        let off = timestamp.parse::<i64>().unwrap_or(0).abs_diff(received.0.div_euclid(1000));
        if off > OLD {
            self.count("its time is another than ours", desk, |said, count| {
                said.line(say::OLD_TIME, &[("seconds", &off), ("count", &count)])
            });
        }
        let entry = Entry { key: spool::key(&fields), received: received.0, fields };
        match self.inbox.spool.put(&entry) {
            Ok(Put::New) => self.inbox.wake(),
            Ok(Put::Again) => {}
            Ok(Put::Full) => return Err((503, "too many messages wait for the desk".to_owned())),
            Err(e) => {
                desk.log(self.said.line(say::SPOOL_FAILED, &[("why", &e)]));
                return Ok((500, String::new()));
            }
        }
        // The word that says: no answer now, and no retries.
        Ok((200, "success".to_owned()))
    }

    /// Counts something, and says so the first time and each time that it has doubled: whoever can
    /// reach the port must not be able to fill the log.
    fn count(&self, why: &str, desk: &Desk, line: impl Fn(&Said, u64) -> String) {
        let count = {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(why.to_owned()).or_default();
            *count += 1;
            *count
        };
        if count.is_power_of_two() {
            desk.log(line(&self.said, count));
        }
    }
}

const WRONG_SIGNATURE: &str = "its signature is wrong";
