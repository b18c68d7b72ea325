"""The data map has every table there is, and says of each what is encrypted in it."""

from collections import Counter
from xml.etree import ElementTree

from sqlmodel import SQLModel

from bot.papers.picture import alternative, as_png, as_svg
from bot.papers.places import gone_tables, unknown_tables
from storage.database import import_tables
from storage.types import Encrypted
from tests.bot.papers.kit import BARE, FULL, facts_of, one

_SVG = "{http://www.w3.org/2000/svg}"


def test_every_table_stands_in_the_map_once() -> None:
    assert unknown_tables() == (), "describe them in bot/papers/places.py"
    assert gone_tables() == (), "take them out of bot/papers/places.py"
    named = Counter(name for place in facts_of().places for name in place.tables)
    assert [name for name, times in named.items() if times > 1] == []


def test_what_is_encrypted_is_what_the_tables_say() -> None:
    import_tables()
    encrypted = {
        (name, column.name.replace("_", " "))
        for name, table in SQLModel.metadata.tables.items()
        for column in table.columns
        if isinstance(column.type, Encrypted)
    }
    told = {
        (name, column)
        for place in facts_of().places
        for name in place.tables
        for column in place.encrypted
    }
    assert encrypted
    assert encrypted <= told
    for place in facts_of().places:
        for column in place.encrypted:
            assert any((name, column) in encrypted for name in place.tables)


def test_nothing_is_called_unlimited_by_leaving_a_place_empty() -> None:
    for place in facts_of().places:
        assert all((place.what, place.whose, place.seen_by, place.kept, place.leaves))


def test_only_the_reviewer_reads_new_words() -> None:
    facts = facts_of()
    row = next(seen for seen in facts.seen if seen.what.startswith("What young people write"))
    reads = [role for role, may in zip(facts.roles, row.by, strict=True) if may]
    assert reads == ["Reviewer"]


def test_the_picture_has_a_title_and_says_in_words_what_it_shows() -> None:
    for settings in (BARE, FULL):
        facts = facts_of(settings)
        picture = ElementTree.fromstring(as_svg(facts))
        assert picture.get("role") == "img"
        title, told = picture.find(f"{_SVG}title"), picture.find(f"{_SVG}desc")
        assert title is not None
        assert told is not None
        assert told.text == alternative(facts)
        drawn = " ".join("".join(text.itertext()) for text in picture.iter(f"{_SVG}text"))
        assert ("Telegram" in drawn) is settings.telegram.is_on
        assert ("Slack" in drawn) is settings.slack.is_on


def test_the_picture_can_be_drawn_for_word() -> None:
    assert as_png(as_svg(facts_of(FULL))).startswith(b"\x89PNG")


def test_the_words_of_the_picture_stand_beside_it() -> None:
    assert "*In words:* Young people, practitioners" in one("data-map").text
