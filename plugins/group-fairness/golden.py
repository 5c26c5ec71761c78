"""Prints the figures that the tests of `src/notion.rs` hold: Fairlearn 0.15 on three groups.

Run with fairlearn 0.15 installed: `python golden.py`. Each group is given as (tp, fp, fn, tn).
"""

from fairlearn.metrics import (
    demographic_parity_difference, demographic_parity_ratio, equal_opportunity_difference, equal_opportunity_ratio,
    equalized_odds_difference, equalized_odds_ratio,
)

GROUPS = {"a": (30, 10, 10, 50), "b": (12, 6, 18, 44), "c": (9, 3, 3, 5)}

truth, predicted, groups = [], [], []
for group, (tp, fp, fn, tn) in GROUPS.items():
    for count, label, answer in [(tp, 1, 1), (fp, 0, 1), (fn, 1, 0), (tn, 0, 0)]:
        truth += [label] * count
        predicted += [answer] * count
        groups += [group] * count

for metric in [
    demographic_parity_difference, demographic_parity_ratio, equal_opportunity_difference, equal_opportunity_ratio,
    equalized_odds_difference, equalized_odds_ratio,
]:
    for agg in ["worst_case", "mean"] if "odds" in metric.__name__ else [None]:
        more = {"agg": agg} if agg else {}
        print(metric.__name__, agg or "", repr(metric(truth, predicted, sensitive_features=groups, **more)))
