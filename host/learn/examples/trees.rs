//! Trains trees on a table of raw 64-bit floats and times it: the Rust half of `benches/trees/compare.py`.
//!
//! Usage: `trees METHOD TABLE OUTPUT ROWS TRAIN COLUMNS CLASSES [KEY=VALUE …]`. `TABLE` holds the columns one after another
//! and the labels last, little endian; the first `TRAIN` of the `ROWS` rows are trained on and the rest predicted, into
//! `OUTPUT`. `CLASSES` is 0 for a regression. One JSON object of timings goes to stdout.
#![allow(clippy::print_stdout)] // a benchmark speaks on stdout

use std::error::Error;
use std::time::Instant;

use portcullis_learn::trees::{Boosting, DecisionTree, Labels, Matrix, Method, RandomForest, TreeSettings, Trees, fit};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [method, table, output, numbers @ ..] = arguments.as_slice() else {
        return Err("usage: trees METHOD TABLE OUTPUT ROWS TRAIN COLUMNS CLASSES [KEY=VALUE …]".into());
    };
    let (sizes, options): (Vec<&String>, Vec<&String>) = numbers.iter().partition(|text| !text.contains('='));
    let sizes: Vec<usize> = sizes.into_iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let [rows, train, columns, classes] = sizes[..] else { return Err("four sizes are needed".into()) };
    let option = |key: &str| options.iter().find_map(|text| text.strip_prefix(key)?.strip_prefix('='));

    let bytes = std::fs::read(table)?;
    let (words, _) = bytes.as_chunks::<8>();
    let values: Vec<f64> = words.iter().map(|word| f64::from_le_bytes(*word)).collect();
    let column = |at: usize, from: usize, to: usize| values[at * rows + from..at * rows + to].to_vec();
    let matrix = |from, to| Matrix::new((0..columns).map(|at| column(at, from, to)).collect());
    let (known, unknown) = (matrix(0, train)?, matrix(train, rows)?);
    let targets = column(columns, 0, train);
    let codes: Vec<u32> = targets.iter().map(|&label| label as u32).collect();
    let labels = match classes {
        0 => Labels::Numbers(&targets),
        _ => Labels::Classes { codes: &codes, classes: u32::try_from(classes)? },
    };

    let number = |key: &str, default: u32| option(key).map_or(Ok(default), str::parse);
    let method = match method.as_str() {
        "decision-tree" => Method::DecisionTree(DecisionTree::default()),
        "random-forest" => {
            let settings = if classes == 0 { RandomForest::for_numbers() } else { RandomForest::for_classes() };
            Method::RandomForest(RandomForest { trees: number("trees", 200)?, ..settings })
        }
        "gradient-boosting" => {
            Method::GradientBoosting(Boosting { rounds: number("rounds", 100)?, ..Boosting::default() })
        }
        other => return Err(format!("{other} is none of decision-tree, random-forest, gradient-boosting").into()),
    };
    let settings = TreeSettings { method, seed: number("seed", 42)?.into() };

    let (start, cpu) = (Instant::now(), processor_seconds());
    let trees = fit(&settings, &known, &labels)?;
    let (fitted, fitted_cpu) = (start.elapsed().as_secs_f64(), processor_seconds() - cpu);
    let memory = peak_mebibytes();
    let (start, cpu) = (Instant::now(), processor_seconds());
    let predicted = trees.predict(&unknown)?;
    let (predicting, predicting_cpu) = (start.elapsed().as_secs_f64(), processor_seconds() - cpu);
    let start = Instant::now();
    let saved = trees.to_bytes();
    let saving = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let same = Trees::from_bytes(&saved)? == trees;
    let loading = start.elapsed().as_secs_f64();
    println!(
        "{{\"fit\": {fitted}, \"fit_cpu\": {fitted_cpu}, \"predict\": {predicting}, \"predict_cpu\": {predicting_cpu}, \
         \"save\": {saving}, \"load\": {loading}, \"memory\": {memory}, \"bytes\": {}, \"nodes\": {}, \"same\": {same}}}",
        saved.len(),
        trees.node_count()
    );
    let bytes: Vec<u8> = predicted.iter().flat_map(|value| value.to_le_bytes()).collect();
    std::fs::write(output, bytes)?;
    Ok(())
}

/// What the process's threads have run for, as Linux counts it; 0 elsewhere. A busy machine lengthens it far less than the time
/// that passes.
fn processor_seconds() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = |task: std::fs::DirEntry| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    tasks.filter_map(nanoseconds).sum::<f64>() / 1e9
}

/// The most memory that the process has held so far, as Linux counts it; 0 elsewhere.
fn peak_mebibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(0.0, |kibibytes| kibibytes / 1024.0)
}
