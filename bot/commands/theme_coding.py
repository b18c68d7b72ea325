"""`theme answers|code|choice|suggest`: which answers speak of which themes."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import As, counted, options, show_json, table, tell
from bot.commands.voice import Name, Slug, only_of_young_people, theme_named, voice

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from storage.surveys import Survey

app = typer.Typer()
_NOTHING = "No answer can be shown yet: a reviewer reads each one first (`concerns list`)."


@app.command()
def answers(context: typer.Context, slug: Slug, as_: As) -> None:
    """The answers in own words that a reviewer has read, each with its handle; this is recorded."""
    from digests.reading import reviewed_answers

    with voice(context, slug, as_, alone=True) as (program, db, survey, person_id):
        only_of_young_people(survey)
        _note_reading(program, db, survey, person_id)
        rows = [
            (row.handle, row.question, row.words) for row in reviewed_answers(db, survey.id or 0)
        ]
    headings = ("answer", "question", "words")
    if options(context).json:
        show_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        typer.echo(table(rows, headings) if rows else _NOTHING)


@app.command()
def code(
    context: typer.Context,
    slug: Slug,
    name: Name,
    answer: Annotated[list[str], typer.Argument(help="Handles shown by `theme answers`.")],
    as_: As,
) -> None:
    """Notes that answers speak of a theme."""
    from digests.reading import reply_of
    from digests.themes import code_answers
    from storage.audit import record

    with voice(context, slug, as_, alone=True) as (program, db, survey, person_id):
        only_of_young_people(survey)
        found = theme_named(db, survey, name)
        assert found.id is not None
        replies = [reply_of(handle) for handle in answer]
        new = code_answers(db, theme_id=found.id, replies=replies, person_id=person_id)
        now, subject = program.around.now, f"theme:{found.id}"
        record(db, at=now, act="theme.code", subject=subject, person_id=person_id, detail=str(new))
        tell(context, f"{counted(new, 'answer')} coded as: {name}", coded=new)


@app.command()
def choice(
    context: typer.Context,
    slug: Slug,
    name: Name,
    question: Annotated[str, typer.Argument(help="The name of a question with choices.")],
    value: Annotated[str, typer.Argument(help="The name of the choice.")],
    as_: As,
) -> None:
    """Counts everybody who chose something into a theme; nobody's answer is shown."""
    from digests.coding import who_chose
    from digests.themes import Refused, code_answers
    from storage.audit import record

    with voice(context, slug, as_) as (program, db, survey, person_id):
        found = theme_named(db, survey, name)
        replies = who_chose(db, survey.id or 0, question, value)
        if not replies:
            raise Refused("Nobody chose that, or there is no such choice; look at the form.")
        code_answers(db, theme_id=found.id or 0, replies=replies, person_id=person_id)
        subject = f"theme:{found.id}"
        now = program.around.now
        record(db, at=now, act="theme.choice", subject=subject, person_id=person_id)
        tell(context, f"Everybody who chose it is counted in: {found.name}", theme=found.name)


@app.command()
def suggest(context: typer.Context, slug: Slug, as_: As) -> None:
    """Themes that uncoded answers may speak of, each with its reason; nothing is coded by it."""
    from digests.coding_desk import Answers
    from digests.suggestions import suggest as suggested

    with voice(context, slug, as_, alone=True) as (program, db, survey, person_id):
        only_of_young_people(survey)
        _note_reading(program, db, survey, person_id)
        desk = Answers(db, survey.id or 0)
        names, learned = {one.id: one.name for one in desk.themes}, desk.learned()
        rows = [
            (f"{one.question}:{one.reply.pseudonym}", names[why.theme_id], _because(why.because))
            for one in desk.all
            if not one.is_done
            for why in suggested(one.words, learned)
        ]
        new = desk.new_themes()
    headings = ("answer", "theme", "because of")
    if options(context).json:
        likely = [dict(zip(headings, row, strict=True)) for row in rows]
        show_json({"suggestions": likely, "new_themes": list(new)})
        return
    typer.echo(
        table(rows, headings) if rows else "Nothing to suggest yet: code some answers first."
    )
    for pair in new:
        words = _because(pair.words)
        typer.echo(f"Perhaps a theme of its own: {words} ({counted(pair.answers, 'answer')})")


def _because(words: tuple[str, ...]) -> str:
    return ", ".join(words)


def _note_reading(program: "App", db: "Db", survey: "Survey", person_id: int) -> None:
    from storage.audit import record

    now, subject = program.around.now, f"survey {survey.slug}"
    record(db, at=now, act="answers.read", subject=subject, person_id=person_id)
