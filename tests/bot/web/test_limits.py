"""How much and how often may be asked: a school gets through, a machine has to wait."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from bot.web.limits import Limits, Rate, TooMany
from tests.bot.stage import Stage
from tests.bot.web.conftest import Browsers
from tests.bot.web.test_guards import at_first
from tests.bot.web.visitor import Visitor


def _from(host: str, forwarded: str = "") -> Request:
    """What limits look at of a request."""
    named = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return Request({"type": "http", "client": (host, 50000), "headers": named})


def test_a_form_that_is_too_large_is_refused(token: str, visitor: Visitor) -> None:
    action, fields = at_first(visitor, token)
    assert visitor.send(action, [*fields, ("x", "y" * 70_000)]).status_code == 413
    assert visitor.heading == "That was too much"
    many = [(f"x{n}", "1") for n in range(400)]
    assert visitor.send(action, [*fields, *many]).status_code == 413


def test_a_whole_school_behind_one_address_gets_through(small_stage: Stage) -> None:
    limits = Limits(small_stage.database.keyring, lambda: small_stage.now)
    request = _from("10.0.0.1")
    for _ in range(350):
        limits.count(request, "start")
    for _ in range(1500):
        limits.count(request, "answer")


def test_starts_from_one_address_come_to_an_end_and_begin_again(small_stage: Stage) -> None:
    limits = Limits(
        small_stage.database.keyring, lambda: small_stage.now, rates={"start": Rate(2, 0.5)}
    )
    here, there = _from("10.0.0.1"), _from("10.0.0.2")
    limits.count(here, "start")
    limits.count(here, "start")
    with pytest.raises(TooMany) as found:
        limits.count(here, "start")
    assert found.value.seconds == 2
    limits.count(there, "start")
    small_stage.later(seconds=2)
    limits.count(here, "start")


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
    assert limits.client(_from(host, forwarded)) == client


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
            for code in (*guesses[:14], right, *guesses[14:])
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
