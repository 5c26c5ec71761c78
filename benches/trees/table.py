"""A seeded table that looks like the Adult census: six numeric and eight categorical columns, a rare positive class,
interactions, columns that say the same twice, and noise in the labels that no model can beat. A fifteenth column, years
in the same job, is drawn apart, so that the other fourteen are the same with it and without it.

Categories are given as codes in an order that means nothing, as an ordinal encoder gives them.
"""

import numpy as np

LEVELS = {"workclass": 9, "education": 16, "marital": 7, "occupation": 15, "relationship": 6, "race": 5, "sex": 2,
          "country": 40}
COLUMNS = (14, 15)


def make(rows, target="binary", columns=14, seed=7):
    """The columns (an array of floats, a row for each of `rows`) and the labels (0/1, 0/1/2/3, or a number)."""
    # The population is drawn apart from the rows, so that it is the same for any number of them.
    rng = np.random.default_rng([seed, 0])
    shares = {name: rng.dirichlet(np.full(levels, 0.7)) for name, levels in LEVELS.items()}
    effect = {name: rng.normal(0, 0.7, levels) for name, levels in LEVELS.items()}
    schooling = rng.permutation(16)

    rng = np.random.default_rng([seed, 1])
    age = np.clip(rng.gamma(6.5, 6.0, rows), 17, 90).round()
    weight = np.exp(rng.normal(12, 0.5, rows)).round()
    years = np.clip(rng.normal(10, 2.6, rows), 1, 16).round()
    gain = np.where(rng.random(rows) < 0.083, np.exp(rng.normal(8.8, 1.0, rows)).round(), 0)
    loss = np.where(rng.random(rows) < 0.047, rng.normal(1870, 380, rows).round(), 0)
    hours = np.where(rng.random(rows) < 0.47, 40, np.clip(rng.normal(41, 15, rows), 1, 99).round())
    category = {name: rng.choice(levels, rows, p=shares[name]) for name, levels in LEVELS.items()}
    category["education"] = schooling[years.astype(int) - 1]
    married = category["marital"] == 1
    # Most of what one column says of the household, the other says again.
    category["relationship"] = np.where(married & (rng.random(rows) < 0.9), category["sex"], category["relationship"])

    score = -0.8 - ((age - 48) / 14) ** 2 * 0.9 + (years - 10) * 0.42 + (hours - 40) * 0.035
    score += 2.1 * married + np.where(gain > 6000, 4.5, 0) + np.where(loss > 1800, 1.6, 0)
    score += 0.06 * (years - 10) * (hours - 40) / 3 * married
    for name in ("workclass", "occupation", "country"):
        score += effect[name][category[name]]
    numeric = [age, weight, years, gain, loss, hours]
    if columns == 15:
        tenure = np.random.default_rng([seed, 2]).gamma(1.3, 6.0, rows).round(1)
        score += 0.04 * np.minimum(tenure, 20) - 0.25
        numeric.append(tenure)
    score *= 1.1
    columns = np.column_stack([*numeric, *category.values()]).astype(float)
    if target == "binary":
        labels = rng.random(rows) < 1 / (1 + np.exp(-score))
    elif target == "multiclass":
        labels = np.digitize(score + rng.logistic(0, 1, rows), [-4.0, -1.5, 1.0])
    else:
        labels = score + rng.logistic(0, 1, rows)
    return columns, labels.astype(float)
