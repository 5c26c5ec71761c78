//! What can be typed.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use portcullis_report::Format;

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
  portcullis check --format junit=check.xml")]
    Check(Judge),
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
  portcullis gate --set model.predictions=preds.parquet")]
    Gate(Evaluate),
    /// Everything: checks the data, trains, evaluates, judges, reports.
    #[command(after_help = "\
Examples:
  portcullis run
  portcullis run --project examples/credit --config portcullis.fair.toml
  portcullis run --format text --format json=record.json --format junit=junit.xml
  portcullis run --format github                  in a GitHub Actions job
  portcullis run --keep-going --set split.seed=7")]
    Run(Run),
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
    /// Becomes another command, which then does not outlive whoever started it.
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
    /// Trains and judges on, even if a policy blocks the data.
    #[arg(long)]
    pub keep_going: bool,
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
    fn settings_need_a_section_and_a_value() {
        assert_eq!(setting("data.path=a=b"), Ok(("data.path".into(), "a=b".into())));
        assert!(setting("seed=7").is_err());
        assert!(setting("split.seed").is_err());
    }
}
