"""The app's package for Teams: the manifest and two icons in a zip, made from the settings."""

import json
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from bot.platforms.teams.icons import GREEN, colour, outline
from bot.settings import Settings
from storage.language import HOME, Catalogue

SCHEMA_VERSION = "1.19"
SCHEMA = (
    f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA_VERSION}/"
    "MicrosoftTeams.schema.json"
)
VERSION = "1.0.0"
NAME = "Listening Loop"
COMMANDS = ("actions", "update", "digest", "survey", "help", "settings")
_NEWEST_FIRST = (1980, 1, 1, 0, 0, 0)
_MOST_IN_NAME, _MOST_IN_DEVELOPER = 100, 32


def package(settings: Settings) -> bytes:
    """The zip that is uploaded. ValueError, with what to do, where the settings lack something.

    The same settings make the same bytes.
    """
    found = BytesIO()
    text = json.dumps(manifest(settings), indent=2, ensure_ascii=False) + "\n"
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in (
            ("manifest.json", text.encode()),
            ("color.png", colour()),
            ("outline.png", outline()),
        ):
            made.writestr(zipfile.ZipInfo(name, _NEWEST_FIRST), content)
    return found.getvalue()


def manifest(settings: Settings) -> dict[str, Any]:
    """What Teams is told of the app."""
    app, pages = settings.teams.app_id, settings.links.web.rstrip("/")
    if not app:
        raise ValueError("there is no `app_id` in [teams]: register the bot first")
    if not pages.startswith("https://"):
        raise ValueError("there is no https address in `web` of [links], which Teams asks for")
    return {
        "$schema": SCHEMA,
        "manifestVersion": SCHEMA_VERSION,
        "version": VERSION,
        "id": app,
        "developer": {
            "name": _cut(settings.partnership.name, _MOST_IN_DEVELOPER),
            "websiteUrl": pages,
            "privacyUrl": f"{pages}/privacy",
            "termsOfUseUrl": f"{pages}/privacy",
        },
        "name": {
            "short": NAME,
            "full": _cut(f"{NAME}: {settings.partnership.name}", _MOST_IN_NAME),
        },
        "description": {"short": _say("short"), "full": _say("full", settings)},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#{:02X}{:02X}{:02X}".format(*GREEN),
        "bots": [_bot(app)],
        "defaultInstallScope": "personal",
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(pages).hostname],
    }


def _bot(app: str) -> dict[str, Any]:
    """One to one, and in a team, where it says that it only talks one to one."""
    commands = [{"title": name, "description": _say(f"commands.{name}")} for name in COMMANDS]
    return {
        "botId": app,
        "scopes": ["personal", "team"],
        "isNotificationOnly": False,
        "supportsCalling": False,
        "supportsVideo": False,
        "supportsFiles": False,
        "commandLists": [{"scopes": ["personal"], "commands": commands}],
    }


def _say(name: str, settings: Settings | None = None) -> str:
    words = {"partnership": settings.partnership.name} if settings else {}
    return Catalogue.load("bot").say(f"teams.manifest.{name}", HOME, **words)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
