"""Decisions from chat: by button in place, by a form with the reason, seen by every manager."""

from datetime import date, timedelta

import pytest
from sqlmodel import col

from bot.messages import Ack, FieldErrors, Message, OpenForm, Pressed, Submitted
from bot.numbered import flat
from reminders import updates
from reminders.policy import Status
from storage.audit import AuditEntry
from storage.mail import KeptMessage, Outbox
from storage.people import Role
from storage.plans import Action, Body, Escalation, Update
from tests.bot.staff.office import Office
from tests.reminders.small_plan import SmallPlan

_NEW = date(2024, 2, 29)


@pytest.fixture
def busy(at_work: Office) -> Office:
    """Amira leads 1.2, which sam's group leads too; boss and second are managers."""
    amira = at_work.colleague("amira", Role.LEAD)
    sam = at_work.colleague("sam", Role.CHAIR)
    for name in ("boss", "second"):
        at_work.colleague(name, Role.MANAGER)
    with at_work.database.writing() as db:
        plan = SmallPlan.start(db)
        body = plan.body("Learning group", chair_person_id=sam)
        plan.action("1.2", at_work.now.date() + timedelta(days=14), people=[amira])
        plan.action("1.5", at_work.now.date() + timedelta(days=14), bodies=[body])
    return at_work


def _says(office: Office, line: str) -> None:
    office.say("amira", line, "yes")


def _ask_for_date(office: Office) -> None:
    _says(office, "1.2 slipping, need until 29 February 2024")


def _press(office: Office, who: str, label: str, *, opens: bool = False) -> Ack:
    """Presses the newest button of this label, in the message that carries it."""
    for sent in reversed(office.sent_to(who)):
        for button in flat(sent.message).buttons:
            if button.label == label:
                office.opens = opens
                [ack] = office.tell(who, Pressed(button.token))
                office.opens = False
                office.deliver()
                return ack
    raise AssertionError(f"{who} was shown no button {label!r}")


def _fill(office: Office, who: str, ack: Ack, **values: str) -> Ack:
    assert isinstance(ack.now, OpenForm)
    office.opens = True
    [back] = office.tell(who, Submitted(ack.now.form.id, values))
    office.opens = False
    office.deliver()
    return back


def _in_place(office: Office, who: str) -> Message:
    """The last message that took the place of another."""
    return [sent.message for sent in office.sent_to(who) if sent.message.replaces][-1]


def test_a_decision_shows_in_place_to_every_manager(busy: Office) -> None:
    _ask_for_date(busy)
    asked = {who: busy.sent_to(who)[-1].external_id for who in ("boss", "second")}
    _press(busy, "boss", "Agree")
    for who in ("boss", "second"):
        message = _in_place(busy, who)
        assert message.replaces == asked[who]
        assert "Agreed by boss, 4 December 2023" in message.text
        assert "from 18 December 2023 to 29 February 2024" in message.text, "the old date stays"
        assert message.buttons == ()
        assert len(busy.sent_to(who)) == 2, "nothing but the message in place"
    assert "the new date was agreed" in busy.heard("amira")[-1]
    _press(busy, "second", "Agree")
    [row] = busy.rows(Update)
    assert row.date_agreed_by_id == row.decided_by_id


def test_a_refusal_asks_for_the_reason_and_the_lead_hears_it(busy: Office) -> None:
    _ask_for_date(busy)
    ack = _press(busy, "boss", "Keep the old date", opens=True)
    assert busy.rows(Update)[0].date_refused is False, "nothing is decided by opening a form"
    _fill(busy, "boss", ack, why="the training day is fixed")
    assert '"the training day is fixed"' in busy.heard("amira")[-1]
    assert "Not agreed; the old date stands. Decided by boss" in _in_place(busy, "second").text
    [row] = busy.rows(Update)
    assert (row.date_refused, row.decided_why) == (True, "the training day is fixed")


def test_the_reason_rests_encrypted_and_in_no_outbox(busy: Office) -> None:
    _ask_for_date(busy)
    busy.say("boss", "refuse 1.2 because zanzibar is far away")
    assert "zanzibar" in busy.heard("amira")[-1]
    assert not any("zanzibar" in row.params for row in busy.rows(Outbox))
    assert not any("zanzibar" in row.detail for row in busy.rows(AuditEntry))


def test_the_second_of_two_managers_finds_it_decided(busy: Office) -> None:
    _ask_for_date(busy)
    second = busy.sent_to("second")[-1]
    token = second.message.buttons[0].token
    busy.say("boss", "agree 1.2")
    busy.say("second", Pressed(token))
    assert "Agreed by boss" in _in_place(busy, "second").text
    assert len([row for row in busy.rows(AuditEntry) if row.act == "date_agreed"]) == 1


def test_what_was_decided_before_it_was_sent_is_not_asked(busy: Office) -> None:
    busy.tell("amira", "1.2 slipping, need until 29 February 2024")
    busy.deliver()
    busy.tell("amira", "yes")
    with busy.database.writing() as db:
        updates.agree_date(
            db, update_id=1, person_id=3, now=busy.now, today=busy.now.date(), agreed=True
        )
    busy.deliver()
    assert busy.heard("boss") == []


def test_a_chair_decides_for_the_group_and_for_no_other(busy: Office) -> None:
    with busy.database.writing() as db:
        for action_id, person_id in ((1, 1), (2, 2)):
            updates.record(
                db,
                action_id=action_id,
                person_id=person_id,
                status=Status.COMPLETE_AWAITING_EVIDENCE,
                now=busy.now,
                today=busy.now.date(),
            )
    busy.say("sam", "waiting")
    labels = [button.label for button in flat(busy.newest("sam")).buttons]
    assert labels == ["Accept as complete: 1.5", "Not yet: 1.5"]
    assert "decides this" in busy.say("sam", Pressed("evidenced:1:yes"))
    _press(busy, "sam", "Accept as complete: 1.5")
    assert [row.status for row in busy.rows(Action)] == ["complete_awaiting_evidence", "complete"]
    assert "Nothing waits for your decision" in _in_place(busy, "sam").text


def test_a_chair_sees_the_actions_of_the_group(busy: Office) -> None:
    answer = busy.say("sam", "group")
    assert "1.5 Text of 1.5 (not started, due 18 December 2023)" in answer
    assert "1.2" not in answer
    assert "1.5 Text of 1.5" in busy.say("boss", "/group learning")
    assert "No group" in busy.say("boss", "/group pigeons")
    assert "chairs of groups" in busy.say("amira", "group")


def test_whoever_chairs_needs_no_role_for_it(busy: Office) -> None:
    kim = busy.colleague("kim", Role.LEAD)
    with busy.database.writing() as db:
        body = db.get_one(Body, 1)
        body.chair_person_id = kim
        db.add(body)
    assert "1.5 Text of 1.5" in busy.say("kim", "group")
    assert "Nothing waits" in busy.say("kim", "waiting")


def _escalation(office: Office) -> int:
    with office.database.writing() as db:
        row = Escalation(
            action_id=1, due_on=_NEW, step="manager", proposed_at=office.now, needs_approval=True
        )
        db.add(row)
        db.flush()
        assert row.id is not None
        return row.id


def test_what_goes_above_a_lead_is_decided_from_the_list_too(busy: Office) -> None:
    row_id = _escalation(busy)
    busy.say("boss", "waiting")
    ack = _press(busy, "boss", "Not yet: 1.2", opens=True)
    _fill(busy, "boss", ack, why="spoke with her")
    [row] = busy.rows(Escalation, col(Escalation.id) == row_id)
    assert (row.approved, row.decided_why) == (False, "spoke with her")
    assert "Nothing waits" in _in_place(busy, "boss").text


def test_an_answer_overtakes_what_was_to_be_decided(busy: Office) -> None:
    row_id = _escalation(busy)
    _says(busy, "1.2 on track")
    busy.say("boss", Pressed(f"escalate:{row_id}:yes"))
    [row] = busy.rows(Escalation)
    assert row.approved is None
    assert "decided already" in busy.heard("boss")[-1]


# help


def test_help_is_answered_by_a_form_once_and_the_lead_hears_it(busy: Office) -> None:
    _says(busy, "1.2 need help, nobody books the room")
    ack = _press(busy, "boss", "Answer", opens=True)
    empty = _fill(busy, "boss", ack, answer="  ")
    assert isinstance(empty.now, FieldErrors)
    assert set(empty.now.errors) == {"answer"}
    _fill(busy, "boss", ack, answer="I ring the school")
    assert 'boss answers about 1.2: "I ring the school"' in busy.heard("amira")[-1]
    assert (
        'Answered by boss, 4 December 2023: "I ring the school"' in _in_place(busy, "second").text
    )
    _fill(busy, "second", ack, answer="me too")
    [row] = busy.rows(Update)
    assert row.help_answer == "I ring the school"


# by phone


def test_what_a_lead_said_by_phone_is_written_down_by_a_form(busy: Office) -> None:
    busy.opens = True
    [ack] = busy.tell("boss", "/phone 1.2")
    assert isinstance(ack.now, OpenForm)
    assert [field.name for field in ack.now.form.fields] == ["person", "status", "note", "new_date"]
    wrong = _fill(busy, "boss", ack, person="1", status="splendid", new_date="tomorrow")
    assert isinstance(wrong.now, FieldErrors)
    assert set(wrong.now.errors) == {"status", "new_date"}
    _fill(busy, "boss", ack, person="1", status="at_risk", note="no trainer", new_date="2024-02-29")
    [row] = busy.rows(Update)
    assert (row.person_id, row.recorded_by_id, row.how) == (1, 3, "by phone")
    assert (row.status, row.proposed_due_on) == ("at_risk", _NEW)
    told = busy.newest("amira")
    assert "boss has noted what you said by phone about 1.2: at risk" in told.text
    assert [button.label for button in told.buttons] == ["Correct"]
    assert "amira (by phone, noted by boss) asks to move 1.2" in busy.heard("second")[-1]


def test_nobody_but_a_manager_writes_down_for_others(busy: Office) -> None:
    for attempt in ("/phone 1.2 done", Submitted("phone:1", {"person": "1", "status": "on_track"})):
        assert "business manager decides this" in busy.say("sam", attempt)
    assert busy.rows(Update) == []


# whose it is


def test_an_action_is_given_by_a_form_with_people_to_choose(busy: Office) -> None:
    busy.say("amira", "1.2 not mine", "yes")
    ack = _press(busy, "boss", "Somebody else", opens=True)
    assert isinstance(ack.now, OpenForm)
    [field] = ack.now.form.fields
    assert [option.label for option in field.options] == ["amira", "boss", "sam", "second"]
    _fill(busy, "boss", ack, person="2")
    assert "Settled: sam leads 1.2." in _in_place(busy, "second").text
    assert "1.2" in busy.heard("sam")[-1]


def test_what_is_not_a_person_is_refused_at_the_field(busy: Office) -> None:
    busy.say("amira", "1.2 not mine", "yes")
    ack = _press(busy, "boss", "Somebody else", opens=True)
    for wrong in ("99", "x", "-1", "", "9" * 30, "²"):
        back = _fill(busy, "boss", ack, person=wrong)
        assert isinstance(back.now, FieldErrors), wrong
        assert set(back.now.errors) == {"person"}


def test_what_is_not_accepted_stands_as_before_and_is_asked_about_again(busy: Office) -> None:
    _says(busy, "1.2 at risk, no trainer")
    _says(busy, "1.2 done, 43 staff trained")
    busy.say("boss", "refuse 1.2 because the list is missing")
    [action] = busy.rows(Action, col(Action.ref) == "1.2")
    assert action.status == "at_risk"
    assert 'not accept 1.2 as complete yet: "the list is missing"' in busy.heard("amira")[-1]
    assert (
        'decided by boss, 4 December 2023: "the list is missing"' in _in_place(busy, "second").text
    )
    _says(busy, "1.2 done, the list is with you")
    busy.say("boss", "accept 1.2")
    assert "accepted as complete by boss" in busy.heard("amira")[-1]
    [action] = busy.rows(Action, col(Action.ref) == "1.2")
    assert action.status == "complete"


@pytest.mark.parametrize("name", ["decide", "answer", "phone", "give", "leave"])
def test_a_form_about_nothing_of_ours_changes_nothing(busy: Office, name: str) -> None:
    filled_in = {"person": "9" * 40, "answer": "x", "status": "on_track", "until": "2024-01-01"}
    for about in ("", "9" * 40, "-1", "x", "1:2:3", "newdate:" + "9" * 40):
        assert "kept safe" not in busy.say("boss", Submitted(f"{name}:{about}", filled_in))
    assert busy.rows(Update) == []
    assert busy.rows(KeptMessage) == []
