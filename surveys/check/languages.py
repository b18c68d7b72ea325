"""Whether every language of a survey says everything that one of them says."""

from collections.abc import Iterator, Sequence

from surveys.check.hints import Hint, Hints, Spot, at, listed, setting
from surveys.definition import Question, Survey, Texts

_FEWEST_WORDS = 4
_COLUMNS = {
    "label": "labels",
    "hint": "hints",
    "guidance_hint": "guidance",
    "required_message": "required_messages",
    "constraint_message": "constraint_messages",
    "media::image": "images",
}
_SETTINGS = {"loop_title": "titles", "loop_asked_by": "asked_by", "loop_why": "why"}


def hints(survey: Survey) -> Hints:
    """What is missing in a language, column by column, and what was copied, not translated."""
    for language in survey.languages:
        for column, field in _COLUMNS.items():
            lacking = [
                question
                for question in survey.questions
                if _is_missing(getattr(question, field), language)
            ]
            if lacking:
                names = [question.name for question in lacking]
                yield _hint(language, column, names, at(lacking[0], column, language))
        yield from _choices(survey, language)
        yield from _settings(survey, language)
        yield from _copied(survey, language)


def _is_missing(texts: Texts, language: str) -> bool:
    """A text that stands in one language must stand in all. A picture may do for all of them."""
    return any(texts.values()) and not texts.get(language)


def _hint(language: str, column: str, names: Sequence[str], spot: Spot) -> Hint:
    return Hint(
        "language-incomplete",
        f"In '{language}' the {column} is missing for: {listed(list(names))}.",
        "Fill it in; until then people read the default language there.",
        spot,
    )


def _choices(survey: Survey, language: str) -> Hints:
    lacking = list(dict.fromkeys(_lacking_choices(survey, language)))
    if lacking:
        spot = Spot("choices", lacking[0], f"label::{language}")
        yield _hint(language, "label of the choices", lacking, spot)


def _lacking_choices(survey: Survey, language: str) -> Iterator[str]:
    for question in survey.questions:
        for choice in question.choices:
            if _is_missing(choice.labels, language):
                yield f"{question.list_name or question.name}/{choice.name}"


def _settings(survey: Survey, language: str) -> Hints:
    for name, field in _SETTINGS.items():
        if _is_missing(getattr(survey.settings, field), language):
            heading = f"{name}_{language.replace('-', '_')}"
            yield Hint(
                "language-incomplete",
                f"In '{language}' the setting {name} is missing.",
                f"Add a column '{heading}' to the settings sheet.",
                setting(name),
            )


def _copied(survey: Survey, language: str) -> Hints:
    default = survey.settings.default_language
    if language.partition("-")[0] == default.partition("-")[0]:
        return
    same = [question for question in survey.questions if _is_copied(question, language, default)]
    if same:
        names = [question.name for question in same]
        yield Hint(
            "not-translated",
            f"In '{language}' the label is the same as in '{default}' for: {listed(names)}.",
            "Translate it, and have somebody read it whose language it is.",
            at(same[0], "label", language),
        )


def _is_copied(question: Question, language: str, default: str) -> bool:
    text = question.labels.get(language, "")
    return text == question.labels.get(default) and len(text.split()) >= _FEWEST_WORDS
