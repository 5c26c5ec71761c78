"""Runs a process to its end and says what it cost."""

import os
import statistics
import subprocess
import time


def run(command, environment=None):
    """Wall-clock seconds, processor seconds and the most memory (MiB) of a process that must exit with 0."""
    started = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"exit code {process.returncode}: {' '.join(map(str, command))}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024}


def middle(runs, key):
    """The median, the least and the most."""
    values = [run[key] for run in runs]
    return statistics.median(values), min(values), max(values)


def machine():
    """The cores that may be used, the processor, and the load before anything was started here."""
    name = "unknown processor"
    try:
        with open("/proc/cpuinfo") as lines:
            name = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = os.getloadavg()[0]
    busy = ": BUSY, these figures say little" if load > 0.5 else ""
    return f"{len(os.sched_getaffinity(0))} cores, {name}, load {load:.1f} at the start{busy}"
