//! Run records of every situation that a report has to tell.

use std::collections::BTreeMap;

use portcullis_verdict::{
    ClassMetrics, Confusion, DataRecord, EvaluationRecord, Failure, FailureKind, Finding, IntervalRecord, Kind,
    Measure, Mode, ModelRecord, Named, Outcome, Place, PolicyRecord, PolicyTiming, PolicyVerdict, RunIdentity,
    RunRecord, SCHEMA_VERSION, Severity, SliceRecord, SourceRecord, SplitRecord, Subject, TimingRecord, Value,
};
use serde_json::json;

/// Every record, by the name of its situation.
pub fn all() -> Vec<(&'static str, RunRecord)> {
    vec![
        ("passed", passed()),
        ("blocked_by_fairness", blocked_by_fairness()),
        ("not_evaluable", not_evaluable()),
        ("mixed", mixed()),
        ("data_blocked", data_blocked()),
        ("predictions_from_elsewhere", predictions_from_elsewhere()),
        ("no_policies", no_policies()),
    ]
}

fn base(project: &str, command: &str) -> RunRecord {
    RunRecord {
        schema: SCHEMA_VERSION,
        run: RunIdentity {
            at: None,
            id: "3f9c2a7155d04be8".into(),
            host: "0.1.0".into(),
            commit: Some("8a3d26e0c1f24a5b9d7e6f8091a2b3c4d5e6f708".into()),
            seed: 42,
            command: command.into(),
        },
        project: project.into(),
        data: None,
        model: None,
        champion: None,
        metrics: BTreeMap::new(),
        slices: vec![],
        intervals: BTreeMap::new(),
        evaluation: None,
        policies: vec![],
        skipped: BTreeMap::new(),
        notes: vec![],
        verdict: portcullis_verdict::Verdict::Passed,
        timing: TimingRecord {
            start: "2026-03-02T09:30:00Z".into(),
            seconds: [("read".into(), 0.004), ("total".into(), 0.25)].into(),
            prediction_microseconds_per_row: Some(1.5),
            policies: BTreeMap::new(),
        },
    }
}

fn finished(mut record: RunRecord) -> RunRecord {
    record.verdict = record.judged();
    for policy in &record.policies {
        let timing = PolicyTiming {
            load_seconds: 0.002,
            cached: true,
            compile_seconds: 0.0,
            judge_seconds: 0.001,
            instantiate_seconds: 0.0005,
        };
        record.timing.policies.insert(policy.name.clone(), timing);
    }
    record
}

fn data(path: &str, rows: u64, columns: u32, target: &str, split: Option<(&str, u64, u64)>) -> DataRecord {
    let sha256 = "ab".repeat(32);
    DataRecord {
        rows,
        columns,
        sha256: sha256.clone(),
        sources: vec![SourceRecord { path: path.into(), role: "data".into(), rows, columns, sha256 }],
        target: Some(target.into()),
        features: vec![],
        split: split.map(|(method, train, test)| SplitRecord { method: method.into(), train, test }),
    }
}

fn forest() -> ModelRecord {
    ModelRecord {
        family: "random-forest".into(),
        parameters: [("depth".into(), json!(null)), ("leaf".into(), json!(1)), ("trees".into(), json!(200))].into(),
        sha256: "cd".repeat(32),
        source: None,
        metrics: BTreeMap::new(),
    }
}

fn metrics(pairs: &[(&str, Option<f64>)]) -> BTreeMap<String, Option<f64>> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

fn interval(low: f64, high: f64) -> IntervalRecord {
    IntervalRecord { level: 0.95, low, high, method: "bootstrap (1000 resamples)".into() }
}

pub fn policy(name: &str, kind: Kind, line: u32) -> PolicyRecord {
    PolicyRecord {
        name: name.into(),
        kind: Some(kind),
        digest: "ef".repeat(32),
        contract: Some("0.1.0".into()),
        version: Some("0.1.0".into()),
        file: format!("policies/{name}.wasm"),
        place: Place { file: "portcullis.toml".into(), line: Some(line) },
        mode: Mode::Enforce,
        parameters: json!({}),
        verdict: PolicyVerdict::Passed,
        outcome: Some(Outcome::Pass),
        findings: vec![],
        measures: vec![],
        extra: vec![],
        fuel: Some(21_000),
        failure: None,
        log: vec![],
    }
}

pub fn finding(rule: &str, severity: Severity, message: &str) -> Finding {
    Finding {
        rule: rule.into(),
        severity,
        message: message.into(),
        subject: None,
        observed: None,
        expected: None,
        extra: vec![],
    }
}

fn about(mut finding: Finding, kind: &str, name: &str, observed: Value, expected: &str) -> Finding {
    finding.subject = Some(Subject { kind: kind.into(), name: name.into() });
    finding.observed = Some(observed);
    finding.expected = Some(Value::Text(expected.into()));
    finding
}

pub fn measure(name: &str, value: Option<f64>) -> Measure {
    Measure { name: name.into(), value, subject: None, extra: vec![] }
}

fn group(group: &str, rows: f64, values: &[(&str, Option<f64>)]) -> Vec<Measure> {
    let measure = |(name, value): &(&str, Option<f64>)| Measure {
        name: (*name).into(),
        value: *value,
        subject: Some(Subject { kind: "group".into(), name: group.into() }),
        extra: vec![Named { name: "rows".into(), value: Value::Number(rows) }],
    };
    values.iter().map(measure).collect()
}

fn failed(mut policy: PolicyRecord, findings: Vec<Finding>) -> PolicyRecord {
    policy.verdict = PolicyVerdict::Blocked;
    policy.outcome = Some(Outcome::Fail);
    policy.findings = findings;
    policy
}

fn broken(mut policy: PolicyRecord, kind: FailureKind, message: &str) -> PolicyRecord {
    policy.verdict = PolicyVerdict::NotEvaluable;
    policy.outcome = None;
    policy.failure = Some(Failure::new(kind, message));
    policy
}

fn skipped(mut policy: PolicyRecord) -> PolicyRecord {
    policy.verdict = PolicyVerdict::Skipped;
    policy.outcome = None;
    policy.fuel = None;
    policy
}

fn threshold(line: u32, min: f64, observed: f64) -> PolicyRecord {
    let mut policy = policy("accuracy", Kind::Gate, line);
    policy.file = "policies/threshold.wasm".into();
    policy.parameters = json!({ "metric": "accuracy", "min": min });
    policy.measures = vec![measure("accuracy", Some(observed))];
    policy
}

/// Iris: everything passes.
pub fn passed() -> RunRecord {
    let mut record = base("iris", "run");
    record.data = Some(data("data/iris.csv", 150, 5, "species", Some(("stratified", 120, 30))));
    record.model = Some(forest());
    record.metrics = metrics(&[
        ("accuracy", Some(0.966_666_666_666_666_7)),
        ("balanced_accuracy", Some(0.966_666_666_666_666_7)),
        ("f1_macro", Some(0.966_583_124_477_861_4)),
        ("log_loss", Some(0.112)),
        ("roc_auc", Some(0.996_666_666)),
    ]);
    record.intervals = [("accuracy".into(), interval(0.9, 1.0)), ("roc_auc".into(), interval(0.983, 1.0))].into();
    let classes: Vec<String> = ["setosa", "versicolor", "virginica"].map(Into::into).into();
    let class =
        |class: &str, precision, recall, f1| ClassMetrics { class: class.into(), precision, recall, f1, support: 10 };
    record.evaluation = Some(EvaluationRecord {
        task: "multiclass".into(),
        rows: 30,
        classes: classes.clone(),
        positive: None,
        confusion: Some(Confusion { classes, counts: vec![vec![10, 0, 0], vec![0, 9, 1], vec![0, 0, 10]] }),
        per_class: vec![
            class("setosa", 1.0, 1.0, 1.0),
            class("versicolor", 1.0, 0.9, 0.947_368),
            class("virginica", 0.909_09, 1.0, 0.952_38),
        ],
        roc: vec![],
        precision_recall: vec![],
        calibration: vec![],
    });
    let mut schema = policy("schema", Kind::DataCheck, 20);
    schema.findings = vec![finding("schema", Severity::Info, "all 5 columns are there with the types expected")];
    let mut completeness = policy("completeness", Kind::DataCheck, 24);
    completeness.measures = vec![measure("null_share_max", Some(0.0))];
    record.policies = vec![
        schema,
        completeness,
        policy("ranges", Kind::DataCheck, 28),
        threshold(33, 0.85, 0.966_666_666_666_666_7),
        policy("examples", Kind::Behavior, 38),
    ];
    finished(record)
}

/// Credit: accurate enough, and unfair to one group.
pub fn blocked_by_fairness() -> RunRecord {
    let mut record = base("credit", "run");
    record.data = Some(data("data/applications.csv", 4000, 15, "approved", Some(("stratified", 3200, 800))));
    record.model = Some(forest());
    record.metrics = metrics(&[
        ("accuracy", Some(0.861_25)),
        ("brier", Some(0.099_8)),
        ("f1", Some(0.882)),
        ("precision", Some(0.868)),
        ("recall", Some(0.897)),
        ("roc_auc", Some(0.931)),
    ]);
    record.intervals = [("accuracy".into(), interval(0.836, 0.884)), ("f1".into(), interval(0.86, 0.903))].into();
    let classes: Vec<String> = ["no", "yes"].map(Into::into).into();
    record.evaluation = Some(EvaluationRecord {
        task: "binary".into(),
        rows: 800,
        classes: classes.clone(),
        positive: Some("yes".into()),
        confusion: Some(Confusion { classes, counts: vec![vec![260, 63], vec![48, 429]] }),
        per_class: vec![],
        roc: vec![],
        precision_recall: vec![],
        calibration: vec![],
    });
    let slice = |value: &str, rows, accuracy| SliceRecord {
        key: vec![("sex".into(), value.into())],
        rows,
        metrics: metrics(&[("accuracy", Some(accuracy)), ("roc_auc", None)]),
    };
    record.slices = vec![slice("F", 352, 0.849), slice("M", 444, 0.870_5)];
    let mut fairness = failed(
        policy("group-fairness", Kind::Fairness, 31),
        vec![
            about(
                finding(
                    "demographic-parity-difference",
                    Severity::Error,
                    "the selection rate is 0.4602 for sex=F (162 of 352 rows) but 0.6735 for sex=M (299 of 444 rows): \
                     demographic parity difference 0.2132 over 796 rows, where at most 0.1 is allowed",
                ),
                "column",
                "sex",
                Value::Number(0.213_196_355_446_355_4),
                "<= 0.1",
            ),
            about(
                finding("small-group", Severity::Warning, "sex=X has 4 rows, too few to compare"),
                "group",
                "sex=X",
                Value::Number(4.0),
                ">= 10",
            ),
        ],
    );
    let named = |name: &str, value| Named { name: name.into(), value };
    fairness.findings[0].extra = vec![
        named("rows", Value::Number(796.0)),
        named("rate", Value::Text("selection rate".into())),
        named("lowest_group", Value::Text("sex=F".into())),
        named("highest_group", Value::Text("sex=M".into())),
    ];
    fairness.parameters = json!({ "max_demographic_parity_difference": 0.1, "groups": ["sex"], "min_group_size": 10 });
    let mut difference = measure("demographic_parity_difference", Some(0.213_196_355_446_355_4));
    difference.subject = Some(Subject { kind: "column".into(), name: "sex".into() });
    fairness.measures = vec![difference];
    let rates = |selected, positive| [("selection_rate", Some(selected)), ("true_positive_rate", positive)];
    fairness.measures.extend(group("sex=F", 352.0, &rates(0.460_2, Some(0.82))));
    fairness.measures.extend(group("sex=M", 444.0, &rates(0.673_4, Some(0.94))));
    fairness.measures.extend(group("sex=X", 4.0, &rates(0.25, None)));
    record.policies = vec![policy("schema", Kind::DataCheck, 22), threshold(26, 0.8, 0.861_25), fairness];
    finished(record)
}

/// A policy traps; the others pass.
pub fn not_evaluable() -> RunRecord {
    let mut record = passed();
    let mut trap = broken(
        policy("house-rules", Kind::Gate, 42),
        FailureKind::Trap,
        "it trapped in `judge`: wasm `unreachable` instruction executed",
    );
    trap.log = vec!["reading the evaluation".into(), "panicked at src/lib.rs:12: index out of bounds".into()];
    let mut unread = broken(
        policy("notes", Kind::Gate, 0),
        FailureKind::NotAComponent,
        "policies/notes.wasm is not a WebAssembly component: it begins with `# No`",
    );
    (unread.kind, unread.contract, unread.version) = (None, None, None);
    unread.place = Place { file: unread.file.clone(), line: None };
    record.policies.extend([trap, unread]);
    finished(record)
}

/// Something of everything, with a champion.
pub fn mixed() -> RunRecord {
    let mut record = blocked_by_fairness();
    record.champion = Some(ModelRecord {
        family: "logistic-regression".into(),
        parameters: BTreeMap::new(),
        sha256: "12".repeat(32),
        source: Some("models/champion.portcullis".into()),
        metrics: metrics(&[("accuracy", Some(0.87)), ("roc_auc", None)]),
    });
    let mut champion = failed(
        policy("champion", Kind::Gate, 45),
        vec![about(
            finding("regression", Severity::Warning, "accuracy fell by 0.00875 against the champion"),
            "metric",
            "accuracy",
            Value::Number(-0.008_75),
            ">= 0",
        )],
    );
    champion.mode = Mode::Warn;
    champion.verdict = PolicyVerdict::Warned;
    let mut inconclusive = failed(policy("new-customers", Kind::Gate, 51), vec![]);
    inconclusive.outcome = Some(Outcome::Inconclusive);
    let slow =
        broken(policy("deep-audit", Kind::Gate, 57), FailureKind::Fuel, "it used up its 1,000,000,000 instructions");
    record.policies.extend([champion, inconclusive, slow]);
    record.notes = vec!["12 rows with no value for `approved` were left out".into()];
    finished(record)
}

/// The data is blocked; nothing was trained.
pub fn data_blocked() -> RunRecord {
    let mut record = base("iris", "run");
    record.data = Some(data("data/iris.csv", 150, 5, "species", None));
    let column = |rule: &str, message: &str, column: &str, observed: Value, expected: &str| {
        about(finding(rule, Severity::Error, message), "column", column, observed, expected)
    };
    let mut completeness = failed(
        policy("completeness", Kind::DataCheck, 24),
        vec![column(
            "null-share",
            "petal_width: 12 of 150 values are missing, at most 0 % may be",
            "petal_width",
            Value::Number(0.08),
            "<= 0",
        )],
    );
    completeness.findings[0].extra = vec![Named { name: "nulls".into(), value: Value::Number(12.0) }];
    let out_of_range = (0..15).map(|row| {
        column(
            "maximum",
            &format!("sepal_length is 79.{row} in row {row}"),
            "sepal_length",
            Value::Number(79.0),
            "<= 10",
        )
    });
    let ranges = failed(policy("ranges", Kind::DataCheck, 28), out_of_range.collect());
    record.policies = vec![
        policy("schema", Kind::DataCheck, 20),
        completeness,
        ranges,
        skipped(policy("accuracy", Kind::Gate, 33)),
        skipped(policy("examples", Kind::Behavior, 38)),
    ];
    let because = "the data was blocked by completeness and ranges";
    record.skipped = ["train", "evaluate", "gate"].map(|step| (step.to_owned(), because.to_owned())).into();
    finished(record)
}

/// A regression, predicted elsewhere.
pub fn predictions_from_elsewhere() -> RunRecord {
    let mut record = base("prices", "gate");
    record.run.commit = None;
    let mut data = data("preds.parquet", 20_640, 3, "label", None);
    data.sources[0].role = "predictions".into();
    record.data = Some(data);
    record.model = Some(ModelRecord {
        family: "predictions".into(),
        parameters: BTreeMap::new(),
        sha256: "34".repeat(32),
        source: Some("preds.parquet".into()),
        metrics: BTreeMap::new(),
    });
    record.metrics =
        metrics(&[("mae", Some(31_540.25)), ("mape", None), ("r2", Some(0.833_1)), ("rmse", Some(47_201.9))]);
    record.intervals = [("rmse".into(), interval(46_003.2, 48_400.1))].into();
    record.evaluation = Some(EvaluationRecord {
        task: "regression".into(),
        rows: 20_640,
        classes: vec![],
        positive: None,
        confusion: None,
        per_class: vec![],
        roc: vec![],
        precision_recall: vec![],
        calibration: vec![],
    });
    let mut error = policy("error", Kind::Gate, 12);
    error.file = "policies/threshold.wasm".into();
    error.parameters = json!({ "max": 50_000, "metric": "rmse" });
    let mut parity = policy("accuracy-of-classes", Kind::Gate, 16);
    parity.outcome = Some(Outcome::NotApplicable);
    parity.findings = vec![finding("task", Severity::Info, "accuracy is not defined for a regression")];
    record.policies = vec![error, parity];
    record.timing.prediction_microseconds_per_row = None;
    finished(record)
}

/// `--allow-empty`, and nothing to judge with.
pub fn no_policies() -> RunRecord {
    let mut record = base("iris", "check");
    record.data = Some(data("data/iris.csv", 150, 5, "species", None));
    finished(record)
}
