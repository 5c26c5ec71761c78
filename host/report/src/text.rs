//! The report for a person: the verdict and why first, what to do about it last.

use anstyle::{AnsiColor, Style as Paint};
use portcullis_verdict::{PolicyRecord, PolicyVerdict, RunRecord, Severity, SourceRecord, Verdict};
use unicode_width::UnicodeWidthStr as _;

use crate::figures::{count, counted, figure, metric};
use crate::inert::{clipped, guarded, inert};
use crate::layout::{padded, table, wrap};
use crate::words::{self, place, policy_word, verdict_word};
use crate::{Caller, Style, advice, measures, metrics};

/// Most findings of one policy and most rows of one table that are shown.
const MOST: usize = 12;
/// Columns that the words `not evaluable` and `warning` take at the left of their blocks.
const VERDICT: usize = 13;

pub fn render(record: &RunRecord, style: &Style, caller: &Caller) -> String {
    let mut page = Page { out: String::new(), color: style.color, width: style.width.max(40) };
    headline(&mut page, record);
    summary(&mut page, record);
    key_metrics(&mut page, record);
    policies(&mut page, record);
    asides(&mut page, record);
    let next = advice::next(record, caller);
    page.section("Next", !next.is_empty());
    for step in &next {
        page.paragraph(2, &[(None, "- ")], step);
    }
    page.out
}

fn headline(page: &mut Page, record: &RunRecord) {
    let word = verdict_word(record.verdict).to_uppercase();
    let paint = match record.verdict {
        Verdict::Passed => AnsiColor::Green,
        Verdict::Blocked => AnsiColor::Red,
        Verdict::NotEvaluable => AnsiColor::Magenta,
    };
    page.paragraph(0, &[(None, ""), (Some(paint), &word), (None, ": ")], &clipped(&words::why(record), 400));
}

fn summary(page: &mut Page, record: &RunRecord) {
    page.blank();
    let run = &record.run;
    let mut identity = format!("{} · {} · run {}", record.project, run.command, short(&run.id));
    if let Some(commit) = &run.commit {
        identity += &format!(" · commit {}", short(commit));
    }
    identity += &format!(" · seed {} · portcullis {}", run.seed, run.host);
    page.paragraph(0, &[], &identity);
    if let Some(data) = &record.data {
        let mut line = format!("{} × {}", counted(data.rows, "row"), counted(data.columns.into(), "column"));
        let files = sources(&data.sources);
        if !files.is_empty() {
            line += &format!(" from {files}");
        }
        if let Some(split) = &data.split {
            let held_out = count(split.test);
            line += &format!("; {} learnt from, {held_out} held out ({})", count(split.train), split.method);
        }
        page.paragraph(0, &[(None, "data   ")], &line);
    }
    if let Some(model) = &record.model {
        let mut line = model.family.clone();
        let shown = words::hyperparameters(model);
        if !shown.is_empty() {
            line += &format!(" ({shown})");
        }
        if let Some(source) = &model.source {
            line += &format!(" from {source}");
        }
        if let Some(target) = record.data.as_ref().and_then(|data| data.target.as_ref()) {
            line += &format!(", predicts {target}");
        }
        page.paragraph(0, &[(None, "model  ")], &line);
    }
}

/// A hash, short; a commit keeps the mark that files differ from it.
fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

fn sources(sources: &[SourceRecord]) -> String {
    let named = sources.iter().take(3).map(|source| match source.role.as_str() {
        "data" => source.path.clone(),
        role => format!("{} ({role})", source.path),
    });
    let mut line = named.collect::<Vec<_>>().join(", ");
    if sources.len() > 3 {
        line += &format!(" and {} more files", sources.len() - 3);
    }
    line
}

fn key_metrics(page: &mut Page, record: &RunRecord) {
    let metrics = metrics::key(record);
    if metrics.is_empty() {
        return;
    }
    let rows = record.evaluation.as_ref().map(|evaluation| evaluation.rows);
    let title = rows.map_or("Metrics".to_owned(), |rows| format!("Metrics on {}", counted(rows, "held-out row")));
    page.section(&title, true);
    let interval = metrics::interval_heading(&metrics);
    let champion = record.champion.is_some();
    let mut head = vec![String::new(), "value".to_owned()];
    head.extend(interval.clone());
    head.extend(champion.then(|| "champion".to_owned()));
    let body = metrics.iter().map(|one| {
        let mut row = vec![one.name.to_owned(), metric(one.value)];
        row.extend(interval.is_some().then(|| one.range()));
        row.extend(champion.then(|| one.champion.map_or_else(String::new, figure)));
        row
    });
    page.table(2, &head, &body.collect::<Vec<_>>());
}

fn policies(page: &mut Page, record: &RunRecord) {
    page.section("Policies", !record.policies.is_empty());
    let name_width = record.policies.iter().map(|policy| inert(&policy.name).width()).max().unwrap_or(0).min(24);
    for policy in words::by_importance(record) {
        let line = match policy.verdict {
            PolicyVerdict::Skipped => words::skipped_because(record, policy).to_owned(),
            PolicyVerdict::Passed => words::reason(policy),
            _ => format!("{}, {}", policy.kind.map_or("unknown kind", |kind| kind.as_str()), place(policy)),
        };
        let paint = match policy.verdict {
            PolicyVerdict::Passed => AnsiColor::Green,
            PolicyVerdict::Warned => AnsiColor::Yellow,
            PolicyVerdict::Blocked => AnsiColor::Red,
            PolicyVerdict::NotEvaluable => AnsiColor::Magenta,
            PolicyVerdict::Skipped => AnsiColor::BrightBlack,
        };
        let word = padded(policy_word(policy.verdict), VERDICT, false);
        let name = padded(&inert(&policy.name), name_width, false);
        page.paragraph(2, &[(Some(paint), &(word + "  ")), (None, &(name + "  "))], &clipped(&line, 300));
        if !matches!(policy.verdict, PolicyVerdict::Passed | PolicyVerdict::Skipped) {
            details(page, policy);
        }
    }
}

/// The findings of a policy that did not pass, and what it measured.
fn details(page: &mut Page, policy: &PolicyRecord) {
    let indent = 4;
    if policy.failure.is_some() || policy.findings.is_empty() {
        page.paragraph(indent, &[], &clipped(&words::reason(policy), 2000));
    }
    for finding in policy.findings.iter().take(MOST) {
        let paint = match finding.severity {
            Severity::Error => AnsiColor::Red,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Info => AnsiColor::Blue,
        };
        let lead = format!("{:<9}", finding.severity);
        page.paragraph(indent, &[(Some(paint), &lead)], &clipped(&finding.message, 1000));
        let evidence = words::evidence(finding);
        if !evidence.is_empty() {
            page.paragraph(indent, &[(None, "         ")], &clipped(&evidence, 500));
        }
    }
    let left = policy.findings.len().saturating_sub(MOST);
    if left > 0 {
        page.paragraph(indent, &[], &format!("and {}; `--format json` has all", counted(left as u64, "more finding")));
    }
    for group in measures::tables(policy) {
        page.blank();
        page.table(indent, &group.head, group.rows.get(..MOST).unwrap_or(&group.rows));
        if let Some(left) = group.rows.len().checked_sub(MOST).filter(|left| *left > 0) {
            page.paragraph(indent, &[], &format!("and {}", counted(left as u64, "more row")));
        }
        page.blank();
    }
    if policy.verdict == PolicyVerdict::NotEvaluable {
        for line in policy.log.iter().rev().take(5).rev() {
            page.paragraph(indent, &[(None, "log      ")], &clipped(line, 500));
        }
    }
}

fn asides(page: &mut Page, record: &RunRecord) {
    page.section("Skipped", !record.skipped.is_empty());
    for (steps, reason) in words::skipped(record) {
        page.paragraph(2, &[], &format!("{steps}: {reason}"));
    }
    page.section("Notes", !record.notes.is_empty());
    for note in &record.notes {
        page.paragraph(2, &[(None, "- ")], note);
    }
}

/// The report as it grows. All that is put on it becomes inert here.
struct Page {
    out: String,
    color: bool,
    width: usize,
}

impl Page {
    fn blank(&mut self) {
        if !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A heading after an empty line, if there is anything to put under it.
    fn section(&mut self, title: &str, any: bool) {
        if any {
            self.blank();
            let painted = self.painted(Paint::new().bold(), title);
            self.out.push_str(&painted);
            self.out.push('\n');
        }
    }

    /// Text behind a lead; later lines are indented to where the first part of the lead ended.
    fn paragraph(&mut self, indent: usize, lead: &[(Option<AnsiColor>, &str)], text: &str) {
        let lead: Vec<_> = lead.iter().map(|(paint, part)| (*paint, inert(part))).collect();
        let hang = indent + lead.first().map_or(0, |(_, part)| part.width()).min(self.width / 2);
        let taken = indent + lead.iter().map(|(_, part)| part.width()).sum::<usize>();
        for (index, line) in wrap(&inert(text), taken, hang, self.width).iter().enumerate() {
            let mut start = " ".repeat(if index == 0 { indent } else { hang });
            for (paint, part) in lead.iter().filter(|_| index == 0) {
                start += &paint.map_or_else(|| part.to_string(), |color| self.painted(color.on_default().bold(), part));
            }
            self.line(&(start + line));
        }
    }

    fn table(&mut self, indent: usize, head: &[String], rows: &[Vec<String>]) {
        let inert = |row: &Vec<String>| row.iter().map(|cell| inert(cell).into_owned()).collect::<Vec<_>>();
        let rows: Vec<_> = rows.iter().map(inert).collect();
        for line in table(&inert(&head.to_vec()), &rows, self.width - indent) {
            self.line(&format!("{}{line}", " ".repeat(indent)));
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(guarded(line.trim_end()).as_ref());
        self.out.push('\n');
    }

    fn painted(&self, paint: Paint, text: &str) -> String {
        if self.color { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
    }
}
