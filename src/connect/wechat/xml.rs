//! The small XML of callbacks as fields by name. No document type is read and no entity but the five
//! of XML itself, so that nothing in a message can grow or fetch anything.

use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeMap;

/// The most levels of elements, and the most fields. Messages have two or three and under thirty.
const DEEPEST: usize = 8;
const MOST_FIELDS: usize = 256;

/// The fields of a message: `Content`, or `PublishEventInfo.publish_id` for one inside another.
pub type Fields = BTreeMap<String, String>;

/// Reads the elements inside the outermost one. Of fields with the same name the first counts.
///
/// # Errors
/// What is wrong with it, as a sentence for the log; nothing of the text itself.
pub fn fields(text: &str) -> Result<Fields, &'static str> {
    let mut reader = Reader::from_str(text);
    let mut fields = Fields::new();
    // The names of the open elements, the outermost first, and the text of the innermost.
    let mut open: Vec<String> = Vec::new();
    let mut value = String::new();
    let mut is_over = false;
    loop {
        match reader.read_event().map_err(|_| "it is no XML")? {
            Event::Start(start) => {
                if is_over || open.len() == DEEPEST {
                    return Err("its elements are not those of a message");
                }
                open.push(start.name().as_ref().to_owned());
                value.clear();
            }
            Event::End(_) => {
                add(&mut fields, &open, &value)?;
                open.pop();
                value.clear();
                is_over = open.is_empty();
            }
            Event::Empty(empty) => {
                open.push(empty.name().as_ref().to_owned());
                add(&mut fields, &open, "")?;
                open.pop();
                is_over |= open.is_empty();
            }
            Event::Text(text) if open.is_empty() => {
                if !text.trim().is_empty() {
                    return Err("there is text outside of its elements");
                }
            }
            Event::Text(text) => value.push_str(&text),
            Event::CData(text) if !open.is_empty() => value.push_str(&text),
            Event::GeneralRef(name) if !open.is_empty() => value.push(character(&name)?),
            Event::CData(_) | Event::GeneralRef(_) => {
                return Err("there is text outside of its elements");
            }
            Event::DocType(_) => return Err("it has a document type"),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if is_over => return Ok(fields),
            Event::Eof => return Err("it ends too early"),
        }
    }
}

fn add(fields: &mut Fields, open: &[String], value: &str) -> Result<(), &'static str> {
    let Some(inner) = open.get(1..).filter(|inner| !inner.is_empty()) else { return Ok(()) };
    if fields.len() == MOST_FIELDS {
        return Err("it has too many fields");
    }
    fields.entry(inner.join(".")).or_insert_with(|| value.to_owned());
    Ok(())
}

/// What `&name;` stands for.
fn character(name: &quick_xml::events::BytesRef<'_>) -> Result<char, &'static str> {
    match &**name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => name.resolve_char_ref().ok().flatten().ok_or("it names an entity"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[test]
    fn a_message_becomes_fields() {
        let text = "<xml>\n <ToUserName><![CDATA[gh_1]]></ToUserName>\n <CreateTime>1348831860</CreateTime>
            <Content><![CDATA[a <b> & ]]&gt;]]></Content><E>1 &lt; 2 &#x4f60;&amp;</E><Gone/>
            <Info><id>7</id><list><item>1</item><item>2</item></list></Info></xml>\n";
        let fields = fields(text).unwrap();
        for (name, value) in [
            ("ToUserName", "gh_1"),
            ("CreateTime", "1348831860"),
            ("Content", "a <b> & ]]&gt;"),
            ("E", "1 < 2 你&"),
            ("Gone", ""),
            ("Info.id", "7"),
            ("Info.list.item", "1"),
        ] {
            assert_eq!(fields.get(name).map(String::as_str), Some(value), "{name}");
        }
    }

    #[rstest]
    #[case("")]
    #[case("hello")]
    #[case("<xml>")]
    #[case("<xml><a></b></xml>")]
    #[case("<xml><a>1</a></xml><xml><a>2</a></xml>")]
    #[case("<xml/>more")]
    #[case("<xml><a>&nbsp;</a></xml>")]
    #[case("<xml><a>&#0;</a></xml>")]
    #[case("<!DOCTYPE xml><xml><a>1</a></xml>")]
    #[case(
        "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><xml><Content>&f;</Content></xml>"
    )]
    #[case(
        "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><xml><Content>&b;</Content></xml>"
    )]
    #[case("<xml><Content>&f;</Content></xml>")]
    fn what_is_no_message_is_refused(#[case] text: &str) {
        assert!(fields(text).is_err(), "{:?}", fields(text));
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = format!("{}{}", "<a>".repeat(5_000), "</a>".repeat(5_000));
        assert!(fields(&deep).is_err());
        let wide: String = (0..1_000).map(|n| format!("<f{n}>x</f{n}>")).collect();
        assert!(fields(&format!("<xml>{wide}</xml>")).is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,200}") {
            let _ = fields(&text);
        }

        #[test]
        fn nor_does_anything_that_looks_like_xml(
            parts in prop::collection::vec(prop::sample::select(vec![
                "<xml>", "</xml>", "<a>", "</a>", "<a", "/>", "<![CDATA[", "]]>", "&", "&lt;", "&#1;",
                "&#xD800;", "&#99999999999;", "<!DOCTYPE", "[", "]>", "<!ENTITY", "%e;", "<!--", "-->",
                "<?", "?>", "\"", "x", "物", "=", "\0",
            ]), 0..40),
        ) {
            let text = parts.concat();
            if let Ok(fields) = fields(&text) {
                // Nothing grows: what is read is never more than what came.
                prop_assert!(fields.values().map(String::len).sum::<usize>() <= text.len());
            }
        }

        #[test]
        fn cdata_is_verbatim(content in "[^\\]]{0,60}") {
            let content = content.replace('\r', "");
            let fields = fields(&format!("<xml><C><![CDATA[{content}]]></C></xml>")).unwrap();
            prop_assert_eq!(&fields["C"], &content);
        }
    }
}
