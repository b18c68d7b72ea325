"""Erasing one person everywhere, and the certificate of what went, what stayed, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db

from bot.whose import Asked
from storage.anonymous import PooledResponse
from storage.audit import record
from storage.erasing import STAYS, erase_person, erase_respondent
from storage.holds import Held, holds, is_session_held
from storage.reach import look, mentions
from storage.surveys import SessionState, Survey, SurveySession, SurveyVersion
from surveys.anonymous import Finished, finish
from surveys.definition import Mode
from surveys.definition import Survey as Form
from surveys.sessions import running_of

_CERTIFIED = "erased"
COPIES = (
    "Copies that were made before still hold it. When one is restored, the list of deletions "
    "erases it again before anybody is served."
)


@dataclass(frozen=True, slots=True)
class Left:
    """One table: rows before and after, and why any stay."""

    table: str
    before: int
    after: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was done. `waiting`: texts that stay with the reviewer; `named`: texts with the name."""

    about: Mapping[str, str]
    tables: tuple[Left, ...]
    looked_through: int
    waiting: int = 0
    named: tuple[tuple[str, str, str], ...] = field(default=())

    def certificate(self, *, dry_run: bool) -> dict[str, Any]:
        return {
            "what": "would be erased" if dry_run else _CERTIFIED,
            **self.about,
            "tables_looked_through": self.looked_through,
            "tables": {
                left.table: {"before": left.before, "after": left.after, "why": left.why}
                for left in self.tables
            },
            "texts_waiting_for_a_reviewer": self.waiting,
            "named_in_texts": [list(one) for one in self.named],
            "copies": COPIES,
        }


def erase_all(
    db: Db, asked: Asked, about: Mapping[str, str], now: datetime, officer_id: int
) -> Erasure:
    """In the caller's transaction. Raises Held. Call `Database.fold_log` after the commit."""
    before = look(db, asked.subject)
    waiting = 0
    if asked.pooled_id is not None:
        _erase_pooled(db, asked.pooled_id)
    elif asked.person_id is not None:
        erase_person(db, asked.subject, asked.person_id, now=now)
    elif _is_open_and_anonymous(db, row := db.get(SurveySession, asked.session_id or "")):
        assert row is not None
        _drop(db, row)
    else:
        waiting = erase_respondent(db, asked.subject, now=now)
    record(db, at=now, act="data.erase", subject=asked.mark, person_id=officer_id)
    db.flush()
    after = look(db, asked.subject)
    tables = []
    for part in before.parts:
        n, m = len(part.about) + len(part.did), after.part(part.table)
        left = len(m.about) + len(m.did)
        tables.append(Left(part.table, n, left, STAYS.get(part.table, "") if left else ""))
    if asked.pooled_id is not None:
        tables.append(Left("pooled_response", 1, 1, "emptied: the code still says so"))
    named = tuple(mentions(db, asked.names))
    return Erasure(about, tuple(tables), len(before.looked_through), waiting, named)


def _erase_pooled(db: Db, pooled_id: str) -> None:
    row = db.get_one(PooledResponse, pooled_id)
    found = holds(db)
    if found.everything or row.survey_id in found.surveys:
        raise Held(", ".join(found.names))
    # That it was deleted is moved in its place, so that the code can still say so.
    row.state, row.sealed, row.group_name = SessionState.DELETED, "{}", ""
    db.add(row)


def _is_open_and_anonymous(db: Db, row: SurveySession | None) -> bool:
    if row is None or row.state != SessionState.OPEN:
        return False
    return db.get_one(Survey, row.survey_id).mode == Mode.ANONYMOUS


def _drop(db: Db, row: SurveySession) -> None:
    """An anonymous session on its way: nothing of it stays, and nothing waits in the pool."""
    if is_session_held(db, row.id):
        raise Held(", ".join(holds(db).names))
    form = Form.from_json(db.get_one(SurveyVersion, row.version_id).definition)
    finish(db, [Finished(running_of(row, form), SessionState.DELETED)])


def in_words(done: Erasure, *, dry_run: bool) -> str:
    """The same for the terminal."""
    lines = ["This would happen; nothing was changed:" if dry_run else "Erased:"]
    for left in done.tables:
        line = f"  {left.table.replace('_', ' ')}: {left.before - left.after} of {left.before}"
        if left.after:
            line += f" deleted, {left.after} left: {left.why}"
        lines.append(line)
    if done.waiting:
        lines.append(
            f"With the reviewer, who must deal with what was said there: {done.waiting} "
            f"{'text' if done.waiting == 1 else 'texts'}."
        )
    if done.named:
        lines.append("The name or the e-mail still stands in these texts; mend them by hand:")
        lines += [f"  {table}, {column}: {place}" for table, column, place in done.named]
    return "\n".join([*lines, COPIES])
