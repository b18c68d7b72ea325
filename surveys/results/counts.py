"""True counts, worked out by the database: memory grows with the questions, not with the answers.

Never show what comes from here; `results_tables` makes of it what may be seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func
from sqlmodel import Session as Db
from sqlmodel import and_, col, exists, or_

from storage.rows import columns
from storage.surveys import Answer, Invite, SessionState, SurveySession
from surveys.results.scales import Plan
from surveys.results.tally import ByGroup, ByQuestion, Counts
from surveys.results.view import Shape

_AT_ONCE = 1000
_FINISHED, _UNDER_WAY, _STOPPED = _PROGRESS = ("finished", "under_way", "stopped")
_WHERE_TO = {SessionState.COMPLETE.value: _FINISHED, SessionState.OPEN.value: _UNDER_WAY}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose answers: one round of a survey. `round` is None where the survey has only had one."""

    survey_id: int
    versions: tuple[int, ...]
    round: int | None
    plans: Mapping[tuple[int, str], Plan]
    """By version and question: a question that changed its kind is not added to the old one."""

    def answers(self, answer: Any = Answer) -> list[Any]:
        """The conditions for answers of this round."""
        where = [col(answer.version_id).in_(self.versions)]
        return [*where, col(answer.round) == self.round] if self.round is not None else where

    def sessions(self) -> list[Any]:
        """The conditions for the sessions of people who took part: to the end, or any answer.

        A session that ended is not looked up among the answers, which is most of the work.
        """
        state = col(SurveySession.state)
        answered = exists().where(col(Answer.pseudonym) == col(SurveySession.pseudonym))
        where = [
            col(SurveySession.survey_id) == self.survey_id,
            or_(state == SessionState.COMPLETE, and_(state != SessionState.DELETED, answered)),
        ]
        if self.round is not None:
            where.append(col(SurveySession.round) == self.round)
        return where


@dataclass(frozen=True, slots=True)
class People:
    """Who took part: how many of each inviting group, language and state of the session."""

    counts: Mapping[tuple[str, str, str], int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def by_group(self) -> dict[str, int]:
        return self._by(lambda key: key[0])

    def by_language(self) -> dict[str, int]:
        return self._by(lambda key: key[1])

    def by_progress(self) -> dict[str, int]:
        """Finished, still on the way, or stopped before the end."""
        return dict.fromkeys(_PROGRESS, 0) | self._by(lambda key: _WHERE_TO.get(key[2], _STOPPED))

    def _by(self, part: Callable[[tuple[str, str, str]], str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for key, count in self.counts.items():
            found[part(key)] = found.get(part(key), 0) + count
        return found


def people(db: Db, scope: Scope) -> People:
    """Who took part, from one walk over the sessions."""
    groups = (SurveySession.group_name, SurveySession.language, SurveySession.state)
    query = (
        columns(*groups, func.count())
        .where(*scope.sessions())
        .group_by(*(col(group) for group in groups))
    )
    return People({(group, spoken, state): n for group, spoken, state, n in _found(db, query)})


def questions(db: Db, scope: Scope) -> ByQuestion:
    """Every question by its own answers."""
    found: ByQuestion = {}
    coded = (
        columns(Answer.version_id, Answer.question, Answer.value, func.count())
        .where(*scope.answers(), col(Answer.value).is_not(None))
        .group_by(col(Answer.version_id), col(Answer.question), col(Answer.value))
    )
    for version, question, value, count in _found(db, coded):
        _count(found, scope, version, question, value, count)
    for question, count in _written(db, scope):
        found.setdefault(question, Counts()).answered += count
    return found


def _written(db: Db, scope: Scope) -> Iterator[tuple[str, int]]:
    names = sorted({p.name for p in scope.plans.values() if p.shape is Shape.WORDS})
    if names:
        query = (
            columns(Answer.question, func.count())
            .where(*scope.answers(), col(Answer.question).in_(names))
            .where(col(Answer.words).is_not(None))
            .group_by(col(Answer.question))
        )
        yield from ((name, count) for name, count in _found(db, query))


def by_question(db: Db, scope: Scope, grouping: str) -> ByGroup:
    """Every question by the answers to one of them, person by person."""
    group, answer = _answers("asked"), _answers("told")
    query = (
        columns(group.c.value, answer.c.version_id, answer.c.question, answer.c.value, func.count())
        .select_from(group)
        .join(answer, answer.c.pseudonym == group.c.pseudonym)
        .where(group.c.version_id.in_(scope.versions), group.c.question == grouping)
        .where(group.c.value.is_not(None), answer.c.value.is_not(None))
        .group_by(group.c.value, answer.c.version_id, answer.c.question, answer.c.value)
    )
    if scope.round is not None:
        query = query.where(group.c.round == scope.round)
    return _grouped(db, scope, query)


def by_invitation(db: Db, scope: Scope) -> ByGroup:
    """Every question by the group that invited."""
    answer = _answers("told")
    name = col(SurveySession.group_name)
    query = (
        columns(name, answer.c.version_id, answer.c.question, answer.c.value, func.count())
        .select_from(SurveySession)
        .join(answer, answer.c.pseudonym == col(SurveySession.pseudonym))
        .where(col(SurveySession.survey_id) == scope.survey_id, answer.c.value.is_not(None))
        .group_by(name, answer.c.version_id, answer.c.question, answer.c.value)
    )
    if scope.round is not None:
        query = query.where(col(SurveySession.round) == scope.round)
    return _grouped(db, scope, query)


def invited(db: Db, survey_id: int) -> tuple[dict[str, int], bool]:
    """Places on personal invitations by group, and whether posters invite nobody knows how many."""
    query = (
        columns(
            Invite.group_name, func.sum(col(Invite.most_uses)), func.count(col(Invite.most_uses))
        )
        .add_columns(func.count())
        .where(col(Invite.survey_id) == survey_id)
        .group_by(col(Invite.group_name))
        .order_by(col(Invite.group_name))
    )
    places, open_ended = {}, False
    for group, uses, limited, every in _found(db, query):
        places[group] = int(uses or 0)
        open_ended = open_ended or limited < every
    return places, open_ended


def _answers(alias: str) -> Any:
    return Answer.__table__.alias(alias)  # type: ignore[attr-defined]


def _grouped(db: Db, scope: Scope, query: Select[Any]) -> ByGroup:
    found: ByGroup = {}
    for group, version, question, value, count in _found(db, query):
        _count(found.setdefault(group or "", {}), scope, version, question, value, count)
    return found


def _count(
    found: ByQuestion, scope: Scope, version: int, question: str, value: str, count: int
) -> None:
    plan = scope.plans.get((version, question))
    if plan is not None:
        found.setdefault(question, Counts()).add(plan, value, count)


def _found(db: Db, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """The rows of a query as they come, a thousand at a time."""
    db.flush()
    yield from db.connection().execute(query.execution_options(yield_per=_AT_ONCE))
