"""Leads who answer what they are asked, as people do: in a sentence, late, or not at all."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.year.chance import chance
from bot.year.script import BadScript, Script, Word
from reminders.recipients import recipients
from storage.people import Person
from storage.plans import Action, Nudge
from storage.rows import columns, rows

_DELAYS = (0, 0, 0, 1, 1, 2, 3)
_NOTHING_NEW = "nothing new"
_DONE = "Done"
_READ_BACK = ("I read this as", "I am not sure that I read this right")


@dataclass(frozen=True, slots=True)
class Asked:
    """One action that somebody was asked about and has not answered."""

    email: str
    ref: str
    since: date


class Leads:
    """What each has said so far, so that nobody says the same twice."""

    def __init__(self, stage: Stage, script: Script) -> None:
        self._stage = stage
        self._script = script
        self._spent: set[tuple[str, int]] = set()
        self._emails: dict[int, str] = {}
        self._stories = {story.ref: story for story in script.actions}

    def day(self, today: date) -> None:
        """Whoever speaks today, unasked or because they were asked."""
        self._unasked(today)
        for email, asked in sorted(self._waiting(today).items()):
            said = {one.ref: self._word(one.ref, today) for one in asked}
            quiet = [ref for ref, word in said.items() if word is None]
            for ref, word in said.items():
                if word is not None:
                    self._say(email, ref, word)
            if quiet:
                self._speak(email, "; ".join(f"{ref} {_NOTHING_NEW}" for ref in quiet))

    def _unasked(self, today: date) -> None:
        for story in self._script.actions:
            for place, word in enumerate(story.says):
                if word.on == today and (story.ref, place) not in self._spent:
                    self._spent.add((story.ref, place))
                    self._say(self._lead_of(story.ref), story.ref, word)

    def _waiting(self, today: date) -> dict[str, list[Asked]]:
        found: dict[str, list[Asked]] = defaultdict(list)
        for one in self._open_questions():
            if self._is_silent(one.ref, today) or today < self._ready(one):
                continue
            if one.ref not in {other.ref for other in found[one.email]}:
                found[one.email].append(one)
        return {email: asked for email, asked in found.items() if asked}

    def _open_questions(self) -> Iterator[Asked]:
        with self._stage.app.database.reading() as db:
            query = (
                columns(Person.email, Action.ref, Nudge.queued_on)
                .select_from(Person)
                .join(Nudge, col(Nudge.person_id) == col(Person.id))
                .join(Action, col(Action.id) == col(Nudge.action_id))
                .where(col(Nudge.answered_at).is_(None))
                .order_by(col(Action.position), col(Nudge.id))
            )
            found = list(rows(db, query))
        for email, ref, queued in found:
            if email is not None:
                yield Asked(email, ref, queued)

    def _ready(self, one: Asked) -> date:
        """When they come round to it: the same day, or a few days later."""
        random = chance(self._script.slug, one.ref, one.since)
        return one.since + timedelta(days=random.choice(_DELAYS))

    def _is_silent(self, ref: str, today: date) -> bool:
        story = self._stories.get(ref)
        return story is not None and any(start <= today <= end for start, end in story.silent)

    def _word(self, ref: str, today: date) -> Word | None:
        """What they say next of it; None where there is nothing new."""
        story = self._stories.get(ref)
        for place, word in enumerate(story.says if story else ()):
            if (ref, place) not in self._spent and _is_ripe(word, today):
                self._spent.add((ref, place))
                return word
        return None

    def _lead_of(self, ref: str) -> str:
        if (email := lead_of(self._stage, ref)) is None:
            raise BadScript(f"{ref}: nobody who can be reached leads it; say who speaks.")
        return email

    def _say(self, email: str, ref: str, word: Word) -> None:
        if not word.evidence:
            self._speak(email, f"{ref} {word.words}")
            return
        heard = self._stage.speak(email, f"update {ref}", named=email)
        self._stage.speak(email, number_of(heard, _DONE), named=email)
        self._stage.speak(email, word.words, named=email)
        self._stage.speak(email, word.evidence, named=email)

    def _speak(self, email: str, line: str) -> None:
        """A line, and a yes to what was read back."""
        heard = self._stage.speak(email, line, named=email)
        if not heard.startswith(_READ_BACK):
            raise BadScript(f"{email} said '{line}' and was not understood: {heard}")
        self._stage.speak(email, "yes", named=email)


def _is_ripe(word: Word, today: date) -> bool:
    return word.on is None and (word.after is None or word.after <= today)


def number_of(heard: str, label: str) -> str:
    """The number before one of the choices of a message."""
    line = next((line for line in heard.splitlines() if line.endswith(f") {label}")), None)
    if line is None:
        raise BadScript(f"Nothing of this can be chosen as '{label}': {heard}")
    return line.strip().partition(")")[0]


def lead_of(stage: Stage, ref: str) -> str | None:
    """The e-mail of who answers for an action."""
    app = stage.app
    with app.database.reading() as db:
        action = db.exec(select(Action).where(Action.ref == ref)).first()
        asked = [action.id or 0] if action is not None else []
        found = recipients(db, asked, today=app.around.today).values()
        ids = [one.person_id for each in found for one in each if one.person_id is not None]
        person = db.get(Person, ids[0]) if ids else None
        return person.email if person is not None else None
