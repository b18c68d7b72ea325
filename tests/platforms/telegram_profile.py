"""The methods of the Bot API that set a bot up, and the answers to its buttons."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests.platforms.telegram_chats import Chats
from tests.platforms.telegram_request import Json, Params, bad_request

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_ANSWERABLE = timedelta(minutes=10)
_LENGTHS = {"description": 512, "short_description": 120, "name": 64}
_Key = tuple[str, str]


@dataclass(slots=True)
class Profile:
    """Commands, descriptions and menu buttons as they were set, by scope and language."""

    chats: Chats
    clock: Callable[[], datetime]
    commands: dict[_Key, list[Json]] = field(default_factory=dict)
    texts: dict[_Key, str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    queries: dict[str, datetime] = field(default_factory=dict)
    answered: list[Json] = field(default_factory=list)

    def table(self) -> dict[str, Callable[[Params], Any]]:
        found: dict[str, Callable[[Params], Any]] = {
            "getme": self.get_me,
            "answercallbackquery": self.answer_query,
            "setmycommands": self.set_commands,
            "getmycommands": lambda params: self.commands.get(_key(params), []),
            "deletemycommands": self.delete_commands,
            "setchatmenubutton": self.set_menu_button,
            "getchatmenubutton": self.get_menu_button,
        }
        for name in _LENGTHS:
            method = f"my{name.replace('_', '')}"
            found[f"set{method}"] = partial(self._set, name)
            found[f"get{method}"] = partial(self._get, name)
        return found

    def get_me(self, _params: Params) -> Json:
        return self.chats.bot_json() | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def answer_query(self, params: Params) -> bool:
        query = params.text("callback_query_id")
        asked_at = self.queries.get(query)
        if asked_at is None or self.clock() - asked_at > _ANSWERABLE:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        if len(params.text("text")) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        self.answered.append({"query": query, "text": params.text("text")})
        return True

    def set_commands(self, params: Params) -> bool:
        wanted = params.json("commands")
        if not isinstance(wanted, list) or len(wanted) > 100:
            raise bad_request("there must be at most 100 commands")
        for one in wanted:
            if not _COMMAND.fullmatch(one.get("command", "").removeprefix("/")):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(one.get("description", "")) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[_key(params)] = wanted
        return True

    def delete_commands(self, params: Params) -> bool:
        self.commands.pop(_key(params), None)
        return True

    def set_menu_button(self, params: Params) -> bool:
        button = params.json("menu_button") or {"type": "default"}
        self.menu_buttons[params.number("chat_id")] = button
        return True

    def get_menu_button(self, params: Params) -> Json:
        return self.menu_buttons.get(params.number("chat_id"), {"type": "default"})

    def _set(self, name: str, params: Params) -> bool:
        text = params.text(name)
        if len(text) > _LENGTHS[name]:
            raise bad_request(f"{name} is too long")
        self.texts[name, _language(params)] = text
        return True

    def _get(self, name: str, params: Params) -> Json:
        """In this language, else in none."""
        default = self.texts.get((name, ""), "")
        return {name: self.texts.get((name, _language(params)), default)}


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _key(params: Params) -> _Key:
    scope = params.json("scope") or {"type": "default"}
    return scope["type"], _language(params)
