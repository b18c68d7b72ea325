"""Which reports somebody may read: a chair those of their own groups, other readers all.

A draft is for who made it and who approves it.
"""

from collections.abc import Sequence

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import Right, Who
from digests import editions
from digests.reports import REPORTS, Subject
from storage.editions import Edition
from storage.meetings import Meeting
from storage.plans import Body


def is_limited(who: Who) -> bool:
    """Whether they see the reports of their own groups alone."""
    return not ({Right.ALL_ACTIONS, Right.EXCEPTIONS} & who.rights)


def groups(db: Db, who: Who) -> Sequence[Body]:
    """The groups whose reports somebody may ask for, by name."""
    query = select(Body).order_by(col(Body.name), col(Body.id))
    if is_limited(who):
        query = query.where(Body.chair_person_id == who.person_id)
    return db.exec(query).all()


def may_ask(db: Db, who: Who, kind: str, subject: str) -> bool:
    """Whether they may have this report made."""
    report = REPORTS.get(kind)
    if not who.may(Right.DIGEST) or report is None:
        return False
    if not is_limited(who) or report.subject in (Subject.NONE, Subject.SURVEY):
        return True
    if report.subject is Subject.MEETING:
        meeting = db.get(Meeting, int(subject)) if subject.isdecimal() else None
        return meeting is not None and may_minute(db, who, meeting)
    if not subject:
        return kind == "annual"
    return subject in {body.key for body in groups(db, who)}


def may_minute(db: Db, who: Who, meeting: Meeting) -> bool:
    """A chair minutes the meetings of their own groups, a manager any."""
    if not is_limited(who):
        return True
    return meeting.body_id is not None and meeting.body_id in {one.id for one in groups(db, who)}


def may_read(db: Db, who: Who, edition: Edition) -> bool:
    """Whether somebody may read this edition."""
    if not editions.may_see(edition, who.person_id, approves=who.may(Right.APPROVE)):
        return False
    if edition.kind == editions.WEEKLY:
        return who.may(Right.DIGEST)
    return may_ask(db, who, edition.kind, edition.subject)
