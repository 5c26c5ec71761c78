#!/usr/bin/env python3
"""Makes data/applications.csv: invented loan applications with a known bias.

    python3 generate.py            # writes data/applications.csv
    python3 generate.py --check    # exits 1 if the committed file is not what this script makes

Every person is invented. Women and men are drawn alike in income, loans and credit record, and pay back alike. What differs
is how they were treated: the loan officers of this made-up bank took points off women (`BIAS` and `MORE_BIAS` below), and
women far more often have what such officers look at, part-time work and a career break. So

- `repaid`, what became of the loan, owes nothing to sex;
- `approved`, what the officers decided, does, and a model that learns from it learns that, without ever seeing `sex`.

In life nobody knows whether a refused applicant would have paid back. Here the generator does.

The bytes are the same on every machine and every Python from 3.9 on: the only randomness is `Random.random()`, which
Python promises not to change, and the only arithmetic is addition, multiplication, division and comparison, which IEEE 754
fixes to the last bit. (No `exp`, `log` or `gauss`: those differ between C libraries.)
"""

import datetime
import pathlib
import random
import sys

ROWS = 4000
SEED = 20240229
# What the officers took off a woman's score, where scores have a standard deviation of about 1.4, and what more where she
# works part-time or had a career break. Nothing else in this file differs by sex but how often those two occur.
BIAS = 0.4
MORE_BIAS = 1.2
FILE = pathlib.Path(__file__).parent / "data" / "applications.csv"

COLUMNS = [
    "id", "application_date", "sex", "age", "region", "employment", "career_break_months", "income", "housing",
    "purpose", "loan_amount", "term_months", "prior_defaults", "credit_history_years", "approved", "repaid",
]

REGIONS = [("North", 0.30), ("South", 0.25), ("East", 0.20), ("West", 0.25)]
EMPLOYMENT = {
    "F": [("full-time", 0.38), ("part-time", 0.47), ("self-employed", 0.10), ("unemployed", 0.05)],
    "M": [("full-time", 0.76), ("part-time", 0.06), ("self-employed", 0.13), ("unemployed", 0.05)],
}
HOUSING = [("rent", 0.52), ("mortgage", 0.33), ("own", 0.15)]
PURPOSES = [("car", 0.30), ("furniture", 0.22), ("education", 0.12), ("renovation", 0.20), ("other", 0.16)]
TERMS = [(12, 0.20), (24, 0.30), (36, 0.28), (48, 0.14), (60, 0.08)]
DEFAULTS = [(0, 0.72), (1, 0.17), (2, 0.08), (3, 0.03)]


class Dice:
    """Draws from one stream of uniform numbers."""

    def __init__(self, seed):
        self.uniform = random.Random(seed).random

    def normal(self):
        """Close to a standard normal: twelve uniform numbers less six."""
        total = 0.0
        for _ in range(12):
            total += self.uniform()
        return total - 6.0

    def chance(self, share):
        return self.uniform() < share

    def between(self, low, high):
        """A whole number from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def one_of(self, choices):
        at = self.uniform()
        for value, share in choices:
            if at < share:
                return value
            at -= share
        return choices[-1][0]


def application(dice, number):
    sex = "F" if dice.chance(0.48) else "M"
    age = max(19, min(74, int(41 + 12 * dice.normal())))
    employment = dice.one_of(EMPLOYMENT[sex])
    career_break = dice.between(6, 36) if dice.chance(0.55 if sex == "F" else 0.03) else 0
    skill = dice.normal()
    income = 38000 * (1 + 0.34 * skill + 0.05 * skill * skill)
    income = int(max(9000.0, income) / 100) * 100
    history = max(0, min(age - 18, int(9 + 6 * dice.normal())))
    defaults = dice.one_of(DEFAULTS)
    term = dice.one_of(TERMS)
    amount = int(max(1000.0, 9000 + 5200 * dice.normal()) / 50) * 50

    # What decides whether a loan is paid back: the yearly burden, the record, how long there is one.
    burden = 12.0 * amount / term / income
    means = 1.65 - 8.0 * burden - 1.15 * defaults + 0.10 * history
    repaid = means + 0.60 * dice.normal() > 0

    # What the officers saw was much the same, with their own uncertainty. And then they looked at the person.
    held_against = 0.0
    if sex == "F":
        held_against = BIAS + (MORE_BIAS if employment == "part-time" or career_break > 0 else 0.0)
    approved = means + 0.45 * dice.normal() - held_against > 0

    date = datetime.date(2023, 1, 2) + datetime.timedelta(days=number * 727 // ROWS)
    return {
        "id": f"A{number + 1:05d}",
        "application_date": date.isoformat(),
        "sex": sex,
        "age": age,
        "region": dice.one_of(REGIONS),
        "employment": employment,
        "career_break_months": career_break,
        "income": "" if dice.chance(0.015) else f"{income}.0",
        "housing": dice.one_of(HOUSING),
        "purpose": dice.one_of(PURPOSES),
        "loan_amount": amount,
        "term_months": term,
        "prior_defaults": defaults,
        "credit_history_years": history,
        "approved": "yes" if approved else "no",
        "repaid": "yes" if repaid else "no",
    }


def table():
    dice = Dice(SEED)
    lines = [",".join(COLUMNS)]
    for number in range(ROWS):
        row = application(dice, number)
        lines.append(",".join(str(row[column]) for column in COLUMNS))
    return "\n".join(lines) + "\n"


def main():
    made = table().encode()
    if "--check" in sys.argv[1:]:
        if not FILE.is_file() or FILE.read_bytes() != made:
            sys.exit(f"{FILE} is not what generate.py makes: run python3 generate.py")
        return
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(made)


if __name__ == "__main__":
    main()
