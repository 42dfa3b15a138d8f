//! The schema of the connector protocol, for the tests that hold something against it.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod run;

use jsonschema::Validator;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A file of the documentation.
pub fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// docs/connector.schema.json.
pub fn schema() -> Value {
    serde_json::from_str(&std::fs::read_to_string(docs("connector.schema.json")).unwrap()).unwrap()
}

/// What validates one of its definitions: `toConnector`, `fromConnector`, `event`.
pub fn validator(definition: &str) -> Validator {
    let all = schema();
    let one = json!({
        "$schema": all["$schema"], "$ref": format!("#/$defs/{definition}"), "$defs": all["$defs"],
    });
    jsonschema::options().should_validate_formats(true).build(&one).unwrap()
}

/// What is wrong with something; empty when nothing is.
pub fn mistakes(validator: &Validator, value: &Value) -> String {
    validator.iter_errors(value).map(|e| format!("{} at {}; ", e, e.instance_path())).collect()
}
