"""The app asks for what it uses, and for nothing else."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot.platforms.slack
from bot.platforms.slack import manifest
from bot.platforms.slack.manifest import EVENTS, SCOPES
from bot.platforms.slack.reading import COMMANDS, SHORTCUTS, read
from bot.settings import Settings
from tests.bot.platforms.slack.payloads import event, mention, message, opened
from tests.bot.platforms.slack.test_reading import NOW
from tests.platforms.slack_manifest import manifest_problems

PACKAGE = Path(bot.platforms.slack.__file__).parent
NEEDS = {
    "apps_connections_open": (),  # of the app's own token
    "auth_test": (),
    "chat_postMessage": ("chat:write",),
    "chat_update": ("chat:write",),
    "files_getUploadURLExternal": ("files:write",),
    "files_completeUploadExternal": ("files:write",),
    "users_info": ("users:read", "users:read.email"),
    "users_lookupByEmail": ("users:read.email",),
    "views_open": (),
    "views_publish": (),
    "views_update": (),
}
EVENT_NEEDS = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "message.im": ("im:history",),
    "tokens_revoked": (),
}
_METHOD = re.compile(r"(?:api|apps|auth|chat|conversations|files|reactions|users|views|team)_\w+")


def _called() -> Iterator[str]:
    """Every method of the Web API that the package calls."""
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and _METHOD.fullmatch(node.func.attr):  # type: ignore[attr-defined]
                yield node.func.attr  # type: ignore[attr-defined]


def test_the_scopes_are_those_that_the_calls_the_events_and_the_command_need() -> None:
    needed = {scope for method in set(_called()) for scope in NEEDS[method]}
    needed |= {scope for name in EVENTS for scope in EVENT_NEEDS[name]}
    assert set(SCOPES) == needed | {"commands"}
    assert set(NEEDS) == set(_called())


@pytest.mark.parametrize(
    "told", [opened(), mention("hello"), event(message("hello"))], ids=["home", "mention", "im"]
)
def test_each_event_that_we_ask_for_is_one_that_we_read(told: dict[str, object]) -> None:
    assert read(told, at=NOW) is not None


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_slack_takes_the_manifest(mode: str) -> None:
    settings = Settings.model_validate(
        {"slack": {"mode": mode}, "links": {"web": "https://loop.rochdale.example"}}
    )
    made = manifest(settings)
    assert json.loads(json.dumps(made)) == made
    assert manifest_problems(made) == []
    assert made["settings"]["socket_mode_enabled"] is (mode == "socket")
    addresses = re.findall(r"https://[^\"]+", json.dumps(made))
    assert set(addresses) == ({"https://loop.rochdale.example/slack"} if mode == "http" else set())


def test_the_command_and_the_shortcuts_are_those_that_we_understand() -> None:
    made = manifest(Settings())["features"]
    [command] = made["slash_commands"]
    assert set(command["usage_hint"].split(" | ")) <= COMMANDS
    assert {one["callback_id"] for one in made["shortcuts"]} == set(SHORTCUTS)
