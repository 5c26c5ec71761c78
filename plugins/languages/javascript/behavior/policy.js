import { Batch, inputs } from "portcullis:model/predictor@0.1.0";
import * as parameters from "portcullis:policy/parameters@0.1.0";
import { readable } from "./failure.js";
import schema from "./parameters.json";

export const behavior = { describe, judge: readable(judge) };

function describe() {
  return {
    name: "expected-direction",
    version: "0.1.0",
    summary: "Expects the prediction not to fall when a column rises",
    parameters: JSON.stringify(schema),
    extra: [],
  };
}

function judge() {
  const column = parameters.text("column");
  const predictions = predict(column, parameters.number("low"), parameters.number("high"));
  const [before, after] = valuesOf(predictions, parameters.getText("class"));

  const change = after - before;
  const subject = { kind: "column", name: column };
  const findings = [];
  if (change < 0) {
    findings.push({
      rule: "wrong-direction",
      severity: "error",
      message: `the prediction falls when \`${column}\` rises`,
      subject,
      observed: { tag: "number", val: change },
      expected: { tag: "text", val: ">= 0" },
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

/** Two rows, in which everything but the column is missing: nothing else is set. */
function predict(column, low, high) {
  const raised = inputs().find((input) => input.name === column);
  if (!raised) throw new Error(`the model does not read \`${column}\``);
  if (raised.kind !== "number" && raised.kind !== "integer") throw new Error(`\`${column}\` is no column of numbers`);

  const batch = new Batch(2);
  batch.setNumbers(column, [low, high]);
  return batch.predict();
}

/** The predicted numbers, or the scores of the class. */
function valuesOf(predictions, className) {
  const numbers = predictions.numbers();
  if (numbers.length > 0) return numbers;
  if (className == null) throw new Error("`class` is needed: the model predicts classes");
  return predictions.scores(className);
}
