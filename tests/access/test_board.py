"""The role table on the pages inside: every page by every role, and no address that is left out."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Route

from bot.board_pages import NEEDS
from bot.role_table import Data, Extent, Right, extent, rights_of
from bot.settings import LinkSettings
from bot.web import inside
from bot.web.app import inside_app
from storage.board import begin_session
from storage.database import Database
from storage.people import Role
from tests.access.world import (
    CONTACT,
    GROUP,
    LATE,
    LEFT,
    NOTED,
    OURS,
    OWN,
    QUIET,
    READ,
    REF,
    UNREAD,
    YOUNG,
    email_of,
    shown_in,
)
from tests.bot.conftest import staged
from tests.bot.stage import Stage

BASE = "https://board.example"
PAGES: dict[str, tuple[Data, dict[Extent, set[str]]]] = {
    "/concerns": (Data.CONCERNS, {Extent.ALL: {REF}}),
    f"/concerns/{REF}": (Data.YOUTH_ANSWERS, {Extent.ALL: {UNREAD, REF}}),
    f"/concerns/{REF}/redact": (Data.YOUTH_ANSWERS, {Extent.ALL: {UNREAD, REF}}),
    f"/concerns/{REF}/trace": (Data.LINK, {Extent.REASON: {REF}}),
    "/concerns/figures": (Data.CONCERNS, {Extent.ALL: set(), Extent.COUNTS: set()}),
    "/audit": (Data.AUDIT, {Extent.READ: {NOTED}}),
}
_MARKED: dict[tuple[Data, Extent], set[str]] = {
    (Data.OWN_ACTIONS, Extent.OWN): {OWN},
    (Data.OWN_ACTIONS, Extent.GROUP): {OWN, GROUP},
    (Data.OWN_ACTIONS, Extent.ALL): {OWN, GROUP, LATE, QUIET},
    (Data.OWN_ACTIONS, Extent.EXCEPTIONS): {LATE},
    (Data.YOUTH_ANSWERS, Extent.AFTER_REVIEW): {READ},
}
"""What a cell lets somebody read on any page that is no row of the table: a role does it."""
_TITLES = {OURS, YOUNG}


class Board:
    """The pages inside, and a browser for whoever is signed in."""

    def __init__(self, stage: Stage, pages: Starlette, people: dict[str, int]) -> None:
        self.stage, self.pages, self.people = stage, pages, people

    def get(self, who: str | None, path: str) -> Response:
        """A page as somebody gets it who signed in a moment ago; nobody without a name."""
        cookies = {} if who is None else {"__Host-board": self._session(who)}
        answer: Response = self.stage.run(self._asked(path, cookies))
        return answer

    async def _asked(self, path: str, cookies: dict[str, str]) -> Response:
        way = ASGITransport(self.pages, raise_app_exceptions=False, client=("10.0.0.9", 50000))
        async with AsyncClient(transport=way, base_url=BASE, cookies=cookies) as client:
            return await client.get(path)

    def _session(self, who: str) -> str:
        now = self.stage.now
        with self.stage.database.writing() as db:
            return begin_session(
                db,
                self.stage.database.keyring,
                self.people[who],
                now=now,
                lasts=timedelta(hours=1),
                review_until=now + timedelta(minutes=30),
                device="a test",
            )


@pytest.fixture(scope="module")
def board(furnished: Database) -> Iterator[Board]:
    from sqlmodel import select

    from storage.people import Person

    with furnished.reading() as db:
        people = {person.key: person.id or 0 for person in db.exec(select(Person))}
    with staged(furnished) as stage:
        stage.configure(links=LinkSettings(board=BASE))
        app = stage.app
        yield Board(stage, inside_app(app, extra_routes=inside.routes(app)), people)


@pytest.mark.parametrize("role", list(Role), ids=str)
@pytest.mark.parametrize("path", PAGES)
def test_each_page_shows_its_cell_and_nothing_else(board: Board, path: str, role: Role) -> None:
    data, shows = PAGES[path]
    answer = board.get(role.value, path)
    wanted = shows.get(extent(data, role))
    if wanted is None:
        assert answer.status_code in (303, 403)
        assert shown_in(answer.text.replace(REF, "")) == set()
        assert answer.status_code == 303 or "You can ask:" in answer.text
    else:
        assert answer.status_code == 200
        assert shown_in(answer.text) >= wanted
        assert CONTACT not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_nobody_and_whoever_has_left_are_sent_to_sign_in(board: Board, path: str) -> None:
    for who in (None, LEFT):
        answer = board.get(who, path)
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["location"]
        assert shown_in(answer.text) == set()


def _others() -> list[str]:
    """Pages that are no row of the table; those about one thing have tests of their own."""
    rows = {path.replace(REF, "{ref}") for path in PAGES}
    return sorted(
        path for path in NEEDS if not {"{"} & set(path) and path not in {*rows, "/sign-out"}
    )


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_no_other_page_shows_more_than_a_role_may_see(board: Board, role: Role) -> None:
    may = set[str]().union(*(_MARKED.get((data, extent(data, role)), set()) for data in Data))
    emergency = {Right.BREAK_GLASS} if role is Role.MANAGER else set()
    for path in _others():
        need, answer = NEEDS[path], board.get(role.value, path)
        if need.rights and not need.rights & (rights_of([role]) | emergency):
            assert answer.status_code in (303, 403), path
        assert answer.status_code in (200, 303, 403), path
        assert shown_in(answer.text) - _TITLES <= may, path
        assert CONTACT not in answer.text, path


def test_no_address_inside_opens_without_signing_in(board: Board) -> None:
    routes = [route for route in board.pages.routes if isinstance(route, Route)]
    paths = {route.path for route in routes if "GET" in (route.methods or ())}
    for path in sorted(paths & {path for path, need in NEEDS.items() if not need.is_open}):
        there = re.sub(r"\{[a-z]+\}", REF, path)
        assert board.get(None, there).status_code == 303, path


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_the_front_page_shows_no_word_to_anybody(board: Board, role: Role) -> None:
    assert shown_in(board.get(role.value, "/").text) == set()
    assert email_of(role.value) not in board.get(role.value, "/").text
