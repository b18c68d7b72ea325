"""Folders to type in: an empty one, one after `init`, one with the Rochdale plan."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands.files import reads_in
from tests.commands.terminal import (
    DEPUTY,
    MANAGER,
    MONDAY,
    REVIEWER,
    ROCHDALE,
    YOUTH,
    YOUTH_FORM,
    Terminal,
)


@contextmanager
def within(folder: Path) -> Iterator[Terminal]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield Terminal(folder)
    finally:
        os.chdir(before)


def _made(folder: Path, *commands: tuple[str | Path, ...]) -> Path:
    with within(folder) as terminal:
        for words in commands:
            terminal.done(*words)
    return folder


@pytest.fixture(scope="session")
def initialised_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _made(tmp_path_factory.mktemp("initialised"), ("init",))


@pytest.fixture(scope="session")
def planned_folder(initialised_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planned")
    shutil.copytree(initialised_folder, folder, dirs_exist_ok=True)
    return _made(folder, ("plan", "import", ROCHDALE))


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Terminal]:
    """A folder with nothing in it."""
    with within(tmp_path) as terminal:
        yield terminal


@pytest.fixture
def ready(bare: Terminal, initialised_folder: Path) -> Terminal:
    """After `init`."""
    shutil.copytree(initialised_folder, bare.folder, dirs_exist_ok=True)
    return bare


@pytest.fixture
def rochdale(bare: Terminal, planned_folder: Path) -> Terminal:
    """With the Rochdale plan and its people."""
    shutil.copytree(planned_folder, bare.folder, dirs_exist_ok=True)
    return bare


def cover(terminal: Terminal) -> None:
    """Reviewer and deputy are reached at the terminal, and the deputy is on call."""
    reads_in(terminal.folder)
    terminal.done("people", "import", "reads.csv")
    for email in (REVIEWER, DEPUTY):
        terminal.done("people", "link", email)
    turn = ("--from", "2023-12-01 09:00", "--until", "2023-12-31 09:00")
    terminal.done("concerns", "rota", "add", DEPUTY, *turn, "--as", MANAGER)


@pytest.fixture
def survey_open(rochdale: Terminal) -> Terminal:
    """On its first day, with the young people's survey open."""
    rochdale.done("survey", "add", YOUTH_FORM, "--action", "3.3")
    cover(rochdale)
    rochdale.done("survey", "open", YOUTH)
    return rochdale.at(MONDAY)
