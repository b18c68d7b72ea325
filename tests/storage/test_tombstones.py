"""What was erased stays erased, whatever copy comes back."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import select

from storage.bringing_back import UNKNOWN, Restored, Since, bring_back, since
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.erasing import erase_person, erase_respondent
from storage.holds import HoldScope
from storage.leases import take_lease
from storage.mail import Lease, Outbox, Urgency
from storage.people import Contact, Person
from storage.reach import subject_of_person, subject_of_session
from storage.retention import remove_concern
from storage.retention_rules import RetentionRules
from storage.surveys import Answer, SessionState, SurveySession
from storage.tombstones import (
    SESSION,
    Grave,
    Tombstone,
    append,
    bury_session,
    digest_of,
    forget_old,
    in_file,
    in_table,
    take_over,
    write_out,
)
from storage.types import Keyring
from tests.backends import Backend
from tests.storage.copied import copy_of
from tests.storage.held import hold
from tests.storage.respondents import WORDS, Respondents

RULES = RetentionRules()
DAY = date(2023, 12, 1)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "deleted.txt"


@pytest.fixture
def they(database_url: str, keyring: Keyring, now: datetime, ledger: Path) -> Iterator[Respondents]:
    ring = Keyring(keyring.keys, keyring.lookup_key, ledger=ledger)
    with Database(database_url, ring) as database:
        yield Respondents(database, now)


def _back(they: Respondents, ledger: Path, known: Since | None = None) -> Restored:
    return bring_back(they.database, graves=in_file(ledger), now=they.now, rules=RULES, known=known)


def test_it_is_in_the_file_before_it_is_committed(they: Respondents, ledger: Path) -> None:
    seen = []

    def look(_session: object) -> None:
        seen.append(len(in_file(ledger)))

    with they.database.writing() as session:
        bury_session(session, "mine", they.now)
        assert in_file(ledger) == set()
        event.listen(session, "after_commit", look)
    assert seen == [1]
    with they.database.reading() as session:
        assert in_table(session) == in_file(ledger)
        [grave] = in_table(session)
        assert grave.digest == digest_of(session, SESSION, "mine")
    assert "mine" not in ledger.read_text()
    assert ledger.stat().st_mode & 0o077 == 0


def test_what_is_rolled_back_is_in_neither(they: Respondents, ledger: Path) -> None:
    with they.database.writing() as session:
        bury_session(session, "mine", they.now)
        session.rollback()
    assert in_file(ledger) == set()
    with they.database.reading() as session:
        assert in_table(session) == set()


def test_a_list_that_cannot_be_written_stops_no_deletion(
    they: Respondents, ledger: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.mkdir()
    they.session("mine", they.survey("s"))
    with they.database.writing() as session:
        erase_respondent(session, subject_of_session(session, "mine"), now=they.now)
    assert they.all(Answer) == []
    assert "list of deletions" in caplog.text


@given(st.binary(max_size=60))
def test_a_torn_line_takes_no_other_with_it(torn: bytes) -> None:
    with TemporaryDirectory() as folder:
        ledger = Path(folder) / "deleted.txt"
        first, second = (Grave(letter * 32, "session", "d" * 32, DAY) for letter in "ab")
        append(ledger, [first])
        with ledger.open("ab") as file:
            file.write(torn)
        append(ledger, [second])
        assert {first, second} <= in_file(ledger)


def test_other_nodes_deletions_get_into_this_ones_file_and_old_ones_leave_both(
    they: Respondents, ledger: Path
) -> None:
    old = Grave("a" * 32, "session", "d" * 32, date(2021, 11, 30))
    young = Grave("b" * 32, "session", "d" * 32, date(2021, 12, 2))
    with they.database.writing() as session:
        take_over(session, [old, young])
        assert write_out(session) == 2
        assert write_out(session) == 0
    assert in_file(ledger) == {old, young}
    with they.database.writing() as session:
        assert forget_old(session, they.now) == 1
    assert in_file(ledger) == {young}
    assert [row.mark for row in they.all(Tombstone)] == [young.mark]


Copied = Callable[[Respondents], Respondents]


@pytest.fixture
def copied(backend: Backend) -> Iterator[Copied]:
    """A copy as it is now."""
    with ExitStack() as stack:
        yield lambda they: stack.enter_context(copy_of(backend, they))


def test_respondents_people_and_concerns_erased_since_are_erased_again(
    they: Respondents, ledger: Path, copied: Copied
) -> None:
    survey = they.survey("s")
    for name in ("mine", "theirs"):
        they.session(name, survey, they.contact(name))
    item = they.item("other", state=ReviewState.CLOSED, decision="mash")
    ring = they.database.keyring
    email = "sam@example.org"
    with they.database.writing() as session:
        sam = Person(
            name="Sam Smith", key="qa", email=email, email_hash=ring.fingerprint("email", email)
        )
        session.add(sam)
        session.flush()
        person_id = sam.id or 0
    they.contact("sams", person_id=person_id)
    copy = copied(they)

    with they.database.writing() as session:
        erase_respondent(session, subject_of_session(session, "mine"), now=they.now)
        erase_person(session, subject_of_person(session, person_id), person_id, now=they.now)
        remove_concern(session, item_id=item, now=they.now)

    assert len(copy.all(Answer)) == 4
    done = _back(copy, ledger, since(they.database))
    assert done.erased >= 4
    assert {row.pseudonym for row in copy.all(Answer)} == {"p-theirs"}
    assert copy.one(SurveySession, id="mine").state is SessionState.DELETED
    assert {row.address for row in copy.all(Contact)} == {"theirs", ""}
    assert copy.one(Person, key="qa").email is None
    assert "Sam" not in copy.one(Person, key="qa").name
    assert copy.one(ReviewItem).words == ""
    assert _back(copy, ledger).erased == 0


def test_without_the_old_database_the_file_alone_is_enough(
    they: Respondents, ledger: Path, copied: Copied
) -> None:
    they.session("mine", they.survey("s"), they.contact("mine"))
    copy = copied(they)
    with they.database.writing() as session:
        erase_respondent(session, subject_of_session(session, "mine"), now=they.now)
    assert _back(copy, ledger).erased > 0
    assert copy.all(Answer) == []


def test_who_was_erased_and_came_back_before_the_copy_stays(
    they: Respondents, ledger: Path, copied: Copied
) -> None:
    survey = they.survey("s")
    they.session("first", survey, they.contact("me"))
    with they.database.writing() as session:
        erase_respondent(session, subject_of_session(session, "first"), now=they.now)
    they.session("again", survey, they.contact("me"))
    copy = copied(they)
    assert _back(copy, ledger).erased == 0
    assert {row.pseudonym for row in copy.all(Answer)} == {"p-again"}
    assert "me" in {row.address for row in copy.all(Contact)}


def _waiting(they: Respondents) -> set[str]:
    return {row.dedupe_key for row in they.all(Outbox) if row.settled_at is None}


def test_what_was_sent_since_is_not_sent_again_and_what_was_taken_back_stays_so(
    they: Respondents, ledger: Path, copied: Copied
) -> None:
    contact = they.contact("me")
    for key in ("sent", "taken back", "waits"):
        they.message(key, contact, sent=None)
    with they.database.writing() as session:
        assert take_lease(session, "telegram:poll", "node", they.now, 60)
    copy = copied(they)
    with they.database.writing() as session:
        for row in session.exec(select(Outbox)):
            if row.dedupe_key == "sent":
                row.settled_at, row.outcome = they.now, "sent"
                session.add(row)
            elif row.dedupe_key == "taken back":
                session.delete(row)
    they.message("new and sent", contact, sent=0)
    they.message("new and waits", contact, sent=None)

    done = _back(copy, ledger, since(they.database))
    assert _waiting(copy) == {"waits"}
    assert copy.one(Outbox, dedupe_key="sent").outcome == "sent"
    assert copy.one(Outbox, dedupe_key="new and sent").settled_at is not None
    assert done.sent == 3
    assert copy.all(Lease) == []


def test_where_nothing_tells_what_was_sent_only_alerts_and_later_messages_go_out(
    they: Respondents, ledger: Path
) -> None:
    contact = they.contact("me")
    for key, urgency, hours in (
        ("nudge", Urgency.REMINDER, -1),
        ("alert", Urgency.ALERT, -1),
        ("tomorrow", Urgency.REMINDER, 24),
    ):
        at = they.now + timedelta(hours=hours)
        they.add(
            Outbox(
                dedupe_key=key,
                intent="say",
                contact_id=contact,
                priority=urgency,
                not_before=at,
                created_at=they.now - timedelta(days=2),
                claimed_until=they.now,
            )
        )
    assert _back(they, ledger).lapsed == 1
    assert _waiting(they) == {"alert", "tomorrow"}
    assert they.one(Outbox, dedupe_key="nudge").detail == UNKNOWN
    assert all(row.claimed_until is None for row in they.all(Outbox))


def test_a_hold_that_was_set_since_keeps_what_retention_would_delete(
    they: Respondents, ledger: Path, copied: Copied
) -> None:
    they.session("mine", they.survey("s", closed=900), they.contact("me", idle=900), ago=900)
    copy = copied(they)
    hold(they.database, they.now, HoldScope.RECEIPT, "mine")
    assert _back(copy, ledger, since(they.database)).holds == 1
    assert copy.one(Answer, question="why").words == WORDS


def test_retention_is_applied_before_anybody_is_served(they: Respondents, ledger: Path) -> None:
    they.session("mine", they.survey("s", closed=900), they.contact("me", idle=900), ago=900)
    assert _back(they, ledger).purged["youth words"] > 0
    assert they.one(Answer, question="why").words is None
