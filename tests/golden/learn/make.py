"""Makes the golden figures of the linear families: models fitted by scikit-learn on small tables.

Run with scikit-learn 1.9.1 and pandas: `python make.py`. Each case becomes CASE.json beside this script: the table, how
it was split, the parameters of our family, and what scikit-learn's pipeline answers on all rows. scikit-learn's solvers
run until they cannot improve, so that the figures are the optimum and not the point where it lost patience.
"""

import json
import pathlib

import numpy
import pandas
import sklearn
from pandas.api.types import is_numeric_dtype
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).parent


def iris():
    data = load_iris(as_frame=True)
    return data.data, data.target.map(lambda code: data.target_names[code])


def loans(rows=240):
    """Mixed columns with gaps; the first 160 rows are learnt from, and a category occurs only after them."""
    draw = numpy.random.default_rng(7)
    age = draw.integers(18, 80, rows).astype(float)
    income = draw.lognormal(10, 0.5, rows).round(2)
    home = draw.choice(["own", "rent", "mortgage"], rows)
    job = draw.choice(["clerk", "cook", "nurse", "smith"], rows)
    score = (age - 45) / 20 + (income - 22000) / 9000 + (home == "own") - (job == "cook") + draw.logistic(0, 1, rows)
    amount = (1000 + 30 * age + 0.05 * income + 400 * (home == "own") + draw.normal(0, 200, rows)).round(1)
    home, job = home.astype(object), job.astype(object)
    age[draw.random(rows) < 0.1] = numpy.nan
    income[draw.random(rows) < 0.1] = numpy.nan
    home[draw.random(rows) < 0.1] = None
    job[170] = "pilot"
    table = pandas.DataFrame({"age": age, "income": income, "home": home, "job": job})
    return table, pandas.Series(numpy.where(score > 0, "yes", "no")), pandas.Series(amount)


def diabetes():
    data = load_diabetes(as_frame=True, scaled=False)
    return data.data, data.target


def encoder(table, scaler, imputer="median"):
    """Our encoding in scikit-learn's words: a missing category is a level of its own, an unknown one is all zeros."""
    numbers = [name for name in table if is_numeric_dtype(table[name])]
    words = [name for name in table if name not in numbers]
    steps = [SimpleImputer(strategy=imputer)] + ([scaler] if scaler else [])
    return ColumnTransformer([
        ("numbers", make_pipeline(*steps), numbers),
        ("words", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
    ])


def case(name, family, parameters, table, target, model, train=None, scaler=None, imputer="median"):
    train = len(table) if train is None else train
    pipeline = make_pipeline(encoder(table, scaler, imputer), model)
    pipeline.fit(table[:train], target[:train])
    figures = {}
    if hasattr(model, "coef_"):
        figures["coefficients"] = numpy.atleast_2d(model.coef_).tolist()
        figures["intercepts"] = numpy.atleast_1d(model.intercept_).tolist()
    if hasattr(model, "predict_proba"):
        figures["classes"] = list(model.classes_)
        figures["probabilities"] = pipeline.predict_proba(table).tolist()
    else:
        figures["predictions"] = pipeline.predict(table).tolist()
    columns = [
        {"name": column, "values": [None if pandas.isna(value) else value for value in table[column].tolist()]}
        for column in table
    ]
    content = {
        "scikit-learn": sklearn.__version__,
        "family": family,
        "parameters": parameters,
        "train": train,
        "columns": columns,
        "target": target.tolist(),
        "figures": figures,
    }
    (HERE / f"{name}.json").write_text(json.dumps(content, allow_nan=False) + "\n")


def logistic(l2):
    # Newton's method ends at the optimum to the last digits, wherever L-BFGS would stop.
    return LogisticRegression(C=1 / l2, solver="newton-cg", tol=1e-14, max_iter=100_000)


def main():
    flowers, species = iris()
    table, repaid, amount = loans()
    patients, progress = diabetes()
    two = species != "setosa"
    tight = {"tolerance": 1e-12, "max-iterations": 10000}
    plain = {"scaling": "none"}
    case("logistic-binary", "logistic-regression", {"l2": 0.5, **plain, **tight},
         flowers[two].reset_index(drop=True), species[two].reset_index(drop=True), logistic(0.5))
    case("logistic-multinomial", "logistic-regression", {"l2": 1.0, **tight}, flowers, species, logistic(1.0),
         scaler=StandardScaler())
    case("logistic-mixed", "logistic-regression", {"l2": 2.0, **tight}, table, repaid, logistic(2.0),
         train=160, scaler=StandardScaler())
    case("naive-bayes-iris", "naive-bayes", {}, flowers, species, GaussianNB())
    case("naive-bayes-mixed", "naive-bayes", {"scaling": "min-max", "imputation": "mean", "var-smoothing": 1e-3},
         table, repaid, GaussianNB(var_smoothing=1e-3), train=160, scaler=MinMaxScaler(), imputer="mean")
    case("least-squares", "linear-regression", plain, patients, progress, LinearRegression())
    case("least-squares-mixed", "linear-regression", {}, table, amount, LinearRegression(), train=160,
         scaler=StandardScaler())
    case("elastic-net", "elastic-net", {"alpha": 0.1, "l1-ratio": 0.7, **plain, **tight}, patients, progress,
         ElasticNet(alpha=0.1, l1_ratio=0.7, tol=1e-14, max_iter=100_000))
    case("lasso-mixed", "elastic-net", {"alpha": 20.0, "l1-ratio": 1.0, **tight}, table, amount,
         ElasticNet(alpha=20.0, l1_ratio=1.0, tol=1e-14, max_iter=100_000), train=160, scaler=StandardScaler())


if __name__ == "__main__":
    main()
