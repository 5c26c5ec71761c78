#!/usr/bin/env python3
"""What a policy costs in each language, in one table.

    cargo build --release -p portcullis
    cargo xtask languages --all                              # installs the toolchains into target/
    python benches/languages/compare.py target/release/portcullis
    python benches/languages/compare.py target/release/portcullis --languages rust,c --rows 1000000

For each language the data check `missing-values`, as `policy new` writes it: its size, compiling it without a cache, loading
it from the cache, instantiating it, and judging it (instantiate, call, drop) once with the answers of a recording at hand.
Then a policy that reads one column of numbers row by row through the contract and adds it up (`sum/`): wall-clock seconds of
its judging in a run, and megabytes of numbers in a second. The sums must be equal to the last bit.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LANGUAGES = ["rust", "c", "zig", "go", "javascript", "typescript", "python"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portcullis", type=pathlib.Path)
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=200, help="how often each case is judged")
    options = parser.parse_args()
    languages = options.languages.split(",")
    if unknown := [language for language in languages if language not in LANGUAGES]:
        parser.error(f"no language {', '.join(unknown)}; valid: {', '.join(LANGUAGES)}")
    portcullis = options.portcullis.resolve()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} at the start{' (BUSY)' if load > 0.5 else ''}, {options.rows:,} values to add up\n")
    print("| language | size | compile | load | instantiate | judge | p99 | instructions | sum s | MB/s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="portcullis-languages-") as folder:
        folder = pathlib.Path(folder)
        data = folder / "numbers.csv"
        with data.open("w") as file:
            file.write("x\n")
            for start in range(0, options.rows, 1000):
                file.write("".join(f"{value / 8}\n" for value in range(min(1000, options.rows - start))))
        sums = set()
        for language in languages:
            line, total = measure(portcullis, language, folder / language, data, options)
            sums.add(total)
            print(line, flush=True)
        print(f"\nsum: {sums.pop() if len(sums) == 1 else f'THEY DIFFER: {sums}'}")
        return 1 if sums else 0


def call(portcullis, folder, *arguments, check=True):
    tools = ROOT / "target/toolchains"
    environment = {
        **os.environ,
        "PATH": f"{tools / 'venv/bin'}:{os.environ['PATH']}",
        "CARGO_TARGET_DIR": str(tools / "cargo"),
        "PORTCULLIS_CACHE": str(folder.parent / "cache"),
    }
    environment |= go_environment(tools)
    done = subprocess.run([portcullis, "--quiet", *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if check and done.returncode != 0:
        sys.exit(f"portcullis {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done


def go_environment(tools):
    note = tools / "go.env"
    return dict(line.split("=", 1) for line in note.read_text().splitlines()) if note.exists() else {}


def build_sum(portcullis, language, folder):
    """Makes and builds the policy that adds up a column: sum/sum.wasm in the folder."""
    call(portcullis, folder, "policy", "new", "./sum", "--lang", language, "--kind", "data-check", "--needs", "rows")
    shutil.copytree(HERE / "sum" / language, folder / "sum", dirs_exist_ok=True)
    (folder / "sum/parameters.json").write_text('{ "type": "object", "additionalProperties": false }\n')
    call(portcullis, folder, "policy", "build", "sum")


def measure(portcullis, language, folder, data, options):
    folder.mkdir()
    modules = ROOT / "target/toolchains/javascript/node_modules"
    if modules.exists():
        (folder / "node_modules").symlink_to(modules)
    call(portcullis, folder, "policy", "new", "./missing-values", "--lang", language, "--kind", "data-check")
    call(portcullis, folder, "policy", "build", "missing-values")
    bench = call(portcullis, folder, "policy", "bench", "missing-values", "--repeat", str(options.repeat), "--format", "json")
    cost = next(one for one in json.loads(bench.stdout) if one["case"] == "missing")

    build_sum(portcullis, language, folder)
    (folder / "portcullis.toml").write_text(
        f'[data]\npath = "{data}"\n\n[[policy]]\nuse = "sum/sum.wasm"\ngrant = {{ interfaces = ["rows"] }}\n'
        'limits = { fuel = 1_000_000_000_000, time = "30m" }\n'
    )
    call(portcullis, folder, "check")  # compiles
    record = json.loads(call(portcullis, folder, "check", "--format", "json").stdout)
    judged = record["policies"][0]
    if judged["verdict"] != "passed":
        sys.exit(f"{language}: {judged}")
    seconds = record["timing"]["policies"]["sum"]["judge_seconds"]
    line = (
        f"| {language} | {cost['size'] / 1024:,.0f} KiB | {cost['compile_seconds']:.2f} s | {cost['load_seconds'] * 1e3:.1f} ms "
        f"| {cost['instantiate_seconds'] * 1e6:,.0f} µs | {cost['judge_seconds'] * 1e6:,.0f} µs | {cost['judge_p99_seconds'] * 1e6:,.0f} µs "
        f"| {cost['fuel']:,} | {seconds:.2f} | {options.rows * 8 / 1e6 / seconds:,.0f} |"
    )
    return line, judged["measures"][0]["value"]


if __name__ == "__main__":
    sys.exit(main())
