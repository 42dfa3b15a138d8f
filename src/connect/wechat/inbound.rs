//! Comments under articles. The platform tells of none by itself, so the newest articles are asked
//! for theirs now and then, the older ones in turn.

use super::Said;
use super::api::{Api, Failed};
use super::messages::plausible;
use super::{say, short};
use crate::connect::sdk::Desk;
use crate::domain::Time;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Comments in one answer; 50 are refused (the page on `comment/list`).
const PAGE: usize = 49;
/// The most pages of one article in one look, and for one comment that is searched.
const MOST_PAGES: usize = 20;
/// The most articles whose comments are looked at.
const MOST_ARTICLES: usize = 20;
/// How many of them, the newest, in every look; of the others one.
const NEWEST: usize = 2;
/// Every how many looks all pages of an article are read though its count is the same: an answer that
/// was given in the console changes no count. The order of the pages is not documented.
const ALL_PAGES: u64 = 10;

/// An article: a number of the platform's (`msg_data_id`) and its place in that message, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Article {
    /// The number; in an article's address it is `mid`.
    pub message: u64,
    /// The place; in an article's address it is `idx`, from 1.
    pub index: u32,
}

/// A comment's id on the desk: the article and the comment's own number; `:reply` is our answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentId {
    /// Under which article.
    pub article: Article,
    /// Its number.
    pub comment: u64,
    /// True for our answer to it.
    pub is_reply: bool,
}

/// A comment as the platform tells it.
#[derive(Clone, Debug, Default, Deserialize, Hash)]
#[serde(default)]
pub struct Comment {
    /// Its number.
    pub user_comment_id: u64,
    create_time: i64,
    content: String,
    /// Missing when somebody commented without a WeChat identity.
    openid: Option<String>,
    /// Ours.
    pub reply: Option<Reply>,
}

/// Our answer to a comment; there is one at most.
#[derive(Clone, Debug, Default, Deserialize, Hash)]
#[serde(default)]
pub struct Reply {
    /// The text.
    pub content: String,
    create_time: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    total: usize,
    comment: Vec<Comment>,
}

impl Article {
    /// From `2247483700:0`, `2247483700`, or an article's address with `mid` and `idx`.
    pub fn read(text: &str) -> Option<Article> {
        let text = text.trim();
        let Some((_, query)) = text.split_once('?') else {
            let (message, index) = text.split_once(':').unwrap_or((text, "0"));
            return Some(Article { message: message.parse().ok()?, index: index.parse().ok()? });
        };
        let query = query.split('#').next().unwrap_or_default().replace("&amp;", "&");
        let find = |name: &str| {
            query.split('&').find_map(|pair| pair.split_once('=').filter(|p| p.0 == name))
        };
        let index: u32 = find("idx").map_or(Some(1), |(_, idx)| idx.parse().ok())?;
        Some(Article { message: find("mid")?.1.parse().ok()?, index: index.checked_sub(1)? })
    }
}

impl CommentId {
    /// From its text.
    pub fn read(text: &str) -> Option<CommentId> {
        let (text, is_reply) = match text.strip_suffix(":reply") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let mut parts = text.split(':');
        let article =
            Article { message: parts.next()?.parse().ok()?, index: parts.next()?.parse().ok()? };
        let comment = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(CommentId { article, comment, is_reply })
    }

    /// As text.
    pub fn text(&self) -> String {
        let Article { message, index } = self.article;
        format!("{message}:{index}:{}{}", self.comment, if self.is_reply { ":reply" } else { "" })
    }

    /// The fields by which the platform is asked for it.
    pub fn body(&self) -> Value {
        json!({
            "msg_data_id": self.article.message,
            "index": self.article.index,
            "user_comment_id": self.comment,
        })
    }
}

/// What was seen of each article.
#[derive(Default)]
pub struct Seen {
    articles: Vec<Article>,
    turn: usize,
    looks: u64,
    /// How many comments each had.
    totals: HashMap<Article, usize>,
    /// What the desk has of each comment, as a number that changes with it.
    comments: HashMap<Article, BTreeMap<u64, u64>>,
}

impl Seen {
    /// Finds the articles: those of the settings, and the newest that were published.
    ///
    /// # Errors
    /// Why the platform does not tell.
    pub fn find(&mut self, api: &Api, desk: &Desk, own: &[Article]) -> Result<(), Failed> {
        let ask = json!({"offset": 0, "count": MOST_ARTICLES, "no_content": 1});
        let answer = api.post(desk, "/cgi-bin/freepublish/batchget", &ask);
        let published = match &answer {
            Ok(answer) => published(answer),
            // Not every account may publish, but it may still have comments.
            Err(Failed::Code(_)) if !own.is_empty() => vec![],
            Err(_) => return answer.map(drop),
        };
        let mut articles = own.to_vec();
        articles.extend(published.into_iter().filter(|article| !own.contains(article)));
        articles.truncate(MOST_ARTICLES.max(own.len()));
        self.comments.retain(|article, _| articles.contains(article));
        self.totals.retain(|article, _| articles.contains(article));
        self.articles = articles;
        Ok(())
    }

    /// Looks at some articles and answers what is new there, with what will then be known of it.
    ///
    /// # Errors
    /// Why the platform does not tell.
    pub fn look(&mut self, api: &Api, desk: &Desk, said: Said) -> Result<Vec<Value>, Failed> {
        let mut now: Vec<Article> = self.articles.iter().take(NEWEST).copied().collect();
        let older = self.articles.get(NEWEST..).unwrap_or_default();
        if !older.is_empty() {
            self.turn = (self.turn + 1) % older.len();
            now.extend(older.get(self.turn));
        }
        self.looks += 1;
        let is_thorough = self.looks.is_multiple_of(ALL_PAGES);
        let mut events = Vec::new();
        for article in now {
            let had = self.totals.get(&article).copied().filter(|_| !is_thorough);
            let (all, total) = comments(api, desk, article, had)?;
            self.totals.insert(article, total);
            let known = self.comments.entry(article).or_default();
            for comment in all {
                let mut hasher = DefaultHasher::new();
                comment.hash(&mut hasher);
                let state = hasher.finish();
                if known.insert(comment.user_comment_id, state) != Some(state) {
                    events.extend(to_events(article, &comment, desk.now(), said));
                }
            }
        }
        Ok(events)
    }

    /// The desk did not get what the last look brought: it is new again.
    pub fn forget(&mut self) {
        self.comments.clear();
        self.totals.clear();
    }
}

/// The articles of an answer of `freepublish/batchget`, which has no field for what `comment/list`
/// asks for; but each article's address has.
fn published(answer: &Value) -> Vec<Article> {
    let list = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut articles = Vec::new();
    for item in list(answer, "item") {
        let news = item.get("content").map(|c| list(c, "news_item")).unwrap_or_default();
        for news in news {
            let is_gone = news.get("is_deleted").and_then(Value::as_bool).unwrap_or(false);
            let article = news.get("url").and_then(Value::as_str).and_then(Article::read);
            articles.extend(article.filter(|_| !is_gone));
        }
    }
    articles
}

/// The comments of an article, as far as pages reach, and how many the platform counts; the first
/// page alone when it counts as many as before.
fn comments(
    api: &Api,
    desk: &Desk,
    article: Article,
    had: Option<usize>,
) -> Result<(Vec<Comment>, usize), Failed> {
    let mut total = 0;
    let mut all = Vec::new();
    for page in 0..MOST_PAGES {
        let ask = json!({
            "msg_data_id": article.message,
            "index": article.index,
            "begin": page * PAGE,
            "count": PAGE,
            "type": 0,
        });
        let answer = api.post(desk, "/cgi-bin/comment/list", &ask)?;
        let answer: Page =
            serde_json::from_value(answer).map_err(|e| Failed::Nonsense(e.to_string()))?;
        let count = answer.comment.len();
        all.extend(answer.comment);
        total = answer.total;
        if count == 0 || (page + 1) * PAGE >= total || had == Some(total) {
            break;
        }
    }
    Ok((all, total))
}

/// One comment, looked for; `None` = it is not there (any more).
///
/// # Errors
/// Why the platform does not tell.
pub fn find(api: &Api, desk: &Desk, id: &CommentId) -> Result<Option<Comment>, Failed> {
    let (all, _) = comments(api, desk, id.article, None)?;
    Ok(all.into_iter().find(|comment| comment.user_comment_id == id.comment))
}

fn to_events(article: Article, comment: &Comment, now: Time, said: Said) -> Vec<Value> {
    let id = CommentId { article, comment: comment.user_comment_id, is_reply: false };
    let openid = comment.openid.as_deref().unwrap_or_default();
    let name = match openid {
        "" => said.text(say::SOMEBODY),
        openid => said.line(say::FOLLOWER, &[("id", &short(openid))]),
    };
    let at = |seconds: i64| plausible(Some(seconds), now).rfc3339();
    let mut events = vec![json!({
        "event": "message",
        "queue": "comments",
        "id": id.text(),
        "thread": id.text(),
        "author": {"id": openid, "name": name},
        "text": comment.content,
        "at": at(comment.create_time),
    })];
    if let Some(reply) = comment.reply.as_ref().filter(|reply| !reply.content.is_empty()) {
        events.push(json!({
            "event": "message",
            "queue": "comments",
            "id": CommentId { is_reply: true, ..id }.text(),
            "thread": id.text(),
            "in_reply_to": id.text(),
            "ours": true,
            "text": reply.content,
            "at": at(reply.create_time),
        }));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2247483700", Some((2_247_483_700, 0)))]
    #[case("2247483700:2", Some((2_247_483_700, 2)))]
    #[case(
        "http://mp.weixin.qq.com/s?__biz=MzI=&mid=2247483700&idx=2&sn=ab&chksm=c#rd",
        Some((2_247_483_700, 1))
    )]
    #[case("http://mp.weixin.qq.com/s?__biz=M&amp;mid=22&amp;idx=1", Some((22, 0)))]
    #[case("https://mp.weixin.qq.com/s/abcdef", None)]
    #[case("http://mp.weixin.qq.com/s?mid=1&idx=0", None)]
    #[case("http://mp.weixin.qq.com/s?idx=1", None)]
    #[case("-1", None)]
    #[case("", None)]
    fn articles_are_named_by_number_or_address(#[case] text: &str, #[case] is: Option<(u64, u32)>) {
        let is = is.map(|(message, index)| Article { message, index });
        assert_eq!(Article::read(text), is);
    }

    #[test]
    fn comment_ids_are_read_as_they_are_written() {
        for text in ["2247483700:0:17", "1:2:3:reply"] {
            assert_eq!(CommentId::read(text).unwrap().text(), text);
        }
        for text in ["", "1", "1:2", "1:2:3:4", "1:2:x", "1:2:3:reply:reply", "oOpenId"] {
            assert_eq!(CommentId::read(text), None, "{text}");
        }
    }

    #[test]
    fn published_articles_are_found_by_their_address() {
        let answer = json!({"item": [
            {"article_id": "a", "content": {"news_item": [
                {"url": "http://mp.weixin.qq.com/s?__biz=M&mid=100&idx=1&sn=x#rd"},
                {"url": "http://mp.weixin.qq.com/s?__biz=M&mid=100&idx=2&sn=x#rd", "is_deleted": true},
                {"title": "no address"},
            ]}},
            {"article_id": "b"},
        ]});
        assert_eq!(published(&answer), [Article { message: 100, index: 0 }]);
    }
}
