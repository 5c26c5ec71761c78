//! What can be typed.

mod policy;

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use portcullis_report::Format;

pub use policy::{Add, Bench, Build, Compile, Doc, Inspect, List, New, Policy, PolicyCommand, Shown, Test, TestFormat};

const AFTER_HELP: &str = "\
Exit codes, the same for every format and subcommand:
  0  passed
  1  a policy blocked
  2  the input is wrong: flags, configuration, parameters, data that cannot be read
  3  a policy could not be evaluated: not a component, incompatible, refused, trap, limit

Examples:
  portcullis init --data customers.csv    write a project around a data file
  portcullis run                          check the data, train, evaluate, judge, report
  portcullis run --project examples/iris --format text --format markdown=report.md
  portcullis run --set model.trees=50 --set split.seed=7
  portcullis gate --model model.portcullis
  portcullis report --format junit=report.xml";

/// The gate that machine-learning models must pass: trains a model or takes one, evaluates it, lets WebAssembly
/// policies judge it, writes down what happened, and exits 0 or 1.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, after_help = AFTER_HELP, max_term_width = 110)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every subcommand.
#[derive(Debug, Args)]
pub struct Global {
    /// Folder of the project.
    #[arg(long, value_name = "DIR", default_value = ".", env = "PORTCULLIS_PROJECT", global = true)]
    pub project: PathBuf,
    /// Configuration file, relative to the project.
    #[arg(long, value_name = "FILE", default_value = "portcullis.toml", global = true)]
    pub config: PathBuf,
    /// Overrides a setting of the configuration: `--set split.seed=7`. Repeatable.
    #[arg(long = "set", value_name = "KEY=VALUE", global = true, value_parser = setting)]
    pub settings: Vec<(String, String)>,
    /// Runs only policies that `portcullis.lock` pins; what differs, or a missing lock, is exit code 2 and nothing runs.
    #[arg(long, env = "PORTCULLIS_LOCKED", global = true, value_parser = FalseyValueParser::new())]
    pub locked: bool,
    /// Prints no progress.
    #[arg(long, short, env = "PORTCULLIS_QUIET", global = true, value_parser = FalseyValueParser::new())]
    pub quiet: bool,
    /// When to use colour.
    #[arg(long, value_name = "WHEN", default_value = "auto", env = "PORTCULLIS_COLOR", global = true)]
    pub color: Color,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Writes a project into a folder: configuration, the stock policies that apply, a CI workflow. Overwrites nothing.
    #[command(after_help = "\
Examples:
  portcullis init --data customers.csv
  portcullis init --data loans.parquet --target approved --ci gitlab
  portcullis init --project churn --ci none")]
    Init(Init),
    /// Lets the data policies judge the data.
    #[command(after_help = "\
Examples:
  portcullis check
  portcullis check --set data.path=data/new.csv
  portcullis check --format junit=check.xml
  portcullis check --locked")]
    Check(Check),
    /// Trains the model and saves it with the run, without policies.
    #[command(after_help = "\
Examples:
  portcullis train
  portcullis train --set model.family=gradient-boosting --set model.rounds=200
  PORTCULLIS_SPLIT_SEED=7 portcullis train")]
    Train(Judge),
    /// Evaluates a model on the held-out data, without policies.
    #[command(after_help = "\
Examples:
  portcullis evaluate                             the model of the latest run
  portcullis evaluate --model model.portcullis
  portcullis evaluate --format json | jq .metrics")]
    Evaluate(Evaluate),
    /// Lets the gate, fairness and behavior policies judge a model.
    #[command(after_help = "\
Examples:
  portcullis gate                                 the model of the latest run
  portcullis gate --model model.portcullis
  portcullis gate --set model.predictions=preds.parquet
  portcullis gate --verify-determinism            every policy judges twice
  portcullis gate --at 2026-01-31                 policies see this date")]
    Gate(Gate),
    /// Everything: checks the data, trains, evaluates, judges, reports.
    #[command(after_help = "\
Examples:
  portcullis run
  portcullis run --project examples/credit --config portcullis.fair.toml
  portcullis run --format text --format json=record.json --format junit=junit.xml
  portcullis run --locked --format github         in a GitHub Actions job
  portcullis run --record recorded     a case of each policy: copy one into its cases/
  portcullis run --keep-going --set split.seed=7")]
    Run(Run),
    /// Pins the policies as they are now in `portcullis.lock`, and says what changed.
    ///
    /// For each policy's file: its sha256, contract version, kind, and what it asks for. Files that another configuration of
    /// the folder uses stay in the lock; files that are gone are taken out. Review the change, commit the file, and let CI
    /// run with --locked.
    #[command(after_help = "\
Examples:
  portcullis lock
  portcullis lock --check                          compares and writes nothing: exit code 2 if anything differs
  portcullis lock --config portcullis.fair.toml    the policies of another configuration too
  portcullis run --locked")]
    Lock(Lock),
    /// Writes, builds, tests and looks at policies.
    #[command(after_help = "\
Examples:
  portcullis policy new worst-group --lang python --kind fairness
  portcullis policy build policies/worst-group
  portcullis policy test policies/worst-group
  portcullis policy list
  portcullis policy inspect policies/*.wasm")]
    Policy(Policy),
    /// Prints the JSON Schema of the configuration file, parameters of the project's policies included, for editors.
    #[command(after_help = "\
Examples:
  portcullis schema > portcullis.schema.json
  portcullis schema --without-policies             the same for every project")]
    Schema(Schema),
    /// Renders the report of an earlier run anew.
    #[command(after_help = "\
Examples:
  portcullis report
  portcullis report --format markdown=report.md
  portcullis report --run 981e90e201dc --format json")]
    Report(Report),
    /// Shows each setting and where it comes from: flag, environment, file or default.
    #[command(after_help = "\
Examples:
  portcullis config
  portcullis config --set split.seed=7")]
    Config,
    /// Does one job for this program itself, in a process of its own.
    #[command(hide = true)]
    Worker(Worker),
    /// Runs another command, which then does not outlive whoever started this, with all that it starts.
    #[command(hide = true)]
    Leash {
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

/// What a process of its own is told.
#[derive(Debug, Args)]
pub struct Worker {
    /// What to do.
    pub job: String,
    /// Bytes of memory it may have.
    pub memory: String,
    /// Seconds of processor time it may take.
    pub seconds: String,
}

#[derive(Debug, Args)]
pub struct Init {
    /// Data file from which target, types and task are guessed.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Column to predict, if the guess would be another.
    #[arg(long, value_name = "COLUMN")]
    pub target: Option<String>,
    /// Which CI workflow to write.
    #[arg(long, value_name = "SYSTEM", default_value = "github")]
    pub ci: Ci,
}

/// A CI system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ci {
    Github,
    Gitlab,
    None,
}

/// What every judging subcommand takes.
#[derive(Debug, Args)]
pub struct Judge {
    #[command(flatten)]
    pub output: Output,
    /// No policies found is an error, unless this is given.
    #[arg(long)]
    pub allow_empty: bool,
}

/// What every subcommand takes in which policies judge.
#[derive(Debug, Args)]
pub struct Judging {
    /// The time at which policies' clocks stand still: RFC 3339, or a date, which is its midnight in UTC. Without it, the
    /// time of the commit that the project stands at, else 1970.
    #[arg(long, value_name = "TIME", env = "PORTCULLIS_AT", value_parser = moment)]
    pub at: Option<Moment>,
    /// Lets every policy judge twice; one that does not come to the same bytes is not evaluable.
    #[arg(long, env = "PORTCULLIS_VERIFY_DETERMINISM", value_parser = FalseyValueParser::new())]
    pub verify_determinism: bool,
    /// Writes what each policy was asked for and answered into a folder of its own in DIR: a case that `policy test`
    /// judges again without the data. It holds what the policy saw: rows, where rows were granted.
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub judge: Judge,
    #[command(flatten)]
    pub judging: Judging,
}

#[derive(Debug, Args)]
pub struct Gate {
    #[command(flatten)]
    pub evaluate: Evaluate,
    #[command(flatten)]
    pub judging: Judging,
}

#[derive(Debug, Args)]
pub struct Lock {
    /// Only compares: exit code 2 if the policies differ from the lock or there is none.
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
pub struct Evaluate {
    #[command(flatten)]
    pub judge: Judge,
    /// Model file to evaluate; without it, the model of the latest run.
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub judge: Judge,
    #[command(flatten)]
    pub judging: Judging,
    /// Trains and judges on, even if a policy blocks the data.
    #[arg(long)]
    pub keep_going: bool,
}

#[derive(Debug, Args)]
pub struct Schema {
    /// Leaves the project alone: any parameters are fine then.
    #[arg(long)]
    pub without_policies: bool,
}

#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    pub output: Output,
    /// Which run; without it, the latest.
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
}

#[derive(Debug, Args)]
pub struct Output {
    /// What to print: text, json, markdown, junit or github; FORMAT=FILE writes a file instead. Repeatable.
    #[arg(
        long = "format",
        value_name = "FORMAT[=FILE]",
        env = "PORTCULLIS_FORMAT",
        value_delimiter = ',',
        default_value = "text"
    )]
    pub formats: Vec<Destination>,
}

/// A format and where it goes: standard output, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub format: Format,
    pub file: Option<PathBuf>,
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}={}", self.format, file.display()),
            None => write!(f, "{}", self.format),
        }
    }
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err(format!("`{text}` names no file; write FORMAT=FILE")),
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (text, None),
        };
        Ok(Self { format: format.parse().map_err(|error| format!("{error}"))?, file })
    }
}

/// A time since 1970; none for empty text, as an empty environment variable counts as not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Option<Duration>);

fn moment(text: &str) -> Result<Moment, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Moment(None));
    }
    let date = text.len() == "2026-01-31".len();
    let timestamp: jiff::Timestamp = if date { format!("{text}T00:00:00Z").parse() } else { text.parse() }
        .map_err(|_| "expected a time with its zone, such as 2026-01-31T12:00:00Z, or a date, such as 2026-01-31")?;
    let since = Duration::try_from(timestamp.as_duration()).map_err(|_| "before 1970; name a later time")?;
    Ok(Moment(Some(since)))
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if key.contains('.') => Ok((key.trim().to_owned(), value.to_owned())),
        _ => Err("write it as SECTION.KEY=VALUE, for instance split.seed=7".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn formats_may_name_a_file() {
        let markdown: Destination = "markdown=out/report.md".parse().unwrap();
        assert_eq!(markdown.file, Some(PathBuf::from("out/report.md")));
        assert_eq!("json".parse::<Destination>().unwrap().file, None);
        assert!("json=".parse::<Destination>().unwrap_err().contains("names no file"));
        assert!("yaml".parse::<Destination>().unwrap_err().contains("markdown"));
    }

    #[test]
    fn moments_are_times_with_a_zone_and_dates() {
        let seconds = |text: &str| moment(text).map(|moment| moment.0.map(|since| since.as_secs()));
        assert_eq!(seconds("2023-11-14T22:13:20Z"), Ok(Some(1_700_000_000)));
        assert_eq!(seconds("2023-11-14T23:13:20+01:00"), Ok(Some(1_700_000_000)));
        assert_eq!(seconds("2023-11-14"), Ok(Some(1_699_920_000)));
        assert_eq!(seconds("1970-01-01"), Ok(Some(0)));
        assert_eq!(seconds(""), Ok(None));
        for wrong in ["yesterday", "2023-11-14T22:13:20", "2023-13-01", "1700000000", "2023-11-14 22:13"] {
            assert!(seconds(wrong).unwrap_err().contains("2026-01-31T12:00:00Z"), "{wrong}");
        }
        assert!(seconds("1969-12-31").unwrap_err().contains("before 1970"));
    }

    #[test]
    fn settings_need_a_section_and_a_value() {
        assert_eq!(setting("data.path=a=b"), Ok(("data.path".into(), "a=b".into())));
        assert!(setting("seed=7").is_err());
        assert!(setting("split.seed").is_err());
    }
}
