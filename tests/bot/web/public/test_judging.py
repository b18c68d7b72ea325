"""“Did we get that right?” on the public page and behind a code; words for an age; posters."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from bot.web.forms import Forms
from bot.web.limits import RATES, VERDICT
from digests.verdicts import true_verdicts
from digests.wordings import check, write
from storage.concerns import ReviewItem
from storage.database import Database
from storage.surveys import Survey, SurveySession
from storage.voice import Publication, Readers, Response, Theme, ToldVerdict
from surveys.receipts import receipt_code, receipt_hash
from tests.bot.web.public import scene
from tests.bot.web.public.scene import HOME, NOW, Browser, fields, main_of
from tests.digests.seeded import Seeded, pseudonym

PAGE = "/we-did/help-at-home"
WORRY = "my dad hits me when he drinks"


@pytest.fixture
def open_page(sqlite_database: Database, loud: Seeded) -> Iterator[Browser]:
    assert loud.survey
    with scene.browser(sqlite_database) as one:
        yield one


def _verdicts(database: Database) -> dict[str, int]:
    with database.reading() as db:
        ids = [one or 0 for one in db.exec(select(Publication.id))]
        return {name: count for name, count in true_verdicts(db, ids).items() if count}


def _tap(pages: Browser, answer: str, cookie: str = "") -> str:
    """One tap; the cookie that the browser has then."""
    [form] = fields(pages.get(PAGE).text)
    headers = {"cookie": cookie} if cookie else {}
    response = pages.post(PAGE, {**form, "do": answer}, origin=HOME, **headers)
    assert response.status_code == 303
    assert response.headers["location"].endswith("counted=1#verdict")
    return response.headers["set-cookie"].partition(";")[0]


def test_a_browser_counts_once_and_its_last_tap_stands(
    open_page: Browser, sqlite_database: Database
) -> None:
    _tap(open_page, "right")
    _tap(open_page, "wrong")
    assert _verdicts(sqlite_database) == {"wrong": 1}
    with scene.browser(sqlite_database) as another:
        _tap(another, "right")
    assert _verdicts(sqlite_database) == {"right": 1, "wrong": 1}
    assert "We have counted your answer" in main_of(open_page.get(f"{PAGE}?counted=1").text)


def test_a_tap_is_about_the_page_that_was_read_and_a_seal_of_another_is_none(
    open_page: Browser, sqlite_database: Database
) -> None:
    [form] = fields(open_page.get(PAGE).text)
    with sqlite_database.writing() as db:
        first = db.exec(select(Publication)).one()
        again = {**first.model_dump(exclude={"id"}), "published_at": NOW + timedelta(minutes=1)}
        db.add(Publication(**again))
        read = first.id
    assert open_page.post(PAGE, {**form, "do": "wrong"}, origin=HOME).status_code == 303
    with sqlite_database.reading() as db:
        assert [one.publication_id for one in db.exec(select(ToldVerdict))] == [read]
    for nonce in ("verdict:999", "verdict:", ""):
        forged = open_page.app.around.keyring
        seal = Forms(forged).seal(None, NOW, nonce)
        sent = open_page.post(PAGE, {"form": seal, "do": "right"}, origin=HOME)
        assert sent.status_code == 403, nonce
    assert _verdicts(sqlite_database) == {"wrong": 1}


def test_the_cookie_is_signed_for_this_browser_and_goes_with_it(open_page: Browser) -> None:
    [form] = fields(open_page.get(PAGE).text)
    made = open_page.post(PAGE, {**form, "do": "right"}, origin=HOME).headers["set-cookie"]
    assert "HttpOnly" in made
    assert "SameSite=strict" in made
    assert "max-age" not in made.lower()
    assert "expires" not in made.lower()
    forged = _tap(open_page, "right", "__Host-loop-verdict=mine")
    assert "mine" not in forged.partition("=")[2]


def test_a_tap_from_another_site_a_made_up_answer_and_a_machine_count_nothing(
    open_page: Browser, sqlite_database: Database
) -> None:
    [form] = fields(open_page.get(PAGE).text)
    elsewhere = open_page.post(PAGE, {**form, "do": "right"}, origin="https://bad.example")
    assert elsewhere.status_code == 403
    assert open_page.post(PAGE, {**form, "do": "delete"}, origin=HOME).status_code == 404
    assert open_page.post(PAGE, {"form": "x", "do": "right"}, origin=HOME).status_code == 403
    assert _verdicts(sqlite_database) == {}
    many = [
        open_page.post(PAGE, {**form, "do": "right"}, origin=HOME).status_code
        for _ in range(int(RATES[VERDICT].at_once) + 1)
    ]
    assert many[-1] == 429


def test_the_page_stays_the_same_for_everybody_so_that_it_can_be_kept(open_page: Browser) -> None:
    first, second = open_page.get(PAGE), open_page.get(PAGE)
    assert first.headers["etag"] == second.headers["etag"]
    assert "public" in first.headers["cache-control"]


def test_words_for_an_age_are_offered_once_somebody_stood_by_them(
    sqlite_database: Database, quiet: Seeded
) -> None:
    with sqlite_database.writing() as db:
        place = "A quiet place to go after school"
        theme = db.exec(select(Theme).where(Theme.name == place)).one()
        response = db.exec(select(Response).where(Response.theme_id == theme.id)).one()
        made = write(
            db,
            response.id or 0,
            readers=Readers.AGE_8_11,
            language="en",
            said="A quiet room",
            text="We are making a quiet room.",
            person_id=quiet.people["Business Manager"],
            now=NOW,
        )
        check(db, made.id or 0, person_id=quiet.people["Business Manager"], now=NOW)
    scene.publish_one_more(sqlite_database, quiet)
    with scene.browser(sqlite_database) as pages:
        plain, young = pages.get(PAGE).text, pages.get(f"{PAGE}?for=8_11").text
        feed = pages.get(f"{PAGE}.atom?for=8_11").text
        assert main_of(pages.get(f"{PAGE}?for=nonsense").text) == main_of(plain)
    assert "We are making a quiet room." not in main_of(plain)
    assert "We are making a quiet room." in main_of(young)
    assert "We do not have words just for you there yet" in main_of(young)
    assert 'href="?lang=ar&amp;for=8_11"' in young
    assert "Ages 8 to 11" in main_of(plain)
    assert "We are making a quiet room." in feed


def test_a_poster_can_be_downloaded_in_each_language(open_page: Browser) -> None:
    english = open_page.get(f"{PAGE}.pdf")
    assert english.headers["content-type"] == "application/pdf"
    assert english.content == open_page.get(f"{PAGE}.pdf").content
    [sheet] = PdfReader(io.BytesIO(english.content)).pages
    assert "You said" in sheet.extract_text()
    assert open_page.get(f"{PAGE}.pdf?lang=ar").content != english.content
    assert open_page.get("/we-did/nothing-here.pdf").status_code == 404


# -- behind a receipt code


@pytest.fixture
def code(sqlite_database: Database, loud: Seeded) -> str:
    with sqlite_database.writing() as db:
        whose = col(SurveySession.pseudonym) == pseudonym(0)
        row = db.exec(select(SurveySession).where(whose)).one()
        found = receipt_code(sqlite_database.keyring, row.id)
        row.receipt_hash = receipt_hash(sqlite_database.keyring, found)
        db.add(row)
    assert loud.survey
    return found


def _press(pages: Browser, html: str, act: str, **more: str) -> str:
    [form] = [form for form in fields(html) if form.get("do") == act]
    response = pages.post("/receipt", {**form, **more}, origin=HOME)
    assert response.status_code == 200
    return response.text


def _looked_up(pages: Browser, code: str) -> str:
    [form] = fields(pages.get("/receipt").text)
    return pages.post("/receipt", {**form, "code": code}, origin=HOME).text


def test_the_holder_of_a_code_taps_once_and_may_add_a_line_that_a_reviewer_reads_first(
    open_page: Browser, sqlite_database: Database, code: str
) -> None:
    seen = _looked_up(open_page, code)
    judged = _press(open_page, seen, "partly")
    assert "We count your answer without your name" in main_of(judged)
    assert "reads it first" in main_of(judged)
    heard = _press(open_page, judged, "words", words="the bus is still too early")
    assert "A person will read what you wrote" in main_of(heard)
    again = _looked_up(open_page, code)
    _press(open_page, again, "right")
    assert _verdicts(sqlite_database) == {"right": 1}
    with sqlite_database.reading() as db:
        item = db.exec(select(ReviewItem).where(col(ReviewItem.question).contains("right"))).one()
        assert item.words == "the bus is still too early"
        assert item.pseudonym == pseudonym(0)
        assert "bus" not in str(db.exec(select(ToldVerdict)).all())


def test_a_worry_in_that_line_is_answered_with_care_and_nothing_is_said_of_an_empty_one(
    open_page: Browser, sqlite_database: Database, code: str
) -> None:
    judged = _press(open_page, _looked_up(open_page, code), "wrong")
    heard = _press(open_page, judged, "words", words=WORRY)
    assert "You did the right thing" in main_of(heard)
    assert WORRY not in heard
    empty = _press(open_page, judged, "words", words="  ")
    assert "A person will read" not in main_of(empty)
    with sqlite_database.reading() as db:
        found = db.exec(select(ReviewItem).where(col(ReviewItem.question).contains("right"))).all()
        assert [(item.tier, item.reply_sent) for item in found] in (
            [("red", "care")],
            [("amber", "care")],
        )


def test_words_of_an_anonymous_survey_hang_on_nobody_and_say_only_the_hour(
    sqlite_database: Database, code: str, loud: Seeded
) -> None:
    with sqlite_database.writing() as db:
        row = db.get_one(Survey, loud.survey)
        row.mode = "anonymous"
        db.add(row)
    with scene.browser(sqlite_database, now=NOW + timedelta(minutes=17)) as pages:
        judged = _press(pages, _looked_up(pages, code), "wrong")
        _press(pages, judged, "words", words="not what we said")
    with sqlite_database.reading() as db:
        item = db.exec(select(ReviewItem).where(col(ReviewItem.question).contains("right"))).one()
    assert item.pseudonym != pseudonym(0)
    assert item.received_at == NOW


def test_a_professional_behind_a_code_taps_and_is_asked_for_no_words(
    sqlite_database: Database, code: str, loud: Seeded
) -> None:
    with sqlite_database.writing() as db:
        row = db.get_one(Survey, loud.survey)
        row.audience = "practitioners"
        db.add(row)
    with scene.browser(sqlite_database) as pages:
        seen = _looked_up(pages, code)
        judged = _press(pages, seen, "wrong")
        assert not [form for form in fields(judged) if form.get("do") == "words"]
        [form] = [form for form in fields(seen) if form.get("do") == "right"]
        pages.post("/receipt", {**form, "do": "words", "words": "x y z"}, origin=HOME)
    with sqlite_database.reading() as db:
        asked = col(ReviewItem.question).contains("right")
        assert db.exec(select(ReviewItem).where(asked)).all() == []
