"""The privacy page says what is so: of the survey's settings, the program's, and the retention."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from pydantic import SecretStr

from bot.settings import PartnershipSettings, Settings, TelegramSettings, WebSettings
from bot.web.public.parts import Chapter
from bot.web.public.privacy import Asked, Promises, may_be_told, of_pages, of_survey
from storage.database import Database
from storage.language import Catalogue
from storage.retention_rules import RetentionRules
from storage.surveys import Survey, SurveyState
from surveys.definition import Audience, Mode
from surveys.definition import Survey as Form
from surveys.reading_age import read
from tests.bot.stage import PRACTITIONERS, YOUTH, form_of
from tests.bot.web.public.scene import SETTINGS, Browser, main_of
from tests.digests.seeded import Seeded

LANGUAGES = ("ar", "en", "pl", "ro", "ur")
TELEGRAM = TelegramSettings(
    token=SecretStr("123:abc"), decided_by="A. Officer", decided_on=date(2023, 11, 1)
)


def promises(
    language: str = "en", settings: Settings = SETTINGS, rules: RetentionRules | None = None
) -> Promises:
    say = partial(Catalogue.load("bot").say, language=language)
    return Promises(say, language, settings, rules or RetentionRules())


def said(chapters: tuple[Chapter, ...]) -> str:
    lines: list[str] = []
    for chapter in chapters:
        lines += [chapter.title, *chapter.sentences]
        for part in chapter.parts:
            lines += [part.title, *part.sentences, *part.points]
            lines += [f"{what}: {how}" for what, how in (part.table.rows if part.table else ())]
    return "\n".join(lines)


def page(
    form: Form | None = None,
    settings: Settings = SETTINGS,
    rules: RetentionRules | None = None,
    language: str = "en",
    closed_on: date | None = None,
) -> str:
    asked = Asked(form or form_of(YOUTH), closed_on)
    return said(of_survey(asked, promises(language, settings, rules)))


# -- it follows what it is made of


def test_it_names_who_asks_the_controllers_and_where_to_ask_and_to_complain() -> None:
    text = page()
    assert "Rochdale Council; Greater Manchester Police; NHS Greater Manchester" in text
    assert "voice@rochdale.example" in text
    assert text.index("complaints@rochdale.example") < text.index("Information Commissioner")
    assert "task in the public interest" in text
    assert "We do not rely on consent" in text


def test_without_a_contact_it_points_to_the_person_who_gave_the_link() -> None:
    bare = Settings(partnership=PartnershipSettings(name="Bare Partnership"))
    text = page(settings=bare)
    assert "(the controllers): Bare Partnership." in text
    assert "talk to the person who gave you the link" in text
    assert "Information Commissioner" in text


def test_how_long_things_are_kept_is_what_retention_does() -> None:
    rules = RetentionRules(youth_words_months=7, link_days=9, outbox_days=3, audit_months=24)
    text = page(rules=rules)
    for part in (
        "kept for 7 months",
        "Until 9 days after the questions close",
        "Answers in your own words: 7 months",
        "a chat or a browser: 9 days after the questions close",
        "What we wrote to you: 3 days",
        "looked at and changed: 2 years",
    ):
        assert part in text


def test_practitioners_are_told_of_their_own_times() -> None:
    text = page(form_of(PRACTITIONERS))
    assert "Answers in your own words: 24 months" in text
    assert "read every text that a young person writes" not in text
    assert "12 months" not in text


def test_the_smallest_number_is_the_surveys_own_where_it_asks_for_more() -> None:
    form = form_of(YOUTH)
    higher = replace(form, settings=replace(form.settings, threshold=25))
    assert "fewer than 10 people" in page()
    assert "fewer than 25 people" in page(higher)
    lower = replace(form, settings=replace(form.settings, threshold=2))
    assert "fewer than 10 people" in page(lower)


def test_it_says_what_the_first_message_says_word_for_word() -> None:
    text = page()
    bot = Catalogue.load("bot").say("privacy.youth_confidential", "en", group="")
    for paragraph in bot.split("\n\n"):
        assert paragraph in text


def test_telegram_is_spoken_of_only_where_it_is_on() -> None:
    assert "Telegram" not in page()
    on = SETTINGS.model_copy(update={"telegram": TELEGRAM})
    text = page(settings=on)
    assert "could read it" in text
    assert "not end-to-end encrypted" in text
    undecided = TELEGRAM.model_copy(update={"decided_by": ""})
    assert "Telegram" not in page(settings=SETTINGS.model_copy(update={"telegram": undecided}))


def test_who_is_told_back_in_the_chat_is_on_the_list_only_where_that_can_be() -> None:
    on, form = SETTINGS.model_copy(update={"telegram": TELEGRAM}), form_of(YOUTH)
    told = "Who asked to hear what came of it: 12 months after the questions close"
    assert told in page(settings=on)
    assert told not in page()
    never = replace(form, settings=replace(form.settings, tell_back=False))
    assert told not in page(never, settings=on)


def test_the_cookies_time_is_that_of_the_settings() -> None:
    short = SETTINGS.model_copy(update={"web": WebSettings(idle_minutes=1)})
    assert "1 minute after your last tap" in page(settings=short)
    assert "30 minutes after your last tap" in said(of_pages(promises()))


def test_a_closed_survey_says_since_when() -> None:
    assert "These questions closed on 3 February 2024." in page(closed_on=date(2024, 2, 3))


def test_nothing_is_said_of_a_survey_of_which_it_would_not_be_true() -> None:
    form = form_of(YOUTH)
    assert may_be_told(form)
    leads = replace(form, settings=replace(form.settings, audience=Audience.LEADS))
    assert not may_be_told(leads)


def test_an_anonymous_survey_says_what_is_true_of_it_and_nothing_else() -> None:
    form = form_of(YOUTH)
    said = page(replace(form, settings=replace(form.settings, mode=Mode.ANONYMOUS)))
    for true in (
        "When you finish, we cannot find out who you are.",
        "With the first question you get a code.",
        "Your answers wait until 10 people have finished",
        "That somebody took part, but not what they said",
    ):
        assert true in said
    for wrong in ("confidential", "At the end you get a code", "which chat or browser"):
        assert wrong not in said


# -- how it reads


@pytest.mark.parametrize("settings", [SETTINGS, SETTINGS.model_copy(update={"telegram": TELEGRAM})])
def test_the_first_part_reads_at_the_age_of_11(settings: Settings) -> None:
    short, _ = of_survey(Asked(form_of(YOUTH)), promises(settings=settings))
    measured = [part for part in short.parts[:-1] if part.sentences]
    whole = read(" ".join(" ".join(part.sentences) for part in measured))
    assert whole is not None
    assert whole.age <= 11
    for part in measured:
        found = read(" ".join(part.sentences))
        assert found is None or found.age <= 12.5, part.title


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", [YOUTH, PRACTITIONERS])
def test_every_language_says_all_of_it(language: str, form: str) -> None:
    on = SETTINGS.model_copy(update={"telegram": TELEGRAM})
    asked = Asked(form_of(form))
    mine = of_survey(asked, promises(language, on))
    english = of_survey(asked, promises("en", on))
    for one, other in zip(mine, english, strict=True):
        assert len(one.parts) == len(other.parts)
        for part, same in zip(one.parts, other.parts, strict=True):
            assert (part.title == same.title) is (language == "en")
            assert len(part.sentences) == len(same.sentences)
            assert (part.table is None) == (same.table is None)


# -- over HTTP


def test_a_survey_that_people_could_answer_has_a_page_with_a_neutral_title(shown: Browser) -> None:
    response = shown.get("/privacy/help-at-home")
    assert response.status_code == 200
    assert "<title>Your privacy</title>" in response.text
    assert "What helps when things are hard at home?" in main_of(response.text)
    assert 'href="/receipt?lang=en"' in response.text
    assert "set-cookie" not in response.headers


def test_a_draft_a_leads_form_and_an_unknown_one_have_none(
    pages: Browser, sqlite_database: Database, quiet: Seeded
) -> None:
    with sqlite_database.writing() as db:
        db.get_one(Survey, quiet.survey).state = SurveyState.DRAFT
    for slug in ("help-at-home", "status_update", "no-such-one"):
        assert pages.get(f"/privacy/{slug}").status_code == 404


@pytest.mark.parametrize("path", ["/privacy", "/accessibility"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_about_the_pages_are_in_every_language(
    shown: Browser, path: str, language: str
) -> None:
    response = shown.get(path, accept_language=f"{language};q=0.9, de;q=0.1")
    assert f'<html lang="{language}"' in response.text
    assert response.text.count("<h1>") == 1


@pytest.mark.parametrize("path", ["/privacy", "/accessibility", "/we-did", "/receipt"])
def test_nothing_is_loaded_from_elsewhere_and_no_cookie_is_set(shown: Browser, path: str) -> None:
    response = shown.get(path)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "set-cookie" not in response.headers
    assert "http://" not in response.text
    assert "https://" not in response.text
    assert " style=" not in response.text


def test_the_style_sheet_has_a_name_that_lasts(shown: Browser) -> None:
    text = shown.get("/privacy").text
    address = next(part for part in text.split('"') if part.startswith("/static/public."))
    style = shown.get(address)
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]
