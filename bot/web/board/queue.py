"""The review queue: red first, each with its clock in words, and who has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from bot.web.board.frame import draw, read
from bot.web.board.seat import Seat
from storage.concerns import ReviewItem, ReviewState
from storage.language import HOME, language_name
from storage.people import names_of
from storage.rows import columns, rows
from storage.surveys import Survey as SurveyRow
from surveys import concerns

SHOWN = ("open", "mine", "closed")
MOST = 200
"""How many are listed; the first of them are the most urgent."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text without its words."""

    ref: str
    tier: str
    state: str
    survey: str
    group: str
    language: str
    due_at: datetime
    decided_at: datetime | None
    holder: str
    passed_to: str
    decision: str
    is_mine: bool
    is_contact_wish: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an open text stands: all that counts are made of."""

    tier: str
    state: ReviewState
    holder: int | None
    passed_to: int | None
    decided_by: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """What is listed, and how much there is of each."""

    rows: tuple[Row, ...]
    reds: int
    waiting: int
    mine: int
    second: int


async def listed(request: Request, seat: Seat) -> Response:
    """GET /concerns."""
    wanted = request.query_params.get("show", "open")
    which = wanted if wanted in SHOWN else "open"
    found = await read(request, lambda db: _queue(db, which, seat.who.person_id))
    done = request.query_params.get("done", "")
    return draw(request, "queue", seat, queue=found, which=which, done=done, most=MOST)


def _queue(db: Db, which: str, me: int) -> Queue:
    if which == "closed":
        items = concerns.closed(db, MOST)
    else:
        items = concerns.waiting(db, None if which == "mine" else MOST)
    if which == "mine":
        items = [item for item in items if is_mine(_standing(item), me)]
    standings = _standings(db)
    return Queue(
        rows=tuple(_rows(db, items, me)),
        reds=sum(one.tier == "red" for one in standings),
        waiting=sum(one.state is ReviewState.WAITING for one in standings),
        mine=sum(is_mine(one, me) for one in standings),
        second=sum(_wants_me(one, me) for one in standings),
    )


def _standings(db: Db) -> list[Standing]:
    """Every open text, without its words."""
    item = ReviewItem
    query = columns(
        item.tier, item.state, item.acknowledged_by_id, item.passed_to_id, item.decided_by_id
    ).where(col(item.state) != ReviewState.CLOSED)
    return [Standing(*row) for row in rows(db, query)]


def _standing(item: ReviewItem) -> Standing:
    return Standing(
        item.tier, item.state, item.acknowledged_by_id, item.passed_to_id, item.decided_by_id
    )


def is_mine(one: Standing, me: int) -> bool:
    """With them, passed to them, or waiting for them as the second person."""
    is_held = one.state is ReviewState.ACKNOWLEDGED and one.holder == me
    is_passed = one.state is ReviewState.WAITING and one.passed_to == me
    return is_held or is_passed or _wants_me(one, me)


def _wants_me(one: Standing, me: int) -> bool:
    return one.state is ReviewState.PROPOSED and one.decided_by != me


def _rows(db: Db, items: list[ReviewItem], me: int) -> list[Row]:
    surveys = _titles(db, items)
    people = names_of(
        db,
        [one for item in items for one in (item.acknowledged_by_id, item.passed_to_id)],
    )
    return [
        Row(
            ref=item.ref,
            tier=item.tier,
            state=item.state,
            survey=surveys.get(item.survey_id, ""),
            group=item.group_name,
            language=language_name(item.language) if item.language not in ("", HOME) else "",
            due_at=item.due_at,
            decided_at=item.decided_at,
            holder=people.get(item.acknowledged_by_id, ""),
            passed_to=people.get(item.passed_to_id, ""),
            decision=item.decision,
            is_mine=is_mine(_standing(item), me),
            is_contact_wish=item.is_contact_wish,
        )
        for item in items
    ]


def _titles(db: Db, items: list[ReviewItem]) -> Mapping[int | None, str]:
    ids = {item.survey_id for item in items if item.survey_id is not None}
    query = select(SurveyRow.id, SurveyRow.title).where(col(SurveyRow.id).in_(ids))
    return dict(db.exec(query).all())
