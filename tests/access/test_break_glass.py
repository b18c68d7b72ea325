"""Opening the queue in an emergency: by whom, why, for how long, and who hears of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import break_glass
from bot.access import Right, Who, who_acts, who_is
from bot.break_glass import NotOpened, open_glass
from bot.messages import Pressed
from storage.audit import AuditEntry
from storage.break_glass import BreakGlass, unseen
from storage.mail import Outbox
from storage.people import Person, Role
from tests.bot.stage import Stage

REASON = "Amina Marked may be hurt tonight and no reviewer answers"
TRACE = "The police need to know at which door Amina Marked lives"
WORRY = "my dad hits me when he drinks"


def _people(stage: Stage) -> dict[str, int]:
    names = {
        "reviewer": Role.REVIEWER,
        "deputy": Role.REVIEWER,
        "manager": Role.MANAGER,
        "second": Role.MANAGER,
        "executive": Role.EXECUTIVE,
        "amira": Role.LEAD,
    }
    return {name: stage.person(name, role) for name, role in names.items()}


def _who(stage: Stage, person_id: int) -> Who:
    with stage.database.reading() as db:
        who = who_acts(db, person_id, stage.app.around)
    assert who is not None
    return who


def _open(stage: Stage, person_id: int, reason: str = REASON, trace_reason: str = "") -> int:
    who = _who(stage, person_id)
    with stage.database.writing() as db:
        row = open_glass(db, who, reason, stage.app.around, trace_reason=trace_reason)
        assert row.id is not None
        return row.id


def test_it_opens_the_queue_for_the_minutes_of_the_settings_and_ends_by_itself(
    stage: Stage,
) -> None:
    people = _people(stage)
    stage.say("young", WORRY)
    assert "You can ask: reviewer / deputy." in stage.say("manager", "/concerns")
    _open(stage, people["manager"])
    assert "You can ask" not in stage.say("manager", "/concerns")
    stage.later(minutes=59)
    assert _who(stage, people["manager"]).may(Right.REVIEW)
    stage.later(minutes=1)
    assert not _who(stage, people["manager"]).may(Right.REVIEW)
    assert "You can ask: reviewer / deputy." in stage.say("manager", "/concerns")


def test_it_gives_the_queue_and_nothing_else(small_stage: Stage) -> None:
    people = _people(small_stage)
    before = _who(small_stage, people["manager"]).rights
    _open(small_stage, people["manager"])
    assert _who(small_stage, people["manager"]).rights - before == {Right.REVIEW}
    by_role = who_of(small_stage, people["manager"])
    assert by_role.rights == before - {Right.BREAK_GLASS}


def who_of(stage: Stage, person_id: int) -> Who:
    with stage.database.reading() as db:
        who = who_is(db, person_id)
    assert who is not None
    return who


def test_to_trace_needs_a_second_reason(small_stage: Stage) -> None:
    people = _people(small_stage)
    with pytest.raises(NotOpened, match="20 letters"):
        _open(small_stage, people["manager"], trace_reason="because")
    assert small_stage.rows(BreakGlass) == []
    _open(small_stage, people["manager"], trace_reason=TRACE)
    rights = _who(small_stage, people["manager"]).rights
    assert rights >= {Right.REVIEW, Right.TRACE}
    assert not rights & {Right.EXPORT_ANSWERS, Right.ERASE_ANSWERS, Right.EXPORT_RAW}


@pytest.mark.parametrize("name", ["executive", "amira", "reviewer"])
def test_only_the_roles_of_the_settings_may(small_stage: Stage, name: str) -> None:
    people = _people(small_stage)
    assert not _who(small_stage, people[name]).may(Right.BREAK_GLASS)
    with pytest.raises(NotOpened):
        _open(small_stage, people[name])
    small_stage.configure(concerns={"break_glass": ["executive"]})
    assert _who(small_stage, people[name]).may(Right.BREAK_GLASS) == (name == "executive")
    assert not _who(small_stage, people["manager"]).may(Right.BREAK_GLASS)


@given(reason=st.text(max_size=19) | st.text(alphabet=" \t\n", max_size=90))
def test_without_a_sentence_nothing_opens(reason: str) -> None:
    with pytest.raises(NotOpened):
        break_glass.sentence(reason)


def test_it_ends_with_the_role_and_with_the_person(small_stage: Stage) -> None:
    people = _people(small_stage)
    _open(small_stage, people["manager"])
    with small_stage.database.writing() as db:
        db.get_one(Person, people["manager"]).roles = [Role.LEAD.value]
    assert not _who(small_stage, people["manager"]).may(Right.REVIEW)
    with small_stage.database.writing() as db:
        row = db.get_one(Person, people["manager"])
        row.roles, row.active = [Role.MANAGER.value], False
    with small_stage.database.reading() as db:
        assert who_acts(db, people["manager"], small_stage.app.around) is None


def test_every_reviewer_and_manager_hears_at_once_who_and_until_when_and_never_why(
    stage: Stage,
) -> None:
    people = _people(stage)
    number = _open(stage, people["manager"], trace_reason=TRACE)
    stage.deliver()
    for name in ("reviewer", "deputy", "second"):
        [heard] = stage.heard(name)
        assert "by manager" in heard
        assert f"Reference: {number}" in heard
        assert "11:00, 4 December 2023" in heard
        assert "whose answers they were" in heard
        assert "Amina" not in heard
    for name in ("manager", "executive", "amira"):
        assert stage.heard(name) == []
    assert not any("Amina" in str(row.params) for row in stage.rows(Outbox))
    assert not any("Amina" in f"{row.subject}{row.detail}" for row in stage.rows(AuditEntry))


def test_a_reviewer_confirms_once_that_they_looked_at_it(stage: Stage) -> None:
    people = _people(stage)
    _open(stage, people["manager"])
    stage.deliver()
    assert "I have looked at it" not in stage.heard("second")[0]
    assert "You can ask" in stage.say("second", _pressed())
    assert "It is noted" in stage.press("reviewer", "I have looked at it")
    assert "Another reviewer" in stage.press("deputy", "I have looked at it")
    with stage.database.reading() as db:
        assert unseen(db) == []
    acts = [row.act for row in stage.rows(AuditEntry) if row.act.startswith("break_glass")]
    assert acts == ["break_glass.open", "break_glass.seen"]


def _pressed() -> Pressed:
    return Pressed("glass:1")


def test_whoever_broke_it_confirms_nothing_of_their_own(small_stage: Stage) -> None:
    people = _people(small_stage)
    number = _open(small_stage, people["manager"])
    assert "or it was yours" in small_stage.say("manager", _pressed())
    [row] = small_stage.rows(BreakGlass)
    assert (row.id, row.seen_by_id) == (number, None)


def test_it_can_be_ended_before_its_time(small_stage: Stage) -> None:
    people = _people(small_stage)
    _open(small_stage, people["manager"])
    small_stage.later(minutes=5)
    for name, may in (("amira", False), ("executive", False), ("second", True), ("deputy", True)):
        [row] = small_stage.rows(BreakGlass)
        assert break_glass.may_end(_who(small_stage, people[name]), row) == may
    with small_stage.database.writing() as db:
        row = db.get_one(BreakGlass, 1)
        assert break_glass.end_glass(db, row, people["deputy"], small_stage.now)
        assert not break_glass.end_glass(db, row, people["deputy"], small_stage.now)
    assert not _who(small_stage, people["manager"]).may(Right.REVIEW)
    with small_stage.database.reading() as db:
        assert break_glass.live(db, people["manager"], small_stage.now) is None


def test_a_broken_glass_makes_nobody_a_reviewer_whom_a_code_could_be_made_for(
    small_stage: Stage,
) -> None:
    people = _people(small_stage)
    _open(small_stage, people["manager"], trace_reason=TRACE)
    answer = small_stage.say("manager", "/code reviewer@rochdale.example")
    assert "administrator" in answer


def test_the_reason_rests_encrypted(small_stage: Stage) -> None:
    people = _people(small_stage)
    _open(small_stage, people["manager"], trace_reason=TRACE)
    with small_stage.database.engine.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT * FROM break_glass").all()
    assert "Amina" not in str(row)
    [kept] = small_stage.rows(BreakGlass)
    assert kept.reason == REASON
    assert kept.ends - kept.begins == timedelta(minutes=60)
