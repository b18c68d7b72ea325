"""Which themes an answer may speak of, and why we think so: counted words, nothing else. Pure.

Two sources: what answers coded earlier have in common (how much more often a word stands in the
answers of a theme than in the others, as smoothed log-odds), and the words of the themes' names and
definitions. Words are cut to their beginning, which brings most forms of a word together in the
languages we know. Nothing is learned elsewhere, nothing leaves the machine, nobody is coded by it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import log

from digests.common_words import COMMON

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u200c-\u200f]")
_ARTICLE = "ال"
_STEM = 6
_SHORTEST = 3
_NAMED, _DEFINED = 1.6, 1.0
"""What a word of a theme's name, or of its definition, weighs from the start."""
_LEAST = 1.5
"""A theme is suggested from here on: one word of its name is enough, or two of its answers."""
_FEWEST_ANSWERS = 2
_REASONS = 3
_NEW_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A theme of the codebook in its words."""

    id: int
    name: str
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Coded:
    """An answer that somebody coded."""

    words: str
    themes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A theme for an answer. `because`: words of the answer; `like`: answers coded before that

    share one of them and are in this theme; `named`: some stand in its name or definition.
    """

    theme_id: int
    because: tuple[str, ...]
    like: int
    named: bool
    score: float


@dataclass(frozen=True, slots=True)
class NewTheme:
    """Two words that several answers without a theme have in common."""

    words: tuple[str, str]
    answers: int


@dataclass(frozen=True, slots=True)
class Learned:
    """What earlier coding and the codebook say; `stems` of each coded answer of a theme."""

    weights: Mapping[int, Mapping[str, float]]
    named: Mapping[int, frozenset[str]]
    answers: Mapping[int, Sequence[frozenset[str]]] = field(repr=False)


def stems(text: str) -> dict[str, str]:
    """The beginnings of the words that say something, each with the word as it was written."""
    found: dict[str, str] = {}
    for match in _WORD.finditer(_MARKS.sub("", unicodedata.normalize("NFKC", text))):
        written = match[0].replace("’", "'")
        word = written.casefold()
        if len(word) >= _SHORTEST and word not in COMMON:
            found.setdefault(_stem(word), written)
    return found


def _stem(word: str) -> str:
    word = word.split("'")[0] if "'" in word else word
    if word.startswith(_ARTICLE) and len(word) > 4:
        word = word[2:]
    if word.isascii() and len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-2] if word.endswith("ses") else word[:-1]
    return word[:_STEM]


def learn(themes: Sequence[Named], coded: Iterable[Coded]) -> Learned:
    """Weighs every word for every theme."""
    of_theme: dict[int, list[frozenset[str]]] = {theme.id: [] for theme in themes}
    everywhere: Counter[str] = Counter()
    answers = 0
    for one in coded:
        words = frozenset(stems(one.words))
        answers += 1
        everywhere.update(words)
        for theme_id in one.themes & of_theme.keys():
            of_theme[theme_id].append(words)
    weights: dict[int, Mapping[str, float]] = {}
    named: dict[int, frozenset[str]] = {}
    for theme in themes:
        given = dict.fromkeys(stems(theme.definition), _DEFINED)
        given |= dict.fromkeys(stems(theme.name), _NAMED)
        named[theme.id] = frozenset(given)
        own = _own_words(of_theme[theme.id], everywhere, answers)
        weights[theme.id] = {
            stem: given.get(stem, 0) + own.get(stem, 0) for stem in given.keys() | own.keys()
        }
    return Learned(weights, named, of_theme)


def _own_words(
    inside: Sequence[frozenset[str]], everywhere: Mapping[str, int], answers: int
) -> dict[str, float]:
    """Words that stand in the answers of a theme more often than in the others."""
    counts = Counter(stem for words in inside for stem in words)
    size, rest = len(inside), answers - len(inside)
    found = {}
    for stem, count in counts.items():
        elsewhere = everywhere[stem] - count
        odds = log((count + 0.5) / (size - count + 0.5))
        others = log((elsewhere + 0.5) / (rest - elsewhere + 0.5))
        if count >= _FEWEST_ANSWERS and odds > others:
            found[stem] = odds - others
    return found


def suggest(words: str, learned: Learned, *, most: int = 3) -> tuple[Suggestion, ...]:
    """The likeliest themes of an answer, each with its reason; often none."""
    said = stems(words)
    found = [
        one
        for theme_id in learned.weights
        if (one := _suggested(theme_id, said, learned)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.theme_id))[:most])


def _suggested(theme_id: int, said: Mapping[str, str], learned: Learned) -> Suggestion | None:
    weights = learned.weights[theme_id]
    hits = sorted(said.keys() & weights.keys(), key=lambda stem: (-weights[stem], stem))
    score = sum(weights[stem] for stem in hits)
    if score < _LEAST:
        return None
    reasons = hits[:_REASONS]
    like = sum(bool(words & set(reasons)) for words in learned.answers[theme_id])
    return Suggestion(
        theme_id=theme_id,
        because=tuple(said[stem] for stem in reasons),
        like=like,
        named=bool(learned.named[theme_id] & set(reasons)),
        score=score,
    )


def new_themes(
    answers: Iterable[str], themes: Iterable[Named], *, most: int = 5
) -> tuple[NewTheme, ...]:
    """Pairs of words that come together in several answers which are in no theme yet."""
    taken = {stem for theme in themes for stem in stems(theme.name)}
    written: dict[str, str] = {}
    pairs: Counter[tuple[str, str]] = Counter()
    for words in answers:
        said = stems(words)
        for stem, word in said.items():
            written.setdefault(stem, word.casefold())
        free = sorted(said.keys() - taken)[:40]
        pairs.update(combinations(free, 2))
    often = [(pair, count) for pair, count in pairs.items() if count >= _NEW_FEWEST]
    often.sort(key=lambda one: (-one[1], one[0]))
    found: list[NewTheme] = []
    used: set[str] = set()
    for (first, second), count in often:
        if first in used or second in used:
            continue
        used |= {first, second}
        found.append(NewTheme((written[first], written[second]), count))
        if len(found) == most:
            break
    return tuple(found)


def same_words(text: str) -> str:
    """What makes two answers the same: letters and order, not capitals, spaces and dots."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return " ".join(re.findall(r"\w+", plain)) or plain.strip()
