#!/usr/bin/env python3
"""Forests on a column of many codes, each with an effect of its own: what bins lose, and what fine bins win back.

    cargo build --release -p portcullis-learn --example trees
    python benches/trees/codes.py target/release/examples/trees [OTHER-BUILD …]

20,000 rows to train on and as many to predict, five numeric columns, the first of which is a code; R² and seconds to fit, means
of two tables, of each program given and of scikit-learn's forest. Give it several builds, with another `FINE_ROWS` in
`host/learn/src/trees/search.rs` each, to see what the constant is worth.
"""

import json
import os
import pathlib
import sys
import tempfile

import numpy as np

import compare

TRAIN, TABLES = 20_000, 2


def main():
    programs = sys.argv[1:]
    if not programs:
        sys.exit(__doc__)
    print("| codes |", " | ".join([*map(str, programs), "scikit-learn"]), "|")
    print("|---|", "---|" * (len(programs) + 1), sep="")
    for codes in (100, 500, 1000, 3000):
        runs = [[] for _ in range(len(programs) + 1)]
        for seed in range(TABLES):
            measure(programs, codes, seed, runs)
        mean = lambda runs, key: np.mean([run[key] for run in runs])
        print(f"| {codes} |", " | ".join(f"{mean(one, 'score'):.4f}, {mean(one, 'fit'):.2f} s" for one in runs), "|", flush=True)


def measure(programs, codes, seed, runs):
    random = np.random.default_rng(seed)
    rows = 2 * TRAIN
    code = random.integers(0, codes, rows)
    effect = random.normal(size=codes)
    columns = np.vstack([code, *(random.normal(size=rows) for _ in range(4))])
    numbers = effect[code] + columns[1] + 0.5 * random.normal(size=rows)
    sizes = (rows, TRAIN, len(columns), 0)
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(pathlib.Path(folder) / name) for name in ("table", "predicted")]
        np.vstack([columns, numbers]).astype("<f8").tofile(paths[0])
        job = {"method": "random-forest", "target": "regression", "jobs": len(os.sched_getaffinity(0)), "seed": seed, "sizes": sizes, "paths": paths}
        commands = [[program, "random-forest", *paths, *map(str, sizes), f"seed={seed}"] for program in programs]
        commands.append([sys.executable, compare.__file__, "--theirs", json.dumps(job)])
        for command, one in zip(commands, runs):
            one.append(compare.run(command, numbers[TRAIN:], 0, paths[1]))


if __name__ == "__main__":
    main()
