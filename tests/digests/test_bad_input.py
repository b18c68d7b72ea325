"""Reports of next to nothing, of far too much, and of names that are hard to print."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lxml import html
from sqlmodel import Session

from digests import minute_taking, themes
from storage.database import Database
from storage.people import Person, Role
from storage.plans import Action, ActionLead, Body, Indicator, Partnership, Plan, Priority
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.digests import seeded
from tests.digests.documents import FORMATS, KINDS, Made, made_in, text_of_docx, text_of_pdf
from tests.digests.seeded import Seeded, add
from tests.digests.story import CALENDAR, NOW

ODD = "Zoë 👩‍👩‍👧 سارہ \u202eA & B <c> {{ 1 }}"
HARD = "A & B <c> {{ 1 }}"
"""What must be seen of it in every format: no font of ours has a family of four."""

MISSING = {
    "annual": "there is no progress to report",
    "highlight": "This group leads nothing in the plan",
    "minutes": "Nobody wrote down who was there.",
    "pack": "Nothing waits for this meeting",
    "scorecard": "No plan has a measure yet.",
    "weekly": "No action is overdue.",
    "you": "We have no answers to share yet.",
}
"""What a report of an empty plan says of it."""


@contextmanager
def partnership(folder: Path, name: str = "Rochdale") -> Iterator[tuple[Session, Seeded]]:
    """A plan without a single action, and one group that has met about nothing."""
    with (
        SqliteBackend(folder).prepared() as url,
        Database(url, Keyring({"test": b"k" * 32}, b"l" * 32)) as database,
        database.writing() as session,
    ):
        known = Seeded()
        home = add(session, Partnership(slug="rochdale", name=name))
        known.plan = add(
            session,
            Plan(partnership_id=home, title=name, period_label="2024", imported_at=NOW),
        )
        known.people["Priya Nair"] = add(session, Person(name=name, roles=[Role.MANAGER.value]))
        body = Body(partnership_id=home, key="qa", name=name, next_meeting=date(2024, 5, 1))
        add(session, body)
        yield session, known


def actions(session: Session, known: Seeded, count: int, words: str) -> None:
    """So many actions of the group, every other one overdue, under three priorities."""
    priorities = [
        add(session, Priority(plan_id=known.plan, ref=f"{n}.0", title=words)) for n in range(1, 4)
    ]
    rows = [
        Action(
            plan_id=known.plan,
            priority_id=priorities[n % 3],
            ref=f"{n % 3 + 1}.{n}",
            text=words,
            due_on=date(2023, 1, 1) + timedelta(days=n % 900),
            first_due_on=date(2023, 1, 1) + timedelta(days=n % 900),
            deadline_kind="date",
            status=("on_track", "at_risk", "off_track", "waiting")[n % 4],
            position=n,
        )
        for n in range(count)
    ]
    session.add_all(rows)
    session.flush()
    session.add_all(
        ActionLead(action_id=row.id or 0, body_id=1, printed=words, position=0) for row in rows
    )
    session.flush()


def met(session: Session, known: Seeded) -> None:
    """A meeting of the group, which is still open."""
    held = datetime(2024, 3, 28, 10, tzinfo=UTC)
    minute_taking.open_meeting(
        session,
        subject="qa",
        held_on=held.date(),
        title="",
        person_id=known.people["Priya Nair"],
        now=held,
        calendar=CALENDAR,
    )


def seen(report: Made, format: str) -> str:  # noqa: A002
    """What a reader sees of it."""
    drawn = report.drawn(format)
    if format == "pdf":
        return text_of_pdf(bytes(drawn))  # type: ignore[arg-type]
    if format == "docx":
        return text_of_docx(bytes(drawn))  # type: ignore[arg-type]
    if format == "html":
        return str(html.fromstring(str(drawn)).xpath("string(//body)"))
    return str(drawn)


def every(session: Session) -> Iterator[tuple[str, str, str]]:
    """Each kind, format and what is seen; what cannot be drawn fails here."""
    for kind in KINDS:
        report = made_in(session, kind)
        for format in FORMATS:  # noqa: A001
            yield kind, format, seen(report, format)


def test_an_empty_plan_and_a_survey_that_nobody_answered_say_what_is_missing(
    tmp_path: Path,
) -> None:
    with partnership(tmp_path) as (session, known):
        seeded.survey(session, known, people=0)
        met(session, known)
        for kind, format, text in every(session):  # noqa: A001
            assert "None" not in text, (kind, format)
            assert "nan" not in text.split(), (kind, format)
            assert format == "json" or MISSING[kind] in text, (kind, format)


def test_one_respondent_a_theme_without_answers_and_a_measure_without_a_baseline(
    tmp_path: Path,
) -> None:
    with partnership(tmp_path) as (session, known):
        actions(session, known, 2, "Train staff")
        seeded.survey(session, known, people=1)
        themes.add_theme(session, survey_id=known.survey, name="Buses", now=NOW)
        measure = Indicator(plan_id=known.plan, ref="I1", text="Repeats", direction="reduce")
        session.add(measure)
        session.flush()
        met(session, known)
        for kind, format, text in every(session):  # noqa: A001
            assert "secret words" not in text, (kind, format)
            if kind == "scorecard" and format != "json":
                assert "No reading was entered between" in text
                assert "It has no baseline" in text


def test_names_that_are_hard_to_print_are_printed(tmp_path: Path) -> None:
    with partnership(tmp_path, ODD) as (session, known):
        actions(session, known, 3, ODD)
        seeded.survey(session, known, people=12)
        session.add(
            Indicator(plan_id=known.plan, ref="I1", text=ODD, direction="increase", unit=ODD[:9])
        )
        session.flush()
        met(session, known)
        for kind, format, text in every(session):  # noqa: A001
            assert format == "json" or "\u202e" not in text, (kind, format)
            if kind == "you" or format == "json":
                continue
            plain = text.replace("\\", "") if format == "md" else text
            assert HARD in plain.replace("\u2060", ""), (kind, format)


def test_five_thousand_actions_are_a_report_that_can_be_read(tmp_path: Path) -> None:
    with partnership(tmp_path) as (session, known):
        actions(session, known, 5000, "Put the neglect strategy and tools to use")
        seeded.survey(session, known, people=12)
        met(session, known)
        for kind in KINDS:
            report = made_in(session, kind)
            sizes = {form: len(str(report.drawn(form))) for form in ("txt", "md", "html")}
            assert sizes["txt"] < 40_000, (kind, sizes)
            assert sizes["md"] < 200_000, (kind, sizes)
            assert sizes["html"] < 600_000, (kind, sizes)
            assert len(seen(report, "pdf")) < 200_000, kind
