"""Help lines are in the reader's language, wherever they stand."""

import pytest

from bot.settings import DEFAULT_HELP_LINES, HelpLine
from storage.language import Catalogue
from surveys.help_lines import name_in, note_in

OTHERS = [code for code in Catalogue.load("surveys").languages if code != "en"]


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("line", DEFAULT_HELP_LINES, ids=lambda line: line.name)
def test_what_the_settings_begin_with_has_no_english_left(line: HelpLine, language: str) -> None:
    assert note_in(line, language) not in ("", line.note)
    assert (name_in(line, language) == line.name) is (line.number != "999")


def test_in_english_they_stand_as_they_are_in_the_settings() -> None:
    for line in DEFAULT_HELP_LINES:
        assert (name_in(line, "en"), note_in(line, "en")) == (line.name, line.note)


@pytest.mark.parametrize(
    "own",
    [
        HelpLine(name="Our team", number="0300 303 0440", note="for Rochdale"),
        HelpLine(name="999 now", number="999", note="police, fire, ambulance"),
        HelpLine(name="Childline", number="0800 1111"),
    ],
)
def test_what_a_partnership_wrote_itself_stands_as_it_wrote_it(own: HelpLine) -> None:
    assert (name_in(own, "pl"), note_in(own, "pl")) == (own.name, own.note)
