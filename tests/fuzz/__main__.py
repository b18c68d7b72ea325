"""python -m tests.fuzz NAME [--minutes 5] [--seed N] [--out FOLDER], or NAME --again FILE.

Tries inputs on one parser until it breaks or the time is over. `all` runs each for a share.
"""

import argparse
import secrets
import sys
from pathlib import Path

from tests.fuzz.bounds import bounded
from tests.fuzz.loop import run
from tests.fuzz.targets import TARGETS


def main() -> int:
    """0 when nothing broke, 1 when something did."""
    asked = _asked()
    if asked.again is not None:
        with bounded():
            TARGETS[asked.name].run(asked.again.read_bytes())
        print(f"{asked.name}: nothing broke.")
        return 0
    names = list(TARGETS) if asked.name == "all" else [asked.name]
    share = 60 * asked.minutes / len(names)
    return max([_tried(name, asked.seed, share, asked.out) for name in names])


def _tried(name: str, seed: int, seconds: float, out: Path) -> int:
    found = run(TARGETS[name], seed=seed, seconds=seconds, crashes=out)
    print(f"{name}: {found.tried} inputs, seed {seed}.", flush=True)
    if found.crash is None:
        return 0
    print(f"{name} broke. The input is kept in {found.crash}; again with")
    print(f"  python -m tests.fuzz {name} --again {found.crash}\n{found.error}", flush=True)
    return 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("name", choices=["all", *TARGETS])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"))
    parser.add_argument("--again", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
