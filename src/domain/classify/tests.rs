use super::*;
use rstest::rstest;
