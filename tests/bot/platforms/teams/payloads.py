"""Activities as Teams sends them, with made-up people."""

from typing import Any

TENANT = "11111111-aaaa-bbbb-cccc-000000000001"
BOT = "28:22222222-aaaa-bbbb-cccc-000000000002"
PERSON = "29:1abcDEF"
OBJECT = "33333333-aaaa-bbbb-cccc-000000000003"
CHAT = "a:1pL6i0oY3C0K8oAj8"
SERVICE = "https://smba.trafficmanager.net/uk/"
AT = "2024-01-15T09:30:12.345Z"


def activity(kind: str = "message", **more: Any) -> dict[str, Any]:
    """An activity in a chat of one person with the bot."""
    return {
        "type": kind,
        "id": "1705311012345",
        "timestamp": AT,
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": {"id": PERSON, "name": "Jo Example", "aadObjectId": OBJECT},
        "recipient": {"id": BOT, "name": "Listening Loop"},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": CHAT},
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "en-GB",
        **more,
    }


def said(text: str, **more: Any) -> dict[str, Any]:
    """Words typed in the chat; Teams adds a copy of them as HTML."""
    copy = {"contentType": "text/html", "content": f"<div>{text}</div>"}
    return activity(text=text, textFormat="plain", attachments=[copy], **more)


def submitted(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A button of an older app: Action.Submit."""
    return activity(value=value, replyToId="1705311000000", **more)


def executed(data: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A button: Action.Execute."""
    action = {"type": "Action.Execute", "id": "", "verb": "press", "data": data}
    invoke = {
        "name": "adaptiveCard/action",
        "id": "f:5b2e",
        "value": {"action": action, "trigger": "manual"},
        "replyToId": "1705311000000",
    }
    return activity("invoke", **{**invoke, **more})


def in_a_team(text: str, *, mentions: bool = True, **more: Any) -> dict[str, Any]:
    """Words in a channel, where others read along."""
    place = {"conversationType": "channel", "isGroup": True, "tenantId": TENANT, "id": "19:x@y"}
    mention = {"type": "mention", "mentioned": {"id": BOT}, "text": "<at>Listening Loop</at>"}
    return activity(
        text=f"<at>Listening Loop</at> {text}" if mentions else text,
        conversation=place,
        entities=[{"type": "clientInfo", "locale": "en-GB"}, *([mention] if mentions else [])],
        **more,
    )
