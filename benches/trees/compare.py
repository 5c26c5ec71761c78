#!/usr/bin/env python3
"""Compares our trees with scikit-learn's: the same data, settings and cores, in one run.

    cargo build --release -p portcullis-learn --example trees
    python benches/trees/compare.py target/release/examples/trees                 # 50,000 rows × 15 columns
    python benches/trees/compare.py target/release/examples/trees --rows 39000 --columns 14 --held-out 9750

needs scikit-learn and numpy. Runs alternate, ours and theirs, so that a busy machine slows both; the table shows medians
with the least and the most, the ratio of the medians, and the accuracy (R² for numbers) on held-out rows, the mean over
the runs, each of which has a seed of its own. Both predict the held-out rows, which are as many as those trained on.
"""

import argparse
import json
import os
import pathlib
import statistics
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
    parser.add_argument("--rows", type=int, default=50000, help="rows to train on")
    parser.add_argument("--held-out", type=int, help="rows to predict; as many as are trained on by default")
    parser.add_argument("--columns", type=int, default=15, choices=table.COLUMNS)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--methods", default="random-forest,gradient-boosting")
    parser.add_argument("--targets", default="binary,multiclass,regression")
    options = parser.parse_args()
    jobs = len(os.sched_getaffinity(0))
    train, rows = options.rows, options.rows + (options.held_out or options.rows)
    print(f"{train} rows to train on, {rows - train} held out, {options.columns} columns, {jobs} cores (n_jobs={jobs}), "
          f"{options.repeat} runs, load {os.getloadavg()[0]:.1f} at the start")
    head = ("method", "target", "", "ours s", "min–max", "theirs s", "min–max", "ratio", "score", "theirs", "loss", "theirs")
    print(LINE.format(*head))
    with tempfile.TemporaryDirectory() as folder:
        for target in options.targets.split(","):
            columns, labels = table.make(rows, target, options.columns)
            paths = [pathlib.Path(folder) / "table", pathlib.Path(folder) / "predicted"]
            np.vstack([columns.T, labels]).astype("<f8").tofile(paths[0])
            classes = 0 if target == "regression" else int(labels.max()) + 1
            for method in options.methods.split(","):
                compare(options, method, target, columns, labels, paths, (rows, train, options.columns, classes), jobs)


LINE = "{:18}{:11}{:8}{:>8}  {:<12}{:>9}  {:<12}{:>6}{:>9}{:>8}{:>9}{:>8}"


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
    mean = lambda runs, at: np.mean([run["score"][at] for run in runs])
    scores = [f"{mean(runs, at):.4f}" for at in (0, 1) for runs in (ours, others)]
    for step in ("fit", "predict"):
        cells, medians = [], []
        for runs in (ours, others):
            values = [run[step] for run in runs]
            medians.append(statistics.median(values))
            cells += [f"{medians[-1]:.3f}", f"{min(values):.2f}–{max(values):.2f}"]
        ratio = f"{medians[0] / medians[1]:.2f}"
        shown = scores if step == "fit" else ["", "", "", f"{min(run['bytes'] for run in ours) / 1e6:.1f} MB"]
        print(LINE.format(method, target, step, *cells, ratio, *shown), flush=True)


if __name__ == "__main__":
    main()
