//! `dutydesk backup` and `dutydesk restore`: a whole desk in a folder, its files beside its records.
//!
//! The records are an export, taken as they were at one moment while the desk goes on. The backup is
//! made under another name and gets its own when it is on the disk.

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome, erase, export};
use crate::config::DeskPaths;
use crate::connect::source::{Origin, Source};
use crate::domain::Time;
use crate::domain::erasure::CopyKind;
use crate::text::Lang;
use crate::text::catalogue::upkeep as say;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The records.
const RECORDS: &str = "records.ndjson.gz";
/// What it is, in JSON.
const MANIFEST: &str = "backup.json";
/// The desk's own files, as they are.
const FILES: &str = "files";
/// Its channels' secrets.
const SECRETS: &str = "secrets.toml";
/// Folders of the desk that people write in.
const FOLDERS: [&str; 3] = ["responses", "profiles", "themes"];

/// What a backup says of itself.
#[derive(Serialize, Deserialize)]
struct Manifest {
    /// When it was begun.
    at: String,
    /// The program that made it.
    program: String,
    /// Lines of the records.
    lines: u64,
    /// Whether the secrets are in it.
    secrets: bool,
}

impl Manifest {
    /// When it was begun.
    fn moment(&self) -> Time {
        let at = chrono::DateTime::parse_from_rfc3339(&self.at);
        at.map(|at| Time::from(at.to_utc())).unwrap_or_default()
    }
}

fn folder_arg(lang: Lang) -> Arg {
    Arg::new("folder")
        .value_name("FOLDER")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help(say::ARG_FOLDER.raw(lang))
}

/// How `backup` is described.
pub(super) fn command(lang: Lang) -> Command {
    let secrets = Arg::new("secrets")
        .long("secrets")
        .action(ArgAction::SetTrue)
        .help(say::ARG_SECRETS.raw(lang));
    let about = Command::new("backup").about(say::BACKUP.raw(lang));
    about.long_about(say::BACKUP_LONG.raw(lang)).args([folder_arg(lang), secrets])
}

/// How `restore` is described.
pub(super) fn restore_command(lang: Lang) -> Command {
    let about = Command::new("restore").about(say::RESTORE.raw(lang));
    about.long_about(say::RESTORE_LONG.raw(lang)).arg(folder_arg(lang))
}

fn folder_of(args: &ArgMatches) -> PathBuf {
    args.get_one::<PathBuf>("folder").cloned().unwrap_or_default()
}

/// Says which file could not be read or written.
fn on(path: &Path, lang: Lang) -> impl Fn(io::Error) -> Failure + '_ {
    move |e| {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("path", &path.display()), ("why", &e)];
        Failure::new(Exit::File, say::NO_FILE.fill(lang, &values))
    }
}

/// Makes a backup of a desk that goes on meanwhile.
pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let target = folder_of(args);
    if target.exists() {
        let said = say::EXISTS.fill(lang, &[("path", &target.display())]);
        return Err(Failure::new(Exit::Usage, said));
    }
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = target.with_file_name(name);
    let made = make(context, &part, args.get_flag("secrets"));
    let finished = made.and_then(|manifest| {
        fs::rename(&part, &target).map_err(on(&target, lang))?;
        sync_parent(&target).map_err(on(&target, lang))?;
        Ok(manifest)
    });
    let manifest = match finished {
        Ok(manifest) => manifest,
        Err(failure) => {
            // Half a backup helps nobody, and the reason for it is said.
            let _ = fs::remove_dir_all(&part);
            return Err(failure);
        }
    };
    erase::copied(context, CopyKind::Backup, manifest.moment(), &target);
    let mut printer = Printer::new(lang);
    if context.json {
        printer.json(&json!({ "folder": target, "lines": manifest.lines, "at": manifest.at }))?;
    } else {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("n", &manifest.lines), ("path", &target.display())];
        printer.line(&say::BACKED_UP.fill(lang, &values))?;
    }
    printer.end()
}

fn make(context: &Context, part: &Path, secrets: bool) -> Result<Manifest, Failure> {
    let lang = context.lang;
    let at = Time::from(chrono::Utc::now()).rfc3339();
    DirBuilder::new().mode(0o700).create(part).map_err(on(part, lang))?;
    let records = part.join(RECORDS);
    let failed = on(&records, lang);
    let mut out =
        GzEncoder::new(BufWriter::new(new_file(&records).map_err(&failed)?), Compression::fast());
    let lines = export::write(context, &mut out, &failed)?;
    let file = out.finish().and_then(|buffered| buffered.into_inner().map_err(io::Error::from));
    file.and_then(|file| file.sync_all()).map_err(&failed)?;
    copy_files(&context.folder()?, &part.join(FILES), secrets, lang)?;
    let manifest = Manifest { at, program: env!("CARGO_PKG_VERSION").to_owned(), lines, secrets };
    let file = part.join(MANIFEST);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| on(&file, lang)(e.into()))?;
    let written = new_file(&file).and_then(|mut out| {
        out.write_all(&text)?;
        out.sync_all()
    });
    written.and_then(|()| sync_folder(part)).map_err(on(&file, lang))?;
    Ok(manifest)
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes the names in a folder safe from a loss of power.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(parent) => sync_folder(parent),
        None => sync_folder(Path::new(".")),
    }
}

/// Copies what people write in the desk's folder: its TOML files, the trained model, its folders.
fn copy_files(desk: &Path, to: &Path, secrets: bool, lang: Lang) -> Outcome {
    DirBuilder::new().mode(0o700).create(to).map_err(on(to, lang))?;
    for entry in fs::read_dir(desk).map_err(on(desk, lang))? {
        let path = entry.map_err(on(desk, lang))?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        let is_settings = name.ends_with(".toml") || name == "classify.model";
        if path.is_file() && is_settings && (secrets || name != SECRETS) {
            copy(&path, &to.join(&name), lang)?;
        } else if path.is_dir() && FOLDERS.contains(&name.as_str()) {
            copy_folder(&path, &to.join(&name), lang)?;
        }
    }
    sync_folder(to).map_err(on(to, lang))
}

fn copy_folder(from: &Path, into: &Path, lang: Lang) -> Outcome {
    DirBuilder::new().mode(0o700).recursive(true).create(into).map_err(on(into, lang))?;
    for entry in fs::read_dir(from).map_err(on(from, lang))? {
        let path = entry.map_err(on(from, lang))?.path();
        let to = into.join(path.file_name().unwrap_or_default());
        // Links and folders in folders are nobody's settings; what is there already is somebody's.
        if path.symlink_metadata().is_ok_and(|meta| meta.is_file()) && !to.exists() {
            copy(&path, &to, lang)?;
        }
    }
    sync_folder(into).map_err(on(into, lang))
}

fn copy(from: &Path, to: &Path, lang: Lang) -> Outcome {
    let mut read = File::open(from).map_err(on(from, lang))?;
    // As closed as the backup itself, whatever it was on the desk.
    let written = new_file(to).and_then(|mut out| {
        io::copy(&mut read, &mut out)?;
        out.sync_all()
    });
    written.map_err(on(to, lang))
}

/// Makes a desk of a backup, in a folder where there is none.
pub(super) fn restore(context: &Context, args: &ArgMatches) -> Outcome {
    let lang = context.lang;
    let backup = folder_of(args);
    let file = backup.join(MANIFEST);
    let text = fs::read(&file).map_err(on(&file, lang))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|e| on(&file, lang)(e.into()))?;
    let desk = context.folder()?;
    if DeskPaths::new(&desk).database().exists() {
        let said = say::DESK_EXISTS.fill(lang, &[("path", &desk.display())]);
        return Err(Failure::new(Exit::Usage, said));
    }
    DirBuilder::new().mode(0o700).recursive(true).create(&desk).map_err(on(&desk, lang))?;
    let files = backup.join(FILES);
    for entry in fs::read_dir(&files).map_err(on(&files, lang))? {
        let path = entry.map_err(on(&files, lang))?.path();
        let to = desk.join(path.file_name().unwrap_or_default());
        match (path.is_dir(), to.exists()) {
            (true, _) => copy_folder(&path, &to, lang)?,
            // What is there already is somebody's.
            (false, true) => {}
            (false, false) => copy(&path, &to, lang)?,
        }
    }
    let records = backup.join(RECORDS);
    let source = Source::open(&Origin::named(&records), false, &Arc::default());
    let source = source.map_err(|e| Failure::new(Exit::File, e.say(lang)))?;
    export::restore(context, source)?;
    erase::copied(context, CopyKind::Source, manifest.moment(), &backup);
    if !manifest.secrets && !context.json {
        let mut printer = Printer::new(lang);
        printer.line(&say::NO_SECRETS.say(lang))?;
        return printer.end();
    }
    Ok(())
}
