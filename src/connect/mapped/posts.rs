//! Rows that are posts with their figures.

use super::{Cells, Key, Mapper, hash};
use crate::connect::amount::Written;
use crate::connect::profile::{Figure, Names, Profile};
use crate::connect::reason::{Mend, Reason, Reject};
use crate::domain::{Event, PastPost, Time};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Where a profile's columns of posts are.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    title: Option<Key>,
    form: Option<Key>,
    promoted: Option<Key>,
    /// Month, weekday, hour.
    when: Option<[Key; 3]>,
    figures: Vec<(String, Key, Written)>,
}

impl Keys {
    pub(super) fn find(p: &Profile, find: &impl Fn(&Names) -> Option<Key>) -> Keys {
        let one = |n: &Option<Names>| n.as_ref().and_then(find);
        let figure = |(name, f): (&String, &Figure)| {
            find(&f.columns).map(|key| (name.clone(), key, f.written))
        };
        Keys {
            title: one(&p.columns.title),
            form: one(&p.columns.form),
            promoted: p.promoted.as_ref().and_then(|r| find(&r.column)),
            when: p.calendar.as_ref().and_then(|when| {
                Some([find(&when.month)?, find(&when.weekday)?, find(&when.hour)?])
            }),
            figures: p.figures.iter().filter_map(figure).collect(),
        }
    }

    /// Reads the figures as what their columns' names say in brackets.
    pub(super) fn hint(&mut self, note: impl Fn(&Key) -> String) {
        for (_, key, written) in &mut self.figures {
            *written = written.hinted(&note(key));
        }
    }
}

impl Mapper {
    /// Makes a post of a row. Figures that are no numbers are left out and noted.
    pub(super) fn post(
        &self,
        p: &Profile,
        row: Cells,
        mends: &mut Vec<Mend>,
    ) -> Result<Event, Reject> {
        let cell = |key: &Option<Key>| key.as_ref().map_or(Cow::Borrowed(""), |k| k.cell(row));
        let id = self.id(row)?;
        let channel = self.channel(p, row)?;
        let (title, text) = (cell(&self.posts.title), cell(&self.text));
        let length = title.trim().chars().count() + text.trim().chars().count();
        let mut values = BTreeMap::new();
        for (name, key, written) in &self.posts.figures {
            if let Some(n) = super::figure(&key.cell(row), *written, mends) {
                values.insert(name.clone(), n);
            }
        }
        let form = cell(&self.posts.form).trim().to_lowercase();
        Ok(Event::Published(Box::new(PastPost {
            platform: p.platform.clone().unwrap_or_else(|| channel.0.clone()),
            channel,
            at: self.went_out(p, row, &id)?,
            id,
            form: p.forms.get(&form).copied().unwrap_or(p.form),
            title: title.trim().to_owned(),
            text: text.trim().to_owned(),
            length: u32::try_from(length).unwrap_or(u32::MAX),
            media: None,
            promoted: p.promoted.as_ref().is_some_and(|r| r.holds(&cell(&self.posts.promoted))),
            permalink: Some(cell(&self.permalink).trim().to_owned()).filter(|l| !l.is_empty()),
            values,
            read: None,
        })))
    }

    fn went_out(&self, p: &Profile, row: Cells, id: &str) -> Result<Time, Reject> {
        let (Some(calendar), Some(when)) = (&p.calendar, &self.posts.when) else {
            return self.at(p, row);
        };
        let [month, weekday, hour] = when.each_ref().map(|key| key.cell(row));
        if [&month, &weekday, &hour].iter().any(|cell| cell.trim().is_empty()) {
            return Err(Reason::NoTime.into());
        }
        // The low half is as good a number as the whole.
        let salt = hash([Cow::Borrowed(id)].into_iter()) as u64;
        calendar
            .moment(&month, &weekday, &hour, salt)
            .and_then(|wall| p.zone.moment(wall))
            .ok_or_else(|| Reject::with(Reason::BadTime, format!("{month}/{weekday}/{hour}")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{HeaderNotes, Mapper};
    use super::*;
    use crate::connect::quoted::Fields;
    use crate::domain::post::Form;

    const DATED: &str = r#"
        rows = "posts"
        format = "csv"
        channel = "xhs"
        zone = "+08:00"
        [columns]
        id = "id"
        title = "headline"
        text = "body"
        at = "time"
        form = "kind"
        [forms]
        VIDEO = "short-video"
        [promoted]
        column = "paid"
        values = ["1"]
        [figures]
        likes = ["liked", "likes"]
        saves = "saved"
    "#;

    fn map(
        profile: &str,
        head: &str,
        row: &str,
    ) -> (Result<PastPost, Reject>, Vec<Mend>, HeaderNotes) {
        let p = Profile::parse("p", "p.toml", profile).unwrap();
        let head: Vec<String> = head.split(',').map(str::to_owned).collect();
        let (mapper, notes) = Mapper::for_header(&p, &head, None).unwrap();
        let (fields, mut mends) = (Fields::of(row.as_bytes(), b','), vec![]);
        let made = mapper.map(&p, Cells::Fields(&fields), &mut mends).map(|event| match event {
            Event::Published(post) => *post,
            other => panic!("{other:?}"),
        });
        (made, mends, notes)
    }

    #[test]
    fn a_row_becomes_a_post_with_its_figures_by_name_of_column() {
        let head = "saved,time,kind,id,paid,liked,body,headline,mood";
        let row = "10w+,2026-01-02 10:11:12,video,7,1,2.2万,三步,手冲入门,x";
        let (post, mends, notes) = map(DATED, head, row);
        let post = post.unwrap();
        assert_eq!((post.id.as_str(), post.form, post.promoted), ("7", Form::ShortVideo, true));
        assert_eq!((post.title.as_str(), post.length), ("手冲入门", 6));
        assert_eq!((post.figure("likes"), post.figure("saves")), (Some(22_000), Some(100_000)));
        assert_eq!((post.at, mends), (Time(1_767_319_872_000), vec![Mend::Rounded; 2]));
        assert_eq!((notes.unknown, notes.absent), (vec!["mood".to_owned()], vec![]));
    }

    #[test]
    fn a_figure_that_is_none_is_left_out_and_told() {
        let head = "id,time,paid,likes,saved";
        let (post, mends, notes) = map(DATED, head, "7,2026-01-02 10:11:12,0,many,");
        let post = post.unwrap();
        assert_eq!((post.values.len(), post.form, mends), (0, Form::ImageText, vec![Mend::Figure]));
        assert_eq!(notes.absent, ["body", "headline", "kind"]);
        let (post, ..) = map(DATED, head, "7,soon,0,1,1");
        assert_eq!(post.unwrap_err().reason, Reason::BadTime);
    }

    #[test]
    fn a_row_without_a_date_gets_one_that_fits_always_the_same() {
        let profile = r#"
            rows = "posts"
            format = "csv"
            channel = "fb"
            id_from = ["m", "d", "h", "likes"]
            [calendar]
            year = 2026
            month = "m"
            weekday = "d"
            hour = "h"
            [columns]
            [figures]
            likes = "likes"
        "#;
        let at = |row| map(profile, "likes,h,d,m", row).0.map(|post| post.at.rfc3339());
        let first = at("5,10,1,8").unwrap();
        assert_eq!(at("5,10,1,8"), Ok(first.clone()));
        assert!(first.starts_with("2026-08-") && first.ends_with("T10:00:00Z"), "{first}");
        assert_eq!(at("5,25,1,8").unwrap_err().reason, Reason::BadTime);
        assert_eq!(at("5,,1,8").unwrap_err().reason, Reason::NoTime);
    }
}
