#!/usr/bin/env python3
"""What the sandbox's limits cost a compiled policy that reads a column of numbers row by row.

    cargo build --release -p portcullis -p portcullis-sandbox --bins --examples
    python benches/languages/limits.py target/release/portcullis target/release/examples/columns

Makes the policy `sum/rust` as `compare.py` does and hands it to `host/sandbox/examples/columns.rs`, which lets it add up ten
million numbers in the sandbox, every limit on, and in wasmtime without any, in turn.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import compare


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    portcullis, columns = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory(prefix="portcullis-limits-") as folder:
        folder = pathlib.Path(folder)
        compare.build_sum(portcullis, "rust", folder)
        sys.exit(subprocess.run([columns, folder / "sum/sum.wasm"]).returncode)


if __name__ == "__main__":
    main()
