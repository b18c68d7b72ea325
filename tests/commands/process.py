"""The program as a process of its own, and somebody at a browser who answers what is asked."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic, sleep
from typing import Any

import httpx
from lxml import html

from tests.platforms.telegram_people import Person

PROGRAM = Path(sys.executable).with_name("listening-loop")
PATIENCE = 60.0
WORDS = "a teacher who has time"
_MOST_PAGES = 40


class Running:
    """A program that runs; what it says can be waited for."""

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not _is_in_the_way(name)}
        self.said: list[str] = []
        self._lines: Queue[str | None] = Queue()
        self._process = subprocess.Popen(
            [PROGRAM, *words],
            cwd=folder,
            env={**clean, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def says(self, pattern: str) -> re.Match[str]:
        """The next line in which this is found; lines before it are passed over."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"never said {pattern!r}: {self.said}") from None
            assert line is not None, f"ended without {pattern!r}: {self.said}"
            self.said.append(line)
            if found := re.search(pattern, line):
                return found

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop; with what it ended."""
        self._process.send_signal(how)
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self.said.append(line)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code

    def end(self) -> None:
        """Whatever happened: it does not stay behind."""
        if self._process.poll() is None:
            self._process.kill()
            self.stop(signal.SIGKILL)


def _is_in_the_way(name: str) -> bool:
    return name.startswith("LOOP_") or name.lower().endswith("_proxy")


@contextmanager
def running(folder: Path, *words: str, **environment: str) -> Iterator[Running]:
    program = Running(folder, *words, **environment)
    try:
        yield program
    finally:
        program.end()


def until_heard(person: Person, text: str = "") -> None:
    """Waits until the bot has said something to them, or just this."""
    over = monotonic() + PATIENCE
    while not any(text in said for said in person.heard):
        assert monotonic() < over, f"never heard {text!r}: {person.heard}"
        sleep(0.02)


def answered(link: str) -> list[str]:
    """Opens a link and answers to the end, without JavaScript; the titles of the pages."""
    titles: list[str] = []
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=20) as browser:
        page = browser.get(link)
        for _ in range(_MOST_PAGES):
            assert page.status_code == 200, page.text
            document = html.fromstring(page.text)
            titles.append(document.findtext(".//title"))
            form = _next_form(document)
            if form is None:
                return titles
            here = page.url
            origin = f"{here.scheme}://{here.netloc.decode()}"
            page = browser.post(
                here.join(form.action), data=_filled(form), headers={"Origin": origin}
            )
    raise AssertionError(f"the survey never ended: {titles}")


def _next_form(document: Any) -> Any:
    """The form that leads on: what starts, answers, or goes on."""
    wanted = ("start", "answer")
    return next((form for form in document.forms if form.fields.get("do") in wanted), None)


def _filled(form: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in form.inputs:
        if field.tag == "textarea":
            found[field.name] = WORDS
        elif field.get("type") in ("radio", "checkbox"):
            found.setdefault(field.name, field.get("value"))
        elif field.get("inputmode") == "numeric":
            found[field.name] = "5"
        elif field.get("value"):
            found[field.name] = field.get("value")
    return found
