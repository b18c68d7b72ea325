"""`survey try`: a survey in a browser, and on a phone, without setting anything up."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import fail, make_clock, options, plain_errors, wrapped
from bot.commands.survey_check import read_and_advise, refuse

if TYPE_CHECKING:
    from bot.app import App
    from bot.listeners import Bound
    from bot.settings import Settings, TelegramSettings
    from surveys.definition import Survey

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

_EXAMPLE = "domestic_abuse_young_people.xlsx"
_REVIEWER, _DEPUTY = "reviewer@trial.example", "deputy@trial.example"
_GROUP = "Trial group"
_LOOK_SECONDS = 1.0
_WHAT_HAPPENS = (
    "What you answer is kept in a temporary folder and deleted when you end this with Ctrl-C. "
    "Every word that you write goes into the review queue, which in real use a named person "
    "reads; here nobody does."
)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A program in a temporary folder, with one survey open."""

    program: "App"
    form: "Survey"
    pages: "Bound"
    token: str


@app.command("try")
def try_(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="An XLSForm; without one, a survey that ships.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the pages; 0 takes a free one.")
    ] = 0,
) -> None:
    """Opens a survey on this machine at once, to try it in a browser.

    Needs no settings and no account. With a bot's token in LOOP_TELEGRAM__TOKEN it is on
    Telegram too: a trial with yourself only, not for young people. Ctrl-C ends it, and
    everything that was answered is deleted.
    """
    form = _form(file, context)
    with (
        plain_errors(),
        TemporaryDirectory(prefix="listening-loop-") as folder,
        _opened(context, form, port, Path(folder)) as trial,
    ):
        _introduce(trial)
        asyncio.run(_run(trial))
    _say("\nThe trial is over. Everything that was answered in it is deleted.")


async def _run(trial: "_Trial") -> None:
    from bot.serving import serve

    watching = asyncio.create_task(_watch(trial))
    try:
        await serve(trial.program, _say, pages=trial.pages)
    finally:
        watching.cancel()


def _say(line: str) -> None:
    """At once, also where the output is a file."""
    typer.echo(line)
    sys.stdout.flush()


# what is tried


def _form(file: Path | None, context: typer.Context) -> "Survey":
    """The form, open from today, read by the two people of the trial."""
    from surveys.register import example_survey

    path = file or example_survey(_EXAMPLE)
    form, issues = read_and_advise(path)
    if form is None:
        refuse(issues, path, context)
        raise typer.Exit(1)
    settings = replace(
        form.settings,
        reviewer=_REVIEWER,
        deputy=_DEPUTY,
        opens=None,
        closes=None,
        hear_back_by=None,
        recurs=None,
        follow_up_of="",
        follow_up_months=None,
    )
    return replace(form, settings=settings)


@contextmanager
def _opened(context: typer.Context, form: "Survey", port: int, folder: Path) -> Iterator[_Trial]:
    from bot.app import build
    from bot.listeners import CannotListen, bind
    from bot.settings import load_settings
    from storage.types import Keyring

    settings = load_settings(options(context).config)
    try:
        pages = bind("--port", f"127.0.0.1:{port}")
    except CannotListen as error:
        fail(str(error))
    clock = make_clock(options(context).clock)
    made = _for_a_trial(settings, folder, pages, settings.calendar().local_date(clock()))
    program = build(made, Keyring.generate(), clock)
    try:
        yield _Trial(program, form, pages, _open(program, form))
    finally:
        program.close()
        pages.socket.close()


def _open(program: "App", form: "Survey") -> str:
    """What `people import`, `survey add`, `survey open` and `survey invite` do."""
    from storage.people import Person, Role
    from surveys.invitations import invite
    from surveys.register import CannotOpen, add, open_survey

    now, keyring = program.around.now, program.around.keyring
    try:
        with program.database.writing() as db:
            for email in (_REVIEWER, _DEPUTY):
                db.add(
                    Person(
                        name=email.partition("@")[0].capitalize(),
                        email=email,
                        email_hash=keyring.fingerprint("email", email),
                        roles=[Role.REVIEWER.value],
                    )
                )
            db.flush()
            row = add(db, form, now=now).survey
            open_survey(db, row.slug, form, now=now)
            assert row.id is not None
            return invite(db, row.id, now=now, group_name=_GROUP)
    except CannotOpen as error:
        fail(str(error))


# with which settings


def _for_a_trial(settings: "Settings", folder: Path, pages: "Bound", today: date) -> "Settings":
    """A database of its own whatever the settings say, and no opening to the outside."""
    from bot.settings import DatabaseSettings, LinkSettings, WebSettings

    telegram, name = bot_for_a_trial(settings, today)
    return settings.model_copy(
        update={
            "database": DatabaseSettings(
                url=f"sqlite:///{folder / 'trial.db'}", keys_file=folder / "keys.toml"
            ),
            "links": LinkSettings(web=pages.address, telegram=name),
            "telegram": telegram,
            "web": WebSettings(
                public=pages.host_and_port,
                inside="127.0.0.1:0",
                exit_to=settings.web.exit_to,
                idle_minutes=settings.web.idle_minutes,
                tablet_seconds=settings.web.tablet_seconds,
            ),
        }
    )


def bot_for_a_trial(settings: "Settings", today: date) -> "tuple[TelegramSettings, str]":
    """Telegram's settings and the bot's name; off, and why is said, where the bot is in use."""
    from bot.network import ask_telegram
    from bot.settings import TelegramSettings

    off, ours = TelegramSettings(), settings.telegram
    if not ours.has_token:
        return off, ""
    if ours.is_decided:
        _say("Telegram: left out. The settings say that this bot is in use; try with another one.")
        return off, ""
    answer = ask_telegram(settings)
    if answer.trouble:
        _say(f"Telegram: left out. {answer.trouble} {answer.remedy}")
        return off, ""
    if answer.webhook:
        _say("Telegram: left out. Another program uses this bot; try with another one.")
        return off, ""
    decided = {"decided_by": "a trial with oneself", "decided_on": today, "mode": "polling"}
    return ours.model_copy(update=decided), answer.name


# what is said


def _introduce(trial: _Trial) -> None:
    links = trial.program.settings.links.made()
    _say(f"A trial of: {trial.form.settings.title}\n")
    _say(f"  In a browser on this machine   {links.web_link(trial.token)}")
    _say(f"  As on a tablet that is shared  {links.tablet_link(trial.token)}")
    if links.telegram:
        _say(f"  On your phone, in Telegram     {links.telegram_link(trial.token)}")
        _say("  (a trial with yourself only: not for young people)")
        if sys.stdout.isatty():
            _say(_to_scan(links.telegram_link(trial.token)))
    _say("")
    _say(wrapped(_WHAT_HAPPENS))
    _say("")


def _to_scan(link: str) -> str:
    """A code for the phone's camera, drawn with letters."""
    from io import StringIO

    import segno

    drawn = StringIO()
    segno.make(link, error="m").terminal(drawn, compact=True)
    return drawn.getvalue()


async def _watch(trial: _Trial) -> None:
    """A line whenever somebody has finished: how many, and how much there is to read."""
    seen = (0, 0)
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        found = await asyncio.to_thread(_finished, trial)
        if found[0] != seen[0]:
            _say(f"{found[0]} finished, words for the reviewer: {found[1]}")
        seen = found


def _finished(trial: _Trial) -> tuple[int, int]:
    from sqlmodel import col, func, select

    from storage.anonymous import PooledResponse
    from storage.concerns import ReviewItem
    from storage.surveys import SessionState, SurveySession

    with trial.program.database.reading() as db:
        done = select(func.count()).where(col(SurveySession.state) == SessionState.COMPLETE)
        words = select(func.count()).select_from(ReviewItem)
        pooled = select(func.count()).select_from(PooledResponse)
        pooled = pooled.where(col(PooledResponse.state) == SessionState.COMPLETE)
        finished = db.exec(done.select_from(SurveySession)).one() + db.exec(pooled).one()
        return finished, db.exec(words).one()
