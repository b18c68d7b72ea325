"""Respondents by chance: they answer, go back, leave out, change language, stop, write nonsense."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from storage.calendar import Calendar
from surveys import engine
from surveys.definition import Kind, Question, Survey
from surveys.steps import Moment, Running, Step, advance
from surveys.turns import Changed, Chose, Reply, Session, Skipped, Typed, WentBack, Withdrew

NOW = datetime(2024, 1, 16, 11, 0, tzinfo=UTC)
MOMENT = Moment(NOW, NOW.date(), Calendar())
MOST_TURNS = 60

_NONSENSE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", " ", "\x00", "<b>&", "=1+1", "'; --", "٣", "1,2,3,4,5,6,7,8,9", "9" * 40]),
)
_KINDS = st.sampled_from(["fitting"] * 6 + ["nonsense", "back", "skip", "language", "stop"])


def running_of(survey: Survey, language: str) -> Running:
    """A session that has just begun."""
    turn = engine.start(survey, now=NOW, seed=11, language=language)
    return Running("s", 1, 1, "p", None, "", None, 1, survey, turn.session)


def through_json(running: Running) -> Running:
    """The same as it would be read back from the database."""
    stored = Session.from_json(running.at.to_json())
    assert stored == running.at
    return Running("s", 1, 1, "p", None, "", None, 1, running.form, stored)


def play(
    draw: Callable[[st.SearchStrategy[Reply]], Reply], survey: Survey, language: str
) -> tuple[Running, dict[str, str]]:
    """One respondent to the end; the session, and what was stored of the answers."""
    running, stored = running_of(survey, language), dict[str, str]()
    for turn in range(10_000):
        if running.at.asking is None:
            return running, stored
        question = engine.as_shown(survey, running.at, running.at.asking)
        replies = any_reply(survey, question) if turn < MOST_TURNS else fitting(survey, question)
        step = advance(through_json(running), draw(replies), MOMENT)
        stored.update(_stored(step))
        running = step.running
    raise AssertionError("the form does not come to an end")


def _stored(step: Step) -> dict[str, str]:
    return {row["question"]: row["value"] or row["words"] or "" for row in step.answers}


def any_reply(survey: Survey, question: Question) -> st.SearchStrategy[Reply]:
    """Mostly what fits, sometimes anything else."""
    others: dict[str, st.SearchStrategy[Reply]] = {
        "fitting": fitting(survey, question),
        "nonsense": st.one_of(
            _NONSENSE.map(Typed),
            st.lists(st.text(max_size=8), max_size=3).map(lambda names: Chose(tuple(names))),
        ),
        "back": st.just(WentBack()),
        "skip": st.just(Skipped()),
        "language": st.sampled_from([*survey.languages, "xx"]).map(Changed),
        "stop": st.integers(0, 9).map(lambda n: Withdrew() if n == 0 else WentBack()),
    }
    return _KINDS.flatmap(lambda kind: others[kind])


def fitting(survey: Survey, question: Question) -> st.SearchStrategy[Reply]:
    """What the question asks for; leaving it out where that is allowed."""
    skips = [st.just(Skipped())] if survey.may_skip(question) else []
    return st.one_of(_of_kind(question), *skips)


def _of_kind(question: Question) -> st.SearchStrategy[Reply]:
    names = [choice.name for choice in question.choices]
    scale = question.scale
    by_kind: dict[Kind, Callable[[], st.SearchStrategy[Reply]]] = {
        Kind.SELECT_ONE: lambda: st.sampled_from(names).map(lambda name: Chose((name,))),
        Kind.SELECT_MULTIPLE: lambda: st.lists(
            st.sampled_from(names), min_size=1, unique=True
        ).map(lambda chosen: Chose(tuple(chosen))),
        Kind.RANK: lambda: st.permutations(names).map(lambda order: Chose(tuple(order))),
        Kind.ACKNOWLEDGE: lambda: st.just(Chose(("OK",))),
        Kind.TEXT: lambda: st.text(
            st.characters(min_codepoint=32, max_codepoint=0x6FF), min_size=1, max_size=60
        ).filter(str.strip).map(Typed),
        # The simplest is 1: whoever gave 0 to a form that refuses it would never come to the end.
        Kind.INTEGER: lambda: st.integers(0, 120).map(lambda n: Typed(str((n + 1) % 121))),
        Kind.DECIMAL: lambda: st.integers(0, 999).map(lambda number: Typed(f"{number / 10}")),
        Kind.RANGE: lambda: st.integers(int(scale.low), int(scale.high)).map(
            lambda number: Typed(str(number))
        ) if scale else st.just(Skipped()),
        Kind.DATE: lambda: st.dates(date(2020, 1, 1), date(2024, 1, 16)).map(
            lambda day: Typed(day.isoformat())
        ),
        Kind.TIME: lambda: st.times().map(lambda moment: Typed(f"{moment:%H:%M}")),
        Kind.DATE_TIME: lambda: st.integers(0, 60 * 24 * 365).map(
            lambda minutes: Typed(f"{NOW - timedelta(minutes=minutes):%Y-%m-%d %H:%M}")
        ),
    }  # fmt: skip
    return by_kind[question.kind]()
