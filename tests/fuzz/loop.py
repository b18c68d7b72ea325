"""A long run of one target: bytes made up from its samples, until a fault is found."""

import hashlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

from tests.fuzz.bounds import bounded
from tests.fuzz.edits import NASTY, Edit, Kind, edited
from tests.fuzz.target import Target

_MOST_EDITS = 6
_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Found:
    """How a run ended: how much was tried, and what broke the parser, if anything did."""

    tried: int
    crash: Path | None = None
    error: str = ""


def run(target: Target, *, seed: int, seconds: float, crashes: Path) -> Found:
    """The same seed makes up the same inputs in the same order."""
    made = made_up(target, Random(seed))
    end, tried = monotonic() + seconds, 0
    while monotonic() < end:
        data = made()
        tried += 1
        try:
            with bounded():
                target.run(data)
        except Exception:  # noqa: BLE001 - whatever it was, it is what was looked for
            return Found(tried, saved(crashes, target, data), traceback.format_exc())
    return Found(tried)


def made_up(target: Target, random: Random) -> Callable[[], bytes]:
    """Gives one input after another."""
    samples, pieces = list(target.samples()), (*NASTY, *target.words)

    def one() -> bytes:
        if random.random() < 0.05:
            return "".join(random.choices(pieces, k=random.randint(1, 8))).encode(
                "utf-8", "surrogatepass"
            )
        many = range(random.randint(1, _MOST_EDITS))
        edits = [
            Edit(random.choice(_KINDS), random.random(), random.random(), random.choice(pieces))
            for _ in many
        ]
        return edited(random.choice(samples), edits)

    return one


def saved(folder: Path, target: Target, data: bytes) -> Path:
    """The input in a file of its own, to be tried again."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{target.name}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    return path
