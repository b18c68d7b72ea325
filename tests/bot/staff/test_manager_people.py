"""What a manager asks about people: who leads what, who cannot be asked and why, leave, codes."""

from datetime import date, timedelta

import pytest
from sqlmodel import col

from bot.messages import EMAIL, SLACK, Ack, Address, FieldErrors, OpenForm, Pressed, Submitted
from bot.numbered import flat
from bot.people import link
from storage.audit import AuditEntry
from storage.people import ContactState, JoinCode, Person, Preferences, Role
from tests.bot.staff.office import Office
from tests.reminders.small_plan import SmallPlan


@pytest.fixture
def staffed(at_work: Office) -> Office:
    """One for each way of not being reached, each leading an action; and a body without contact."""
    at_work.colleague("boss", Role.MANAGER)
    linked = {"here", "stopped", "away", "gone"}
    names = ("here", "stopped", "away", "gone", "unknown", "mailless")
    ids = {
        name: at_work.colleague(name) if name in linked else at_work.person(name, linked=False)
        for name in names
    }
    with at_work.database.writing() as db:
        plan = SmallPlan.start(db)
        for place, name in enumerate(names, 1):
            plan.action(f"1.{place}", at_work.now.date() + timedelta(days=9), people=[ids[name]])
        plan.action("2.1", None, bodies=[plan.body("Empty group")])
        db.add(Preferences(person_id=ids["stopped"], stopped_on=at_work.now.date()))
        db.get_one(Person, ids["away"]).away_until = date(2024, 1, 12)
        mailless = db.get_one(Person, ids["mailless"])
        mailless.email = mailless.email_hash = None
        contact = link(db, db.get_one(Person, ids["gone"]), Address(SLACK, "", "gone"))
        contact.state, contact.state_reason = ContactState.GONE, "left"
    return at_work


def test_each_who_cannot_be_asked_has_a_reason_and_a_remedy(staffed: Office) -> None:
    answer = staffed.say("boss", "unreached")
    assert "6 who answer for open actions cannot be asked" in answer
    for who, why, remedy in (
        ("stopped (1.2)", "asked for no more reminders", "write: start"),
        ("away (1.3)", "away, and nobody covers", "away away@rochdale.example until 12 January"),
        ("gone (1.4)", "cannot be reached any more (slack: left)", "code gone@rochdale.example"),
        ("unknown (1.5)", "not connected yet", "code unknown@rochdale.example"),
        ("mailless (1.6)", "no e-mail in the people list", "people import"),
        ("Empty group (2.1)", "names nobody to ask", "sheet 'bodies'"),
    ):
        assert f"{who}: {why}" in answer
        assert remedy in answer
    assert "here (1.1)" not in answer


def test_a_code_is_one_press_away_where_it_helps(staffed: Office) -> None:
    staffed.say("boss", "unreached")
    buttons = {one.label: one.token for one in flat(staffed.newest("boss")).buttons}
    assert set(buttons) == {"Make a code: gone", "Make a code: unknown"}
    answer = staffed.say("boss", Pressed(buttons["Make a code: unknown"]))
    assert "The code for unknown: " in answer
    [row] = staffed.rows(JoinCode)
    [person] = staffed.rows(Person, col(Person.key) == "unknown")
    assert row.person_id == person.id
    code = answer.partition("The code for unknown: ")[2][:9]
    assert "1.5 Text of 1.5" in staffed.say("U77", code)
    assert "was used on Slack" in staffed.heard("boss")[-1]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VOICE_LEAD])
def test_no_manager_gets_a_code_to_be_somebody_who_sees_more(staffed: Office, role: Role) -> None:
    person_id = staffed.person("ruth", role, linked=False)
    assert person_id is not None
    for asked in ("code ruth@rochdale.example", Pressed(f"code:{person_id}")):
        assert "comes from the administrator" in staffed.say("boss", asked)
    assert staffed.rows(JoinCode) == []


def test_a_person_is_shown_with_every_place_and_why_one_works_no_more(staffed: Office) -> None:
    [gone] = staffed.rows(Person, col(Person.key) == "gone")
    with staffed.database.writing() as db:
        person = db.get_one(Person, gone.id)
        link(db, person, Address(EMAIL, "", "gone@rochdale.example"))
    answer = staffed.say("boss", "people gone")
    assert "Reached by: Slack (no longer: they removed me), e-mail (first)" in answer
    every = staffed.say("boss", "/people")
    assert "- gone: 1.4 (e-mail)" in every
    assert "- stopped: 1.2 (asked for no more reminders)" in every


# leave


def _opened(office: Office, who: str) -> Ack:
    office.say("boss", f"people {who}")
    [token] = [one.token for one in flat(office.newest("boss")).buttons if "Away" in one.label]
    office.opens = True
    [ack] = office.tell("boss", Pressed(token))
    office.opens = False
    return ack


def _fill(office: Office, ack: Ack, **values: str) -> Ack:
    assert isinstance(ack.now, OpenForm)
    [back] = office.tell("boss", Submitted(ack.now.form.id, values))
    office.deliver()
    return back


def test_leave_is_noted_by_a_form_and_the_deputy_hears(staffed: Office) -> None:
    ack = _opened(staffed, "away")
    assert isinstance(ack.now, OpenForm)
    assert [field.value for field in ack.now.form.fields] == ["2024-01-12", ""]
    _fill(staffed, ack, until="2024-01-19", covers="here@rochdale.example")
    assert "away is away until 19 January 2024, and you cover" in staffed.heard("here")[-1]
    assert "here is asked meanwhile" in staffed.heard("boss")[-1]
    assert "leave_noted" in [row.act for row in staffed.rows(AuditEntry)]
    _fill(staffed, ack, until="", covers="")
    [away] = staffed.rows(Person, col(Person.key) == "away")
    assert away.away_until is None
    assert away.deputy_id is not None, "who covers is remembered"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until": "soon"}, "until"),
        ({"until": "2024-01-19", "covers": "nobody@rochdale.example"}, "covers"),
        ({"until": "2024-01-19", "covers": "away@rochdale.example"}, "covers"),
    ],
)
def test_leave_that_cannot_be_is_refused_at_the_field(
    staffed: Office, values: dict[str, str], field: str
) -> None:
    back = _fill(staffed, _opened(staffed, "away"), **values)
    assert isinstance(back.now, FieldErrors)
    assert set(back.now.errors) == {field}
    [away] = staffed.rows(Person, col(Person.key) == "away")
    assert away.away_until == date(2024, 1, 12)


def test_the_word_away_is_everybodys_without_an_email(staffed: Office) -> None:
    """What somebody says of their own leave is not a manager's command."""
    answer = staffed.say("here", "away until 12 May 2024")
    assert "You can ask" not in answer
    assert "for the business manager alone" in staffed.say(
        "here", "away boss@rochdale.example until 12 May 2024"
    )
