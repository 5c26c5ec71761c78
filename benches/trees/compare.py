#!/usr/bin/env python3
"""Compares our trees with scikit-learn's: the same data, settings and cores, in one run.

    cargo build --release -p portcullis-learn --example trees
    python benches/trees/compare.py target/release/examples/trees

needs scikit-learn and numpy. Runs alternate, ours and theirs, so that a busy machine slows both; the table shows the
best time of each (others on the machine only add), their ratio, and the accuracy (R² for numbers) on held-out rows.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

import numpy as np
from sklearn.ensemble import (HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier,
                              RandomForestRegressor)
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import table


def theirs(method, target, jobs, seed):
    number = target == "regression"
    if method == "decision-tree":
        return (DecisionTreeRegressor if number else DecisionTreeClassifier)(random_state=seed)
    if method == "random-forest":
        return (RandomForestRegressor if number else RandomForestClassifier)(200, n_jobs=jobs, random_state=seed)
    kind = HistGradientBoostingRegressor if number else HistGradientBoostingClassifier
    return kind(max_iter=100, early_stopping=False, random_state=seed)


def score(target, truth, predicted):
    """Accuracy and log loss, or R²."""
    if target == "regression":
        return r2_score(truth, predicted), float("nan")
    classes = np.arange(predicted.shape[1])
    return accuracy_score(truth, predicted.argmax(1)), log_loss(truth, predicted, labels=classes)


def run_ours(program, method, paths, sizes, seed):
    arguments = [program, method, *map(str, paths), *map(str, sizes), f"seed={seed}"]
    result = json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)
    assert result["same"], "a model read back differs"
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the built example `trees`")
    parser.add_argument("--rows", type=int, default=39000, help="rows to train on; a quarter more are held out")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--methods", default="decision-tree,random-forest,gradient-boosting")
    parser.add_argument("--targets", default="binary,multiclass,regression")
    options = parser.parse_args()
    jobs = len(os.sched_getaffinity(0))
    train, rows = options.rows, options.rows + options.rows // 4
    print(f"{train} rows to train on, {rows - train} held out, 14 columns, {jobs} cores, best of {options.repeat}")
    head = ("method", "target", "ours s", "theirs s", "ratio", "predict", "ratio", "score", "theirs", "loss", "theirs", "MB")
    print("{:18}{:11}{:>8}{:>9}{:>7}{:>9}{:>7}{:>8}{:>8}{:>8}{:>8}{:>7}".format(*head))
    with tempfile.TemporaryDirectory() as folder:
        for target in options.targets.split(","):
            columns, labels = table.make(rows, target)
            paths = [pathlib.Path(folder) / "table", pathlib.Path(folder) / "predicted"]
            np.vstack([columns.T, labels]).astype("<f8").tofile(paths[0])
            classes = 0 if target == "regression" else int(labels.max()) + 1
            for method in options.methods.split(","):
                compare(options, method, target, columns, labels, paths, (rows, train, 14, classes), jobs)


def compare(options, method, target, columns, labels, paths, sizes, jobs):
    rows, train, _, classes = sizes
    held_out, ours, others = labels[train:], [], []
    for repeat in range(options.repeat):
        ours.append(run_ours(options.program, method, paths, sizes, repeat))
        predicted = np.fromfile(paths[1], "<f8").reshape(-1, max(classes, 1))
        ours[-1]["score"] = score(target, held_out, predicted)
        model = theirs(method, target, jobs, repeat)
        start = time.perf_counter()
        model.fit(columns[:train], labels[:train])
        fitted = time.perf_counter() - start
        start = time.perf_counter()
        predicted = model.predict_proba(columns[train:]) if classes else model.predict(columns[train:])
        others.append({"fit": fitted, "predict": time.perf_counter() - start,
                       "score": score(target, held_out, predicted)})
    best = lambda runs, key: min(run[key] for run in runs)
    mean = lambda runs, at: np.mean([run["score"][at] for run in runs])
    print("{:18}{:11}{:8.3f}{:9.3f}{:7.2f}{:9.4f}{:7.2f}{:8.4f}{:8.4f}{:8.4f}{:8.4f}{:7.1f}".format(
        method, target, best(ours, "fit"), best(others, "fit"), best(ours, "fit") / best(others, "fit"),
        best(ours, "predict"), best(ours, "predict") / best(others, "predict"),
        mean(ours, 0), mean(others, 0), mean(ours, 1), mean(others, 1), best(ours, "bytes") / 1e6), flush=True)


if __name__ == "__main__":
    main()
