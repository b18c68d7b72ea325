"""An answer to an open form: which messages are one, as what reply, and the question after it.

In memory alone, for the mailroom's set-wise writing.
"""

from datetime import datetime
from typing import Any

from bot.drawn_question import KEEP, pressed
from bot.messages import Incoming, Pressed, Said, Submitted
from bot.replies import thread_of
from bot.standing import Standing
from bot.tokens import read_form
from storage.mail import Trace, Urgency, outbox_row
from surveys.steps import Running, Step
from surveys.turns import Reply, Skipped, Typed, WentBack

_FORM_COMMANDS: dict[str, Reply] = {"/back": WentBack(), "/skip": Skipped()}


def is_beside(standing: Standing, message: Incoming) -> bool:
    """Whether we wait for something else than this: words, while a page is open, are no answer."""
    if standing.expecting is None:
        return False
    running = standing.running
    is_page = isinstance(message.content, Submitted) and running is not None
    return not (is_page and standing.expecting.get("page") == getattr(running, "id", None))


def is_being_asked(standing: Standing) -> bool:
    """Whether questions are put in the chat just now, so that "stop" is said to them."""
    return standing.running is not None and "page" not in (standing.expecting or {})


def picks(standing: Standing, message: Incoming) -> bool:
    """Whether a number picks from a message that came after the question."""
    content = message.content
    if not isinstance(content, Said):
        return False
    # A lead who was nudged since answers the nudge, not the line that was asked before it.
    newer = standing.running is not None and standing.running.is_about_action
    return standing.menu.pick(content.text) is not None or (newer and bool(standing.menu.tokens))


def is_for_the_form(running: Running, message: Incoming) -> bool:
    """A tap on the present question, or a page of this form."""
    content = message.content
    if isinstance(content, Submitted):
        return content.form == running.id
    return isinstance(content, Pressed) and reply_to(running, message) is not None


def reply_to(running: Running, message: Incoming) -> Reply | None:
    """The reply that a message is to an open form, if it is one."""
    content = message.content
    if isinstance(content, Pressed):
        return _pressed_choice(running, content.token)
    if not isinstance(content, Said):
        return None
    text = content.text
    command = text.strip().casefold()
    if command == f"/{KEEP}":
        return pressed(running.form, running.at, KEEP)
    if text.startswith("/") or command in ("stop", "help"):
        return _FORM_COMMANDS.get(command)
    return Typed(text)


def _pressed_choice(running: Running, token: str) -> Reply | None:
    press = read_form(token)
    if press is None or press.session_id != running.id or press.step != running.at.step:
        return None
    if press.what in ("skip", "back"):
        return Skipped() if press.what == "skip" else WentBack()
    return pressed(running.form, running.at, press.what)


def ends_plainly(step: Step) -> bool:
    """Whether thanks are all that follows: no care, no alert, no action to write back to."""
    needs_more = step.care or step.asks_confidentiality or bool(_urgent(step))
    return step.ended is not None and not needs_more and not step.running.is_about_action


def _urgent(step: Step) -> list[dict[str, Any]]:
    return [row for row in step.reviews if row["tier"] in ("red", "amber")]


def is_special(standing: Standing, step: Step) -> bool:
    """Whether more than the next question follows: care, an alert, an ending with an action."""
    if standing.address.is_paged and step.asks_confidentiality:
        return True
    return step.care or step.ended is not None or bool(_urgent(step))


def next_asking(
    standing: Standing, step: Step, message: Incoming, now: datetime
) -> tuple[dict[str, Any], ...]:
    """The next question; after a tap in place of the one that was tapped."""
    is_page = isinstance(message.content, Submitted) and standing.address.takes_forms
    if standing.address.is_drawn or is_page:
        return ()
    at = step.running.at
    params: dict[str, Any] = {"s": step.running.id, "n": at.step, **thread_of(message, "ask")}
    if isinstance(message.content, Pressed) and message.message_id:
        params["at"] = message.message_id
    marks = f":{at.ticks}" if at.ticks else ""
    if marks:
        params["k"] = at.ticks
    if (rejected := step.rejected) is not None:
        params |= {"why": rejected.reason.value, "with": dict(rejected.params)}
    if step.asks_confidentiality:
        params["confidential"] = True
    return (
        outbox_row(
            key=f"ask:{step.running.id}:{at.step}{marks}",
            intent="ask",
            contact_id=standing.contact_id,
            now=now,
            params=params,
            urgency=Urgency.REPLY,
            trace=Trace.NONE if step.running.is_anonymous else Trace.KEPT,
        ),
    )
