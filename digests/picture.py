"""A digest as it stood at one moment, with the words that a person put to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

from digests.weekly_view import Listed, WeeklyDigest
from storage.language import HOME, Catalogue
from storage.plain import plain, restored

SECTIONS = (
    "overdue",
    "due_14",
    "due_30",
    "changed",
    "silent",
    "decisions",
    "doubtful",
    "surveys",
    "owed",
    "unreached",
    "meetings",
)
"""The sections of the weekly digest in their order; each may have a remark."""


@dataclass(frozen=True, slots=True)
class Words:
    """The opening and a remark for a section; `by` is whose they are, empty where the program's."""

    opening: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a digest showed at an instant: its figures and its words. Any format is drawn of it."""

    digest: WeeklyDigest
    words: Words
    as_at: datetime


class Unreadable(ValueError):
    """A stored digest was written by another version of the program and cannot be drawn again."""


def as_json(thing: Any) -> str:
    """What is stored; `digest_from`, `view_from` and `words_from` read it again."""
    return json.dumps(plain(thing), ensure_ascii=False, separators=(",", ":"))


def digest_from(text: str) -> WeeklyDigest:
    """The digest that `as_json` wrote. Raises Unreadable."""
    hints = get_type_hints(WeeklyDigest)
    try:
        stored = json.loads(text)
        return WeeklyDigest(**{name: _again(kind, stored[name]) for name, kind in hints.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(
            "this digest was made by another version of the program; its files were kept"
        ) from error


def view_from(view_type: type, text: str) -> Any:
    """The view of a report that `as_json` wrote. Raises Unreadable."""
    try:
        return restored(view_type, json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(
            "this report was made by another version of the program; its files were kept"
        ) from error


def _again(kind: Any, value: Any) -> Any:
    """A section is a `Listed` of something, which says its type only by its brackets."""
    if get_origin(kind) is Listed:
        (row,) = get_args(kind)
        return Listed(value["total"], tuple(restored(row, item) for item in value["rows"]))
    return restored(kind, value)


def spoken_of(digest: WeeklyDigest) -> tuple[str, ...]:
    """The sections that have something in them: those that a remark can be put to."""
    found = ((name, getattr(digest, name)) for name in SECTIONS)
    return tuple(
        name
        for name, section in found
        if (section.total if isinstance(section, Listed) else section)
        or (name == "surveys" and digest.outside is not None)
    )


def words_from(text: str) -> Words:
    """The words that `as_json` wrote; none where there are none."""
    return Words(**json.loads(text)) if text else Words()


def first_words(digest: WeeklyDigest) -> Words:
    """Two or three plain sentences from the figures, until a person writes better ones."""
    told = [_overdue(digest), *_due(digest), *_waiting(digest)]
    return Words(opening=" ".join(told))


def _say(key: str, **params: Any) -> str:
    return Catalogue.load("digests").say(f"weekly.opening.{key}", HOME, **params)


def _overdue(digest: WeeklyDigest) -> str:
    late = digest.overdue
    if not late.rows:
        return _say("none_overdue")
    longest = late.rows[0]
    days = Catalogue.load("digests").say("days.waiting", HOME, n=longest.days)
    return _say("overdue", n=late.total, ref=longest.ref, days=days)


def _due(digest: WeeklyDigest) -> list[str]:
    total = digest.due_14.total
    return [_say("due", n=total)] if total else []


def _waiting(digest: WeeklyDigest) -> list[str]:
    """What a reader can do something about, the most pressing first; one sentence is enough."""
    counts = {
        "decisions": digest.decisions.total,
        "silent": digest.silent.total,
        "owed": digest.owed.total,
        "changed": digest.changed.total,
    }
    return [_say(key, n=total) for key, total in counts.items() if total][:1]
