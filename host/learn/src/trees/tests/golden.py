"""Prints the figures of `golden.rs`, from scikit-learn 1.9: `python golden.py`."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

row = np.arange(300)
columns = np.column_stack([row * 37 % 101, row * 53 % 47, row * 29 % 83]).astype(float)
number = (columns[:, 0] - 50) * (columns[:, 1] - 23) / 100 + columns[:, 2] % 7 + (row * 71 % 113) / 100
four = np.digitize(number, [-2, 2, 6])
shown = slice(0, 60, 12)


def show(name, values):
    print(name, np.asarray(values).ravel().tolist())


show("TREE", DecisionTreeRegressor(max_depth=5, min_samples_leaf=3).fit(columns, number).predict(columns)[shown])
for criterion in ("gini", "entropy"):
    tree = DecisionTreeClassifier(criterion=criterion, max_depth=3, min_samples_leaf=5).fit(columns, four)
    show(criterion.upper(), tree.predict_proba(columns)[shown])
boosting = {"early_stopping": False, "max_leaf_nodes": 8, "max_iter": 30}
show("BOOSTED", HistGradientBoostingRegressor(l2_regularization=0.5, **boosting).fit(columns, number).predict(columns)[shown])
model = HistGradientBoostingClassifier(**boosting | {"max_iter": 8})
show("BOOSTED_TWO", model.fit(columns, number > 2).predict_proba(columns)[shown, 1])
# Four leaves: beyond that some splits are equal, and rounding decides between them.
model = HistGradientBoostingClassifier(early_stopping=False, max_leaf_nodes=4, max_iter=8)
show("BOOSTED_FOUR", model.fit(columns, four).predict_proba(columns)[shown])
