"""What is said of an action, and what that changes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from reminders import updates
from reminders.policy import Status
from reminders.recipients import NotAllowed, actions_of, recipients
from reminders.updates import NothingToDecide, current_updates
from storage.audit import AuditEntry
from storage.database import Database
from storage.people import Role
from storage.plans import Action, ActionChange, ActionLead, Escalation, Nudge, Update
from tests.reminders.small_plan import SmallPlan, nine

TODAY = date(2023, 12, 1)
DUE = date(2023, 12, 31)
MAY = date(2024, 5, 31)
WHEN: dict[str, Any] = {"now": nine(TODAY), "today": TODAY}


@pytest.fixture
def plan(database: Database) -> Iterator[SmallPlan]:
    with database.writing() as db:
        yield SmallPlan.start(db)


@pytest.fixture
def asha(plan: SmallPlan) -> int:
    return plan.person("Asha")


@pytest.fixture
def manager(plan: SmallPlan) -> int:
    return plan.person("Maya", Role.MANAGER)


def changes(plan: SmallPlan, action: int, field: str) -> list[tuple[str, str, int | None, str]]:
    found = plan.db.exec(
        select(ActionChange)
        .where(ActionChange.action_id == action, ActionChange.field == field)
        .order_by(col(ActionChange.id))
    )
    return [(row.before, row.after, row.person_id, row.how) for row in found]


def audited(plan: SmallPlan) -> list[tuple[str, str, int | None]]:
    found = plan.db.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
    return [(row.act, row.subject, row.person_id) for row in found]


def say(plan: SmallPlan, action: int, person: int, status: Status, **more: Any) -> Update:
    return updates.record(plan.db, action_id=action, person_id=person, status=status, **WHEN | more)


# -- recording


def test_an_answer_is_kept_and_becomes_the_status(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha], snoozed_until=DUE)
    said = say(plan, action, asha, Status.AT_RISK, note="no trainer", help_wanted="a trainer")
    row = plan.read(action)
    assert (row.status, row.status_at, row.last_reply_on) == ("at_risk", nine(TODAY), TODAY)
    assert row.snoozed_until is None
    assert (said.note, said.help_wanted, said.how) == ("no trainer", "a trainer", "chat")
    assert changes(plan, action, "status") == [("not_started", "at_risk", asha, "chat")]


def test_an_answer_by_one_lead_settles_what_the_other_was_asked(plan: SmallPlan, asha: int) -> None:
    ben = plan.person("Ben")
    action = plan.action("1.2", DUE, people=[asha, ben])
    other = plan.action("1.5", DUE, people=[asha])
    plan.round(TODAY)
    say(plan, action, ben, Status.ON_TRACK)
    open_ones = plan.db.exec(select(Nudge.action_id).where(col(Nudge.answered_at).is_(None)))
    assert open_ones.all() == [other]


def test_an_answer_overtakes_an_escalation_that_nobody_decided(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    waiting = Escalation(action_id=action, due_on=DUE, step="chair", proposed_at=nine(TODAY))
    refused = Escalation(
        action_id=action,
        due_on=DUE,
        step="manager",
        proposed_at=nine(TODAY),
        decided_at=nine(TODAY - timedelta(days=1)),
        approved=False,
    )
    plan.db.add_all([waiting, refused])
    plan.db.flush()
    say(plan, action, asha, Status.ON_TRACK)
    plan.db.expire_all()
    assert (waiting.decided_at, waiting.approved, waiting.decided_by_id) == (
        nine(TODAY),
        None,
        None,
    )
    assert (refused.decided_at, refused.approved) == (nine(TODAY - timedelta(days=1)), False)


def test_what_a_lead_calls_complete_waits_until_a_chair_accepts_it(
    plan: SmallPlan, asha: int
) -> None:
    chair = plan.person("Chris", Role.CHAIR)
    body = plan.body("QA", contact_person_id=asha, chair_person_id=chair)
    action = plan.action("1.2", DUE, bodies=[body])
    say(plan, action, asha, Status.COMPLETE, evidence="minutes of 4 November")
    assert plan.read(action).status == "complete_awaiting_evidence"
    with pytest.raises(NotAllowed):
        updates.accept_complete(plan.db, action_id=action, person_id=asha, **WHEN)
    updates.accept_complete(plan.db, action_id=action, person_id=chair, **WHEN)
    assert plan.read(action).status == "complete"
    assert audited(plan) == [("complete_accepted", f"action:{action}", chair)]
    updates.accept_complete(plan.db, action_id=action, person_id=chair, **WHEN)
    assert len(audited(plan)) == 1


def test_nothing_can_be_accepted_that_nobody_reported(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    with pytest.raises(NothingToDecide):
        updates.accept_complete(plan.db, action_id=action, person_id=manager, **WHEN)


def test_an_update_written_down_for_somebody_says_who_wrote_it(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    said = say(plan, action, asha, Status.ON_TRACK, how="by phone", recorded_by_id=manager)
    assert (said.person_id, said.recorded_by_id, said.how) == (asha, manager, "by phone")


def test_a_status_of_another_vocabulary_is_refused(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    with pytest.raises(ValueError, match="splendid"):
        updates.record(plan.db, action_id=action, person_id=asha, status="splendid", **WHEN)
    assert plan.read(action).status == "not_started"


# -- corrections


def test_a_correction_replaces_what_it_corrects(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    first = say(plan, action, asha, Status.OFF_TRACK, how="one tap")
    second = say(plan, action, asha, Status.AT_RISK, corrects_id=first.id)
    assert [row.id for row in plan.db.exec(current_updates())] == [second.id]
    assert plan.read(action).status == "at_risk"


def test_correcting_an_old_word_leaves_the_newer_status(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    first = say(plan, action, asha, Status.OFF_TRACK)
    newer = say(plan, action, asha, Status.ON_TRACK)
    correction = say(plan, action, asha, Status.AT_RISK, corrects_id=first.id)
    assert plan.read(action).status == "on_track"
    assert {row.id for row in plan.db.exec(current_updates())} == {newer.id, correction.id}


# -- nothing new, snooze


def test_nothing_new_counts_as_an_answer_for_every_action_of_the_message(
    plan: SmallPlan, asha: int
) -> None:
    actions = [plan.action(ref, DUE, people=[asha]) for ref in ("1.2", "1.5")]
    say(plan, actions[0], asha, Status.AT_RISK)
    plan.round(date(2023, 12, 15))
    updates.nothing_new(plan.db, action_ids=actions, person_id=asha, **WHEN)
    assert [plan.read(action).status for action in actions] == ["at_risk", "not_started"]
    assert all(plan.read(action).last_reply_on == TODAY for action in actions)
    rows = plan.db.exec(select(Update).where(Update.how == "nothing new")).all()
    assert [row.note for row in rows] == ["", ""]
    assert all(row.answered_at for row in plan.db.exec(select(Nudge)))


def test_a_snooze_is_an_answer_and_asks_again_on_its_day(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    plan.round(TODAY)
    until = date(2023, 12, 20)
    updates.snooze(plan.db, action_id=action, person_id=asha, until=until, **WHEN)
    plan.rounds(TODAY, date(2023, 12, 21))
    assert plan.nudges(action) == [("30d", asha), ("snooze", asha)]
    assert changes(plan, action, "snoozed_until") == [("", "2023-12-20", asha, "snooze")]


# -- dates


def test_a_date_moves_only_when_somebody_agrees_and_the_first_date_stays(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    proposal = say(plan, action, asha, Status.AT_RISK, proposed_due_on=MAY)
    assert proposal.id is not None
    assert plan.read(action).due_on == DUE
    updates.agree_date(plan.db, update_id=proposal.id, person_id=manager, agreed=True, **WHEN)
    row = plan.read(action)
    assert (row.due_on, row.first_due_on) == (MAY, DUE)
    assert changes(plan, action, "due_on") == [("2023-12-31", "2024-05-31", manager, "date agreed")]
    assert proposal.date_agreed_by_id == manager
    assert audited(plan) == [("date_agreed", f"action:{action}", manager)]
    (view,) = actions_of(plan.db, asha, today=TODAY)
    assert view.moved == 1


def test_a_refused_date_stays_refused(plan: SmallPlan, asha: int, manager: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    proposal = say(plan, action, asha, Status.AT_RISK, proposed_due_on=MAY)
    assert proposal.id is not None
    for agreed in (False, True):
        updates.agree_date(plan.db, update_id=proposal.id, person_id=manager, agreed=agreed, **WHEN)
    assert plan.read(action).due_on == DUE
    assert (proposal.date_refused, proposal.date_agreed_by_id) == (True, None)
    assert audited(plan) == [("date_refused", f"action:{action}", manager)]


def test_a_lead_cannot_agree_their_own_date(plan: SmallPlan, asha: int) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    proposal = say(plan, action, asha, Status.AT_RISK, proposed_due_on=MAY)
    assert proposal.id is not None
    with pytest.raises(NotAllowed):
        updates.agree_date(plan.db, update_id=proposal.id, person_id=asha, agreed=True, **WHEN)


def test_a_date_that_was_corrected_cannot_be_agreed(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    first = say(plan, action, asha, Status.AT_RISK, proposed_due_on=MAY)
    say(plan, action, asha, Status.ON_TRACK, corrects_id=first.id)
    assert first.id is not None
    with pytest.raises(NothingToDecide):
        updates.agree_date(plan.db, update_id=first.id, person_id=manager, agreed=True, **WHEN)


def test_a_date_agreed_for_something_undated_is_its_first_and_can_be_late(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    action = plan.action("1.4", deadline_kind="conditional", people=[asha])
    proposal = say(plan, action, asha, Status.ON_TRACK, proposed_due_on=MAY)
    assert proposal.id is not None
    updates.agree_date(plan.db, update_id=proposal.id, person_id=manager, agreed=True, **WHEN)
    row = plan.read(action)
    assert (row.due_on, row.first_due_on, row.deadline_kind) == (MAY, MAY, "date")
    (view,) = actions_of(plan.db, asha, today=TODAY)
    assert view.moved == 0


# -- handing over


def test_not_mine_stops_nudges_to_this_person_until_the_manager_has_settled_it(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    ben, sam = plan.person("Ben"), plan.person("Sam")
    action = plan.action("1.2", DUE, people=[asha, ben])
    plan.round(TODAY)
    updates.hand_over(plan.db, action_id=action, person_id=asha, named="try Sam", **WHEN)
    plan.round(date(2023, 12, 15))
    assert plan.nudges(action) == [("30d", asha), ("30d", ben), ("14d", ben)]
    updates.settle_hand_over(
        plan.db, action_id=action, to_person_id=sam, person_id=manager, now=nine(TODAY)
    )
    found = recipients(plan.db, [action], today=TODAY)[action]
    assert [one.person_id for one in found] == [sam, ben]
    plan.round(date(2023, 12, 18))
    assert plan.nudges(action)[-1] == ("14d", sam)
    assert ("hand_over_settled", f"action:{action}", manager) in audited(plan)


def test_the_name_that_somebody_gives_is_kept_encrypted_and_is_not_their_last_word(
    plan: SmallPlan, asha: int
) -> None:
    action = plan.action("1.2", DUE, people=[asha])
    say(plan, action, asha, Status.ON_TRACK, note="pathway drafted")
    updates.hand_over(plan.db, action_id=action, person_id=asha, named="try Sam", **WHEN)
    assert changes(plan, action, "lead") == [(f"person:{asha}", "", asha, "hand over asked")]
    (view,) = actions_of(plan.db, asha, today=TODAY)
    assert view.last_words is not None
    assert view.last_words.text == "pathway drafted"
    assert plan.db.exec(select(Update.note).where(Update.how == "hand over")).one() == "try Sam"


def test_handing_over_to_somebody_known_takes_effect_at_once(plan: SmallPlan, asha: int) -> None:
    sam = plan.person("Sam")
    body = plan.body("QA", contact_person_id=asha)
    action = plan.action("1.2", DUE, bodies=[body])
    updates.hand_over(plan.db, action_id=action, person_id=asha, to_person_id=sam, **WHEN)
    found = recipients(plan.db, [action], today=TODAY)[action]
    assert [(one.person_id, one.body_id) for one in found] == [(sam, body)]


def test_a_manager_may_leave_an_action_where_it_is_or_give_it_to_a_body(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    dev = plan.person("Dev")
    body = plan.body("QA", contact_person_id=dev)
    action = plan.action("1.2", DUE, people=[asha])
    updates.hand_over(plan.db, action_id=action, person_id=asha, **WHEN)
    assert plan.round(TODAY).people == 0
    updates.settle_hand_over(plan.db, action_id=action, person_id=manager, now=nine(TODAY))
    assert plan.round(TODAY).people == 1
    updates.settle_hand_over(
        plan.db, action_id=action, to_body_id=body, person_id=manager, now=nine(TODAY)
    )
    found = recipients(plan.db, [action], today=TODAY)[action]
    assert [one.person_id for one in found] == [dev]
    with pytest.raises(NotAllowed):
        updates.settle_hand_over(plan.db, action_id=action, person_id=asha, now=nine(TODAY))


# -- doubtful rows


def test_a_doubtful_row_nudges_nobody_until_a_manager_has_confirmed_it(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    body = plan.body("QA", contact_person_id=asha)
    action = plan.action(
        "2.2",
        date(2023, 10, 31),
        bodies=[body],
        needs_review=True,
        review_reasons=["two dates in one cell"],
        alternatives=["2023-05-31", "2023-10-31"],
    )
    assert plan.round(TODAY).nudges == 0
    updates.confirm_review(plan.db, action_id=action, person_id=manager, due_on=DUE, **WHEN)
    row = plan.read(action)
    assert (row.needs_review, row.review_reasons, row.alternatives) == (False, [], [])
    assert (row.due_on, row.first_due_on) == (DUE, DUE)
    assert changes(plan, action, "needs_review") == [("true", "false", manager, "review")]
    assert audited(plan) == [("review_confirmed", f"action:{action}", manager)]
    (view,) = actions_of(plan.db, asha, today=TODAY)
    assert view.moved == 0
    plan.round(TODAY)
    assert plan.nudges(action) == [("30d", asha)]


def test_a_row_confirmed_as_it_stands_keeps_what_the_import_read(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    action = plan.action("2.2", DUE, people=[asha], needs_review=True, status="needs_review")
    updates.confirm_review(plan.db, action_id=action, person_id=manager, **WHEN)
    row = plan.read(action)
    assert (row.due_on, row.status, row.text) == (DUE, "not_started", "Text of 2.2")
    assert [one.person_id for one in recipients(plan.db, [action], today=TODAY)[action]] == [asha]


def test_two_dates_of_which_none_was_chosen_leave_an_action_without_a_date(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    action = plan.action("2.2", people=[asha], needs_review=True, deadline_kind="multiple")
    updates.confirm_review(plan.db, action_id=action, person_id=manager, **WHEN)
    row = plan.read(action)
    assert (row.due_on, row.deadline_kind) == (None, "none")


def test_a_manager_decides_leads_and_words_of_a_doubtful_row(
    plan: SmallPlan, asha: int, manager: int
) -> None:
    ben = plan.person("Ben")
    body = plan.body("QA", contact_person_id=asha)
    action = plan.action("2.5", DUE, people=[ben, asha], needs_review=True)
    updates.confirm_review(
        plan.db,
        action_id=action,
        person_id=manager,
        lead_body_ids=[body],
        lead_person_ids=[],
        text="To provide assurance to partners",
        outcome="Partners are assured",
        **WHEN,
    )
    leads = plan.db.exec(select(ActionLead).where(ActionLead.action_id == action)).all()
    assert [(lead.body_id, lead.person_id) for lead in leads] == [(body, None)]
    assert changes(plan, action, "lead") == [
        (f"person:{ben}, person:{asha}", f"body:{body}", manager, "review")
    ]
    row = plan.read(action)
    assert (row.text, row.outcome) == ("To provide assurance to partners", "Partners are assured")


def test_only_a_manager_settles_a_doubtful_row(plan: SmallPlan, asha: int) -> None:
    action = plan.action("2.2", DUE, people=[asha], needs_review=True)
    with pytest.raises(NotAllowed):
        updates.confirm_review(plan.db, action_id=action, person_id=asha, **WHEN)
    assert plan.db.get_one(Action, action).needs_review
