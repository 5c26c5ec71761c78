import { read } from "portcullis:data/rows@0.1.0";
import { readable } from "./failure.js";
import schema from "./parameters.json";

export const dataCheck = { describe, judge: readable(judge) };

function describe() {
  const summary = "Adds up a column of numbers, row by row";
  return { name: "sum", version: "0.1.0", summary, parameters: JSON.stringify(schema), extra: [] };
}

function judge() {
  const reader = read("current", ["x"]);
  let sum = 0;
  for (let batch = reader.next(); batch; batch = reader.next()) {
    for (const number of batch.numbers("x")) sum += number;
  }
  return { outcome: "pass", findings: [], measures: [{ name: "sum", value: sum, extra: [] }], extra: [] };
}
