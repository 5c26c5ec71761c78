//! What a component is, read from its own imports and exports without compiling or running anything.

use portcullis_verdict::{Failure, FailureKind, Kind};
use semver::Version;
use sha2::{Digest, Sha256};
use wasmparser::{Encoding, Parser, Payload};

use crate::capability::{self, CONTRACTS, Capability};
use crate::foreign;
use crate::grant::Grant;

/// Namespace of the contract's packages.
const NAMESPACE: &str = "portcullis:";

/// What a component says about itself through its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// sha256 of the file, in hexadecimal.
    pub digest: String,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The kind of policy.
    pub kind: Kind,
    /// The contract that it was built against.
    pub contract: Version,
    /// The full name of the interface that it exports: `portcullis:policy/gate@0.1.0`.
    pub export: String,
    /// Full names of everything that it imports, in the order of the file.
    pub imports: Vec<String>,
}

impl Inspection {
    /// The contract's capabilities that it asks for.
    pub fn capabilities(&self) -> impl Iterator<Item = &'static Capability> + '_ {
        self.imports.iter().filter_map(|import| capability::of(split(import).0))
    }

    /// Whether it asks for any WASI interface, which most toolchains pull in and the host answers with nothing.
    pub fn wants_wasi(&self) -> bool {
        self.imports.iter().any(|import| import.starts_with("wasi:"))
    }

    /// Refuses what the configuration did not grant.
    pub(crate) fn refuse(&self, policy: &str, grant: &Grant) -> Result<(), Failure> {
        for capability in self.capabilities() {
            if !capability.available.contains(&self.kind) {
                return Err(Failure::new(
                    FailureKind::Refused,
                    format!(
                        "it imports {}, which a {} policy cannot have: there is no model yet when it runs",
                        capability.interface, self.kind
                    ),
                ));
            }
        }
        let mut needed: Vec<&Capability> =
            self.capabilities().filter(|capability| !capability.free.contains(&self.kind)).collect();
        needed.sort_unstable_by_key(|capability| capability.grant);
        let granted = |capability: &&&Capability| {
            grant.interfaces.iter().any(|word| word == capability.grant || word == capability.interface)
        };
        let refused: Vec<String> = needed
            .iter()
            .filter(|capability| !granted(capability))
            .map(|capability| format!("{} ({})", capability.interface, capability.reveals))
            .collect();
        if refused.is_empty() {
            return Ok(());
        }
        // The whole line: one that holds only what is lacking would take back what was granted.
        let words: Vec<String> = needed.iter().map(|capability| format!("\"{}\"", capability.grant)).collect();
        Err(Failure::new(
            FailureKind::Refused,
            format!(
                "it imports {}, which {} not granted; to grant all that it needs, add to the [[policy]] entry `{policy}`: \
                 grant = {{ interfaces = [{}] }}",
                refused.join(" and "),
                if refused.len() == 1 { "was" } else { "were" },
                words.join(", ")
            ),
        ))
    }
}

/// Reads kind, contract version and imports from a component's bytes, and refuses what this host does not run.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, Failure> {
    let inspection = Inspection::read(bytes, &hex::encode(Sha256::digest(bytes)))?;
    inspection.runs()?;
    Ok(inspection)
}

impl Inspection {
    /// Reads kind, contract version and imports from a component's bytes, whose digest is known.
    pub(crate) fn read(bytes: &[u8], digest: &str) -> Result<Self, Failure> {
        let (kind, contract, export, imports) = surface(bytes)?;
        Ok(Self { digest: digest.to_owned(), bytes: bytes.len() as u64, kind, contract, export, imports })
    }

    /// Whether the host speaks the contract that it was built against.
    pub fn speaks(&self) -> bool {
        speaks(&self.contract).is_ok()
    }

    /// Fails unless this host runs it: its contract version, and every interface that it imports.
    pub fn runs(&self) -> Result<(), Failure> {
        speaks(&self.contract)?;
        let unknown: Vec<&String> = self.imports.iter().filter(|import| !known(import)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Err(incompatible(format!(
            "it imports {}, which this host (contract {}) does not have",
            named(&unknown),
            CONTRACTS.join(", ")
        )))
    }
}

/// Kind, contract version, the export that says so, and the imports.
fn surface(bytes: &[u8]) -> Result<(Kind, Version, String, Vec<String>), Failure> {
    let (imports, exports) = names(bytes)?;
    let mut kinds = Vec::new();
    for export in &exports {
        let (name, version) = split(export);
        let Some(kind) = name.strip_prefix("portcullis:policy/").and_then(|kind| kind.parse::<Kind>().ok()) else {
            continue; // some toolchains export things of their own
        };
        kinds.push((kind, version, export));
    }
    let (kind, version, export) = match kinds.as_slice() {
        [one] => *one,
        [] => return Err(incompatible(no_kind(&exports))),
        several => {
            let found: Vec<&String> = several.iter().map(|(_, _, export)| *export).collect();
            return Err(incompatible(format!("it exports several kinds ({}); a policy has one", named(&found))));
        }
    };
    let contract = version
        .and_then(|version| Version::parse(version).ok())
        .ok_or_else(|| incompatible(format!("its export {export} names no contract version")))?;
    Ok((kind, contract, export.clone(), imports))
}

fn incompatible(message: String) -> Failure {
    Failure::new(FailureKind::Incompatible, message)
}

/// The first names of a list, which the file makes as long as it likes.
fn named(names: &[&String]) -> String {
    const MOST: usize = 8;
    let shown: Vec<&str> = names.iter().take(MOST).map(|name| name.as_str()).collect();
    let more = names.len().saturating_sub(MOST);
    shown.join(", ") + &if more == 0 { String::new() } else { format!(" and {more} more") }
}

fn no_kind(exports: &[String]) -> String {
    let kinds: Vec<String> = Kind::ALL.iter().map(|kind| format!("portcullis:policy/{kind}")).collect();
    let exports: Vec<&String> = exports.iter().collect();
    let found = if exports.is_empty() { "nothing".to_owned() } else { named(&exports) };
    format!("it exports none of {}; it exports {found}", kinds.join(", "))
}

/// Fails unless this host runs policies built against that version: the same 0.N, and no newer.
fn speaks(contract: &Version) -> Result<(), Failure> {
    spoken(CONTRACTS, contract)
}

/// The same for a host of these contracts.
fn spoken(contracts: &[&str], contract: &Version) -> Result<(), Failure> {
    let versions: Vec<Version> = contracts.iter().filter_map(|text| Version::parse(text).ok()).collect();
    if versions.iter().any(|ours| (ours.major, ours.minor) == (contract.major, contract.minor) && contract <= ours) {
        return Ok(());
    }
    let ours = contracts.join(", ");
    let line = |version: &&Version| (version.major, version.minor) == (contract.major, contract.minor);
    let too_new = versions.iter().any(|version| line(&version)) || versions.iter().all(|version| contract > version);
    let advice = if too_new {
        "it is too new for this host: use a newer Portcullis, or build the policy against an older contract, which \
         `portcullis policy new` of this version writes into `wit/`"
    } else {
        "it is too old for this host: build the policy anew against the contract that `portcullis policy new` of this version \
         writes into `wit/`"
    };
    Err(incompatible(format!("it was built for contract {contract}; this host speaks {ours}: {advice}")))
}

/// Whether the host has, or answers for, an import of this name.
pub(crate) fn known(import: &str) -> bool {
    let (name, _) = split(import);
    capability::of(name).is_some() || (!name.starts_with(NAMESPACE) && crate::wasi::answers(name))
}

/// `a:b/c@1.2.3` as (`a:b/c`, `1.2.3`).
pub(crate) fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (name, None),
    }
}

/// Names of the outermost component's imports and exports.
fn names(bytes: &[u8]) -> Result<(Vec<String>, Vec<String>), Failure> {
    let broken = |error: wasmparser::BinaryReaderError| {
        Failure::new(FailureKind::NotAComponent, format!("the file is not a WebAssembly component: {error}"))
    };
    if !bytes.starts_with(b"\0asm") {
        return Err(Failure::new(
            FailureKind::NotAComponent,
            format!("the file is not a WebAssembly component: it is {}", foreign::what(bytes)),
        ));
    }
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(broken)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(Failure::new(
                    FailureKind::NotAComponent,
                    "the file is a core WebAssembly module, not a component; \
                     turn it into one with `wasm-tools component new`",
                ));
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import.map_err(broken)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export.map_err(broken)?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_speaks_every_version_up_to_the_newest_of_each_line() {
        let host = ["0.1.1", "0.3.0"];
        let version = |text: &str| Version::parse(text).unwrap();
        for fine in ["0.1.0", "0.1.1", "0.3.0"] {
            assert_eq!(spoken(&host, &version(fine)), Ok(()), "{fine}");
        }
        for (refused, advice) in [
            ("0.1.2", "too new"),
            ("0.3.1", "too new"),
            ("0.4.0", "too new"),
            ("0.2.0", "too old"),
            ("0.0.1", "too old"),
        ] {
            let said = spoken(&host, &version(refused)).unwrap_err().message;
            assert!(
                said.starts_with(&format!("it was built for contract {refused}; this host speaks 0.1.1, 0.3.0: ")),
                "{said}"
            );
            assert!(said.contains(advice), "{refused}: {said}");
        }
    }

    #[test]
    fn bytes_that_are_no_component_are_told_apart() {
        let text = inspect(b"hello").unwrap_err();
        assert_eq!(text.kind, FailureKind::NotAComponent);
        let module = inspect(b"\0asm\x01\0\0\0").unwrap_err();
        assert!(module.message.contains("core WebAssembly module"), "{module}");
        let empty = inspect(b"\0asm\x0d\0\x01\0").unwrap_err();
        assert_eq!(empty.kind, FailureKind::Incompatible);
        assert!(empty.message.contains("it exports nothing"), "{empty}");
    }

    #[test]
    fn versions_too_new_and_too_old_name_both() {
        assert_eq!(speaks(&Version::new(0, 1, 0)), Ok(()));
        let newer = speaks(&Version::new(0, 2, 0)).unwrap_err().message;
        assert!(newer.contains("0.2.0") && newer.contains("0.1.0") && newer.contains("newer Portcullis"), "{newer}");
        let patch = speaks(&Version::new(0, 1, 7)).unwrap_err().message;
        assert!(patch.contains("newer Portcullis"), "{patch}");
        let older = speaks(&Version::new(0, 0, 9)).unwrap_err().message;
        assert!(older.contains("build the policy anew"), "{older}");
    }
}
