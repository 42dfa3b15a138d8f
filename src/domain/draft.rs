//! A draft as the desk keeps it.

use serde::{Deserialize, Deserializer, Serialize};

/// What an operator has written so far, and what they had seen when they began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// How many messages the conversation had when the draft began; `None` = not known.
    pub seen: Option<u32>,
}

// Desks of earlier versions kept the text alone.
impl<'de> Deserialize<'de> for Draft {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Draft, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Kept {
            Text(String),
            Draft {
                text: String,
                #[serde(default)]
                seen: Option<u32>,
            },
        }
        Ok(match Kept::deserialize(from)? {
            Kept::Text(text) => Draft { text, seen: None },
            Kept::Draft { text, seen } => Draft { text, seen },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_alone_is_a_draft_too() {
        let old = rmp_serde::to_vec_named("half a").unwrap();
        let new = rmp_serde::to_vec_named(&Draft { text: "half".into(), seen: Some(3) }).unwrap();
        let read = |bytes: &[u8]| rmp_serde::from_slice::<Draft>(bytes).unwrap();
        assert_eq!(read(&old), Draft { text: "half a".into(), seen: None });
        assert_eq!(read(&new), Draft { text: "half".into(), seen: Some(3) });
    }
}
