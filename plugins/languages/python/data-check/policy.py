"""Holds the share of missing values in each column to a bound."""

from pathlib import Path

from support import finding, judging, measure
from wit_world import exports
from wit_world.imports import dataset, parameters
from wit_world.imports.types import Description, Finding, Judgement, Outcome, Severity, Subject

# This module is imported when the component is built. Read files here: a running policy has none.
SCHEMA = Path(__file__).with_name("parameters.json").read_text(encoding="utf-8")


# The class has the name of the kind; that is how it is found.
class DataCheck(exports.DataCheck):
    def describe(self) -> Description:
        return Description(
            name="missing-values",
            version="0.1.0",
            summary="Holds the share of missing values in each column to a bound",
            parameters=SCHEMA,
            extra=[],
        )

    @judging
    def judge(self) -> Judgement:
        max_share = parameters.number("max_share")
        data = dataset.current()
        rows = data.row_count()
        findings, measures = [], []
        for name in parameters.texts("columns") or data.column_names():
            subject = Subject("column", name)
            column = data.column(name)
            if column is None:
                message = f"there is no column `{name}`"
                findings.append(finding("missing-column", Severity.ERROR, message, subject))
                continue
            if column.withheld():
                message = f"the values of `{name}` are withheld from this policy"
                findings.append(finding("withheld", Severity.WARNING, message, subject))
                continue
            nulls = column.null_count()
            share = nulls / rows if rows else 0.0
            measures.append(measure("null_share", share, subject))
            if share > max_share:
                message = f"`{name}` is missing in {nulls:.0f} of {rows:.0f} rows"
                findings.append(
                    finding("null-share", Severity.ERROR, message, subject, observed=share, expected=max_share)
                )
        return Judgement(outcome_of(findings), findings, measures, extra=[])


def outcome_of(findings: list[Finding]) -> Outcome:
    """Warnings are for columns that could not be looked at: what holds for the others is not enough to pass."""
    severities = [finding.severity for finding in findings]
    if Severity.ERROR in severities:
        return Outcome.FAIL
    return Outcome.INCONCLUSIVE if Severity.WARNING in severities else Outcome.PASS
