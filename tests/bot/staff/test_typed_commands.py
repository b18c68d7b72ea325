"""What our texts tell people to type can be typed where they read it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.messages import EMAIL, SLACK, TEAMS, Pressed
from bot.wording import on_slack
from storage.language import Catalogue
from storage.people import Role
from tests.bot.staff.office import Office

_STAFF = ("staff", "refused", "stranger", "lead", "home", "settings", "manager", "digest")
_STROKE = re.compile(r"(?<![\w/:<}])/[a-z]{3,}")


def _texts(found: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in found.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from _texts(value, f"{path}{key}.")


def test_no_text_to_professionals_asks_for_a_command_with_a_stroke() -> None:
    english = Catalogue.load("bot").texts["en"]
    wrong = [
        key
        for key, text in _texts(english)
        if key.partition(".")[0] in _STAFF and _STROKE.search(text)
    ]
    assert wrong == [], "Slack takes no /command of ours but /loop; plain words work everywhere"


@pytest.mark.parametrize(
    ("platform", "told"), [(SLACK, "send /loop help"), (TEAMS, "send /help"), (EMAIL, "send /help")]
)
def test_an_old_button_says_what_can_be_typed_there(
    at_work: Office, platform: str, told: str
) -> None:
    at_work.platform = platform
    at_work.colleague("amira", Role.LEAD)
    assert told in at_work.say("amira", Pressed("nonsense"))


def test_addresses_and_fractions_are_left_alone_on_slack() -> None:
    text = "Send /delete, see https://loop.example/help and/or call 24/7."
    assert on_slack(text) == ("Send /loop delete, see https://loop.example/help and/or call 24/7.")


def test_help_is_about_what_somebody_can_do_here(at_work: Office) -> None:
    at_work.colleague("pat")
    at_work.colleague("boss", Role.MANAGER)
    said = at_work.say("pat", "help")
    assert "/loop survey" in said
    assert "update 1.2" not in said
    assert "No action of the plan is yours just now. OFFICIAL business only" in said
    assert "/loop update 1.2" in at_work.say("boss", "help")
