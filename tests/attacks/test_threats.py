"""The page of threats names a test for each, and every test that it names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent.parent
PAGE = HOUSE / "docs" / "governance" / "threats.md"
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")

THREATS = (
    "A shared phone, or a parent who watches",
    "Pranks",
    "Forged requests",
    "Leaked tokens",
    "Text that looks like commands, formulas or markup",
    "Small groups",
    "Staff named in an answer",
    "An absent reviewer",
    "A backup that restores what was erased",
    "The wrong channel",
    "Thousands of messages from one person",
    "Very long messages and deep JSON",
    "Forged links",
    "Guessed tokens and receipt codes",
    "Replayed sign-in links",
    "Path tricks in uploads and file names",
    "Zip and XML bombs",
    "Image bombs",
    "Patterns that never end",
    "Whatever nobody thought of",
    "Somebody joins an anonymous answer to a person",
    "A log that was changed",
)


@cache
def _sections() -> dict[str, str]:
    parts = re.split(r"^### (.+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def _tests_of(file: str) -> frozenset[str]:
    path = HOUSE / file
    assert path.is_file(), file
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_says_what_is_done_and_what_remains_and_names_a_test(threat: str) -> None:
    section = _sections()[threat]
    assert "Done: " in section
    assert "Remains: " in section
    named = _NAMED.findall(section)
    assert named
    for file, name in named:
        assert name.startswith("test_")
        assert name in _tests_of(file), f"{file} has no {name}"


def test_the_page_and_the_list_are_the_same() -> None:
    assert set(_sections()) == set(THREATS)


def test_no_test_is_named_in_another_way() -> None:
    text = PAGE.read_text("utf-8")
    assert len(re.findall(r"`tests/[^`]*\.py[^`]*`", text)) == len(_NAMED.findall(text))
