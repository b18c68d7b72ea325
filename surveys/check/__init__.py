"""Advice on a survey that can be read: what people will find hard, what is still unnamed."""

from collections.abc import Iterator

from storage.issues import Issue, Place, Severity
from surveys.definition import Audience, Question, Survey, Texts

MOST_QUESTIONS = 8
MOST_MINUTES = 5
MOST_CHOICES = 10
LONG_LABEL = 200


def cover_missing(survey: Survey) -> bool:
    """Whether young people could write words that nobody is named to read: it may not open."""
    settings = survey.settings
    named = bool(settings.reviewer and settings.deputy)
    return settings.audience is Audience.YOUTH and bool(survey.free_text()) and not named


def advise(survey: Survey) -> list[Issue]:
    """Hints for the author; none of them keeps the survey out."""
    found = [*_cover(survey), *_youth(survey), *_languages(survey), *_shape(survey)]
    place = Place(survey.settings.form_id)
    return [Issue(place, code, problem, remedy, Severity.ADVICE) for code, problem, remedy in found]


_Hint = tuple[str, str, str]


def _cover(survey: Survey) -> Iterator[_Hint]:
    if cover_missing(survey):
        yield (
            "no-cover",
            "Young people can write here, but no reviewer and deputy are named: it cannot open.",
            "Fill in loop_reviewer and loop_deputy on the settings sheet.",
        )


def _youth(survey: Survey) -> Iterator[_Hint]:
    settings = survey.settings
    if settings.audience is not Audience.YOUTH:
        return
    asked = sum(question.kind.is_asked for question in survey.questions)
    if asked > MOST_QUESTIONS:
        yield (
            "too-many-questions",
            f"There are {asked} questions; young people are asked at most {MOST_QUESTIONS}.",
            "Leave out what you would not act on.",
        )
    if (settings.minutes or 0) > MOST_MINUTES:
        yield (
            "too-long",
            f"It takes {settings.minutes} minutes; young people give it about {MOST_MINUTES}.",
            "Ask less.",
        )
    if not settings.minutes:
        yield "no-minutes", "Nothing says how long it takes.", "Fill in loop_minutes, truthfully."
    if settings.tell_back and settings.hear_back_by is None:
        yield (
            "no-hear-back-date",
            "Nothing says when young people hear what came of it.",
            "Fill in loop_hear_back_by.",
        )
    for name, texts in (("loop_asked_by", settings.asked_by), ("loop_why", settings.why)):
        if not texts:
            yield "not-told", f"{name} is blank.", "Say who asks, and why, in plain words."


def _languages(survey: Survey) -> Iterator[_Hint]:
    for language in survey.languages:
        missing = [question.name for question in survey.questions if _lacks(question, language)]
        if missing:
            yield (
                "language-incomplete",
                f"In '{language}' a text is missing for: {', '.join(missing)}.",
                "Fill it in; until then the default language is shown.",
            )


def _lacks(question: Question, language: str) -> bool:
    """A text that stands in one language must stand in all."""
    own = (
        question.labels,
        question.hints,
        question.constraint_messages,
        question.required_messages,
    )
    texts: list[Texts] = [*own, *(choice.labels for choice in question.choices)]
    return any(text and not text.get(language) for text in texts)


def _shape(survey: Survey) -> Iterator[_Hint]:
    for question in survey.questions:
        if len(question.choices) > MOST_CHOICES + 1:
            yield (
                "many-choices",
                f"'{question.name}' offers {len(question.choices)} choices.",
                f"Up to {MOST_CHOICES} can be read at a glance in chat.",
            )
        if any(len(label) > LONG_LABEL for label in question.labels.values()) and (
            question.kind.is_asked
        ):
            yield (
                "long-label",
                f"The question '{question.name}' is longer than {LONG_LABEL} letters.",
                "Shorten it; put what needs explaining into a note before it.",
            )
        if question.constraint and not question.constraint_messages:
            yield (
                "no-constraint-message",
                f"'{question.name}' refuses some answers without saying which.",
                "Fill in constraint_message.",
            )
