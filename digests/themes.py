"""Coding what was said into themes, and counting how many people spoke of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.concerns import ReviewItem, ReviewState
from storage.database import insert_new
from storage.rows import chunks
from storage.surveys import Answer, Survey, SurveyVersion
from storage.voice import Theme, ThemeCoding
from surveys.definition import Mode


class Refused(ValueError):
    """What was asked is not allowed as things stand; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, by the pseudonym it hangs on and the question's name.

    In an anonymous survey the pseudonym is that of the review item.
    """

    pseudonym: str
    question: str


def add_theme(
    session: Session, *, survey_id: int, name: str, now: datetime, definition: str = ""
) -> Theme:
    """A new theme in the codebook of a survey."""
    name = " ".join(name.split())
    if not name:
        raise Refused("A theme needs a name: a few plain words for what was said.")
    row = {"survey_id": survey_id, "name": name, "definition": definition, "created_at": now}
    if not insert_new(session, Theme, [row], col(Theme.id)):
        raise Refused("This survey already has a theme of that name. Code into it, or rename one.")
    return session.exec(
        select(Theme).where(col(Theme.survey_id) == survey_id, col(Theme.name) == name)
    ).one()


def code_answers(
    session: Session, *, theme_id: int, replies: Sequence[Reply], person_id: int
) -> int:
    """Codes many answers into one theme; how many were new. All or none when one may not be."""
    theme = session.get(Theme, theme_id)
    survey = session.get(Survey, theme.survey_id) if theme else None
    if theme is None or survey is None:
        raise Refused("There is no such theme. List the survey's themes and take one of those.")
    new = 0
    for batch in chunks(list(dict.fromkeys(replies))):
        _refuse_unread(session, survey, batch)
        codings = [
            {
                "theme_id": theme_id,
                "pseudonym": reply.pseudonym,
                "question": reply.question,
                "coded_by_id": person_id,
            }
            for reply in batch
        ]
        new += len(insert_new(session, ThemeCoding, codings, col(ThemeCoding.pseudonym)))
    return new


def _refuse_unread(session: Session, survey: Survey, replies: Sequence[Reply]) -> None:
    pseudonyms = {reply.pseudonym for reply in replies}
    states = _review_states(session, survey.id or 0, pseudonyms)
    given = _answers(session, survey.slug, pseudonyms)
    for reply in replies:
        if reply in states:
            if states[reply] != {ReviewState.CLOSED}:
                raise Refused(
                    "This answer is still in the review queue. Only what the reviewer has read "
                    "and decided on may be coded; ask the reviewer to finish it first."
                )
        elif reply not in given:
            raise Refused("There is no such answer in this survey. It may have been deleted.")
        elif given[reply] and survey.audience == "youth":
            raise Refused(
                "A young person's words have not been through review. They may not be coded "
                "until the reviewer has read them; tell the administrator, for every text "
                "should have entered the queue."
            )


def _review_states(
    session: Session, survey_id: int, pseudonyms: set[str]
) -> dict[Reply, set[ReviewState]]:
    found = session.exec(
        select(ReviewItem.pseudonym, ReviewItem.question, ReviewItem.state).where(
            col(ReviewItem.survey_id) == survey_id, col(ReviewItem.pseudonym).in_(pseudonyms)
        )
    )
    states: dict[Reply, set[ReviewState]] = {}
    for pseudonym, question, state in found:
        states.setdefault(Reply(pseudonym or "", question), set()).add(ReviewState(state))
    return states


def _answers(session: Session, slug: str, pseudonyms: set[str]) -> dict[Reply, bool]:
    """Whether each answer holds words; the words themselves are not read."""
    found = session.exec(
        select(Answer.pseudonym, Answer.question, col(Answer.words).is_not(None))
        .join(SurveyVersion, col(SurveyVersion.id) == col(Answer.version_id))
        .where(col(SurveyVersion.slug) == slug, col(Answer.pseudonym).in_(pseudonyms))
    )
    return {Reply(pseudonym, question): bool(words) for pseudonym, question, words in found}


def true_counts(session: Session, survey_id: int) -> dict[int, int]:
    """How many people spoke of each theme. True counts: never print these, suppress them first.

    Of an anonymous survey nobody knows which texts are of one person. At one question each has
    one name, so it is as many people as at the question where most spoke of it, at least.
    """
    if session.get_one(Survey, survey_id).mode == Mode.ANONYMOUS:
        return _counts_by_question(session, survey_id)
    found = session.exec(
        select(Theme.id, func.count(func.distinct(col(ThemeCoding.pseudonym))))
        .join(ThemeCoding, col(ThemeCoding.theme_id) == col(Theme.id), isouter=True)
        .where(col(Theme.survey_id) == survey_id)
        .group_by(col(Theme.id))
    )
    return {theme_id: count for theme_id, count in found if theme_id is not None}


def _counts_by_question(session: Session, survey_id: int) -> dict[int, int]:
    found = session.exec(
        select(
            Theme.id,
            ThemeCoding.question,
            func.count(func.distinct(col(ThemeCoding.pseudonym))),
        )
        .join(ThemeCoding, col(ThemeCoding.theme_id) == col(Theme.id), isouter=True)
        .where(col(Theme.survey_id) == survey_id)
        .group_by(col(Theme.id), col(ThemeCoding.question))
    )
    counts: dict[int, int] = {}
    for theme_id, _, count in found:
        if theme_id is not None:
            counts[theme_id] = max(counts.get(theme_id, 0), count)
    return counts


def people_counts(session: Session, slugs: Sequence[str] | None = None) -> Mapping[str, int]:
    """How many people answered at least one question of each survey, by slug. True counts."""
    query = (
        select(SurveyVersion.slug, func.count(func.distinct(col(Answer.pseudonym))))
        .join(Answer, col(Answer.version_id) == col(SurveyVersion.id))
        .group_by(col(SurveyVersion.slug))
    )
    if slugs is not None:
        query = query.where(col(SurveyVersion.slug).in_(list(slugs)))
    return dict(session.exec(query).all())
