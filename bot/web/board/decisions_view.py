"""What waits for somebody's decision, as the board lists it: one shape for every kind."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select

from reminders.action_views import ActionView, views
from reminders.corrections import date_before
from reminders.decisions import HandOver, Waiting, could_take, waiting_for
from reminders.handing_over import ASKED
from storage.editions import Edition, EditionState
from storage.people import names_of
from storage.plans import Action, ActionChange, Plan, Update

MOST = 100
_MOST_TAKERS = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide. `row_id` is what the use case asks for; the rest is what is shown."""

    kind: str
    row_id: int
    action: ActionView
    at: datetime
    who: str = ""
    recorded_by: str = ""
    words: str = ""
    evidence: str = ""
    before: date | None = None
    proposed: date | None = None
    step: str = ""
    takers: tuple[tuple[int, str], ...] = ()
    alternatives: tuple[str, ...] = ()
    printed: str = ""

    @property
    def key(self) -> str:
        """What stands for it in a form and in the address of its place on the page."""
        return f"{self.kind}-{self.row_id}"


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that waits, the oldest first; doubtful rows by themselves, as nothing presses."""

    items: tuple[Item, ...]
    doubtful: tuple[Item, ...]
    total: int
    draft: date | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.items or self.doubtful or self.draft)


def desk_of(
    db: Db, person_id: int, *, today: date, action_id: int | None = None, drafts: bool = False
) -> Desk:
    """What waits for this person; of one action alone where that is given."""
    found = waiting_for(db, person_id, action_id=action_id)
    shown = views(db, sorted(_ids(found)), today=today)
    items = sorted(_items(db, found, shown), key=lambda item: (item.at, item.key))
    doubtful = tuple(_doubtful(db, found.doubtful[:MOST], shown))
    return Desk(
        tuple(items[:MOST]),
        doubtful,
        total=len(found),
        draft=_unsent(db) if drafts else None,
    )


def _ids(found: Waiting) -> Iterator[int]:
    pairs = (*found.escalations, *found.dates, *found.completions, *found.helps)
    for action in (*(one[1] for one in pairs), *(one.action for one in found.hand_overs)):
        yield action.id or 0
    yield from (row.id or 0 for row in found.doubtful[:MOST])


def _items(db: Db, found: Waiting, shown: Mapping[int, ActionView]) -> Iterator[Item]:
    for rung, action in found.escalations:
        yield Item(
            "escalate", rung.id or 0, shown[action.id or 0], rung.proposed_at, step=rung.step
        )
    said = [row for row, _ in (*found.dates, *found.completions, *found.helps)]
    names = names_of(db, [one for row in said for one in (row.person_id, row.recorded_by_id)])
    for update, action in found.helps:
        words = update.help_wanted
        yield _of(update, "helped", update.id, shown[action.id or 0], names, words)
    for update, action in found.dates:
        before = date_before(db, update, action.due_on)
        yield _of(update, "newdate", update.id, shown[action.id or 0], names, update.note, before)
    for update, action in found.completions:
        yield _of(update, "evidenced", action.id, shown[action.id or 0], names, update.note)
    yield from _hand_overs(db, found.hand_overs, shown)


def _of(
    update: Update,
    kind: str,
    row_id: int | None,
    action: ActionView,
    names: Mapping[int | None, str],
    words: str,
    before: date | None = None,
) -> Item:
    return Item(
        kind,
        row_id or 0,
        action,
        update.at,
        who=names.get(update.person_id, ""),
        recorded_by=names.get(update.recorded_by_id, ""),
        words=words,
        evidence=update.evidence,
        before=before,
        proposed=update.proposed_due_on,
    )


def _hand_overs(
    db: Db, found: Iterable[HandOver], shown: Mapping[int, ActionView]
) -> Iterator[Item]:
    for one in found:
        action_id = one.action.id or 0
        asked_at = db.exec(
            select(func.max(ActionChange.at)).where(
                ActionChange.action_id == action_id,
                ActionChange.how == ASKED,
                ActionChange.person_id == one.person.id,
            )
        ).one()
        takers = could_take(db, action_id, one.person.id, one.named)[:_MOST_TAKERS]
        yield Item(
            "passed",
            action_id,
            shown[action_id],
            asked_at,
            who=one.person.name,
            words=one.named,
            takers=tuple((person.id or 0, person.name) for person in takers),
        )


def _doubtful(db: Db, found: Iterable[Action], shown: Mapping[int, ActionView]) -> Iterator[Item]:
    rows = list(found)
    since = dict(
        db.exec(
            select(Plan.id, Plan.imported_at).where(col(Plan.id).in_({row.plan_id for row in rows}))
        ).all()
    )
    for row in rows:
        action_id = row.id or 0
        yield Item(
            "doubt",
            action_id,
            shown[action_id],
            since[row.plan_id],
            alternatives=tuple(row.alternatives),
            printed=row.deadline_printed,
        )


def _unsent(db: Db) -> date | None:
    """The end of the newest weekly digest, where no manager has sent it on."""
    newest = db.exec(
        select(Edition)
        .where(col(Edition.made_for_id).is_(None))
        .order_by(col(Edition.ends_on).desc(), col(Edition.id).desc())
        .limit(1)
    ).first()
    is_draft = newest is not None and newest.state is EditionState.DRAFT
    return newest.ends_on if newest is not None and is_draft else None
