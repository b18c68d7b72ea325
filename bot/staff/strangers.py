"""Whoever we do not know where people work with us: help, the way in by a code, nothing else.

Here too: words written where others read along, and e-mails that prove nothing.
"""

from typing import Any

from bot import join_codes
from bot.access import Who, who_is
from bot.messages import EMAIL, Content, Edited, Elsewhere, Opened, Said, Sent
from bot.people import find_person, link_free, note_connected
from bot.replies import Replies
from bot.respondents.codes import may_try, note_wrong
from bot.respondents.coming_back import is_surely_a_code
from bot.review_queue import hear_staff
from storage.people import Person, Role
from surveys.receipts import is_like_a_come_back_code

_NOBODY_READS = (
    "no-reply",
    "noreply",
    "no_reply",
    "do-not-reply",
    "donotreply",
    "do_not_reply",
    "mailer-daemon",
    "mailerdaemon",
    "postmaster",
    "bounce",
    "daemon",
)


def met(replies: Replies, content: Content) -> None:
    """Anything from somebody unknown; from those we know, what was written for others to read."""
    who = who_is(replies.db, replies.standing.person_id)
    if (words := _words(content)) and hear_staff(replies, words):
        replies.say("staff.worry")
    if isinstance(content, Elsewhere):
        _elsewhere(replies, who)
    elif isinstance(content, Said) and is_like_a_come_back_code(_typed(content.text)):
        _join(replies, _typed(content.text))
    else:
        _help(replies, home=isinstance(content, Opened))


def _typed(text: str) -> str:
    """A code as people send it: alone, as a command, or after the word."""
    return text.strip().removeprefix("/").removeprefix("code ").strip()


def _words(content: Content) -> str:
    if isinstance(content, Said | Edited | Elsewhere):
        return content.text
    return content.caption if isinstance(content, Sent) else ""


def _help(replies: Replies, *, home: bool = False) -> None:
    """Who we are and how to be connected; by e-mail once a day, so that no two machines write on.

    The place that a platform keeps for us is drawn anew each time.
    """
    if replies.standing.address.platform != EMAIL:
        replies.queue("stranger", home=home)
    elif _is_read(replies.standing.address.id):
        replies.queue("stranger", key=_once_a_day(replies, "stranger"))


def _is_read(address: str) -> bool:
    """Whether a person may read what comes to an address."""
    return not address.casefold().partition("@")[0].startswith(_NOBODY_READS)


def _once_a_day(replies: Replies, what: str) -> str:
    return f"{what}:{replies.standing.contact_id}:{replies.around.today}"


def _elsewhere(replies: Replies, who: Who | None) -> None:
    """Nothing personal is answered where others read; an e-mail that anybody could have sent is

    answered to the address alone, with what its owner may see.
    """
    if replies.standing.address.platform != EMAIL:
        replies.say("stranger.private_only")
        if who is None:
            _help(replies)
        return
    known = who.person_id if who is not None else _owner(replies)
    if known is None:
        _help(replies)
    elif _is_read(replies.standing.address.id):
        replies.queue(
            "say", key=_once_a_day(replies, "unproven"), wording="stranger.unproven", words={}
        )
        replies.queue("actions", key=_once_a_day(replies, "unproven-actions"), person=known)


def _owner(replies: Replies) -> int | None:
    """Whose work e-mail this address is: what we send there reaches them, whoever wrote."""
    address = replies.standing.address
    person = find_person(replies.db, address.id)
    if person is None or person.id is None:
        return None
    link_free(replies.db, person, address)
    note_connected(replies.db, "person_recognised", person.id, address.platform, now=replies.now)
    return person.id


# codes


def code_said(replies: Replies, who: Who, text: str) -> bool:
    """A code from somebody who is known here already; False if it is none."""
    code = join_codes.find(replies.db, replies.around.keyring, _typed(text), now=replies.now)
    if code is None:
        return False
    own = code.person_id == who.person_id
    replies.say("stranger.already_you" if own else "stranger.already_other")
    return True


def _join(replies: Replies, text: str) -> None:
    if not may_try(replies):
        replies.say("stranger.code_wait")
        return
    code = join_codes.find(replies.db, replies.around.keyring, text, now=replies.now)
    if code is None:
        _wrong(replies, text)
    elif join_codes.use(replies.db, code, now=replies.now):
        person = replies.db.get_one(Person, code.person_id)
        _connect(replies, person, code.made_by_id)
    else:
        replies.queue("code_unknown")


def _wrong(replies: Replies, text: str) -> None:
    """Eight letters in one piece may be a word as well; then help is the better answer."""
    note_wrong(replies)
    if is_surely_a_code(text):
        replies.queue("code_unknown")
    else:
        _help(replies)


def _connect(replies: Replies, person: Person, made_by_id: int | None) -> None:
    assert person.id is not None
    address = replies.standing.address
    key = f"code-used:{replies.standing.contact_id}:{person.id}:{replies.now:%Y%m%d%H%M}"
    more: dict[str, Any] = {"key": key, "person": person.id, "platform": address.platform}
    # Where they are known already they hear of it too, before the new place is one of theirs.
    replies.tell(person.id, "code_used", **more)
    link_free(replies.db, person, address)
    note_connected(
        replies.db,
        "person_joined",
        person.id,
        address.platform,
        now=replies.now,
        by_id=person.id,
    )
    replies.queue("joined", person=person.id)
    replies.queue("actions", person=person.id)
    if made_by_id is None:
        replies.tell_role(Role.MANAGER, "code_used", **more)
    elif made_by_id != person.id:
        replies.tell(made_by_id, "code_used", **more)
