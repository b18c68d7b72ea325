"""What a young person sends that is neither words to us nor a tap: pictures, places, forwards.

Nothing is ever fetched; words that come with it are read like any other text.
"""

from collections.abc import Mapping

from bot.messages import Elsewhere, Sent, Submitted
from bot.replies import Replies
from bot.respondents.asking import care
from bot.review_queue import last_running, queue_words

_OPENED_BY_NOBODY = frozenset({"picture", "video", "voice", "file"})
_ANSWERS = {
    "sticker": "young.sent_sticker",
    "place": "young.sent_place",
    "contact": "young.sent_contact",
}


def met(replies: Replies, content: Sent | Elsewhere | Submitted) -> None:
    """Whatever else came in from somebody without a role here."""
    if isinstance(content, Sent):
        sent(replies, content.kind, content.caption)
    elif isinstance(content, Elsewhere):
        elsewhere(replies, content.text)
    else:
        page_too_late(replies, content.values)


def sent(replies: Replies, kind: str, caption: str) -> None:
    """Each kind has its own answer; a forwarded text is somebody else's, so it answers nothing."""
    heard = queue_words(replies, caption)
    if kind in _OPENED_BY_NOBODY:
        replies.say("young.no_files")
    elif kind == "forwarded" and caption.strip():
        if not heard.care:
            replies.say("young.sent_forwarded")
    else:
        replies.say(_ANSWERS.get(kind, "young.sent_other"))
    if heard.care:
        care(replies)


def page_too_late(replies: Replies, values: Mapping[str, str]) -> None:
    """A page of a form that has ended meanwhile: what was written on it is read all the same."""
    last = last_running(replies)
    chosen = {row.name for row in last.form.questions if row.choices} if last else frozenset()
    words = [value for name, value in values.items() if name not in chosen]
    if queue_words(replies, "\n".join(words)).care:
        care(replies)
    else:
        replies.say("stale")


def elsewhere(replies: Replies, text: str) -> None:
    """Words where others read along: a person reads them, and we say nothing back there."""
    queue_words(replies, text, silent=True)
