//! `classify`: what a conversation is and why, to correct it, to try a text, to measure on a labelled
//! file, to train a model.

mod labelled;
mod learned;

use super::print::Printer;
use super::{Context, Exit, Failure, Outcome, action};
use crate::config::{Desk, DeskPaths};
use crate::domain::classify::eval::Report;
use crate::domain::classify::train;
use crate::domain::{Class, Command as Action, ConversationId, Intent, Name, command};
use crate::text::catalogue::classes as say;
use crate::text::{Align, Lang, Shown};
use crate::wire::message::{Answer, Ask};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use labelled::Reader;
use learned::Judge;
use serde::Serialize;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(super) fn with_args(verb: Command, lang: Lang) -> Command {
    let word = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(NonEmptyStringValueParser::new())
    };
    let modes = ["words", "text", "eval", "train", "corrections"];
    verb.arg(
        Arg::new("words")
            .value_name("ID|CLASS")
            .num_args(1..)
            .action(ArgAction::Append)
            .required_unless_present_any(["text", "eval", "train", "corrections"])
            .help(say::ARG_WORDS.raw(lang)),
    )
    .arg(
        word("text", "TEXT")
            .allow_hyphen_values(true)
            .conflicts_with_all(["words", "eval", "train"])
            .help(say::ARG_TRY.raw(lang)),
    )
    .arg(
        Arg::new("corrections")
            .long("corrections")
            .action(ArgAction::SetTrue)
            .help(say::ARG_CORRECTIONS.raw(lang)),
    )
    .arg(
        Arg::new("eval")
            .long("eval")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .conflicts_with_all(["words", "train"])
            .help(say::ARG_EVAL.raw(lang)),
    )
    .arg(
        Arg::new("train")
            .long("train")
            .value_name("FILE")
            .num_args(0..)
            .value_parser(value_parser!(PathBuf))
            .conflicts_with("words")
            .help(say::ARG_TRAIN.raw(lang)),
    )
    .arg(
        Arg::new("out")
            .long("out")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .requires("train")
            .help(say::ARG_OUT.raw(lang)),
    )
    .arg(
        word("text-column", "NAME")
            .conflicts_with_all(["words", "text"])
            .help(say::ARG_TEXT.raw(lang)),
    )
    .arg(
        word("label-column", "NAME")
            .conflicts_with_all(["words", "text"])
            .help(say::ARG_LABEL.raw(lang)),
    )
    .arg(
        word("map", "LABEL=INTENT,...")
            .conflicts_with_all(["words", "text"])
            .help(say::ARG_MAP.raw(lang)),
    )
    .arg(
        Arg::new("only")
            .long("only")
            .value_name("INTENT")
            .value_parser(Intent::ALL.map(Intent::name))
            .requires("eval")
            .help(say::ARG_ONLY.raw(lang)),
    )
    .group(clap::ArgGroup::new("mode").args(modes).multiple(false).required(false))
}

pub(super) fn run(context: &Context, args: &ArgMatches) -> Outcome {
    if args.get_flag("corrections") {
        return learned::list(context);
    }
    if let Some(file) = args.get_one::<PathBuf>("eval") {
        return evaluate(context, args, file);
    }
    if let Some(files) = args.get_many::<PathBuf>("train") {
        return train(context, args, files.cloned().collect());
    }
    if let Some(text) = args.get_one::<String>("text") {
        let classifier = Desk::load_classifier(&context.folder()?)
            .map_err(|e| Failure::new(Exit::Usage, e.say(context.lang)))?;
        let judge = Judge::of(context, &classifier)?;
        let class = classifier.judge(text, Some(&judge.learned));
        let mut printer = Printer::new(context.lang);
        if context.json {
            printer.json(&Tried { class: &class, corrections: judge.corrections })?;
        } else {
            print(&mut printer, context, None, Some(&class))?;
            printer.line(&judge.say(context.lang))?;
        }
        return printer.end();
    }
    let (words, action) = correction(context, args)?;
    let mut desk = context.connect()?;
    if words {
        return match context.ask(&mut desk, Ask::Do(action))? {
            Answer::Done(done) => action::report(context, Name::Classify, &done),
            _ => Err(context.strange()),
        };
    }
    let mut printer = Printer::new(context.lang);
    for id in action.ids() {
        let Answer::Shown(detail) = context.ask(&mut desk, Ask::Show(*id))? else {
            return Err(context.strange());
        };
        print(&mut printer, context, Some(*id), detail.conversation.class())?;
    }
    printer.end()
}

/// The conversations named, and what they are said to be; false = nothing was said.
pub(super) fn correction(context: &Context, args: &ArgMatches) -> Result<(bool, Action), Failure> {
    let mut ids: Vec<ConversationId> = Vec::new();
    let mut words = Vec::new();
    for word in args.get_many::<String>("words").into_iter().flatten() {
        match word.parse() {
            Ok(id) => ids.push(id),
            Err(_) => words.push(word.as_str()),
        }
    }
    let words = words.join(" ");
    if words.is_empty() {
        return Ok((false, Action::Classify { ids, intent: None, severity: None }));
    }
    let class = command::class_of(&words).filter(|_| !ids.is_empty());
    let (intent, severity) = class
        .ok_or_else(|| Failure::new(Exit::Usage, command::not_a_class(&words, context.lang)))?;
    Ok((true, Action::Classify { ids, intent, severity }))
}

#[derive(Serialize)]
struct Tried<'a> {
    class: &'a Class,
    /// How many corrections of the desk judged with lists and model; null = no desk was asked.
    corrections: Option<usize>,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<ConversationId>,
    class: Option<&'a Class>,
}

fn print(
    printer: &mut Printer,
    context: &Context,
    id: Option<ConversationId>,
    class: Option<&Class>,
) -> Outcome {
    if context.json {
        return printer.json(&Line { id, class });
    }
    let lang = context.lang;
    let mut line = Shown::default();
    if let Some(id) = id {
        line.push(&Shown::line(&format!("#{id}  ")));
    }
    let Some(class) = class else {
        line.push(&Shown::line("-"));
        return printer.line(&line);
    };
    line.push(&class.say(lang));
    let why = class.say_why(lang);
    if !why.is_empty() {
        line.push(&Shown::blank(2));
        line.push(&why);
    }
    printer.line(&line)
}

fn reader(context: &Context, args: &ArgMatches) -> Result<Reader, Failure> {
    let column = |name: &str| args.get_one::<String>(name).cloned();
    let map = args.get_one::<String>("map").map(String::as_str).unwrap_or_default();
    let map = labelled::map_of(map).map_err(|part| {
        Failure::new(Exit::Usage, say::EVAL_MAP.fill(context.lang, &[("part", &part)]))
    })?;
    Ok(Reader {
        text: column("text-column"),
        label: column("label-column"),
        map,
        lang: context.lang,
    })
}

#[derive(Serialize)]
struct EvalLine {
    class: &'static str,
    texts: u64,
    precision: f64,
    recall: f64,
    f1: f64,
    /// How many corrections of the desk judged with lists and model; null = no desk was asked.
    corrections: Option<usize>,
}

fn evaluate(context: &Context, args: &ArgMatches, file: &Path) -> Outcome {
    let lang = context.lang;
    let reader = reader(context, args)?;
    let only = args.get_one::<String>("only").and_then(|name| Intent::named(name));
    let classifier = Desk::load_classifier(&context.folder()?)
        .map_err(|e| Failure::new(Exit::Usage, e.say(lang)))?;
    let judge = Judge::of(context, &classifier)?;
    let mut report = Report::default();
    let mut spent = Duration::ZERO;
    let skipped = reader.read(file, |text, intent| {
        let begun = Instant::now();
        let class = classifier.judge(text, Some(&judge.learned));
        spent += begun.elapsed();
        report.count(intent, &class, only);
    })?;
    if report.texts == 0 {
        let name = file.display();
        return Err(Failure::new(Exit::File, say::EVAL_NONE.fill(lang, &[("file", &name)])));
    }
    let mut printer = Printer::new(lang);
    let shown = Intent::ALL.into_iter().filter(|i| !report.counts[*i as usize].is_empty());
    let micros = spent.as_micros() / u128::from(report.texts);
    if context.json {
        for intent in shown {
            let count = report.counts[intent as usize];
            printer.json(&EvalLine {
                class: intent.name(),
                texts: count.right + count.missed,
                precision: count.precision(),
                recall: count.recall(),
                f1: count.f1(),
                corrections: judge.corrections,
            })?;
        }
        return printer.end();
    }
    let mut rows = vec![
        [
            say::EVAL_HEAD_CLASS,
            say::EVAL_HEAD_TEXTS,
            say::EVAL_HEAD_PRECISION,
            say::EVAL_HEAD_RECALL,
            say::EVAL_HEAD_F1,
        ]
        .map(|m| m.say(lang))
        .to_vec(),
    ];
    for intent in shown {
        let count = report.counts[intent as usize];
        let share = |n: f64| Shown::line(&format!("{n:.3}"));
        rows.push(vec![
            intent.say(lang),
            Shown::line(&(count.right + count.missed).to_string()),
            share(count.precision()),
            share(count.recall()),
            share(count.f1()),
        ]);
    }
    printer.table(&[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right], &rows)?;
    let values: [(&str, &dyn Display); 7] = [
        ("texts", &report.texts),
        ("right", &report.right),
        ("unsure", &report.unsure),
        ("severe", &report.severe),
        ("false_alarms", &report.false_alarms),
        ("micros", &micros),
        ("skipped", &skipped),
    ];
    printer.line(&say::EVAL_SUMMARY.fill(lang, &values))?;
    printer.line(&judge.say(lang))?;
    printer.end()
}

fn train(context: &Context, args: &ArgMatches, files: Vec<PathBuf>) -> Outcome {
    let lang = context.lang;
    let reader = reader(context, args)?;
    let out = match args.get_one::<PathBuf>("out") {
        Some(out) => out.clone(),
        None => DeskPaths::new(context.folder()?).classify_model(),
    };
    // What is brought along adds to what the program makes, and counts more.
    let mut texts = crate::domain::classify::phrases::sentences(train::SENTENCES);
    let mut own = Vec::new();
    for file in &files {
        let before = own.len();
        reader.read(file, |text, intent| {
            own.push(train::Labelled { text: text.to_owned(), intent });
        })?;
        if own.len() == before {
            let name = file.display();
            return Err(Failure::new(Exit::File, say::EVAL_NONE.fill(lang, &[("file", &name)])));
        }
    }
    let times = if own.is_empty() { 0 } else { (train::SENTENCES / own.len()).clamp(1, 20) };
    for _ in 0..times {
        texts.extend(own.iter().cloned());
    }
    let model = train::train(&texts);
    let bytes = model.write();
    std::fs::write(&out, &bytes).map_err(|e| {
        let values: [(&str, &dyn Display); 2] = [("file", &out.display()), ("why", &e)];
        Failure::new(Exit::File, say::NO_MODEL_FILE.fill(lang, &values))
    })?;
    let mut printer = Printer::new(lang);
    let values: [(&str, &dyn Display); 4] = [
        ("n", &texts.len()),
        ("features", &model.len()),
        ("bytes", &bytes.len()),
        ("file", &out.display()),
    ];
    printer.line(&say::TRAINED.fill(lang, &values))?;
    printer.end()
}
