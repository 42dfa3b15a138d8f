//! Reading, whether from a store or from a store with writes staged over it.

use super::{Direction, Key, KeyRange, Store, StoreError};

/// Rows of a range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Key and value, in scan direction.
    pub rows: Vec<(Key, Vec<u8>)>,
    /// True when the limit cut it; go on with [`KeyRange::after`] the last key.
    pub more: bool,
}

/// What the desk's logic reads from: a [`Store`], or an [`Overlay`](super::Overlay).
pub trait Read {
    /// The value of a key.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The values of several keys, one answer for each, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn get_each(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// At most `limit` rows of a range.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn range(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Rows, StoreError>;
}

impl<S: Store + ?Sized> Read for S {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut found = self.get_many(&[key.to_vec()])?;
        Ok(found.pop().flatten().map(|v| v.value))
    }

    fn get_each(&self, keys: &[Key]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        Ok(self.get_many(keys)?.into_iter().map(|v| v.map(|v| v.value)).collect())
    }

    fn range(&self, range: &KeyRange, limit: usize, way: Direction) -> Result<Rows, StoreError> {
        let page = self.scan(range, limit, way)?;
        let rows = page.rows.into_iter().map(|(key, v)| (key, v.value)).collect();
        Ok(Rows { rows, more: page.more })
    }
}
