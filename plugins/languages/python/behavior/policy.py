"""Expects the prediction not to fall when a column rises."""

from pathlib import Path

from componentize_py_types import Err
from support import finding, judging, measure
from wit_world import exports
from wit_world.imports import parameters, predictor
from wit_world.imports.types import Description, Judgement, Outcome, Severity, Subject

# This module is imported when the component is built. Read files here: a running policy has none.
SCHEMA = Path(__file__).with_name("parameters.json").read_text(encoding="utf-8")


# The class has the name of the kind; that is how it is found.
class Behavior(exports.Behavior):
    def describe(self) -> Description:
        return Description(
            name="expected-direction",
            version="0.1.0",
            summary="Expects the prediction not to fall when a column rises",
            parameters=SCHEMA,
            extra=[],
        )

    @judging
    def judge(self) -> Judgement:
        column = parameters.text("column")
        low, high = predict(column, parameters.number("low"), parameters.number("high"))
        return judge_change(column, high - low)


def predict(column: str, low: float, high: float) -> list[float]:
    """The two predictions where `column` is `low` and `high`, and everything else is missing: nothing else is set."""
    kinds = {column.name: column.kind for column in predictor.inputs()}
    if column not in kinds:
        raise Err(f"the model does not read `{column}`")
    if kinds[column] not in ("number", "integer"):
        raise Err(f"`{column}` is no column of numbers")
    batch = predictor.Batch(2)
    batch.set_numbers(column, [low, high])
    predictions = batch.predict()
    numbers = predictions.numbers()  # none, if the model predicts classes
    if numbers:
        return numbers
    class_name = parameters.get_text("class")
    if class_name is None:
        raise Err("`class` is needed: the model predicts classes")
    return predictions.scores(class_name)


def judge_change(column: str, change: float) -> Judgement:
    subject = Subject("column", column)
    measures = [measure("change", change, subject)]
    if change >= 0:
        return Judgement(Outcome.PASS, [], measures, extra=[])
    message = f"the prediction falls when `{column}` rises"
    wrong = finding("wrong-direction", Severity.ERROR, message, subject, observed=change, expected=">= 0")
    return Judgement(Outcome.FAIL, [wrong], measures, extra=[])
