"""Whether a text is in a language that the lexicon knows."""

from collections.abc import Mapping

from surveys.screening.spelling import WORD


def is_known(language: str | None, known: frozenset[str]) -> bool:
    """Whether the survey's language is one of the lexicon's; unknown is not foreign."""
    return language is None or language.split("-")[0].lower() in known


def is_readable(plain: str, languages: Mapping[str, frozenset[str]]) -> bool:
    """Whether this is, as far as one can tell without a dictionary, in a language we know."""
    letters = "" if plain.isascii() else [c for c in plain if c.isalpha()]
    if sum(c < "\u0250" for c in letters) * 2 < len(letters):
        arabic = sum("\u0600" <= c <= "\u06ff" for c in letters)
        if arabic * 2 < len(letters) or not languages["strange_letters"].isdisjoint(letters):
            return False
    words = WORD.findall(plain)
    away = sum(word in languages["other"] for word in words)
    return not away or sum(word in languages["ours"] for word in words) >= away


def is_foreign(plain: str, languages: Mapping[str, frozenset[str]]) -> bool:
    """Whether its small words are those of another language: English cues would misread it."""
    words = WORD.findall(plain)
    english = languages["ours"] - languages["other"]
    away = sum(word in languages["other"] for word in words)
    return away > sum(word in english for word in words)
