"""What people trip over in a survey: lists, scales, pictures, silence about what becomes of it."""

import re

from storage.calendar import Calendar, Term, TermName
from surveys.check.hints import Hint, Hints, asked, at, plain, setting
from surveys.definition import Choice, Kind, Question, Survey
from surveys.matching import is_scale

MOST_CHOICES = 11

_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_OTHER = re.compile(
    r"^(?:other|another|inne|inny|inna|altul|أخرى|غير ذلك|دیگر|کوئی اور)\b"
    r"(?:\s*\(.*\)|:.*|, please.*)?$|"
    r"\b(?:please (?:say|specify|tell us)|podaj jak|specifica[țt]i)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(r"\.\s*(?:>=|<=|>|<)\s*(-?[0-9]+)")
_NO_WORDS = re.compile(
    r"^(?:img|dsc|image|picture|photo|screenshot|pic|scan)?[\W\d_]*$", re.IGNORECASE
)


def hints(survey: Survey, calendar: Calendar) -> Hints:
    """Question by question, then the survey's own dates and words."""
    for question in asked(survey):
        yield from _choices(survey, question)
        yield from _ends(survey, question)
        if question.constraint and not question.constraint_messages:
            yield Hint(
                "no-constraint-message",
                f"'{question.name}' refuses some answers without saying which.",
                "Fill in constraint_message.",
                at(question, "constraint_message", survey.settings.default_language),
            )
    yield from _pictures(survey)
    if survey.settings.is_youth:
        yield from _not_told(survey)
        yield from _holidays(survey, calendar)


def _choices(survey: Survey, question: Question) -> Hints:
    if len(question.choices) > MOST_CHOICES and question.choice_filter is None:
        yield Hint(
            "many-choices",
            f"'{question.name}' offers {len(question.choices)} choices.",
            f"Up to {MOST_CHOICES} can be read at a glance in chat. Put some together, or ask in "
            "two steps with a choice_filter.",
            at(question, "type"),
        )
    other = next((one for one in question.choices if _is_other(survey, one)), None)
    if other is not None and not question.is_grouping and not _has_room(survey, question, other):
        yield Hint(
            "other-without-text",
            f"'{question.name}' offers '{other.name}', but nothing asks what that is.",
            f"Add a text question with relevant: ${{{question.name}}} = '{other.name}', or leave "
            "the choice out.",
            at(question, "type"),
        )


def _is_other(survey: Survey, choice: Choice) -> bool:
    """Whether it says no more than "other", in the form's own language; "something else" may."""
    label = choice.labels.get(survey.settings.default_language, "")
    return bool(_OTHER.search(plain(label)))


def _has_room(survey: Survey, question: Question, other: Choice) -> bool:
    """Whether a text question, or the group around it, depends on that choice."""
    wanted = re.compile(rf"['\"]{re.escape(other.name)}['\"]")
    open_when = [
        row.relevant or ""
        for row in survey.questions
        if row.kind is Kind.TEXT or row.kind is Kind.GROUP
    ]
    return any(question.name in source and wanted.search(source) for source in open_when)


def _ends(survey: Survey, question: Question) -> Hints:
    """Numbers mean nothing to people before somebody says what the ends stand for."""
    ends = _numbers(question)
    if ends is None:
        return
    for language, label in question.labels.items():
        said = f"{plain(label)} {plain(survey.text(question.hints, language))}"
        if not all(re.search(rf"(?<![0-9]){re.escape(end)}(?![0-9])", said) for end in ends):
            yield Hint(
                "scale-ends",
                f"'{question.name}' goes from {ends[0]} to {ends[1]}, and in '{language}' nothing "
                "says what the two ends mean.",
                f'Say it in the hint: "{ends[0]} is not at all. {ends[1]} is very much."',
                at(question, "hint", language),
            )
            return


def _numbers(question: Question) -> tuple[str, str] | None:
    """The two ends of a scale that consists of bare numbers."""
    if question.scale is not None:
        return question.scale.low, question.scale.high
    if question.kind is Kind.SELECT_ONE and is_scale(question, "en"):
        labels = [plain(next(iter(choice.labels.values()), "")) for choice in question.choices]
        first, last = labels[0], labels[-1]
        is_bare = _DIGITS.fullmatch(first) or _DIGITS.fullmatch(last)
        return (_leading(first), _leading(last)) if is_bare and len(labels) > 2 else None
    return _bounds(question) if question.kind is Kind.INTEGER else None


def _leading(label: str) -> str:
    match = _DIGITS.match(label)
    return match[0] if match else label


def _bounds(question: Question) -> tuple[str, str] | None:
    """0 and 10 of `. >= 0 and . <= 10`; a count, such as "how many times", is no scale."""
    found = sorted({int(number) for number in _BOUND.findall(question.constraint or "")})
    is_small = len(found) == 2 and found[0] in (0, 1) and found[1] in (3, 4, 5, 7, 10)
    return (str(found[0]), str(found[1])) if is_small else None


def _pictures(survey: Survey) -> Hints:
    for question in survey.questions:
        for file in question.images.values():
            if _NO_WORDS.fullmatch(file.rpartition(".")[0]):
                yield Hint(
                    "picture-without-words",
                    f"The picture '{file}' of '{question.name}' has a name that says nothing; "
                    "people who cannot see it are read its name.",
                    "Rename the file to what it shows, such as two_people_talking.png.",
                    at(question, "media::image"),
                )
                break


def _not_told(survey: Survey) -> Hints:
    settings = survey.settings
    for name, texts in (("loop_asked_by", settings.asked_by), ("loop_why", settings.why)):
        if not texts:
            yield Hint(
                "not-told",
                f"{name} is blank.",
                "Say who asks, and why, in plain words.",
                setting(name),
            )
    if settings.tell_back and settings.hear_back_by is None:
        yield Hint(
            "no-hear-back-date",
            "Nothing says when young people hear what came of it.",
            "Fill in loop_hear_back_by.",
            setting("loop_hear_back_by"),
        )


def _holidays(survey: Survey, calendar: Calendar) -> Hints:
    day = survey.settings.opens
    if day is not None and not any(day in term for term in _terms(calendar, day.year)):
        yield Hint(
            "opens-in-holidays",
            f"It opens on {day}, when schools are closed: fewer adults are there to help.",
            "Open it in term, or see to it that somebody reads and helps in the holidays too.",
            setting("loop_opens"),
        )


def _terms(calendar: Calendar, year: int) -> tuple[Term, ...]:
    return tuple(calendar.term(name, year) for name in TermName)
