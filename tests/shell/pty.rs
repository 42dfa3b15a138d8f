//! The program in a terminal: a real pty, with an emulator that keeps what it shows.

use super::{Desk, PROGRAM};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take before a test fails; never how long it should.
const PATIENCE: Duration = Duration::from_secs(30);

/// A program in a terminal of its own.
pub struct Tty {
    master: Box<dyn MasterPty + Send>,
    writer: Writer,
    child: Box<dyn Child + Send + Sync>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
}

type Writer = Arc<Mutex<Box<dyn Write + Send>>>;

/// Answers the program's questions as a terminal does.
struct Answers {
    writer: Writer,
    /// False = a terminal that never answers.
    on: bool,
    /// Draws ambiguous characters over two columns, as its answers have it.
    wide: bool,
    /// Questions that wait until [`Tty::answer`]; `None` = answered at once.
    kept: Option<Vec<u8>>,
}

impl vt100::Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        letter: char,
    ) {
        let answer = match (first, letter, parameters) {
            (None, 'n', [[5]]) => "\x1b[0n".to_owned(),
            (None, 'n', [[6]]) => {
                let (row, column) = screen.cursor_position();
                format!("\x1b[{};{}R", row + 1, column + 1 + u16::from(self.wide))
            }
            _ => return,
        };
        match &mut self.kept {
            _ if !self.on => {}
            Some(kept) => kept.extend_from_slice(answer.as_bytes()),
            None => {
                let _ = self.writer.lock().unwrap().write_all(answer.as_bytes());
            }
        }
    }
}

/// What came from the program so far.
struct Shown {
    screen: vt100::Parser<Answers>,
    bytes: Vec<u8>,
    over: bool,
}

impl Tty {
    /// Opens a cockpit on the desk.
    pub fn cockpit(desk: &Desk, operator: &str, columns: u16, rows: u16) -> Tty {
        Tty::start(desk, &["--as", operator], &[("TERM", "xterm-256color")], columns, rows)
    }

    /// Starts the program with these arguments.
    pub fn start(desk: &Desk, args: &[&str], env: &[(&str, &str)], columns: u16, rows: u16) -> Tty {
        Tty::start_other(desk, Path::new(PROGRAM), args, env, columns, rows)
    }

    /// Starts any program in the desk's environment.
    pub fn start_other(
        desk: &Desk,
        program: &Path,
        args: &[&str],
        env: &[(&str, &str)],
        columns: u16,
        rows: u16,
    ) -> Tty {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        for (name, value) in desk.environment() {
            command.env(name, value);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        command.cwd(desk.home());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let size = |n| NonZeroU16::new(n).unwrap();
        let writer: Writer = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let mute = env.contains(&("TERM", "mute"));
        let wide = env.contains(&("TERM", "wide"));
        let answers = Answers { writer: Arc::clone(&writer), on: !mute, wide, kept: None };
        let (height, width) = (size(rows), size(columns));
        let shown = Arc::new((
            Mutex::new(Shown {
                screen: vt100::Parser::new_with_callbacks(height, width, 0, answers),
                bytes: Vec::new(),
                over: false,
            }),
            Condvar::new(),
        ));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let into = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            loop {
                let n = reader.read(&mut buffer).unwrap_or(0);
                let mut shown = into.0.lock().unwrap();
                shown.screen.process(&buffer[..n]);
                shown.bytes.extend_from_slice(&buffer[..n]);
                shown.over = n == 0;
                into.1.notify_all();
                if n == 0 {
                    break;
                }
            }
        });
        Tty { master: pair.master, writer, child, shown }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        let mut writer = self.writer.lock().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// From now on answers are as if still on a slow wire.
    pub fn keep_answers(&self) {
        self.shown.0.lock().unwrap().screen.callbacks_mut().kept = Some(Vec::new());
    }

    /// How many bytes of answers are kept.
    pub fn kept_answers(&self) -> usize {
        self.shown.0.lock().unwrap().screen.callbacks().kept.as_ref().map_or(0, Vec::len)
    }

    /// The kept answers arrive, and those to come at once.
    pub fn answer(&mut self) {
        let kept = self.shown.0.lock().unwrap().screen.callbacks_mut().kept.take();
        self.keys(&String::from_utf8(kept.unwrap_or_default()).unwrap());
    }

    /// Waits until the screen shows what is looked for, and gives it.
    pub fn wait(&self, what: &str, found: impl Fn(&vt100::Screen) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        let mut shown = self.shown.0.lock().unwrap();
        while !found(shown.screen.screen()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || shown.over {
                let (over, screen) = (shown.over, shown.screen.screen().contents());
                // The reader still writes to it while this test ends.
                drop(shown);
                panic!("no {what}{}:\n{screen}", if over { ", the program ended" } else { "" });
            }
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
        shown.screen.screen().contents()
    }

    /// Waits until this text is on the screen.
    pub fn see(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contents().contains(text))
    }

    /// Waits until this was sent, be it visible or not.
    pub fn see_sent(&self, bytes: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.since(0).windows(bytes.len()).any(|sent| sent == bytes.as_bytes()) {
            assert!(Instant::now() < until, "{bytes:?} was not sent");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until this text is on the screen no more.
    pub fn see_gone(&self, text: &str) -> String {
        self.wait(&format!("end of {text}"), |screen| !screen.contents().contains(text))
    }

    pub fn screen(&self) -> String {
        self.shown.0.lock().unwrap().screen.screen().contents()
    }

    /// How many bytes came so far.
    pub fn bytes(&self) -> usize {
        self.shown.0.lock().unwrap().bytes.len()
    }

    /// What came from this byte on.
    pub fn since(&self, from: usize) -> Vec<u8> {
        self.shown.0.lock().unwrap().bytes[from..].to_vec()
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        let size = |n| NonZeroU16::new(n).unwrap();
        self.shown.0.lock().unwrap().screen.screen_mut().set_size(size(rows), size(columns));
        self.master
            .resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .unwrap();
    }

    pub fn pid(&self) -> nix::unistd::Pid {
        nix::unistd::Pid::from_raw(self.child.process_id().unwrap() as i32)
    }

    /// Waits for the end; gives the exit code and everything that was written.
    pub fn end(mut self) -> (u32, Vec<u8>) {
        let until = Instant::now() + PATIENCE;
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.exit_code();
            }
            // One that stays would hold the whole run for ever.
            assert!(Instant::now() < until, "it does not end:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut shown = self.shown.0.lock().unwrap();
        while !shown.over && Instant::now() < until {
            shown = self.shown.1.wait_timeout(shown, Duration::from_millis(100)).unwrap().0;
        }
        (code, std::mem::take(&mut shown.bytes))
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// Whether every mode that was switched on is off again at the end of these bytes.
pub fn restored(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let last = |mode: &str| {
        let (on, off) = (format!("\x1b[?{mode}h"), format!("\x1b[?{mode}l"));
        (text.rfind(&on), text.rfind(&off))
    };
    let off_after_on = |mode| matches!(last(mode), (on, Some(off)) if on.is_none_or(|on| on < off));
    let on_after_off =
        |mode| matches!(last(mode), (Some(on), off) if off.is_none_or(|off| off < on));
    ["1049", "2004", "1004"].iter().all(|mode| off_after_on(mode))
        && ["25", "7"].iter().all(|mode| on_after_off(mode))
}
