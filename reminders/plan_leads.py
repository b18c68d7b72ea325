"""Who a lead cell means: bodies and posts by id, name or e-mail, however the cell spells them."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reminders.plan_rows import BodyRow, PersonRow

_SUBGROUP = re.compile(r"\bsub[\s-]*groups?\b")
_SURE_SEPARATOR = re.compile(r"\n|;|\s/\s|\s\|\s")
_DOUBTFUL_SEPARATOR = re.compile(r"\s+and\s+|\s*&\s*|,\s+|/", re.IGNORECASE)
_CLOSE = 0.75
_SLIP = 0.92
_MOST_HINTS = 300  # near names are slow to look for, and of no use among thousands
NOBODY = {"", "-", "–", "—", "tbc", "tba", "n/a", "na", "none", "to be confirmed", "to be agreed"}
_LONGEST_LEAD = 400


def body_key(name: str) -> str:
    """What two spellings of one body share: "The X Sub- group" and "X subgroup" are the same."""
    text = name.casefold().replace("&", " and ").replace("/", " and ")
    text = _SUBGROUP.sub("subgroup", text)
    return " ".join(word for word in re.findall(r"\w+", text) if word != "the")


@dataclass(frozen=True, slots=True)
class Found:
    """What a lead cell said: ids that are known, and names that are not, in the cell's order."""

    leads: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(slots=True)
class LeadBook:
    """The bodies and people of a plan, found by any way a cell may name them."""

    _ids: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _hints: dict[tuple[str, int, float], str] = field(default_factory=dict)

    @classmethod
    def of(cls, bodies: Iterable[BodyRow], people: Iterable[PersonRow]) -> "LeadBook":
        """A book of these; where two share a name, the first has it and the id finds the other."""
        book = cls()
        for body in bodies:
            book.add(body.id, body.name)
        for person in people:
            book.add(person.id or person.email, person.post, person.email)
        return book

    def __bool__(self) -> bool:
        return bool(self._ids)

    def add(self, id_: str, *names: str) -> None:
        """Enter one body or person."""
        if id_:
            self._ids.setdefault(id_, id_)
        for name in filter(body_key, names):
            self._ids.setdefault(body_key(name), id_ or name)
            self._names.setdefault(name, id_ or name)

    def find(self, name: str) -> str:
        """The id this name means, or `""`."""
        text = name.strip()
        return self._ids.get(text) or self._ids.get(body_key(text), "")

    def name_for(self, id_: str) -> str:
        """The name that a cell may carry for this id and be read back as it; else the id itself."""
        for name, owner in self._names.items():
            if owner == id_ and self.find(name) == id_ and not _splits(name):
                return name
        return id_

    def read(self, cell: str) -> Found:
        """The leads in a cell. " and ", commas and "/" separate only names that are all known."""
        leads: list[str] = []
        unknown: list[str] = []
        for part in self._parts(cell):
            ids = self._known(part[:_LONGEST_LEAD])
            if not ids:
                unknown.append(part)
            leads.extend(ids or (part,))
        return Found(tuple(dict.fromkeys(leads)), tuple(dict.fromkeys(unknown)))

    def _parts(self, cell: str) -> Iterator[str]:
        if self.find(cell):
            yield cell.strip()
            return
        yield from filter(None, (part.strip() for part in _SURE_SEPARATOR.split(cell)))

    def _known(self, text: str) -> tuple[str, ...]:
        """All ids in `text` when every piece of it is known, else nothing."""
        if one := self.find(text):
            return (one,)
        if shared := re.search(r"sub[\s-]*groups\W*$", text, re.IGNORECASE):
            suffix, text = " subgroup", text[: shared.start()].strip()
        else:
            suffix = ""
        return self._pieces(text, suffix, depth=6)

    def _pieces(self, text: str, suffix: str, depth: int) -> tuple[str, ...]:
        """Split "A and B" so that each side is known; a shared "Sub-groups" counts for each."""
        if one := self.find(text + suffix) or self.find(text):
            return (one,)
        for cut in _DOUBTFUL_SEPARATOR.finditer(text) if depth else ():
            left = text[: cut.start()]
            first = self.find(left + suffix) or self.find(left)
            rest = self._pieces(text[cut.end() :], suffix, depth - 1) if first else ()
            if first and rest:
                return (first, *rest)
        return ()

    def did_you_mean(self, name: str, cutoff: float = _CLOSE) -> str:
        """The known name nearest to an unknown one, or `""`."""
        asked = (body_key(name)[:200], len(self._names), cutoff)
        if asked not in self._hints:
            if len(self._hints) > _MOST_HINTS:
                return ""
            keys = {body_key(known): known for known in self._names}
            near = difflib.get_close_matches(asked[0], keys, n=1, cutoff=cutoff)
            self._hints[asked] = keys[near[0]] if near else ""
        return self._hints[asked]

    def is_slip(self, name: str) -> bool:
        """Whether a name is so near a known one that it looks mistyped. Group 1 is not group 2."""
        near = self.did_you_mean(name, _SLIP)
        return bool(near) and re.findall(r"\d+", near) == re.findall(r"\d+", name)


def single_leads(cell: str) -> list[str]:
    """The names in a lead cell, as far as they can be told apart without knowing anybody."""
    names = (part.strip() for part in _SURE_SEPARATOR.split(cell))
    return [name for name in names if name.casefold() not in NOBODY]


def _splits(name: str) -> bool:
    return bool(_SURE_SEPARATOR.search(name))
