"""Readings in the conversation: asked for once, read back, kept after one tap, put right."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.messages import Ack, Content, FieldErrors, OpenForm, Pressed, Submitted
from bot.readings_due import tell_keepers
from storage.people import Person, Preferences, Role
from storage.plans import Indicator, IndicatorReading
from tests.bot.staff.office import Office
from tests.reminders.small_plan import SmallPlan

NINE = date(2023, 9, 30)
YES = "Yes, that is right"


@pytest.fixture
def measured(at_work: Office) -> Office:
    """Two measures: one that a lead keeps, one that nobody does."""
    at_work.colleague("boss", Role.MANAGER)
    keeper = at_work.colleague("keeper")
    at_work.colleague("other")
    with at_work.database.writing() as db:
        plan = SmallPlan.start(db)
        db.add(
            Indicator(
                plan_id=plan.plan_id,
                ref="BRI-I6",
                text="Attendance",
                direction="increase",
                keeper_id=keeper,
            )
        )
        db.add(
            Indicator(plan_id=plan.plan_id, ref="BRI-I1", text="Boys in care", direction="reduce")
        )
    return at_work


def kept(office: Office) -> list[IndicatorReading]:
    with office.database.reading() as db:
        return list(db.exec(select(IndicatorReading).order_by(col(IndicatorReading.id))))


def ack(office: Office, who: str, said: Content) -> Ack:
    """What an act is answered with at once."""
    (answered,) = office.tell(who, said)
    return answered


def test_a_reading_is_read_back_and_counts_after_one_tap(measured: Office) -> None:
    answer = measured.say("keeper", "reading BRI-I6 92.4% on 30 September: more came")
    assert "92.4% on 30 September 2023" in answer
    assert "more came" in answer
    assert not kept(measured)
    measured.press("keeper", YES)
    assert [(one.value, one.on, one.narrative) for one in kept(measured)] == [
        (92.4, NINE, "more came")
    ]
    assert "Kept: BRI-I6, 92.4% on 30 September 2023." in measured.heard("keeper")[-1]


def test_another_figure_for_the_same_day_takes_its_place(measured: Office) -> None:
    for typed in ("90%", "91%"):
        measured.say("keeper", f"reading bri-i6 {typed}")
        measured.press("keeper", YES)
    assert [(one.value, one.on) for one in kept(measured)] == [(90, NINE), (91, NINE)]
    assert kept(measured)[1].corrects_id == kept(measured)[0].id
    again = measured.say("keeper", "reading BRI-I6 92%")
    assert "It takes the place of 91%" in again


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("reading BRI-I6 plenty", "I cannot read that figure"),
        ("reading BRI-I6 90% on blue monday", "I cannot read that day"),
        ("reading BRI-I6 90% on 31 December 2030", "the day is still to come"),
        ("reading NO-1 90%", "There is no measure NO-1"),
        ("reading BRI-I1 40", "entered by its keeper, a chair or the business manager"),
    ],
)
def test_what_cannot_be_is_said_with_how_to_write_it(
    measured: Office, typed: str, answer: str
) -> None:
    assert answer in measured.say("keeper", typed)
    assert not kept(measured)


def test_indicators_lists_what_somebody_keeps_and_a_manager_what_is_missing(
    measured: Office,
) -> None:
    mine = measured.say("keeper", "indicators")
    assert "BRI-I6" in mine
    assert "BRI-I1" not in mine
    every = measured.say("boss", "/indicators")
    assert "BRI-I1" in every
    assert "BRI-I6" in every
    assert "No measure is yours" in measured.say("other", "indicators")


def test_the_form_takes_a_reading_at_once_and_says_errors_at_their_fields(
    measured: Office,
) -> None:
    measured.say("keeper", "indicators")
    measured.opens = True
    opened = ack(measured, "keeper", Pressed(measured.token("keeper", "Enter BRI-I6")))
    assert isinstance(opened.now, OpenForm)
    form = opened.now.form
    wrong = ack(measured, "keeper", Submitted(form.id, {"figure": "x", "on": "soon"}))
    assert isinstance(wrong.now, FieldErrors)
    assert set(wrong.now.errors) == {"figure", "on"}
    values = {"figure": "45 of 50", "on": "2023-09-30", "people": "50"}
    measured.tell("keeper", Submitted(form.id, values))
    assert [(one.part, one.whole, one.people) for one in kept(measured)] == [(45, 50, 50)]


def test_somebody_elses_button_does_nothing(measured: Office) -> None:
    with measured.database.reading() as db:
        number = db.exec(select(Indicator.id).where(Indicator.ref == "BRI-I6")).one()
    answer = measured.say("other", Pressed(f"reading:{number}"))
    assert "entered by its keeper" in answer
    assert measured.say("keeper", Pressed("keepreading:yes"))
    assert not kept(measured)


def test_a_keeper_is_told_once_a_quarter_in_one_message(measured: Office) -> None:
    october = datetime.fromisoformat("2023-10-02T07:00+00:00")
    measured.now = october
    assert tell_keepers(measured.app) == 0
    measured.now = october + timedelta(hours=3)
    assert tell_keepers(measured.app) == 1
    assert tell_keepers(measured.app) == 0
    measured.deliver()
    text = measured.heard("keeper")[-1]
    assert "One measure that you keep has no reading" in text
    assert "BRI-I6" in text


def test_nobody_is_told_of_readings_that_came_or_who_wants_no_reminders(
    measured: Office,
) -> None:
    measured.now = datetime.fromisoformat("2023-10-02T10:00+00:00")
    with measured.database.writing() as db:
        keeper = db.exec(select(Person.id).where(Person.name == "keeper")).one()
        db.add(Preferences(person_id=keeper or 0, stopped_on=date(2023, 9, 1)))
    assert tell_keepers(measured.app) == 0
