//! How well a classifier does on labelled texts: precision, recall and F1 of each class.

use super::super::class::{Class, Intent, Severity};

/// Counts of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Said and right.
    pub right: u64,
    /// Said and wrong.
    pub wrong: u64,
    /// Not said where it should have been.
    pub missed: u64,
}

/// Counts over a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By intent, in the order of [`Intent::ALL`].
    pub counts: [Count; Intent::ALL.len()],
    /// Texts looked at.
    pub texts: u64,
    /// Those called severe.
    pub severe: u64,
    /// Those called severe that are labelled as no complaint.
    pub false_alarms: u64,
    /// Those called what they are labelled.
    pub right: u64,
    /// Those whose class says that it is not sure.
    pub unsure: u64,
}

impl Report {
    /// Takes one text in. With `only`, everything but this intent counts as one: whoever asks for
    /// complaints against the rest does not ask whether the rest is praise or a question.
    pub fn count(&mut self, labelled: Intent, class: &Class, only: Option<Intent>) {
        let whole = |intent| match only {
            Some(only) if intent != only => Intent::Other,
            _ => intent,
        };
        let (wanted, said) = (whole(labelled), whole(class.intent));
        self.texts += 1;
        self.unsure += u64::from(class.is_unsure());
        if class.severity == Severity::Severe {
            self.severe += 1;
            self.false_alarms += u64::from(labelled != Intent::Complaint);
        }
        if wanted == said {
            self.right += 1;
            self.counts[wanted as usize].right += 1;
        } else {
            self.counts[wanted as usize].missed += 1;
            self.counts[said as usize].wrong += 1;
        }
    }
}

impl Count {
    /// Of those said, how many are right; 0 when none was said.
    pub fn precision(&self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// Of those there are, how many were said.
    pub fn recall(&self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    /// Both in one number.
    pub fn f1(&self) -> f64 {
        share(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    /// True when the class neither occurs nor was said.
    pub fn is_empty(&self) -> bool {
        *self == Count::default()
    }
}

fn share(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(intent: Intent, severity: Severity) -> Class {
        Class { intent, severity, sure: 80, ..Class::default() }
    }

    #[test]
    fn hits_misses_and_false_ones_are_counted_by_class() {
        let mut report = Report::default();
        let complaint = class(Intent::Complaint, Severity::Severe);
        report.count(Intent::Complaint, &complaint, None);
        report.count(Intent::Praise, &complaint, None);
        report.count(Intent::Complaint, &class(Intent::Praise, Severity::None), None);
        let count = report.counts[Intent::Complaint as usize];
        assert_eq!(count, Count { right: 1, wrong: 1, missed: 1 });
        assert_eq!((count.precision(), count.recall(), count.f1()), (0.5, 0.5, 0.5));
        assert_eq!((report.severe, report.false_alarms, report.right), (2, 1, 1));
    }

    #[test]
    fn against_the_rest_only_one_class_counts() {
        let mut report = Report::default();
        report.count(Intent::Other, &class(Intent::Praise, Severity::None), Some(Intent::Spam));
        assert_eq!(report.right, 1);
        assert_eq!(Count::default().f1(), 0.0);
    }
}
