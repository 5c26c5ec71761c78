"""Holds the worst group's metric to a bound."""

from pathlib import Path

from componentize_py_types import Err
from support import finding, judging, measure
from wit_world import exports
from wit_world.imports import metrics, parameters
from wit_world.imports.types import Description, Judgement, Outcome, Severity, Subject

# This module is imported when the component is built. Read files here: a running policy has none.
SCHEMA = Path(__file__).with_name("parameters.json").read_text(encoding="utf-8")


# The class has the name of the kind; that is how it is found.
class Fairness(exports.Fairness):
    def describe(self) -> Description:
        return Description(
            name="worst-group",
            version="0.1.0",
            summary="Holds the worst group's metric to a bound",
            parameters=SCHEMA,
            extra=[],
        )

    @judging
    def judge(self) -> Judgement:
        metric = parameters.text("metric")
        min_value = parameters.number("min_value")
        min_rows = parameters.number("min_rows")
        columns = metrics.groups()
        if not columns:
            none = finding("no-groups", Severity.INFO, "no columns are configured as groups")
            return Judgement(Outcome.NOT_APPLICABLE, [none], measures=[], extra=[])
        groups = []
        for column in columns:
            for part in metrics.candidate().slices([column]):
                rows = part.row_count()
                if rows < min_rows:
                    continue
                value = metric_of(part, metric)
                if value is not None:
                    [condition] = part.key()
                    groups.append((value, rows, f"{column}={condition.value}"))
        return judge_groups(metric, min_value, groups)


def metric_of(part: metrics.Evaluation, metric: str) -> float | None:
    """None where it is undefined, or the host does not tell it of so few rows."""
    try:
        return part.metric(metric)
    except Err as error:
        if error.value.code == "small-group":
            return None
        raise


def judge_groups(metric: str, min_value: float, groups: list[tuple[float, float, str]]) -> Judgement:
    """`groups` are values of the metric, numbers of rows and names."""
    if not groups:
        nothing = finding("no-rows", Severity.WARNING, "no group has enough rows")
        return Judgement(Outcome.INCONCLUSIVE, [nothing], measures=[], extra=[])
    measures = [measure(metric, value, Subject("slice", name), rows=rows) for value, rows, name in groups]
    worst, rows, name = min(groups, key=lambda group: group[0])  # the first of those that are equal
    if worst >= min_value:
        return Judgement(Outcome.PASS, [], measures, extra=[])
    message = f"the lowest `{metric}` of all groups is that of {name}"
    low = finding(
        "low-metric", Severity.ERROR, message, Subject("slice", name), observed=worst, expected=min_value, rows=rows
    )
    return Judgement(Outcome.FAIL, [low], measures, extra=[])
