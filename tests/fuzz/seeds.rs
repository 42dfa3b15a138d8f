//! Good inputs of each target, made here: mutations begin from them.

use crate::targets;
use dutydesk::config::RuleFile;
use dutydesk::connect::profile::READY;
use dutydesk::domain::event::MessageEvent;
use dutydesk::domain::{
    Author, ChannelId, Command, ConversationId, Event, OperatorName, Queue, Sort, Time,
};
use dutydesk::store::export::export_page;
use dutydesk::wire::VERSION;
use dutydesk::wire::frame::encode;
use dutydesk::wire::message::{
    Anchor, Answer, Ask, ClientKind, DeskState, Notice, Push, ToClient, ToDaemon, Turned,
    WindowSpec,
};
use dutydesk::wire::post::Days;
use serde_json::json;

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "books" => books(),
        "cockpit" => cockpit(),
        "config" => config(),
        "connector" => texts(CONNECTOR),
        "desk" => desk(),
        "events" => texts(EVENTS),
        "platforms" => platforms(),
        "queries" => texts(QUERIES),
        "restore" => restore(),
        "tables" => tables(),
        "terminal" => texts(TERMINAL),
        "wechat" => wechat(),
        "wire" => wire(),
        _ => Vec::new(),
    }
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Behind a byte that chooses.
fn chosen(which: u8, rest: impl AsRef<[u8]>) -> Vec<u8> {
    [&[which], rest.as_ref()].concat()
}

const EVENTS: &[&str] = &[
    r#"{"event":"message","channel":"weibo","platform":"weibo","queue":"comments","id":"4711","thread":"4700","in_reply_to":4700,"author":{"id":"u1","name":"小鹿"},"text":"三天没发货 👩‍👩‍👧","at":"2026-01-02T10:11:12+08:00","likes":12,"permalink":"https://weibo.example/4711","attachments":[{"kind":"image","size":1200,"link":"https://weibo.example/1.jpg"}]}
{"event":"edited","channel":"weibo","id":"4711","text":"四天没发货了","at":"2026-01-02T10:12:00+08:00"}
{"event":"deleted","channel":"weibo","id":"4711","at":"2026-01-02T10:13:00+08:00"}
{"event":"likes","channel":"weibo","id":"4711","likes":230}"#,
    r#"{"event":"slot","channel":"douyin","id":"p-20","at":"2026-01-02T18:30:00+08:00","title":"手冲入门","state":"scheduled"}"#,
    r#"{"event":"published","channel":"douyin","id":"v1","at":"2026-01-02T18:30:00+08:00","form":"short-video","title":"手冲入门","text":"新品","length":45000,"promoted":false,"media":2,"permalink":"https://d.example/v1","read":1767349800000,"values":{"plays":12000,"likes":330}}"#,
    r#"{"event":"metrics","channel":"bsky","at":1767349800,"values":{"followers":1204,"posts":88}}"#,
    r#"{"event":"message","channel":"x","queue":"messages","id":1,"author":{"id":2,"name":""},"ours":true,"text":"","at":1767349800.5,"colour":"red"}"#,
];

const CONNECTOR: &[&str] = &[
    r#"{"type":"hello","protocol":1,"name":"x","version":"1","account":"@us","can":{"reply":true,"guard":"key","text_limit":300}}
{"type":"status","polled":"2026-01-02T10:11:12Z","trouble":null,"budget":{"left":3,"of":300,"resets":1767349800}}"#,
    r#"{"type":"events","batch":7,"cursor":"c","events":[{"event":"message","queue":"comments","id":"1","author":{"id":"u","name":"n"},"text":"t","at":"2026-01-02T10:11:12Z"},{"event":"likes","id":"1","likes":2},{"event":"metrics","at":1,"values":{"followers":3}}]}"#,
    r#"{"type":"ack","id":3,"platform_id":"p","url":"https://x.example/p","at":"2026-01-02T10:11:12Z","duplicate":true,"note":"n"}
{"type":"nack","id":3,"kind":"retry","after_seconds":30,"why":"slow down"}
{"type":"nack","id":3,"kind":"unknown","why":"no answer"}"#,
    r#"{"type":"secrets","secrets":{"token":"t"}}
{"type":"log","text":"\u001b[31mhello"}
{"type":"start","protocol":1,"channel":"c","platform":"p","settings":{"a":1},"secrets":{"k":"v"},"cursor":null,"folder":"/x","now":"2026-01-02T10:11:12Z"}
{"type":"command","id":7,"key":"3jzfcijpj2z2a","attempt":1,"made":"2026-01-02T10:11:12.123Z","look":false,"do":"reply","to":"42","thread":"40","queue":"comments","text":"hi","person":{"id":"u","name":"n"}}
{"type":"command","id":8,"do":"like","message":"42","thread":"40","queue":"comments","person":{"id":"","name":""},"on":true}
{"type":"taken","batch":3}
{"type":"kept"}
starting up..."#,
];

const QUERIES: &[&str] = &[
    "mine -late channel:weibo state:open likes:>100 older:2h due:30m has:link \"两天没回\" author:小鹿",
    "platform:douyin，severity:severe intent:question topic:shipping -tag:vip assignee:none text:\"a \\\" b\"",
    "tomorrow 9:00",
    "2026-03-29 02:30",
    "fri 20:00",
    "1d2h30m",
    "明天 10:30",
    "(likes + comments * 2) / max(plays, 1) > 0.05 and not shares < 3",
    "new_followers - lost_followers",
    "ctrl-alt-f12 g g shift-tab @group amy",
    "\u{1b}[31mrefund\u{202e} 退款👩\u{200d}👩\u{200d}👧 e\u{301}\u{301} \u{feff}",
];

const TERMINAL: &[&str] = &[
    "jk\x1b[A\x1b[1;5C\x1bOP\x1b[15~\x1b[27;5;13~\x1b[97;5u\x1b[57415;1:3u\x1b[I\x1b[O\x1b[0n\x1b[12;40R",
    "\x1b[200~hello\r\nworld\x1b[201~q\x1b[200~a\x1b[201~b\x1b[201~",
    "\x1b[M abc\x1b[<0;10;20M\x1b]11;rgb:ffff/0000/0000\x1b\\\x1bP1$r0m\x1b\\\x1b_Gi=1;OK\x1b\\",
    "你好👩\u{200d}👩\u{200d}👧\x1b\x1bx\x1b[\x1bO\x07\x00\x7f\t\r\n",
];

fn tables() -> Vec<Vec<u8>> {
    let csv = [
        "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n1,115712,True,Tue Oct 31 22:10:47 +0000 2017,\"@x I \"\"need\"\"\nhelp\",2,3\n2,x,False,Tue Oct 31 22:11:45 +0000 2017,sorry,,1\n",
        "笔记标题,首次发布时间,体裁,曝光,观看量,点赞,人均观看时长\n手冲入门,2026年01月02日18时30分00秒,视频,1.2万,\"3,456\",88,12s\n冷萃,2026-01-03 10:00,图文,--,0,-,\n",
        "日期;播放量;主页访问量;净增粉丝\n2026-02-28;12000;33;4\n2026/3/1;1,2万;;-2\n合计;1;2;3\n",
        "\u{feff}视频描述\t视频ID\t发布时间\t完播率\t播放量\nx\tid\t2026/01/02 18:30:60\t12.5%\t9\n",
    ];
    let own = "format = \"csv\"\nchannel = \"c\"\nplatform = \"p\"\nzone = \"Europe/Berlin\"\n[columns]\nid = \"id\"\ntext = \"text\"\nat = \"at\"\nlikes = \"likes\"\n\n%%%\nid,text,at,likes\n1,hello,2026-03-29T02:30:00,3\n2,x,29.02.2024 23:59:60,1e3\n";
    let many = (0..READY.len()).flat_map(|n| csv.iter().map(move |text| (n, *text)));
    let mut all: Vec<_> =
        many.map(|(n, text)| chosen(u8::try_from(n).unwrap_or(0), text)).collect();
    all.push(own.as_bytes().to_vec());
    let event = EVENTS[0].lines().next().unwrap_or_default();
    all.push(chosen(5, event));
    all
}

/// The parts of a workbook as the target puts them together.
fn books() -> Vec<Vec<u8>> {
    let head = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let parts = [
        (
            0,
            format!(
                r#"{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#
            ),
        ),
        (
            1,
            format!(
                r#"{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            2,
            format!(
                r#"{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="播放量" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        (
            3,
            format!(
                r#"{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId99" Type="{office}/styles" Target="styles.xml"/></Relationships>"#
            ),
        ),
        (
            4,
            format!(
                r#"{head}<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>"#
            ),
        ),
        (
            5,
            format!(
                r#"{head}<sst xmlns="{main}" count="2" uniqueCount="2"><si><t>笔记标题</t></si><si><r><t>首次</t></r><r><t>发布时间</t></r></si></sst>"#
            ),
        ),
        (
            6,
            format!(
                r#"{head}<worksheet xmlns="{main}"><dimension ref="A1:C3"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>点赞</t></is></c></row><row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2" s="1"><v>46023.5</v></c><c r="C2"><v>12</v></c></row></sheetData></worksheet>"#
            ),
        ),
    ];
    let mut whole = Vec::new();
    let mut each = Vec::new();
    for (name, text) in &parts {
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes();
        whole.push(*name);
        whole.extend(length);
        whole.extend(text.as_bytes());
        each.push(whole.clone());
    }
    each
}

fn wechat() -> Vec<Vec<u8>> {
    let message = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[在吗 a <b> & ]]&gt;]]></Content><E>1 &lt; 2 &#x4f60;&amp;</E><MsgId>1</MsgId><Gone/><Info><id>7</id></Info></xml>";
    let post = format!(
        "POST /wx?signature=a&timestamp=1&nonce=n&x=%E7%89%A9+y HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n{message}",
        message.len()
    );
    let chunks = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n";
    vec![
        chosen(0, post),
        chosen(0, chunks),
        chosen(0, "GET /wx?echostr=1 HTTP/1.0\r\n\r\n"),
        chosen(1, message),
        chosen(2, message),
        chosen(3, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
    ]
}

fn platforms() -> Vec<Vec<u8>> {
    let html = "<p><span class=\"h-card\"><a href=\"https://m.example/@us\" class=\"u-url mention\">@<span>us</span></a></span> hello &amp; &lt;b&gt; &#x4f60;<br>line<br/>two</p><p>#<a href='x'><span class=\"invisible\">https://</span><span class=\"ellipsis\">m.example/lo</span></a></p><ul><li>a</li></ul><!-- x --><script>x</script>";
    let status = json!({
        "id": "3", "created_at": "2026-01-02T10:11:12.000Z", "in_reply_to_id": 2, "visibility": "direct",
        "uri": "https://m.example/3", "url": null, "content": html, "spoiler_text": "cw",
        "account": {"id": 9, "acct": "a@b.example", "username": "a", "display_name": "A", "url": "https://m.example/@a"},
        "favourites_count": "3", "mentions": [{"id": "1", "acct": "us"}], "edited_at": null,
        "media_attachments": [{"type": "image", "url": "https://m.example/1.jpg", "description": "x"}],
        "poll": {"options": [{"title": "yes", "votes_count": 1}]}, "card": {"url": "https://c.example"},
    });
    let view = json!({
        "uri": "at://did:plc:a/app.bsky.feed.post/3jzfcijpj2z2a", "cid": "c1", "indexedAt": "2026-01-02T10:11:12Z",
        "author": {"did": "did:plc:a", "handle": "a.test", "displayName": "A"}, "likeCount": 3,
        "record": {"$type": "app.bsky.feed.post", "text": "hi", "createdAt": "2026-01-02T10:11:12Z",
            "reply": {"root": {"uri": "at://did:plc:b/app.bsky.feed.post/1", "cid": "c"}, "parent": {"uri": "at://did:plc:b/app.bsky.feed.post/1", "cid": "c"}}},
        "embed": {"images": [{"fullsize": "https://b.example/1.jpg"}]}, "viewer": {"like": "at://x/y/z"},
    });
    vec![
        chosen(0, html),
        chosen(1, status.to_string()),
        chosen(1, json!([{"id": "1", "type": "mention", "created_at": "2026-01-02T10:11:12Z", "account": status["account"], "status": status}]).to_string()),
        chosen(1, json!({"ancestors": [status], "descendants": [status]}).to_string()),
        chosen(1, view.to_string()),
        chosen(2, ":thump\n\nevent: update\ndata: {\"account\":{\"id\":\"7\"}}\n\nevent: delete\ndata: 42\n\nevent: notification\ndata: {}\n\n"),
        chosen(3, "see @us.test and https://a.example/x(y). #咖啡 (www.b.example/?q=1#z), mail@c.example"),
    ]
}

fn wire() -> Vec<Vec<u8>> {
    let hello = ToDaemon::Hello {
        version: VERSION,
        kind: ClientKind::Cockpit,
        declared: Some(OperatorName("amy".into())),
        resume: None,
        host: "laptop".into(),
    };
    let window = WindowSpec {
        filter: "mine -late".into(),
        anchor: Anchor::Top,
        before: 0,
        after: 40,
        sort: Sort::default(),
        fold: false,
    };
    let ids = vec![ConversationId(1)];
    let asks = [
        Ask::Do(Command::Snooze { ids: ids.clone(), until: Time(1_772_323_200_000) }),
        Ask::Do(Command::Reply { ids, text: "您好".into(), seen: Some(3), because: None }),
        Ask::List { queue: Some(Queue::Comments), filter: "late".into(), after: None, limit: 40 },
        Ask::Status,
        Ask::Search { query: "退款".into(), after: None, limit: 10 },
    ];
    let mut all = vec![encode(&hello)];
    all.push(encode(&ToDaemon::Window { queue: Queue::Comments, window: Some(window) }));
    for (number, ask) in (1..).zip(asks) {
        all.push(encode(&ToDaemon::Ask { number, ask }));
    }
    all.push(encode(&ToClient::Refused(Turned::Version(3))));
    all.push(encode(&ToClient::Answer { number: 3, answer: Box::new(Answer::Ok) }));
    all.push(encode(&ToClient::Push(Box::new(Push::Desk(DeskState::default())))));
    let notice = Notice::Overtaken { id: ConversationId(4) };
    all.push(encode(&ToClient::Push(Box::new(Push::Notices(vec![notice])))));
    let frames: Vec<Vec<u8>> = all.into_iter().map(|f| f.expect("it can be written")).collect();
    let mut all: Vec<Vec<u8>> = frames.iter().map(|frame| chosen(7, frame)).collect();
    all.push(chosen(3, frames.concat()));
    all
}

/// Keys as the cockpit's target reads them: each pressed, then drawn.
fn pressed(how: u8, keys: &str) -> Vec<u8> {
    let mut bytes = vec![how];
    for c in keys.chars() {
        let place = match c {
            '\n' => 0,
            '\x1b' => 1,
            '\t' => 2,
            '↑' => 7,
            '↓' => 8,
            c => {
                let n = u8::try_from(c).unwrap_or(b'?') - b' ';
                if n < 20 { n + 95 } else { n }
            }
        };
        bytes.extend([0, place, 0, 30, 0]);
    }
    bytes
}

fn cockpit() -> Vec<Vec<u8>> {
    let walks = [
        "jjkGg\n\x1b\tjj\n",
        "rhello there\n\x1b",
        "/late\n\x1b:snooze 1h\n",
        "?jjj\x1bejj\x1bcjj\n\x1bpjj\n\x1b",
        "  xd u.\n",
        "ofaAsyvtlmn",
        "12345 6789",
        "qwertyuiopasdfghjklzxcvbnm",
        "QWERTYUIOPASDFGHJKLZXCVBNM",
    ];
    let mut all: Vec<Vec<u8>> =
        (0_u8..).zip(walks).map(|(n, keys)| pressed(n.wrapping_mul(37), keys)).collect();
    // Sizes, pushes, answers and time between keys.
    let mut mixed = pressed(8, "jr");
    for n in 0_u8..=255 {
        mixed.extend([n, n.wrapping_mul(7), n, 3, 0]);
    }
    all.push(mixed);
    all
}

/// Frames and what happens between them, as the desk's target reads them.
fn desk() -> Vec<Vec<u8>> {
    let frame = |ask: Ask| {
        let body = rmp_serde::to_vec_named(&ToDaemon::Ask { number: 1, ask }).expect("it can be");
        let length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_le_bytes();
        [&[0_u8], &length[..], &body].concat()
    };
    let event = |id: &str, at: i64, ours: bool| {
        Event::Message(MessageEvent {
            channel: ChannelId("weibo".into()),
            platform: "weibo".into(),
            queue: Queue::Comments,
            id: id.into(),
            thread: None,
            in_reply_to: ours.then(|| "a".into()),
            author: Author { id: "u".into(), name: "小鹿".into() },
            ours,
            text: "退款".into(),
            at: Time(1_772_323_200_000 + at * 60_000),
            likes: 3,
            permalink: None,
            attachments: vec![],
        })
    };
    let some = Ask::Ingest {
        cursor: Some((ChannelId("weibo".into()), "c".into())),
        events: vec![event("a", -5, false), event("b", -3, true), event("c", 0, false)],
    };
    let begun = frame(some);
    let between: &[&[u8]] = &[
        &[8, 9, 0, 1],
        &[10],
        &[12, 0, 0, 0, 0, 0, 1, b'p', 0],
        &[14, 3],
        &[8, 0, 128, 2],
        &[14, 1, 7, 0],
    ];
    let all = targets::stand::deeds().into_iter().enumerate();
    let mut seeds: Vec<Vec<u8>> = all
        .map(|(n, deed)| {
            [&begun, &frame(Ask::Do(deed))[..], between[n % between.len()], &[10]].concat()
        })
        .collect();
    let whole = targets::stand::deeds().into_iter().map(|deed| frame(Ask::Do(deed)));
    seeds.push([begun.clone(), whole.collect::<Vec<_>>().concat()].concat());
    let asks = [
        Ask::Topics,
        Ask::Journal { from: 0 },
        Ask::Forecast { hours: 8, operators: None },
        Ask::Draft { id: ConversationId(1), text: Some("x".into()), seen: None },
        Ask::Calendar(Days { from: Time(1_772_323_200_000), days: 7 }),
        Ask::Feedback { from: Time(0), to: Time(1_772_323_200_000) },
    ];
    seeds.extend(asks.map(|ask| [&begun, &frame(ask)[..]].concat()));
    seeds
}

/// What a desk with something on it is exported as.
fn restore() -> Vec<Vec<u8>> {
    let stand = targets::stand::Stand::busy(12);
    let (lines, _) = export_page(&*stand.store, None, 1 << 20).expect("a store");
    let few: Vec<String> = lines.iter().take(20).cloned().collect();
    vec![lines.join("\n").into_bytes(), few.join("\n").into_bytes()]
}

fn config() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    dutydesk::config::write_defaults(folder.path()).expect("the default files");
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap_or_default();
    // The defaults explain everything in comments; without them what is explained is said.
    let said = |name: &str| {
        let text = String::from_utf8_lossy(&read(name)).into_owned();
        let says = |line: &str| {
            let line = line.strip_prefix("# ").or(line.strip_prefix('#')).unwrap_or(line);
            let is_toml = line.starts_with('[') || line.contains(" = ") || line.starts_with(']');
            if is_toml { format!("{line}\n") } else { String::new() }
        };
        text.lines().map(says).collect::<String>()
    };
    let mut all = Vec::new();
    for (n, file) in (0_u8..).zip(RuleFile::ALL) {
        all.push(chosen(n, read(file.name())));
        all.push(chosen(n, said(file.name())));
    }
    for (n, name) in
        [(6, "desk.toml"), (7, "channels.toml"), (12, "macros.toml"), (13, "views.toml")]
    {
        all.push(chosen(n, read(name)));
        all.push(chosen(n, said(name)));
    }
    all.push(chosen(8, "theme = \"dark\"\nlanguage = \"zh\"\nkeymap = \"arrows\"\nzone = \"Asia/Shanghai\"\nnotices = \"osc9\"\n[keys]\nresolve = [\"ctrl-d\", \"g g\"]\nhelp = \"?\"\n"));
    all.extend(READY.iter().take(4).map(|(_, text)| chosen(9, text)));
    all.push(chosen(10, include_str!("../../themes/dark.toml")));
    all.push(chosen(11, POST));
    if let Ok(mut files) = std::fs::read_dir(folder.path().join("responses"))
        && let Some(Ok(file)) = files.next()
    {
        all.push(chosen(14, std::fs::read(file.path()).unwrap_or_default()));
    }
    all.push(chosen(15, "[weibo]\ntoken = \"t\"\npassword = \"p\"\n"));
    all
}

const POST: &str = r##"+++
post = 12
idea = "The new drip bags"
+++

## weibo
+++
variant = 1
version = 3
title = "新品"
form = "short-video"
funnel = "decision"
tags = ["#咖啡#", "云岭"]
at = "fri 20:00"
high_risk = true
[[media]]
link = "https://a.example/b/clip.MP4?x=1"
bytes = 12
alt = "someone pours coffee"
[[proof]]
claim = "half the price"
proof = "https://a.example/prices"
+++

新品上线。
\+++
## bluesky
+++
text = "a\u001bb\n"
+++
"##;
