"""Close-the-loop meetings: what was left for them is decided there, and stands in the minutes."""

from datetime import date, timedelta

from bot.demo.stage import Stage
from bot.year.script import BadScript, MinuteStory, Script, Sitting
from bot.year.shelf import Shelf
from digests.minute_taking import Said, attended, choices, end, minute, open_meeting
from digests.minutes import pack_of
from digests.pack import Pack
from digests.pack_items import Item, Sort
from storage.meetings import Outcome
from storage.people import person_of

_LEFT = timedelta(days=21)
"""What is asked for so shortly before a meeting is left for it."""
_USUAL = {
    Sort.DATE: (Outcome.DECIDED, "Agreed."),
    Sort.COMPLETION: (Outcome.CLOSED, "What shows it was looked at, and is enough."),
    Sort.ESCALATION: (Outcome.DECIDED, "Agreed: it goes one step up."),
    Sort.MOVED: (Outcome.NOTED, "The date stands."),
    Sort.BLOCKED: (Outcome.NOTED, "The chair rings whoever can free it before the next meeting."),
    Sort.SAID: (Outcome.NOTED, "Read out at the beginning."),
    Sort.TRAINING: (Outcome.NOTED, "It goes to whoever plans the courses."),
    Sort.LEARNING: (Outcome.NOTED, "Each group takes it to its next meeting."),
    Sort.OWED: (Outcome.DECIDED, "The voice lead drafts the answer before the next meeting."),
}


class Sittings:
    """The meetings of the script, taken down by the manager."""

    def __init__(self, stage: Stage, script: Script, shelf: Shelf) -> None:
        self._stage = stage
        self._script = script
        self._shelf = shelf

    def is_near(self, today: date) -> bool:
        """Whether a date that is asked for today is left for a meeting."""
        return any(timedelta() <= one.on - today <= _LEFT for one in self._script.sittings)

    def day(self, today: date) -> None:
        """Holds today's meeting, if there is one."""
        for sitting in self._script.sittings:
            if sitting.on == today:
                self._hold(sitting)

    def _hold(self, sitting: Sitting) -> None:
        app = self._stage.app
        now, today, calendar = app.around.now, app.around.today, app.around.calendar
        with app.database.writing() as db:
            manager = person_of(db, self._script.manager)
            who = manager.id if manager is not None and manager.id is not None else 0
            meeting = open_meeting(
                db,
                subject=sitting.body,
                held_on=sitting.on,
                title=sitting.title,
                person_id=who,
                now=now,
                calendar=calendar,
            )
            attended(
                db,
                meeting,
                present=sitting.present,
                apologies=sitting.apologies,
                person_id=who,
                now=now,
            )
            pack = pack_of(db, meeting)
            for said in _minutes(sitting, pack) if pack is not None else ():
                minute(db, meeting, said, person_id=who, now=now, today=today)
            kept = end(db, meeting, person_id=who, now=now, calendar=calendar)
            name = f"minutes-{sitting.on.isoformat()}"
            self._shelf.put_edition(db, kept, name)
        self._stage.tell(f"{sitting.title}: held, and the minutes are kept.")


def _minutes(sitting: Sitting, pack: Pack) -> list[Said]:
    """What the script says of things on the pack; what else waits for a decision gets one."""
    told = [_said(story, sitting, pack) for story in sitting.minutes]
    spoken = {said.item for said in told}
    usual = [
        Said(item.key, *_USUAL[item.sort])
        for item in pack.items
        if item.sort in _USUAL and item.key not in spoken
    ]
    return [*told, *usual]


def _said(story: MinuteStory, sitting: Sitting, pack: Pack) -> Said:
    outcome = Outcome(story.outcome)
    item = _item(story, pack)
    if story.about and item is None:
        there = "; ".join(f"{one.sort} {one.title[:40]}" for one in pack.items)
        raise BadScript(f"{sitting.on}: '{story.about}' is not on the pack. There are: {there}")
    if item is not None and outcome not in choices(item):
        raise BadScript(f"{sitting.on}: '{story.about}' cannot become {outcome}.")
    key = item.key if item is not None else ""
    return Said(key, outcome, story.text, story.moved_to, story.lead)


def _item(story: MinuteStory, pack: Pack) -> Item | None:
    """By its action's number, or by words in its title."""
    if not story.about:
        return None
    return next(
        (
            item
            for item in pack.items
            if (item.course is not None and item.course.ref == story.about)
            or story.about.casefold() in item.title.casefold()
        ),
        None,
    )
