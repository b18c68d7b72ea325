"""What a text may be telling us, so that the most urgent is read first.

A person reads every text whatever comes out here: a tier is an order, not a verdict. The words
live in `lexicon.toml`, which a safeguarding lead can read and amend; this file only knows how to
compare. Pure, local, the same answer for the same text, and bounded in time: of a text longer
than `LONGEST` the two ends are compared, and it is never below *unsure*.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import accumulate, pairwise, permutations, product
from typing import Any

LONGEST = 12_000  # three of the longest chat messages
SHORT = 3  # words
GAPS = {"..": 4, "&": 12, "...": 12}  # words that may stand between; "..." also crosses full stops


class Tier(StrEnum):
    """How soon a person should read it."""

    RED = "red"
    AMBER = "amber"
    UNSURE = "unsure"
    NONE = "none"


_ORDER = (Tier.NONE, Tier.UNSURE, Tier.AMBER, Tier.RED)


@dataclass(frozen=True, slots=True)
class Screening:
    """The tier, and why.

    `categories` and `rules` also name what a context lowered ("rule (lowered by game)"): take the
    order from `tier` and only the explanation from the rest.
    """

    tier: Tier
    categories: tuple[str, ...]
    rules: tuple[str, ...]
    lexicon_version: str


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """A frame, a context or an idiom. `lowers`: the tiers that a hit in its sentence loses."""

    rule: str
    category: str
    tier: Tier
    firm: bool
    lowers: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    frame: _Frame
    steps: tuple["Step", ...]
    needs: int  # one bit for each group
    denies: bool  # a "not" is part of what it says


@dataclass(frozen=True, slots=True)
class _Hit:
    pattern: _Pattern
    start: int
    end: int
    idiom: bool = False


Step = tuple[int, int, bool]  # a group, the words before it, whether these may cross a full stop
Note = tuple[Tier, str, str]  # tier, category, rule
Spans = list[tuple[int, int]]
Around = dict[int, dict[_Frame, None]]  # the contexts of each sentence


def screen(text: str, language: str | None = None, *, after_sensitive: bool = False) -> Screening:
    """Compare a young person's text with the lexicon.

    `language` is that of the survey, if known; all languages of the lexicon are tried whatever it
    says. `after_sensitive` makes a very short answer *unsure*: after "do you feel safe at home?"
    "no" is a cry, and so may be "yes".
    """
    lexicon = _lexicon()
    plain = _plain(text[:LONGEST], lexicon)
    notes = _notes(_tokens(plain, lexicon), lexicon)
    if len(text) > LONGEST:
        notes += _notes(_tokens(_plain(text[-LONGEST:], lexicon), lexicon), lexicon)
        notes.append((Tier.UNSURE, "too_long", "longer-than-is-compared"))
    if after_sensitive and 0 < len(plain.split()) <= SHORT:
        notes.append((Tier.UNSURE, "short_answer", "short-after-a-sensitive-question"))
    if not any(tier in (Tier.RED, Tier.AMBER) for tier, _, _ in notes):
        notes += _language_note(plain, language, lexicon)
    notes.sort(key=lambda note: (-_ORDER.index(note[0]), note[1], note[2]))
    return Screening(
        tier=notes[0][0] if notes else Tier.NONE,
        categories=tuple(dict.fromkeys(category for _, category, _ in notes)),
        rules=tuple(dict.fromkeys(rule for _, _, rule in notes)),
        lexicon_version=lexicon.version,
    )


_MARKS = str.maketrans(dict.fromkeys("'’‘`´\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f", ""))
_WORD = re.compile(r"[^\W_][\w@$*]*(?:!\w+)*|[.?!\n;。؟۔]+")
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
_REPEATS = re.compile(r"(.)\1{2,}")
_DOUBLES = re.compile(r"(.)\1+")
_WILD = re.compile(r"[\d@$*!]")
_MENDABLE = 5
_DENIALS = frozenset({"not", "no", "never", "nobody", "nothing", "none", "without"})
_ENDINGS = ("", "s", "es", "ed", "d", "ing")


def _plain(text: str, lexicon: "_Lexicon") -> str:
    """Lower case, without accents or apostrophes, emoji as words."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = unicodedata.normalize("NFKD", lowered.translate(lexicon.emoji))
        lowered = "".join(c for c in lowered if not unicodedata.combining(c))
    return lowered.translate(_MARKS)


def _tokens(plain: str, lexicon: "_Lexicon") -> list[str]:
    """Words as the lexicon spells them; "." stands between sentences, and both ends are marked."""
    tokens = ["textstart"]
    plain = lexicon.together.sub(lambda found: re.sub(r"\W", "", found[0]), plain)
    for raw in _WORD.findall(plain):
        if not raw[0].isalnum():
            tokens.append(".")
        elif raw in lexicon.rewrites:
            tokens.extend(lexicon.rewrites[raw])
        elif raw in lexicon.usual:
            tokens.append(raw)
        elif raw not in lexicon.fillers:
            tokens.extend(_mended(raw, lexicon))
    tokens.append("textend")
    return tokens


def _mended(word: str, lexicon: "_Lexicon") -> tuple[str, ...]:
    """The known word that this is most likely meant to be, or the word itself."""
    for guess in _guesses(word, lexicon.misspelt):
        if guess in lexicon.rewrites:
            return lexicon.rewrites[guess]
        if guess in lexicon.usual:
            return (guess,)
    return (word,)


def _guesses(word: str, misspelt: Mapping[str, str]) -> Iterator[str]:
    if _WILD.search(word):
        yield word.translate(_LOOKALIKES)
        yield from (word.replace("*", vowel) for vowel in "aeiou" if "*" in word)
        yield _WILD.sub("", word)
    if _REPEATS.search(word):
        yield from (_REPEATS.sub(r"\1\1", word), _REPEATS.sub(r"\1", word))
        yield _DOUBLES.sub(r"\1", word)
    if word[-2:] == "in":
        yield word + "g"
    elif word[-1] == "z":
        yield word[:-1] + "s"
    if _MENDABLE <= len(word) <= 2 * _MENDABLE + 2:
        yield from (misspelt[near] for near in _near(word) if near in misspelt)


class _Reading:
    """A text as words, and where the groups of the lexicon stand in it; looked up when asked."""

    def __init__(self, tokens: list[str], lexicon: "_Lexicon") -> None:
        self.tokens, self.lexicon, self.idle = tokens, lexicon, set[int]()
        self.sentence = list(accumulate(int(token == ".") for token in tokens))  # noqa: S105
        self.mask, self._phrases = 0, list[tuple[int, int, int]]()
        self._places: dict[int, Spans] = {}
        for token in tokens:
            self.mask |= lexicon.words.get(token, 0)
        for i, pair in enumerate(pairwise(tokens)):
            for words, group in lexicon.phrases.get(pair, ()):
                if len(words) == 2 or tuple(tokens[i : i + len(words)]) == words:
                    self.mask |= 1 << group
                    self._phrases.append((i, i + len(words), group))

    def places(self, group: int) -> Spans:
        """Each place of a group, from its first word to after its last."""
        if group not in self._places:
            ours = self.lexicon.members[group]
            found = [(i, i + 1) for i, token in enumerate(self.tokens) if token in ours]
            found += [(s, e) for s, e, g in self._phrases if g == group]
            if self.idle:
                found = [(s, e) for s, e in found if self.idle.isdisjoint(range(s, e))]
            self._places[group] = found
        return self._places[group]

    def hits(self, index: Mapping[str, list[_Pattern]]) -> list[_Hit]:
        """All that the patterns filed under the words of this text find in it."""
        waiting = dict.fromkeys(p for t in dict.fromkeys(self.tokens) for p in index.get(t, ()))
        return [
            _Hit(pattern, start, end)
            for pattern in waiting
            if pattern.needs & self.mask == pattern.needs
            for end, start in self._following(pattern.steps).items()
        ]

    def _following(self, steps: tuple[Step, ...]) -> dict[int, int]:
        """Where the steps follow one another: each end with its nearest start."""
        ends = {end: start for start, end in self.places(steps[0][0])}
        for group, gap, crosses in steps[1:]:
            ends = {
                end: ends[before]
                for start, end in self.places(group)
                for before in range(start - gap, start + 1)
                if before in ends and (crosses or self.sentence[before - 1] == self.sentence[start])
            }
        return ends

    def leave_out(self, hits: list[_Hit]) -> None:
        """Read on as if the words of these hits were not there."""
        self.idle = {i for hit in hits for i in range(hit.start, hit.end)}
        self._places.clear()


def _notes(tokens: list[str], lexicon: "_Lexicon") -> list[Note]:
    reading = _Reading(tokens, lexicon)
    hits = reading.hits(lexicon.frames)
    if not hits:
        return []
    contexts = reading.hits(lexicon.contexts)
    voids = {i for start, end in reading.places(lexicon.voids) for i in range(start, end)}
    nots = {start for start, _ in reading.places(lexicon.nots)} - voids
    if idioms := [context for context in contexts if not context.pattern.frame.lowers]:
        reading.leave_out(idioms)
        still = reading.hits(lexicon.frames)
        kept = {hit.pattern.frame for hit in still}
        gone = [hit for hit in hits if hit.pattern.frame not in kept]
        hits = still + [replace(hit, idiom=not hit.pattern.frame.firm) for hit in gone]
    around: Around = {}
    for context in contexts:
        around.setdefault(reading.sentence[context.start], {})[context.pattern.frame] = None
    return [_note(hit, around, nots, reading.sentence) for hit in hits]


def _note(hit: _Hit, around: Around, nots: set[int], sentence: list[int]) -> Note:
    """The hit with its tier, after the contexts in its own sentences and a "not" before it."""
    frame = hit.pattern.frame
    most = 1 if frame.firm else 2 if frame.tier is Tier.RED else len(_ORDER)
    steps, why = (len(_ORDER), "idiom") if hit.idiom else (0, "")
    for number in range(sentence[hit.start], sentence[hit.end - 1] + 1):
        for context in around.get(number, ()):
            by = context.lowers.get(frame.category, context.lowers.get("*", 0))
            if min(by, most) > steps:
                steps, why = min(by, most), context.rule
    reach = (i for i in range(max(hit.start - 2, 0), hit.end) if sentence[i] >= sentence[hit.start])
    if not hit.pattern.denies and not nots.isdisjoint(reach):
        steps, why = max(steps, 2), why or "negation"
    tier = _ORDER[max(0, _ORDER.index(frame.tier) - steps)]
    return tier, frame.category, f"{frame.rule} (lowered by {why})" if why else frame.rule


def _language_note(plain: str, language: str | None, lexicon: "_Lexicon") -> list[Note]:
    known = language is None or language.split("-")[0].lower() in lexicon.languages["known"]
    if (known and _readable(plain, lexicon.languages)) or not any(map(str.isalpha, plain)):
        return []
    return [(Tier.UNSURE, "language", "language-not-known")]


def _readable(plain: str, languages: Mapping[str, frozenset[str]]) -> bool:
    """Whether this is, as far as one can tell without a dictionary, in a language we know."""
    letters = "" if plain.isascii() else [c for c in plain if c.isalpha()]
    if sum(c < "\u0250" for c in letters) * 2 < len(letters):
        arabic = sum("\u0600" <= c <= "\u06ff" for c in letters)
        if arabic * 2 < len(letters) or not languages["strange_letters"].isdisjoint(letters):
            return False
    words = _WORD.findall(plain)
    away = sum(word in languages["other"] for word in words)
    return not away or sum(word in languages["ours"] for word in words) >= away


class _Lexicon:
    """`lexicon.toml`, made quick to compare with. Groups of words are numbered as they appear."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        spelling = source["spelling"]
        self.version: str = source["version"]
        self.emoji = {ord(k): f" {v} " for k, v in spelling["emoji"].items()}
        self.emoji |= {ord(k): v for k, v in spelling["letters"].items()}
        together = "|".join(_listed(spelling["together"]))
        self.together = re.compile(rf"\b(?:{together}|[a-z](?:[ .*-][a-z]){{2,}})\b")
        self.rewrites = {k: tuple(v.split()) for k, v in spelling["means"].items()}
        self.fillers = frozenset(_listed(spelling["fillers"]))
        self.languages = {k: frozenset(_listed(v)) for k, v in source["languages"].items()}
        self.words: dict[str, int] = {}  # one bit for each group
        self.phrases: dict[tuple[str, ...], list[tuple[tuple[str, ...], int]]] = {}
        self.members: list[set[str]] = []
        self._named: Mapping[str, str] = source["group"]
        self._numbers: dict[str, int] = {}
        self._denying: set[int] = set()
        self._keys: list[set[str]] = []  # the first word of each entry
        common = _listed(spelling["common"])
        self._rank = {word: rank for rank, word in enumerate(common, 5)}
        self.nots, self.voids = self._number("<not>"), self._number("<not_a_denial>")
        self.frames, self.contexts = self._filed(source["frame"]), self._filed(source["context"])
        spelt = (word for found in self.phrases.values() for words, _ in found for word in words)
        self.usual = {*self.words, *spelt, *common}
        self.misspelt = {near: word for word in _listed(spelling["mend"]) for near in _near(word)}

    def _filed(self, entries: list[Mapping[str, Any]]) -> dict[str, list[_Pattern]]:
        """Patterns by the words that begin their rarest step: few texts have many of them."""
        index: dict[str, list[_Pattern]] = {}
        for pattern in (p for entry in entries for p in self._compiled(entry)):
            keys = (self._keys[group] for group, _, _ in pattern.steps)
            for word in min(keys, key=lambda ws: sum(1 / self._rank.get(w, 1000) for w in ws)):
                index.setdefault(word, []).append(pattern)
        return index

    def _compiled(self, entry: Mapping[str, Any]) -> Iterator[_Pattern]:
        """Each line of `says`, spelt out: "&" in any order, "word?" with and without."""
        category, tier = entry.get("category", ""), Tier(entry.get("tier", "none"))
        firm, lowers = entry.get("firm", False), entry.get("lowers", {})
        frame = _Frame(entry["rule"], category, tier, firm, lowers)
        for line in filter(None, map(str.strip, entry["says"].splitlines())):
            for parts in permutations(line.split(" & ")):
                choices = [
                    (w[:-1], "") if w[-1] == "?" else (w,) for w in " & ".join(parts).split()
                ]
                for words in product(*choices):
                    yield self._pattern(frame, [word for word in words if word])

    def _pattern(self, frame: _Frame, words: list[str]) -> _Pattern:
        steps: list[Step] = []
        gap, crosses = 0, False
        for word in words:
            if word in GAPS:
                gap, crosses = GAPS[word], word == "..."
                continue
            for part in (word,) if word[0] == "<" or "|" in word else self._spelt(word):
                steps.append((self._number(part), gap, crosses))
                gap, crosses = 0, False
        groups = {group for group, _, _ in steps}
        denies = not groups.isdisjoint(self._denying)
        return _Pattern(frame, tuple(steps), sum(1 << group for group in groups), denies)

    def _number(self, name: str) -> int:
        """The number of "<group>", of "a|b_c|<group>", or of a single word."""
        if name in self._numbers:
            return self._numbers[name]
        number = self._numbers[name] = len(self._numbers)
        self.members.append(set())
        self._keys.append(set())
        for words in dict.fromkeys(map(self._spelt, self._entries(name))):
            if (name == "<not>" or "<" not in name) and not _DENIALS.isdisjoint(words):
                self._denying.add(number)
            if len(words) == 1:
                self.members[number].add(words[0])
                self.words[words[0]] = self.words.get(words[0], 0) | 1 << number
            elif words:
                self.phrases.setdefault(words[:2], []).append((words, number))
            self._keys[number].update(words[:1])
        return number

    def _entries(self, name: str) -> Iterator[str]:
        """All that a name stands for; a group may name others, "word*" is all its endings."""
        listed = [name]
        if name[0] == "<" and "|" not in name:
            listed = _listed(self._named[name[1:-1]])
        elif "|" in name:
            listed = name.replace("_", " ").split("|")
        for entry in dict.fromkeys(listed):
            if entry[0] == "<":
                yield from self._entries(entry.replace(" ", "_"))
            elif entry[-1] == "*":
                yield from (entry[:-1] + ending for ending in _ENDINGS)
            else:
                yield entry

    def _spelt(self, entry: str) -> tuple[str, ...]:
        """A lexicon entry in the words that `_tokens` makes of it."""
        raw = _WORD.findall(_plain(entry, self))
        words = (self.rewrites.get(word, (word,)) for word in raw if word not in self.fillers)
        return tuple(word for part in words for word in part)


def _listed(text: str) -> list[str]:
    return [entry for part in text.split(",") if (entry := " ".join(part.split()))]


def _near(word: str) -> tuple[str, ...]:
    """The word, and the word with any one letter left out but the first."""
    return (word, *(word[:i] + word[i + 1 :] for i in range(1, len(word))))


@cache
def _lexicon() -> _Lexicon:
    source = resources.files("surveys").joinpath("lexicon.toml").read_text(encoding="utf-8")
    return _Lexicon(tomllib.loads(source))
