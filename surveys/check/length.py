"""How long a survey is: the questions and the time of the longest way through it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import cycle, islice, product
from math import prod

from surveys.check.hints import Hint, Hints, asked, at, setting
from surveys.definition import Audience, Kind, Question, Survey
from surveys.form import NOBODY, form_of
from surveys.relevance import look
from surveys.turns import Session

MOST_QUESTIONS = 8
MOST_OF_PROFESSIONALS = 15
MOST_MINUTES = 5

_WORDS_A_MINUTE = {Audience.YOUTH: 130, Audience.PRACTITIONERS: 200, Audience.LEADS: 200}
_SECONDS: Mapping[Kind, float] = {
    Kind.NOTE: 1,
    Kind.GROUP: 0,
    Kind.TEXT: 35,
    Kind.INTEGER: 7,
    Kind.DECIMAL: 8,
    Kind.RANGE: 6,
    Kind.DATE: 12,
    Kind.TIME: 8,
    Kind.DATE_TIME: 15,
    Kind.SELECT_ONE: 5,
    Kind.SELECT_MULTIPLE: 10,
    Kind.RANK: 20,
    Kind.ACKNOWLEDGE: 3,
}
"""To think and to answer, once the question is read: a rule of thumb, on the short side."""

_MOST_ROWS_LOOKED_AT, _FEWEST_TRIES = 80_000, 200
_ROUNDS = 3
_LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_NUMBER = re.compile(r"(?<![\w.])-?[0-9]+(?:\.[0-9]+)?(?![\w.])")
_ANY_DAY = datetime(2024, 1, 15, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Length:
    """The longest way through: how many questions are asked on it, and about how many minutes."""

    questions: int
    minutes: float


@lru_cache(maxsize=8)
def longest(survey: Survey) -> Length:
    """The most that one person can be asked.

    All combinations of the answers that decide something are tried. Where there are too many, one
    question after the other is changed where that makes the way longer: never more than there is,
    but on a tangled form the very longest way can be missed.
    """
    candidates = _candidates(survey)
    tries = max(_MOST_ROWS_LOOKED_AT // max(len(survey.questions), 1), _FEWEST_TRIES)
    if prod(map(len, candidates.values())) <= tries:
        ways: Iterator[dict[str, str]] = (
            dict(zip(candidates, values, strict=True)) for values in product(*candidates.values())
        )
        return max((_along(survey, way) for way in ways), key=_rank)
    return _climb(survey, candidates, tries)


def hints(survey: Survey) -> Hints:
    """Too many questions, too many minutes, or fewer minutes than it takes."""
    length = longest(survey)
    minutes = survey.settings.minutes
    yield from _questions(survey, length)
    if survey.settings.is_youth and (minutes or 0) > MOST_MINUTES:
        yield Hint(
            "too-long",
            f"It takes {minutes} minutes; young people give it about {MOST_MINUTES}.",
            "Ask less.",
            setting("loop_minutes"),
        )
    if not minutes and survey.settings.audience is not Audience.LEADS:
        yield Hint(
            "no-minutes",
            f"Nothing says how long it takes; about {_rounded(length)} by our estimate.",
            "Fill in loop_minutes, truthfully.",
            setting("loop_minutes"),
        )
    elif minutes and length.minutes > 1.5 * minutes + 0.5:
        yield Hint(
            "longer-than-promised",
            f"It promises {minutes} minutes, but the longest way through takes about "
            f"{_rounded(length)}.",
            "Try it with somebody who does not know it, and write what the clock says.",
            setting("loop_minutes"),
        )


def _questions(survey: Survey, length: Length) -> Hints:
    is_youth = survey.settings.is_youth
    most = MOST_QUESTIONS if is_youth else MOST_OF_PROFESSIONALS
    if length.questions > most:
        who = "young people are" if is_youth else "busy people are"
        yield Hint(
            "too-many-questions",
            f"Up to {length.questions} questions are asked; {who} asked at most {most}.",
            "Leave out what you would not act on.",
            at(asked(survey)[-1]),
        )


def _rounded(length: Length) -> int:
    return max(round(length.minutes), 1)


def _rank(length: Length) -> tuple[int, float]:
    return length.questions, length.minutes


def _candidates(survey: Survey) -> dict[str, tuple[str, ...]]:
    """The questions that decide what else is asked, with the values that make a difference."""
    deciding = NOBODY.union(*(row.decided_by for row in form_of(survey).rows))
    sources = [text for q in survey.questions for text in (q.relevant, q.calculation) if text]
    return {q.name: _values(q, " ".join(sources)) for q in asked(survey) if q.name in deciding}


def _values(question: Question, text: str) -> tuple[str, ...]:
    if question.choices:
        return _names(question, text)
    literals = ["".join(found) for found in _LITERAL.findall(text)]
    numbers = sorted({float(found) for found in _NUMBER.findall(text)})[:20]
    if question.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.RANGE):
        near = sorted({number + step for number in numbers for step in (-1, 0, 1)})
        return tuple(f"{number:g}" for number in near) or ("1",)
    return tuple(dict.fromkeys((*literals, "2024-01-15")))[:20]


def _names(question: Question, text: str) -> tuple[str, ...]:
    """The choices that expressions name, one that none names, and all of them together."""
    literals = {"".join(found) for found in (*_LITERAL.findall(text), *_bare(text))}
    named = [choice.name for choice in question.choices if choice.name in literals]
    others = [choice.name for choice in question.choices if choice.name not in literals]
    every = [" ".join(choice.name for choice in question.choices)]
    together = every if question.kind.takes_many else []
    return tuple(dict.fromkeys((*named, *others[:1], *together)))


def _bare(text: str) -> list[tuple[str, str]]:
    return [(number, "") for number in _NUMBER.findall(text)]


def _along(survey: Survey, way: Mapping[str, str]) -> Length:
    """The way of somebody who answers every question, these ones so."""
    answers = {question.name: _some_answer(question) for question in asked(survey)} | dict(way)
    session = Session(
        fingerprint=survey.fingerprint(),
        language=survey.settings.default_language,
        seed=1,
        started=_ANY_DAY,
        answers=answers,
    )
    hidden = look(form_of(survey), session).hidden
    rows = [question for question in survey.questions if question.name not in hidden]
    seconds = sum(_seconds(survey, row) for row in rows)
    return Length(sum(row.kind.is_asked for row in rows), seconds / 60)


def _some_answer(question: Question) -> str:
    if question.choices:
        return question.choices[0].name
    return {Kind.TEXT: "x", Kind.DATE: "2024-01-15"}.get(question.kind, "1")


def _seconds(survey: Survey, row: Question) -> float:
    texts = (row.labels, row.hints, *(choice.labels for choice in row.choices))
    language = survey.settings.default_language
    count = sum(len(survey.text(text, language).split()) for text in texts)
    reading = 60 * count / _WORDS_A_MINUTE[survey.settings.audience]
    return reading + _SECONDS.get(row.kind, 0)


def _climb(survey: Survey, candidates: Mapping[str, tuple[str, ...]], tries: int) -> Length:
    """The longest way that so many tries find, starting from each question's first value."""
    way = {name: values[0] for name, values in candidates.items()}
    best = _along(survey, way)
    changes = [(name, value) for name, values in candidates.items() for value in values]
    for name, value in islice(cycle(changes), min(tries, _ROUNDS * len(changes))):
        tried = _along(survey, {**way, name: value})
        if _rank(tried) > _rank(best):
            best, way = tried, {**way, name: value}
    return best
