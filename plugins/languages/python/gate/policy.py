"""Lets a candidate pass that is not worse than the champion by more than a margin."""

from pathlib import Path

from componentize_py_types import Err
from support import finding, judging, measure
from wit_world import exports
from wit_world.imports import metrics, parameters
from wit_world.imports.types import Description, Judgement, Outcome, Severity, Subject

# This module is imported when the component is built. Read files here: a running policy has none.
SCHEMA = Path(__file__).with_name("parameters.json").read_text(encoding="utf-8")


# The class has the name of the kind; that is how it is found.
class Gate(exports.Gate):
    def describe(self) -> Description:
        return Description(
            name="champion-margin",
            version="0.1.0",
            summary="Lets a candidate pass that is not worse than the champion by more than a margin",
            parameters=SCHEMA,
            extra=[],
        )

    @judging
    def judge(self) -> Judgement:
        metric = parameters.text("metric")
        margin = parameters.number("margin")
        comparison = metrics.compare()
        if comparison is None:
            none = finding("no-champion", Severity.INFO, "there is no champion to compare with")
            return Judgement(Outcome.NOT_APPLICABLE, [none], measures=[], extra=[])
        difference = comparison.difference(metric)
        if difference is None:
            message = f"`{metric}` is undefined for the candidate or the champion"
            undefined = finding("undefined", Severity.WARNING, message, Subject("metric", metric))
            return Judgement(Outcome.INCONCLUSIVE, [undefined], measures=[], extra=[])
        higher_is_better = metrics.higher_is_better(metric)
        if higher_is_better is None:
            raise Err(f"`{metric}` has no direction: neither more nor less is better")
        return judge_change(metric, difference if higher_is_better else -difference, margin)


def judge_change(metric: str, change: float, margin: float) -> Judgement:
    """`change` is above 0 where the candidate is better."""
    subject = Subject("metric", metric)
    measures = [measure("change", change, subject)]
    if change >= -margin:
        return Judgement(Outcome.PASS, [], measures, extra=[])
    message = f"the candidate's `{metric}` is worse than the champion's by more than the margin"
    worse = finding("worse", Severity.ERROR, message, subject, observed=change, expected=0 - margin)
    return Judgement(Outcome.FAIL, [worse], measures, extra=[])
