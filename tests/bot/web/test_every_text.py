"""Whatever a young person writes on a page is read by a person, whether or not it fits."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.concerns import ReviewItem
from storage.database import Database
from surveys.matching import clean
from tests.bot.conftest import staged
from tests.bot.stage import Stage
from tests.bot.web.conftest import pages_of
from tests.bot.web.every_kind import EVERY_KIND, open_every_kind
from tests.bot.web.visitor import Visitor

TYPED = ("words", "far", "whole", "more", "part")
WRITTEN = st.one_of(
    st.sampled_from(["7", "stop", "/delete", "my dad hits me", "<b>bold</b>", "=1+1", "\u0661"]),
    st.text(min_size=1, max_size=60),
)
ACTS = st.lists(
    st.tuples(st.sampled_from(["write", "write", "write", "Back", "Skip", "stop"]), WRITTEN),
    min_size=3,
    max_size=14,
)


@pytest.fixture
def one_stage(sqlite_database: Database) -> Iterator[tuple[Stage, str]]:
    with staged(sqlite_database) as stage:
        stage.reviewers()
        typed = tuple(EVERY_KIND.question(name) for name in TYPED)
        yield stage, open_every_kind(stage, replace(EVERY_KIND, questions=typed))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_every_text_that_was_written_on_a_page_is_queued_for_a_person(
    one_stage: tuple[Stage, str], acts: list[tuple[str, str]]
) -> None:
    stage, token = one_stage
    before = Counter(row.words for row in stage.rows(ReviewItem))
    written: Counter[str] = Counter()
    with pages_of(stage) as browser:
        visitor = browser()
        visitor.start(token)
        for act, text in acts:
            written.update(_one_act(visitor, act, text))
            assert visitor.page.status_code in (200, 422), visitor.title
    queued = Counter(row.words for row in stage.rows(ReviewItem)) - before
    missing = {text: n for text, n in (written - queued).items() if not _is_number(text)}
    assert not missing


def _one_act(visitor: Visitor, act: str, text: str) -> list[str]:
    """Does it, or goes on where it cannot be done; the words that were sent."""
    if not visitor.question:
        return _go_on(visitor, text)
    if act in ("Back", "Skip"):
        label = "Skip this question" if act == "Skip" else act
        visitor.press(label if visitor.has_button(label) else "Skip this question")
        return []
    if act == "stop":
        visitor.press("Stop here")
        return []
    shown = visitor.tree.get_element_by_id("a")
    was = clean(shown.get("value") or shown.text or "")
    visitor.answer(text)
    sent = clean(text.replace("\r\n", "\n"))
    return [] if sent in ("", was) else [sent]


def _go_on(visitor: Visitor, text: str) -> list[str]:
    """Past care and past the question about stopping; how to be reached is written too."""
    for label in ("Go on with the questions", "I would like someone to contact me", "Finish"):
        if visitor.has_button(label):
            visitor.press(label)
            break
    if not visitor.has_button("Send"):
        return []
    visitor.press("Send", {"a": text})
    if visitor.page.status_code == 422:
        visitor.press("I would rather not")
        return []
    return [] if text.strip().lower() == "stop" else [clean(text.replace("\r\n", "\n"))]


def _is_number(text: str) -> bool:
    """What fits a question for a number is an answer and no words."""
    return bool(text) and all(letter.isdecimal() or letter in "+-.," for letter in text)
