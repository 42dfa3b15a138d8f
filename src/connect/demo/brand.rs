//! The invented brand 云岭咖啡 Yunling Coffee: its channels, and who writes there.

use super::phrases::Tongue;
use crate::domain::rng::Rng;
use crate::domain::{Author, ChannelId, Queue};

/// The files of its desk: name and text.
pub const FILES: [(&str, &str); 3] = [
    ("desk.toml", include_str!("desk/desk.toml")),
    ("channels.toml", include_str!("desk/channels.toml")),
    ("policies.toml", include_str!("desk/policies.toml")),
];

/// One channel of the brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlet {
    /// Short name.
    pub id: &'static str,
    /// Platform.
    pub platform: &'static str,
    /// How many of a hundred messages come here.
    share: u64,
    /// How many of a hundred here are direct messages.
    direct: u64,
    /// How many of a hundred here are in Chinese.
    chinese: u64,
}

impl Outlet {
    const fn new(id: &'static str, share: u64, direct: u64, chinese: u64) -> Outlet {
        Outlet { id, platform: id, share, direct, chinese }
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

/// The brand's channels, as `desk/channels.toml` describes them.
pub const OUTLETS: [Outlet; 6] = [
    Outlet::new("weibo", 26, 12, 97),
    Outlet::new("douyin", 27, 0, 98),
    Outlet::new("xiaohongshu", 17, 6, 95),
    Outlet::new("wechat", 14, 100, 94),
    Outlet::new("bluesky", 10, 0, 4),
    Outlet::new("linkedin", 6, 30, 8),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[test]
    fn the_desk_s_files_are_right_and_name_the_same_channels() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in FILES {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let desk = config::Desk::load(folder.path()).unwrap();
        let policies = config::Rules::load(folder.path()).unwrap().policies;
        assert_eq!(desk.settings.identity, config::Identity::Declared);
        let channels: Vec<&str> = desk.channels.channels.iter().map(|c| c.id.0.as_str()).collect();
        assert_eq!(channels, OUTLETS.map(|o| o.id));
        let tags: Vec<&str> = policies.rules.iter().map(|r| r.tag.as_str()).collect();
        assert_eq!(tags, ["severe", "liked", "mild", "purchase", "purchase", "", ""]);
    }
}
