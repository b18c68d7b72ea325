"""What was said of an action, in its order: who, when, what was put right, what became of dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from bot.intents.lead_parts import form_button, titled
from bot.messages import Message
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders.action_views import HANDED_OVER
from reminders.policy import FINISHED
from reminders.updates import ONE_TAP
from storage.calendar import LONDON
from storage.people import Person
from storage.plans import Action, Update
from storage.rows import many

_MOST = 15


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One line of a history. `noted_by` wrote it down for `who`; `corrected` no longer counts."""

    update: Update
    who: str
    noted_by: str
    corrects: bool
    corrected: bool

    @property
    def clock(self) -> str:
        """The local hour."""
        return f"{self.update.at.astimezone(LONDON):%H:%M}"

    @property
    def day(self) -> date:
        """The local day."""
        return self.update.at.astimezone(LONDON).date()

    @property
    def date_is(self) -> str:
        """What became of the date that was asked for."""
        if self.update.date_agreed_at is not None:
            return "agreed"
        return "refused" if self.update.date_refused else "open"

    @property
    def handed_over(self) -> bool:
        return self.update.how == HANDED_OVER


def lines_of(writing: Writing, action_ids: Sequence[int]) -> dict[int, list[SaidLine]]:
    """Everything said of each of these actions, the oldest first."""
    found = writing.db.exec(_said(), params={"ids": list(action_ids)}).all()
    by_id: dict[int | None, Update] = {update.id: update for update, _, _ in found}
    by_what = {update.corrects_id: update for update, _, _ in found}
    lines: dict[int, list[SaidLine]] = {}
    for update, who, noted_by in found:
        if _is_completed(update, by_what.get(update.id)):
            continue
        old = by_id.get(update.corrects_id)
        corrects = old is not None and not _is_completed(old, update)
        line = SaidLine(update, who or "", noted_by or "", corrects, update.id in by_what)
        lines.setdefault(update.action_id, []).append(line)
    return lines


@lru_cache(maxsize=1)
def _said() -> "Select[Update, str, str]":
    noted = aliased(Person)
    return (
        select(Update, Person.name, noted.name)
        .outerjoin(Person, col(Person.id) == col(Update.person_id))
        .outerjoin(noted, col(noted.id) == col(Update.recorded_by_id))
        .where(col(Update.action_id).in_(many("ids")))
        .order_by(col(Update.at), col(Update.id))
    )


def _is_completed(old: Update, new: Update | None) -> bool:
    """The tap that opened a form, and the form: one answer."""
    return new is not None and old.how == ONE_TAP and old.status == new.status


def history_text(writing: Writing, lines: Sequence[SaidLine]) -> str:
    """The newest lines, the oldest of them first."""
    return writing.say(
        "lead.history_lines",
        rows=lines[-_MOST:],
        earlier=max(0, len(lines) - _MOST),
        reader=writing.row.person_id or 0,
    )


def _history(writing: Writing) -> Message | None:
    action = writing.db.get(Action, writing.param("action"))
    if action is None or action.id is None:
        return None
    lines = lines_of(writing, [action.id]).get(action.id, [])
    text = "\n".join([writing.say("lead.history", action=action), history_text(writing, lines)])
    message = writing.message(text, *_to_go_on(writing, action))
    return titled(writing, message, "lead.title_history", ref=action.ref)


def _to_go_on(writing: Writing, action: Action) -> list[Any]:
    if action.status in FINISHED or not writing.row.to.takes_forms:
        return []
    return [
        form_button(writing.say("lead.button_update_ref", ref=action.ref), "update", action.id),
        button(writing.say("lead.button_all"), "do", "actions"),
    ]


INTENTS: dict[str, Intent] = {"history": _history}
