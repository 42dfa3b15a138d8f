//! Feedback tags: what a conversation says about the product, for the periodic report. A tag is a
//! label with a beginning of its own, so that everything that works on labels works on it.

/// How the label of a feedback tag begins.
pub const PREFIX: &str = "feedback:";

/// The tags of a desk whose file names none.
pub const DEFAULT: [&str; 7] =
    ["product", "delivery", "price", "service", "packaging", "app", "idea"];

/// The label of a tag.
pub fn label(tag: &str) -> String {
    format!("{PREFIX}{tag}")
}

/// The tag of a label, if it is one's.
pub fn tag(label: &str) -> Option<&str> {
    label.strip_prefix(PREFIX).filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_label_and_back() {
        assert_eq!(tag(&label("idea")), Some("idea"));
        assert_eq!(tag("vip"), None);
        assert_eq!(tag("feedback:"), None);
    }
}
