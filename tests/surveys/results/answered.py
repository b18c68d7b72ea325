"""Surveys with answers, written row by row, for tests of results and export."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import SQLModel

from storage.concerns import ReviewItem, ReviewState
from storage.surveys import (
    Answer,
    Invite,
    SessionState,
    Survey,
    SurveyRound,
    SurveySession,
    SurveyState,
    SurveyVersion,
)
from surveys.definition import Audience, Choice, Kind, Question, Scale, Settings
from surveys.definition import Survey as Definition

OPENED = datetime(2023, 11, 20, 9, tzinfo=UTC)
NOW = datetime(2023, 12, 1, 9, tzinfo=UTC)
TODAY = date(2023, 12, 1)

AGENCIES = {"health": "Health", "police": "Police", "school": "School", "housing": "Housing"}
POINTS = {"1": "1 - not at all", "2": "2", "3": "3", "4": "4", "5": "5 - very"}

Told = Mapping[str, str]


def choices(labels: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(name, {"en": label}) for name, label in labels.items())


def select(name: str, labels: Mapping[str, str], **more: Any) -> Question:
    kind = more.pop("kind", Kind.SELECT_ONE)
    titles = {"en": more.pop("title", name.capitalize() + "?")}
    return Question(name, kind, labels=titles, choices=choices(labels), **more)


QUESTIONS = (
    select("agency", AGENCIES, title="Which agency are you with?", is_grouping=True),
    select("used", {"yes": "Yes", "no": "No"}, title="Have you used the tool?", matches="used"),
    select("confident", POINTS, title="How confident are you?", matches="confident"),
    select(
        "helps",
        {"time": "Time", "place": "A place", "trust": "Trust"},
        title="What helps?",
        kind=Kind.SELECT_MULTIPLE,
    ),
    select(
        "first",
        {"a": "Training", "b": "Guidance", "c": "Advice"},
        title="What should come first?",
        kind=Kind.RANK,
    ),
    Question("times", Kind.INTEGER, labels={"en": "How many times?"}, relevant="${used} = 'yes'"),
    Question("score", Kind.RANGE, labels={"en": "Score"}, scale=Scale("0", "10", "5")),
    Question("trained", Kind.DATE, labels={"en": "When were you trained?"}),
    Question("more", Kind.TEXT, labels={"en": "What else?"}),
    Question("sum", Kind.CALCULATE, calculation="1"),
)


def form(
    slug: str = "tool",
    questions: Sequence[Question] = QUESTIONS,
    audience: Audience = Audience.PRACTITIONERS,
    languages: tuple[str, ...] = ("en",),
    **settings: Any,
) -> Definition:
    titles = settings.pop("titles", {"en": "Our neglect tool"})
    return Definition(
        Settings(form_id=slug, titles=titles, audience=audience, **settings),
        tuple(questions),
        languages,
    )


def add_survey(
    db: Db, definition: Definition, *, state: SurveyState = SurveyState.CLOSED, round_: int = 1
) -> Survey:
    """The survey and its version; adding another version of it goes the same way."""
    slug = definition.settings.form_id
    version = SurveyVersion(
        slug=slug,
        fingerprint=definition.fingerprint(),
        definition=definition.to_json(),
        added_at=OPENED,
    )
    db.add(version)
    db.flush()
    survey = Survey(
        slug=slug,
        title=definition.settings.title,
        audience=definition.settings.audience,
        mode="confidential",
        version_id=version.id,
        state=state,
        added_at=OPENED,
        opened_at=OPENED,
        round=round_,
    )
    db.add(survey)
    db.flush()
    return survey


def add_round(db: Db, survey: Survey, number: int, name: str) -> None:
    db.add(SurveyRound(survey_id=survey.id or 0, number=number, name=name, opened_at=OPENED))
    db.flush()


def answer(
    db: Db,
    survey: Survey,
    everyone: Iterable[Told],
    *,
    group: str = "",
    round_: int = 1,
    start: int = 0,
    language: str = "en",
    state: SessionState = SessionState.COMPLETE,
    words: frozenset[str] = frozenset({"more"}),
) -> list[str]:
    """Adds a session for each of these people; their pseudonyms."""
    rows: list[SQLModel] = []
    names = []
    for number, told in enumerate(everyone, start):
        name = f"{survey.slug[:8]}{round_}-{number:06}"
        names.append(name)
        rows.append(
            SurveySession(
                id=f"s{name}",
                survey_id=survey.id or 0,
                version_id=survey.version_id or 0,
                pseudonym=name,
                state=state,
                progress="{}",
                language=language,
                group_name=group,
                round=round_,
                started_at=OPENED,
                moved_at=OPENED,
            )
        )
        rows += [
            Answer(
                pseudonym=name,
                question=question,
                version_id=survey.version_id or 0,
                round=round_,
                value=None if question in words else value or None,
                words=value if question in words else None,
                answered_on=OPENED.date(),
            )
            for question, value in told.items()
        ]
    db.add_all(rows)
    db.flush()
    return names


def invite(db: Db, survey: Survey, group: str, most_uses: int | None) -> None:
    db.add(
        Invite(
            survey_id=survey.id or 0,
            token_hash=f"h-{group}",
            group_name=group,
            most_uses=most_uses,
            created_at=OPENED,
        )
    )
    db.flush()


def review(
    db: Db, survey: Survey, pseudonym: str, *, decision: str = "none", closed: bool = True
) -> None:
    """The item that an answer in own words has in the review queue."""
    db.add(
        ReviewItem(
            ref=f"R{pseudonym[-6:]}{decision[:4]}"[:16],
            survey_id=survey.id,
            pseudonym=pseudonym,
            question="more",
            words="words",
            tier="unsure",
            received_at=OPENED,
            due_at=OPENED,
            state=ReviewState.CLOSED if closed else ReviewState.WAITING,
            decision=decision if closed else "",
        )
    )
    db.flush()


def many(**counts: int) -> list[dict[str, str]]:
    """`many(yes=3)` is three people who chose yes at `used`."""
    return [{"used": name} for name, count in counts.items() for _ in range(count)]


def practitioners(people: int = 60) -> list[dict[str, str]]:
    """Made-up practitioners with a spread of answers to every question."""
    agencies = ("health", "health", "police", "school", "school")
    found = []
    for n in range(people):
        used = "yes" if n % 5 < 3 else "no"
        told = {
            "agency": "housing" if n % 30 == 29 else agencies[n % 5],
            "used": used,
            "confident": "12334455"[n % 8],
            "helps": ("time", "time place", "place trust", "trust")[n % 4],
            "first": ("a b c", "b a c", "a c b")[n % 3],
            "score": ("0", "5", "10")[n % 3],
            "trained": f"{2019 + n % 4}-05-01",
            "more": f"words of person {n}",
        }
        if used == "yes":
            told["times"] = str(n % 12)
        if n % 20 == 0:
            del told["confident"]
        found.append(told)
    return found
