"""Who is told of a text and in which order, as things stand now; who is away is passed over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from storage.calendar import Calendar
from storage.concerns import ReviewItem
from storage.people import Contact, Person, Role, everywhere, people_with
from storage.surveys import Survey
from surveys.concerns.rota import is_away, on_call
from surveys.review_clock import Clocks, in_hours


@dataclass(frozen=True, slots=True)
class Circle:
    """Groups of people in the order of passing on, each reachable and named once.

    `managers` hear last, and only how long it has waited.
    """

    groups: tuple[tuple[int, ...], ...]
    managers: tuple[int, ...]
    places: dict[int, list[Contact]]

    def within(self, steps: int) -> tuple[int, ...]:
        """Everybody in the first so many groups."""
        return tuple(person for group in self.groups[:steps] for person in group)

    @property
    def steps(self) -> int:
        return len(self.groups)


def cover(db: Db, survey_id: int | None) -> tuple[int, ...]:
    """The survey's reviewer and deputy, else everyone with the role."""
    survey = db.get(Survey, survey_id) if survey_id is not None else None
    named = (survey.reviewer_id, survey.deputy_id) if survey is not None else ()
    people = tuple(person_id for person_id in named if person_id is not None)
    return people or tuple(
        person.id for person in people_with(db, Role.REVIEWER) if person.id is not None
    )


def circle_of(
    db: Db, item: ReviewItem, *, now: datetime, calendar: Calendar, clocks: Clocks
) -> Circle:
    """Whoever was handed it; in hours the reviewer, the deputy, the on-call; else the on-call
    first; then every reviewer, the away as well, so that it never goes to nobody.
    """
    pair = [[one] for one in duty(db, item.survey_id, now=now, language=item.language)]
    called = [_ids(on_call(db, now))]
    ordered = [*pair, *called] if in_hours(now, calendar, clocks) else [*called, *pair]
    if item.passed_to_id is not None:
        ordered = [[item.passed_to_id], *ordered]
    ordered.append(_ids(people_with(db, Role.REVIEWER)))
    managers = _ids(people_with(db, Role.MANAGER))
    places = everywhere(db, {one for group in ordered for one in group} | set(managers))
    return Circle(
        _each_once(ordered, places), tuple(one for one in managers if one in places), places
    )


def duty(db: Db, survey_id: int | None, *, now: datetime, language: str = "") -> list[int]:
    """The survey's reviewer and deputy who are here, a stand-in for who is away; who reads the
    language comes first. Two of all reviewers where a survey names nobody.
    """
    named = cover(db, survey_id)
    people = [person for person in (db.get(Person, one) for one in named) if person is not None]
    here = list(dict.fromkeys(one for person in people if (one := _here(db, person, now))))
    here.sort(key=lambda one: not _reads(db.get_one(Person, one), language))
    return here[:2]


def _here(db: Db, person: Person, now: datetime) -> int | None:
    """They themselves, or who stands in for them while they are away."""
    if not person.active:
        return None
    if not is_away(person, now):
        return person.id
    other = db.get(Person, person.deputy_id) if person.deputy_id is not None else None
    if other is None or not other.active or is_away(other, now):
        return None
    return other.id if Role.REVIEWER in other.roles else None


def _reads(person: Person, language: str) -> bool:
    return not language or reads(person, language)


def reads(person: Person, language: str) -> bool:
    """Whether somebody reads a language, whatever its region or script is called."""
    wanted = language.partition("-")[0].casefold()
    return wanted in {one.partition("-")[0].casefold() for one in person.reads or ["en"]}


def _each_once(
    groups: Iterable[Iterable[int]], places: dict[int, list[Contact]]
) -> tuple[tuple[int, ...], ...]:
    seen: set[int] = set()
    found = []
    for group in groups:
        new = tuple(dict.fromkeys(one for one in group if one in places and one not in seen))
        seen |= set(new)
        if new:
            found.append(new)
    return tuple(found)


def _ids(people: Iterable[Person]) -> list[int]:
    return [person.id for person in people if person.id is not None]
