"""The survey part of the story: forty young people answer, one is met with care."""

from datetime import date

from sqlmodel import col, select

from bot.app import App
from bot.demo.stage import Stage
from bot.demo.young_people import Young, forty
from storage.people import Person
from surveys import concerns, invitations, register
from surveys.definition import Survey
from surveys.screening import Tier
from surveys.xlsform import read_xlsform

SLUG = "domestic_abuse_young_people"
SCHOOL, CLUB = "Example High School", "Thursday youth group"
_DAYS = (4, 5, 6, 7, 8, 11, 12, 13)


def open_survey(stage: Stage) -> dict[str, str]:
    """What `survey add`, `survey open` and `survey invite` do; a token for each group."""

    def work(app: App) -> dict[str, str]:
        form = _form()
        with app.database.writing() as db:
            added = register.add(db, form, now=app.around.now, action_ref="3.3")
            register.open_survey(db, SLUG, form, now=app.around.now)
            assert added.survey.id is not None
            return {
                group: invitations.invite(db, added.survey.id, now=app.around.now, group_name=group)
                for group in (SCHOOL, CLUB)
            }

    return stage.do(work)


def _form() -> Survey:
    form, issues = read_xlsform(register.example_survey(f"{SLUG}.xlsx"))
    assert form is not None, issues
    return form


class Respondents:
    """Drives the forty: each reads what is asked and answers it."""

    def __init__(self, stage: Stage, tokens: dict[str, str]) -> None:
        self._stage = stage
        self._tokens = tokens
        self._form = _form()
        self.people = forty(SCHOOL, CLUB)

    def on(self, day: date) -> list[Young]:
        """Who answers on this day."""
        place = _DAYS.index(day.day) if day.month == 12 and day.day in _DAYS else None
        if place is None:
            return []
        return [young for n, young in enumerate(self.people) if n % len(_DAYS) == place]

    def answer(self, young: Young, *, shown: bool) -> None:
        """One person's whole conversation."""
        heard = self._speak(young, f"/start {self._tokens[young.group]}", shown=shown)
        if young.language != "en":
            heard = self._speak(young, _number_of(heard, "Polski"), shown=shown)
        heard = self._speak(young, "1", shown=shown)
        went_back = False
        while (name := self._asked(young, heard)) is not None:
            if name == young.stops_at:
                self._stop(young, shown=shown)
                return
            if name == young.goes_back_at and not went_back:
                went_back = True
                heard = self._speak(young, "/back", shown=shown)
                continue
            worrying = young.is_worried and name == "change"
            if worrying:
                self._stage.scene("One of them writes something worrying")
            heard = self._speak(young, young.answers[name], shown=shown or worrying)
            if worrying:
                self._speak(young, "1", shown=True)
                heard = self._speak(young, "mobile 07700 900123, after school", shown=True)
        self._speak(young, "1" if young.wants_to_hear else "2", shown=shown)

    def _speak(self, young: Young, line: str, *, shown: bool) -> str:
        return self._stage.speak(young.address, line, shown=shown, named="young person")

    def _stop(self, young: Young, *, shown: bool) -> None:
        self._speak(young, "/stop", shown=shown)
        self._speak(young, "1" if young.keeps else "2", shown=shown)

    def _asked(self, young: Young, heard: str) -> str | None:
        """Which question the message asks, read by its text as a person would."""
        for question in self._form.questions:
            if question.kind.is_asked and question.labels[young.language] in heard:
                return question.name
        return None


def _number_of(heard: str, label: str) -> str:
    line = next(line for line in heard.splitlines() if line.endswith(f") {label}"))
    return line.strip().partition(")")[0]


def read_queue(app: App, reviewer: Person, deputy: Person) -> dict[str, int]:
    """The reviewer opens every waiting text and decides; a red has a second person."""
    assert reviewer.id is not None
    assert deputy.id is not None
    counts = {"read": 0, "referred": 0}
    with app.database.writing() as db:
        for item in concerns.waiting(db):
            concerns.seen(db, item, person_id=reviewer.id, now=app.around.now)
            urgent = item.tier in (Tier.RED, Tier.AMBER)
            outcome = concerns.decide(
                db,
                item,
                person_id=reviewer.id,
                decision=concerns.Decision.MASH if urgent else concerns.Decision.NONE,
                reason="referred to the front door; the school's safeguarding lead told"
                if urgent
                else "",
                now=app.around.now,
            )
            if outcome is concerns.Outcome.NEEDS_SECOND:
                concerns.seen(db, item, person_id=deputy.id, now=app.around.now)
                concerns.agree(db, item, person_id=deputy.id, now=app.around.now)
            counts["referred" if urgent else "read"] += 1
    return counts


def person(app: App, email: str) -> Person:
    """Somebody of the plan's people sheet."""
    wanted = app.around.keyring.fingerprint("email", email)
    with app.database.reading() as db:
        return db.exec(select(Person).where(col(Person.email_hash) == wanted)).one()
