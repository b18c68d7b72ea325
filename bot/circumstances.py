"""What a use case needs of its surroundings, made in bot/app.py and passed in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.settings import Settings
from storage.calendar import Calendar
from storage.types import Keyring
from surveys.sessions import Forms
from surveys.steps import Moment


@dataclass(slots=True)
class Circumstances:
    """The clock, the calendar, the settings, the keys, and the survey definitions read so far.

    Settings and calendar change together, by `follow` alone: people may change some on the board.
    """

    clock: Callable[[], datetime]
    settings: Settings
    calendar: Calendar
    keyring: Keyring = field(repr=False)
    forms: Forms = field(default_factory=Forms, repr=False)

    def follow(self, settings: Settings) -> None:
        """From here on these hold."""
        self.settings, self.calendar = settings, settings.calendar()

    @property
    def now(self) -> datetime:
        return self.clock()

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.clock())

    @property
    def moment(self) -> Moment:
        now = self.clock()
        clocks = self.settings.concerns.clocks()
        return Moment(now, self.calendar.local_date(now), self.calendar, clocks)
