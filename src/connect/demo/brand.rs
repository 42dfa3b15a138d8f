//! The invented brand 云岭咖啡 Yunling Coffee: its channels, and who writes there.

use super::phrases::Tongue;
use super::rng::Rng;
use crate::domain::{Author, ChannelId, Queue};

/// The desk's name on screen.
pub const DESK: &str = "云岭咖啡";

/// One channel of the brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlet {
    /// Short name.
    pub id: &'static str,
    /// Platform.
    pub platform: &'static str,
    /// Name on screen.
    pub title: &'static str,
    /// Hours after a customer's last message in which the platform lets us answer.
    pub window_hours: Option<i64>,
    /// How many of a hundred messages come here.
    share: u64,
    /// How many of a hundred here are direct messages.
    direct: u64,
    /// How many of a hundred here are in Chinese.
    chinese: u64,
}

impl Outlet {
    const fn new(
        id: &'static str,
        title: &'static str,
        share: u64,
        direct: u64,
        chinese: u64,
    ) -> Outlet {
        Outlet { id, platform: id, title, window_hours: None, share, direct, chinese }
    }

    /// Its name as a channel.
    pub fn channel(&self) -> ChannelId {
        ChannelId(self.id.to_owned())
    }

    /// The queue of one more message here.
    pub fn queue(&self, rng: &mut Rng) -> Queue {
        if rng.percent(self.direct) { Queue::Messages } else { Queue::Comments }
    }

    /// The language of one more person here.
    pub fn tongue(&self, rng: &mut Rng) -> Tongue {
        if rng.percent(self.chinese) { Tongue::Zh } else { Tongue::En }
    }
}

/// The brand's channels.
pub const OUTLETS: [Outlet; 6] = [
    Outlet::new("weibo", "微博", 26, 12, 97),
    Outlet::new("douyin", "抖音", 27, 0, 98),
    Outlet::new("xiaohongshu", "小红书", 17, 6, 95),
    Outlet { window_hours: Some(48), ..Outlet::new("wechat", "微信", 14, 100, 94) },
    Outlet::new("bluesky", "Bluesky", 10, 0, 4),
    Outlet::new("linkedin", "LinkedIn", 6, 30, 8),
];

/// The place of a channel in [`OUTLETS`].
pub fn outlet(id: &str) -> Option<&'static Outlet> {
    OUTLETS.iter().find(|o| o.id == id)
}

/// The channel of one more message.
pub fn any_outlet(rng: &mut Rng) -> &'static Outlet {
    let weighted: [(u64, usize); OUTLETS.len()] = std::array::from_fn(|i| (OUTLETS[i].share, i));
    &OUTLETS[*rng.weighted(&weighted)]
}

/// The brand itself, as its replies name it.
pub fn ourselves(outlet: &Outlet) -> Author {
    let name = match outlet.id {
        "bluesky" | "linkedin" => "Yunling Coffee",
        _ => "云岭咖啡",
    };
    Author { id: "yunling".to_owned(), name: name.to_owned() }
}

const ZH_FIRST: [&str; 28] = [
    "小鹿",
    "阿May",
    "林间",
    "北北",
    "不吃香菜的",
    "橘子",
    "半夏",
    "今天也要",
    "一只",
    "老陈",
    "豆豆妈",
    "晚风",
    "momo",
    "程序员",
    "咖啡续命",
    "西西",
    "南山",
    "打工人",
    "月亮",
    "大白",
    "Nana",
    "七七",
    "海盐",
    "周末",
    "云上",
    "慢慢",
    "Leo在",
    "可可",
];
const ZH_LAST: [&str; 22] = [
    "_",
    "同学",
    "酱",
    "先森",
    "🍑",
    "在路上",
    "不加糖",
    "的小屋",
    "2号机",
    "本喵",
    "爱喝拿铁",
    "°",
    "er",
    "吃货日记",
    "呀",
    "☕️",
    "快乐星球",
    "想睡觉",
    "Lin",
    "の日常",
    "最可爱",
    "努力中",
];
const EN_FIRST: [&str; 22] = [
    "kai", "mara", "Jonas", "priya", "TomW", "elif", "Chloe", "noor", "sam", "Beatriz", "oli",
    "Hannah", "dmitri", "Yuki", "amelie", "Rob", "zoë", "Ines", "Marek", "lena", "Andrés", "fiona",
];
const EN_LAST: [&str; 18] = [
    ".de",
    "_roasts",
    " Keller",
    " Okafor",
    ".bsky",
    " (she/her)",
    "92",
    " Lindqvist",
    "_brews",
    " Tanaka",
    " ☕",
    "-k",
    " Novák",
    ".codes",
    " Brandt",
    "_nyc",
    " O'Neill",
    "",
];

/// Somebody who writes.
pub fn person(rng: &mut Rng, tongue: Tongue) -> Author {
    let (first, last) = match tongue {
        Tongue::Zh => (rng.pick(&ZH_FIRST), rng.pick(&ZH_LAST)),
        Tongue::En => (rng.pick(&EN_FIRST), rng.pick(&EN_LAST)),
    };
    Author { id: format!("u{:07}", rng.below(10_000_000)), name: format!("{first}{last}") }
}
