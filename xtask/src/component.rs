//! From a compiled module to a component, and what every policy's component must look like.

use anyhow::{Context, bail, ensure};
use wit_component::{ComponentEncoder, DecodedWasm};

const KINDS: [&str; 4] = ["data-check", "gate", "fairness", "behavior"];

/// Makes a component of a module that carries the contract in its custom sections, and checks it.
pub fn encode(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let component = ComponentEncoder::default().module(module)?.validate(true).encode()?;
    check(&component)?;
    Ok(component)
}

/// Fails unless the component exports exactly one kind of policy and imports nothing but the contract: a stock policy
/// that pulled in WASI, or asked for rows, would be a mistake.
fn check(component: &[u8]) -> anyhow::Result<()> {
    let (exports, imports) = interfaces(component)?;
    let [export] = exports.as_slice() else { bail!("exports {exports:?}: a policy exports exactly one kind") };
    let kind = export.strip_prefix("portcullis:policy/").and_then(|rest| rest.split('@').next());
    ensure!(kind.is_some_and(|kind| KINDS.contains(&kind)), "exports {export}: not a kind of policy ({KINDS:?})");
    match imports.iter().find(|name| !name.starts_with("portcullis:")) {
        Some(foreign) => bail!("imports {foreign}: a stock policy imports the contract only"),
        None => Ok(()),
    }
}

/// The names of what a component exports and imports.
fn interfaces(component: &[u8]) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("a WIT package and not a component");
    };
    let world = resolve.worlds.get(world).context("the component has no world")?;
    let names = |items: &[_]| items.iter().map(|key| resolve.name_world_key(key)).collect();
    let exports: Vec<_> = world.exports.keys().cloned().collect();
    let imports: Vec<_> = world.imports.keys().cloned().collect();
    Ok((names(&exports), names(&imports)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component with an empty instance under each name.
    fn component(imports: &[&str], exports: &[&str]) -> Vec<u8> {
        // Component sections by hand: an encoder would be a dependency for this test alone.
        let mut bytes = vec![0, b'a', b's', b'm', 0x0d, 0, 1, 0];
        let section = |bytes: &mut Vec<u8>, id: u8, content: Vec<u8>| {
            bytes.push(id);
            bytes.push(u8::try_from(content.len()).unwrap());
            bytes.extend(content);
        };
        let name = |name: &str| [&[0, u8::try_from(name.len()).unwrap()], name.as_bytes()].concat();
        section(&mut bytes, 7, vec![1, 0x42, 0]); // type 0: an instance type without declarations
        for import in imports {
            section(&mut bytes, 10, [vec![1], name(import), vec![5, 0]].concat());
        }
        section(&mut bytes, 5, vec![1, 1, 0]); // an instance of no exports
        let instance = u8::try_from(imports.len()).unwrap();
        for export in exports {
            section(&mut bytes, 11, [vec![1], name(export), vec![5, instance, 0]].concat());
        }
        bytes
    }

    #[test]
    fn one_kind_and_only_the_contract_is_a_policy() {
        let gate = component(&["portcullis:policy/log@0.1.0"], &["portcullis:policy/gate@0.1.0"]);
        check(&gate).unwrap();
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for (imports, exports, reason) in [
            (vec!["wasi:io/poll@0.2.0"], vec!["portcullis:policy/gate@0.1.0"], "wasi:io/poll@0.2.0"),
            (vec![], vec!["portcullis:policy/judge@0.1.0"], "not a kind of policy"),
            (vec![], vec!["other:policy/gate@0.1.0"], "not a kind of policy"),
            (vec![], vec![], "exactly one kind"),
            (vec![], vec!["portcullis:policy/gate@0.1.0", "portcullis:policy/fairness@0.1.0"], "exactly one kind"),
        ] {
            let error = format!("{:#}", check(&component(&imports, &exports)).unwrap_err());
            assert!(error.contains(reason), "{imports:?} {exports:?}: {error}");
        }
    }
}
