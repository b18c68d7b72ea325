"""The board: pages for those who work here. Who may open which stands in `access`, once."""

from bot.web.board.routes import routes as routes
