"""The audit log: who did what, by reference. Never words, and whether the chain holds."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from bot.web.board.frame import draw, read
from bot.web.board.seat import Seat
from storage import audit
from storage.audit import AuditEntry, Verdict
from storage.calendar import LONDON
from storage.people import names_of
from surveys.matching import clean

PAGE = 50
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""Beside these the next day, or its instant, is none that every database can hold."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act."""

    at: datetime
    who: str
    act: str
    subject: str
    detail: str
    is_chained: bool


@dataclass(frozen=True, slots=True)
class Log:
    """One page of it. `older`: where the next one begins; 0 on the last."""

    lines: tuple[Line, ...]
    older: int
    verdict: Verdict | None


async def shown(request: Request, seat: Seat) -> Response:
    """GET /audit: the newest first, by day and act."""
    asked = request.query_params
    day, act = _day(asked.get("day", "")), clean(asked.get("act", ""))[:48]
    before, wants_check = _number(asked.get("before", "")), asked.get("check", "") == "1"
    found = await read(request, lambda db: _log(db, day, act, before, check=wants_check))
    return draw(
        request,
        "audit",
        seat,
        log=found,
        act=act,
        day=day.isoformat() if day else "",
        bad_day=bool(asked.get("day")) and day is None,
    )


def _number(typed: str) -> int:
    """Where a page begins; 0 for what is no place in the log."""
    is_one = typed.isascii() and typed.isdigit() and len(typed) < 10
    return int(typed) if is_one else 0


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _log(db: Db, day: date | None, act: str, before: int, *, check: bool) -> Log:
    query = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(PAGE + 1)
    if before:
        query = query.where(col(AuditEntry.id) < before)
    if act:
        query = query.where(col(AuditEntry.act).startswith(act, autoescape=True))
    if day is not None:
        begins = datetime.combine(day, time(), LONDON)
        ends = datetime.combine(day + timedelta(days=1), time(), LONDON)
        query = query.where(col(AuditEntry.at) >= begins, col(AuditEntry.at) < ends)
    rows = db.exec(query).all()
    names = names_of(db, [row.person_id for row in rows])
    lines = tuple(
        Line(
            at=row.at,
            who=names.get(row.person_id, "") or row.actor,
            act=row.act,
            subject=row.subject,
            detail=row.detail,
            is_chained=row.link is not None,
        )
        for row in rows[:PAGE]
    )
    older = rows[PAGE - 1].id or 0 if len(rows) > PAGE else 0
    return Log(lines, older, audit.verify(db) if check else None)
