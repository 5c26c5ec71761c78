//! A run record made of bytes.

use portcullis_verdict::{
    Failure, FailureKind, Finding, Kind, Measure, Mode, ModelRecord, Named, Outcome, PolicyRecord, PolicyVerdict,
    RunRecord, Severity, SliceRecord, SourceRecord, Subject, Value,
};
use serde_json::json;

/// The record that another is made from: of a passing run on the iris data.
const PASSED: &str = include_str!("../../../../fuzz/corpus/report/passed.json");

/// Parts with the byte 255 between them. The first decides the shape: how many policies and findings there are and what
/// came of them. The others are the texts, taken in turn, wherever text can come from outside.
pub(super) fn made_of(bytes: &[u8]) -> RunRecord {
    let mut parts = bytes.split(|byte| *byte == 0xff);
    let shape = parts.next().unwrap_or_default();
    let texts: Vec<String> = parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let mut draw = Draw { shape, texts: &texts, next: 0 };
    let mut record: RunRecord = serde_json::from_str(PASSED).expect("the record above is one");
    whole(&mut record, &mut draw);
    let some = record.policies.first().cloned();
    record.policies.clear();
    for _ in 0..draw.below(14) {
        record.policies.extend(some.clone().map(|policy| one(policy, &mut draw)));
    }
    record.verdict = record.judged();
    record
}

/// What is left of the bytes.
struct Draw<'a> {
    shape: &'a [u8],
    texts: &'a [String],
    next: usize,
}

impl Draw<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.shape.split_first() else { return 0 };
        self.shape = rest;
        *first
    }

    fn below(&mut self, most: usize) -> usize {
        usize::from(self.byte()) % most
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    fn text(&mut self) -> String {
        let text = self.texts.get(self.next % self.texts.len().max(1)).cloned().unwrap_or_default();
        self.next += 1;
        text
    }

    fn number(&mut self) -> f64 {
        self.of(&[0.0, -0.0, 1.0, 0.1, -3.5, 1e300, 5e-324, f64::NAN, f64::INFINITY, f64::NEG_INFINITY])
    }

    fn value(&mut self) -> Value {
        match self.below(3) {
            0 => Value::Text(self.text()),
            1 => Value::Number(self.number()),
            _ => Value::Boolean(true),
        }
    }

    fn subject(&mut self) -> Option<Subject> {
        (self.below(2) == 0).then(|| Subject { kind: self.text(), name: self.text() })
    }

    fn named(&mut self) -> Vec<Named> {
        (0..self.below(3)).map(|_| Named { name: self.text(), value: self.value() }).collect()
    }
}

/// What stands in the record beside its policies.
fn whole(record: &mut RunRecord, draw: &mut Draw<'_>) {
    record.project = draw.text();
    record.run.id = draw.text();
    record.run.host = draw.text();
    record.run.commit = Some(draw.text());
    record.notes = vec![draw.text(), draw.text()];
    record.skipped = [(draw.text(), draw.text())].into();
    record.metrics.insert(draw.text(), Some(0.5));
    if let Some(data) = &mut record.data {
        data.target = Some(draw.text());
        data.sources =
            vec![SourceRecord { path: draw.text(), role: draw.text(), rows: 3, columns: 2, sha256: draw.text() }];
        if let Some(split) = &mut data.split {
            split.method = draw.text();
        }
    }
    record.champion = (draw.below(2) == 0).then(|| ModelRecord {
        family: draw.text(),
        parameters: [("trees".to_owned(), json!(draw.text())), (draw.text(), json!(draw.text()))].into(),
        sha256: draw.text(),
        source: Some(draw.text()),
        metrics: record.metrics.clone(),
    });
    for interval in record.intervals.values_mut() {
        interval.method = draw.text();
    }
    if let Some(confusion) = record.evaluation.as_mut().and_then(|evaluation| evaluation.confusion.as_mut()) {
        confusion.classes.iter_mut().for_each(|class| *class = draw.text());
    }
    let metrics = record.metrics.clone();
    record.slices = (0..draw.below(4))
        .map(|_| SliceRecord { key: vec![(draw.text(), draw.text())], rows: 7, metrics: metrics.clone() })
        .collect();
}

fn one(mut policy: PolicyRecord, draw: &mut Draw<'_>) -> PolicyRecord {
    policy.name = draw.text();
    policy.kind = draw.of(&[Some(Kind::Gate), Some(Kind::DataCheck), Some(Kind::Fairness), Some(Kind::Behavior), None]);
    policy.digest = draw.text();
    policy.contract = Some(draw.text());
    policy.file = draw.text();
    policy.place.file = draw.text();
    policy.place.line = (draw.below(2) == 0).then_some(7);
    policy.mode = draw.of(Mode::ALL);
    policy.parameters = json!({ draw.text(): draw.text(), "min": 0.5 });
    policy.verdict = draw.of(PolicyVerdict::ALL);
    policy.outcome = (policy.verdict != PolicyVerdict::NotEvaluable).then(|| draw.of(Outcome::ALL));
    policy.failure =
        (policy.verdict == PolicyVerdict::NotEvaluable).then(|| Failure::new(draw.of(FailureKind::ALL), draw.text()));
    policy.findings = (0..draw.below(8)).map(|_| finding(draw)).collect();
    policy.measures = (0..draw.below(8))
        .map(|_| Measure {
            name: draw.text(),
            value: (draw.below(4) != 0).then(|| draw.number()),
            subject: draw.subject(),
            extra: draw.named(),
        })
        .collect();
    policy.extra = draw.named();
    policy.log = (0..draw.below(3)).map(|_| draw.text()).collect();
    policy
}

fn finding(draw: &mut Draw<'_>) -> Finding {
    Finding {
        rule: draw.text(),
        severity: draw.of(Severity::ALL),
        message: draw.text(),
        subject: draw.subject(),
        observed: (draw.below(2) == 0).then(|| draw.value()),
        expected: (draw.below(2) == 0).then(|| draw.value()),
        extra: draw.named(),
    }
}
