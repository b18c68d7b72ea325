"""`theme add|answers|code|respond|publish`: from what was said to what was done about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import As, acting, counted, fail, opened, options, show_json, table, tell

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from digests.publishing import Published
    from storage.surveys import Survey
    from storage.voice import Theme

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_Slug = Annotated[str, typer.Argument(help="The survey's short name.")]
_Name = Annotated[str, typer.Argument(help="The theme, in a few plain words.")]


class Kind(StrEnum):
    WE_DID = "we_did"
    WE_ARE_DOING = "we_are_doing"
    NOT_YET = "not_yet"
    WE_CANNOT = "we_cannot"


@contextmanager
def _voice(
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


def _only_of_young_people(survey: "Survey") -> None:
    """What practitioners wrote is for nobody, as the role table says."""
    from bot.role_table import raw_right

    if raw_right(survey.audience) is None:
        fail(
            f"{survey.slug} was answered by professionals: nobody reads their single answers. "
            f"See `listening-loop survey results {survey.slug}`; themes can be added all the same."
        )


def _theme(db: "Db", survey: "Survey", name: str) -> "Theme":
    from sqlmodel import col, select

    from storage.voice import Theme

    found = db.exec(
        select(Theme).where(Theme.survey_id == survey.id, col(Theme.name) == name)
    ).first()
    if found is None:
        fail(f"there is no theme '{name}' in this survey; add it with `theme add`")
    return found


@app.command()
def add(context: typer.Context, slug: _Slug, name: _Name, as_: As, definition: str = "") -> None:
    """Adds a theme to a survey's codebook."""
    from digests.themes import add_theme
    from storage.audit import record

    with _voice(context, slug, as_) as (program, db, survey, person_id):
        assert survey.id is not None
        now = program.around.now
        theme = add_theme(db, survey_id=survey.id, name=name, now=now, definition=definition)
        record(db, at=now, act="theme.add", subject=f"theme:{theme.id}", person_id=person_id)
        tell(context, f"Theme added: {name}", theme=name)


@app.command()
def answers(context: typer.Context, slug: _Slug, as_: As) -> None:
    """The answers in own words that a reviewer has read, each with its handle; this is recorded."""
    from digests.reading import reviewed_answers
    from storage.audit import record

    with _voice(context, slug, as_, alone=True) as (program, db, survey, person_id):
        _only_of_young_people(survey)
        assert survey.id is not None
        record(
            db,
            at=program.around.now,
            act="answers.read",
            subject=f"survey {slug}",
            person_id=person_id,
        )
        rows = [(row.handle, row.question, row.words) for row in reviewed_answers(db, survey.id)]
    headings = ("answer", "question", "words")
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        typer.echo(
            table(rows, headings)
            if rows
            else "No answer can be shown yet: a reviewer reads each one first (`concerns list`)."
        )


@app.command()
def code(
    context: typer.Context,
    slug: _Slug,
    name: _Name,
    answer: Annotated[list[str], typer.Argument(help="Handles shown by `theme answers`.")],
    as_: As,
) -> None:
    """Notes that answers speak of a theme."""
    from digests.reading import reply_of
    from digests.themes import code_answers
    from storage.audit import record

    with _voice(context, slug, as_, alone=True) as (program, db, survey, person_id):
        _only_of_young_people(survey)
        found = _theme(db, survey, name)
        assert found.id is not None
        replies = [reply_of(handle) for handle in answer]
        new = code_answers(db, theme_id=found.id, replies=replies, person_id=person_id)
        now, subject = program.around.now, f"theme:{found.id}"
        record(db, at=now, act="theme.code", subject=subject, person_id=person_id, detail=str(new))
        tell(context, f"{counted(new, 'answer')} coded as: {name}", coded=new)


@app.command()
def respond(
    context: typer.Context,
    slug: _Slug,
    name: _Name,
    as_: As,
    kind: Annotated[Kind, typer.Option(help="What became of it.")],
    text: Annotated[str, typer.Option(help="In plain words, for the people who said it.")],
    because: Annotated[str, typer.Option(help="The reason, where you cannot.")] = "",
    by: Annotated[str, typer.Option(help="By when, such as 2024-06-30.")] = "",
) -> None:
    """Says what was done about a theme. You stand by it; it goes out with `theme publish`."""
    from digests.responses import approve, draft
    from storage.voice import ResponseKind

    try:
        by_when = date.fromisoformat(by) if by else None
    except ValueError:
        raise typer.BadParameter("write a day such as 2024-06-30", param_hint="--by") from None
    with _voice(context, slug, as_) as (program, db, survey, person_id):
        found = _theme(db, survey, name)
        assert found.id is not None
        response = draft(
            db,
            theme_id=found.id,
            kind=ResponseKind(kind.value),
            text=text,
            because=because,
            by_when=by_when,
        )
        assert response.id is not None
        now, today = program.around.now, program.around.today
        approve(db, response.id, person_id=person_id, now=now, today=today)
        tell(
            context,
            f"Approved in your name. Next: listening-loop theme publish {slug} --as {as_}",
            approved=name,
        )


@app.command()
def publish(
    context: typer.Context,
    slug: _Slug,
    as_: As,
    points_to_nobody: Annotated[
        bool,
        typer.Option(
            "--points-to-nobody", help="The voice lead confirms it for themes of few people."
        ),
    ] = False,
) -> None:
    """Publishes what is approved and tells everyone who asked to hear."""
    from datetime import timedelta

    from digests.period import Period
    from digests.publishing import publish as send_out

    alone = points_to_nobody
    with _voice(context, slug, as_, alone=alone) as (program, db, survey, person_id):
        assert survey.id is not None
        end = program.around.today
        found = send_out(
            db,
            survey.id,
            person_id=person_id,
            period=Period(end - timedelta(days=91), end),
            now=program.around.now,
            calendar=program.around.calendar,
            points_to_nobody=points_to_nobody,
        )
        tell(
            context,
            _published(found),
            responses=found.responses,
            told=found.told,
            unreachable=found.unreachable,
        )


def _published(found: "Published") -> str:
    people = counted(found.told, "person who asked to hear is", "people who asked to hear are")
    lines = [
        f"Published: {counted(found.responses, 'theme')} answered.",
        f"{people} told as soon as `listening-loop run` is running."
        if found.told
        else "Nobody asked to hear of it here, so nobody is written to.",
    ]
    if found.unreachable:
        lines.append(f"{found.unreachable} can no longer be reached.")
    return "\n".join(lines)
