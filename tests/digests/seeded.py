"""A small partnership in January 2024, built row by row, for tests of what is read back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session, SQLModel

from digests.period import Period
from storage.calendar import Calendar
from storage.concerns import ReviewItem, ReviewState
from storage.people import Contact, ContactState, Person
from storage.plans import (
    Action,
    ActionChange,
    ActionLead,
    Body,
    Escalation,
    Nudge,
    Partnership,
    Plan,
    Priority,
    Update,
)
from storage.surveys import Answer, Invite, Survey, SurveySession, SurveyState, SurveyVersion
from storage.voice import Response, ResponseKind, ResponseState, TellContact, Theme, ThemeCoding
from surveys.definition import Audience, Kind, Question, Settings
from surveys.definition import Survey as Definition

WEEK = Period(date(2024, 1, 8), date(2024, 1, 14))
CALENDAR = Calendar()
NOW = datetime(2024, 1, 15, 9, tzinfo=UTC)


def at(month: int, day: int, hour: int = 10, year: int = 2024) -> datetime:
    """An instant in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


@dataclass
class Seeded:
    """The ids that tests need."""

    plan: int = 0
    survey: int = 0
    people: dict[str, int] = field(default_factory=dict)
    actions: dict[str, int] = field(default_factory=dict)
    themes: dict[str, int] = field(default_factory=dict)


def add(session: Session, row: SQLModel) -> int:
    """Adds a row and gives back its id."""
    session.add(row)
    session.flush()
    return int(getattr(row, "id", 0) or 0)


def person(session: Session, name: str, email: str | None = "known") -> int:
    row = Person(name=name, email=email and f"{name}@example.org", email_hash=email and name[:32])
    return add(session, row)


def partnership(session: Session) -> Seeded:
    """One plan, its actions in every state a digest tells apart, and one survey of young people."""
    seeded = Seeded()
    _people_and_plan(session, seeded)
    _updates(session, seeded)
    survey(session, seeded)
    return seeded


def _people_and_plan(session: Session, seeded: Seeded) -> None:
    names = ("Sam Okafor", "Priya Nair", "Designated Nurse", "Business Manager", "Ines Duarte")
    seeded.people = {name: person(session, name) for name in names}
    seeded.people["Head of Service"] = person(session, "Head of Service", email=None)
    home = add(session, Partnership(slug="rochdale", name="Rochdale Borough Partnership"))
    seeded.plan = add(
        session,
        Plan(
            partnership_id=home,
            title="Strategic Plan",
            period_label="2022-24",
            imported_at=at(12, 1, year=2023),
        ),
    )
    qa = add(
        session,
        Body(
            partnership_id=home,
            key="qa",
            name="The Quality Assurance Sub-group",
            contact_person_id=seeded.people["Sam Okafor"],
            next_meeting=date(2024, 1, 23),
        ),
    )
    comms = add(
        session,
        Body(
            partnership_id=home,
            key="comms",
            name="The Communication and Engagement Sub-group",
            next_meeting=date(2024, 2, 6),
        ),
    )
    first = add(session, Priority(plan_id=seeded.plan, ref="1.0", title="Neglect"))
    leads = {
        "qa": ActionLead(action_id=0, body_id=qa),
        "comms": ActionLead(action_id=0, body_id=comms),
    }
    for position, row in enumerate(_ACTIONS):
        action = Action(plan_id=seeded.plan, priority_id=first, position=position, **row.columns)
        seeded.actions[row.ref] = add(session, action)
        if row.lead:
            lead = leads.get(row.lead)
            add(
                session,
                ActionLead(
                    action_id=seeded.actions[row.ref],
                    body_id=lead.body_id if lead else None,
                    person_id=None if lead else seeded.people[row.lead],
                    printed=row.lead,
                ),
            )


@dataclass(frozen=True)
class Row:
    """One action: who leads it, and the columns that matter."""

    ref: str
    text: str
    lead: str
    due: date | None = None
    first: date | None = None
    status: str = "not_started"
    kind: str = "date"
    reasons: tuple[str, ...] = ()
    retired: date | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "text": self.text,
            "due_on": self.due,
            "first_due_on": self.first or self.due,
            "status": self.status,
            "deadline_kind": self.kind,
            "needs_review": bool(self.reasons),
            "review_reasons": list(self.reasons),
            "retired_on": self.retired,
        }


_DEC, _JAN, _FEB = date(2023, 12, 31), date(2024, 1, 25), date(2024, 2, 10)
_ACTIONS = (
    Row("1.1", "Finalise the neglect strategy and tools", "qa", _DEC, status="complete"),
    Row(
        "1.2",
        "Put the neglect strategy and tools to use",
        "Designated Nurse",
        _DEC,
        status="at_risk",
    ),
    Row("1.3", "Train staff in the updated approach to neglect", "Priya Nair", date(2024, 3, 31)),
    Row(
        "1.4",
        "Raise awareness of neglect in communities",
        "comms",
        date(2023, 6, 1),
        kind="ongoing",
    ),
    Row("1.5", "Ask practitioners about the tools", "qa", date(2024, 1, 5), _DEC, "on_track"),
    Row(
        "2.2",
        "Share learning from the thematic review",
        "Priya Nair",
        date(2023, 10, 31),
        reasons=("Two dates stand in one cell.",),
    ),
    Row("3.2", "Offer training on domestic abuse", "", date(2024, 3, 31)),
    Row("3.3", "Ask young people about domestic abuse", "comms", _JAN, status="waiting"),
    Row("3.4", "Audit how the law is used", "Head of Service", _FEB, status="on_track"),
    Row("4.1", "Audit support for adolescents", "qa", _DEC, status="superseded"),
    Row("4.2", "An action that was taken out", "qa", _DEC, retired=date(2023, 12, 10)),
    Row(
        "4.3",
        "Evaluate the missing procedures",
        "Ines Duarte",
        _FEB,
        status="complete_awaiting_evidence",
    ),
)


def _updates(session: Session, seeded: Seeded) -> None:
    people, actions = seeded.people, seeded.actions
    said: Iterable[tuple[str, str, datetime, str, str]] = (
        ("1.2", "Designated Nurse", at(12, 12, year=2023), "on_track", "pathway drafted"),
        ("1.2", "Designated Nurse", at(1, 9), "at_risk", "two schools have not replied"),
        ("1.5", "Sam Okafor", at(12, 20, year=2023), "on_track", "form is ready, need January"),
        ("3.3", "Priya Nair", at(1, 10), "waiting", "waiting for the youth council"),
        ("4.3", "Ines Duarte", at(1, 11), "complete_awaiting_evidence", "report is with the board"),
    )
    for ref, name, when, status, note in said:
        add(
            session,
            Update(
                action_id=actions[ref],
                person_id=people[name],
                at=when,
                status=status,
                note=note,
                proposed_due_on=date(2024, 2, 29) if ref == "1.2" and status == "at_risk" else None,
                date_agreed_by_id=people["Business Manager"] if ref == "1.5" else None,
                date_agreed_at=at(12, 21, year=2023) if ref == "1.5" else None,
            ),
        )
    change = ActionChange(
        action_id=actions["1.5"],
        at=at(12, 21, year=2023),
        field="due_on",
        person_id=people["Business Manager"],
        before="2023-12-31",
        after="2024-01-05",
        how="agreed",
    )
    add(session, change)
    for day in (date(2023, 12, 28), date(2024, 1, 5), date(2024, 1, 12)):
        add(
            session,
            Nudge(
                action_id=actions["1.5"],
                due_on=date(2024, 1, 5),
                stage=day.isoformat(),
                person_id=people["Sam Okafor"],
                queued_on=day,
                batch=day.isoformat(),
            ),
        )
    add(
        session,
        Escalation(
            action_id=actions["1.5"],
            due_on=date(2024, 1, 5),
            step="chair",
            proposed_at=at(1, 12),
        ),
    )
    add(
        session,
        Contact(
            platform="slack",
            address="U1",
            address_hash="h1",
            person_id=people["Ines Duarte"],
            state=ContactState.GONE,
            state_since=at(1, 10),
            state_reason="account closed",
        ),
    )


def definition(slug: str = "help-at-home") -> Definition:
    """A short survey of young people in English, with a Polish title."""
    return Definition(
        settings=Settings(
            form_id=slug,
            titles={"en": "What helps when things are hard at home?", "pl": "Co pomaga w domu?"},
            audience=Audience.YOUTH,
            asked_by={"en": "the Rochdale Youth Voice team"},
            hear_back_by=date(2024, 3, 31),
        ),
        questions=(Question("helps", Kind.TEXT, labels={"en": "What helps?"}),),
        languages=("en", "pl"),
    )


def survey(session: Session, seeded: Seeded, *, people: int = 47) -> None:
    """A survey that `people` answered; every text but the last two was read and decided on."""
    form = definition()
    version = add(
        session,
        SurveyVersion(
            slug=form.settings.form_id,
            fingerprint=form.fingerprint(),
            definition=form.to_json(),
            added_at=at(12, 1, year=2023),
        ),
    )
    seeded.survey = add(
        session,
        Survey(
            slug=form.settings.form_id,
            title=form.settings.title,
            audience="youth",
            mode="confidential",
            version_id=version,
            state=SurveyState.OPEN,
            added_at=at(12, 1, year=2023),
            opened_at=at(12, 4, year=2023),
        ),
    )
    for group in ("Heywood youth club", "Kirkholt girls' group"):
        invite = Invite(
            survey_id=seeded.survey,
            token_hash=group,
            group_name=group,
            created_at=at(12, 4, year=2023),
        )
        add(session, invite)
    session.add_all(
        row for number in range(people) for row in _respondent(number, people, version, seeded)
    )
    session.flush()


def pseudonym(number: int) -> str:
    return f"p{number:04d}"


def _respondent(number: int, people: int, version: int, seeded: Seeded) -> Iterable[SQLModel]:
    small = number < 6
    recent = number >= people - 20
    received = at(1, 9) if recent else at(12, 8, year=2023)
    waits = number >= people - 2
    yield SurveySession(
        id=f"s{number:04d}",
        survey_id=seeded.survey,
        version_id=version,
        pseudonym=pseudonym(number),
        progress="{}",
        group_name="Kirkholt girls' group" if small else "Heywood youth club",
        started_at=received,
        moved_at=received,
    )
    yield Answer(
        pseudonym=pseudonym(number),
        question="helps",
        version_id=version,
        words=f"secret words {number}",
        answered_on=received.date(),
    )
    yield ReviewItem(
        ref=f"r{number:04d}",
        survey_id=seeded.survey,
        pseudonym=pseudonym(number),
        question="helps",
        words=f"secret words {number}",
        tier="unsure",
        received_at=received,
        due_at=received + timedelta(days=1),
        state=ReviewState.WAITING if waits else ReviewState.CLOSED,
        acknowledged_at=None if waits else received + timedelta(hours=2),
        decided_at=None if waits else received + timedelta(hours=3),
    )


def theme(session: Session, seeded: Seeded, name: str, people: int) -> int:
    """A theme of which the first so many people spoke."""
    row = Theme(survey_id=seeded.survey, name=name, created_at=at(1, 3))
    seeded.themes[name] = add(session, row)
    session.add_all(
        ThemeCoding(
            theme_id=seeded.themes[name],
            pseudonym=pseudonym(number),
            question="helps",
            coded_by_id=seeded.people["Priya Nair"],
        )
        for number in range(people)
    )
    session.flush()
    return seeded.themes[name]


def response(
    session: Session,
    theme_id: int,
    kind: ResponseKind,
    text: str,
    *,
    state: ResponseState = ResponseState.PUBLISHED,
    because: str = "",
    by_when: date | None = None,
    action_id: int | None = None,
) -> int:
    """What was done about a theme, decided on 11 January and published on the 12th."""
    row = Response(
        theme_id=theme_id,
        kind=kind,
        text=text,
        because=because,
        by_when=by_when,
        action_id=action_id,
        decided_by="the Youth Voice team",
        decided_on=date(2024, 1, 11),
        state=state,
        published_at=at(1, 12) if state is ResponseState.PUBLISHED else None,
    )
    return add(session, row)


def said_and_done(session: Session, seeded: Seeded, *, small: int = 4) -> None:
    """One theme of each kind of answer; `small` people spoke of the one below the threshold."""
    listened = theme(session, seeded, "Grown-ups should listen before they decide", 33)
    place = theme(session, seeded, "A quiet place to go after school", 18)
    hush = theme(session, seeded, "Somebody to text at night", small)
    bus = theme(session, seeded, "Free buses to the youth club", 12)
    theme(session, seeded, "Teachers who know what to do", 15)
    done = "Every meeting about you now starts with what you want to say."
    response(session, listened, ResponseKind.WE_DID, done)
    doing = "Heywood library is making a quiet room with you."
    response(
        session,
        place,
        ResponseKind.WE_ARE_DOING,
        doing,
        by_when=date(2024, 2, 29),
        action_id=seeded.actions["3.4"],
    )
    asking = "We are asking the council for a text line that is open at night."
    response(session, hush, ResponseKind.NOT_YET, asking, by_when=date(2024, 1, 13))
    fares = "Make the buses to the youth club free."
    response(
        session,
        bus,
        ResponseKind.WE_CANNOT,
        fares,
        because="the bus company sets the fares and we asked twice",
    )


def ask_to_hear(session: Session, seeded: Seeded, contacts: int) -> list[int]:
    """So many contacts who asked to hear what became of the survey."""
    rows = [
        Contact(platform="telegram", address=f"t{n}", address_hash=f"t{n}") for n in range(contacts)
    ]
    session.add_all(rows)
    session.flush()
    ids = [row.id or 0 for row in rows]
    session.add_all(
        TellContact(survey_id=seeded.survey, contact_id=one, agreed_on=date(2024, 1, 5))
        for one in ids
    )
    session.flush()
    return ids
