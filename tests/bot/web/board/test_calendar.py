"""Calendars to subscribe to: made and ended on the board, read by a program without signing in."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Response
from sqlmodel import col

from bot.settings import LinkSettings
from bot.web.app import public_app
from storage.chosen import CalendarFeed
from storage.people import Person
from storage.plans import Action, ActionChange
from tests.bot.web.board.office import BASE, Office, configured
from tests.bot.web.board.plans import lay_out
from tests.bot.web.visitor import Visitor

MAKE = "Make the calendar"


def _made(office: Office, who: str, group: str = "") -> str:
    """Somebody makes a calendar; the path of its address."""
    visitor = office.come(who, "/calendar")
    assert visitor.press(MAKE, {"group": group}).status_code == 200
    address = str(visitor.tree.find(".//*[@class='address']").text_content()).strip()
    assert address.startswith(BASE)
    return urlsplit(address).path


def _fetched(office: Office, path: str, **headers: str) -> Response:
    """As a calendar program asks: without a cookie."""
    program = office.browser("10.0.0.9")
    got: Response = program.run(program.client.get(path, headers=headers))
    return got


def _events(content: str) -> dict[str, dict[str, str]]:
    """Each event's lines by what it is called."""
    found = {}
    for block in content.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]:
        lines = dict(line.split(":", 1) for line in block.split("\r\n") if ":" in line)
        found[lines["SUMMARY"].split(" ")[0]] = lines
    return found


def test_a_lead_subscribes_to_what_they_answer_for(both: Office) -> None:
    laid = lay_out(both)
    path = _made(both, "lead")
    got = _fetched(both, path)
    assert got.status_code == 200
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    events = _events(got.text)
    assert set(events) == {"1.1", "1.2", "1.3", "1.4"}
    assert events["1.1"]["DTSTART;VALUE=DATE"] == "20231231"
    assert events["1.1"]["URL"] == f"{BASE}/plan/{laid.actions['1.1']}"
    for words in ("trained", "staff</b>", "Who pays", "Fewer visits", "lead@", "chair"):
        assert words not in got.text, "no words beyond the action's own"


def test_a_date_that_moves_keeps_its_uid_and_counts_up(office: Office) -> None:
    laid = lay_out(office)
    path = _made(office, "lead")
    before = _fetched(office, path)
    with office.stage.database.writing() as db:
        action = db.get_one(Action, laid.actions["1.1"])
        action.due_on = date(2024, 5, 31)
        change: dict[str, Any] = {"field": "due_on", "before": "2023-12-31", "after": "2024-05-31"}
        db.add(action)
        db.add(ActionChange(action_id=laid.actions["1.1"], at=office.stage.now, **change))
    after = _fetched(office, path)
    one, two = _events(before.text)["1.1"], _events(after.text)["1.1"]
    assert one["UID"] == two["UID"]
    assert (one["SEQUENCE"], two["SEQUENCE"]) == ("0", "1")
    assert two["DTSTART;VALUE=DATE"] == "20240531"
    assert before.headers["etag"] != after.headers["etag"]
    same = _fetched(office, path, **{"if-none-match": after.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert after.headers["cache-control"].startswith("private")


def test_a_group_is_subscribed_to_by_those_who_belong_to_it(office: Office) -> None:
    laid = lay_out(office)
    chair = _fetched(office, _made(office, "chair", str(laid.body)))
    assert set(_events(chair.text)) == {"1.1", "1.2", "1.3", "1.4"}
    assert "X-WR-CALNAME:Neglect Board" in chair.text
    manager = _fetched(office, _made(office, "manager", str(laid.body)))
    assert set(_events(manager.text)) == set(_events(chair.text))
    lead = office.come("lead", "/calendar")
    assert [one.get("value") for one in lead.tree.findall(".//option")] == [""]
    assert lead.press(MAKE, {"group": str(laid.body)}).status_code == 422
    assert "not one of yours" in lead.main


def test_an_ended_calendar_shows_nothing_and_so_does_one_of_who_has_left(office: Office) -> None:
    lay_out(office)
    first, second = _made(office, "lead"), _made(office, "lead")
    assert first != second
    visitor = office.come("lead", "/calendar")
    assert visitor.press("End it").status_code == 200
    assert "That calendar is ended" in visitor.main
    assert sorted(_fetched(office, path).status_code for path in (first, second)) == [200, 404]
    with office.stage.database.writing() as db:
        person = db.get_one(Person, office.people["lead"])
        person.active = False
        db.add(person)
    assert {_fetched(office, path).status_code for path in (first, second)} == {404}
    assert [one.act for one in office.audited("calendar ended")] == ["calendar ended"]


def test_a_role_that_sees_no_plan_takes_the_calendar_away(office: Office) -> None:
    lay_out(office)
    path = _made(office, "lead")
    with office.stage.database.writing() as db:
        person = db.get_one(Person, office.people["lead"])
        person.roles = ["reviewer"]
        db.add(person)
    assert _fetched(office, path).status_code == 404


def test_nobody_ends_the_calendar_of_another(office: Office) -> None:
    lay_out(office)
    path = _made(office, "lead")
    (feed,) = office.stage.rows(CalendarFeed, col(CalendarFeed.ended_at).is_(None))
    _made(office, "chair")
    chair = office.come("chair", "/calendar")
    assert chair.press("End it", {"feed": str(feed.id)}).status_code == 200
    assert _fetched(office, path).status_code == 200


@pytest.mark.parametrize("token", ["x", "0" * 43, "%00", "..%2F..", "a" * 3000])
def test_an_address_that_nobody_was_given_is_not_found(office: Office, token: str) -> None:
    assert _fetched(office, f"/calendar/{token}.ics").status_code == 404


def test_the_address_is_kept_nowhere_and_shown_once(office: Office) -> None:
    lay_out(office)
    token = re.search(r"/calendar/(.+)\.ics", _made(office, "lead"))
    assert token is not None
    visitor = office.come("lead", "/calendar")
    assert token[1] not in visitor.page.text
    (feed,) = office.stage.rows(CalendarFeed, True)
    assert token[1] not in repr(feed.model_dump())
    assert token[1] not in repr([one.model_dump() for one in office.audited("calendar made")])


def test_where_there_are_public_pages_the_calendar_is_on_them(office: Office) -> None:
    lay_out(office)
    web = "https://pages.example"
    configured(office, links=LinkSettings(board=BASE, web=web))
    visitor: Visitor = office.come("lead", "/calendar")
    visitor.press(MAKE)
    address = str(visitor.tree.find(".//*[@class='address']").text_content()).strip()
    assert address.startswith(f"{web}/calendar/")
    office.pages = public_app(office.stage.app)
    program = office.browser("10.0.0.9", web)
    got = program.run(program.client.get(urlsplit(address).path))
    assert got.status_code == 200
    assert set(_events(got.text)) == {"1.1", "1.2", "1.3", "1.4"}
