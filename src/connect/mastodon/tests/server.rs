//! A tiny server that answers as it is told, over real connections.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub key: Option<String>,
    pub body: Value,
}

/// What is answered.
pub enum Says {
    Json(Value),
    /// A status, headers, a body.
    Raw(u16, &'static str, String),
    /// The connection is cut.
    Cut,
    /// Server-sent events, one each so often, until the client goes away.
    Stream(Vec<String>, Duration),
}

pub struct Server {
    pub url: String,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&Asked) -> Says + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let asked = Arc::new(Mutex::new(vec![]));
        let (seen, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                std::thread::spawn(move || serve(&stream, &seen, &*answer));
            }
        });
        Server { url, asked }
    }

    /// How often something was asked for.
    pub fn count(&self, method: &str, path: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|a| a.method == method && a.path == path).count()
    }
}

fn serve(stream: &TcpStream, seen: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Says) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let (mut length, mut key) = (0, None);
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
            break;
        }
        let (name, value) = header.trim().split_once(": ").unwrap_or_default();
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "idempotency-key" => key = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let asked = Asked {
        method,
        path: path.into(),
        query: query.into(),
        key,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    seen.lock().unwrap().push(asked.clone());
    let mut out = stream;
    let (status, headers, body) = match answer(&asked) {
        Says::Json(json) => (200, "", json.to_string()),
        Says::Raw(status, headers, body) => (status, headers, body),
        Says::Cut => return,
        Says::Stream(events, each) => {
            let _ = write!(out, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n:)\n\n");
            for event in events {
                std::thread::sleep(each);
                if out.write_all(event.as_bytes()).is_err() {
                    return;
                }
            }
            // Open as long as the client is.
            let _ = reader.read(&mut [0]);
            return;
        }
    };
    let length = body.len();
    // A connection each, as some servers do it without saying so.
    let _ = write!(
        out,
        "HTTP/1.1 {status} X\r\n{headers}content-type: application/json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}
