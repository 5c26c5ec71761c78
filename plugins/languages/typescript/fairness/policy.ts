import { candidate, groups, type Evaluation } from "portcullis:model/metrics@0.1.0";
import * as parameters from "portcullis:policy/parameters@0.1.0";
import type { Description, Finding, Judgement, Measure, NamedValue, Subject } from "portcullis:policy/types@0.1.0";
import { hostFailure, readable } from "./failure.ts";
import schema from "./parameters.json";

export const fairness = { describe, judge: readable(judge) };

function describe(): Description {
  return {
    name: "worst-group",
    version: "0.1.0",
    summary: "Holds the worst group's metric to a bound",
    parameters: JSON.stringify(schema),
    extra: [],
  };
}

function judge(): Judgement {
  const metric = parameters.text("metric");
  const minValue = parameters.number("min_value");
  const minRows = parameters.number("min_rows");

  const columns = groups();
  if (columns.length === 0) {
    const message = "no columns are configured as groups";
    const finding: Finding = { rule: "no-groups", severity: "info", message, extra: [] };
    return { outcome: "not-applicable", findings: [finding], measures: [], extra: [] };
  }

  const measures: Measure[] = [];
  let worst: { value: number; subject: Subject; extra: NamedValue[] } | undefined;
  for (const column of columns) {
    for (const slice of candidate().slices([column])) {
      const rows = slice.rowCount();
      if (rows < minRows) continue;
      const value = metricOf(slice, metric);
      if (value == null) continue;
      const subject: Subject = { kind: "slice", name: slice.key().map((part) => `${part.column}=${part.value}`).join(", ") };
      const extra: NamedValue[] = [{ name: "rows", value: { tag: "number", val: rows } }];
      measures.push({ name: metric, value, subject, extra });
      if (!worst || value < worst.value) worst = { value, subject, extra };
    }
  }
  if (!worst) {
    const finding: Finding = { rule: "no-rows", severity: "warning", message: "no group has enough rows", extra: [] };
    return { outcome: "inconclusive", findings: [finding], measures, extra: [] };
  }

  const findings: Finding[] = [];
  if (worst.value < minValue) {
    findings.push({
      rule: "low-metric",
      severity: "error",
      message: `the lowest \`${metric}\` of all groups is that of ${worst.subject.name}`,
      subject: worst.subject,
      observed: { tag: "number", val: worst.value },
      expected: { tag: "number", val: minValue },
      extra: worst.extra,
    });
  }
  return { outcome: findings.length > 0 ? "fail" : "pass", findings, measures, extra: [] };
}

/** None where the metric is undefined, and where the host does not tell because the slice is small. */
function metricOf(slice: Evaluation, metric: string): number | undefined {
  try {
    return slice.metric(metric);
  } catch (error) {
    if (hostFailure(error)?.code !== "small-group") throw error;
  }
}
