"""Whether Slack would take these blocks and views: Block Kit with its published limits, strictly.

    assert not message_problems({"text": ..., "blocks": [...]})
    assert not view_problems({"type": "modal", ...})

Each problem says what and where, as the platform's `response_metadata.messages` does.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.platforms.shapes import (
    Check,
    all_of,
    anything,
    boolean,
    kinds,
    length,
    list_of,
    one_of,
    shape,
    string,
)
from tests.platforms.slack_elements import (
    ELEMENTS,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    element,
    plain,
    words,
)

LONGEST_TEXT = 40_000
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
LONGEST_BLOCKS = 12_000
"""Characters of text in all blocks of a message: not published, but refused beyond about here."""
LARGEST_VIEW = 250_000
_CONTROL = re.compile(r"<[!@#][^>]*>")
_LOUD = re.compile(r"<[!@#][^>]*>|@(here|channel|everyone)\b", re.IGNORECASE)
_IN_PLACES = ("text", "blocks", "elements", "fields", "accessory", "element", "label", "title")
_BLOCK_ID = string(255)


def _section_says_something(block: Any, where: str) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield f"missing required field: text or fields [{where}]"


_SECTION = all_of(
    shape(
        block_id_=_BLOCK_ID,
        text_=words(3000),
        fields_=list_of(words(2000), 1, 10),
        accessory_=kinds(image=IMAGE, **{name: ELEMENTS[name] for name in IN_SECTION}),
        expand_=boolean,
    ),
    _section_says_something,
)
_IN_CONTEXT = kinds(
    image=IMAGE,
    plain_text=shape(text=string(3000), emoji_=boolean),
    mrkdwn=shape(text=string(3000), verbatim_=boolean),
)
_EVERYWHERE: dict[str, Check] = {
    "section": _SECTION,
    "header": shape(block_id_=_BLOCK_ID, text=plain(150)),
    "divider": shape(block_id_=_BLOCK_ID),
    "image": shape(
        block_id_=_BLOCK_ID, image_url=string(3000), alt_text=string(2000), title_=plain(2000)
    ),
    "actions": shape(block_id_=_BLOCK_ID, elements=list_of(element(*IN_ACTIONS), 1, 25)),
    "context": shape(block_id_=_BLOCK_ID, elements=list_of(_IN_CONTEXT, 1, 10)),
    "input": shape(
        block_id_=_BLOCK_ID,
        label=plain(2000),
        element=element(*IN_INPUT),
        hint_=plain(2000),
        optional_=boolean,
        dispatch_action_=boolean,
    ),
    "rich_text": shape(block_id_=_BLOCK_ID, elements=list_of(anything, 1, 100)),
}
_IN_MESSAGES = _EVERYWHERE | {"markdown": shape(block_id_=_BLOCK_ID, text=string(12_000))}


def block_problems(blocks: Any, surface: str) -> list[str]:
    """`surface`: message, modal or home."""
    known = kinds(**(_IN_MESSAGES if surface == "message" else _EVERYWHERE))
    found = list(list_of(known, 0, MOST_BLOCKS[surface])(blocks, "json-pointer:/blocks"))
    return found or [*_ids(blocks), *_focus(blocks)]


def message_problems(payload: dict[str, Any]) -> list[str]:
    """Of what is given to chat.postMessage: text and blocks."""
    found = list(string(LONGEST_TEXT)(payload.get("text"), "text"))
    blocks = payload.get("blocks")
    if blocks is None:
        return found
    found += block_problems(blocks, "message")
    if text_length(blocks) > LONGEST_BLOCKS:
        found.append(f"msg_blocks_too_long: over {LONGEST_BLOCKS} characters in all")
    return found


def view_problems(view: Any) -> list[str]:
    """Of a modal or a home."""
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in ("modal", "home"):
        return ["type must be modal or home [json-pointer:/view/type]"]
    found = list(_VIEWS[kind](view, "json-pointer:/view"))
    found += block_problems(view.get("blocks"), kind)
    has_input = any(one.get("type") == "input" for one in _blocks(view.get("blocks")))
    if kind == "modal" and has_input and not view.get("submit"):
        found.append("missing required field: submit, because there is an input [/view]")
    if kind == "home" and has_input and not _dispatches(view["blocks"]):
        found.append("an input in a home needs dispatch_action [/view]")
    if len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST_VIEW:
        found.append("view_too_large")
    return found


def _shared() -> dict[str, Check]:
    return {
        "type": one_of("modal", "home"),
        "blocks": anything,
        "private_metadata_": string(3000, 0),
        "callback_id_": string(255, 0),
        "external_id_": string(255, 0),
    }


_VIEWS = {
    "home": shape(**_shared()),
    "modal": shape(
        **_shared(),
        title=plain(24),
        submit_=plain(24),
        close_=plain(24),
        clear_on_close_=boolean,
        notify_on_close_=boolean,
        submit_disabled_=boolean,
    ),
}


def text_length(blocks: Any) -> int:
    """All text that stands in these blocks."""
    if isinstance(blocks, list):
        return sum(text_length(one) for one in blocks)
    if not isinstance(blocks, dict):
        return 0
    own = blocks.get("text")
    here = length(own) if isinstance(own, str) else 0
    return here + sum(text_length(one) for one in blocks.values())


def mentions_in(what: Any) -> list[str]:
    """Who would be called by it, in text, in blocks, or in a whole payload.

    That is what Slack's own markup calls, and loud names where Slack reads markup by itself.
    """
    if isinstance(what, str):
        return [one.group() for one in _CONTROL.finditer(what)]
    if isinstance(what, list):
        return [found for one in what for found in mentions_in(one)]
    if not isinstance(what, dict) or what.get("type") == "plain_text":
        return []
    if what.get("type") == "mrkdwn":
        pattern = _CONTROL if what.get("verbatim") else _LOUD
        return [one.group() for one in pattern.finditer(what["text"])]
    return [found for name in _IN_PLACES for found in mentions_in(what.get(name))]


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be pressed, chosen or filled in there."""
    found = [*block.get("elements", []), block.get("accessory"), block.get("element")]
    known = (one for one in found if isinstance(one, dict))
    return [one for one in known if one.get("type") in ELEMENTS]


def _blocks(blocks: Any) -> list[dict[str, Any]]:
    return [one for one in blocks if isinstance(one, dict)] if isinstance(blocks, list) else []


def _dispatches(blocks: Any) -> bool:
    inputs = [one for one in _blocks(blocks) if one.get("type") == "input"]
    return all(one.get("dispatch_action") for one in inputs)


def _ids(blocks: list[dict[str, Any]]) -> Iterator[str]:
    ids = [one["block_id"] for one in blocks if "block_id" in one]
    if len(set(ids)) != len(ids):
        yield "block_id must be unique [json-pointer:/blocks]"
    for place, block in enumerate(blocks):
        actions = [one["action_id"] for one in elements_of(block) if "action_id" in one]
        if len(set(actions)) != len(actions):
            yield f"action_id must be unique within its block [json-pointer:/blocks/{place}]"


def _focus(blocks: list[dict[str, Any]]) -> Iterator[str]:
    focused = [one for block in blocks for one in elements_of(block) if one.get("focus_on_load")]
    if len(focused) > 1:
        yield "only one element may have focus_on_load [json-pointer:/blocks]"
