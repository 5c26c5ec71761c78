//! Which rows are learnt from and which are held out. The same rows on every machine.

use portcullis_stats::Rng;
use serde::{Deserialize, Serialize};

use crate::cells::Cells;
use crate::error::{DataError, clipped};
use crate::frame::MISSING;
use crate::kind::ColumnKind;
use crate::table::Table;
use crate::target::Target;

/// Streams of the seed, so that a split has no numbers in common with training.
const ROWS: u64 = 0x7370_6c69_7400;
const GROUPS: u64 = 0x7370_6c69_7401;
const CLASSES: u64 = 0x7370_6c69_7500;

/// What is held out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum TestPart {
    /// This share of the rows, between 0 and 1: `round(rows × share)` of them, halves up.
    Fraction(f64),
    /// A file of its own; every row of the data is learnt from.
    File,
}

/// How to split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitSpec {
    /// What is held out.
    pub test: TestPart,
    /// The seed of the drawing.
    pub seed: u32,
    /// Whether each class keeps its share on both sides. Without effect on a regression, by group, and by time.
    pub stratify: bool,
    /// A column whose values never occur on both sides.
    pub by: Option<String>,
    /// A column whose latest rows are held out.
    pub time: Option<String>,
}

/// Which rows are on which side, both ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The rows to learn from.
    pub train: Vec<u32>,
    /// The rows held out; none if they are in a file of their own.
    pub test: Vec<u32>,
    /// How they were chosen, for the record: `stratified by class, seed 42`.
    pub method: String,
}

/// Splits the rows of a table.
///
/// - At random: the first rows of a seeded shuffle.
/// - Stratified: each class gives its share by largest remainder, so that the counts add up exactly; then at least one row
///   of every class is moved to either side.
/// - By group: groups in a seeded order are held out as long as they fit, and one more if that comes nearer to the share.
/// - By time: the latest rows. Rows of one time stay together: those at the border are learnt from, so the held-out part
///   is never larger than asked, unless it would be empty.
///
/// # Errors
/// A share that leaves a side empty; a class with one row when stratifying (named), or more classes than held-out rows;
/// fewer than two groups; rows without a group or time; a time column that is text.
pub fn split(table: &Table, target: &Target, spec: &SplitSpec) -> Result<Split, DataError> {
    let rows = table.row_count() as u32;
    if target.len() != rows as usize {
        return Err(DataError::Lengths { column: "target".into(), rows: target.len(), expected: rows as usize });
    }
    let share = match spec.test {
        TestPart::File => {
            return Ok(Split { train: (0..rows).collect(), test: vec![], method: "held-out file".to_owned() });
        }
        TestPart::Fraction(share) => share,
    };
    if !(share > 0.0 && share < 1.0) {
        return Err(wrong(format!(
            "test = {share} is no share of the rows; give a number between 0 and 1, such as 0.2"
        )));
    }
    let wanted = (f64::from(rows) * share).round() as u32;
    if wanted == 0 || wanted >= rows {
        return Err(wrong(format!("test = {share} of {rows} rows leaves one side empty; add rows or change it")));
    }
    let seed = spec.seed;
    let (test, method) = match (&spec.by, &spec.time, target) {
        (Some(by), Some(time), _) => {
            return Err(wrong(format!("either by = \"{by}\" or time = \"{time}\", not both")));
        }
        (Some(by), None, _) => (by_group(table, by, wanted, seed)?, format!("by group `{by}`, seed {seed}")),
        (None, Some(time), _) => (by_time(table, time, wanted)?, format!("the latest rows by `{time}`")),
        (None, None, Target::Classes { classes, codes, .. }) if spec.stratify => {
            (stratified(classes, codes, wanted, seed)?, format!("stratified by class, seed {seed}"))
        }
        (None, None, _) => (at_random(rows, wanted, seed), format!("random, seed {seed}")),
    };
    let mut held_out = vec![false; rows as usize];
    for row in &test {
        if let Some(flag) = held_out.get_mut(*row as usize) {
            *flag = true;
        }
    }
    let side = |wanted: bool| {
        (0..rows).zip(&held_out).filter(|(_, flag)| **flag == wanted).map(|(row, _)| row).collect::<Vec<u32>>()
    };
    Ok(Split { train: side(false), test: side(true), method })
}

fn wrong(message: String) -> DataError {
    DataError::Split(message)
}

fn at_random(rows: u32, wanted: u32, seed: u32) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows).collect();
    Rng::new(u64::from(seed), ROWS).shuffle(&mut order);
    order.truncate(wanted as usize);
    order
}

fn stratified(classes: &[String], codes: &[u32], wanted: u32, seed: u32) -> Result<Vec<u32>, DataError> {
    let mut members: Vec<Vec<u32>> = vec![vec![]; classes.len()];
    for (row, code) in (0..).zip(codes) {
        if let Some(members) = members.get_mut(*code as usize) {
            members.push(row);
        }
    }
    for (class, members) in classes.iter().zip(&members) {
        if members.len() == 1 {
            return Err(wrong(format!(
                "the class `{}` has a single row, which cannot be both learnt and held out; \
                 add rows of it, leave it out, or set stratify = false",
                clipped(class)
            )));
        }
    }
    let counts: Vec<u64> = members.iter().map(|members| members.len() as u64).collect();
    let Some(quotas) = quotas(&counts, u64::from(wanted)) else {
        let present = counts.iter().filter(|count| **count > 0).count();
        return Err(wrong(format!(
            "{wanted} held-out rows of {} cannot have every one of {present} classes on both sides; \
             change test, or set stratify = false",
            codes.len()
        )));
    };
    let mut test = Vec::with_capacity(wanted as usize);
    for ((class, mut members), quota) in (0..).zip(members).zip(quotas) {
        Rng::new(u64::from(seed), CLASSES + class).shuffle(&mut members);
        test.extend(members.into_iter().take(quota as usize));
    }
    Ok(test)
}

/// How many of each class are held out: by largest remainder, ties to the earlier class; then between 1 and count - 1, at
/// the cost of the class that is furthest above (below) its share. None if that is impossible.
fn quotas(counts: &[u64], wanted: u64) -> Option<Vec<u64>> {
    let total: u64 = counts.iter().sum();
    let mut quotas: Vec<u64> = counts.iter().map(|count| count * wanted / total.max(1)).collect();
    let mut by_remainder: Vec<usize> = (0..counts.len()).collect();
    by_remainder
        .sort_by_key(|class| std::cmp::Reverse(counts.get(*class).map_or(0, |count| count * wanted % total.max(1))));
    let short = wanted - quotas.iter().sum::<u64>();
    for class in by_remainder.into_iter().take(short as usize) {
        if let Some(quota) = quotas.get_mut(class) {
            *quota += 1;
        }
    }
    for (quota, count) in quotas.iter_mut().zip(counts) {
        if *count > 1 {
            *quota = (*quota).clamp(1, count - 1);
        }
    }
    // How far a class is above its exact share, in units of 1/total.
    let above = |quota: u64, count: u64| i128::from(quota) * i128::from(total) - i128::from(count) * i128::from(wanted);
    loop {
        let sum: u64 = quotas.iter().sum();
        let pairs = quotas.iter().copied().zip(counts.iter().copied()).enumerate();
        let (class, more) = match sum.cmp(&wanted) {
            std::cmp::Ordering::Equal => return Some(quotas),
            std::cmp::Ordering::Greater => {
                let candidates = pairs.filter(|(_, (quota, _))| *quota > 1);
                (candidates.max_by_key(|(class, (quota, count))| (above(*quota, *count), *class))?.0, false)
            }
            std::cmp::Ordering::Less => {
                let candidates = pairs.filter(|(_, (quota, count))| quota + 1 < *count);
                (candidates.min_by_key(|(class, (quota, count))| (above(*quota, *count), *class))?.0, true)
            }
        };
        let quota = quotas.get_mut(class)?;
        *quota = if more { *quota + 1 } else { *quota - 1 };
    }
}

fn by_group(table: &Table, column: &str, wanted: u32, seed: u32) -> Result<Vec<u32>, DataError> {
    let groups = table.categories(column)?;
    if let Some(row) = groups.codes.iter().position(|code| *code == MISSING) {
        return Err(wrong(format!("row {} has no `{column}`, so it belongs to no group", row + 1)));
    }
    if groups.levels.len() < 2 {
        return Err(wrong(format!("by = \"{column}\" needs at least two groups, and every row has the same value")));
    }
    let mut sizes = vec![0_u32; groups.levels.len()];
    for code in &groups.codes {
        if let Some(size) = sizes.get_mut(*code as usize) {
            *size += 1;
        }
    }
    let mut order: Vec<u32> = (0..sizes.len() as u32).collect();
    Rng::new(u64::from(seed), GROUPS).shuffle(&mut order);
    let size = |group: u32| sizes.get(group as usize).copied().unwrap_or(0);
    let mut held_out = vec![false; sizes.len()];
    let mut sum = 0;
    let mut left = vec![];
    for group in order {
        if sum + size(group) <= wanted {
            sum += size(group);
            if let Some(flag) = held_out.get_mut(group as usize) {
                *flag = true;
            }
        } else {
            left.push(group);
        }
    }
    // The smallest group that does not fit, if the share is nearer with it; at least one group in any case.
    if let Some(group) = left.iter().copied().min_by_key(|group| size(*group)) {
        let nearer = (sum + size(group)).abs_diff(wanted) < sum.abs_diff(wanted);
        if (sum == 0 || (nearer && left.len() > 1))
            && let Some(flag) = held_out.get_mut(group as usize)
        {
            *flag = true;
        }
    }
    let is_held_out = |code: &u32| held_out.get(*code as usize).copied().unwrap_or(false);
    Ok((0..).zip(&groups.codes).filter(|(_, code)| is_held_out(code)).map(|(row, _)| row).collect())
}

fn by_time(table: &Table, column: &str, wanted: u32) -> Result<Vec<u32>, DataError> {
    let described = table.column(column)?;
    if !matches!(
        described.kind(),
        ColumnKind::Integer | ColumnKind::Number | ColumnKind::Date | ColumnKind::DateTime | ColumnKind::Time
    ) {
        return Err(wrong(format!(
            "time = \"{column}\" is of type {}; it must be a date, a datetime or a number \
             (dates are written 2024-03-01, see [data] types)",
            described.kind()
        )));
    }
    let times = ordered(described.0.cells()?);
    if let Some(row) = times.iter().position(Option::is_none) {
        return Err(wrong(format!("row {} has no `{column}`, so it is neither early nor late", row + 1)));
    }
    let mut sorted: Vec<i64> = times.iter().copied().flatten().collect();
    sorted.sort_unstable();
    let border = sorted.get(sorted.len().saturating_sub(wanted as usize)).copied().unwrap_or(i64::MAX);
    // The first held-out place holds `border`; if the place before holds it too, all of its rows are learnt from.
    let first = sorted.partition_point(|time| *time < border);
    let after = sorted.partition_point(|time| *time <= border);
    let whole = sorted.len() - first <= wanted as usize;
    let from = if whole || after == sorted.len() { first } else { after };
    if from == 0 {
        return Err(wrong(format!("every row has the same `{column}`, so none is later than the others")));
    }
    let earliest = sorted.get(from).copied().unwrap_or(i64::MAX);
    Ok((0..).zip(times).filter(|(_, time)| time.is_some_and(|time| time >= earliest)).map(|(row, _)| row).collect())
}

/// The values as integers in the same order; none where missing.
fn ordered(cells: &Cells) -> Vec<Option<i64>> {
    match cells {
        Cells::Whole(whole) => {
            (0..).zip(&whole.values).map(|(row, value)| (!whole.is_missing(row)).then_some(*value)).collect()
        }
        Cells::Numbers(values) => values
            .iter()
            .map(|value| {
                let bits = value.to_bits().cast_signed();
                // Negative floats sort backwards by their bits.
                (!value.is_nan()).then_some(if bits < 0 { bits ^ i64::MAX } else { bits })
            })
            .collect(),
        Cells::Boolean(values) => vec![None; values.len()],
        Cells::Text(text) => vec![None; text.codes.len()],
    }
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
