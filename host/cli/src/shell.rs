//! What a person pastes into a POSIX shell.

use std::path::Path;

use portcullis_project::CONFIGURATION;
use portcullis_report::Caller;

use crate::arguments::Global;

/// A path as one word.
pub fn word(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+,:@%=".contains(&byte);
    if !path.is_empty() && path.bytes().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

/// How this command was called, as far as another subcommand must be called so too to mean the same project. What an
/// environment variable says is told as a flag: whoever reads the report may not have set it.
pub fn caller(global: &Global) -> Caller {
    let mut flags = Vec::new();
    for (flag, value, default) in [("--project", &global.project, "."), ("--config", &global.config, CONFIGURATION)] {
        if value != Path::new(default) {
            flags.extend([flag.to_owned(), word(&value.to_string_lossy())]);
        }
    }
    Caller::new(flags, global.config.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_gets_one_word() {
        assert_eq!(word("models/churn"), "models/churn");
        assert_eq!(word("my project's"), "'my project'\\''s'");
    }
}
