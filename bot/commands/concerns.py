"""`concerns`: the review queue, what is decided about it, and the rota."""

import typer

from bot.commands import concerns_break_glass, concerns_deciding, concerns_queue, concerns_rota

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
app.add_typer(concerns_queue.app)
app.add_typer(concerns_deciding.app)
app.add_typer(concerns_break_glass.app)
app.add_typer(concerns_rota.app, name="rota", help="Who is on call out of hours.")
