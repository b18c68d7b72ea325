"""The words of the public pages and of the worker's card, in all languages."""

import re
import unicodedata
from collections import Counter

import pytest

from storage.language import Catalogue

LANGUAGES = ("pl", "ur", "ar", "ro")
RIGHT_TO_LEFT = ("ur", "ar")
PARTS = (("bot", "public."), ("surveys", "worker."))
FROM_OUTSIDE = ("complaints", "contact", "title", "asked_by", "names", "partnership")

_LRI, _FSI, _PDI = "\u2066", "\u2068", "\u2069"
_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_APART = re.compile(f"{_LRI}[^{_LRI}{_FSI}{_PDI}]*{_PDI}")
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[0-9]+(?:[ .][0-9]+)*")
_SAME_EVERYWHERE = {"worker.document_title"}


def texts(code: str, *, plural: bool = True) -> dict[str, str]:
    found = {}
    for package, prefix in PARTS:
        for key, text in Catalogue.load(package).texts[code].items():
            is_plural = key.rpartition(".")[2] in ("one", "two", "few", "many", "other")
            if key.startswith(prefix) and (plural or not is_plural):
                found[key] = text
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_is_missing_or_the_english_one_again(code: str) -> None:
    english, mine = texts("en", plural=False), texts(code, plural=False)
    assert mine.keys() == english.keys()
    assert {key for key in english if mine[key] == english[key]} <= _SAME_EVERYWHERE


@pytest.mark.parametrize("code", LANGUAGES)
def test_lists_are_as_long_and_numbers_the_same(code: str) -> None:
    english = texts("en", plural=False)
    for key, text in texts(code, plural=False).items():
        assert len(text.splitlines()) == len(english[key].splitlines()), key
        figures = [Counter(_NUMBER.findall(_TAG.sub(" ", one))) for one in (text, english[key])]
        assert figures[0] == figures[1], key


@pytest.mark.parametrize("code", RIGHT_TO_LEFT)
def test_what_runs_the_other_way_is_set_apart(code: str) -> None:
    for key, text in texts(code).items():
        assert text.count(_LRI) + text.count(_FSI) == text.count(_PDI), key
        left = _TAG.sub("", _APART.sub("", text))
        assert set(re.findall("[A-Za-z]+", left)) <= {"DSL"}, key
        if key.startswith("public."):
            for name in FROM_OUTSIDE:
                shown = text.count(f"{{{{ {name} }}}}")
                assert shown == text.count(f"{_FSI}{{{{ {name} }}}}{_PDI}"), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_letters_are_the_languages_own_and_nothing_is_called_anonymous(code: str) -> None:
    said = "".join(texts(code).values())
    foreign = {"ur": "يكةى", "ar": "ٹڈڑںھہےگچپیک۔", "ro": "şţ", "pl": "ţș"}[code]
    assert not set(foreign) & set(said)
    for wrong in ("anonim", "گمنام", "مجهول", "anonym"):
        assert wrong not in said.casefold()
    for key, text in texts(code).items():
        assert text == unicodedata.normalize("NFC", text), key
