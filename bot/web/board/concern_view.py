"""One text with all that stands around it, gathered in one reading for the reviewer's page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.circumstances import Circumstances
from storage.concerns import ReviewEvent, ReviewItem, ReviewState
from storage.language import HOME, direction, language_name
from storage.people import names_of
from storage.surveys import Survey as SurveyRow
from surveys.concerns import GATHERED, events, is_anonymous
from surveys.definition import Question, text_in

SILENT = frozenset({"read", "alerted", "alerted again", "managers told", "not delivered"})
"""What happens around a text without changing what is decided about it."""


def is_silent(what: str) -> bool:
    """Whether a line of the record leaves the text as it stood."""
    return what in SILENT or what.startswith(GATHERED)


SAID = {
    "care": "The fixed words of care: thank you, you did the right thing, nobody reads this "
    "straight away, and the numbers that were open. No question was asked.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as it was read, and in English where that is another language."""

    text: str
    language: str
    in_english: str = ""

    @property
    def runs(self) -> str:
        return direction(self.language or HOME)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another text of the same person in the same survey; its words are a page of their own."""

    ref: str
    question: str
    tier: str
    state: str
    received_at: datetime
    decision: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the record."""

    id: int
    at: datetime
    what: str
    who: str
    person_id: int | None
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConcernView:
    """What the page shows. `version`: the last act on it, so that a stale page is noticed."""

    item: ReviewItem = field(repr=False)
    asked: Asked
    survey: str
    is_anonymous: bool
    is_staff: bool
    language: str
    told: str
    holder: str
    passed_to: str
    decided_by: str
    earlier: tuple[Earlier, ...]
    record: tuple[Line, ...]
    version: int

    @property
    def words_run(self) -> str:
        return direction(self.item.language or HOME)

    @property
    def is_open(self) -> bool:
        return self.item.state in (ReviewState.WAITING, ReviewState.ACKNOWLEDGED)

    def is_with(self, person_id: int) -> bool:
        is_held = self.item.state is ReviewState.ACKNOWLEDGED
        return is_held and self.item.acknowledged_by_id == person_id

    def since(self, version: int) -> tuple[Line, ...]:
        """The acts that came after the page was shown."""
        return tuple(one for one in self.record if one.id > version and not is_silent(one.what))


def view_of(db: Db, around: Circumstances, item: ReviewItem) -> ConcernView:
    """The text and what is around it."""
    survey = db.get(SurveyRow, item.survey_id) if item.survey_id is not None else None
    lines = events(db, item)
    names = names_of(db, [*_people(item), *(line.person_id for line in lines)])
    return ConcernView(
        item=item,
        asked=_asked(db, around, survey, item.question, item.language),
        survey=survey.title if survey is not None else "",
        is_anonymous=is_anonymous(db, item.survey_id),
        is_staff=survey is not None and survey.audience != "youth",
        language=language_name(item.language) if item.language else "",
        told=SAID.get(item.reply_sent, item.reply_sent),
        holder=names.get(item.acknowledged_by_id, ""),
        passed_to=names.get(item.passed_to_id, ""),
        decided_by=names.get(item.decided_by_id, ""),
        earlier=tuple(_earlier(db, around, survey, item)),
        record=tuple(_line(line, names) for line in lines),
        version=version_of(lines),
    )


def version_of(lines: Iterable[ReviewEvent]) -> int:
    """The last act on an item; reading and alerting are none."""
    return max((line.id or 0 for line in lines if not is_silent(line.what)), default=0)


def _people(item: ReviewItem) -> tuple[int | None, ...]:
    return (item.acknowledged_by_id, item.passed_to_id, item.decided_by_id)


def _line(line: ReviewEvent, names: Mapping[int | None, str]) -> Line:
    who = names.get(line.person_id, "")
    return Line(line.id or 0, line.at, line.what, who, line.person_id, line.words)


def _asked(
    db: Db, around: Circumstances, survey: SurveyRow | None, name: str, language: str
) -> Asked:
    question = _question(db, around, survey, name)
    if question is None:
        return Asked(name, HOME)
    text = text_in(question.labels, language or HOME)
    english = text_in(question.labels, HOME)
    return Asked(text, language or HOME, english if english != text else "")


def _question(
    db: Db, around: Circumstances, survey: SurveyRow | None, name: str
) -> Question | None:
    if survey is None or survey.version_id is None or not name:
        return None
    form = around.forms.of(db, survey.version_id)
    return next((one for one in form.questions if one.name == name), None)


def _earlier(
    db: Db, around: Circumstances, survey: SurveyRow | None, item: ReviewItem
) -> Iterable[Earlier]:
    """In the order in which they came; nothing joins the texts of an anonymous survey."""
    if item.pseudonym is None:
        return
    rows = db.exec(
        select(ReviewItem)
        .where(
            ReviewItem.pseudonym == item.pseudonym,
            ReviewItem.survey_id == item.survey_id,
            col(ReviewItem.id) != item.id,
        )
        .order_by(col(ReviewItem.received_at), col(ReviewItem.ref))
    )
    for row in rows:
        question = _asked(db, around, survey, row.question, HOME).text
        yield Earlier(row.ref, question, row.tier, row.state, row.received_at, row.decision)
