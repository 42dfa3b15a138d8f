//! The review: who may say whether a version may go out, and whether enough of them have.

use super::{Need, Refused, Rules, Step, Variant, VariantRef, Verdict};
use crate::domain::OperatorName;

/// The steps a variant has to pass. One of high risk has at least one, whatever its channel says.
pub fn steps(v: &Variant, rules: &Rules) -> Vec<Step> {
    if rules.steps.is_empty() && v.high_risk {
        return vec![Step::Compliance];
    }
    let mut steps = rules.steps.clone();
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// Whether an operator may review a variant.
///
/// # Errors
/// Why not.
pub fn may(v: &Variant, at: VariantRef, by: &OperatorName, rules: &Rules) -> Result<(), Refused> {
    if v.high_risk && v.by == *by {
        return Err(Refused::OwnText(at));
    }
    if rules.approvers.is_empty() || rules.approvers.contains(by) {
        return Ok(());
    }
    Err(Refused::NotApprover { at, who: rules.approvers.clone() })
}

/// Whether this version has passed a step.
pub fn is_step_passed(v: &Variant, step: Step, rules: &Rules) -> bool {
    let passes = |by: &OperatorName| {
        let counts = |x: &&Verdict| x.step == step && x.by == *by && x.passed;
        v.verdicts.iter().any(|x| counts(&x)) && !(v.high_risk && v.by == *by)
    };
    if v.verdicts.iter().any(|x| x.step == step && !x.passed) {
        return false;
    }
    if rules.approvers.is_empty() {
        return v.verdicts.iter().any(|x| x.step == step && passes(&x.by));
    }
    let mut wanted = rules.approvers.iter().filter(|a| !(v.high_risk && v.by == **a)).peekable();
    match rules.need {
        Need::Any => wanted.any(passes),
        Need::All => wanted.peek().is_some() && wanted.all(passes),
    }
}

/// Whether this version has passed its whole review.
pub fn is_passed(v: &Variant, rules: &Rules) -> bool {
    steps(v, rules).into_iter().all(|step| is_step_passed(v, step, rules))
}

/// Steps that are passed, of so many.
pub fn progress(v: &Variant, rules: &Rules) -> (u8, u8) {
    let steps = steps(v, rules);
    let passed = steps.iter().filter(|step| is_step_passed(v, **step, rules)).count();
    (u8::try_from(passed).unwrap_or(u8::MAX), u8::try_from(steps.len()).unwrap_or(u8::MAX))
}

/// The steps that wait for a word of this operator.
pub fn open_to(v: &Variant, by: &OperatorName, rules: &Rules) -> Vec<Step> {
    let has_said = |step: Step| v.verdicts.iter().any(|x| x.step == step && x.by == *by);
    let open = |step: &Step| !has_said(*step) && !is_step_passed(v, *step, rules);
    steps(v, rules).into_iter().filter(open).collect()
}
