"""`response list|draft|word|check|approve|publish|correct`: what was done about a theme."""

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import (
    As,
    a_day_option,
    counted,
    fail,
    options,
    show_json,
    table,
    tell,
)
from bot.commands.voice import Name, Slug, theme_named, voice

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from digests.publishing import Published
    from storage.voice import Response, Theme

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


class Kind(StrEnum):
    WE_DID = "we_did"
    WE_ARE_DOING = "we_are_doing"
    NOT_YET = "not_yet"
    WE_CANNOT = "we_cannot"


class For(StrEnum):
    EVERYBODY = "everybody"
    AGE_8_11 = "8_11"
    AGE_12_15 = "12_15"
    AGE_16_UP = "16_up"
    EASY_READ = "easy_read"
    PRACTITIONERS = "practitioners"


_Kind = Annotated[Kind, typer.Option(help="What became of it.")]
_Text = Annotated[str, typer.Option(help="In plain words, for the people who said it.")]
_Because = Annotated[str, typer.Option(help="The reason, where you cannot.")]
_By = Annotated[date | None, a_day_option("By when; or when people hear from you.")]
_Action = Annotated[str, typer.Option(help="The action of the plan behind it, such as 1.2.")]
_Evidence = Annotated[
    str, typer.Option(help="What shows it, for everybody to read: a sentence or an address.")
]
_For = Annotated[For, typer.Option("--for", help="For whom these words are.")]
_Language = Annotated[str, typer.Option(help="Their language, such as pl.")]


@app.command("list")
def listed(context: typer.Context, slug: Slug, as_: As) -> None:
    """Each theme with its answer, how far it has come, and what is owed."""
    from digests.response_list import themes_of

    with voice(context, slug, as_) as (program, db, survey, _):
        assert survey.id is not None
        around = program.around
        lines = themes_of(db, survey.id, now=around.now, calendar=around.calendar)
        shown = [_line(one) for one in lines]
    if options(context).json:
        show_json(shown)
    elif not shown:
        typer.echo("This survey has no theme yet; add one with `theme add`.")
    else:
        headings = ("theme", "state", "kind", "stands", "owed")
        typer.echo(table([tuple(str(row[name]) for name in headings) for row in shown], headings))


def _line(one: Any) -> dict[str, object]:
    reply = one.open or one.standing
    return {
        "theme": one.name,
        "state": reply.state.value if reply else "no answer",
        "kind": reply.kind.value if reply else "",
        "stands": one.standing.standing.value if one.standing else "",
        "owed": one.owed.why.value if one.owed else "",
        "text": reply.text if reply else "",
        "drafted_by": reply.drafted_by if reply else "",
        "approved_by": reply.approved_by if reply else "",
        "approved_by_drafter": bool(reply and reply.approved_by_drafter),
        "wordings": reply.wordings if reply else 0,
        "checked": reply.checked if reply else 0,
    }


@app.command()
def draft(
    context: typer.Context,
    slug: Slug,
    name: Name,
    as_: As,
    kind: _Kind,
    text: _Text,
    because: _Because = "",
    by: _By = None,
    action: _Action = "",
    evidence: _Evidence = "",
) -> None:
    """Writes the answer to a theme, or changes it until it is published. Nobody sees it yet."""
    from digests import responses
    from digests.plan_link import action_meant
    from storage.voice import ResponseKind

    with voice(context, slug, as_) as (program, db, survey, person_id):
        theme = theme_named(db, survey, name)
        given = {
            "kind": ResponseKind(kind.value),
            "text": text,
            "because": because,
            "by_when": by,
            "action_id": action_meant(db, action),
            "evidence": evidence,
            "person_id": person_id,
            "now": program.around.now,
        }
        before = _newest(db, theme, is_published=False)
        if before is None:
            responses.draft(db, theme_id=theme.id or 0, **given)  # type: ignore[arg-type]
        else:
            responses.revise(db, before.id or 0, **given)  # type: ignore[arg-type]
        said = f"Drafted. Next: listening-loop response approve {slug} '{name}' --as {as_}"
        tell(context, f"{said}\n{_reading(text, because)}".strip(), drafted=name)


def _reading(text: str, because: str) -> str:
    """The reading age as advice, where it can be told."""
    from digests.reading_age import measure
    from storage.voice import Readers

    found = measure(text, because, language="en")
    if found.age is None:
        return ""
    hard = " Shorter words and sentences would help." if found.is_hard(Readers.EVERYBODY) else ""
    return f"Reading age, if it is English: about {found.age:.0f}.{hard}"


@app.command()
def word(
    context: typer.Context,
    slug: Slug,
    name: Name,
    as_: As,
    said: Annotated[str, typer.Option(help="What was said, in these words.")],
    text: _Text,
    because: _Because = "",
    readers: _For = For.EVERYBODY,
    language: _Language = "en",
) -> None:
    """Says the answer in other words. They are shown once somebody stands by them."""
    from digests import wordings
    from storage.voice import Readers

    with voice(context, slug, as_) as (program, db, survey, person_id):
        response = _newest(db, theme_named(db, survey, name))
        if response is None:
            fail(f"nothing is drafted for '{name}'; start with `response draft`")
        wordings.write(
            db,
            response.id or 0,
            readers=Readers(readers.value),
            language=language,
            said=said,
            text=text,
            because=because,
            person_id=person_id,
            now=program.around.now,
        )
        tell(context, "Written. Somebody who reads it checks it: `response check`.", worded=name)


@app.command()
def check(
    context: typer.Context,
    slug: Slug,
    name: Name,
    as_: As,
    readers: _For = For.EVERYBODY,
    language: _Language = "en",
) -> None:
    """You read these words and stand by them: they may be shown."""
    from digests import wordings

    with voice(context, slug, as_) as (program, db, survey, person_id):
        response = _newest(db, theme_named(db, survey, name))
        rows = wordings.wordings_of(db, [response.id or 0] if response else [])
        found = next(
            (
                one
                for several in rows.values()
                for one in several
                if (one.readers, one.language) == (readers.value, language)
            ),
            None,
        )
        if found is None:
            fail(f"there are no such words for '{name}'; write them with `response word`")
        wordings.check(db, found.id or 0, person_id=person_id, now=program.around.now)
        tell(context, "Checked in your name.", checked=name)


@app.command()
def approve(context: typer.Context, slug: Slug, name: Name, as_: As) -> None:
    """You stand by the answer; it goes out with `response publish`."""
    from digests import responses

    with voice(context, slug, as_) as (program, db, survey, person_id):
        response = _newest(db, theme_named(db, survey, name), is_published=False)
        if response is None:
            fail(f"nothing is drafted for '{name}'; start with `response draft`")
        around = program.around
        responses.approve(
            db, response.id or 0, person_id=person_id, now=around.now, today=around.today
        )
        own = " You drafted it as well, and that is shown." if _is_own(response) else ""
        done = f"Approved in your name.{own} Next: listening-loop response publish {slug}"
        tell(context, f"{done} --as {as_}", approved=name)


def _is_own(response: "Response") -> bool:
    return response.drafted_by_id is not None and response.drafted_by_id == response.approved_by_id


@app.command()
def correct(
    context: typer.Context,
    slug: Slug,
    name: Name,
    as_: As,
    what: Annotated[str, typer.Option(help="What was wrong, in a plain sentence.")],
    kind: _Kind,
    text: _Text,
    because: _Because = "",
    by: _By = None,
    action: _Action = "",
    evidence: _Evidence = "",
) -> None:
    """Drafts an answer in the place of one that was published. Readers see what stood before."""
    from digests import corrections
    from digests.plan_link import action_meant
    from storage.voice import ResponseKind

    with voice(context, slug, as_) as (program, db, survey, person_id):
        wrong = _newest(db, theme_named(db, survey, name), is_published=True)
        if wrong is None:
            fail(f"nothing is published for '{name}'; change the draft with `response draft`")
        corrections.correct(
            db,
            wrong.id or 0,
            what=what,
            kind=ResponseKind(kind.value),
            text=text,
            because=because,
            by_when=by,
            action_id=action_meant(db, action),
            evidence=evidence,
            person_id=person_id,
            now=program.around.now,
        )
        said = f"Drafted. Next: listening-loop response approve {slug} '{name}' --as {as_}"
        tell(context, said, corrected=name)


@app.command()
def publish(
    context: typer.Context,
    slug: Slug,
    as_: As,
    points_to_nobody: Annotated[
        bool,
        typer.Option(
            "--points-to-nobody", help="The voice lead confirms it for themes of few people."
        ),
    ] = False,
) -> None:
    """Publishes what is approved and tells everyone who asked to hear."""
    from digests.period import Period
    from digests.publishing import publish as send_out

    alone = points_to_nobody
    with voice(context, slug, as_, alone=alone) as (program, db, survey, person_id):
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


def _newest(db: "Db", theme: "Theme", *, is_published: bool | None = None) -> "Response | None":
    """The theme's newest response; of those that are published, or are not, where that is asked."""
    from sqlmodel import col, select

    from storage.voice import Response, ResponseState

    query = select(Response).where(col(Response.theme_id) == theme.id)
    if is_published is not None:
        state = col(Response.state)
        published = ResponseState.PUBLISHED
        query = query.where(state == published if is_published else state != published)
    return db.exec(query.order_by(col(Response.id).desc())).first()
