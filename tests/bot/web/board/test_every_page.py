"""Every route inside needs a right or is one of a few open ones, for every role there is."""

import pytest
from starlette.routing import BaseRoute, Route

from bot.access import Right, rights_of
from bot.board_pages import NEEDS
from bot.web.board.places import GROUPS
from bot.web.board.routes import routes
from storage.people import Role
from tests.bot.web.board.office import EVERYBODY, Office, at
from tests.bot.web.board.samples import samples

OPEN = {"/sign-in", "/sign-in/{token}", "/sign-out", "/calendar/{token}.ics"}
ANYBODY = {"/", "/sessions", "/again"}
NARROWER = {"/indicators/import", "/indicators/{ref}", "/surveys/{slug}/results"}
"""Pages that look once more, at whom the survey was of."""
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
    visitor, there_is = office.browser(), samples(office)
    for path in sorted(set(NEEDS) - OPEN):
        there = there_is(path)
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
    there_is = samples(office)
    visitor = office.come(who, "/concerns")
    for path, need in NEEDS.items():
        if need.is_open:
            continue
        page = visitor.go(there_is(path))
        may = not need.rights or bool(need.rights & allowed)
        is_shown = page.status_code == 200
        assert page.status_code in (200, 403), path
        assert is_shown == may or (path in NARROWER and not is_shown), path
        if not is_shown:
            assert visitor.heading == "This is for others"
    assert len(office.audited("concern.read")) == (1 if Right.REVIEW in allowed else 0)
    visitor.go("/")
    links = [a.get("href") for a in visitor.tree.findall(".//ul[@class='ways']//a")]
    places = [one.path for group in GROUPS for one in group.places]
    assert links == [path for path in places if NEEDS[path].rights & allowed]
