"""`doctor` for young people's sake: who reads, who is on call, which papers, what waits unheard."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot import keys
from bot.doctor_keeping import keys_file
from storage.break_glass import BreakGlass
from storage.calendar import Calendar
from storage.concerns import OnCallShift, ReviewItem, ReviewState
from storage.people import Contact, Person, Role
from storage.surveys import Survey, SurveyState
from surveys import concerns
from surveys.concerns import review_row
from surveys.review_clock import USUAL
from surveys.screening import Screening, Tier
from tests.commands.database import opened
from tests.commands.terminal import MANAGER, REVIEWER, YOUTH, Terminal

NOW = datetime(2023, 12, 4, 10, tzinfo=UTC)
WORDS = "he hits me when mum is at work"


def _said(terminal: Terminal) -> str:
    found: dict[str, Any] = terminal.run("--json", "doctor").data
    said = " ".join(f"{item['problem']} {item['remedy']}" for item in found["problems"])
    assert WORDS not in said
    return said


def _change(terminal: Terminal, what: Any) -> None:
    with opened(terminal) as database, database.writing() as db:
        what(db)


def _item(db: Db, tier: Tier = Tier.RED, **more: Any) -> str:
    row = review_row(
        survey_id=None,
        pseudonym=None,
        question="",
        words=WORDS,
        screening=Screening(tier, (), (), "2026.1"),
        language="en",
        group_name="",
        now=NOW - timedelta(days=60),
        calendar=Calendar(),
    )
    db.add(ReviewItem(**(row | more)))
    db.flush()
    return str(row["ref"])


@pytest.fixture
def settled(survey_open: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A survey is open, the papers are signed, and the pages inside have an address."""
    for name, value in (
        ("GOVERNANCE__DPIA_SIGNED_BY", "Jo Example"),
        ("GOVERNANCE__DPIA_SIGNED_ON", "2023-11-01"),
        ("LINKS__BOARD", "http://127.0.0.1:8081"),
    ):
        monkeypatch.setenv(f"LOOP_{name}", value)
    return survey_open


def test_doctor_asks_for_none_of_this_before_young_people_are_asked(rochdale: Terminal) -> None:
    said = _said(rochdale)
    for word in ("impact assessment", "on call", "review queue", "paused", "reads what young"):
        assert word not in said, said


def test_doctor_asks_who_signed_and_where_the_board_is(survey_open: Terminal) -> None:
    said = _said(survey_open)
    assert "nobody has signed the impact assessment" in said
    assert "listening-loop papers" in said
    assert "Nobody can sign in to the review queue" in said
    assert "`board` of [links]" in said


def test_doctor_is_content_with_papers_and_an_address(settled: Terminal) -> None:
    said = _said(settled)
    assert "signed" not in said
    assert "sign in" not in said


def test_doctor_says_that_the_papers_are_due(
    settled: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOP_GOVERNANCE__REVIEW_ON", "2023-12-03")
    assert "looked at again by 2023-12-03" in _said(settled)


def test_doctor_says_that_a_reviewer_at_the_terminal_hears_no_alert(settled: Terminal) -> None:
    assert "No alert rings" in _said(settled)
    emails = "people", "link", REVIEWER, "--platform", "email", "--address", REVIEWER
    settled.done(*emails)
    said = _said(settled)
    assert "No alert rings" in said, "the deputy is still at the terminal alone"
    assert " and " not in said.split("No alert rings", 1)[1].split(":", 1)[0]


def test_doctor_says_when_nobody_is_on_call(settled: Terminal) -> None:
    assert "Nobody is on call" not in _said(settled)

    def remove(db: Db) -> None:
        for shift in db.exec(select(OnCallShift)):
            db.delete(shift)

    _change(settled, remove)
    said = _said(settled)
    assert "Nobody is on call from" in said
    assert "about to be paused" in said
    assert "concerns rota add" in said


def test_doctor_says_that_a_survey_is_paused_and_how_to_open_it(settled: Terminal) -> None:
    def pause(db: Db) -> None:
        row = db.exec(select(Survey).where(Survey.slug == YOUTH)).one()
        row.state = SurveyState.PAUSED
        db.add(row)

    _change(settled, pause)
    said = _said(settled)
    assert f"The survey {YOUTH} is paused" in said
    assert f"survey open {YOUTH}" in said


def test_doctor_names_an_urgent_text_of_which_nobody_can_be_told(ready: Terminal) -> None:
    refs: list[str] = []
    _change(ready, lambda db: refs.append(_item(db)))
    said = _said(ready)
    assert f"no alert about it reached anybody: {refs[0]}" in said
    assert "Ring a reviewer up now" in said


def test_doctor_names_a_red_that_nobody_took_though_all_were_told(settled: Terminal) -> None:
    refs: list[str] = []
    settled.done("people", "link", MANAGER)

    def nobody_takes_it(db: Db) -> None:
        refs.append(_item(db, received_at=NOW, due_at=NOW))
        for hours in range(1, 30):
            at = NOW + timedelta(hours=hours)
            concerns.pass_on(db, now=at, calendar=Calendar(), clocks=USUAL)

    _change(settled, nobody_takes_it)
    said = _said(settled)
    assert f"A red waits that nobody has, though everybody was told: {refs[0]}" in said
    settled.done("concerns", "acknowledge", refs[0], "--as", REVIEWER)
    assert refs[0] not in _said(settled)


def test_doctor_names_words_that_the_case_system_must_have_by_now(ready: Terminal) -> None:
    refs: list[str] = []
    done: dict[str, Any] = {
        "state": ReviewState.CLOSED,
        "decision": "mash",
        "decided_at": NOW - timedelta(days=59),
    }
    for _ in range(7):
        _change(ready, lambda db: refs.append(_item(db, **done)))
    said = _said(ready)
    assert "nobody said that the case system has them" in said
    assert "and 2 more" in said
    assert "concerns purge REF" in said
    assert sum(ref in said for ref in refs) == 5


def test_doctor_says_that_nobody_looked_at_an_emergency_once_it_is_over(settled: Terminal) -> None:
    def open_queue(db: Db) -> None:
        manager = db.exec(select(Person).where(Person.email == MANAGER)).first()
        person = manager or db.exec(select(Person)).first()
        assert person is not None
        db.add(
            BreakGlass(
                person_id=person.id or 0,
                role=Role.MANAGER,
                reason="nobody answered",
                begins=NOW - timedelta(hours=1),
                ends=NOW + timedelta(hours=1),
            )
        )

    _change(settled, open_queue)
    assert "emergency" not in _said(settled)
    said = _said(settled.at("2023-12-04T13:00"))
    assert "opened in an emergency, and no reviewer has looked at it" in said
    assert "nobody answered" not in said


def test_doctor_says_that_a_change_of_keys_was_not_finished(ready: Terminal) -> None:
    path = ready.folder / "data" / "keys.toml"
    assert not list(keys_file(path))
    keys.prepare(path)
    assert "nothing is encrypted with it yet" in _said(ready)
    keys.switch(path, NOW)
    assert "the old one is still in the keys file" in _said(ready)
    ready.done("data", "rekey")
    assert "keys" not in _said(ready)


def test_doctor_says_that_deletions_cannot_be_listed(ready: Terminal) -> None:
    path = ready.folder / "data" / "keys.toml"
    (path.parent / keys.LEDGER).unlink(missing_ok=True)
    (path.parent / keys.LEDGER).mkdir()
    said = _said(ready)
    assert "Deletions cannot be listed" in said
    assert "data purge" in said


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("http://board.example.org", "The address of the pages inside is not HTTPS"),
        ("https://board.example.org", "The pages inside are called through a reverse proxy"),
        ("http://127.0.0.1:8081", ""),
    ],
)
def test_doctor_looks_at_the_address_of_the_board(
    ready: Terminal, monkeypatch: pytest.MonkeyPatch, address: str, wrong: str
) -> None:
    monkeypatch.setenv("LOOP_LINKS__BOARD", address)
    said = _said(ready)
    assert wrong in said
    assert bool(wrong) is ("pages inside" in said)


def test_somebody_who_is_reached_elsewhere_is_not_written_to_at_the_terminal(
    settled: Terminal,
) -> None:
    from storage.people import contacts_of

    settled.done("people", "link", REVIEWER, "--platform", "email", "--address", REVIEWER)
    with opened(settled) as database, database.reading() as db:
        ids = {one.person_id for one in db.exec(select(Contact)) if one.platform == "email"}
        found = contacts_of(db, [one for one in ids if one is not None])
        assert {one.platform for one in found.values()} == {"email"}


def test_doctor_names_the_database_that_a_restore_put_aside(ready: Terminal) -> None:
    aside = ready.folder / "data" / "loop.db.before-20231201T090000Z"
    aside.write_bytes(b"")
    assert f"still lies in data/{aside.name}" in _said(ready)
    aside.unlink()
    assert "still lies" not in _said(ready)
