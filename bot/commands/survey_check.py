"""`survey check` and `survey play`: a form before anybody else sees it."""

import sys
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import (
    PROBLEMS,
    counted,
    fail,
    issues_json,
    options,
    plain_errors,
    show_json,
    tell,
    wrapped,
)

if TYPE_CHECKING:
    from bot.play import Opening
    from storage.issues import Issue, Place
    from surveys.definition import Survey

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="An XLSForm: .xlsx, .xls, .csv or .md.")]
AsJson = Annotated[bool, typer.Option("--json", help="Show data instead of text.")]

_HEADINGS = {
    "error": "To mend before the survey can be used:",
    "review": "To settle before anybody is asked:",
    "advice": "Advice. The survey can be used as it is; people would be better off with:",
}
_LATER = "Advice, for when that is mended:"


def read_and_advise(file: Path) -> "tuple[Survey | None, list[Issue]]":
    """The form, if it can be used, and everything there is to say about the file."""
    from surveys.check import advise
    from surveys.check.places import places_of
    from surveys.xlsform import read_form

    with plain_errors():
        read = read_form(file)
        if read.survey is None:
            return None, read.issues
        return read.survey, [*read.issues, *advise(read.survey, places_of(read))]


def refuse(issues: "list[Issue]", file: Path, context: typer.Context) -> None:
    """Says what is wrong with a form that cannot be used, and ends with exit 1."""
    if options(context).json:
        show_json({"can_be_used": False, "issues": issues_json(_sorted(issues))})
    else:
        print_findings(issues)
        errors = sum(issue.severity == "error" for issue in issues)
        typer.echo(f"{file.name or file} cannot be used yet: {counted(errors, 'thing')} to mend.")
    raise typer.Exit(PROBLEMS)


def print_findings(issues: "list[Issue]") -> None:
    """Errors first; each with its cell, its code, what is wrong and what to do."""
    is_usable = all(issue.severity != "error" for issue in issues)
    for severity, text in _HEADINGS.items():
        heading = text if is_usable or severity == "error" else _LATER
        found = [issue for issue in issues if issue.severity == severity]
        if found:
            typer.echo(f"{heading}\n")
        for issue in found:
            typer.echo(f"  {_cell(issue.place)}  ({issue.code})")
            typer.echo(wrapped(issue.problem, "    "))
            typer.echo(wrapped(f"-> {issue.remedy}", "    ", "       ") + "\n")


def _cell(place: "Place") -> str:
    """'survey, cell D7': the sheet, then as much of the cell as is known."""
    where = place.sheet or place.file
    if place.row and place.column:
        return f"{where}, cell {place.column}{place.row}"
    if place.row:
        return f"{where}, row {place.row}"
    return f"{where}, column {place.column}" if place.column else where


def _sorted(issues: "list[Issue]") -> "list[Issue]":
    order = list(_HEADINGS)
    return sorted(issues, key=lambda issue: order.index(issue.severity))


def _show_as(context: typer.Context, *, as_json: bool) -> None:
    """`--json` is understood after the command too."""
    if as_json:
        context.obj = replace(options(context), json=True)


@app.command()
def check(context: typer.Context, file: File, as_json: AsJson = False) -> None:
    """Lists everything that is wrong with a form, by cell.

    Each with what to do; then advice, which keeps nothing out.
    """
    _show_as(context, as_json=as_json)
    from surveys.check.length import longest
    from surveys.check.reading import measured

    form, issues = read_and_advise(file)
    if form is None:
        refuse(issues, file, context)
        return
    length, (known, unknown) = longest(form), measured(form)
    if not options(context).json:
        print_findings(issues)
    tell(
        context,
        "\n".join(_about(form, file, length.questions, length.minutes)),
        can_be_used=True,
        survey=form.settings.form_id,
        questions=sum(question.kind.is_asked for question in form.questions),
        longest_way={"questions": length.questions, "minutes": round(length.minutes, 1)},
        languages=list(form.languages),
        reading_age={"measured_in": list(known), "not_measured_in": list(unknown)},
        issues=issues_json(_sorted(issues)),
    )


def _about(form: "Survey", file: Path, questions: int, minutes: float) -> list[str]:
    from surveys.check.hints import listed
    from surveys.check.reading import measured

    asked = sum(question.kind.is_asked for question in form.questions)
    up_to = "" if questions == asked else f" (at most {questions} of one person)"
    lines = [
        f"{file.name} can be used: {counted(asked, 'question')}{up_to}, "
        f"in {listed(list(form.languages))}; about {counted(max(round(minutes), 1), 'minute')} "
        "by our estimate."
    ]
    known, unknown = measured(form)
    if unknown and form.settings.is_youth:
        only = f"was measured in {', '.join(known)} only" if known else "was not measured"
        lines.append(
            f"The reading age {only}: for {', '.join(unknown)} no formula is applied. "
            "Ask a young reader."
        )
    return [*map(wrapped, lines), f"Try it: listening-loop survey play {quote(str(file))}"]


@app.command()
def play(
    context: typer.Context,
    file: File,
    language: Annotated[str | None, typer.Option(help="Such as pl.")] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write down the play here, so that it becomes a test.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(help="A recorded play: does it still go the same way?")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help='Answers as JSON, {"question": "value"}; shows every row.')
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="For what is shuffled or drawn by lot.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Takes the survey here in the terminal; nothing is kept."""
    _show_as(context, as_json=as_json)
    from bot.commands.common import make_clock
    from bot.play import Opening

    if sum(given is not None for given in (record, replay, answers)) > 1:
        raise typer.BadParameter("use one of --record, --replay and --answers")
    form, issues = read_and_advise(file)
    if form is None:
        refuse(issues, file, context)
        return
    if language is not None and language not in form.languages:
        fail(f"{file.name} has no texts in {language}; it has {', '.join(form.languages)}")
    started = make_clock(options(context).clock)().replace(microsecond=0)
    opening = Opening(language or form.settings.default_language, started, seed)
    if replay is not None:
        _replay(context, form, replay)
    elif answers is not None:
        _work_out(context, form, opening, answers)
    else:
        _play(form, opening, file, record)


def _play(form: "Survey", opening: "Opening", file: Path, record: Path | None) -> None:
    from bot.play import Playing
    from bot.play import play as play_form
    from bot.play_record import write

    playing = Playing(form, opening)
    first = playing.shown
    said = play_form(playing, _next_line, typer.echo)
    if record is not None:
        with plain_errors():
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(write(file.name, playing, first, said), encoding="utf-8")
        typer.echo(f"Written down: {record}. It holds what you answered.")


def _next_line() -> str | None:
    try:
        return input("> ")
    except (EOFError, KeyboardInterrupt):
        return None


def _replay(context: typer.Context, form: "Survey", path: Path) -> None:
    from bot.play_record import NotATranscript, first_difference, read, replayed

    with plain_errors():
        try:
            was = path.read_text("utf-8")
            now = replayed(form, read(was))
        except UnicodeDecodeError:
            fail(f"{path.name} is not a text file in UTF-8")
        except NotATranscript as error:
            fail(f"{path.name}: {error}")
    difference = first_difference(was, now)
    if difference is None:
        tell(context, f"{path.name}: it still goes the same way.", same=True)
        return
    tell(
        context,
        f"{path.name}: it goes another way now.\n{difference}",
        same=False,
        difference=difference,
    )
    raise typer.Exit(PROBLEMS)


def _work_out(context: typer.Context, form: "Survey", opening: "Opening", path: Path) -> None:
    from bot.play_answers import BadAnswers, read_answers, work_out

    with plain_errors():
        try:
            given = read_answers(path)
        except BadAnswers as error:
            fail(str(error))
    found = work_out(form, opening, given)
    facts: dict[str, Any] = {
        "survey": form.settings.form_id,
        "language": opening.language,
        "values": found.values,
        "not_relevant": found.not_relevant,
        "offered": found.offered,
        "asked": found.asked,
        "rejected": found.rejected,
        "not_asked": found.not_asked,
        "unknown": found.unknown,
    }
    values = "\n".join(f"{name} = {value}" for name, value in found.values.items())
    tell(context, values, **facts)
    for name, why in found.rejected.items():
        typer.echo(f"{name}: the answer does not fit ({why})", err=True)
    for name in found.unknown:
        typer.echo(f"{name}: there is no such question", err=True)
    sys.stdout.flush()
    if not found.is_whole:
        raise typer.Exit(PROBLEMS)
