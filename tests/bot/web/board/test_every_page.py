"""Every route inside needs a right or is one of a few open ones, for every role there is."""

import pytest
from starlette.routing import BaseRoute, Route

from bot.access import Right, rights_of
from bot.web.board import routes
from bot.web.board.access import NEEDS, PLACES
from storage.people import Role
from tests.bot.web.board.office import EVERYBODY, Office, at

OPEN = {"/sign-in", "/sign-in/{token}", "/sign-out"}
ANYBODY = {"/", "/sessions", "/again"}
NOT_OURS = {"/static/{name}", "/health"}


def _paths(found: list[BaseRoute]) -> set[str]:
    return {route.path for route in found if isinstance(route, Route)}


def test_every_route_stands_in_the_table_and_needs_a_right_or_is_one_of_few(
    office: Office,
) -> None:
    served = _paths(office.pages.routes) - NOT_OURS
    assert served == _paths(routes()) == set(NEEDS)
    assert {path for path, need in NEEDS.items() if need.is_open} == OPEN
    without = {path for path, need in NEEDS.items() if not need.rights and not need.is_open}
    assert without == ANYBODY
    for path in served:
        if path.startswith("/concerns/{ref}") or path == "/concerns":
            assert NEEDS[path].asks_again, path


def test_nobody_gets_anywhere_without_signing_in(office: Office) -> None:
    ref, visitor = office.item(), office.browser()
    for path in sorted(set(NEEDS) - OPEN):
        there = path.replace("{ref}", ref)
        visitor.go(there)
        assert at(visitor.page) == "/sign-in", path
        pressed = visitor.send(there, [("do", "take")])
        assert pressed.status_code in (403, 405), path
        assert "hits me" not in visitor.page.text
    assert not office.audited("concern.read")


@pytest.mark.parametrize(("who", "role"), EVERYBODY)
def test_each_role_opens_what_its_rights_allow_and_nothing_else(
    office: Office, who: str, role: Role
) -> None:
    allowed = rights_of([role])
    if role is Role.MANAGER:
        allowed |= {Right.BREAK_GLASS}
    if not allowed & frozenset().union(*(need.rights for need in NEEDS.values())):
        with pytest.raises(AssertionError, match="was sent no link"):
            office.come(who)
        return
    ref = office.item()
    visitor = office.come(who, "/concerns")
    for path, need in NEEDS.items():
        if need.is_open:
            continue
        page = visitor.go(path.replace("{ref}", ref))
        may = not need.rights or bool(need.rights & allowed)
        assert page.status_code == (200 if may else 403), path
        if not may:
            assert visitor.heading == "This is for others"
    assert len(office.audited("concern.read")) == (1 if Right.REVIEW in allowed else 0)
    visitor.go("/")
    links = [a.get("href") for a in visitor.tree.findall(".//nav[@class='places']//a")]
    may_go = [path for path, _ in PLACES if NEEDS[path].rights & allowed]
    assert links == ["/", *may_go]
