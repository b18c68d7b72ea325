"""The words of a mail, out of every wrapping there is."""

import time
from email import message_from_bytes
from email.message import EmailMessage
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.email.bodies import has_files, text_of_html, words_of

WELSH = "Mae Siân Llŷr a Rhŷs o Tŷ Gŵyr wedi gorffen – 43 o bobl 🎉"


def parsed(raw: bytes | str) -> EmailMessage:
    data = raw.encode() if isinstance(raw, str) else raw
    return message_from_bytes(data)  # type: ignore[return-value]


def plain(body: bytes, content_type: str, encoding: str = "8bit") -> EmailMessage:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return parsed(head.encode() + body)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_welsh_names_and_emoji_come_through_every_encoding(encoding: str) -> None:
    mail = EmailMessage()
    mail.set_content(WELSH, cte=encoding)
    assert words_of(parsed(mail.as_bytes())).strip() == WELSH


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("iso-8859-1", "Gwnaed – “43”"),
        ("windows-1252", "Done – “43”"),
        ("iso-8859-14", "Tŷ Gŵyr"),
        ("windows-1250", "Zażółć gęślą jaźń"),
        ("utf-16", "Tŷ Gŵyr"),
        ("windows-1256", "تم"),
    ],
)
def test_old_charsets_are_read_as_their_programs_meant_them(charset: str, words: str) -> None:
    really = "windows-1252" if charset == "iso-8859-1" else charset
    assert words_of(plain(words.encode(really), f"text/plain; charset={charset}")) == words


@pytest.mark.parametrize("named", ["", "; charset=x-nobody-knows", "; charset=us-ascii"])
def test_a_charset_that_is_missing_or_wrong_is_guessed(named: str) -> None:
    assert words_of(plain(WELSH.encode(), f"text/plain{named}")) == WELSH
    assert words_of(plain(b"caf\xe9", f"text/plain{named}")) == "café"


def test_flowed_lines_are_one_line_again() -> None:
    body = (
        b"Done, trained 43 staff and \r\nthe rest in May.\r\n\r\n> Two actions \r\n> are due.\r\n"
    )
    mail = plain(body, "text/plain; charset=utf-8; format=flowed")
    assert words_of(mail).strip() == (
        "Done, trained 43 staff and the rest in May.\n\n> Two actions are due."
    )
    tight = plain(b"train \r\ning\r\n", "text/plain; format=flowed; delsp=yes")
    assert words_of(tight).strip() == "training"


def test_a_flowed_line_of_spaces_and_a_signature_mark_are_left_alone() -> None:
    mail = plain(b"Done.\r\n-- \r\nRobin\r\n", "text/plain; format=flowed")
    assert words_of(mail).split("\n")[:3] == ["Done.", "-- ", "Robin"]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Done</p><p>43 staff</p>", "Done\n43 staff"),
        ("<div>Done<br>43&nbsp;staff &amp; more</div>", "Done\n43 staff & more"),
        ("Done<blockquote>Two actions<br>are due</blockquote>", "Done\n> Two actions\n> are due"),
        ('Done<div class="gmail_quote">On Fri wrote:<p>x</p></div>', "Done\n> On Fri wrote:\n> x"),
        ('<p>Done</p><div id="appendonsend"></div><hr><p>From: x</p>', "Done"),
        ('<p>Done</p><div id="divRplyFwdMsg">From: x</div><p>y</p>', "Done"),
        ("<head><title>t</title><style>p{}</style></head><p>Done</p>", "Done"),
        ("<script>alert(1)</script><p>Done<script>x</script></p>", "Done"),
        ("<ul><li>nurses</li><li>teachers</li></ul>", "nurses\nteachers"),
        ("<p>Done</div></p></b>, <i>really", "Done\n, really"),
        ("<!-- hidden --><p>D<b>on</b>e</p>", "Done"),
        ("", ""),
    ],
)
def test_a_mail_of_html_alone_is_its_words(html: str, words: str) -> None:
    assert text_of_html(html) == words
    assert words_of(parsed(MIMEText(html, "html", "utf-8").as_bytes())) == words


def test_text_is_preferred_and_html_stands_in_where_it_is_empty() -> None:
    for text, found in (("text", "text"), ("  \n", "html")):
        mail = EmailMessage()
        mail.set_content(text)
        mail.add_alternative("<p>html</p>", subtype="html")
        assert words_of(parsed(mail.as_bytes())).strip() == found


def test_files_are_seen_and_never_read() -> None:
    mail = EmailMessage()
    mail.set_content("see the list")
    mail.add_attachment("in the file", filename="list.txt")
    again = parsed(mail.as_bytes())
    assert words_of(again).strip() == "see the list"
    assert has_files(again)
    assert not has_files(plain(b"none", "text/plain"))


@given(st.text(max_size=200))
def test_no_html_is_too_odd_to_read(html: str) -> None:
    assert "\n\n" not in text_of_html(html)


@pytest.mark.parametrize(
    "html", ["<div>" * 60_000, "<b>x" * 60_000, "</p>" * 70_000, "<!" * 90_000]
)
def test_no_html_keeps_it_busy(html: str) -> None:
    began = time.process_time()
    text_of_html(html)
    assert time.process_time() - began < 5.0
