"""What a press on a page says to the mailroom."""

import re
from dataclasses import dataclass

from bot.messages import WEB, Ack, Content, Edited, Incoming, Pressed, Said, Submitted
from bot.tokens import of_form
from bot.web.cookies import Visit
from bot.web.fields import problem_of, value_of
from bot.web.forms import Forged, Sent
from bot.web.scene import Scene
from bot.web.site import Site
from surveys.definition import Question
from surveys.engine import as_shown
from surveys.matching import clean
from surveys.steps import Running

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_SESSION = re.compile(r"[0-9a-f-]{1,32}")
_PRESSES = frozenset(("back", "stop", "go", "keep", "delete", "contact"))


async def hand_in(site: Site, visit: Visit, content: Content, event_id: str) -> Ack:
    """Gives one act to the mailroom; returns when it is on disk."""
    return await site.app.mailroom.receive(
        Incoming(WEB, "", event_id, visit.address, content, site.now)
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: what goes to the mailroom, and what to show if it comes back.

    `problem` is a key of the catalogue for what the page itself can see; `error` is what the
    survey said, in the person's language.
    """

    name: str
    value: str
    content: Submitted | Edited
    problem: str = ""
    error: str = ""
    count: int = 0


def answer_of(sent: Sent, scene: Scene) -> Answer:
    """The answer that was sent; words for a form that is not open any more are sent in as well."""
    session, name = sent.one("s"), sent.one("q")
    running = scene.standing.running if scene.standing is not None else None
    question = _question(running, session, name)
    if question is None or running is None:
        return Answer(name, "", _left_over(sent, session))
    value = value_of(question, sent)
    before = running.at.answers.get(name, "")
    if before and clean(value) in ("", before):
        # It was answered before, and stays as it was: an empty page only goes on.
        return Answer(name, before, Submitted(session, {}))
    problem = problem_of(question, value, may_skip=running.form.may_skip(question))
    return Answer(
        name, value, Submitted(session, {name: value}), problem, count=len(question.choices)
    )


def _left_over(sent: Sent, session: str) -> Submitted | Edited:
    """For a form that is not open here any more: words are read by a person all the same."""
    words = " ".join(sent.several("a")).strip()
    return Edited(words) if words and sent.one("typed") else Submitted(session, {})


def _question(running: Running | None, session: str, name: str) -> Question | None:
    if running is None or running.id != session or running.form.position(name) is None:
        return None
    found = as_shown(running.form, running.at, name)
    return found if found.kind.is_asked else None


def content_of(sent: Sent, scene: Scene) -> Content | None:
    """What any other button says; None where nothing was written that should have been."""
    act = sent.one("do")
    if act in _PRESSES:
        return Pressed(of_form(_session(sent), _step(sent), act))
    if act == "skip":
        return Submitted(_session(sent), {sent.one("n"): ""})
    if act == "language" and _LANGUAGE.fullmatch(sent.one("to")):
        return Said(f"/language {sent.one('to')}")
    if act == "tell":
        return _told(sent.one("a"), scene)
    raise Forged("no such button")


def _told(text: str, scene: Scene) -> Content | None:
    """How to reach somebody; where that is not awaited any more, words to be read like others."""
    if not text.strip():
        return None
    if scene.waits_for("contact") is None or text.lstrip().startswith("/"):
        return Edited(text)
    return Said(text)


def _session(sent: Sent) -> str:
    if not _SESSION.fullmatch(sent.one("s")):
        raise Forged("no such session")
    return sent.one("s")


def _step(sent: Sent) -> int:
    step = sent.one("n")
    if not (step.isascii() and step.isdigit() and len(step) < 6):
        raise Forged("no such step")
    return int(step)
