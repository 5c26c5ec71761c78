//! A gate that asks for everything, tries to win back what its grant withholds by every path of the contract, and reports
//! what came of each try: a measure that is 1 where it was answered, and a finding with the answer's code where it was not.

use portcullis_policy::{
    Error, Failure, Finding, Judgement, Measure, Policy, dataset, metrics, predictions, predictor, rows, sql,
};

struct Prying;

#[derive(serde::Deserialize)]
struct Parameters {
    /// A withheld column of numbers.
    secret: String,
    /// A granted column whose slices are small.
    fine: String,
    /// The target, withheld or not.
    target: String,
}

/// What became of the tries.
#[derive(Default)]
struct Tries(Vec<(String, Result<(), Failure>)>);

impl Tries {
    fn attempt<T>(&mut self, name: &str, result: Result<T, Failure>) {
        self.0.push((name.to_owned(), result.map(|_| ())));
    }
}

impl Policy for Prying {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        let Parameters { secret, fine, target } = parameters;
        let mut tries = Tries::default();
        statistics(&mut tries, &secret, &fine);
        evaluations(&mut tries, &secret, &fine);
        single_rows(&mut tries, &secret, &target);
        questions(&mut tries, &secret, &fine);
        let mut judgement = Judgement::pass();
        for (name, result) in tries.0 {
            judgement = judgement.measure(Measure::new(&name, if result.is_ok() { 1.0 } else { 0.0 }));
            if let Err(failure) = result {
                judgement.findings.push(Finding::info(&failure.code, format!("{name}: {}", failure.message)));
            }
        }
        Ok(judgement)
    }
}

fn statistics(tries: &mut Tries, secret: &str, fine: &str) {
    let table = dataset::current();
    let Some(column) = table.column(secret) else { return };
    // Name and kind stay visible.
    let kind = column.kind();
    tries
        .attempt("kind", if kind.is_empty() { Err(Failure { code: "no-kind".into(), message: kind }) } else { Ok(()) });
    tries.attempt("null-count", column.null_count());
    tries.attempt("distinct-count", column.distinct_count());
    tries.attempt("frequencies", column.frequencies(10));
    tries.attempt("count-not-in", column.count_not_in(&["1".to_owned()]));
    tries.attempt("minimum", column.minimum());
    tries.attempt("maximum", column.maximum());
    tries.attempt("mean", column.mean());
    tries.attempt("standard-deviation", column.standard_deviation());
    tries.attempt("sum", column.sum());
    tries.attempt("quantiles", column.quantiles(&[0.5]));
    tries.attempt("count-outside", column.count_outside(None, Some(1.0)));
    tries.attempt("histogram", column.histogram(&[0.0, 1.0, 2.0]));
    tries.attempt("duplicates", table.duplicate_count(&[secret.to_owned()]));
    tries.attempt("duplicates-of-all", table.duplicate_count(&[]));
    for part in ["all", "training", "held-out"] {
        if let Some(column) = dataset::part(part).ok().flatten().and_then(|table| table.column(secret)) {
            tries.attempt(&format!("mean-of-{part}"), column.mean());
        }
    }
    // Values that few rows share: answered, and without them.
    if let Some(column) = table.column(fine) {
        let rare = column.frequencies(10_000).map(|found| found.into_iter().filter(|f| f.count < 10.0).count());
        let rare = rare.and_then(|rare| if rare == 0 { Err(none("no rare value is shown")) } else { Ok(()) });
        tries.attempt("rare-values", rare);
    }
}

fn evaluations(tries: &mut Tries, secret: &str, fine: &str) {
    let candidate = metrics::candidate();
    tries.attempt("slices", candidate.slices(&[secret.to_owned()]));
    tries.attempt("slices-of-two", candidate.slices(&[fine.to_owned(), secret.to_owned()]));
    tries.attempt("confusion", candidate.confusion());
    if let Some(comparison) = metrics::compare() {
        tries.attempt("comparison-slices", comparison.slices(&[secret.to_owned()]));
    }
    // Slices so small that they give single people away: shown together, without a statistic.
    if let Ok(slices) = candidate.slices(&[fine.to_owned()]) {
        let small = slices.iter().filter(|slice| slice.row_count() < 10.0 || slice.key()[0].value == "(small groups)");
        let answered = small.map(|slice| slice.metric("accuracy").map(|_| ())).collect::<Vec<_>>();
        let first = answered.into_iter().find(Result::is_ok).unwrap_or(Err(none("no small slice has a metric")));
        tries.attempt("small-slices", first);
    }
    tries.attempt("predict", predictor::inputs());
}

fn single_rows(tries: &mut Tries, secret: &str, target: &str) {
    tries.attempt("rows", rows::read("current", &[secret.to_owned()]));
    tries.attempt("rows-of-all", rows::read("all", &[secret.to_owned()]));
    tries.attempt("rows-of-training", rows::read("training", &[secret.to_owned()]));
    tries.attempt("rows-of-nothing", rows::read("current", &[]));
    // A batch of granted columns knows no other.
    let other = dataset::current()
        .column_names()
        .into_iter()
        .find(|name| name != secret && rows::read("current", std::slice::from_ref(name)).is_ok());
    if let Some(other) = other {
        let batch = rows::read("current", &[other]).and_then(|reader| reader.next());
        if let Ok(Some(batch)) = batch {
            tries.attempt("column-of-a-batch", batch.numbers(secret).map(|_| ()).or(batch.texts(secret).map(|_| ())));
        }
    }
    match predictions::read("candidate") {
        Ok(reader) => {
            tries.attempt("predictions", Ok(()));
            let label = reader.column_names().iter().any(|name| name == "label" || name == target);
            tries.attempt("label", if label { Ok(()) } else { Err(none("there is no label")) });
        }
        Err(failure) => tries.attempt("predictions", Err::<(), _>(failure)),
    }
}

fn questions(tries: &mut Tries, secret: &str, fine: &str) {
    for (name, statement) in [
        ("sql-values", format!("SELECT \"{secret}\" AS x FROM current")),
        ("sql-star", "SELECT * FROM current".to_owned()),
        ("sql-where", format!("SELECT COUNT(*) AS n FROM current WHERE \"{secret}\" > 0")),
        ("sql-order", format!("SELECT \"{fine}\" AS x FROM current ORDER BY \"{secret}\"")),
        ("sql-training", format!("SELECT MAX(\"{secret}\") AS x FROM training")),
        ("sql-error", format!("SELECT abs(\"{secret}\" || 'x') AS x FROM current")),
        ("sql-file", "SELECT * FROM read_csv('/etc/passwd')".to_owned()),
        ("sql-attach", "ATTACH 'x' AS y".to_owned()),
    ] {
        tries.attempt(name, sql::query(&statement));
    }
    tries.attempt("sql-granted", sql::query(&format!("SELECT \"{fine}\" AS x FROM current")));
}

fn none(message: &str) -> Failure {
    Failure { code: "nothing".into(), message: message.into() }
}

portcullis_policy::export!(gate, Prying);
