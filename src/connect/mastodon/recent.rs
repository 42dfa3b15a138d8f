//! A memory of bounded size.

use std::collections::{HashMap, VecDeque};

/// Remembers what was put in last.
#[derive(Debug)]
pub struct Recent<V> {
    most: usize,
    known: HashMap<String, V>,
    order: VecDeque<String>,
}

impl<V> Recent<V> {
    /// One that remembers so many.
    pub fn new(most: usize) -> Recent<V> {
        Recent { most, known: HashMap::new(), order: VecDeque::new() }
    }

    /// What was put in under a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.known.get(name)
    }

    /// Puts something in; the oldest goes when there are too many.
    pub fn put(&mut self, name: &str, value: V) {
        if self.known.insert(name.to_owned(), value).is_none() {
            self.order.push_back(name.to_owned());
        }
        while self.order.len() > self.most {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes() {
        let mut recent = Recent::new(2);
        for (name, n) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            recent.put(name, n);
        }
        assert_eq!((recent.get("a"), recent.get("b"), recent.get("c")), (None, Some(&2), Some(&4)));
    }
}
