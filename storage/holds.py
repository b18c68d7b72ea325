"""Legal holds: what may not be deleted for now, by name and reason, for exactly its scope."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, Session, SQLModel, and_, col, false, or_, select, true

from storage import audit
from storage.concerns import ReviewItem
from storage.people import Contact
from storage.surveys import Answer, Survey, SurveySession, SurveyVersion
from storage.types import Encrypted, OneOf, UtcDateTime


class HoldScope(StrEnum):
    """What a hold is about. `receipt` is one respondent's session, `concern` one text."""

    EVERYTHING = "everything"
    SURVEY = "survey"
    PERSON = "person"
    RECEIPT = "receipt"
    CONCERN = "concern"


class LegalHold(SQLModel, table=True):
    """One hold. `target` is the id of what it is about, never a name or a code."""

    __tablename__ = "legal_hold"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=64)
    scope: HoldScope = Field(sa_type=OneOf(HoldScope))
    target: str = Field(default="", max_length=32)
    reason: str = Field(sa_type=Encrypted)
    set_at: datetime = Field(sa_type=UtcDateTime)
    set_by_id: int | None = Field(default=None, foreign_key="person.id")
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    lifted_by_id: int | None = Field(default=None, foreign_key="person.id")


class Held(RuntimeError):
    """Something may not be deleted, because a hold is set; the message names the hold."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f'the legal hold "{name}" is set, so it has to be kept for now; '
            "`listening-loop data hold list` shows who set it"
        )


@dataclass(frozen=True, slots=True)
class Holds:
    """What is held just now, as conditions for those who delete."""

    names: tuple[str, ...] = ()
    everything: bool = False
    surveys: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    sessions_by_id: frozenset[str] = frozenset()
    items_by_id: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names)

    def sessions(self) -> Any:
        """Whether a session is held: itself, its survey, its person, or a concern in it."""
        if not self or self.everything:
            return true() if self.everything else false()
        theirs = select(Contact.id).where(col(Contact.person_id).in_(self.people))
        wrote = select(ReviewItem.pseudonym).where(
            col(ReviewItem.id).in_(self.items_by_id), col(ReviewItem.pseudonym).is_not(None)
        )
        return or_(
            col(SurveySession.id).in_(self.sessions_by_id),
            col(SurveySession.survey_id).in_(self.surveys),
            and_(
                col(SurveySession.contact_id).is_not(None),
                col(SurveySession.contact_id).in_(theirs),
            ),
            col(SurveySession.pseudonym).in_(wrote),
        )

    def answers(self) -> Any:
        """Whether an answer is held: by its session, or by its survey where no session knows it."""
        if not self or self.everything:
            return true() if self.everything else false()
        versions = (
            select(SurveyVersion.id)
            .join(Survey, col(Survey.slug) == col(SurveyVersion.slug))
            .where(col(Survey.id).in_(self.surveys))
        )
        return or_(
            col(Answer.version_id).in_(versions),
            col(Answer.pseudonym).in_(select(SurveySession.pseudonym).where(self.sessions())),
        )

    def items(self) -> Any:
        """Whether a text of the review queue is held."""
        if not self or self.everything:
            return true() if self.everything else false()
        said = select(SurveySession.pseudonym).where(self.sessions())
        wrote = and_(col(ReviewItem.pseudonym).is_not(None), col(ReviewItem.pseudonym).in_(said))
        return or_(
            col(ReviewItem.id).in_(self.items_by_id),
            and_(
                col(ReviewItem.survey_id).is_not(None),
                col(ReviewItem.survey_id).in_(self.surveys),
            ),
            wrote,
        )

    def contact_ids(self, column: Any) -> Any:
        """Whether a column holds a contact that is held: theirs, or of a session that is."""
        if not self or self.everything:
            return true() if self.everything else false()
        theirs = select(Contact.id).where(col(Contact.person_id).in_(self.people))
        wrote = select(SurveySession.contact_id).where(
            self.sessions(), col(SurveySession.contact_id).is_not(None)
        )
        return and_(column.is_not(None), or_(column.in_(theirs), column.in_(wrote)))

    def person_ids(self, column: Any) -> Any:
        """Whether a column holds a person who is held."""
        if not self or self.everything:
            return true() if self.everything else false()
        return and_(column.is_not(None), column.in_(self.people))

    def survey_ids(self, column: Any) -> Any:
        """Whether a column holds a survey that is held."""
        if not self or self.everything:
            return true() if self.everything else false()
        return and_(column.is_not(None), column.in_(self.surveys))


def holds(session: Session) -> Holds:
    """What is held now."""
    rows = standing(session)
    if not rows:
        return Holds()

    def of(scope: HoldScope) -> list[str]:
        return [row.target for row in rows if row.scope is scope]

    return Holds(
        names=tuple(row.name for row in rows),
        everything=any(row.scope is HoldScope.EVERYTHING for row in rows),
        surveys=frozenset(map(int, of(HoldScope.SURVEY))),
        people=frozenset(map(int, of(HoldScope.PERSON))),
        sessions_by_id=frozenset(of(HoldScope.RECEIPT)),
        items_by_id=frozenset(map(int, of(HoldScope.CONCERN))),
    )


def standing(session: Session) -> list[LegalHold]:
    """The holds that are set, the oldest first."""
    return list(
        session.exec(
            select(LegalHold)
            .where(col(LegalHold.lifted_at).is_(None))
            .order_by(col(LegalHold.set_at), col(LegalHold.id))
        )
    )


def is_session_held(session: Session, session_id: str) -> bool:
    """Whether what was said in a session has to be kept for now."""
    found = holds(session)
    if not found:
        return False
    query = select(SurveySession.id).where(col(SurveySession.id) == session_id, found.sessions())
    return session.exec(query).first() is not None


def is_person_held(session: Session, person_id: int) -> bool:
    """Whether what is known of a person has to be kept for now."""
    found = holds(session)
    return found.everything or person_id in found.people


def is_item_held(session: Session, item_id: int) -> bool:
    """Whether a text of the review queue has to be kept for now."""
    found = holds(session)
    if not found:
        return False
    query = select(ReviewItem.id).where(col(ReviewItem.id) == item_id, found.items())
    return session.exec(query).first() is not None


def set_hold(
    session: Session,
    *,
    name: str,
    scope: HoldScope,
    target: str = "",
    reason: str,
    by_id: int | None,
    now: datetime,
) -> LegalHold:
    """Sets a hold. ValueError where the name was used before: holds are records."""
    if not name.strip() or not reason.strip():
        raise ValueError("a hold needs a name and a reason")
    if session.exec(select(LegalHold.id).where(col(LegalHold.name) == name)).first() is not None:
        raise ValueError(f'there was a hold "{name}" before; choose another name')
    hold = LegalHold(
        name=name, scope=scope, target=target, reason=reason, set_at=now, set_by_id=by_id
    )
    session.add(hold)
    session.flush()
    audit.record(
        session, at=now, act="hold.set", subject=f"hold:{hold.id}", person_id=by_id, detail=scope
    )
    return hold


def lift_hold(session: Session, name: str, *, by_id: int | None, now: datetime) -> bool:
    """Lifts a hold; False where none of this name is set. What is due goes with the next purge."""
    hold = session.exec(
        select(LegalHold).where(col(LegalHold.name) == name, col(LegalHold.lifted_at).is_(None))
    ).first()
    if hold is None:
        return False
    hold.lifted_at, hold.lifted_by_id = now, by_id
    session.add(hold)
    audit.record(session, at=now, act="hold.lifted", subject=f"hold:{hold.id}", person_id=by_id)
    return True
