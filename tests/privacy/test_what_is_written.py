"""The whole program, with logs at their loudest: nothing of a person stands in the clear anywhere.

Words, names, numbers, addresses, codes, tokens and keys are looked for in everything that it wrote:
logs, output, the files of the database, temporary files, plain columns, errors made on purpose.
"""

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.commands.common import plain_errors
from bot.listeners import bind
from bot.respondents import words as words_of_respondents
from bot.serving import Serving
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import KeptMessage
from storage.people import Contact
from storage.schema import metadata
from storage.surveys import SurveySession
from storage.types import Encrypted
from surveys.receipts import receipt_code
from tests.backends import SqliteBackend
from tests.bot.conftest import staged
from tests.bot.stage import Stage
from tests.platforms.fixtures import telegram_server, until
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TOKEN, TelegramServer
from tests.platforms.telegram_stage import START, open_example

__all__ = ["telegram_server"]

_CHAT = 7_712_345_098
_NAME = "Quentinius"
_ANSWER = "more zebrafinch time to talk"
_WORRY = "my uncle xylophonist hits me every night"
_WISH = "call me on 07700900123 please"
_FAILS = "marmaladefalls breaks the program"
_GUESS = "WXYZ-2345-QRST"
_WRONG_TOKEN = "0123456789abcdef01234567"
_COLLEAGUE = "jocasta@rochdale.example"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files would go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture
def loud(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Every logger of every library at its loudest, before anything is opened."""
    caplog.handler.setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.fixture
def stage(
    temporary: Path, loud: pytest.LogCaptureFixture, tmp_path: Path, keyring: object
) -> Iterator[Stage]:
    from storage.types import Keyring

    assert isinstance(keyring, Keyring)
    with (
        SqliteBackend(tmp_path).prepared() as url,
        Database(url, keyring) as database,
        staged(database) as one,
    ):
        yield one


def _shows(stage: Stage, person: Person, what: str) -> None:
    def is_shown() -> bool:
        return what in " ".join([*person.heard[-1:], *person.labels])

    stage.run(until(is_shown, f"{what!r} is shown"))


def _breaks(*_args: object) -> object:
    raise ValueError(f"cannot handle {_FAILS!r}")


def _play(stage: Stage, server: TelegramServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody answers, worries, wants a call, guesses codes, tries pages; what we gave them."""
    stage.reviewers()
    stage.person("jocasta")
    token = open_example(stage, "bolton_two_questions.xlsx")
    bound = bind("a free port", "127.0.0.1:0")
    stage.configure(
        telegram={
            "token": TOKEN,
            "api": server.url,
            "mode": "webhook",
            "decided_by": "Jo Example",
            "decided_on": "2023-11-01",
            "minimum_age": 0,
        },
        web={"inside": "127.0.0.1:0"},
        links={"web": bound.address},
    )
    server.clock = lambda: stage.now
    serving = Serving(stage.app, lambda _: None, pages=bound)
    try:
        stage.run(serving.open())
        robin = server.person(_CHAT)
        robin.chat.name = _NAME
        robin.arrives(token)
        _shows(stage, robin, START)
        robin.presses(START)
        _shows(stage, robin, "Question 1")
        robin.presses("14 or 15")
        _shows(stage, robin, "Question 2")
        robin.says(_WORRY)
        _shows(stage, robin, "I would like someone to contact me")
        robin.presses("I would like someone to contact me")
        _shows(stage, robin, "Write")
        robin.says(_WISH)
        stage.run(until(lambda: len(stage.rows(ReviewItem)) >= 2, "the wish is in the queue"))
        robin.says(f"/delete {_GUESS}")
        robin.says(f"/start {_WRONG_TOKEN}")
        with monkeypatch.context() as patched:
            patched.setattr(words_of_respondents, "said", _breaks, raising=True)
            robin.says(_FAILS)
            stage.run(until(lambda: bool(stage.rows(KeptMessage)), "it is kept"))
        robin.says(_ANSWER)
        _pages(stage, bound.address, token)
        stage.run(until(lambda: server.webhook.failures == 0, "all was taken"))
    finally:
        stage.run(serving.close())
    [session] = stage.rows(SurveySession)
    assert isinstance(session, SurveySession)
    ring = stage.database.keyring
    keys = [key.hex() for key in (*ring.keys.values(), ring.lookup_key)]
    return [token, receipt_code(ring, session.id), *keys]


def _pages(stage: Stage, address: str, token: str) -> None:
    async def visit() -> None:
        async with httpx.AsyncClient(base_url=address) as client:
            for path in (f"/s/{token}", f"/s/{_WRONG_TOKEN}", f"/m/{_GUESS}", f"/x/{_FAILS}"):
                await client.get(path)
            sent = {"code": _GUESS, "seal": "forged", "words": _FAILS}
            await client.post("/receipt", data=sent)
            await client.post("/telegram", content=_FAILS)

    # What the visitor's own library logs is not ours.
    before = logging.getLogger("httpx").level, logging.getLogger("httpcore").level
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    stage.run(visit())
    for name, level in zip(("httpx", "httpcore"), before, strict=True):
        logging.getLogger(name).setLevel(level)


def _plain_columns(stage: Stage) -> str:
    """Every column that is not encrypted, of every table."""
    found = []
    with stage.database.engine.connect() as connection:
        for table in metadata().sorted_tables:
            plain = [one for one in table.c if not isinstance(one.type, Encrypted)]
            query = table.select().with_only_columns(*plain)
            found += [repr(tuple(row)) for row in connection.execute(query)]
    return "\n".join(found)


def test_nothing_of_a_person_is_written_in_the_clear(
    stage: Stage,
    telegram_server: TelegramServer,
    loud: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    temporary: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = _play(stage, telegram_server, monkeypatch)
    marks = [
        *("zebrafinch", "xylophonist", "07700900123", "marmaladefalls"),
        *(_NAME, str(_CHAT), _GUESS, _GUESS.replace("-", ""), _WRONG_TOKEN, _COLLEAGUE),
        *given,
        TOKEN,
    ]
    output = capfd.readouterr()
    logged = "\n".join(loud.handler.format(record) for record in loud.records)
    assert len(loud.records) > 20, "the logs were listened to"
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert any(name.endswith(".db") for name in files)
    places = {
        "the log": logged.encode(),
        "standard output": output.out.encode(),
        "standard error": output.err.encode(),
        "plain columns": _plain_columns(stage).encode(),
        **files,
    }
    found = {
        (place, mark)
        for place, content in places.items()
        for mark in marks
        if mark.encode().lower() in content.lower()
    }
    assert found == set()
    assert all(row.ref in _plain_columns(stage) for row in stage.rows(ReviewItem)), "it is seen"
    assert {row.words for row in stage.rows(ReviewItem)} >= {_WORRY, _WISH}
    assert str(_CHAT) in {row.address for row in stage.rows(Contact)}


def _write_twice(database: Database) -> None:
    with database.writing() as db:
        for _ in range(2):
            db.add(Contact(platform="t", address=_WISH, address_hash="same"))


def test_an_error_that_a_user_reads_holds_nothing_of_what_was_being_written(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BaseException, match=r"UNIQUE|unique") as caught, plain_errors():
        _write_twice(database)
    shown = capsys.readouterr()
    assert "07700900123" not in f"{caught.value!r} {caught.value} {shown.out} {shown.err}"
