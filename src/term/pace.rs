//! Frames no faster than the wire takes them.
//!
//! What is written to a terminal over a slow link waits in buffers that nobody can look into. So a
//! question that every terminal answers (`CSI 5 n`) goes out behind a frame, and its answer says
//! that the frame has arrived. As long as too much is on its way no further frame is made; the
//! keys that come meanwhile all go into the next one.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The question; its answer is `CSI 0 n`.
pub(super) const QUESTION: &[u8] = b"\x1b[5n";

/// Says when the next frame may be written.
#[derive(Debug)]
pub struct Pace {
    /// False where nothing answers.
    on: bool,
    /// When a question went out, and the bytes written since the one before; oldest first.
    unanswered: VecDeque<(Instant, usize)>,
    /// Bytes written since the last question.
    unasked: usize,
    /// When the last frame was written.
    last: Option<Instant>,
    /// Whether this terminal ever answered.
    answers: bool,
}

/// Bytes a packet adds to what is in it: TCP, IP and SSH. They decide about small frames.
const PACKET: usize = 90;

/// So many bytes are written before the next question.
const ASK_EVERY: usize = 256;

/// The most questions on their way.
const MOST_QUESTIONS: usize = 3;

/// The most bytes on their way for another frame to be added. A little over what a line of
/// 64 kbit/s and 150 ms holds, so that it is never idle and hardly ever queues.
const MOST_BYTES: usize = 1536;

/// An answer that takes longer is not waited for: a frame a while is better than none.
const PATIENCE: Duration = Duration::from_secs(2);

/// After so long without a frame nothing is on its way.
const DRAINED: Duration = Duration::from_secs(1);

impl Pace {
    /// For a terminal that answers for itself, or not.
    pub fn new(on: bool) -> Pace {
        Pace { on, unanswered: VecDeque::new(), unasked: 0, last: None, answers: false }
    }

    /// A frame of so many bytes is written at `now`; true = the question goes behind it.
    pub fn wrote(&mut self, bytes: usize, now: Instant) -> bool {
        if !self.on {
            return false;
        }
        if self.last.is_none_or(|last| now - last > DRAINED) {
            self.unasked = 0;
        }
        self.last = Some(now);
        self.unasked += bytes + PACKET;
        let ask = self.unasked >= ASK_EVERY;
        if ask {
            self.unanswered.push_back((now, std::mem::take(&mut self.unasked)));
        }
        ask
    }

    /// The terminal answered.
    pub fn answered(&mut self) {
        self.answers = true;
        self.unanswered.pop_front();
    }

    /// When the next frame may be written if no answer comes before; `None` = now.
    pub fn ready_at(&mut self, now: Instant) -> Option<Instant> {
        while self.unanswered.front().is_some_and(|(since, _)| now >= *since + PATIENCE) {
            self.unanswered.pop_front();
            // Not one answer in all that time: this terminal has none.
            self.on = self.answers;
        }
        if !self.on {
            self.unanswered.clear();
        }
        if !self.answers {
            // Whether it ever will is not known: the first frames are not held up.
            return None;
        }
        let bytes: usize = self.unanswered.iter().map(|(_, bytes)| bytes).sum();
        let full = self.unanswered.len() >= MOST_QUESTIONS || bytes >= MOST_BYTES;
        let (since, _) = self.unanswered.front().filter(|_| full)?;
        Some(*since + PATIENCE)
    }

    /// Whether an answer is still to come.
    pub fn is_waiting(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// The terminal was left; who has it now gets the answers.
    pub fn forget(&mut self) {
        self.unanswered.clear();
        self.unasked = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// Of a terminal that was heard of already.
    fn answering() -> (Pace, Instant) {
        let mut pace = Pace::new(true);
        pace.answered();
        (pace, Instant::now())
    }

    #[test]
    fn a_large_frame_travels_alone() {
        let (mut pace, start) = answering();
        assert!(pace.wrote(2400, start));
        assert_eq!(pace.ready_at(start), Some(start + PATIENCE));
        pace.answered();
        assert_eq!(pace.ready_at(start + ms(300)), None);
    }

    #[test]
    fn three_questions_are_on_their_way_at_most() {
        let (mut pace, start) = answering();
        for _ in 0..3 {
            assert_eq!(pace.ready_at(start), None);
            assert!(pace.wrote(200, start));
        }
        assert_eq!(pace.ready_at(start), Some(start + PATIENCE));
        pace.answered();
        assert_eq!(pace.ready_at(start), None);
    }

    #[test]
    fn small_frames_are_asked_about_together_and_a_rare_one_never() {
        let (mut pace, mut now) = (Pace::new(true), Instant::now());
        let asked = (0..9).filter(|_| pace.wrote(20, now)).count();
        assert_eq!(asked, 3);
        pace.forget();
        for _ in 0..9 {
            now += ms(60_000);
            assert!(!pace.wrote(20, now));
        }
        assert!(!pace.is_waiting());
    }

    #[test]
    fn where_nothing_answers_it_is_off_after_a_while() {
        let (mut pace, start) = (Pace::new(true), Instant::now());
        assert!(pace.wrote(5000, start));
        assert_eq!(pace.ready_at(start), None);
        assert!(pace.is_waiting());
        assert_eq!(pace.ready_at(start + PATIENCE), None);
        assert!(!pace.wrote(5000, start + PATIENCE));
        assert!(!pace.is_waiting());
    }

    #[test]
    fn one_lost_answer_does_not_stop_the_screen() {
        let (mut pace, start) = (Pace::new(true), Instant::now());
        pace.wrote(5000, start);
        pace.answered();
        assert!(pace.wrote(5000, start + ms(100)));
        assert_eq!(pace.ready_at(start + ms(2100)), None);
        // It is asked again, and an answer that comes late after all does no harm.
        assert!(pace.wrote(5000, start + ms(2100)));
        pace.answered();
        pace.answered();
        assert_eq!(pace.ready_at(start + ms(2200)), None);
    }

    #[test]
    fn a_multiplexer_is_not_asked() {
        let mut pace = Pace::new(false);
        assert!(!pace.wrote(5000, Instant::now()));
        assert_eq!(pace.ready_at(Instant::now()), None);
    }
}
