"""Mails made to keep us busy, or to break what reads them: each is read, or refused, at once."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Elsewhere, Incoming
from bot.platforms.email.bodies import tame, text_of_html
from bot.platforms.email.reading import TooTangled, read
from bot.platforms.email.references import References
from storage.types import Keyring

NOW = datetime(2024, 1, 8, 9, tzinfo=UTC)
REFERENCES = References(Keyring.generate(), "loop@council.example")
HEAD = b"From: sam@police.example\r\nMessage-ID: <1@police.example>\r\nSubject: hello\r\n"
_FAKE = f"ll-{'a' * 12}-{NOW.date().toordinal()}-{'0' * 24} ".encode()


def _read(raw: bytes) -> Incoming | None:
    def fits(text: str, address: str) -> str:
        return REFERENCES.fitting(text, address, NOW)

    return read(raw, ours="loop@council.example", fits=fits, at=NOW)


def _nested(depth: int) -> bytes:
    parts = (
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode()
        for n in range(depth)
    )
    return HEAD + b"".join(parts) + b"Content-Type: text/plain\r\n\r\nhello\r\n"


TANGLED = {
    "parts within parts": _nested(400),
    "parts within parts, beyond what can be walked": _nested(3000),
    "a type with thousands of parameters": (
        HEAD + b"Content-Type: text/plain; " + b"; ".join(b"a%d*0=x" % n for n in range(20_000))
    ),
    "thousands of senders": b"From: " + b"a <b@police.example>, " * 20_000 + b"\r\n\r\nhi",
    "thousands of answers": HEAD + b"In-Reply-To: " + _FAKE * 20_000 + b"\r\n\r\nhi",
}


@pytest.mark.parametrize("name", TANGLED)
def test_what_no_mail_program_writes_is_set_aside_unread(name: str) -> None:
    with pytest.raises(TooTangled):
        _read(TANGLED[name])


def test_a_mail_with_some_parts_within_parts_is_read() -> None:
    found = _read(_nested(12))
    assert found is not None
    assert found.content == Elsewhere("hello")


@pytest.mark.parametrize("charset", ["idna", "punycode", "PUNYCODE"])
def test_a_body_is_never_read_as_the_name_of_a_domain(charset: str) -> None:
    kind = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    found = _read(HEAD + kind + b"all is well")
    assert found is not None
    assert found.content == Elsewhere("all is well")


@given(st.text(alphabet='<>!-[]/?a"& ', max_size=60))
def test_no_markup_is_left_whose_end_has_to_be_looked_for_far_away(html: str) -> None:
    tags = tame(html).split("<")[1:]
    assert all(">" in tag for tag in tags)
    assert not any(tag.startswith(("!--", "![")) for tag in tags)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>done <!-- <b>hidden</b> --> today</p>", "done today"),
        ("<!--[if mso]><p>office</p><![endif]--><p>done</p>", "done"),
        ("<p>a<![if !supportLists]>b<![endif]>c</p>", "abc"),
        ("<p>3 < 5 and 5 > 3</p>", "3 < 5 and 5 > 3"),
        ("<p>done</p><!-- and no end", "done"),
        ("<p>done</p><a href=", "done\n<a href="),
        ("<script>if (a<b) alert(1)</script><p>done</p>", "done"),
    ],
)
def test_ordinary_markup_is_read_as_before(html: str, words: str) -> None:
    assert text_of_html(html) == words
