"""Who may ask for what. An unknown person gets help, and nothing of anybody else's."""

import pytest
from sqlalchemy import text

from bot.messages import Content, Pressed
from storage.concerns import ReviewItem, ReviewState
from storage.people import Role
from storage.plans import Action, Update
from tests.bot.stage import Stage
from tests.reminders.small_plan import SmallPlan

_DIGEST = {Role.MANAGER, Role.CHAIR, Role.EXECUTIVE, Role.SCRUTINEER}
_EACH = pytest.mark.parametrize("role", list(Role), ids=str)
_STAFF_ONLY = ("Weekly digest", "1.2", "Text of", "Waiting to be read", "REF", "amira")


def _with_plan(stage: Stage) -> int:
    """An action led by amira; its id."""
    amira = stage.person("amira", Role.LEAD)
    with stage.database.writing() as db:
        plan = SmallPlan.start(db)
        return plan.action("1.2", stage.now.date(), people=[amira])


@_EACH
def test_the_digest_is_for_those_whom_the_roles_name(small_stage: Stage, role: Role) -> None:
    small_stage.person("who", role)
    answer = small_stage.say("who", "/digest")
    assert ("Weekly digest" in answer) == (role in _DIGEST)
    assert ("goes to the business manager" in answer) == (role not in _DIGEST)


@_EACH
def test_the_review_queue_is_for_reviewers_alone(small_stage: Stage, role: Role) -> None:
    small_stage.say("young", "my dad hits me when he drinks")
    [item] = small_stage.rows(ReviewItem)
    small_stage.person("who", role)
    answer = small_stage.say("who", "/concerns")
    assert (item.ref in answer) == (role is Role.REVIEWER)
    small_stage.say("who", f"ack {item.ref}")
    [item] = small_stage.rows(ReviewItem)
    taken = item.state is ReviewState.ACKNOWLEDGED
    assert taken == (role is Role.REVIEWER)
    assert not any("hits" in heard for heard in small_stage.heard("who"))


@_EACH
def test_doubtful_rows_and_decisions_are_for_the_manager(small_stage: Stage, role: Role) -> None:
    action = _with_plan(small_stage)
    with small_stage.database.writing() as db:
        db.connection().execute(text("UPDATE action SET needs_review = 1"))
    small_stage.person("who", role)
    for attempt in ("/review", Pressed(f"accept:{action}:yes"), Pressed("escalate:1:yes")):
        answer = small_stage.say("who", attempt)
        assert ("decides this" in answer) == (role is not Role.MANAGER)
    [row] = small_stage.rows(Action)
    assert row.needs_review == (role is not Role.MANAGER)


@_EACH
def test_nobody_answers_for_another_lead(small_stage: Stage, role: Role) -> None:
    action = _with_plan(small_stage)
    small_stage.person("who", role)
    answer = small_stage.say("who", Pressed(f"status:{action}:on_track"))
    spoke = len(small_stage.rows(Update)) > 0
    assert spoke == (role is Role.MANAGER), answer


_TRIED = (
    "hello",
    "actions",
    "/actions",
    "update 1.2",
    "1.2 done",
    "history 1.2",
    "/history 1.2",
    "digest",
    "/digest",
    "/review",
    "/concerns",
    "ack ABCDEFGH",
    "/help",
    "/settings",
    "yes",
    "1",
    "[picture]",
    "[edit] 1.2 done",
)


def test_an_unknown_person_gets_help_and_nothing_else(stage: Stage) -> None:
    action = _with_plan(stage)
    stage.person("reviewer", Role.REVIEWER)
    stage.say("somebody", "my dad hits me")
    [item] = stage.rows(ReviewItem)
    presses = [
        Pressed(token)
        for token in (
            f"status:{action}:complete",
            f"update:{action}",
            f"notmine:{action}",
            f"accept:{action}:yes",
            f"evidenced:{action}:yes",
            "newdate:1:yes",
            "escalate:1:yes",
            f"ack:{item.ref}",
            "same:2023-12-04:1",
            "right:yes",
            "tell:1:yes",
            "welcome:1:yes",
            "language:1:pl",
            "s:abc:1:0",
            "s:abc:1:contact",
            "s:::",
            "",
            "x" * 64,
            "welcome:" + "9" * 50 + ":yes",
        )
    ]
    attempts: list[str | Content] = [*_TRIED, *presses]
    for attempt in attempts:
        answer = stage.say("stranger", attempt)
        assert answer, "never nothing"
        assert not any(word in answer for word in _STAFF_ONLY), attempt
    assert stage.rows(Update) == []
    [item] = [row for row in stage.rows(ReviewItem) if row.ref == item.ref]
    assert item.state is ReviewState.WAITING


def test_whoever_has_left_the_partnership_is_unknown(stage: Stage) -> None:
    _with_plan(stage)
    with stage.database.writing() as db:
        db.connection().execute(text("UPDATE person SET active = false"))
    answer = stage.say("amira", "/actions")
    assert "1.2" not in answer
    assert stage.rows(Update) == []


def test_one_persons_menu_is_not_anothers(stage: Stage) -> None:
    """A token that was shown to one is worth nothing in the hands of another."""
    stage.reviewers()
    token = stage.open()
    stage.say("young", f"/start {token}", "1")
    choice = stage.token("young", "14 or 15")
    assert "earlier message" in stage.say("other", Pressed(choice))
    stop = choice.rsplit(":", 1)[0]
    for what in ("stop", "delete", "keep", "contact", "go", "skip"):
        assert "earlier message" in stage.say("other", Pressed(f"{stop}:{what}"))
    assert stage.say("young", "2").startswith("Question 2")


def test_a_professional_who_asks_what_we_can_do_alarms_nobody(small_stage: Stage) -> None:
    small_stage.person("reviewer", Role.REVIEWER)
    small_stage.person("amira", Role.LEAD)
    for asked in ("help", "/help", " Help "):
        assert "999" not in small_stage.say("amira", asked)
    assert small_stage.rows(ReviewItem) == []
    small_stage.say("amira", "please help, he is going to kill her tonight")
    assert [item.tier for item in small_stage.rows(ReviewItem)] == ["red"]
