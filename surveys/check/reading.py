"""Whether young people can read a survey: the reading age of its English texts."""

import re

from surveys.check.hints import Hint, Hints, Said, plain, said, setting
from surveys.definition import Survey
from surveys.reading_age import MEASURED, Reading, read

OLDEST, OLDEST_OF_YOUNG = 11, 9
"""The age for which texts for young people may read; 9 where nobody asked is older than 11."""

_ENOUGH, _SOME = 100, 40
_ALLOWANCE = {"enough": 0.0, "some": 1.0, "few": 3.0}
"""A few words say little: so many years more are let pass."""

_NUMBERS = re.compile(r"[0-9]+")


def measured(survey: Survey) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The survey's languages whose reading age is measured, and those for which no formula is."""
    known = tuple(code for code in survey.languages if _base(code) in MEASURED)
    return known, tuple(code for code in survey.languages if code not in known)


def reads_for(survey: Survey) -> int:
    """The oldest reading age that fits the people who are asked."""
    ages = [int(age) for age in _NUMBERS.findall(survey.settings.ages)]
    return OLDEST_OF_YOUNG if ages and max(ages) <= OLDEST else OLDEST


def hints(survey: Survey) -> Hints:
    """Questions that read too hard by themselves, or else the survey as a whole."""
    if not survey.settings.is_youth:
        return
    limit = reads_for(survey)
    for language in measured(survey)[0]:
        hard = _hard(survey, language, limit)
        for one, age in hard:
            yield _hint(one, age, limit)
        whole = None if hard else _whole(survey, language)
        if whole is not None and _is_above(whole, limit):
            yield Hint(
                "reading-age-whole",
                f"Taken together the texts in '{language}' read as for age {whole.age:.0f}; "
                f"for these young people it should be {limit} or less.",
                "Shorter sentences and shorter words. Let a young person read it aloud to you.",
                setting("loop_ages"),
            )


def _hard(survey: Survey, language: str, limit: int) -> list[tuple[Said, float]]:
    found = ((one, read(_text(one))) for one in said(survey, language))
    return [(one, it.age) for one, it in found if it is not None and _is_above(it, limit)]


def _hint(one: Said, age: float, limit: int) -> Hint:
    return Hint(
        "reading-age",
        f"'{one.question.name}' reads as for age {age:.0f} or so; "
        f"for these young people it should be {limit} or less.",
        "Shorter sentences and shorter words. Let a young person read it aloud to you.",
        one.spot,
    )


def _text(one: Said) -> str:
    return f"{one.label}\n{one.hint}"


def _whole(survey: Survey, language: str) -> Reading | None:
    """All that is read, choices aside: those are no sentences."""
    shown = [question for question in survey.questions if question.kind.is_said]
    notes = [plain(question.labels.get(language, "")) for question in shown]
    texts = [_text(one) for one in said(survey, language)]
    found = read("\n".join((*notes, *texts)))
    return found if found is not None and found.words >= _ENOUGH else None


def _is_above(it: Reading, limit: int) -> bool:
    key = "enough" if it.words >= _ENOUGH else "some" if it.words >= _SOME else "few"
    return it.age > limit + _ALLOWANCE[key]


def _base(code: str) -> str:
    return code.partition("-")[0].lower()
