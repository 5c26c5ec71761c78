//! The project's own chores, run as `cargo xtask CHORE`.
#![allow(clippy::print_stdout, reason = "a chore says what it did")]

mod build;
mod component;
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
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().chore {
        Chore::Test => test::everything(&repository()?),
        Chore::Policies { check: false } => policies::rebuild(&repository()?),
        Chore::Policies { check: true } => policies::check(&repository()?),
    }
}

/// The root of the checkout.
fn repository() -> anyhow::Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(manifest.parent().context("xtask lies at the root of the disk")?.to_path_buf())
}
