"""Slack: the only place that knows its SDK. `read`, `draw` and `explain` are pure."""

from bot.platforms.slack.door import SlackDoor
from bot.platforms.slack.drawing import draw
from bot.platforms.slack.failures import explain
from bot.platforms.slack.manifest import manifest
from bot.platforms.slack.reading import read
from bot.platforms.slack.views import draw_view

__all__ = ["SlackDoor", "draw", "draw_view", "explain", "manifest", "read"]
