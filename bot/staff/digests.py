"""The digest in the conversation: asked for, worded, sent to the others, or left."""

from collections.abc import Mapping

from bot.access import Right, Who
from bot.digest_readers import send_to_others
from bot.forms import Field, FieldKind, Form
from bot.messages import storable
from bot.replies import Replies
from bot.reports_seen import may_read
from bot.staff.refusing import refuse, refused
from bot.staff.small_forms import SmallForm, id_of, open_small
from bot.tokens import read_act
from digests import editions
from digests.edition_files import KINDS
from digests.period import Period
from digests.picture import Unreadable, spoken_of
from storage import audit
from storage.editions import Edition, EditionState
from storage.language import HOME, Catalogue

_WORDS, _AGAIN = "words", "again"
WORDS_BEHIND = frozenset({_WORDS, _AGAIN})
"""What may stand behind "digest"."""
_WAITS = "digest_words"


def asked(replies: Replies, who: Who, rest: str) -> None:
    """What comes after /digest: nothing (the week so far), `again`, or `words` and the words."""
    name, _, text = rest.partition(" ")
    if name.casefold() == _AGAIN:
        _again(replies)
    elif name.casefold() == _WORDS:
        _word_latest(replies, who, text.strip())
    else:
        _send_anew(replies, who)


def said(replies: Replies, who: Who, text: str) -> bool:
    """The opening words that somebody was asked for; False where none were."""
    waits = (replies.standing.expecting or {}).get(_WAITS)
    if waits is None:
        return False
    replies.wait_for(None)
    if text.strip().casefold().removeprefix("/") == "cancel":
        replies.say("digest.words_kept")
        return True
    if text.startswith("/"):
        return False
    edition = replies.db.get(Edition, waits)
    if not who.may(Right.APPROVE):
        refuse(replies, Right.APPROVE)
    elif edition is not None:
        _put(replies, who, edition, text)
    return True


def pressed(replies: Replies, who: Who, token: str) -> bool:
    """A button below a digest; False if it is none of these."""
    act, args = read_act(token)
    works = {"dwords": _word, "dsend": _send, "ddrop": _drop}
    if act == "file":
        return _as_file(replies, who, args)
    if act not in works or len(args) != 1 or not args[0].isdigit():
        return False
    edition = replies.db.get(Edition, int(args[0]))
    if not who.may(Right.APPROVE):
        refuse(replies, Right.APPROVE)
    elif edition is None:
        replies.say("stale")
    elif not editions.is_open(replies.db, edition):
        replies.say("digest.settled")
    else:
        works[act](replies, who, edition)
    return True


def _send_anew(replies: Replies, who: Who) -> None:
    """The week that ends today, as it stands now. A manager may word it and send it on."""
    around, message = replies.around, replies.message
    is_manager = who.may(Right.APPROVE)
    edition = editions.draft(
        replies.db,
        Period.week_to(around.today),
        now=around.now,
        calendar=around.calendar,
        key=storable(f"asked:{message.platform}:{message.space}:{message.event_id}", 128),
        made_for_id=who.person_id,
        state=EditionState.DRAFT if is_manager else EditionState.ASKED,
    )
    replies.queue("digest", edition=edition.id)


def _again(replies: Replies) -> None:
    """What went out last, as it went out."""
    edition = editions.last_sent(replies.db)
    if edition is None:
        replies.say("digest.none_sent")
    else:
        replies.queue("digest", edition=edition.id)


def _as_file(replies: Replies, who: Who, args: list[str]) -> bool:
    if len(args) != 2 or not args[0].isdigit() or args[1] not in KINDS:
        return False
    edition = replies.db.get(Edition, int(args[0]))
    if not who.may(Right.DIGEST):
        refuse(replies, Right.DIGEST)
    elif edition is None or not may_read(replies.db, who, edition):
        replies.say("stale")
    else:
        replies.queue("digest_file", edition=edition.id, format=args[1])
    return True


# wording


def _word(replies: Replies, who: Who, edition: Edition) -> None:
    edits = editions.edits_of(edition)
    if open_small(FORMS, replies, who, _WORDS, edition.id, edits):
        return
    replies.wait_for({_WAITS: edition.id})
    replies.queue("digest_words_wanted", edition=edition.id)


def _word_latest(replies: Replies, who: Who, text: str) -> None:
    """In one line, to the newest draft that is still open."""
    edition = editions.newest_open(replies.db, who.person_id)
    if not who.may(Right.APPROVE):
        refuse(replies, Right.APPROVE)
    elif edition is None:
        replies.say("digest.no_draft")
    elif not text:
        _word(replies, who, edition)
    else:
        _put(replies, who, edition, text)


def _put(replies: Replies, who: Who, edition: Edition, text: str) -> None:
    try:
        editions.edit_words(replies.db, edition, {"opening": text}, who.person_id, replies.now)
    except editions.Settled:
        replies.say("digest.settled")
    except Unreadable:
        replies.say("digest.unreadable")
    else:
        replies.queue("digest", edition=edition.id)


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    """The opening, and a remark for each section that has something in it."""
    edition = _of(replies, args)
    if edition is None or not who.may(Right.APPROVE) or not editions.is_open(replies.db, edition):
        return None
    words = editions.words_of(edition)
    opening = Field(
        "opening",
        FieldKind.TEXT,
        replies.text("digest.form_opening"),
        hint=replies.text("digest.form_opening_hint"),
        value=words.opening,
        needed=True,
        most=editions.MOST_OPENING,
    )
    remarks = (
        Field(
            name,
            FieldKind.WORDS,
            replies.text("digest.form_remark", section=_title(name)),
            value=words.remarks.get(name, ""),
            most=editions.MOST_REMARK,
        )
        for name in spoken_of(editions.view_of(edition))
    )
    return Form(
        id_of(_WORDS, *args),
        replies.text("digest.form_title"),
        (opening, *remarks),
        replies.text("digest.form_send"),
        text=replies.text("digest.form_text"),
    )


def _title(section: str) -> str:
    return Catalogue.load("digests").say(f"weekly.{section}.title", HOME)


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    edition = _of(replies, args)
    if edition is None:
        return {"opening": replies.text("stale")}
    if not who.may(Right.APPROVE):
        return {"opening": refused(replies, Right.APPROVE)}
    begun = int(args[1]) if len(args) > 1 and args[1].isdigit() else None
    remarks = {name: values.get(name, "") for name in spoken_of(editions.view_of(edition))}
    words = {**remarks, "opening": values.get("opening", "")}
    try:
        editions.edit_words(replies.db, edition, words, who.person_id, replies.now, begun=begun)
    except editions.Settled:
        return {"opening": replies.text("digest.settled")}
    except editions.ChangedMeanwhile as error:
        return {"opening": replies.text("digest.changed_meanwhile", who=error.who)}
    replies.queue("digest", edition=edition.id)
    return {}


def _of(replies: Replies, args: list[str]) -> Edition | None:
    """The edition that a form is about; None where it is gone or cannot be read any more."""
    is_number = bool(args) and args[0].isdigit() and len(args[0]) < 10
    edition = replies.db.get(Edition, int(args[0])) if is_number else None
    return edition if edition is not None and editions.is_readable(edition) else None


# to the others


def _send(replies: Replies, who: Who, edition: Edition) -> None:
    editions.approve(replies.db, edition, who.person_id, replies.now)
    unreached = send_to_others(replies.db, edition, replies.around, by=who.person_id)
    audit.record(
        replies.db,
        at=replies.now,
        act="digest.send",
        subject=f"edition:{edition.id}",
        person_id=who.person_id,
    )
    _renew(replies, edition)
    replies.queue("digest_sent", edition=edition.id, unreached=len(unreached))


def _drop(replies: Replies, who: Who, edition: Edition) -> None:
    editions.drop(replies.db, edition, who.person_id, replies.now)
    _renew(replies, edition)
    replies.say("digest.dropped")


def _renew(replies: Replies, edition: Edition) -> None:
    """The message that was pressed loses its buttons where it can be put again."""
    at = replies.message.message_id
    if at and replies.standing.address.can_edit:
        replies.queue("digest", edition=edition.id, at=at, renewed=True)


FORMS: dict[str, SmallForm] = {_WORDS: SmallForm(_draw, _take)}
