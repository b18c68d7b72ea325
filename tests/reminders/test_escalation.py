"""The ladder: what the bot puts forward, who hears, and what ends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from reminders import escalation, updates
from reminders.policy import Status
from reminders.recipients import NotAllowed
from storage.audit import AuditEntry
from storage.database import Database
from storage.people import Role
from storage.plans import Escalation
from tests.reminders.small_plan import CALENDAR, SmallPlan, nine

FIRST = date(2023, 12, 1)
DUE = date(2023, 12, 31)
THIRD = date(2023, 12, 28)
DEPUTY_HEARS = date(2024, 1, 2)
CHAIR_HEARS = date(2024, 1, 5)


@dataclass(slots=True)
class Scene:
    """1.2 of a subgroup whose contact says nothing from December on."""

    plan: SmallPlan
    contact: int
    deputy: int
    chair: int
    manager: int
    executive: int
    action: int

    def rungs(self) -> list[tuple[str, bool | None]]:
        found = select(Escalation).order_by(col(Escalation.id))
        rows = self.plan.db.exec(found.execution_options(populate_existing=True))
        return [(row.step, row.approved) for row in rows]

    def rung(self, step: str) -> Escalation:
        return self.plan.db.exec(select(Escalation).where(Escalation.step == step)).one()

    def decide(self, step: str, day: date, *, approved: bool = True) -> Escalation:
        row = self.rung(step)
        assert row.id is not None
        return escalation.decide(
            self.plan.db,
            escalation_id=row.id,
            person_id=self.manager,
            approved=approved,
            now=nine(day),
            today=day,
        )

    def answer(self, person: int, day: date) -> None:
        updates.record(
            self.plan.db,
            action_id=self.action,
            person_id=person,
            status=Status.ON_TRACK,
            now=nine(day),
            today=day,
        )


@pytest.fixture
def scene(database: Database) -> Iterator[Scene]:
    with database.writing() as db:
        plan = SmallPlan.start(db)
        contact, deputy = plan.person("Asha"), plan.person("Dev")
        chair, manager = plan.person("Chris", Role.CHAIR), plan.person("Maya", Role.MANAGER)
        executive = plan.person("Ed", Role.EXECUTIVE)
        body = plan.body(
            "QA", contact_person_id=contact, deputy_person_id=deputy, chair_person_id=chair
        )
        action = plan.action("1.2", DUE, bodies=[body])
        yield Scene(plan, contact, deputy, chair, manager, executive, action)


def test_the_deputy_hears_two_working_days_after_the_third_question(scene: Scene) -> None:
    plan = scene.plan
    plan.rounds(FIRST, DEPUTY_HEARS - timedelta(days=1))
    assert [stage for stage, _ in plan.nudges(scene.action)] == ["30d", "14d", "3d"]
    assert scene.rungs() == []
    assert plan.round(DEPUTY_HEARS).escalations == 1
    assert scene.rungs() == [("deputy", True)]
    assert plan.told("escalated") == [scene.deputy]
    (row,) = plan.queued("escalated")
    assert row.dedupe_key == f"escalated:{scene.rung('deputy').id}:{scene.deputy}"


def test_the_chair_hears_only_when_a_manager_approves(scene: Scene) -> None:
    plan = scene.plan
    plan.rounds(FIRST, CHAIR_HEARS)
    assert scene.rungs() == [("deputy", True), ("chair", None)]
    assert plan.told("escalation_proposed") == [scene.manager]
    assert plan.told("escalated") == [scene.deputy]
    scene.decide("chair", CHAIR_HEARS)
    assert plan.told("escalated") == [scene.deputy, scene.chair]
    acts = plan.db.exec(select(AuditEntry.act, AuditEntry.subject, AuditEntry.person_id)).all()
    assert acts == [("escalation_approved", f"action:{scene.action}", scene.manager)]


def test_a_proposal_is_made_once_and_waits_for_its_decision(scene: Scene) -> None:
    scene.plan.rounds(FIRST, CHAIR_HEARS + timedelta(days=30))
    assert scene.rungs() == [("deputy", True), ("chair", None)]
    assert len(scene.plan.queued("escalation_proposed")) == 1


def test_the_ladder_goes_on_to_the_manager_and_the_executive(scene: Scene) -> None:
    plan = scene.plan
    plan.rounds(FIRST, CHAIR_HEARS)
    scene.decide("chair", CHAIR_HEARS)
    plan.rounds(CHAIR_HEARS, date(2024, 1, 12))
    scene.decide("manager", date(2024, 1, 12))
    plan.rounds(date(2024, 1, 15), date(2024, 1, 26))
    scene.decide("executive", date(2024, 1, 26))
    assert scene.rungs() == [(step, True) for step in ("deputy", "chair", "manager", "executive")]
    told = [scene.deputy, scene.chair, scene.manager, scene.executive]
    assert plan.told("escalated") == told
    plan.rounds(date(2024, 1, 29), date(2024, 3, 1))
    assert len(scene.rungs()) == 4


def test_an_answer_by_the_deputy_stops_the_chairs_escalation(scene: Scene) -> None:
    plan = scene.plan
    plan.rounds(FIRST, CHAIR_HEARS)
    chairs = scene.rung("chair")
    assert chairs.id is not None
    assert escalation.still_stands(plan.db, chairs.id)
    scene.answer(scene.deputy, CHAIR_HEARS)
    decided = scene.decide("chair", date(2024, 1, 8))
    assert (decided.approved, decided.decided_by_id, decided.decided_at) == (
        None,
        None,
        nine(CHAIR_HEARS),
    )
    assert not escalation.still_stands(plan.db, chairs.id)
    assert plan.told("escalated") == [scene.deputy]
    plan.rounds(date(2024, 1, 8), date(2024, 1, 12))
    assert scene.rungs() == [("deputy", True), ("chair", None)]


def test_an_answer_before_the_deputy_was_told_starts_no_ladder(scene: Scene) -> None:
    scene.plan.rounds(FIRST, THIRD)
    scene.answer(scene.contact, THIRD)
    scene.plan.rounds(date(2023, 12, 29), CHAIR_HEARS)
    assert scene.rungs() == []


def test_a_no_ends_the_ladder(scene: Scene) -> None:
    scene.plan.rounds(FIRST, CHAIR_HEARS)
    scene.decide("chair", CHAIR_HEARS, approved=False)
    scene.plan.rounds(CHAIR_HEARS, date(2024, 2, 20))
    assert scene.rungs() == [("deputy", True), ("chair", False)]
    assert scene.plan.told("escalated") == [scene.deputy]


def test_the_first_decision_stays(scene: Scene) -> None:
    scene.plan.rounds(FIRST, CHAIR_HEARS)
    scene.decide("chair", CHAIR_HEARS, approved=False)
    again = scene.decide("chair", date(2024, 1, 8))
    assert (again.approved, again.decided_at) == (False, nine(CHAIR_HEARS))
    assert len(scene.plan.db.exec(select(AuditEntry)).all()) == 1


def test_only_a_manager_decides(scene: Scene) -> None:
    scene.plan.rounds(FIRST, CHAIR_HEARS)
    row = scene.rung("chair")
    assert row.id is not None
    with pytest.raises(NotAllowed):
        escalation.decide(
            scene.plan.db,
            escalation_id=row.id,
            person_id=scene.chair,
            approved=True,
            now=nine(CHAIR_HEARS),
            today=CHAIR_HEARS,
        )


def test_a_second_silence_on_one_deadline_climbs_from_the_bottom_again(scene: Scene) -> None:
    plan = scene.plan
    plan.rounds(FIRST, CHAIR_HEARS)
    scene.answer(scene.contact, CHAIR_HEARS)
    plan.rounds(date(2024, 1, 8), date(2024, 2, 5))
    assert [stage for stage, _ in plan.nudges(scene.action)][3:] == ["+1w", "+2w", "+3w"]
    assert plan.told("escalated") == [scene.deputy, scene.deputy]
    assert scene.rungs() == [("deputy", True), ("chair", None)]
    assert scene.rung("chair").decided_at is None
    assert plan.told("escalation_proposed") == [scene.manager, scene.manager]
    scene.decide("chair", date(2024, 2, 5))
    assert plan.told("escalated")[-1] == scene.chair


def test_without_a_deputy_the_chair_is_the_first_rung(scene: Scene) -> None:
    plan = scene.plan
    body = plan.body("LDEP", contact_person_id=plan.person("Ben"), chair_person_id=scene.chair)
    other = plan.action("1.3", DUE, bodies=[body])
    plan.rounds(FIRST, CHAIR_HEARS)
    found = plan.db.exec(select(Escalation.step).where(Escalation.action_id == other))
    assert found.all() == ["chair"]


def test_the_executive_hears_at_its_meeting_if_that_comes_first(scene: Scene) -> None:
    plan = scene.plan
    plan.body("Executive", kind="executive", next_meeting=date(2024, 1, 17))
    plan.rounds(FIRST, CHAIR_HEARS)
    scene.decide("chair", CHAIR_HEARS)
    plan.rounds(CHAIR_HEARS, date(2024, 1, 12))
    scene.decide("manager", date(2024, 1, 12))
    plan.rounds(date(2024, 1, 15), date(2024, 1, 17))
    assert ("executive", None) in scene.rungs()


def test_two_rounds_at_once_propose_a_rung_once(scene: Scene) -> None:
    plan = scene.plan
    plan.rounds(FIRST, DEPUTY_HEARS - timedelta(days=1))
    for _ in range(2):
        escalation.propose(plan.db, now=nine(DEPUTY_HEARS), today=DEPUTY_HEARS, calendar=CALENDAR)
    assert scene.rungs() == [("deputy", True)]
    assert len(plan.queued("escalated")) == 1


def test_of_two_silent_leads_one_ladder_is_climbed(scene: Scene) -> None:
    plan = scene.plan
    action = plan.action("1.5", DUE, people=[plan.person("Ben"), plan.person("Cem")])
    plan.rounds(FIRST, date(2024, 1, 12))
    found = plan.db.exec(select(Escalation.step).where(Escalation.action_id == action))
    assert found.all() == ["manager"]
