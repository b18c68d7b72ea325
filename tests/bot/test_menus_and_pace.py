"""What a typed number means, what fits on a platform, and how fast messages leave."""

import asyncio
from datetime import timedelta

import pytest

from bot.messages import Address, Button, Limits, Message, Pressed
from bot.numbered import fit
from bot.platforms.console import PLATFORM
from storage.concerns import ReviewItem
from storage.mail import Conversation, Urgency
from storage.people import Contact
from tests.bot.errands import nudged, queue_text
from tests.bot.stage import Stage
from tests.reminders.small_plan import SmallPlan

# menus


def test_a_typed_number_means_the_button_of_the_last_message(stage: Stage, youth: str) -> None:
    welcome = stage.say("yp", f"/start {youth}")
    assert "3) Tell me more" in welcome
    more = stage.say("yp", "3")
    assert "What we keep" in more
    assert "3) Polski" in more
    assert "Zaczynamy?" in stage.say("yp", "3")
    [talk] = stage.rows(Conversation)
    assert talk.language == "pl"


@pytest.mark.parametrize("typed", ["2", "2.", "2)", " 2 "])
def test_a_number_may_be_written_as_people_write_it(stage: Stage, youth: str, typed: str) -> None:
    stage.say("yp", f"/start {youth}")
    assert "That is fine" in stage.say("yp", typed)


def test_a_number_beyond_the_menu_is_a_text_like_any_other(stage: Stage, youth: str) -> None:
    stage.say("yp", f"/start {youth}", "9")
    assert [row.words for row in stage.rows(ReviewItem)] == ["9"]


def test_a_number_after_a_nudge_means_the_nudge_although_a_form_is_open(stage: Stage) -> None:
    lead = nudged(stage)
    stage.deliver()
    stage.press("lead", "Update in full")
    with stage.database.writing() as db:
        plan = SmallPlan.start(db)
        plan.action("7.1", stage.now.date() + timedelta(days=3), people=[lead])
    stage.later(days=1)
    stage.round()
    stage.deliver()
    nudge = stage.heard("lead")[-1]
    assert "7.1" in nudge
    place = [line.split(") ")[1] for line in nudge.splitlines() if ") " in line].index("Not mine")
    assert "settle who leads 7.1" in stage.say("lead", str(place + 1))


def test_a_question_takes_the_place_of_an_older_menu(stage: Stage, youth: str) -> None:
    stage.say("yp", f"/start {youth}", "1", "my dad hits me when he drinks")
    assert "Question 1" in stage.say("yp", "it is ok")
    assert "Question 2" in stage.say("yp", "2"), "the second choice, not the care menu's second"


def test_the_language_of_a_person_survives_their_first_message(stage: Stage) -> None:
    who = stage.person("lead", language="pl")
    queue_text(stage, who, "young.clear", Urgency.REPLY)
    stage.deliver()
    [contact] = stage.rows(Contact)
    assert contact.language == "pl"
    assert all(talk.language == "pl" for talk in stage.rows(Conversation))


# fitting a message to a platform


def test_buttons_that_do_not_fit_become_a_list_that_is_never_cut() -> None:
    buttons = tuple(Button(f"Choice {number}", f"t:{number}") for number in range(12))
    message = Message("word " * 200, (*buttons, Button("Stop", "t:stop", "/stop")))
    fitted = fit(message, Limits(text=400, buttons=8))
    assert len(fitted.text) <= 400
    assert fitted.buttons == ()
    assert "12) Choice 11" in fitted.text
    assert fitted.text.endswith("/stop")


# pace


def _timed(stage: Stage, limits: Limits) -> list[tuple[float, str]]:
    """When each message was handed to the platform, in seconds of a virtual clock."""
    times: list[tuple[float, str]] = []
    stage.recorder.limits = limits

    async def note(to: Address, _: Message) -> None:
        times.append((asyncio.get_running_loop().time(), to.id))

    stage.recorder.on_send = note
    stage.delivery = stage.app.delivery({PLATFORM: stage.recorder})
    stage.deliver()
    return times


def test_sends_keep_to_the_rate_of_the_platform(small_stage: Stage) -> None:
    people = [small_stage.person(f"p{number}") for number in range(30)]
    for who in people:
        queue_text(small_stage, who, "young.clear", Urgency.REPLY)
    times = [at for at, _ in _timed(small_stage, Limits(per_second=50))]
    assert len(times) == 30
    assert times[-1] - times[0] >= 28 / 50
    for first, later in zip(times, times[25:], strict=False):
        assert later - first > 0.4, "no burst beyond the rate"


def test_one_contacts_pause_delays_nobody_else(small_stage: Stage) -> None:
    busy = small_stage.person("busy")
    for wording in ("young.clear", "young.no_files"):
        queue_text(small_stage, busy, wording, Urgency.REPLY)
    others = [small_stage.person(f"p{number}") for number in range(20)]
    for who in others:
        queue_text(small_stage, who, "young.clear", Urgency.REMINDER)
    times = _timed(small_stage, Limits(per_second=200, per_contact_seconds=0.4))
    own = [at for at, who in times if who == "busy"]
    rest = [at for at, who in times if who != "busy"]
    assert own[1] - own[0] >= 0.39
    assert max(rest) < own[1]


def test_an_old_button_shows_where_things_stand_and_a_double_tap_asks_once(
    stage: Stage, youth: str
) -> None:
    stage.say("yp", f"/start {youth}", "1")
    token = stage.token("yp", "14 or 15")
    before = len(stage.heard("yp"))
    stage.receive(stage.incoming("yp", Pressed(token)), stage.incoming("yp", Pressed(token)))
    stage.deliver()
    assert [text.splitlines()[0] for text in stage.heard("yp")[before:]] == ["Question 2 of 7"]
    stage.later(minutes=2)
    assert stage.say("yp", Pressed(token)).startswith("Question 2 of 7")
