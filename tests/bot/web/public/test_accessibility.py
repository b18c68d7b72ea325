"""The statement has every part of the model for public bodies, and says what is not so good."""

import pytest

from bot.settings import PartnershipSettings, Settings, WebSettings
from bot.web.public.accessibility import PREPARED_ON
from storage.database import Database
from storage.language import long_date
from tests.bot.web.public.scene import Browser, browser, main_of


@pytest.mark.parametrize(
    "said",
    [
        "partly in line with the Web Content Accessibility Guidelines (WCAG) 2.2, level AA",
        "drafted by machine",
        "no film in British Sign Language",
        "Nobody who uses a screen reader",
        "voice@rochdale.example",
        "Equality and Human Rights Commission (EHRC)",
        "Equality Advisory and Support Service",
        "axe",
        "320 pixels",
        f"prepared on {long_date(PREPARED_ON, 'en')}",
        "the pages of Rochdale Partnership",
    ],
)
def test_it_has_what_the_model_statement_asks_for(shown: Browser, said: str) -> None:
    assert said in main_of(shown.get("/accessibility").text)


def test_without_a_contact_it_says_whom_to_ask(sqlite_database: Database) -> None:
    bare = Settings(partnership=PartnershipSettings(name="Bare Partnership"))
    with browser(sqlite_database, bare) as pages:
        text = main_of(pages.get("/accessibility").text)
    assert "ask the person who gave you the link" in text


def test_it_says_after_how_long_a_page_is_cleared_and_where_it_cannot_ask_first(
    sqlite_database: Database,
) -> None:
    patient = Settings(web=WebSettings(idle_minutes=45))
    with browser(sqlite_database, patient) as pages:
        text = main_of(pages.get("/accessibility").text)
    assert "cleared 45 minutes after your last tap" in text
    assert "Without JavaScript a page cannot ask" in text
