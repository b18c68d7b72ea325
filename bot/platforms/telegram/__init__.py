"""Telegram: the only place that knows its SDK. `read`, `draw` and `explain` are pure."""

from bot.platforms.telegram.door import TelegramDoor
from bot.platforms.telegram.drawing import draw
from bot.platforms.telegram.failures import explain
from bot.platforms.telegram.lease import PollLease
from bot.platforms.telegram.polling import Poller
from bot.platforms.telegram.reading import read
from bot.platforms.telegram.receiving import Receiver
from bot.platforms.telegram.sender import LIMITS, WEBHOOK_PATH, Telegram
from bot.platforms.telegram.webhook import webhook_route

__all__ = [
    "LIMITS",
    "WEBHOOK_PATH",
    "PollLease",
    "Poller",
    "Receiver",
    "Telegram",
    "TelegramDoor",
    "draw",
    "explain",
    "read",
    "webhook_route",
]
