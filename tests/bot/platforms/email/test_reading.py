"""A mail that came, as what it means: whose word it is, and when it is nobody's."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import EMAIL, Address, Elsewhere, Incoming, Left, Said, Sent
from bot.platforms.email.reading import MOST_BYTES, MOST_LETTERS, read
from bot.platforms.email.references import DAYS, References, handle_of
from storage.types import Keyring
from tests.bot.platforms.email.conftest import NOW, ROBIN
from tests.bot.platforms.email.mails import TOP_POSTED, WORDS, reply
from tests.platforms.mail_store import OURS, as_raw, report

Keys = Keyring({"test": b"k" * 32}, b"l" * 32)
MADE = References(Keys, OURS)
SENT = MADE.made(ROBIN, NOW)


def came(raw: bytes, *, days: float = 0.0) -> Incoming | None:
    now = NOW + timedelta(days=days)
    return read(raw, ours=OURS, fits=lambda text, who: MADE.fitting(text, who, now), at=now)


def content(raw: bytes, **how: Any) -> Any:
    incoming = came(raw, **how)
    return None if incoming is None else incoming.content


def test_a_reply_to_our_mail_is_the_word_of_whom_it_was_sent_to() -> None:
    found = came(reply(TOP_POSTED["gmail"], answers=SENT))
    assert found is not None
    assert found.content == Said(WORDS)
    assert found.sender == Address(EMAIL, "", ROBIN)
    assert (found.platform, found.space, found.message_id) == (EMAIL, "", SENT)
    assert (found.email, found.received_at) == (ROBIN, NOW)


def test_an_address_is_the_same_in_capitals_and_with_a_name() -> None:
    for sender in ("ROBIN.ROE@NHS.EXAMPLE", '"Roe, Robin (NHS)" <Robin.Roe@nhs.example>'):
        found = came(reply("2", answers=SENT, sender=sender))
        assert found is not None
        assert (found.sender.id, found.content) == (ROBIN, Said("2"))


def test_the_thread_counts_where_a_program_names_only_that() -> None:
    other = MADE.made(ROBIN, NOW)
    thread = f"<a@b> {SENT} <c@nhs.example> {other} <d@nhs.example>"
    found = came(reply("yes", References=thread))
    assert found is not None
    assert (found.content, found.message_id) == (Said("yes"), other)


def _forged() -> str:
    return SENT.replace(SENT[10:14], "0000")


@pytest.mark.parametrize(
    ("answers", "sender", "days"),
    [
        ("", ROBIN, 0),
        ("<other@nhs.example>", ROBIN, 0),
        (SENT, "sam@council.example", 0),
        (_forged(), ROBIN, 0),
        (SENT, ROBIN, DAYS + 1),
        (SENT, ROBIN, -3),
    ],
    # The ids of our mails are made anew in every process.
    ids=["none", "another's", "sent to another", "forged", "too old", "of the future"],
)
def test_what_is_no_reply_of_theirs_is_nobodys_word(answers: str, sender: str, days: int) -> None:
    found = came(reply("Done", answers=answers, sender=sender), days=days)
    assert found is not None
    assert found.content == Elsewhere("Done")
    assert (found.message_id, found.email) == ("", "")


def test_a_reply_is_still_one_on_the_last_day() -> None:
    assert content(reply("Done", answers=SENT), days=DAYS) == Said("Done")


@pytest.mark.parametrize(
    "sender",
    ["", "nobody", "a@x.example, b@x.example", "Group: a@x.example, b@x.example;", OURS, "<>"],
)
def test_without_exactly_one_sender_it_is_nothing(sender: str) -> None:
    raw = reply("Done", answers=SENT, sender="x@y.example")
    assert came(raw.replace(b"From: x@y.example", f"From: {sender}".encode())) is None


def test_two_lines_of_senders_are_nothing() -> None:
    raw = reply("Done", answers=SENT)
    assert came(b"From: Sam <sam@council.example>\r\n" + raw) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; reason=vacation"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Out of office"},
        {"Return_Path": "<>"},
        {"List_Id": "<all.nhs.example>"},
        {"subject": "Automatic reply: Due this week"},
        {"subject": "Out of Office: Due this week"},
        {"subject": "=?utf-8?q?Ateb_awtomatig=3A_ar_wyliau?="},
    ],
)
def test_what_programs_write_by_themselves_is_never_an_answer(headers: dict[str, Any]) -> None:
    assert came(reply("I am on leave until Monday.", answers=SENT, **headers)) is None


def test_a_person_whose_program_says_so_is_a_person() -> None:
    assert content(reply("Done", answers=SENT, Auto_Submitted="no")) == Said("Done")


def test_a_receipt_that_a_mail_was_read_is_nothing() -> None:
    raw = reply("Your message was read", answers=SENT).replace(
        b'Content-Type: text/plain; charset="utf-8"',
        b'Content-Type: multipart/report; report-type=disposition-notification; boundary="e"',
    )
    assert came(raw) is None


def test_stop_by_mail_needs_the_mark_of_the_mail_that_was_sent_to_them() -> None:
    assert content(reply("", subject=f"stop {handle_of(SENT)}")) == Said("/stop")
    assert content(reply("", subject=f"stop {handle_of(_forged())}")) == Elsewhere("")
    raw = reply("", subject=f"stop {handle_of(SENT)}", sender="sam@council.example")
    assert content(raw) == Elsewhere("")


def test_a_file_alone_is_a_file_and_with_words_the_words_count() -> None:
    for words, expected in (("", Sent("file")), ("see the list", Said("see the list"))):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["In-Reply-To"] = ROBIN, OURS, SENT
        mail.set_content(words)
        mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="list.pdf")
        assert content(as_raw(mail)) == expected
    assert content(reply("", answers=SENT)) is None


def test_a_long_reply_is_cut_and_a_huge_mail_is_read_as_far_as_it_was_fetched() -> None:
    assert content(reply("word " * 3000, answers=SENT)) == Said(
        ("word " * 3000)[:MOST_LETTERS].strip()
    )
    mail = EmailMessage()
    mail["From"], mail["To"], mail["In-Reply-To"] = ROBIN, OURS, SENT
    mail.set_content("Done")
    mail.add_attachment(b"x" * 2 * MOST_BYTES, maintype="video", subtype="mp4", filename="a.mp4")
    assert content(as_raw(mail)) == Said("Done")


def test_a_mail_is_the_same_event_when_it_comes_again_and_another_is_not() -> None:
    one, same = came(reply("Done", answers=SENT)), came(reply("Done", answers=SENT))
    other = came(reply("Done", answers=SENT, Message_ID="<2@nhs.example>"))
    theirs = came(reply("Done", sender="sam@council.example"))
    assert one is not None
    assert same is not None
    assert other is not None
    assert theirs is not None
    assert one.event_id == same.event_id
    assert len({one.event_id, other.event_id, theirs.event_id}) == 3
    assert "robin" not in one.event_id


def test_a_bounce_says_that_somebody_cannot_be_reached() -> None:
    returned = reply("x", Message_ID=SENT, sender=OURS).replace(OURS.encode(), ROBIN.encode())
    found = came(report(ROBIN, returned))
    assert found is not None
    assert found.content == Left("bounced")
    assert (found.sender.id, found.message_id, found.email) == (ROBIN, SENT, "")


def test_a_forwarded_mailbox_that_bounces_is_known_by_whom_we_wrote_to() -> None:
    returned = f"Message-ID: {SENT}\r\nTo: {ROBIN}\r\n\r\nx".encode()
    raw = report("robin@elsewhere.example", returned)
    assert content(raw.replace(b"text/rfc822-headers", b"message/rfc822")) == Left("bounced")


@pytest.mark.parametrize(
    "raw",
    [
        report(ROBIN, f"Message-ID: {SENT}\r\n\r\nx".encode(), "4.2.2"),
        report(ROBIN, b"Message-ID: <other@nhs.example>\r\n\r\nx"),
        report("sam@council.example", f"Message-ID: {SENT}\r\n\r\nx".encode()),
        report(ROBIN, f"Message-ID: {_forged()}\r\n\r\nx".encode()),
    ],
)
def test_delays_and_bounces_of_others_mails_say_nothing(raw: bytes) -> None:
    assert came(raw) is None


OLD_BOUNCE = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients.

  {ROBIN}
    host mx.nhs.example: SMTP error after RCPT TO: 550 5.1.1 user unknown

------ This is a copy of the message, including all the headers. ------

Message-ID: {SENT}
To: {ROBIN}
"""


def test_a_bounce_of_the_old_kind_counts_and_a_warning_does_not() -> None:
    daemon = "Mail Delivery System <MAILER-DAEMON@mx.example>"
    assert content(reply(OLD_BOUNCE, sender=daemon, subject="failed")) == Left("bounced")
    warning = reply(OLD_BOUNCE, sender=daemon, subject="Warning: message delayed 24 hours")
    assert content(warning) is None
    later = OLD_BOUNCE.replace("550 5.1.1", "450 4.2.0")
    assert content(reply(later, sender=daemon, subject="failed")) is None


@given(st.binary(max_size=400), st.sampled_from([b"", reply("Done", answers=SENT)]))
def test_no_bytes_are_somebodys_word_without_our_mark(noise: bytes, before: bytes) -> None:
    found = came(noise + before)
    assert found is None or not isinstance(found.content, Left)
    if found is not None and isinstance(found.content, Said):
        assert before
