#!/usr/bin/env python3
"""Compares our trees with scikit-learn's: the same data, settings and cores, in one run.

    cargo build --release -p portcullis-learn --example trees
    python benches/trees/compare.py target/release/examples/trees                          # 50,000 × 15 and 39,000 × 14
    python benches/trees/compare.py target/release/examples/trees --sizes 20000x15 --repeat 10

needs scikit-learn and numpy. Every repeat has a table and a seed of its own. Runs alternate, ours and theirs, each in a
process of its own, so that a busy machine slows both. The table shows the medians of the seconds that passed and their
ratio, the ratio of processor seconds (which a busy machine lengthens less), the score on rows that neither has seen
(accuracy, R² for numbers), the mean of ours less theirs with its standard error over the repeats, the same for the error
of the probabilities (Brier's, summed over the classes: it tells forests apart sooner than accuracy does), and the most
memory that each process held until it was trained (theirs with Python and scikit-learn, some 180 MiB).
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import table


def estimator(method, target, jobs, seed):
    from sklearn import ensemble, tree
    kind = "Regressor" if target == "regression" else "Classifier"
    if method == "decision-tree":
        return getattr(tree, f"DecisionTree{kind}")(random_state=seed)
    if method == "random-forest":
        return getattr(ensemble, f"RandomForest{kind}")(200, n_jobs=jobs, random_state=seed)
    return getattr(ensemble, f"HistGradientBoosting{kind}")(max_iter=100, early_stopping=False, random_state=seed)


def run_theirs(job):
    """What the example `trees` does, in a process of its own: prints the same keys."""
    rows, train, width, classes = job["sizes"]
    values = np.fromfile(job["paths"][0], "<f8").reshape(width + 1, rows)
    columns, labels = np.ascontiguousarray(values[:-1].T), values[-1]
    model = estimator(job["method"], job["target"], job["jobs"], job["seed"])
    start, cpu = time.perf_counter(), time.process_time()
    model.fit(columns[:train], labels[:train])
    result = {"fit": time.perf_counter() - start, "fit_cpu": time.process_time() - cpu}
    result["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, cpu = time.perf_counter(), time.process_time()
    predicted = model.predict_proba(columns[train:]) if classes else model.predict(columns[train:])
    result |= {"predict": time.perf_counter() - start, "predict_cpu": time.process_time() - cpu}
    predicted.astype("<f8").tofile(job["paths"][1])
    print(json.dumps(result))


def run(command, labels, classes, predictions):
    result = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert result.get("same", True), "a model read back differs"
    predicted = np.fromfile(predictions, "<f8").reshape(-1, max(classes, 1))
    if classes:
        result["score"] = (predicted.argmax(1) == labels).mean()
        result["brier"] = ((predicted - np.eye(classes)[labels.astype(int)]) ** 2).sum(1).mean()
    else:
        result["score"] = 1 - ((predicted[:, 0] - labels) ** 2).sum() / ((labels - labels.mean()) ** 2).sum()
        result["brier"] = float("nan")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the built example `trees`")
    parser.add_argument("--sizes", default="50000x15,39000x14", help="rows to train on × columns (14 or 15)")
    parser.add_argument("--held-out", type=int, help="rows to predict; as many as are trained on by default")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--methods", default="random-forest,gradient-boosting")
    parser.add_argument("--targets", default="binary,multiclass,regression")
    options = parser.parse_args()
    jobs = len(os.sched_getaffinity(0))
    print(f"{jobs} cores (n_jobs={jobs}), {options.repeat} runs each, load {os.getloadavg()[0]:.1f} at the start")
    for size in options.sizes.split(","):
        train, columns = map(int, size.split("x"))
        rows = train + (options.held_out or train)
        print(f"\n{train} rows × {columns} columns to train on, {rows - train} rows to predict\n")
        print(LINE.format(*HEAD), LINE.format(*["---"] * len(HEAD)), sep="\n", flush=True)
        for method in options.methods.split(","):
            for target in options.targets.split(","):
                compare(options, method, target, rows, train, columns, jobs)


HEAD = ("method", "target", "fit, ours / theirs (s)", "ratio", "of cpu", "predict", "ratio", "of cpu",
        "score, ours / theirs", "difference × 10⁻⁴", "of Brier", "MiB, ours / theirs", "file")
LINE = "| " + " | ".join(["{}"] * len(HEAD)) + " |"


def compare(options, method, target, rows, train, width, jobs):
    ours, others = [], []
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(pathlib.Path(folder) / "table"), str(pathlib.Path(folder) / "predicted")]
        for seed in range(options.repeat):
            columns, labels = table.make(rows, target, width, seed=7 + seed)
            np.vstack([columns.T, labels]).astype("<f8").tofile(paths[0])
            classes = 0 if target == "regression" else int(labels.max()) + 1
            sizes = (rows, train, width, classes)
            command = [options.program, method, *paths, *map(str, sizes), f"seed={seed}"]
            ours.append(run(command, labels[train:], classes, paths[1]))
            job = {"method": method, "target": target, "jobs": jobs, "seed": seed, "sizes": sizes, "paths": paths}
            command = [sys.executable, __file__, "--theirs", json.dumps(job)]
            others.append(run(command, labels[train:], classes, paths[1]))
    median = lambda runs, key: statistics.median(run[key] for run in runs)
    pair = lambda key, digits: f"{median(ours, key):.{digits}f} / {median(others, key):.{digits}f}"
    ratio = lambda key: f"{median(ours, key) / median(others, key):.2f}"
    print(LINE.format(method, target, pair("fit", 2), ratio("fit"), ratio("fit_cpu"), pair("predict", 2),
                      ratio("predict"), ratio("predict_cpu"), pair("score", 4), difference(ours, others, "score"),
                      difference(ours, others, "brier"), pair("memory", 0), f"{median(ours, 'bytes') / 1e6:.1f} MB"),
          flush=True)


def difference(ours, others, key):
    """The mean of ours less theirs and its standard error, in ten thousandths."""
    differences = [1e4 * (one[key] - other[key]) for one, other in zip(ours, others)]
    if np.isnan(differences).any():
        return ""
    error = statistics.stdev(differences) / len(differences) ** 0.5 if len(differences) > 1 else float("nan")
    return f"{statistics.mean(differences):+.1f} ± {error:.1f}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--theirs"]:
        run_theirs(json.loads(sys.argv[2]))
    else:
        main()
