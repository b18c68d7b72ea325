"""A command that is killed at one step: in a process of its own, forked from this one."""

import os
from typing import Any

from tests.commands.terminal import Terminal

_CODE = 9


def die(*_args: Any, **_kwargs: Any) -> None:
    """In the place of a step: the process ends there, without a word."""
    os._exit(_CODE)


def kill_at(terminal: Terminal, owner: Any, name: str, *words: str, by: Any = die) -> None:
    """Runs a command in which `name` of `owner` is what kills it."""
    child = os.fork()
    if child == 0:
        try:
            setattr(owner, name, by)
            terminal.run(*words)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == _CODE, f"it never came to {name}"
