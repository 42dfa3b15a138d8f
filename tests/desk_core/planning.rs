//! Posts that are out, the asset library, topics that operators add.

use super::kit::*;
use dutydesk::daemon::desk::query;
use dutydesk::domain::library::{About, LibraryAct, Refused};
use dutydesk::domain::pool::Origin;
use dutydesk::domain::post::{Content, Form, Media, Post, PostAct, Variant};
use dutydesk::domain::slot::SlotState;
use dutydesk::domain::*;
use dutydesk::store::export::{export_page, restore_lines};
use dutydesk::store::{Overlay, Store, keys, records};

fn post(id: &str, at: Time, likes: i64) -> PastPost {
    PastPost {
        channel: ChannelId("xhs".into()),
        platform: "xiaohongshu".into(),
        id: id.into(),
        at,
        form: Form::ImageText,
        title: "手冲入门".into(),
        text: String::new(),
        length: 4,
        media: None,
        promoted: false,
        permalink: Some("javascript:x".into()),
        values: [("likes".to_owned(), likes)].into(),
        read: None,
    }
}

fn published(kit: &mut Kit, post: PastPost) -> (u32, u32, u32, usize) {
    let done = kit.ingest(vec![Event::Published(Box::new(post))]);
    (done.added, done.changed, done.known, done.rejected.len())
}

#[test]
fn a_post_that_is_out_is_kept_once_with_its_newest_figures() {
    let mut kit = Kit::new();
    let at = kit.now - Span::hours(50);
    assert_eq!(published(&mut kit, post("1", at, 3)), (1, 0, 0, 0));
    assert_eq!(published(&mut kit, post("1", at, 3)), (0, 0, 1, 0));
    assert_eq!(published(&mut kit, post("1", at, 9)), (0, 1, 0, 0));
    // It is told later that it went out at another time: it is not there twice.
    assert_eq!(published(&mut kit, post("1", at + Span::hours(1), 9)), (0, 1, 0, 0));
    assert_eq!(published(&mut kit, post("2", at, 1)), (1, 0, 0, 0));
    assert_eq!(published(&mut kit, post("", at, 1)), (0, 0, 0, 1));
    let ahead = kit.now + Span::hours(72);
    assert_eq!(published(&mut kit, post("3", ahead, 1)), (0, 0, 0, 1));
    let channel = ChannelId("xhs".into());
    let known = query::past_posts(&*kit.store, &channel, 10).unwrap();
    let seen: Vec<_> = known.iter().map(|p| (p.id.as_str(), p.figure("interactions"))).collect();
    assert_eq!(seen, [("1", Some(9)), ("2", Some(1))]);
    assert_eq!(known[0].permalink, None, "only http and https are kept");
    let histories = query::histories(&*kit.store).unwrap();
    assert_eq!((histories.len(), histories[0].posts), (1, 2));
    assert_eq!(histories[0].metrics, ["likes"]);
    // The channel came with its first post.
    assert!(kit.desk.channels().iter().any(|c| c.id == channel));
    kit.check();
}

fn about(link: &str) -> About {
    About { link: link.into(), alt: "A cup".into(), licence: "own".into(), ..About::default() }
}

fn add(link: &str) -> Command {
    Command::Library(LibraryAct::AssetAdd(Box::new(about(link))))
}

fn drop_asset(id: u64) -> Command {
    Command::Library(LibraryAct::AssetDrop { id })
}

fn refused<T>(why: Refused) -> Result<T, Refusal> {
    Err(Refusal::Library(why))
}

#[test]
fn assets_are_added_changed_and_dropped_and_each_is_undone() {
    let mut kit = Kit::new();
    assert_eq!(kit.done("amy", add("/srv/cup.png")).made, Some(1));
    assert_eq!(kit.act("bo", add("/srv/cup.png")), refused(Refused::AssetThere(1)));
    assert_eq!(kit.act("bo", add("cup.png")), refused(Refused::NoLink));
    let other = About { alt: "Our cup".into(), ..about("/srv/cup.png") };
    let edit = LibraryAct::AssetEdit { id: 1, about: Box::new(other) };
    kit.done("bo", Command::Library(edit));
    let alt = |kit: &Kit| query::assets(&*kit.store).unwrap()[0].asset.about.alt.clone();
    assert_eq!(alt(&kit), "Our cup");
    // Amy's adding was overtaken by bo's change.
    assert_eq!(kit.act("amy", Command::Undo), refused(Refused::ChangedSince));
    kit.done("bo", Command::Undo);
    assert_eq!(alt(&kit), "A cup");
    kit.done("bo", Command::Redo);
    assert_eq!(alt(&kit), "Our cup");
    kit.done("bo", drop_asset(1));
    assert_eq!(query::assets(&*kit.store).unwrap(), []);
    kit.done("bo", Command::Undo);
    assert_eq!(alt(&kit), "Our cup");
    assert_eq!(kit.act("bo", drop_asset(9)), refused(Refused::NoSuchAsset(9)));
    // A number is never given again.
    kit.done("bo", Command::Redo);
    assert_eq!(kit.done("bo", add("/srv/b.png")).made, Some(2));
    kit.check();
    kit.restart();
    kit.done("bo", Command::Undo);
    assert_eq!(query::assets(&*kit.store).unwrap(), []);
    kit.check();
}

/// Puts a post into the store that is made from an asset and came from a topic.
fn make_post(kit: &Kit, asset: u64, topic: u64) {
    let variant = Variant {
        number: 1,
        channel: ChannelId("xhs".into()),
        version: 2,
        title: String::new(),
        form: Form::ImageText,
        funnel: None,
        high_risk: false,
        by: OperatorName("amy".into()),
        state: SlotState::Draft,
        since: kit.now,
        at: None,
        goes: None,
        holds: None,
        pinned: false,
        verdicts: Vec::new(),
        why: String::new(),
        out: None,
        deleting: false,
    };
    let post = Post {
        id: PostId(4),
        idea: "cups".into(),
        topic: Some(topic),
        made: kit.now,
        by: OperatorName("amy".into()),
        revision: 1,
        variants: vec![variant],
        numbered: 1,
        dropped: false,
    };
    let media = vec![Media { asset: Some(asset), ..Media::default() }; 2];
    let mut to = Overlay::new(&*kit.store);
    records::put(&mut to, keys::post(post.id), &post).unwrap();
    let at = VariantRef { post: PostId(4), variant: 1 };
    for (version, media) in [(1, Vec::new()), (2, media)] {
        let content = Content { media, ..Content::default() };
        records::put(&mut to, keys::post_text(at, version), &content).unwrap();
    }
    to.keep();
    kit.store.commit(to.into_group()).unwrap();
}

#[test]
fn an_asset_in_use_is_not_dropped_and_a_topic_shows_its_posts() {
    let mut kit = Kit::new();
    kit.done("amy", add("/srv/cup.png"));
    kit.done("amy", add("/srv/b.png"));
    let trend = LibraryAct::TopicAdd {
        origin: Origin::Trend,
        title: " cold brew at home ".into(),
        link: Some("https://example.com/t".into()),
        note: "this week".into(),
    };
    assert_eq!(kit.done("amy", Command::Library(trend)).made, Some(1));
    make_post(&kit, 1, 1);
    let uses: Vec<_> =
        query::assets(&*kit.store).unwrap().iter().map(|row| (row.posts, row.last)).collect();
    assert_eq!(uses, [(1, Some(kit.now)), (0, None)]);
    assert_eq!(kit.act("bo", drop_asset(1)), refused(Refused::AssetInUse { id: 1, posts: 1 }));
    kit.done("bo", drop_asset(2));
    let topics = query::topics(&*kit.store, kit.now).unwrap();
    assert_eq!(
        (topics[0].text.as_str(), &topics[0].posts[..]),
        ("cold brew at home", &[PostId(4)][..])
    );
    assert_eq!((topics[0].score.fresh, topics[0].score.origin), (30, 10));
}

#[test]
fn topics_of_every_origin_stand_in_one_pool_by_their_scores() {
    let mut kit = Kit::new();
    let id = kit.comment("1", "Do you ship to Germany?");
    kit.done("amy", Command::Topic { ids: vec![id], note: String::new() });
    let topic = |origin, title: &str| {
        Command::Library(LibraryAct::TopicAdd {
            origin,
            title: title.into(),
            link: None,
            note: String::new(),
        })
    };
    kit.done("amy", topic(Origin::Competitor, "their new loyalty card"));
    kit.done("amy", topic(Origin::Trend, "shipping to germany"));
    assert_eq!(kit.act("amy", topic(Origin::Trend, "  ")), refused(Refused::NoTitle));
    let order = |kit: &Kit| -> Vec<u64> {
        query::topics(&*kit.store, kit.now).unwrap().iter().map(|t| t.topic.id).collect()
    };
    assert_eq!(order(&kit), [3, 1, 2]);
    // A trend is old news after a week.
    kit.now = kit.now + Span::hours(24 * 8);
    assert_eq!(order(&kit), [1, 2, 3]);
    // A question that is the same counts there, and the topic stays when it goes again.
    let asked = kit.comment("2", "Their new loyalty card!");
    kit.done("bo", Command::Topic { ids: vec![asked], note: String::new() });
    let times = |kit: &Kit| -> Vec<(u64, u32)> {
        let rows = query::topics(&*kit.store, kit.now).unwrap();
        rows.iter().map(|t| (t.topic.id, t.topic.times())).collect()
    };
    assert!(times(&kit).contains(&(2, 1)));
    kit.done("bo", Command::Untopic { ids: vec![asked] });
    assert!(times(&kit).contains(&(2, 0)));
    let drop = Command::Library(LibraryAct::TopicDrop { topic: 1 });
    kit.done("bo", drop.clone());
    assert_eq!(order(&kit).len(), 2);
    assert_eq!(kit.act("bo", drop), refused(Refused::NoSuchTopic(1)));
    kit.done("bo", Command::Undo);
    assert!(times(&kit).contains(&(1, 1)), "with its question");
    kit.check();
}

#[test]
fn a_post_that_names_an_asset_that_is_not_there_is_refused() {
    let mut kit = Kit::new();
    let media = vec![Media { asset: Some(5), ..Media::default() }];
    let content = Content { media, ..Content::default() };
    let variants = vec![(ChannelId("xhs".into()), content)];
    let new = PostAct::New { idea: "cups".into(), topic: None, variants, when: None };
    assert_eq!(kit.act("amy", Command::Post(new)), refused(Refused::NoSuchAsset(5)));
}

#[test]
fn history_and_library_go_out_and_come_back() {
    let mut kit = Kit::new();
    let at = kit.now - Span::hours(50);
    published(&mut kit, post("1", at, 3));
    kit.done("amy", add("/srv/cup.png"));
    let (lines, next) = export_page(&*kit.store, None, 10_000).unwrap();
    assert_eq!(next, None);
    let mut other = Kit::new();
    restore_lines(&*other.store, &lines).unwrap();
    other.restart();
    let channel = ChannelId("xhs".into());
    let of = |kit: &Kit| query::past_posts(&*kit.store, &channel, 9).unwrap();
    assert_eq!(of(&other), of(&kit));
    assert_eq!(query::assets(&*other.store).unwrap(), query::assets(&*kit.store).unwrap());
    assert_eq!(other.done("amy", add("/srv/b.png")).made, Some(2));
    other.check();
}
