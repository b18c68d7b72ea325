"""Who is told, how far it has come, and why somebody was not reached."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from digests.delivery import (
    MOST_AGAIN,
    Progress,
    Why,
    is_on_list,
    steps,
    tell,
    tell_again,
    tell_who_joined,
)
from digests.themes import Refused
from storage.audit import AuditEntry
from storage.invitations import Campaign, CampaignMember, NoThanks
from storage.mail import Outbox
from storage.people import Contact, ContactState, Person
from storage.retention import ERASED
from storage.surveys import Survey
from storage.voice import TellContact
from tests.digests import seeded
from tests.digests.seeded import NOW, Seeded
from tests.digests.test_publishing import approved, publish_now


@pytest.fixture
def publication(session: Session, rochdale: Seeded) -> int:
    seeded.ask_to_hear(session, rochdale, 6)
    approved(session, rochdale, "Listen", 20)
    return publish_now(session, rochdale).publication_id


def _settle(session: Session, contact: int, outcome: str, detail: str = "") -> None:
    found = session.exec(
        select(Outbox).where(Outbox.contact_id == contact, col(Outbox.settled_at).is_(None))
    ).one()
    found.outcome, found.detail, found.settled_at = outcome, detail, NOW
    session.add(found)
    session.flush()


def _lost(session: Session, contact: int, reason: str = "Forbidden") -> None:
    row = session.get_one(Contact, contact)
    row.state, row.state_reason = ContactState.GONE, reason
    session.add(row)
    session.flush()


def _listed(session: Session) -> list[int]:
    return list(session.exec(select(TellContact.contact_id).order_by(col(TellContact.contact_id))))


def test_each_on_the_list_stands_somewhere_and_says_why(
    session: Session, rochdale: Seeded, publication: int
) -> None:
    told, waiting, blocked, ours, erased, unwanted = _listed(session)
    _settle(session, told, "sent")
    _settle(session, blocked, "gone", "Forbidden")
    _lost(session, blocked)
    _settle(session, ours, "fault", "KeyError")
    _settle(session, erased, "gone")
    _lost(session, erased, ERASED)
    _settle(session, unwanted, "lapsed")
    found = list(steps(session, publication))
    assert [(one.progress, one.why, one.may_try) for one in found] == [
        (Progress.DELIVERED, None, False),
        (Progress.UNDER_WAY, None, False),
        (Progress.NOT_REACHED, Why.BLOCKED, False),
        (Progress.NOT_REACHED, Why.FAULT, True),
        (Progress.NOT_REACHED, Why.ERASED, False),
        (Progress.LEFT_OUT, None, False),
    ]
    assert waiting


def test_what_was_put_off_says_when_it_is_tried_again(
    session: Session, rochdale: Seeded, publication: int
) -> None:
    row = session.exec(select(Outbox).order_by(col(Outbox.id))).first()
    assert row is not None
    row.detail, row.claimed_until = "Timed out", NOW + timedelta(minutes=5)
    session.add(row)
    session.flush()
    first = next(steps(session, publication))
    assert (first.why, first.next_at) == (Why.TRYING, NOW + timedelta(minutes=5))


def test_pressing_tell_again_twice_tells_only_those_who_can_be_reached_and_once(
    session: Session, rochdale: Seeded, publication: int
) -> None:
    first, second, third, *others = _listed(session)
    for contact in others:
        _settle(session, contact, "sent")
    _settle(session, first, "gave_up")
    _settle(session, second, "gone")
    _settle(session, third, "gone")
    _lost(session, third)
    manager = rochdale.people["Business Manager"]
    assert tell_again(session, publication, person_id=manager, now=NOW) == 2
    assert tell_again(session, publication, person_id=manager, now=NOW) == 0
    waits = session.exec(select(Outbox.contact_id).where(col(Outbox.settled_at).is_(None))).all()
    assert sorted(waits) == [first, second]
    acts = session.exec(select(AuditEntry).where(AuditEntry.act == "publication.tell_again")).all()
    assert [entry.subject for entry in acts] == [f"publication:{publication}"]


def test_somebody_who_is_never_reached_is_not_tried_for_ever(
    session: Session, rochdale: Seeded, publication: int
) -> None:
    first, *others = _listed(session)
    for contact in others:
        _settle(session, contact, "sent")
    manager = rochdale.people["Business Manager"]
    tries = 0
    for _ in range(MOST_AGAIN + 3):
        _settle(session, first, "fault")
        tries += tell_again(session, publication, person_id=manager, now=NOW)
        if not session.exec(select(Outbox.id).where(col(Outbox.settled_at).is_(None))).first():
            break
    assert tries == MOST_AGAIN


def test_an_older_publication_is_not_told_again(session: Session, rochdale: Seeded) -> None:
    seeded.ask_to_hear(session, rochdale, 2)
    approved(session, rochdale, "Listen", 20)
    older = publish_now(session, rochdale).publication_id
    approved(session, rochdale, "Sports", 20)
    publish_now(session, rochdale)
    with pytest.raises(Refused, match="newer publication"):
        tell_again(session, older, person_id=rochdale.people["Business Manager"], now=NOW)


def test_whoever_joins_the_list_later_gets_what_was_published_last_and_once(
    session: Session, rochdale: Seeded, publication: int
) -> None:
    late = Contact(platform="telegram", address="late", address_hash="late")
    session.add(late)
    session.flush()
    assert late.id is not None
    session.add(TellContact(survey_id=rochdale.survey, contact_id=late.id, agreed_on=NOW.date()))
    session.flush()
    assert [one.why for one in steps(session, publication)].count(Why.JOINED_LATER) == 1
    assert tell_who_joined(session, now=NOW) == 1
    assert tell_who_joined(session, now=NOW) == 0


@pytest.fixture
def invited(session: Session, rochdale: Seeded) -> dict[str, int]:
    """A practitioners' survey: one reached in Teams, one by no way, one who wants none."""
    survey = session.get_one(Survey, rochdale.survey)
    survey.audience = "practitioners"
    session.add(survey)
    campaign = Campaign(
        key="c",
        survey_id=rochdale.survey,
        occasion="c",
        started_at=NOW,
        first_at=NOW,
        cap_per_hour=10,
    )
    session.add(campaign)
    session.flush()
    found = {}
    for name in ("reached", "nowhere", "no thanks"):
        person = Person(name=name, key=name, email=f"{name}@x.example", email_hash=name)
        session.add(person)
        session.flush()
        found[name] = person.id or 0
        session.add(
            CampaignMember(
                campaign_id=campaign.id or 0,
                person_id=found[name],
                occasion="c",
                send_at=NOW,
                queued_at=NOW,
            )
        )
        if name != "nowhere":
            session.add(
                Contact(platform="teams", address=name, address_hash=name, person_id=found[name])
            )
    session.add(NoThanks(person_id=found["no thanks"], scope="all", said_on=NOW.date()))
    session.flush()
    return found


def test_practitioners_who_were_invited_by_name_are_told_whether_they_answered_or_not(
    session: Session, rochdale: Seeded, invited: dict[str, int]
) -> None:
    approved(session, rochdale, "Listen", 20)
    publication = publish_now(session, rochdale).publication_id
    found = [(one.progress, one.why) for one in steps(session, publication)]
    assert found == [(Progress.UNDER_WAY, None), (Progress.NOT_REACHED, Why.NOWHERE)]
    contacts = {
        row.person_id: row.id or 0 for row in session.exec(select(Contact)) if row.person_id
    }
    assert is_on_list(session, rochdale.survey, contacts[invited["reached"]])
    assert not is_on_list(session, rochdale.survey, contacts[invited["no thanks"]])
    assert tell(session, publication, now=NOW) == 0
