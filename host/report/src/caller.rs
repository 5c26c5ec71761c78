//! How whoever reads the report calls the command.

/// What must be typed beside a subcommand so that it means the same project. No part of the record, whose bytes are the
/// same wherever the command was started: whoever renders a report knows from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    flags: Vec<String>,
    configuration: String,
}

impl Default for Caller {
    /// In the project's folder, with the configuration where it is looked for.
    fn default() -> Self {
        Self { flags: Vec::new(), configuration: "portcullis.toml".to_owned() }
    }
}

impl Caller {
    /// `flags` are words as a shell takes them, quoted where they need it; `configuration` is the file's name for a
    /// person.
    pub fn new(flags: Vec<String>, configuration: String) -> Self {
        Self { flags, configuration }
    }

    /// The line that calls a subcommand.
    pub(crate) fn line(&self, subcommand: &str) -> String {
        let words = ["portcullis", subcommand].into_iter().chain(self.flags.iter().map(String::as_str));
        words.collect::<Vec<_>>().join(" ")
    }

    /// The file with the configuration.
    pub(crate) fn configuration(&self) -> &str {
        &self.configuration
    }
}
