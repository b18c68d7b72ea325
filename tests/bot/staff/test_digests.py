"""The digest where people work: asked for, worded, and sent to the others."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from bot.forms import FieldKind
from bot.messages import EMAIL, TEAMS, FieldErrors, OpenForm, Pressed, Submitted
from bot.platforms.console import PLATFORM
from digests import editions
from storage.audit import AuditEntry
from storage.database import Database
from storage.editions import Edition, EditionState
from storage.people import Person, Preferences, Role
from tests.bot.staff.digest_readers import (
    CHANGE,
    SEND,
    chose,
    digests_of,
    edition_of,
    labels,
    reading_office,
)
from tests.bot.staff.office import Office


@pytest.fixture
def desk(sqlite_database: Database) -> Iterator[Office]:
    with reading_office(sqlite_database) as one:
        yield one


# asked for


def test_a_chair_gets_the_week_so_far_in_parts_with_both_files(desk: Office) -> None:
    desk.say("chair", "/digest")
    [message] = digests_of(desk, "chair")
    assert message.title == "Weekly digest: 28 November 2023 to 4 December 2023"
    assert "As at 10:00 on 4 December 2023" in message.text
    assert "put together from the figures" in message.text
    assert message.parts[0].text.startswith("OVERDUE: 1\n- 1.2 Put the strategy to use")
    assert (message.buttons, message.foot) == ((), "")
    pdf, docx = message.attachments
    assert (pdf.name, pdf.media_type) == ("weekly-digest-2023-12-04.pdf", "application/pdf")
    assert "Put the strategy to use" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert Document(io.BytesIO(docx.content)).paragraphs[0].text == "Weekly digest"


def test_a_manager_gets_a_draft_with_what_can_be_done_about_it(desk: Office) -> None:
    desk.say("manager", "digest")
    [message] = digests_of(desk, "manager")
    assert labels(message) == [CHANGE, SEND]
    assert message.buttons[0].form
    assert "Only the managers have this draft." in message.foot
    assert edition_of(desk).state is EditionState.DRAFT


def test_asking_again_makes_a_new_one_and_the_same_message_twice_makes_one(desk: Office) -> None:
    twice = desk.incoming("chair", "/digest")
    desk.receive(twice)
    desk.receive(twice)
    assert len(desk.rows(Edition)) == 1
    desk.say("chair", "/digest")
    assert len(desk.rows(Edition)) == 2
    assert {edition.state for edition in desk.rows(Edition)} == {EditionState.ASKED}


@pytest.mark.parametrize("platform", [PLATFORM, TEAMS, EMAIL])
def test_files_go_where_files_can_go_and_links_elsewhere(desk: Office, platform: str) -> None:
    desk.configure(links={"web": "https://loop.example"})
    desk.platform = platform
    desk.colleague("scrutineer", Role.SCRUTINEER)
    desk.say("scrutineer", "/digest")
    message = desk.newest("scrutineer")
    assert [file.name[-4:] for file in message.attachments] == (
        [] if platform == PLATFORM else [".pdf", "docx"]
    )
    for file in message.attachments:
        assert file.link.startswith("https://loop.example/m/")
        assert file.content


@pytest.mark.parametrize("role", [Role.LEAD, Role.REVIEWER, Role.ADMIN, Role.YOUTH_WORKER])
def test_nobody_else_gets_it_by_any_word_or_button(desk: Office, role: Role) -> None:
    desk.colleague("other", role)
    desk.say("manager", "/digest")
    number = edition_of(desk).id
    acts = ("dwords", "dsend", "ddrop")
    for word in ("/digest", "/digest again", "/digest words x"):
        assert "OVERDUE" not in desk.say("other", word)
    for token in (*(f"{act}:{number}" for act in acts), f"file:{number}:pdf"):
        assert "OVERDUE" not in desk.say("other", Pressed(token))
    assert not any(sent.message.attachments for sent in desk.sent_to("other"))
    assert [edition.state for edition in desk.rows(Edition)] == [EditionState.DRAFT]


def test_a_chair_cannot_word_send_or_see_a_draft_of_the_managers(desk: Office) -> None:
    desk.say("manager", "/digest")
    number = edition_of(desk).id
    for token in (f"dwords:{number}", f"dsend:{number}", f"ddrop:{number}", f"file:{number}:pdf"):
        desk.say("chair", Pressed(token))
    assert digests_of(desk, "chair") == []
    assert not any(sent.message.attachments for sent in desk.sent_to("chair"))
    assert edition_of(desk).state is EditionState.DRAFT


def test_one_file_is_sent_by_its_button(desk: Office) -> None:
    desk.say("chair", "/digest")
    desk.say("chair", Pressed(f"file:{edition_of(desk).id}:docx"))
    [file] = desk.newest("chair").attachments
    assert file.name.endswith(".docx")
    for token in ("file:9:pdf", "file:1:exe", "file:x:pdf", "file:1", "dsend:7", "dsend:x"):
        assert not desk.say("manager", Pressed(token)).startswith("OVERDUE")


# worded


def opened(desk: Office) -> Any:
    """The form behind the button, as the platform opens it."""
    desk.opens = True
    [ack] = desk.tell("manager", Pressed(desk.token("manager", CHANGE)))
    assert isinstance(ack.now, OpenForm)
    return ack.now.form


def test_a_manager_changes_the_words_in_a_form_and_reads_the_digest_anew(desk: Office) -> None:
    desk.say("manager", "/digest")
    form = opened(desk)
    fields = {field.name: field for field in form.fields}
    assert [*fields][:2] == ["opening", "overdue"]
    assert fields["opening"].kind is FieldKind.TEXT
    assert fields["opening"].value == "1 action is overdue: 1.2, by 4 days."
    assert "meetings" not in fields
    values = {"opening": "Thank you all.", "overdue": "We meet about it on Friday."}
    desk.say("manager", Submitted(form.id, values))
    first, second = digests_of(desk, "manager")
    assert "Thank you all." in second.text
    assert "Opening and remarks: manager." in second.text
    assert "Remark: We meet about it on Friday." in second.parts[0].text
    printed = PdfReader(io.BytesIO(second.attachments[0].content)).pages[0].extract_text()
    assert "Thank you all." in printed
    assert first.attachments[0].content != second.attachments[0].content


def test_words_that_two_write_at_once_are_not_put_over_one_another(desk: Office) -> None:
    desk.colleague("deputy", Role.MANAGER)
    desk.say("manager", "/digest")
    form = opened(desk)
    desk.later(minutes=1)
    desk.say("manager", Submitted(form.id, {"opening": "First."}))
    [ack] = desk.tell("deputy", Submitted(form.id, {"opening": "Second."}))
    assert isinstance(ack.now, FieldErrors)
    assert "manager changed the words" in ack.now.errors["opening"]
    assert editions.words_of(edition_of(desk)).opening == "First."


def test_words_of_what_went_out_are_refused_kindly(desk: Office) -> None:
    desk.say("manager", "/digest")
    form = opened(desk)
    desk.opens = False
    desk.press("manager", SEND)
    [ack] = desk.tell("manager", Submitted(form.id, {"opening": "Too late."}))
    assert isinstance(ack.now, FieldErrors)
    assert "For a new one write: digest" in ack.now.errors["opening"]
    assert "settled" in desk.say("manager", Pressed(f"dwords:{edition_of(desk).id}"))
    assert "no draft" in desk.say("manager", "/digest words Too late.")


def test_without_forms_the_opening_is_asked_for_in_words(desk: Office) -> None:
    desk.platform = PLATFORM
    desk.colleague("office", Role.MANAGER)
    desk.say("office", "/digest")
    assert "1 action is overdue" in desk.press("office", CHANGE)
    assert "{{ 7 * 7 }} <b>Well done</b>" in desk.say("office", "{{ 7 * 7 }} <b>Well done</b>")
    assert editions.words_of(edition_of(desk)).by == "office"
    desk.press("office", CHANGE)
    assert "Left as they were" in desk.say("office", "/cancel")
    assert "Third week" in desk.say("office", "/digest words Third week")
    desk.press("office", CHANGE)
    desk.say("office", "/digest")
    desk.say("office", "1.2 on track")
    assert editions.words_of(edition_of(desk)).by == ""


# sent to the others


def test_what_a_manager_sends_is_what_the_others_get(desk: Office) -> None:
    desk.say("manager", "/digest", "/digest words Please read 1.2.")
    desk.press("manager", SEND)
    drafts = digests_of(desk, "manager")
    for who in ("chair", "executive"):
        [message] = digests_of(desk, who)
        assert "Please read 1.2." in message.text
        assert [f.content for f in message.attachments] == [
            f.content for f in drafts[1].attachments
        ]
        assert (message.buttons, message.foot) == ((), "")
    assert "It goes to 2 people" in "\n".join(desk.heard("manager"))
    noted = [entry.act for entry in desk.rows(AuditEntry)]
    assert noted[-3:] == ["digest.edit", "digest.approve", "digest.send"]


def test_the_message_that_was_pressed_loses_its_buttons(desk: Office) -> None:
    desk.say("manager", "/digest")
    desk.press("manager", SEND)
    renewed = [message for message in digests_of(desk, "manager") if message.replaces]
    assert len(renewed) == 1
    assert renewed[0].buttons == ()
    assert renewed[0].attachments == ()
    assert "Sent to the others by manager" in renewed[0].foot


def test_pressing_twice_sends_once(desk: Office) -> None:
    desk.say("manager", "/digest")
    token = desk.token("manager", SEND)
    desk.say("manager", Pressed(token), Pressed(token))
    assert len(digests_of(desk, "chair")) == 1


def test_who_cannot_be_reached_is_named(desk: Office) -> None:
    desk.person("far-chair", Role.CHAIR, linked=False)
    desk.say("manager", "/digest")
    desk.press("manager", SEND)
    assert "Not reached, because no way to write to them is known: far-chair" in "\n".join(
        desk.heard("manager")
    )


def test_who_said_no_gets_none_and_a_scrutineer_who_said_yes_gets_one(desk: Office) -> None:
    for who in ("scrutineer", "observer"):
        desk.colleague(who, Role.SCRUTINEER)
    chose(desk, "scrutineer", digest_wanted=True)
    chose(desk, "executive", digest_wanted=False)
    desk.say("manager", "/digest")
    desk.press("manager", SEND)
    got = {who for who in ("chair", "scrutineer", "observer", "executive") if digests_of(desk, who)}
    assert got == {"chair", "scrutineer"}


def test_each_gets_it_at_their_own_day_and_hour_unless_it_was_overtaken(desk: Office) -> None:
    chose(desk, "chair", digest_day=2, digest_hour=14)
    chose(desk, "executive", digest_day=1, digest_hour=9)
    desk.say("manager", "/digest")
    desk.press("manager", SEND)
    assert digests_of(desk, "chair") == digests_of(desk, "executive") == []
    desk.now = datetime(2023, 12, 5, 9, tzinfo=UTC)
    desk.deliver()
    assert len(digests_of(desk, "executive")) == 1
    desk.say("manager", "/digest")
    desk.press("manager", SEND)
    desk.now = datetime(2023, 12, 6, 14, tzinfo=UTC)
    desk.deliver()
    [message] = digests_of(desk, "chair")
    assert "As at 09:00 on 5 December 2023" in message.text


def test_who_lost_the_right_or_their_wish_meanwhile_gets_none(desk: Office) -> None:
    for who in ("chair", "executive"):
        chose(desk, who, digest_day=2)
    desk.say("manager", "/digest")
    desk.press("manager", SEND)
    with desk.database.writing() as db:
        for person in desk.rows(Person):
            if person.name == "chair":
                db.get_one(Person, person.id).roles = ["lead"]
            if person.name == "executive":
                db.get_one(Preferences, person.id).digest_wanted = False
    desk.later(days=8)
    desk.deliver()
    assert digests_of(desk, "chair") == digests_of(desk, "executive") == []


def test_what_went_out_last_comes_again_as_it_was(desk: Office) -> None:
    assert "No digest has gone out yet" in desk.say("chair", "/digest again")
    desk.say("manager", "/digest", "/digest words As it was.")
    desk.press("manager", SEND)
    desk.later(days=3)
    desk.say("chair", "/digest again")
    first, again = digests_of(desk, "chair")
    assert again == first
    assert "As at 10:00 on 4 December 2023" in again.text
