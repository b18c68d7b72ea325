"""Break-glass: the review queue opened in an emergency, for a while, with a reason."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from storage.types import Encrypted, UtcDateTime


class BreakGlass(SQLModel, table=True):
    """One opening. It ends by itself at `ends`, sooner where somebody ends it.

    `role`: under which it was allowed; it ends with the role too. `traces`: answers may be traced
    to their contact as well, for a reason of its own. `seen_by_id`: the reviewer who looked at it
    afterwards.
    """

    __tablename__ = "break_glass"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(max_length=16)
    reason: str = Field(sa_type=Encrypted)
    traces: bool = False
    trace_reason: str = Field(default="", sa_type=Encrypted)
    begins: datetime = Field(sa_type=UtcDateTime)
    ends: datetime = Field(sa_type=UtcDateTime, index=True)
    ended_by_id: int | None = Field(default=None, foreign_key="person.id")
    seen_by_id: int | None = Field(default=None, foreign_key="person.id")
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def unseen(session: Session) -> list[BreakGlass]:
    """What no reviewer has looked at yet, the oldest first."""
    query = select(BreakGlass).where(col(BreakGlass.seen_by_id).is_(None))
    return list(session.exec(query.order_by(col(BreakGlass.id))))
