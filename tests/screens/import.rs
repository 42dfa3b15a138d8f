//! The import wizard.

use super::desk::Desk;
use crate::{USUAL, snapshots_at};
use dutydesk::app::import::{By, Job, Stage, Told};
use dutydesk::app::layer::Layer;
use dutydesk::app::{Effect, Msg};
use dutydesk::connect::Profile;
use dutydesk::connect::profile::Kind;
use dutydesk::text::Lang;
use rstest::rstest;

/// What is told of a file that no profile fits.
const UNKNOWN: &str = r#"{"file":"x","sheet":"数据","sheets":["数据"],"delimiter":",","header_line":3,
"profile":null,"rows":null,"channel":null,"columns":[
{"name":"日期","samples":["2026-01-02","2026-01-03"],"meaning":"at"},
{"name":"视频 \"一\"","samples":["手冲入门","a very long title that goes on and on and on"],"meaning":"title"},
{"name":"点赞数","samples":["2.2万","117"],"meaning":"figure:likes"},
{"name":"转粉","samples":["12"],"meaning":""},
{"name":"GMV","samples":["¥1,234.50","¥9"],"meaning":"figure:gmv"},
{"name":"备注","samples":[],"meaning":""}]}"#;

/// And of one that a profile fits.
const KNOWN: &str = r#"{"file":"x","sheet":null,"sheets":[],"delimiter":",","header_line":1,
"profile":"xhs_notes","rows":"posts","channel":"xiaohongshu","columns":[
{"name":"笔记标题","samples":["手冲入门","豆子怎么挑"],"meaning":"title"},
{"name":"首次发布时间","samples":["2026年01月02日10时11分12秒"],"meaning":"at"},
{"name":"曝光","samples":["22000","800"],"meaning":"figure:impressions"}]}"#;

const READ: [&str; 5] = [
    "393 rows in 0s, 4821 a second; profile notes",
    "3 rows rejected:",
    "         3  time cannot be read",
    "390 rows can be taken; nothing was imported. The first:",
    "2026-01-02T02:11:12Z  xiaohongshu  手冲入门  likes 22000, new_followers 12",
];

fn tell(desk: &mut Desk, lines: &[&str]) {
    for line in lines {
        desk.happens(Msg::Import(Told::Line(line.replace('\n', ""))));
    }
}

fn ends(desk: &mut Desk, failed: Option<&str>) {
    desk.happens(Msg::Import(Told::Ended(failed.map(str::to_owned))));
}

/// The wizard on a file of which this is told.
fn opened(lang: Lang, size: (u16, u16), told: &str) -> Desk {
    let mut desk = Desk::open(lang, size.0, size.1);
    desk.keys(":");
    desk.types("import ~/导出/notes.xlsx");
    desk.keys("enter");
    tell(&mut desk, &[told]);
    ends(&mut desk, None);
    desk
}

fn stage(desk: &Desk) -> Option<Stage> {
    desk.model.layers().iter().find_map(|l| match l {
        Layer::Import(w) => Some(w.stage),
        _ => None,
    })
}

/// The last job the client was given.
fn job(desk: &Desk) -> Option<Job> {
    desk.effects.iter().rev().find_map(|e| match e {
        Effect::Import { job, .. } => Some(job.clone()),
        _ => None,
    })
}

#[test]
fn the_columns_of_an_unknown_file() {
    snapshots_at(&USUAL, "import_mapping", |lang, w, h| {
        let mut desk = opened(lang, (w, h), UNKNOWN);
        desk.keys("j j j");
        desk
    });
}

#[test]
fn the_meanings_of_a_column() {
    snapshots_at(&USUAL, "import_meaning", |lang, w, h| {
        let mut desk = opened(lang, (w, h), UNKNOWN);
        desk.keys("j space");
        desk
    });
}

#[test]
fn a_file_that_a_profile_fits() {
    snapshots_at(&USUAL, "import_fits", |lang, w, h| opened(lang, (w, h), KNOWN));
}

#[test]
fn what_was_read() {
    snapshots_at(&USUAL, "import_checked", |lang, w, h| {
        let mut desk = opened(lang, (w, h), KNOWN);
        desk.keys("enter");
        tell(&mut desk, &READ);
        ends(&mut desk, None);
        desk
    });
}

#[test]
fn an_import_under_way() {
    snapshots_at(&USUAL, "import_going", |lang, w, h| {
        let mut desk = opened(lang, (w, h), KNOWN);
        desk.keys("enter");
        ends(&mut desk, None);
        desk.keys("enter");
        tell(&mut desk, &[r#"{"progress":{"rows":1200,"done":50,"of":200}}"#]);
        desk
    });
}

#[test]
fn what_is_in_the_way_is_said() {
    snapshots_at(&USUAL, "import_wrong", |lang, w, h| {
        let mut desk = opened(lang, (w, h), UNKNOWN);
        desk.keys("enter");
        desk
    });
}

#[test]
fn a_known_file_is_checked_and_imported_by_its_profile() {
    let mut desk = opened(Lang::En, (80, 24), KNOWN);
    assert_eq!(stage(&desk), Some(Stage::Mapping));
    desk.keys("enter");
    assert_eq!(job(&desk), Some(Job::Check(By::Name("xhs_notes".into()))));
    ends(&mut desk, None);
    assert_eq!(stage(&desk), Some(Stage::Checked));
    desk.keys("enter");
    assert_eq!(job(&desk), Some(Job::Take(By::Name("xhs_notes".into()))));
    tell(&mut desk, &["390 posts added, 0 changed, 0 known already"]);
    // Not before Enter goes on: whoever reads it presses it.
    assert!(!desk.screen().contains("390 posts added"), "{}", desk.screen());
    ends(&mut desk, None);
    assert!(desk.screen().contains("390 posts added"), "{}", desk.screen());
    desk.keys("enter");
    assert_eq!(stage(&desk), None);
}

#[test]
fn an_unknown_file_gets_a_profile_that_can_be_read() {
    let mut desk = opened(Lang::En, (80, 24), UNKNOWN);
    // The channel, then the figure of the fourth column, then the title is none.
    desk.keys("k k space");
    desk.types("Douyin");
    desk.keys("enter G k k space");
    desk.keys("k enter");
    desk.types("new_followers");
    desk.keys("enter enter");
    let Some(Job::Check(By::Text(name, text))) = job(&desk) else {
        panic!("{:?}\n{}", job(&desk), desk.screen());
    };
    assert_eq!(name, "notes");
    let profile = Profile::parse(&name, "notes.toml", &text).unwrap();
    assert_eq!(profile.rows, Kind::Posts);
    assert_eq!(profile.channel.unwrap().0, "douyin");
    let names: Vec<&str> = profile.figures.keys().map(String::as_str).collect();
    assert_eq!(names, ["gmv", "likes", "new_followers"]);
    assert_eq!(profile.columns.title.unwrap().all(), ["视频 \"一\""]);
    assert_eq!(profile.ignore, ["备注"]);
    // As figures of the account it is another profile.
    ends(&mut desk, None);
    desk.keys("esc g g space 3 enter");
    let Some(Job::Check(By::Text(name, text))) = job(&desk) else { panic!() };
    let profile = Profile::parse(&name, "notes.toml", &text).unwrap();
    assert_eq!((profile.rows, profile.columns.title), (Kind::Figures, None));
}

#[rstest]
#[case::no_channel("", "the channel is missing")]
#[case::no_time("space 1", "time or day")]
#[case::twice("j space 2", "two columns mean the same")]
fn what_a_profile_lacks_is_asked_for(#[case] keys: &str, #[case] said: &str) {
    let mut desk = opened(Lang::En, (80, 24), UNKNOWN);
    desk.keys(keys);
    desk.keys("enter");
    assert!(desk.screen().contains(said), "{}", desk.screen());
    assert_eq!(job(&desk), Some(Job::Look));
}

#[test]
fn what_goes_wrong_is_said_and_one_can_go_on() {
    let mut desk = opened(Lang::En, (80, 24), KNOWN);
    desk.keys("enter");
    ends(&mut desk, Some("error: nothing of it can be read"));
    assert_eq!(stage(&desk), Some(Stage::Mapping));
    assert!(desk.screen().contains("nothing of it can be read"), "{}", desk.screen());
    desk.keys("enter");
    desk.keys("esc");
    assert_eq!((stage(&desk), job(&desk)), (None, Some(Job::Stop)));
    // What comes too late is passed over.
    tell(&mut desk, &["late"]);
    ends(&mut desk, None);
    assert!(desk.model.layers().is_empty());
}
