"""A small and strict IMAP4rev1 server (RFC 3501): what it does not know it refuses."""

import asyncio
import base64
import contextlib
import re
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

from tests.platforms.mail_store import MailStore, Stored

_LINE = re.compile(rb"([A-Za-z0-9]+) ([A-Za-z]+)(?: (.*))?\r\n", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_PEEK = re.compile(r"\(BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?\)", re.IGNORECASE)
_STORE = re.compile(r"(\d+(?:,\d+)*) \+FLAGS\.SILENT \((\\\w+)\)", re.IGNORECASE)
_NO_TOKEN = b'{"status":"400"}'
_KEYS: dict[str, Callable[[Stored], bool]] = {
    "ALL": lambda _: True,
    "UNSEEN": lambda one: r"\Seen" not in one.flags,
    "UNFLAGGED": lambda one: r"\Flagged" not in one.flags,
}


class _Refused(Exception):
    """The tagged answer NO or BAD."""


class _Cut(Exception):
    """The connection is cut here."""


class ImapSession:
    """One connection, from its greeting to its end."""

    def __init__(
        self,
        store: MailStore,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        context: ssl.SSLContext | None,
        *,
        is_secure: bool,
    ) -> None:
        self._store = store
        self._reader = reader
        self._writer = writer
        self._context = context
        self._is_secure = is_secure or context is None
        self._state = "not authenticated"
        self._tag = self._rest = ""

    async def run(self) -> None:
        self._say("* OK IMAP4rev1 ready")
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, _Cut, ssl.SSLError):
            while self._state != "logged out" and (line := await self._reader.readline()):
                await self._answer(line)
                await self._writer.drain()
        self._writer.close()

    async def _answer(self, line: bytes) -> None:
        found = _LINE.fullmatch(line)
        if found is None:
            self._say("* BAD not a command")
            return
        tag, name = found.group(1).decode(), found.group(2).decode().upper()
        rest = (found.group(3) or b"").decode("utf-8")
        self._tag, self._rest = tag, rest
        with self._store.lock:
            self._store.commands.append(name if name != "UID" else f"UID {rest.split()[0].upper()}")
        work: Callable[[], Coroutine[Any, Any, str]] | None
        work = getattr(self, f"_do_{name.lower()}", None)
        if work is None:
            self._say(f"{tag} BAD unknown command")
            return
        try:
            done = await work()
        except _Refused as refused:
            self._say(f"{tag} {refused}")
        else:
            if done:
                self._say(f"{tag} OK {done}")

    def _say(self, line: str) -> None:
        self._writer.write(line.encode("utf-8") + b"\r\n")

    def _needs(self, state: str) -> None:
        if self._state != state:
            raise _Refused(f"BAD not in the state {state}")

    # any state

    async def _do_capability(self) -> str:
        sign_in = "AUTH=XOAUTH2" if self._is_secure else "STARTTLS LOGINDISABLED"
        self._say(f"* CAPABILITY IMAP4rev1 {sign_in}")
        return "done"

    async def _do_noop(self) -> str:
        if self._state == "selected":
            self._say(f"* {len(self._store.mailbox)} EXISTS")
        return "done"

    async def _do_logout(self) -> str:
        self._say("* BYE")
        self._state = "logged out"
        return "done"

    # before and while signing in

    async def _do_starttls(self) -> str:
        if self._is_secure or self._context is None:
            raise _Refused("BAD TLS is on")
        self._say(f"{self._tag} OK begin")
        await self._writer.drain()
        await self._writer.start_tls(self._context)
        self._is_secure = True
        return ""

    async def _do_login(self) -> str:
        self._needs("not authenticated")
        if not self._is_secure:
            raise _Refused("NO [PRIVACYREQUIRED] not without TLS")
        user, password = (quoted or plain for quoted, plain in _QUOTED.findall(self._rest))
        if self._store.faults.logins_refused or (user, password) != (
            self._store.ours,
            self._store.password,
        ):
            raise _Refused("NO [AUTHENTICATIONFAILED] wrong user or password")
        self._state = "authenticated"
        return "signed in"

    async def _do_authenticate(self) -> str:
        self._needs("not authenticated")
        if self._rest.upper() != "XOAUTH2" or not self._is_secure:
            raise _Refused("NO not this way")
        self._say("+ ")
        await self._writer.drain()
        given = base64.b64decode(await self._reader.readline()).decode()
        good = {f"user={self._store.ours}\x01auth=Bearer {one}\x01\x01" for one in self._tokens()}
        if given not in good:
            self._say(f"+ {base64.b64encode(_NO_TOKEN).decode()}")
            await self._writer.drain()
            await self._reader.readline()
            raise _Refused("NO AUTHENTICATE failed.")
        self._state = "authenticated"
        return "signed in"

    def _tokens(self) -> set[str]:
        with self._store.lock:
            return set(self._store.tokens)

    # the mailbox

    async def _do_select(self) -> str:
        if self._state == "not authenticated":
            raise _Refused("BAD sign in first")
        if self._rest.strip('"').upper() != "INBOX":
            raise _Refused("NO [NONEXISTENT] no such mailbox")
        self._say(r"* FLAGS (\Seen \Flagged)")
        self._say(f"* {len(self._store.mailbox)} EXISTS")
        self._say("* 0 RECENT")
        self._say("* OK [UIDVALIDITY 1] stays")
        self._state = "selected"
        return "[READ-WRITE] selected"

    async def _do_uid(self) -> str:
        self._needs("selected")
        name, _, arguments = self._rest.partition(" ")
        work = {"SEARCH": self._search, "FETCH": self._fetch, "STORE": self._set}.get(name.upper())
        if work is None:
            raise _Refused("BAD unknown command")
        with self._store.lock:
            work(arguments)
        return "done"

    def _search(self, arguments: str) -> None:
        if self._store.faults.searches_refused:
            self._store.faults.searches_refused -= 1
            raise _Refused("NO [UNAVAILABLE] try later")
        wanted = [_KEYS.get(key.upper()) for key in arguments.split()]
        if not all(wanted):
            raise _Refused("BAD unknown key")
        found = [one for one in self._store.mailbox if all(key(one) for key in wanted if key)]
        self._say(" ".join(["* SEARCH", *(str(one.uid) for one in found)]))

    def _fetch(self, arguments: str) -> None:
        uid, _, items = arguments.partition(" ")
        peek = _PEEK.fullmatch(items)
        if not uid.isdecimal() or peek is None:
            raise _Refused("BAD only one mail, and only BODY.PEEK[]")
        for number, one in enumerate(self._store.mailbox, 1):
            if one.uid == int(uid):
                first, most = (int(part or 0) for part in peek.groups())
                body = one.raw[first : first + most] if peek.group(2) else one.raw
                mark = f"<{first}>" if peek.group(2) else ""
                self._say(f"* {number} FETCH (UID {uid} BODY[]{mark} {{{len(body)}}}")
                self._writer.write(body + b")\r\n")

    def _set(self, arguments: str) -> None:
        if self._store.faults.stores_cut:
            self._store.faults.stores_cut -= 1
            self._writer.close()
            raise _Cut
        found = _STORE.fullmatch(arguments)
        if found is None:
            raise _Refused("BAD not understood")
        uids = {int(uid) for uid in found.group(1).split(",")}
        for one in self._store.mailbox:
            if one.uid in uids:
                one.flags.add(found.group(2))
