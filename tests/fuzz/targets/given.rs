//! Bytes as choices, for targets that do something step by step.

/// What is left of the bytes of a run. At the end everything is 0.
pub struct Given<'a>(pub &'a [u8]);

impl<'a> Given<'a> {
    /// Whether anything is left.
    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// One byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Two bytes.
    pub fn short(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// One of these.
    pub fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[usize::from(self.byte()) % of.len()]
    }

    /// A number below `most`.
    pub fn below(&mut self, most: usize) -> usize {
        usize::from(self.short()) % most.max(1)
    }

    /// Up to so many bytes; how many, a byte says first.
    pub fn bytes(&mut self, most: usize) -> &'a [u8] {
        let n = usize::from(self.byte()).min(most).min(self.0.len());
        let (part, rest) = self.0.split_at(n);
        self.0 = rest;
        part
    }

    /// The same as text. The emulator does not print what stands for bytes that are no text.
    pub fn text(&mut self, most: usize) -> String {
        String::from_utf8_lossy(self.bytes(most)).replace('\u{fffd}', "")
    }
}
