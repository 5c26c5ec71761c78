"""Adds up a column of numbers, row by row."""

from pathlib import Path

from support import judging, measure
from wit_world import exports
from wit_world.imports import rows
from wit_world.imports.types import Description, Judgement, Outcome

SCHEMA = Path(__file__).with_name("parameters.json").read_text(encoding="utf-8")


class DataCheck(exports.DataCheck):
    def describe(self) -> Description:
        return Description("sum", "0.1.0", "Adds up a column of numbers, row by row", SCHEMA, [])

    @judging
    def judge(self) -> Judgement:
        reader = rows.read("current", ["x"])
        total = 0.0
        while (batch := reader.next()) is not None:
            # As bytes: a list of Python's own numbers takes several times as long to make.
            for number in memoryview(batch.number_bytes("x")).cast("d"):
                total += number
        return Judgement(Outcome.PASS, [], [measure("sum", total)], extra=[])
