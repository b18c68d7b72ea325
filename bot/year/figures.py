"""Readings of the measures, entered by those who keep them once a quarter is over."""

from datetime import date, timedelta

from sqlmodel import Session as Db

from bot.demo.stage import Stage
from bot.year.script import BadScript, ReadingStory, Script
from digests.indicator_acts import New, NotTaken, enter, find
from digests.reading_rules import Entered
from storage.people import person_of
from storage.plans import Indicator

_COUNTED = timedelta(days=10)
"""How long after the day it is of a figure is known."""


class Keepers:
    """Whoever keeps a measure enters it."""

    def __init__(self, stage: Stage, script: Script) -> None:
        self._stage = stage
        self._script = script
        self._left = list(script.readings)

    def day(self, today: date) -> None:
        """Everything that has been counted by today and is not entered yet."""
        ready = [story for story in self._left if story.on + _COUNTED <= today]
        if not ready:
            return
        self._left = [story for story in self._left if story not in ready]
        with self._stage.app.database.writing() as db:
            for story in ready:
                self._enter(db, story, today)
        self._stage.tell(f"{len(ready)} readings entered.")

    def _enter(self, db: Db, story: ReadingStory, today: date) -> None:
        row = next(iter(find(db, story.ref)), None)
        if row is None:
            raise BadScript(f"The plan has no measure {story.ref}.")
        new = New(
            on=story.on,
            entered=Entered(story.value, story.part, story.whole),
            people=story.people,
            narrative=story.words,
            quality=story.quality,
        )
        try:
            enter(
                db,
                row,
                new,
                now=self._stage.app.around.now,
                today=today,
                how="board",
                person_id=self._keeper(db, row),
            )
        except NotTaken as error:
            raise BadScript(f"{story.ref}, {story.on}: {error}") from None

    def _keeper(self, db: Db, row: Indicator) -> int | None:
        if row.keeper_id is not None:
            return row.keeper_id
        manager = person_of(db, self._script.manager)
        return manager.id if manager is not None else None
