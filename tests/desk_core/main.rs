//! The desk core above a store in memory: what each job does, and that whatever jobs are run in
//! whatever order, everything derived agrees with what it was derived from.

mod alerts;
mod archive;
mod calendar;
mod classes;
mod clock;
mod erase;
mod figures;
mod held;
mod inbound;
mod kit;
mod lint;
mod macros;
mod outbox;
mod planning;
mod posts;
mod queries;
mod random;
mod series;
mod sessions;
mod timers;
mod triage;
mod undo;
mod work;
