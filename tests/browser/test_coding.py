"""Coding in a real browser: by keyboard alone, few keys an answer, and no barrier on any page."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from digests.hearings import record_hearing
from digests.reading import mark_of
from digests.themes import add_theme, true_counts
from storage.concerns import ReviewItem, ReviewState
from storage.surveys import Answer, SurveyState
from storage.voice import HearingKind
from surveys.definition import Audience, Kind, Question, Settings
from surveys.definition import Survey as Form
from surveys.register import add
from tests.bot.moment import MONDAY
from tests.browser.board import Board
from tests.browser.visitor import Visitor

NARROW = {"width": 320, "height": 640}
SAID = (
    ("The bus home is always late", "1"),
    ("Someone at school to talk to", "2"),
    ("Free buses, and somebody to talk to", "12"),
    ("Nothing really", "0"),
)
"""What somebody wrote, and the keys of what it speaks of."""

ANSWERS = 20
HALF_AN_HOUR = 30 * 60
PER_KEY, PER_READING = 0.5, 6.0
"""Seconds: a slow typist's key, and reading a short answer at two hundred words a minute."""

ARABIC = "الحافلة تتأخر دائمًا ونحتاج إلى شخص نتحدث معه"


@pytest.fixture
def voice(browser: Browser, board: Board) -> Iterator[Visitor]:
    one = Visitor(browser, board.program.address)
    board.sign_in(one.page, "voice", "/themes")
    yield one
    one.close()
    assert one.beyond() == []
    assert one.complaints == []


def survey(board: Board, *more: str) -> tuple[int, int, int]:
    """Twenty answers that were reviewed, and two themes."""
    words = [SAID[place % len(SAID)][0] for place in range(ANSWERS)] + list(more)
    form = Form(
        Settings(form_id="young", titles={"en": "What helps?"}, audience=Audience.YOUTH),
        (Question("change", Kind.TEXT, labels={"en": "What would you change?"}),),
    )
    with board.program.database.writing() as db:
        row = add(db, form, now=MONDAY).survey
        row.state = SurveyState.CLOSED
        db.add(row)
        assert row.id is not None
        assert row.version_id is not None
        for place, text in enumerate(words):
            db.add_all(_answer(row.id, row.version_id, place, f"{text} {'.' * place}"))
        bus = add_theme(db, survey_id=row.id, name="Buses", now=MONDAY, definition="Getting about")
        talk = add_theme(db, survey_id=row.id, name="Somebody to talk to", now=MONDAY)
        return row.id, bus.id or 0, talk.id or 0


def _answer(survey_id: int, version: int, place: int, words: str) -> list[Answer | ReviewItem]:
    answer = Answer(
        pseudonym=f"p{place:03}",
        question="change",
        version_id=version,
        words=words,
        answered_on=MONDAY.date(),
    )
    item = ReviewItem(
        ref=f"t{place}",
        survey_id=survey_id,
        pseudonym=answer.pseudonym,
        question="change",
        words=words,
        tier="unsure",
        received_at=MONDAY,
        due_at=MONDAY + timedelta(days=1),
        state=ReviewState.CLOSED,
    )
    return [answer, item]


def press(page: Page, *keys: str) -> int:
    """Presses keys, wherever the focus is; how many."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def save(page: Page) -> int:
    with page.expect_navigation():
        return press(page, "Enter")


def counts(board: Board, survey_id: int) -> dict[int, int]:
    with board.program.database.reading() as db:
        return true_counts(db, survey_id)


def test_twenty_answers_are_coded_by_keyboard_alone_with_few_keys(
    board: Board, voice: Visitor
) -> None:
    survey_id, bus, talk = survey(board)
    page, keys = voice.page, 0
    page.goto("/themes/young/code")
    for place in range(ANSWERS):
        words, wanted = SAID[place % len(SAID)]
        expect(page.locator("blockquote")).to_contain_text(words)
        if place >= len(SAID) and page.locator("#same").count():
            press(page, "=", "=")
        keys += press(page, *wanted) + save(page)
    expect(page.get_by_role("heading", name="All 20 answers are coded")).to_be_visible()
    assert counts(board, survey_id) == {bus: 10, talk: 10}
    assert keys / ANSWERS <= 2.5
    assert 200 * (keys / ANSWERS * PER_KEY + PER_READING) <= HALF_AN_HOUR


def test_a_wrong_key_is_undone_and_a_new_theme_written_without_the_mouse(
    board: Board, voice: Visitor
) -> None:
    survey_id, bus, _ = survey(board)
    page = voice.page
    page.goto("/themes/young/code")
    press(page, "1")
    save(page)
    assert counts(board, survey_id)[bus] == 1
    with page.expect_navigation():
        press(page, "u")
    assert counts(board, survey_id)[bus] == 0
    expect(page.locator("blockquote")).to_contain_text(SAID[0][0])
    press(page, "n")
    page.keyboard.type("Late, 12 times")
    save(page)
    assert sum(counts(board, survey_id).values()) == 1
    expect(page.locator("fieldset .choice")).to_have_count(4)


def test_no_theme_and_a_theme_exclude_one_another_and_letters_that_are_typed_tick_nothing(
    board: Board, voice: Visitor
) -> None:
    survey(board)
    page = voice.page
    page.goto("/themes/young/code")
    press(page, "1", "0")
    assert page.locator("input:checked").evaluate_all("all => all.map(one => one.id)") == ["none"]
    press(page, "2")
    expect(page.locator("#none")).not_to_be_checked()
    press(page, "n", "1", "u", "Escape", "Control+1")
    expect(page.locator("#new")).to_have_value("1u")
    expect(page.locator("input[name=theme]:checked")).to_have_count(1)
    press(page, "?")
    expect(page.get_by_text("save and go on", exact=False).first).to_be_visible()


def test_keys_that_are_switched_off_do_nothing(board: Board, voice: Visitor) -> None:
    survey(board)
    page = voice.page
    page.goto("/themes/young/code?keys=off")
    press(page, "1", "Enter")
    expect(page.locator("input:checked")).to_have_count(0)
    assert "answer=" not in page.url


def test_no_page_of_themes_has_a_barrier_on_a_phone(board: Board, voice: Visitor) -> None:
    survey_id, bus, talk = survey(board, ARABIC)
    with board.program.database.writing() as db:
        record_hearing(
            db,
            survey_id,
            kind=HearingKind.GROUP_SESSION,
            title="Youth forum",
            held_on=date(2023, 11, 30),
            present=14,
            themes={bus: 9, talk: None},
            person_id=board.people["voice"],
            now=MONDAY,
            today=MONDAY.date(),
        )
    page, here = voice.page, "/themes/young"
    page.goto(f"{here}/code")
    press(page, "1", "2")
    save(page)
    voice.look_by_day_and_night()
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    arabic = mark_of(survey_id, f"change:p{ANSWERS:03}")
    for path in (
        "/themes",
        here,
        f"{here}?theme={bus}",
        f"{here}/sessions",
        f"{here}/split?theme={bus}",
        f"{here}/code",
        f"{here}/code?answer={arabic}",
        f"{here}/code?show=999",
    ):
        page.goto(path)
        page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
        voice.look_by_day_and_night()
    page.goto(f"{here}/code")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick a theme")
    voice.look_by_day_and_night()
