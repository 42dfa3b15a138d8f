//! Writes the bill of materials of the program as CycloneDX 1.5 JSON on stdout: what is compiled into
//! it and what builds it, each with its version, licence and checksum, for this machine's target.
//!
//! `cargo run --quiet --manifest-path packaging/sbom/Cargo.toml > dutydesk.cdx.json`, in the top folder.
//!
//! It knows what `cargo metadata` and `Cargo.lock` say, and nothing of the clock: the same tree gives
//! the same bytes. `tests/supply_chain.rs` holds it against `Cargo.lock`.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The target that `cargo build` builds for here.
fn target() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(rustc).arg("-vV").output().expect("rustc can be run");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap_or("x86_64-unknown-linux-gnu").to_owned()
}

/// What `cargo metadata` says of this tree.
pub fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let target = target();
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &target])
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// The checksums in `Cargo.lock`, by name and version.
pub fn checksums() -> BTreeMap<(String, String), String> {
    let lock = std::fs::read_to_string("Cargo.lock").expect("Cargo.lock can be read");
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
        Some(line.trim_matches('"').to_owned())
    };
    lock.split("[[package]]")
        .filter_map(|block| {
            Some(((value(block, "name")?, value(block, "version")?), value(block, "checksum")?))
        })
        .collect()
}

/// The packages that are compiled into the program or build it: from the root along dependencies that
/// are not for tests alone.
pub fn needed(metadata: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nodes = metadata["resolve"]["nodes"].as_array().cloned().unwrap_or_default();
    let nodes: BTreeMap<String, Value> =
        nodes.into_iter().map(|node| (text(&node["id"]), node)).collect();
    let mut found = BTreeSet::new();
    let mut next = vec![text(&metadata["resolve"]["root"])];
    while let Some(id) = next.pop() {
        for dep in nodes.get(&id).and_then(|n| n["deps"].as_array()).into_iter().flatten() {
            let kinds = dep["dep_kinds"].as_array().cloned().unwrap_or_default();
            let id = text(&dep["pkg"]);
            if kinds.iter().any(|kind| kind["kind"] != "dev") && found.insert(id.clone()) {
                next.push(id);
            }
        }
    }
    found
}

/// The bill.
pub fn bill(metadata: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let needed = needed(metadata);
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let purl = |package: &Value| {
        format!("pkg:cargo/{}@{}", text(package, "name"), text(package, "version"))
    };
    let by_id: BTreeMap<String, &Value> = packages.iter().map(|p| (text(p, "id"), p)).collect();
    let root_id = metadata["resolve"]["root"].as_str().unwrap_or_default();
    let root = by_id.get(root_id).expect("the root is a package");
    let component = |package: &Value, kind: &str| {
        let mut component = json!({
            "type": kind, "bom-ref": purl(package), "name": text(package, "name"),
            "version": text(package, "version"), "purl": purl(package),
            "licenses": [{ "expression": text(package, "license").replace('/', " OR ") }],
        });
        let key = (text(package, "name"), text(package, "version"));
        if let Some(checksum) = checksums.get(&key) {
            component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
        }
        if let Some(repository) = package["repository"].as_str() {
            component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
        }
        component
    };
    let mut components: Vec<Value> =
        needed.iter().map(|id| component(by_id[id], "library")).collect();
    components.sort_by_key(|component| text(component, "purl"));
    let nodes = metadata["resolve"]["nodes"].as_array().into_iter().flatten();
    let mut dependencies: Vec<Value> = nodes
        .filter(|node| node["id"] == root_id || needed.contains(&text(node, "id")))
        .map(|node| {
            let on = node["deps"].as_array().into_iter().flatten().map(|dep| text(dep, "pkg"));
            let on: BTreeSet<String> =
                on.filter(|id| needed.contains(id)).map(|id| purl(by_id[&id])).collect();
            json!({ "ref": purl(by_id[&text(node, "id")]), "dependsOn": on })
        })
        .collect();
    dependencies.sort_by_key(|dependency| text(dependency, "ref"));
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": component(root, "application") },
        "components": components, "dependencies": dependencies,
    })
}

#[allow(dead_code, reason = "the test uses the rest of this file")]
fn main() {
    let bill = bill(&metadata(), &checksums());
    println!("{}", serde_json::to_string_pretty(&bill).expect("it is JSON"));
}
