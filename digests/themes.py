"""Coding what was said into themes, and counting how many people spoke of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.concerns import ReviewItem, ReviewState
from storage.database import insert_new
from storage.rows import chunks, columns, rows
from storage.surveys import Answer, Survey, SurveyVersion
from storage.voice import CodedAnswer, Hearing, HearingTheme, Theme, ThemeChange, ThemeCoding
from surveys.definition import Mode

_LONGEST = 160


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
    session: Session,
    *,
    survey_id: int,
    name: str,
    now: datetime,
    definition: str = "",
    person_id: int | None = None,
) -> Theme:
    """A new theme in the codebook of a survey."""
    row = {
        "survey_id": survey_id,
        "name": theme_name(name),
        "definition": definition.strip(),
        "created_at": now,
    }
    if not insert_new(session, Theme, [row], col(Theme.id)):
        raise Refused(
            "This survey already has a theme of that name. Code into it, rename one, or bring it "
            "back where it was taken out."
        )
    theme = session.exec(
        select(Theme).where(col(Theme.survey_id) == survey_id, col(Theme.name) == row["name"])
    ).one()
    session.add(ThemeChange(theme_id=theme.id or 0, at=now, act="added", person_id=person_id))
    return theme


def theme_name(typed: str) -> str:
    """A name as the codebook keeps it; refused where it is none."""
    name = " ".join(typed.split())
    if not name:
        raise Refused("A theme needs a name: a few plain words for what was said.")
    if len(name) > _LONGEST:
        raise Refused(f"A theme's name is a few plain words, at most {_LONGEST} letters. Shorten.")
    return name


def code_answers(
    session: Session, *, theme_id: int, replies: Sequence[Reply], person_id: int
) -> int:
    """Codes many answers into one theme; how many were new. All or none when one may not be."""
    theme = session.get(Theme, theme_id)
    survey = session.get(Survey, theme.survey_id) if theme else None
    if theme is None or survey is None or not is_in_use(theme):
        raise Refused("There is no such theme. List the survey's themes and take one of those.")
    new = 0
    for batch in chunks(list(dict.fromkeys(replies))):
        refuse_unread(session, survey, batch)
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
        note_looked_at(session, theme.survey_id, batch)
    return new


def is_in_use(theme: Theme) -> bool:
    """Whether answers may be coded into it: neither merged into another nor taken out."""
    return theme.merged_into_id is None and theme.retired_at is None


def note_looked_at(session: Session, survey_id: int, replies: Sequence[Reply]) -> None:
    """The voice lead has seen these answers, whatever became of them."""
    seen = [
        {"survey_id": survey_id, "pseudonym": reply.pseudonym, "question": reply.question}
        for reply in replies
    ]
    insert_new(session, CodedAnswer, seen)


def refuse_unread(session: Session, survey: Survey, replies: Sequence[Reply]) -> None:
    """Refuses what the reviewer has not read and decided on, and what is not there."""
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

    Those who said it in a session, on paper, in a review or audit are added where somebody counted
    them. What was merged into another theme is counted there.
    """
    themes = {
        one.id: one
        for one in session.exec(select(Theme).where(col(Theme.survey_id) == survey_id))
        if one.id is not None
    }
    coded = _coded(session, survey_id)
    heard = _heard(session, survey_id, {id_: into(themes, id_) for id_ in themes})
    return {
        id_: 0 if one.merged_into_id else coded.get(id_, 0) + heard.get(id_, 0)
        for id_, one in themes.items()
    }


def into(themes: Mapping[int, Theme], theme_id: int) -> int:
    """The theme that a theme was merged into in the end; itself where it was not."""
    seen = {theme_id}
    while (after := themes[theme_id].merged_into_id) is not None and after not in seen:
        seen.add(after)
        theme_id = after
    return theme_id


def _coded(session: Session, survey_id: int) -> dict[int, int]:
    """Of answers. Of an anonymous survey nobody knows which texts are of one person.

    At one question each has one name, so it is as many people as at the question where most spoke
    of it, at least.
    """
    by_question = session.get_one(Survey, survey_id).mode == Mode.ANONYMOUS
    people = func.count(func.distinct(ThemeCoding.pseudonym))
    keys = (ThemeCoding.theme_id, ThemeCoding.question) if by_question else (ThemeCoding.theme_id,)
    query = (
        columns(ThemeCoding.theme_id, people)
        .join(Theme, col(Theme.id) == col(ThemeCoding.theme_id))
        .where(col(Theme.survey_id) == survey_id)
        .group_by(*keys)
    )
    counts: dict[int, int] = {}
    for theme_id, count in rows(session, query):
        counts[theme_id] = max(counts.get(theme_id, 0), count)
    return counts


def _heard(session: Session, survey_id: int, ends_in: Mapping[int, int]) -> dict[int, int]:
    """Of hearings; in one where both of two merged themes came up, the larger number counts."""
    query = (
        columns(HearingTheme.hearing_id, HearingTheme.theme_id, HearingTheme.people)
        .join(Hearing, col(Hearing.id) == col(HearingTheme.hearing_id))
        .where(col(Hearing.survey_id) == survey_id, col(HearingTheme.people).is_not(None))
    )
    most: dict[tuple[int, int], int] = {}
    for hearing_id, theme_id, people in rows(session, query):
        place = (hearing_id, ends_in.get(theme_id, theme_id))
        most[place] = max(most.get(place, 0), people)
    counts: dict[int, int] = {}
    for (_, theme_id), people in most.items():
        counts[theme_id] = counts.get(theme_id, 0) + people
    return counts


def people_counts(session: Session, slugs: Sequence[str] | None = None) -> Mapping[str, int]:
    """How many people answered at least one question of each survey, by slug. True counts.

    Those who were present where it was talked about elsewhere are added where they were counted.
    """
    query = (
        select(SurveyVersion.slug, func.count(func.distinct(col(Answer.pseudonym))))
        .join(Answer, col(Answer.version_id) == col(SurveyVersion.id))
        .group_by(col(SurveyVersion.slug))
    )
    if slugs is not None:
        query = query.where(col(SurveyVersion.slug).in_(list(slugs)))
    counts = dict(session.exec(query).all())
    for slug, people in _present(session, slugs).items():
        counts[slug] = counts.get(slug, 0) + people
    return counts


def _present(session: Session, slugs: Sequence[str] | None) -> dict[str, int]:
    """Where nobody counted who was there, as many as said one thing, at least."""
    said = func.coalesce(func.max(HearingTheme.people), 0)
    query = (
        columns(Survey.slug, func.coalesce(Hearing.present, 0), said)
        .select_from(Hearing)
        .join(Survey, col(Survey.id) == col(Hearing.survey_id))
        .join(HearingTheme, col(HearingTheme.hearing_id) == col(Hearing.id), isouter=True)
        .group_by(col(Hearing.id), col(Survey.slug), col(Hearing.present))
    )
    if slugs is not None:
        query = query.where(col(Survey.slug).in_(list(slugs)))
    found: dict[str, int] = {}
    for slug, present, most in rows(session, query):
        if people := max(present, most):
            found[slug] = found.get(slug, 0) + people
    return found
