"""A service that rings people up: alerts go out to it, and nothing comes in."""

from bot.platforms.pager.door import PagerDoor

__all__ = ["PagerDoor"]
