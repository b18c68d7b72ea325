"""The young people's page in Urdu, Arabic and Romanian: every text of ours, and the right way."""

import re
import unicodedata
from html import unescape

import pytest
from sqlmodel import Session

from digests.render import Format, HelpLine, render
from storage.language import Catalogue
from tests.digests.seeded import Seeded
from tests.digests.test_render import views

HELP = (HelpLine("Childline", "0800 1111", "free"),)
_ISOLATES = str.maketrans("", "", "\u2066\u2068\u2069")


@pytest.mark.parametrize(
    ("language", "way", "title"),
    [
        ("ur", "rtl", "آپ نے کہا، ہم نے کیا"),
        ("ar", "rtl", "قلتم لنا، ففعلنا"),
        ("ro", "ltr", "Voi ați spus, noi am făcut"),
    ],
)
def test_the_page_is_in_the_language_and_runs_its_way(
    session: Session, rochdale: Seeded, language: str, way: str, title: str
) -> None:
    found = views(session, rochdale)
    page = render(found["you"], "html", language, help_lines=HELP)
    assert f'<html lang="{language}" dir="{way}">' in page
    assert f"<h1>{title}</h1>" in page
    assert '<blockquote lang="en">' in page
    assert page.count("0800 1111") == 1


@pytest.mark.parametrize("language", ["ur", "ar", "ro"])
def test_no_sentence_of_ours_on_the_page_is_in_english(
    session: Session, rochdale: Seeded, language: str
) -> None:
    page = unescape(render(views(session, rochdale)["you"], "html", language, help_lines=HELP))
    ours = Catalogue.load("digests").texts["en"]
    for key, text in ours.items():
        if key.startswith("you."):
            pieces = re.split(r"\{\{.*?\}\}|[.:,]", text)
            assert [one for one in pieces if len(one.split()) > 2 and one in page] == [], key


@pytest.mark.parametrize("language", ["ur", "ar"])
@pytest.mark.parametrize("kind", ["md", "html", "text"])
def test_what_somebody_wrote_is_set_apart_from_text_that_runs_the_other_way(
    session: Session, rochdale: Seeded, language: str, kind: Format
) -> None:
    page = render(views(session, rochdale)["you"], kind, language)
    assert page.count("\u2068") == page.count("\u2069") > 0
    assert "\u2066" not in page
    for line in page.splitlines():
        assert line.count("\u2068") == line.count("\u2069"), line


def test_the_marks_are_the_only_hidden_signs() -> None:
    for code in ("ur", "ar", "ro"):
        for key, text in Catalogue.load("digests").texts[code].items():
            seen = text.translate(_ISOLATES)
            assert not any(unicodedata.category(sign) == "Cf" for sign in seen), key
            assert code != "ro" or seen == text, key
