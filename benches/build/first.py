#!/usr/bin/env python3
"""Measures a newcomer's first build: clones this repository, runs the README's first command, says what it cost.

    python benches/build/first.py                                     # as the repository is (what is committed)
    python benches/build/first.py --variant as-is --variant hot-1     # beside a variant of variants.toml
    python benches/build/first.py --env CARGO_PROFILE_DEV_OPT_LEVEL=0 --config 'profile.dev.package."*".debug=false'

Takes all cores for minutes and gigabytes of disk. Crates are fetched before the clock starts, so that the network is not
measured; `--offline` takes them from cargo's own store alone. Each build has a target folder of its own, in `--within`
(default: the system's temporary folder), which is removed afterwards unless `--keep` is given.

Wall-clock and processor seconds are those of the whole command, the verdict included. `verdict` is the run alone, with the
compile cache of a newcomer, which is empty; `again` is the whole command a second time, with nothing to build.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = ["run", "-p", "portcullis", "--", "run", "--project", "examples/iris"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variant", action="append", default=[], help="a name of variants.toml; repeatable")
    parser.add_argument("--config", action="append", default=[], help="KEY=VALUE for `cargo --config`; repeatable")
    parser.add_argument("--env", action="append", default=[], help="NAME=VALUE for cargo; repeatable")
    parser.add_argument("--patch", type=pathlib.Path, help="a `git diff` to apply to the clone, for changed dependencies")
    parser.add_argument("--offline", action="store_true", help="fetch nothing")
    parser.add_argument("--timings", type=pathlib.Path, help="a folder for cargo's own report on each crate")
    parser.add_argument("--within", type=pathlib.Path, help="where the temporary folder is made")
    parser.add_argument("--keep", action="store_true", help="keep the clone and its target folder")
    options = parser.parse_args()
    known = tomllib.loads((pathlib.Path(__file__).parent / "variants.toml").read_text())
    unknown = [name for name in options.variant if name not in known]
    if unknown:
        parser.error(f"no variant {', '.join(unknown)}; valid: {', '.join(known)}")
    return options, known


def settings(name, known):
    """What `cargo --config` is given for a variant, and its variables."""
    variant = known[name]
    config, env = settings(variant["base"], known) if "base" in variant else ([], {})
    config = config + variant.get("config", [])
    config += [f'profile.dev.package."{package}".opt-level=1' for package in variant.get("optimised", [])]
    return config, {**env, **variant.get("env", {})}


def clean(folder, extra):
    """The caller's environment without what would change the build, and with a compile cache of its own."""
    kept = ("CARGO_HOME", "RUSTUP_", "CARGO_HTTP", "CARGO_NET", "CARGO_REGISTRIES", "CARGO_SOURCE")
    environment = {name: value for name, value in os.environ.items()
                   if name.startswith(kept) or not name.startswith(("CARGO", "__CARGO", "RUST", "PORTCULLIS"))}
    return {**environment, "PORTCULLIS_CACHE": str(folder / "policies"), "CARGO_TERM_COLOR": "never", **extra}


def measured(command, clone, environment, output):
    """Wall-clock and processor seconds of a command and all that it starts."""
    started = time.perf_counter()
    with open(output, "wb") as file:
        process = subprocess.Popen(command, cwd=clone, env=environment, stdout=file, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    text = output.read_text(errors="replace")
    if process.returncode != 0 or "PASSED" not in text:
        sys.exit(f"exit code {process.returncode}, or no verdict:\n{text[-3000:]}")
    return wall, usage.ru_utime + usage.ru_stime


def size(folder):
    """Bytes on disk; a file with two names counts once."""
    files = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        files[status.st_ino] = status.st_blocks * 512
    return sum(files.values())


def build(name, config, extra, options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="first-", dir=options.within))
    try:
        clone, output = folder / "clone", folder / "output"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        if options.patch:
            subprocess.run(["git", "apply", options.patch.resolve()], cwd=clone, check=True)
        environment = clean(folder, extra)
        cargo = ["cargo", *(part for entry in config for part in ("--config", entry))]
        fetch = ["cargo", "fetch", "--quiet", *(["--offline"] if options.offline else [])]
        subprocess.run(fetch, cwd=clone, env=environment, check=True)
        environment["CARGO_NET_OFFLINE"] = "true"
        timed = ["--timings"] if options.timings else []
        wall, cpu = measured([*cargo, COMMAND[0], *timed, *COMMAND[1:]], clone, environment, output)
        target = size(clone / "target")
        crates = output.read_text(errors="replace").count("Compiling ")
        again, _ = measured([*cargo, *COMMAND], clone, environment, output)
        shutil.rmtree(folder / "policies")
        program = clone / "target/debug/portcullis"
        verdict, _ = measured([program, *COMMAND[4:]], clone, environment, output)
        if options.timings:
            options.timings.mkdir(parents=True, exist_ok=True)
            shutil.copy(clone / "target/cargo-timings/cargo-timing.html", options.timings / f"{name}.html")
        print(f"{name:20}{wall:9.0f}{cpu:9.0f}{crates:8}{target / 2**30:9.2f}{program.stat().st_size / 2**20:9.0f}"
              f"{again:9.1f}{verdict:9.2f}", flush=True)
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    options, known = arguments()
    extra = dict(entry.split("=", 1) for entry in options.env)
    print(f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f} at the start, "
          f"{subprocess.run(['rustc', '--version'], cwd=ROOT, capture_output=True, text=True).stdout.strip()}")
    head = ("variant", "wall s", "cpu s", "crates", "GiB", "MiB bin", "again s", "verdict s")
    print("{:20}{:>9}{:>9}{:>8}{:>9}{:>9}{:>9}{:>10}".format(*head), flush=True)
    given = "as-is" if not options.config and not extra else "given"
    for name in options.variant or [given]:
        config, env = settings(name, known) if name in known else ([], {})
        build(name, config + options.config, {**env, **extra}, options)


if __name__ == "__main__":
    main()
