"""Whatever a lead presses or writes, in whatever order: it is answered, and nothing breaks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from bot.forms import Form
from bot.messages import Ack, Content, NextPage, Opened, OpenForm, Pressed, Said, Submitted
from storage.database import Database
from storage.mail import KeptMessage, Outbox
from storage.people import Role
from storage.plans import Action, Update
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.bot.staff.office import Office, office
from tests.reminders.small_plan import SmallPlan

_WORDS = st.sampled_from(
    [
        "1.2 done, 43 staff trained",
        "yes",
        "no",
        "not mine, try dev",
        "1.5 slipping, need until end of January",
        "nothing new",
        "stop",
        "start",
        "actions",
        "/settings",
        "settings days mon, thu",
        "quiet until 12 December",
        "away until 9 December, dev covers",
        "settings away off",
        "update 1.2",
        "/update 1.5 on track",
        "history 1.2",
        "correct 1.2",
        "correct 1.2 at risk, no room",
        "snooze 1.5 2 weeks",
        "date 1.2 31 January because no trainer",
        "hand 1.2",
        "hand 1.5 to dev",
        "hand 1.5 to nobody at all",
        "help-with 1.2",
        "a room for the training",
        "/survey",
        "help",
        "2",
        "1",
        "/history",
        "/date 9.9 soon",
        "   ",
        "zażółć 🙂",
    ]
)
_TURNS = st.one_of(
    st.tuples(st.just("say"), _WORDS),
    st.tuples(st.just("press"), st.integers(0, 30)),
    st.tuples(st.just("press"), st.integers(0, 30)),
    st.tuples(st.just("home"), st.just("")),
)
_WHO = st.sampled_from(["amira", "dev", "maya"])


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    keyring = Keyring.generate()
    with (
        SqliteBackend(tmp_path_factory.mktemp("whatever")).prepared() as url,
        Database(url, keyring) as database,
        office(database) as stage,
    ):
        stage.colleague("maya", Role.MANAGER)
        amira, dev = (stage.colleague(name, Role.LEAD) for name in ("amira", "dev"))
        with stage.database.writing() as db:
            plan = SmallPlan.start(db)
            body = plan.body("Quality", contact_person_id=amira, deputy_person_id=dev)
            for ref in ("1.2", "1.5"):
                plan.action(ref, stage.now.date() + timedelta(days=14), bodies=[body])
        stage.opens = True
        yield stage


def _content(stage: Office, who: str, kind: str, what: str | int) -> Content:
    if kind == "home":
        return Opened()
    shown = stage.sent_to(who)[-1].message.buttons if stage.sent_to(who) else ()
    if kind == "press" and shown:
        return Pressed(shown[int(what) % len(shown)].token)
    return Said(str(what))


_FILLED = {"note": "a line", "why": "a reason", "what": "a room", "named": "dev", "day": "nonsense"}


def _fill_in(stage: Office, who: str, ack: Ack) -> None:
    """Sends a form back as it was, but for its words."""
    for _ in range(4):
        form = ack.now.form if isinstance(ack.now, OpenForm | NextPage) else None
        if form is None:
            return
        [ack] = stage.tell(who, Submitted(form.id, _values(form)))
    raise AssertionError("a form has no end")


def _values(form: Form) -> dict[str, str]:
    return {field.name: field.value or _FILLED.get(field.name, "") for field in form.fields}


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(turns=st.lists(st.tuples(_WHO, _TURNS), min_size=4, max_size=10))
def test_whatever_a_lead_does_is_answered(
    busy: Office, turns: list[tuple[str, tuple[str, str | int]]]
) -> None:
    busy.later(days=1)
    busy.round()
    busy.deliver()
    for who, (kind, what) in turns:
        before = len(busy.rows(Outbox))
        [ack] = busy.tell(who, _content(busy, who, kind, what))
        answered = ack.now is not None or len(busy.rows(Outbox)) > before
        assert answered, (who, kind, what)
        _fill_in(busy, who, ack)
        busy.deliver()
    assert busy.rows(KeptMessage) == []
    assert busy.rows(Outbox, col(Outbox.outcome) == "fault") == []
    spoken = {row.action_id for row in busy.rows(Update)}
    assert spoken <= {row.id for row in busy.rows(Action)}
