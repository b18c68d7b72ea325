"""A text as words, and what the patterns of the lexicon find in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

from surveys.screening.patterns import Groups, Index, Pattern, Step

Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern, and the words where it was met, from the first to after the last."""

    pattern: Pattern
    start: int
    end: int
    idiom: bool = False


class Reading:
    """A text as words, and where the groups of the lexicon stand in it; looked up when asked."""

    def __init__(self, tokens: list[str], groups: Groups) -> None:
        self.tokens, self._groups, self._idle = tokens, groups, set[int]()
        self.sentence = list(accumulate(int(token == ".") for token in tokens))  # noqa: S105
        self._mask = 0
        self._phrases: dict[int, Spans] = {}
        self._places: dict[int, Spans] = {}
        self._where: dict[str, Spans] = {}
        for i, token in enumerate(tokens):
            self._where.setdefault(token, []).append((i, i + 1))
        for token in self._where:
            self._mask |= groups.words.get(token, 0)
        for i, pair in enumerate(pairwise(tokens)):
            for words, group in groups.phrases.get(pair, ()):
                if len(words) == 2 or tuple(tokens[i : i + len(words)]) == words:
                    self._mask |= 1 << group
                    self._phrases.setdefault(group, []).append((i, i + len(words)))

    def places(self, group: int) -> Spans:
        """Each place of a group, from its first word to after its last."""
        if group not in self._places:
            ours = self._groups.members[group] & self._where.keys()
            found = [place for token in ours for place in self._where[token]]
            found += self._phrases.get(group, ())
            if self._idle:
                found = [(s, e) for s, e in found if self._idle.isdisjoint(range(s, e))]
            self._places[group] = sorted(found)
        return self._places[group]

    def hits(self, index: Index) -> list[Hit]:
        """All that the patterns filed under the words of this text find in it."""
        waiting = dict.fromkeys(p for t in self._where for p in index.get(t, ()))
        return [
            Hit(pattern, start, end)
            for pattern in waiting
            if pattern.needs & self._mask == pattern.needs
            for end, start in self._following(pattern.steps).items()
        ]

    def _following(self, steps: tuple[Step, ...]) -> Mapping[int, int]:
        """Where the steps follow one another: each end with its nearest start."""
        ends = {end: start for start, end in self.places(steps[0][0])}
        for group, gap, crosses in steps[1:]:
            if not ends:
                break
            ends = {
                end: ends[before]
                for start, end in self.places(group)
                for before in range(start - gap, start + 1)
                if before in ends and (crosses or self.sentence[before - 1] == self.sentence[start])
            }
        return ends

    def leave_out(self, hits: Iterable[Hit]) -> None:
        """Read on as if the words of these hits were not there."""
        self._idle = {i for hit in hits for i in range(hit.start, hit.end)}
        self._places.clear()
