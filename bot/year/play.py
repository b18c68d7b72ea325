"""One partnership's year, day after day: `play(script, out)`."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from bot.demo.stage import Stage
from bot.demo.survey_scene import person, read_queue
from bot.schedule import reminder_round, tidy, watch_concerns
from bot.year.answering import Answering
from bot.year.deciding import Deciders
from bot.year.figures import Keepers
from bot.year.leads import Leads
from bot.year.opening import bring_in, set_meetings
from bot.year.reports import Reports
from bot.year.script import BadScript, Said, Script
from bot.year.shelf import Shelf
from bot.year.sittings import Sittings
from bot.year.voices import Asking
from bot.year.weekly import Weeklies

_DAY = timedelta(days=1)
Progress = Callable[[str], None]


class Year:
    """The people of a partnership, and what each does on a day."""

    def __init__(self, stage: Stage, script: Script, shelf: Shelf) -> None:
        self._stage = stage
        self._script = script
        self._leads = Leads(stage, script)
        self._sittings = Sittings(stage, script, shelf)
        self._deciders = Deciders(stage, script)
        self._weeklies = Weeklies(stage, script, shelf)
        self._keepers = Keepers(stage, script)
        self._reports = Reports(stage, script, shelf)
        self._asking = [Asking(stage, script, story) for story in script.surveys]
        self._closing = {story.closes + _DAY for story in script.surveys}
        self._answering = [Answering(stage, script, asking, shelf) for asking in self._asking]

    def open(self) -> None:
        """The plan comes in."""
        stage = self._stage
        stage.scene("The plan comes in")
        result = bring_in(stage, self._script)
        stage.tell(
            f"{result.counts['added']} actions; {result.counts['needs_review']} of them could not "
            "be read for certain, so nobody is asked about those until a person settles them."
        )

    def day(self, today: date) -> None:
        """Everything that happens between nine and half past four."""
        stage = self._stage
        stage.at(today)
        stage.do(lambda app: set_meetings(app, self._script, today))
        stage.do(watch_concerns)
        stage.do(lambda app: reminder_round(app, today))
        stage.deliver()
        for asking in self._asking:
            asking.day(today)
        if stage.app.around.calendar.is_working_day(today):
            self._working_day(today)
        self._reports.day(today)
        if today.weekday() == 0 or today in self._closing:
            stage.do(tidy)

    def _working_day(self, today: date) -> None:
        stage = self._stage
        self._weeklies.day(today)
        self._keepers.day(today)
        for said in self._script.said:
            if said.on == today:
                self._say(said)
        self._leads.day(today)
        self._deciders.day(leave_dates=self._sittings.is_near(today))
        self._sittings.day(today)
        stage.at(today, 16, 30)
        stage.do(
            lambda app: read_queue(
                app, person(app, self._script.reviewer), person(app, self._script.deputy)
            )
        )
        for answering in self._answering:
            answering.day(today)

    def _say(self, said: Said) -> None:
        for line in said.lines:
            heard = self._stage.speak(said.who, line, named=said.who)
            if line.startswith("date ") and not heard.startswith("Thank you"):
                raise BadScript(f"{said.who} said '{line}' and was not understood: {heard}")


def play(script: Script, out: Path, *, until: date, progress: Progress) -> Shelf:
    """Plays it up to a day, and leaves its papers, a transcript and the database in `out`."""
    stage = Stage(out, script.begins, quietly=True)
    shelf = Shelf(out, script)
    try:
        year = Year(stage, script, shelf)
        year.open()
        day = script.begins
        while day <= until:
            if day.day == 1 or day == script.begins:
                progress(f"{script.name}: {day:%B %Y}")
            year.day(day)
            day += _DAY
    finally:
        stage.close()
    return shelf
