import { current } from "portcullis:data/dataset@0.1.0";
import * as parameters from "portcullis:policy/parameters@0.1.0";
import type { Description, Finding, Judgement, Measure } from "portcullis:policy/types@0.1.0";
import { readable } from "./failure.ts";
import schema from "./parameters.json";

export const dataCheck = { describe, judge: readable(judge) };

function describe(): Description {
  return {
    name: "missing-values",
    version: "0.1.0",
    summary: "Holds the share of missing values in each column to a bound",
    parameters: JSON.stringify(schema),
    extra: [],
  };
}

function judge(): Judgement {
  const maxShare = parameters.number("max_share");
  const chosen = parameters.texts("columns");

  const data = current();
  const rows = data.rowCount();
  const findings: Finding[] = [];
  const measures: Measure[] = [];
  for (const name of chosen.length > 0 ? chosen : data.columnNames()) {
    const subject = { kind: "column", name };
    const column = data.column(name);
    if (!column) {
      findings.push({
        rule: "missing-column",
        severity: "error",
        message: `there is no column \`${name}\``,
        subject,
        extra: [],
      });
      continue;
    }

    if (column.withheld()) {
      findings.push({
        rule: "withheld",
        severity: "warning",
        message: `the values of \`${name}\` are withheld from this policy`,
        subject,
        extra: [],
      });
      continue;
    }

    const nulls = column.nullCount();
    const share = rows === 0 ? 0 : nulls / rows;
    measures.push({ name: "null_share", value: share, subject, extra: [] });
    if (share > maxShare) {
      findings.push({
        rule: "null-share",
        severity: "error",
        message: `\`${name}\` is missing in ${nulls} of ${rows} rows`,
        subject,
        observed: { tag: "number", val: share },
        expected: { tag: "number", val: maxShare },
        extra: [],
      });
    }
  }
  return { outcome: outcomeOf(findings), findings, measures, extra: [] };
}

/** Warnings are for columns that could not be looked at: what holds for the others is not enough to pass. */
function outcomeOf(findings: Finding[]): Judgement["outcome"] {
  const has = (severity: Finding["severity"]) => findings.some((finding) => finding.severity === severity);
  if (has("error")) return "fail";
  return has("warning") ? "inconclusive" : "pass";
}
