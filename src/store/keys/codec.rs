//! The bytes of keys: how numbers, times, names and the domain's lists of names are written so
//! that bytes sort as values do. The codes are on disk: never renumber, only add.

use super::TimerKind;
use crate::domain::figure::Grain;
use crate::domain::kpi::{Metric, Resolution};
use crate::domain::order::StateKind;
use crate::domain::{ConversationId, MessageRef, OutKind, PostId, Queue, Time, VariantRef};

const SIGN: u64 = 1 << 63;

pub(super) struct Builder(Vec<u8>);

impl Builder {
    pub(super) fn new(family: &str) -> Builder {
        let mut bytes = Vec::with_capacity(48);
        bytes.extend_from_slice(family.as_bytes());
        Builder(bytes)
    }

    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn u8(mut self, n: u8) -> Builder {
        self.0.push(n);
        self
    }

    pub(super) fn u32(mut self, n: u32) -> Builder {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }

    pub(super) fn u64(mut self, n: u64) -> Builder {
        self.0.extend_from_slice(&n.to_be_bytes());
        self
    }

    pub(super) fn time(self, t: Time) -> Builder {
        self.u64(t.0.cast_unsigned() ^ SIGN)
    }

    /// A name that more follows. A zero byte ends it, so one within it is written as 1 1 (and 1 as
    /// 1 2): names keep their order, and none reaches into what follows.
    pub(super) fn name(mut self, name: &str) -> Builder {
        for byte in name.bytes() {
            match byte {
                0 => self.0.extend_from_slice(&[1, 1]),
                1 => self.0.extend_from_slice(&[1, 2]),
                _ => self.0.push(byte),
            }
        }
        self.u8(0)
    }

    /// A name that nothing follows, as it is.
    pub(super) fn rest(mut self, name: &str) -> Builder {
        self.0.extend_from_slice(name.as_bytes());
        self
    }

    pub(super) fn queue(self, queue: Queue) -> Builder {
        self.u8(code(&QUEUES, queue))
    }

    pub(super) fn state(self, state: StateKind) -> Builder {
        self.u8(code(&STATES, state))
    }

    pub(super) fn out_kind(self, kind: OutKind) -> Builder {
        self.u8(code(&OUT_KINDS, kind))
    }

    pub(super) fn timer_kind(self, kind: TimerKind) -> Builder {
        self.u8(code(&TIMERS, kind))
    }

    pub(super) fn metric(self, metric: Metric) -> Builder {
        self.u8(code(&METRICS, metric))
    }

    pub(super) fn resolution(self, resolution: Resolution) -> Builder {
        self.u8(code(&RESOLUTIONS, resolution))
    }

    pub(super) fn grain(self, grain: Grain) -> Builder {
        self.u8(code(&GRAINS, grain))
    }
}

/// Takes a key apart; every step answers `None` when the bytes are not what they should be.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(key: &'a [u8], family: &str) -> Option<Reader<'a>> {
        key.strip_prefix(family.as_bytes()).map(Reader)
    }

    /// The value, if nothing is left over.
    pub(super) fn end<T>(self, value: T) -> Option<T> {
        self.is_done().then_some(value)
    }

    pub(super) fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take::<1>().map(|[b]| b)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    pub(super) fn time(&mut self) -> Option<Time> {
        Some(Time((self.u64()? ^ SIGN).cast_signed()))
    }

    pub(super) fn message_ref(&mut self) -> Option<MessageRef> {
        Some(MessageRef { conversation: ConversationId(self.u64()?), seq: self.u32()? })
    }

    pub(super) fn variant_ref(&mut self) -> Option<VariantRef> {
        Some(VariantRef { post: PostId(self.u64()?), variant: self.u32()? })
    }

    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = Vec::new();
        loop {
            match self.u8()? {
                0 => return String::from_utf8(name).ok(),
                1 => name.push(self.u8()?.checked_sub(1).filter(|b| *b < 2)?),
                byte => name.push(byte),
            }
        }
    }

    pub(super) fn rest(&mut self) -> Option<String> {
        String::from_utf8(std::mem::take(&mut self.0).to_vec()).ok()
    }

    pub(super) fn queue(&mut self) -> Option<Queue> {
        value(&QUEUES, self.u8()?)
    }

    pub(super) fn state(&mut self) -> Option<StateKind> {
        value(&STATES, self.u8()?)
    }

    pub(super) fn out_kind(&mut self) -> Option<OutKind> {
        value(&OUT_KINDS, self.u8()?)
    }

    pub(super) fn timer_kind(&mut self) -> Option<TimerKind> {
        value(&TIMERS, self.u8()?)
    }

    pub(super) fn metric(&mut self) -> Option<Metric> {
        value(&METRICS, self.u8()?)
    }

    pub(super) fn resolution(&mut self) -> Option<Resolution> {
        value(&RESOLUTIONS, self.u8()?)
    }

    pub(super) fn grain(&mut self) -> Option<Grain> {
        value(&GRAINS, self.u8()?)
    }
}

/// The code of a value is its place in these lists, plus one.
const QUEUES: [Queue; 2] = [Queue::Comments, Queue::Messages];
const OUT_KINDS: [OutKind; 7] = [
    OutKind::Reply,
    OutKind::Like,
    OutKind::Hide,
    OutKind::Delete,
    OutKind::Block,
    OutKind::Publish,
    OutKind::Unpublish,
];
const STATES: [StateKind; 5] = [
    StateKind::Open,
    StateKind::Pending,
    StateKind::OnHold,
    StateKind::Snoozed,
    StateKind::Resolved,
];
const TIMERS: [TimerKind; 7] = [
    TimerKind::AtRisk,
    TimerKind::Due,
    TimerKind::SnoozeEnds,
    TimerKind::ClaimIdle,
    TimerKind::Passes,
    TimerKind::PostHolds,
    TimerKind::PostGoes,
];
const METRICS: [Metric; 6] = [
    Metric::Arrivals,
    Metric::Replies,
    Metric::Backlog,
    Metric::FirstResponse,
    Metric::HitRate,
    Metric::Complaints,
];
const RESOLUTIONS: [Resolution; 2] = [Resolution::Minute, Resolution::Hour];
const GRAINS: [Grain; 3] = [Grain::Minute, Grain::Hour, Grain::Day];

fn code<T: PartialEq + Copy>(list: &[T], value: T) -> u8 {
    // A value that somebody forgot to add to its list would get the code 0, which no reader
    // accepts; the test below walks the lists of the domain.
    let place = list.iter().position(|v| *v == value).map_or(0, |i| i + 1);
    u8::try_from(place).unwrap_or(0)
}

fn value<T: Copy>(list: &[T], code: u8) -> Option<T> {
    list.get(usize::from(code).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_the_domain_has_a_code() {
        for queue in Queue::ALL {
            assert_eq!(value(&QUEUES, code(&QUEUES, queue)), Some(queue));
        }
        for kind in OutKind::ALL {
            assert_eq!(value(&OUT_KINDS, code(&OUT_KINDS, kind)), Some(kind));
        }
        for state in StateKind::ALL {
            assert_eq!(value(&STATES, code(&STATES, state)), Some(state));
        }
        for metric in Metric::ALL {
            assert_eq!(value(&METRICS, code(&METRICS, metric)), Some(metric));
        }
    }
}
