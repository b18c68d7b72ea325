"""What somebody at the other end of the benchmark does with what is on their screen."""

import re
from typing import Any, Protocol

from tests.platforms.slack_people import Person as SlackPerson
from tests.platforms.teams_people import Person as TeamsPerson
from tests.platforms.teams_state import Seen

Json = dict[str, Any]
ON_TRACK = re.compile(r"status:\d+:on_track|go")
OPEN = re.compile(r".+:yes|open")
"""The tokens of the buttons, ours and those of the bare app."""
SEND = "send"
_TYPED = {
    "plain_text_input": "word of mouth",
    "number_input": "3",
    "datepicker": "2023-06-15",
    "timepicker": "14:30",
    "Input.Text": "word of mouth",
    "Input.Number": "3",
    "Input.Date": "2023-06-15",
    "Input.Time": "14:30",
}


class Screen(Protocol):
    """One person's app. `troubles`: what they saw go wrong."""

    @property
    def id(self) -> str: ...

    @property
    def troubles(self) -> list[str]: ...

    @property
    def has_form(self) -> bool: ...

    def arrive(self) -> None: ...

    def say(self) -> None: ...

    def press(self) -> None: ...

    def open_form(self) -> None: ...

    def send_page(self) -> None: ...


def words_of(name: str) -> str:
    """What "Lead 12" says of the last of their actions."""
    return f"{name.rpartition(' ')[2]}.1 on track, everybody is trained"


class SlackScreen:
    """Somebody in Slack."""

    def __init__(self, person: SlackPerson) -> None:
        self._person = person
        self._pressed: set[str] = set()
        self._words = words_of(person.user.name)

    @property
    def id(self) -> str:
        return self._person.id

    @property
    def troubles(self) -> list[str]:
        return self._person.troubles

    @property
    def has_form(self) -> bool:
        view = self._person.modal
        return view is not None and bool(view.inputs)

    def arrive(self) -> None:
        """They are there already."""

    def say(self) -> None:
        self._person.says(self._words)

    def press(self) -> None:
        self._press(ON_TRACK)

    def open_form(self) -> None:
        self._press(OPEN)

    def send_page(self) -> None:
        view = self._person.modal
        assert view is not None
        self._person.fills(
            {block["block_id"]: _option(block["element"]) for block in view.inputs}, view
        )

    def _press(self, what: re.Pattern[str]) -> None:
        """The newest of these buttons that was not pressed yet; the bare app's always."""
        for shown in reversed(self._person.channel.messages.values()):
            for button, _ in shown.buttons:
                token = button.get("value", "")
                if shown.by_bot and what.fullmatch(token) and token not in self._pressed:
                    self._pressed.update({token} if ":" in token else ())
                    self._person.presses(token, shown)
                    return
        raise AssertionError(f"there is no such button before {self._person.user.name}")


def _option(element: Json) -> str:
    options = element.get("options")
    return options[0]["value"] if options else _TYPED[element["type"]]


class TeamsScreen:
    """Somebody in Teams."""

    def __init__(self, person: TeamsPerson) -> None:
        self._person = person
        self._pressed: set[str] = set()
        self._words = words_of(person.member.name)

    @property
    def id(self) -> str:
        return self._person.id

    @property
    def troubles(self) -> list[str]:
        return self._person.troubles

    @property
    def has_form(self) -> bool:
        return self._form() is not None

    def arrive(self) -> None:
        self._person.installs()

    def say(self) -> None:
        self._person.says(self._words)

    def press(self) -> None:
        self._press(ON_TRACK)

    def open_form(self) -> None:
        self._press(OPEN)

    def send_page(self) -> None:
        seen = self._form()
        assert seen is not None
        values = {one["id"]: _choice(one) for one in seen.inputs}
        title = next(one["title"] for one in seen.actions if one.get("verb") == SEND)
        self._person.fills(values, title, seen)

    def _form(self) -> Seen | None:
        chat = reversed(self._person.conversation.messages.values())
        return next((seen for seen in chat if seen.by_bot and seen.inputs), None)

    def _press(self, what: re.Pattern[str]) -> None:
        for seen in reversed(self._person.conversation.messages.values()):
            for action in seen.actions if seen.by_bot else ():
                token = (action.get("data") or {}).get("loop", {}).get("t", "")
                if what.fullmatch(token) and token not in self._pressed:
                    self._pressed.update({token} if ":" in token else ())
                    self._person.presses(action["title"], seen)
                    return
        raise AssertionError(f"there is no such button before {self._person.member.name}")


def _choice(one: Json) -> str:
    return one["choices"][0]["value"] if "choices" in one else _TYPED[one["type"]]
