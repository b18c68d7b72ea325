"""No more letters, by the page or by the mail program; and a fresh link for an old one."""

from typing import Any

from bot.messages import EMAIL
from storage.mail import InboxKey, Outbox
from storage.people import Contact, ContactState
from tests.bot.web.desk.letters import Letters
from tests.bot.web.visitor import Visitor

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def _one_click(visitor: Visitor, path: str, **how: Any) -> int:
    """What a mail program sends: no page was shown, no cookie, no origin."""
    sending: dict[str, Any] = {"data": ONE_CLICK} | how
    return int(visitor.run(visitor.client.post(path, **sending)).status_code)


def test_a_mail_program_stops_the_letters_with_one_click(both: Letters) -> None:
    mail = both.browser()
    path = both.path("nurse", "stop")
    assert [_one_click(mail, path) for _ in range(3)] == [200] * 3
    [key] = both.stage.rows(InboxKey)
    assert key.platform == "desk"
    assert len(both.stage.rows(Outbox)) == 1


def test_it_may_send_it_as_parts_too(letters: Letters, nurse: Visitor) -> None:
    path = letters.path("nurse", "stop")
    parts = {"data": None, "files": {"List-Unsubscribe": (None, "One-Click")}}
    assert _one_click(nurse, path, **parts) == 200
    assert len(letters.stage.rows(InboxKey)) == 1


def test_who_wants_no_more_letters_is_heard_however_old_the_letter_is(
    letters: Letters, nurse: Visitor
) -> None:
    path = letters.path("nurse", "stop")
    letters.stage.later(days=400)
    assert nurse.go(path).status_code == 200
    assert _one_click(nurse, path) == 200
    assert len(letters.stage.rows(InboxKey)) == 1


def test_no_other_link_acts_by_one_click(letters: Letters, nurse: Visitor) -> None:
    for token in ("update:1", "snooze:1", "stopped", "actions"):
        assert _one_click(nurse, letters.path("nurse", token)) == 403
    assert not letters.stage.rows(InboxKey)


def test_a_forged_one_click_stops_nothing(letters: Letters, nurse: Visitor) -> None:
    path = letters.path("nurse", "stop")
    assert _one_click(nurse, f"{path[:-4]}AAAA") == 404
    assert _one_click(nurse, path, data={"List-Unsubscribe": "x" * 5000}) == 403
    assert _one_click(nurse, path, data={"something": "else"}) == 403
    assert not letters.stage.rows(InboxKey)


def test_the_page_does_the_same_by_its_button(letters: Letters, nurse: Visitor) -> None:
    nurse.go(letters.path("nurse", "stop"))
    nurse.press("Stop the reminders")
    assert nurse.heading == "Our answer"
    assert nurse.tree.find_class("message")


def test_an_old_link_to_stop_stops_by_its_page_and_does_nothing_else(
    letters: Letters, nurse: Visitor
) -> None:
    path = letters.path("nurse", "stop")
    letters.stage.later(days=400)
    nurse.go(path)
    pressed = nurse.filled("Stop the reminders")
    for other in ("status:1:complete", "actions", "settings"):
        nurse.send(*_with(pressed, other))
        assert nurse.heading == "The time of this link is over", other
    nurse.go(f"{path}/said")
    assert nurse.heading == "The time of this link is over"
    assert not letters.stage.rows(InboxKey)
    nurse.send(*pressed)
    assert nurse.heading == "Our answer"
    assert len(letters.stage.rows(InboxKey)) == 1


def _with(pressed: tuple[str, list[tuple[str, str]]], token: str) -> Any:
    path, fields = pressed
    return path, [(name, token if name == "k" else value) for name, value in fields]


# a fresh link


def _old(letters: Letters, visitor: Visitor) -> str:
    path = letters.path("nurse", "update:1")
    letters.stage.later(days=31)
    visitor.go(path)
    return path


def _mailed(letters: Letters) -> list[Outbox]:
    [box] = letters.stage.rows(Contact, Contact.platform == EMAIL)
    return letters.stage.rows(Outbox, Outbox.contact_id == box.id)


def test_a_fresh_link_goes_to_where_the_old_one_went_once_a_day(
    letters: Letters, nurse: Visitor
) -> None:
    path = _old(letters, nurse)
    pressed = nurse.filled("E-mail me a fresh link")
    for _ in range(2):
        nurse.send(*pressed)
        assert nurse.heading == "It is on its way"
    nurse.go(path)
    nurse.press("E-mail me a fresh link")
    assert len(_mailed(letters)) == 1
    letters.stage.later(days=1)
    nurse.go(path)
    nurse.press("E-mail me a fresh link")
    assert len(_mailed(letters)) == 2
    assert letters.stage.deliver() == 2
    assert len(letters.stage.heard("nurse@rochdale.example")) == 2


def test_an_old_link_does_nothing_else(letters: Letters, nurse: Visitor) -> None:
    nurse.go(letters.path("nurse", "snooze:1"))
    pressed = nurse.filled("Ask me in a week")
    letters.stage.later(days=31)
    assert nurse.send(*pressed).status_code == 410
    _old(letters, nurse)
    action, fields = nurse.filled("E-mail me a fresh link")
    forged = {**dict(fields), "do": "press", "k": "snooze:1"}
    assert nurse.send(action, list(forged.items())).status_code == 410
    assert not letters.stage.rows(InboxKey)


def test_no_link_is_mailed_to_where_nothing_arrives(letters: Letters, nurse: Visitor) -> None:
    with letters.stage.database.writing() as db:
        db.get_one(Contact, 1).state = ContactState.GONE
    _old(letters, nurse)
    assert nurse.page.status_code == 410
    assert not nurse.has_button("E-mail me a fresh link")
