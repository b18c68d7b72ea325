"""Who is asked, who may answer, and what they are shown."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from reminders import updates
from reminders.policy import Reach, Status
from reminders.recipients import (
    actions_of,
    may_settle,
    may_speak_for,
    recipients,
    views,
)
from reminders.standing import DateStatus
from storage.database import Database
from storage.people import ContactState, Person, Role
from tests.reminders.small_plan import SmallPlan, nine

TODAY = date(2023, 12, 1)
DUE = date(2023, 12, 31)


@pytest.fixture
def plan(database: Database) -> Iterator[SmallPlan]:
    with database.writing() as db:
        yield SmallPlan.start(db)


def asked(plan: SmallPlan, action: int) -> list[int | None]:
    found = recipients(plan.db, [action], today=TODAY).get(action, ())
    return [one.person_id for one in found]


def test_a_body_has_one_recipient_its_contact(plan: SmallPlan) -> None:
    contact, deputy, chair = (plan.person(name) for name in ("Asha", "Dev", "Chris"))
    body = plan.body(
        "QA", contact_person_id=contact, deputy_person_id=deputy, chair_person_id=chair
    )
    action = plan.action("1.1", DUE, bodies=[body])
    assert asked(plan, action) == [contact]
    (one,) = recipients(plan.db, [action], today=TODAY)[action]
    assert (one.deputy_id, one.chair_id, one.reach) == (deputy, chair, Reach.OK)


@pytest.mark.parametrize(
    ("away_until", "who"),
    [(None, "Asha"), (TODAY - timedelta(days=1), "Asha"), (TODAY, "Dev"), (DUE, "Dev")],
)
def test_the_deputy_is_asked_while_the_contact_is_away(
    plan: SmallPlan, away_until: date | None, who: str
) -> None:
    people = {"Asha": plan.person("Asha", away_until=away_until), "Dev": plan.person("Dev")}
    body = plan.body("QA", contact_person_id=people["Asha"], deputy_person_id=people["Dev"])
    assert asked(plan, plan.action("1.1", DUE, bodies=[body])) == [people[who]]


def test_the_deputy_is_asked_where_the_contact_cannot_be_reached(plan: SmallPlan) -> None:
    contact, deputy = plan.person("Asha", reached=False), plan.person("Dev")
    plan.contact(contact, ContactState.GONE)
    body = plan.body("QA", contact_person_id=contact, deputy_person_id=deputy)
    assert asked(plan, plan.action("1.1", DUE, bodies=[body])) == [deputy]


def test_a_post_that_is_away_is_asked_through_its_own_deputy(plan: SmallPlan) -> None:
    deputy = plan.person("Dev")
    nurse = plan.person("Designated Nurse", away_until=DUE, deputy_id=deputy)
    assert asked(plan, plan.action("1.1", DUE, people=[nurse])) == [deputy]


def test_somebody_on_leave_without_a_deputy_is_still_asked(plan: SmallPlan) -> None:
    nurse = plan.person("Designated Nurse", away_until=DUE)
    assert asked(plan, plan.action("1.1", DUE, people=[nurse])) == [nurse]


def test_two_leads_are_both_asked_and_one_person_for_two_bodies_once(plan: SmallPlan) -> None:
    asha, ben = plan.person("Asha"), plan.person("Ben")
    bodies = [plan.body(name, contact_person_id=asha) for name in ("QA", "LDEP")]
    assert asked(plan, plan.action("1.1", DUE, bodies=bodies, people=[ben])) == [asha, ben]


def test_who_cannot_be_reached_is_named_with_the_reason(plan: SmallPlan) -> None:
    lost, gone = plan.person("Lost", reached=False), plan.person("Gone", reached=False)
    plan.contact(gone, ContactState.GONE)
    stopped = plan.person("Stopped", reached=False)
    plan.contact(stopped, ContactState.GONE).state_reason = "left"
    left = plan.person("Left", active=False)
    action = plan.action("1.1", DUE, people=[lost, gone, stopped, left], bodies=[plan.body("QA")])
    found = recipients(plan.db, [action], today=TODAY)[action]
    reaches = {one.person_id: one.reach for one in found}
    assert reaches == {
        lost: Reach.NO_ADDRESS,
        gone: Reach.GONE,
        stopped: Reach.STOPPED,
        left: Reach.GONE,
        None: Reach.NO_ADDRESS,
    }


def test_an_action_without_a_lead_has_no_recipient(plan: SmallPlan) -> None:
    action = plan.action("3.2", DUE)
    assert recipients(plan.db, [action], today=TODAY) == {}


def test_all_open_actions_are_those_neither_finished_nor_retired_nor_carried_over(
    plan: SmallPlan,
) -> None:
    asha = plan.person("Asha")
    still_open = plan.action("1.1", DUE, people=[asha])
    plan.action("1.2", DUE, people=[asha], status="complete")
    plan.action("1.3", DUE, people=[asha], retired_on=TODAY)
    old = plan.action("1.4", DUE, people=[asha])
    new = plan.action("2.1", DUE, people=[asha], carried_from_id=old)
    assert set(recipients(plan.db, today=TODAY)) == {still_open, new}


def test_leads_contacts_deputies_chairs_and_managers_speak_for_an_action(plan: SmallPlan) -> None:
    own_deputy, other = plan.person("Own deputy"), plan.person("Other", Role.LEAD)
    post = plan.person("Post", deputy_id=own_deputy)
    contact, deputy, chair = (plan.person(name) for name in ("Asha", "Dev", "Chris"))
    manager = plan.person("Manager", Role.MANAGER)
    body = plan.body(
        "QA", contact_person_id=contact, deputy_person_id=deputy, chair_person_id=chair
    )
    action = plan.action("1.1", DUE, bodies=[body], people=[post])
    everyone = [post, own_deputy, contact, deputy, chair, manager, other]
    speaks = [may_speak_for(plan.db, person, action) for person in everyone]
    settles = [may_settle(plan.db, person, action) for person in everyone]
    assert speaks == [True, True, True, True, True, True, False]
    assert settles == [False, False, False, False, True, True, False]


def test_somebody_who_left_speaks_for_nothing(plan: SmallPlan) -> None:
    post = plan.person("Post", active=False)
    manager = plan.person("Manager", Role.MANAGER, active=False)
    action = plan.action("1.1", DUE, people=[post])
    assert not may_speak_for(plan.db, post, action)
    assert not may_speak_for(plan.db, manager, action)


def test_the_most_urgent_action_comes_first_and_doubtful_ones_last(plan: SmallPlan) -> None:
    asha = plan.person("Asha")
    plan.action("1.4", deadline_kind="ongoing", people=[asha])
    plan.action("2.2", date(2023, 1, 1), people=[asha], needs_review=True)
    plan.action("1.3", date(2024, 3, 31), people=[asha])
    plan.action("1.1", date(2022, 12, 31), people=[asha])
    plan.action("1.2", DUE, people=[asha])
    plan.action("1.9", DUE, people=[plan.person("Other")])
    found = actions_of(plan.db, asha, today=TODAY)
    assert [view.ref for view in found] == ["1.1", "1.2", "1.3", "1.4", "2.2"]
    assert found[0].computed is DateStatus.OVERDUE
    assert found[0].days_overdue == 335


def test_an_action_that_only_points_to_another_carries_its_text(plan: SmallPlan) -> None:
    body = plan.body("RBSCP", contact_person_id=plan.person("Asha"))
    plan.action("1.1", date(2022, 12, 31), text="Finalise the neglect strategy", bodies=[body])
    action = plan.action("1.2", DUE, text="Implementation of above", follows_ref="1.1")
    other = SmallPlan.start(plan.db)
    other.action("1.1", text="Of another plan")
    view = views(plan.db, [action], today=TODAY)[action]
    assert (view.text, view.follows_ref, view.follows) == (
        "Implementation of above",
        "1.1",
        "Finalise the neglect strategy",
    )


def test_a_view_shows_the_last_words_that_stand_and_not_the_taps_after_them(
    plan: SmallPlan,
) -> None:
    asha = plan.person("Asha")
    action = plan.action("1.2", DUE, people=[asha])
    september = date(2023, 9, 12)
    first = updates.record(
        plan.db,
        action_id=action,
        person_id=asha,
        status=Status.ON_TRACK,
        note="pathway drfted",
        now=nine(september),
        today=september,
    )
    updates.record(
        plan.db,
        action_id=action,
        person_id=asha,
        status=Status.ON_TRACK,
        note="pathway drafted",
        corrects_id=first.id,
        now=nine(september),
        today=september,
    )
    updates.nothing_new(plan.db, action_ids=[action], person_id=asha, now=nine(TODAY), today=TODAY)
    view = views(plan.db, [action], today=TODAY)[action]
    assert view.last_words is not None
    assert (view.last_words.text, view.last_words.on, view.last_words.who) == (
        "pathway drafted",
        september,
        "Asha",
    )
    assert (view.status, view.status_on, view.last_reply_on) == (Status.ON_TRACK, TODAY, TODAY)


def test_views_take_the_same_number_of_queries_for_one_action_and_for_fifty(
    plan: SmallPlan,
) -> None:
    asha = plan.person("Asha")
    ids = [plan.action(f"1.{n}", DUE, people=[asha]) for n in range(50)]
    counts = [_queries(plan, chosen) for chosen in (ids[:1], ids)]
    assert counts[0] == counts[1]


def _queries(plan: SmallPlan, ids: list[int]) -> int:
    from sqlalchemy import event

    seen: list[str] = []
    connection = plan.db.connection()

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", note)
    assert len(views(plan.db, ids, today=TODAY)) == len(ids)
    event.remove(connection, "before_cursor_execute", note)
    return len(seen)


def test_names_of_leads_are_shown_in_the_order_of_the_plan(plan: SmallPlan) -> None:
    body = plan.body("The Quality Assurance Sub-group")
    nurse = plan.person("Designated Nurse")
    action = plan.action("1.5", DUE, bodies=[body], people=[nurse])
    assert views(plan.db, [action], today=TODAY)[action].leads == (
        "The Quality Assurance Sub-group",
        "Designated Nurse",
    )
    assert plan.db.get_one(Person, nurse).name == "Designated Nurse"
