"""A question as it is put to one person: one drawing for the chat and for `survey play`. Pure.

What a press on one of its buttons means stands here too (`pressed`), beside the buttons.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from storage.language import long_date
from surveys.anonymous_rules import closing_notes
from surveys.definition import Audience, Choice, Kind, Picture, Question, Scale, Survey
from surveys.engine import as_shown, effective, progress, start
from surveys.matching import is_scale
from surveys.turns import Chose, Reason, Rejected, Reply, Session, Ticked, Typed

Say = Callable[..., str]
"""A text of the bot's catalogue by key, in the person's language: `say("ask.number")`."""

How = tuple[tuple[str, dict[str, str]], ...]
"""How to answer: keys of the catalogue below `ask`, each with what fills it."""

KEEP = "keep"
DONE = "done"
MOST_STEPS = 11
"""A range with no more values than this is a row of buttons; a longer one is typed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer to tap; `press` is what its button carries: the place in the full list.

    Where several may be chosen it carries a sign before it, because it marks (`+2`) or unmarks
    (`-2`): two taps on the same button are one. `mark`: its place among those marked, else 0.
    """

    label: str
    press: str
    mark: int = 0


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A picture with the words for those who do not see it; no content where the file is gone."""

    alt: str
    content: Picture | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything that is shown with a question, in the person's language.

    `is_row`: the offers are a scale, and belong into one line. `how_typed` is said only where the
    offers cannot be tapped. `kept` is what the question starts
    with and may keep, in people's words; `answer` the same as it is stored.
    """

    question: Question
    place: int
    total: int
    notes: tuple[str, ...]
    label: str
    hint: str
    guidance: str
    offers: tuple[Offer, ...]
    is_row: bool
    how: How
    how_typed: How
    kept: str
    answer: str
    picture: DrawnPicture | None


def draw(form: Survey, at: Session) -> Drawn:
    """The question that is being asked; ValueError after the end."""
    if at.asking is None:
        raise ValueError("Nothing is being asked: the session has ended.")
    question = as_shown(form, at, at.asking)
    place, total = progress(form, at)
    answer = _start(form, at)
    offers = _offers(form, at, question)
    return Drawn(
        question=question,
        place=place,
        total=total,
        notes=notes(form, at, at.notes()),
        label=form.text(question.labels, at.language),
        hint=form.text(question.hints, at.language),
        guidance=form.text(question.guidance, at.language),
        offers=offers,
        is_row=bool(offers) and _is_row(question, at.language),
        how=_how(form, question),
        how_typed=_how_typed(question),
        kept=spoken(form, question, answer, at.language) if answer else "",
        answer=answer,
        picture=picture_of(form, question, at.language),
    )


def notes(form: Survey, at: Session, names: tuple[str, ...]) -> tuple[str, ...]:
    """Notes as they are read, the words of a picture before its note."""
    found: list[str] = []
    for name in names:
        note = as_shown(form, at, name)
        picture = picture_of(form, note, at.language)
        found += [f"[Picture: {picture.alt}]" if picture else ""]
        found += [form.text(note.labels, at.language)]
    return tuple(text for text in found if text)


def notes_for_everyone(form: Survey, language: str, now: datetime) -> tuple[str, ...]:
    """The notes at the end of an anonymous survey, which depend on nobody's answers."""
    at = start(form, now=now, seed=0, language=language).session
    return notes(form, at, closing_notes(form))


def picture_of(form: Survey, question: Question, language: str) -> DrawnPicture | None:
    """The question's own picture in this language."""
    file = form.text(question.images, language)
    return DrawnPicture(alt_of(file), form.pictures.get(file)) if file else None


def alt_of(file: str) -> str:
    """The words of a picture: its file's name, because a form has no other place for them."""
    stem = file.rpartition("/")[2].rpartition(".")[0] or file
    return " ".join(stem.replace("_", " ").replace("-", " ").split())


def reason(form: Survey, at: Session, rejected: Rejected, say: Say) -> str:
    """Why a reply did not count: in the author's words where the form has some, else in ours."""
    key = rejected.reason.value
    if rejected.name is not None and form.position(rejected.name) is not None:
        question = as_shown(form, at, rejected.name)
        texts = {
            Reason.CONSTRAINT: question.constraint_messages,
            Reason.REQUIRED: question.required_messages,
        }
        if own := form.text(texts.get(rejected.reason, {}), at.language):
            return own
        if rejected.reason is Reason.NOT_A_NUMBER:
            return _not_a_number(form, question, say)
    return say(f"rejected.{key}", **rejected.params)


def _not_a_number(form: Survey, question: Question, say: Say) -> str:
    if question.scale is not None:
        return _in_words(_how(form, question), say)
    return say(f"rejected.not_a_{'number' if question.kind is Kind.INTEGER else 'decimal'}")


def how_line(drawn: Drawn, say: Say) -> str:
    """How to answer, in one line."""
    return _in_words(drawn.how, say)


def typed_line(drawn: Drawn, say: Say) -> str:
    """How to answer where nothing can be tapped, in one line."""
    return _in_words(drawn.how_typed, say)


def _in_words(how: How, say: Say) -> str:
    return " ".join(say(f"ask.{key}", **params) for key, params in how)


def pressed(form: Survey, at: Session, press: str) -> Reply | None:
    """What a button of this asking stands for; None where there is no such button."""
    if at.asking is None:
        return None
    question = form.question(at.asking)
    if press == KEEP:
        return keep(question, _start(form, at))
    if question.kind.takes_many:
        return _ticked(question, at, press, at.answers.get(question.name) or _start(form, at))
    if not (press.isascii() and press.isdigit()):
        return None
    place = int(press)
    if question.kind is Kind.ACKNOWLEDGE:
        return Chose(("OK",)) if place == 0 else None
    if question.scale is not None:
        steps = values_of(question.scale)
        return Typed(steps[place]) if place < len(steps) else None
    choices = question.choices
    return Chose((choices[place].name,)) if place < len(choices) else None


def _ticked(question: Question, at: Session, press: str, before: str) -> Reply | None:
    """A mark set or taken off, or all of them at once: what was never touched stays as it was."""
    if press == DONE:
        return Chose(at.ticked if at.ticks else tuple(before.split()))
    sign, place = press[:1], press[1:]
    if sign not in ("+", "-") or not (place.isascii() and place.isdigit()):
        return None
    choices, number = question.choices, int(place)
    return Ticked(choices[number].name, sign == "+") if number < len(choices) else None


def keep(question: Question, answer: str) -> Reply | None:
    """The reply that takes what a question starts with."""
    if not answer:
        return None
    is_chosen = question.kind.is_select or question.kind is Kind.ACKNOWLEDGE
    return Chose(tuple(answer.split())) if is_chosen else Typed(answer)


def _start(form: Survey, at: Session) -> str:
    """What the question starts with, while nobody has answered it or left it out."""
    name = at.asking or ""
    if name in at.answers or name in at.skipped:
        return ""
    return effective(form, at).get(name, "")


def spoken(form: Survey, question: Question, value: str, language: str) -> str:
    """A stored value in people's words: labels, a date written out, a time without seconds."""
    if question.kind.is_select:
        found = [(name, question.choice(name)) for name in value.split()]
        return ", ".join(
            name if choice is None else form.text(choice.labels, language) or name
            for name, choice in found
        )
    if question.kind is Kind.DATE:
        return _day(value, language)
    if question.kind is Kind.TIME:
        return value[:5]
    if question.kind is Kind.DATE_TIME:
        return f"{_day(value[:10], language)}, {value[11:16]}"
    return value


def _day(value: str, language: str) -> str:
    try:
        return long_date(date.fromisoformat(value), language)
    except ValueError:
        return value


def values_of(scale: Scale) -> tuple[str, ...]:
    """All values of a range from its low to its high end; empty where there are too many to tap."""
    try:
        low, high, step = Decimal(scale.low), Decimal(scale.high), Decimal(scale.step)
    except InvalidOperation:
        return ()
    if step == 0 or not 0 <= (high - low) / step < MOST_STEPS:
        return ()
    count = int((high - low) / step) + 1
    return tuple(f"{(low + n * step).normalize():f}" for n in range(count))


def _offers(form: Survey, at: Session, question: Question) -> tuple[Offer, ...]:
    if question.kind is Kind.ACKNOWLEDGE:
        return (Offer("OK", "0"),)
    if question.scale is not None:
        return tuple(Offer(step, str(n)) for n, step in enumerate(values_of(question.scale)))
    places = {choice.name: n for n, choice in enumerate(form.question(question.name).choices)}
    return tuple(
        _offer(_choice_label(form, choice, at.language), places[choice.name], question, choice, at)
        for choice in question.choices
    )


def _offer(label: str, place: int, question: Question, choice: Choice, at: Session) -> Offer:
    if not question.kind.takes_many:
        return Offer(label, str(place))
    mark = at.ticked.index(choice.name) + 1 if choice.name in at.ticked else 0
    return Offer(label, f"{'-' if mark else '+'}{place}", mark)


def _choice_label(form: Survey, choice: Choice, language: str) -> str:
    """Its label; the words of its picture where it has only that."""
    label = form.text(choice.labels, language)
    return label or alt_of(form.text(choice.images, language)) or choice.name


def _is_row(question: Question, language: str) -> bool:
    """A range, numbers, or what the author calls a likert scale."""
    if question.kind is not Kind.SELECT_ONE:
        return question.scale is not None
    return "likert" in question.appearance.split() or is_scale(question, language)


_HOW = {
    Kind.INTEGER: ("number",),
    Kind.DECIMAL: ("decimal",),
    Kind.DATE: ("date",),
    Kind.TIME: ("time",),
    Kind.DATE_TIME: ("date_time",),
    Kind.RANK: ("rank",),
    Kind.ACKNOWLEDGE: ("acknowledge",),
}


def _how(form: Survey, question: Question) -> How:
    """How to answer, as keys of the catalogue, unless the author's own hint says it already."""
    if question.scale is not None:
        low, high, step = question.scale.low, question.scale.high, question.scale.step
        if step == "1":
            return (("range", {"low": low, "high": high}),)
        return (("range_step", {"low": low, "high": high, "step": step}),)
    keys: tuple[str, ...] = _HOW.get(question.kind, ())
    if question.kind is Kind.SELECT_MULTIPLE:
        keys = () if question.hints else ("many",)
    is_line = form.settings.audience is Audience.LEADS
    if question.kind is Kind.TEXT and not question.hints and not is_line:
        keys = ("text",)
    return tuple((key, {}) for key in keys)


def _how_typed(question: Question) -> How:
    typed = {Kind.SELECT_MULTIPLE: "numbers", Kind.RANK: "rank_numbers"}
    return ((typed[question.kind], {}),) if question.kind in typed else ()
