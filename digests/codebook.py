"""The codebook of a survey: naming, defining, merging, splitting and taking out themes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, select

from digests.themes import Refused, Reply, add_theme, is_in_use, theme_name
from storage.rows import change, chunks
from storage.surveys import Survey
from storage.voice import (
    HearingTheme,
    Response,
    ResponseState,
    Theme,
    ThemeChange,
    ThemeCoding,
)

MERGED, SPLIT = "merged", "split"
UNDONE = "undone"
_UNDOABLE = (MERGED, SPLIT)


def in_use(session: Session, survey_id: int) -> list[Theme]:
    """The themes that answers may be coded into, in the order they were added."""
    query = (
        select(Theme)
        .where(
            col(Theme.survey_id) == survey_id,
            col(Theme.merged_into_id).is_(None),
            col(Theme.retired_at).is_(None),
        )
        .order_by(col(Theme.id))
    )
    return list(session.exec(query))


def taken_out(session: Session, survey_id: int) -> list[Theme]:
    """The themes that were taken out and may be brought back."""
    query = select(Theme).where(
        col(Theme.survey_id) == survey_id, col(Theme.retired_at).is_not(None)
    )
    return list(session.exec(query.order_by(col(Theme.id))))


def find(session: Session, survey_id: int, name: str) -> Theme | None:
    """The theme of this name, whatever became of it."""
    return session.exec(
        select(Theme).where(
            col(Theme.survey_id) == survey_id, col(Theme.name) == " ".join(name.split())
        )
    ).first()


def describe(
    session: Session, theme_id: int, *, name: str, definition: str, person_id: int, now: datetime
) -> Theme:
    """Another name, another definition, or both. What is published keeps the name it had."""
    theme = live(session, theme_id)
    name, definition = theme_name(name), definition.strip()
    same = find(session, theme.survey_id, name)
    if same is not None and same.id != theme_id:
        raise Refused(
            "Another theme of this survey has that name. Merge the two, or choose another."
        )
    if name != theme.name:
        _note(session, theme_id, "renamed", now, person_id, before=theme.name, after=name)
    if definition != theme.definition:
        _note(
            session,
            theme_id,
            "defined",
            now,
            person_id,
            before=theme.definition,
            after=definition,
        )
    theme.name, theme.definition = name, definition
    session.add(theme)
    session.flush()
    return theme


def merge(session: Session, theme_id: int, into_id: int, *, person_id: int, now: datetime) -> int:
    """Puts all answers of a theme into another; how many moved. Can be undone until the next one.

    What was published of it stays. A response that was not published yet becomes a draft of the
    other theme, because it was written for another name.
    """
    if theme_id == into_id:
        raise Refused("A theme cannot be merged with itself. Choose another one.")
    theme, other = live(session, theme_id), live(session, into_id)
    if theme.survey_id != other.survey_id:
        raise Refused("The two themes are of different surveys. Merge themes of one survey.")
    moved = _move(session, theme_id, into_id)
    theme.merged_into_id = into_id
    session.add(theme)
    unpublished = (
        update(Response)
        .where(col(Response.theme_id) == theme_id, col(Response.state) != ResponseState.PUBLISHED)
        .values(theme_id=into_id, state=ResponseState.DRAFT, approved_at=None, approved_by_id=None)
    )
    change(session, unpublished)
    session.expire_all()
    _note(session, theme_id, MERGED, now, person_id, other=into_id)
    return moved


def split(
    session: Session,
    theme_id: int,
    *,
    name: str,
    replies: Sequence[Reply],
    person_id: int,
    now: datetime,
    definition: str = "",
) -> Theme:
    """A new theme that takes these answers along from another one."""
    theme = live(session, theme_id)
    if not replies:
        raise Refused("Choose the answers that go into the new theme.")
    made = add_theme(
        session,
        survey_id=theme.survey_id,
        name=name,
        definition=definition,
        now=now,
        person_id=person_id,
    )
    made.split_from_id = theme_id
    session.add(made)
    session.flush()
    assert made.id is not None
    moved = sum(_take(session, theme_id, made.id, batch) for batch in chunks(list(replies)))
    if moved != len(set(replies)):
        raise Refused("Some of these answers are not in this theme any more. Look again.")
    session.expire_all()
    _note(session, theme_id, SPLIT, now, person_id, other=made.id)
    return made


def take_out(session: Session, theme_id: int, *, person_id: int, now: datetime) -> Theme:
    """Nothing is coded into it from now on. What was coded and published stays as it is."""
    theme = live(session, theme_id)
    theme.retired_at = now
    session.add(theme)
    _note(session, theme_id, "taken out", now, person_id)
    return theme


def bring_back(session: Session, theme_id: int, *, person_id: int, now: datetime) -> Theme:
    """A theme that was taken out, with all that was coded into it."""
    theme = session.get(Theme, theme_id, with_for_update=True)
    if theme is None or theme.retired_at is None:
        raise Refused("This theme is not taken out. Look again.")
    theme.retired_at = None
    session.add(theme)
    _note(session, theme_id, "brought back", now, person_id)
    return theme


def undoable(session: Session, survey_id: int) -> ThemeChange | None:
    """The last merging or splitting, where nothing but names and definitions changed since."""
    query = (
        select(ThemeChange)
        .join(Theme, col(Theme.id) == col(ThemeChange.theme_id))
        .where(col(Theme.survey_id) == survey_id, col(ThemeChange.act).in_((*_UNDOABLE, UNDONE)))
        .order_by(col(ThemeChange.id).desc())
        .limit(1)
    )
    last = session.exec(query).first()
    return last if last is not None and last.act in _UNDOABLE else None


def undo(session: Session, survey_id: int, *, person_id: int, now: datetime) -> ThemeChange:
    """Takes back the last merging or splitting. What was coded since stays where it was coded."""
    session.get(Survey, survey_id, with_for_update=True)
    last = undoable(session, survey_id)
    if last is None or last.other_theme_id is None:
        raise Refused("There is no merging or splitting to undo.")
    theme, other = (
        session.get_one(Theme, last.theme_id),
        session.get_one(Theme, last.other_theme_id),
    )
    if last.act == MERGED:
        theme.merged_into_id = None
        session.add(theme)
        _return(session, held_by=last.other_theme_id, to=last.theme_id)
    else:
        _unsplit(session, theme, other, now)
    session.flush()
    session.expire_all()
    _note(
        session, last.theme_id, UNDONE, now, person_id, other=last.other_theme_id, before=last.act
    )
    return last


def live(session: Session, theme_id: int) -> Theme:
    """The theme, held until the end of the transaction; refused where it is not in use."""
    theme = session.get(Theme, theme_id, with_for_update=True)
    if theme is None or not is_in_use(theme):
        raise Refused(
            "This theme is not in use any more: it was merged or taken out. Look at the codebook."
        )
    return theme


def _unsplit(session: Session, theme: Theme, made: Theme, now: datetime) -> None:
    assert theme.id is not None
    assert made.id is not None
    _return(session, held_by=made.id, to=theme.id)
    coded = session.exec(
        select(ThemeCoding.theme_id).where(col(ThemeCoding.theme_id) == made.id).limit(1)
    ).first()
    heard = session.exec(
        select(HearingTheme.theme_id).where(col(HearingTheme.theme_id) == made.id).limit(1)
    ).first()
    answered = session.exec(
        select(Response.id).where(col(Response.theme_id) == made.id).limit(1)
    ).first()
    if coded is None and heard is None and answered is None:
        made.retired_at = now
        session.add(made)


def _move(session: Session, from_id: int, to_id: int) -> int:
    """What is coded into both stays where it is, so that undoing brings it back."""
    _forget_origin(session, held_by=to_id, came_from=from_id)
    statement = (
        update(ThemeCoding)
        .where(col(ThemeCoding.theme_id) == from_id, ~_is_also_in(to_id))
        .values(theme_id=to_id, from_theme_id=from_id)
    )
    return change(session, statement)


def _take(session: Session, from_id: int, to_id: int, replies: Sequence[Reply]) -> int:
    moved = 0
    for reply in set(replies):
        statement = (
            update(ThemeCoding)
            .where(
                col(ThemeCoding.theme_id) == from_id,
                col(ThemeCoding.pseudonym) == reply.pseudonym,
                col(ThemeCoding.question) == reply.question,
            )
            .values(theme_id=to_id, from_theme_id=from_id)
        )
        moved += change(session, statement)
    return moved


def _return(session: Session, *, held_by: int, to: int) -> None:
    came = (col(ThemeCoding.theme_id) == held_by, col(ThemeCoding.from_theme_id) == to)
    back = update(ThemeCoding).where(*came, ~_is_also_in(to))
    change(session, back.values(theme_id=to, from_theme_id=None))
    change(session, delete(ThemeCoding).where(*came))


def _forget_origin(session: Session, *, held_by: int, came_from: int) -> None:
    statement = update(ThemeCoding).where(
        col(ThemeCoding.theme_id) == held_by, col(ThemeCoding.from_theme_id) == came_from
    )
    change(session, statement.values(from_theme_id=None))


def _is_also_in(theme_id: int) -> Any:
    same = aliased(ThemeCoding)
    return exists().where(
        col(same.theme_id) == theme_id,
        col(same.pseudonym) == col(ThemeCoding.pseudonym),
        col(same.question) == col(ThemeCoding.question),
    )


def _note(
    session: Session,
    theme_id: int,
    act: str,
    now: datetime,
    person_id: int,
    *,
    other: int | None = None,
    before: str = "",
    after: str = "",
) -> None:
    session.add(
        ThemeChange(
            theme_id=theme_id,
            at=now,
            act=act,
            before=before,
            after=after,
            other_theme_id=other,
            person_id=person_id,
        )
    )
    session.flush()
