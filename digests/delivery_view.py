"""Each publication on its way to those who are to hear of it, for those who look after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col

from digests.delivery import KIND, newest_of_each, steps
from digests.loop_figures import Reached, reached_of
from digests.verdicts import Verdicts, of_publication
from storage.people import names_of
from storage.rows import columns, rows
from storage.surveys import Survey
from storage.voice import Publication
from surveys.suppression import Audience, threshold_for

MOST = 40
"""As many publications are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How far one publication has come. `can_try`: whether a press would queue anything.

    `next_at`: the next time that one of those who wait is tried again. `is_newest`: it stands.
    """

    publication_id: int
    survey: str
    title: str
    published_at: datetime
    published_by: str
    is_newest: bool
    reached: Reached
    verdicts: Verdicts
    next_at: datetime | None
    can_try: bool


def sendings(session: Session) -> tuple[Sending, ...]:
    """The newest publications; never who was told, and never who said what."""
    return _read(session, _PUBLISHED.limit(MOST))


def sending(session: Session, publication_id: int) -> Sending | None:
    """One of them; None where there is none."""
    found = _read(session, _PUBLISHED.where(col(Publication.id) == publication_id))
    return found[0] if found else None


_PUBLISHED = (
    columns(
        col(Publication.id),
        col(Publication.published_at),
        col(Publication.published_by_id),
        col(Survey.slug),
        col(Survey.title),
    )
    .join(Survey, col(Survey.id) == col(Publication.survey_id))
    .where(col(Publication.kind) == KIND)
    .order_by(col(Publication.id).desc())
)


def _read(session: Session, query: Select[Any]) -> tuple[Sending, ...]:
    found = rows(session, query)
    newest = set(newest_of_each(session))
    names = names_of(session, [row.published_by_id for row in found])
    return tuple(_sending(session, row, names, newest) for row in found)


def _sending(
    session: Session, row: Any, names: Mapping[int | None, str], newest: set[int]
) -> Sending:
    list_ = tuple(steps(session, row.id))
    waits = [step.next_at for step in list_ if step.next_at is not None]
    return Sending(
        publication_id=row.id,
        survey=row.slug,
        title=row.title,
        published_at=row.published_at,
        published_by=names[row.published_by_id],
        is_newest=row.id in newest,
        reached=reached_of([list_], threshold_for(Audience.INTERNAL)),
        verdicts=of_publication(session, row.id),
        next_at=min(waits, default=None),
        can_try=row.id in newest and any(step.may_try for step in list_),
    )
