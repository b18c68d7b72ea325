"""A small survey of young people in either mode, and people who answer it side by side."""

from bot.messages import Arrived, Pressed
from bot.tokens import of_act
from storage.surveys import Survey as SurveyRow
from surveys.definition import Audience, Choice, Kind, Mode, Question, Settings, Survey
from surveys.invitations import invite
from surveys.register import add, close_survey, open_survey
from tests.bot.stage import Stage

SLUG = "listening"
COLOURS = ("red", "blue", "green", "grey")


def _choices(*names: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, {"en": name.title(), "pl": f"{name} po polsku"}) for name in names)


def form_in(mode: Mode, **settings: object) -> Survey:
    """Two choices with a number and a text between them, in two languages."""
    questions = (
        Question("safe", Kind.SELECT_ONE, {"en": "Do you feel safe?"}, choices=_choices(*COLOURS)),
        Question("number", Kind.INTEGER, {"en": "A number?"}),
        Question("say", Kind.TEXT, {"en": "What would help?"}),
        Question("again", Kind.SELECT_ONE, {"en": "Shall we ask again?"}, choices=_choices(*"yn")),
    )
    given = {
        "form_id": SLUG,
        "titles": {"en": "Listening"},
        "audience": Audience.YOUTH,
        "mode": mode,
        "reviewer": "reviewer@rochdale.example",
        "deputy": "deputy@rochdale.example",
    }
    return Survey(Settings(**{**given, **settings}), questions, ("en", "pl"))  # type: ignore[arg-type]


def open_it(stage: Stage, form: Survey, *, group: str = "") -> str:
    """Opens the survey; gives a link's token."""
    with stage.database.writing() as db:
        row = add(db, form, now=stage.now).survey
        open_survey(db, row.slug, form, now=stage.now)
        assert row.id is not None
        return invite(db, row.id, now=stage.now, group_name=group)


def close_it(stage: Stage, slug: str = SLUG) -> None:
    with stage.database.writing() as db:
        close_survey(db, slug, now=stage.now)


def begin(stage: Stage, who: str, token: str) -> None:
    """Follows the link and agrees."""
    stage.say(who, Arrived(token))
    [survey] = stage.rows(SurveyRow, SurveyRow.slug == SLUG)
    stage.say(who, Pressed(of_act("welcome", survey.id, "yes")))


def choose(stage: Stage, who: str, place: int) -> str:
    """Taps the choice that stands there at the question that was put last."""
    return stage.say(who, str(place + 1))
