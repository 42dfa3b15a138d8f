//! A desk for screens: it answers what a cockpit asks, from rows that never change by themselves.

use dutydesk::app::{Effect, Key, Model, Msg, Settings, update};
use dutydesk::domain::conversation::Claim;
use dutydesk::domain::order::StateKind;
use dutydesk::domain::policy::{TargetName, Timer};
use dutydesk::domain::slot::{Slot, SlotState};
use dutydesk::domain::*;
use dutydesk::text::{Lang, Shown};
use dutydesk::view::{Depth, ThemeSet, draw};
use dutydesk::wire::channel::Brief;
use dutydesk::wire::message::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Saturday 21 November 2026, 14:05:30 in Shanghai.
pub const NOW: Time = Time(1_795_241_130_000);

const MINUTE: i64 = 60_000;

/// One conversation of the test desk: minutes until due (`None` = no deadline), channel, tag,
/// likes, author and text in both languages.
type Item = (Option<i64>, &'static str, &'static str, u32, [&'static str; 2], [&'static str; 2]);

const COMMENTS: &[Item] = &[
    (
        Some(-12),
        "weibo",
        "severe",
        230,
        ["小鹿_", "littledeer_"],
        [
            "物流太慢了，三天没发货，再不处理我就投诉了",
            "Three days and nothing shipped. Fix this or I file a complaint.",
        ],
    ),
    (
        Some(-3),
        "douyin",
        "negative",
        18,
        ["爱喝咖啡的猫🐱", "coffee cat 🐱"],
        ["收到的豆子是碎的，包装太差", "The beans arrived crushed, the packaging is terrible"],
    ),
    (
        Some(4),
        "douyin",
        "question",
        12,
        ["阿May", "May A."],
        ["敏感肌能用这款吗？", "Is this one fine for sensitive skin?"],
    ),
    (
        Some(12),
        "xiaohongshu",
        "negative",
        3,
        ["momo", "momo"],
        ["客服两天都没有回我", "Nobody has answered me for two days"],
    ),
    (
        Some(31),
        "bluesky",
        "purchase",
        0,
        ["kai.de", "kai.de"],
        ["do you ship to Germany? 想买两箱", "do you ship to Germany? I would take two boxes"],
    ),
    (
        Some(55),
        "weibo",
        "popular",
        1204,
        ["云南咖农老李", "Old Li grows coffee"],
        ["支持国货！希望多给咖农一点价格👨‍👩‍👧", "Good to see you pay the farmers better 👨‍👩‍👧"],
    ),
    (
        Some(118),
        "douyin",
        "question",
        1,
        ["用户8837261", "user8837261"],
        ["门店几点关门", "When does the shop close"],
    ),
    (
        Some(312),
        "mastodon",
        "",
        0,
        ["anna@freiburg.social", "anna@freiburg.social"],
        ["Schöne Verpackung!", "Lovely packaging!"],
    ),
    (
        Some(1_600),
        "xiaohongshu",
        "praise",
        45,
        ["小满", "Xiaoman"],
        ["燕麦拿铁真的好喝，回购第三次了", "The oat latte is really good, third time I order"],
    ),
    (Some(9_400), "weibo", "", 0, ["路人甲", "passer-by"], ["打卡", "been here"]),
    (None, "douyin", "praise", 7, ["", ""], ["好", "nice"]),
];

const MESSAGES: &[Item] = &[
    (
        Some(47),
        "wechat",
        "purchase",
        0,
        ["林女士", "Ms Lin"],
        [
            "想谈一下合作，怎么联系你们？",
            "I would like to talk about a cooperation, whom do I call?",
        ],
    ),
    (
        Some(90),
        "wechat",
        "severe",
        0,
        ["王先生", "Mr Wang"],
        ["退款还没有到账，订单 8827", "The refund has not arrived, order 8827"],
    ),
    (
        Some(600),
        "douyin",
        "question",
        0,
        ["Zoe", "Zoe"],
        ["发票可以开公司抬头吗", "Can the invoice name my company?"],
    ),
];

/// A cockpit on the test desk.
pub struct Desk {
    /// The cockpit.
    pub model: Model,
    /// What it sees the time is.
    pub now: Time,
    lang: Lang,
    /// Rows by queue.
    pub rows: [Vec<Row>; 2],
    /// What was sent.
    pub sent: Vec<ToDaemon>,
    /// What else the client was to do.
    pub effects: Vec<Effect>,
}

pub fn operator(name: &str) -> OperatorName {
    OperatorName(name.into())
}

fn channels() -> Vec<Channel> {
    let titles = [
        ("weibo", "微博"),
        ("douyin", "抖音"),
        ("xiaohongshu", "小红书"),
        ("wechat", "微信"),
        ("bluesky", "Bluesky"),
        ("mastodon", "Mastodon"),
    ];
    let channel = |(id, title): (&str, &str)| Channel {
        id: ChannelId(id.into()),
        platform: id.into(),
        title: title.into(),
        reply_window: None,
    };
    titles.map(channel).to_vec()
}

fn row(queue: Queue, id: u64, item: &Item, lang: Lang) -> Row {
    let (due, channel, tag, likes, author, text) = item;
    let pick = |both: &[&'static str; 2]| both[usize::from(lang == Lang::En)].to_owned();
    let at = Time(NOW.0 - (30 + i64::try_from(id % 1_000).expect("small")) * MINUTE);
    let channel = ChannelId(channel.to_string());
    let platform = channel.0.clone();
    let mut c = Conversation::new(ConversationId(id), queue, channel, platform, "root".into());
    c.state = State::Open;
    c.head = Some(Head {
        seq: 0,
        author: Author { id: "u".into(), name: pick(author) },
        excerpt: pick(text),
        at,
        likes: *likes,
        class: None,
    });
    c.tag = tag.to_string();
    c.timer = due.map(|due| Timer {
        policy: if tag.is_empty() { "default".into() } else { format!("{tag} first") },
        target: TargetName::FirstResponse,
        started: at,
        due: Time(NOW.0 + due * MINUTE),
        at_risk: Time(NOW.0 + (due - 15) * MINUTE),
        paused: None,
        stopped: None,
    });
    c.messages = 5;
    let key = c.order_key().expect("open ones have a key");
    Row { conversation: c, key }
}

impl Desk {
    /// A cockpit of this size, attached, with its first rows.
    pub fn open(lang: Lang, w: u16, h: u16) -> Desk {
        Desk::with(Settings { lang, ..Settings::default() }, w, h)
    }

    /// [`Desk::open`] with settings of its own.
    pub fn with(settings: Settings, w: u16, h: u16) -> Desk {
        let lang = settings.lang;
        let items = |queue: Queue, items: &[Item], from: u64| -> Vec<Row> {
            let rows = items.iter().zip(from..).map(|(item, id)| row(queue, id, item, lang));
            rows.collect()
        };
        let mut rows =
            [items(Queue::Comments, COMMENTS, 1_040), items(Queue::Messages, MESSAGES, 2_010)];
        let claim = |who: &str| Claim {
            operator: operator(who),
            session: SessionId(9),
            since: Time(NOW.0 - 3 * MINUTE),
        };
        rows[0][3].conversation.claim = Some(claim("bo"));
        rows[0][4].conversation.assignee = Some(operator("amy"));
        rows[1][0].conversation.window_closes = Some(Time(NOW.0 + 40 * MINUTE));
        rows[1][1].conversation.claim = Some(claim("amy"));
        rows[1][1].conversation.labels = vec!["vip".into()];
        Desk::attached(settings, w, h, rows, true)
    }

    /// A desk where nothing is.
    pub fn empty(lang: Lang, w: u16, h: u16) -> Desk {
        let settings = Settings { lang, ..Settings::default() };
        Desk::attached(settings, w, h, [Vec::new(), Vec::new()], false)
    }

    fn attached(settings: Settings, w: u16, h: u16, rows: [Vec<Row>; 2], busy: bool) -> Desk {
        let lang = settings.lang;
        let model = Model::new(settings);
        let mut desk = Desk { model, now: NOW, lang, rows, sent: Vec::new(), effects: Vec::new() };
        let themes = ["dark", "light", "high-contrast", "16"].map(str::to_owned).to_vec();
        desk.happens(Msg::ThemesLoaded { names: themes, warnings: Vec::new() });
        desk.happens(Msg::Resize(w, h));
        desk.happens(Msg::Linked(welcome(lang, busy)));
        if busy {
            desk.happens(push(Push::Desk(state(&desk.rows))));
            desk.happens(push(Push::Kpis(kpis())));
            desk.happens(push(Push::Slots(slots(lang))));
        } else {
            let desk_state = DeskState {
                people: vec![Presence { operator: operator("amy"), on: None, replying: false }],
                ..DeskState::default()
            };
            desk.happens(push(Push::Desk(desk_state)));
        }
        // What is said at the start has been read.
        desk.keys("esc");
        desk.now = NOW;
        desk
    }

    /// Lets something happen, and answers what the cockpit asks for.
    pub fn happens(&mut self, msg: Msg) {
        for effect in update(&mut self.model, msg, self.now) {
            if let Effect::Send(to) = effect {
                self.sent.push(to.clone());
                self.answer(to);
            } else {
                self.effects.push(effect);
            }
        }
    }

    fn answer(&mut self, to: ToDaemon) {
        match to {
            ToDaemon::Window { queue, window: Some(spec) } => {
                let rows = self.rows[queue as usize].clone();
                self.happens(push(Push::Window(whole(queue, spec, rows))));
            }
            ToDaemon::Viewing { id: Some(id), .. } => {
                let found = self.rows.iter().flatten().find(|r| r.conversation.id == id);
                if let Some(row) = found.cloned() {
                    self.happens(push(Push::Detail(detail(row.conversation, self.lang))));
                }
            }
            _ => {}
        }
    }

    /// Presses keys, as settings write them.
    pub fn keys(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            let key = Key::parse(key).unwrap_or_else(|| panic!("{key} is no key"));
            self.happens(Msg::Key(key));
            // The cursor rests, so that what it is on is shown.
            self.now = Time(self.now.0 + 100);
            self.happens(Msg::Tick);
        }
    }

    /// Types a text.
    pub fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.happens(Msg::Key(Key::char(c)));
        }
    }

    /// The screen as text.
    pub fn screen(&self) -> String {
        shown(&self.model, self.now)
    }

    /// Answers the command that was asked last.
    pub fn answers_last(&mut self, answer: Answer) {
        self.answers(answer, |ask| matches!(ask, Ask::Do(_)));
    }

    /// Answers the question that was asked last, whatever it is.
    pub fn answers_any(&mut self, answer: Answer) {
        self.answers(answer, |_| true);
    }

    /// Answers the last question of a kind.
    pub fn answers(&mut self, answer: Answer, which: impl Fn(&Ask) -> bool) {
        let number = self.sent.iter().rev().find_map(|to| match to {
            ToDaemon::Ask { number, ask } if which(ask) => Some(*number),
            _ => None,
        });
        self.answers_number(number.expect("something was asked"), answer);
    }

    fn answers_number(&mut self, number: u64, answer: Answer) {
        self.happens(Msg::Wire(ToClient::Answer { number, answer: Box::new(answer) }));
    }

    /// Answers the last questions for lists, one for each of these.
    pub fn answers_lists(&mut self, rows: &[Vec<Row>]) {
        let asked = self.sent.iter().filter_map(|to| match to {
            ToDaemon::Ask { number, ask: Ask::List { .. } } => Some(*number),
            _ => None,
        });
        let asked: Vec<u64> = asked.collect();
        for (number, rows) in asked[asked.len() - rows.len()..].iter().zip(rows) {
            self.answers_number(*number, Answer::Listed(rows.clone(), None));
        }
    }

    /// Whether this was sent; the number of a question does not count.
    pub fn asked(&self, wanted: &ToDaemon) -> bool {
        self.sent.iter().any(|to| match (to, wanted) {
            (ToDaemon::Ask { ask, .. }, ToDaemon::Ask { ask: wanted, .. }) => ask == wanted,
            _ => to == wanted,
        })
    }

    /// The window that was asked for last.
    pub fn last_window(&self, wanted: Queue) -> WindowSpec {
        let spec = self.sent.iter().rev().find_map(|to| match to {
            ToDaemon::Window { queue, window } if *queue == wanted => window.clone(),
            _ => None,
        });
        spec.expect("a window was asked for")
    }
}

/// A frame as text, with the caret's place below it.
pub fn shown(model: &Model, now: Time) -> String {
    let (themes, _) = ThemeSet::load(&[], Depth::True, Lang::En);
    let (w, h) = model.size();
    let mut cells = Buffer::empty(Rect::new(0, 0, w, h));
    let mut terminal = Terminal::new(TestBackend::new(w, h)).expect("a test terminal");
    let mut caret = None;
    terminal
        .draw(|frame| {
            draw(model, themes.get(model.theme()), now, frame);
            cells = frame.buffer_mut().clone();
        })
        .expect("a frame");
    if terminal.backend().cursor_visible() {
        caret = terminal.get_cursor_position().ok();
    }
    let mut text = String::new();
    for y in 0..h {
        let mut line = String::new();
        let mut x = 0;
        while x < w {
            let symbol = cells[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(Shown::line(symbol).width().max(1)).unwrap_or(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if let Some(at) = caret {
        text.push_str(&format!("(caret at column {}, row {})\n", at.x, at.y));
    }
    text
}

pub fn push(push: Push) -> Msg {
    Msg::Wire(ToClient::Push(Box::new(push)))
}

/// A window that shows the whole queue.
pub fn whole(queue: Queue, spec: WindowSpec, rows: Vec<Row>) -> Window {
    let total = (rows.len() as u64, true);
    Window { queue, spec, rows, at_top: true, at_bottom: true, more_urgent: 0, total }
}

fn welcome(lang: Lang, busy: bool) -> Welcome {
    Welcome {
        session: SessionId(1),
        operator: operator("amy"),
        declared: false,
        desk: if lang == Lang::Zh { "云岭咖啡".into() } else { "Cloudridge Coffee".into() },
        demo: busy,
        zone: Some("Asia/Shanghai".into()),
        channels: if busy { channels() } else { Vec::new() },
        lint: Default::default(),
        since: busy.then(|| SinceLeft {
            left: Time(NOW.0 - 95 * MINUTE),
            arrived: 214,
            actions: vec![
                (operator("bo"), Name::Resolve, 31),
                (operator("bo"), Name::Reply, 28),
                (operator("chen"), Name::Snooze, 2),
            ],
            assigned: vec![ConversationId(1_044)],
            more: false,
        }),
        operators: vec![],
    }
}

fn state(rows: &[Vec<Row>; 2]) -> DeskState {
    let presence = |who: &str, on: Option<u64>, replying: bool| Presence {
        operator: operator(who),
        on: on.map(ConversationId),
        replying,
    };
    DeskState {
        counts: Queue::ALL.map(|q| (q, StateKind::Open, rows[q as usize].len() as u64)).to_vec(),
        late: vec![(Queue::Comments, 2), (Queue::Messages, 0)],
        within_hour: vec![(Queue::Comments, 4), (Queue::Messages, 1)],
        next_due: Some(Time(NOW.0 + 4 * MINUTE)),
        people: vec![
            presence("amy", None, false),
            presence("bo", Some(1_040), true),
            presence("chen", Some(1_042), false),
        ],
        channels: channels()
            .into_iter()
            .map(|c| {
                let blind = (c.id.0 == "weibo").then_some(Time(NOW.0 - 3 * MINUTE));
                Brief { id: c.id, blind, can: None, by_hand: false, expires: None, unconfirmed: 0 }
            })
            .collect(),
        waiting: 2,
        read_only: None,
        settings_trouble: None,
        alerts: 0,
    }
}

fn kpis() -> Kpis {
    let wave = |n: usize, low: f64, high: f64, turn: f64| -> Vec<f64> {
        (0..n).map(|i| low + (high - low) * (0.5 + 0.5 * (i as f64 / turn).sin())).collect()
    };
    let mut first = wave(60, 6.0 * 60_000.0, 14.0 * 60_000.0, 9.0);
    first[4] = f64::NAN;
    Kpis {
        step: MINUTE,
        arrivals: wave(60, 1.0, 9.0, 5.0),
        replies: wave(60, 2.0, 6.0, 8.0),
        backlog: wave(60, 120.0, 169.0, 14.0),
        first_response: first,
        hit_rate: wave(60, 78.0, 97.0, 12.0),
    }
}

fn slots(lang: Lang) -> Vec<Slot> {
    let slot = |minutes: i64, channel: &str, state: SlotState, title: [&str; 2]| Slot {
        channel: ChannelId(channel.into()),
        id: format!("{minutes}"),
        // Counted from 14:05.
        at: Time(NOW.floor_minute().0 + minutes * MINUTE),
        title: title[usize::from(lang == Lang::En)].into(),
        state,
        post: None,
    };
    vec![
        slot(
            -395,
            "douyin",
            SlotState::Published,
            ["早安咖啡｜三分钟手冲", "Morning brew in three minutes"],
        ),
        slot(
            -125,
            "xiaohongshu",
            SlotState::Published,
            ["冷萃的五种喝法", "Five ways to drink cold brew"],
        ),
        slot(-65, "weibo", SlotState::Failed, ["转发抽奖", "Share and win"]),
        slot(
            25,
            "weibo",
            SlotState::Holding,
            ["产地故事：云岭的雾", "From the hills: the fog of Cloudridge"],
        ),
        slot(265, "douyin", SlotState::InReview, ["门店探访", "A walk through the shop"]),
        slot(295, "bluesky", SlotState::Scheduled, ["New roast", "New roast"]),
        slot(355, "wechat", SlotState::Empty, ["", ""]),
    ]
}

/// A conversation with a thread: the customer, our reply that waits, a note, the customer again.
pub fn detail(mut conversation: Conversation, lang: Lang) -> Detail {
    let zh = lang == Lang::Zh;
    let head = conversation.head.clone().expect("open ones have a head");
    let message = |kind, at: i64, text: &str| Message {
        kind,
        platform_id: "p".into(),
        in_reply_to: None,
        author: head.author.clone(),
        operator: None,
        text: text.into(),
        at: Time(head.at.0 + at * MINUTE),
        arrived: Time(head.at.0 + at * MINUTE),
        likes: 0,
        permalink: None,
        attachments: Vec::new(),
        delivery: Delivery::None,
        withdrawn: None,
        edited: None,
        liked: false,
        hidden: false,
        erased: None,
        answered: None,
        class: None,
    };
    let yesterday = if zh {
        "在吗？我的订单 8827 还没有物流信息。"
    } else {
        "Hello? Order 8827 shows no tracking yet."
    };
    let ours = if zh {
        "您好，非常抱歉让您久等了。仓库今天上午已经重新安排发货，单号稍后私信您。"
    } else {
        "Hello, we are very sorry for the wait. The warehouse sent it out again this morning; we will message you the number."
    };
    let note = if zh {
        "已联系仓库，@amy 请跟进"
    } else {
        "called the warehouse, @amy please follow up"
    };
    let mut first = message(MessageKind::Inbound, -1_500, yesterday);
    first.likes = 2;
    let mut reply = message(MessageKind::Reply, -1_470, ours);
    reply.operator = Some(operator("bo"));
    reply.delivery = Delivery::Sent(Time(head.at.0 - 1_469 * MINUTE));
    let mut noted = message(MessageKind::Note, -10, note);
    noted.operator = Some(operator("chen"));
    let mut now = message(MessageKind::Inbound, 0, &head.excerpt);
    now.likes = head.likes;
    now.edited = Some(Time(head.at.0 + MINUTE));
    now.attachments = vec![Attachment {
        kind: "image".into(),
        size: Some(120_000),
        link: "https://example.com/1.jpg".into(),
    }];
    let mut waiting = message(
        MessageKind::Reply,
        4,
        if zh { "马上为您查询。" } else { "We are looking into it." },
    );
    waiting.operator = Some(operator("amy"));
    waiting.delivery = Delivery::Waiting;
    conversation.messages = 5;
    if let Some(head) = &mut conversation.head {
        head.seq = 3;
    }
    let messages = [first, reply, noted, now, waiting];
    Detail {
        conversation,
        messages: (0..).zip(messages).collect(),
        older: 12,
        draft: None,
        draft_seen: None,
        about: None,
        outgoing: vec![],
        person: None,
        archived: None,
    }
}
