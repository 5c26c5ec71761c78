import { compare, higherIsBetter } from "portcullis:model/metrics@0.1.0";
import * as parameters from "portcullis:policy/parameters@0.1.0";
import type { Description, Finding, Judgement } from "portcullis:policy/types@0.1.0";
import { readable } from "./failure.ts";
import schema from "./parameters.json";

export const gate = { describe, judge: readable(judge) };

function describe(): Description {
  return {
    name: "champion-margin",
    version: "0.1.0",
    summary: "Lets a candidate pass that is not worse than the champion by more than a margin",
    parameters: JSON.stringify(schema),
    extra: [],
  };
}

function judge(): Judgement {
  const metric = parameters.text("metric");
  const margin = parameters.number("margin");
  const subject = { kind: "metric", name: metric };

  const comparison = compare();
  if (!comparison) {
    const message = "there is no champion to compare with";
    const finding: Finding = { rule: "no-champion", severity: "info", message, extra: [] };
    return { outcome: "not-applicable", findings: [finding], measures: [], extra: [] };
  }

  // Compared with null, not tested for truth: a difference may be 0, and a direction false.
  const difference = comparison.difference(metric);
  if (difference == null) {
    const message = `\`${metric}\` is undefined for the candidate or the champion`;
    const finding: Finding = { rule: "undefined", severity: "warning", message, subject, extra: [] };
    return { outcome: "inconclusive", findings: [finding], measures: [], extra: [] };
  }
  const higher = higherIsBetter(metric);
  if (higher == null) {
    throw new Error(`\`${metric}\` has no direction: neither more nor less is better`);
  }

  const change = higher ? difference : -difference;
  const findings: Finding[] = [];
  if (change < -margin) {
    findings.push({
      rule: "worse",
      severity: "error",
      message: `the candidate's \`${metric}\` is worse than the champion's by more than the margin`,
      subject,
      observed: { tag: "number", val: change },
      expected: { tag: "number", val: 0 - margin },
      extra: [],
    });
  }
  return {
    outcome: findings.length > 0 ? "fail" : "pass",
    findings,
    measures: [{ name: "change", value: change, subject, extra: [] }],
    extra: [],
  };
}
