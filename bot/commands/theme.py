"""`theme`: what was said, in themes; what was done about it is `response`."""

import typer

from bot.commands import theme_book, theme_coding, theme_heard

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
app.add_typer(theme_book.app)
app.add_typer(theme_coding.app)
app.add_typer(theme_heard.app)
