//! Which profile fits a table, by the names in its header; and what the columns of one that no
//! profile fits may mean.

use super::import::{MOST_ABOVE, cells};
use super::mapped::{HeaderError, Mapper};
use super::names::{self, Header};
use super::profile::{Format, Kind, Names, Profile, READY, SHEET};
use super::rows::{Rows, Shape};
use super::source::Head;
use crate::config::default_figures;
use std::collections::BTreeMap;

/// How much of a source is looked at.
pub const LOOKED_AT: usize = 256 * 1024;

/// Example cells of a column that are shown.
const SAMPLES: usize = 2;

/// The first rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The sheet's name; `None` = it is no workbook.
    pub sheet: Option<String>,
    /// What parts its fields.
    pub delimiter: u8,
    /// Its rows with their lines.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// Of the first bytes of a source. With no delimiter the one that parts most fields is taken.
    pub fn of(head: &Head, delimiter: Option<u8>) -> Table {
        let most = MOST_ABOVE + 5;
        let part = |delimiter: u8| {
            let shape = if head.sheet.is_some() { Shape::Sheet } else { Shape::Quoted(delimiter) };
            let mut rows = Rows::new(head.bytes.as_slice(), shape);
            let mut found = Vec::new();
            while let Some(row) = rows.next_row().filter(|_| found.len() < most) {
                found.push((row.line, cells(row.bytes, delimiter)));
            }
            // The last one may be cut.
            if !head.whole && found.len() < most {
                found.pop();
            }
            Table { sheet: head.sheet.clone(), delimiter, rows: found }
        };
        match (delimiter, &head.sheet) {
            (Some(delimiter), None) => part(delimiter),
            (_, Some(_)) => part(b','),
            (None, None) => {
                let tables = [b';', b'\t', b','].map(part);
                let widest = |t: &Table| t.rows.iter().map(|(_, r)| r.len()).max();
                tables.into_iter().max_by_key(widest).unwrap_or_else(|| part(b','))
            }
        }
    }

    /// The row that looks most like a header: the first with the most names that are no numbers.
    pub fn header(&self) -> Option<usize> {
        let names = |row: &[String]| {
            let named = |c: &&String| {
                let c = c.trim();
                !c.is_empty() && c.len() < 100 && !c.starts_with(|c: char| c.is_ascii_digit())
            };
            row.iter().filter(named).count()
        };
        let first = self.rows.iter().take(MOST_ABOVE).enumerate();
        let best = first.rev().max_by_key(|(_, (_, row))| names(row));
        best.filter(|(_, (_, row))| names(row) > 0).map(|(i, _)| i)
    }
}

/// A profile that fits a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Its place among those that were tried.
    pub profile: usize,
    /// Which of the table's rows is the header.
    pub row: usize,
    /// How many columns it reads.
    used: usize,
    /// How many it does not know.
    unknown: usize,
}

impl Fit {
    /// The more of it, the better it fits.
    pub fn rank(&self) -> impl Ord + use<> {
        (self.used, std::cmp::Reverse(self.unknown))
    }
}

/// The profile that fits best: the one that reads most columns, of several the one that knows most.
/// One that knows less than half of the columns was made for something else.
pub fn best(profiles: &[Profile], head: &Head) -> Option<Fit> {
    let fits = profiles.iter().enumerate().filter(|(_, p)| p.format == Format::Csv);
    let fits = fits.filter_map(|(i, p)| fit(i, p, &Table::of(head, Some(p.delimiter))));
    let fits: Vec<Fit> = fits.collect();
    // Of equals the first counts: the desk's own come before the program's.
    fits.into_iter().rev().max_by_key(Fit::rank)
}

fn fit(profile: usize, p: &Profile, table: &Table) -> Option<Fit> {
    let sheet = table.sheet.as_deref();
    if sheet.is_some_and(|name| !p.sheets.has(name)) {
        return None;
    }
    // A sheet's name that means nothing to the profile is none of its figures.
    let means = |name: &str| {
        let words = p.figures.iter().flat_map(|(n, f)| f.columns.all().iter().chain([n]));
        words.into_iter().any(|word| names::plain(word) == names::plain(name))
    };
    let by_sheet = p.long.as_ref().is_some_and(|l| l.name.all().iter().any(|n| n == SHEET));
    if by_sheet && !sheet.is_some_and(means) {
        return None;
    }
    table.rows.iter().take(MOST_ABOVE).enumerate().find_map(|(row, (_, cells))| {
        let (_, notes) = Mapper::for_header(p, cells, sheet).ok()?;
        let known = notes.used + notes.ignored.len();
        let unknown = notes.unknown.len();
        (known >= unknown).then_some(Fit { profile, row, used: notes.used, unknown })
    })
}

/// The profile that lacks the fewest columns of a table, and those it lacks.
pub fn closest<'p>(profiles: &'p [Profile], head: &Head) -> Option<(&'p Profile, Vec<String>)> {
    let tables = profiles.iter().filter(|p| p.format == Format::Csv);
    let lacking = tables.filter_map(|p| {
        let table = Table::of(head, Some(p.delimiter));
        let (_, row) = table.rows.get(table.header()?)?;
        match Mapper::for_header(p, row, table.sheet.as_deref()) {
            Err(HeaderError::Missing { missing, .. }) => {
                let all = super::mapped::needed(p).len().max(1);
                // One that lacks more than it finds is none to go by.
                (missing.len() * 2 <= all).then_some((p, missing))
            }
            _ => None,
        }
    });
    lacking.min_by_key(|(_, missing)| missing.len())
}

/// A column, with examples of what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The first cells that hold something.
    pub samples: Vec<String>,
    /// What it may mean: `id`, `at`, `title`, ..., `figure:likes`; empty = nobody knows.
    pub meaning: String,
}

/// The columns under a header row; by the profile that fits, else by what profiles and figures are
/// called.
pub fn columns(table: &Table, row: usize, profile: Option<&Profile>) -> Vec<Column> {
    let Some((_, names)) = table.rows.get(row) else { return vec![] };
    let header = Header::of(names);
    let mut meanings = vec![String::new(); names.len()];
    let mut mean = |words: &Names, meaning: &str| {
        let place = words.all().iter().find_map(|n| header.place(n));
        if let Some(i) = place.filter(|i| meanings[*i].is_empty()) {
            meanings[i] = meaning.to_owned();
        }
    };
    match profile {
        Some(p) => meanings_of(p).into_iter().for_each(|(words, m)| mean(&words, &m)),
        None => {
            for (name, text) in READY {
                let Ok(p) = Profile::parse(name, name, text) else { continue };
                meanings_of(&p).into_iter().for_each(|(words, m)| mean(&words, &m));
            }
            for known in default_figures().figures {
                let words =
                    vec![known.name.clone(), known.label.zh.clone(), known.label.en.clone()];
                mean(&Names::Any(words), &format!("figure:{}", known.name));
            }
        }
    }
    let under = &table.rows[row + 1..];
    let sample = |i: usize| {
        let cells = under.iter().filter_map(|(_, cells)| cells.get(i));
        let short = |c: &String| c.trim().chars().take(80).collect::<String>();
        cells.map(short).filter(|c| !c.is_empty()).take(SAMPLES).collect()
    };
    let name = |i: usize| header.names()[i].clone();
    let all = meanings.into_iter().enumerate();
    all.map(|(i, meaning)| Column { name: name(i), samples: sample(i), meaning }).collect()
}

/// What the columns of a profile mean.
fn meanings_of(p: &Profile) -> Vec<(Names, String)> {
    let c = &p.columns;
    let roles: [(&Option<Names>, &str); 11] = [
        (&c.id, "id"),
        (&c.at, "at"),
        (&c.text, "text"),
        (&c.title, "title"),
        (&c.form, "form"),
        (&c.thread, "thread"),
        (&c.in_reply_to, "in_reply_to"),
        (&c.author_id, "author_id"),
        (&c.author_name, "author_name"),
        (&c.permalink, "permalink"),
        (&p.channel_from, "channel"),
    ];
    let mut meanings: BTreeMap<usize, (Names, String)> = BTreeMap::new();
    let mut add = |names: &Names, meaning: String| {
        meanings.insert(meanings.len(), (names.clone(), meaning));
    };
    for (names, role) in roles {
        if let Some(names) = names {
            add(names, role.to_owned());
        }
    }
    if let Some(likes) = &c.likes {
        let meaning = if p.rows == Kind::Messages { "likes" } else { "figure:likes" };
        add(likes, meaning.to_owned());
    }
    if p.long.is_none() {
        for (name, figure) in &p.figures {
            add(&figure.columns, format!("figure:{name}"));
        }
    }
    meanings.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn ready() -> Vec<Profile> {
        Profile::all(&[])
    }

    fn head(sheet: Option<&str>, text: &str) -> Head {
        let text = if sheet.is_some() { text.replace('\n', "\u{1e}") } else { text.to_owned() };
        Head { sheet: sheet.map(str::to_owned), bytes: text.into_bytes(), whole: true }
    }

    #[rstest]
    #[case(
        "笔记标题,首次发布时间,体裁,曝光,观看量,封面点击率,点赞,评论,收藏,涨粉,分享,人均观看时长,弹幕",
        "xhs_notes"
    )]
    #[case(
        "最多导出排序后前1000条笔记\n\n笔记标题,首次发布时间,体裁,曝光,观看量,点赞",
        "xhs_notes"
    )]
    #[case(
        "作品名称,发布时间,体裁,审核状态,播放量,完播率,5s完播率,封面点击率,2s跳出率,平均播放时长,点赞量,分享量,评论量,收藏量,主页访问量,粉丝增量",
        "douyin_posts"
    )]
    #[case("日期,主页访问", "douyin_daily")]
    #[case("日期,净增粉丝", "douyin_daily")]
    #[case("时间,新关注人数,取消关注人数,净增关注人数,累积关注人数", "wechat_users")]
    #[case(
        "日期,阅读次数,阅读人数,分享次数,分享人数,阅读原文次数,阅读原文人数,收藏次数,收藏人数,群发篇数,渠道",
        "wechat_daily"
    )]
    #[case(
        "内容标题,发表时间,总阅读人数,总阅读次数,总分享人数,总分享次数,阅读后关注人数,送达人数,公众号消息阅读次数,送达阅读率,首次分享次数,分享产生阅读次数,首次分享率,每次分享带来阅读次数,阅读完成率,内容url",
        "wechat_articles"
    )]
    #[case(
        "视频描述,视频ID,发布时间,完播率,平均播放时长,播放量,推荐,喜欢,评论量,分享量,关注量,转发聊天和朋友圈,设为铃声,设为状态,设为朋友圈封面",
        "channels_videos"
    )]
    fn exports_are_known_by_their_columns(#[case] text: &str, #[case] name: &str) {
        let profiles = ready();
        let fit = best(&profiles, &head(None, &format!("{text}\n"))).expect("one fits");
        assert_eq!(profiles[fit.profile].name, name);
    }

    #[test]
    fn a_sheet_is_known_by_its_name_where_its_header_says_nothing() {
        let profiles = ready();
        let fit = |sheet| best(&profiles, &head(Some(sheet), "日期,数值\n2026-01-02,7\n"));
        assert_eq!(profiles[fit("曝光趋势").unwrap().profile].name, "xhs_daily");
        assert_eq!(fit("Sheet1"), None);
    }

    #[test]
    fn what_fits_no_profile_is_told_with_the_closest() {
        let profiles = ready();
        let other = head(None, "when,who,what\n2026-01-02,May,hello\n");
        assert_eq!(best(&profiles, &other), None);
        let near = head(None, "笔记标题,体裁,点赞\n手冲,图文,5\n");
        let (profile, missing) = closest(&profiles, &near).unwrap();
        assert_eq!(profile.name, "xhs_notes");
        assert_eq!(missing, ["首次发布时间|发布时间"]);
    }

    #[test]
    fn columns_are_shown_with_examples_and_what_they_may_mean() {
        let text =
            "2026 年 1 月\n日期;主题;点赞数;GMV;mood\n2026-01-02;手冲;12;9;\n2026-01-03;;7;;\n";
        let table = Table::of(&head(None, text), None);
        assert_eq!((table.delimiter, table.header()), (b';', Some(1)));
        let found = columns(&table, 1, None);
        let shown: Vec<(&str, &str, usize)> =
            found.iter().map(|c| (c.name.as_str(), c.meaning.as_str(), c.samples.len())).collect();
        let expected = [
            ("日期", "at", 2),
            ("主题", "", 1),
            ("点赞数", "figure:likes", 2),
            ("GMV", "figure:gmv", 1),
            ("mood", "", 0),
        ];
        assert_eq!(shown, expected);
    }
}
