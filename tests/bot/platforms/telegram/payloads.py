"""Updates as Telegram sends them, shortened where nothing of ours looks."""

from typing import Any

Json = dict[str, Any]

BOT = "rochdale_listens_bot"
ROBIN: Json = {"id": 5001, "is_bot": False, "first_name": "Robin", "language_code": "en"}
PRIVATE: Json = {"id": 5001, "first_name": "Robin", "type": "private"}
GROUP: Json = {"id": -4001, "title": "Year 10", "type": "group"}
US: Json = {"id": 7001, "is_bot": True, "first_name": "Rochdale listens", "username": BOT}
FILE: Json = {"file_id": "AgACAgQAAx", "file_unique_id": "AQADu7", "file_size": 1200}


def message(*, chat: Json = PRIVATE, **content: Any) -> Json:
    return {"message_id": 31, "from": ROBIN, "chat": chat, "date": 1701687600} | content


def said(text: str, *, chat: Json = PRIVATE, **more: Any) -> Json:
    return {"update_id": 870000001, "message": message(chat=chat, text=text, **more)}


def sent(**content: Any) -> Json:
    return {"update_id": 870000001, "message": message(**content)}


def pressed(data: str = "s:ab12:3:0", **more: Any) -> Json:
    query = {
        "id": "2147483648",
        "from": ROBIN,
        "message": {"message_id": 30, "chat": PRIVATE, "date": 1701687500, "from": US, "text": "?"},
        "chat_instance": "-33",
        "data": data,
    }
    return {"update_id": 870000001, "callback_query": query | more}


def member(status: str, *, chat: Json = PRIVATE) -> Json:
    change = {
        "chat": chat,
        "from": ROBIN,
        "date": 1701687600,
        "old_chat_member": {"user": US, "status": "member"},
        "new_chat_member": {"user": US, "status": status},
    }
    return {"update_id": 870000001, "my_chat_member": change}
