"""Makes `golden.json`, the figures that the tests of `src/notion.rs` hold: Fairlearn 0.15 on a few sets of groups.

Run with fairlearn 0.15 installed: `python golden.py > golden.json`. Each group is given as (tp, fp, fn, tn).

Fairlearn takes a rate of 0/0 for 0, Portcullis leaves the group out of that rate. So each rate is aggregated here by
Fairlearn's MetricFrame over the groups that have it; with fewer than two of them there is nothing to compare (null). The
two rates of equalized odds are joined as Fairlearn joins them, and where every group has every rate the figures are
checked against Fairlearn's own functions.
"""

import json
import math
import sys

from fairlearn import metrics

SETS = {
    "every rate defined": {"a": (30, 10, 10, 50), "b": (12, 6, 18, 44), "c": (9, 3, 3, 5)},
    "no positives in c": {"a": (30, 10, 10, 50), "b": (12, 6, 18, 44), "c": (0, 3, 0, 17)},
    "no positives in c, no negatives in b": {"a": (30, 10, 10, 50), "b": (12, 0, 18, 0), "c": (0, 3, 0, 17)},
    "positives in a alone": {"a": (30, 10, 10, 50), "b": (0, 6, 0, 44), "c": (0, 3, 0, 17)},
    "negatives in a alone": {"a": (30, 10, 10, 50), "b": (12, 0, 18, 0), "c": (9, 0, 1, 0)},
    "no rate of odds in two groups": {"a": (30, 0, 10, 0), "b": (0, 6, 0, 44)},
}
RATES = {
    "selection": (metrics.selection_rate, lambda tp, fp, fn, tn: tp + fp + fn + tn),
    "true_positive": (metrics.true_positive_rate, lambda tp, fp, fn, tn: tp + fn),
    "false_positive": (metrics.false_positive_rate, lambda tp, fp, fn, tn: fp + tn),
}


def rows(groups):
    truth, predicted, names = [], [], []
    for name, (tp, fp, fn, tn) in groups.items():
        for count, label, answer in [(tp, 1, 1), (fp, 0, 1), (fn, 1, 0), (tn, 0, 0)]:
            truth += [label] * count
            predicted += [answer] * count
            names += [name] * count
    return truth, predicted, names


def aggregate(groups, rate, kind):
    metric, basis = RATES[rate]
    having = {name: counts for name, counts in groups.items() if basis(*counts) > 0}
    if len(having) < 2:
        return None
    truth, predicted, names = rows(having)
    frame = metrics.MetricFrame(metrics=metric, y_true=truth, y_pred=predicted, sensitive_features=names)
    return float(getattr(frame, kind)(method="between_groups"))


def figures(groups):
    found = {}
    for kind, worst in [("difference", max), ("ratio", min)]:
        found[f"demographic_parity_{kind}"] = aggregate(groups, "selection", kind)
        found[f"equal_opportunity_{kind}"] = aggregate(groups, "true_positive", kind)
        odds = [aggregate(groups, rate, kind) for rate in ("true_positive", "false_positive")]
        for agg, join in [("worst_case", worst), ("mean", lambda values: sum(values) / 2)]:
            found[f"equalized_odds_{kind}_{agg}"] = None if None in odds else join(odds)
    return found


def check(groups, found):
    """Fairlearn's own functions say the same where no rate is 0/0."""
    truth, predicted, names = rows(groups)
    for name, value in found.items():
        stem, agg = (name, {})
        for word in ("worst_case", "mean"):
            if name.endswith(word):
                stem, agg = name.removesuffix(f"_{word}"), {"agg": word}
        theirs = getattr(metrics, stem)(truth, predicted, sensitive_features=names, **agg)
        assert math.isclose(theirs, value, abs_tol=1e-12), (name, theirs, value)


sets = []
for title, groups in SETS.items():
    found = figures(groups)
    if all(basis(*counts) for counts in groups.values() for _, basis in RATES.values()):
        check(groups, found)
    sets.append({"title": title, "groups": groups, "figures": found})
sys.stdout.write("[\n" + ",\n".join(json.dumps(each) for each in sets) + "\n]\n")
