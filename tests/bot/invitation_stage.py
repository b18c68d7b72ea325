"""A stage for invitations: short forms of its own, courses, campaigns, and days that pass."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta

from bot import schedule
from storage.surveys import Answer
from surveys import campaigns, follow_up, register, round_rows
from surveys.campaigns import audiences
from surveys.campaigns import view as campaign_view
from surveys.campaigns.pace import Pace
from surveys.definition import Audience, Choice, Kind, Question, Recurrence, Settings, Survey
from tests.bot.player import Player
from tests.bot.stage import Stage

_SCALE = tuple(Choice(name, {"en": name.capitalize()}) for name in ("good", "fair", "poor"))
WHY = {"en": "What you say decides what we change."}


def _form(form_id: str, title: str, question: str, **settings: object) -> Survey:
    made = Settings(
        form_id=form_id,
        titles={"en": title},
        audience=Audience.PRACTITIONERS,
        asked_by={"en": "The partnership"},
        why=WHY,
        minutes=1,
    )
    return Survey(
        settings=replace(made, **settings),  # type: ignore[arg-type]
        questions=(
            Question("how", Kind.SELECT_ONE, {"en": question}, list_name="s", choices=_SCALE),
        ),
        lists={"s": _SCALE},
    )


FORMS = {
    "needs": _form("needs", "What practitioners need", "How well are you supported?"),
    "evaluation": _form("evaluation", "About the course", "How was the course?"),
    "later": _form(
        "later",
        "Six months after the course",
        "How much of it do you use?",
        follow_up_of="evaluation",
        follow_up_months=6,
    ),
    "missed": _form("missed", "You could not come", "What would help you to come?"),
    "termly": _form("termly", "Term by term", "How is this term?", recurs=Recurrence.TERMLY),
}


class InvitationStage:
    """What a manager does at the command line, and the jobs of the program."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @property
    def pace(self) -> Pace:
        return self.stage.app.settings.invitations.pace()

    def open(self, name: str, **settings: object) -> int:
        form = FORMS[name]
        form = replace(form, settings=replace(form.settings, **settings))  # type: ignore[arg-type]
        calendar = self.stage.app.around.calendar
        with self.stage.database.writing() as db:
            row = register.add(db, form, now=self.stage.now).survey
            register.open_survey(db, row.slug, form, now=self.stage.now, calendar=calendar)
            assert row.id is not None
            return row.id

    def campaign(self, name: str, wanted: audiences.Wanted) -> campaigns.Started:
        around = self.stage.app.around
        with self.stage.database.reading() as db:
            survey = register.find(db, name)
            assert survey is not None
            assert survey.version_id is not None
            settings = around.forms.of(db, survey.version_id).settings
            last = round_rows.last_day(round_rows.current(db, survey), settings, around.calendar)
        return campaigns.start(
            self.stage.database,
            survey.id or 0,
            wanted,
            now=self.stage.now,
            calendar=around.calendar,
            pace=self.pace,
            closes_on=last,
        )

    def course(
        self, rows: Sequence[follow_up.Attendee], held_on: date, missed: str = ""
    ) -> follow_up.CourseTaken:
        with self.stage.database.writing() as db:
            evaluation = register.find(db, "evaluation")
            assert evaluation is not None
            return follow_up.take_course(
                db,
                rows,
                name="Neglect: seeing it early",
                held_on=held_on,
                evaluation=evaluation,
                missed=register.find(db, missed) if missed else None,
                now=self.stage.now,
                calendar=self.stage.app.around.calendar,
                pace=self.pace,
            )

    def jobs(self) -> None:
        """Everything that runs by itself, as the scheduler would."""
        schedule.open_rounds(self.stage.app)
        schedule.start_follow_ups(self.stage.app)
        schedule.send_invitations(self.stage.app)

    def days(self, count: int) -> None:
        """So many days pass; every noon the jobs run and what is queued is delivered."""
        for _ in range(count):
            noon = self.stage.now.astimezone(UTC).replace(hour=12, minute=0)
            self.stage.now = noon + timedelta(days=1)
            self.jobs()
            self.stage.deliver()

    def views(self, name: str) -> list[campaign_view.CampaignView]:
        with self.stage.database.reading() as db:
            survey = register.find(db, name)
            assert survey is not None
            assert survey.id is not None
            return [campaign_view.view(db, one) for one in campaign_view.of_survey(db, survey.id)]

    def stop(self, name: str) -> int:
        with self.stage.database.writing() as db:
            survey = register.find(db, name)
            assert survey is not None
            live = campaign_view.of_survey(db, survey.id or 0)
            return sum(campaigns.stop(db, one, now=self.stage.now) for one in live)


class InvitationPlayer(Player):
    """Plays transcripts that also invite: `@invite needs`, `@course rose:yes amy:no`, `@jobs`."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._invites = InvitationStage(stage)

    def do_opens(self, name: str, until: str = "") -> None:
        closes = {"closes": date.fromisoformat(until)} if until else {}
        self._invites.open(name, **closes)

    def do_closes(self, name: str) -> None:
        with self._stage.database.writing() as db:
            register.close_survey(db, name, now=self._stage.now)

    def do_invite(self, name: str, roles: str = "") -> str:
        wanted = audiences.Wanted(roles=frozenset(roles.split()), everyone=not roles)
        started = self._invites.campaign(name, wanted)
        return f"{started.taken} taken in, {started.unreached} not reached, {started.already} again"

    def do_stopped(self, name: str) -> str:
        return f"{self._invites.stop(name)} had not been asked"

    def do_course(self, held_on: str, people: str) -> str:
        words = people.split()
        missed = next((word[7:] for word in words if word.startswith("missed=")), "")
        rows = [
            follow_up.Attendee(f"{name}@rochdale.example", name, came == "yes")
            for name, _, came in (word.partition(":") for word in words if ":" in word)
        ]
        taken = self._invites.course(rows, date.fromisoformat(held_on), missed)
        return (
            f"{taken.added} added, {taken.changed} changed, {taken.unchanged} unchanged, "
            f"{taken.brought} new here"
        )

    def do_jobs(self) -> None:
        self._invites.jobs()

    def do_days(self, count: str) -> str:
        self._invites.days(int(count))
        return f"it is {self._stage.app.around.today:%A %d %B %Y}"

    def do_until(self, day: str) -> str:
        """Day after day until this one; the jobs run on each."""
        now = self._stage.app.around.today
        return self.do_days(str((date.fromisoformat(day) - now).days))

    def do_stands(self, name: str) -> str:
        return "\n".join(map(_in_a_line, self._invites.views(name)))

    def do_rounds(self, name: str) -> str:
        with self._stage.database.reading() as db:
            survey = register.find(db, name)
            assert survey is not None
            return "\n".join(
                f"{one.number} {one.name}: {one.opened_at:%d.%m.%Y} to "
                f"{one.closed_at.strftime('%d.%m.%Y') if one.closed_at else 'now'}, "
                f"next {one.next_on}"
                for one in round_rows.every(db, survey.id or 0)
            )

    def do_answers(self) -> str:
        rows = sorted(self._stage.rows(Answer), key=lambda row: (row.round, row.value or ""))
        return "\n".join(f"round {row.round}: {row.question} = {row.value}" for row in rows)


def _in_a_line(one: campaign_view.CampaignView) -> str:
    missed = ", ".join(f"{gone.name} ({gone.reason})" for gone in one.missed) or "-"
    return (
        f"{one.kind}: {one.members} people, {one.delivered} sent, {one.planned} planned, "
        f"{one.used} begun, {one.declined} declined, {one.stopped} stopped, not reached: {missed}"
    )
