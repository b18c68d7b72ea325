"""Links in e-mails: for one person, for one act, for some weeks."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mailed_links import PATH, LinkOver, MailedLinks
from bot.messages import EMAIL, Address
from bot.settings import EmailSettings, LinkSettings, Settings
from bot.standing import hash_of
from storage.types import Keyring
from tests.bot.moment import MONDAY

KEYRING = Keyring.generate()
HERE = Settings(links=LinkSettings(web="https://loop.example.org/"))
LINKS = MailedLinks(HERE, KEYRING)
LEAD = Address(EMAIL, "", "lead@example.org")


def _sealed(link: str) -> str:
    return link.partition(PATH)[2]


def test_a_link_says_whose_it_is_and_which_act_and_not_the_address() -> None:
    link = LINKS.of(LEAD, "status:12:on_track", MONDAY)
    assert link.startswith("https://loop.example.org/m/")
    assert "lead" not in link
    mailed = LINKS.read(_sealed(link), MONDAY + timedelta(days=30))
    assert mailed is not None
    assert (mailed.address_hash, mailed.token) == (hash_of(KEYRING, LEAD), "status:12:on_track")


def test_after_its_weeks_a_link_is_over_and_says_so() -> None:
    sealed = _sealed(LINKS.of(LEAD, "stop", MONDAY))
    with pytest.raises(LinkOver):
        LINKS.read(sealed, MONDAY + timedelta(days=30, seconds=1))
    longer = MailedLinks(HERE.model_copy(update={"email": EmailSettings(link_days=90)}), KEYRING)
    assert longer.read(sealed, MONDAY + timedelta(days=31)) is not None


@given(st.text(max_size=200))
def test_whatever_somebody_makes_up_is_no_link(text: str) -> None:
    assert LINKS.read(text, MONDAY) is None


def test_a_letter_changed_or_another_key_makes_it_no_link() -> None:
    sealed = _sealed(LINKS.of(LEAD, "stop", MONDAY))
    for place in range(0, len(sealed), 7):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        assert LINKS.read(changed, MONDAY) is None
    assert MailedLinks(HERE, Keyring.generate()).read(sealed, MONDAY) is None


def test_without_a_name_for_the_pages_there_is_no_link() -> None:
    settings = HERE.model_copy(update={"links": LinkSettings()})
    assert MailedLinks(settings, KEYRING).of(LEAD, "stop", MONDAY) == ""


def test_the_same_act_for_somebody_else_is_another_link() -> None:
    other = replace(LEAD, id="other@example.org")
    assert LINKS.of(LEAD, "stop", MONDAY) != LINKS.of(other, "stop", MONDAY)
