"""Finding who wrote a text, where that was promised to be possible: with a reason, and recorded."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import select

from storage import audit
from storage.concerns import ReviewItem
from storage.people import PAGER, UNSENT, Contact, Person
from storage.surveys import SurveySession
from surveys.concerns.rows import NotAllowed, is_anonymous, note_event


@dataclass(frozen=True, slots=True)
class Traced:
    """Where the author is reached. `name` only of somebody who works with us."""

    platform: str
    address: str
    language: str
    group_name: str
    name: str = ""
    can_be_written_to: bool = True


@dataclass(frozen=True, slots=True)
class Untraceable:
    """Why nobody can be found, and what can be done instead, in plain words."""

    why: str
    instead: str


_ANONYMOUS = Untraceable(
    "The survey is anonymous: nothing joins this text to a person, and that was promised.",
    "Read it again for what it says of a place, a school, a time or a name, and pass that on to "
    "the front door. If an address was left for contact, it is an item of its own in the queue. "
    "Tell the school or group that invited them that somebody there may need help, without the "
    "words.",
)
_CUT = Untraceable(
    "The way to its author is not kept any more: their answers were deleted, or the time for "
    "which it is kept is over.",
    "Refer what the text itself says, and the group it came from, to the front door.",
)
_NO_SURVEY = Untraceable(
    "It was written outside any survey, so no answers and no author hang on it.",
    "Refer what the text itself says to the front door. If there is danger now, call 999.",
)


def trace(
    db: Db, item: ReviewItem, *, person_id: int, reason: str, now: datetime
) -> Traced | Untraceable:
    """Whose text it is and how they are reached; that it was asked is on record, whatever came."""
    if not reason.strip():
        raise NotAllowed("Please give the reason: without one nobody is looked up.")
    found = _look_up(db, item)
    was_found = isinstance(found, Traced)
    note_event(db, item, "traced" if was_found else "not traceable", now, person_id, reason.strip())
    audit.record(
        db,
        at=now,
        act="concern.trace",
        subject=f"review item {item.ref}",
        person_id=person_id,
        detail="found" if was_found else "not to be found",
    )
    return found


def _look_up(db: Db, item: ReviewItem) -> Traced | Untraceable:
    if is_anonymous(db, item.survey_id):
        return _ANONYMOUS
    if item.pseudonym is None:
        return _NO_SURVEY if item.survey_id is None else _CUT
    contact_id = db.exec(
        select(SurveySession.contact_id).where(SurveySession.pseudonym == item.pseudonym)
    ).first()
    contact = db.get(Contact, contact_id) if contact_id is not None else None
    if contact is None or not contact.address:
        return _CUT
    person = db.get(Person, contact.person_id) if contact.person_id is not None else None
    return Traced(
        contact.platform,
        contact.address,
        contact.language,
        item.group_name,
        person.name if person is not None else "",
        contact.platform not in (*UNSENT, PAGER),
    )
