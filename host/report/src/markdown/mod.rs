//! The report as Markdown: for a comment on a pull request, and longer for a job summary.

mod escape;
mod paper;

use portcullis_verdict::{Finding, PolicyRecord, PolicyVerdict, RunRecord, Verdict};

use crate::figures::{count, counted, figure, metric};
use crate::words::{self, evidence_in_full, place, policy_word, reason, verdict_word};
use crate::{Caller, advice, measures, metrics};
use escape::{code, escaped, without_code};
use paper::Paper;

/// The longest comment that GitHub takes, in characters; counted in bytes here, to be safe by any count.
pub const COMMENT_LIMIT: usize = 65_536;

/// For a comment on a pull request.
pub fn comment(record: &RunRecord, caller: &Caller) -> String {
    report(record, caller, COMMENT_LIMIT, 50)
}

/// At most `limit` bytes, and `most` rows of a table.
pub fn report(record: &RunRecord, caller: &Caller, limit: usize, most: usize) -> String {
    let mut paper = Paper::new(limit);
    // Lets whoever posts the comment find it again and update it.
    paper.line("<!-- portcullis-report -->");
    headline(&mut paper, record);
    overview(&mut paper, record, most);
    for policy in words::by_importance(record) {
        if !matches!(policy.verdict, PolicyVerdict::Passed | PolicyVerdict::Skipped) {
            paper.heading(&format!("### {}: {}", code(&policy.name), policy_word(policy.verdict)));
            details(&mut paper, policy, most);
        }
    }
    next(&mut paper, record, caller);
    evaluation(&mut paper, record, most);
    passed(&mut paper, record, most);
    provenance(&mut paper, record, most);
    paper.finish(&format!("{} shows the whole of it.", code(&caller.line("report"))))
}

const fn sign(verdict: PolicyVerdict) -> &'static str {
    match verdict {
        PolicyVerdict::Passed => "✅",
        PolicyVerdict::Warned => "⚠️",
        PolicyVerdict::Blocked => "❌",
        PolicyVerdict::NotEvaluable => "❔",
        PolicyVerdict::Skipped => "⏭️",
    }
}

fn headline(paper: &mut Paper, record: &RunRecord) {
    let sign = match record.verdict {
        Verdict::Passed => sign(PolicyVerdict::Passed),
        Verdict::Blocked => sign(PolicyVerdict::Blocked),
        Verdict::NotEvaluable => sign(PolicyVerdict::NotEvaluable),
    };
    paper.line(&format!("## {sign} Portcullis: {}", verdict_word(record.verdict)));
    paper.blank();
    paper.line(&escaped(&words::why(record)));
    paper.blank();
    let mut line = format!("Project {}", code(&record.project));
    if let Some(data) = &record.data {
        line += &format!(" · {} × {}", counted(data.rows, "row"), counted(data.columns.into(), "column"));
        if let Some(split) = &data.split {
            line += &format!(" ({} held out, {})", count(split.test), escaped(&split.method));
        }
    }
    if let Some(model) = &record.model {
        line += &format!(" · {}", escaped(&model.family));
        if let Some(source) = &model.source {
            line += &format!(" from {}", code(source));
        }
    }
    if let Some(commit) = &record.run.commit {
        line += &format!(" · commit {}", code(commit));
    }
    paper.line(&line);
}

fn overview(paper: &mut Paper, record: &RunRecord, most: usize) {
    let rows = words::by_importance(record).into_iter().map(|policy| {
        let why = match policy.verdict {
            PolicyVerdict::Skipped => words::skipped_because(record, policy).to_owned(),
            _ => reason(policy),
        };
        let kind = policy.kind.map_or("", |kind| kind.as_str()).to_owned();
        let verdict = format!("{} {}", sign(policy.verdict), policy_word(policy.verdict));
        vec![code(&policy.name), kind, verdict, escaped(&why)]
    });
    paper.table(&heads(&["Policy", "Kind", "Verdict", "Why"]), false, &rows.collect::<Vec<_>>(), most.max(100));
}

/// The findings, measures and log of one policy.
fn details(paper: &mut Paper, policy: &PolicyRecord, most: usize) {
    let parameters = words::parameters(policy);
    let with = if parameters.is_empty() { String::new() } else { format!(" with {}", code(&parameters)) };
    paper.line(&format!("Configured at {}{with}.", code(&place(policy))));
    if policy.failure.is_some() || (policy.findings.is_empty() && policy.verdict != PolicyVerdict::Passed) {
        paper.blank();
        paper.line(&escaped(&reason(policy)));
    }
    let row = |finding: &Finding| {
        vec![
            finding.severity.to_string(),
            escaped(&finding.message),
            escaped(&evidence_in_full(finding)),
            escaped(&finding.rule),
        ]
    };
    let rows: Vec<_> = policy.findings.iter().map(row).collect();
    paper.table(&heads(&["Severity", "Finding", "Evidence", "Rule"]), false, &rows, most);
    for table in measures::tables(policy) {
        let head: Vec<_> = table.head.iter().map(|name| escaped(name)).collect();
        let rows: Vec<Vec<_>> = table.rows.iter().map(|row| row.iter().map(|cell| escaped(cell)).collect()).collect();
        paper.table(&head, true, &rows, most);
    }
    let whole = policy.measures.iter().filter(|measure| measure.subject.is_none());
    let rows: Vec<_> = whole.map(|measure| vec![escaped(&measure.name), metric(measure.value)]).collect();
    paper.table(&heads(&["Measure", "Value"]), true, &rows, most);
    for line in policy.log.iter().take(most) {
        paper.line(&format!("- log: {}", escaped(line)));
    }
}

fn next(paper: &mut Paper, record: &RunRecord, caller: &Caller) {
    if !record.skipped.is_empty() || !record.notes.is_empty() {
        paper.heading("### Worth knowing");
        for (steps, reason) in words::skipped(record) {
            paper.line(&format!("- Skipped {}: {}", escaped(&steps), escaped(reason)));
        }
        for note in &record.notes {
            paper.line(&format!("- {}", escaped(note)));
        }
    }
    paper.heading("### Next");
    for step in advice::next(record, caller) {
        paper.line(&format!("- {}", escaped(&step)));
    }
}

fn evaluation(paper: &mut Paper, record: &RunRecord, most: usize) {
    let key = metrics::key(record);
    if !key.is_empty() {
        let rows = record.evaluation.as_ref().map(|evaluation| evaluation.rows);
        let on = rows.map_or_else(String::new, |rows| format!(" on {}", counted(rows, "held-out row")));
        paper.heading(&format!("### Metrics{on}"));
        metric_table(paper, record, &key, most);
    }
    if record.metrics.len() > key.len() {
        paper.fold(&format!("All {} metrics", record.metrics.len()));
        metric_table(paper, record, &metrics::all(record), most);
        paper.end_fold();
    }
    slices(paper, record, &key, most);
    let Some(evaluation) = &record.evaluation else { return };
    if let Some(confusion) = evaluation.confusion.as_ref().filter(|confusion| confusion.classes.len() <= 12) {
        paper.fold("Confusion matrix");
        let mut head = vec!["true \\ predicted".to_owned()];
        head.extend(confusion.classes.iter().map(|class| escaped(class)));
        let rows = confusion.classes.iter().zip(&confusion.counts).map(|(class, counts)| {
            let mut row = vec![escaped(class)];
            row.extend(counts.iter().map(|cell| count(*cell)));
            row
        });
        paper.table(&head, true, &rows.collect::<Vec<_>>(), most);
        paper.end_fold();
    }
    if !evaluation.per_class.is_empty() {
        paper.fold("Per class");
        let rows = evaluation.per_class.iter().map(|class| {
            let (precision, recall, f1) = (figure(class.precision), figure(class.recall), figure(class.f1));
            vec![escaped(&class.class), precision, recall, f1, count(class.support)]
        });
        paper.table(&heads(&["Class", "precision", "recall", "f1", "rows"]), true, &rows.collect::<Vec<_>>(), most);
        paper.end_fold();
    }
}

fn metric_table(paper: &mut Paper, record: &RunRecord, metrics: &[metrics::Metric<'_>], most: usize) {
    let interval = metrics::interval_heading(metrics);
    let champion = record.champion.is_some();
    let mut head = heads(&["Metric", "Value"]);
    head.extend(interval.clone());
    head.extend(champion.then(|| "Champion".to_owned()));
    let rows = metrics.iter().map(|one| {
        let mut row = vec![escaped(one.name), metric(one.value)];
        row.extend(interval.is_some().then(|| one.range()));
        row.extend(champion.then(|| one.champion.map_or_else(String::new, figure)));
        row
    });
    paper.table(&head, true, &rows.collect::<Vec<_>>(), most);
}

fn slices(paper: &mut Paper, record: &RunRecord, key: &[metrics::Metric<'_>], most: usize) {
    if record.slices.is_empty() {
        return;
    }
    paper.fold(&format!("Slices ({})", record.slices.len()));
    let mut head = heads(&["Slice", "rows"]);
    head.extend(key.iter().map(|metric| escaped(metric.name)));
    let rows = record.slices.iter().map(|slice| {
        let name = slice.key.iter().map(|(column, value)| format!("{column}={value}")).collect::<Vec<_>>().join(", ");
        let mut row = vec![escaped(&name), count(slice.rows)];
        row.extend(key.iter().map(|one| slice.metrics.get(one.name).map_or_else(String::new, |value| metric(*value))));
        row
    });
    paper.table(&head, true, &rows.collect::<Vec<_>>(), most);
    paper.end_fold();
}

/// What policies that passed noticed and measured, folded away.
fn passed(paper: &mut Paper, record: &RunRecord, most: usize) {
    for policy in words::with(record, PolicyVerdict::Passed) {
        if policy.findings.is_empty() && policy.measures.is_empty() {
            continue;
        }
        paper.fold(&format!("{} passed", without_code(&policy.name)));
        details(paper, policy, most);
        paper.end_fold();
    }
}

/// What ran on what: enough to find or repeat the run.
fn provenance(paper: &mut Paper, record: &RunRecord, most: usize) {
    paper.fold("What ran on what");
    let run = &record.run;
    paper.line(&format!("- Run {}, `seed {}`, portcullis {}", code(&run.id), run.seed, escaped(&run.host)));
    for source in record.data.iter().flat_map(|data| &data.sources).take(most) {
        paper.line(&format!(
            "- {}: {}, {}, sha256 {}",
            escaped(&source.role),
            code(&source.path),
            counted(source.rows, "row"),
            code(&source.sha256)
        ));
    }
    if let Some(model) = &record.model {
        let parameters = model.parameters.iter().map(|(name, value)| format!("{name} = {value}"));
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        paper.line(&format!(
            "- Model: {} ({}), sha256 {}",
            escaped(&model.family),
            escaped(&parameters),
            code(&model.sha256)
        ));
    }
    if let Some(champion) = &record.champion {
        let source = champion.source.as_deref().unwrap_or("");
        paper.line(&format!(
            "- Champion: {} {}, sha256 {}",
            escaped(&champion.family),
            code(source),
            code(&champion.sha256)
        ));
    }
    let rows = record.policies.iter().map(|policy| {
        let contract = policy.contract.as_deref().unwrap_or("unknown");
        vec![code(&policy.name), code(&policy.file), escaped(contract), policy.mode.to_string(), code(&policy.digest)]
    });
    paper.table(&heads(&["Policy", "File", "Contract", "Mode", "sha256"]), false, &rows.collect::<Vec<_>>(), most);
    paper.end_fold();
}

fn heads(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
