"""Where our token may go, and what is kept to write to somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.teams.reference import Reference, in_path, may_be_called, reference_of


@pytest.mark.parametrize(
    ("url", "at_microsoft", "in_a_trial"),
    [
        ("https://smba.trafficmanager.net/uk/", True, True),
        ("https://smba.infra.gcc.teams.microsoft.com/gcc", True, True),
        ("http://smba.trafficmanager.net/uk/", False, False),
        ("https://smba.trafficmanager.net:8443/uk/", False, False),
        ("https://user@smba.trafficmanager.net/", False, False),
        ("https://10.0.0.7/", False, False),
        ("https://intranet/", False, False),
        ("https://smba.trafficmanager.net/?x=", False, False),
        ("http://127.0.0.1:56150/_connector", False, True),
        ("http://localhost:56150/_connector", False, True),
        ("https://[::1]/x", False, True),
        ("ftp://localhost/", False, False),
        ("file:///etc/passwd", False, False),
        ("https://[bad/", False, False),
        ("", False, False),
    ],
)
def test_our_token_goes_to_microsoft_or_in_a_trial_to_this_machine(
    url: str, at_microsoft: bool, in_a_trial: bool
) -> None:
    assert may_be_called(url, is_here=False) == at_microsoft
    assert may_be_called(url, is_here=True) == in_a_trial


def test_a_reference_comes_back_as_it_was_written() -> None:
    found = Reference("https://smba.trafficmanager.net/uk/", "a:1pL6i0", "28:bot")
    assert reference_of(found.written()) == found


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"service_url": 1, "conversation": "a"}'])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert reference_of(text) is None


@given(st.text(max_size=30))
def test_an_id_is_one_step_of_an_address(name: str) -> None:
    found = in_path(name) if name.isprintable() else "-"
    assert not set(found) & set("/?#\\ %") - {"%"}
    assert found not in ("", ".", "..")
