"""Editions of digests and reports: made once, worded by a manager, approved, never changed after.

Everything here is within the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select, update

from digests import weekly
from digests.paper import Paper
from digests.period import Period
from digests.picture import (
    Picture,
    Unreadable,
    Words,
    as_json,
    digest_from,
    first_words,
    spoken_of,
    view_from,
    words_from,
)
from digests.reports import REPORTS, Report, worded
from digests.themes import Refused
from digests.weekly_view import WeeklyDigest
from storage import audit
from storage.calendar import Calendar
from storage.database import insert_new
from storage.editions import Edition, EditionFile, EditionState
from storage.language import HOME, Catalogue
from storage.people import Person, Role

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


def make(
    db: Session,
    kind: str,
    period: Period,
    *,
    subject: str = "",
    now: datetime,
    calendar: Calendar,
    person_id: int | None = None,
) -> Edition:
    """A draft of a report as things stand now, for a person to word and approve.

    What somebody wrote to an earlier draft of the same period comes along; that one is dropped.
    """
    report = report_of(kind)
    view = report.gather(db, period, subject=subject, now=now, calendar=calendar)
    key = f"{kind}:{subject}:{period.start}:{period.end}:{now:%Y%m%dT%H%M%S}"
    if (found := find(db, key)) is not None:
        return found
    row = {
        "dedupe_key": key,
        "kind": kind,
        "subject": subject,
        "starts_on": period.start,
        "ends_on": period.end,
        "as_at": now,
        "state": EditionState.DRAFT,
        "made_for_id": person_id,
        "view": as_json(view),
        "words": _words_before(db, kind, subject, period, person_id),
    }
    insert_new(db, Edition, [row])
    made = db.exec(select(Edition).where(Edition.dedupe_key == key)).one()
    if person_id is not None:
        _note(db, made, "report.make", person_id, now)
    return made


def _words_before(
    db: Session, kind: str, subject: str, period: Period, person_id: int | None
) -> str:
    """Takes the place of a draft that is still open, with the words that were put to it.

    Who approves nothing takes the place of their own drafts alone: they may not see others'.
    """
    query = select(Edition).where(
        Edition.kind == kind,
        Edition.subject == subject,
        Edition.starts_on == period.start,
        Edition.ends_on == period.end,
        Edition.state == EditionState.DRAFT,
    )
    if person_id is not None and Role.MANAGER not in db.get_one(Person, person_id).roles:
        query = query.where(Edition.made_for_id == person_id)
    drafts = db.exec(query.order_by(col(Edition.id))).all()
    for draft_ in drafts:
        _change(db, draft_, {"state": EditionState.DROPPED})
    return drafts[-1].words if drafts else ""


def report_of(kind: str) -> Report:
    """The report of this kind. Raises Refused with the kinds there are."""
    if kind not in REPORTS:
        raise Refused(f"There is no report of that kind. There are: {', '.join(REPORTS)}.")
    return REPORTS[kind]


def paper_of(edition: Edition) -> Paper:
    """A report as it was kept, with the words that were put to it. Raises Unreadable."""
    view, words = view_of(edition), words_of(edition)
    return worded(report_of(edition.kind).paper(view), words, edition.as_at)


def find(db: Session, key: str) -> Edition | None:
    """The edition that was made of this key."""
    return db.exec(select(Edition).where(Edition.dedupe_key == key)).first()


def may_see(edition: Edition, person_id: int, *, approves: bool) -> bool:
    """What went out is for everybody who reads digests; anything else for who made it, and who

    approves it.
    """
    is_out = edition.state is EditionState.APPROVED
    return is_out or approves or edition.made_for_id == person_id


def view_of(edition: Edition) -> Any:
    """What it showed when it was made. Raises Unreadable after an update of the program."""
    if edition.kind == WEEKLY:
        return digest_from(edition.view)
    if edition.kind not in REPORTS:
        raise Unreadable("this version of the program makes no such report; its files were kept")
    return view_from(REPORTS[edition.kind].view_type, edition.view)


def sections_of(edition: Edition) -> Mapping[str, str]:
    """The sections that a remark can be put to, with their titles. Raises Unreadable."""
    view = view_of(edition)
    if isinstance(view, WeeklyDigest):
        say = Catalogue.load("digests").say
        return {name: say(f"weekly.{name}.title", HOME) for name in spoken_of(view)}
    return {one.key: one.title for one in REPORTS[edition.kind].paper(view).sections}


def words_of(edition: Edition) -> Words:
    return words_from(edition.words)


def picture_of(edition: Edition) -> Picture:
    """All that a format of the weekly digest is drawn of. Raises Unreadable."""
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
    opening = _cut(new.get("opening", before.opening), MOST_OPENING)
    if edition.kind == WEEKLY:  # which always opens with a sentence or two
        opening = opening or before.opening
    remarks = {
        name: _cut(new.get(name, before.remarks.get(name, "")), MOST_REMARK)
        for name in sections_of(edition)
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
    """By the draft of a later week, or by anything later that went out.

    A report is overtaken only by one of the same period.
    """
    later = select(Edition.id).where(
        Edition.kind == edition.kind,
        Edition.subject == edition.subject,
        col(Edition.as_at) > edition.as_at,
        col(Edition.made_for_id).is_(None) | (col(Edition.state) == EditionState.APPROVED),
    )
    if edition.kind != WEEKLY:
        later = later.where(
            Edition.starts_on == edition.starts_on, Edition.ends_on == edition.ends_on
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
        .where(
            Edition.kind == WEEKLY,
            col(Edition.made_for_id).is_(None),
            col(Edition.as_at) < before,
        )
        .order_by(col(Edition.as_at).desc())
        .limit(1)
    ).first()


def was_missed(db: Session, edition: Edition) -> bool:
    """Whether the draft before this one was left lying: not sent, not replaced, not dropped."""
    last = last_scheduled(db, edition.as_at)
    if last is None or last.state is not EditionState.DRAFT:
        return False
    sent = select(Edition.id).where(
        Edition.kind == WEEKLY,
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
            Edition.kind == WEEKLY,
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
        .where(Edition.kind == WEEKLY, Edition.state == EditionState.APPROVED)
        .order_by(col(Edition.as_at).desc())
        .limit(1)
    ).first()
