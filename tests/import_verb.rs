//! `import` as a script meets it: the real program, a real daemon, files of every kind.

mod shell;

use flate2::Compression;
use flate2::write::GzEncoder;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use shell::Desk;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A profile and a file for it in the desk's home.
fn file(desk: &Desk, name: &str, bytes: &[u8]) -> String {
    fs::create_dir_all(desk.folder().join("profiles")).unwrap();
    fs::write(
        desk.folder().join("profiles/shop.toml"),
        "about = \"ours\"\nformat = \"csv\"\nchannel = \"shop\"\n[columns]\nid = \"id\"\ntext = \"text\"\nat = \"at\"\n",
    )
    .unwrap();
    let path: PathBuf = desk.home().join(name);
    fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

fn rows(n: usize) -> String {
    let rows = (0..n).map(|i| {
        let noise = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{i},hello {noise:x},2026-01-02T10:{:02}:00Z\n", i % 60)
    });
    ["id,text,at\n".to_owned()].into_iter().chain(rows).collect()
}

fn one(lines: &[Value]) -> &Value {
    assert_eq!(lines.len(), 1);
    &lines[0]
}

#[test]
fn the_same_file_twice_adds_nothing() {
    let desk = Desk::new();
    let path = file(&desk, "rows.csv", rows(1_500).as_bytes());
    let first = desk.json(&["import", &path, "--profile", "shop"]);
    let first = one(&first);
    assert_eq!(first["added"], 1_500);
    assert_eq!(first["opened"], 1_500);
    assert_eq!((&first["complete"], &first["rejected"]), (&json!(true), &json!(0)));
    let again = desk.json(&["import", &path, "--profile", "shop"]);
    assert_eq!(one(&again)["added"], 0);
    assert_eq!(one(&again)["known"], 1_500);
    let text = desk.done(&["import", &path, "--profile", "shop"]);
    assert!(text.contains("1500 known already"), "{text}");
}

#[test]
fn rejected_rows_are_counted_by_reason_and_written_with_their_lines() {
    let desk = Desk::new();
    let bytes = b"id,text,at,mood\n1,hi,2026-01-02T10:11:12Z,\n2,,2026-01-02T10:11:12Z,\n\
        3,\x1b]0;x\x07\x00,2026-01-02T10:11:12Z,\n4,old,1900-01-01,\n5,\xff\xfe,2026-01-02,\n";
    let path = file(&desk, "rows.csv", bytes);
    let rejects = desk.home().join("rejects.ndjson");
    let args = ["import", &path, "--profile", "shop", "--rejects"];
    let report = desk.json(&[&args[..], &[rejects.to_str().unwrap()]].concat());
    let report = one(&report);
    assert_eq!(
        (&report["rows"], &report["added"], &report["rejected"]),
        (&json!(5), &json!(1), &json!(4))
    );
    assert_eq!(
        report["rejected_by_reason"],
        json!({"no-text": 1, "nul": 1, "time-out-of-range": 1, "invalid-utf8": 1})
    );
    assert_eq!(report["unknown_columns"], json!(["mood"]));
    let written = fs::read_to_string(rejects).unwrap();
    assert!(!written.contains(['\x1b', '\0', '\x07']), "{written:?}");
    let lines: Vec<u64> = written
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap()["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [3, 4, 5, 6]);
}

#[test]
fn of_a_cut_gzip_the_rows_before_the_cut_are_kept_and_the_exit_code_says_so() {
    let desk = Desk::new();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(rows(4_000).as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    let path = file(&desk, "rows.csv.gz", &whole[..whole.len() / 2]);
    let ran = desk.run(&["import", &path, "--profile", "shop", "--json"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let (added, line) = (&report["added"].as_u64().unwrap(), &report["broken_at_line"]);
    assert!(*added > 1_000 && *added < 3_000 && report["complete"] == false, "{report}");
    assert!(ran.err.contains(&path) && ran.err.contains(&format!("line {line}")), "{}", ran.err);
    // The whole file brings the rest and nothing twice.
    let path = file(&desk, "whole.csv.gz", &whole);
    let report = desk.json(&["import", &path, "--profile", "shop"]);
    assert_eq!(one(&report)["added"], 4_000 - added);
}

#[test]
fn what_cannot_be_imported_is_one_sentence_and_the_desk_is_not_asked() {
    let desk = Desk::new();
    let path = file(&desk, "rows.csv", b"id,body,at\n1,hi,2026-01-02\n");
    for (args, code, about) in [
        (&["import", "/nowhere/x.csv"][..], 4, "/nowhere/x.csv"),
        (&["import", &path, "--profile", "none"], 2, "douyin_stream"),
        (&["import", &path, "--profile", "shop", "--rejects", "/nowhere/r"], 4, "/nowhere/r"),
        (&["import", &path, "--replay", "0"], 2, "--replay"),
        (&["import"], 2, "FILE"),
        (&["import", &path, "--profile", "shop"], 4, "id, body, at"),
    ] {
        let ran = desk.run(args);
        assert_eq!(ran.code, code, "{args:?} {ran:?}");
        assert!(ran.err.contains(about) && ran.out.is_empty(), "{args:?} {ran:?}");
    }
}

#[test]
fn the_profiles_are_listed_with_those_of_the_desk() {
    let desk = Desk::new();
    file(&desk, "x", b"");
    let list = desk.done(&["import", "--profiles"]);
    for name in ["airline_tweets", "douyin_stream", "events", "shop", "twcs_threads"] {
        assert!(list.lines().any(|l| l.starts_with(name)), "{list}");
    }
}

#[test]
fn events_come_from_standard_input() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["import", "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let event =
        r#"{"event":"message","channel":"weibo","id":"1","text":"hi","at":"2026-01-02T10:11:12Z"}"#;
    writeln!(child.stdin.take().unwrap(), "{event}").unwrap();
    let out = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["added"], 1);
}

/// Waits until so many conversations wait on the desk.
fn wait_for(desk: &Desk, n: usize) {
    let patience = Instant::now() + Duration::from_secs(60);
    while desk.json(&["list"]).len() != n {
        assert!(Instant::now() < patience, "{n} conversations never came");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A program that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended by itself when all went well.
        let _ = self.0.kill();
    }
}

#[test]
fn a_followed_file_goes_on_over_rotation_and_a_killed_daemon() {
    let desk = Desk::new();
    let path = file(&desk, "rows.csv", b"id,text,at\n1,one,2026-01-02\n");
    let mut command = desk.command(&["import", &path, "--profile", "shop", "--follow", "--json"]);
    let mut follow = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    wait_for(&desk, 1);
    kill(Pid::from_raw(desk.daemon()), Signal::SIGKILL).unwrap();
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"2,two,2026-01-02\n").unwrap();
    wait_for(&desk, 2);
    fs::rename(&path, format!("{path}.1")).unwrap();
    fs::write(&path, "id,text,at\n3,three,2026-01-02\n").unwrap();
    wait_for(&desk, 3);
    kill(Pid::from_raw(i32::try_from(follow.0.id()).unwrap()), Signal::SIGINT).unwrap();
    let mut out = String::new();
    std::io::Read::read_to_string(&mut follow.0.stdout.take().unwrap(), &mut out).unwrap();
    assert!(follow.0.wait().unwrap().success());
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["rows"], 3);
}

#[test]
fn a_replay_makes_old_rows_new() {
    let desk = Desk::new();
    let path = file(
        &desk,
        "rows.csv",
        b"id,text,at\n2,b,2020-01-02T10:00:30Z\n1,a,2020-01-02T10:00:00Z\n",
    );
    let report = desk.json(&["import", &path, "--profile", "shop", "--replay", "60x"]);
    assert_eq!(one(&report)["added"], 2);
    let list = desk.json(&["list"]);
    let received: Vec<&str> = list.iter().map(|l| l["received_at"].as_str().unwrap()).collect();
    assert!(received.iter().all(|t| !t.starts_with("2020")), "{received:?}");
}

/// A workbook as a back office makes one: a sheet for each figure, days as numbers.
fn workbook(sheets: &[(&str, &[(f64, f64)])]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut put = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let (mut list, mut links) = (String::new(), String::new());
    for (i, (name, rows)) in (1..).zip(sheets) {
        list += &format!("<sheet name=\"{name}\" sheetId=\"{i}\" r:id=\"rId{i}\"/>");
        links += &format!(
            "<Relationship Id=\"rId{i}\" Type=\"{office}/worksheet\" Target=\"worksheets/s{i}.xml\"/>"
        );
        let text = |cell: &str, t: &str| {
            format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{t}</t></is></c>")
        };
        let mut data = format!("<row r=\"1\">{}</row>", text("A1", "近30日数据"));
        data += &format!("<row r=\"2\">{}{}</row>", text("A2", "日期"), text("B2", "数值"));
        for (r, (day, value)) in (3..).zip(*rows) {
            data += &format!(
                "<row r=\"{r}\"><c r=\"A{r}\"><v>{day}</v></c><c r=\"B{r}\"><v>{value}</v></c></row>"
            );
        }
        put(
            &format!("xl/worksheets/s{i}.xml"),
            &format!("<worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>"),
        );
    }
    put(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{list}</sheets></workbook>"
        ),
    );
    put(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    put(
        "xl/_rels/workbook.xml.rels",
        &format!("<Relationships xmlns=\"{package}\">{links}</Relationships>"),
    );
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_is_known_by_its_sheets_and_its_days_become_figures() {
    let desk = Desk::new();
    // 2 and 4 January 2026; the sheet of something else is passed over.
    let bytes = workbook(&[
        ("账号总览", &[(1.0, 2.0)]),
        ("曝光趋势", &[(46_024.0, 1200.0), (46_026.0, 800.0)]),
        ("观看趋势", &[(46_024.0, 300.0)]),
    ]);
    let path = desk.home().join("export.xlsx");
    fs::write(&path, bytes).unwrap();
    let path = path.display().to_string();
    let looked = desk.json(&["import", &path, "--check"]);
    assert_eq!((&looked[0]["rows"], &looked[1]["readable"]), (&json!(7), &json!(3)));
    assert_eq!(looked[1]["first"][0]["at"], "2026-01-02T04:00:00Z");
    assert_eq!(looked[1]["first"][0]["values"], json!({ "impressions": 1200 }));
    let report = desk.json(&["import", &path]);
    let report = one(&report);
    assert_eq!((&report["profile"], &report["changed"]), (&json!("xhs_daily"), &json!(3)));
    assert_eq!(report["left_out_by_reason"], json!({ "not-data": 3, "not-meant": 1 }));
    let covered = &report["coverage"];
    assert_eq!((&covered["days"], &covered["missing_days"]), (&json!(3), &json!(["2026-01-03"])));
    assert_eq!(covered["figures"]["reads"]["missing_days"], json!(["2026-01-03", "2026-01-04"]));
    assert_eq!(one(&desk.json(&["import", &path]))["known"], 3);
}

#[test]
fn what_no_profile_fits_is_told_with_its_columns() {
    let desk = Desk::new();
    let path = desk.home().join("x.csv");
    fs::write(&path, "when,who,what\nnow,May,hi\n").unwrap();
    let path = path.display().to_string();
    let ran = desk.run(&["import", &path]);
    assert!(ran.err.contains("when, who, what"), "{}", ran.err);
    let columns = desk.json(&["import", &path, "--columns"]);
    assert_eq!(columns[0]["profile"], Value::Null);
    assert_eq!(
        columns[0]["columns"][2],
        json!({ "name": "what", "samples": ["hi"], "meaning": "" })
    );
}
