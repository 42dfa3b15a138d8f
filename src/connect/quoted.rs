//! Parts one CSV record into its fields (RFC 4180).

/// The fields of one record, without their quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Fields {
    /// Parts a record; its quotes were found well placed by [`super::rows`].
    pub fn of(record: &[u8], delimiter: u8) -> Fields {
        let mut fields = Fields::default();
        fields.read(record, delimiter);
        fields
    }

    /// The same into a place that is used again.
    pub fn read(&mut self, record: &[u8], delimiter: u8) {
        self.bytes.clear();
        self.ends.clear();
        let (mut quoted, mut closing, mut field_start) = (false, false, true);
        for b in record.iter().copied() {
            if quoted && closing && b == b'"' {
                self.bytes.push(b'"');
                closing = false;
            } else if quoted && !closing {
                if b == b'"' { closing = true } else { self.bytes.push(b) }
            } else if b == delimiter {
                self.ends.push(self.bytes.len());
                (quoted, closing, field_start) = (false, false, true);
                continue;
            } else if field_start && b == b'"' {
                quoted = true;
            } else {
                self.bytes.push(b);
            }
            field_start = false;
        }
        self.ends.push(self.bytes.len());
    }

    /// How many there are; at least one.
    #[allow(clippy::len_without_is_empty)] // a record is never empty
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// One of them; empty when there are fewer.
    pub fn get(&self, i: usize) -> &[u8] {
        let Some(end) = self.ends.get(i) else { return &[] };
        let from = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.bytes[from..*end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a,b,c", &["a", "b", "c"])]
    #[case("a,,", &["a", "", ""])]
    #[case("\"a,b\",\"c \"\"d\"\"\"", &["a,b", "c \"d\""])]
    #[case("a \"b\" c,\"\"", &["a \"b\" c", ""])]
    #[case("\"two\nlines\",x", &["two\nlines", "x"])]
    fn a_record_is_parted_into_its_fields(#[case] record: &str, #[case] fields: &[&str]) {
        let read = Fields::of(record.as_bytes(), b',');
        let read: Vec<&str> =
            (0..read.len()).map(|i| std::str::from_utf8(read.get(i)).unwrap()).collect();
        assert_eq!(read, fields);
    }
}
