"""What is deleted when, to the day; and what stays."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from storage import audit
from storage.board import BoardSession, SignInLink
from storage.concerns import OnCallShift, ReviewItem, ReviewState
from storage.database import Database
from storage.holds import HoldScope, LegalHold
from storage.leaving import begin_to_leave
from storage.mail import (
    ChatMessage,
    Conversation,
    InboxKey,
    KeptMessage,
    Outbox,
    WrongCodes,
)
from storage.people import Contact, ContactState, Person
from storage.retention import ERASED, Purged, purge, remove_concern, unconfirmed
from storage.retention_rules import RetentionRules
from storage.surveys import Answer, SessionState, SurveySession
from storage.tombstones import Tombstone
from storage.voice import TellContact
from tests.storage.held import hold
from tests.storage.respondents import WORDS, Respondents

RULES = RetentionRules()


@pytest.fixture
def they(database: Database, now: datetime) -> Respondents:
    return Respondents(database, now)


def _purge(they: Respondents, rules: RetentionRules = RULES) -> Purged:
    with they.database.writing() as session:
        return purge(session, now=they.now, rules=rules)


def _done(they: Respondents, rules: RetentionRules = RULES) -> dict[str, int]:
    return {kind: count for kind, count in _purge(they, rules).counts.items() if count}


def test_the_defaults_are_those_of_the_field() -> None:
    assert (
        RetentionRules(
            inbox_days=14,
            link_days=30,
            youth_words_months=12,
            practitioner_months=24,
            audit_months=6 * 12,
        )
        == RULES
    )


def test_an_empty_house_has_nothing_to_purge(they: Respondents) -> None:
    assert _done(they) == {}


def test_what_a_platform_calls_messages_goes_after_two_days_and_wrong_codes_with_it(
    they: Respondents,
) -> None:
    contact = they.contact("me")
    for hours in (47, 49):
        then = they.now - timedelta(hours=hours)
        they.add(ChatMessage(contact_id=contact, message_id=str(hours), at=then))
    they.add(WrongCodes(contact_id=contact, count=5, since=they.now - timedelta(hours=49)))
    assert _done(they) == {"chat messages": 1}
    assert they.one(ChatMessage).message_id == "47"
    assert they.all(WrongCodes) == []


def test_who_was_leaving_is_gone_with_the_next_purge(they: Respondents) -> None:
    contact = they.contact("me")
    they.message("last word", contact, sent=0)
    with they.database.writing() as session:
        begin_to_leave(session, contact, now=they.now, language="en")
    assert _done(they) == {"people who left": 1}
    assert they.all(Contact) == []
    assert they.all(Outbox) == []


def test_inbox_keys_go_after_fourteen_days(they: Respondents) -> None:
    for day in (16, 17):
        on = date(2023, 11, day)
        they.add(InboxKey(platform="c", space="", event_id=str(day), received_on=on))
    assert _done(they) == {"inbox keys": 1}
    assert they.one(InboxKey).event_id == "17"


def test_messages_sent_keep_their_row_and_lose_their_contents(they: Respondents) -> None:
    contact = they.contact("lead", person_id=_person(they))
    they.message("old", contact, sent=31, actions=[1])
    they.message("new", contact, sent=29, actions=[2])
    they.message("waiting", contact, sent=None, actions=[3])
    assert _done(they) == {"message contents": 1}
    kept = {row.dedupe_key: json.loads(row.params) for row in they.all(Outbox)}
    assert kept == {"old": {}, "new": {"actions": [2]}, "waiting": {"actions": [3]}}
    assert _done(they) == {}


def _person(they: Respondents) -> int:
    they.add(Person(key="dn", name="Designated Nurse"))
    number: int = they.one(Person).id
    return number


def test_thirty_days_after_close_nothing_joins_a_young_person_to_their_answers(
    they: Respondents,
) -> None:
    contact = they.contact("me", idle=40)
    they.session("mine", they.survey("s", closed=31), contact, ago=40)
    they.message("ask:mine:1", contact, sent=1, session="mine")
    they.kept(contact, ago=40)
    assert _done(they) == {"links": 1, "contacts": 1}

    mine = they.one(SurveySession)
    assert (mine.contact_id, mine.progress, mine.comeback_hash) == (None, "", "")
    assert mine.receipt_hash == "r-mine"
    gone = they.one(Contact)
    assert (gone.address, gone.state, gone.state_reason) == ("", ContactState.GONE, ERASED)
    assert gone.address_hash != "me"
    assert they.all(Conversation) == []
    assert they.one(KeptMessage).contact_id is None
    assert they.one(Outbox).dedupe_key.startswith("cut:")
    assert {answer.words for answer in they.all(Answer)} == {None, WORDS}
    assert _done(they) == {}


def test_the_link_stays_until_then_and_while_a_survey_is_open(they: Respondents) -> None:
    for slug, closed in (("closed", 29), ("open", None)):
        contact = they.contact(slug, idle=100)
        they.session(slug, they.survey(slug, closed=closed), contact, ago=100)
    assert _done(they) == {}
    assert all(row.contact_id for row in they.all(SurveySession))


def test_a_session_left_open_in_a_closed_survey_is_ended(they: Respondents) -> None:
    contact = they.contact("me", idle=40)
    they.session("mine", they.survey("s", closed=31), contact, ago=40, state=SessionState.OPEN)
    _purge(they)
    assert they.one(SurveySession).state is SessionState.EXPIRED


def test_an_open_concern_keeps_the_way_to_who_wrote_it(they: Respondents) -> None:
    contact = they.contact("me", idle=40)
    they.session("mine", they.survey("s", closed=31), contact, ago=40, state=SessionState.DELETED)
    item = they.item("mine", ago=400)
    assert _done(they) == {}
    assert they.one(SurveySession).contact_id == contact
    with they.database.writing() as session:
        session.get_one(ReviewItem, item).state = ReviewState.CLOSED
    assert _done(they) == {"links": 1, "contacts": 1, "youth words": 1}


def test_who_asked_to_hear_back_can_be_reached_for_a_year_without_answers(
    they: Respondents,
) -> None:
    contact = they.contact("me", idle=40)
    survey = they.survey("s", closed=31)
    they.session("mine", survey, contact, ago=40)
    they.agreement(survey, contact)
    assert _done(they) == {"links": 1}
    assert they.one(Contact).address == "me"
    assert they.one(Conversation).last_session_id is None
    they.now += timedelta(days=400)
    assert _done(they)["agreements to hear"] == 1
    assert they.all(TellContact) == []
    assert they.one(Contact).address == ""


@pytest.mark.parametrize("why", ["a person", "moved lately", "a message waits", "another survey"])
def test_a_contact_whom_something_holds_is_not_erased(they: Respondents, why: str) -> None:
    person = _person(they) if why == "a person" else None
    contact = they.contact("me", idle=2 if why == "moved lately" else 40, person_id=person)
    if why == "a message waits":
        they.message("k", contact, sent=None)
    if why == "another survey":
        they.session("mine", they.survey("s"), contact, ago=40)
    assert _done(they) == {}
    assert they.one(Contact).address == "me"


def test_two_contacts_can_be_erased_on_one_platform(they: Respondents) -> None:
    for name in ("one", "two"):
        they.contact(name, idle=40)
    assert _done(they) == {"contacts": 2}


def test_young_peoples_words_go_after_twelve_months_wherever_they_are(they: Respondents) -> None:
    survey = they.survey("s", closed=360)
    for name, ago in (("old", 366), ("new", 364)):
        they.session(name, survey, ago=ago)
        they.item(name, state=ReviewState.CLOSED, decision="none", ago=ago)
    contact = they.contact("me")
    they.kept(contact, ago=366)
    they.kept(contact, ago=364)
    assert _done(they) == {"youth words": 4}
    assert {row.pseudonym: row.words for row in they.all(Answer, question="why")} == {
        "p-old": None,
        "p-new": WORDS,
    }
    assert they.one(Answer, pseudonym="p-old", question="age").value == "15"
    assert they.one(SurveySession, id="old").progress == ""
    assert WORDS in they.one(SurveySession, id="new").progress
    assert [row.words for row in they.all(ReviewItem)] == ["", WORDS]
    assert [row.content for row in they.all(KeptMessage)] == ["", WORDS]
    assert _done(they) == {}


@pytest.mark.parametrize(
    ("state", "decision"),
    [
        (ReviewState.WAITING, ""),
        (ReviewState.ACKNOWLEDGED, ""),
        (ReviewState.CLOSED, "MASH"),
        (ReviewState.CLOSED, "police"),
    ],
)
def test_the_record_of_a_concern_is_not_purged_by_time(
    they: Respondents, state: ReviewState, decision: str
) -> None:
    they.item("mine", state=state, decision=decision, ago=800)
    assert _done(they) == {}
    assert they.one(ReviewItem).words == WORDS


def test_a_concern_is_emptied_once_the_case_system_has_it(they: Respondents) -> None:
    number = they.item("mine", state=ReviewState.CLOSED, decision="MASH")
    with they.database.writing() as session:
        remove_concern(session, item_id=number, now=they.now)
    item = they.one(ReviewItem)
    assert (item.words, item.reason, item.pseudonym) == ("", "", None)
    assert item.decision == "MASH"


def test_an_open_concern_is_never_emptied(they: Respondents) -> None:
    number = they.item("mine")
    with they.database.writing() as session, pytest.raises(ValueError, match="close it first"):
        remove_concern(session, item_id=number, now=they.now)
    assert they.one(ReviewItem).words == WORDS


def test_practitioners_words_and_links_go_after_twenty_four_months(they: Respondents) -> None:
    survey = they.survey("s", audience="practitioners", closed=700)
    contact = they.contact("colleague", person_id=_person(they))
    they.session("old", survey, contact, ago=732)
    they.session("new", survey, contact, ago=729)
    done = _done(they)
    assert done == {"links": 1, "practitioner words": 1}
    assert they.one(Answer, pseudonym="p-old", question="why").words is None
    assert they.one(Answer, pseudonym="p-new", question="why").words == WORDS
    assert they.one(SurveySession, id="old").contact_id is None
    assert they.one(SurveySession, id="new").contact_id == contact


def test_the_audit_is_kept_six_years_and_still_holds(they: Respondents) -> None:
    with they.database.writing() as session:
        for days in (2193, 2192, 2191, 1):
            audit.record(session, at=they.now - timedelta(days=days), act="looked")
        audit.chain(session)
    assert _done(they) == {"audit entries": 2}
    with they.database.reading() as session:
        verdict = audit.verify(session)
    assert (verdict.checked, verdict.broken_at) == (3, None)


def test_a_legal_hold_stops_all_of_it(they: Respondents) -> None:
    they.session("mine", they.survey("s", closed=900), they.contact("me", idle=900), ago=900)
    hold(they.database, they.now)
    assert _purge(they) == Purged({}, held=("inquiry",))
    assert they.one(Answer, question="why").words == WORDS
    assert they.one(Contact).address == "me"


def test_a_large_survey_is_purged_in_pieces(they: Respondents) -> None:
    they.session("like", they.survey("s", closed=31))
    like = they.one(SurveySession).model_dump(exclude={"id", "pseudonym", "contact_id"})
    numbers = range(1, 1_201)
    they.add(*(Contact(id=n, platform="t", address="a", address_hash=str(n)) for n in numbers))
    they.add(*(SurveySession(id=f"s{n}", pseudonym=f"p{n}", contact_id=n, **like) for n in numbers))
    assert _done(they) == {"links": 1_200, "contacts": 1_200}


def test_referred_concerns_wait_in_a_list_until_a_person_confirms_them(they: Respondents) -> None:
    numbers = {
        days: they.item(f"d{days}", state=ReviewState.CLOSED, decision="mash", ago=days)
        for days in (40, 10)
    }
    they.item("none", state=ReviewState.CLOSED, decision="none", ago=40)
    with they.database.writing() as session:
        for days, number in numbers.items():
            item = session.get_one(ReviewItem, number)
            item.decided_at = they.now - timedelta(days=days)
            session.add(item)
    with they.database.writing() as session:
        waiting = unconfirmed(session, now=they.now, rules=RULES)
        assert [item.id for item in waiting] == [numbers[40]]
        remove_concern(session, item_id=numbers[40], now=they.now)
        assert unconfirmed(session, now=they.now, rules=RULES) == []


def test_shifts_and_lifted_holds_go_when_their_time_is_over(they: Respondents) -> None:
    person = _person(they)
    for days in (729, 735):
        then = they.now - timedelta(days=days)
        they.add(OnCallShift(person_id=person, starts_at=then - timedelta(hours=8), ends_at=then))
    for years in (5, 7):
        then = they.now - timedelta(days=366 * years)
        they.add(
            LegalHold(
                name=str(years),
                scope=HoldScope.EVERYTHING,
                reason="over",
                set_at=then,
                lifted_at=then,
            )
        )
    assert _done(they)["shifts"] == 1
    assert [row.name for row in they.all(LegalHold)] == ["5"]


def test_what_somebody_signed_in_with_goes_a_day_after_it_ended(they: Respondents) -> None:
    person = _person(they)
    for hours in (23, 25):
        then = they.now - timedelta(hours=hours)
        times: dict[str, Any] = {"person_id": person, "digest": str(hours), "ends_at": then}
        they.add(BoardSession(begun_at=then, seen_at=then, **times))
        they.add(SignInLink(seed="s", made_at=then, **times))
    assert _done(they)["sign-ins"] == 2
    assert {row.digest for row in they.all(BoardSession)} == {"23"}
    assert {row.digest for row in they.all(SignInLink)} == {"23"}


def test_digests_of_what_was_erased_go_after_two_years(they: Respondents) -> None:
    for days in (700, 735):
        day = (they.now - timedelta(days=days)).date()
        they.add(Tombstone(mark=str(days), kind="session", digest="d", buried_on=day))
    assert _done(they)["tombstones"] == 1
    assert they.one(Tombstone).mark == "700"
