"""Installing an app from its manifest: it may do what that asks for, and hears what that names."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.platforms.shapes import length
from tests.platforms.slack_state import SlackApp

EVENT_SCOPES = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "app_mention": "app_mentions:read",
    "team_join": "users:read",
    "user_change": "users:read",
}
"""What an event needs; one that is not here needs nothing."""
_EVENTS = frozenset({*EVENT_SCOPES, "app_home_opened", "app_uninstalled", "tokens_revoked"})
_LONGEST = {
    ("display_information", "name"): 35,
    ("display_information", "description"): 140,
    ("display_information", "long_description"): 4000,
    ("features", "bot_user", "display_name"): 80,
}
_OF_COMMANDS = {"description": 2000, "usage_hint": 1000}
_OF_SHORTCUTS = {"name": 24, "callback_id": 255, "description": 150}
_PARTS = frozenset(
    {"_metadata", "display_information", "features", "oauth_config", "settings", "functions"}
)


def at(manifest: Mapping[str, Any], *path: str) -> Any:
    found: Any = manifest
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def manifest_problems(manifest: Mapping[str, Any]) -> list[str]:
    """What Slack's pages would say of it."""
    return [
        *(f"unknown: {name}" for name in sorted(set(manifest) - _PARTS)),
        *_lengths(manifest),
        *_commands(manifest),
        *_shortcuts(manifest),
        *_events(manifest),
    ]


def _lengths(manifest: Mapping[str, Any]) -> Iterator[str]:
    if not at(manifest, "display_information", "name"):
        yield "display_information.name is missing"
    for path, most in _LONGEST.items():
        if length(at(manifest, *path) or "") > most:
            yield f"{'.'.join(path)} has more than {most} characters"
    long = at(manifest, "display_information", "long_description")
    if long is not None and length(long) < 174:
        yield "display_information.long_description has fewer than 174 characters"
    colour = at(manifest, "display_information", "background_color")
    if colour is not None and not re.fullmatch(r"#([0-9a-fA-F]{3}){1,2}", colour):
        yield "display_information.background_color is no colour"


def _commands(manifest: Mapping[str, Any]) -> Iterator[str]:
    is_socket = at(manifest, "settings", "socket_mode_enabled")
    for one in at(manifest, "features", "slash_commands") or []:
        if not re.fullmatch(r"/[a-z0-9_-]{1,31}", one.get("command", "")):
            yield "a slash command is / and at most 31 small letters"
        if not one.get("description"):
            yield "a slash command needs a description"
        if not is_socket and not str(one.get("url", "")).startswith("https://"):
            yield "a slash command needs an https address where the app does not call out"
        yield from _too_long(one, _OF_COMMANDS)
    yield from _scope_for(manifest, "slash_commands")


def _shortcuts(manifest: Mapping[str, Any]) -> Iterator[str]:
    for one in at(manifest, "features", "shortcuts") or []:
        if one.get("type") not in ("global", "message"):
            yield "a shortcut is global or of messages"
        if not all(one.get(name) for name in _OF_SHORTCUTS):
            yield "a shortcut needs name, callback_id and description"
        yield from _too_long(one, _OF_SHORTCUTS)
    yield from _scope_for(manifest, "shortcuts")


def _scope_for(manifest: Mapping[str, Any], feature: str) -> Iterator[str]:
    scopes = at(manifest, "oauth_config", "scopes", "bot") or []
    if at(manifest, "features", feature) and "commands" not in scopes:
        yield f"{feature} need the scope commands"


def _too_long(one: Mapping[str, Any], limits: Mapping[str, int]) -> Iterator[str]:
    for name, most in limits.items():
        if length(one.get(name, "")) > most:
            yield f"{name} has more than {most} characters"


def _events(manifest: Mapping[str, Any]) -> Iterator[str]:
    scopes = at(manifest, "oauth_config", "scopes", "bot") or []
    subscriptions = at(manifest, "settings", "event_subscriptions") or {}
    for name in subscriptions.get("bot_events", []):
        if name not in _EVENTS:
            yield f"unknown event: {name}"
        if EVENT_SCOPES.get(name, "") not in ("", *scopes):
            yield f"the event {name} needs the scope {EVENT_SCOPES[name]}"
    is_socket = at(manifest, "settings", "socket_mode_enabled")
    if subscriptions and not is_socket and not subscriptions.get("request_url"):
        yield "events need an address where the app does not call out"


def installed(app: SlackApp, manifest: Mapping[str, Any]) -> frozenset[str]:
    """Sets up the app by it; the scopes that its bot gets."""
    problems = manifest_problems(manifest)
    assert not problems, problems
    commands = at(manifest, "features", "slash_commands") or []
    shortcuts = at(manifest, "features", "shortcuts") or []
    events = at(manifest, "settings", "event_subscriptions", "bot_events") or []
    app.events = frozenset(events)
    app.commands = frozenset(one["command"] for one in commands)
    app.shortcuts = frozenset(one["callback_id"] for one in shortcuts)
    app.has_home = bool(at(manifest, "features", "app_home", "home_tab_enabled"))
    app.has_messages = bool(at(manifest, "features", "app_home", "messages_tab_enabled"))
    return frozenset(at(manifest, "oauth_config", "scopes", "bot") or [])
