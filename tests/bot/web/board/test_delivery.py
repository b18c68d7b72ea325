"""/delivery: who was told, who was not and why; telling again is one press, and only once."""

from sqlmodel import col

from storage.audit import AuditEntry
from storage.mail import Outbox
from storage.people import Contact, ContactState
from tests.bot.web.board.office import Office, at
from tests.bot.web.board.published import publish, settle


def _settle(office: Office, outcomes: dict[int, str]) -> list[int]:
    with office.stage.database.writing() as db:
        return settle(db, office.stage.now, outcomes)


def test_each_publication_says_how_far_it_has_come_and_why_not_further(office: Office) -> None:
    ref = publish(office, listed=8)
    contacts = _settle(office, {0: "sent", 1: "sent", 2: "gone", 3: "fault"})
    with office.stage.database.writing() as db:
        gone = db.get_one(Contact, contacts[2])
        gone.state, gone.state_reason = ContactState.GONE, "Forbidden"
        db.add(gone)
    board = office.come("voice", "/delivery")
    assert at(board.page) == "/delivery"
    assert "6 of 8 told, 2 could not be told" in board.main
    assert "From said to told" in board.main
    assert "1: a fault of ours" in board.main
    board.go(f"/delivery/{ref}")
    assert "1: they blocked us" in board.main
    assert "Sports for everyone" in board.main, "what they got"
    assert "telegram" not in board.main.lower(), "who it was is nobody's business here"


def test_telling_again_is_one_press_and_a_second_one_queues_nothing(office: Office) -> None:
    ref = publish(office, listed=6)
    contacts = _settle(office, dict.fromkeys(range(1, 6), "sent") | {0: "gave_up"})
    board = office.come("manager", f"/delivery/{ref}")
    old = board.filled("Tell again those who were not reached")
    board.send(*old)
    assert "told again now" in board.main
    board.send(*old)
    assert "nobody to tell again" in board.main
    waits = office.stage.rows(Outbox, Outbox.intent == "told", col(Outbox.settled_at).is_(None))
    assert [row.contact_id for row in waits] == [contacts[0]]
    assert len(office.stage.rows(AuditEntry, AuditEntry.act == "publication.tell_again")) == 1


def test_a_short_list_is_not_counted_and_who_may_not_publish_has_no_button(office: Office) -> None:
    ref = publish(office, listed=3)
    _settle(office, {0: "gave_up"})
    board = office.come("scrutineer", f"/delivery/{ref}")
    assert "Fewer than five people are on the list" in board.main
    assert "the platform refused for more than a day" in board.main
    assert "Tell again" not in board.main


def test_nothing_published_and_a_page_that_is_not_there_are_said_plainly(office: Office) -> None:
    board = office.come("voice", "/delivery")
    assert "Nothing was published yet" in board.main
    assert "No theme has been coded" in board.main
    board.go("/delivery/99999999999999")
    assert board.page.status_code == 404
