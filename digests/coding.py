"""Answer by answer: which themes it speaks of, whether somebody looked at it, how far we are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from digests.codebook import in_use
from digests.reading import reviewed_places
from digests.themes import Refused, Reply, note_looked_at, refuse_unread
from storage.database import insert_new
from storage.rows import chunks, columns, rows
from storage.surveys import Answer, Survey, SurveyVersion
from storage.voice import CodedAnswer, Theme, ThemeCoding


@dataclass(frozen=True, slots=True)
class Codings:
    """The themes in use of each answer of a survey; `looked_at` without any is an answer too."""

    themes: dict[Reply, frozenset[int]]
    looked_at: frozenset[Reply]

    def of(self, reply: Reply) -> frozenset[int]:
        return self.themes.get(reply, frozenset())

    def is_done(self, reply: Reply) -> bool:
        return reply in self.looked_at or reply in self.themes


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the answers that may be coded somebody has looked at."""

    done: int
    total: int


def progress(session: Session, survey_id: int) -> Progress:
    """How far the coding of a survey has come, without reading a word."""
    place = reviewed_places(session, survey_id)
    looked = (
        columns(CodedAnswer.pseudonym, CodedAnswer.question)
        .where(col(CodedAnswer.survey_id) == survey_id)
        .union(
            columns(ThemeCoding.pseudonym, ThemeCoding.question)
            .join(Theme, col(Theme.id) == col(ThemeCoding.theme_id))
            .where(col(Theme.survey_id) == survey_id)
        )
        .subquery()
    )
    query = columns(func.count(), func.count(looked.c.question)).select_from(
        place.outerjoin(
            looked,
            (looked.c.pseudonym == place.c.pseudonym) & (looked.c.question == place.c.question),
        )
    )
    [(total, done)] = rows(session, query)
    return Progress(done, total)


def codings(session: Session, survey_id: int) -> Codings:
    """All that was coded so far."""
    query = (
        columns(
            ThemeCoding.pseudonym,
            ThemeCoding.question,
            ThemeCoding.theme_id,
            Theme.merged_into_id,
            Theme.retired_at,
        )
        .join(Theme, col(Theme.id) == col(ThemeCoding.theme_id))
        .where(col(Theme.survey_id) == survey_id)
    )
    found: dict[Reply, set[int]] = {}
    seen: set[Reply] = set()
    for pseudonym, question, theme_id, merged, retired in rows(session, query):
        reply = Reply(pseudonym, question)
        seen.add(reply)
        if merged is None and retired is None:
            found.setdefault(reply, set()).add(theme_id)
    looked = select(CodedAnswer.pseudonym, CodedAnswer.question).where(
        col(CodedAnswer.survey_id) == survey_id
    )
    seen |= {Reply(*one) for one in session.exec(looked)}
    return Codings({reply: frozenset(ids) for reply, ids in found.items()}, frozenset(seen))


def set_themes(
    session: Session,
    survey_id: int,
    replies: Sequence[Reply],
    theme_ids: Iterable[int],
    *,
    person_id: int,
) -> None:
    """These answers speak of these themes and of no other; none at all is a decision as well."""
    survey, wanted = session.get_one(Survey, survey_id), set(theme_ids)
    in_codebook = {theme.id for theme in in_use(session, survey_id)}
    if not wanted <= in_codebook:
        raise Refused("One of these themes was merged or taken out meanwhile. Look again.")
    for batch in chunks(list(dict.fromkeys(replies))):
        refuse_unread(session, survey, batch)
        for reply in batch:
            _clear(session, reply, in_codebook - wanted)
        insert_new(
            session,
            ThemeCoding,
            [
                {
                    "theme_id": theme_id,
                    "pseudonym": reply.pseudonym,
                    "question": reply.question,
                    "coded_by_id": person_id,
                }
                for reply in batch
                for theme_id in sorted(wanted)
            ],
        )
        note_looked_at(session, survey_id, batch)


def put_back(session: Session, survey_id: int, replies: Sequence[Reply]) -> None:
    """As if nobody had looked at these answers."""
    in_codebook = {theme.id for theme in in_use(session, survey_id)}
    for reply in replies:
        _clear(session, reply, in_codebook)
        session.exec(
            delete(CodedAnswer).where(
                col(CodedAnswer.survey_id) == survey_id,
                col(CodedAnswer.pseudonym) == reply.pseudonym,
                col(CodedAnswer.question) == reply.question,
            )
        )


def _clear(session: Session, reply: Reply, theme_ids: set[int | None]) -> None:
    session.exec(
        delete(ThemeCoding).where(
            col(ThemeCoding.pseudonym) == reply.pseudonym,
            col(ThemeCoding.question) == reply.question,
            col(ThemeCoding.theme_id).in_(theme_ids),
        )
    )


def who_chose(session: Session, survey_id: int, question: str, value: str) -> list[Reply]:
    """The answers that chose this at a question with choices, so that a theme can count them."""
    slug = session.get_one(Survey, survey_id).slug
    query = (
        columns(Answer.pseudonym, Answer.value)
        .join(SurveyVersion, col(SurveyVersion.id) == col(Answer.version_id))
        .where(
            col(SurveyVersion.slug) == slug,
            col(Answer.question) == question,
            col(Answer.words).is_(None),
            col(Answer.value).contains(value, autoescape=True),
        )
        .order_by(col(Answer.pseudonym))
    )
    return [
        Reply(pseudonym, question)
        for pseudonym, chosen in rows(session, query)
        if value in (chosen or "").split()
    ]
