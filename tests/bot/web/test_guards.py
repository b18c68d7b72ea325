"""What keeps the pages safe: forged forms, tampered cookies, floods, headers, and bad days."""

import asyncio
import re

import pytest
from httpx import Response
from starlette.applications import Starlette

from bot.web.cookies import Visit, serializer
from bot.web.limits import Limits, Rate, TooMany
from storage.surveys import Answer, SurveySession
from tests.bot.stage import Stage
from tests.bot.web.conftest import Browsers, pages_of
from tests.bot.web.visitor import WORDS, Visitor

EXPECTED = {
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "permissions-policy": "geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def at_first(visitor: Visitor, token: str) -> tuple[str, list[tuple[str, str]]]:
    """The form of the first question, filled in and not sent."""
    visitor.start(token)
    return visitor.filled("Next", {"a": visitor.choices[0]})


# forged forms


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data; boundary=x"},
    ],
)
def test_a_form_that_comes_from_elsewhere_is_refused(
    small_stage: Stage, token: str, visitor: Visitor, headers: dict[str, str]
) -> None:
    action, fields = at_first(visitor, token)
    assert visitor.send(action, fields, **headers).status_code == 403
    assert not small_stage.rows(Answer)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "null"}, {}]
)
def test_our_own_form_is_taken(
    small_stage: Stage, token: str, visitor: Visitor, headers: dict[str, str]
) -> None:
    action, fields = at_first(visitor, token)
    assert visitor.send(action, fields, **headers).status_code == 200
    assert len(small_stage.rows(Answer)) == 1


def test_a_form_without_its_seal_or_with_another_is_refused(
    small_stage: Stage, token: str, browser: Browsers
) -> None:
    mine, other = browser(), browser()
    action, fields = at_first(mine, token)
    others = dict(at_first(other, token)[1])["form"]
    for seal in ("", "x" + dict(fields)["form"], others):
        forged = [(name, seal if name == "form" else value) for name, value in fields]
        assert mine.send(action, forged).status_code == 403
    assert not small_stage.rows(Answer)


def test_who_comes_by_a_link_from_another_site_may_start_although_the_cookie_was_held_back(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    held_back = dict(visitor.client.cookies)
    visitor.client.cookies.clear()
    visitor.go(f"/s/{token}")
    pressed = visitor.filled("Start")
    visitor.client.cookies.update(held_back)
    assert visitor.send(*pressed).status_code == 200
    assert len(small_stage.rows(SurveySession)) == 2


def test_a_form_that_lay_open_overnight_is_refused(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    action, fields = at_first(visitor, token)
    small_stage.later(hours=13)
    assert visitor.send(action, fields).status_code == 403
    assert not small_stage.rows(Answer)


@pytest.mark.parametrize(
    "changed",
    [
        {"do": "nothing"},
        {"do": "back", "s": "s:1:2"},
        {"do": "back", "n": "9" * 99},
        {"do": "language", "to": "en /delete"},
    ],
)
def test_a_form_with_other_fields_than_ours_is_refused(
    token: str, visitor: Visitor, changed: dict[str, str]
) -> None:
    action, fields = at_first(visitor, token)
    forged = {**dict(fields), "n": "1", **changed}
    assert visitor.send(action, list(forged.items())).status_code == 403


def test_the_session_of_somebody_else_cannot_be_answered(
    small_stage: Stage, token: str, browser: Browsers
) -> None:
    mine, other = browser(), browser()
    action, fields = at_first(mine, token)
    other.start(token)
    theirs = other.session
    mine.send(action, [(n, theirs if n == "s" else v) for n, v in fields])
    assert not small_stage.rows(Answer)


# the cookie


def test_the_cookie_is_one_and_out_of_reach(token: str, browser: Browsers) -> None:
    for base, name, is_secure in (
        ("http://127.0.0.1:8080", "loop", False),
        ("https://loop.example", "__Host-loop", True),
    ):
        visitor = browser(base=base)
        visitor.start(token)
        cookies = visitor.page.history[-1].headers.get_list("set-cookie")
        assert len(cookies) == 1
        cookie = cookies[0]
        assert cookie.startswith(f"{name}=")
        for part in ("HttpOnly", "SameSite=strict", "Path=/"):
            assert part in cookie
        assert ("Secure" in cookie) is is_secure
        assert "Max-Age" not in cookie
        assert "expires" not in cookie.lower()
        assert list(visitor.client.cookies.keys()) == [name]


def test_a_cookie_that_was_changed_is_nobodys(token: str, visitor: Visitor) -> None:
    visitor.start(token)
    good = visitor.client.cookies["loop"]
    body, _, signature = good.rpartition(".")
    for bad in (f"{body[:-2]}AA.{signature}", body, "x", good[::-1], ""):
        visitor.client.cookies.clear()
        visitor.client.cookies.set("loop", bad, domain="127.0.0.1")
        visitor.go("/q")
        assert visitor.heading == "Nothing is open here"


def test_the_cookie_carries_the_way_back_and_nothing_of_what_was_answered(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    read = serializer(small_stage.database.keyring, "cookie").loads
    visitor.start(token)
    before = read(visitor.client.cookies["loop"])
    visitor.answer()
    assert read(visitor.client.cookies["loop"]) == before
    assert before.keys() == set(Visit.__dataclass_fields__)
    assert before["token"] == ""
    assert before["key"] not in visitor.page.text


# size and rate


def test_a_form_that_is_too_large_is_refused(token: str, visitor: Visitor) -> None:
    action, fields = at_first(visitor, token)
    assert visitor.send(action, [*fields, ("x", "y" * 70_000)]).status_code == 413
    assert visitor.heading == "That was too much"
    many = [(f"x{n}", "1") for n in range(400)]
    assert visitor.send(action, [*fields, *many]).status_code == 413


def test_a_whole_school_behind_one_address_gets_through(small_stage: Stage) -> None:
    limits = Limits(small_stage.database.keyring, lambda: small_stage.now)
    request = _Asking("10.0.0.1")
    for _ in range(350):
        limits.count(request, "start")  # type: ignore[arg-type]
    for _ in range(1500):
        limits.count(request, "answer")  # type: ignore[arg-type]


def test_starts_from_one_address_come_to_an_end_and_begin_again(small_stage: Stage) -> None:
    limits = Limits(
        small_stage.database.keyring, lambda: small_stage.now, rates={"start": Rate(2, 0.5)}
    )
    here, there = _Asking("10.0.0.1"), _Asking("10.0.0.2")
    limits.count(here, "start")  # type: ignore[arg-type]
    limits.count(here, "start")  # type: ignore[arg-type]
    with pytest.raises(TooMany) as found:
        limits.count(here, "start")  # type: ignore[arg-type]
    assert found.value.seconds == 2
    limits.count(there, "start")  # type: ignore[arg-type]
    small_stage.later(seconds=2)
    limits.count(here, "start")  # type: ignore[arg-type]


class _Asking:
    """What limits look at of a request."""

    def __init__(self, host: str, forwarded: str = "") -> None:
        self.client = type("Client", (), {"host": host})()
        self.headers = self
        self._forwarded = forwarded

    def getlist(self, _: str) -> list[str]:
        return [self._forwarded] if self._forwarded else []


@pytest.mark.parametrize(
    ("host", "forwarded", "client"),
    [
        ("203.0.113.5", "198.51.100.7", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "not an address", "not an address"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("10.0.0.1", "198.51.100.7:49152", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8:1:2::9]:49152", "2001:db8:1:2::/64"),
    ],
)
def test_only_our_own_proxies_say_who_asks(
    small_stage: Stage, host: str, forwarded: str, client: str
) -> None:
    limits = Limits(small_stage.database.keyring, lambda: small_stage.now, ("10.0.0.0/8",))
    assert limits.client(_Asking(host, forwarded)) == client  # type: ignore[arg-type]


def test_who_guesses_codes_is_asked_to_wait(small_stage: Stage, browser: Browsers) -> None:
    guesser, other = browser("127.0.0.9"), browser("127.0.0.8")
    statuses = []
    for n in range(12):
        guesser.go("/")
        page = guesser.press("Go on", {"code": f"ABCD-EF{n:02}".replace("0", "Z")})
        statuses.append(page.status_code)
    assert statuses == [422] * 10 + [429] * 2
    assert int(guesser.page.headers["retry-after"]) <= 30
    assert "try again in" in guesser.main
    other.go("/")
    assert other.press("Go on", {"code": "ABCD-EFGH"}).status_code == 422
    small_stage.later(seconds=40)
    guesser.go("/")
    assert guesser.press("Go on", {"code": "ABCD-EFGH"}).status_code == 422


def test_of_many_guesses_at_the_same_moment_few_are_looked_at(
    small_stage: Stage, token: str, browser: Browsers
) -> None:
    """Else a machine finds a code by asking for all at once, whatever it is told afterwards."""
    first, guesser = browser("127.0.0.8"), browser("127.0.0.9")
    first.start(token)
    right = first.come_back_code
    action, fields = guesser.filled("Go on", {"code": "ABCD-EFGH"})
    guesses = [f"ABCD-EF{a}{b}" for a in "GHJKMN" for b in "GHJKMN"]

    async def all_at_once() -> list[int]:
        sending = (
            guesser.client.post(action, data={**dict(fields), "code": code})
            for code in (*guesses, right)
        )
        return [page.status_code for page in await asyncio.gather(*sending)]

    statuses = guesser.run(all_at_once())
    assert (statuses.count(422), statuses.count(303)) == (10, 0)
    small_stage.later(minutes=1)
    guesser.go("/")
    assert guesser.press("Go on", {"code": right}).status_code == 200
    assert guesser.question, "who has the right code comes in"


def test_a_flood_is_met_with_a_page_that_says_when_to_come_back(
    pages: Starlette, visitor: Visitor
) -> None:
    limits = pages.state.site.limits
    limits._rates = {**limits._rates, "page": Rate(3, 0.25)}
    limits._buckets.clear()
    assert [visitor.go("/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert visitor.page.headers["retry-after"] == "4"
    assert "content-security-policy" in visitor.page.headers
    assert visitor.heading == "Just a moment"


# bad days


def test_an_answer_that_could_not_be_saved_stays_on_the_page(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.start(token)
    while visitor.tree.find(".//textarea") is None:
        visitor.answer()
    before = len(small_stage.rows(Answer))
    with small_stage.database.writing():
        page = visitor.answer()
    assert page.status_code == 503
    assert "not saved yet" in visitor.main
    assert visitor.tree.find(".//textarea").text.strip() == WORDS
    assert len(small_stage.rows(Answer)) == before
    visitor.press("Next", {"a": WORDS})
    assert len(small_stage.rows(Answer)) == before + 1


def test_a_start_that_could_not_be_saved_can_be_pressed_again(
    small_stage: Stage, token: str, visitor: Visitor
) -> None:
    visitor.go(f"/s/{token}")
    pressed = visitor.filled("Start")
    with small_stage.database.writing():
        assert visitor.send(*pressed).status_code == 503
    assert "not saved" in visitor.heading
    visitor.send(*pressed)
    assert visitor.title == "Question 1 of 7"
    assert len(small_stage.rows(SurveySession)) == 1


def test_a_page_that_fails_says_nothing_of_why(
    small_stage: Stage, token: str, visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor.start(token)
    with small_stage.database.engine.begin() as broken:
        broken.exec_driver_sql("ALTER TABLE conversation RENAME TO elsewhere")
    assert visitor.go("/q").status_code == 500
    assert visitor.heading == "Something went wrong on our side"
    assert "conversation" not in visitor.page.text
    for name, value in EXPECTED.items():
        assert value in visitor.page.headers[name], name
    logged = capsys.readouterr()
    assert "OperationalError" in logged.out + logged.err
    assert "SELECT" not in logged.out + logged.err


@pytest.mark.parametrize("path", ["/privacy/%00", "/we-did/a%00b", "/we-did/%00.atom", "/s/%00"])
def test_an_address_that_no_database_can_be_asked_for_is_not_found(stage: Stage, path: str) -> None:
    with pages_of(stage) as browsers:
        assert browsers().go(path).status_code == 404


# every page


def every_page(visitor: Visitor, token: str) -> list[Response]:
    found = [
        visitor.go(path)
        for path in ("/", "/q", f"/s/{token}", f"/t/{token}", f"/s/{token}/no", "/s/none", "/x")
    ]
    found.append(visitor.go("/away"))
    found.append(visitor.start(token, "t"))
    found.append(visitor.press("Next"))
    found.append(visitor.press("Stop here"))
    found.append(visitor.press("Go on with the questions"))
    visitor.to_the_end()
    found.append(visitor.page)
    found.append(visitor.send("/q", [("do", "answer")]))
    found.append(visitor.run(visitor.client.put("/q")))
    return found


def test_every_page_has_the_same_guards_and_names_no_other_place(
    token: str, visitor: Visitor
) -> None:
    pages = every_page(visitor, token)
    assert {page.status_code for page in pages} == {200, 403, 404, 405, 422}
    for page in pages:
        for name, value in EXPECTED.items():
            assert value in page.headers[name], (page.url, name)
        assert "server" not in page.headers
        assert "noindex" in page.headers["x-robots-tag"]
        assert not re.findall(r"https?://(?!www\.w3\.org)", page.text)
        assert not re.findall(r"<script(?! src=)|<style|\son[a-z]+=|style=", page.text)
        assert "unsafe" not in page.headers["content-security-policy"]


def test_titles_and_addresses_say_nothing_of_what_is_asked(token: str, visitor: Visitor) -> None:
    for page in every_page(visitor, token):
        title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
        assert title is not None
        for word in ("abuse", "violence", "safeguard", "survey", "home"):
            assert word not in title[1].lower()
            assert word not in str(page.url).lower()
        assert "?" not in str(page.url)


def test_over_https_browsers_are_told_to_stay_there(token: str, browser: Browsers) -> None:
    assert "strict-transport-security" in browser(base="https://loop.example").page.headers
    assert "strict-transport-security" not in browser().page.headers


def test_files_of_the_pages_are_kept_by_browsers_under_names_of_their_content(
    visitor: Visitor,
) -> None:
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', visitor.page.text)
    style = next(link for link in links if link.endswith(".css"))
    fonts = re.findall(r"/static/[a-z.0-9-]+\.ttf", visitor.go(style).text)
    assert len(fonts) == 3
    for link in (*links, *fonts):
        served = visitor.go(link)
        assert served.status_code == 200
        assert "immutable" in served.headers["cache-control"]
        assert re.search(r"\.[0-9a-f]{12}\.[a-z]+$", link)
    assert visitor.go("/static/page.css").status_code == 404
    assert visitor.go("/static/../app.py").status_code == 404


def test_an_error_is_said_in_the_persons_language(token: str, visitor: Visitor) -> None:
    visitor.start(token, language="ur")
    assert visitor.go("/nothing/here").status_code == 404
    assert visitor.tree.get("lang") == "ur"
    assert visitor.tree.get("dir") == "rtl"
    assert "ایسا کوئی صفحہ نہیں" in visitor.heading
