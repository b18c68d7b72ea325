"""Files of the administrator: settings, keys, the partnership's own Word template."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.keys import NotSetUp, read_keys, write_keys
from bot.settings import SettingsWrong, load_settings
from digests.picture import Picture, digest_from, first_words
from digests.word import as_docx, shipped
from storage.types import Keyring
from tests.fuzz.target import Target

HOUSE = Path(__file__).parent.parent.parent
_GOLDEN = HOUSE / "tests" / "digests" / "golden" / "weekly.en.json"


def run_settings(data: bytes) -> None:
    """A config.toml."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "config.toml"
        path.write_bytes(data)
        said = path.name
        try:
            load_settings(path).calendar()
        except SettingsWrong as error:
            said = str(error)
        assert path.name in said


def run_keys(data: bytes) -> None:
    """A keys file. What stands in it gets into no error."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "keys.toml"
        path.write_bytes(data)
        try:
            found = read_keys(path)
        except NotSetUp as error:
            said = str(error)
        else:
            said = found.decrypt(found.encrypt("words"))
        assert said
        assert _SECRET.hex() not in said


def run_template(data: bytes) -> None:
    """A Word template of the partnership's own; where it cannot be used, ours is."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "own.docx"
        path.write_bytes(data)
        made = as_docx(_picture(), path)
        assert made.content.startswith(b"PK")


_SECRET = b"s" * 32


@cache
def _picture() -> Picture:
    digest = digest_from(_GOLDEN.read_text("utf-8"))
    return Picture(digest, first_words(digest), datetime(2023, 12, 1, 9, tzinfo=UTC))


def _settings() -> Sequence[bytes]:
    few = '[partnership]\nname = "Rochdale"\n[concerns]\nopens = 08:30:00\n[web]\non = true\n'
    zoned = few.replace("08:30:00", "08:30:00Z")
    example = (HOUSE / "config.example.toml").read_bytes()
    return [example, few.encode(), zoned.encode(), b'[email.smtp]\nport = "x"']


@cache
def _keys() -> Sequence[bytes]:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / "keys.toml"
        write_keys(path, Keyring({"k1": _SECRET}, b"l" * 32, b"c" * 32))
        whole = path.read_bytes()
    short = whole.replace(_SECRET.hex().encode(), b"73")
    return [whole, short, whole.partition(b"[keys]")[0] + b"[keys]\n"]


def _templates() -> Sequence[bytes]:
    return [shipped().read_bytes()]


TARGETS = (
    Target(
        "settings",
        run_settings,
        _settings,
        ("bot.settings",),
        ("[", "]", "=", '"', "true", "[concerns]", "-1", "1e999", "08:30:00", "\n", "{"),
    ),
    Target(
        "keys",
        run_keys,
        _keys,
        ("bot.keys",),
        ("lookup", "codes", "[keys]", '"zz"', "00", "=", '"', "next_lookup = 1"),
    ),
    Target(
        "template",
        run_template,
        _templates,
        ("digests.word",),
        ("{{", "}}", "{%", "%}", "{{ title }}", "{% for x in range(999999) %}", "<w:t>"),
    ),
)
