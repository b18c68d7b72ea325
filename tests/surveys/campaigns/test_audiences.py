"""Who a campaign goes to."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from storage.database import Database
from storage.people import Contact, ContactState
from storage.plans import Body, Partnership
from surveys.campaigns.audiences import GONE, NO_ADDRESS, Listed, Wanted, choose, listed, preview
from tests.surveys.campaigns.scene import Scene

NURSE = Listed(1, "NHS", frozenset({"lead"}), frozenset({"qa"}))
CHAIR = Listed(2, "Police", frozenset({"chair", "lead"}), frozenset({"qa", "exec"}))
TEACHER = Listed(3, "A school", language="pl", trouble=NO_ADDRESS)
ALL = (NURSE, CHAIR, TEACHER)


@pytest.mark.parametrize(
    ("wanted", "ids", "words"),
    [
        (Wanted(), [], "everyone"),
        (Wanted(everyone=True), [1, 2, 3], "everyone"),
        (Wanted(roles=frozenset({"lead"})), [1, 2], "role lead"),
        (Wanted(roles=frozenset({"chair", "admin"})), [2], "role admin, chair"),
        (Wanted(bodies=frozenset({"exec"})), [2], "body exec"),
        (Wanted(agencies=frozenset({"nhs"})), [1], "agency nhs"),
        (
            Wanted(roles=frozenset({"lead"}), agencies=frozenset({"police"})),
            [2],
            "role lead; agency police",
        ),
        (Wanted(people=frozenset({3, 4})), [3], "from a list"),
        (Wanted(people=frozenset()), [], "from a list"),
        (Wanted(people=frozenset({1, 3}), roles=frozenset({"lead"})), [1], None),
    ],
)
def test_people_are_chosen_by_every_kind_that_is_given(
    wanted: Wanted, ids: list[int], words: str | None
) -> None:
    assert [person.id for person in choose(ALL, wanted)] == ids
    assert words is None or wanted.in_words() == words


def test_a_preview_counts_and_names_those_who_cannot_be_reached() -> None:
    found = preview(ALL)
    assert (found.total, found.reached) == (3, 2)
    assert found.languages == {"en": 2, "pl": 1}
    assert found.unreached == [(3, NO_ADDRESS)]
    assert preview(ALL * 3, shown=2).unreached == [(3, NO_ADDRESS)] * 2


@given(st.lists(st.sampled_from(ALL)))
def test_choosing_keeps_the_order_and_adds_nobody(people: list[Listed]) -> None:
    chosen = list(choose(people, Wanted(roles=frozenset({"lead"}))))
    assert chosen == [person for person in people if "lead" in person.roles]


def test_bodies_and_addresses_are_read_from_the_database(database: Database, now: datetime) -> None:
    scene = Scene(database, now)
    contact, deputy, chair = scene.people(3)
    [alone] = scene.people(1, linked=False)
    with database.writing() as db:
        partnership = Partnership(slug="r", name="R")
        db.add(partnership)
        db.flush()
        assert partnership.id is not None
        db.add(
            Body(
                partnership_id=partnership.id,
                key="qa",
                name="QA",
                contact_person_id=contact,
                deputy_person_id=deputy,
                chair_person_id=chair,
            )
        )
        row = db.exec(select(Contact).where(col(Contact.person_id) == chair)).one()
        row.state = ContactState.GONE
        db.add(row)
    survey_id = scene.open()
    with database.reading() as db:
        people = {person.id: person for person in listed(db, survey_id=survey_id)}
        some = list(listed(db, survey_id=survey_id, only={deputy, alone}))
    assert {one for one, person in people.items() if "qa" in person.bodies} == {
        contact,
        deputy,
        chair,
    }
    assert [people[one].trouble for one in (contact, chair, alone)] == ["", GONE, NO_ADDRESS]
    assert [person.id for person in some] == [deputy, alone]
