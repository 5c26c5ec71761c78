#!/usr/bin/env python3
"""Compares reading a CSV file with pandas' read_csv: the same file and cores, in one run.

    cargo build --release -p portcullis-data --example read
    python benches/data/compare.py target/release/examples/read

needs pandas and numpy. Each reading is a process of its own (neither finds memory that the other one warmed), timed from
inside, so that neither the start of Python nor the import of pandas counts. Runs alternate, ours and theirs, so that a busy
machine slows both; the table shows the best time of each (others on the machine only add), their ratio, the processor
time and the most memory that either process held.

They do not do quite the same. We also hash the file (the record of a run names its data by that), infer dates, sort the
levels of texts, and refuse what is not UTF-8; pandas keeps texts one by one. Both find the same rows and missing values,
which is checked.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

THEIRS = """
import json, sys, time
import pandas
started = time.perf_counter()
table = pandas.read_csv(sys.argv[1])
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "rows": len(table), "columns": table.shape[1],
                  "missing": int(table.isna().sum().sum())}))
"""


def write(path, rows, kind, seed=7):
    """A table of 21 columns: 12 floats with one per cent missing, 5 integers, 4 of text."""
    rng = np.random.default_rng(seed)
    columns = {}
    for place in range(12):
        values = rng.normal(0, 10.0 ** (place % 4), rows)
        values[rng.random(rows) < 0.01] = np.nan
        columns[f"number {place}"] = values
    for place in range(5):
        top = 10 ** (place + 2)
        columns[f"integer {place}"] = rng.integers(-top, top, rows)
    columns["letter"] = rng.choice(["a", "b", "c"], rows)
    columns["city"] = rng.choice([f"city {code}" for code in range(200)], rows)
    columns["product"] = rng.choice([f"product, {code}" for code in range(5000)], rows)
    if kind == "identifiers":
        columns["customer"] = [f"id{code:08d}" for code in rng.permutation(rows)]
    else:
        columns["street"] = rng.choice([f"street {code}" for code in range(1000)], rows)
    pd.DataFrame(columns).to_csv(path, index=False)


def run(command):
    """What a process prints, with its processor seconds and peak memory."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    result = json.loads(output)
    result["cpu"] = usage.ru_utime + usage.ru_stime
    result["megabytes"] = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the built example `read`")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print(f"{options.rows} rows, 21 columns, {os.cpu_count()} cores, best of {options.repeat}, "
          f"pandas {pd.__version__}, load {os.getloadavg()[0]:.1f}")
    head = ("texts", "file MB", "ours s", "theirs s", "ratio", "our cpu", "theirs*", "our MB", "theirs")
    print("{:12}{:>8}{:>8}{:>9}{:>7}{:>9}{:>9}{:>8}{:>8}".format(*head))
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("categories", "identifiers"):
            path = pathlib.Path(folder) / "table.csv"
            write(path, options.rows, kind)
            ours, theirs = [], []
            for _ in range(options.repeat):
                ours.append(run([options.program, str(path)]))
                theirs.append(run([sys.executable, "-c", THEIRS, str(path)]))
            for key in ("rows", "columns", "missing"):
                assert ours[0][key] == theirs[0][key], f"{key}: {ours[0][key]} and {theirs[0][key]}"
            best = lambda runs, key: min(result[key] for result in runs)
            print("{:12}{:8.0f}{:8.2f}{:9.2f}{:7.2f}{:9.2f}{:9.2f}{:8.0f}{:8.0f}".format(
                kind, path.stat().st_size / 1e6, best(ours, "seconds"), best(theirs, "seconds"),
                best(ours, "seconds") / best(theirs, "seconds"), best(ours, "cpu"), best(theirs, "cpu"),
                best(ours, "megabytes"), best(theirs, "megabytes")), flush=True)
    print("* with the start of Python and the import of pandas")


if __name__ == "__main__":
    main()
