"""Makes the project that is measured: Fisher's irises, a forest of 200 trees, seven policies and a champion.

Each of the stock policies that judge several classes stands in it, `threshold` twice (accuracy and F1), because
`group-fairness` judges two classes only.
"""

import json
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
POLICIES = ("schema", "completeness", "ranges", "threshold", "champion", "examples")
NAMES = ("schema", "completeness", "ranges", "accuracy", "f1", "champion", "examples")

CONFIGURATION = """
[project]
name = "iris"

[data]
path = "data/iris.csv"
target = "species"

[split]
test = 0.2
seed = 42
stratify = true

[model]
family = "random-forest"
trees = 200
# champion

[[policy]]
use = "policies/schema.wasm"

[policy.params]
unexpected = "forbid"

[policy.params.columns]
"sepal length (cm)" = "number"
"sepal width (cm)" = "number"
"petal length (cm)" = "number"
"petal width (cm)" = "number"
species = "text"

[[policy]]
use = "policies/completeness.wasm"
params = { max_null_share = 0.0, min_rows = 100 }

[[policy]]
use = "policies/ranges.wasm"
params = { all_numeric = { min = 0, max = 10 } }

[[policy]]
name = "accuracy"
use = "policies/threshold.wasm"
params = { metric = "accuracy", min = 0.85 }

[[policy]]
name = "f1"
use = "policies/threshold.wasm"
params = { metric = "f1_macro", min = 0.85 }

[[policy]]
use = "policies/champion.wasm"
params = { metric = "accuracy", min_absolute_change = -0.05, require_champion = true }

[[policy]]
use = "policies/examples.wasm"

[[policy.params.cases]]
name = "the first flower in the table"
input = { "sepal length (cm)" = 5.1, "sepal width (cm)" = 3.5, "petal length (cm)" = 1.4, "petal width (cm)" = 0.2 }
expect = "setosa"
"""


def make(folder, program, environment):
    """Writes the project, trains a smaller forest and makes it the champion."""
    for inner in ("data", "policies", "models"):
        (folder / inner).mkdir(parents=True)
    shutil.copy(ROOT / "examples/iris/data/iris.csv", folder / "data")
    for policy in POLICIES:
        shutil.copy(ROOT / f"policies/{policy}.wasm", folder / "policies")
    settings = folder / "portcullis.toml"
    settings.write_text(CONFIGURATION)
    subprocess.run([program, "train", "--project", folder, "--set", "model.trees=20"], env=environment, check=True,
                   capture_output=True)
    [model] = folder.glob(".portcullis/runs/*/model.portcullis")
    shutil.copy(model, folder / "models/production.model")
    settings.write_text(CONFIGURATION.replace("# champion", 'champion = "models/production.model"'))


def record(folder, program, environment):
    """The record of one run, which must pass with the seven policies."""
    done = subprocess.run([program, "run", "--project", folder, "--format", "json"], env=environment, check=True,
                          capture_output=True)
    found = json.loads(done.stdout)
    names = tuple(policy["name"] for policy in found["policies"])
    verdicts = {policy["verdict"] for policy in found["policies"]}
    if names != NAMES or verdicts != {"passed"} or found["verdict"] != "passed":
        raise SystemExit(f"the project is not judged as it should be: {names}, {verdicts}, {found['verdict']}")
    return found
