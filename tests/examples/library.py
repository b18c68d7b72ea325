"""The surveys that ship as examples, read once, and what their workbooks hold."""

from functools import cache
from pathlib import Path

from openpyxl import load_workbook

from storage.issues import Issue
from surveys.check import advise
from surveys.definition import Audience, Choice, Kind, Question, Survey, Texts
from surveys.xlsform import read_xlsform

FOLDER = Path(__file__).parents[2] / "examples" / "surveys"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.xlsx")))
LANGUAGES = ("en", "pl", "ur", "ar", "ro")
RIGHT_TO_LEFT = ("ur", "ar")


@cache
def form(name: str) -> Survey:
    """A form that can be read; a finding of the importer fails the test."""
    survey, issues = read_xlsform(FOLDER / f"{name}.xlsx")
    assert survey is not None, issues
    assert issues == []
    return survey


def advice(name: str) -> list[Issue]:
    """What `survey check` advises on it."""
    return advise(form(name))


def of(audience: Audience) -> tuple[str, ...]:
    """The forms for these people."""
    return tuple(name for name in NAMES if form(name).settings.audience is audience)


YOUTH = of(Audience.YOUTH)
PRACTITIONERS = of(Audience.PRACTITIONERS)


def question_texts(question: Question) -> list[Texts]:
    """All that is said with a question, the labels of its choices included."""
    own = [
        question.labels,
        question.hints,
        question.guidance,
        question.constraint_messages,
        question.required_messages,
    ]
    return [texts for texts in (*own, *(choice.labels for choice in question.choices)) if texts]


def all_texts(survey: Survey) -> list[Texts]:
    """All that people read of a form, in all its languages."""
    settings = survey.settings
    said = [texts for question in survey.questions for texts in question_texts(question)]
    return [settings.titles, settings.why, settings.asked_by, *said]


def matched(name: str) -> dict[str, Question]:
    """The questions that stand beside another survey's, by their key."""
    return {question.matches: question for question in form(name).questions if question.matches}


def values(question: Question) -> tuple[str, ...]:
    """What can be answered: names of choices, or the ends of a scale."""
    if question.kind.is_select:
        return tuple(sorted(choice.name for choice in question.choices))
    if question.kind is Kind.RANGE and question.scale is not None:
        return question.scale.low, question.scale.high
    assert question.constraint == ". >= 0 and . <= 10", "a number with other ends"
    return "0", "10"


def offered(question: Question, value: str) -> tuple[Choice, ...]:
    """What a list filtered by `theme` offers for this theme."""
    return tuple(choice for choice in question.choices if choice.columns["theme"] == value)


def headings(name: str, sheet: str) -> list[str]:
    """The first row of a sheet."""
    rows = load_workbook(FOLDER / f"{name}.xlsx")[sheet].iter_rows(max_row=1, values_only=True)
    return [str(value) for value in next(rows)]
