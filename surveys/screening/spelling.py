"""From what somebody typed to the words that the lexicon knows."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

WORD = re.compile(r"[^\W_][\w@$*]*(?:!\w+)*|[.?!\n;。؟۔]+")
_MARKS = str.maketrans(dict.fromkeys("'’‘`´ʼ＇\u00ad\ufe0f", ""))
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
_REPEATS = re.compile(r"(.)\1{2,}")
_DOUBLES = re.compile(r"(.)\1+")
_WILD = re.compile(r"[\d@$*!_]")
_TAGS = re.compile(r"[#_]+")
_MENDABLE = 5
_LONGEST_WORD = 16
_MIN_SOUND = 3
_SHORTEST_BY_EAR = 3
_JOINED = range(7, 33)  # letters of words that were run together ("killmyself"), which begin so:
_FIRST = (
    "i",
    "to",
    "my",
    "kill",
    "help",
    "hate",
    "want",
    "he",
    "she",
    "they",
    "dad",
    "mum",
    "step",
    "stop",
    "dont",
    "cant",
    "end",
    "cut",
    "hurt",
)
_SOUNDS = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"^kn", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"ph", "f"),
        (r"ght", "t"),
        (r"gh", ""),
        (r"[st]ion|shun", "xn"),
        (r"tch|ch", "k"),
        (r"sh", "x"),
        (r"th", "t"),
        (r"d[gj]e?", "j"),
        (r"c(?=[eiy])", "s"),
        (r"ck|c|q", "k"),
        (r"z", "s"),
        (r"[aeiouwyh]+", ""),
        (r"(.)\1+", r"\1"),
    )
)

# How children spell by ear, and how London speaks: tried one or two at a time on unknown words.
_BY_EAR = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"f", "th"),
        (r"v", "th"),
        (r"^f", "ph"),
        (r"f$", "gh"),
        (r"(?<=[aeiou])a$|(?<=[a-z])(?:a|ah|er)$", "er"),
        (r"k", "c"),
        (r"k", "ck"),
        (r"c", "k"),
        (r"s", "c"),
        (r"z", "s"),
        (r"x", "cks"),
        (r"^n", "kn"),
        (r"^r", "wr"),
        (r"^w", "wh"),
        (r"^o", "ho"),
        (r"^([aeiou])", r"h\1"),
        (r"ee", "ea"),
        (r"ea", "ee"),
        (r"ee", "ie"),
        (r"oo", "u"),
        (r"u", "oo"),
        (r"u", "ou"),
        (r"ow", "ou"),
        (r"or", "our"),
        (r"or", "aw"),
        (r"ir|er|ur", "ur"),
        (r"ir|er|ur", "er"),
        (r"ir|er|ur", "ir"),
        (r"a([^aeiou])$", r"a\1e"),
        (r"i([^aeiou])$", r"i\1e"),
        (r"o([^aeiou])$", r"o\1e"),
        (r"ai|ay", "a"),
        (r"a", "ai"),
        (r"i", "igh"),
        (r"ite", "ight"),
        (r"ie", "y"),
        (r"ey|ie|i$", "y"),
        (r"el$|ul$|il$|al$", "le"),
        (r"e$", ""),
        (r"$", "e"),
        (r"([^aeiou])t$", r"\1ed"),
        (r"([a-z])d$", r"\1ed"),
        (r"([bcdfgklmnprst])(?=[^bcdfgklmnprst]|$)", r"\1\1"),
        (r"([a-z])\1", r"\1"),
        (r"shun|shon", "tion"),
        (r"j", "g"),
        (r"u", "a"),
        (r"a", "u"),
        (r"i", "e"),
        (r"e", "i"),
    )
)


class Spelling:
    """`spelling.toml`: what is corrected before anything is compared."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self._emoji = {ord(k): f" {v} " for k, v in source["emoji"].items()}
        self._emoji |= {ord(k): v for k, v in source["letters"].items()}
        self._homoglyphs = {ord(k): v for k, v in source["homoglyphs"].items()}
        together = "|".join(listed(source["together"]))
        self._together = re.compile(rf"\b(?:{together}|[a-z](?:[ .*_-][a-z]){{2,}})\b")
        self.rewrites = {k: tuple(v.split()) for k, v in source["means"].items()}
        self._fillers = frozenset(listed(source["fillers"]))
        self.common = listed(source["common"])
        self._mend = listed(source["mend"])
        self._heard = {*self._mend, *listed(source["by_ear"])}
        self.usual: set[str] = {*self.common, *listed(source["ordinary"])}
        self._misspelt: dict[str, str] = {}
        self._sounds: dict[str, str] = {}

    def know(self, words: Iterable[str]) -> None:
        """These words of the lexicon stay as they are, and others may be meant to be them."""
        self.usual.update(words)
        self._misspelt = {near: word for word in self._mend for near in _near(word)}
        sounds = ((_sound(word), word) for word in reversed(self._mend))
        self._sounds = {sound: word for sound, word in sounds if len(sound) >= _MIN_SOUND}

    def plain(self, text: str) -> str:
        """Lower case, without accents, apostrophes or hidden characters, emoji as words."""
        lowered = text.lower()
        if not lowered.isascii():
            lowered = "".join(_shown(c) for c in lowered)
            lowered = unicodedata.normalize("NFKD", lowered.translate(self._emoji)).lower()
            lowered = "".join(c for c in lowered if not unicodedata.combining(c))
            if _mostly_latin(lowered):
                lowered = lowered.translate(self._homoglyphs)
        elif not lowered.isprintable():
            lowered = "".join(_shown(c) for c in lowered)
        return _TAGS.sub(" ", lowered.translate(_MARKS))

    def tokens(self, plain: str) -> list[str]:
        """Words as the lexicon spells them; "." between sentences, and both ends are marked."""
        tokens = ["textstart"]
        for raw in WORD.findall(self._together.sub(_closed_up, plain)):
            if not raw[0].isalnum():
                tokens.append(".")
            elif raw in self.rewrites:
                tokens.extend(self.rewrites[raw])
            elif raw in self.usual:
                tokens.append(raw)
            elif raw not in self._fillers:
                tokens.extend(self._mended(raw))
        tokens.append("textend")
        return tokens

    def entry(self, says: str) -> tuple[str, ...]:
        """A lexicon entry in the words that `tokens` makes of it."""
        raw = WORD.findall(self.plain(says))
        words = (self.rewrites.get(word, (word,)) for word in raw if word not in self._fillers)
        return tuple(word for part in words for word in part)

    def _mended(self, word: str) -> tuple[str, ...]:
        """The known words that this is most likely meant to be, or the word itself."""
        for guess in self._guesses(word):
            if guess in self.rewrites:
                return self.rewrites[guess]
            if guess in self.usual:
                return (guess,)
        if _SHORTEST_BY_EAR <= len(word) <= _LONGEST_WORD:
            for guess in _by_ear(word):
                if guess in self._heard:
                    return self.rewrites.get(guess, (guess,))
        if len(word) in _JOINED and word.startswith(_FIRST) and (parts := self._parted(word)):
            return tuple(w for part in parts for w in self.rewrites.get(part, (part,)))
        return (word,)

    def _guesses(self, word: str) -> Iterator[str]:
        if _WILD.search(word) and not word.isdigit():
            yield word.translate(_LOOKALIKES)
            yield from (word.replace("*", vowel) for vowel in "aeiou" if "*" in word)
            yield _WILD.sub("", word)
        if _REPEATS.search(word):
            yield from (_REPEATS.sub(r"\1\1", word), _REPEATS.sub(r"\1", word))
            yield _DOUBLES.sub(r"\1", word)
        if word[-2:] == "in":
            yield word + "g"
        elif word[-1] in "zx":
            yield word[:-1] + "s"
        if _MENDABLE - 1 <= len(word) <= _LONGEST_WORD:
            yield from (self._misspelt[near] for near in _near(word) if near in self._misspelt)
            if word.isascii() and (meant := self._sounds.get(_sound(word))):
                yield meant

    def _parted(self, word: str) -> tuple[str, ...]:
        """Words that were run together ("killmyself"), if all of it is words."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - _LONGEST_WORD), end):
                part, before = word[start:end], best[start]
                if before is None or not self._is_part(part):
                    continue
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = (*before, part)
        return best[-1] or ()

    def _is_part(self, part: str) -> bool:
        if len(part) < 3:
            return part in ("i", "a", "me", "my", "to", "is", "im", "he", "it", "up", "in", "no")
        return part in self.usual or part in self.rewrites


def listed(text: str) -> list[str]:
    """A comma-separated list of the lexicon; line breaks do not matter."""
    return [entry for part in text.split(",") if (entry := " ".join(part.split()))]


def _closed_up(found: re.Match[str]) -> str:
    return re.sub(r"\W|_", "", found[0])


def _shown(character: str) -> str:
    """Nothing for what prints nothing; a blank for what keeps words apart."""
    if character.isprintable() or character in "\n\u200c":
        return "" if character == "\u200c" else character
    return " " if character.isspace() else ""


def _mostly_latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum(c < "\u0250" for c in letters) * 2 > len(letters)


def _near(word: str) -> tuple[str, ...]:
    """The word, and the word with any one letter left out but the first."""
    return (word, *(word[:i] + word[i + 1 :] for i in range(1, len(word))))


def _by_ear(word: str) -> Iterator[str]:
    """The word with one and then with two sounds written otherwise."""
    once = []
    for place, (old, new) in enumerate(_BY_EAR, 1):
        if old.search(word):
            once.append((place, old.sub(new, word, count=1)))
            yield once[-1][1]
    for place, half in once:
        for old, new in _BY_EAR[place:]:
            if old.search(half):
                yield old.sub(new, half, count=1)


def _sound(word: str) -> str:
    """Roughly how it sounds: its consonants, and whether it begins with a vowel."""
    begins = "A" if word[0] in "aeiou" else ""
    for old, new in _SOUNDS:
        word = old.sub(new, word)
    return begins + word
