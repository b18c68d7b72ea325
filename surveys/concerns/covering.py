"""Whether young people's words are covered: who reads them, in which language, and at night."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

from sqlmodel import Session as Db

from storage.calendar import LONDON, Calendar
from storage.people import Person, Role, everywhere, person_of
from surveys.clock_words import short_moment
from surveys.concerns.circle import reads
from surveys.concerns.rota import gaps, is_away
from surveys.definition import Survey
from surveys.review_clock import USUAL, Clocks

_PLAIN = Calendar()
_LOOKS_AHEAD = timedelta(days=7)


class Line(Protocol):
    """A number that young people are given."""

    @property
    def local(self) -> bool: ...

    def is_open(self, now: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class Covering:
    """What was agreed locally about who answers: the hours, and the numbers of our own."""

    calendar: Calendar = _PLAIN
    clocks: Clocks = USUAL
    lines: Sequence[Line] = ()


def needs_cover(form: Survey) -> bool:
    """Whether young people can write words in it."""
    return form.settings.is_youth and bool(form.free_text())


def uncovered(
    db: Db,
    form: Survey,
    now: datetime,
    *,
    calendar: Calendar = _PLAIN,
    clocks: Clocks = USUAL,
    lines: Sequence[Line] = (),
) -> tuple[str, ...]:
    """Why a survey cannot be open as things stand, each with what to do; nothing where it can."""
    if not needs_cover(form):
        return ()
    reviewer, deputy = person_of(db, form.settings.reviewer), person_of(db, form.settings.deputy)
    return (
        *_named(db, form, reviewer, deputy),
        *_read(form, [one for one in (reviewer, deputy) if one is not None]),
        *_at_night(db, now, Covering(calendar, clocks, lines)),
        *_here(reviewer, deputy, now, calendar),
    )


def not_named(form: Survey, reviewer: Person | None, deputy: Person | None) -> str:
    """Why the form's settings name no two people who read, with what to do; else nothing."""
    given = ((form.settings.reviewer, reviewer), (form.settings.deputy, deputy))
    unknown = [email for email, person in given if email and person is None]
    if reviewer is not None and deputy is not None and reviewer.id != deputy.id:
        return ""
    said = (
        "a survey for young people with free text needs a named reviewer and another person "
        "as deputy: fill loop_reviewer and loop_deputy in the settings sheet with e-mails of "
        "people who are in the people list"
    )
    if not unknown:
        return said
    return (
        f"{said}. It names {' and '.join(unknown)}: not in the list. Add them with `people "
        "import`, or put your own people into the sheet and run `survey add` again"
    )


def _named(db: Db, form: Survey, reviewer: Person | None, deputy: Person | None) -> Iterator[str]:
    if missing := not_named(form, reviewer, deputy):
        yield missing
    for what, person in (("reviewer", reviewer), ("deputy", deputy)):
        if person is not None:
            yield from _fit(db, what, person)


def _fit(db: Db, what: str, person: Person) -> Iterator[str]:
    if not person.active:
        yield (
            f"the {what} ({person.name}) has left: name somebody else in loop_{what}, or take them "
            "up again with `people import`"
        )
        return
    if Role.REVIEWER not in person.roles:
        yield (
            f"the {what} ({person.name}) may not read the queue: give them the role reviewer with "
            "`people import`"
        )
    assert person.id is not None
    if person.id not in everywhere(db, [person.id]):
        yield (
            f"the {what} ({person.name}) cannot be reached anywhere: connect them with `people "
            "code` or `people link`"
        )


def _read(form: Survey, people: Sequence[Person]) -> Iterator[str]:
    """Each language needs somebody who reads it; nothing is translated by machine."""
    for language in form.languages:
        if people and not any(reads(person, language) for person in people):
            yield (
                f"nobody reads {language}: name a reviewer or deputy who does, write it into their "
                'column "reads" with `people import`, or take the language out of the survey'
            )


def _at_night(db: Db, now: datetime, agreed: Covering) -> Iterator[str]:
    if lines_cover_nights(agreed.lines, now):
        return
    open_parts = gaps(db, now, now + _LOOKS_AHEAD, calendar=agreed.calendar, clocks=agreed.clocks)
    if open_parts:
        first = open_parts[0]
        yield (
            f"nobody is on call from {short_moment(first.starts_at)} to "
            f"{short_moment(first.ends_at)}, and no local number is open then: add turns with "
            "`concerns rota add`, or give a local number that is open at night under "
            "[[help_lines]] (local = true)"
        )


def lines_cover_nights(lines: Sequence[Line], now: datetime) -> bool:
    """Whether local numbers together are open at any hour: closed hours include whole days."""
    local = [line for line in lines if line.local]
    if not local:
        return False
    day = now.astimezone(LONDON).date()
    noon = _PLAIN.at_local(day, time(12))
    quarters = (noon + timedelta(minutes=15 * n) for n in range(96))
    return all(any(line.is_open(at) for line in local) for at in quarters)


def _here(
    reviewer: Person | None, deputy: Person | None, now: datetime, calendar: Calendar
) -> Iterator[str]:
    if reviewer is None or deputy is None:
        return
    day = calendar.add_working_days(calendar.local_date(now), 1)
    noon = calendar.at_local(day, time(12))
    if is_away(reviewer, noon) and is_away(deputy, noon):
        yield (
            f"both {reviewer.name} and {deputy.name} are away on {day:%d.%m.%Y}: name somebody who "
            "is here, or correct their leave with `people away`"
        )
