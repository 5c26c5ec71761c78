//! What a policy is, for a person. Every word that comes from the file is made inert, and no line begins with one.

use std::fmt::Write as _;

use portcullis_author::parameters;
use portcullis_report::{clipped, guarded, inert};
use portcullis_sandbox::{Access, CONTRACTS, Import, Inspection, Producer};
use portcullis_verdict::Failure;

use super::inspect::Inspected;

/// Characters of a name, a type, a default; and of a sentence.
const SHORT: usize = 60;
const LONG: usize = 400;

/// Imports that are told; a whole world of WASI has some forty.
const MOST_IMPORTS: usize = 200;

pub(super) fn render(files: &[Inspected<'_>]) -> String {
    let texts: Vec<String> = files.iter().map(one).collect();
    let mut out = String::new();
    for line in texts.join("\n").lines() {
        let _ = writeln!(out, "{}", guarded(line));
    }
    out
}

fn shown(text: &str, most: usize) -> String {
    inert(&clipped(text, most)).into_owned()
}

fn one(inspected: &Inspected<'_>) -> String {
    let Inspected { path, file, description } = inspected;
    let mut out = format!("{}\n", shown(&path.to_string_lossy(), LONG));
    let mut row = |what: &str, value: &str| {
        let _ = writeln!(out, "  {what:10} {value}");
    };
    let inspection = match file.inspection() {
        Ok(inspection) => inspection,
        Err(failure) => {
            row("no policy", &told(failure));
            row("size", &format!("{} bytes", file.size()));
            row("sha256", file.digest());
            return out;
        }
    };
    if let Ok(description) = description {
        row("name", &format!("{} {}", shown(&description.name, SHORT), shown(&description.version, SHORT)));
        row("summary", &shown(&description.summary, LONG));
    }
    row("kind", inspection.kind.as_str());
    row("contract", &contract(inspection));
    row("asks for", &list(&inspection.asks_for()));
    row("size", &format!("{} bytes", file.size()));
    row("sha256", file.digest());
    row("toolchain", &toolchain(&file.toolchain()));
    if let Err(failure) = description {
        row("failure", &told(failure));
    }
    imports(inspection, &mut out);
    if let Ok(description) = description {
        parameter_table(&description.parameters, &mut out);
    }
    out
}

fn told(failure: &Failure) -> String {
    format!("{} ({})", shown(&failure.message, LONG), failure.kind)
}

fn contract(inspection: &Inspection) -> String {
    let ours = CONTRACTS.join(", ");
    match inspection.runs() {
        Ok(()) => format!("{}, which this host runs", inspection.contract),
        Err(_) if inspection.speaks() => {
            format!("{}, which this host speaks, though not all that the policy imports is there", inspection.contract)
        }
        Err(_) => format!("{}; this host does not run it (its contracts: {ours})", inspection.contract),
    }
}

fn list(words: &[String]) -> String {
    if words.is_empty() {
        return "nothing".to_owned();
    }
    shown(&words.join(", "), LONG)
}

/// What it was made with, by its own word, the parts in the order of the convention.
fn toolchain(tools: &[Producer]) -> String {
    if tools.is_empty() {
        return "it does not say".to_owned();
    }
    let place = |tool: &&Producer| {
        ["language", "processed-by", "sdk"].iter().position(|part| *part == tool.field).unwrap_or(usize::MAX)
    };
    let mut tools: Vec<&Producer> = tools.iter().collect();
    tools.sort_by_key(place);
    let words = tools.iter().map(|tool| match tool.version.as_str() {
        "" => format!("{} {}", tool.field, tool.name),
        version => format!("{} {} {version}", tool.field, tool.name),
    });
    shown(&words.collect::<Vec<_>>().join("; "), LONG)
}

fn imports(inspection: &Inspection, out: &mut String) {
    let imports = inspection.explained();
    let _ = writeln!(out, "  imports{}", if imports.is_empty() { ": none" } else { "" });
    let names: Vec<String> = imports.iter().take(MOST_IMPORTS).map(|import| shown(import.name, SHORT)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (import, name) in imports.iter().zip(&names) {
        let _ = writeln!(out, "    {name:width$}  {}{}", import.reveals, access(import));
    }
    if imports.len() > names.len() {
        let _ = writeln!(out, "    and {} more", imports.len() - names.len());
    }
}

fn access(import: &Import<'_>) -> String {
    match import.access {
        Access::Free | Access::Answered => String::new(),
        Access::Grant(word) => {
            format!("; needs in its [[policy]] entry: grant = {{ interfaces = [\"{word}\"] }}")
        }
        Access::Unavailable => "; a policy of this kind cannot have it: there is no model yet when it runs".to_owned(),
        Access::Unknown => "; so it does not load".to_owned(),
    }
}

fn parameter_table(schema: &serde_json::Value, out: &mut String) {
    let (parameters, whole) = parameters(schema);
    let _ = writeln!(out, "  parameters{}", if parameters.is_empty() { ": none" } else { "" });
    if parameters.is_empty() {
        return;
    }
    let head = ["key", "type", "default", "required", ""].map(str::to_owned);
    let rows = parameters.iter().map(|parameter| {
        [
            shown(&parameter.key, SHORT),
            shown(&parameter.kind, SHORT),
            shown(&parameter.default.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string), SHORT),
            if parameter.required { "yes" } else { "no" }.to_owned(),
            shown(&parameter.description, LONG),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(rows).collect();
    let widths: Vec<usize> =
        (0..4).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    for [key, kind, default, required, description] in &rows {
        let line = format!(
            "    {key:0$}  {kind:1$}  {default:2$}  {required:3$}  {description}",
            widths[0], widths[1], widths[2], widths[3]
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if !whole {
        let _ = writeln!(out, "    and more; --format json has the whole schema");
    }
}
