"""Posters say what is so, in every language, and can be read by eye, by ear and by phone."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.settings import HelpLine
from storage.language import Catalogue
from surveys.definition import Audience, Mode, Survey
from surveys.links import Links
from surveys.poster import CannotInvite, draw, gather, languages
from surveys.poster.view import Layout, Occasion
from tests.surveys.poster.posters import (
    DAY,
    GROUP,
    LANGUAGES,
    TELEGRAM,
    WEB,
    catalogue,
    drawn,
    elements,
    gathered,
    scanned,
    survey,
    words,
)

LEFTWARD = ("ar", "ur")
INVITING = (Layout.POSTER, Layout.CARDS)
YOUNG = survey()
STAFF = survey(audience=Audience.PRACTITIONERS, ages="")


# -- what is said


def test_it_says_who_asks_why_how_long_for_whom_and_until_when() -> None:
    poster = gathered()
    assert poster.about == (
        ("Who asks", "Bolton Safeguarding Children Partnership"),
        ("Why", "We ask twice a year what you think of our work."),
    )
    assert poster.facts == (
        "About 3 minutes",
        "Up to 2 questions",
        "For ages 12 to 15",
        "Open until 17 March 2023",
    )


def test_a_survey_that_does_not_say_who_asks_is_asked_by_the_partnership() -> None:
    assert gathered(survey(asked_by={})).about[0][1] == "The partnership of the settings"


def test_nothing_is_said_of_what_the_survey_does_not_know() -> None:
    poster = gathered(survey(minutes=None, ages="", closes=None, hear_back_by=None, why={}))
    assert poster.facts == ("Up to 2 questions",)
    assert [label for label, _ in poster.about] == ["Who asks"]
    assert not any("We will say" in sentence for sentence in poster.choice.sentences)


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        ("8-11", "For ages 8 to 11"),
        ("12 – 15", "For ages 12 to 15"),
        ("16+", "For ages 16 and over"),
        ("years 7 and 8", "For ages years 7 and 8"),
    ],
)
def test_the_ages_are_said_as_people_say_them(ages: str, said: str) -> None:
    assert said in gathered(survey(ages=ages)).facts


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2023, 3, 10), "Open until 10 March 2023"),
        (date(2023, 5, 1), "Open until 17 March 2023"),
    ],
)
def test_the_last_day_is_the_earlier_of_the_surveys_and_the_codes(until: date, said: str) -> None:
    assert said in gathered(until=until).facts


def test_one_minute_and_one_question_are_not_several() -> None:
    form = replace(survey(minutes=1), questions=survey().questions[:1])
    assert gathered(form).facts[:2] == ("About 1 minute", "1 question")


# -- who can see what


def test_young_people_are_told_who_reads_and_that_the_group_is_seen() -> None:
    said = " ".join(gathered().privacy.sentences)
    assert "A person whose job is to keep children safe reads what you write." in said
    assert f"They can see that it came from {GROUP}." in said
    assert "we may have to tell someone" in said


def test_without_a_group_nothing_is_said_of_one() -> None:
    poster = gathered(group="")
    assert "came from" not in " ".join(poster.privacy.sentences)
    assert poster.invited_by == ""


@pytest.mark.parametrize("form", [YOUNG, STAFF], ids=["young people", "practitioners"])
def test_the_poster_promises_what_the_bot_promises(form: Survey) -> None:
    """Piece by piece: what the poster says of privacy stands in the bot's own first message."""
    youth = form is YOUNG
    bot = Catalogue.load("bot").say(
        f"privacy.{'youth' if youth else 'practitioners'}_confidential",
        "en",
        group=GROUP,
        threshold=5,
    )
    pieces = (
        (
            "We keep it without your name",
            "A person whose job is to keep children safe reads what you write",
            f"They can see that it came from {GROUP}",
            "one person who sorts what young people say reads it too",
            "If you or another child is not safe, we may have to tell someone",
        )
        if youth
        else (
            "Your answers are confidential: they are kept apart from your name",
            "only totals are shared, never of fewer than 5 people",
            "a safeguarding reviewer reads it and may have to act",
        )
    )
    poster = gathered(YOUNG if youth else STAFF)
    printed = " ".join(poster.privacy.sentences).casefold()
    for piece in pieces:
        assert piece.casefold() in bot.casefold()
        assert piece.casefold() in printed


def test_an_anonymous_survey_says_on_its_poster_what_is_true_of_it() -> None:
    said = words(draw(gathered(survey(mode=Mode.ANONYMOUS)), dated=DAY))
    assert "When you finish, we cannot find out who you are." in said
    assert "We cannot come and help unless you ask us to contact you." in said
    assert "confidential" not in said


def test_nobody_is_promised_anonymity_or_somebody_who_watches() -> None:
    for form in (YOUNG, STAFF, survey(mode=Mode.ANONYMOUS)):
        said = words(draw(gathered(form), dated=DAY)).casefold()
        assert "anonym" not in said
        assert "nobody reads your answers straight away" in said


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (survey(mode=Mode.ANONYMOUS, follow_up_of="another"), "set loop_mode to confidential"),
        (survey(audience=Audience.LEADS), "for leads"),
    ],
)
def test_a_poster_that_would_not_be_true_is_refused(form: Survey, why: str) -> None:
    with pytest.raises(CannotInvite, match=why):
        gathered(form)


def test_practitioners_may_come_back_and_young_people_may_skip() -> None:
    assert "skip any question" in gathered(YOUNG).choice.sentences[0]
    assert "skip" not in " ".join(gathered(STAFF).choice.sentences)


# -- help


def test_help_lines_come_with_their_hours_and_999_stands_above() -> None:
    poster = gathered()
    shown = {line.name: (line.number, line.note) for line in poster.help_lines}
    assert poster.emergency == ("If you are in danger now, call", "999")
    assert shown["Childline"] == ("0800\u00a01111", "free, for under 19s")
    assert shown["Bolton children's services"] == ("01204\u00a0331500", "08:30 to 17:00")
    assert "Emergency" not in shown


def test_childline_is_on_every_young_peoples_poster() -> None:
    only_ours = (HelpLine(name="Our line", number="01204 000000"),)
    names = [line.name for line in gathered(help_lines=only_ours).help_lines]
    assert names == ["Childline", "Our line"]
    staff = gathered(STAFF, help_lines=only_ours)
    assert [line.name for line in staff.help_lines] == ["Our line"]


def test_known_notes_are_translated_and_others_stand_as_written() -> None:
    own = HelpLine(name="Childline", number="0800 1111", note="our own note")
    assert gathered(language="pl").help_lines[0].note == "bezpłatnie, do 19. roku życia"
    assert gathered(language="pl", help_lines=(own,)).help_lines[0].note == "our own note"


# -- ways in


def test_without_a_link_it_says_which_setting_is_missing() -> None:
    with pytest.raises(CannotInvite, match=r"`web` in the section \[links\]"):
        gathered(web="")


@pytest.mark.parametrize("ages", ["12-18", "16+", ""])
def test_telegram_comes_second_and_says_16(ages: str) -> None:
    poster = gathered(survey(ages=ages), telegram=TELEGRAM)
    assert poster.links == (WEB, TELEGRAM)
    assert poster.second_way is not None
    assert "16 or over" in poster.second_way.words
    assert any("Telegram keeps a copy" in said for said in poster.privacy.sentences)


def test_nobody_under_16_is_sent_to_telegram() -> None:
    poster = gathered(survey(ages="12-15"), telegram=TELEGRAM)
    assert poster.links == (WEB,)
    assert "Telegram" not in words(draw(poster, dated=DAY))
    with pytest.raises(CannotInvite, match="16 or over"):
        gathered(survey(ages="12-15"), web="", telegram=TELEGRAM)


def test_telegram_alone_says_16_beside_the_code() -> None:
    poster = gathered(survey(ages="16-18"), web="", telegram=TELEGRAM)
    assert poster.links == (TELEGRAM,)
    assert "16 or over" in poster.way.words


@pytest.mark.parametrize("layout", INVITING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_reads_the_link_from_the_code(language: str, layout: Layout) -> None:
    codes = scanned(drawn(language, layout))
    assert codes == [WEB] * (1 if layout is Layout.POSTER else 4)


def test_both_codes_can_be_told_apart() -> None:
    pdf = draw(gathered(survey(ages="16-18"), telegram=TELEGRAM), dated=DAY)
    assert sorted(scanned(pdf)) == sorted([WEB, TELEGRAM])


def test_the_link_is_printed_for_those_who_cannot_scan() -> None:
    assert WEB.removeprefix("https://") in words(drawn("en")).replace(" ", "")


# -- languages


def test_a_poster_has_its_own_words_in_the_languages_of_the_library() -> None:
    assert languages() == LANGUAGES


@pytest.mark.parametrize(
    ("language", "why"), [("de", "no texts in 'de'"), ("es", "no words of their own in 'es'")]
)
def test_a_language_without_texts_is_refused(language: str, why: str) -> None:
    form = replace(survey(), languages=("en", "es"))
    with pytest.raises(CannotInvite, match=why):
        gathered(form, language)


@pytest.mark.parametrize("layout", INVITING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_poster_is_one_tagged_a4_page_in_its_language(language: str, layout: Layout) -> None:
    reader = PdfReader(BytesIO(drawn(language, layout)))
    root = catalogue(drawn(language, layout))
    assert len(reader.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [210, 297]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert GROUP in str(reader.metadata and reader.metadata.title)


@pytest.mark.parametrize("layout", INVITING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_reader_finds_headings_lists_links_and_what_the_code_opens(
    language: str, layout: Layout
) -> None:
    tags = [(tag, node) for tag, node in elements(drawn(language, layout))]
    names = [tag for tag, _ in tags]
    assert names[0] == "Document"
    assert names.count("H1") == 1
    assert names.index("H1") < names.index("H2")
    assert {"L", "LI", "Link", "P"} <= set(names)
    [alt] = [str(node["/Alt"]) for tag, node in tags if tag == "Figure"]
    assert WEB.removeprefix("https://") in alt


def test_it_is_read_in_the_order_of_what_matters() -> None:
    poster, said = gathered(), words(drawn("en"))
    order = (
        poster.hello,
        poster.title,
        poster.about[0][1],
        poster.facts[0],
        poster.how.title,
        poster.privacy.title,
        poster.help.title,
        poster.choice.title,
    )
    places = [said.find(part) for part in order]
    assert places == sorted(places)
    assert places[0] >= 0


@pytest.mark.parametrize("language", LEFTWARD)
def test_a_number_is_not_turned_round_in_right_to_left_text(language: str) -> None:
    """At an ordinary space `0800 1111` would be shown as `1111 0800`."""
    numbers = [line.number for line in gathered(language=language).help_lines]
    assert numbers[0] == "0800\u00a01111"
    assert not any(" " in number for number in numbers)


@pytest.mark.parametrize("language", LEFTWARD)
def test_a_latin_name_is_set_apart_in_right_to_left_text(language: str) -> None:
    assert f"\u2068{GROUP}\u2069" in gathered(language=language).invited_by


# -- whatever people write

HOSTILE = [
    r"A & B <c> #x \\ [y]",
    '#panic("x") $1/0$ @ref <label> `raw` *b* _i_ = h',
    "https://evil.example //comment /* not */ ~ -- --- ...",
    "{{ asked_by }} {% if x %} \"quotes\" 'and' more",
    "Line\nbreak\ttab\u202eturned\u0007 bell",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("layout", INVITING)
def test_a_text_full_of_signs_comes_out_whole(text: str, layout: Layout) -> None:
    form = survey(titles={"en": f"T {text}"}, why={"en": f"W {text}"})
    poster = gathered(form, group=f"G {text}")
    pdf = draw(poster, dated=DAY, layout=layout)
    printed = words(pdf).replace(" ", "")
    for start in "TWG":
        plain = text.replace("\u202e", "").replace("\u0007", "")
        assert "".join(f"{start}{plain}".split()) in printed
    assert WEB in scanned(pdf)


_LETTERS = st.text(st.characters(codec="latin-1"), max_size=60)


@settings(max_examples=25, deadline=None)
@given(title=_LETTERS, group=_LETTERS, language=st.sampled_from(["en", "ur"]))
def test_any_short_text_makes_a_poster(title: str, group: str, language: str) -> None:
    form = survey(titles={"en": title, "ur": title})
    pdf = draw(gathered(form, language, group=group), dated=DAY)
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


def test_long_texts_take_smaller_letters_and_stay_on_the_page() -> None:
    form = survey(titles={"en": "What do you think " * 8}, why={"en": "Because it matters. " * 15})
    pdf = draw(gathered(form, group="A school with a very long name " * 2), dated=DAY)
    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    assert "28 April 2023" in words(pdf)


@pytest.mark.parametrize("layout", INVITING)
def test_the_same_poster_is_the_same_file(layout: Layout) -> None:
    first, second = (draw(gathered(language="ur"), dated=DAY, layout=layout) for _ in range(2))
    assert first == second


def test_a_card_has_the_web_link_alone() -> None:
    links = Links("https://listen.example", "ListensBot")
    card = Occasion.of(links, "abc", layout=Layout.CARDS)
    assert (card.web, card.telegram) == ("https://listen.example/s/abc", "")
    only = Occasion.of(Links(telegram="ListensBot"), "abc", layout=Layout.CARDS)
    assert only.telegram == "https://t.me/ListensBot?start=abc"
    poster = gather(STAFF, "en", only, asked_by="", help_lines=())
    assert poster.way.shown == "t.me/ListensBot?start=abc"
