"""Somebody in a workspace: what they do there, and what is on their screen.

    sam = slack.person("Sam Taylor", "sam@rochdale.example")
    sam.says("actions"); sam.presses("Done"); sam.fills({"How is it going?": "Done"})

Each act is told to the app the way it chose, Socket Mode or HTTP; `slack.pending` falls to 0 when
all were acknowledged. What Slack itself would not let them do is an AssertionError.
"""

import html
from typing import TYPE_CHECKING

from tests.platforms.slack_acts import Acts
from tests.platforms.slack_filling import Values, filled, option_of
from tests.platforms.slack_request import Json, Refused
from tests.platforms.slack_state import Channel, Shown, User, View, Workspace, new_id
from tests.platforms.slack_views import checked, replace_view

if TYPE_CHECKING:
    from tests.platforms.slack_delivery import Answer
    from tests.platforms.slack_server import SlackServer


class Person:
    """`troubles`: what they saw go wrong, as Slack's own warning would tell them."""

    def __init__(self, server: "SlackServer", workspace: Workspace, user: User) -> None:
        self._server = server
        self._acts = Acts(server, workspace)
        self.workspace = workspace
        self.user = user
        self.troubles: list[str] = []

    @property
    def id(self) -> str:
        return self.user.id

    # what they see

    @property
    def channel(self) -> Channel:
        return self.workspace.dm(self.id)

    @property
    def dm(self) -> list[Shown]:
        """The conversation with the bot as it stands now, threads in their order of time."""
        with self._server.lock:
            shown = self.channel.messages.values()
            return [one for one in shown if one.only_for in ("", self.id)]

    @property
    def heard(self) -> list[str]:
        """What the bot's messages say now."""
        return [one.words for one in self.dm if one.by_bot]

    @property
    def last(self) -> Shown:
        return next(one for one in reversed(self.dm) if one.by_bot)

    def thread(self, of: Shown) -> list[Shown]:
        """What hangs on a message."""
        return [one for one in self.dm if one.thread_ts == of.ts]

    @property
    def home(self) -> View | None:
        return self.workspace.homes.get(self.id)

    @property
    def modal(self) -> View | None:
        """What they have open; with several the one on top."""
        with self._server.lock:
            stack = self.workspace.stacks.get(self.id)
            return self.workspace.views[stack[-1]] if stack else None

    @property
    def errors(self) -> dict[str, str]:
        """What stands at the inputs of their modal, by label."""
        view = self.modal
        found = view.errors if view else {}
        labels = {one["block_id"]: one["label"]["text"] for one in (view.inputs if view else [])}
        return {labels[block]: text for block, text in found.items()}

    # words

    def says(self, text: str, thread: Shown | None = None) -> str:
        """In the direct message with the bot; the id of the event."""
        return self._says(self.channel, text, thread_ts=thread.ts if thread else "")

    def says_in(self, channel: Channel, text: str) -> str:
        """Where others read along; `<@bot>` in it is a mention."""
        return self._says(channel, text.replace("<@bot>", f"<@{self.workspace.bot.id}>"))

    def _says(self, channel: Channel, text: str, thread_ts: str = "") -> str:
        with self._server.lock:
            ts = self._server.methods.ts()
            shown = Shown(ts, self.id, False, html.escape(text, quote=False), thread_ts=thread_ts)
            if f"<@{self.workspace.bot.id}>" in text:
                shown.text = text
            channel.messages[ts] = shown
            return self._acts.message(channel, shown)

    def edits(self, text: str, nth_last: int = 1) -> str:
        """One of their own messages, the last unless it says otherwise."""
        with self._server.lock:
            shown = [one for one in self.dm if not one.by_bot][-nth_last]
            before = self.workspace.message_json(shown)
            shown.text, shown.edits = html.escape(text, quote=False), shown.edits + 1
            return self._acts.changed(self.channel, shown, before)

    def sends(self, name: str, caption: str = "") -> str:
        """A file."""
        with self._server.lock:
            file = {"id": new_id("F"), "name": name, "mimetype": "application/octet-stream"}
            shown = Shown(self._server.methods.ts(), self.id, False, html.escape(caption))
            shown.files = [file]
            self.channel.messages[shown.ts] = shown
            return self._acts.message(self.channel, shown, subtype="file_share")

    def commands(self, line: str) -> None:
        """`/loop actions`: its answer, if it has words, is shown to them alone."""
        name, _, text = line.partition(" ")
        self._acts.known("commands", name)
        self._acts.command(self.user, self.channel, name, text, self._command_answered)

    def shortcut(self, callback_id: str) -> None:
        self._acts.known("shortcuts", callback_id)
        self._acts.shortcut(self.user, callback_id, self._answered("shortcut"))

    def opens_home(self) -> str:
        assert self.workspace.app.has_home, "there is no home: the manifest does not switch it on"
        return self._acts.home_opened(self.user, "home")

    def opens_messages(self) -> str:
        return self._acts.home_opened(self.user, "messages")

    # presses and choices

    def presses(self, what: str, on: Shown | View | None = None) -> str:
        """The newest button with this label, value or action_id; the address it leads to, if any.

        `on`: a message, home or modal; otherwise their modal if they have one, else the messages.
        """
        place, button, block = self._button(what, on)
        action = {
            "type": "button",
            "action_id": button["action_id"],
            "block_id": block["block_id"],
            "text": button["text"],
            "action_ts": self._server.methods.ts(),
        }
        action |= {name: button[name] for name in ("value", "style") if name in button}
        self._acts.pressed(self.user, self.channel, place, action, self._answered("press"))
        return str(button.get("url", ""))

    def presses_home(self, what: str) -> str:
        assert self.home is not None, "nothing was ever published to their home"
        return self.presses(what, self.home)

    def picks(self, option: str, on: Shown | View | None = None) -> None:
        """An option of a menu or of radio buttons in a message or home, by its label or value."""
        for place in self._places(on):
            for element, block in self._acts.choices(place.blocks, option):
                action = {
                    "type": element["type"],
                    "action_id": element["action_id"],
                    "block_id": block["block_id"],
                    "selected_option": option_of(element, option),
                    "action_ts": self._server.methods.ts(),
                }
                answered = self._answered("choice")
                return self._acts.pressed(self.user, self.channel, place, action, answered)
        raise AssertionError(f"there is no option {option!r} on the screen of {self.user.name}")

    def _places(self, on: Shown | View | None) -> list[Shown | View]:
        if on is not None:
            return [on]
        modal = self.modal
        return [modal] if modal else list(reversed(self.dm))

    def _button(self, what: str, on: Shown | View | None) -> tuple[Shown | View, Json, Json]:
        places = self._places(on)
        for place in places:
            for button, block in self._acts.buttons(place.blocks):
                label = button["text"]["text"]
                if what in (label, button.get("value"), button["action_id"]):
                    return place, button, block
        seen = [b["text"]["text"] for p in places for b, _ in self._acts.buttons(p.blocks)]
        raise AssertionError(f"there is no button {what!r} before {self.user.name}, but {seen}")

    # modals

    def fills(self, values: Values, view: View | None = None) -> None:
        """Fills in the modal and sends it; what Slack itself refuses is an AssertionError."""
        chosen = view or self.modal
        assert chosen is not None, f"{self.user.name} has no modal open"
        assert chosen.body.get("submit"), "this modal cannot be sent: it has no submit button"
        chosen.errors = {}
        state = filled(chosen, values)
        self._acts.submitted(self.user, chosen, state, lambda told: self._sent(chosen, told))

    def closes(self) -> None:
        """The modal on top."""
        view = self.modal
        assert view is not None, f"{self.user.name} has no modal open"
        self.workspace.stacks[self.id].remove(view.id)
        if view.body.get("notify_on_close"):
            self._acts.closed(self.user, view, self._answered("closing"))

    def _sent(self, view: View, answer: "Answer | None") -> None:
        with self._server.lock:
            stack = self.workspace.stacks.get(self.id, [])
            if answer is None:
                self.troubles.append("form: the app did not answer")
            elif view.id in stack:
                self._respond(view, stack, answer.payload or {})

    def _respond(self, view: View, stack: list[str], told: Json) -> None:
        action = told.get("response_action")
        try:
            if not told:
                stack.remove(view.id)
            elif action == "clear":
                stack.clear()
            elif action == "errors":
                view.errors = _errors(view, told.get("errors"))
            elif action == "update":
                replace_view(view, checked(told.get("view"), "modal"))
            elif action == "push":
                body = checked(told.get("view"), "modal")
                self._server.views.shown(self.workspace, self.id, body)
            else:
                raise Refused("invalid_response_action")
        except Refused as refused:
            self.troubles.append(f"form: {refused}")

    def _answered(self, act: str) -> "Answers":
        return Answers(self, act)

    def _command_answered(self, answer: "Answer | None") -> None:
        Answers(self, "command")(answer)
        if answer is not None and answer.payload:
            self._server.answered_command(self.workspace, self.channel, self.id, answer.payload)


class Answers:
    """Takes the app's answer to an act; none is seen as a warning."""

    def __init__(self, person: Person, act: str) -> None:
        self._person = person
        self._act = act

    def __call__(self, answer: "Answer | None") -> None:
        if answer is None:
            self._person.troubles.append(f"{self._act}: the app did not answer")


def _errors(view: View, errors: object) -> dict[str, str]:
    """Errors stand at inputs that are there, and say something."""
    known = {block["block_id"] for block in view.inputs}
    if not isinstance(errors, dict) or not errors or not set(errors) <= known:
        raise Refused("invalid_arguments", ("errors name blocks that are no inputs",))
    if not all(isinstance(text, str) and text.strip() for text in errors.values()):
        raise Refused("invalid_arguments", ("an error without words",))
    return dict(errors)
