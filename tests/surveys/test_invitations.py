"""Tokens: opaque, once for a person, and nothing that tells whose they are."""

import re
from datetime import date, datetime

import pytest

from storage.database import Database
from storage.surveys import Invite
from storage.types import Keyring
from surveys.invitations import (
    find,
    invite,
    invite_each,
    is_good,
    personal_token,
    unused,
    use,
)
from surveys.links import Links
from tests.surveys.campaigns.scene import Scene

TODAY = date(2023, 12, 1)


def test_tokens_fit_into_a_telegram_link(keyring: Keyring) -> None:
    token = personal_token(keyring, 1, 2)
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,64}", token)
    assert token == personal_token(keyring, 1, 2)
    assert len({token, personal_token(keyring, 1, 3), personal_token(keyring, 2, 2)}) == 3


def test_a_token_cannot_be_made_without_the_keys(keyring: Keyring) -> None:
    assert personal_token(Keyring.generate(), 1, 2) != personal_token(keyring, 1, 2)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (Links(), ()),
        (Links(web="https://a.example/"), ("https://a.example/s/t",)),
        (Links(telegram="bot"), ("https://t.me/bot?start=t",)),
        (Links("https://a.example", "bot"), ("https://a.example/s/t", "https://t.me/bot?start=t")),
    ],
)
def test_links_are_those_that_the_settings_allow(links: Links, expected: tuple[str, ...]) -> None:
    assert links.to("t") == expected
    assert links.best("t") == next(iter(expected), "")


def test_a_personal_token_works_once_and_says_only_that_it_was_used(
    database: Database, now: datetime
) -> None:
    scene = Scene(database, now)
    people = scene.people(3)
    scene.open()
    campaign = scene.start().campaign_id
    token = personal_token(database.keyring, campaign, people[1])
    with database.writing() as db:
        found = find(db, token)
        assert found is not None
        assert is_good(found, TODAY)
        assert use(db, found, TODAY)
        assert not use(db, found, TODAY)
        assert unused(db, campaign, people) == [people[0], people[2]]
    [used] = [row for row in scene.rows(Invite) if row.uses]
    assert token not in str(used)


def test_making_them_again_gives_nobody_a_second_use(database: Database, now: datetime) -> None:
    scene = Scene(database, now)
    [person] = scene.people(1)
    survey_id = scene.open()
    campaign = scene.start().campaign_id
    scene.use(campaign, person)
    with database.writing() as db:
        invite_each(db, survey_id, campaign, [person], now=now)
        assert unused(db, campaign, [person]) == []


def test_a_link_is_over_after_its_last_day(database: Database, now: datetime) -> None:
    scene = Scene(database, now)
    survey_id = scene.open()
    with database.writing() as db:
        token = invite(db, survey_id, now=now, expires_on=TODAY)
        found = find(db, token)
        assert found is not None
        assert is_good(found, TODAY)
        assert not is_good(found, date(2023, 12, 2))
        assert not use(db, found, date(2023, 12, 2))
        assert find(db, "something else") is None
