"""A young people's form with every kind of question that a page can put."""

import base64

from surveys.definition import (
    Audience,
    Choice,
    Kind,
    Picture,
    Question,
    Scale,
    Settings,
    Survey,
    Texts,
)
from surveys.invitations import invite
from surveys.register import add, open_survey
from tests.bot.stage import Stage

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(32)).decode()
PLACES = tuple(Choice(name, {"en": name.title()}) for name in ("home", "school", "park"))


def _words(text: str) -> Texts:
    return {"en": text, "ar": f"{text} \u0623"}


def _question(name: str, kind: Kind, **more: object) -> Question:
    return Question(name, kind, _words(f"The {name} question?"), **more)  # type: ignore[arg-type]


EVERY_KIND = Survey(
    settings=Settings(
        "every_kind",
        {"en": "Every kind"},
        audience=Audience.YOUTH,
        reviewer="reviewer@rochdale.example",
        deputy="deputy@rochdale.example",
    ),
    questions=(
        Question("intro", Kind.NOTE, _words("A word before."), images={"en": "a_red_door.png"}),
        _question("one", Kind.SELECT_ONE, choices=PLACES, images={"en": "a_blue_door.png"}),
        _question("several", Kind.SELECT_MULTIPLE, choices=PLACES),
        _question("order", Kind.RANK, choices=PLACES),
        _question("steps", Kind.RANGE, scale=Scale("0", "10")),
        _question("far", Kind.RANGE, scale=Scale("0", "100")),
        _question("whole", Kind.INTEGER, hints={"en": "A hint."}),
        _question("part", Kind.DECIMAL),
        _question("day", Kind.DATE),
        _question("hour", Kind.TIME),
        _question("moment", Kind.DATE_TIME),
        _question("read", Kind.ACKNOWLEDGE),
        _question("words", Kind.TEXT, guidance={"en": "Some guidance."}),
        _question("more", Kind.TEXT),
    ),
    languages=("en", "ar"),
    pictures={
        "a_red_door.png": Picture("image/png", PIXEL),
        "a_blue_door.png": Picture("image/png", PIXEL),
    },
)


def open_every_kind(stage: Stage, form: Survey = EVERY_KIND) -> str:
    """Opens it; the link's token."""
    with stage.database.writing() as db:
        row = add(db, form, now=stage.now).survey
        open_survey(db, row.slug, form, now=stage.now)
        assert row.id is not None
        return invite(db, row.id, now=stage.now)
