"""Erasing one person wherever they stand, and what may stay of them, with the reason.

A legal hold stops all of it before anything is touched. Everything that goes is buried
(storage/tombstones.py), so that no backup brings it back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, literal
from sqlmodel import Session, col, delete, select, update

from storage.board import sign_out_everywhere
from storage.editions import Edition, EditionFile
from storage.forgetting import forget_session
from storage.holds import Held, holds, is_person_held
from storage.invitations import CampaignMember, CoursePlace, NoThanks
from storage.mail import KeptMessage, Outbox
from storage.people import Contact, JoinCode, Person, Preferences
from storage.plans import BodyMember
from storage.reach import Subject
from storage.retention import empty_contacts
from storage.rows import change
from storage.surveys import SurveySession
from storage.tombstones import CONTACT, PERSON, bury, digest_of
from storage.voice import TellContact

STAYS: Mapping[str, str] = {
    "action_change": "the history of the plan; it names nobody any more",
    "action_lead": "the post leads the action until somebody else does",
    "action_update": "the partnership's record of its plan; it names nobody any more",
    "audit_entry": "the record of who did what: references only, for as long as the law asks",
    "body": "the post stands for its body until somebody else does",
    "break_glass": "the record of an emergency; it names nobody any more",
    "contact": "emptied: sends are counted on the row",
    "chat_message": "names of messages, 48 hours at most, while a reviewer may have to find them",
    "conversation": "emptied, while a reviewer may have to find them",
    "edition": "digests as they were sent, until their time is over",
    "escalation": "the record of a decision; it names nobody any more",
    "kept_message": "emptied: the record that it could not be handled",
    "nudge": "the record of a reminder; it names nobody any more",
    "on_call_shift": "the record of who was on call; it names nobody any more",
    "outbox": "emptied: the record that something was sent",
    "person": "emptied: other rows count on it",
    "review_event": "the record of an open concern, or of one that was referred",
    "review_item": "an open concern, or one that was referred: the reviewer settles it",
    "survey": "who reads for the survey, until somebody else is named",
    "took_part": "so that nobody answers twice, while a reviewer may have to find them",
    "wrong_codes": "how many, 48 hours at most",
    "survey_session": "emptied: the code still says that it was deleted",
}
"""Tables in which rows may stay after somebody was erased, and why."""


def erase_person(session: Session, subject: Subject, person_id: int, *, now: datetime) -> None:
    """A professional: name, e-mail, addresses, messages and answers go; the post stays in the plan.

    Raises Held. Call `Database.fold_log` after the commit.
    """
    if is_person_held(session, person_id):
        raise Held(", ".join(holds(session).names))
    _check_sessions(session, subject)
    person = session.get_one(Person, person_id)
    if person.email:
        bury(session, PERSON, digest_of(session, PERSON, person.email.strip().casefold()), now)
    for session_id in sorted(subject.sessions):
        forget_session(session, session_id=session_id, now=now)
    _erase_contacts(session, subject.contacts, now)
    _forget_what_was_theirs(session, person_id)
    person.email = person.email_hash = person.away_until = person.deputy_id = None
    person.name = f"post {person.key}" if person.key else ""
    person.roles, person.active = [], False
    session.add(person)
    session.flush()
    session.expire_all()


def erase_respondent(session: Session, subject: Subject, *, now: datetime) -> int:
    """Whoever answered: everything that was said and where it came from; how many texts stay.

    Texts that wait for the reviewer stay, and with them the way to who wrote them. Raises Held.
    Call `Database.fold_log` after the commit.
    """
    _check_sessions(session, subject)
    waiting = 0
    for session_id in sorted(subject.sessions):
        found = forget_session(session, session_id=session_id, now=now)
        waiting += found.open_items if found is not None else 0
    told = delete(TellContact).where(col(TellContact.contact_id).in_(subject.contacts))
    change(session, told)
    _empty_kept(session, subject.contacts)
    if not waiting:
        _erase_contacts(session, _strangers(session, subject.contacts), now)
    session.flush()
    session.expire_all()
    return waiting


def erase_contacts(session: Session, contact_ids: Iterable[int], *, now: datetime) -> None:
    """Addresses that are to be nobody's, and what was sent to them."""
    _erase_contacts(session, contact_ids, now)
    session.flush()
    session.expire_all()


def _check_sessions(session: Session, subject: Subject) -> None:
    found = holds(session)
    if not found:
        return
    mine = col(SurveySession.id).in_(subject.sessions)
    is_held = select(SurveySession.id).where(mine, found.sessions())
    if found.everything or session.exec(is_held).first() is not None:
        raise Held(", ".join(found.names))


def _strangers(session: Session, contact_ids: Iterable[int]) -> Sequence[int]:
    """Those of them who are nobody we know by name: a colleague's address is not theirs to lose."""
    query = select(Contact.id).where(
        col(Contact.id).in_(list(contact_ids)), col(Contact.person_id).is_(None)
    )
    return [one for one in session.exec(query) if one is not None]


def _erase_contacts(session: Session, contact_ids: Iterable[int], now: datetime) -> None:
    ids = sorted(contact_ids)
    for contact in session.exec(select(Contact).where(col(Contact.id).in_(ids))):
        if contact.address:
            parts = (contact.platform, contact.space, contact.address)
            bury(session, CONTACT, digest_of(session, CONTACT, *parts), now)
    _empty_kept(session, ids)
    theirs = col(Outbox.contact_id).in_(ids)
    change(session, delete(Outbox).where(theirs, col(Outbox.settled_at).is_(None)))
    emptied: dict[str, Any] = {
        "params": "{}",
        "detail": "",
        "external_id": "",
        "dedupe_key": literal("cut:") + cast(col(Outbox.id), String),
    }
    change(session, update(Outbox).where(theirs).values(emptied))
    change(session, delete(TellContact).where(col(TellContact.contact_id).in_(ids)))
    empty_contacts(session, ids, now)
    change(session, update(Contact).where(col(Contact.id).in_(ids)).values(person_id=None))


def _empty_kept(session: Session, contact_ids: Iterable[int]) -> None:
    kept = update(KeptMessage).where(col(KeptMessage.contact_id).in_(list(contact_ids)))
    change(session, kept.values(content=""))


def _forget_what_was_theirs(session: Session, person_id: int) -> None:
    sign_out_everywhere(session, person_id)
    made = select(Edition.id).where(col(Edition.made_for_id) == person_id)
    change(session, delete(EditionFile).where(col(EditionFile.edition_id).in_(made)))
    change(session, delete(Edition).where(col(Edition.made_for_id) == person_id))
    for table in (Preferences, JoinCode, NoThanks, BodyMember, CoursePlace, CampaignMember):
        change(session, delete(table).where(col(table.person_id) == person_id))
