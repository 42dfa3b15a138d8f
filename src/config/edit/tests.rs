use super::*;
use crate::config::{Secrets, keep_secrets, secrets_of};
use crate::domain::ChannelId;
use serde_json::json;

const WRITTEN: &str = r#"# Ours, since 2019.

[[channel]] # the first one
id = "shop"
platform = "weibo"  # not the old account
slots = ["mon 20:00"]

# The second one.
[[channel]]
id = "other"
platform = "zhihu"
connector = "command"
command = ["/opt/other"] # by Bo
[channel.settings]
# From the console.
region = "north" # not south
pages = 3
"#;

fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("channels.toml"), WRITTEN).unwrap();
    folder
}

fn text(desk: &tempfile::TempDir) -> String {
    fs::read_to_string(desk.path().join("channels.toml")).unwrap()
}

fn parsed(desk: &tempfile::TempDir) -> Channels {
    Channels::parse(Path::new("channels.toml"), &text(desk)).unwrap()
}

fn edit(id: &str) -> ChannelEdit {
    ChannelEdit { id: id.into(), ..ChannelEdit::default() }
}

#[test]
fn comments_survive_every_change() {
    let desk = desk();
    let new = ChannelEdit {
        platform: "wechat".into(),
        title: "微信".into(),
        connector: "wechat".into(),
        settings: json!({"app_id": "wx1"}).as_object().unwrap().clone(),
        ..edit("wx")
    };
    put_channel(desk.path(), &new).unwrap();
    assert!(text(&desk).starts_with(WRITTEN), "{}", text(&desk));
    let link = parsed(&desk).links.pop().unwrap();
    assert_eq!((link.connector.as_str(), &link.settings["app_id"]), ("wechat", &json!("wx1")));

    assert!(pause_channel(desk.path(), "wx", true).unwrap());
    assert!(parsed(&desk).links[1].paused);
    assert!(pause_channel(desk.path(), "wx", false).unwrap());
    assert!(!parsed(&desk).links[1].paused);
    assert!(!pause_channel(desk.path(), "nobody", true).unwrap());

    assert!(remove_channel(desk.path(), "wx").unwrap());
    assert!(!remove_channel(desk.path(), "wx").unwrap());
    assert_eq!(text(&desk), WRITTEN);
}

#[test]
fn what_is_not_named_stays() {
    let desk = desk();
    let settings = json!({"region": "south", "deep": true, "list": [1, 2]});
    let change = ChannelEdit {
        title: "另一个".into(),
        settings: settings.as_object().unwrap().clone(),
        ..edit("other")
    };
    put_channel(desk.path(), &change).unwrap();
    let text = text(&desk);
    for kept in
        ["# From the console.", "# not south", "pages = 3", "# by Bo", "# Ours, since 2019."]
    {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    let link = parsed(&desk).links.remove(0);
    assert_eq!(link.command, ["/opt/other"]);
    let expected = json!({"region": "south", "pages": 3, "deep": true, "list": [1, 2]});
    assert_eq!(Value::Object(link.settings), expected);
}

#[test]
fn another_connector_gets_none_of_the_old_ones_settings() {
    let desk = desk();
    put_channel(desk.path(), &ChannelEdit { connector: "manual".into(), ..edit("other") }).unwrap();
    let link = parsed(&desk).links.remove(0);
    assert_eq!(link.connector, "manual");
    assert!(link.command.is_empty() && link.settings.is_empty(), "{link:?}");
}

#[test]
fn a_change_that_would_be_a_mistake_is_not_written() {
    let desk = desk();
    let bad = ChannelEdit { platform: "No Such".into(), connector: "manual".into(), ..edit("x") };
    let e = put_channel(desk.path(), &bad).unwrap_err();
    assert!(e.to_string().contains("platform"), "{e}");
    assert_eq!(text(&desk), WRITTEN);
    let folder = fs::read_dir(desk.path()).unwrap();
    assert_eq!(folder.count(), 1, "nothing is left behind");
}

#[test]
fn a_file_keeps_its_mode_and_is_made_where_there_is_none() {
    let desk = desk();
    let file = desk.path().join("channels.toml");
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    pause_channel(desk.path(), "shop", true).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    fs::remove_file(&file).unwrap();
    let new = ChannelEdit { platform: "x".into(), connector: "manual".into(), ..edit("x") };
    put_channel(desk.path(), &new).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(parsed(&desk).links.len(), 1);
}

fn secret(value: &str) -> Secrets {
    Secrets::from([("password".to_owned(), value.to_owned())])
}

#[test]
fn secrets_are_their_owners_alone_whatever_lay_there_before() {
    let desk = tempfile::tempdir().unwrap();
    let (file, new) = (desk.path().join("secrets.toml"), desk.path().join("secrets.toml.new"));
    // From a restored backup, and from a write that was cut off.
    for open in [&file, &new] {
        fs::write(open, "").unwrap();
        fs::set_permissions(open, Permissions::from_mode(0o644)).unwrap();
    }
    let (a, b) = (ChannelId("a".into()), ChannelId("b".into()));
    keep_secrets(desk.path(), &a, &secret("hunter2")).unwrap();
    keep_secrets(desk.path(), &b, &secret("\"\n=[x]")).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!new.exists());
    assert_eq!(secrets_of(desk.path(), &a).unwrap(), secret("hunter2"));
    assert_eq!(secrets_of(desk.path(), &b).unwrap(), secret("\"\n=[x]"));
    keep_secrets(desk.path(), &a, &Secrets::new()).unwrap();
    assert!(!fs::read_to_string(&file).unwrap().contains("hunter2"));
    assert_eq!(secrets_of(desk.path(), &b).unwrap().len(), 1);
}

#[test]
fn secrets_kept_in_the_same_moment_are_all_there() {
    let desk = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let folder = desk.path();
            scope.spawn(move || {
                let id = ChannelId(format!("c{n}"));
                keep_secrets(folder, &id, &secret(&n.to_string())).unwrap();
            });
        }
    });
    for n in 0..8 {
        let id = ChannelId(format!("c{n}"));
        assert_eq!(secrets_of(desk.path(), &id).unwrap(), secret(&n.to_string()));
    }
}

#[test]
fn a_mistake_among_the_secrets_is_named_without_showing_them() {
    let desk = tempfile::tempdir().unwrap();
    let file = desk.path().join("secrets.toml");
    fs::write(&file, "[a]\npassword = hunter2 oops\n").unwrap();
    let id = ChannelId("a".into());
    for e in [
        secrets_of(desk.path(), &id).unwrap_err(),
        keep_secrets(desk.path(), &id, &secret("new")).unwrap_err(),
    ] {
        let said = e.to_string();
        assert!(said.contains("secrets.toml") && !said.contains("hunter2"), "{said}");
        assert!(!format!("{e:?}").contains("hunter2"), "{e:?}");
    }
    assert!(fs::read_to_string(&file).unwrap().contains("hunter2"), "it is left as it was");
}
