"""Where the time of a batch goes, in shares by room, from a profile of the real mailroom."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from cProfile import Profile
from dataclasses import dataclass
from itertools import zip_longest
from pstats import Stats
from typing import Any

from benchmarks.updates import Respondent, read
from bot.messages import Incoming

LEAST = 0.02
_DISK = "{method 'commit' of 'sqlite3.Connection' objects}"
_ROOMS = (
    ("sqlite3.", "SQLite"),
    ("_sqlite3", "SQLite"),
    ("sqlalchemy/orm", "SQLAlchemy ORM"),
    ("sqlalchemy", "SQLAlchemy Core"),
    ("sqlmodel", "SQLAlchemy ORM"),
    ("cryptography", "encryption"),
    ("storage/types.py", "encryption and instants"),
    ("surveys/screening/", "screening"),
    ("surveys/concerns.py", "review queue"),
    ("surveys/sessions.py", "sessions"),
    ("surveys/", "engine"),
    ("bot/", "mailroom and conversation"),
    ("storage/", "storage"),
    ("json", "JSON"),
)


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of the whole by room, the largest first."""

    parts: Mapping[str, float]

    def __str__(self) -> str:
        shown = [f"{room} {share:.0%}" for room, share in self.parts.items() if share >= LEAST]
        return ", ".join(shown)


def where_time_goes(
    take: Callable[[Sequence[Incoming]], object], people: Sequence[Respondent]
) -> Shares:
    """The shares while these people answer, one batch for each answer in turn."""
    profile = Profile()
    for wave in zip_longest(*(one.updates for one in people)):
        batch = [read(update) for update in wave if update is not None]
        profile.enable()
        take(batch)
        profile.disable()
    return _shares(Stats(profile))


def _shares(stats: Any) -> Shares:
    spent: dict[str, float] = defaultdict(float)
    for (file, _line, function), (_calls, _all, own, _total, _callers) in stats.stats.items():
        spent[_room(file, function)] += own
    whole = sum(spent.values())
    ordered = sorted(spent.items(), key=lambda item: -item[1])
    return Shares({room: seconds / whole for room, seconds in ordered})


def _room(file: str, function: str) -> str:
    if function == _DISK:
        return "waiting for the disk"
    where = function if file == "~" else file
    return next((room for part, room in _ROOMS if part in where), "Python's own library")
