"""The words of the pages: kind, plain, in every language, and none that only a chat understands."""

import re

import pytest

from storage.language import Catalogue
from surveys.reading_age import read

LANGUAGES = ("en", "pl", "ro", "ar", "ur")
OTHERS = LANGUAGES[1:]
_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_COMMAND = re.compile(r"(?<![\w{%<])/[a-z]+\b")
_FOR_STAFF = {"page.come_back", "page.ended_text_staff", "page.ended"}


def texts(code: str) -> dict[str, str]:
    found = Catalogue.load("bot").texts[code]
    return {key: text for key, text in found.items() if key.startswith("page.")}


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_every_text_of_the_pages(code: str) -> None:
    assert texts(code).keys() == texts("en").keys()
    assert not [key for key, text in texts("en").items() if texts(code)[key] == text]


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_of_a_page_names_a_command_or_a_chat(code: str) -> None:
    for key, text in texts(code).items():
        assert not _COMMAND.search(_TAG.sub("", text)), key
        assert "chat" not in text.lower(), key


@pytest.mark.parametrize("code", OTHERS)
def test_numbers_and_codes_are_the_same_in_every_language(code: str) -> None:
    for key, english in texts("en").items():
        wanted = sorted(re.findall(r"\d+|[A-Z]{4}-[A-Z]{4}", _TAG.sub("", english)))
        assert (
            sorted(re.findall(r"\d+|[A-Z]{4}-[A-Z]{4}", _TAG.sub("", texts(code)[key]))) == wanted
        )


@pytest.mark.parametrize("code", ["ar", "ur"])
def test_what_runs_the_other_way_is_set_apart(code: str) -> None:
    for key, text in texts(code).items():
        apart = re.sub("\u2066[^\u2066\u2069]*\u2069", "", text)
        assert "ABCD" not in apart, key
        assert text.count("{{ asked_by }}") == text.count("\u2068{{ asked_by }}\u2069"), key
        opened = text.count("\u2066") + text.count("\u2068")
        assert opened == text.count("\u2069"), key


def test_a_page_has_words_of_its_own_wherever_the_chat_names_a_command() -> None:
    reach_a_page = (
        *("stale", "kept", "survey.already_answered", "survey.stopped_kept"),
        *("survey.stopped_deleted", "survey.deleted", "survey.delete_unknown"),
        *("survey.not_open", "survey.unknown_link", "survey.welcome_back", "young.contact_noted"),
        *("young.confidential_answer", "young.read_later", "young.read_later_edited"),
        *("invitation.used", "invitation.over", "comeback.unknown", "comeback.finished"),
        *("comeback.elsewhere", "comeback.wait"),
    )
    english = Catalogue.load("bot").texts["en"]
    for key in reach_a_page:
        shown = english.get(f"page.{key}", english[key])
        assert not _COMMAND.search(_TAG.sub("", shown)), key


def test_the_pages_are_read_by_a_child_of_eleven() -> None:
    said = [
        _TAG.sub("7", text)
        for key, text in texts("en").items()
        if key not in _FOR_STAFF and len(text.split()) > 4
    ]
    together = read("\n".join(said))
    assert together is not None
    assert together.age <= 10
    for text in said:
        found = read(text)
        assert found is None or found.words < 30 or found.age <= 12, text
