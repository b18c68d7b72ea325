"""Cutting a reply into the parts that speak of one action each: '1.2 done; 1.5 slipping'. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reminders.date_words import plain


@dataclass(frozen=True, slots=True)
class Part:
    """Some words and the refs they speak of. `flat` is `typed` made plain, place for place.

    `note` is what to keep: the words as typed, without the ref at their head or tail. `unknown`
    marks refs that this lead was not asked about; `mixed_up` a message in which it is not clear
    which words belong to which ref.
    """

    refs: tuple[str, ...]
    typed: str
    flat: str
    note: str
    unknown: bool = False
    mixed_up: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    refs: tuple[str, ...]
    start: int
    end: int
    unknown: bool


_UNITS = r"(?!\s?(?:%|days?\b|hours?\b|hrs?\b|weeks?\b|months?\b|years?\b|fte\b|staff\b|million\b|k\b|m\b|pm\b|am\b))"  # noqa: E501
_NOT_INSIDE = r"(?![\w%]|[.,/:]\d)"
_REF_LIKE = re.compile(
    r"(?<![\w.,/:£$-])(?:actions? |no\.? ?|#)?(?P<ref>\d{1,2}\.\d{1,2})" + _NOT_INSIDE + _UNITS
)
_JOINING = frozenset({"", "and", "plus", "both", "also", "to"})
_SILENT = frozenset(
    ("and", "also", "as", "for", "hi", "hello", "hey", "re", "action", "actions", "on", "the",
     "update", "updates", "both", "then", "dear", "team", "morning", "afternoon", "good", "all",
     "is")
)  # fmt: skip


def split_by_refs(text: str, known: Sequence[str]) -> tuple[Part, ...]:
    """The parts of a message, in order; one part without refs where it names none."""
    typed = text
    flat = plain(text.replace("\n", ";").replace("\r", ";"))
    groups = _groups(flat, _hits(flat, known))
    bare = _without(flat, groups)
    if not groups:
        return (Part((), typed, bare, typed.strip()),)
    if len(groups) == 1:
        hit = groups[0]
        mixed = len(hit.refs) > 1 and _speaks(flat[: hit.start]) and _speaks(flat[hit.end :])
        note = _note(typed, 0, len(typed), hit) or typed.strip()
        return (Part(hit.refs, typed, bare, note, hit.unknown, mixed_up=mixed),)
    return _several(typed, bare, groups)


def _hits(flat: str, known: Sequence[str]) -> list[_Hit]:
    wanted = {plain(ref): ref for ref in known if ref.strip()}
    hits = [
        _Hit((wanted.get(match["ref"], match["ref"]),), match.start(), match.end(),
             match["ref"] not in wanted)
        for match in _REF_LIKE.finditer(flat)
    ]  # fmt: skip
    hits += [
        _Hit((ref,), match.start(), match.end(), unknown=False)
        for flat_ref, ref in wanted.items()
        if not _REF_LIKE.fullmatch(flat_ref)
        for match in _named(flat_ref).finditer(flat)
    ]
    return sorted(hits, key=lambda hit: hit.start)


def _named(flat_ref: str) -> re.Pattern[str]:
    """A ref of another shape; one that is a bare number only where it is called an action."""
    called = r"(?:actions? |no\.? ?|#)"
    lead = called if flat_ref.isdigit() else called + "?"
    return re.compile(r"(?<![\w.])" + lead + re.escape(flat_ref) + _NOT_INSIDE)


def _groups(flat: str, hits: list[_Hit]) -> list[_Hit]:
    """Hits with nothing but a comma or an 'and' between them speak with one voice."""
    groups: list[_Hit] = []
    for hit in hits:
        last = groups[-1] if groups else None
        if last is not None and hit.start < last.end:
            continue
        if (
            last is not None
            and last.unknown == hit.unknown
            and flat[last.end : hit.start].strip(" ,&+/") in _JOINING
        ):
            refs = tuple(dict.fromkeys((*last.refs, *hit.refs)))
            groups[-1] = _Hit(refs, last.start, hit.end, hit.unknown)
        else:
            groups.append(hit)
    return groups


def _without(flat: str, groups: list[_Hit]) -> str:
    for hit in groups:
        flat = flat[: hit.start] + " " * (hit.end - hit.start) + flat[hit.end :]
    return flat


def _several(typed: str, bare: str, groups: list[_Hit]) -> tuple[Part, ...]:
    """The words after each ref are its own, or those before it if the message ends in a ref."""
    edges = [0, *(hit.start for hit in groups), len(bare)]
    opened, ended = _speaks(bare[: edges[1]]), _speaks(bare[groups[-1].end :])
    if opened and not ended:
        spans = [(before, hit.end) for before, hit in zip(_starts(groups), groups, strict=True)]
    else:
        starts = [0 if opened else groups[0].start, *(hit.start for hit in groups[1:])]
        spans = list(zip(starts, edges[2:], strict=True))
    return tuple(
        Part(
            hit.refs,
            typed[start:end],
            bare[start:end],
            _note(typed, start, end, hit),
            hit.unknown,
            mixed_up=opened and ended,
        )
        for hit, (start, end) in zip(groups, spans, strict=True)
    )


def _starts(groups: list[_Hit]) -> list[int]:
    return [0, *(hit.end for hit in groups[:-1])]


def _note(typed: str, start: int, end: int, hit: _Hit) -> str:
    start = hit.end if hit.start == start else start
    end = hit.start if hit.end == end else end
    return typed[start:end].strip(" \t\r\n;,:-")


def _speaks(words: str) -> bool:
    return any(word not in _SILENT for word in re.findall(r"[^\W_]+", words))
