"""Settings in words: "settings days mon, wed", "away until 12 May, Sam Lee covers"."""

import re
from collections.abc import Callable
from datetime import date

from bot.access import Who
from bot.replies import Replies
from bot.staff.lead_dates import day_in
from bot.staff.settings_form import show
from bot.staff.settings_taking import take

_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri")
_ALONE = re.compile(r"(?:quiet|away) (?:until |till |off$)", re.IGNORECASE)
_COVERS = re.compile(
    r"[,;]?\s*(?P<who>[^,;]+?)\s+(?:covers|will cover|is covering)\b.*$", re.IGNORECASE
)


def is_setting(text: str) -> bool:
    """ "quiet until 12 May" and "away until ..." need no word before them."""
    return _ALONE.match(text.strip()) is not None


def said(replies: Replies, who: Who, words: str) -> None:
    """Takes what was chosen and shows how it stands; without words it only shows."""
    name, _, rest = words.strip().partition(" ")
    if not name:
        show(replies, who)
        return
    read = _READ.get(name.casefold().rstrip(":"))
    values = read(replies, rest.strip()) if read is not None else None
    if values is None:
        replies.say("settings.unread")
        replies.queue("settings", person=who.person_id)
    elif wrong := take(replies, who, values):
        first = next(iter(wrong.values()))
        replies.say(f"settings.{first.key}", **_sayable(first.params))
    else:
        replies.queue("settings", person=who.person_id, changed=True)


def _sayable(params: object) -> dict[str, str]:
    """Days go through the outbox as text."""
    found = dict(params) if isinstance(params, dict) else {}
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in found.items()
    }


Values = dict[str, str]
_BAD = "?"


def _hour(_: Replies, rest: str) -> Values:
    return {"hour": _hour_in(rest)}


def _hour_in(text: str) -> str:
    """ "8", "8:00", "8am", "2 pm"; what is none of these stays as it is, to be refused."""
    match = re.search(r"\b(\d{1,2})(?:[:.]00)?\s*(am|pm)?\b", text.casefold())
    if match is None:
        return "" if text.casefold() in ("", "usual", "any") else _BAD
    hour = int(match[1])
    return str(hour + 12 if match[2] == "pm" and hour < 12 else hour)


def _days(_: Replies, rest: str) -> Values:
    if rest.casefold() in ("any", "all", "usual", ""):
        return {"days": ""}
    words = [word for word in re.split(r"[\s,;]+|\band\b", rest.casefold()) if word]
    return {"days": " ".join(_day_number(word) for word in words)}


def _day_number(word: str) -> str:
    return str(_DAY_NAMES.index(word[:3])) if word[:3] in _DAY_NAMES else _BAD


def _until(replies: Replies, text: str) -> str:
    day, _ = day_in(replies, text)
    return day.isoformat() if day is not None else _BAD


def _quiet(replies: Replies, rest: str) -> Values:
    return {"quiet": "" if rest.casefold() in ("off", "no") else _until(replies, rest)}


def _away(replies: Replies, rest: str) -> Values:
    if rest.casefold() in ("off", "no", "back"):
        return {"away": ""}
    covers = _COVERS.search(rest)
    deputy = {"deputy": covers["who"]} if covers is not None else {}
    return {"away": _until(replies, rest[: covers.start()] if covers else rest), **deputy}


def _deputy(_: Replies, rest: str) -> Values:
    return {"deputy": "" if rest.casefold() in ("off", "nobody") else rest}


def _language(_: Replies, rest: str) -> Values:
    return {"language": rest}


def _where(_: Replies, rest: str) -> Values:
    return {"platform": rest}


def _digest(_: Replies, rest: str) -> Values:
    words = rest.casefold().split(maxsplit=1)
    if words[:1] in (["off"], ["no"]):
        return {"digest": "off"}
    if not words or words[0] in ("on", "usual"):
        return {"digest": "", "digest_hour": ""}
    hour = {"digest_hour": _hour_in(words[1])} if words[1:] else {}
    return {"digest": _day_number(words[0]), **hour}


_READ: dict[str, Callable[[Replies, str], Values]] = {
    "hour": _hour,
    "at": _hour,
    "days": _days,
    "day": _days,
    "quiet": _quiet,
    "away": _away,
    "deputy": _deputy,
    "language": _language,
    "where": _where,
    "digest": _digest,
}
