"""Somebody who answers in Polish reads Polish from the first line to the last."""

import re
from collections.abc import Iterator

import pytest

from bot.settings import Settings
from storage.database import Database
from storage.language import Catalogue
from storage.mail import Outbox
from tests.bot.conftest import staged
from tests.bot.stage import YOUTH, Stage, form_of

WORD = "[A-Za-zÀ-ž']+"
_WORDS = "więcej osób do rozmowy"


@pytest.fixture
def stage(sqlite_database: Database) -> Iterator[Stage]:
    with staged(sqlite_database) as one:
        yield one


def _phrases(text: str) -> set[tuple[str, ...]]:
    """Every three words that stand together within a line, help lines left out."""
    found: set[tuple[str, ...]] = set()
    for line in _partnerships_own(text).splitlines():
        for part in re.split(r"[^\w' ]|\d", line):
            words = re.findall(WORD, part.casefold())
            found |= set(zip(words, words[1:], words[2:], strict=False))
    return found


def _partnerships_own(text: str) -> str:
    """Without the help lines and the partnership's name, which the settings and the form give."""
    form = form_of(YOUTH)
    names = [*form.settings.asked_by.values(), Settings().partnership.name]
    for line in Settings().help_lines:
        names += [f"- {line.name}: {line.number} ({line.note})"]
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text


def _english() -> set[tuple[str, ...]]:
    """The phrases of everything that we or the form would say in English."""
    form = form_of(YOUTH)
    texts = [re.sub(r"\{[{%].*?[%}]\}", "\n", text) for text in _bot("en").values()]
    for question in form.questions:
        texts += [question.labels.get("en", ""), question.hints.get("en", "")]
        texts += [choice.labels.get("en", "") for choice in question.choices]
    return _phrases("\n".join([*texts, form.settings.why["en"]]))


def _bot(code: str) -> dict[str, str]:
    return dict(Catalogue.load("bot").texts[code])


def _visit(stage: Stage, *lines: str) -> str:
    """A whole visit: the choice of language (the welcome before it is in English), then these."""
    stage.reviewers()
    token = stage.open(group="Falinge")
    welcome = stage.say("yp", f"/start {token}")
    polish = next(line for line in welcome.splitlines() if line.endswith(") Polski"))
    before = len(stage.heard("yp"))
    stage.say("yp", polish.strip().partition(")")[0], *lines)
    return "\n".join(stage.heard("yp")[before:])


_VISITS = {
    "to the end": ("1", "1", "1", "2", "4", "1 3", "1 4", "1", _WORDS, "1"),
    "asking for more, not to hear": ("3", "1", "1", "1", "2", "8", "1", "1", _WORDS, "2"),
    "answers that do not fit": ("1", "99", "x", "1", "1", "2", "zzz", "4", "1 99", "/back"),
    "every command": (
        *("1", "/help", "/privacy", "/safe", "/clear", "/language", "/language xx", "/delete X"),
        *("/back", "/skip", "[picture]", "[edit] inaczej", "/nothing", "/stop", "3"),
    ),
    "stopping and keeping": ("1", "1", "/stop", "1", _WORDS, "/delete"),
    "stopping and deleting": ("1", "1", "/stop", "2", "[voice]"),
    "something worrying": ("1", "chcę się zabić", "1", "telefon 07700 900123"),
    "a second visit": ("1", "1", "1", "2", "4", "1", "1", "1", _WORDS, "1", "/start"),
    "saying no": ("2",),
}


@pytest.mark.parametrize("name", _VISITS)
def test_no_phrase_of_ours_is_in_english(stage: Stage, name: str) -> None:
    heard = _visit(stage, *_VISITS[name])
    english = _phrases(heard) & (_english() - _phrases("\n".join(_bot("pl").values())))
    assert english == set(), heard
    assert len(heard.splitlines()) > 3 or name == "saying no"


def test_the_visit_is_long_enough_to_prove_something(stage: Stage) -> None:
    heard = _visit(stage, *_VISITS["to the end"])
    assert "Pytanie 8 z 8" in heard
    assert "29 lutego 2024" in heard
    assert "Napiszemy tutaj" in heard


def test_words_never_wait_in_the_outbox(stage: Stage) -> None:
    _visit(stage, *_VISITS["something worrying"], *_VISITS["to the end"][1:])
    params = [row.params for row in stage.rows(Outbox)]
    assert any("wording" in text for text in params)
    assert [text for text in params if "zabić" in text or "07700" in text or _WORDS in text] == []


@pytest.mark.parametrize("number", ["999", "0800 1111", "85258", "116 123"])
def test_help_numbers_are_the_same_in_both_languages(number: str) -> None:
    english, polish = _bot("en"), _bot("pl")
    for key, text in polish.items():
        # A number of things has more forms in Polish than in English.
        same = english.get(key) or english[f"{key.rpartition('.')[0]}.other"]
        assert text.count(number) == same.count(number), key
        assert re.findall(r"/[a-z]+", text) == re.findall(r"/[a-z]+", same), key
