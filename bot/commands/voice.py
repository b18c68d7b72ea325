"""What the commands about themes and replies share: in whose name, which survey, which theme."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import acting, fail, opened

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from storage.surveys import Survey
    from storage.voice import Theme

Slug = Annotated[str, typer.Argument(help="The survey's short name.")]
Name = Annotated[str, typer.Argument(help="The theme, in a few plain words.")]


@contextmanager
def voice(
    context: typer.Context, slug: str, email: str, *, alone: bool = False
) -> "Iterator[tuple[App, Db, Survey, int]]":
    """A writing transaction for a person who may work on themes; `alone`: the voice lead only."""
    from bot.access import Right
    from digests.themes import Refused
    from surveys.register import find

    with opened(context) as program:
        try:
            with program.database.writing() as db:
                survey = find(db, slug)
                rights = (Right.READ_REVIEWED,) if alone else ()
                who = acting(program, db, email, Right.PUBLISH, *rights)
                if survey is None or survey.id is None:
                    fail(f"there is no survey '{slug}'; see `listening-loop survey list`")
                yield program, db, survey, who.person_id
        except Refused as error:
            fail(str(error))


def only_of_young_people(survey: "Survey") -> None:
    """What practitioners wrote is for nobody, as the role table says."""
    from bot.role_table import raw_right

    if raw_right(survey.audience) is None:
        fail(
            f"{survey.slug} was answered by professionals: nobody reads their single answers. "
            f"See `listening-loop survey results {survey.slug}`; themes can be added all the same."
        )


def theme_named(db: "Db", survey: "Survey", name: str) -> "Theme":
    """The theme of this name, whatever became of it."""
    from digests.codebook import find

    found = find(db, survey.id or 0, name)
    if found is None:
        fail(f"there is no theme '{name}' in this survey; add it with `theme add`")
    return found
