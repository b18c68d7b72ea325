"""What a browser sends: forms, cookies, headers, and the tokens that stand in addresses."""

import json
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from starlette.requests import Request

from bot.forms import Field, FieldKind, Form, Option
from bot.mailed_links import LinkOver, MailedLinks
from bot.messages import EMAIL, Address
from bot.request_body import body_within
from bot.settings import LinkSettings, Settings
from bot.web.acts import content_of
from bot.web.cookies import Cookies, Visit, serializer
from bot.web.desk import fields as desk_fields
from bot.web.desk.carried import Carried
from bot.web.desk.meanings import content_of as content_of_link
from bot.web.desk.meanings import meaning_of
from bot.web.fields import problem_of, value_of
from bot.web.forms import MOST_BYTES, Forged, Forms, Sent, TooLarge
from bot.web.limits import Limits
from bot.web.scene import Scene
from storage.types import Keyring
from surveys.definition import Question
from tests.fuzz.target import Target, text_of
from tests.fuzz.words import questions

NOW = datetime(2024, 1, 8, 9, tzinfo=UTC)
KEYRING = Keyring({"fuzz": b"k" * 32}, b"l" * 32)
VISIT = Visit(key="a1b2", seen=int(NOW.timestamp()), token="tok", language="en", is_own=True)
_FORMS, _COOKIES = Forms(KEYRING), Cookies(KEYRING, "https://listen.example")
_CARRIED = Carried(KEYRING)
_LIMITS = Limits(KEYRING, lambda: NOW, ("127.0.0.0/8",))
_LINKS = MailedLinks(Settings(links=LinkSettings(web="https://listen.example")), KEYRING)
_FORM_TYPE = "application/x-www-form-urlencoded"
_FIELDS = tuple(
    Field(f"f{n}", kind, "A field", options=(Option("yes", "Yes"), Option("no", "No")))
    for n, kind in enumerate(FieldKind)
)
_FORM = Form("update:7", "How is it going?", _FIELDS, "Send")
T = TypeVar("T")


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """What never waits for anything needs no loop."""
    try:
        work.send(None)
    except StopIteration as done:
        found: T = done.value
        return found
    raise AssertionError("it waited for something")


def _request(body: bytes = b"", **headers: bytes) -> Request:
    """As the server hands it on: headers are any bytes but line ends."""
    head = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/q",
        "query_string": b"",
        "headers": head,
        "client": ("127.0.0.1", 5000),
        "server": ("listen.example", 443),
        "scheme": "https",
    }
    return Request(scope, receive)


def run_page(data: bytes) -> None:
    """A form that was sent, in whatever it is wrapped."""
    head, _, body = data.partition(b"\n")
    request = _request(body or head, content_type=head[:200] if body else _FORM_TYPE.encode())
    assert len(_at_once(body_within(request, MOST_BYTES)) or b"") <= MOST_BYTES
    for kind in (head[:200], _FORM_TYPE.encode()):
        with suppress(Forged, TooLarge):
            _read_sent(_at_once(_FORMS.read(_request(body, content_type=kind), VISIT, NOW)))
    _read_sent(_sent(body or head))


def _sent(body: bytes) -> Sent:
    """The fields of a page that was really ours: sealed, and everything else made up."""
    sealed = urlencode({"form": _FORMS.seal(VISIT, NOW)}).encode()
    try:
        request = _request(sealed + b"&" + body, content_type=_FORM_TYPE.encode())
        return _at_once(_FORMS.read(request, VISIT, NOW, is_theirs=True))
    except TooLarge:
        return Sent()


def _read_sent(sent: Sent) -> None:
    for question in questions():
        _check_value(question, value_of(question, sent))
    with suppress(Forged):
        content_of(sent, Scene())
    found = desk_fields.values_of(_FORM, sent.one, sent.several)
    desk_fields.problems(_FORM, found)
    _FORMS.event_id(sent, "answer", *found.values())


def _check_value(question: Question, value: str) -> None:
    assert len(value) <= MOST_BYTES
    problem_of(question, value, may_skip=True)


def run_cookie(data: bytes) -> None:
    """A cookie of ours, of an older program, or of anybody; with the headers beside it."""
    line = data.replace(b"\r", b" ").replace(b"\n", b" ")[:8000]
    with suppress(TypeError, ValueError, AttributeError, RecursionError):
        signed = serializer(KEYRING, "cookie").dumps(json.loads(data))
        _read_cookie(f"__Host-loop={signed}".encode())
        _CARRIED.read(str(serializer(KEYRING, "desk").dumps(json.loads(data))))
    _CARRIED.read(text_of(data)[:4000])
    _read_cookie(b"__Host-loop=" + line)
    request = _request(b"", x_forwarded_for=line, origin=line, sec_fetch_site=line[:20])
    assert _LIMITS.client(request)
    with suppress(Forged):
        _at_once(_FORMS.read(_request(b"", origin=line, content_type=b"x"), VISIT, NOW))


def _read_cookie(header: bytes) -> None:
    visit = _COOKIES.read(_request(b"", cookie=header))
    assert visit is None or isinstance(visit, Visit)


def run_link(data: bytes) -> None:
    """A link of an e-mail, as it stands in an address; and the act within one that is ours."""
    text = text_of(data)[:4000]
    try:
        found = _LINKS.read(text, NOW)
    except LinkOver:
        return
    assert found is None or text == found.token or found.address_hash
    meaning_of(text)
    content_of_link(text)


@cache
def _pages() -> Sequence[bytes]:
    fields = {
        "form": _FORMS.seal(VISIT, NOW),
        "do": "answer",
        "s": "ab-12",
        "q": "change",
        "n": "3",
        "a": "Teachers could ask",
        "r-0": "1",
        "r-1": "2",
        "p-day": "31",
        "p-month": "12",
        "p-year": "2022",
        "p-clock": "14:30",
        "f0": "words",
        "f3": "yes",
        "f4-day": "1",
    }
    multipart = (
        b"multipart/form-data; boundary=b\n--b\r\nContent-Disposition: form-data; "
        b'name="a"; filename="../x"\r\n\r\nwords\r\n--b--\r\n'
    )
    typed = urlencode(fields).encode()
    return [_FORM_TYPE.encode() + b"\n" + typed, typed, multipart, b"text/plain\nform=x"]


def _cookies() -> Sequence[bytes]:
    signed = serializer(KEYRING, "cookie").dumps(asdict(VISIT))
    return [
        json.dumps(asdict(VISIT)).encode(),
        str(signed).encode(),
        json.dumps(asdict(_FORM)).encode(),
        _CARRIED.write(_FORM).encode(),
        b"https://listen.example",
        b"http://[::1",
        b"10.0.0.1, 2001:db8::1, [::1]:80",
    ]


def _links() -> Sequence[bytes]:
    made = _LINKS.of(Address(EMAIL, "", "sam@police.example"), "track:7", NOW)
    acts = (b"track:7", b"newdate:3:yes", b"do:actions", b"actions", b"invited:3:begin")
    return [made.rpartition("/")[2].encode(), *acts, quote("track:7").encode()]


TARGETS = (
    Target(
        "page",
        run_page,
        _pages,
        (
            "bot.web.forms",
            "bot.web.fields",
            "bot.web.acts",
            "bot.web.desk.fields",
            "bot.request_body",
        ),
        ("&", "=", "a=", "do=tell", "do=skip", "%00", "%ff", "+", "form=", "p-year=", "r-0=1"),
    ),
    Target(
        "cookie",
        run_cookie,
        _cookies,
        ("bot.web.cookies", "bot.web.limits", "bot.web.desk.carried"),
        ('"key"', "seen", ".", "[", "http://[", "null", "::1", "%", ";", "1e999"),
    ),
    Target(
        "link",
        run_link,
        _links,
        ("bot.mailed_links", "bot.web.desk.meanings"),
        (".", ":", "track", "newdate", "yes", "-", "%2e", "invited"),
    ),
)
