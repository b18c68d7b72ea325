"""What Slack sends, as its documentation shows it; each may be changed in a part."""

from typing import Any

Json = dict[str, Any]

TEAM, US, SAM, CHAT = "T0COUNCIL", "U0LOOP", "U0SAM", "D0SAM"


def event(told: Json, **more: Any) -> Json:
    return {
        "token": "x",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "api_app_id": "A0LOOP",
        "event": told,
        "type": "event_callback",
        "event_id": "Ev0001",
        "event_time": 1701687600,
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": US, "is_bot": True}],
        "is_ext_shared_channel": False,
    } | more


def message(text: str = "done", **more: Any) -> Json:
    return {
        "type": "message",
        "user": SAM,
        "ts": "1701687600.000100",
        "client_msg_id": "0b2f",
        "text": text,
        "team": TEAM,
        "blocks": [{"type": "rich_text", "block_id": "x", "elements": []}],
        "channel": CHAT,
        "event_ts": "1701687600.000100",
        "channel_type": "im",
    } | more


def said(text: str = "done", **more: Any) -> Json:
    return event(message(text, **more))


def changed(new: Json, old: Json) -> Json:
    told = {
        "type": "message",
        "subtype": "message_changed",
        "message": {"type": "message", "user": SAM, "ts": "1701687600.000100"} | new,
        "previous_message": {"type": "message", "user": SAM, "ts": "1701687600.000100"} | old,
        "channel": CHAT,
        "hidden": True,
        "ts": "1701687700.000200",
        "event_ts": "1701687700.000200",
        "channel_type": "im",
    }
    return event(told)


def file_sent(mimetype: str, caption: str = "") -> Json:
    file = {"id": "F1", "name": "a", "mimetype": mimetype, "url_private": "https://x"}
    return said(caption, subtype="file_share", files=[file], upload=False)


def opened(tab: str = "home") -> Json:
    return event(
        {
            "type": "app_home_opened",
            "user": SAM,
            "channel": CHAT,
            "tab": tab,
            "event_ts": "1701687600.000100",
        }
    )


def mention(text: str, **more: Any) -> Json:
    return event(
        {
            "type": "app_mention",
            "user": SAM,
            "text": text,
            "ts": "1701687600.000100",
            "channel": "C0GENERAL",
            "event_ts": "1701687600.000100",
        }
        | more
    )


def pressed(**more: Any) -> Json:
    action = {
        "action_id": "press:0",
        "block_id": "b1",
        "text": {"type": "plain_text", "text": "Not mine", "emoji": False},
        "value": "not:7",
        "type": "button",
        "action_ts": "1701687610.123456",
    }
    return {
        "type": "block_actions",
        "user": {"id": SAM, "username": "sam", "name": "sam", "team_id": TEAM},
        "api_app_id": "A0LOOP",
        "token": "x",
        "container": {
            "type": "message",
            "message_ts": "1701687600.000100",
            "channel_id": CHAT,
            "is_ephemeral": False,
        },
        "trigger_id": "12466734323.1395872398",
        "team": {"id": TEAM, "domain": "council"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": CHAT, "name": "directmessage"},
        "message": {"type": "message", "ts": "1701687600.000100", "bot_id": "B1"},
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/x",
        "actions": [action | more.pop("action", {})],
    } | more


def submitted(values: Json | None = None, **more: Any) -> Json:
    view = {
        "id": "V0001",
        "team_id": TEAM,
        "type": "modal",
        "blocks": [{"type": "input", "block_id": name} for name in values or {}],
        "private_metadata": '{"message": "D0SAM:1701687600.000100"}',
        "callback_id": "update:7",
        "state": {"values": {name: {"a": state} for name, state in (values or {}).items()}},
        "hash": "1701687600.abc",
        "title": {"type": "plain_text", "text": "How is it going?"},
        "app_installed_team_id": TEAM,
    }
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "council"},
        "user": {"id": SAM, "username": "sam", "name": "sam", "team_id": TEAM},
        "api_app_id": "A0LOOP",
        "token": "x",
        "trigger_id": "156772938.1827394",
        "view": view | more.pop("view", {}),
        "response_urls": [],
        "is_enterprise_install": False,
    } | more


def shortcut(callback_id: str) -> Json:
    return {
        "type": "shortcut",
        "token": "x",
        "action_ts": "1701687600.1",
        "team": {"id": TEAM, "domain": "council"},
        "user": {"id": SAM, "username": "sam", "team_id": TEAM},
        "callback_id": callback_id,
        "trigger_id": "944799105734.773906753841",
    }


def command(text: str, **more: Any) -> Json:
    return {
        "token": "x",
        "team_id": TEAM,
        "team_domain": "council",
        "channel_id": "C0GENERAL",
        "channel_name": "general",
        "user_id": SAM,
        "user_name": "sam",
        "command": "/loop",
        "text": text,
        "api_app_id": "A0LOOP",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/x",
        "trigger_id": "13345224609.738474920",
    } | more
