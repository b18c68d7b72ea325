"""The pages inside under attack: odd paths, methods and fields, stolen cookies, lost roles."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from bot.board_pages import NEEDS
from storage.board import BoardSession
from storage.concerns import ReviewEvent
from storage.database import Database
from storage.people import Person
from surveys.screening import Tier
from tests.bot.web.board.office import WORDS, Office, button_of, office_of
from tests.bot.web.visitor import Visitor

MARK = "zebra-crossing-words"


@pytest.fixture
def office(sqlite_database: Database) -> Iterator[Office]:
    with office_of(sqlite_database) as one:
        yield one


@pytest.fixture
def both(database: Database) -> Iterator[Office]:
    with office_of(database) as one:
        yield one


def _status(visitor: Visitor, method: str, path: str, **given: Any) -> int:
    response = visitor.run(visitor.client.request(method, path, **given))
    assert WORDS not in response.text
    assert MARK not in response.text
    status: int = response.status_code
    return status


ODD_ADDRESSES = (
    "/concerns/%00",
    "/concerns/AB%00CD",
    "/concerns/%ff%fe",
    "/concerns/%ED%A0%80",
    "/concerns/" + "A" * 4000,
    "/concerns/..%2f..%2fetc%2fpasswd",
    "/concerns/%2e%2e/audit",
    "/audit?act=%00",
    "/audit?day=9999-12-31",
    "/audit?day=0001-01-01",
    "/audit?day=%00&before=99999999999999999999",
    "/audit?before=-1",
    "/audit?before=%D9%A1%D9%A2",
    "/concerns/figures?days=%00",
    "/concerns?show=%00&done=%00",
    "/rota?done=%00",
    "/sign-in/%00",
    "/sign-in/" + "x" * 4000,
    "/sign-in?to=%00",
)
ODD_WORDS = ("\x00", "9" * 30, "-1", "²", "9999-12-31T23:59", "0001-01-01 00:00", "x" * 20_000)
ODD_FIELDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/rota", {"do": "add", "person": "?", "starts": "?", "ends": "?"}),
    ("/rota", {"do": "add", "person": "1", "starts": "?", "ends": "9999-12-31 23:59"}),
    ("/rota", {"do": "remove", "shift": "?"}),
    ("/break-glass", {"do": "seen", "glass": "?"}),
    ("/concerns/{ref}", {"do": "decide", "v": "?", "decision": "mash", "to": "?", "at": "?"}),
    ("/concerns/{ref}", {"do": "note", "v": "?", "note": "?"}),
    ("/concerns/{ref}", {"do": "?"}),
    ("/concerns/{ref}/redact", {"do": "preview", "names": "?", "redacted": "?"}),
    ("/concerns/{ref}/trace", {"reason": "?"}),
    ("/again", {"to": "?"}),
)


def test_no_odd_address_ends_in_an_error_of_ours(both: Office) -> None:
    with both.stage.database.writing() as db:
        everything = ["reviewer", "manager", "admin"]
        db.get_one(Person, both.people["reviewer"]).roles = everything
    visitor = both.come("reviewer", "/concerns")
    found = {path: _status(visitor, "GET", path) for path in ODD_ADDRESSES}
    assert [path for path, status in found.items() if status >= 500] == []


def test_no_odd_field_ends_in_an_error_of_ours(both: Office) -> None:
    visitor, ref = both.come("reviewer", "/concerns"), both.item()
    visitor.go(f"/concerns/{ref}")
    sealed = dict(visitor.filled("I have it")[1])["form"]
    wrong = []
    for odd in ODD_WORDS:
        for path, fields in ODD_FIELDS:
            data = {name: value.replace("?", odd) for name, value in fields.items()}
            sent = visitor.client.post(path.format(ref=ref), data={**data, "form": sealed})
            status = visitor.run(sent).status_code
            if status >= 500:
                wrong.append((path, odd[:20]))
    assert wrong == []


ROUND_THE_DOOR = (
    "//concerns",
    "/concerns/",
    "/Concerns",
    "/concerns;x=1",
    "/concerns%2f{ref}",
    "/%63oncerns/{ref}",
    "/concerns//{ref}",
    "/./concerns/{ref}",
    "/rota/../concerns/{ref}",
    "/concerns/{ref}%20",
    "/sign-in/../concerns/{ref}",
    "/sign-in/%2e%2e/concerns/{ref}",
)


@pytest.mark.parametrize("who", ["", "manager"])
def test_no_way_of_writing_an_address_goes_round_the_door(office: Office, who: str) -> None:
    ref = office.item(MARK)
    visitor = office.come(who) if who else office.browser()
    for path in ROUND_THE_DOOR:
        status = _status(visitor, "GET", path.format(ref=ref))
        assert status in (200, 303, 307, 403, 404), path
        assert _status(visitor, "POST", path.format(ref=ref), data={"do": "take"}) != 200, path
    with office.stage.database.reading() as db:
        assert db.exec(select(ReviewEvent)).all() == []


def test_no_other_method_reads_or_does_anything(office: Office) -> None:
    ref = office.item(MARK)
    visitor = office.come("reviewer", "/concerns")
    for path in (one.format(ref=ref, token="x", slug="x") for one in NEEDS):
        for method in ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "FOO"):
            assert _status(visitor, method, path) in (400, 404, 405), (method, path)
        assert _status(visitor, "HEAD", path) in (200, 303, 403, 404, 405), path
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        _status(visitor, "HEAD", f"/concerns/{ref}", headers={name: "POST"})
    with office.stage.database.reading() as db:
        assert db.exec(select(ReviewEvent)).all() == []


ELSEWHERE = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": "https://board.example"},
    {"origin": "https://evil.example"},
    {"origin": "https://board.example.evil.example"},
)


def test_a_press_from_another_site_does_nothing_even_with_a_form_of_ours(office: Office) -> None:
    visitor = office.come("reviewer", "/concerns")
    ref = office.item()
    visitor.go(f"/concerns/{ref}")
    action, fields = visitor.filled("I have it")
    for headers in ELSEWHERE:
        visitor.send(action, fields, **headers)
        assert visitor.page.status_code == 403
    assert office.audited("concern.acknowledged") == []


def test_without_a_word_of_the_browser_a_press_needs_the_form_of_that_very_session(
    office: Office,
) -> None:
    victim, ref = office.come("reviewer", "/concerns"), office.item()
    attacker = office.come("deputy", "/concerns")
    attacker.go(f"/concerns/{ref}")
    action, fields = attacker.filled("I have it")
    for headers in ({}, {"origin": "null"}):
        victim.send(action, fields, **headers)
        assert victim.page.status_code == 403
    assert office.audited("concern.acknowledged") == []


def test_a_stolen_cookie_is_worth_nothing_after_the_sign_out(office: Office) -> None:
    visitor, ref = office.come("reviewer", "/concerns"), office.item(MARK)
    stolen = dict(visitor.client.cookies)
    visitor.go("/")
    visitor.press("Sign out")
    thief = office.browser("10.9.9.9")
    thief.client.cookies.update(stolen)
    assert _status(thief, "GET", f"/concerns/{ref}") == 303
    with office.stage.database.reading() as db:
        assert db.exec(select(BoardSession)).all() == []


def test_a_cookie_that_was_planted_is_not_the_one_that_is_signed_in(office: Office) -> None:
    visitor = office.browser()
    visitor.client.cookies.set("__Host-board", "planted", domain="board.example", path="/")
    visitor.go(office.ask("reviewer", "/concerns"))
    visitor.send(*visitor.filled(button_of(visitor)))
    thief = office.browser("10.9.9.9")
    thief.client.cookies.set("__Host-board", "planted", domain="board.example", path="/")
    assert _status(thief, "GET", "/concerns") == 303


def test_who_lost_the_role_in_mid_session_does_not_finish_the_press(office: Office) -> None:
    visitor, ref = office.come("reviewer", "/concerns"), office.item(tier=Tier.RED)
    visitor.go(f"/concerns/{ref}")
    action, fields = visitor.filled("I have it")
    with office.stage.database.writing() as db:
        db.get_one(Person, office.people["reviewer"]).roles = ["manager"]
    visitor.send(action, fields)
    assert visitor.page.status_code == 403
    with office.stage.database.writing() as db:
        db.get_one(Person, office.people["reviewer"]).active = False
    assert _status(visitor, "GET", "/concerns/figures") == 303
    assert office.audited("concern.acknowledged") == []


def test_a_name_for_this_machine_that_somebody_made_up_is_in_no_link(office: Office) -> None:
    visitor = office.browser()
    visitor.go("/sign-in")
    action, fields = visitor.filled("Send me a link", {"email": "reviewer@rochdale.example"})
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example"}
    visitor.send(action, fields, **headers)
    office.stage.deliver()
    assert "evil.example" not in " ".join(office.stage.heard("reviewer"))
    response = visitor.run(visitor.client.get("/concerns", headers=headers))
    assert response.headers["location"].startswith("/sign-in")
