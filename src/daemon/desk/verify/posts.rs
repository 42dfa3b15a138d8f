//! Posts and slots: each against its places in the outbox and the slots, and the other way round.

use super::super::posts;
use super::{Check, each_record};
use crate::daemon::desk::memory::each;
use crate::domain::alert::AlertId;
use crate::domain::outbox::Stage;
use crate::domain::post::{Post, Variant};
use crate::domain::slot::{Slot, SlotState};
use crate::domain::{OutKind, OutPlace, Outgoing, Time, VariantRef};
use crate::store::keys::{self, Parsed};
use crate::store::{KeyRange, Read, StoreError, records};
use std::collections::BTreeMap;

impl Check<'_> {
    /// What posts want: a slot, a timer, a row of the outbox, each as the record says.
    pub(super) fn gather_posts(&mut self) -> Result<(), StoreError> {
        let mut posts: Vec<Post> = Vec::new();
        each_record(self.store, &keys::posts(), |post| posts.push(post))?;
        for post in posts {
            self.must(post.id.0 <= self.facts.posts, || {
                format!("the next post would be number {} again", post.id)
            });
            for key in posts::timers(&post) {
                self.sums.timers += 1;
                let there = self.store.get(&key)?.is_some();
                self.must(there, || format!("post {} lacks a timer", post.id));
            }
            for v in post.variants.iter().filter(|_| !post.dropped) {
                self.variant(post.name_of(v), v)?;
            }
        }
        Ok(())
    }

    fn variant(&mut self, at: VariantRef, v: &Variant) -> Result<(), StoreError> {
        let text = self.store.get(&keys::post_text(at, v.version))?;
        self.must(text.is_some(), || format!("post {at} lacks its text"));
        let rules = self.setup.posting_of(&v.channel);
        if let Some(mut wanted) = posts::slot(at, v, &rules) {
            self.sums.post_slots += 1;
            let key = keys::slot(wanted.at, &v.channel, &wanted.id);
            let found: Option<Slot> = records::get(self.store, &key)?;
            // How much of the review is done is counted by the rules of then.
            let review = found.as_ref().and_then(|s| s.post.as_ref()).map(|p| p.review);
            if let (Some(planned), Some(review)) = (&mut wanted.post, review) {
                planned.review = review;
            }
            self.must(found.as_ref() == Some(&wanted), || {
                format!("post {at} stands in {found:?} instead of {wanted:?}")
            });
        }
        let timed = matches!(v.state, SlotState::Scheduled | SlotState::Holding);
        self.must(timed == (v.goes.is_some() && v.holds.is_some()), || {
            format!("post {at} is {:?} and goes out {:?}", v.state, v.goes)
        });
        let place = |kind| OutPlace::post(v.channel.clone(), kind, at);
        if let SlotState::Publishing | SlotState::Unconfirmed = v.state {
            let is_unconfirmed = v.state == SlotState::Unconfirmed;
            self.sums.post_rows.insert(place(OutKind::Publish), is_unconfirmed);
        }
        if v.deleting {
            self.sums.post_rows.insert(place(OutKind::Unpublish), false);
        }
        if let Some(key) = posts::out_key(v) {
            self.sums.posts_out += 1;
            let found: Option<VariantRef> = records::get(self.store, &key)?;
            self.must(found == Some(at), || format!("post {at} is not found by its platform id"));
        }
        Ok(())
    }

    /// Nothing is there for a post that it does not want.
    pub(super) fn posts(&mut self) -> Result<(), StoreError> {
        let mut found = BTreeMap::new();
        each(self.store, keys::outbox(), |key, value| {
            if let Some(place) = keys::outgoing_parts(key).filter(|p| p.kind.is_of_posts()) {
                let row: Outgoing = records::decode(key, value)?;
                found.insert(place, matches!(row.stage, Stage::Unconfirmed { .. }));
            }
            Ok(())
        })?;
        let wanted = std::mem::take(&mut self.sums.post_rows);
        self.must(found == wanted, || format!("posts on their way {found:?}, not {wanted:?}"));
        let (mut slots, mut out) = (0, 0);
        each(self.store, KeyRange::prefix("s/"), |key, _| {
            if let Some(Parsed::Slot(_, _, id)) = keys::parse(key) {
                slots += u64::from(posts::is_slot_of_ours(&id));
            }
            Ok(())
        })?;
        each(self.store, KeyRange::prefix("v/"), |_, _| {
            out += 1;
            Ok(())
        })?;
        let wanted = (self.sums.post_slots, self.sums.posts_out);
        self.must((slots, out) == wanted, || {
            format!("{slots} slots of posts and {out} that are out instead of {wanted:?}")
        });
        Ok(())
    }

    /// Each post that is out is found by its id, and each of these leads to one; no asset's, topic's
    /// or alert's number is given again.
    pub(super) fn past_posts(&mut self) -> Result<(), StoreError> {
        let facts = (self.facts.assets, self.facts.topics, self.facts.alerts);
        let families =
            [(keys::assets(), facts.0), (keys::topics(), facts.1), (keys::alerts(), facts.2)];
        for (family, last) in families {
            let mut most = 0;
            each(self.store, family, |key, _| {
                if let Some(Parsed::Asset(n) | Parsed::Topic(n) | Parsed::Alert(AlertId(n))) =
                    keys::parse(key)
                {
                    most = most.max(n);
                }
                Ok(())
            })?;
            self.must(most <= last, || format!("number {most} would be given again"));
        }
        let mut posts = 0u64;
        let mut lost = 0u64;
        each(self.store, keys::past_posts(), |key, _| {
            posts += 1;
            if let Some((channel, at, id)) = keys::past_post_parts(key) {
                let key = keys::past_post_time(&channel, &id);
                let stands: Option<Time> = records::get(self.store, &key)?;
                lost += u64::from(stands != Some(at));
            }
            Ok(())
        })?;
        let mut times = 0;
        each(self.store, KeyRange::prefix("I/"), |_, _| {
            times += 1;
            Ok(())
        })?;
        self.must(lost == 0 && posts == times, || {
            format!("{posts} posts that are out, {times} of their times, {lost} that disagree")
        });
        Ok(())
    }

    pub(super) fn slots(&mut self) -> Result<(), StoreError> {
        let mut slots = 0u64;
        let mut lost = Vec::new();
        each(self.store, KeyRange::prefix("s/"), |key, _| {
            slots += 1;
            if let Some(Parsed::Slot(at, channel, id)) = keys::parse(key) {
                let stands: Option<Time> =
                    records::get(self.store, &keys::slot_time(&channel, &id))?;
                if stands != Some(at) {
                    lost.push(id);
                }
            }
            Ok(())
        })?;
        let mut times = 0;
        each(self.store, KeyRange::prefix("S/"), |_, _| {
            times += 1;
            Ok(())
        })?;
        self.must(lost.is_empty() && slots == times, || {
            format!("{slots} slots, {times} of their times, {} that disagree", lost.len())
        });
        Ok(())
    }
}
