//! The stock policies, inside of the binary so that `init` and `policy add` need no network and no other file.

/// A built policy.
pub struct Stock {
    /// The stem of its file.
    pub name: &'static str,
    /// The component.
    pub bytes: &'static [u8],
}

macro_rules! stock {
    ($($name:literal),+ $(,)?) => {
        /// Every stock policy, in the order of their names.
        pub const STOCK: &[Stock] = &[$(Stock {
            name: $name,
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/", $name, ".wasm")),
        }),+];
    };
}

stock!("champion", "completeness", "examples", "group-fairness", "ranges", "schema", "threshold");

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn no_policy_is_forgotten() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".wasm").map(str::to_owned))
            .collect();
        there.sort();
        let embedded: Vec<&str> = STOCK.iter().map(|stock| stock.name).collect();
        assert_eq!(embedded, there, "list each policy of policies/ in stock.rs");
        for stock in STOCK {
            assert_eq!(stock.bytes.get(..4), Some(&b"\0asm"[..]), "{}", stock.name);
        }
    }
}
