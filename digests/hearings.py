"""What was said elsewhere than in a survey: in a group session, on paper, in a review, in an audit.

Its themes stand in the codebook of a survey. Where there was no survey at all, a survey without
questions stands for it, closed from the beginning, so that it is published and heard of as any.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, delete, select

from digests.codebook import in_use
from digests.themes import Refused
from storage.people import names_of
from storage.rows import columns, rows
from storage.surveys import Survey, SurveyState
from storage.voice import Hearing, HearingKind, HearingTheme, Theme
from surveys import register
from surveys.definition import Audience, Settings
from surveys.definition import Survey as Definition

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class Heard:
    """A theme that came up, and how many said it where somebody counted."""

    theme: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One hearing as it is shown."""

    id: int
    kind: HearingKind
    title: str
    held_on: date
    present: int | None
    recorded_by: str
    themes: tuple[Heard, ...]


def listen(
    session: Session,
    *,
    slug: str,
    title: str,
    audience: Audience,
    now: datetime,
    asked_by: str = "",
) -> Survey:
    """A survey without questions, for what was heard without one."""
    slug, title = slug.strip().casefold(), " ".join(title.split())
    if not title:
        raise Refused("Give it a title: what the listening was about.")
    if not _SLUG.fullmatch(slug) or len(slug) > 40:
        raise Refused(
            "The short name is made of small letters, digits and hyphens, at most 40, such as "
            "youth-forum-2024."
        )
    if register.find(session, slug) is not None:
        raise Refused("Something of that short name is there already. Choose another.")
    settings = Settings(
        form_id=slug,
        titles={"en": title},
        audience=audience,
        asked_by={"en": asked_by.strip()} if asked_by.strip() else {},
    )
    survey = register.add(session, Definition(settings, ()), now=now).survey
    survey.state, survey.closed_at = SurveyState.CLOSED, now
    session.add(survey)
    session.flush()
    return survey


def record_hearing(
    session: Session,
    survey_id: int,
    *,
    kind: HearingKind,
    title: str,
    held_on: date,
    present: int | None,
    themes: Mapping[int, int | None],
    person_id: int,
    now: datetime,
    today: date,
) -> Hearing:
    """Notes a session and the themes that came up; `themes`: how many said each, None uncounted."""
    title = " ".join(title.split())
    _refuse_unlikely(title, held_on, present, themes, today)
    if not set(themes) <= {theme.id for theme in in_use(session, survey_id)}:
        raise Refused("One of these themes was merged or taken out meanwhile. Look again.")
    hearing = Hearing(
        survey_id=survey_id,
        kind=kind,
        title=title,
        held_on=held_on,
        present=present,
        recorded_at=now,
        recorded_by_id=person_id,
    )
    session.add(hearing)
    session.flush()
    assert hearing.id is not None
    for theme_id, people in themes.items():
        session.add(HearingTheme(hearing_id=hearing.id, theme_id=theme_id, people=people))
    session.flush()
    return hearing


def _refuse_unlikely(
    title: str, held_on: date, present: int | None, themes: Mapping[int, int | None], today: date
) -> None:
    if not title:
        raise Refused("Say where it was said, such as: Youth forum at Heywood.")
    if held_on > today:
        raise Refused("The day is still to come. Give the day it was said.")
    if not themes:
        raise Refused("Choose at least one theme that came up. Add it to the codebook first.")
    counted = [people for people in themes.values() if people is not None]
    numbers = counted if present is None else [*counted, present]
    if any(not 1 <= one <= _MOST_PEOPLE for one in numbers):
        raise Refused("Numbers of people begin at 1. Leave the field empty where nobody counted.")
    if present is not None and max(counted, default=0) > present:
        raise Refused("More people said it than were present. Check the numbers.")


def take_back(session: Session, survey_id: int, hearing_id: int) -> None:
    """A hearing that was recorded by mistake goes, and is not counted any more."""
    hearing = session.get(Hearing, hearing_id)
    if hearing is None or hearing.survey_id != survey_id:
        raise Refused("There is no such record any more. Look again.")
    session.exec(delete(HearingTheme).where(col(HearingTheme.hearing_id) == hearing_id))
    session.delete(hearing)
    session.flush()


def listed(session: Session, survey_id: int) -> list[Listed]:
    """Every hearing of a survey, the latest first."""
    query = select(Hearing).where(col(Hearing.survey_id) == survey_id)
    found = list(session.exec(query.order_by(col(Hearing.held_on).desc(), col(Hearing.id).desc())))
    said: dict[int, list[Heard]] = {}
    of_themes = (
        columns(HearingTheme.hearing_id, Theme.name, HearingTheme.people)
        .join(Theme, col(Theme.id) == col(HearingTheme.theme_id))
        .where(col(Theme.survey_id) == survey_id)
        .order_by(col(Theme.id))
    )
    for hearing_id, name, people in rows(session, of_themes):
        said.setdefault(hearing_id, []).append(Heard(name, people))
    people_names = names_of(session, [one.recorded_by_id for one in found])
    return [
        Listed(
            id=one.id or 0,
            kind=HearingKind(one.kind),
            title=one.title,
            held_on=one.held_on,
            present=one.present,
            recorded_by=people_names.get(one.recorded_by_id, ""),
            themes=tuple(said.get(one.id or 0, ())),
        )
        for one in found
    ]


def heard_themes(session: Session, survey_id: int) -> frozenset[int]:
    """Themes that came up in a hearing, counted or not."""
    query = (
        select(HearingTheme.theme_id)
        .join(Hearing, col(Hearing.id) == col(HearingTheme.hearing_id))
        .where(col(Hearing.survey_id) == survey_id)
    )
    return frozenset(session.exec(query))
