use super::*;
use proptest::prelude::*;

#[test]
fn the_shipped_model_is_what_training_makes() {
    let made = train::shipped();
    assert!(
        made.write() == Model::SHIPPED,
        "train it again: dutydesk classify --train --out src/domain/classify/model.bin"
    );
    assert!(Model::SHIPPED.len() < 300_000);
}

#[test]
fn what_is_no_model_is_told() {
    use model::BadModel;
    let good = Model::SHIPPED;
    assert_eq!(Model::read(b"").err(), Some(BadModel::Strange));
    assert_eq!(Model::read(&[0; 100]).err(), Some(BadModel::Strange));
    assert_eq!(Model::read(&good[..good.len() - 1]).err(), Some(BadModel::Length));
    let mut other = good.to_vec();
    other[4] = 9;
    assert_eq!(Model::read(&other).err(), Some(BadModel::Version));
}

proptest! {
    #[test]
    fn any_text_has_a_class_with_bounded_reasons(text in "\\PC{0,80}") {
        let class = Classifier::default().judge(&text, None);
        prop_assert!((1..=99).contains(&class.sure));
        prop_assert!(class.reasons.len() <= Class::REASONS);
        prop_assert!(class.reasons.iter().all(|r| r.word.len() <= Class::WORD));
    }

    #[test]
    fn bytes_are_a_model_or_are_refused(bytes: Vec<u8>) {
        let _ = Model::read(&bytes);
    }
}
