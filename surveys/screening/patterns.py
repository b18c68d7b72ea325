"""The lexicon, made quick to compare with: frames, contexts and cues as steps over groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

from surveys.screening.spelling import Spelling, listed
from surveys.screening.tiers import Tier

GAPS = {"..": 4, "&": 12, "...": 12}  # words that may stand between; "..." also crosses full stops
_DENIALS = frozenset({"not", "no", "never", "nobody", "nothing", "none", "without"})
_ENDINGS = ("", "s", "es", "ed", "d", "ing")

Step = tuple[int, int, bool]  # a group, the words before it, whether these may cross a full stop


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame, a context, an idiom or a cue.

    `lowers`: the tiers that a hit in its sentence loses. `points`: what it adds where cues meet;
    `urgent`: what it adds to how soon. `audience`: whose texts it is for, if not everybody's.
    """

    rule: str
    category: str
    tier: Tier
    firm: bool
    lowers: Mapping[str, int]
    points: int
    urgent: int
    audience: str


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    frame: Frame
    steps: tuple[Step, ...]
    needs: int  # one bit for each group
    denies: bool  # a "not" is part of what it says


def frame_of(entry: Mapping[str, Any]) -> Frame:
    """An entry of the lexicon without what it says."""
    return Frame(
        rule=entry["rule"],
        category=entry.get("category", ""),
        tier=Tier(entry.get("tier", "none")),
        firm=entry.get("firm", False),
        lowers=entry.get("lowers", {}),
        points=entry.get("points", 0),
        urgent=entry.get("urgent", 0),
        audience=entry.get("audience", ""),
    )


Index = Mapping[str, Sequence[Pattern]]  # by a word that must be there


class Groups:
    """The groups of words, numbered as they appear."""

    def __init__(self, named: Mapping[str, str], spelling: Spelling) -> None:
        self.words: dict[str, int] = {}  # one bit for each group
        self.phrases: dict[tuple[str, ...], list[tuple[tuple[str, ...], int]]] = {}
        self.members: list[set[str]] = []
        self.denying: set[int] = set()
        self.keys: list[set[str]] = []  # the first word of each entry
        self._spelling, self._named = spelling, named
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The number of "<group>", of "a|b_c|<group>", or of a single word."""
        if name in self._numbers:
            return self._numbers[name]
        number = self._numbers[name] = len(self._numbers)
        self.members.append(set())
        self.keys.append(set())
        for words in dict.fromkeys(map(self._spelling.entry, self._entries(name))):
            if (name == "<not>" or "<" not in name) and not _DENIALS.isdisjoint(words):
                self.denying.add(number)
            self._add(words, number)
        return number

    def _add(self, words: tuple[str, ...], number: int) -> None:
        if len(words) == 1:
            self.members[number].add(words[0])
            self.words[words[0]] = self.words.get(words[0], 0) | 1 << number
        elif words:
            self.phrases.setdefault(words[:2], []).append((words, number))
        self.keys[number].update(words[:1])

    def _entries(self, name: str) -> Iterator[str]:
        """All that a name stands for; a group may name others, "word*" is all its endings."""
        entries = [name]
        if name[0] == "<" and "|" not in name:
            entries = listed(self._named[name[1:-1]])
        elif "|" in name:
            entries = name.replace("_", " ").split("|")
        for entry in dict.fromkeys(entries):
            if entry[0] == "<":
                yield from self._entries(entry.replace(" ", "_"))
            elif entry[-1] == "*":
                yield from (entry[:-1] + ending for ending in _ENDINGS)
            else:
                yield entry

    def spelt(self) -> Iterator[str]:
        """Every word that stands in a group."""
        yield from self.words
        for found in self.phrases.values():
            for words, _ in found:
                yield from words


class Compiler:
    """Turns the entries of the lexicon into patterns, filed by a word that each needs."""

    def __init__(self, groups: Groups, spelling: Spelling) -> None:
        self._groups, self._spelling = groups, spelling
        self._rank = {word: rank for rank, word in enumerate(spelling.common, 5)}

    def filed(self, entries: Sequence[Mapping[str, Any]]) -> Index:
        """Patterns by the words that begin their rarest step: few texts have many of them."""
        index: dict[str, list[Pattern]] = {}
        for pattern in (p for entry in entries for p in self._compiled(entry)):
            keys = (self._groups.keys[group] for group, _, _ in pattern.steps)
            for word in min(keys, key=self._how_common):
                index.setdefault(word, []).append(pattern)
        return index

    def _how_common(self, words: set[str]) -> float:
        return sum(1 / self._rank.get(word, 1000) for word in words)

    def _compiled(self, entry: Mapping[str, Any]) -> Iterator[Pattern]:
        """Each line of `says`, spelt out: "&" in any order, "word?" with and without."""
        frame = frame_of(entry)
        for line in filter(None, map(str.strip, entry["says"].splitlines())):
            for parts in permutations(line.split(" & ")):
                choices = [
                    (w[:-1], "") if w[-1] == "?" else (w,) for w in " & ".join(parts).split()
                ]
                for words in product(*choices):
                    yield self._pattern(frame, [word for word in words if word])

    def _pattern(self, frame: Frame, words: list[str]) -> Pattern:
        steps: list[Step] = []
        gap, crosses = 0, False
        for word in words:
            if word in GAPS:
                gap, crosses = GAPS[word], word == "..."
                continue
            whole = word[0] == "<" or "|" in word
            for part in (word,) if whole else self._spelling.entry(word):
                steps.append((self._groups.number(part), gap, crosses))
                gap, crosses = 0, False
        groups = {group for group, _, _ in steps}
        denies = not groups.isdisjoint(self._groups.denying)
        return Pattern(frame, tuple(steps), sum(1 << group for group in groups), denies)
