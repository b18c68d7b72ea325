"""Whom a campaign command means: what was typed, held against what there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.common import fail

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.app import App
    from storage.issues import Issue
    from storage.surveys import Survey
    from surveys.campaigns.audiences import Wanted
    from surveys.campaigns.pace import Pace


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: who is meant, how fast, and what was wrong in the list."""

    wanted: "Wanted"
    pace: "Pace"
    issues: "Sequence[Issue]"
    begin: date | None


def find_survey(db: "Session", slug: str) -> "Survey":
    """The survey of this name, or an end with what to do."""
    from surveys.register import find

    row = find(db, slug)
    if row is None:
        fail(f"there is no survey '{slug}'; see `listening-loop survey list`")
    return row


def asked_for(
    program: "App",
    db: "Session",
    role: list[str] | None,
    body: list[str] | None,
    agency: list[str] | None,
    list_: Path | None,
    everyone: bool,
    cap: int | None,
    begin: date | None,
    remind_after: int | None,
) -> Asked:
    from storage.people import Role
    from surveys.campaigns.audiences import Wanted, agencies, body_keys

    roles = _known("role", role, {str(one): str(one) for one in Role})
    bodies = _known("body", body, {key: key for key in body_keys(db)})
    chosen = _known("agency", agency, {one.casefold(): one for one in agencies(db)})
    people, issues = (None, []) if list_ is None else _listed(db, list_)
    wanted = Wanted(roles, bodies, chosen, people, everyone)
    if wanted.is_nobody:
        fail("say who is meant: --role, --body, --agency, --list FILE, or --everyone")
    pace = program.settings.invitations.pace(per_hour=cap, remind_after=remind_after)
    return Asked(wanted, pace, issues, begin)


def _known(what: str, given: list[str] | None, known: dict[str, str]) -> frozenset[str]:
    """The values typed, or an end with those there are."""
    keys = {value: value.strip().casefold() for value in given or ()}
    for value, key in keys.items():
        if key not in known:
            there = ", ".join(sorted(known.values())) or "none yet"
            fail(f'there is no {what} "{value}"; there is: {there}')
    return frozenset(keys.values())


def _listed(db: "Session", path: Path) -> "tuple[frozenset[int], list[Issue]]":
    from bot.people_lists import not_known, read_emails
    from surveys.campaigns.audiences import people_of

    rows, issues = read_emails(path)
    found = people_of(db, [row.email for row in rows])
    issues += [not_known(row) for row in rows if row.email not in found]
    return frozenset(found.values()), issues


def first_at(program: "App", asked: Asked) -> datetime | None:
    if asked.begin is None:
        return None
    begins, _ = asked.pace.hours.on(asked.begin, program.around.calendar)
    return max(begins, program.around.now)


def closes_on(program: "App", db: "Session", survey: "Survey") -> date | None:
    from surveys.round_rows import current, last_day

    if survey.version_id is None:
        return None
    settings = program.around.forms.of(db, survey.version_id).settings
    return last_day(current(db, survey), settings, program.around.calendar)


def span(program: "App", asked: Asked, count: int) -> tuple[datetime | None, datetime | None]:
    """When the first and the last of so many would be asked."""
    from surveys.campaigns.pace import plan_sends

    begins = first_at(program, asked) or program.around.now
    pace, calendar = asked.pace, program.around.calendar
    first = last = None
    for _, at in plan_sends(range(count), begins, pace.cap_per_hour, calendar, pace.hours):
        first, last = first or at, at
    return first, last
