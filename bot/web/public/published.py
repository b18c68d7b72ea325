"""What was published of "you said, we did": nothing that a person did not publish."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select

from digests.verdicts import LastTime, kept_last_time
from digests.you_said_we_did import KIND
from digests.you_view import YouSaidWeDid, from_content
from storage.surveys import Survey, SurveyState, SurveyVersion
from storage.voice import Publication, Readers
from surveys.definition import Survey as Form

MOST = 50
"""As many stand in a feed; all surveys stand on the page."""

STANDS_FOR = timedelta(days=3 * 366)
"""How long a form of a published page is good: as long as anybody may have the page open."""

EVERYBODY = Readers.EVERYBODY


def readers_of(asked: str) -> Readers:
    """For whom the words are to be; for everybody where nobody of that name reads here."""
    return Readers(asked) if asked in set(Readers) else EVERYBODY


@dataclass(frozen=True, slots=True)
class Published:
    """One publication, as it went out. It never changes, so its number and instant say which."""

    id: int
    at: datetime
    view: YouSaidWeDid = field(hash=False, compare=False)
    last_time: LastTime | None = field(default=None, hash=False, compare=False)

    @property
    def slug(self) -> str:
        return self.view.survey

    @property
    def urn(self) -> str:
        """The same for ever, wherever the pages move to."""
        name = f"you-said-we-did/{self.slug}/{self.id}/{self.at.astimezone(UTC).isoformat()}"
        return uuid5(NAMESPACE_URL, name).urn


@dataclass(frozen=True, slots=True)
class Owed:
    """A survey of which nothing is published yet, and the day that was promised."""

    hear_back_by: date | None


def newest_of_each(db: Db) -> list[Published]:
    """The newest page of every survey, the newest first."""
    newest = (
        select(func.max(col(Publication.id)))
        .where(col(Publication.kind) == KIND)
        .group_by(col(Publication.survey_id))
    )
    return _read(db, col(Publication.id).in_(newest), most=None)


def latest(db: Db, slug: str = "") -> list[Published]:
    """What went out last, of one survey or of all, the newest first."""
    if not slug:
        return _read(db, most=MOST)
    survey = select(Survey.id).where(col(Survey.slug) == slug)
    return _read(db, col(Publication.survey_id).in_(survey), most=MOST)


def owed(db: Db, slug: str) -> Owed | None:
    """What is promised of a survey that people could answer; None where there is no such survey."""
    row = db.exec(
        select(SurveyVersion.definition)
        .join(Survey, col(Survey.version_id) == col(SurveyVersion.id))
        .where(col(Survey.slug) == slug, col(Survey.state) != SurveyState.DRAFT)
    ).first()
    return None if row is None else Owed(Form.from_json(row).settings.hear_back_by)


def _read(db: Db, *where: Any, most: int | None) -> list[Published]:
    rows = db.exec(
        select(Publication)
        .where(col(Publication.kind) == KIND, *where)
        .order_by(col(Publication.published_at).desc(), col(Publication.id).desc())
        .limit(most)
    )
    return [
        Published(
            row.id or 0,
            row.published_at,
            from_content(row.content),
            kept_last_time(row.content),
        )
        for row in rows
    ]


def last_change(pages: Sequence[Published]) -> datetime | None:
    """When the newest of them went out."""
    return max((page.at for page in pages), default=None)
