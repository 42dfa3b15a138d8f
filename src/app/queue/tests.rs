use super::*;
use crate::domain::order::StateKind;
use crate::domain::{ChannelId, State};
use crate::wire::message::Anchor;
use proptest::prelude::*;

const NOW: Time = Time(1_000_000_000);

fn row(id: u64, minute: i64) -> Row {
    let channel = ChannelId("weibo".into());
    let id = ConversationId(id);
    let mut conversation =
        Conversation::new(id, Queue::Comments, channel, "weibo".into(), "root".into());
    conversation.state = State::Open;
    let key = OrderKey {
        queue: Queue::Comments,
        state: StateKind::Open,
        due_minute: Time(minute * 60_000),
        lightness: 255,
        received: Time(0),
        id,
    };
    Row { conversation, key }
}

fn bo() -> OperatorName {
    OperatorName("bo".into())
}

/// A daemon with one queue.
struct Desk {
    rows: Vec<Row>,
}

impl Desk {
    fn new(rows: impl IntoIterator<Item = (u64, i64)>) -> Desk {
        let mut rows: Vec<Row> = rows.into_iter().map(|(id, m)| row(id, m)).collect();
        rows.sort_by_key(|r| r.key);
        Desk { rows }
    }

    /// What the daemon answers to a window.
    fn window(&self, spec: &WindowSpec) -> Window {
        let (before, after) = (usize::from(spec.before), usize::from(spec.after));
        let at = match spec.anchor {
            Anchor::Top => 0,
            Anchor::Bottom => self.rows.len(),
            Anchor::At(key) => self.rows.partition_point(|r| r.key < key),
        };
        let (from, to) = (at.saturating_sub(before), (at + after).min(self.rows.len()));
        Window {
            queue: Queue::Comments,
            spec: spec.clone(),
            rows: self.rows[from..to].to_vec(),
            at_top: from == 0,
            at_bottom: to == self.rows.len(),
            more_urgent: 0,
            total: (self.rows.len() as u64, true),
        }
    }

    /// Asks what the list wants to know until it wants no more.
    fn serve(&self, list: &mut QueueList) {
        for _ in 0..4 {
            match list.next_window() {
                Some(spec) => list.apply(self.window(&spec), NOW),
                None => return,
            }
        }
    }

    /// Pushes the newest state of the window that is open.
    fn push(&self, list: &mut QueueList, now: Time) {
        if let Some(spec) = list.asked.clone() {
            list.apply(self.window(&spec), now);
        }
    }

    fn add(&mut self, id: u64, minute: i64) {
        self.remove(id);
        let new = row(id, minute);
        let at = self.rows.partition_point(|r| r.key < new.key);
        self.rows.insert(at, new);
    }

    fn remove(&mut self, id: u64) {
        self.rows.retain(|r| r.conversation.id.0 != id);
    }
}

fn open(desk: &Desk, height: usize) -> QueueList {
    let mut list = QueueList::new(Queue::Comments);
    list.set_height(height);
    desk.serve(&mut list);
    list
}

fn ids(list: &QueueList) -> Vec<u64> {
    list.visible().iter().map(|l| l.conversation.id.0).collect()
}

fn selected(list: &QueueList) -> u64 {
    list.selected().map_or(0, |id| id.0)
}

fn screen_row(list: &QueueList) -> Option<usize> {
    list.visible().iter().position(|l| Some(l.conversation.id) == list.selected())
}

#[test]
fn the_first_rows_come_and_the_most_urgent_is_selected() {
    let desk = Desk::new((1..=100).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    assert_eq!((ids(&list), selected(&list)), ((1..=10).collect(), 1));
    assert_eq!(list.lines.len(), 30, "about three screens are held");
    assert_eq!(list.next_window(), None);
}

#[test]
fn scrolling_fetches_before_the_edge_and_reaches_both_ends() {
    let desk = Desk::new((1..=500).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    for expected in 2..=500 {
        list.step(1, NOW);
        desk.serve(&mut list);
        assert_eq!(selected(&list), expected);
        assert!(list.lines.len() <= 60, "{} rows held", list.lines.len());
    }
    list.step(1, NOW);
    assert_eq!(selected(&list), 500);
    for expected in (1..500).rev() {
        list.step(-1, NOW);
        desk.serve(&mut list);
        assert_eq!(selected(&list), expected);
    }
    list.to_bottom(NOW);
    desk.serve(&mut list);
    assert_eq!((selected(&list), ids(&list).last()), (500, Some(&500)));
    list.to_top();
    desk.serve(&mut list);
    assert_eq!((selected(&list), ids(&list)[0]), (1, 1));
    list.page(list.whole(), NOW);
    assert_eq!((selected(&list), ids(&list)[0]), (10, 10));
}

#[test]
fn one_question_is_under_way_at_a_time() {
    let desk = Desk::new((1..=500).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    let mut asked = 0;
    for _ in 0..25 {
        list.step(1, NOW);
        asked += usize::from(list.next_window().is_some());
    }
    assert_eq!(asked, 1);
}

#[test]
fn what_is_more_urgent_waits_and_is_counted() {
    let mut desk = Desk::new((1..=20).map(|i| (i, 10 * i as i64)));
    let mut list = open(&desk, 10);
    list.step(3, NOW);
    desk.add(101, 5);
    desk.add(102, 25);
    desk.add(103, 55);
    desk.push(&mut list, NOW);
    // Below the selection the list is live; at and above it nothing moves.
    assert_eq!(ids(&list), [1, 2, 3, 4, 5, 103, 6, 7, 8, 9]);
    assert_eq!((selected(&list), list.more_urgent()), (4, 2));
    list.show_more_urgent();
    assert_eq!(ids(&list), [101, 1, 2, 102, 3, 4, 5, 103, 6, 7]);
    assert_eq!((selected(&list), list.more_urgent()), (4, 0));
}

#[test]
fn the_top_is_followed_when_the_cursor_rests_there() {
    let mut desk = Desk::new((1..=20).map(|i| (i, 10 * i as i64)));
    let mut list = open(&desk, 10);
    desk.add(101, 5);
    desk.push(&mut list, NOW);
    list.settle(true, NOW, Time(NOW.0 + REST - 1));
    assert_eq!((ids(&list)[0], list.more_urgent()), (1, 1), "a key was pressed just now");
    assert_eq!(list.next_change(true, NOW), Some(Time(NOW.0 + REST)));
    list.settle(true, NOW, Time(NOW.0 + REST));
    assert_eq!((ids(&list)[0], selected(&list), list.more_urgent()), (101, 1, 0));
    // It is followed until the selected line would leave the screen.
    for i in 0..20 {
        desk.add(200 + i, 4);
        desk.push(&mut list, NOW);
        list.settle(true, NOW, Time(NOW.0 + REST));
    }
    assert_eq!((selected(&list), screen_row(&list)), (1, Some(9)));
    assert!(list.more_urgent() > 0);
}

#[test]
fn going_up_from_the_first_line_brings_in_what_waits_above() {
    let mut desk = Desk::new((1..=20).map(|i| (i, 10 * i as i64)));
    let mut list = open(&desk, 10);
    desk.add(101, 5);
    desk.push(&mut list, NOW);
    list.step(-1, NOW);
    assert_eq!((ids(&list)[0], selected(&list)), (101, 101));
}

#[test]
fn a_row_that_goes_says_so_and_goes_without_moving_the_selection() {
    let mut desk = Desk::new((1..=40).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    list.page(15, NOW);
    list.step(3, NOW);
    desk.serve(&mut list);
    let before = screen_row(&list);
    let above = ids(&list)[0];
    desk.remove(above);
    list.note_gone(ConversationId(above), Name::Resolve, bo(), NOW);
    desk.push(&mut list, NOW);
    let ghost = list.visible()[0].ghost.clone().expect("a ghost");
    assert_eq!(ghost.gone, Some((Name::Resolve, bo())));
    list.sweep(true, Time(NOW.0 + GHOST_FOR - 1));
    assert_eq!(ids(&list)[0], above);
    list.sweep(true, Time(NOW.0 + GHOST_FOR));
    assert!(!ids(&list).contains(&above));
    assert_eq!(screen_row(&list), before);
}

#[test]
fn at_the_top_a_ghost_above_the_selection_stays_until_a_key() {
    let mut desk = Desk::new((1..=40).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    list.step(2, NOW);
    desk.remove(1);
    desk.push(&mut list, NOW);
    let later = Time(NOW.0 + GHOST_FOR);
    list.sweep(true, later);
    assert_eq!((ids(&list)[0], screen_row(&list)), (1, Some(2)));
    assert_eq!(list.next_change(true, NOW), None, "nothing will happen by itself");
    let mut elsewhere = list.clone();
    elsewhere.sweep(false, later);
    assert_eq!((ids(&elsewhere)[0], selected(&elsewhere)), (2, 3), "nobody looks at it");
    list.step(1, later);
    assert_eq!((ids(&list)[0], selected(&list)), (2, 4));
}

#[test]
fn the_selection_stays_on_what_went_and_the_next_key_leaves_it() {
    let mut desk = Desk::new((1..=40).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    list.step(2, NOW);
    desk.remove(3);
    desk.push(&mut list, NOW);
    list.note_gone(ConversationId(3), Name::Snooze, bo(), NOW);
    let later = Time(NOW.0 + 10 * GHOST_FOR);
    list.sweep(true, later);
    assert_eq!(selected(&list), 3);
    assert_eq!(
        list.selected_line().and_then(|l| l.ghost.as_ref()).and_then(|g| g.gone.clone()),
        Some((Name::Snooze, bo()))
    );
    list.step(1, later);
    assert_eq!((selected(&list), ids(&list)), (4, vec![1, 2, 4, 5, 6, 7, 8, 9, 10, 11]));
}

#[test]
fn a_ghost_that_comes_back_lives_on() {
    let mut desk = Desk::new((1..=9).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    desk.remove(4);
    desk.push(&mut list, NOW);
    assert!(list.visible()[3].ghost.is_some());
    desk.add(4, 4);
    desk.push(&mut list, NOW);
    assert!(list.visible()[3].ghost.is_none());
}

#[test]
fn an_answer_to_an_older_question_is_ignored() {
    let desk = Desk::new((1..=100).map(|i| (i, i as i64)));
    let mut list = QueueList::new(Queue::Comments);
    list.set_height(10);
    let first = list.next_window().expect("a question");
    list.set_filter("late");
    let second = list.next_window().expect("another question");
    assert_eq!(second.filter, "late");
    list.apply(desk.window(&first), NOW);
    assert!(!list.loaded());
    list.apply(desk.window(&second), NOW);
    assert!(list.loaded());
}

#[test]
fn the_cursor_goes_on_past_those_an_action_is_on() {
    let desk = Desk::new((1..=5).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    list.step(1, NOW);
    list.advance(&[ConversationId(2), ConversationId(3)], NOW);
    assert_eq!(selected(&list), 4);
    list.advance(&[ConversationId(4), ConversationId(5)], NOW);
    assert_eq!(selected(&list), 3);
}

#[test]
fn marks_are_set_one_by_one_and_by_the_screen() {
    let mut desk = Desk::new((1..=30).map(|i| (i, i as i64)));
    let mut list = open(&desk, 10);
    list.mark(NOW);
    list.mark(NOW);
    assert_eq!((list.marks().len(), selected(&list)), (2, 3));
    list.mark_shown();
    assert_eq!(list.marks().len(), 10);
    desk.remove(1);
    desk.push(&mut list, NOW);
    assert_eq!(list.marks().len(), 9, "what is gone is not marked");
    list.mark_shown();
    assert_eq!(list.marks().len(), 0);
    assert!(!list.clear_marks());
}

/// Something that happens to a list.
#[derive(Clone, Debug)]
enum Happens {
    Add(u64, i64),
    Remove(u64),
    Tell(u64),
    Wait(i64),
    Step(isize),
    Page(isize),
    Top,
    Bottom,
    Resort,
    Height(usize),
    Serve,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (1u64..80, 0i64..50).prop_map(|(id, m)| Happens::Add(id, m)),
        4 => (1u64..80).prop_map(Happens::Remove),
        1 => (1u64..80).prop_map(Happens::Tell),
        2 => (0i64..7_000).prop_map(Happens::Wait),
        4 => (-3isize..4).prop_map(Happens::Step),
        1 => (-12isize..13).prop_map(Happens::Page),
        1 => Just(Happens::Top),
        1 => Just(Happens::Bottom),
        1 => Just(Happens::Resort),
        1 => (1usize..15).prop_map(Happens::Height),
        2 => Just(Happens::Serve),
    ]
}

proptest! {
    #[test]
    fn nothing_moves_under_the_cursor(
        start in proptest::collection::vec((1u64..80, 0i64..50), 0..60),
        script in proptest::collection::vec(happens(), 0..80),
    ) {
        let mut desk = Desk::new([]);
        for (id, m) in start {
            desk.add(id, m);
        }
        let mut list = open(&desk, 8);
        let mut now = NOW;
        let mut last_key = NOW;
        for step in script {
            let before = (list.selected(), screen_row(&list), ids(&list));
            let by_key = match step {
                Happens::Step(by) => { list.step(by, now); true }
                Happens::Page(by) => { list.page(by, now); true }
                Happens::Top => { list.to_top(); true }
                Happens::Bottom => { list.to_bottom(now); true }
                Happens::Resort => { list.show_more_urgent(); true }
                Happens::Height(h) => { list.set_height(h); true }
                Happens::Add(id, m) => { desk.add(id, m); desk.push(&mut list, now); false }
                Happens::Remove(id) => { desk.remove(id); desk.push(&mut list, now); false }
                Happens::Tell(id) => {
                    list.note_gone(ConversationId(id), Name::Resolve, bo(), now);
                    false
                }
                Happens::Wait(ms) => {
                    now = Time(now.0 + ms);
                    list.settle(true, last_key, now);
                    false
                }
                // A jump that was asked for by a key ends here.
                Happens::Serve => { let jumps = list.jump.is_some(); desk.serve(&mut list); jumps }
            };
            if by_key {
                last_key = now;
            } else if before.0.is_some() {
                prop_assert_eq!(list.selected(), before.0, "the selection changed by itself");
                if !list.follow {
                    prop_assert_eq!(screen_row(&list), before.1, "the selected line moved");
                }
                // Lines that were and are on screen keep their order, unless it follows the top.
                if !list.follow {
                    let now_shown = ids(&list);
                    let kept: Vec<u64> =
                        before.2.iter().copied().filter(|id| now_shown.contains(id)).collect();
                    let order: Vec<u64> =
                        now_shown.iter().copied().filter(|id| before.2.contains(id)).collect();
                    prop_assert_eq!(kept, order, "lines were reordered");
                }
            }
            prop_assert!(list.lines.is_sorted_by_key(|l| l.place));
            let mut all: Vec<u64> = list.lines.iter().map(|l| l.conversation.id.0).collect();
            all.sort_unstable();
            let len = all.len();
            all.dedup();
            prop_assert_eq!(all.len(), len, "a line is doubled");
            prop_assert!(list.selected().is_none() || screen_row(&list).is_some(), "out of sight");
        }
        // Whatever happened, the top shows the desk as it is.
        list.to_top();
        desk.serve(&mut list);
        list.to_top();
        let truth: Vec<u64> = desk.rows.iter().map(|r| r.conversation.id.0).take(list.height).collect();
        prop_assert_eq!(ids(&list), truth);
    }
}
