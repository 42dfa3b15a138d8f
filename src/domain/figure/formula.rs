//! Formulas over figures: `(likes + comments + shares) / reads`, and conditions over them:
//! `reads > 1.2 * usual(reads) and interact_rate < 0.8 * usual(interact_rate)`.
//!
//! A figure that is not there makes the whole unknown, never zero. A quotient says how much it was
//! divided by, so that a rate of little can be shown as such.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The deepest nesting of a formula.
const DEEPEST: usize = 40;
/// The most bytes of a formula.
pub const MOST: usize = 2_000;

/// A formula that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Formula {
    text: String,
    expr: Expr,
}

impl From<Formula> for String {
    fn from(formula: Formula) -> String {
        formula.text
    }
}

impl TryFrom<String> for Formula {
    type Error = Unread;

    fn try_from(text: String) -> Result<Formula, Unread> {
        Formula::parse(&text)
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Expr {
    Number(f64),
    /// A figure, or (true) its usual value.
    Name(String, bool),
    Minus(Box<Expr>),
    Two(Op, Box<Expr>, Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Or,
    And,
    Less,
    LessOrSame,
    More,
    MoreOrSame,
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// What a formula came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The value; 1 and 0 for a condition that holds and one that does not.
    pub value: f64,
    /// The least that was divided by; `None` = nothing was.
    pub over: Option<f64>,
}

impl Value {
    /// True when it rests on a division by less than this.
    pub fn is_thin(&self, least: f64) -> bool {
        self.over.is_some_and(|over| over < least)
    }
}

/// Why a formula cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// At which byte.
    pub at: usize,
    /// What stands there; empty = the end.
    pub found: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.found.is_empty() {
            true => write!(f, "it ends where something is missing"),
            false => write!(f, "\"{}\" at place {} does not belong there", self.found, self.at + 1),
        }
    }
}

impl Formula {
    /// Reads a formula: numbers, names (`likes`, `watch_time`), `usual(name)`, `+ - * /`,
    /// `< <= > >=`, `and`, `or`, brackets.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn parse(text: &str) -> Result<Formula, Unread> {
        let mut reader = Reader { text, at: 0, depth: 0 };
        if text.len() > MOST {
            return Err(reader.unread());
        }
        let expr = reader.level(0)?;
        reader.skip_blanks();
        match reader.at == text.len() {
            true => Ok(Formula { text: text.to_owned(), expr }),
            false => Err(reader.unread()),
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The figures it needs.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.expr.names(&mut names);
        names
    }

    /// What it comes to; `of` gives a figure, or (true) its usual value. `None` = a figure is not
    /// there, or it would divide by nothing.
    pub fn value(&self, of: &impl Fn(&str, bool) -> Option<f64>) -> Option<Value> {
        self.expr.value(of).filter(|v| v.value.is_finite())
    }

    /// Whether a condition holds; one that cannot be known does not.
    pub fn holds(&self, of: &impl Fn(&str, bool) -> Option<f64>) -> bool {
        self.value(of).is_some_and(|v| v.value != 0.0)
    }
}

impl Expr {
    fn names<'a>(&'a self, to: &mut BTreeSet<&'a str>) {
        match self {
            Expr::Number(_) => {}
            Expr::Name(name, _) => {
                to.insert(name);
            }
            Expr::Minus(of) => of.names(to),
            Expr::Two(_, a, b) => {
                a.names(to);
                b.names(to);
            }
        }
    }

    fn value(&self, of: &impl Fn(&str, bool) -> Option<f64>) -> Option<Value> {
        let plain = |value| Value { value, over: None };
        Some(match self {
            Expr::Number(n) => plain(*n),
            Expr::Name(name, usual) => plain(of(name, *usual)?),
            Expr::Minus(a) => {
                let a = a.value(of)?;
                Value { value: -a.value, ..a }
            }
            // One side alone may decide.
            Expr::Two(op @ (Op::And | Op::Or), a, b) => {
                let (a, b) = (a.value(of), b.value(of));
                let decides = |v: &Value| (v.value != 0.0) == (*op == Op::Or);
                match (a, b) {
                    (Some(one), _) if decides(&one) => one,
                    (_, Some(other)) if decides(&other) => other,
                    (Some(_), Some(other)) => other,
                    _ => return None,
                }
            }
            Expr::Two(op, a, b) => {
                let (a, b) = (a.value(of)?, b.value(of)?);
                let told = |holds: bool| f64::from(u8::from(holds));
                let value = match op {
                    Op::Or | Op::And => return None,
                    Op::Less => told(a.value < b.value),
                    Op::LessOrSame => told(a.value <= b.value),
                    Op::More => told(a.value > b.value),
                    Op::MoreOrSame => told(a.value >= b.value),
                    Op::Add => a.value + b.value,
                    Op::Subtract => a.value - b.value,
                    Op::Multiply => a.value * b.value,
                    Op::Divide if b.value == 0.0 => return None,
                    Op::Divide => a.value / b.value,
                };
                let least = |a: Option<f64>, b: Option<f64>| match (a, b) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                let divided = (*op == Op::Divide).then(|| b.value.abs());
                Value { value, over: least(divided, least(a.over, b.over)) }
            }
        })
    }
}

/// Operators by how loosely they bind, the loosest first.
const LEVELS: [&[(&str, Op)]; 5] = [
    &[("or", Op::Or)],
    &[("and", Op::And)],
    &[("<=", Op::LessOrSame), (">=", Op::MoreOrSame), ("<", Op::Less), (">", Op::More)],
    &[("+", Op::Add), ("-", Op::Subtract)],
    &[("*", Op::Multiply), ("/", Op::Divide)],
];

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn unread(&self) -> Unread {
        let found = self.rest().split_whitespace().next().unwrap_or_default();
        Unread { at: self.at, found: found.chars().take(20).collect() }
    }

    /// Takes a sign, or a word that is not the beginning of a longer one.
    fn take(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        let Some(after) = self.rest().strip_prefix(sign) else { return false };
        let is_word = sign.starts_with(char::is_alphabetic);
        if is_word && after.starts_with(is_of_name) {
            return false;
        }
        self.at += sign.len();
        true
    }

    fn level(&mut self, level: usize) -> Result<Expr, Unread> {
        let Some(ops) = LEVELS.get(level) else { return self.one() };
        let mut left = self.level(level + 1)?;
        while let Some((_, op)) = ops.iter().find(|(sign, _)| self.take(sign)) {
            let right = self.level(level + 1)?;
            left = Expr::Two(*op, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expr, Unread> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.unread());
        }
        let one = self.operand();
        self.depth -= 1;
        one
    }

    fn operand(&mut self) -> Result<Expr, Unread> {
        if self.take("-") {
            return Ok(Expr::Minus(Box::new(self.one()?)));
        }
        if self.take("(") {
            let inner = self.level(0)?;
            return if self.take(")") { Ok(inner) } else { Err(self.unread()) };
        }
        let rest = self.rest();
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        if number > 0 {
            let read = rest[..number].parse().map_err(|_| self.unread())?;
            self.at += number;
            let percent = self.rest().starts_with('%');
            self.at += usize::from(percent);
            return Ok(Expr::Number(if percent { read / 100.0 } else { read }));
        }
        let Some(name) = self.name() else { return Err(self.unread()) };
        if name != "usual" || !self.take("(") {
            return match name.as_str() {
                "and" | "or" => Err(self.unread()),
                _ => Ok(Expr::Name(name, false)),
            };
        }
        self.skip_blanks();
        let Some(of) = self.name() else { return Err(self.unread()) };
        if self.take(")") { Ok(Expr::Name(of, true)) } else { Err(self.unread()) }
    }

    fn name(&mut self) -> Option<String> {
        let rest = self.rest();
        let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        self.at += end;
        (!name.is_empty()).then_some(name)
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn of(name: &str, usual: bool) -> Option<f64> {
        match (name, usual) {
            ("likes", false) => Some(30.0),
            ("comments", false) => Some(10.0),
            ("reads", false) => Some(200.0),
            ("reads", true) => Some(100.0),
            ("none", false) => Some(0.0),
            ("点赞", false) => Some(7.0),
            _ => None,
        }
    }

    #[rstest]
    #[case("1 + 2 * 3", Some(7.0))]
    #[case("(1 + 2) * 3", Some(9.0))]
    #[case("10 - 4 - 3", Some(3.0))]
    #[case("-2 * -3", Some(6.0))]
    #[case("(likes + comments) / reads", Some(0.2))]
    #[case("点赞 * 2", Some(14.0))]
    #[case("50%", Some(0.5))]
    #[case("likes / none", None)]
    #[case("shares + likes", None)]
    #[case("reads > 1.5 * usual(reads)", Some(1.0))]
    #[case("reads <= usual(reads)", Some(0.0))]
    #[case("likes > 20 and comments < 5", Some(0.0))]
    #[case("likes > 20 or shares > 1", Some(1.0))]
    #[case("likes < 20 and shares > 1", Some(0.0))]
    #[case("likes > 20 and shares > 1", None)]
    #[case("order", None)]
    fn formulas_come_to(#[case] text: &str, #[case] value: Option<f64>) {
        let formula = Formula::parse(text).unwrap();
        assert_eq!(formula.value(&of).map(|v| v.value), value);
    }

    #[rstest]
    #[case("", 0, "")]
    #[case("likes +", 7, "")]
    #[case("likes reads", 6, "reads")]
    #[case("(likes", 6, "")]
    #[case("likes ** 2", 7, "*")]
    #[case("1.2.3", 0, "1.2.3")]
    #[case("and", 3, "")]
    fn mistakes_are_named_with_their_place(
        #[case] text: &str,
        #[case] at: usize,
        #[case] found: &str,
    ) {
        assert_eq!(Formula::parse(text), Err(Unread { at, found: found.into() }));
    }

    #[test]
    fn a_rate_of_little_is_known_as_such() {
        let value = Formula::parse("likes / comments + 1").unwrap().value(&of).unwrap();
        assert_eq!((value.value, value.over), (4.0, Some(10.0)));
        assert!(value.is_thin(30.0) && !value.is_thin(5.0));
        let names: Vec<&str> = vec!["comments", "likes"];
        let formula = Formula::parse("likes / comments + 1").unwrap();
        assert_eq!(formula.names().into_iter().collect::<Vec<_>>(), names);
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
        assert!(Formula::parse(&deep).is_err());
        assert!(Formula::parse(&"-".repeat(500)).is_err());
        assert!(Formula::parse(&"1+".repeat(900)).is_err());
        let long = format!("1{}", "+1".repeat(900));
        assert_eq!(Formula::parse(&long).unwrap().value(&of).unwrap().value, 901.0);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[ -~点赞]{0,40}") {
            let _ = Formula::parse(&text).map(|f| f.value(&of));
        }
    }
}
