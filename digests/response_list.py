"""The themes of a survey with what was answered, how it stands, and what is owed: for staff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from digests.owed import Owed, owed
from digests.responses import of_few
from digests.standing import Standing, standing
from digests.themes import is_in_use
from digests.wordings import wordings_of
from storage.calendar import Calendar
from storage.people import names_of
from storage.plans import Action
from storage.voice import Response, ResponseKind, ResponseState, ResponseWording, Theme

Named = Mapping[int | None, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """One response as staff see it: by whom each step was taken, and when."""

    id: int
    kind: ResponseKind
    state: ResponseState
    text: str
    because: str
    by_when: date | None
    standing: Standing
    action_id: int | None
    action_ref: str
    action: str
    evidence: str
    decided_by: str
    decided_on: date | None
    drafted_by: str
    drafted_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    approved_by_drafter: bool
    published_by: str
    published_at: datetime | None
    corrects_id: int | None
    correction: str
    wordings: int
    checked: int


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme and its replies, the newest first. `is_of_few`: no more than that is said of it."""

    id: int
    name: str
    definition: str
    is_in_use: bool
    is_of_few: bool
    replies: tuple[Reply, ...]
    owed: Owed | None

    @property
    def open(self) -> Reply | None:
        """What may still be changed: the newest that is not published."""
        return next((one for one in self.replies if one.state != ResponseState.PUBLISHED), None)

    @property
    def standing(self) -> Reply | None:
        """What was published last."""
        published = [one for one in self.replies if one.published_at is not None]
        return max(published, key=lambda one: (one.published_at, one.id), default=None)


def themes_of(
    session: Session, survey_id: int, *, now: datetime, calendar: Calendar
) -> list[ThemeLine]:
    """Every theme in use or answered, in the order of the codebook."""
    today = calendar.local_date(now)
    themes = session.exec(
        select(Theme).where(col(Theme.survey_id) == survey_id).order_by(col(Theme.id))
    ).all()
    replies = _replies(session, survey_id, today)
    waiting = {one.theme_id: one for one in _owed(session, survey_id, now, today)}
    few = set(of_few(session, survey_id, [theme.id or 0 for theme in themes]))
    return [
        ThemeLine(
            id=theme.id or 0,
            name=theme.name,
            definition=theme.definition,
            is_in_use=is_in_use(theme),
            is_of_few=theme.id in few,
            replies=tuple(replies.get(theme.id or 0, ())),
            owed=waiting.get(theme.id or 0),
        )
        for theme in themes
        if is_in_use(theme) or replies.get(theme.id or 0)
    ]


def _owed(session: Session, survey_id: int, now: datetime, today: date) -> list[Owed]:
    return owed(session, today=today, before=now, survey_id=survey_id)


def _replies(session: Session, survey_id: int, today: date) -> dict[int, list[Reply]]:
    rows = session.exec(
        select(Response, Action)
        .join(Theme, col(Theme.id) == col(Response.theme_id))
        .join(Action, col(Action.id) == col(Response.action_id), isouter=True)
        .where(col(Theme.survey_id) == survey_id)
        .order_by(col(Response.id).desc())
    ).all()
    acted = ("drafted_by_id", "approved_by_id", "published_by_id")
    names = names_of(session, {getattr(row, name) for row, _ in rows for name in acted})
    words = wordings_of(session, [row.id or 0 for row, _ in rows])
    found: dict[int, list[Reply]] = {}
    for row, action in rows:
        one = _reply(row, action, names, words.get(row.id or 0, ()), today)
        found.setdefault(row.theme_id, []).append(one)
    return found


def _reply(
    row: Response,
    action: Action | None,
    names: Named,
    words: Sequence[ResponseWording],
    today: date,
) -> Reply:
    kind = ResponseKind(row.kind)
    status = action.status if action is not None else None
    return Reply(
        id=row.id or 0,
        kind=kind,
        state=ResponseState(row.state),
        text=row.text,
        because=row.because,
        by_when=row.by_when,
        standing=standing(kind, row.by_when, status, today),
        action_id=row.action_id,
        action_ref=action.ref if action is not None else "",
        action=action.text if action is not None else "",
        evidence=row.evidence,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        drafted_by=names[row.drafted_by_id],
        drafted_at=row.drafted_at,
        approved_by=names[row.approved_by_id],
        approved_at=row.approved_at,
        approved_by_drafter=row.approved_by_id is not None
        and row.approved_by_id == row.drafted_by_id,
        published_by=names[row.published_by_id],
        published_at=row.published_at,
        corrects_id=row.corrects_id,
        correction=row.correction,
        wordings=len(words),
        checked=sum(one.checked_at is not None for one in words),
    )
