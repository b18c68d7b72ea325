"""The package that is uploaded: within the limits that Microsoft documents, and always the same."""

import io
import json
import struct
import zipfile
import zlib
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.platforms.teams.icons import colour, outline
from bot.platforms.teams.manifest import COMMANDS, manifest, package
from bot.settings import LinkSettings, PartnershipSettings, Settings, TeamsSettings

APP = "22222222-aaaa-bbbb-cccc-000000000002"
PAGES = "https://loop.rochdale.example"


def settings(**more: Any) -> Settings:
    given: dict[str, Any] = {
        "teams": TeamsSettings(app_id=APP),
        "links": LinkSettings(web=PAGES),
        **more,
    }
    return Settings(**given)


def _text(most: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": most}


URL = {"type": "string", "pattern": "^https://", "maxLength": 2048}
GUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}


def _object(required: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required,
        "required": list(required),
        "additionalProperties": False,
    }


def _list(of: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": 1, "maxItems": most, "uniqueItems": True}


SCOPES = _list({"enum": ["personal", "team", "groupChat"]}, 3)
COMMAND = _object({"title": _text(32), "description": _text(128)})
BOT = _object(
    {
        "botId": GUID,
        "scopes": SCOPES,
        "isNotificationOnly": {"type": "boolean"},
        "supportsCalling": {"type": "boolean"},
        "supportsVideo": {"type": "boolean"},
        "supportsFiles": {"type": "boolean"},
        "commandLists": _list(_object({"scopes": SCOPES, "commands": _list(COMMAND, 10)}), 3),
    }
)
SCHEMA = _object(
    {
        "$schema": URL,
        "manifestVersion": {"const": "1.19"},
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "id": GUID,
        "developer": _object(
            {"name": _text(32), "websiteUrl": URL, "privacyUrl": URL, "termsOfUseUrl": URL}
        ),
        "name": _object({"short": _text(30), "full": _text(100)}),
        "description": _object({"short": _text(80), "full": _text(4000)}),
        "icons": _object({"color": {"const": "color.png"}, "outline": {"const": "outline.png"}}),
        "accentColor": {"type": "string", "pattern": "^#[0-9A-F]{6}$"},
        "bots": _list(BOT, 1),
        "defaultInstallScope": {"enum": ["personal", "team", "groupChat"]},
        "permissions": _list({"enum": ["identity", "messageTeamMembers"]}, 2),
        "validDomains": _list({"type": "string", "pattern": r"^[a-z0-9.-]+$"}, 16),
    }
)
"""What learn.microsoft.com says of manifest 1.19, for the parts that are used."""


@pytest.mark.parametrize(
    "name", ["Rochdale Borough Safeguarding Children Partnership", "X", "L" * 300]
)
def test_the_manifest_is_within_the_limits_whatever_the_partnership_is_called(name: str) -> None:
    found = manifest(settings(partnership=PartnershipSettings(name=name)))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []


def test_the_commands_are_words_that_can_be_typed() -> None:
    (bot,) = manifest(settings())["bots"]
    (menu,) = bot["commandLists"]
    assert tuple(one["title"] for one in menu["commands"]) == COMMANDS
    assert menu["scopes"] == ["personal"]
    assert bot["scopes"] == ["personal", "team"]


def test_its_addresses_are_our_own_pages() -> None:
    found = manifest(settings(links=LinkSettings(web=f"{PAGES}/loop/")))
    assert found["developer"]["privacyUrl"] == f"{PAGES}/loop/privacy"
    assert found["validDomains"] == ["loop.rochdale.example"]


@pytest.mark.parametrize(
    ("more", "remedy"),
    [
        ({"teams": TeamsSettings()}, "app_id"),
        ({"links": LinkSettings()}, "https"),
        ({"links": LinkSettings(web="http://127.0.0.1:8080")}, "https"),
    ],
)
def test_what_is_missing_is_named(more: dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        package(settings(**more))


def test_the_package_holds_the_manifest_and_both_icons_at_its_top() -> None:
    with zipfile.ZipFile(io.BytesIO(package(settings()))) as found:
        assert sorted(found.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert json.loads(found.read("manifest.json")) == manifest(settings())
        assert found.testzip() is None


def test_the_same_settings_make_the_same_bytes() -> None:
    assert package(settings()) == package(settings())


def _pixels(png: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) == (8, 6)
    start = png.index(b"IDAT") + 4
    length = struct.unpack(">I", png[start - 8 : start - 4])[0]
    raw = zlib.decompress(png[start : start + length])
    rows = [raw[row * (width * 4 + 1) + 1 :][: width * 4] for row in range(height)]
    return width, height, [tuple(row[at : at + 4]) for row in rows for at in range(0, width * 4, 4)]


def test_the_colour_icon_is_192_wide_and_full() -> None:
    width, height, pixels = _pixels(colour())
    assert (width, height) == (192, 192)
    assert {pixel[3] for pixel in pixels} == {255}
    assert len(set(pixels)) > 2


def test_the_outline_icon_is_32_wide_and_white_on_nothing() -> None:
    width, height, pixels = _pixels(outline())
    assert (width, height) == (32, 32)
    assert {pixel[:3] for pixel in pixels} == {(255, 255, 255)}
    assert {0, 255} <= {pixel[3] for pixel in pixels}
