//! Lines of an export, given to an empty desk; in one call or in several.

use super::NOW;
use dutydesk::daemon::desk::{Desk, Setup, verify};
use dutydesk::store::export::{export_page, restore_lines};
use dutydesk::store::migrate::migrate;
use dutydesk::store::{MemoryStore, Store};
use std::sync::Arc;

pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let store = Arc::new(MemoryStore::new());
    migrate(&*store, |_| {}).expect("an empty desk");
    let restored = match lines.split_at_checked(lines.len() / 2) {
        Some((first, rest)) if bytes.len() % 2 == 1 => {
            restore_lines(&*store, first).and_then(|_| restore_lines(&*store, rest))
        }
        _ => restore_lines(&*store, &lines),
    };
    let before = store.revision();
    if let Err(e) = restored {
        assert!(e.line >= 1 && !e.to_string().is_empty());
        return;
    }
    // Whatever it holds, it can be looked over, opened and exported again, or that says why not.
    let _ = verify(&*store, &Setup::default());
    let _ = Desk::open(store.clone(), Setup::default(), NOW);
    let mut after = None;
    for _ in 0..1_000 {
        let Ok((_, next)) = export_page(&*store, after.as_deref(), 1 << 20) else { break };
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert!(store.revision() >= before);
}
