"""`calendar make|list|end`: an address once, and nothing at it once it is ended."""

from sqlmodel import Session as Db

from storage.people import Person, Role
from tests.commands.database import opened
from tests.commands.terminal import Terminal
from tests.reminders.small_plan import SmallPlan

LEAD, OTHER = "lead@rochdale.example", "other@rochdale.example"


def _staffed(terminal: Terminal) -> None:
    """A lead with a group, and somebody who reviews and leads nothing."""
    with opened(terminal) as database, database.writing() as db:
        lead = _hired(db, database.keyring.fingerprint("email", LEAD), LEAD, Role.LEAD)
        _hired(db, database.keyring.fingerprint("email", OTHER), OTHER, Role.REVIEWER)
        SmallPlan.start(db).body("Neglect Board", contact_person_id=lead)


def _hired(db: Db, digest: str, email: str, role: Role) -> int:
    person = Person(name=email, key=email, email=email, email_hash=digest, roles=[role.value])
    db.add(person)
    db.flush()
    return person.id or 0


def _with_board(terminal: Terminal) -> None:
    path = terminal.folder / "config.toml"
    config = path.read_text("utf-8")
    path.write_text(config.replace('board = ""', 'board = "https://board.example"', 1), "utf-8")


def test_a_calendar_is_made_listed_and_ended(ready: Terminal) -> None:
    terminal = ready
    _with_board(terminal)
    _staffed(terminal)
    made = terminal.done("--json", "calendar", "make", "--as", LEAD, "--group", "neglect")
    assert made.data["address"].startswith("https://board.example/calendar/")
    (listed,) = terminal.done("--json", "calendar", "list", "--as", LEAD).data
    assert listed["of"] == "Neglect Board"
    assert made.data["address"].rpartition("/")[2].partition(".")[0] not in str(listed)
    terminal.done("calendar", "end", listed["calendar"], "--as", LEAD)
    assert "No calendar yet" in terminal.done("calendar", "list", "--as", LEAD).out
    again = terminal.run("calendar", "end", listed["calendar"], "--as", LEAD)
    assert (again.code, "calendar list" in again.err) == (1, True)


def test_what_cannot_be_made_says_why_and_makes_nothing(ready: Terminal) -> None:
    terminal = ready
    _staffed(terminal)
    nowhere = terminal.run("calendar", "make", "--as", LEAD)
    assert (nowhere.code, "links.web or links.board" in nowhere.err) == (1, True)
    unknown = terminal.run("calendar", "make", "--as", LEAD, "--group", "Finance")
    assert (unknown.code, "Neglect Board" in unknown.err) == (1, True)
    others = terminal.run("calendar", "make", "--as", OTHER)
    assert (others.code, "lead" in others.err) == (1, True), others.err
    assert terminal.done("--json", "calendar", "list", "--as", LEAD).data == []
