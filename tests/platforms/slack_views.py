"""The views of the Web API: modals, which a trigger opens within three seconds, and homes."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.slack_blocks import view_problems
from tests.platforms.slack_request import Json, Params, Refused
from tests.platforms.slack_state import View, Workspace, new_id, with_ids

_DEEPEST = 3
_hashes = itertools.count(1)


@dataclass(slots=True)
class Trigger:
    """What an act of somebody allows: one modal, for a short while."""

    workspace: str
    user: str
    at: float
    is_used: bool = False


@dataclass(slots=True)
class Triggers:
    """`seconds`: how long one lives, by a clock that goes on steadily."""

    clock: Callable[[], float]
    seconds: float = 3.0
    given: dict[str, Trigger] = field(default_factory=dict)

    def give(self, workspace: Workspace, user: str) -> str:
        number = f"{1_000_000 + len(self.given)}.{new_id('t')}"
        self.given[number] = Trigger(workspace.id, user, self.clock())
        return number

    def take(self, workspace: Workspace, trigger_id: str) -> str:
        """Who may be shown a modal for it; it is spent by this."""
        trigger = self.given.get(trigger_id)
        if trigger is None or trigger.workspace != workspace.id:
            raise Refused("invalid_trigger_id")
        if trigger.is_used:
            raise Refused("exchanged_trigger_id")
        if self.clock() - trigger.at > self.seconds:
            raise Refused("expired_trigger_id")
        trigger.is_used = True
        return trigger.user


class Views:
    """views.open, push, update and publish, and what a submission's answer does."""

    def __init__(self, triggers: Triggers) -> None:
        self._triggers = triggers
        self.table: dict[str, Callable[[Workspace, Params], Any]] = {
            "views.open": self.open,
            "views.push": self.push,
            "views.update": self.update,
            "views.publish": self.publish,
        }

    def open(self, workspace: Workspace, params: Params) -> Json:
        view = checked(params.json("view"), "modal")
        user = self._triggers.take(workspace, params.needed("trigger_id"))
        workspace.stacks[user] = []
        return {"view": workspace.view_json(self.shown(workspace, user, view))}

    def push(self, workspace: Workspace, params: Params) -> Json:
        view = checked(params.json("view"), "modal")
        user = self._triggers.take(workspace, params.needed("trigger_id"))
        return {"view": workspace.view_json(self.shown(workspace, user, view))}

    def shown(self, workspace: Workspace, user: str, body: Json) -> View:
        """On top of what they have open."""
        stack = workspace.stacks.setdefault(user, [])
        if len(stack) >= _DEEPEST:
            raise Refused("push_limit_reached")
        view = _made(workspace, user, body)
        view.root = stack[0] if stack else view.id
        view.previous = stack[-1] if stack else ""
        workspace.views[view.id] = view
        stack.append(view.id)
        return view

    def update(self, workspace: Workspace, params: Params) -> Json:
        body = checked(params.json("view"), "modal", "home")
        view = self._open_view(workspace, params)
        if params.text("hash") and params.text("hash") != view.hash:
            raise Refused("hash_conflict")
        if body["type"] != view.body["type"]:
            raise Refused("invalid_arguments", ("the type of a view cannot change",))
        replace_view(view, body)
        return {"view": workspace.view_json(view)}

    def _open_view(self, workspace: Workspace, params: Params) -> View:
        if not params.text("view_id") and not params.text("external_id"):
            raise Refused("invalid_arguments", ("view_id or external_id is required",))
        outer = params.text("external_id")
        stacked = [view for stack in workspace.stacks.values() for view in stack]
        for view in (*(workspace.views[one] for one in stacked), *workspace.homes.values()):
            if view.id == params.text("view_id") or (outer and view.external_id == outer):
                return view
        raise Refused("not_found")

    def publish(self, workspace: Workspace, params: Params) -> Json:
        user = params.needed("user_id")
        body = checked(params.json("view"), "home")
        if user not in workspace.users:
            raise Refused("user_not_found")
        if not workspace.app.has_home:
            raise Refused("not_enabled")
        view = workspace.homes.get(user)
        if view is None:
            view = workspace.homes[user] = _made(workspace, user, body)
        elif params.text("hash") and params.text("hash") != view.hash:
            raise Refused("hash_conflict")
        else:
            replace_view(view, body)
        return {"view": workspace.view_json(view)}


def checked(view: Any, *kinds: str) -> Json:
    """Refuses what Slack refuses; the reasons are in its answer."""
    problems = view_problems(view)
    if not problems and view["type"] not in kinds:
        problems = [f"type must be {' or '.join(kinds)} [json-pointer:/view/type]"]
    if "view_too_large" in problems:
        raise Refused("view_too_large")
    if problems:
        raise Refused("invalid_arguments", tuple(problems))
    found: Json = view
    return found


def replace_view(view: View, body: Json) -> None:
    view.body = _kept(body)
    view.hash = _new_hash()
    view.errors = {}
    view.external_id = body.get("external_id", view.external_id)


def _made(workspace: Workspace, user: str, body: Json) -> View:
    outer = body.get("external_id", "")
    taken = (*workspace.views.values(), *workspace.homes.values())
    if outer and any(view.external_id == outer for view in taken):
        raise Refused("duplicate_external_id")
    return View(new_id("V"), user, _kept(body), _new_hash(), external_id=outer)


def _kept(body: Json) -> Json:
    absent = {"private_metadata": "", "callback_id": "", "clear_on_close": False, "close": None}
    return absent | {"submit": None} | body | {"blocks": with_ids(body["blocks"])}


def _new_hash() -> str:
    return f"1700000000.{next(_hashes):08x}"
