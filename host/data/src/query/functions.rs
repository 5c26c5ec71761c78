//! The functions that a statement may call: `SQLite`'s own that read nothing but their arguments, and what statistics
//! needs beside them.

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::{Connection, Result};

/// All of them, in alphabetical order. Not among them: whatever draws random numbers, tells the time or the version,
/// reads a file or changes a setting.
pub const FUNCTIONS: &[&str] = &[
    "abs",
    "avg",
    "ceil",
    "char",
    "coalesce",
    "concat",
    "concat_ws",
    "corr",
    "cos",
    "count",
    "cume_dist",
    "dense_rank",
    "exp",
    "first_value",
    "floor",
    "glob",
    "group_concat",
    "hex",
    "ifnull",
    "iif",
    "instr",
    "lag",
    "last_value",
    "lead",
    "length",
    "like",
    "ln",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "max",
    "median",
    "min",
    "nth_value",
    "ntile",
    "nullif",
    "octet_length",
    "percent_rank",
    "pow",
    "quantile",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "sign",
    "sin",
    "sqrt",
    "stddev",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "tan",
    "total",
    "trim",
    "typeof",
    "unicode",
    "upper",
    "variance",
];

/// A function of one number.
type Unary = fn(f64) -> f64;

/// Adds what `SQLite` does not have, or has only where it was built with it. The functions of `libm`, in place of the
/// system's own, have the same last digit on every machine.
pub(super) fn add(connection: &Connection) -> Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    let unary: [(&str, Unary); 10] = [
        ("sqrt", f64::sqrt),
        ("exp", libm::exp),
        ("ln", libm::log),
        ("log10", libm::log10),
        ("log2", libm::log2),
        ("floor", f64::floor),
        ("ceil", f64::ceil),
        ("sin", libm::sin),
        ("cos", libm::cos),
        ("tan", libm::tan),
    ];
    for (name, function) in unary {
        connection.create_scalar_function(name, 1, pure, move |context| Ok(number(context, 0).map(function)))?;
    }
    connection.create_scalar_function("pow", 2, pure, |context| {
        Ok(number(context, 0).zip(number(context, 1)).map(|(base, exponent)| libm::pow(base, exponent)))
    })?;
    connection.create_aggregate_function("median", 1, pure, Quantile)?;
    connection.create_aggregate_function("quantile", 2, pure, Quantile)?;
    connection.create_aggregate_function("variance", 1, pure, Variance { root: false })?;
    connection.create_aggregate_function("stddev", 1, pure, Variance { root: true })?;
    connection.create_aggregate_function("corr", 2, pure, Correlation)
}

/// An argument as a number; none for NULL and for what is no number.
fn number(context: &Context<'_>, place: usize) -> Option<f64> {
    use rusqlite::types::ValueRef;
    match context.get_raw(place) {
        ValueRef::Integer(value) => Some(value as f64),
        ValueRef::Real(value) => Some(value),
        _ => None,
    }
}

/// Quantiles of type 7 (numpy's default): linear between the two nearest values. The probability is that of the first row.
struct Quantile;

impl Aggregate<(Vec<f64>, f64), Option<f64>> for Quantile {
    fn init(&self, context: &mut Context<'_>) -> Result<(Vec<f64>, f64)> {
        let probability = if context.len() == 2 { number(context, 1).unwrap_or(f64::NAN) } else { 0.5 };
        if !(0.0..=1.0).contains(&probability) {
            return Err(rusqlite::Error::UserFunctionError(
                "quantile: the probability must lie between 0 and 1".into(),
            ));
        }
        Ok((Vec::new(), probability))
    }

    fn step(&self, context: &mut Context<'_>, (values, _): &mut (Vec<f64>, f64)) -> Result<()> {
        values.extend(number(context, 0));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, gathered: Option<(Vec<f64>, f64)>) -> Result<Option<f64>> {
        let Some((mut values, probability)) = gathered else { return Ok(None) };
        values.sort_unstable_by(f64::total_cmp);
        let place = probability * values.len().saturating_sub(1) as f64;
        let (below, share) = (place.floor(), place.fract());
        let Some(low) = values.get(below as usize) else { return Ok(None) };
        let high = values.get(below as usize + 1).unwrap_or(low);
        Ok(Some(if share == 0.0 { *low } else { low + (high - low) * share }))
    }
}

/// Mean and spread so far, by Welford's recurrence.
#[derive(Default)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }
}

/// Of the sample: the divisor is n - 1. NULL under two values.
struct Variance {
    root: bool,
}

impl Aggregate<Spread, Option<f64>> for Variance {
    fn init(&self, _: &mut Context<'_>) -> Result<Spread> {
        Ok(Spread::default())
    }

    fn step(&self, context: &mut Context<'_>, spread: &mut Spread) -> Result<()> {
        if let Some(value) = number(context, 0) {
            spread.add(value);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, spread: Option<Spread>) -> Result<Option<f64>> {
        let spread = spread.filter(|spread| spread.count >= 2.0);
        let variance = spread.map(|spread| spread.squares / (spread.count - 1.0));
        Ok(if self.root { variance.map(f64::sqrt) } else { variance })
    }
}

/// Pearson's correlation of the rows that have both values; NULL where one of the two does not vary.
struct Correlation;

#[derive(Default)]
struct Together {
    x: Spread,
    y: Spread,
    products: f64,
}

impl Aggregate<Together, Option<f64>> for Correlation {
    fn init(&self, _: &mut Context<'_>) -> Result<Together> {
        Ok(Together::default())
    }

    fn step(&self, context: &mut Context<'_>, both: &mut Together) -> Result<()> {
        if let Some((x, y)) = number(context, 0).zip(number(context, 1)) {
            let before = x - both.x.mean;
            both.x.add(x);
            both.y.add(y);
            both.products += before * (y - both.y.mean);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, both: Option<Together>) -> Result<Option<f64>> {
        let Some(Together { x, y, products }) = both else { return Ok(None) };
        let scale = (x.squares * y.squares).sqrt();
        Ok((scale > 0.0).then(|| products / scale))
    }
}
