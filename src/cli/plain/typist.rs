//! A line as it is typed. What is typed is echoed by itself, so that a sentence that comes
//! meanwhile waits until the line is finished; no sequence is written, only text, backspaces and
//! line ends.

use super::news::News;
use super::sentence::Saying;
use crate::app::KeyCode;
use crate::client::link::Link;
use crate::client::signals::{Asked, Signals};
use crate::domain::Time;
use crate::term::{Input, Reader, Unbuffered};
use crate::text::{Shown, clusters};
use std::collections::VecDeque;
use std::io::{self, Write};

/// Lines that are remembered.
const REMEMBERED: usize = 100;

/// What came of a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// It was finished.
    Line(String),
    /// It was given up.
    GivenUp,
    /// There will be no more.
    End,
}

/// What a line is read beside.
pub struct Beside<'a> {
    pub link: &'a mut Link,
    pub news: &'a mut News,
    pub saying: &'a Saying,
    pub signals: &'a mut Signals,
}

/// Reads lines from the terminal.
#[derive(Debug)]
pub struct Typist {
    reader: Reader,
    /// What was read and not yet taken: more lines, of a paste.
    waiting: VecDeque<Input>,
    text: String,
    history: Vec<String>,
    /// Sentences that came while something was being typed.
    held: Vec<Shown>,
}

impl Typist {
    /// On the terminal of stdin; needs a runtime around it.
    ///
    /// # Errors
    /// When stdin is no terminal.
    pub fn open() -> io::Result<Typist> {
        Ok(Typist {
            reader: Reader::open()?,
            waiting: VecDeque::new(),
            text: String::new(),
            history: Vec::new(),
            held: Vec::new(),
        })
    }

    /// Reads one line behind a prompt. `remembers` puts it among those that the Up key brings back.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn line(
        &mut self,
        prompt: &Shown,
        remembers: bool,
        beside: Beside<'_>,
    ) -> io::Result<Typed> {
        let mut mode = Unbuffered::enter()?;
        let echo = Echo { prompt, on: mode.echoed() };
        say_all(std::mem::take(&mut self.held))?;
        self.text.clear();
        let mut at = self.history.len();
        echo.again("")?;
        loop {
            let Some(input) = self.waiting.pop_front() else {
                tokio::select! {
                    biased;
                    asked = beside.signals.next() => match asked {
                        Asked::Quit => return Ok(Typed::End),
                        Asked::Continue => {
                            mode = Unbuffered::enter()?;
                            echo.again(&self.text)?;
                        }
                        // Ctrl-C between two lines, when the terminal makes a signal of it.
                        Asked::Interrupt => return self.give_up(),
                        Asked::Resize | Asked::Themes => {}
                    },
                    read = self.reader.next() => match read {
                        Ok(inputs) => self.waiting.extend(inputs),
                        Err(_) => return Ok(Typed::End),
                    },
                    Some(event) = beside.link.next() => {
                        let now = Time::from(chrono::Utc::now());
                        let new = beside.news.take(event, beside.link, beside.saying, now);
                        if self.text.is_empty() && !new.is_empty() {
                            // Over the prompt, which is shorter.
                            put("\r")?;
                            say_all(new)?;
                            echo.again("")?;
                        } else {
                            self.held.extend(new);
                        }
                    }
                }
                continue;
            };
            let key = match input {
                Input::Key(key) => key,
                Input::Paste(text) => {
                    let text = Shown::line(&text).to_string();
                    self.text.push_str(&text);
                    echo.add(&text)?;
                    continue;
                }
                Input::Focus(_) | Input::Answer(_) => continue,
            };
            match key.code {
                KeyCode::Enter => return self.finish(remembers, &echo),
                KeyCode::Char('j' | 'm') if key.ctrl => return self.finish(remembers, &echo),
                KeyCode::F(_) if self.text.is_empty() => {
                    self.text = key.to_string();
                    echo.add(&self.text)?;
                    return self.finish(false, &echo);
                }
                KeyCode::Char('c') if key.ctrl => return self.give_up(),
                KeyCode::Char('d') if key.ctrl && self.text.is_empty() => {
                    put("\n")?;
                    return Ok(Typed::End);
                }
                KeyCode::Char('z') if key.ctrl => {
                    put("\n")?;
                    drop(mode);
                    nix::sys::signal::raise(nix::sys::signal::Signal::SIGTSTP)?;
                    mode = Unbuffered::enter()?;
                    echo.again(&self.text)?;
                }
                KeyCode::Char('u') if key.ctrl => self.set(String::new(), &echo)?,
                KeyCode::Char('w') if key.ctrl => {
                    let kept = self.text.trim_end();
                    let to = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                    self.set(kept[..to].to_owned(), &echo)?;
                }
                KeyCode::Backspace | KeyCode::Char('h')
                    if key.code == KeyCode::Backspace || key.ctrl =>
                {
                    self.erase(&echo)?;
                }
                KeyCode::Up | KeyCode::Down => {
                    let to = match key.code {
                        KeyCode::Up => at.saturating_sub(1),
                        _ => (at + 1).min(self.history.len()),
                    };
                    if to != at {
                        at = to;
                        self.set(self.history.get(at).cloned().unwrap_or_default(), &echo)?;
                    }
                }
                KeyCode::Char(c) if !key.ctrl && !key.alt => {
                    let typed = Shown::line(c.encode_utf8(&mut [0; 4])).to_string();
                    self.text.push_str(&typed);
                    echo.add(&typed)?;
                }
                _ => {}
            }
        }
    }

    fn give_up(&mut self) -> io::Result<Typed> {
        self.text.clear();
        put("\n")?;
        Ok(Typed::GivenUp)
    }

    fn finish(&mut self, remembers: bool, echo: &Echo<'_>) -> io::Result<Typed> {
        if echo.on {
            put("\n")?;
        }
        let line = std::mem::take(&mut self.text);
        if remembers && !line.trim().is_empty() && self.history.last() != Some(&line) {
            if self.history.len() == REMEMBERED {
                self.history.remove(0);
            }
            self.history.push(line.clone());
        }
        Ok(Typed::Line(line))
    }

    /// Another text in the place of this one.
    fn set(&mut self, text: String, echo: &Echo<'_>) -> io::Result<()> {
        if text != self.text {
            self.text = text;
            // On a line of its own: it is read out whole then.
            put("\n")?;
            echo.again(&self.text)?;
        }
        Ok(())
    }

    fn erase(&mut self, echo: &Echo<'_>) -> io::Result<()> {
        let Some((from, cluster)) = last_cluster(&self.text) else { return Ok(()) };
        let width = Shown::line(cluster).width();
        let before = echo.prompt.width() + Shown::line(&self.text).width();
        self.text.truncate(from);
        let columns = usize::from(crate::term::size().0);
        if before % columns <= width {
            // A backspace stops at the edge of the screen.
            put("\n")?;
            return echo.again(&self.text);
        }
        echo.add(&format!("{0}{1}{0}", "\u{8}".repeat(width), " ".repeat(width)))
    }
}

fn last_cluster(text: &str) -> Option<(usize, &str)> {
    let (last, _) = clusters(text).last()?;
    Some((text.len() - last.len(), last))
}

/// What is typed, shown.
struct Echo<'a> {
    prompt: &'a Shown,
    on: bool,
}

impl Echo<'_> {
    fn again(&self, text: &str) -> io::Result<()> {
        put(self.prompt.as_str())?;
        self.add(text)
    }

    fn add(&self, text: &str) -> io::Result<()> {
        if self.on { put(text) } else { Ok(()) }
    }
}

fn put(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes lines.
///
/// # Errors
/// When the terminal is gone.
pub fn say_all(lines: impl IntoIterator<Item = Shown>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()
}
