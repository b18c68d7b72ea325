"""Somebody in Teams: what they do, and what is on their screen.

    sam = teams.person("Sam Taylor", "sam@police.example")
    sam.installs(); sam.says("actions"); sam.presses("Done")
    sam.fills({"How is it going?": "Done"}, "Send")

`teams.pending` falls to 0 when the app has answered all of it. What Teams itself would not let
them do is an AssertionError.
"""

import json
from typing import TYPE_CHECKING

from tests.platforms.teams_activities import Activities
from tests.platforms.teams_calls import Answer
from tests.platforms.teams_cards import CARD
from tests.platforms.teams_filling import Values, filled
from tests.platforms.teams_limits import Json
from tests.platforms.teams_schema import all_card_problems
from tests.platforms.teams_state import Conversation, Member, Seen, Standing

if TYPE_CHECKING:
    from tests.platforms.teams_server import TeamsServer

_NOTE = "application/vnd.microsoft.activity.message"
_OURS = "application/vnd.microsoft."


class Person:
    """`troubles`: what they saw go wrong; `notes`: brief answers shown at a card."""

    def __init__(self, server: "TeamsServer", member: Member) -> None:
        self._server = server
        self._activities = Activities(server, member)
        self.member = member
        self.troubles: list[str] = []
        self.notes: list[str] = []
        self.is_old = False
        """Whether their app knows no Action.Execute and takes its fallback."""

    @property
    def id(self) -> str:
        """By which the app knows them."""
        return self.member.aad

    def on_mobile(self) -> "Person":
        self._activities.is_mobile = True
        return self

    # what they see

    @property
    def conversation(self) -> Conversation:
        return self._server.personal(self.member)

    @property
    def chat(self) -> list[Seen]:
        """Their chat with the bot as it stands now."""
        with self._server.lock:
            return list(self.conversation.messages.values())

    @property
    def heard(self) -> list[str]:
        """What the bot's messages say now."""
        return [one.words for one in self.chat if one.by_bot]

    @property
    def last(self) -> Seen:
        return next(one for one in reversed(self.chat) if one.by_bot)

    @property
    def labels(self) -> list[str]:
        """The buttons of the newest message that has any."""
        return next((one.labels for one in reversed(self.chat) if one.labels), [])

    # how they stand to the app

    def installs(self) -> None:
        with self._server.lock:
            self.member.standing = Standing.INSTALLED
            for activity in self._activities.installed(self.conversation):
                self._server.tell(activity)

    def uninstalls(self) -> None:
        with self._server.lock:
            self.member.standing = Standing.REMOVED
            self._server.tell(self._activities.removed(self.conversation))

    def blocks(self) -> None:
        """Nothing tells the app: it learns it when it writes."""
        self.member.standing = Standing.BLOCKED

    def unblocks(self) -> None:
        self.member.standing = Standing.INSTALLED

    def leaves(self) -> None:
        """Their account is deleted."""
        self.member.standing = Standing.GONE

    # words

    def says(self, text: str, flaw: str = "") -> str:
        """In their chat with the bot; the id of the activity. `flaw`: of its token."""
        self._check_there()
        with self._server.lock:
            activity = self._activities.message(self.conversation, text)
            self._own(activity, text)
            return self._server.tell(activity, flaw=flaw)

    def says_in(self, team: Conversation, text: str) -> str:
        """To the bot, where others read along."""
        return self._server.tell(self._activities.mention(team, text))

    def edits(self, text: str, nth_last: int = 1) -> str:
        """One of their own messages, the last unless it says otherwise."""
        with self._server.lock:
            seen = [one for one in self.chat if not one.by_bot][-nth_last]
            seen.text, seen.edits = text, seen.edits + 1
            return self._server.tell(self._activities.edited(self.conversation, seen.id, text))

    def sends(self, name: str, caption: str = "") -> str:
        """A file."""
        with self._server.lock:
            activity = self._activities.file(self.conversation, name, caption)
            self._own(activity, caption)
            return self._server.tell(activity)

    def _own(self, activity: Json, text: str) -> None:
        seen = Seen(activity["id"], False, text)
        self.conversation.messages[seen.id] = seen

    def _check_there(self) -> None:
        standing = self.member.standing
        is_there = standing in (Standing.INSTALLED, Standing.BLOCKED)
        assert is_there, f"{self.member.name} has not installed the app"

    # cards

    def presses(self, what: str, on: Seen | None = None, flaw: str = "") -> str:
        """The newest button with this title or id; the address it leads to, if it does.

        The inputs of the card go with it as they stand.
        """
        return self._press({}, what, on, flaw)

    def fills(self, values: Values, press: str, on: Seen | None = None) -> None:
        """Fills in the newest card with that button, and presses it."""
        self._press(values, press, on, "")

    def looks(self, on: Seen | None = None) -> bool:
        """Their app shows a card again: it asks for a fresh one, where it is meant for them."""
        seen = on or self.last
        refresh = (seen.card or {}).get("refresh")
        if not refresh or self.member.id not in refresh.get("userIds", [self.member.id]):
            return False
        self._execute(refresh["action"], refresh["action"].get("data", {}), seen, "automatic", "")
        return True

    def _press(self, values: Values, what: str, on: Seen | None, flaw: str) -> str:
        seen, action = self._action(what, on)
        if self.is_old and action["type"] == "Action.Execute":
            action = action.get("fallback", {})
            assert action, "an old app shows no such button: it has no fallback"
        if action["type"] == "Action.OpenUrl":
            return str(action["url"])
        takes = action.get("associatedInputs", "auto").lower() != "none"
        entered = filled(seen.inputs, values) if takes else {}
        data = (action.get("data") or {}) | entered
        if action["type"] == "Action.Execute":
            self._execute(action, data, seen, "manual", flaw)
        else:
            self._server.tell(
                self._activities.submitted(self.conversation, data, seen.id),
                self._taken("press"),
                flaw,
            )
        return ""

    def _action(self, what: str, on: Seen | None) -> tuple[Seen, Json]:
        places = [on] if on else list(reversed(self.chat))
        for seen in places:
            for action in seen.actions:
                if what in (action.get("title"), action.get("id")):
                    return seen, action
        shown = [label for seen in places for label in seen.labels]
        raise AssertionError(f"there is no button {what!r} before {self.member.name}, but {shown}")

    def _execute(self, action: Json, data: Json, seen: Seen, trigger: str, flaw: str) -> None:
        with self._server.lock:
            told = self._activities.executed(
                self.conversation, action, data, on=seen.id, trigger=trigger
            )
            self._server.tell(told, lambda answer: self._executed(seen, answer), flaw)

    def _executed(self, seen: Seen, answer: Answer) -> None:
        """The answer to an invoke: a card in place of the one, or a line at it."""
        with self._server.lock:
            told = answer.json()
            if answer.status != 200 or told is None:
                self.troubles.append(f"press: {answer.status}")
                return
            problem = self._shown(seen, told)
            if problem:
                self.troubles.append(f"press: {problem}")

    def _shown(self, seen: Seen, told: Json) -> str:
        kind, value = told.get("type"), told.get("value")
        if told.get("statusCode") != 200:
            return f"{told.get('statusCode')} {str(kind).removeprefix(_OURS)}"
        if kind == _NOTE and isinstance(value, str):
            self.notes.append(value)
            return ""
        if kind != CARD:
            return f"no such answer to a press: {json.dumps(kind)}"
        problems = all_card_problems(value)
        if problems:
            return "; ".join(problems)
        seen.card, seen.refreshed = value, seen.refreshed + 1
        return ""

    def _taken(self, act: str) -> "Taken":
        return Taken(self, act)


class Taken:
    """Notes where an act was not taken."""

    def __init__(self, person: Person, act: str) -> None:
        self._person = person
        self._act = act

    def __call__(self, answer: Answer) -> None:
        if not answer.is_taken:
            self._person.troubles.append(f"{self._act}: {answer.status}")
