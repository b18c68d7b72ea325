"""Messages on the desk: their parts, buttons and files, whoever wrote them."""

from collections.abc import Callable

import pytest

from bot.app import INTENTS
from bot.messages import DESK, Address, Attachment, Button, Message, Part
from bot.people import link
from bot.wording import Wording
from storage.mail import Outbox, queue
from storage.people import Contact, Person
from tests.bot.web.desk.letters import Letters
from tests.bot.web.visitor import Visitor

PDF = Attachment("digest.pdf", "application/pdf", b"%PDF-1.7")
LINKED = Attachment("digest.docx", "application/msword", b"", link="https://loop.example/m/x")
WHOLE = Message(
    "Two actions are yours:\n\nPlease look <at> them.",
    (Button("Nothing new on any", "same:b1"),),
    parts=(
        Part("1.2 Train staff\n   Due soon.", (Button("On track", "status:1:on_track"),)),
        Part("1.3 Tell schools", (Button("On track", "status:2:on_track"),)),
    ),
    foot="One tap is enough.",
    attachments=(PDF, LINKED),
)


@pytest.fixture
def say(letters: Letters) -> Callable[..., int]:
    """Puts a message on somebody's desk; the row that says it."""

    def put(message: Message | None, person_id: int = 1) -> int:
        app = letters.stage.app
        name = f"made_{len(letters.stage.rows(Outbox))}"
        known = getattr(app.wording, "_intents", {})
        app.wording = Wording(app.around, {**INTENTS, **known, name: lambda _: _made(message)})
        with letters.stage.database.writing() as db:
            person = db.get_one(Person, person_id)
            contact = link(db, person, Address(DESK, "", str(person_id)))
            assert contact.id is not None
            queue(db, key=name, intent=name, contact_id=contact.id, now=letters.stage.now)
        return int(max(row.id for row in letters.stage.rows(Outbox)))

    return put


def _made(message: Message | None) -> Message | None:
    if message is not None and message.text == "broken":
        raise ValueError("this cannot be written: a secret word")
    return message


def test_a_message_stands_there_with_its_parts_and_each_with_its_buttons(
    letters: Letters, nurse: Visitor, say: Callable[..., int]
) -> None:
    say(WHOLE)
    nurse.go(f"{letters.path('nurse', 'actions')}/said")
    [message] = nurse.tree.find_class("message")
    words = " ".join(message.text_content().split())
    order = ["Please look <at> them.", "1.2 Train staff", "Due soon.", "1.3", "One tap", "Nothing"]
    assert sorted(order, key=words.index) == order
    described = [
        nurse.tree.get_element_by_id(one.get("aria-describedby")).text_content().strip()
        for one in message.iter("button")
        if one.text_content() == "On track"
    ]
    assert described == ["1.2 Train staff", "1.3 Tell schools"]
    tokens = [one.get("value") for one in message.iter("input") if one.get("name") == "k"]
    assert tokens == ["status:1:on_track", "status:2:on_track", "same:b1"]


def test_a_button_that_leads_to_a_page_is_a_link_and_no_script_is(
    letters: Letters, nurse: Visitor, say: Callable[..., int]
) -> None:
    links = ("https://loop.example/x", "javascript:alert(1)", "data:text/html,x", "/we-did")
    say(Message("Look:", tuple(Button(f"to {one}", "", link=one) for one in links)))
    nurse.go(f"{letters.path('nurse', 'actions')}/said")
    [message] = nurse.tree.find_class("message")
    assert [one.get("href") for one in message.iter("a")] == [links[0], links[3]]
    assert not list(message.iter("button"))


def test_files_are_downloaded_from_the_message_that_carries_them(
    letters: Letters, nurse: Visitor, say: Callable[..., int]
) -> None:
    say(WHOLE)
    path = letters.path("nurse", "actions")
    nurse.go(f"{path}/said")
    [own, elsewhere] = [one.get("href") for one in nurse.tree.find_class("alone")[:2]]
    assert elsewhere == LINKED.link
    before = letters.everything()
    page = nurse.go(own)
    assert page.content == PDF.content
    assert page.headers["content-disposition"] == 'attachment; filename="digest.pdf"'
    assert letters.everything() == before


def test_nobody_else_gets_the_file_or_the_message(
    letters: Letters, say: Callable[..., int]
) -> None:
    row = say(WHOLE)
    letters.person("police")
    officer = letters.browser()
    path = letters.path("police", "actions")
    assert "actions are yours" not in officer.go(f"{path}/said").text
    for where in (f"/file/{row}/0", f"/file/{row}/9", "/file/999999/0", "/file/99999999999/0"):
        assert officer.go(f"{path}{where}").status_code == 404
    assert officer.go(f"{letters.path('nurse', 'actions')}/file/{row}/9").status_code == 404


def test_what_lapsed_is_not_shown_and_what_cannot_be_written_is_said(
    letters: Letters,
    nurse: Visitor,
    say: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(None)
    say(Message("broken"))
    say(Message("This can be read."))
    nurse.go(f"{letters.path('nurse', 'actions')}/said")
    assert nurse.page.status_code == 200
    assert "This can be read." in nurse.main
    assert "Part of our answer cannot be shown" in nurse.main
    assert len(nurse.tree.find_class("message")) == 2
    logged = capsys.readouterr()
    assert "ValueError" in logged.out + logged.err
    assert "secret" not in logged.out + logged.err


def test_a_ticking_button_shows_its_tick_and_a_right_to_left_message_runs_so(
    letters: Letters, nurse: Visitor, say: Callable[..., int]
) -> None:
    say(Message("...", (Button("Monday", "tick:1", mark="☑"),), rtl=True))
    nurse.go(f"{letters.path('nurse', 'actions')}/said")
    assert nurse.has_button("☑ Monday")
    assert nurse.tree.find_class("message")[0].get("dir") == "rtl"


def test_nothing_waits_for_who_was_never_there(letters: Letters, nurse: Visitor) -> None:
    nurse.go(f"{letters.path('nurse', 'actions')}/said")
    assert "There is nothing new for you here just now." in nurse.main
    assert not letters.stage.rows(Contact, Contact.platform == DESK)
