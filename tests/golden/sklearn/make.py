"""Generate the golden figures beside this file: inputs, and what scikit-learn, Fairlearn and SciPy make of them.

Deterministic: fixed seeds, pinned versions in requirements.txt.
"""

import json
import math
import pathlib
import warnings

import numpy as np
from fairlearn import metrics as fl
from scipy import stats
from sklearn import calibration
from sklearn import metrics as sk
from sklearn.preprocessing import label_binarize

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
ECE_BINS = 15


def number(value):
    """A float for JSON: NaN becomes null, infinity a word."""
    value = float(value)
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")


def numbers(values):
    return [number(value) for value in values]


def expected_calibration_error(happened, scores):
    """Written down from its definition: scikit-learn has none. Bins as in sklearn.calibration.calibration_curve."""
    edges = np.linspace(0.0, 1.0, ECE_BINS + 1)
    bins = np.searchsorted(edges[1:-1], scores)
    error = 0.0
    for index in range(ECE_BINS):
        inside = bins == index
        if inside.any():
            error += inside.mean() * abs(happened[inside].mean() - scores[inside].mean())
    return error


def averaged(truth, predicted):
    out = {}
    for part, function in [("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)]:
        for average in ["macro", "micro", "weighted"]:
            out[f"{part}_{average}"] = function(truth, predicted, average=average)
    return out


def ranked(positive, scores):
    """Curves and areas of one class against the rest; None where scikit-learn warns that there is nothing to measure."""
    both = 0 < positive.sum() < len(positive)
    out = {"roc_auc": sk.roc_auc_score(positive, scores) if both else math.nan}
    out["average_precision"] = sk.average_precision_score(positive, scores) if positive.any() else math.nan
    curves = {"roc": None, "precision_recall": None}
    if both:
        x, y, thresholds = sk.roc_curve(positive, scores)
        curves["roc"] = {"x": numbers(x), "y": numbers(y), "thresholds": numbers(thresholds)}
    if positive.any():
        precision, recall, thresholds = sk.precision_recall_curve(positive, scores)
        curves["precision_recall"] = {"x": numbers(recall), "y": numbers(precision), "thresholds": numbers(thresholds)}
    observed, predicted = calibration.calibration_curve(positive, scores, n_bins=ECE_BINS, pos_label=True)
    curves["calibration"] = {"predicted": numbers(predicted), "observed": numbers(observed)}
    return out, curves


def classification(name, classes, positive, truth, predicted, scores):
    truth, predicted, scores = np.asarray(truth), np.asarray(predicted), np.asarray(scores, dtype=float)
    k = len(classes)
    labels = list(range(k))
    metrics = {
        "accuracy": sk.accuracy_score(truth, predicted),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, predicted),
        "mcc": sk.matthews_corrcoef(truth, predicted),
        **averaged(truth, predicted),
    }
    if len(set(truth)) == 1 or len(set(predicted)) == 1:
        metrics["mcc"] = math.nan  # 0/0; scikit-learn says 0
    curves = {}
    if positive is not None:
        is_positive, says_positive = truth == positive, predicted == positive
        score = scores[:, positive]
        nan = {"pos_label": positive, "average": "binary", "zero_division": np.nan}
        metrics["precision"] = sk.precision_score(truth, predicted, **nan)
        metrics["recall"] = sk.recall_score(truth, predicted, **nan)
        metrics["f1"] = sk.f1_score(truth, predicted, **nan)
        areas, curves[classes[positive]] = ranked(is_positive, score)
        metrics.update(areas)
        metrics["brier"] = sk.brier_score_loss(is_positive.astype(int), score)
        metrics["expected_calibration_error"] = expected_calibration_error(is_positive, score)
        metrics["selection_rate"] = fl.selection_rate(is_positive, says_positive, pos_label=True)
        for rate, occurs in [
            ("true_positive_rate", is_positive.any()),
            ("false_negative_rate", is_positive.any()),
            ("true_negative_rate", (~is_positive).any()),
            ("false_positive_rate", (~is_positive).any()),
        ]:
            metrics[rate] = math.nan
            if occurs and len(set(is_positive) | set(says_positive)) == 2:
                metrics[rate] = getattr(fl, rate)(is_positive, says_positive, pos_label=True)
            elif occurs:  # one kind of row, all predicted right
                metrics[rate] = float(rate.startswith("true"))
    else:
        every = {}
        for code, label in enumerate(classes):
            areas, curves[label] = ranked(truth == code, scores[:, code])
            for key, value in areas.items():
                every.setdefault(key, []).append(value)
        if len(set(truth)) == k:
            metrics["roc_auc"] = sk.roc_auc_score(truth, scores, multi_class="ovr", average="macro", labels=labels)
            metrics["average_precision"] = sk.average_precision_score(
                label_binarize(truth, classes=labels), scores, average="macro"
            )
        else:
            metrics["roc_auc"] = metrics["average_precision"] = math.nan
        metrics["brier"] = sk.brier_score_loss(truth, scores, labels=labels)
        top = scores.argmax(axis=1)
        metrics["expected_calibration_error"] = expected_calibration_error(top == truth, scores.max(axis=1))
    metrics["log_loss"] = sk.log_loss(truth, scores, labels=labels)
    precision, recall, f1, support = sk.precision_recall_fscore_support(truth, predicted, labels=labels)
    return {
        "name": name,
        "classes": classes,
        "positive": positive,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "scores": scores.ravel().tolist(),
        "metrics": {key: number(value) for key, value in sorted(metrics.items())},
        "confusion": sk.confusion_matrix(truth, predicted, labels=labels).tolist(),
        "per_class": {
            "precision": numbers(precision),
            "recall": numbers(recall),
            "f1": numbers(f1),
            "support": support.tolist(),
        },
        "curves": curves,
    }


def binary(name, seed, rows, share, decimals, classes=("no", "yes"), positive=1, threshold=0.5):
    random = np.random.default_rng(seed)
    truth = (random.random(rows) < share).astype(int)
    logit = random.normal(size=rows) + 1.4 * truth + math.log(share / (1 - share)) / 2
    p = np.round(1 / (1 + np.exp(-logit)), decimals)
    predicted = (p >= threshold).astype(int)
    if positive == 0:
        truth, predicted = 1 - truth, 1 - predicted
        scores = np.stack([p, 1 - p], axis=1)
    else:
        scores = np.stack([1 - p, p], axis=1)
    return classification(name, list(classes), positive, truth, predicted, scores)


def multiclass(name, seed, rows, shares, never=(), decimals=3):
    random = np.random.default_rng(seed)
    k = len(shares)
    truth = random.choice(k, size=rows, p=shares)
    logits = random.normal(size=(rows, k)) + 1.2 * np.eye(k)[truth]
    logits[:, list(never)] -= 6
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    scores = np.round(scores, decimals)
    scores[:, 0] = np.clip(1 - scores[:, 1:].sum(axis=1), 0, 1)
    return classification(name, [f"class {i}" for i in range(k)], None, truth, scores.argmax(axis=1), scores)


def extremes():
    """Scores of exactly 0 and 1, and on the edges of bins."""
    p = np.array([0.0, 1.0, 1.0, 0.0] + [i / 15 for i in range(16)] + [0.2, 0.4, 0.6, 0.8, 1.0])
    truth = (np.arange(len(p)) % 3 == 0).astype(int)
    return classification(
        "scores on the edges", ["no", "yes"], 1, truth, (p > 0.5).astype(int), np.stack([1 - p, p], axis=1)
    )


def regression(name, truth, predicted):
    truth, predicted = np.asarray(truth, dtype=float), np.asarray(predicted, dtype=float)
    metrics = {
        "mse": sk.mean_squared_error(truth, predicted),
        "rmse": sk.root_mean_squared_error(truth, predicted),
        "mae": sk.mean_absolute_error(truth, predicted),
        "median_absolute_error": sk.median_absolute_error(truth, predicted),
        "mape": sk.mean_absolute_percentage_error(truth, predicted),
        "r2": sk.r2_score(truth, predicted, force_finite=False) if len(set(truth)) > 1 else math.nan,
        "mean_prediction": fl.mean_prediction(truth, predicted),
    }
    return {
        "name": name,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "metrics": {key: number(value) for key, value in sorted(metrics.items())},
    }


def regressions():
    random = np.random.default_rng(31)
    truth = np.round(random.normal(size=151) * 10, 2)
    noisy = truth + random.normal(size=151)
    zeros = np.where(np.arange(60) % 7 == 0, 0.0, np.round(random.normal(size=60), 3))
    return [
        regression("odd number of rows", truth, noisy),
        regression("even number of rows", truth[:150], noisy[:150]),
        regression("zeros in the truth", zeros, zeros + np.round(random.normal(size=60), 3)),
        regression("far from zero", 1e6 + truth, 1e6 + noisy),
        regression("constant truth", [3.0] * 5, [3.0, 2.0, 4.0, 3.5, 3.0]),
        regression("perfect", [1.0, 2.0, 4.0], [1.0, 2.0, 4.0]),
        regression("one row", [1.0], [2.0]),
    ]


def tests():
    out = {"mcnemar": [], "fisher": [], "two_proportions": [], "wilson": [], "quantile": []}
    for b, c in [(0, 0), (0, 1), (1, 6), (3, 3), (12, 12), (2, 22), (12, 13), (25, 0), (10, 30), (40, 41), (300, 250), (50, 50)]:
        if b + c < 25:
            statistic, p = None, float(stats.binomtest(min(b, c), b + c, 0.5).pvalue) if b + c else 1.0
        else:
            statistic = max(abs(b - c) - 1, 0) ** 2 / (b + c)
            p = float(stats.chi2.sf(statistic, 1))
        out["mcnemar"].append({"first_only": b, "second_only": c, "statistic": statistic, "p": p})
    for table in [(3, 1, 1, 3), (8, 2, 1, 5), (0, 10, 12, 2), (30, 70, 45, 55), (5, 0, 0, 4), (100, 900, 130, 870), (1, 1, 1, 1), (7, 120, 3, 250)]:
        p = stats.fisher_exact([table[:2], table[2:]]).pvalue
        out["fisher"].append({"table": table, "p": float(p)})
    for x, n, y, m in [(45, 100, 30, 100), (3, 40, 9, 50), (480, 1000, 520, 1000), (1, 10, 9, 10), (10, 20, 10, 20)]:
        pooled = (x + y) / (n + m)
        z = (x / n - y / m) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        out["two_proportions"].append({"counts": [x, n, y, m], "z": z, "p": float(2 * stats.norm.sf(abs(z)))})
    for x, n in [(0, 10), (8, 10), (10, 10), (1, 2), (37, 1000), (500, 1000)]:
        for level in [0.5, 0.9, 0.95, 0.999]:
            interval = stats.binomtest(x, n).proportion_ci(level, "wilson")
            out["wilson"].append({"counts": [x, n], "level": level, "low": float(interval.low), "high": float(interval.high)})
    values = np.round(np.random.default_rng(5).normal(size=37), 4)
    for q in [0, 0.025, 0.1, 1 / 3, 0.5, 0.75, 0.975, 1]:
        out["quantile"].append({"q": q, "value": float(np.quantile(values, q))})
    return {"values": values.tolist(), **out}


def fairness():
    random = np.random.default_rng(8)
    rows = 120
    groups = random.choice(["a", "b", "c"], size=rows, p=[0.5, 0.3, 0.2])
    truth = (random.random(rows) < 0.45).astype(int)
    predicted = np.where(random.random(rows) < 0.75, truth, 1 - truth)
    predicted[(groups == "b") & (random.random(rows) < 0.4)] = 1
    names = ["selection_rate", "true_positive_rate", "false_positive_rate", "true_negative_rate", "false_negative_rate"]
    frame = fl.MetricFrame(
        metrics={name: getattr(fl, name) for name in names},
        y_true=truth,
        y_pred=predicted,
        sensitive_features=groups,
    )
    inputs = {"y_true": truth, "y_pred": predicted, "sensitive_features": groups}
    out = {"groups": groups.tolist(), "truth": truth.tolist(), "predicted": predicted.tolist()}
    out["overall"] = {name: number(frame.overall[name]) for name in names}
    out["by_group"] = {g: {name: number(frame.by_group[name][g]) for name in names} for g in sorted(set(groups))}
    for method in ["between_groups", "to_overall"]:
        out[f"difference_{method}"] = {name: number(frame.difference(method=method)[name]) for name in names}
        out[f"ratio_{method}"] = {name: number(frame.ratio(method=method)[name]) for name in names}
    out["equalized_odds"] = {
        f"{kind}_{agg}": number(getattr(fl, f"equalized_odds_{kind}")(**inputs, agg=agg))
        for kind in ["difference", "ratio"]
        for agg in ["worst_case", "mean"]
    }
    return out


def write(name, value):
    text = json.dumps(value, allow_nan=False, separators=(",", ":"), sort_keys=True)
    # A line per case: small files, readable differences.
    (HERE / name).write_text(text.replace('},{"classes"', '},\n{"classes"').replace('},{"metrics"', '},\n{"metrics"') + "\n")


def main():
    all_negative = binary("one class in the truth", 17, 40, 0.3, 2)
    negative = classification(
        "one class in the truth", ["no", "yes"], 1, [0] * 40, all_negative["predicted"],
        np.asarray(all_negative["scores"]).reshape(-1, 2),
    )
    flat = binary("constant prediction", 19, 50, 0.4, 2, threshold=2)
    write(
        "classification.json",
        [
            binary("ties", 11, 200, 0.45, 1),
            binary("distinct scores", 12, 201, 0.45, 12),
            binary("imbalanced", 13, 400, 0.03, 3),
            binary("first class is the positive one", 14, 150, 0.4, 2, classes=("bad", "good"), positive=0),
            extremes(),
            negative,
            flat,
            classification("perfect and certain", ["no", "yes"], 1, [0, 1, 1], [0, 1, 1], [[1, 0], [0, 1], [0, 1]]),
            classification("all positive, all right", ["no", "yes"], 1, [1, 1], [1, 1], [[0.25, 0.75], [0.5, 0.5]]),
            multiclass("four classes", 21, 300, [0.4, 0.3, 0.2, 0.1]),
            multiclass("a class never predicted", 22, 240, [0.4, 0.3, 0.2, 0.1], never=[3]),
            multiclass("a class absent from the truth", 23, 160, [0.5, 0.3, 0.0, 0.2]),
            multiclass("a class neither true nor predicted", 24, 120, [0.5, 0.0, 0.5], never=[1]),
            multiclass("coarse scores", 25, 180, [0.3, 0.3, 0.4], decimals=1),
        ],
    )
    write("regression.json", regressions())
    write("significance.json", tests())
    write("fairness.json", fairness())


if __name__ == "__main__":
    main()
