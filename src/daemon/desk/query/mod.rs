//! What readers may ask of the store, from any thread, while the writer goes on. Every answer is
//! read in bounded steps; a conversation that moves between two of them is left out, and shows
//! with the next answer.

mod alerts;
mod archive;
mod classes;
mod figures;
mod order;
mod outbox;
mod people;
mod persons;
mod planning;
mod pool;
mod posts;
mod report;
mod rows;
mod series;
mod service;
mod thread;

pub use alerts::{alerts, alerts_now};
pub use archive::{archive_months, archived, archived_after, would_archive};
pub use classes::corrections;
pub use figures::{calendar, counts, day, kpis, slots, today};
pub use order::Order;
pub use outbox::{About, Row, account_figures, known_ids, known_posts, outbox, waiting};
pub use people::{
    Remembered, channels, cursor, journal, last_erased, operators, operators_with_last, since_left,
    text_changes, texts_changed_since,
};
pub use persons::{brief, past};
pub use planning::{assets, best, expected, histories, past_posts};
pub use pool::{feedback, topics};
pub use posts::{post, posts};
pub use report::{Desk, report};
pub use rows::{By, list, window, window_by};
pub use series::{board, channels_told, figures, figures_of, line, series, top_posts};
pub use service::{Asked as ServiceAsked, outlook, service};
pub use thread::detail;

use crate::domain::Refusal;
use crate::store::StoreError;

/// What a reader gets: the answer, or a refusal that can be sent as it is (a filter that cannot
/// be read, a store that fails).
pub type Read<T> = Result<T, Refusal>;

fn failed(error: StoreError) -> Refusal {
    Refusal::Store(error.what)
}
