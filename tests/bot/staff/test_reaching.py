"""Finding those who never wrote: bounded, asked once a day, nobody's address taken away."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col

from bot.messages import EMAIL, SLACK, Address
from bot.people import link
from bot.reaching import ReachReport, reach
from storage.audit import AuditEntry
from storage.people import Contact, ContactState, Person, Preferences
from tests.bot.staff.office import Office

Finder = Callable[[str], Address | None]


def _reach(office: Office, find: Finder, **more: object) -> tuple[ReachReport, list[str]]:
    """What came of it, and whose e-mails were asked about, in this order."""
    asked: list[str] = []

    async def ask(email: str) -> Address | None:
        asked.append(email.partition("@")[0])
        return find(email)

    report = office.run(reach(office.app, ask, **more))  # type: ignore[arg-type]
    assert isinstance(report, ReachReport)
    return report, asked


def _in_slack(email: str) -> Address | None:
    return Address(SLACK, "T1", f"U-{email}")


def _by_mail(email: str) -> Address | None:
    return Address(EMAIL, "", email)


def _nowhere(email: str) -> Address | None:
    return None


def _platforms(office: Office, person_id: int) -> list[tuple[str, str]]:
    rows = office.rows(Contact, col(Contact.person_id) == person_id)
    return [(row.platform, row.state) for row in rows]


def test_who_never_wrote_is_connected_where_they_are(at_work: Office) -> None:
    amira = at_work.person("amira", linked=False)
    report, asked = _reach(at_work, _in_slack)
    assert (report, asked) == (ReachReport(1, 1, 0), ["amira"])
    assert _platforms(at_work, amira) == [(SLACK, "active")]
    assert [row.act for row in at_work.rows(AuditEntry)] == ["person_found"]
    assert _reach(at_work, _in_slack)[1] == [], "they are reached now"


def test_nobody_is_looked_for_twice_within_a_day(at_work: Office) -> None:
    at_work.person("amira", linked=False)
    assert _reach(at_work, _nowhere)[1] == ["amira"]
    assert _reach(at_work, _nowhere)[1] == []
    assert _reach(at_work, _in_slack, anew=True)[0].found == 1
    at_work.person("sam", linked=False)
    assert _reach(at_work, _nowhere)[1] == ["sam"]
    at_work.later(days=1)
    assert _reach(at_work, _nowhere)[1] == ["sam"]


def test_a_run_asks_about_so_many_and_the_rest_come_next(at_work: Office) -> None:
    for number in range(5):
        at_work.person(f"p{number}", linked=False)
    report, first = _reach(at_work, _nowhere, most=2)
    assert (report.left, first) == (3, ["p0", "p1"])
    assert _reach(at_work, _nowhere, most=2)[1] == ["p2", "p3"]
    assert _reach(at_work, _nowhere, most=2)[1] == ["p4"]


def test_a_chat_is_looked_for_where_only_mail_reaches_unless_mail_was_chosen(
    at_work: Office,
) -> None:
    amira, sam = (at_work.person(name, linked=False) for name in ("amira", "sam"))
    assert _reach(at_work, _by_mail)[0].found == 2
    with at_work.database.writing() as db:
        db.add(Preferences(person_id=sam, platform=EMAIL))
    at_work.later(days=1)
    assert _reach(at_work, _in_slack)[1] == ["amira"]
    assert _platforms(at_work, amira) == [(EMAIL, "active"), (SLACK, "active")]
    assert _platforms(at_work, sam) == [(EMAIL, "active")]


@pytest.mark.parametrize("whose", ["own", "another", "nobody"])
def test_an_address_that_is_gone_or_somebodys_stays_as_it_is(at_work: Office, whose: str) -> None:
    amira, sam = (at_work.person(name, linked=False) for name in ("amira", "sam"))
    owner = {"own": amira, "another": sam, "nobody": None}[whose]
    with at_work.database.writing() as db:
        contact = link(db, db.get_one(Person, amira), Address(SLACK, "T1", "U1"))
        contact.person_id, contact.state = owner, ContactState.GONE
        db.add(contact)
    report, _ = _reach(at_work, lambda _: Address(SLACK, "T1", "U1"))
    assert report.found == 0
    [row] = at_work.rows(Contact)
    assert (row.person_id, row.state) == (owner, ContactState.GONE)


def test_who_left_or_has_no_email_is_not_looked_for(at_work: Office) -> None:
    left, silent = (at_work.person(name, linked=False) for name in ("left", "silent"))
    with at_work.database.writing() as db:
        db.get_one(Person, left).active = False
        person = db.get_one(Person, silent)
        person.email = person.email_hash = None
    assert _reach(at_work, _in_slack)[1] == []
    assert ReachReport() == _reach(at_work, _in_slack)[0]
    at_work.later(hours=timedelta(days=2).total_seconds() / 3600)
    assert _reach(at_work, _in_slack)[1] == []
