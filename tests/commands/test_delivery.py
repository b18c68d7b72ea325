"""`delivery`: who was told what came of a survey, and who was not and why."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from digests.period import Period
from digests.publishing import publish
from storage.calendar import Calendar
from storage.mail import Outbox
from storage.voice import ResponseKind, ResponseState
from tests.commands.database import opened
from tests.commands.terminal import MANAGER, REVIEWER, Terminal
from tests.digests import seeded

_PEOPLE = f"e-mail,post,roles\n{MANAGER},Business Manager,manager\n{REVIEWER},Reviewer,reviewer\n"
NOW = datetime(2024, 1, 20, 9, tzinfo=UTC)


@pytest.fixture
def published(ready: Terminal) -> tuple[Terminal, int]:
    """Seven asked to hear; five were told, one is blocked for now, one waits."""
    ready.folder.joinpath("people.csv").write_text(_PEOPLE, "utf-8")
    ready.done("people", "import", "people.csv")
    with opened(ready) as database, database.writing() as db:
        found = seeded.partnership(db)
        seeded.ask_to_hear(db, found, 7)
        theme = seeded.theme(db, found, "Sports", 20)
        seeded.response(db, theme, ResponseKind.WE_DID, "Done.", state=ResponseState.APPROVED)
        done = publish(
            db,
            found.survey,
            person_id=found.people["Business Manager"],
            period=Period(NOW.date() - timedelta(days=91), NOW.date()),
            now=NOW,
            calendar=Calendar(),
        )
        told = select(Outbox).where(Outbox.intent == "told").order_by(col(Outbox.id))
        for place, row in enumerate(db.exec(told).all()[:6]):
            row.settled_at, row.outcome = NOW, "gave_up" if place == 0 else "sent"
            db.add(row)
    return ready.at("2024-01-21T10:00"), done.publication_id


def test_each_publication_is_listed_with_how_far_it_has_come(
    published: tuple[Terminal, int],
) -> None:
    terminal, number = published
    assert "5 of 7 told, 1 under way, 1 could not be told" in terminal.done("delivery", "list").out
    shown = terminal.done("delivery", "show", str(number)).out
    assert "1: the platform refused for more than a day. Tell them again." in shown
    assert "Too few people told us" in shown
    reached = terminal.json("delivery", "show", str(number))["reached"]
    assert (reached["listed"], reached["delivered"]) == (7, 5)
    assert terminal.json("delivery", "list")[0]["publication_id"] == number


def test_telling_again_twice_tells_once_and_needs_somebody_who_may(
    published: tuple[Terminal, int],
) -> None:
    terminal, number = published
    assert terminal.run("delivery", "again", str(number), "--as", REVIEWER).code == 1
    first = terminal.json("delivery", "again", str(number), "--as", MANAGER)
    second = terminal.json("delivery", "again", str(number), "--as", MANAGER)
    assert (first["told"], second["told"]) == (1, 0)
    assert terminal.run("delivery", "again", "999", "--as", MANAGER).code == 1


def test_the_loop_of_a_quarter_is_told_in_sentences(published: tuple[Terminal, int]) -> None:
    terminal, _ = published
    said = terminal.done("delivery", "figures").out
    assert "1 of 1 theme have" not in said
    assert "Of 7 people on the lists, 5 were told" in said
    assert terminal.json("delivery", "figures", "help-at-home")["survey"] == "help-at-home"
    assert terminal.run("delivery", "figures", "nothing-here").code == 1
    assert terminal.run("delivery", "show", "999").code == 1
    assert terminal.run("delivery", "list", "--as", REVIEWER).code == 1


def test_nothing_published_is_said_plainly(rochdale: Terminal) -> None:
    assert "Nothing was published yet" in rochdale.done("delivery", "list").out
    assert "No theme has been coded" in rochdale.done("delivery", "figures").out
