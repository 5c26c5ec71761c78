"""For every policy: findings and measures in a line, and errors that a reader of the run record understands."""

import functools
import traceback
from collections.abc import Callable
from typing import TypeVar

from componentize_py_types import Err
from wit_world.imports.answers import Failure
from wit_world.imports.types import (
    Finding,
    Judgement,
    Measure,
    NamedValue,
    Severity,
    Subject,
    Value,
    Value_Boolean,
    Value_Number,
    Value_Text,
)

Scalar = bool | float | str
Policy = TypeVar("Policy")


def judging(judge: Callable[[Policy], Judgement]) -> Callable[[Policy], Judgement]:
    """Makes an error text of whatever `judge` raises, because all that it may raise is `Err` with a text.

    What the host fails with becomes its message. Any other exception is a defect of the policy; its traceback is
    printed, and what is printed stands in the log of the run record.
    """

    @functools.wraps(judge)
    def judge_or_say_why_not(self: Policy) -> Judgement:
        try:
            return judge(self)
        except Err as error:
            raise Err(error.value.message if isinstance(error.value, Failure) else str(error.value)) from None
        except Exception as error:
            traceback.print_exc()
            raise Err(f"{type(error).__name__}: {error}") from None

    return judge_or_say_why_not


def finding(
    rule: str,
    severity: Severity,
    message: str,
    subject: Subject | None = None,
    observed: Scalar | None = None,
    expected: Scalar | None = None,
    **extra: Scalar,
) -> Finding:
    return Finding(rule, severity, message, subject, optional(observed), optional(expected), named(extra))


def measure(name: str, number: float | None, subject: Subject | None = None, **extra: Scalar) -> Measure:
    return Measure(name, number, subject, named(extra))


def value(scalar: Scalar) -> Value:
    if isinstance(scalar, bool):
        return Value_Boolean(scalar)
    return Value_Text(scalar) if isinstance(scalar, str) else Value_Number(scalar)


def optional(scalar: Scalar | None) -> Value | None:
    return None if scalar is None else value(scalar)


def named(extra: dict[str, Scalar]) -> list[NamedValue]:
    return [NamedValue(name, value(scalar)) for name, scalar in extra.items()]
