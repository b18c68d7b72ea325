"""Editions of the weekly digest: made once, worded by a manager, approved, and never changed after.

Everything here is within the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, delete, select, update

from digests import weekly
from digests.period import Period
from digests.picture import (
    Picture,
    Unreadable,
    Words,
    as_json,
    digest_from,
    first_words,
    spoken_of,
    words_from,
)
from digests.weekly_view import WeeklyDigest
from storage import audit
from storage.calendar import Calendar
from storage.database import insert_new
from storage.editions import Edition, EditionFile, EditionState
from storage.people import Person

WEEKLY = "weekly"
MOST_OPENING, MOST_REMARK = 1500, 500


class Settled(ValueError):
    """The edition is approved, dropped, or older than what went out: it changes no more."""


class ChangedMeanwhile(ValueError):
    """Somebody else put words to it since these were begun; `who` is their post."""

    def __init__(self, who: str) -> None:
        super().__init__("the words were changed meanwhile")
        self.who = who


def take(db: Session, period: Period, *, now: datetime, calendar: Calendar) -> Picture:
    """The digest as it stands now, with opening words from its figures; nothing is stored."""
    digest = weekly.gather(db, period, now=now, calendar=calendar)
    return Picture(digest, first_words(digest), now)


def draft(
    db: Session,
    period: Period,
    *,
    now: datetime,
    calendar: Calendar,
    key: str,
    made_for_id: int | None = None,
    state: EditionState = EditionState.DRAFT,
) -> Edition:
    """The edition of this key: made now, or the one that was made of it before."""
    if (found := find(db, key)) is not None:
        return found
    picture = take(db, period, now=now, calendar=calendar)
    row = {
        "dedupe_key": key,
        "kind": WEEKLY,
        "starts_on": period.start,
        "ends_on": period.end,
        "as_at": now,
        "state": state,
        "made_for_id": made_for_id,
        "view": as_json(picture.digest),
        "words": as_json(picture.words),
    }
    insert_new(db, Edition, [row])
    return db.exec(select(Edition).where(Edition.dedupe_key == key)).one()


def find(db: Session, key: str) -> Edition | None:
    """The edition that was made of this key."""
    return db.exec(select(Edition).where(Edition.dedupe_key == key)).first()


def may_see(edition: Edition, person_id: int, *, approves: bool) -> bool:
    """What went out is for everybody who reads digests; anything else for who made it, and who

    approves it.
    """
    is_out = edition.state is EditionState.APPROVED
    return is_out or approves or edition.made_for_id == person_id


def view_of(edition: Edition) -> WeeklyDigest:
    """What it showed when it was made. Raises Unreadable after an update of the program."""
    return digest_from(edition.view)


def words_of(edition: Edition) -> Words:
    return words_from(edition.words)


def picture_of(edition: Edition) -> Picture:
    """All that a format is drawn of. Raises Unreadable."""
    return Picture(view_of(edition), words_of(edition), edition.as_at)


def is_readable(edition: Edition) -> bool:
    """Whether this version of the program can draw it; if not, there are the files it kept."""
    try:
        view_of(edition)
    except Unreadable:
        return False
    return True


def edits_of(edition: Edition) -> int:
    """A number that is another one after each edit: what a form was begun from."""
    if edition.edited_at is None:
        return 0
    return max(1, round((edition.edited_at - edition.as_at).total_seconds()))


def edit_words(
    db: Session,
    edition: Edition,
    words: Mapping[str, str],
    person_id: int,
    now: datetime,
    *,
    begun: int | None = None,
) -> None:
    """Puts a person's words to a draft: `opening`, and remarks by section; "" takes one away.

    What `words` does not name stays. `begun`: `edits_of` when they began to write. Raises Settled,
    and ChangedMeanwhile.
    """
    _refuse_settled(db, edition)
    if begun is not None and begun != edits_of(edition):
        raise ChangedMeanwhile(words_of(edition).by)
    person = db.get_one(Person, person_id)
    values = {
        "words": as_json(_worded(edition, words, person.name)),
        "edited_by_id": person_id,
        "edited_at": now,
    }
    _change(db, edition, values)
    db.exec(delete(EditionFile).where(col(EditionFile.edition_id) == edition.id))
    _note(db, edition, "digest.edit", person_id, now)


def _worded(edition: Edition, new: Mapping[str, str], by: str) -> Words:
    before = words_of(edition)
    opening = _cut(new.get("opening", before.opening), MOST_OPENING) or before.opening
    remarks = {
        name: _cut(new.get(name, before.remarks.get(name, "")), MOST_REMARK)
        for name in spoken_of(view_of(edition))
    }
    return Words(opening, {name: text for name, text in remarks.items() if text}, by)


def _cut(text: str, most: int) -> str:
    return text.strip()[:most].rstrip()


def approve(db: Session, edition: Edition, person_id: int, now: datetime) -> None:
    """From here on nothing of it changes. Raises Settled."""
    _refuse_settled(db, edition)
    values = {
        "state": EditionState.APPROVED,
        "approved_by_id": person_id,
        "approved_at": now,
    }
    _change(db, edition, values)
    _note(db, edition, "digest.approve", person_id, now)


def drop(db: Session, edition: Edition, person_id: int, now: datetime) -> None:
    """A draft that shall not go to the others. Raises Settled."""
    _refuse_settled(db, edition)
    _change(db, edition, {"state": EditionState.DROPPED})
    _note(db, edition, "digest.drop", person_id, now)


def is_open(db: Session, edition: Edition) -> bool:
    """Whether a manager may still word it and send it to the others."""
    return edition.state is EditionState.DRAFT and not is_overtaken(db, edition)


def _refuse_settled(db: Session, edition: Edition) -> None:
    if not is_open(db, edition):
        raise Settled("this digest is settled; ask for a new one")


def is_overtaken(db: Session, edition: Edition) -> bool:
    """By the draft of a later week, or by anything later that went out."""
    later = select(Edition.id).where(
        Edition.kind == edition.kind,
        col(Edition.as_at) > edition.as_at,
        col(Edition.made_for_id).is_(None) | (col(Edition.state) == EditionState.APPROVED),
    )
    return db.exec(later.limit(1)).first() is not None


def _change(db: Session, edition: Edition, values: Mapping[str, object]) -> None:
    """Only while it is a draft: of two at once the second is refused."""
    table = Edition.__table__  # type: ignore[attr-defined]
    still_draft = (table.c.id == edition.id, table.c.state == EditionState.DRAFT)
    done = db.connection().execute(update(table).where(*still_draft).values(**values))
    if done.rowcount != 1:
        raise Settled("this digest is settled; ask for a new one")
    db.refresh(edition)


def _note(db: Session, edition: Edition, act: str, person_id: int, now: datetime) -> None:
    audit.record(db, at=now, act=act, subject=f"edition:{edition.id}", person_id=person_id)


def last_scheduled(db: Session, before: datetime) -> Edition | None:
    """The scheduled edition of the week before."""
    return db.exec(
        select(Edition)
        .where(col(Edition.made_for_id).is_(None), col(Edition.as_at) < before)
        .order_by(col(Edition.as_at).desc())
        .limit(1)
    ).first()


def was_missed(db: Session, edition: Edition) -> bool:
    """Whether the draft before this one was left lying: not sent, not replaced, not dropped."""
    last = last_scheduled(db, edition.as_at)
    if last is None or last.state is not EditionState.DRAFT:
        return False
    sent = select(Edition.id).where(
        Edition.state == EditionState.APPROVED,
        col(Edition.as_at) >= last.as_at,
        col(Edition.as_at) < edition.as_at,
    )
    return db.exec(sent.limit(1)).first() is None


def newest_open(db: Session, person_id: int) -> Edition | None:
    """The draft that somebody means who names none: their own, or the scheduled one."""
    found = db.exec(
        select(Edition)
        .where(
            Edition.state == EditionState.DRAFT,
            col(Edition.made_for_id).is_(None) | (col(Edition.made_for_id) == person_id),
        )
        .order_by(col(Edition.as_at).desc())
        .limit(1)
    ).first()
    return found if found is not None and is_open(db, found) else None


def last_sent(db: Session) -> Edition | None:
    """What went out last to those who may see it."""
    return db.exec(
        select(Edition)
        .where(Edition.state == EditionState.APPROVED)
        .order_by(col(Edition.as_at).desc())
        .limit(1)
    ).first()
