"""The weekly digest by itself: one draft a week, its files, and what nobody sent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col

from bot.digest_schedule import keep_files, weekly_digests
from bot.messages import Pressed
from digests.edition_files import KINDS, file_of
from storage.database import Database
from storage.editions import Edition, EditionFile
from storage.mail import Outbox
from storage.people import Role
from tests.bot.staff.digest_readers import (
    CHANGE,
    FRIDAY,
    LEAVE,
    SEND,
    chose,
    digests_of,
    labels,
    reading_office,
    weekly,
)
from tests.bot.staff.office import Office


@pytest.fixture
def desk(sqlite_database: Database) -> Iterator[Office]:
    with reading_office(sqlite_database) as one:
        yield one


def test_on_its_day_the_managers_get_one_draft_and_nobody_else_does(desk: Office) -> None:
    desk.colleague("deputy", Role.MANAGER)
    assert weekly(desk, datetime(2023, 12, 8, 7, 59, tzinfo=UTC)) == 0
    assert weekly(desk) == 2
    assert weekly(desk, FRIDAY + timedelta(hours=1)) == 0
    for who in ("manager", "deputy"):
        [message] = digests_of(desk, who)
        assert labels(message) == [CHANGE, SEND, LEAVE]
    assert digests_of(desk, "chair") == []
    [edition] = desk.rows(Edition)
    assert edition.made_for_id is None
    assert {file.format for file in desk.rows(EditionFile)} == {"pdf", "docx"}


def test_files_are_made_before_the_message_is_queued_and_are_what_was_sent(desk: Office) -> None:
    weekly(desk)
    [message] = digests_of(desk, "manager")
    with desk.database.reading() as db:
        edition = db.get_one(Edition, 1)
        kept = [file_of(db, edition, kind).content for kind in KINDS]
    assert [file.content for file in message.attachments] == kept
    assert keep_files(desk.app) == 0


def test_managers_with_days_of_their_own_read_the_same_draft(desk: Office) -> None:
    chose(desk, "manager", digest_day=2, digest_hour=10)
    desk.colleague("deputy", Role.MANAGER)
    wednesday = datetime(2023, 12, 6, 10, tzinfo=UTC)
    assert weekly(desk, wednesday) == 1
    desk.say("manager", "/digest words From Wednesday.")
    desk.press("manager", SEND)
    assert weekly(desk) == 1
    [message] = digests_of(desk, "deputy")
    assert "From Wednesday." in message.text
    assert message.buttons == ()
    assert len(desk.rows(Edition)) == 1


def test_a_draft_that_nobody_sent_is_said_a_week_later_and_can_be_sent_no_more(
    desk: Office,
) -> None:
    weekly(desk)
    old = desk.token("manager", SEND)
    weekly(desk, FRIDAY + timedelta(weeks=1))
    first, second = digests_of(desk, "manager")
    assert "was not sent" not in first.foot
    assert "Last week's digest was not sent to the others." in second.foot
    assert "settled" in desk.say("manager", Pressed(old))
    assert digests_of(desk, "chair") == []
    desk.press("manager", LEAVE)
    weekly(desk, FRIDAY + timedelta(weeks=2))
    assert "was not sent" not in digests_of(desk, "manager")[-1].foot


def test_a_draft_that_was_left_goes_to_nobody(desk: Office) -> None:
    chose(desk, "manager", digest_day=2)
    desk.colleague("deputy", Role.MANAGER)
    weekly(desk, datetime(2023, 12, 6, 8, tzinfo=UTC))
    assert "Left." in desk.press("manager", LEAVE)
    assert weekly(desk) == 0
    assert digests_of(desk, "deputy") == []


def test_a_missed_friday_is_made_up_for_on_a_working_day_of_that_week_only(desk: Office) -> None:
    saturday = datetime(2023, 12, 9, 11, tzinfo=UTC)
    assert weekly(desk, saturday) == 0
    assert weekly(desk, datetime(2023, 12, 11, 9, tzinfo=UTC)) == 0
    chose(desk, "manager", digest_day=0)
    assert weekly(desk, datetime(2023, 12, 13, 9, tzinfo=UTC)) == 1


def test_no_manager_s_wish_is_overruled(desk: Office) -> None:
    chose(desk, "manager", digest_wanted=False)
    assert weekly(desk) == 0
    assert desk.rows(Edition) == []


def test_two_nodes_make_and_send_one(desk: Office) -> None:
    desk.now = FRIDAY
    assert weekly_digests(desk.app) + weekly_digests(desk.app) == 1
    assert len(desk.rows(Outbox, col(Outbox.intent) == "digest")) == 1


def test_a_broken_template_is_said_to_the_manager_and_the_digest_goes_out(
    desk: Office, tmp_path: Path
) -> None:
    broken = tmp_path / "ours.docx"
    broken.write_bytes(b"no")
    desk.configure(digests={"template": broken})
    desk.say("manager", "/digest")
    [message] = digests_of(desk, "manager")
    assert "digests.template: ours.docx: it is not a Word document" in message.foot
    assert len(message.attachments) == 2
    desk.say("chair", "/digest")
    assert digests_of(desk, "chair")[0].foot == ""


def test_no_word_of_a_digest_waits_in_the_clear(desk: Office) -> None:
    desk.say("manager", "/digest", "/digest words Unheard-of words")
    weekly(desk)
    for path in Path(desk.database.engine.url.database or "").parent.iterdir():
        assert b"Unheard-of" not in path.read_bytes()
        assert b"%PDF" not in path.read_bytes()
