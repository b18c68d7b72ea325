"""What people choose for themselves, field by field: looked at first, then written, all or none.

The form and the words come here alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import col, select, update

from bot.access import Right, Who
from bot.replies import Replies
from bot.staff.finding import people_called
from bot.staff.recording import iso_date
from reminders.wishes import be_quiet, latest_quiet
from storage import audit
from storage.language import LANGUAGE_NAMES
from storage.mail import Conversation
from storage.people import PAGER, UNSENT, Contact, ContactState, Person, Preferences, preferences_of

HOURS = range(7, 19)
DAYS = range(5)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a choice cannot be taken: a text of [settings], and what it needs."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chooser:
    """Somebody at their settings."""

    replies: Replies
    who: Who
    mine: Preferences
    person: Person

    @property
    def today(self) -> date:
        return self.replies.around.today


Change = Callable[[], None]
Reading = Callable[[Chooser, str], Change | Wrong | None]
"""Reads one value: what to do, why not, or nothing to do."""


def take(replies: Replies, who: Who, values: Mapping[str, str]) -> dict[str, Wrong]:
    """Writes what was chosen; where something is wrong nothing is, and this says what."""
    chooser = Chooser(
        replies,
        who,
        preferences_of(replies.db, who.person_id),
        replies.db.get_one(Person, who.person_id),
    )
    read = {
        name: _READINGS[name](chooser, value.strip())
        for name, value in values.items()
        if name in _READINGS
    }
    wrong = {name: found for name, found in read.items() if isinstance(found, Wrong)}
    if wrong:
        return wrong
    replies.db.add(chooser.mine)
    replies.db.flush()
    for change in read.values():
        if change is not None and not isinstance(change, Wrong):
            change()
    replies.db.add(chooser.mine)
    replies.db.add(chooser.person)
    replies.db.flush()
    return {}


def _hour(chooser: Chooser, text: str) -> Change | Wrong:
    hour = _number(text, HOURS)
    if text and hour is None:
        return Wrong("bad_hour")
    return lambda: setattr(chooser.mine, "reminder_hour", hour)


def _number(text: str, among: range) -> int | None:
    is_number = text.isdecimal() and len(text) < 3
    return int(text) if is_number and int(text) in among else None


def _days(chooser: Chooser, text: str) -> Change | Wrong:
    days = [_number(day, DAYS) for day in text.split()]
    if None in days:
        return Wrong("bad_days")
    chosen = sorted({day for day in days if day is not None})
    every = chosen if len(chosen) < len(DAYS) else []
    return lambda: setattr(chooser.mine, "reminder_days", every)


def _quiet(chooser: Chooser, text: str) -> Change | Wrong | None:
    if not text:
        return lambda: setattr(chooser.mine, "quiet_until", None)
    until = _day(text)
    if until is not None and until == chooser.mine.quiet_until:
        return None  # as it stood in the form
    if until is None or until <= chooser.today:
        return Wrong("bad_date")
    latest = latest_quiet(chooser.today)
    if until > latest:
        return Wrong("too_far", {"latest": latest})
    replies = chooser.replies
    return lambda: be_quiet(
        replies.db, person_id=chooser.who.person_id, until=until, now=replies.now
    )


def _day(text: str) -> date | None:
    try:
        return iso_date(text)
    except ValueError:
        return None


def _away(chooser: Chooser, text: str) -> Change | Wrong | None:
    until = _day(text)
    if text and until is None:
        return Wrong("bad_date")
    if until == chooser.person.away_until:
        return None
    if until is not None and until < chooser.today:
        return Wrong("bad_date")
    return lambda: setattr(chooser.person, "away_until", until)


def _deputy(chooser: Chooser, text: str) -> Change | Wrong | None:
    if not text:
        return lambda: setattr(chooser.person, "deputy_id", None)
    now = chooser.replies.db.get(Person, chooser.person.deputy_id or 0)
    if now is not None and now.name == text:
        return None
    found = people_called(chooser.replies.db, text)
    if len(found) != 1:
        return Wrong("bad_deputy")
    if found[0].id == chooser.who.person_id:
        return Wrong("deputy_self")
    return lambda: _name_deputy(chooser, found[0])


def _name_deputy(chooser: Chooser, deputy: Person) -> None:
    """They may answer for each other's actions from now on: noted, and the deputy is told."""
    replies, person = chooser.replies, chooser.person
    assert deputy.id is not None
    person.deputy_id = deputy.id
    audit.record(
        replies.db,
        at=replies.now,
        act="deputy_named",
        subject=f"person:{person.id}",
        person_id=person.id,
        detail=f"person:{deputy.id}",
    )
    key = f"covers:{person.id}:{deputy.id}:{replies.now:%Y%m%dT%H%M%S}"
    replies.tell(deputy.id, "you_cover", key=key, person=person.id)


def _language(chooser: Chooser, text: str) -> Change | Wrong:
    by_name = {name.casefold(): code for code, name in LANGUAGE_NAMES.items()}
    code = by_name.get(text.casefold(), text.casefold())
    if code not in LANGUAGE_NAMES:
        return Wrong("bad_language", {"known": ", ".join(LANGUAGE_NAMES)})
    return lambda: _speak(chooser, code)


def _speak(chooser: Chooser, code: str) -> None:
    """Wherever they are connected, and in what is open with them there."""
    chooser.person.language = code
    theirs = col(Contact.person_id) == chooser.who.person_id
    db = chooser.replies.db
    db.exec(update(Contact).where(theirs).values(language=code))
    talks = col(Conversation.contact_id).in_(select(Contact.id).where(theirs))
    db.exec(
        update(Conversation)
        .where(talks)
        .values(language=code)
        .execution_options(synchronize_session="fetch")
    )


def connected(replies: Replies, person_id: int) -> list[str]:
    """The platforms where somebody can be written to."""
    found = replies.db.exec(
        select(Contact.platform)
        .where(
            Contact.person_id == person_id,
            Contact.state == ContactState.ACTIVE,
            col(Contact.platform).not_in((*UNSENT, PAGER)),
        )
        .distinct()
    )
    return sorted(found)


def _platform(chooser: Chooser, text: str) -> Change | Wrong:
    wanted = {"e-mail": "email", "mail": "email"}.get(text.casefold(), text.casefold())
    if wanted and wanted not in connected(chooser.replies, chooser.who.person_id):
        return Wrong("bad_where")
    return lambda: setattr(chooser.mine, "platform", wanted)


def _digest(chooser: Chooser, text: str) -> Change | Wrong:
    """ "off", "" for as the partnership has it, or the day."""
    if not chooser.who.may(Right.DIGEST):
        return Wrong("no_digest")
    day = _number(text, DAYS)
    if text not in ("", "off") and day is None:
        return Wrong("bad_digest")

    def change() -> None:
        chooser.mine.digest_wanted = None if not text else text != "off"
        chooser.mine.digest_day = day

    return change


def _digest_hour(chooser: Chooser, text: str) -> Change | Wrong:
    if not chooser.who.may(Right.DIGEST):
        return Wrong("no_digest")
    hour = _number(text, HOURS)
    if text and hour is None:
        return Wrong("bad_digest")
    return lambda: setattr(chooser.mine, "digest_hour", hour)


_READINGS: dict[str, Reading] = {
    "hour": _hour,
    "days": _days,
    "quiet": _quiet,
    "away": _away,
    "deputy": _deputy,
    "language": _language,
    "platform": _platform,
    "digest": _digest,
    "digest_hour": _digest_hour,
}
