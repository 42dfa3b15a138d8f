//! The cockpit's way to the desk: a link that comes back by itself.
//!
//! What is sent while there is no link is dropped: when it stands again the daemon greets, the
//! cockpit says anew what it shows, and gets the newest state of it. The session goes on under its
//! old number, so that claims are kept.

use super::attach::{self, AttachError, Attached, Caller, Launch};
use crate::wire::frame::{self, FrameError, Frames};
use crate::wire::message::{ToClient, ToDaemon, Turned, Welcome};
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The first and the longest wait before the link is tried again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(3));
/// The most messages that wait to be sent.
const MOST_OUT: usize = 1024;
/// The most messages that wait to be taken in; beyond it the daemon waits, and skips states.
const MOST_IN: usize = 64;

/// What comes from the link.
#[derive(Debug)]
pub enum LinkEvent {
    /// It stands, at the start and after each loss.
    Linked(Welcome),
    /// It is lost, or could not be made.
    Lost {
        /// Why.
        why: AttachError,
        /// When it is tried again; `None` = it is not, for it could not get better.
        retry_in: Option<Duration>,
    },
    /// Anything else from the daemon.
    Wire(ToClient),
}

/// A link to a desk. Needs a tokio runtime around it; ends when it is dropped.
#[derive(Debug)]
pub struct Link {
    /// `None` once it is being closed.
    out: Option<mpsc::Sender<ToDaemon>>,
    events: mpsc::Receiver<LinkEvent>,
    task: JoinHandle<()>,
}

impl Link {
    /// Begins to link; what becomes of it comes from [`Link::next`].
    pub fn open(desk: PathBuf, caller: Caller, launch: Launch) -> Link {
        let (out, to_send) = mpsc::channel(MOST_OUT);
        let (tell, events) = mpsc::channel(MOST_IN);
        let task = tokio::spawn(keep(desk, caller, launch, to_send, tell));
        Link { out: Some(out), events, task }
    }

    /// Sends a message; without a link, or when far too many wait already, it is dropped.
    pub fn send(&self, message: ToDaemon) {
        // Full or closed, both mean that there is no link that could take it.
        if let Some(out) = &self.out {
            let _ = out.try_send(message);
        }
    }

    /// What happens next on the link; `None` = it is over for good. Given up half-way (`select`),
    /// it loses nothing.
    pub async fn next(&mut self) -> Option<LinkEvent> {
        self.events.recv().await
    }

    /// Sends what still waits to be sent and ends the link. What comes in meanwhile is dropped.
    pub async fn close(&mut self) {
        self.out = None;
        while self.events.recv().await.is_some() {}
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Whether trying again could help.
fn may_pass(why: &AttachError) -> bool {
    match why {
        AttachError::NoRight(_)
        | AttachError::Impostor { .. }
        | AttachError::Planted { .. }
        | AttachError::OtherVersion { .. }
        | AttachError::Turned(Turned::NotAllowed(_) | Turned::NoRole(_) | Turned::Version(_)) => {
            false
        }
        AttachError::NotRunning(_)
        | AttachError::Turned(Turned::Ending | Turned::Full)
        | AttachError::Start(_)
        | AttachError::Silent(_)
        | AttachError::Link(_) => true,
    }
}

/// Keeps a link, until it cannot be kept or nobody wants it.
async fn keep(
    desk: PathBuf,
    mut caller: Caller,
    launch: Launch,
    mut out: mpsc::Receiver<ToDaemon>,
    tell: mpsc::Sender<LinkEvent>,
) {
    let mut wait = BACK_OFF.0;
    loop {
        let tried = {
            let (desk, caller, launch) = (desk.clone(), caller.clone(), launch.clone());
            tokio::task::spawn_blocking(move || attach::attach(&desk, &caller, &launch)).await
        };
        let why = match tried {
            Ok(Ok(attached)) => {
                wait = BACK_OFF.0;
                caller.resume = Some(attached.welcome.session);
                // What was meant for the link before is not for this one.
                while out.try_recv().is_ok() {}
                match talk(attached, &mut out, &tell).await {
                    Some(e) => AttachError::Link(e),
                    None => return,
                }
            }
            Ok(Err(why)) => why,
            // The runtime ends.
            Err(_) => return,
        };
        let retry_in = may_pass(&why).then_some(wait);
        if tell.send(LinkEvent::Lost { why, retry_in }).await.is_err() || retry_in.is_none() {
            return;
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(BACK_OFF.1);
    }
}

/// Carries messages both ways until the link breaks. `None` = nobody wants it any more.
async fn talk(
    attached: Attached,
    out: &mut mpsc::Receiver<ToDaemon>,
    tell: &mpsc::Sender<LinkEvent>,
) -> Option<FrameError> {
    let Attached { stream, mut frames, welcome } = attached;
    let stream = stream.set_nonblocking(true).and_then(|()| UnixStream::from_std(stream));
    let mut stream = match stream {
        Ok(stream) => stream,
        Err(e) => return Some(e.into()),
    };
    tell.send(LinkEvent::Linked(welcome)).await.ok()?;
    carry(&mut stream, &mut frames, out, tell).await.err()
}

/// As [`talk`]; `Ok` = nobody wants it any more.
async fn carry(
    stream: &mut UnixStream,
    frames: &mut Frames,
    out: &mut mpsc::Receiver<ToDaemon>,
    tell: &mpsc::Sender<LinkEvent>,
) -> Result<(), FrameError> {
    let (mut reader, mut writer) = stream.split();
    let mut waiting: Vec<u8> = Vec::new();
    loop {
        tokio::select! {
            n = writer.write(&waiting), if !waiting.is_empty() => {
                waiting.drain(..n?);
            }
            message = out.recv(), if waiting.is_empty() => match message {
                Some(message) => waiting = frame::encode(&message)?,
                None => return Ok(()),
            },
            heard = frames.read_async(&mut reader) => {
                if tell.send(LinkEvent::Wire(heard?)).await.is_err() {
                    return Ok(());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{OperatorName, SessionId};
    use crate::wire::message::{Answer, ClientKind};
    use crate::wire::place;
    use std::os::unix::net::UnixListener;
    use std::path::Path;

    fn caller() -> Caller {
        Caller { kind: ClientKind::Cockpit, declared: None, resume: None }
    }

    fn welcome(session: u64) -> ToClient {
        ToClient::Welcome(Welcome {
            session: SessionId(session),
            operator: OperatorName("amy".into()),
            declared: false,
            desk: "desk".into(),
            demo: false,
            zone: None,
            channels: vec![],
            lint: Default::default(),
            since: None,
            operators: vec![],
        })
    }

    fn listen(desk: &Path) -> UnixListener {
        std::fs::create_dir_all(place::run_folder(desk)).unwrap();
        let _ = std::fs::remove_file(place::socket(desk));
        UnixListener::bind(place::socket(desk)).unwrap()
    }

    #[tokio::test]
    async fn a_lost_link_comes_back_with_its_session() {
        let dir = tempfile::tempdir().unwrap();
        let listener = listen(dir.path());
        let daemon = std::thread::spawn(move || {
            let mut resumed = Vec::new();
            for session in [7, 8] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut frames = Frames::new();
                let ToDaemon::Hello { resume, .. } = frames.read(&mut stream).unwrap() else {
                    panic!("hello comes first");
                };
                resumed.push(resume);
                frame::write(&mut stream, &welcome(session)).unwrap();
                assert_eq!(frames.read::<ToDaemon>(&mut stream).unwrap(), ToDaemon::Active);
                let answer = ToClient::Answer { number: session, answer: Box::new(Answer::Ok) };
                frame::write(&mut stream, &answer).unwrap();
            }
            resumed
        });
        let mut link = Link::open(dir.path().to_owned(), caller(), Launch::Never);
        for session in [7, 8] {
            let linked = link.next().await.unwrap();
            assert!(matches!(linked, LinkEvent::Linked(w) if w.session == SessionId(session)));
            link.send(ToDaemon::Active);
            let heard = link.next().await.unwrap();
            assert!(
                matches!(heard, LinkEvent::Wire(ToClient::Answer { number, .. }) if number == session)
            );
            let lost = link.next().await.unwrap();
            assert!(matches!(lost, LinkEvent::Lost { retry_in: Some(_), .. }), "{lost:?}");
        }
        assert_eq!(daemon.join().unwrap(), [None, Some(SessionId(7))]);
    }

    #[tokio::test]
    async fn a_link_that_cannot_be_is_not_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let listener = listen(dir.path());
        let daemon = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut frames = Frames::new();
            frames.read::<ToDaemon>(&mut stream).unwrap();
            frame::write(&mut stream, &ToClient::Refused(Turned::Version(9))).unwrap();
        });
        let mut link = Link::open(dir.path().to_owned(), caller(), Launch::Never);
        let lost = link.next().await.unwrap();
        assert!(
            matches!(
                lost,
                LinkEvent::Lost {
                    why: AttachError::OtherVersion { theirs: 9, .. },
                    retry_in: None
                }
            ),
            "{lost:?}"
        );
        assert!(link.next().await.is_none());
        daemon.join().unwrap();
    }

    #[tokio::test]
    async fn a_desk_without_a_daemon_is_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut link = Link::open(dir.path().to_owned(), caller(), Launch::Never);
        let lost = link.next().await.unwrap();
        assert!(matches!(
            lost,
            LinkEvent::Lost { why: AttachError::NotRunning(_), retry_in: Some(_) }
        ));
        let _listener = listen(dir.path());
        link.send(ToDaemon::Active); // dropped: nobody is there
    }
}
