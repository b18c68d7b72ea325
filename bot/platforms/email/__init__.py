"""E-mail: the only place that knows SMTP and IMAP. Reading, drawing and failures are pure."""

from bot.platforms.email.door import EmailDoor

__all__ = ["EmailDoor"]
