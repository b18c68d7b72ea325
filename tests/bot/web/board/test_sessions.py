"""A session: how long it lasts, what ends it, who may use it, and what browsers keep of it."""

import pytest
from sqlmodel import col, update

from bot.web.board.device import named
from storage.board import BoardSession, SignInLink, purge_board
from storage.concerns import ReviewItem
from storage.people import Person
from surveys import concerns
from tests.bot.web.board.office import Office, at, button_of
from tests.bot.web.test_guards import EXPECTED
from tests.bot.web.visitor import Visitor

COOKIE = "__Host-board"


def _change(office: Office, who: str, **values: object) -> None:
    with office.stage.database.writing() as db:
        db.exec(update(Person).where(col(Person.name) == who).values(**values))


def _is_in(visitor: Visitor) -> bool:
    visitor.go("/")
    return at(visitor.page) == "/"


def test_a_session_ends_after_its_hours_however_busy(office: Office) -> None:
    visitor = office.come("manager")
    for _ in range(23):
        office.stage.later(minutes=20)
        assert _is_in(visitor)
    office.stage.later(minutes=20)
    assert not _is_in(visitor)
    assert office.stage.rows(BoardSession) == []


def test_a_session_that_nobody_uses_ends_and_stays_ended(office: Office) -> None:
    visitor = office.come("manager")
    office.stage.later(minutes=29)
    assert _is_in(visitor)
    office.stage.later(minutes=30)
    assert not _is_in(visitor)
    assert visitor.client.cookies.get(COOKIE) is None


def test_a_session_ends_when_somebody_leaves_and_does_not_come_back_with_them(
    office: Office,
) -> None:
    visitor = office.come("reviewer")
    cookie = visitor.client.cookies[COOKIE]
    _change(office, "reviewer", active=False)
    assert not _is_in(visitor)
    _change(office, "reviewer", active=True)
    visitor.client.cookies.set(COOKIE, cookie)
    assert not _is_in(visitor)


def test_a_right_that_was_taken_away_is_gone_at_once(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", "/concerns")
    assert at(visitor.page) == "/concerns"
    _change(office, "reviewer", roles=["manager"])
    assert visitor.go("/concerns").status_code == 403
    assert "You can ask: deputy" in visitor.main
    assert visitor.go(f"/concerns/{ref}").status_code == 403
    assert "hits me" not in visitor.page.text


def test_signing_out_ends_it_and_a_copy_of_the_cookie_opens_nothing(both: Office) -> None:
    visitor = both.come("reviewer")
    copy = visitor.client.cookies[COOKIE]
    visitor.press("Sign out")
    assert visitor.heading == "You are signed out"
    assert "cache" in visitor.page.headers["clear-site-data"]
    visitor.client.cookies.set(COOKIE, copy)
    assert not _is_in(visitor)


def test_signing_out_everywhere_ends_all_and_links_on_their_way(office: Office) -> None:
    here, there, other = office.come("reviewer"), office.come("reviewer"), office.come("manager")
    path = office.ask("reviewer")
    here.go("/sessions")
    assert len(here.tree.findall(".//ul[@class='list']/li")) == 2
    here.press("Sign out everywhere")
    assert not _is_in(here)
    assert not _is_in(there)
    assert _is_in(other)
    here.go(path)
    assert here.heading == "This link signs nobody in"


def test_the_queue_asks_for_a_fresh_link_and_closes_again(office: Office) -> None:
    visitor = office.come("reviewer")
    before = visitor.client.cookies[COOKIE]
    visitor.go("/concerns")
    assert visitor.heading == "One more link before this opens"
    visitor.press("Send me the link")
    visitor.go(office.link("reviewer"))
    visitor.press(button_of(visitor))
    assert at(visitor.page) == "/concerns"
    assert visitor.client.cookies[COOKIE] != before
    assert len(office.stage.rows(BoardSession)) == 1
    office.stage.later(minutes=15)
    visitor.go("/concerns")
    office.stage.later(minutes=14)
    assert at(visitor.go("/concerns")) == "/concerns"
    office.stage.later(minutes=2)
    assert at(visitor.go("/concerns")) == "/again"
    assert at(visitor.go("/")) == "/"


def test_who_was_writing_when_the_queue_closed_may_still_send_it(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    office.stage.later(minutes=25)
    visitor.go(f"/concerns/{ref}")
    pressed = visitor.filled("Add the note", {"note": "Called the school."})
    office.stage.later(minutes=9)
    visitor.send(*pressed)
    with office.stage.database.reading() as db:
        item = concerns.find(db, ref)
        assert item is not None
        assert "Called the school." in [line.words for line in concerns.events(db, item)]


@pytest.mark.parametrize(("minutes", "why"), [(45, "signed out"), (29, "closed on this screen")])
def test_what_was_typed_is_given_back_when_it_came_too_late(
    office: Office, minutes: int, why: str
) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    office.stage.later(minutes=15)
    visitor.go(f"/concerns/{ref}")
    pressed = visitor.filled("Decide", {"decision": "mash", "reason": "Called <them> at ten."})
    if minutes < 30:
        office.stage.later(minutes=12)
        visitor.go("/")
        minutes -= 12
    office.stage.later(minutes=minutes)
    visitor.send(*pressed)
    assert visitor.page.status_code == 401
    assert why in visitor.main
    assert "Called <them> at ten." in visitor.main
    assert "he hits me" not in visitor.page.text
    (row,) = office.stage.rows(ReviewItem)
    assert row.decision == ""
    forged = [(name, "x" if name == "form" else value) for name, value in pressed[1]]
    assert visitor.send(pressed[0], forged).status_code == 403
    assert "Called" not in visitor.main


def test_a_press_that_comes_from_elsewhere_does_nothing(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    action, fields = visitor.filled("I have it")
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Content-Type": "text/plain"},
    ):
        assert visitor.send(action, fields, **headers).status_code == 403
        assert visitor.heading == "Nothing was changed"
    (row,) = office.stage.rows(ReviewItem)
    assert row.acknowledged_by_id is None


def test_a_form_of_one_session_is_none_of_another(office: Office) -> None:
    ref = office.item()
    mine, theirs = office.come("reviewer", f"/concerns/{ref}"), office.come("deputy", "/concerns")
    assert theirs.send(*mine.filled("I have it")).status_code == 403


def test_the_cookie_is_out_of_reach(office: Office) -> None:
    for base, name in (("https://board.example", COOKIE), ("http://127.0.0.1:8081", "board")):
        visitor = office.browser(base=base)
        visitor.go(office.ask("manager"))
        action, fields = visitor.filled(button_of(visitor))
        given = visitor.run(visitor.client.post(action, data=dict(fields)))
        (cookie,) = given.headers.get_list("set-cookie")
        assert cookie.startswith(f"{name}=")
        for part in ("HttpOnly", "SameSite=strict", "Path=/"):
            assert part in cookie
        assert ("Secure" in cookie) is base.startswith("https")
        assert "Max-Age" not in cookie
        assert "Domain" not in cookie


def test_every_page_is_guarded_and_kept_nowhere(office: Office) -> None:
    ref = office.item()
    visitor = office.come("reviewer", f"/concerns/{ref}")
    paths = ("/", "/concerns", f"/concerns/{ref}", "/sessions", "/rota", "/sign-in/x", "/nothing")
    for path in paths:
        page = visitor.go(path)
        for name, value in EXPECTED.items():
            assert value in page.headers[name], (path, name)
        assert "noindex" in page.headers["x-robots-tag"]
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "he hits me" not in f"{page.url}{visitor.title}"


def test_who_comes_by_a_link_in_a_chat_is_not_asked_to_sign_in_again(office: Office) -> None:
    """Browsers hold the cookie back then; a page of ours asks again, and they send it."""
    visitor = office.come("manager", "/rota")
    kept = dict(visitor.client.cookies)
    visitor.client.cookies.clear()
    visitor.go("/rota", **{"Sec-Fetch-Site": "cross-site"})
    assert visitor.heading == "One moment"
    assert 'content="0;url=/rota"' in visitor.page.text
    visitor.client.cookies.update(kept)
    assert visitor.go("/rota", **{"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert visitor.heading == "Rota"


def test_what_is_over_goes_and_nothing_else(both: Office) -> None:
    both.come("reviewer")
    both.stage.later(hours=40)
    both.come("manager")
    with both.stage.database.writing() as db:
        purge_board(db, both.stage.now)
    left = {row.person_id for row in both.stage.rows(BoardSession)}
    assert left == {row.person_id for row in both.stage.rows(SignInLink)}
    assert left == {both.people["manager"]}


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari/537 Edg/120",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:121.0) Firefox/121.0", "Firefox, Android"),
        ("", "A browser"),
        ("<script>" * 1000, "A browser"),
    ],
)
def test_a_browser_is_known_by_a_word_or_two(agent: str, name: str) -> None:
    assert named(agent) == name
