"""Buttons and forms are what people send us: what is made up changes nothing and is answered."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.floods import Floods
from bot.messages import Content, OpenForm, Pressed, Said, Submitted
from bot.staff.every_form import SMALL_FORMS
from storage.database import Database
from storage.editions import Edition
from storage.mail import KeptMessage, Outbox
from storage.people import JoinCode, Person, Role
from storage.plans import Action, ActionChange, ActionLead, Body, Escalation, Nudge, Update
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.bot.staff.office import Office, office
from tests.reminders.small_plan import SmallPlan

_KEPT = (Action, ActionChange, ActionLead, Body, Edition, Escalation, JoinCode, Nudge, Person)
_ACTS = [
    "status",
    "update",
    "history",
    "notmine",
    "handto",
    "snooze",
    "askdate",
    "needhelp",
    "correct",
    "same",
    "right",
    "which",
    "do",
    "escalate",
    "newdate",
    "evidenced",
    "helped",
    "accept",
    "review",
    "give",
    "givewho",
    "stays",
    "phoneabout",
    "phonewho",
    "code",
    "leave",
    "file",
    "dwords",
    "dsend",
    "ddrop",
    "ack",
    "tell",
    "told",
    "delete",
    "speak",
    "age",
    "welcome",
    "language",
    "invited",
    "s",
]
_ABOUT = (
    "1",
    "1:complete",
    "1:superseded",
    "2:needs_review",
    "1:yes",
    "1:3",
    "newdate:1",
    "999999999",
    "9" * 40,
    "\u00b2",
    "\u0661",
    "",
    ":yes",
    "words:'--",
)
_VALUES = {
    "person": "2",
    "status": "superseded",
    "note": "made up",
    "day": "2024-03-01",
    "why": "made up",
    "what": "made up",
    "named": "maya",
    "answer": "made up",
    "until": "2024-03-01",
    "opening": "made up",
    "new_date": "2024-05-05",
    "email": "sam@rochdale.example",
}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Amira leads 1.2 and has asked for things; sam leads nothing, and nobody knows ivo."""
    keyring = Keyring.generate()
    with (
        SqliteBackend(tmp_path_factory.mktemp("made_up")).prepared() as url,
        Database(url, keyring) as database,
        office(database) as stage,
    ):
        stage.colleague("maya", Role.MANAGER)
        amira, _, _ = (
            stage.colleague("amira", Role.LEAD),
            stage.colleague("sam", Role.LEAD),
            stage.colleague("chris", Role.CHAIR),
        )
        with stage.database.writing() as db:
            plan = SmallPlan.start(db)
            due = stage.now.date() + timedelta(days=14)
            plan.action("1.2", due, people=[amira])
            plan.action("1.5", due, people=[amira])
        stage.round()
        stage.say("amira", "date 1.2 31 January because no trainer", "help-with 1.2 a room")
        stage.say("maya", "/digest")
        stage.opens = True
        # Each of them presses more in a moment than anybody can.
        stage.app.mailroom.floods = Floods(at_once=10_000)
        yield stage


def _books(stage: Office) -> list[dict[str, Any]]:
    return [row.model_dump() for table in (*_KEPT, Update) for row in stage.rows(table)]


def _made_up(names: list[str]) -> list[str]:
    return [f"{name}:{about}" for name in names for about in _ABOUT]


@pytest.mark.parametrize("who", ["sam", "chris", "ivo"])
def test_made_up_buttons_and_forms_change_nothing(busy: Office, who: str) -> None:
    contents: list[Content] = [Pressed(token) for token in _made_up(_ACTS) if len(token) <= 64]
    forms = [name for name in SMALL_FORMS if name != "settings"]
    contents += [Submitted(form, _VALUES) for form in _made_up(forms)]
    before, rows = _books(busy), len(busy.rows(Outbox))
    acks = busy.receive(*(busy.incoming(who, content) for content in contents))
    unanswered = len(contents) - sum(ack.now is not None for ack in acks)
    assert busy.rows(KeptMessage) == []
    assert _books(busy) == before
    assert len(busy.rows(Outbox)) - rows >= unanswered


# what was theirs when they began


@pytest.fixture
def asked(at_work: Office) -> Office:
    """Amira was asked about 1.2 and 1.5."""
    at_work.colleague("maya", Role.MANAGER)
    amira, sam = at_work.colleague("amira", Role.LEAD), at_work.colleague("sam", Role.LEAD)
    assert (amira, sam) == (2, 3)
    with at_work.database.writing() as db:
        plan = SmallPlan.start(db)
        for ref in ("1.2", "1.5"):
            plan.action(ref, at_work.now.date() + timedelta(days=14), people=[amira])
    at_work.round()
    at_work.deliver()
    return at_work


def _given_to_sam(stage: Office) -> None:
    with stage.database.writing() as db:
        for lead in db.exec(select(ActionLead)):
            lead.person_id = 3


def _finished(stage: Office) -> None:
    with stage.database.writing() as db:
        db.get_one(Action, 1).status = "complete"


def _said(stage: Office) -> int:
    return len(stage.rows(Update))


@pytest.mark.parametrize("status", ["superseded", "needs_review", "embedded", "not_started", "x"])
def test_a_lead_cannot_end_an_action_by_a_made_up_status(asked: Office, status: str) -> None:
    asked.opens = True
    for content in (
        Pressed(f"status:1:{status}"),
        Submitted(f"correct:1:{status}", {"status": status}),
    ):
        asked.tell("amira", content)
    assert _said(asked) == 0
    assert {row.status for row in asked.rows(Action)} == {"not_started"}


def test_words_that_end_an_action_are_left_to_the_chair(asked: Office) -> None:
    asked.say("amira", "1.2 is superseded", "yes")
    assert asked.rows(Action, Action.ref == "1.2")[0].status != "superseded"


@pytest.mark.parametrize("change", [_given_to_sam, _finished])
def test_a_form_that_was_open_meanwhile_counts_no_more(asked: Office, change: Any) -> None:
    asked.opens = True
    [ack] = asked.tell("amira", Pressed("update:1"))
    assert isinstance(ack.now, OpenForm)
    change(asked)
    answer = asked.say("amira", Submitted(ack.now.form.id, {"status": "on_track", "note": "late"}))
    assert _said(asked) == 0
    assert answer


@pytest.mark.parametrize("change", [_given_to_sam, _finished])
def test_questions_that_were_open_meanwhile_count_no_more(asked: Office, change: Any) -> None:
    asked.opens = False
    asked.say("amira", Pressed("update:1"))
    change(asked)
    before = len(asked.rows(Outbox))
    for words in ("at risk", "no room", "/skip", "/skip", "/skip"):
        asked.say("amira", words)
    assert [row.note for row in asked.rows(Update, col(Update.action_id) == 1)] == []
    assert len(asked.rows(Outbox)) > before


@pytest.mark.parametrize("change", [_given_to_sam, _finished])
def test_a_yes_to_what_was_read_back_is_looked_at_again(asked: Office, change: Any) -> None:
    asked.opens = False
    asked.say("amira", "1.2 at risk, no room")
    change(asked)
    assert asked.say("amira", "yes")
    assert _said(asked) == 0


def test_nothing_new_speaks_for_nothing_that_went_to_somebody_else(asked: Office) -> None:
    _given_to_sam(asked)
    assert asked.say("amira", Pressed(asked.token("amira", "Nothing new on any")))
    assert _said(asked) == 0


def test_what_waits_for_somebody_who_left_is_not_sent_any_more(asked: Office) -> None:
    asked.receive(asked.incoming("amira", Said("actions")))
    with asked.database.writing() as db:
        db.get_one(Person, 2).active = False
    before = len(asked.sent_to("amira"))
    asked.deliver()
    assert len(asked.sent_to("amira")) == before
    assert [row.outcome for row in asked.rows(Outbox, col(Outbox.intent) == "actions")] == [
        "lapsed"
    ]


def test_an_old_form_of_somebody_who_left_is_not_taken(asked: Office) -> None:
    asked.opens = True
    [ack] = asked.tell("amira", Pressed("update:1"))
    assert isinstance(ack.now, OpenForm)
    with asked.database.writing() as db:
        db.get_one(Person, 2).active = False
    asked.say("amira", Submitted(ack.now.form.id, {"status": "on_track"}), Said("1.2 on track"))
    assert _said(asked) == 0
