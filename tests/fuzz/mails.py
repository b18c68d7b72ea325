"""E-mails that came: replies of many programs, reports of what could not be delivered, HTML."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage

from bot.platforms.email.bodies import tame, text_of_html
from bot.platforms.email.quotes import own_words
from bot.platforms.email.reading import MOST_LETTERS, TooTangled, read
from bot.platforms.email.references import References
from storage.types import Keyring
from tests.bot.platforms.email import mails
from tests.fuzz.target import Target, text_of
from tests.platforms.mail_store import OURS

NOW = datetime(2024, 1, 8, 9, tzinfo=UTC)
ROBIN = "robin.roe@nhs.example"
_REFERENCES = References(Keyring({"fuzz": b"k" * 32}, b"l" * 32), OURS)
_OURS_ID = _REFERENCES.made(ROBIN, NOW)


def run_mail(data: bytes) -> None:
    """A whole mail, as the mailbox gives it."""

    def fits(text: str, address: str) -> str:
        return _REFERENCES.fitting(text, address, NOW)

    try:
        found = read(data, ours=OURS, fits=fits, at=NOW)
    except TooTangled:
        return
    if found is None:
        return
    assert len(getattr(found.content, "text", "")) <= MOST_LETTERS
    assert found.email in ("", found.sender.id)
    if found.email:  # a word of theirs only where they answer what we wrote to them
        assert found.message_id


def run_html(data: bytes) -> None:
    """The words of a page of HTML; and of a text with other mails quoted in it."""
    text = text_of(data)
    tame(text)
    words = text_of_html(text)
    own_words(words, OURS)
    assert len(own_words(text, OURS)) <= len(text) + 1


def _report(status: str = "5.1.1", action: str = "failed") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n"
        f'To: {OURS}\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"'
        "\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered: 550\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {ROBIN}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {_OURS_ID}\r\n\r\n--b--\r\n"
    ).encode()


def _nested() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = ROBIN, "=?utf-8?b?UmU6IGhlbGxv?="
    mail["In-Reply-To"] = _OURS_ID
    mail.set_content("Done, trained 43 staff.\n", cte="base64")
    mail.add_alternative("<div>Done, <b>trained</b> 43</div><blockquote>old</blockquote>", "html")
    mail.add_attachment(b"x" * 20, maintype="image", subtype="png", filename="a.png")
    return mail.as_bytes()


def _mails() -> Sequence[bytes]:
    bodies = [*mails.TOP_POSTED.values(), *mails.BOTTOM_POSTED.values()]
    replies = [mails.reply(body, answers=_OURS_ID) for body in bodies]
    html = mails.reply("<p>Done &amp; dusted</p><script>x</script>", answers=_OURS_ID, html=True)
    away = mails.reply("I am away", subject="Automatic reply: x", Auto_Submitted="auto-replied")
    tangled = b"From: " + b"(" * 3000 + b"a@b.example\r\nSubject: x\r\n\r\nhello\r\n"
    return [*replies, html, away, _report(), _report("4.4.1", "delayed"), _nested(), tangled]


def _html() -> Sequence[bytes]:
    quoted = "<p>Done</p><blockquote><p>old</p></blockquote><style>p {}</style><!-- x --><![if x]>"
    return [quoted.encode(), *(one.encode() for one in mails.TOP_POSTED.values())]


TARGETS = (
    Target(
        "mail",
        run_mail,
        _mails,
        (
            "bot.platforms.email.reading",
            "bot.platforms.email.bodies",
            "bot.platforms.email.bounces",
            "bot.platforms.email.references",
        ),
        (
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
            "charset=utf-7",
            "=?utf-8?q?",
            "From: ",
            "message/rfc822",
            "Content-Transfer-Encoding: base64\r\n",
            "=\r\n",
            "<>",
            "format=flowed",
            "; charset*0=x",
            "boundary=",
            "\r\n\r\n",
            _OURS_ID,
        ),
    ),
    Target(
        "html",
        run_html,
        _html,
        ("bot.platforms.email.bodies",),
        ("<", ">", "<!--", "-->", "<![CDATA[", "&", "&#x", "<blockquote>", "</p>", "<p ", "> "),
    ),
)
