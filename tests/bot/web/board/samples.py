"""A real address for every page of the board that has a reference in its path."""

from collections.abc import Callable, Mapping
from datetime import date

from sqlmodel import select

from digests.themes import add_theme
from storage.plans import Indicator, Partnership, Plan
from storage.surveys import Survey
from storage.voice import Publication
from surveys.register import add, find
from tests.bot.web.board.office import Office
from tests.examples.library import form as form_of
from tests.reminders.small_plan import SmallPlan

MADE: Mapping[str, Callable[[Office], str]] = {
    "/concerns/{ref}": lambda office: office.item(),
    "/delivery/{ref}": lambda office: publication(office),
    "/indicators/{ref}": lambda office: measure(office),
    "/meetings/{ref}": lambda office: meeting(office),
    "/reports/{ref}": lambda office: report(office),
    "/plan/{ref}": lambda office: action(office),
    "/responses/{slug}/{ref}": lambda office: theme(office),
    "/responses/{slug}/file": lambda office: f"{page(office)}/file",
    "/responses/{slug}": lambda office: survey(office),
    "/surveys/{slug}": lambda office: survey(office),
    "/themes/{slug}": lambda office: survey(office),
}
"""By the path up to its first reference: makes such a thing and gives back what stands for it."""


def action(office: Office) -> str:
    """An action that is late, so that everybody with a plan in sight sees it; its number."""
    with office.stage.database.writing() as db:
        plan = SmallPlan.start(db)
        return str(plan.action("1.1", date(2023, 10, 2), people=[office.people["lead"]]))


def survey(office: Office) -> str:
    """An example survey, added and not opened yet; its short name."""
    with office.stage.database.writing() as db:
        form = form_of("neglect_tool_practitioners")
        return add(db, form, now=office.stage.now).survey.slug


def theme(office: Office) -> str:
    """A theme that nobody has answered yet: its survey and its number."""
    slug = survey(office)
    with office.stage.database.writing() as db:
        row = find(db, slug)
        assert row is not None
        made = add_theme(db, survey_id=row.id or 0, name="Time", now=office.stage.now)
        return f"{slug}/{made.id}"


def page(office: Office) -> str:
    """A survey of which something was published; its short name."""
    if not office.stage.rows(Publication):
        publication(office)
    with office.stage.database.reading() as db:
        survey_id = db.exec(select(Publication.survey_id)).first()
        return db.get_one(Survey, survey_id).slug


def publication(office: Office) -> str:
    """A page that went out to two who asked to hear; its number."""
    from tests.bot.web.board.published import publish

    return str(publish(office))


def measure(office: Office) -> str:
    """A measure of a plan; the number that stands for it."""
    with office.stage.database.writing() as db:
        plan = db.exec(select(Plan)).first()
        if plan is None:
            home = Partnership(slug="measured", name="A partnership")
            db.add(home)
            db.flush()
            now = office.stage.now
            plan = Plan(partnership_id=home.id or 0, title="Plan", period_label="", imported_at=now)
            db.add(plan)
            db.flush()
        row = Indicator(plan_id=plan.id or 0, ref="M-1", text="Attendance", direction="increase")
        db.add(row)
        db.flush()
        return str(row.id)


def report(office: Office) -> str:
    """A scorecard that was kept and approved; its number."""
    from digests import editions
    from digests.period import Period

    with office.stage.database.writing() as db:
        around, now = office.stage.app.around, office.stage.now
        period = Period.quarter_of(around.today)
        manager = office.people["manager"]
        made = editions.make(
            db, "scorecard", period, now=now, calendar=around.calendar, person_id=manager
        )
        editions.approve(db, made, manager, now)
        return str(made.id)


def meeting(office: Office) -> str:
    """A meeting of everybody that is open; its number."""
    from digests.minute_taking import open_meeting

    with office.stage.database.writing() as db:
        around = office.stage.app.around
        made = open_meeting(
            db,
            subject="",
            held_on=around.today,
            title="",
            person_id=office.people["manager"],
            now=office.stage.now,
            calendar=around.calendar,
        )
        return str(made.id)


def samples(office: Office) -> Callable[[str], str]:
    """An address for each path of the table; each thing is made once."""
    made = {start: make(office) for start, make in MADE.items()}

    def of(path: str) -> str:
        for start, value in made.items():
            if path == start or path.startswith(start + "/"):
                there = path.replace(start, start[: start.index("{")] + value, 1)
                assert "{" not in there, path
                return there
        assert "{" not in path, f"{path} has no sample: add one to MADE"
        return path

    return of
