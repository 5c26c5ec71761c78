#!/usr/bin/env python3
"""Shows where the time goes in `portcullis run` on the irises, with an empty compile cache and with a full one.

    cargo build --release -p portcullis
    python benches/run/breakdown.py target/release/portcullis

Needs nothing but Python. The steps come from the run record's `timing`; the process is timed around it. What the record
cannot know of itself (the start of the process, the configuration, the writing of results and the report) is the
difference; `portcullis --version` says how much of it is the start. A policy's `load` is reading, hashing, and compiling or
taking from the cache; `judge` is instantiating and calling. Policies load and judge side by side, so that their sum may be
more than the step's time; the step `load policies` also makes the engine and asks each policy to describe itself.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import tempfile

import processes
import project

STEPS = ("load policies", "read data", "check", "train", "evaluate", "gate")


def once(program, home, environment, folder):
    """The steps of one run in seconds."""
    report = folder / "record.json"
    run = processes.run([program, "run", "--project", home, "--format", f"json={report}"], environment)
    timing = json.loads(report.read_text())["timing"]
    seconds, policies = timing["seconds"], timing["policies"].values()
    found = {step: seconds[step] for step in STEPS}
    found["split and the rest"] = seconds["total"] - sum(found.values())
    found["start, write, report"] = run["wall"] - seconds["total"]
    found["whole process"] = run["wall"]
    found["start alone (--version)"] = processes.run([program, "--version"], environment)["wall"]
    found["policies: load, sum"] = sum(policy["load_seconds"] for policy in policies)
    found["policies: of that compile, sum"] = sum(policy["compile_seconds"] for policy in policies)
    found["policies: judge, sum"] = sum(policy["judge_seconds"] for policy in policies)
    found["policies: of that instantiate, sum"] = sum(policy["instantiate_seconds"] for policy in policies)
    return found, {policy["cached"] for policy in policies}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="the built command `portcullis`")
    parser.add_argument("--repeat", type=int, default=11)
    options = parser.parse_args()
    program = options.program.resolve()
    print(f"{program.stat().st_size / 2**20:.0f} MiB {options.program}, {processes.machine()}, {options.repeat} runs")
    cold, warm = [], []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        cache = folder / "cache"
        environment = {**os.environ, "PORTCULLIS_CACHE": str(cache)}
        home = folder / "project"
        project.make(home, program, environment)
        project.record(home, program, environment)
        for _ in range(options.repeat):
            shutil.rmtree(cache)
            for runs, cached in ((cold, False), (warm, True)):
                found, seen = once(program, home, environment, folder)
                # The two thresholds are one file: the second of them may find it compiled.
                if cached and seen != {True} or not cached and False not in seen:
                    raise SystemExit(f"cached: {seen}, which is not what this run should measure")
                runs.append(found)
        kept = sum(file.stat().st_size for file in cache.rglob("*") if file.is_file())
    print(f"{'':26}{'cold ms':>9}  {'min–max':<15}{'warm ms':>9}  min–max")
    for step in warm[0]:
        cells = []
        for runs in (cold, warm):
            values = [1000 * run[step] for run in runs]
            cells.append((statistics.median(values), f"{min(values):.1f}–{max(values):.1f}"))
        print(f"{step:26}{cells[0][0]:9.1f}  {cells[0][1]:<15}{cells[1][0]:9.1f}  {cells[1][1]}")
    print(f"compile cache: {kept / 2**20:.2f} MiB")


if __name__ == "__main__":
    main()
