"""Real browsers against the real program. Nothing here reaches beyond this machine."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from storage.database import Database
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.bot.moment import MONDAY
from tests.browser.board import Board, board_of
from tests.browser.chromium import launch
from tests.browser.program import Program, running
from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all tests of this folder; while it is there, no other loop can run on this thread."""
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def program(tmp_path: Path, keyring: Keyring) -> Iterator[Program]:
    """The program on a database of its own."""
    with (
        SqliteBackend(tmp_path).prepared() as url,
        Database(url, keyring) as database,
        running(database, MONDAY) as one,
    ):
        yield one


@pytest.fixture
def began() -> datetime:
    """When a board's day begins; a module may say otherwise."""
    return MONDAY


@pytest.fixture
def board(tmp_path: Path, keyring: Keyring, began: datetime) -> Iterator[Board]:
    """The pages inside, on a database of their own."""
    with (
        SqliteBackend(tmp_path).prepared() as url,
        Database(url, keyring) as database,
        board_of(database, began) as one,
    ):
        yield one


@pytest.fixture
def phone(browser: Browser, board: Board) -> Iterator[Visitor]:
    """A narrow browser at the board. At the end: was it content?"""
    visitor = Visitor(browser, board.program.address, viewport={"width": 320, "height": 640})
    yield visitor
    visitor.close()
    assert visitor.beyond() == []
    assert visitor.complaints == []


@pytest.fixture
def visit(browser: Browser, program: Program) -> Iterator[Visit]:
    """Somebody comes, by a browser of their own. At the end: was every browser content?"""
    visitors: list[Visitor] = []

    def come(**options: Any) -> Visitor:
        visitors.append(Visitor(browser, program.address, **options))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.close()
    assert [url for visitor in visitors for url in visitor.beyond()] == []
    assert [line for visitor in visitors for line in visitor.complaints] == []
