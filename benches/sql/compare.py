#!/usr/bin/env python3
"""What a question in SQL costs a policy, beside Python's sqlite3 over the same columns.

    cargo build --release -p portcullis
    cargo xtask languages rust                               # the toolchain that builds the policy
    python benches/sql/compare.py target/release/portcullis

A policy asks one question of a table of a million rows (three columns: a number, a whole number, a text of ten values). Ours is
the policy's judging: the process of its own, the columns that the statement reads sent to it, its table, the answer, and
what the policy makes of it. Theirs has the columns in Python's memory and makes a table of the same columns in memory. Medians
of five runs in turn, in wall-clock seconds; the answers must be equal.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "languages"))
import compare as languages  # noqa: E402

QUESTIONS = {
    "how many rows": ("SELECT count(*) FROM current", []),
    "a mean": ("SELECT avg(x) FROM current", ["x"]),
    "means by group": ("SELECT g, avg(x) FROM current GROUP BY g ORDER BY g", ["x", "g"]),
    "rank within a group": (
        "SELECT count(*) FROM (SELECT rank() OVER (PARTITION BY g ORDER BY x) AS place FROM current) WHERE place <= 3",
        ["x", "g"],
    ),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portcullis", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    portcullis = options.portcullis.resolve()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} at the start{' (BUSY)' if load > 0.5 else ''}, {options.rows:,} rows\n")
    draw = random.Random(3)
    table = {
        "x": [round(draw.gauss(0, 1), 6) for _ in range(options.rows)],
        "n": [draw.randrange(1000) for _ in range(options.rows)],
        "g": [draw.choice("abcdefghij") * 3 for _ in range(options.rows)],
    }
    print("| question | ours s | Python's sqlite3 s | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="portcullis-sql-") as folder:
        folder = pathlib.Path(folder)
        with (folder / "table.csv").open("w") as file:
            file.write("x,n,g\n")
            file.writelines(f"{x},{n},{g}\n" for x, n, g in zip(*table.values()))
        build(portcullis, folder)
        for name, (statement, columns) in QUESTIONS.items():
            ours, theirs = [], []
            for _ in range(options.repeat):
                seconds, answer = ask(portcullis, folder, statement)
                ours.append(seconds)
                seconds, expected = python(table, statement, columns)
                theirs.append(seconds)
                if not close(answer, expected):
                    sys.exit(f"{name}: {answer}, but sqlite3 says {expected}")
            ours, theirs = statistics.median(ours), statistics.median(theirs)
            print(f"| {name} | {ours:.3f} | {theirs:.3f} | {ours / theirs:.2f} |", flush=True)


def build(portcullis, folder):
    languages.call(
        portcullis, folder, "policy", "new", "./question", "--lang", "rust", "--kind", "data-check", "--needs", "sql"
    )
    shutil.copytree(HERE / "rust", folder / "question", dirs_exist_ok=True)
    schema = {"type": "object", "required": ["statement"], "properties": {"statement": {"type": "string"}}}
    (folder / "question/parameters.json").write_text(json.dumps(schema))
    languages.call(portcullis, folder, "policy", "build", "question")


def ask(portcullis, folder, statement):
    (folder / "portcullis.toml").write_text(
        '[data]\npath = "table.csv"\n\n[[policy]]\nuse = "question/question.wasm"\ngrant = { interfaces = ["sql"] }\n'
        f"params = {{ statement = {json.dumps(statement)} }}\nlimits = {{ sql-steps = 1_000_000_000_000 }}\n"
    )
    record = json.loads(languages.call(portcullis, folder, "check", "--format", "json").stdout)
    judged = record["policies"][0]
    if judged["verdict"] != "passed":
        sys.exit(str(judged))
    measures = {measure["name"]: measure["value"] for measure in judged["measures"]}
    return record["timing"]["policies"]["question"]["judge_seconds"], (measures["rows"], measures["sum"])


def python(table, statement, columns):
    start = time.perf_counter()
    database = sqlite3.connect(":memory:")
    names = columns or ["x"]
    database.execute(f"CREATE TABLE current ({', '.join(names)})")
    database.executemany(
        f"INSERT INTO current VALUES ({', '.join('?' * len(names))})", zip(*(table[name] for name in names))
    )
    answer = database.execute(statement).fetchall()
    seconds = time.perf_counter() - start
    return seconds, (len(answer), sum(value for row in answer for value in row if not isinstance(value, str)))


def close(ours, theirs):
    return all(abs(one - other) <= 1e-9 * max(1, abs(other)) for one, other in zip(ours, theirs))


if __name__ == "__main__":
    main()
