//! What can be typed after `portcullis policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub struct Policy {
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// The subcommands of `policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Writes the folder of a new policy: a source that judges, its parameters, cases to test it with, a README.
    ///
    /// It needs no network. A bare NAME goes into the project's `policies/`, where there is a project, and is built to
    /// `policies/NAME.wasm`, where `portcullis run` finds it; a NAME with a `/` is a folder of your choice.
    #[command(after_help = "\
Examples:
  portcullis policy new worst-group --lang python --kind fairness
  portcullis policy new freshness --lang rust --kind data-check --needs sql
  portcullis policy new ./rules/margin --lang c --kind gate")]
    New(New),
    /// Builds a policy with its language's own toolchain, and checks that what comes out is one.
    #[command(after_help = "\
Examples:
  portcullis policy build policies/worst-group
  portcullis policy build                          the policy in this folder")]
    Build(Build),
    /// Lets a policy judge its cases, and compares what it says with what it is expected to say.
    ///
    /// A case is a folder under the policy's `cases/`: a project with one policy, or what `portcullis run --record DIR`
    /// wrote; and `expected.json`. Exit code 1 where a policy says something else.
    #[command(after_help = "\
Examples:
  portcullis policy test policies/worst-group
  portcullis policy test policies/worst-group unequal      cases whose name holds this
  portcullis policy test policies/worst-group --update     what it says now is expected from now on
  portcullis policy test policies/worst-group --format junit > tests.xml")]
    Test(Test),
    /// Shows what a policy is: kind, contract, what it asks for, parameters, size, digest, toolchain.
    ///
    /// All is read from the file itself; its own words (name, version, summary, parameters) it says in the sandbox, where
    /// it sees nothing. Exit code 3 where a file is no policy that this host runs.
    #[command(after_help = "\
Examples:
  portcullis policy inspect policies/threshold.wasm
  portcullis policy inspect policies/*.wasm
  portcullis policy inspect --format json policies/threshold.wasm | jq '.[0].imports'")]
    Inspect(Inspect),
    /// Prints a page of Markdown about a policy, from what it says of itself.
    #[command(after_help = "\
Examples:
  portcullis policy doc policies/threshold.wasm
  portcullis policy doc policies/threshold.wasm > docs/threshold.md")]
    Doc(Doc),
    /// Measures a policy: compiling, loading from the cache, instantiating and judging, and the instructions used.
    #[command(after_help = "\
Examples:
  portcullis policy bench policies/worst-group
  portcullis policy bench policies/worst-group --repeat 1000 --format json")]
    Bench(Bench),
    /// Lists the stock policies, which this program holds, and what each is for.
    #[command(after_help = "\
Examples:
  portcullis policy list
  portcullis policy list --format json")]
    List(List),
    /// Copies stock policies into the project's `policies/`.
    #[command(after_help = "\
Examples:
  portcullis policy add group-fairness
  portcullis policy add schema ranges --project churn")]
    Add(Add),
    /// Compiles policies into the compile cache, so that the next run need not: for an image, or a CI system's cache.
    #[command(after_help = "\
Examples:
  portcullis policy compile                        those of the project
  portcullis policy compile policies/*.wasm
  portcullis policy compile --key                  prints the key to keep a CI cache under, compiles nothing")]
    Compile(Compile),
}

#[derive(Debug, Args)]
pub struct New {
    /// The policy's name in small letters, digits and hyphens, or a path that ends with it.
    #[arg(value_name = "NAME")]
    pub name: PathBuf,
    /// What it is written in: rust, python, javascript, typescript, c, zig or go.
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: String,
    /// What it judges: data-check, gate, fairness or behavior.
    #[arg(long, value_name = "KIND")]
    pub kind: String,
    /// Interfaces that it needs beyond those of its kind, each of which the configuration must grant: rows, sql,
    /// predictions, predictor.
    #[arg(long, value_name = "INTERFACES", value_delimiter = ',')]
    pub needs: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Build {
    /// The policy's folder, which holds its `policy.toml`.
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
}

#[derive(Debug, Args)]
pub struct Test {
    /// The policy's folder, which holds its `policy.toml`.
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
    /// Only cases whose name holds one of these.
    #[arg(value_name = "CASE")]
    pub cases: Vec<String>,
    /// Writes what the policy says now into `expected.json`.
    #[arg(long)]
    pub update: bool,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TestFormat,
}

/// What `policy test` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// For a person.
    Text,
    /// For CI systems: `JUnit` XML.
    Junit,
}

/// What a subcommand prints that shows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    /// For a person.
    Text,
    /// For scripts.
    Json,
}

#[derive(Debug, Args)]
pub struct Inspect {
    /// Files to look at.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What to print; json is a list with an object for each file.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Shown,
}

#[derive(Debug, Args)]
pub struct Doc {
    /// The policy's file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Bench {
    /// The policy's folder: it judges each of its cases.
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
    /// How often each case is judged.
    #[arg(long, value_name = "TIMES", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub repeat: u32,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Shown,
}

#[derive(Debug, Args)]
pub struct List {
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Shown,
}

#[derive(Debug, Args)]
pub struct Add {
    /// Names of stock policies; `portcullis policy list` shows them.
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Compile {
    /// Files to compile; without any, those of the project.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only prints a key: it changes when cached code could not be used any more.
    #[arg(long, conflicts_with = "files")]
    pub key: bool,
}
