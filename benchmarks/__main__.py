"""`python -m benchmarks [NAME ...]`: ratios against peers and floors, all from one run."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import (
    answers,
    board,
    broadcast,
    forms,
    interactions,
    large,
    results,
    screening,
    startup,
    telegram,
)
from benchmarks.measuring import machine
from benchmarks.report import Finding, table, write

Benchmark = Callable[..., Finding]

BENCHMARKS: dict[str, Benchmark] = {
    "answers": answers.run,
    "engine": forms.run_engine,
    "import": forms.run_import,
    "round": large.run_round,
    "digest": large.run_digest,
    "board": board.run,
    "results": results.run,
    "screening": screening.run,
    "telegram": telegram.run,
    "broadcast": broadcast.run,
    "interactions": interactions.run,
    "help": startup.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what was asked for, or everything, and prints the table."""
    chosen = _arguments(arguments)
    findings = []
    for name in chosen.names or BENCHMARKS:
        print(f"measuring: {name} ...", file=sys.stderr, flush=True)
        with TemporaryDirectory(prefix="listening-loop-bench-") as folder:
            findings.append(BENCHMARKS[name](Path(folder), quick=chosen.quick))
    print(f"{machine()}\n\n{table(findings)}")
    if chosen.out is not None:
        write(findings, machine(), chosen.out)
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--out", type=Path, help="also write the findings to this file, as JSON")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does it run at all?")
    chosen = parser.parse_args(arguments)
    for name in chosen.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name!r}; there are: {', '.join(BENCHMARKS)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
