"""The bot's words in Polish, Urdu, Arabic and Romanian: the same promises, numbers and commands."""

import re
import unicodedata
from collections import Counter
from datetime import date

import pytest

from storage.language import Catalogue, direction

LANGUAGES = ("pl", "ur", "ar", "ro")
RIGHT_TO_LEFT = ("ur", "ar")
TABLES = (
    "age",
    "comeback",
    "commands",
    "welcome",
    "privacy",
    "ask",
    "rejected",
    "survey",
    "young",
    "invitation",
    "nameless",
)
"""What people who answer a survey meet; the rest is read by professionals, in English."""

_LRI, _FSI, _PDI = "\u2066", "\u2068", "\u2069"
_NUMBER = re.compile(r"[0-9]+(?:[,./:][0-9]+)*(?: [0-9]+(?:[/:][0-9]+)*)*")
_COMMAND = re.compile(r"(?<![\w{%])/[a-z]+\b")
_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_APART = re.compile(f"{_LRI}[^{_LRI}{_FSI}{_PDI}]*{_PDI}")
_FROM_OUTSIDE = {"asked_by", "group", "course", "value"}


def _texts(code: str) -> dict[str, str]:
    texts = Catalogue.load("bot").texts[code]
    return {key: text for key, text in texts.items() if key.partition(".")[0] in TABLES}


def _numbers(text: str) -> Counter[str]:
    """Every figure as it is said: a telephone number is one, 4,000 is 4000, 2,5 is 2.5."""
    found = _NUMBER.findall(_TAG.sub(" \n ", text))
    return Counter(re.sub(r"(?<=\d),(?=\d{3}\b)", "", one).replace(",", ".") for one in found)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_every_table_that_respondents_meet(code: str) -> None:
    assert {key.partition(".")[0] for key in _texts(code)} == set(TABLES)
    assert _texts(code).keys() == _texts("en").keys()
    assert {"stale", "kept"} <= Catalogue.load("bot").texts[code].keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_numbers_and_commands_are_the_same_in_every_language(code: str) -> None:
    for key, english in _texts("en").items():
        text = _texts(code)[key]
        assert _numbers(text) == _numbers(english), key
        assert Counter(_COMMAND.findall(text)) == Counter(_COMMAND.findall(english)), key
        assert text.count("Childline") == english.count("Childline"), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_confidential_is_never_called_anonymous(code: str) -> None:
    said = " ".join(_texts(code).values()).casefold()
    word = {"pl": "poufne", "ur": "رازداری", "ar": "سرّي", "ro": "confidențial"}[code]
    assert word in said
    for wrong in ("anonim", "گمنام", "مجهول", "anonym"):
        assert wrong not in said


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_is_the_english_one_again(code: str) -> None:
    same = [key for key, text in _texts("en").items() if _texts(code)[key] == text]
    assert same == []


@pytest.mark.parametrize("code", RIGHT_TO_LEFT)
def test_what_runs_from_left_to_right_is_set_apart_where_it_would_turn_round(code: str) -> None:
    for key, text in _texts(code).items():
        left = _TAG.sub("", _APART.sub("", text))
        assert not _COMMAND.search(left), key
        assert "0800" not in left, key
        assert "ABCD" not in left, key
    assert direction(code) == "rtl"


@pytest.mark.parametrize("code", RIGHT_TO_LEFT)
def test_what_others_wrote_is_set_apart_and_every_mark_is_closed(code: str) -> None:
    for key, text in _texts(code).items():
        for line in text.splitlines():
            opened = line.count(_LRI) + line.count(_FSI)
            assert opened == line.count(_PDI), f"{key}: {line}"
        for name in _FROM_OUTSIDE:
            shown = text.count(f"{{{{ {name} }}}}")
            assert shown == text.count(f"{_FSI}{{{{ {name} }}}}{_PDI}"), key
        assert text.count("{{ receipt }}") == text.count(f"{_LRI}{{{{ receipt }}}}{_PDI}"), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_text_has_no_other_hidden_sign_and_its_own_letters(code: str) -> None:
    for key, text in _texts(code).items():
        hidden = {sign for sign in text if unicodedata.category(sign) == "Cf"}
        assert hidden <= ({_LRI, _FSI, _PDI} if code in RIGHT_TO_LEFT else set()), key
        assert text == unicodedata.normalize("NFC", text), key
    own = "".join(_texts(code).values())
    foreign = {"ur": "يكةى", "ar": "ٹڈڑںھہےگچپیک۔", "ro": "şţ", "pl": "ţș"}[code]
    assert not set(foreign) & set(own)


@pytest.mark.parametrize("code", RIGHT_TO_LEFT)
def test_only_names_and_what_is_typed_are_in_latin_letters(code: str) -> None:
    allowed = {"Childline", "OK", "ok", "business", "manager"}
    for key, text in _texts(code).items():
        left = _TAG.sub("", _APART.sub("", text))
        assert set(re.findall("[A-Za-z]+", left)) <= allowed, key


@pytest.mark.parametrize(
    ("code", "days", "months", "said"),
    [
        ("ro", "30", "12", ("30 de zile", " 12 luni")),
        ("ro", "14", "24", ("14 zile", "24 de luni")),
        ("ar", "30", "12", ("30 يومًا", "12 شهرًا")),
        ("ur", "30", "12", ("30 دن", "12 مہینے")),
    ],
)
def test_how_long_things_are_kept_is_said_as_people_say_it(
    code: str, days: str, months: str, said: tuple[str, str]
) -> None:
    text = Catalogue.load("bot").say(
        "privacy.more",
        code,
        asked_by="A",
        why="B",
        privacy="C",
        link_days=days,
        words_months=months,
    )
    assert all(one in text for one in said)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("group", ["", "Year 9 (North)"])
def test_the_first_screen_says_the_group_where_there_is_one(code: str, group: str) -> None:
    text = Catalogue.load("bot").say("privacy.youth_confidential", code, group=group)
    assert ("Year 9 (North)" in text) is bool(group)
    assert not re.search(r"[.۔،]\s*[.۔،]", text)


def test_a_promised_day_is_said_in_the_language() -> None:
    texts = Catalogue.load("bot")
    days = {"pl": "29 lutego", "ur": "29 فروری", "ar": "29 فبراير", "ro": "29 februarie"}
    for code, day in days.items():
        said = texts.say(
            "survey.ending_youth",
            code,
            notes="",
            help="-",
            hear_back_by=date(2024, 2, 29),
            receipt="2345-6789-ABCD",
        )
        assert f"{day} 2024" in said
