"""What every command shares: its options, its errors, and how it prints."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.access import Right, Who
    from bot.app import App, Clock
    from storage.issues import Issue

DONE, PROBLEMS = 0, 1
DEFAULT_CONFIG = Path("config.toml")
_YEARS = range(2000, 2100)
_WIDTH = 88
_AS, _LOOP_AS = "--as", "LOOP_AS"

As = Annotated[
    str, typer.Option(_AS, envvar=_LOOP_AS, help="Your work e-mail: a person answers for this.")
]
MaybeAs = Annotated[
    str,
    typer.Option(
        _AS, envvar=_LOOP_AS, help="Your work e-mail: you are shown what your role may see."
    ),
]
"""In whose name: for what is done by somebody, and for what the machine's keys allow too."""


@dataclass(frozen=True, slots=True)
class Options:
    """What stands before the command: which settings, which time, and how to show things."""

    config: Path
    clock: str | None
    json: bool


def options(context: typer.Context) -> Options:
    found = context.find_object(Options)
    assert found is not None
    return found


def make_clock(text: str | None) -> "Clock":
    """The machine's clock, or one that starts at `--clock`."""
    from bot.app import clock_from, system_clock

    if text is None:
        return system_clock
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            "write an instant such as 2023-12-01T09:00", param_hint="--clock"
        ) from None
    if start.year not in _YEARS:
        raise typer.BadParameter("write an instant between 2000 and 2099", param_hint="--clock")
    return clock_from(start if start.tzinfo else _london(start))


def _london(instant: datetime) -> datetime:
    from storage.calendar import LONDON

    return instant.replace(tzinfo=LONDON).astimezone(UTC)


@contextmanager
def opened(context: typer.Context) -> Iterator["App"]:
    """The running program, closed at the end; a user's mistake ends with a line and exit 1."""
    from bot.app import open_app

    chosen = options(context)
    if chosen.config != DEFAULT_CONFIG and not chosen.config.exists():
        fail(f"{chosen.config}: there is no such settings file; check --config")
    app = None
    with plain_errors():
        app = open_app(chosen.config, make_clock(chosen.clock))
        try:
            yield app
        finally:
            app.close()


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turns the errors a user can mend into a line and exit 1."""
    from bot.keys import NotSetUp
    from bot.settings import SettingsWrong
    from storage.database import DatabaseUnusable, is_out_of_service
    from storage.holds import Held
    from storage.types import KeyMissing, Tampered

    try:
        yield
    except (NotSetUp, SettingsWrong, DatabaseUnusable, KeyMissing, Tampered, Held) as error:
        fail(str(error))
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; what is left must not be complained about at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        fail(f"{error.filename or 'a file'}: {error.strerror or 'cannot be used'}")
    except Exception as error:
        if is_out_of_service(error):
            fail(
                "the database cannot be used just now (locked, full or not reachable). "
                "Nothing was changed. Run `listening-loop doctor`."
            )
        raise


def acting(program: "App", db: "Db", email: str, *rights: "Right") -> "Who":
    """The person of `--as`, who holds all of these rights; else whose it is, and exit 1."""
    who = acting_if_named(program, db, email, *rights)
    if who is None:
        fail("this is done in somebody's name: add --as YOUR-EMAIL, or set LOOP_AS")
    return who


def acting_if_named(program: "App", db: "Db", email: str, *rights: "Right") -> "Who | None":
    """The same for what the keys of the machine allow too: without a name, nobody in particular.

    With one, their role decides.
    """
    if not email.strip():
        return None
    who = _person_acting(program, db, email)
    for right in rights:
        if not who.may(right):
            refused(program, db, right)
    return who


def id_of(who: "Who | None") -> int | None:
    """Whose name stands in the log; None where nobody was named."""
    return who.person_id if who is not None else None


def _person_acting(program: "App", db: "Db", email: str) -> "Who":
    from bot.access import who_acts
    from bot.people import find_person

    person = find_person(db, email)
    who = who_acts(db, person.id if person is not None else None, program.around)
    if who is None:
        fail(
            "nobody who works with us has the e-mail given with --as; the business manager keeps "
            "the list of people"
        )
    return who


def refused(program: "App", db: "Db", right: "Right") -> NoReturn:
    """Says whose it is and who can help, and ends with exit 1."""
    from bot.access import refusal
    from storage.language import HOME, Catalogue

    words = Catalogue.load("bot")
    contact = program.settings.partnership.contact
    fail(refusal(db, right, lambda key, **params: words.say(key, HOME, **params).strip(), contact))


def fail(message: str) -> NoReturn:
    """Says what is wrong and what to do, and ends with exit 1."""
    typer.echo(message, err=True)
    raise typer.Exit(PROBLEMS)


def tell(context: typer.Context, text: str, **facts: Any) -> None:
    """What a command did: a line for people, the same facts with `--json`."""
    if options(context).json:
        show_json(facts)
    else:
        typer.echo(text)


def show_json(value: Any) -> None:
    """One document; a command shows one at most."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


def show_issues(issues: "Sequence[Issue]", context: typer.Context) -> None:
    """Every finding with its place and remedy, worst first."""
    if options(context).json:
        show_json({"issues": issues_json(issues)})
        return
    print_issues(issues)


def print_issues(issues: "Iterable[Issue]") -> None:
    """A finding in three parts: where, what is wrong, what to do."""
    order = {"error": 0, "review": 1, "advice": 2}
    for issue in sorted(issues, key=lambda issue: order[issue.severity]):
        typer.echo(f"{issue.severity.upper():7} {issue.place}")
        typer.echo(wrapped(issue.problem, "        "))
        typer.echo(wrapped(f"-> {issue.remedy}", "        ", "           "))


def issues_json(issues: "Iterable[Issue]") -> list[dict[str, Any]]:
    return [_issue(issue) for issue in issues]


def _issue(issue: "Issue") -> dict[str, Any]:
    place = issue.place
    return {
        "file": place.file,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "code": issue.code,
        "severity": issue.severity,
        "problem": issue.problem,
        "remedy": issue.remedy,
    }


def write_out(text: str, out: Path | None, context: typer.Context) -> None:
    """To a file, or to the terminal."""
    if out is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        return
    with plain_errors():
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    tell(context, f"written: {out}", written=str(out))


def wrapped(text: str, indent: str = "", hanging: str | None = None) -> str:
    """Long texts in lines that fit a terminal, words whole."""
    after = indent if hanging is None else hanging
    return fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=after, break_long_words=False
    )


def shortened(text: str, width: int = _WIDTH) -> str:
    """One line; what does not fit is left out, and shows that it was."""
    return text if len(text) <= width else text[: width - 3].rstrip() + "..."


def counted(n: int, one: str, several: str = "") -> str:
    """'1 answer', '2 answers'."""
    return f"{n} {one if n == 1 else several or one + 's'}"


def at(instant: datetime | None) -> str:
    """Local time, as a table shows it; nothing where there is none."""
    from storage.calendar import LONDON

    return "" if instant is None else f"{instant.astimezone(LONDON):%Y-%m-%d %H:%M}"


def on(instant: datetime | None) -> str:
    """The local day of it."""
    return at(instant)[:10]


def table(rows: Sequence[Sequence[str]], headings: Sequence[str]) -> str:
    """Columns that line up, without boxes, so that a screen reader and a pipe can use them."""
    every = [list(headings), *[list(row) for row in rows]]
    widths = [max(len(row[place]) for row in every) for place in range(len(headings))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in every
    )
    return "\n".join(lines)


def read_day(text: str | None, app: "App") -> date:
    """A day given on the command line, else today."""
    return app.around.today if text is None else a_day(text)


def a_day_option(help_: str) -> Any:
    """An option that is a day; what is not one is said with how to write it."""
    return typer.Option(parser=a_day, metavar="YYYY-MM-DD", help=help_)


def a_day(text: str) -> date:
    """A day as it is typed: what reads every option that is one."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter("write a day such as 2023-12-01") from None
    if day.year not in _YEARS:
        raise typer.BadParameter("write a day between 2000 and 2099")
    return day
