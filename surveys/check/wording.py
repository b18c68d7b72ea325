"""Wording that bends answers or that people do not understand. English only: tables of patterns.

Only the label of an asked question is looked at, since hints and notes explain. A hint here should
be right nine times in ten; what is a matter of taste is left alone.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from surveys.check.hints import Hint, Hints, Said, asked, at, listed, plain, said
from surveys.definition import Kind, Survey

LANGUAGE = "en"
LONG_LABEL = 200

_CLOSED = frozenset(
    (Kind.SELECT_ONE, Kind.INTEGER, Kind.DECIMAL, Kind.RANGE, Kind.ACKNOWLEDGE, Kind.RANK)
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_NEGATED = r"(?:don't|doesn't|didn't|isn't|aren't|wasn't|weren't|won't|wouldn't|shouldn't|can't)"
_PRAISE = r"(?:good|great|excellent|brilliant|amazing|fantastic|wonderful|outstanding)"
_BLAME = r"(?:bad|terrible|awful|poor|useless|unfair|disappointing)"
_LEADING = _any(
    rf"^(?:so,? )?{_NEGATED} (?:you|we|they|it|this|that|the|your|our)\b",
    rf"\b{_NEGATED} (?:you|we) (?:think|agree|feel|say|find)\b",
    rf",\s*(?:{_NEGATED}|is|are|do|does|did|was|were) (?:you|it|they|we)\s*\?",
    r"\b(?:do|would) you (?:not )?agree that\b",
    r"\b(?:surely|obviously|of course|as you know|everyone knows)\b",
    r"\bmost people (?:think|agree|say)\b",
    rf"\bhow (?:very |really )?{_PRAISE} (?!or )(?:is|are|was|were|did|do|has|have|will)\b",
    rf"\bhow (?:very |really )?{_BLAME} (?!or )(?:is|are|was|were|did|do|has|have|will)\b",
    rf"\b(?:our|the) {_PRAISE} (?:new )?(?:work|service|training|team|help|support)\b",
    r"\bwhy (?:is|are|was|were|do|does|did) .{1,60} (?:so|such an?) \w+",
)
_MEASURED = (
    r"(?:clear|useful|helpful|easy|quick|safe|happy|friendly|kind|fair|relevant|interesting|"
    r"accessible|effective|confident|supported|informed|listened to|respected|satisfied|timely|"
    r"well organised|engaging|appropriate|comfortable|welcome|practical|valued|understood)"
)
_OWNED = r"(?:the|your|our|their|this|these|those)\s+\w+(?:\s\w+)?"
_TWO_THINGS = _any(
    rf"\b{_MEASURED}(?:,)? (?:and|or) (?:\w+ly )?{_MEASURED}\b",
    rf"(?<!between )(?<!both )\b{_OWNED} (?:and|or) {_OWNED}\b",
    r"\b(?:and|or) (?:how|why|when|where|who|whether|what|did|do|does|is|are|was|were|have|has|if)"
    r" (?:it|they|you|we|he|she|the|this|that|your|much|many|often|well)\b",
)
_AND_OR = re.compile(r"\w\s?\band\s?/\s?or\b", re.IGNORECASE)
_TWO_QUESTIONS = re.compile(r"\?[^?]*\w[^?]*\?")
_STRONG = r"\b(?:not|never|nobody|nothing|none|no|nor|cannot|without|hardly|\w+n't)\b"
_WEAK = (
    r"\b(?:disagree|unlikely|unable|unhelpful|unsafe|unhappy|unclear|unfair|unnecessary|"
    r"unacceptable|fail(?:s|ed)?|prevent(?:s|ed)?|lacks?|refuse[sd]?|oppose[sd]?|forbid(?:den)?)\b"
)
_DOUBLED = _any(
    rf"{_STRONG}(?:(?!\bor\b|\band\b|\bbut\b)[^,;:]){{1,60}}{_STRONG}",
    rf"{_STRONG}(?:(?!\bor\b|\band\b|\bbut\b)[^,;:]){{0,40}}{_WEAK}",
    rf"{_WEAK}(?:(?!\bor\b|\band\b|\bbut\b)[^,;:]){{0,60}}{_STRONG}",
)
_ABSOLUTE = _any(
    r"(?<!if )\b(?:always|never|every time|everyone|everybody|no one|nobody|all of the time)\b",
    r"\b(?:completely|totally|absolutely|entirely)\b",
)

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "leading": (
        "'{name}' leans towards one answer (\"{found}\").",
        'Ask openly, so that every answer is as easy to give: "What do you think of ...?"',
    ),
    "double-barrelled": (
        "'{name}' seems to ask two things at once (\"{found}\"): one answer cannot fit both.",
        "Make two questions of it, or leave out the one you need less.",
    ),
    "double-negative": (
        "'{name}' has two negatives in one sentence (\"{found}\"): it is easily read wrongly.",
        "Say it without 'not'.",
    ),
    "absolute-word": (
        "'{name}' says \"{found}\": hardly anybody can answer yes to that.",
        'Ask "how often" or "how much", with choices from never to always.',
    ),
}


def hints(survey: Survey) -> Hints:
    """Everything about wording, question by question."""
    is_youth = survey.settings.is_youth
    for one in said(survey, LANGUAGE):
        yield from _patterns(one)
        if is_youth:
            yield from _jargon(one, _explanations(survey))
    yield from _long(survey)


def _patterns(one: Said) -> Hints:
    is_closed = one.question.kind in _CLOSED
    tests: tuple[tuple[str, Callable[[str], str], bool], ...] = (
        ("leading", _finder(_LEADING), True),
        ("double-barrelled", lambda text: _two_things(text, is_closed=is_closed), True),
        ("double-negative", _doubled, True),
        ("absolute-word", _finder(_ABSOLUTE), is_closed),
    )
    for code, find, applies in tests:
        if applies and (found := find(one.label)):
            problem, remedy = _PROBLEMS[code]
            yield Hint(code, problem.format(name=one.question.name, found=found), remedy, one.spot)


def _finder(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def find(text: str) -> str:
        match = pattern.search(text)
        return match[0].strip(" ,") if match else ""

    return find


def _two_things(label: str, *, is_closed: bool) -> str:
    if match := _AND_OR.search(label):
        return match[0][1:].strip()
    if _TWO_QUESTIONS.search(label):
        return "two question marks"
    match = _TWO_THINGS.search(label) if is_closed else None
    return match[0] if match else ""


def _doubled(label: str) -> str:
    found = (_DOUBLED.search(sentence) for sentence in _SENTENCE.split(label))
    return next((match[0] for match in found if match), "")


def _explanations(survey: Survey) -> str:
    """Hints and notes: a word that is explained there is no jargon."""
    texts = [q.hints.get(LANGUAGE, "") for q in survey.questions]
    notes = [q.labels.get(LANGUAGE, "") for q in survey.questions if q.kind.is_said]
    return " ".join(plain(text) for text in (*texts, *notes))


def _jargon(one: Said, explained: str) -> Hints:
    found = list(dict.fromkeys(_jargon_in(f"{one.label} {one.hint}", explained)))
    if found:
        words = listed([f'"{word}"' for word, _ in found])
        instead = "; ".join(f'"{word}": {plainer}' for word, plainer in found)
        yield Hint(
            "jargon",
            f"'{one.question.name}' uses {words}, which young people seldom know.",
            f"Say it in plain words, or explain it in the hint. For example {instead}.",
            one.spot,
        )


def _jargon_in(text: str, explained: str) -> Iterator[tuple[str, str]]:
    for pattern, instead in words()["jargon"].items():
        match = re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)
        if match and not _is_explained(match[0], f"{text} {explained}"):
            yield match[0].lower(), instead


def _is_explained(word: str, text: str) -> bool:
    means = rf"\b{re.escape(word)}s? (?:is|are|means?|\()"
    called = rf"\b(?:called|known as) {re.escape(word)}"
    return bool(re.search(f"{means}|{called}", text, re.IGNORECASE))


def _long(survey: Survey) -> Hints:
    for question in asked(survey):
        for language, label in question.labels.items():
            if len(label) > LONG_LABEL:
                yield Hint(
                    "long-label",
                    f"The question '{question.name}' is longer than {LONG_LABEL} letters.",
                    "Shorten it; put what needs explaining into the hint, or a note before it.",
                    at(question, "label", language),
                )
                break


@cache
def words() -> dict[str, Any]:
    """The tables of `words.toml`."""
    return tomllib.loads((files("surveys.check") / "words.toml").read_text("utf-8"))
