"""What a reviewer decides: read first, a second person for a red, nothing overwritten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from storage.audit import AuditEntry
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.mail import Outbox
from storage.people import Role
from storage.surveys import SessionState, SurveySession
from surveys import concerns
from surveys.concerns import Decision, NotAllowed, Outcome, Referral
from surveys.screening import Tier
from tests.storage.respondents import Respondents
from tests.surveys.concerns.scene import Scene

NOW = "2023-12-04T10:00"


class Desk:
    """One text, and two who may read it."""

    def __init__(self, database: Database, tier: Tier, pseudonym: str | None = None) -> None:
        self.scene = Scene(database, NOW)
        self.now = self.scene.now
        self.rita = self.scene.person("rita", Role.REVIEWER)
        self.dan = self.scene.person("dan", Role.REVIEWER)
        survey = self.scene.survey(self.rita, self.dan)
        self.ref = self.scene.text(tier, survey, pseudonym=pseudonym)
        self.database = database

    @contextmanager
    def item(self) -> Iterator[tuple[Session, ReviewItem]]:
        with self.database.writing() as db:
            found = concerns.find(db, self.ref)
            assert found is not None
            yield db, found

    def read(self, *people: int) -> None:
        with self.item() as (db, item):
            for person_id in people:
                concerns.seen(db, item, person_id=person_id, now=self.now)

    def decide(
        self,
        decision: Decision = Decision.NONE,
        reason: str = "no worry",
        referral: Referral | None = None,
        redacted: str = "",
    ) -> Outcome:
        with self.item() as (db, item):
            return concerns.decide(
                db,
                item,
                person_id=self.rita,
                decision=decision,
                reason=reason,
                now=self.now,
                referral=referral,
                redacted=redacted,
            )


def test_nobody_decides_about_words_they_have_not_read(database: Database) -> None:
    desk = Desk(database, Tier.NONE)
    with pytest.raises(NotAllowed, match=r"Read \w+ first"):
        desk.decide()
    desk.read(desk.dan)
    with pytest.raises(NotAllowed, match=r"Read \w+ first"):
        desk.decide()
    desk.read(desk.rita)
    assert desk.decide() is Outcome.CLOSED


def test_a_red_waits_for_a_second_person_who_has_read_it(database: Database) -> None:
    desk = Desk(database, Tier.RED)
    desk.read(desk.rita)
    assert desk.decide(Decision.MASH, "harm") is Outcome.NEEDS_SECOND
    assert desk.scene.item(desk.ref).state is ReviewState.PROPOSED
    assert "Mon 10:00 dan console concern_second" in desk.scene.told()
    with desk.item() as (db, item):
        for person_id, why in ((desk.rita, "not you"), (desk.dan, "Read")):
            with pytest.raises(NotAllowed, match=why):
                concerns.agree(db, item, person_id=person_id, now=desk.now)
        with pytest.raises(NotAllowed, match="waits for a second person"):
            concerns.decide(
                db, item, person_id=desk.rita, decision=Decision.NONE, reason="x", now=desk.now
            )
    desk.read(desk.dan)
    with desk.item() as (db, item):
        concerns.agree(db, item, person_id=desk.dan, now=desk.now)
    assert desk.scene.item(desk.ref).state is ReviewState.CLOSED
    assert desk.scene.whats(desk.ref)[-3:] == ["read", "agreed", "closed: mash"]
    with desk.item() as (db, item):
        closing = concerns.events(db, item)[-1]
        assert (closing.what, closing.person_id) == ("closed: mash", desk.dan)


def test_who_disagrees_says_why_and_it_goes_back(database: Database) -> None:
    desk = Desk(database, Tier.RED)
    desk.read(desk.rita, desk.dan)
    desk.decide(Decision.NONE, "a joke")
    with desk.item() as (db, item):
        with pytest.raises(NotAllowed, match="why not"):
            concerns.disagree(db, item, person_id=desk.dan, reason=" ", now=desk.now)
        concerns.disagree(db, item, person_id=desk.dan, reason="no joke", now=desk.now)
    item = desk.scene.item(desk.ref)
    assert (item.state, item.decision, item.acknowledged_by_id) == (
        ReviewState.ACKNOWLEDGED,
        "",
        desk.rita,
    )
    with desk.item() as (db, item):
        kept = {event.what: event.words for event in concerns.events(db, item)}
    assert kept["proposed: none"] == "a joke"
    assert kept["disagreed"] == "no joke"
    assert "Mon 10:00 rita console concern_disagreed" in desk.scene.told()
    assert desk.decide(Decision.MASH, "harm") is Outcome.NEEDS_SECOND


def test_a_red_that_waits_for_a_second_person_is_asked_for_again_the_next_day(
    database: Database,
) -> None:
    desk = Desk(database, Tier.RED)
    desk.read(desk.rita)
    desk.decide(Decision.MASH, "harm")
    desk.scene.told()
    desk.scene.now += timedelta(hours=1)
    desk.scene.minute()
    desk.scene.now += timedelta(days=1)
    desk.scene.minute()
    assert desk.scene.told("concern_second") == ["Tue 11:00 dan console concern_second"]


def test_a_referral_says_to_whom_when_and_under_which_reference(database: Database) -> None:
    desk = Desk(database, Tier.AMBER)
    desk.read(desk.rita)
    for referral, why in (
        (Referral(" ", desk.now), "to whom"),
        (Referral("the front door", desk.now + timedelta(hours=1)), "future"),
    ):
        with pytest.raises(NotAllowed, match=why):
            desk.decide(Decision.MASH, "harm", referral)
    with pytest.raises(NotAllowed, match="goes with"):
        desk.decide(Decision.NONE, "no worry", Referral("x", desk.now))
    with pytest.raises(NotAllowed, match="reason"):
        desk.decide(Decision.LADO, " ")
    desk.decide(Decision.MASH, "harm", Referral("the front door", desk.now, "RC-1234"))
    item = desk.scene.item(desk.ref)
    assert (item.referral_to, item.referral_at, item.case_ref) == (
        "the front door",
        desk.now,
        "RC-1234",
    )


def test_what_was_redacted_stands_beside_the_words_as_they_were_written(
    database: Database,
) -> None:
    desk = Desk(database, Tier.NONE)
    desk.read(desk.rita)
    with pytest.raises(NotAllowed, match="taken out"):
        desk.decide(Decision.REDACT, "a name", redacted="a text")
    desk.decide(Decision.REDACT, "a name", redacted="a [name]")
    item = desk.scene.item(desk.ref)
    assert (item.words, item.redacted_words) == ("a text", "a [name]")


def test_a_decision_is_never_overwritten_but_a_closed_item_can_be_taken_up_again(
    database: Database,
) -> None:
    desk = Desk(database, Tier.NONE)
    desk.read(desk.rita)
    desk.decide()
    with pytest.raises(NotAllowed, match="closed already"):
        desk.decide(Decision.MASH, "x")
    with desk.item() as (db, item):
        with pytest.raises(NotAllowed, match="why"):
            concerns.reopen(db, item, person_id=desk.dan, reason="", now=desk.now)
        concerns.reopen(db, item, person_id=desk.dan, reason="a second text", now=desk.now)
    assert desk.scene.item(desk.ref).acknowledged_by_id == desk.dan
    assert desk.scene.whats(desk.ref)[-2:] == ["closed: none", "reopened"]


def test_notes_are_added_and_encrypted(database: Database) -> None:
    desk = Desk(database, Tier.NONE)
    with desk.item() as (db, item):
        concerns.note(db, item, person_id=desk.rita, text="rang the school", now=desk.now)
        concerns.note(db, item, person_id=desk.dan, text="they ring back", now=desk.now)
        with pytest.raises(NotAllowed, match="empty"):
            concerns.note(db, item, person_id=desk.dan, text="  ", now=desk.now)
        words = [event.words for event in concerns.events(db, item) if event.what == "note"]
        assert words == ["rang the school", "they ring back"]
        raw = db.connection().exec_driver_sql("SELECT words FROM review_event").all()
        assert not any(b"school" in bytes(row[0]) for row in raw)


def test_the_words_go_once_the_case_system_has_them(database: Database) -> None:
    desk = Desk(database, Tier.AMBER)
    desk.read(desk.rita)
    with desk.item() as (db, item), pytest.raises(NotAllowed, match="close it first"):
        concerns.purge(db, item, person_id=desk.rita, case_ref="RC-1", now=desk.now)
    desk.decide(Decision.MASH, "harm")
    with desk.item() as (db, item):
        with pytest.raises(NotAllowed, match="reference"):
            concerns.purge(db, item, person_id=desk.rita, case_ref=" ", now=desk.now)
        concerns.purge(db, item, person_id=desk.rita, case_ref="RC-1", now=desk.now)
    item = desk.scene.item(desk.ref)
    assert (item.words, item.case_ref, item.decision) == ("", "RC-1", "mash")
    with desk.item() as (db, item), pytest.raises(NotAllowed, match="not kept"):
        concerns.reopen(db, item, person_id=desk.rita, reason="x", now=desk.now)


def test_words_that_were_deleted_before_they_were_read_go_once_they_were(
    database: Database,
) -> None:
    people = Respondents(database, Scene(database, NOW).now)
    people.session("one", people.survey("s"), state=SessionState.DELETED)
    with database.reading() as db:
        pseudonym = db.exec(select(SurveySession.pseudonym)).one()
    desk = Desk(database, Tier.NONE, pseudonym=pseudonym)
    desk.read(desk.rita)
    desk.decide()
    item = desk.scene.item(desk.ref)
    assert (item.words, item.pseudonym) == ("", None)


def test_every_act_is_in_the_log_and_no_word_is_in_the_log_or_the_outbox(
    database: Database,
) -> None:
    desk = Desk(database, Tier.RED)
    desk.read(desk.rita, desk.dan)
    desk.decide(Decision.MASH, "harm at home")
    with desk.item() as (db, item):
        concerns.agree(db, item, person_id=desk.dan, now=desk.now)
    with database.reading() as db:
        entries = db.exec(select(AuditEntry)).all()
        params = [row.params for row in db.exec(select(Outbox))]
    assert [entry.act for entry in entries] == [
        "concern.read",
        "concern.read",
        "concern.acknowledged",
        "concern.decide",
        "concern.agree",
    ]
    said = " ".join([*(f"{entry.subject} {entry.detail}" for entry in entries), *params])
    assert not any(word in said for word in ("text", "harm", "home"))


def test_only_a_reviewer_is_the_second_person_and_no_broken_glass_makes_one(
    database: Database,
) -> None:
    desk = Desk(database, Tier.RED)
    mona = desk.scene.person("mona", Role.MANAGER)
    desk.read(desk.rita, mona)
    desk.decide(Decision.NONE, "a joke")
    with desk.item() as (db, item):
        with pytest.raises(NotAllowed, match="Only a reviewer"):
            concerns.agree(db, item, person_id=mona, now=desk.now)
        with pytest.raises(NotAllowed, match="Only a reviewer"):
            concerns.disagree(db, item, person_id=mona, reason="no", now=desk.now)
    assert desk.scene.item(desk.ref).state is ReviewState.PROPOSED


def test_who_opened_the_queue_in_an_emergency_deletes_nothing(database: Database) -> None:
    desk = Desk(database, Tier.AMBER)
    mona = desk.scene.person("mona", Role.MANAGER)
    desk.read(desk.rita, mona)
    desk.decide(Decision.MASH, "harm")
    with desk.item() as (db, item), pytest.raises(NotAllowed, match="Only a reviewer"):
        concerns.purge(db, item, person_id=mona, case_ref="RC-1", now=desk.now)
    assert desk.scene.item(desk.ref).words == "a text"
