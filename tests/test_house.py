"""The house stands as its plan says: who may import whom, and words in every language."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest

from storage.catalogue_check import check_catalogue

HOUSE = Path(__file__).parent.parent
SHIPPED = ("bot", "digests", "reminders", "surveys", "storage")
WORDED = [name for name in SHIPPED if any((HOUSE / name / "wording").glob("*.toml"))]


def _project() -> dict[str, Any]:
    return tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))


def test_imports_keep_to_the_contracts() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_package_of_the_house_stands_in_the_layers_contract() -> None:
    project = _project()
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    linter = project["tool"]["importlinter"]
    layered = [
        name.strip()
        for contract in linter["contracts"]
        if contract["type"] == "layers"
        for layer in contract["layers"]
        for name in layer.replace("|", ":").split(":")
    ]
    found = {path.parent.name for path in HOUSE.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert found == set(shipped) == set(layered) == set(linter["root_packages"]) == set(SHIPPED)


def test_every_room_of_the_surveys_that_is_pure_stands_in_the_contract() -> None:
    """A room that has none of what the contract forbids, and nothing beneath it that has."""
    linter = _project()["tool"]["importlinter"]
    pure = next(one for one in linter["contracts"] if one["name"].startswith("Pure rooms"))
    house = grimp.build_graph(*SHIPPED, include_external_packages=True)
    listed = {f"{name}." for name in pure["source_modules"]}
    forbidden = tuple(f"{name}." for name in pure["forbidden_modules"])
    found = {
        room
        for room in house.find_descendants("surveys")
        if not any(
            f"{name}.".startswith(forbidden)
            for part in (room, *house.find_descendants(room))
            for name in (part, *house.find_upstream_modules(part))
        )
    }
    assert len(found) > 50
    assert sorted(room for room in found if not f"{room}.".startswith(tuple(listed))) == []


@pytest.mark.parametrize("package", WORDED)
def test_every_catalogue_says_the_same_in_all_its_languages(package: str) -> None:
    assert check_catalogue(package) == []


def test_the_bot_has_words() -> None:
    assert "bot" in WORDED
