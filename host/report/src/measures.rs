//! What a policy measured, as tables: a row per group (or slice, class, column), a column per measure.

use portcullis_verdict::{Measure, PolicyRecord};

use crate::figures;

/// The measures on one kind of subject.
pub struct MeasureTable<'a> {
    /// The kind of subject: `group`.
    pub kind: &'a str,
    /// Headings; the first is the kind, the second `rows` if any measure tells how many there are.
    pub head: Vec<String>,
    /// A row per subject, as wide as `head`, in the policy's order.
    pub rows: Vec<Vec<String>>,
}

/// The measures that have a subject, a table per kind of subject.
pub fn tables(policy: &PolicyRecord) -> Vec<MeasureTable<'_>> {
    let mut kinds: Vec<&str> = vec![];
    for subject in policy.measures.iter().filter_map(|measure| measure.subject.as_ref()) {
        if !kinds.contains(&subject.kind.as_str()) {
            kinds.push(&subject.kind);
        }
    }
    kinds.into_iter().map(|kind| table(policy, kind)).collect()
}

fn table<'a>(policy: &'a PolicyRecord, kind: &'a str) -> MeasureTable<'a> {
    let mut subjects: Vec<(&str, Vec<&Measure>)> = vec![];
    let mut names: Vec<&str> = vec![];
    for measure in &policy.measures {
        let Some(subject) = measure.subject.as_ref().filter(|subject| subject.kind == kind) else { continue };
        if !names.contains(&measure.name.as_str()) {
            names.push(&measure.name);
        }
        match subjects.iter_mut().find(|(name, _)| *name == subject.name) {
            Some((_, measures)) => measures.push(measure),
            None => subjects.push((&subject.name, vec![measure])),
        }
    }
    let counted = subjects.iter().any(|(_, measures)| rows(measures).is_some());
    let mut head = vec![kind.to_owned()];
    head.extend(counted.then(|| "rows".to_owned()));
    head.extend(names.iter().map(|name| (*name).to_owned()));
    let body = subjects.iter().map(|(subject, measures)| {
        let mut row = vec![(*subject).to_owned()];
        row.extend(counted.then(|| rows(measures).unwrap_or_default()));
        row.extend(names.iter().map(|name| {
            let measure = measures.iter().find(|measure| measure.name == *name);
            measure.map_or_else(String::new, |measure| figures::metric(measure.value))
        }));
        row
    });
    MeasureTable { kind, rows: body.collect(), head }
}

/// The number of rows that a subject was measured on.
fn rows(measures: &[&Measure]) -> Option<String> {
    let mut extra = measures.iter().flat_map(|measure| &measure.extra);
    extra.find(|extra| extra.name == "rows").map(|extra| figures::value(&extra.value))
}

#[cfg(test)]
mod tests {
    use portcullis_verdict::{Named, Subject, Value};

    use super::*;

    fn measure(name: &str, group: &str, value: f64, rows: Option<f64>) -> Measure {
        Measure {
            name: name.into(),
            value: Some(value),
            subject: Some(Subject { kind: "group".into(), name: group.into() }),
            extra: rows.map(|rows| Named { name: "rows".into(), value: Value::Number(rows) }).into_iter().collect(),
        }
    }

    #[test]
    fn a_row_per_group_and_a_column_per_measure() {
        let record = r#"{"name":"p","kind":"fairness","digest":"","contract":null,"file":"p.wasm","place":{"file":"p.wasm"},"mode":"enforce",
            "verdict":"blocked","outcome":"fail","findings":[],"measures":[],"fuel":null,"failure":null}"#;
        let mut policy: PolicyRecord = serde_json::from_str(record).unwrap();
        policy.measures = vec![
            measure("selection_rate", "sex=F", 0.25, Some(1200.0)),
            measure("selection_rate", "sex=M", 0.5, None),
            measure("recall", "sex=M", 0.75, None),
        ];
        let tables = tables(&policy);
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].head, ["group", "rows", "selection_rate", "recall"]);
        assert_eq!(tables[0].rows, [["sex=F", "1,200", "0.2500", ""], ["sex=M", "", "0.5000", "0.7500"]]);
    }
}
