"""Signing in: a link that works once, into a known channel, and nothing said to others."""

from pathlib import Path

import pytest
from sqlmodel import col, select, update

from bot.access import Right
from bot.board_links import SERVED
from bot.board_pages import NEEDS
from bot.settings import LinkSettings
from storage.board import BoardSession, SignInLink
from storage.mail import Outbox
from storage.people import Person
from tests.bot.web.board.office import BASE, Office, at, button_of, configured

REFUSED = "This link signs nobody in"
SENT = "Look where we usually write to you"


def test_a_link_signs_in_and_the_start_page_is_theirs(both: Office) -> None:
    visitor = both.come("reviewer")
    assert visitor.heading == "Good to see you, reviewer"
    assert both.audited("board.sign_in")[0].person_id == both.people["reviewer"]


def _left(office: Office, who: str) -> None:
    with office.stage.database.writing() as db:
        db.exec(update(Person).where(col(Person.name) == who).values(active=False))


def test_the_page_says_the_same_whether_it_knows_somebody_or_not(office: Office) -> None:
    _left(office, "lead")
    said = set()
    for email in ("reviewer@rochdale.example", "nobody@rochdale.example", "lead@rochdale.example"):
        visitor = office.browser()
        visitor.go("/sign-in")
        visitor.press("Send me a link", {"email": email})
        said.add((visitor.page.status_code, visitor.heading, visitor.main))
    assert len(said) == 1
    assert "If we know you" in visitor.main
    office.stage.deliver()
    assert len(office.stage.heard("reviewer")) == 1
    assert office.stage.heard("lead") == []


def test_opening_a_link_changes_nothing_however_often(office: Office) -> None:
    path = office.ask("reviewer")
    before = office.stage.rows(SignInLink)[0].used_at
    for _ in range(3):
        scanner = office.browser()
        scanner.go(path)
        assert "Sign in as reviewer" in scanner.heading
        assert scanner.client.cookies.get("__Host-board") is None
    assert office.stage.rows(SignInLink)[0].used_at is before is None
    assert office.stage.rows(BoardSession) == []


@pytest.mark.parametrize("how", ["used", "over", "forged", "guessed", "left"])
def test_a_link_that_is_no_good_is_refused_kindly_and_on_record(office: Office, how: str) -> None:
    path = office.ask("reviewer")
    if how == "used":
        first = office.browser()
        first.go(path)
        first.press("Sign in")
    elif how == "over":
        office.stage.later(minutes=16)
    elif how in ("forged", "guessed"):
        path = f"/sign-in/{'0' * 32}" if how == "guessed" else path[:-1] + "x"
    else:
        _left(office, "reviewer")
    visitor = office.browser(address="10.0.0.9")
    visitor.go(path)
    assert visitor.heading == REFUSED
    assert visitor.page.status_code in (404, 410)
    assert "Get a new link" in visitor.main
    assert visitor.client.cookies.get("__Host-board") is None
    (entry,) = office.audited("board.refused")
    assert entry.detail.startswith("link ")
    assert path.rpartition("/")[2] not in f"{entry.detail} {entry.subject}"


def test_a_link_that_was_pressed_twice_signs_in_once(office: Office) -> None:
    path = office.ask("reviewer")
    one, two = office.browser(), office.browser()
    for browser in (one, two):
        browser.go(path)
    pressed = two.filled("Sign in")
    one.press("Sign in")
    two.send(*pressed)
    assert two.heading == REFUSED
    assert len(office.stage.rows(BoardSession)) == 1


def test_whoever_guesses_links_is_slowed_down(office: Office) -> None:
    visitor = office.browser(address="10.9.9.9")
    found = [visitor.go(f"/sign-in/{number:032x}").status_code for number in range(14)]
    assert found[:10] == [404] * 10
    assert set(found[10:]) == {429}
    assert len(office.audited("board.refused")) == 10
    assert office.come("reviewer").heading == "Good to see you, reviewer"


def test_one_person_is_sent_five_links_an_hour_at_most_by_strangers(office: Office) -> None:
    for _ in range(8):
        visitor = office.browser()
        visitor.go("/sign-in")
        visitor.press("Send me a link", {"email": "reviewer@rochdale.example"})
        assert visitor.heading == SENT
    assert len(office.stage.rows(SignInLink)) == 5
    office.stage.later(minutes=61)
    assert office.ask("reviewer")


def test_an_address_that_asks_without_end_is_told_to_wait(office: Office) -> None:
    visitor = office.browser(address="10.8.8.8")
    found = []
    for _ in range(23):
        visitor.go("/sign-in")
        found.append(visitor.press("Send me a link", {"email": "x@y.example"}).status_code)
    assert found[:20] == [200] * 20
    assert found[-1] == 429


def test_nothing_that_is_stored_opens_the_board(office: Office) -> None:
    path = office.ask("reviewer")
    token = path.rpartition("/")[2]
    stored = "".join(
        str(row.model_dump()) for table in (SignInLink, Outbox) for row in office.stage.rows(table)
    )
    assert token not in stored
    database = office.stage.database
    raw = database.engine.url.database
    assert raw is not None
    assert token.encode() not in Path(raw).read_bytes()


def test_the_bot_sends_a_link_to_whoever_writes_board(office: Office) -> None:
    assert f"{BASE}/sign-in/" in office.stage.say("reviewer", "board")
    visitor = office.browser()
    visitor.go(office.link("reviewer"))
    visitor.press("Sign in")
    assert visitor.heading == "Good to see you, reviewer"


def test_a_board_without_an_address_says_what_to_do(office: Office) -> None:
    configured(office, links=LinkSettings())
    assert "[links]" in office.stage.say("reviewer", "sign in")
    visitor = office.browser(base="http://127.0.0.1:8081")
    visitor.go("/sign-in")
    assert "[links]" in visitor.main
    assert not visitor.has_button("Send me a link")


def test_a_link_in_an_alert_leads_to_its_text_and_opens_the_queue(office: Office) -> None:
    ref = office.item()
    visitor = office.browser()
    visitor.go(f"/concerns/{ref}")
    assert at(visitor.page) == "/sign-in"
    visitor.press("Send me a link", {"email": "reviewer@rochdale.example"})
    visitor.go(office.link("reviewer"))
    assert "opens the review queue for 30 minutes" in visitor.main
    visitor.press("Sign in and open the queue")
    assert at(visitor.page) == f"/concerns/{ref}"
    assert "he hits me" in visitor.main
    assert office.audited("board.opened_queue")


def test_a_link_leads_nowhere_else(office: Office) -> None:
    visitor = office.browser()
    for to in ("https://evil.example/x", "//evil.example", "/a/../x", "/\\evil", "/a?b=c", ""):
        visitor.page = visitor.run(visitor.client.get("/sign-in", params={"to": to}))
        assert dict(visitor.filled("Send me a link")[1])["to"] == "/", to


def test_somebody_else_who_signs_in_here_is_told_and_replaces_the_first(office: Office) -> None:
    visitor = office.come("manager")
    visitor.go(office.ask("reviewer"))
    assert "Somebody else is signed in here: manager" in visitor.main
    visitor.press(button_of(visitor))
    assert visitor.heading == "Good to see you, reviewer"
    assert {row.person_id for row in office.stage.rows(BoardSession)} == {office.people["reviewer"]}


def test_every_right_that_a_page_needs_gets_a_link() -> None:
    needed: set[Right] = set().union(*(need.rights for need in NEEDS.values()))
    assert needed == SERVED


def test_a_link_counts_only_for_whoever_is_still_there_when_it_is_sent(office: Office) -> None:
    visitor = office.browser()
    visitor.go("/sign-in")
    visitor.press("Send me a link", {"email": "reviewer@rochdale.example"})
    with office.stage.database.writing() as db:
        person = db.exec(select(Person).where(Person.name == "reviewer")).one()
        person.active = False
        db.add(person)
    office.stage.deliver()
    assert office.stage.heard("reviewer") == []
