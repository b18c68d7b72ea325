"""Guessed codes, forged links and replayed ones: few are looked at, and all get the same answer."""

from collections.abc import Iterator

import pytest

from bot.messages import Said
from bot.respondents.codes import MOST_WRONG
from storage.database import Database
from storage.surveys import Answer, SurveySession
from surveys.receipts import come_back_code, receipt_code
from tests.bot.stage import YOUTH, Stage
from tests.bot.web.board.office import Office, office_of
from tests.bot.web.conftest import Browsers, pages_of

GUESSES = [f"ABCD-EFGH-JK{a}{b}" for a in "2345" for b in "2345"]


@pytest.fixture
def board(sqlite_database: Database) -> Iterator[Office]:
    with office_of(sqlite_database) as one:
        yield one


@pytest.fixture
def browser(stage: Stage) -> Iterator[Browsers]:
    with pages_of(stage) as browsers:
        yield browsers


def _answered(stage: Stage, who: str) -> str:
    """Somebody in the middle of a survey; the id of their session."""
    stage.say(who, f"/start {stage.open(YOUTH)}", "1", "2")
    [session] = stage.rows(SurveySession)
    return str(session.id)


@pytest.mark.parametrize("command", ["delete", "replies"])
def test_who_guesses_receipts_in_chat_finds_none_and_then_not_even_a_right_one(
    command: str, stage: Stage
) -> None:
    code = receipt_code(stage.database.keyring, _answered(stage, "robin"))
    said = [stage.say("guesser", Said(f"/{command} {guess}")) for guess in GUESSES]
    assert len(set(said[: MOST_WRONG - 1])) == 1
    assert "ten minutes" in said[-1]
    assert stage.say("guesser", Said(f"/{command} {code}")) == said[-1]
    assert stage.rows(Answer)


def test_who_guesses_come_back_codes_gets_nobodys_place(stage: Stage) -> None:
    code = come_back_code(stage.database.keyring, _answered(stage, "robin"))
    said = [stage.say("guesser", Said(guess[:9])) for guess in GUESSES]
    assert "ten minutes" in said[-1]
    assert stage.say("guesser", Said(code)) == said[-1]
    [session] = stage.rows(SurveySession)
    assert stage.say("robin", "3"), "whoever has the place goes on"
    assert str(session.id)


@pytest.mark.parametrize(
    "token", ["0" * 24, "' OR 1=1 --", "../../etc", "a" * 300, "%00", "<script>", "١٢٣", "-", "."]
)
def test_a_link_that_was_made_up_opens_nothing_and_says_the_same(
    token: str, stage: Stage, browser: Browsers
) -> None:
    stage.open(YOUTH)
    usual, made_up = browser(), browser()
    usual.go("/s/ffffffffffffffffffffffff")
    page = made_up.go(f"/s/{token}")
    assert page.status_code == 404
    assert token not in made_up.main or len(token) < 3
    if "/" not in token and token not in (".", "%00"):
        assert made_up.main == usual.main
    assert stage.rows(SurveySession) == []


def test_in_chat_a_link_that_was_made_up_says_the_same_whatever_it_is(stage: Stage) -> None:
    stage.open(YOUTH)
    said = {
        stage.say(f"guesser{n}", f"/start {token}")
        for n, token in enumerate(("0" * 24, "a" * 64, "abc", "f" * 24))
    }
    assert len(said) == 1
    assert stage.rows(SurveySession) == []


# the board


def test_whoever_asks_for_a_link_is_told_the_same_whether_we_know_them_or_not(
    board: Office,
) -> None:
    pages = []
    for who in ("reviewer@rochdale.example", "nobody@evil.example", "lead@rochdale.example"):
        visitor = board.browser()
        visitor.go("/sign-in")
        visitor.press("Send me a link", {"email": who})
        pages.append((visitor.page.status_code, visitor.main))
    assert len(set(pages)) == 1


def test_a_link_that_was_used_is_over_and_a_guess_is_looked_at_a_few_times_only(
    board: Office,
) -> None:
    path = board.ask("reviewer")
    first, thief = board.browser("10.0.0.1"), board.browser("10.6.6.6")
    first.go(path)
    first.press("Sign in")
    assert first.page.url.path == "/"
    thief.go(path)
    assert thief.page.status_code == 410
    assert "reviewer" not in thief.main
    statuses = [thief.go(f"/sign-in/{'A' * n}").status_code for n in range(20, 40)]
    assert set(statuses) == {404, 429}
    assert statuses[-1] == 429
    fresh = board.ask("reviewer")
    assert thief.go(fresh).status_code in (200, 429)
    assert board.audited("board.refused")


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/../../x",
     "/%2f%2fevil.example", "\t//evil.example", "/concerns\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_no_link_leads_out_of_the_house(to: str, board: Office) -> None:
    visitor = board.browser()
    visitor.run(visitor.client.get("/sign-in", params={"to": to}))
    visitor.page = visitor.run(visitor.client.get("/sign-in", params={"to": to}))
    visitor.press("Send me a link", {"email": "reviewer@rochdale.example"})
    came = board.browser()
    came.go(board.link("reviewer"))
    came.press("Sign in")
    assert str(came.page.url) == "https://board.example/"


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: c + "x", lambda c: c[::-1]])
def test_a_cookie_that_was_changed_is_nobodys_seat(change: object, board: Office) -> None:
    visitor = board.come("reviewer", "/concerns")
    assert visitor.go("/concerns").status_code == 200
    [(name, value)] = [(one.name, one.value) for one in visitor.client.cookies.jar]
    thief = board.browser()
    assert callable(change)
    thief.client.cookies.set(name, change(value or ""), domain="board.example")
    assert thief.go("/concerns").url.path == "/sign-in"
