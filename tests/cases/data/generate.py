"""Makes the small data files of this folder; what is committed is what it made.

    python3 generate.py

Needs pyarrow, for the formats that are not text.
"""

import csv
import datetime
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

HERE = Path(__file__).parent


def write(name, names, rows):
    with open(HERE / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def loans(name, unfair):
    """Applications for a loan; approval follows income, and income follows sex where it is unfair."""
    draw = random.Random(11)
    rows = []
    for number in range(300):
        sex = "FM"[number % 2]
        income = round(draw.gauss(30 if unfair and sex == "F" else 40, 6), 1)
        employment = draw.choice(["full-time", "part-time", "self-employed"])
        approved = "yes" if income + draw.gauss(0, 2) > 36 else "no"
        rows.append([f"L{number:03}", sex, draw.randint(18, 75), employment, income, approved])
    write(name, ["id", "sex", "age", "employment", "income", "approved"], rows)


def houses():
    """Prices of houses: linear in area and rooms, with a premium by district."""
    draw = random.Random(12)
    premium = {"centre": 60, "harbour": 30, "north": 0}
    rows = []
    for _ in range(200):
        area, district = round(draw.uniform(40, 200), 1), draw.choice(sorted(premium))
        rooms = max(1, round(area / 30 + draw.gauss(0, 0.5)))
        rows.append([area, rooms, district, round(2.5 * area + 8 * rooms + premium[district] + draw.gauss(0, 10), 1)])
    write("houses.csv", ["area", "rooms", "district", "price"], rows)


def visits():
    """Visits of customers over a year; whether they bought depends on how long they stayed."""
    draw = random.Random(13)
    start = datetime.date(2024, 1, 1)
    rows = []
    for number in range(240):
        minutes = round(draw.uniform(0, 60), 1)
        day = start + datetime.timedelta(days=number * 3 // 2)
        rows.append([f"C{draw.randrange(40):02}", day.isoformat(), minutes, draw.randint(1, 20), int(minutes + draw.gauss(0, 6) > 30)])
    write("visits.csv", ["customer", "date", "minutes", "pages", "bought"], rows)


def predictions(name, mistakes):
    """What another tool's model predicted: every row of a class right but for the first `mistakes`."""
    draw = random.Random(14)
    rows = []
    for number in range(100):
        label, sex = number % 2, "FM"[number // 2 % 2]
        right = number >= mistakes
        score = draw.uniform(0.6, 0.99) if right == bool(label) else draw.uniform(0.01, 0.4)
        rows.append([number, sex, label, int(score > 0.5), round(score, 3)])
    write(name, ["id", "sex", "label", "prediction", "score"], rows)


def iris():
    """Iris in the other formats, and in two halves."""
    with open(HERE / "../../../examples/iris/data/iris.csv") as file:
        names, *rows = list(csv.reader(file))
    rows = [[float(cell) for cell in row[:-1]] + row[-1:] for row in rows]
    table = pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})
    pyarrow.parquet.write_table(table, HERE / "iris.parquet")
    pyarrow.feather.write_feather(table, HERE / "iris.arrow", compression="uncompressed")
    with open(HERE / "iris.jsonl", "w") as file:
        for row in rows:
            file.write(json.dumps(dict(zip(names, row))) + "\n")
    for place, name in enumerate(["iris-1.csv", "iris-2.csv"]):
        write(name, names, rows[place::2])


if __name__ == "__main__":
    loans("loans.csv", unfair=True)
    loans("fair-loans.csv", unfair=False)
    houses()
    visits()
    predictions("predictions.csv", mistakes=8)
    predictions("poor-predictions.csv", mistakes=30)
    iris()
