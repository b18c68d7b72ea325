"""What became of the themes of a survey, and which there were at an earlier moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from digests.codebook import MERGED, UNDONE
from digests.themes import is_in_use
from storage.people import names_of
from storage.voice import Theme, ThemeChange


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a codebook's history, in names."""

    at: datetime
    who: str
    act: str
    theme: str
    other: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AsItWas:
    """A theme of the codebook as it was called then."""

    id: int
    name: str


def history(session: Session, survey_id: int) -> list[Change]:
    """Every change of the codebook, the newest first."""
    query = (
        select(ThemeChange, Theme)
        .join(Theme, col(Theme.id) == col(ThemeChange.theme_id))
        .where(col(Theme.survey_id) == survey_id)
        .order_by(col(ThemeChange.id).desc())
    )
    found = list(session.exec(query))
    names = dict(
        session.exec(select(Theme.id, Theme.name).where(col(Theme.survey_id) == survey_id)).all()
    )
    people = names_of(session, [one.person_id for one, _ in found])
    return [
        Change(
            at=one.at,
            who=people.get(one.person_id, ""),
            act=one.act,
            theme=theme.name,
            other=names.get(one.other_theme_id, ""),
            before=one.before,
            after=one.after,
        )
        for one, theme in found
    ]


def in_use_at(session: Session, survey_id: int, when: datetime) -> list[AsItWas]:
    """The themes that were in use just before a moment, so that a report stays as it was.

    Worked out backwards from today: what was changed since is taken back.
    """
    themes = session.exec(
        select(Theme).where(col(Theme.survey_id) == survey_id).order_by(col(Theme.id))
    ).all()
    used = {one.id: is_in_use(one) for one in themes}
    names = {one.id: one.name for one in themes}
    for change in _since(session, survey_id, when):
        _take_back(change, used, names)
    return [
        AsItWas(one.id or 0, names[one.id])
        for one in themes
        if used[one.id] and one.created_at < when
    ]


def _since(session: Session, survey_id: int, when: datetime) -> Sequence[ThemeChange]:
    query = (
        select(ThemeChange)
        .join(Theme, col(Theme.id) == col(ThemeChange.theme_id))
        .where(col(Theme.survey_id) == survey_id, col(ThemeChange.at) >= when)
        .order_by(col(ThemeChange.id).desc())
    )
    return session.exec(query).all()


def _take_back(
    change: ThemeChange, used: dict[int | None, bool], names: dict[int | None, str]
) -> None:
    if change.act == "renamed":
        names[change.theme_id] = change.before
    elif change.act in (MERGED, "taken out"):
        used[change.theme_id] = True
    elif change.act == "brought back" or (change.act, change.before) == (UNDONE, MERGED):
        used[change.theme_id] = False
    elif change.act == UNDONE:
        used[change.other_theme_id] = True
