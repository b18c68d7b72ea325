"""A page of an open form as a `Form`, and what was filled in as the engine takes it. Pure.

One question may need several fields: an order has one for each place, an instant a day and a time.
"""

from collections.abc import Callable, Iterator, Mapping

from bot.drawn_question import alt_of, values_of
from bot.forms import Field, FieldKind, Form, Option
from storage.language import direction
from surveys import engine
from surveys.definition import Kind, Question, Survey
from surveys.matching import ACKNOWLEDGED
from surveys.turns import Session

MOST_QUESTIONS = 10
"""On one page: more than that nobody looks through in a modal."""

Say = Callable[..., str]

_SEP = "--"
_DAY, _CLOCK = f"{_SEP}day", f"{_SEP}clock"
_KINDS = {
    Kind.INTEGER: FieldKind.NUMBER,
    Kind.DECIMAL: FieldKind.NUMBER,
    Kind.RANGE: FieldKind.NUMBER,
    Kind.DATE: FieldKind.DATE,
    Kind.TIME: FieldKind.TIME,
    Kind.SELECT_ONE: FieldKind.ONE,
    Kind.SELECT_MULTIPLE: FieldKind.SEVERAL,
}


def page_of(
    form: Survey,
    at: Session,
    say: Say,
    *,
    id: str,  # noqa: A002 - as the field of a form is called
    title: str = "",
    text: str = "",
) -> Form:
    """What can be asked together from where a session stands. ValueError after the end."""
    questions = engine.page(form, at, MOST_QUESTIONS)
    if not questions:
        raise ValueError("Nothing is being asked: the session has ended.")
    start = engine.effective(form, at)
    place, total = engine.progress(form, at)
    asked = sum(question.kind.is_asked for question in questions)
    is_whole = place == 1 and asked >= total
    return Form(
        id=id,
        title=title or form.text(form.settings.titles, at.language) or form.settings.title,
        fields=tuple(
            field
            for question in questions
            for field in _fields(form, question, start.get(question.name, ""), at.language, say)
        ),
        send=say("form.send" if place + asked > total else "form.next"),
        text=text,
        place="" if is_whole else say("ask.progress", place=place, total=total),
        rtl=direction(at.language) == "rtl",
    )


def _fields(
    form: Survey, question: Question, value: str, language: str, say: Say
) -> Iterator[Field]:
    label = form.text(question.labels, language)
    if not question.kind.is_asked:
        yield Field(question.name, FieldKind.NOTE, label)
        return
    hint = form.text(question.hints, language)
    needed = not form.may_skip(question)
    if question.kind is Kind.RANK:
        yield from _places(form, question, value, language, say, label=label, hint=hint)
    elif question.kind is Kind.DATE_TIME:
        day, _, clock = value.partition("T")
        yield Field(question.name + _DAY, FieldKind.DATE, label, hint, value=day, needed=needed)
        yield Field(question.name + _CLOCK, FieldKind.TIME, say("page.clock"), value=clock[:5])
    else:
        yield Field(
            question.name,
            _kind(question),
            label,
            hint,
            options=_options(form, question, language, say),
            value=value[:5] if question.kind is Kind.TIME else value,
            needed=needed,
        )


def _kind(question: Question) -> FieldKind:
    if question.kind is Kind.ACKNOWLEDGE:
        return FieldKind.SEVERAL
    if question.scale is not None and values_of(question.scale):
        return FieldKind.ONE
    if question.kind is Kind.TEXT and "w1" in question.appearance.split():
        return FieldKind.WORDS
    return _KINDS.get(question.kind, FieldKind.TEXT)


def _options(form: Survey, question: Question, language: str, say: Say) -> tuple[Option, ...]:
    if question.kind is Kind.ACKNOWLEDGE:
        return (Option(ACKNOWLEDGED, say("page.read_it")),)
    if question.scale is not None:
        return tuple(Option(step, step) for step in values_of(question.scale))
    return tuple(
        Option(
            choice.name,
            form.text(choice.labels, language)
            or alt_of(form.text(choice.images, language))
            or choice.name,
        )
        for choice in question.choices
    )


def _places(
    form: Survey,
    question: Question,
    value: str,
    language: str,
    say: Say,
    *,
    label: str,
    hint: str,
) -> Iterator[Field]:
    options, chosen = _options(form, question, language, say), value.split()
    yield Field(f"{question.name}{_SEP}0", FieldKind.NOTE, label, hint)
    for n in range(1, len(options) + 1):
        yield Field(
            f"{question.name}{_SEP}{n}",
            FieldKind.ONE,
            say("form.place", n=n),
            options=options,
            value=chosen[n - 1] if n <= len(chosen) else "",
        )


# what was sent


def values_of_page(form: Survey, sent: Mapping[str, str]) -> dict[str, str]:
    """What was filled in, by question."""
    found: dict[str, str] = {}
    for name, value in sent.items():
        question, _, part = name.rpartition(_SEP)
        if question and part and form.position(question) is not None:
            found.setdefault(question, _together(form.question(question), question, sent))
        else:
            found[name] = value
    return found


def _together(question: Question, name: str, sent: Mapping[str, str]) -> str:
    if question.kind is Kind.DATE_TIME:
        return f"{sent.get(name + _DAY, '')} {sent.get(name + _CLOCK, '')}".strip()
    return " ".join(
        filter(None, (sent.get(f"{name}{_SEP}{n}", "") for n in range(1, len(sent) + 1)))
    )


def field_of_question(form: Survey, name: str) -> str:
    """The name of the field at which an error of this question is shown."""
    if form.position(name) is None:
        return name
    kind = form.question(name).kind
    return {Kind.RANK: f"{name}{_SEP}1", Kind.DATE_TIME: name + _DAY}.get(kind, name)
