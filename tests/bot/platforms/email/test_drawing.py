"""Any message is a valid mail: both forms say all of it, and no header says more than we meant."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Attachment, Button, Message, Part, Picture
from bot.platforms.email.bodies import text_of_html
from bot.platforms.email.drawing import MOST_IN_SUBJECT, Frame, draw, subject_of
from bot.platforms.email.envelope import Envelope, recipient_of, sealed
from bot.platforms.email.failures import NotAnAddress
from surveys.matching import clean
from tests.platforms.mail_people import links_in, text_in

AT = datetime(2023, 12, 1, 9, tzinfo=UTC)
PAGE = "https://loop.rochdale.example/m/"
FRAME = Frame(
    link=lambda token: f"{PAGE}{token.encode().hex()}",
    small="You get this because you work with us.",
    stop_label="Stop these e-mails",
    stop_link=f"{PAGE}stop",
)
NO_PAGES = Frame(link=lambda _: "", number_hint="To choose, reply with the number.")
ENVELOPE = Envelope(
    name="Listening Loop",
    sender="loop@rochdale.example",
    to="robin.roe@nhs.example",
    message_id="<ll-1@rochdale.example>",
    at=AT,
    follows="<ll-0@rochdale.example>",
    stop_mail="stop ll-1",
    stop_link=f"{PAGE}stop",
)


def posted(
    message: Message, frame: Frame = FRAME, envelope: Envelope = ENVELOPE
) -> tuple[EmailMessage, bytes]:
    raw = sealed(draw(message, frame), envelope, message.attachments)
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail, raw


REMINDER = Message(
    "Good morning. Two actions are due.",
    (Button("Settings", "set"), Button("The board", "", link="https://loop.example/board")),
    title="2 actions due in December",
    parts=(
        Part("1.2 Train all staff\nDue 31 December", (Button("Done", "done:1"),)),
        Part("1.3 Write to schools", (Button("Done", "done:2"), Button("At risk", "risk:2"))),
    ),
    foot="Thank you.",
    follows="",
)


def test_a_reminder_says_everything_in_its_order_and_links_every_button() -> None:
    mail, _ = posted(REMINDER)
    assert mail["Subject"] == "2 actions due in December"
    order = [
        "Good morning", "1.2 Train", "Done:", "1.3 Write", "At risk:", "Thank you.", "Settings:",
        "The board:", "You get this because", "Stop these e-mails:",
    ]  # fmt: skip
    text = text_in(mail)
    places = [text.index(piece) for piece in order]
    assert places == sorted(places)
    assert links_in(mail) == [
        ("Done", f"{PAGE}{b'done:1'.hex()}"),
        ("Done", f"{PAGE}{b'done:2'.hex()}"),
        ("At risk", f"{PAGE}{b'risk:2'.hex()}"),
        ("Settings", f"{PAGE}{b'set'.hex()}"),
        ("The board", "https://loop.example/board"),
        ("Stop these e-mails", f"{PAGE}stop"),
    ]


def test_links_of_the_same_name_are_told_apart_by_those_who_hear_them() -> None:
    html = text_in(posted(REMINDER)[0], "html")
    assert 'aria-label="Done: 1.2 Train all staff"' in html
    assert 'aria-label="Done: 1.3 Write to schools"' in html
    assert html.count("<h2") == 2


def test_headers_tie_it_to_its_thread_and_offer_a_way_out() -> None:
    mail, raw = posted(REMINDER)
    assert mail["From"] == "Listening Loop <loop@rochdale.example>"
    assert mail["To"] == "robin.roe@nhs.example"
    assert mail["Message-ID"] == "<ll-1@rochdale.example>"
    assert mail["In-Reply-To"] == mail["References"] == "<ll-0@rochdale.example>"
    assert mail["Date"].datetime == AT
    assert mail["Auto-Submitted"] == "auto-generated"
    assert b"?subject=stop%20ll-1>" in raw
    assert f"<{PAGE}stop>".encode() in raw
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_pages_buttons_are_numbered_and_the_reply_is_the_number() -> None:
    envelope = Envelope("Loop", "loop@rochdale.example", "a@b.example", "<1@b.example>", AT)
    mail, _ = posted(REMINDER, NO_PAGES, envelope)
    text = text_in(mail)
    for line in (
        "1) Settings",
        "2) Done",
        "4) At risk",
        "reply with the number",
        "The board: http",
    ):
        assert line in text
    assert mail["List-Unsubscribe"] is None
    assert links_in(mail) == []


def test_nothing_is_fetched_when_it_is_opened_and_words_are_no_markup() -> None:
    mail, _ = posted(
        Message("<img src=https://x.example/p.png> <script>alert(1)</script> & {{ 7*7 }}")
    )
    html = text_in(mail, "html")
    for mark in ("<img", "<script", 'src="', "url(", "<link", "@import", "<table"):
        assert mark not in html
    assert "{{ 7*7 }}" in html
    assert "<script>alert(1)</script>" in text_in(mail)


def test_a_picture_is_its_words_and_right_to_left_text_runs_so() -> None:
    mail, _ = posted(Message("ما رأيك؟", rtl=True, picture=Picture("two faces", "image/png", "x")))
    assert "[two faces]" in text_in(mail)
    assert 'dir="rtl"' in text_in(mail, "html")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://x.example/\r\nBcc: a@b", "data:text/html,x", '">x']
)
def test_a_link_that_leads_elsewhere_than_to_a_page_is_left_out(link: str) -> None:
    mail, _ = posted(Message("Hello", (Button("Go", "", link=link),)))
    assert [label for label, _ in links_in(mail)] == ["Stop these e-mails"]


def test_attachments_come_with_safe_names_and_true_kinds() -> None:
    files = (
        Attachment("digest 1 December.pdf", "application/pdf", b"%PDF"),
        Attachment('..\\..\r\nevil".exe\x00', "text/plain; x\r\nX: y", b"x"),
        Attachment("", "message/rfc822", b"From: a"),
        Attachment("crynodeb Ŷŵ.docx", "application/vnd.openxmlformats", b"PK"),
    )
    mail, _ = posted(Message("The digest", attachments=files))
    found = [(part.get_filename(), part.get_content_type()) for part in mail.iter_attachments()]
    assert found == [
        ("digest 1 December.pdf", "application/pdf"),
        ("evil .exe", "application/octet-stream"),
        ("file", "application/octet-stream"),
        ("crynodeb Ŷŵ.docx", "application/vnd.openxmlformats"),
    ]
    assert [part.get_content() for part in mail.iter_attachments()] == [
        b"%PDF",
        b"x",
        b"From: a",
        b"PK",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "a b@c.example",
        "a@b.example\r\nBcc: c@d.example",
        "ŵ@b.example",
        "@b.c",
    ],
)
def test_what_is_no_address_is_said_to_be_none(address: str) -> None:
    with pytest.raises(NotAnAddress):
        recipient_of(address)
    with pytest.raises(NotAnAddress):
        posted(REMINDER, FRAME, Envelope("L", "loop@r.example", address, "<1@b>", AT))


def test_a_domain_beyond_ascii_is_written_as_servers_know_it() -> None:
    assert recipient_of("robin@tŷ.example") == "robin@xn--t-foa.example"


WORDS = st.text(max_size=80)
BUTTONS = st.lists(
    st.builds(
        Button, label=WORDS, token=st.text(st.sampled_from("abc:019"), min_size=1, max_size=64)
    ),
    max_size=4,
).map(tuple)
MESSAGES = st.builds(
    Message,
    text=st.text(max_size=400),
    buttons=BUTTONS,
    rtl=st.booleans(),
    parts=st.lists(st.builds(Part, text=WORDS, buttons=BUTTONS), max_size=3).map(tuple),
    foot=WORDS,
    title=st.text(max_size=200),
    follows=WORDS,
    attachments=st.lists(
        st.builds(Attachment, name=WORDS, media_type=WORDS, content=st.binary(max_size=50)),
        max_size=2,
    ).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(MESSAGES, WORDS)
def test_any_message_is_a_valid_mail(message: Message, name: str) -> None:
    envelope = Envelope(
        name, "loop@rochdale.example", "a@b.example", "<1@b.example>", AT, message.follows,
        "stop 1", f"{PAGE}{'x' * 300}",
    )  # fmt: skip
    mail, raw = posted(message, FRAME, envelope)
    assert raw.isascii()
    assert mail.defects == []
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\n" not in line
        assert b"\r" not in line
    assert set(mail.keys()) <= KNOWN
    assert len(mail["Subject"]) <= MOST_IN_SUBJECT
    html = text_in(mail, "html")
    assert [link for _, link in links_in(mail)[:-1]] == [
        FRAME.link(one.token) for one in [*_parts(message), *message.buttons]
    ]
    for words in (message.text, message.foot, *(part.text for part in message.parts)):
        assert _flat(words) in _flat(text_in(mail))
        assert _flat(words) in _flat(text_of_html(html))


KNOWN = {
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
}  # fmt: skip


def _parts(message: Message) -> list[Button]:
    return [button for part in message.parts for button in part.buttons]


def _flat(text: Any) -> str:
    """Without spaces, as they mean nothing in HTML."""
    return "".join(clean(text).split()).replace("\u200b", "")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Noted.\nMore below.", "Noted."),
        (
            "Done: no more reminders, from now on. Your actions stay yours, as before.",
            "Done: no more reminders, from now on.",
        ),
        ("Fine. I ask again about 1.2 on 8 January 2024.",) * 2,
    ],
)
def test_a_subject_is_how_the_text_begins_and_not_all_of_it(text: str, subject: str) -> None:
    assert subject_of(Message(text)) == subject
