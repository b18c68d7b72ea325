"""Minutes of a close-the-loop meeting: the pack it had before it, with what it decided of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from digests.pack import Pack
from digests.pack_items import Item
from digests.period import Period
from digests.picture import view_from
from digests.report_scene import About, body_of, scene_of
from digests.themes import Refused
from storage.calendar import Calendar
from storage.editions import Edition
from storage.meetings import Meeting, Minute, Outcome
from storage.people import names_of
from storage.plans import Action, Body


@dataclass(frozen=True, slots=True)
class Minuted:
    """One thing of the pack, or one that came up. `outcome` is None where it was not reached.

    `ref`: the action it concerns, if any; `lead`: who does something now.
    """

    item: Item | None
    outcome: Outcome | None
    text: str = ""
    moved_to: date | None = None
    ref: str = ""
    lead: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Minutes:
    """`ended`: after that nothing of it changes. `five`: keys of what the pack put first."""

    about: About
    period: Period
    title: str
    held_on: date
    ended: date | None
    present: str
    apologies: str
    items: tuple[Minuted, ...]
    others: tuple[Minuted, ...]
    five: tuple[str, ...]

    @property
    def arising(self) -> tuple[Minuted, ...]:
        """What somebody was given to do."""
        return tuple(one for one in (*self.items, *self.others) if one.lead)


def gather(
    session: Session,
    period: Period,
    *,
    subject: str = "",
    now: datetime,
    calendar: Calendar,
) -> Minutes:
    """`subject` is the meeting's number. Raises Refused where there is no such meeting."""
    meeting = session.get(Meeting, int(subject)) if subject.isdecimal() else None
    if meeting is None:
        raise Refused("There is no such meeting. Open one on the page of meetings.")
    body = session.get(Body, meeting.body_id) if meeting.body_id else None
    pack = pack_of(session, meeting)
    about = pack.about if pack else scene_of(session, period, calendar, body, now)[0]
    lines = standing(session, meeting.id or 0)
    told = _told(session, lines)
    items = tuple(_minuted(one, told) for one in pack.items) if pack else ()
    return Minutes(
        about=about,
        period=pack.period if pack else period,
        title=meeting.title,
        held_on=meeting.held_on,
        ended=calendar.local_date(meeting.ended_at) if meeting.ended_at else None,
        present=meeting.present,
        apologies=meeting.apologies,
        items=items,
        others=tuple(one for key, one in told if not key),
        five=pack.five if pack else (),
    )


def pack_of(session: Session, meeting: Meeting) -> Pack | None:
    """What the meeting had before it, as it was then. Raises Unreadable."""
    edition = session.get(Edition, meeting.edition_id) if meeting.edition_id else None
    if edition is None:
        return None
    found: Pack = view_from(Pack, edition.view)
    return found


def standing(session: Session, meeting_id: int) -> list[Minute]:
    """The lines that stand: the last about each thing, and all about anything else."""
    found = session.exec(
        select(Minute).where(Minute.meeting_id == meeting_id).order_by(col(Minute.id))
    ).all()
    last = {line.item: line.id for line in found if line.item}
    return [line for line in found if not line.item or last[line.item] == line.id]


def _told(session: Session, lines: Sequence[Minute]) -> list[tuple[str, Minuted]]:
    names = names_of(session, [line.person_id for line in lines])
    refs = session.exec(
        select(Action.id, Action.ref).where(col(Action.id).in_([one.action_id for one in lines]))
    )
    by_id = dict(refs.all())
    return [
        (
            line.item,
            Minuted(
                item=None,
                outcome=Outcome(line.outcome),
                text=line.text,
                moved_to=line.moved_to,
                ref=by_id.get(line.action_id, ""),
                lead=line.lead,
                by=names.get(line.person_id, ""),
            ),
        )
        for line in lines
    ]


def _minuted(item: Item, told: Sequence[tuple[str, Minuted]]) -> Minuted:
    for key, line in told:
        if key == item.key:
            return Minuted(
                item, line.outcome, line.text, line.moved_to, line.ref, line.lead, line.by
            )
    return Minuted(item, None)


def body_key(session: Session, meeting: Meeting) -> str:
    """The key of the group that meets, "" where it is all of them."""
    body = session.get(Body, meeting.body_id) if meeting.body_id else None
    return body.key if body else ""


def body_id(session: Session, key: str) -> int | None:
    """The group of a key. Raises Refused."""
    return body_of(session, key).id if key else None
