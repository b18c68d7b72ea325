"""The app manifest: what Slack is asked for, and nothing that is not used. Pure."""

from typing import Any

from bot.settings import Settings
from storage.language import HOME, Catalogue

PATH = "/slack"
COMMAND = "/loop"
SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:write",
    "im:history",
    "users:read",
    "users:read.email",
)
EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
_HINT = "actions | update | digest | survey | help | settings"


def manifest(settings: Settings) -> dict[str, Any]:
    """As JSON for api.slack.com. For HTTP with the address of [links], else for Socket Mode."""
    words = Catalogue.load("bot")
    is_http = settings.slack.mode == "http"
    url = {"url": f"{settings.links.web.rstrip('/')}{PATH}"} if is_http else {}
    called = {"request_url": url["url"]} if is_http else {}
    name = words.say("slack.name", HOME)
    return {
        "display_information": {
            "name": name,
            "description": words.say("slack.about", HOME),
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                _shortcut(words, "show_actions"),
                _shortcut(words, "give_update"),
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": words.say("slack.command", HOME),
                    "usage_hint": _HINT,
                    "should_escape": False,
                }
                | url
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)} | called,
            "interactivity": {"is_enabled": True} | called,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not is_http,
            "token_rotation_enabled": False,
        },
    }


def _shortcut(words: Catalogue, callback: str) -> dict[str, str]:
    return {
        "name": words.say(f"slack.{callback}", HOME),
        "type": "global",
        "callback_id": callback,
        "description": words.say(f"slack.{callback}_what", HOME),
    }
