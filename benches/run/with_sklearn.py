"""What `portcullis run` does with the irises, by hand with scikit-learn: read, check, split, train, evaluate, judge, write.

    python with_sklearn.py DATA OUTPUT [none|all]

Written to be quick: the csv module rather than pandas (whose import alone takes longer than this script's work), no jobs
(they cost more than they save on 150 rows). The last argument says whether each metric gets a bootstrap interval of 1,000
resamples, as each does in Portcullis; `all` does so as the manual would have it, with scikit-learn's own functions. Two
cases: without the intervals the script does less than Portcullis; with them it spends its time in a loop that a patient
author would write out as array operations. The truth lies between.
"""

import csv
import json
import pathlib
import pickle
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import (accuracy_score, average_precision_score, balanced_accuracy_score, confusion_matrix,
                             log_loss, matthews_corrcoef, precision_recall_fscore_support, roc_auc_score)
from sklearn.model_selection import train_test_split

COLUMNS = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)", "species"]
RESAMPLES = 1000


def calibration_error(truth, scores, bins=15):
    sure, right = scores.max(1), scores.argmax(1) == truth
    places = np.minimum((sure * bins).astype(int), bins - 1)
    weights = np.bincount(places, minlength=bins)
    gaps = np.abs(np.bincount(places, right, bins) - np.bincount(places, sure, bins))
    return gaps[weights > 0].sum() / len(truth)


def measure(truth, scores):
    """The seventeen metrics that Portcullis gives for several classes."""
    predicted = scores.argmax(1)
    metrics = {"accuracy": accuracy_score(truth, predicted),
               "balanced_accuracy": balanced_accuracy_score(truth, predicted),
               "mcc": matthews_corrcoef(truth, predicted),
               "roc_auc": roc_auc_score(truth, scores, multi_class="ovr"),
               "average_precision": average_precision_score(np.eye(scores.shape[1])[truth], scores),
               "log_loss": log_loss(truth, scores, labels=range(scores.shape[1])),
               "brier": ((np.eye(scores.shape[1])[truth] - scores) ** 2).sum(1).mean(),
               "expected_calibration_error": calibration_error(truth, scores)}
    for average in ("macro", "micro", "weighted"):
        figures = precision_recall_fscore_support(truth, predicted, average=average, zero_division=0)
        for name, figure in zip(("precision", "recall", "f1"), figures):
            metrics[f"{name}_{average}"] = figure
    return metrics


def intervals(truth, scores):
    rng = np.random.default_rng(42)
    drawn = []
    while len(drawn) < RESAMPLES:
        rows = rng.integers(0, len(truth), len(truth))
        if len(np.unique(truth[rows])) == scores.shape[1]:  # else the ROC AUC is not defined
            drawn.append(measure(truth[rows], scores[rows]))
    return {name: np.quantile([one[name] for one in drawn], [0.025, 0.975]).tolist() for name in drawn[0]}


def main(data, output, wanted):
    with open(data, newline="") as lines:
        header, *rows = csv.reader(lines)
    assert header == COLUMNS, "schema"
    assert len(rows) >= 100 and all(cell != "" for row in rows for cell in row), "completeness"
    inputs = np.array([row[:-1] for row in rows], dtype=float)
    assert inputs.min() >= 0 and inputs.max() <= 10, "ranges"
    classes, labels = np.unique([row[-1] for row in rows], return_inverse=True)

    known, unknown, truth, held_out = train_test_split(inputs, labels, test_size=0.2, stratify=labels, random_state=42)
    model = RandomForestClassifier(200, random_state=42).fit(known, truth)
    scores = model.predict_proba(unknown)
    metrics = measure(held_out, scores)
    bounds = intervals(held_out, scores) if wanted == "all" else {}

    champion = output / "champion.pickle"
    if not champion.exists():
        smaller = RandomForestClassifier(20, random_state=42).fit(known, truth)
        champion.write_bytes(pickle.dumps(smaller))
    before = measure(held_out, pickle.loads(champion.read_bytes()).predict_proba(unknown))
    judged = {"accuracy": metrics["accuracy"] >= 0.85, "f1": metrics["f1_macro"] >= 0.85,
              "champion": metrics["accuracy"] >= before["accuracy"] - 0.05,
              "examples": classes[model.predict([[5.1, 3.5, 1.4, 0.2]])[0]] == "setosa"}

    (output / "model.pickle").write_bytes(pickle.dumps(model))
    np.savetxt(output / "predictions.csv", np.column_stack([held_out, scores]), delimiter=",")
    report = {"metrics": metrics, "intervals": bounds, "policies": {name: bool(good) for name, good in judged.items()},
              "confusion": confusion_matrix(held_out, scores.argmax(1)).tolist()}
    (output / "record.json").write_text(json.dumps(report))
    print("PASSED" if all(judged.values()) else "BLOCKED", f"accuracy {metrics['accuracy']:.4f}")
    return 0 if all(judged.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "none"))
