use super::*;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case::email("write to kai.m+x@mail.example.de.", "write to [email].")]
#[case::email_in_chinese("邮箱是kai@qq.com，谢谢", "邮箱是[email]，谢谢")]
#[case::wide_email("ｋａｉ＠ｑｑ．ｃｏｍ", "[email]")]
#[case::no_email("3@5 and @ home", "3[handle] and @ home")]
#[case::handle("thanks @kai_de.", "thanks [handle].")]
#[case::handle_on_server("@kai@social.example hi", "[email] hi")]
#[case::chinese_handle("@小鹿_ 您好", "[handle] 您好")]
#[case::mobile("电话13800138000联系", "电话[phone]联系")]
#[case::spaced_mobile("138 0013 8000", "[phone]")]
#[case::dashed_mobile("tel:138-0013-8000!", "tel:[phone]!")]
#[case::country_mobile("+86 138 0013 8000", "[phone]")]
#[case::country_without_plus("8613800138000", "[phone]")]
#[case::wide_mobile("１３８００１３８０００", "[phone]")]
#[case::abroad("call +49 (30) 901820 now", "call [phone] now")]
#[case::abroad_zeros("0049 30 901820", "[phone]")]
#[case::american("(555) 123-4567", "[phone]")]
#[case::landline("010-62345678", "[phone]")]
#[case::two_mobiles("13800138000 13900139000", "[phone] [phone]")]
#[case::after_a_count("买3 13800138000", "买3 [phone]")]
#[case::letters_before("T13800138000", "T[phone]")]
#[case::identity("身份证11010519491231002X", "身份证[id]")]
#[case::small_x("11010519491231002x。", "[id]。")]
#[case::identity_digits("440301199001011234", "[id]")]
#[case::spaced_identity("440301 19900101 1234", "[id]")]
#[case::old_identity("440301900101123", "[id]")]
#[case::card("6222021234567890123", "[card]")]
#[case::printed_card("4111 1111 1111 1111", "[card]")]
#[case::dashed_card("4111-1111-1111-1111", "[card]")]
#[case::amex("3782 822463 10005", "[card]")]
#[case::long_number("12345678901234", "[number]")]
#[case::endless(&"7".repeat(200), "[number]")]
#[case::name("小鹿您好，小鹿的订单", "[name]您好，[name]的订单")]
#[case::longest_name("小鹿_已收到", "[name]已收到")]
#[case::name_in_placeholder("ame@x.de name", "[email] n[name]")]
#[case::written_by_them("a [phone] of mine", "a [phone] of mine")]
#[case::date("2026-11-22 09:00 到", "2026-11-22 09:00 到")]
#[case::price("12.50 或 1 299", "12.50 或 1 299")]
#[case::parcel("SF1234567890123", "SF1234567890123")]
#[case::short_order("订单 20261122", "订单 20261122")]
#[case::times("3 x 4X", "3 x 4X")]
#[case::nothing("", "")]
fn personal_data_is_taken_out(#[case] text: &str, #[case] masked: &str) {
    assert_eq!(mask(text, &["小鹿", "小鹿_", "ame", "x", ""]), masked);
}

proptest! {
    #[test]
    fn it_takes_any_text_and_grows_little(
        text in "(?s:.){0,200}",
        names in proptest::collection::vec("(?s:.){0,6}", 0..5),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let masked = mask(&text, &names);
        prop_assert!(masked.len() <= 4 * text.len(), "{text:?}: {masked:?}");
    }

    #[test]
    fn it_takes_what_looks_like_it(
        text in "[0-9xX@.+() a-d\\-１＠［\\[\\]小]{0,80}",
    ) {
        let masked = mask(&text, &["a小", "[e", "b.c"]);
        prop_assert!(masked.len() <= 4 * text.len(), "{text:?}: {masked:?}");
    }

    #[test]
    fn a_mobile_number_is_found_wherever_it_stands(
        before in "[^0-9０-９]{0,10}",
        number in "1[3-9][0-9]{9}",
        after in "[^0-9０-９]{0,10}",
    ) {
        let masked = mask(&format!("{before}{number}{after}"), &[]);
        prop_assert!(!masked.contains(&number), "{masked:?}");
    }
}

#[test]
fn long_texts_take_little_time() {
    for piece in ["a", "@", "1 ", "a.", "1", "[name]", "x@y", "1-"] {
        let text = piece.repeat(64 * 1024 / piece.len());
        assert!(mask(&text, &["zz", "aa"]).len() <= 4 * text.len());
    }
}
