"""A legal hold keeps exactly what it names, and everything else goes when its time has come."""

from datetime import datetime, timedelta

import pytest

from storage import audit
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.forgetting import Forgotten, forget_session
from storage.holds import Held, HoldScope, holds, lift_hold, set_hold, standing
from storage.mail import ChatMessage, KeptMessage, Outbox
from storage.people import Contact, JoinCode, Person
from storage.retention import purge, remove_concern
from storage.retention_rules import RetentionRules
from storage.surveys import Answer, SurveySession
from storage.voice import TellContact
from tests.storage.held import hold
from tests.storage.respondents import WORDS, Respondents

RULES = RetentionRules()


@pytest.fixture
def they(database: Database, now: datetime) -> Respondents:
    return Respondents(database, now)


def _two(they: Respondents) -> dict[str, int]:
    """Two respondents of two closed surveys, whose time is over in every table."""
    ids = {}
    for number, name in enumerate(("mine", "theirs")):
        survey, contact = they.survey(name, closed=900), they.contact(name, idle=900)
        they.session(name, survey, contact, ago=900)
        ids[f"item {name}"] = they.item(name, state=ReviewState.CLOSED, decision="none", ago=900)
        ids[f"survey {name}"] = survey
        they.agreement(survey, contact)
        they.message(f"ending:{name}", contact, sent=800, s=name)
        they.kept(contact, ago=900 + number)
        old = they.now - timedelta(days=3)
        they.add(ChatMessage(contact_id=contact, message_id="1", at=old))
    return ids


def _purge(they: Respondents) -> None:
    with they.database.writing() as session:
        purge(session, now=they.now, rules=RULES)


@pytest.mark.parametrize("scope", [HoldScope.SURVEY, HoldScope.RECEIPT, HoldScope.CONCERN])
def test_what_is_held_stays_in_every_table_and_what_is_beside_it_goes(
    they: Respondents, scope: HoldScope
) -> None:
    ids = _two(they)
    target = {
        HoldScope.SURVEY: str(ids["survey mine"]),
        HoldScope.RECEIPT: "mine",
        HoldScope.CONCERN: str(ids["item mine"]),
    }[scope]
    hold(they.database, they.now, scope, target)
    _purge(they)

    assert they.one(Answer, pseudonym="p-mine", question="why").words == WORDS
    assert they.one(Answer, pseudonym="p-theirs", question="why").words is None
    mine, theirs = they.one(SurveySession, id="mine"), they.one(SurveySession, id="theirs")
    assert mine.contact_id is not None
    assert WORDS in mine.progress
    assert (theirs.contact_id, theirs.progress) == (None, "")
    assert they.one(ReviewItem, pseudonym="p-mine").words == WORDS
    assert they.one(ReviewItem, pseudonym="p-theirs").words == ""
    assert {row.address for row in they.all(Contact)} == {"mine", ""}
    assert [row.contact_id for row in they.all(ChatMessage)] == [mine.contact_id]
    assert [row.contact_id for row in they.all(TellContact)] == [mine.contact_id]
    assert {row.contact_id: row.content != "" for row in they.all(KeptMessage)} == {
        mine.contact_id: True,
        None: False,
    }
    assert sorted(row.params != "{}" for row in they.all(Outbox)) == [False, True]


def test_once_it_is_lifted_the_next_purge_deletes_what_was_due(they: Respondents) -> None:
    _two(they)
    hold(they.database, they.now, HoldScope.RECEIPT, "mine")
    _purge(they)
    with they.database.writing() as session:
        assert lift_hold(session, "inquiry", by_id=None, now=they.now)
        assert not lift_hold(session, "inquiry", by_id=None, now=they.now)
    _purge(they)
    assert all(row.words is None for row in they.all(Answer))
    assert {row.address for row in they.all(Contact)} == {""}


def test_a_person_who_is_held_keeps_codes_and_sessions(they: Respondents) -> None:
    with they.database.writing() as session:
        people = [Person(name=name) for name in ("Held", "Free")]
        session.add_all(people)
        session.flush()
        numbers = [person.id for person in people if person.id is not None]
    old = they.now - timedelta(days=400)
    survey = they.survey("staff", audience="practitioners")
    for number in numbers:
        contact = they.contact(str(number), person_id=number)
        they.session(f"s{number}", survey, contact, ago=800)
        code = JoinCode(code_hash=str(number), person_id=number, made_at=old, expires_at=old)
        they.add(code)
    hold(they.database, they.now, HoldScope.PERSON, str(numbers[0]))
    _purge(they)
    assert [row.person_id for row in they.all(JoinCode)] == [numbers[0]]
    linked = {row.id: row.contact_id is not None for row in they.all(SurveySession)}
    assert linked == {f"s{numbers[0]}": True, f"s{numbers[1]}": False}


@pytest.mark.parametrize(
    ("scope", "target"),
    [(HoldScope.EVERYTHING, ""), (HoldScope.RECEIPT, "mine"), (HoldScope.SURVEY, "1")],
)
def test_deleting_ones_answers_waits_and_another_persons_does_not(
    they: Respondents, scope: HoldScope, target: str
) -> None:
    for name in ("mine", "theirs"):
        they.session(name, they.survey(name), they.contact(name))
    hold(they.database, they.now, scope, target)
    with they.database.writing() as session:
        mine = forget_session(session, now=they.now, session_id="mine")
        theirs = forget_session(session, now=they.now, receipt_hash="r-theirs")
    assert mine == Forgotten(held=True)
    held_as_well = scope is HoldScope.EVERYTHING
    assert theirs == (Forgotten(held=True) if held_as_well else Forgotten(answers=2))


def test_the_record_of_a_held_concern_is_not_emptied(they: Respondents) -> None:
    number = they.item("mine", state=ReviewState.CLOSED, decision="mash")
    hold(they.database, they.now, HoldScope.CONCERN, str(number))
    with they.database.writing() as session, pytest.raises(Held, match="inquiry"):
        remove_concern(session, item_id=number, now=they.now)
    assert they.one(ReviewItem).words == WORDS


def test_while_anything_is_held_the_audit_log_is_not_shortened(they: Respondents) -> None:
    with they.database.writing() as session:
        audit.record(session, at=they.now - timedelta(days=3000), act="looked")
        audit.chain(session)
    hold(they.database, they.now, HoldScope.RECEIPT, "anybody")
    with they.database.writing() as session:
        assert purge(session, now=they.now, rules=RULES).counts["audit entries"] == 0


def test_a_hold_is_a_record_with_a_name_of_its_own(they: Respondents) -> None:
    hold(they.database, they.now)
    with they.database.writing() as session:
        lift_hold(session, "inquiry", by_id=None, now=they.now)
        assert standing(session) == []
        assert not holds(session)
    for name, reason, why in (
        ("inquiry", "again", "another name"),
        ("", "x", "a name"),
        ("new", " ", "a reason"),
    ):
        with they.database.writing() as session, pytest.raises(ValueError, match=why):
            set_hold(
                session,
                name=name,
                scope=HoldScope.EVERYTHING,
                reason=reason,
                by_id=None,
                now=they.now,
            )
    acts = [row.act for row in they.all(audit.AuditEntry)]
    assert acts == ["hold.set", "hold.lifted"]
