"""Privacy notices for an age: true, in words of that age, and in every language."""

import re
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from pydantic import SecretStr

from bot.papers.notices import NOTICES as PAPERS
from bot.settings import Settings, TelegramSettings
from bot.web.public.notices import NOTICES, YOUNG, notice, title_of
from bot.web.public.parts import Chapter
from bot.web.public.privacy import Promises
from storage.language import Catalogue
from storage.retention_rules import RetentionRules
from surveys.reading_age import read
from tests.bot.papers.kit import one
from tests.bot.web.public.scene import SETTINGS, Browser, main_of

LANGUAGES = ("ar", "en", "pl", "ro", "ur")
OLDEST_READER = {"8-11": 9.0, "12-15": 10.0, "16": 11.0}
TELEGRAM = SETTINGS.model_copy(
    update={
        "telegram": TelegramSettings(
            token=SecretStr("123:abc"), decided_by="A. Officer", decided_on=date(2023, 11, 1)
        )
    }
)


def promises(language: str = "en", settings: Settings = SETTINGS) -> Promises:
    say = partial(Catalogue.load("bot").say, language=language)
    return Promises(say, language, settings, settings.retention.rules())


def sentences(chapters: tuple[Chapter, ...]) -> list[str]:
    return [
        *(text for chapter in chapters for text in chapter.sentences),
        *(text for chapter in chapters for part in chapter.parts for text in part.sentences),
    ]


def said(name: str, language: str = "en", settings: Settings = SETTINGS) -> str:
    return "\n".join(sentences(notice(name, promises(language, settings))))


@pytest.mark.parametrize("name", YOUNG)
def test_a_notice_reads_at_its_age(name: str) -> None:
    chapters = notice(name, promises())[:1]
    whole = read(" ".join(sentences(chapters)))
    assert whole is not None
    assert whole.age <= OLDEST_READER[name]
    for part in chapters[0].parts:
        found = read(" ".join(part.sentences))
        assert found is None or found.age <= OLDEST_READER[name] + 1.5, part.title


def test_that_for_the_youngest_fits_on_a_page_or_two() -> None:
    assert len(said("8-11").split()) < 420


@pytest.mark.parametrize("name", YOUNG)
def test_each_says_what_happens_when_something_worrying_is_told(name: str) -> None:
    text = said(name)
    assert "It is never wrong to tell." in text
    assert "Nobody reads it straight away. If you are in danger now, call 999." in text
    assert "we may have to tell someone" in text
    assert "we cannot find out who you are" in text or "we cannot find out once you" in text
    assert "someone to contact me" in text


@pytest.mark.parametrize("name", NOTICES)
def test_nothing_is_promised_that_cannot_be_kept(name: str) -> None:
    text = said(name).lower()
    for promise in ("secret", "we promise", "nobody will ever", "completely safe", "always answer"):
        assert promise not in text


def test_how_long_words_are_kept_is_what_retention_does() -> None:
    rules = replace(RetentionRules(), youth_words_months=7)
    for name in YOUNG:
        chapters = notice(name, replace(promises(), rules=rules))
        assert "7 months" in "\n".join(sentences(chapters))


def test_telegram_is_spoken_of_only_to_whom_it_is_open() -> None:
    assert "Telegram" in said("16", settings=TELEGRAM)
    assert "Telegram" not in said("16")
    for name in ("8-11", "12-15"):
        assert "Telegram" not in said(name, settings=TELEGRAM)
    younger = TELEGRAM.telegram.model_copy(update={"minimum_age": 13})
    open_to_13 = TELEGRAM.model_copy(update={"telegram": younger})
    assert "Telegram" in said("12-15", settings=open_to_13)


@pytest.mark.parametrize("name", YOUNG)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(name: str, language: str) -> None:
    mine, english = notice(name, promises(language)), notice(name, promises())
    assert len(sentences(mine)) == len(sentences(english))
    for one_, other in zip(mine, english, strict=True):
        assert [len(part.sentences) for part in one_.parts] == [
            len(part.sentences) for part in other.parts
        ]
    same = set(sentences(mine)) & set(sentences(english))
    assert (same == set()) is (language != "en")
    assert "999" in said(name, language)
    assert "0800 1111" in said(name, language)


@pytest.mark.parametrize("language", ["ar", "ur"])
def test_what_runs_the_other_way_is_set_apart(language: str) -> None:
    for key, text in Catalogue.load("bot").texts[language].items():
        if key.startswith("notice."):
            assert text.count("{{ partnership }}") == text.count("\u2068{{ partnership }}\u2069")
            assert text.count("0800 1111") == text.count("\u20660800 1111\u2069"), key


def test_leads_and_managers_are_told_what_is_held_about_them() -> None:
    text = said("practitioners")
    assert "Freedom of Information Act" in text
    assert "kept for 6 years" in text
    assert "at most 12 months" in text


# -- over HTTP, and as papers


@pytest.mark.parametrize("name", NOTICES)
def test_each_has_a_page_of_its_own_that_privacy_leads_to(shown: Browser, name: str) -> None:
    response = shown.get(f"/privacy/{name}?lang=en")
    assert response.status_code == 200
    assert response.text.count("<h1>") == 1
    assert "set-cookie" not in response.headers
    title = title_of(name, promises().say)
    assert f"<title>{title}</title>" in response.text
    link = f'href="/privacy/{name}?lang=en"'
    assert link in shown.get("/privacy?lang=en").text
    assert (link in shown.get("/privacy/help-at-home?lang=en").text) is (name in YOUNG)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_the_language_that_is_asked_for(shown: Browser, language: str) -> None:
    assert f'<html lang="{language}"' in shown.get(f"/privacy/8-11?lang={language}").text
    assert '<html lang="en"' in shown.get(f"/privacy/practitioners?lang={language}").text


@pytest.mark.parametrize(("paper", "name"), sorted(PAPERS.items()))
def test_the_paper_says_what_the_page_says(shown: Browser, paper: str, name: str) -> None:
    text = re.sub(r"\\(.)", r"\1", one(paper, SETTINGS).text)
    page = main_of(shown.get(f"/privacy/{name}?lang=en").text)
    for sentence in sentences(notice(name, promises())):
        one_line = " ".join(sentence.split())
        assert one_line in " ".join(text.split())
        assert one_line.replace('"', "&#34;").replace("'", "&#39;") in page
