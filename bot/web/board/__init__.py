"""The board: pages for those who work here. Who may open which: `bot.board_pages`."""
