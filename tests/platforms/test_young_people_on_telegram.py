"""Young people as hypothesis makes them: whatever they do in whatever order, some things hold."""

from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from bot.tokens import read_form
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import KeptMessage, Outbox
from storage.surveys import Answer, SessionState, SurveySession
from storage.types import Keyring
from surveys.engine import effective
from surveys.sessions import Forms
from surveys.turns import Session
from tests.backends import SqliteBackend
from tests.bot.conftest import staged
from tests.platforms.fixtures import until
from tests.platforms.telegram_chats import Shown
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import Call, serving
from tests.platforms.telegram_stage import TelegramStage, on_telegram, open_example

SURVEYS = (
    "domestic_abuse_young_people.xlsx",
    "bolton_two_questions.xlsx",
    "what_matters_16_18.xlsx",
)
_NUMBERS = count(1001)

_REPLIES = ("sendmessage", "sendphoto", "editmessagetext", "editmessagecaption")
_IN_USE = (SessionState.OPEN, SessionState.COMPLETE)
_ALSO = ("skip", "back", "done", "go")

_WORDS = st.sampled_from(
    ["i like it here", "my dad hits me when he drinks", "ok", "what is this?", "🙂", "żółć", "لا"]
)
_COMMANDS = st.sampled_from(
    ["/back", "/skip", "/help", "/safe", "/privacy", "/language ar", "/language en", "/clear"]
)
_PLACES = st.integers(0, 12)
_TURNS = st.one_of(
    st.tuples(st.just("tap"), _PLACES),
    st.tuples(st.just("tap"), _PLACES),
    st.tuples(st.just("tap"), _PLACES),
    st.tuples(st.just("old"), _PLACES),
    st.tuples(st.just("both"), _PLACES),
    st.tuples(st.just("words"), _WORDS),
    st.tuples(st.just("words"), _WORDS),
    st.tuples(st.just("number"), st.sampled_from(["1", "2", "1 3"])),
    st.tuples(st.just("command"), _COMMANDS),
    st.tuples(st.just("edit"), _WORDS),
    st.tuples(st.just("file"), st.sampled_from(["sticker", "voice", "photo", "location"])),
    st.tuples(st.just("days"), st.integers(1, 3)),
    st.tuples(st.just("crash"), st.just(0)),
    st.tuples(st.just("stop"), st.just(0)),
)
"""What they may do next; the number says which of what is on their screen."""


@pytest.fixture(scope="module")
def everybody(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring
) -> Iterator[TelegramStage]:
    """One program and one platform for all examples; every example is another person."""
    with (
        SqliteBackend(tmp_path_factory.mktemp("people")).prepared() as url,
        Database(url, keyring) as database,
        staged(database) as stage,
        serving() as server,
        on_telegram(stage, server) as telegram,
    ):
        stage.reviewers()
        yield telegram


def _changes_nothing(reply: Call) -> bool:
    """The same button again: what it would show is on the screen already."""
    return reply.method.startswith("edit") and reply.status == 400


class Life:
    """One of them, and what we know that they did."""

    def __init__(self, telegram: TelegramStage, number: int, survey: str) -> None:
        self.telegram = telegram
        self.number = number
        self.said: list[str] = []
        self.numbers: list[str] = []
        self.person: Person = telegram.join(number, open_example(telegram.stage, survey))

    def take(self, kind: str, what: object) -> None:
        """One turn; afterwards everything is answered that was asked."""
        # Two taps within a few seconds are one, and that is `both`.
        self.telegram.stage.later(seconds=5)
        before = len(self.telegram.server.calls)
        acted = getattr(self, f"_{kind}")(what)
        self.telegram.settle()
        calls = self.telegram.server.calls[before:]
        replies = [one for one in calls if one.method in _REPLIES and one.chat == self.number]
        if acted:
            assert replies, f"nothing came back after {kind}"
            assert replies[-1].is_done or _changes_nothing(replies[-1]), f"refused after {kind}"

    def _tap(self, place: int) -> bool:
        buttons = next((one for one in reversed(self.person.screen) if one.buttons), None)
        if buttons is None:
            return False
        _, data = buttons.buttons[place % len(buttons.buttons)]
        self.person.presses_data(data, buttons)
        return True

    def _old(self, place: int) -> bool:
        shown = [one for one in self.person.screen if one.buttons]
        if not shown:
            return False
        first = shown[place % len(shown)]
        self.person.presses_data(first.buttons[-1][1], first)
        return True

    def _both(self, place: int) -> bool:
        """Two taps before anything has come back."""
        self._tap(place)
        return self._tap(place + 1)

    def _words(self, text: str) -> bool:
        self.said.append(text)
        self.person.says(text)
        return True

    def _number(self, text: str) -> bool:
        self.numbers.append(text)
        self.person.says(text)
        return True

    def _command(self, text: str) -> bool:
        self.person.says(text)
        return True

    def _edit(self, text: str) -> bool:
        if not any(one.text and not one.by_bot for one in self.person.screen):
            return False
        self.said.append(text)
        self.person.edits(text)
        return True

    def _file(self, kind: str) -> bool:
        self.person.sends(kind)
        return True

    def _days(self, days: int) -> bool:
        self.telegram.stage.later(days=days)
        return False

    def _crash(self, _: int) -> bool:
        self.telegram.restart()
        return False

    def _stop(self, _: int) -> bool:
        self.person.says("/stop")
        return True


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(survey=st.sampled_from(SURVEYS), turns=st.lists(_TURNS, min_size=4, max_size=14))
def test_whatever_a_young_person_does_some_things_hold(
    everybody: TelegramStage, survey: str, turns: list[tuple[str, object]]
) -> None:
    telegram, stage = everybody, everybody.stage
    items = len(stage.rows(ReviewItem))
    life = Life(telegram, next(_NUMBERS), survey)
    for kind, what in turns:
        life.take(kind, what)
    _every_text_is_read(telegram, life, items)
    _stored_is_what_the_engine_says(telegram, life.number)
    _nothing_waits_or_is_kept(telegram)
    _nothing_went_twice(telegram, life.number)
    _of_all_questions_on_the_screen_only_the_newest_can_be_answered(telegram, life)
    _every_press_is_answered(telegram)


def _every_text_is_read(telegram: TelegramStage, life: Life, items: int) -> None:
    """Words are all there; a number is where it answered nothing."""
    found = Counter(row.words for row in telegram.stage.rows(ReviewItem)[items:])
    missing = Counter(life.said) - found
    more = found - Counter(life.said) - Counter(life.numbers)
    assert not missing, "a text is not in the queue"
    assert not more, "something is in the queue that nobody said"


def _stored_is_what_the_engine_says(telegram: TelegramStage, number: int) -> None:
    sessions = telegram.sessions(number)
    assert len([one for one in sessions if one.state == SessionState.OPEN]) <= 1
    if not sessions or (session := sessions[-1]).state not in _IN_USE:
        return
    with telegram.stage.database.reading() as db:
        form = Forms().of(db, session.version_id)
    at = Session.from_json(session.progress)
    wanted = {name: value for name, value in effective(form, at).items() if name in at.answers}
    stored = telegram.answers(number)
    assert {name: stored.get(name, "") for name in wanted} == wanted


def _nothing_waits_or_is_kept(telegram: TelegramStage) -> None:
    now = telegram.stage.now
    waiting = [row for row in telegram.stage.rows(Outbox) if row.settled_at is None]
    assert [row.intent for row in waiting if row.not_before <= now] == []
    assert telegram.stage.rows(KeptMessage) == []
    assert telegram.server.pending == 0


def _nothing_went_twice(telegram: TelegramStage, number: int) -> None:
    """Each row of the outbox is at most one message. (One that changes nothing is refused.)"""
    sessions = telegram.sessions(number)
    if not sessions or (session := sessions[-1]).state not in _IN_USE:
        return  # who deletes takes the rows along
    mine = col(Outbox.contact_id) == session.contact_id
    rows = telegram.stage.rows(Outbox, mine, col(Outbox.outcome) == "sent")
    sends = telegram.server.called("sendMessage", "sendPhoto", "editMessageText")
    assert len([call for call in sends if call.chat == number and call.is_done]) <= len(rows)


def _of_all_questions_on_the_screen_only_the_newest_can_be_answered(
    telegram: TelegramStage, life: Life
) -> None:
    sessions = telegram.sessions(life.number)
    now = [(one.id, Session.from_json(one.progress).step) for one in sessions if _is_open(one)]
    asked = [(one, of) for one in life.person.screen for of in _questions_of(one)]
    if now and asked:
        assert asked[-1][1] == now[-1], "the newest is the one that is asked"
    before = _all_of(telegram, life.number)
    for shown, of in asked:
        if of not in now:
            for _, data in shown.buttons:
                if _answers(data):
                    life.person.presses_data(data, shown)
    telegram.settle()
    assert _all_of(telegram, life.number) == before, "an old button answered something"


def _is_open(session: SurveySession) -> bool:
    return session.state == SessionState.OPEN


def _questions_of(shown: Shown) -> set[tuple[str, int]]:
    """Of which session and step this message asks."""
    found = [read_form(data) for _, data in shown.buttons if _answers(data)]
    return {(one.session_id, one.step) for one in found if one is not None}


def _answers(data: str) -> bool:
    press = read_form(data)
    return press is not None and (press.what[:1] in "+-0123456789" or press.what in _ALSO)


def _all_of(telegram: TelegramStage, number: int) -> tuple[object, ...]:
    """All that an answer would change, their own or anybody's."""
    sessions = [(one.id, one.state, one.progress) for one in telegram.sessions(number)]
    rows = telegram.stage.rows(Answer)
    answers = Counter((one.pseudonym, one.question, one.value, one.words) for one in rows)
    return sessions, answers


def _every_press_is_answered(telegram: TelegramStage) -> None:
    """The clock on each button stops; that is said beside everything else."""
    profile = telegram.server.profile

    def all_are() -> bool:
        return set(profile.queries) <= {one["query"] for one in profile.answered}

    telegram.stage.run(until(all_are, "every press is answered"))
