"""What came of the questions: what a person published, and never anything else."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from bot.web.cookies import Visit, serializer
from storage.database import Database
from storage.language import Catalogue
from storage.surveys import Survey, SurveyState
from storage.voice import Publication
from tests.bot.web.public import scene
from tests.bot.web.public.scene import HOME, NOW, WORDS, Browser, main_of
from tests.digests import seeded
from tests.digests.seeded import Seeded

SLUG = "help-at-home"
ALL = ("/we-did", f"/we-did/{SLUG}", "/we-did.atom", f"/we-did/{SLUG}.atom")
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(pages: Browser, path: str) -> Any:
    response = pages.get(path)
    assert response.headers["content-type"] == "application/atom+xml"
    return etree.fromstring(response.content)


def texts(root: Any, path: str) -> list[str]:
    return [found.text for found in root.findall("/".join(ATOM + part for part in path.split("/")))]


# -- nothing that was not published


def test_what_is_drafted_approved_or_waits_for_review_is_on_no_page(pages: Browser) -> None:
    for path in ALL:
        said = pages.get(path).text
        assert "Every meeting about you" not in said
        assert "Teachers who know what to do" not in said
        assert WORDS not in said
    assert "Nothing is published yet" in main_of(pages.get("/we-did").text)


def test_what_is_coded_but_not_answered_and_what_people_wrote_stay_away(shown: Browser) -> None:
    for path in ALL:
        said = shown.get(path).text
        assert "Sports for everyone" in said or path == "/we-did"
        assert "Teachers who know what to do" not in said
        assert WORDS not in said


def test_results_and_other_publications_are_not_shown(
    pages: Browser, sqlite_database: Database, quiet: Seeded
) -> None:
    with sqlite_database.writing() as db:
        row = Publication(
            kind="results-internal",
            survey_id=quiet.survey,
            period_end=NOW.date(),
            published_at=NOW,
            content={"view": {"survey": SLUG, "secret": "for inside"}},
        )
        db.add(row)
    for path in ALL:
        response = pages.get(path)
        assert response.status_code == 200
        assert "for inside" not in response.text


def test_a_draft_survey_and_an_unknown_one_are_the_same_page(
    pages: Browser, sqlite_database: Database, quiet: Seeded
) -> None:
    with sqlite_database.writing() as db:
        row = db.get_one(Survey, quiet.survey)
        row.state = SurveyState.DRAFT
    for path in (f"/we-did/{SLUG}", f"/we-did/{SLUG}.atom"):
        draft, unknown = pages.get(path), pages.get(path.replace(SLUG, "no-such-one"))
        assert (draft.status_code, unknown.status_code) == (404, 404)
        assert main_of(draft.text) == main_of(unknown.text)


def test_until_then_the_promised_day_is_said_and_afterwards_that_we_are_late(
    sqlite_database: Database, quiet: Seeded
) -> None:
    assert quiet.survey
    for days, said in ((0, "We will say what we did by 31 March 2024"), (99, "We are late")):
        with scene.browser(sqlite_database, now=NOW + timedelta(days=days)) as pages:
            assert said in main_of(pages.get(f"/we-did/{SLUG}").text)


# -- what was published


def test_the_page_says_what_was_said_and_done_with_figures_as_published(shown: Browser) -> None:
    said = main_of(shown.get(f"/we-did/{SLUG}").text)
    for part in (
        "As it was on 14 January 2024",
        "About 45 young people took part.",
        "“Grown-ups should listen before they decide” About 35 of you said this.",
        "“Somebody to text at night” We do not show a number here.",
        "We cannot Make the buses to the youth club free. Because: the bus company",
        "We are late, and we are sorry.",
        "We have not answered 1 thing you said yet.",
    ):
        assert part in said


def test_later_answers_change_nothing_that_was_published(
    pages: Browser, sqlite_database: Database, loud: Seeded
) -> None:
    before = pages.get(f"/we-did/{SLUG}").text
    with sqlite_database.writing() as db:
        seeded.theme(db, loud, "Later", 30)
    assert pages.get(f"/we-did/{SLUG}").text == before


def test_the_newest_page_stands_for_its_survey_and_the_feed_has_both(
    pages: Browser, sqlite_database: Database, loud: Seeded
) -> None:
    later = NOW + timedelta(days=7)
    scene.publish_one_more(sqlite_database, loud, "Warm rooms", at=later)
    listed = main_of(pages.get("/we-did").text)
    assert listed.count("What helps when things are hard at home?") == 1
    assert "6 answers" in listed
    updated = texts(feed(pages, "/we-did.atom"), "entry/updated")
    assert updated == ["2024-01-22T09:00:00Z", "2024-01-15T09:00:00Z"]


@pytest.mark.parametrize("code", ["pl", "ur", "ar", "ro"])
def test_it_is_read_in_ones_own_language_and_says_what_is_not(shown: Browser, code: str) -> None:
    said = shown.get(f"/we-did/{SLUG}?lang={code}").text
    assert f'<html lang="{code}" dir="{"rtl" if code in ("ur", "ar") else "ltr"}">' in said
    assert Catalogue.load("digests").say("you.title", code) in said
    assert '<blockquote lang="en" dir="auto">' in said


def test_markup_in_a_theme_is_text(
    pages: Browser, sqlite_database: Database, quiet: Seeded
) -> None:
    hostile = '<script>alert("x")</script> & {{ 7 * 7 }} ]]>\x0b'
    scene.publish_one_more(sqlite_database, quiet, hostile)
    for path in ALL[1:]:
        said = pages.get(path).text
        assert "<script>alert" not in said
        assert "&lt;script&gt;" in said
        assert "{{ 7 * 7 }}" in said
        assert "\x0b" not in said
    assert "<script>alert" in texts(feed(pages, ALL[3]), "entry/content")[0]


# -- Atom (RFC 4287)


@pytest.mark.parametrize("path", ["/we-did.atom", f"/we-did/{SLUG}.atom"])
def test_the_feed_has_what_the_standard_requires(shown: Browser, path: str) -> None:
    root = feed(shown, path)
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    for owner in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(texts(owner, name)) == 1
        assert UUID(texts(owner, "id")[0].removeprefix("urn:uuid:")).version == 5
        at = datetime.fromisoformat(texts(owner, "updated")[0])
        assert at.utcoffset() == timedelta()
    assert texts(root, "author/name") == ["Rochdale Partnership"]
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"] == f"{HOME}{path}?lang=en"
    assert shown.get(links["self"]).content == shown.get(path).content
    assert root.find(f"{ATOM}entry/{ATOM}content").get("type") == "text"


def test_a_feed_without_entries_is_whole_too(pages: Browser) -> None:
    root = feed(pages, "/we-did.atom")
    assert texts(root, "updated") == ["1970-01-01T00:00:00Z"]
    assert root.findall(f"{ATOM}entry") == []


def test_an_entry_keeps_its_id_in_every_feed_and_language(shown: Browser) -> None:
    paths = ("/we-did.atom", f"/we-did/{SLUG}.atom", "/we-did.atom?lang=ar")
    assert len({tuple(texts(feed(shown, path), "entry/id")) for path in paths}) == 1


# -- asked again


@pytest.mark.parametrize("path", ALL)
def test_who_has_it_already_gets_no_body(shown: Browser, path: str) -> None:
    first = shown.get(path)
    assert first.headers["cache-control"] == "public, max-age=300"
    assert first.headers["last-modified"] == "Mon, 15 Jan 2024 09:00:00 GMT"
    etag = first.headers["etag"]
    for again in (
        shown.get(path, if_none_match=etag),
        shown.get(path, if_none_match=f'"other", W/{etag}'),
        shown.get(path, if_modified_since=first.headers["last-modified"]),
    ):
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag


def test_what_changed_is_sent_again(
    pages: Browser, sqlite_database: Database, loud: Seeded
) -> None:
    first = pages.get("/we-did.atom")
    since = first.headers["last-modified"]
    scene.publish_one_more(sqlite_database, loud, "Warm rooms", at=NOW + timedelta(hours=1))
    etag = first.headers["etag"]
    assert pages.get("/we-did.atom", if_none_match=etag).status_code == 200
    assert pages.get("/we-did.atom", if_modified_since=since).status_code == 200
    assert pages.get("/we-did.atom", if_modified_since="yesterday").status_code == 200
    older = pages.get("/we-did.atom", if_none_match=etag, if_modified_since=since)
    assert older.status_code == 200


def test_a_browser_on_the_way_through_a_survey_keeps_no_copy(shown: Browser) -> None:
    visit = Visit(key="k" * 20, seen=int(NOW.timestamp()), language="pl")
    sign = serializer(shown.app.around.keyring, "cookie")
    response = shown.get("/we-did", cookie=f"__Host-loop={sign.dumps(asdict(visit))}")
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
