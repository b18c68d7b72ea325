"""The few words that are Slack's alone, in the order in which somebody meets them. Pure."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """What we say where no message of the conversation says it."""

    name: str
    notice: str
    more: str
    picture: str
    wait_title: str
    wait: str
    close: str
    cancel: str
    done_title: str
    done: str
    had_already: str
    not_taken: str
    too_late: str
    unshown: str
    in_chat: str
    no_file: str

    @classmethod
    def of(cls, say: Callable[..., str]) -> "Phrases":
        """From the catalogue; `say` gives a text for a key."""
        return cls(
            name=say("slack.name"),
            notice=say("slack.notice"),
            more=say("slack.more"),
            picture=say("slack.picture"),
            wait_title=say("slack.wait_title"),
            wait=say("slack.wait"),
            close=say("slack.close"),
            cancel=say("slack.cancel"),
            done_title=say("slack.done_title"),
            done=say("slack.done"),
            had_already=say("slack.had_already"),
            not_taken=say("slack.not_taken"),
            too_late=say("slack.too_late"),
            unshown=say("slack.unshown"),
            in_chat=say("slack.in_chat"),
            no_file=say("slack.no_file"),
        )
