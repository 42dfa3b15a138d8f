//! Encrypted callbacks, made and read by programs that nobody here wrote.

use crate::peer::ask;
use crate::shell::Desk;
use crate::site::Site;
use dutydesk::connect::wechat::crypto::Keys;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;

const TOKEN: &str = "a-token-of-ours";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const APP: &str = "wx0123456789abcdef";

fn text(id: u64, from: &str, text: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName>\
         <CreateTime>{}</CreateTime><MsgType><![CDATA[text]]></MsgType>\
         <Content><![CDATA[{text}]]></Content><MsgId>{id}</MsgId></xml>",
        chrono::Utc::now().timestamp()
    )
}

/// As wechatpy encrypts it: query and body of the callback.
fn encrypted(xml: &str, app: &str) -> (String, String) {
    let (timestamp, nonce) = (chrono::Utc::now().timestamp().to_string(), "77".to_owned());
    let made = ask(
        "wechat-peer",
        "encrypt",
        &json!({
            "token": TOKEN, "encoding_aes_key": KEY, "app_id": app,
            "timestamp": timestamp, "nonce": nonce, "xml": xml,
        }),
    )
    .unwrap();
    let part = |name: &str| made[name].as_str().unwrap().to_owned();
    let query = format!(
        "signature={}&timestamp={timestamp}&nonce={nonce}&encrypt_type=aes&msg_signature={}",
        part("signature"),
        part("msg_signature")
    );
    (query, part("body"))
}

/// Posts as WeChat does; gives status and body.
fn post(port: u16, query: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "POST /?{query} HTTP/1.1\r\nHost: wx\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
}

#[test]
fn wechat_s_callbacks_are_read_and_tampered_ones_refused() {
    let desk = Desk::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let channels = format!(
        "[[channel]]\nid = \"live\"\nplatform = \"wechat\"\nconnector = \"wechat\"\n[channel.settings]\n\
         app_id = \"{APP}\"\nlisten = \"127.0.0.1:{port}\"\nserver = \"http://127.0.0.1:9\"\n"
    );
    let secrets =
        format!("[live]\napp_secret = \"s\"\ntoken = \"{TOKEN}\"\nencoding_aes_key = \"{KEY}\"\n");
    let folder = desk.folder();
    std::fs::write(folder.join("channels.toml"), channels).unwrap();
    std::fs::write(folder.join("secrets.toml"), secrets).unwrap();
    let only_ours = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(folder.join("secrets.toml"), only_ours).unwrap();
    let site = Site { desk };
    site.start();
    site.wait("listener", || TcpStream::connect(("127.0.0.1", port)).ok());
    let found = |text: &str| site.messages().iter().filter(|(_, m)| m["text"] == *text).count();
    // Three messages of wechatpy's, one of them three times.
    for (n, said) in ["在吗？", "want to buy 20 boxes 📦", "]]> &amp; <b>"].iter().enumerate()
    {
        let said = said.replace("]]>", "]]]]><![CDATA[>");
        let (query, body) = encrypted(&text(1000 + n as u64, "openid-1", &said), APP);
        for _ in 0..if n == 0 { 3 } else { 1 } {
            assert_eq!(post(port, &query, &body), (200, "success".to_owned()));
        }
    }
    site.wait("three messages", || {
        (found("在吗？") > 0 && site.messages().len() == 3).then_some(())
    });
    assert_eq!(found("在吗？"), 1);
    assert_eq!(found("want to buy 20 boxes 📦"), 1);
    // Tampered: a byte of the cipher, a wrong signature, another app.
    let (query, body) = encrypted(&text(2000, "openid-2", "evil"), APP);
    let at = body.find("<Encrypt><![CDATA[").unwrap() + 40;
    let swap = if body.as_bytes()[at] == b'A' { "B" } else { "A" };
    let flipped = format!("{}{swap}{}", &body[..at], &body[at + 1..]);
    assert!(post(port, &query, &flipped).0 >= 400);
    assert!(post(port, &query.replace("msg_signature=", "msg_signature=0"), &body).0 >= 400);
    let (query, body) = encrypted(&text(2001, "openid-2", "evil"), "wxffffffffffffffff");
    assert!(post(port, &query, &body).0 >= 400);
    assert!(
        post(port, "signature=x&timestamp=1&nonce=2", &text(2002, "openid-2", "evil")).0 >= 400
    );
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(site.messages().len(), 3);
    // What was answered with success outlives a kill.
    for n in 0..20 {
        let (query, body) = encrypted(&text(3000 + n, "openid-3", &format!("k{n}")), APP);
        assert_eq!(post(port, &query, &body).0, 200);
    }
    site.kill_daemon();
    site.start();
    site.wait("all of them", || (site.messages().len() == 23).then_some(()));
}

#[test]
fn what_we_encrypt_is_read_by_werobot() {
    let keys = Keys::new(TOKEN, APP, Some(KEY)).unwrap();
    for said in ["", "x", "物流太慢了 👨‍👩‍👧‍👦", &"long ".repeat(400)] {
        let xml = format!("<xml><Content><![CDATA[{said}]]></Content></xml>");
        let (timestamp, nonce) = ("1795240800", "5");
        let body = keys.envelope(&xml, timestamp, nonce, [7; 16]).unwrap();
        let signature = between(&body, "<MsgSignature><![CDATA[", "]]>");
        let read = ask(
            "wechat-peer",
            "decrypt",
            &json!({
                "token": TOKEN, "encoding_aes_key": KEY, "app_id": APP, "timestamp": timestamp,
                "nonce": nonce, "msg_signature": signature, "body": body,
            }),
        )
        .unwrap();
        assert_eq!(read["xml"], Value::from(xml));
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap() + from.len();
    &text[start..start + text[start..].find(to).unwrap()]
}
