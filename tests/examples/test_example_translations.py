"""The languages of the forms for young people: whole, in their own script, marked as drafts."""

import re
import unicodedata
from pathlib import Path

import pytest

from surveys.definition import Texts
from tests.examples.library import LANGUAGES, RIGHT_TO_LEFT, YOUTH, all_texts, form

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "survey-library.md"
LATIN_ALLOWED = {"Childline"}
LATIN_SIGNS = set(",;?'\"%")
"""Signs that have a form of their own in Arabic script."""

EVERY = [(name, language) for name in YOUTH for language in LANGUAGES]
TRANSLATED = [(name, language) for name, language in EVERY if language != "en"]
MIRRORED = [(name, language) for name in YOUTH for language in RIGHT_TO_LEFT]
DIACRITICS = {"pl": "ąćęłńóśż", "ro": "ăâîșț"}


def _said(name: str, language: str) -> list[str]:
    return [texts[language] for texts in all_texts(form(name))]


def test_every_form_for_young_people_speaks_five_languages() -> None:
    assert {name: form(name).languages for name in YOUTH} == dict.fromkeys(YOUTH, LANGUAGES)


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_nothing_is_left_untranslated(name: str, language: str) -> None:
    lacking = [texts for texts in all_texts(form(name)) if not texts.get(language, "").strip()]
    assert lacking == []


@pytest.mark.parametrize(("name", "language"), TRANSLATED)
def test_no_text_is_the_english_one_again(name: str, language: str) -> None:
    assert [texts["en"] for texts in all_texts(form(name)) if texts[language] == texts["en"]] == []


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_text_has_no_stray_blanks_and_ends_like_the_english_one(name: str, language: str) -> None:
    for texts in all_texts(form(name)):
        text = texts[language]
        assert text == " ".join(text.split())
        assert _end(text) == _end(texts["en"]), text
        assert text == unicodedata.normalize("NFC", text)


def _end(text: str) -> str:
    """How a text ends, whatever the script: asking, stating, or as a label without a stop."""
    return {"?": "?", "؟": "?", ".": ".", "۔": "."}.get(text[-1], "")


@pytest.mark.parametrize(("name", "language"), TRANSLATED)
def test_a_number_is_the_same_in_every_language(name: str, language: str) -> None:
    for texts in all_texts(form(name)):
        assert _numbers(texts, language) == _numbers(texts, "en"), texts[language]


def _numbers(texts: Texts, language: str) -> list[str]:
    return sorted(re.findall(r"[0-9]+", texts[language]))


@pytest.mark.parametrize(("name", "language"), MIRRORED)
def test_a_text_from_right_to_left_is_in_its_own_script(name: str, language: str) -> None:
    for text in _said(name, language):
        assert re.search(r"[\u0621-\u06d3]", text), text
        assert set(re.findall(r"[A-Za-z]+", text)) <= LATIN_ALLOWED, text
        assert not LATIN_SIGNS & set(text), text
        assert text.count("(") == text.count(")")
        assert text.count("«") == text.count("»")
        assert not any(unicodedata.category(sign) == "Cf" for sign in text), "a hidden sign"


@pytest.mark.parametrize("name", YOUTH)
def test_urdu_and_arabic_keep_to_their_own_letters_and_stops(name: str) -> None:
    for text in _said(name, "ur"):
        assert not set("يكةى") & set(text), f"an Arabic letter in Urdu: {text}"
        assert "." not in text, f"Urdu ends a sentence with its own stop: {text}"
    for text in _said(name, "ar"):
        assert not set("ٹڈڑںھہےگچپیک۔") & set(text), f"an Urdu letter in Arabic: {text}"


@pytest.mark.parametrize("name", YOUTH)
@pytest.mark.parametrize("language", DIACRITICS)
def test_polish_and_romanian_have_their_letters(name: str, language: str) -> None:
    text = " ".join(_said(name, language))
    assert set(DIACRITICS[language]) <= set(text)
    assert not set("şţ") & set(text), "Romanian has a comma below, not a cedilla"


@pytest.mark.parametrize("name", YOUTH)
def test_the_form_says_that_its_translations_are_drafts(name: str) -> None:
    note = form(name).settings.translation_note
    assert "needs a native reader" in note
    assert all(language in note for language in ("Polish", "Urdu", "Arabic", "Romanian"))


def test_the_guide_says_that_the_translations_are_drafts() -> None:
    told = " ".join(GUIDE.read_text("utf-8").split())
    assert "needs a native reader" in told
    assert "Polish, Urdu, Arabic and Romanian" in told
