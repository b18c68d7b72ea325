"""Whatever a young person writes, in whatever order, a person gets to read it. Nothing leaks."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.messages import Content, Edited, Elsewhere, Pressed, Said, Sent
from bot.platforms.console import PLATFORM
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import KeptMessage, Outbox
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.bot.conftest import staged
from tests.bot.stage import TELEGRAM, Stage, words_of

_TEXTS = st.sampled_from(
    [
        "i like it here",
        "my dad hits me when he drinks",
        "will you tell my mum",
        "I want to kill myself tonight",
        "stop it",
        "help",
        "what is this?",
        "ok",
        "yes",
        "delete it please",
        "07700 900123",
        "start again",
        "żółć",
        "🙂",
        "sentence",
        "stab them",
        "help-they-hurt",
    ]
)
_BEHIND = st.sampled_from(
    ["/help", "/stop", "/back", "/skip", "/delete", "/language", "/later", "/replies", "/xyz"]
)
_WORDY_LINKS = st.sampled_from(
    [
        "/start my dad hits me when he drinks",
        "/start help",
        "/start please-help-me",
        "/start stab-them",
    ]
)
_COMMANDS = st.sampled_from(
    ["/back", "/skip", "/stop", "/help", "/privacy", "/safe", "/clear", "/language", "/language pl"]
)
_LATER = st.sampled_from(["/later", "/replies"])
_KINDS = st.sampled_from(
    ["picture", "video", "voice", "file", "sticker", "place", "contact", "forwarded", "other"]
)
_LABELS = st.sampled_from(
    [
        "Go on",
        "Stop here",
        "Finish",
        "Keep them",
        "Delete them",
        "Go on with the questions",
        "I would like someone to contact me",
        "Yes, start",
        "Yes, tell me",
        "14 or 15",
        "Skip",
        "Back",
        "Stop",
        "16 or older",
        "Polski",
    ]
)
_TURNS = st.one_of(
    st.tuples(st.just("text"), _TEXTS),
    st.tuples(st.just("text"), _TEXTS),
    st.tuples(st.just("behind"), st.tuples(_BEHIND, _TEXTS).map(" ".join)),
    st.tuples(st.just("link"), _WORDY_LINKS),
    st.tuples(st.just("edit"), _TEXTS),
    st.tuples(_KINDS, _TEXTS),
    st.tuples(st.just("group"), _TEXTS),
    st.tuples(st.just("command"), _COMMANDS),
    st.tuples(st.just("command"), _LATER),
    st.tuples(st.just("number"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("label"), _LABELS),
    st.tuples(st.just("link"), st.just("")),
)


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Stage]:
    """One database for all examples; every example is another person."""
    with (
        SqliteBackend(tmp_path_factory.mktemp("texts")).prepared() as url,
        Database(url, keyring) as database,
        staged(database) as stage,
    ):
        stage.reviewers()
        yield stage


def _take(stage: Stage, who: str, token: str, kind: str, what: str) -> list[str]:
    """Plays one turn; the texts in it that a person must read."""
    before = len(stage.rows(ReviewItem))
    if kind == "link":
        stage.say(who, what or f"/start {token}")
        return [what.removeprefix("/start ")] if what else []
    if kind in ("command", "number"):
        stage.say(who, what)
        # A number that answers nothing is a text after all: then it must be there, and once.
        more = words_of(stage.rows(ReviewItem)[before:])
        assert more in ([], [what])
        return more if kind == "number" else []
    if kind == "label":
        shown = [
            button.token
            for sent in stage.recorder.sent
            if sent.to == who
            for button in sent.message.buttons
            if button.label == what
        ]
        if shown:
            stage.say(who, Pressed(shown[-1]))
        return []
    stage.say(who, _content(kind, what))
    return [what]


def _content(kind: str, what: str) -> Content:
    if kind in ("text", "behind"):
        return Said(what)
    if kind == "edit":
        return Edited(what)
    return Elsewhere(what) if kind == "group" else Sent(kind, what)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    turns=st.lists(_TURNS, min_size=3, max_size=14),
    deletes=st.booleans(),
    platform=st.sampled_from([PLATFORM, TELEGRAM]),
)
def test_every_text_of_a_young_person_is_in_the_review_queue(
    alone: Stage, turns: list[tuple[str, str]], deletes: bool, platform: str
) -> None:
    who = f"yp{len(alone.recorder.sent)}"
    alone.platform = platform
    token = alone.open()
    earlier = len(alone.rows(ReviewItem))
    alone.say(who, f"/start {token}")
    if platform == TELEGRAM:
        alone.press(who, "16 or older")
    alone.press(who, "Yes, start")
    wanted = [one for kind, what in turns for one in _take(alone, who, token, kind, what)]
    if deletes:
        alone.say(who, "/stop", "/delete")
        sure = [one for one in _buttons(alone, who) if one.startswith("delete:")]
        alone.say(who, *(Pressed(one) for one in sure[:1]))
    found = words_of(alone.rows(ReviewItem)[earlier:])
    assert sorted(found) == sorted(wanted)
    assert alone.rows(KeptMessage) == []
    # What a person sees at the end of any conversation is never nothing.
    assert alone.heard(who)


def _buttons(stage: Stage, who: str) -> list[str]:
    """What the newest message offers: nothing, where nothing was there to delete."""
    newest = [sent.message for sent in stage.recorder.sent if sent.to == who][-1]
    return [button.token for button in newest.buttons]


_SECRET = "zanzibar elephants"


def _worst_day(stage: Stage, token: str) -> None:
    """The word is said everywhere: in answers, between them, to a broken session, by leads."""
    lines = [f"/start {token}", "1", _SECRET, "2", f"my dad hits me {_SECRET}", f"/help {_SECRET}"]
    stage.say("yp", *lines)
    stage.press("yp", "I would like someone to contact me")
    stage.say("yp", f"call {_SECRET}", "1", "1", "1", "1", "/skip", _SECRET, f"after {_SECRET}")
    stage.say("yp", Edited(f"edited {_SECRET}"), Sent("picture", _SECRET))
    stage.say("yp", Sent("forwarded", _SECRET), Elsewhere(f"in a group {_SECRET}"))
    stage.say("bad", f"/start {token}", "1")
    with stage.database.writing() as db:
        db.connection().execute(text("UPDATE survey_version SET definition = '{}'"))
    with staged(stage.database) as broken:
        broken.say("bad", f"lost {_SECRET}")
        broken.say("lead", f"what about {_SECRET}")


def test_no_word_of_an_answer_is_in_the_outbox_a_log_an_error_or_a_reference(
    stage: Stage,
    youth: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    stage.person("lead")
    stage.person("admin")
    _worst_day(stage, youth)
    _assert_silent(stage, caplog.text, "caplog")
    printed = capsys.readouterr()
    _assert_silent(stage, printed.out + printed.err, "printed")
    for row in stage.rows(Outbox):
        _assert_silent(stage, json.dumps(row.model_dump(mode="json")), "outbox")
    for row in stage.rows(KeptMessage):
        _assert_silent(stage, f"{row.ref} {row.error_kind}", "kept")
    for who in ("reviewer", "deputy", "admin"):
        _assert_silent(stage, "\n".join(stage.heard(who)), who)
    assert any(_SECRET in row.words for row in stage.rows(ReviewItem)), "the test says it at all"


def _assert_silent(stage: Stage, said: str, where: str) -> None:
    for word in _SECRET.split():
        assert word not in said, where


def test_no_word_of_an_answer_rests_in_the_clear(small_stage: Stage) -> None:
    small_stage.reviewers()
    _worst_day(small_stage, small_stage.open())
    path = small_stage.database.engine.url.database
    assert path is not None
    files = sorted(Path(path).parent.glob(f"{Path(path).name}*"))
    assert len(files) > 1, "the write-ahead log is looked at too"
    assert all(b"zanzibar" not in file.read_bytes() for file in files)
