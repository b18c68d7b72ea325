"""Addresses that open a survey, made of a token and of what the settings allow. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """The survey pages' address and the Telegram bot's name; empty where there is none."""

    web: str = ""
    telegram: str = ""

    def to(self, token: str) -> tuple[str, ...]:
        """Every link that opens this invitation, the web page first."""
        return tuple(link for link in (self.web_link(token), self.telegram_link(token)) if link)

    def best(self, token: str) -> str:
        """The one to print in a message: the web page, which asks for no account."""
        return next(iter(self.to(token)), "")

    def web_link(self, token: str) -> str:
        return f"{self.web.rstrip('/')}/s/{token}" if self.web else ""

    def tablet_link(self, token: str) -> str:
        """For a tablet that is passed round: it clears itself and waits for the next person."""
        return f"{self.web.rstrip('/')}/t/{token}" if self.web else ""

    def telegram_link(self, token: str) -> str:
        return f"https://t.me/{self.telegram}?start={token}" if self.telegram else ""
