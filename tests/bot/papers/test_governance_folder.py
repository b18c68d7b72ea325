"""docs/governance holds what the program makes of the example settings."""

import re

import pytest

from bot.papers import PAPERS, gather
from bot.settings import Settings, load_settings
from tests.governance_papers import FOLDER, written
from tests.test_docs import EXAMPLE

KEPT = dict(written())


@pytest.mark.parametrize("name", sorted(KEPT))
def test_the_folder_is_in_step(name: str) -> None:
    kept = (FOLDER / name).read_text("utf-8")
    assert kept == KEPT[name], "run: python -m tests.governance_papers"


def test_every_paper_is_named_in_the_readme() -> None:
    named = set(re.findall(r"\]\(([a-z0-9-]+\.md)\)", (FOLDER / "README.md").read_text("utf-8")))
    assert {f"{kind.name}.md" for kind in PAPERS} <= named


def test_the_example_settings_make_the_same_papers() -> None:
    assert gather(load_settings(EXAMPLE)) == gather(Settings())
