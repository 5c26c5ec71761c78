#!/usr/bin/env python3
"""`portcullis gate` with ten cached policies on a small evaluation: the whole process, beside the start of the process alone.

    cargo build --release -p portcullis
    python benches/run/gate.py target/release/portcullis

The model is one from elsewhere, by its predictions for 400 rows; ten gates (eight thresholds, two comparisons of groups) judge it
from the compile cache. Medians of the runs, in turn with `portcullis --version`.
"""

import argparse
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
METRICS = ["accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc", "roc_auc", "brier"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portcullis", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=31)
    options = parser.parse_args()
    portcullis = options.portcullis.resolve()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} at the start{' (BUSY)' if load > 0.5 else ''}, {options.repeat} runs each in turn")
    with tempfile.TemporaryDirectory(prefix="portcullis-gate-") as folder:
        environment = {**os.environ, "PORTCULLIS_CACHE": str(pathlib.Path(folder) / "cache")}
        folder = pathlib.Path(folder) / "project"
        folder.mkdir()
        project(folder)
        gate = [portcullis, "gate", "--quiet", "--format", "json"]
        first = subprocess.run(gate, cwd=folder, env=environment, capture_output=True, text=True)
        if first.returncode != 0:
            sys.exit(f"the gate does not pass:\n{first.stdout[-2000:]}{first.stderr}")
        times, memory = {"gate": [], "version": []}, {"gate": [], "version": []}
        for _ in range(options.repeat):
            for name, command in (("gate", gate), ("version", [portcullis, "--version"])):
                start = time.perf_counter()
                process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
                _, status, usage = os.wait4(process.pid, 0)
                times[name].append((time.perf_counter() - start) * 1e3)
                memory[name].append(usage.ru_maxrss / 1024)
                if status != 0:
                    sys.exit(f"{command[1]} ends with {status}")
    print("\n| process | median ms | min–max | peak memory |\n|---|---|---|---|")
    for name, label in (("gate", "`portcullis gate`, ten cached policies"), ("version", "`portcullis --version`")):
        print(f"| {label} | {statistics.median(times[name]):.1f} | {min(times[name]):.1f}–{max(times[name]):.1f} "
              f"| {statistics.median(memory[name]):.0f} MiB |")


def project(folder):
    draw = random.Random(5)
    lines = ["id,segment,label,prediction,score"]
    for row in range(400):
        label = draw.randint(0, 1)
        score = min(1.0, max(0.0, 0.75 * label + 0.12 + draw.gauss(0, 0.1)))
        lines.append(f"{row},{'ab'[row % 2]},{label},{int(score >= 0.5)},{score:.4f}")
    (folder / "predictions.csv").write_text("\n".join(lines) + "\n")
    policies = ROOT / "policies"
    text = '[data]\nid = "id"\npositive = "1"\ngroups = ["segment"]\n\n[model]\npredictions = "predictions.csv"\n'
    for metric in METRICS:
        bound = "max = 0.5" if metric == "brier" else "min = 0.5"
        text += f'\n[[policy]]\nname = "{metric}"\nuse = "{policies}/threshold.wasm"\nparams = {{ metric = "{metric}", {bound} }}\n'
    for number, notion in enumerate(("max_demographic_parity_difference", "max_equal_opportunity_difference")):
        text += f'\n[[policy]]\nname = "fair-{number}"\nuse = "{policies}/group-fairness.wasm"\nparams = {{ {notion} = 0.5 }}\n'
    (folder / "portcullis.toml").write_text(text)


if __name__ == "__main__":
    main()
