use super::*;
use proptest::prelude::*;

/// A server with its own idea of pages.
#[derive(Clone, Debug)]
struct Server {
    /// Oldest first.
    ids: Vec<String>,
    since: Since,
    max: Max,
    size: usize,
    /// Says so when a page is the last one.
    links: bool,
    /// What appears while pages are read, one before each.
    coming: Vec<String>,
    asked: usize,
    /// Answers no more after so many pages.
    breaks: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Since {
    Exclusive,
    Inclusive,
    Overlooked,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Max {
    Exclusive,
    Inclusive,
}

impl Pages<()> for Server {
    fn page(&mut self, since: Option<&str>, max: Option<&str>) -> Result<Page<()>, Trouble> {
        self.asked += 1;
        if self.breaks.is_some_and(|n| self.asked > n) {
            return Err(Trouble::away("gone"));
        }
        if self.asked > 1 && !self.coming.is_empty() {
            let id = self.coming.remove(0);
            self.ids.push(id);
        }
        let place = |id: &str| self.ids.iter().position(|known| known == id);
        let from = match (since.and_then(place), self.since) {
            (None, _) | (_, Since::Overlooked) => 0,
            (Some(at), Since::Exclusive) => at + 1,
            (Some(at), Since::Inclusive) => at,
        };
        let to = match (max.and_then(place), self.max) {
            (None, _) => self.ids.len(),
            (Some(at), Max::Exclusive) => at,
            (Some(at), Max::Inclusive) => at + 1,
        };
        let all: Vec<&String> = self.ids.get(from..to).unwrap_or_default().iter().rev().collect();
        let is_last = self.links && all.len() <= self.size;
        let shown = all.into_iter().take(self.size);
        let items = shown.map(|id| Item { id: id.clone(), at: None, what: Some(()) }).collect();
        Ok(Page { items, is_last, next: None, size: self.size })
    }
}

impl Server {
    fn with(ids: Vec<String>) -> Server {
        Server {
            ids,
            since: Since::Exclusive,
            max: Max::Exclusive,
            size: 4,
            links: true,
            coming: vec![],
            asked: 0,
            breaks: None,
        }
    }

    fn look(&mut self, cursor: &mut Cursor, got: &mut Vec<String>) -> Result<(), Trouble> {
        self.asked = 0;
        let first = First { most: usize::MAX, oldest: None };
        let mut kept = cursor.written();
        let result = walk(self, cursor, first, |items, then| {
            got.extend(items.into_iter().map(|i| i.id));
            kept = then.written();
            Ok(())
        });
        // As after a kill: only what was kept is known.
        *cursor = Cursor::read(Some(&kept));
        result
    }
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| n.to_string()).collect()
}

#[test]
fn a_first_look_goes_back_so_far_and_no_further() {
    let mut server = Server::with(numbers(0..50));
    let mut cursor = Cursor::default();
    let mut got = vec![];
    let mut look = |server: &mut Server, cursor: &mut Cursor| {
        walk(server, cursor, First { most: 10, oldest: None }, |items, _| {
            got.extend(items.into_iter().map(|i| i.id));
            Ok(())
        })
    };
    look(&mut server, &mut cursor).unwrap();
    server.since = Since::Overlooked;
    server.ids.push("50".into());
    look(&mut server, &mut cursor).unwrap();
    assert_eq!(got, numbers(40..51));
}

#[test]
fn of_a_first_look_what_is_too_old_is_left_out() {
    struct Dated;
    impl Pages<()> for Dated {
        fn page(&mut self, _: Option<&str>, max: Option<&str>) -> Result<Page<()>, Trouble> {
            let top = max.map_or(9, |max| max.parse::<i64>().unwrap() - 1);
            let items = (0..=top).rev().take(4);
            let items = items.map(|n| Item { id: n.to_string(), at: Some(Time(n)), what: None });
            Ok(Page { items: items.collect(), is_last: false, next: None, size: 4 })
        }
    }
    let mut got = vec![];
    let first = First { most: 100, oldest: Some(Time(3)) };
    walk(&mut Dated, &mut Cursor::default(), first, |items, _| {
        got.extend(items.into_iter().map(|i| i.id));
        Ok(())
    })
    .unwrap();
    assert_eq!(got, numbers(3..10));
}

#[test]
fn a_quiet_look_asks_once() {
    for since in [Since::Exclusive, Since::Inclusive, Since::Overlooked] {
        let mut server = Server { since, links: false, ..Server::with(numbers(0..6)) };
        let (mut cursor, mut got) = (Cursor::default(), vec![]);
        server.look(&mut cursor, &mut got).unwrap();
        cursor.settle(std::time::Instant::now() + std::time::Duration::from_secs(61));
        server.look(&mut cursor, &mut got).unwrap();
        assert_eq!((server.asked, got.len()), (1, 6), "{since:?}");
    }
}

#[test]
fn a_backlog_of_any_size_is_taken_whole() {
    let mut server = Server::with(numbers(0..1));
    let (mut cursor, mut got) = (Cursor::default(), vec![]);
    server.look(&mut cursor, &mut got).unwrap();
    server.ids = numbers(0..1000);
    server.coming = numbers(1000..1100);
    server.look(&mut cursor, &mut got).unwrap();
    server.coming.clear();
    server.look(&mut cursor, &mut got).unwrap();
    assert_eq!(got, server.ids);
}

#[test]
fn a_server_that_shows_the_same_page_for_ever_is_left() {
    struct Stuck;
    impl Pages<()> for Stuck {
        fn page(&mut self, _: Option<&str>, _: Option<&str>) -> Result<Page<()>, Trouble> {
            let items = ["c", "b", "a"].map(|id| Item { id: id.into(), at: None, what: Some(()) });
            Ok(Page { items: items.into(), is_last: false, next: None, size: 3 })
        }
    }
    let mut got = 0;
    let first = First { most: 9, oldest: None };
    walk(&mut Stuck, &mut Cursor::default(), first, |items, _| {
        got += items.len();
        Ok(())
    })
    .unwrap();
    assert_eq!(got, 3);
}

proptest! {
    #[test]
    fn each_is_handed_over_once_in_order(
        opaque in any::<bool>(),
        since in prop_oneof![Just(Since::Exclusive), Just(Since::Inclusive), Just(Since::Overlooked)],
        max in prop_oneof![Just(Max::Exclusive), Just(Max::Inclusive)],
        size in 2_usize..7,
        links in any::<bool>(),
        // How many come before each look, how many while it reads, and after how many pages the
        // server goes away.
        looks in prop::collection::vec((0_usize..30, 0_usize..4, prop::option::of(1_usize..8)), 1..8),
    ) {
        let mut next = 0;
        let mut more = |n: usize| -> Vec<String> {
            next += n;
            // Texts that say nothing of their order.
            let name = |n: usize| if opaque { format!("{:x}-{n}", n * 7919 % 251) } else { n.to_string() };
            (next - n..next).map(name).collect()
        };
        let mut server = Server { since, max, size, links, ..Server::with(vec![]) };
        let (mut cursor, mut got) = (Cursor::default(), vec![]);
        for (before, during, breaks) in looks {
            let new = more(before);
            server.ids.extend(new);
            let coming = more(during);
            server.coming = coming;
            server.breaks = breaks;
            let _ = server.look(&mut cursor, &mut got);
            let rest = std::mem::take(&mut server.coming);
            server.ids.extend(rest);
        }
        server.breaks = None;
        server.look(&mut cursor, &mut got).unwrap();
        prop_assert_eq!(&got, &server.ids);
    }
}
