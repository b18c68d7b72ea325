"""A question as fields of a page, and what was typed into them as it is stored. Pure.

One choice, several, a scale and a confirmation are boxes to tick; an order is a number for each;
a date is three small fields, because nobody types those wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.drawn_question import Drawn, DrawnPicture, alt_of, notes, picture_of, values_of
from bot.web.forms import Sent
from surveys.definition import Choice, Kind, Question, Survey
from surveys.engine import as_shown
from surveys.matching import ACKNOWLEDGED
from surveys.turns import Session

_DATE = ("day", "month", "year")
_PARTS = {Kind.DATE: _DATE, Kind.DATE_TIME: (*_DATE, "clock"), Kind.TIME: ("clock",)}
_SHORT = 4
_ROWS = {"": "5", "multiline": "8", "w1": "2"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of a page: where it is served, and the words for it."""

    link: str
    alt: str


@dataclass(frozen=True, slots=True)
class Option:
    """One box, or one of several small fields; `place` is its number in an order."""

    id: str
    value: str
    label: str
    is_chosen: bool = False
    place: str = ""
    picture: Shown | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """How one question is asked on a page. `look` names its drawing, `layout` its variant."""

    name: str
    look: str
    layout: str = ""
    options: tuple[Option, ...] = ()
    typed: str = ""
    how: str = ""
    hint: bool = False
    keeps: bool = False
    picture: Shown | None = None

    @property
    def is_group(self) -> bool:
        """Several fields with one question above them."""
        return self.look not in ("text", "number")

    @property
    def first_id(self) -> str:
        """Where the error summary leads."""
        return self.options[0].id if self.options else "a"

    def described_by(self, error: str) -> str:
        """The ids of all that is said about the field besides its label."""
        said = (("hint", self.hint), ("how", self.how), ("keeps", self.keeps), ("error", error))
        return " ".join(name for name, is_there in said if is_there)


Say = Callable[..., str]


def field_of(form: Survey, at: Session, drawn: Drawn, value: str, say: Say) -> Field:
    """The fields of a drawn question, filled with a value as it is stored, or as it was typed."""
    question = drawn.question
    made = _made(form, at, drawn, value, say)
    how = " ".join(say(f"ask.{key}", **params) for key, params in drawn.how if key in _HOW)
    if question.kind is Kind.RANK:
        how = say("page.rank_how")
    return replace(
        made,
        how=how,
        hint=bool(drawn.hint),
        picture=_shown(drawn.picture, f"/q/picture/{question.name}"),
    )


_HOW = frozenset(("many", "range", "range_step", "text"))
"""Of what a chat says about how to answer, that which is so on a page too."""


def _made(form: Survey, at: Session, drawn: Drawn, value: str, say: Say) -> Field:
    question = drawn.question
    if question.kind is Kind.ACKNOWLEDGE:
        box = Option("a-0", ACKNOWLEDGED, say("page.read_it"), value == ACKNOWLEDGED)
        return Field(question.name, "checkbox", "list", (box,))
    if question.kind is Kind.RANK:
        return Field(question.name, "rank", options=_ranks(form, at, question, value))
    if question.kind.is_select:
        look = "checkbox" if question.kind is Kind.SELECT_MULTIPLE else "radio"
        options = _choices(form, at, question, value)
        return Field(question.name, look, _layout(options, is_row=drawn.is_row), options)
    if question.scale is not None and (steps := values_of(question.scale)):
        options = tuple(Option(f"a-{n}", step, step, step == value) for n, step in enumerate(steps))
        return Field(question.name, "radio", _layout(options, is_row=True), options)
    if question.kind in _PARTS:
        return Field(question.name, "parts", options=_parts(question.kind, value))
    if question.kind is Kind.TEXT:
        rows = next((_ROWS[one] for one in question.appearance.split() if one in _ROWS), "5")
        return Field(question.name, "text", rows, typed=value)
    keyboard = "numeric" if question.kind is Kind.INTEGER else "decimal"
    return Field(question.name, "number", keyboard, typed=value)


def _layout(options: tuple[Option, ...], *, is_row: bool) -> str:
    """A scale of short labels stands in a row; of longer ones in a row where there is room."""
    if not is_row:
        return "list"
    return "row" if all(len(option.label) <= _SHORT for option in options) else "scale"


def _choices(form: Survey, at: Session, question: Question, value: str) -> tuple[Option, ...]:
    chosen = value.split()
    return tuple(
        Option(
            f"a-{n}",
            choice.name,
            _label(form, choice, at.language),
            choice.name in chosen,
            picture=_choice_picture(form, question, choice, n, at.language),
        )
        for n, choice in enumerate(question.choices)
    )


def _ranks(form: Survey, at: Session, question: Question, value: str) -> tuple[Option, ...]:
    """`value` is an order of names or, where it was refused, the numbers as they were chosen."""
    typed = value.removeprefix(_NUMBERS).split(",") if value.startswith(_NUMBERS) else []
    places = {name: str(n) for n, name in enumerate(value.split(), 1)} if not typed else {}
    return tuple(
        Option(
            f"a-{n}",
            choice.name,
            _label(form, choice, at.language),
            place=typed[n] if n < len(typed) else places.get(choice.name, ""),
        )
        for n, choice in enumerate(question.choices)
    )


def _parts(kind: Kind, value: str) -> tuple[Option, ...]:
    """The small fields; a stored date is ISO, a refused one as it was typed."""
    day, _, clock = value.replace("T", " ").partition(" ")
    if kind is Kind.TIME:
        return (Option("a-0", "clock", value[:5] if value.count(":") == 2 else value),)
    parts = day.split("-") if day.count("-") == 2 else list(reversed(day.split("/")))
    year, month, number = (*parts, "", "", "")[:3]
    shown = {"day": number.lstrip("0"), "month": month.lstrip("0"), "year": year}
    shown["clock"] = clock[:5] if clock.count(":") == 2 else clock
    return tuple(Option(f"a-{n}", part, shown[part]) for n, part in enumerate(_PARTS[kind]))


def _label(form: Survey, choice: Choice, language: str) -> str:
    return (
        form.text(choice.labels, language)
        or alt_of(form.text(choice.images, language))
        or choice.name
    )


def _choice_picture(
    form: Survey, question: Question, choice: Choice, n: int, language: str
) -> Shown | None:
    file = form.text(choice.images, language)
    is_there = bool(file) and file in form.pictures
    return Shown(f"/q/picture/{question.name}?choice={n}", alt_of(file)) if is_there else None


@dataclass(frozen=True, slots=True)
class Noted:
    """A note above a question, and its picture where it has one."""

    text: str
    picture: Shown | None = None


def noted(form: Survey, at: Session) -> tuple[Noted, ...]:
    """The notes of the present asking."""
    return tuple(_noted(form, at, name) for name in at.notes())


def _noted(form: Survey, at: Session, name: str) -> Noted:
    note = as_shown(form, at, name)
    shown = _shown(picture_of(form, note, at.language), f"/q/picture/{name}")
    if shown is None:
        return Noted("\n\n".join(notes(form, at, (name,))))
    return Noted(form.text(note.labels, at.language), shown)


def _shown(picture: DrawnPicture | None, link: str) -> Shown | None:
    return Shown(link, picture.alt) if picture is not None and picture.content else None


# what was sent

_NUMBERS = "numbers:"


def value_of(question: Question, sent: Sent) -> str:
    """What was sent for a question, as it is stored; where it does not fit, as it was typed."""
    if question.kind is Kind.RANK:
        return _order(question, sent)
    if question.kind in _PARTS:
        return _moment(question.kind, sent)
    if question.kind is Kind.SELECT_MULTIPLE:
        return " ".join(sent.several("a"))
    return sent.one("a")


def problem_of(question: Question, value: str, *, may_skip: bool) -> str:
    """What is wrong on the page itself, as a key of the catalogue; empty where all is well."""
    if value.startswith(_NUMBERS) and question.kind is Kind.RANK:
        return "page.error_rank"
    if value.strip():
        return ""
    key = f"page.error_{_what_to_do(question)}"
    return key if may_skip else f"{key}_needed"


def _what_to_do(question: Question) -> str:
    if question.kind in _PARTS:
        return "fill"
    if _is_number(question):
        return "number"
    return "write" if question.kind is Kind.TEXT else "choose"


def _is_number(question: Question) -> bool:
    has_steps = question.scale is not None and bool(values_of(question.scale))
    return question.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.RANGE) and not has_steps


def _order(question: Question, sent: Sent) -> str:
    """The names in the order of their numbers; the numbers where they are no order."""
    numbers = [sent.one(f"r-{n}") for n in range(len(question.choices))]
    if not any(numbers):
        return ""
    if sorted(numbers) != sorted(str(n) for n in range(1, len(numbers) + 1)):
        return _NUMBERS + ",".join(number[:3].replace(",", "") for number in numbers)
    by_place = sorted(zip(numbers, question.choices, strict=True), key=lambda pair: int(pair[0]))
    return " ".join(choice.name for _, choice in by_place)


def _moment(kind: Kind, sent: Sent) -> str:
    typed = {part: sent.one(f"p-{part}").strip() for part in _PARTS[kind]}
    if not any(typed.values()):
        return ""
    if kind is Kind.TIME:
        return typed["clock"]
    day = "/".join(typed[part] for part in _DATE)
    if all(typed[part].isdecimal() and len(typed[part]) <= 4 for part in _DATE):
        numbers = (int(typed["year"]), int(typed["month"]), int(typed["day"]))
        day = "{:04}-{:02}-{:02}".format(*numbers)
    return f"{day} {typed['clock']}".strip() if kind is Kind.DATE_TIME else day
