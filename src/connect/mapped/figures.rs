//! Rows that are figures of the account: by day or by moment, each figure in a column of its own, or
//! one figure a row.

use super::{Cells, Key, Mapper, no_time};
use crate::connect::amount::Written;
use crate::connect::names;
use crate::connect::profile::{Names, Profile};
use crate::connect::reason::{Mend, Reason, Reject};
use crate::domain::Event;
use std::collections::BTreeMap;

/// Where a profile's figures are.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    figures: Vec<(String, Key, Written)>,
    /// Of rows that hold one figure: its name, its value, and what the names mean.
    long: Option<(Key, Key)>,
    words: BTreeMap<String, (String, Written)>,
    /// What the column of values says of them in its name.
    note: String,
}

impl Keys {
    pub(super) fn find(p: &Profile, find: &impl Fn(&Names) -> Option<Key>) -> Keys {
        let Some(long) = &p.long else {
            let figures = p
                .figures
                .iter()
                .filter_map(|(name, f)| find(&f.columns).map(|key| (name.clone(), key, f.written)));
            return Keys { figures: figures.collect(), ..Keys::default() };
        };
        let words = p.figures.iter().flat_map(|(name, f)| {
            let own = [name.clone()];
            let all = own.into_iter().chain(f.columns.all().iter().cloned());
            all.map(|word| (names::plain(&word), (name.clone(), f.written)))
        });
        let long = find(&long.name).zip(find(&long.value));
        Keys { long, words: words.collect(), ..Keys::default() }
    }

    /// Reads the figures as what their columns' names say in brackets.
    pub(super) fn hint(&mut self, note: impl Fn(&Key) -> String) {
        for (_, key, written) in &mut self.figures {
            *written = written.hinted(&note(key));
        }
        if let Some((_, value)) = &self.long {
            self.note = note(value);
        }
    }

    /// The figure that a row's word means.
    fn meant(&self, word: &str) -> Option<(String, Written)> {
        let word = names::plain(word);
        if let Some((name, written)) = self.words.get(&word) {
            return Some((name.clone(), written.hinted(&self.note)));
        }
        let (bare, note) = names::noted(&word)?;
        let (name, written) = self.words.get(bare)?;
        Some((name.clone(), written.hinted(note)))
    }
}

impl Mapper {
    /// Makes the figures of a moment of a row. A row of a day alone is of that day's noon, so that it
    /// lies in the right day by universal time, too.
    pub(super) fn account(
        &self,
        p: &Profile,
        row: Cells,
        mends: &mut Vec<Mend>,
    ) -> Result<Event, Reject> {
        let Some(at) = self.at.as_ref().map(|key| key.cell(row)).filter(|at| !at.trim().is_empty())
        else {
            return Err(Reason::NoTime.into());
        };
        let at = p.time.read_noon(&at, p.zone).ok_or_else(|| no_time(&at))?;
        let channel = self.channel(p, row)?;
        let mut values = BTreeMap::new();
        let before = mends.len();
        if let Some((name, value)) = &self.figures.long {
            let word = name.cell(row);
            let Some((name, written)) = self.figures.meant(&word) else {
                return Err(Reject::with(Reason::NotMeant, word));
            };
            values.extend(super::figure(&value.cell(row), written, mends).map(|n| (name, n)));
        }
        for (name, key, written) in &self.figures.figures {
            let value = super::figure(&key.cell(row), *written, mends);
            values.extend(value.map(|n| (name.clone(), n)));
        }
        match (values.is_empty(), mends.len() > before) {
            (true, true) => Err(Reason::BadFigure.into()),
            (true, false) => Err(Reason::NoFigure.into()),
            (false, _) => Ok(Event::Metrics { channel, at, values }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::quoted::Fields;
    use rstest::rstest;

    const BY_DAY: &str = r#"
        rows = "figures"
        format = "csv"
        channel = "xhs"
        zone = "Asia/Shanghai"
        [columns]
        at = ["日期", "date"]
        [only]
        column = "渠道"
        values = ["全部"]
        [figures]
        reads = ["阅读", "阅读量"]
        completion = "完播率"
        watch_time = "平均时长"
        depth = { column = "深度", unit = "percent" }
    "#;

    const LONG: &str = r#"
        rows = "figures"
        format = "csv"
        channel = "xhs"
        zone = "Asia/Shanghai"
        [columns]
        at = "日期"
        [long]
        name = "指标"
        value = "数值"
        [figures]
        impressions = ["曝光", "曝光量"]
        completion = "完播率"
    "#;

    fn map(profile: &str, head: &str, row: &str) -> (Result<Event, Reject>, Vec<Mend>) {
        let p = Profile::parse("p", "p.toml", profile).unwrap();
        let head: Vec<String> = head.split(',').map(str::to_owned).collect();
        let (mapper, _) = Mapper::for_header(&p, &head, None).unwrap();
        let mut mends = vec![];
        let fields = Fields::of(row.as_bytes(), b',');
        (mapper.map(&p, Cells::Fields(&fields), &mut mends), mends)
    }

    fn told(event: Result<Event, Reject>) -> (String, Vec<(String, i64)>) {
        let Ok(Event::Metrics { at, values, .. }) = event else { panic!("{event:?}") };
        (at.rfc3339(), values.into_iter().collect())
    }

    #[test]
    fn a_row_of_a_day_is_of_its_noon_and_its_figures_are_kept_by_their_units() {
        let head = "完播率,渠道,日期,阅读量(次),深度,平均时长(分钟)";
        let (event, mends) = map(BY_DAY, head, "32.5%,全部,2026/01/02,2.2万,40,1.5");
        let values =
            [("completion", 3250), ("depth", 4000), ("reads", 22_000), ("watch_time", 90_000)];
        let values: Vec<(String, i64)> = values.map(|(n, v)| (n.to_owned(), v)).into();
        assert_eq!(told(event), ("2026-01-02T04:00:00Z".to_owned(), values));
        assert_eq!(mends, [Mend::Rounded]);
        let (event, _) = map(BY_DAY, head, ",全部,2026-01-02 09:30,5,,");
        assert_eq!(told(event).0, "2026-01-02T01:30:00Z");
    }

    #[rstest]
    #[case("0.1,朋友圈,2026-01-02,5", Reason::NotMeant)]
    #[case("0.1,全部,合计,5", Reason::Sum)]
    #[case("0.1,全部,soon,5", Reason::BadTime)]
    #[case("0.1,全部,,5", Reason::NoTime)]
    #[case("-,全部,2026-01-02,—", Reason::NoFigure)]
    #[case("-,全部,2026-01-02,many", Reason::BadFigure)]
    fn a_row_that_tells_nothing_is_left_with_its_reason(#[case] row: &str, #[case] why: Reason) {
        let (event, _) = map(BY_DAY, "完播率,渠道,日期,阅读", row);
        assert_eq!(event.unwrap_err().reason, why);
    }

    #[rstest]
    #[case("2026-01-02,曝光,\"1,200\"", Some(("impressions", 1200)))]
    #[case("2026-01-02,完播率（%）,32.5", Some(("completion", 3250)))]
    #[case("2026-01-02,completion,0.5", Some(("completion", 5000)))]
    #[case("2026-01-02,别的,5", None)]
    fn a_row_may_hold_one_figure_that_it_names(
        #[case] row: &str,
        #[case] value: Option<(&str, i64)>,
    ) {
        let (event, _) = map(LONG, "日期,指标,数值", row);
        match value {
            Some((name, n)) => assert_eq!(told(event).1, [(name.to_owned(), n)]),
            None => assert_eq!(event.unwrap_err().reason, Reason::NotMeant),
        }
    }

    #[test]
    fn a_sheets_name_may_be_the_figures() {
        let long = LONG.replace("\"指标\"", "\"@sheet\"");
        let p = Profile::parse("p", "p.toml", &long).unwrap();
        let head = ["日期".to_owned(), "数值".to_owned()];
        let (mapper, _) = Mapper::for_header(&p, &head, Some("曝光")).unwrap();
        let fields = Fields::of("2026-01-02,7".as_bytes(), b',');
        let event = mapper.map(&p, Cells::Fields(&fields), &mut vec![]);
        assert_eq!(told(event).1, [("impressions".to_owned(), 7)]);
        assert!(Mapper::for_header(&p, &head, None).is_err());
    }
}
