"""Teams: the only place that knows its SDK. `read`, `draw`, `draw_form` and `explain` are pure."""

from bot.platforms.teams.door import TeamsDoor
from bot.platforms.teams.drawing import draw
from bot.platforms.teams.failures import explain
from bot.platforms.teams.form_cards import draw_form
from bot.platforms.teams.reading import read
from bot.platforms.teams.sender import LIMITS
from bot.platforms.teams.webhook import PATH

__all__ = ["LIMITS", "PATH", "TeamsDoor", "draw", "draw_form", "explain", "read"]
