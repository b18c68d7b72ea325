"""Somebody who has the whole database, its keys, and what it keeps for itself about its rows.

On each side, that of contacts and that of what was said, everything that could be set against the
other side is read as features. Then every feature of one side is tried on every one of the other.
"""

import json
import math
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import literal_column, select
from sqlmodel import SQLModel

from storage.database import Database

Key = int | str
Values = dict[str, dict[Key, list[Any]]]
"""By feature (table and column), then by whose it is: all values."""

_CTID = re.compile(r"\((\d+),(\d+)\)")
_ENOUGH = 5.5
"""Standard deviations beyond chance: among thousands of tries chance comes there once in 10,000."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One side: what is kept of each, by feature."""

    values: Values = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def of(self, whom: Iterable[Key]) -> "Seen":
        wanted = set(whom)
        kept = Seen()
        for name, by_key in self.values.items():
            for key, values in by_key.items():
                if key in wanted:
                    kept.values[name][key] = values
        return kept


@dataclass(frozen=True, slots=True)
class Looked:
    """The three sides of one database."""

    contacts: Seen
    answers: Seen
    texts: Seen


@dataclass(frozen=True, slots=True)
class Wave:
    """Whose is what, which only the test knows: (contact, pseudonym of the answers, text)."""

    truth: tuple[tuple[Key, Key, Key], ...]


def look(database: Database) -> Looked:
    """Reads every row of every table with all that the database knows about it."""
    found = Looked(Seen(), Seen(), Seen())
    refs = {}
    for name, rows in _tables(database):
        for row in rows:
            if name == "review_item":
                refs[row["ref"]] = row["id"]
    for name, rows in _tables(database):
        for row in rows:
            _sort_in(found, name, row, refs)
    return found


def _sort_in(found: Looked, name: str, row: Mapping[str, Any], refs: Mapping[str, Key]) -> None:
    contact = row["id"] if name == "contact" else row.get("contact_id")
    text = row["id"] if name == "review_item" else row.get("item_id")
    if name == "outbox" and "ref" in (params := json.loads(row["params"] or "{}")):
        text, contact = refs.get(params["ref"]), None
    said = row.get("pseudonym") if name != "review_item" else None
    for side, key in ((found.contacts, contact), (found.answers, said), (found.texts, text)):
        if key is not None:
            for column, value in row.items():
                side.values[f"{name}.{column}"][key].append(value)


def _tables(database: Database) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with database.reading() as db:
        for mapper in sorted(SQLModel._sa_registry.mappers, key=lambda one: one.class_.__name__):
            table: Any = mapper.class_.__table__
            extra: list[Any] = [
                literal_column(text).label(name) for name, text in _hidden(database, table)
            ]
            rows = db.connection().execute(select(table, *extra)).mappings()
            yield table.name, [dict(row) for row in rows]


def _hidden(database: Database, table: Any) -> list[tuple[str, str]]:
    """What a database keeps of a row beside its columns."""
    if not database.is_embedded:
        names = ("xmin", "xmax")
        known = [(name, f"{table.name}.{name}::text::bigint") for name in names]
        return [*known, ("ctid", f"{table.name}.ctid::text")]
    has_rowid = table.dialect_options["sqlite"].get("with_rowid", True)
    return [("rowid", f"{table.name}.rowid")] if has_rowid else []


# -- the attacks


@dataclass(frozen=True, slots=True)
class Found:
    """A pair of features by which people were found more often than chance would."""

    attack: str
    here: str
    there: str
    beyond: float


def attack(waves: Sequence[Wave], looked: Looked) -> list[Found]:
    """Every attack on answers and on texts; empty where none beats chance."""
    found: list[Found] = []
    for side, place in ((looked.answers, 1), (looked.texts, 2)):
        pairs = [[(row[0], row[place]) for row in wave.truth] for wave in waves]
        found += _by_equal_values(pairs, looked.contacts, side)
        found += _by_order(pairs, looked.contacts, side)
        found += _by_nearest(pairs, looked.contacts, side)
    return sorted(found, key=lambda one: -one.beyond)


Pairs = list[tuple[Key, Key]]


def _by_equal_values(waves: Sequence[Pairs], here: Seen, there: Seen) -> Iterator[Found]:
    """Whoever shares a value is taken for the same; of several, any of them."""
    keys = [key for wave in waves for key, _ in wave]
    others = [key for wave in waves for _, key in wave]
    ours, theirs = _tellings(here.of(keys)), _tellings(there.of(others))
    by_value = {name: [_whose(wave, told) for wave in waves] for name, told in theirs.items()}
    for a, mine in ours.items():
        for b, sharing in by_value.items():
            if mine.all.isdisjoint(theirs[b].all):
                continue
            hits = expected = spread = 0.0
            for wave, whose in zip(waves, sharing, strict=True):
                n = len(wave)
                for contact, true in wave:
                    same = set().union(*(whose.get(value, _NO) for value in mine.of(contact)))
                    if same:
                        hits += (true in same) / len(same)
                        expected += 1 / n
                        spread += (1 / len(same)) ** 2 * (len(same) / n) * (1 - len(same) / n)
            beyond = (hits - expected) / math.sqrt(spread) if spread else 0.0
            if beyond > _ENOUGH:
                yield Found("equal values", a, b, beyond)


_NO: frozenset[Any] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """The values of one feature, by whose they are, and all of them together."""

    by_key: dict[Key, frozenset[Any]]
    all: frozenset[Any]

    def of(self, key: Key) -> frozenset[Any]:
        return self.by_key.get(key, _NO)


def _tellings(side: Seen) -> dict[str, Told]:
    found = {}
    for name, by_key in side.values.items():
        told = {key: frozenset(_plain(values)) for key, values in by_key.items()}
        found[name] = Told(told, frozenset().union(*told.values()))
    return found


def _whose(wave: Pairs, told: Told) -> dict[Any, set[Key]]:
    """By value: who of a wave has it."""
    found: dict[Any, set[Key]] = defaultdict(set)
    for _, other in wave:
        for value in told.of(other):
            found[value].add(other)
    return found


def _plain(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, str) and value[:1] in ("[", "{"):
            yield from (str(one) for one in _leaves(json.loads(value)))
        elif isinstance(value, str):
            yield from {value, *re.split(r"[:/|, ]", value)} - {""}
        elif isinstance(value, list | dict):
            yield from (str(one) for one in _leaves(value))
        elif value is not None and not isinstance(value, bool):
            yield str(value)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from (name, *_leaves(one))
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif value is not None:
        yield value


def _by_order(waves: Sequence[Pairs], here: Seen, there: Seen) -> Iterator[Found]:
    """The first here is the first there, and so on; backwards as well."""
    ours, theirs = _numbers(here), _numbers(there)
    for a, mine in ours.items():
        for b, yours in theirs.items():
            total, count = 0.0, 0
            for wave in waves:
                known = [(mine[c], yours[o]) for c, o in wave if c in mine and o in yours]
                rho = _spearman(known)
                if rho is not None:
                    total += rho * math.sqrt(len(known) - 1)
                    count += 1
            beyond = abs(total) / math.sqrt(count) if count else 0.0
            if beyond > _ENOUGH:
                yield Found("order", a, b, beyond)


def _numbers(side: Seen) -> dict[str, dict[Key, float]]:
    found: dict[str, dict[Key, float]] = {}
    for name, by_key in side.values.items():
        for key, values in by_key.items():
            numbers = [one for value in values if (one := _number(value)) is not None]
            if numbers:
                found.setdefault(f"{name} first", {})[key] = min(numbers)
                found.setdefault(f"{name} last", {})[key] = max(numbers)
    return found


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).timestamp()
    if isinstance(value, date):
        return float(value.toordinal())
    if isinstance(value, str) and (place := _CTID.fullmatch(value)):
        return int(place[1]) * 100_000.0 + int(place[2])
    digits = re.sub(r"\D", "", value) if isinstance(value, str) and len(value) < 24 else ""
    return float(digits) if digits else None


def _spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < 4:
        return None
    a, b = _ranks([x for x, _ in pairs]), _ranks([y for _, y in pairs])
    mean = (len(pairs) + 1) / 2
    top = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    below = math.sqrt(sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b))
    return top / below if below else None


def _ranks(values: Sequence[float]) -> list[float]:
    """Those that are the same share the middle of their places."""
    places: dict[float, list[int]] = defaultdict(list)
    for place, value in enumerate(sorted(values), 1):
        places[value].append(place)
    return [sum(places[value]) / len(places[value]) for value in values]


def _by_nearest(waves: Sequence[Pairs], here: Seen, there: Seen) -> Iterator[Found]:
    """Whatever is nearest belongs together; of several that are as near, any of them."""
    chance = random.Random(7)
    ours, theirs = _instants(here), _instants(there)
    for a, mine in ours.items():
        for b, yours in theirs.items():
            hits = tries = 0
            for wave in waves:
                known = [(o, yours[o]) for _, o in wave if o in yours]
                for contact, true in wave:
                    if contact in mine and known:
                        gap = min(abs(mine[contact] - at) for _, at in known)
                        near = [o for o, at in known if abs(mine[contact] - at) == gap]
                        hits += chance.choice(near) == true
                        tries += 1
            share = 1 / max(1, min(len(wave) for wave in waves))
            spread = math.sqrt(tries * share * (1 - share))
            beyond = (hits - tries * share) / spread if spread else 0.0
            if beyond > _ENOUGH:
                yield Found("nearest", a, b, beyond)


def _instants(side: Seen) -> dict[str, dict[Key, float]]:
    found: dict[str, dict[Key, float]] = {}
    for name, by_key in side.values.items():
        for key, values in by_key.items():
            if instants := [value for value in values if isinstance(value, datetime)]:
                found.setdefault(f"{name} first", {})[key] = _number(min(instants)) or 0.0
                found.setdefault(f"{name} last", {})[key] = _number(max(instants)) or 0.0
    return found
