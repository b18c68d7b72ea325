"""`data restore`: a copy brought back, without what was erased since it was made."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import counted, fail, make_clock, options, plain_errors, tell

if TYPE_CHECKING:
    from storage.bringing_back import Restored


def register(app: typer.Typer) -> None:
    app.command()(restore)


def restore(
    context: typer.Context,
    copy: Annotated[
        Path | None,
        typer.Argument(help="The copy. Leave it out after pg_restore: then what is there is used."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="The keys file of that time, where the keys have changed.")
    ] = None,
    as_: Annotated[str, typer.Option("--as", help="Your work e-mail, for the record.")] = "",
    no_purge: Annotated[
        bool, typer.Option("--no-purge", help="Leave out retention: to set a legal hold first.")
    ] = False,
) -> None:
    """Brings a copy back: what was erased stays erased, what was sent is not sent again.

    The program must not run. The database that was there is kept beside the new one.
    """
    from bot.presence import alone
    from bot.restore import Wish, bring_back_here, replace_with
    from bot.settings import load_settings
    from storage.restoring import RestoreRefused

    chosen = options(context)
    with plain_errors():
        settings, now = load_settings(chosen.config), make_clock(chosen.clock)()
        wish = Wish(settings, now, as_, keys, with_retention=not no_purge)
        try:
            with alone(settings.database.url):
                if copy is None:
                    done, aside = bring_back_here(wish), None
                else:
                    done, aside = replace_with(wish, copy)
        except RestoreRefused as error:
            fail(str(error))
    tell(context, _said(done, aside), aside=aside and str(aside), **_facts(done))


def _facts(done: "Restored") -> Mapping[str, Any]:
    return asdict(done)


def _said(done: "Restored", aside: Path | None) -> str:
    lines = [
        "Restored.",
        f"Erased again, as they were since: {done.erased}.",
        f"Not sent again, as they were since: {counted(done.sent, 'message')}.",
    ]
    if done.lapsed:
        lines.append(
            f"{counted(done.lapsed, 'message')} that may have been sent already will not be sent: "
            "nothing was left that could tell."
        )
    if done.holds:
        lines.append(f"Carried over: {counted(done.holds, 'legal hold')} set since.")
    if aside is not None:
        lines.append(
            f"The database as it was is {aside}. Delete it once you are sure: it holds people's "
            "data, and no retention works there."
        )
    return "\n".join(lines)
