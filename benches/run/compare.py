#!/usr/bin/env python3
"""Compares the whole process `portcullis run` on the irises with Python and scikit-learn, in one run.

    cargo build --release -p portcullis
    python benches/run/compare.py target/release/portcullis

needs scikit-learn in the Python that runs this. The processes take turns, so that a busy machine slows all of them; the
table shows medians with the least and the most, and how often Portcullis would have run meanwhile. Each has run once
before, so that files, byte code and compiled policies are cached.
"""

import argparse
import os
import pathlib
import sys
import tempfile

import processes
import project

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built command `portcullis`")
    parser.add_argument("--repeat", type=int, default=11)
    parser.add_argument("--all-intervals", action="store_true",
                        help="also the script with a bootstrap interval for each metric (takes some ten seconds a turn)")
    options = parser.parse_args()
    program = options.program.resolve()
    print(f"{program.stat().st_size / 2**20:.0f} MiB {options.program}, {processes.machine()}, {options.repeat} runs")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        environment = {**os.environ, "PORTCULLIS_CACHE": str(folder / "cache")}
        home = folder / "project"
        project.make(home, program, environment)
        project.record(home, program, environment)
        timing = project.record(home, program, environment)["timing"]
        if not all(policy["cached"] for policy in timing["policies"].values()):
            raise SystemExit("the policies do not come from the compile cache")
        output = folder / "theirs"
        output.mkdir()
        script = [sys.executable, HERE / "with_sklearn.py", home / "data/iris.csv", output]
        commands = {"portcullis run, seven policies": [program, "run", "--project", home],
                    "portcullis --version": [program, "--version"],
                    'python -c ""': [sys.executable, "-c", ""],
                    'python -c "import sklearn"': [sys.executable, "-c", "import sklearn"],
                    "scikit-learn script": script + ["none"]}
        if options.all_intervals:
            commands["the same, all intervals"] = script + ["all"]
        measured = {name: [] for name in commands}
        for turn in range(options.repeat + 1):
            for name, command in commands.items():
                run = processes.run(command, environment)
                if turn > 0:
                    measured[name].append(run)
    show(measured)


def show(measured):
    first = next(iter(measured))
    ours = processes.middle(measured[first], "wall")[0]
    print(f"{'':32}{'wall ms':>9}  {'min–max':<15}{'cpu ms':>8}{'MiB':>6}{'× ours':>9}")
    for name, runs in measured.items():
        wall, least, most = (1000 * figure for figure in processes.middle(runs, "wall"))
        cpu, memory = 1000 * processes.middle(runs, "cpu")[0], processes.middle(runs, "memory")[0]
        spread = f"{least:.0f}–{most:.0f}"
        print(f"{name:32}{wall:9.1f}  {spread:<15}{cpu:8.0f}{memory:6.0f}{wall / 1000 / ours:9.2f}")


if __name__ == "__main__":
    main()
