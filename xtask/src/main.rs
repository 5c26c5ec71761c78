//! The project's own chores, run as `cargo xtask CHORE`.
#![allow(clippy::print_stdout, reason = "a chore says what it did")]

mod build;
mod component;
mod contract;
mod languages;
mod listing;
mod locks;
mod policies;
mod test;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "The project's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run every test: the host's, the policies', and that what is committed follows from plugins/
    Test,
    /// Build the stock policies from plugins/ into policies/, and lock them there and in the examples
    Policies {
        /// Write nothing: build a copy in another folder and fail if a committed file differs
        #[arg(long)]
        check: bool,
    },
    /// Check that released versions of the contract are as they were, and that the next breaks no policy
    Contract {
        /// Note that this version is released: its folder never changes again
        #[arg(long, value_name = "VERSION")]
        release: Option<String>,
    },
    /// Make, build and test the example policies of `policy new` in other languages; their tools are installed into target/
    Languages {
        /// rust, python, javascript, typescript, c, zig, go; without any, as `--needed`
        names: Vec<String>,
        /// Every language, and note that all passed
        #[arg(long, conflicts_with = "names")]
        all: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Test => test::everything(&repository()?),
        Chore::Policies { check: false } => policies::rebuild(&repository()?),
        Chore::Policies { check: true } => policies::check(&repository()?),
        Chore::Contract { release: None } => contract::check(&repository()?),
        Chore::Contract { release: Some(version) } => contract::release(&repository()?, &version),
        Chore::Languages { all: true, .. } => languages::test(&repository()?, &languages::Which::All),
        Chore::Languages { names, .. } if names.is_empty() => {
            languages::test(&repository()?, &languages::Which::Needed)
        }
        Chore::Languages { names, .. } => languages::test(&repository()?, &languages::Which::Named(names)),
    }
}

/// The root of the checkout.
fn repository() -> anyhow::Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(manifest.parent().context("xtask lies at the root of the disk")?.to_path_buf())
}
