"""What keeps the pages safe: forged forms, tampered cookies, floods, headers, and bad days."""

import re

import pytest
from httpx import Response

from bot.web.cookies import Visit, serializer
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
