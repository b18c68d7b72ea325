"""How things are measured: rounds in turn, medians of ratios, and children with a process of
their own.
"""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent
_CHILD_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median over the rounds, and how far they lay apart."""

    middle: float
    spread: tuple[float, float]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Ours over theirs, round by round: what disturbs a round disturbs both its halves."""
    rounds = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Ratio(median(rounds), (min(rounds), max(rounds)))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def machine() -> str:
    """What this was measured on; the load says whether it was shared with others."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores{load}"
    )


def run_child(command: Sequence[str]) -> tuple[float, str]:
    """A whole process: how long it took, and what it printed."""
    begun = perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_CHILD_SECONDS
    )
    seconds = perf_counter() - begun
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return seconds, done.stdout


def measured(name: str, *arguments: object) -> dict[str, Any]:
    """Runs one of the measurements of `benchmarks.child` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.child", name, *map(str, arguments)]
    found: dict[str, Any] = json.loads(run_child(command)[1])
    return found


def memory() -> tuple[float, float]:
    """What this process holds now and held at most, in MB. Where /proc is missing, the most."""
    status = Path("/proc/self/status")
    if status.exists():
        text = status.read_text(encoding="ascii")
        return _megabytes("VmRSS", text), _megabytes("VmHWM", text)
    import resource

    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    return most, most


def _megabytes(name: str, status: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
