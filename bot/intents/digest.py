"""The weekly digest as people read it: in parts, with its files, and with buttons for managers."""

from dataclasses import replace

from bot.access import Right, Who, who_is
from bot.digest_readers import is_reader, others, reached
from bot.mailed_links import MailedLinks
from bot.messages import DESK, EMAIL, SLACK, TEAMS, Attachment, Button, Message, Part
from bot.reports_seen import may_read
from bot.tokens import button, of_act
from bot.wording import Intent, Writing
from digests import editions
from digests.edition_files import KINDS, DigestFile, Kind, file_of
from digests.picture import Picture, Unreadable
from digests.render import in_parts
from storage.editions import Edition, EditionState
from storage.language import HOME, Catalogue
from storage.people import Person
from surveys.typesetting import CannotTypeset

_ATTACHED, _LINKED = frozenset({SLACK, EMAIL}), frozenset({TEAMS, DESK})


def _digest(writing: Writing) -> Message | None:
    found = _found(writing)
    if found is None:
        return None
    edition, who = found
    try:
        picture = editions.picture_of(edition)
    except Unreadable:
        return writing.message(writing.say("digest.unreadable"))
    head, *sections = in_parts(picture)
    files = [] if writing.param("renewed") else _attached(writing, edition)
    message = writing.message(head, *_buttons(writing, edition, who))
    return replace(
        message,
        parts=tuple(Part(writing.steadied(text)) for text in sections),
        foot=_foot(writing, edition, who, files),
        title=_title(picture),
        attachments=tuple(_attachment(writing, edition, file) for file in files),
    )


def _found(writing: Writing) -> tuple[Edition, Who] | None:
    """The edition, where the reader may (still) see it; what came unasked lapses sooner."""
    edition = writing.db.get(Edition, writing.param("edition"))
    person_id = writing.row.person_id
    who = who_is(writing.db, person_id)
    if edition is None or who is None or not who.may(Right.DIGEST):
        return None
    if not may_read(writing.db, who, edition):
        return None
    if writing.param("sent") and not _is_still_wanted(writing, edition, who):
        return None
    return edition, who


def _is_still_wanted(writing: Writing, edition: Edition, who: Who) -> bool:
    person = writing.db.get_one(Person, who.person_id)
    is_over = edition.state is EditionState.DROPPED or editions.is_overtaken(writing.db, edition)
    return not is_over and is_reader(writing.db, person)


def _title(picture: Picture) -> str:
    say, period = Catalogue.load("digests").say, picture.digest.period
    days = say("period", HOME, start=period.start, end=period.end)
    return f"{say('weekly.title', HOME)}: {days}"


def _buttons(writing: Writing, edition: Edition, who: Who) -> list[Button]:
    """Only while it is a draft, and only for who approves it."""
    if not (who.may(Right.APPROVE) and editions.is_open(writing.db, edition)):
        return []
    there = reached(writing.db, others(writing.db, edition, but=who.person_id))
    words = button(writing.say("digest.button_words"), "dwords", edition.id)
    found = [replace(words, form=True)]
    if there:
        send = writing.say("digest.button_send", n=len(there))
        found.append(button(send, "dsend", edition.id))
    if edition.made_for_id is None:
        found.append(button(writing.say("digest.button_drop"), "ddrop", edition.id))
    return found


def _foot(writing: Writing, edition: Edition, who: Who, files: list[DigestFile]) -> str:
    """Where the edition stands, for those who decide about it."""
    if not who.may(Right.APPROVE):
        return ""
    lines = [_standing(writing, edition)]
    is_missed = edition.made_for_id is None and editions.was_missed(writing.db, edition)
    if is_missed and reached(writing.db, others(writing.db, edition)):
        lines.append(writing.say("digest.missed"))
    problems = [file.problem for file in files if file.problem]
    lines += [writing.say("digest.template", problem=problem) for problem in problems]
    return "\n".join(filter(None, lines))


def _standing(writing: Writing, edition: Edition) -> str:
    if edition.state is EditionState.APPROVED and edition.approved_at is not None:
        by = writing.db.get(Person, edition.approved_by_id) if edition.approved_by_id else None
        hour = writing.hour(edition.approved_at)
        return writing.say("digest.approved", who=by.name if by else "", hour=hour)
    if edition.state is EditionState.DROPPED:
        return writing.say("digest.was_dropped")
    if edition.state is not EditionState.DRAFT:
        return ""
    if not editions.is_open(writing.db, edition):
        return writing.say("digest.older")
    return writing.say(
        "digest.draft" if reached(writing.db, others(writing.db, edition)) else "digest.alone"
    )


# files


def _attached(writing: Writing, edition: Edition) -> list[DigestFile]:
    """Both files, where the platform takes files or links to them."""
    if writing.row.to.platform not in _ATTACHED | _LINKED:
        return []
    found = (_file(writing, edition, kind) for kind in KINDS)
    return [file for file in found if file is not None]


def _file(writing: Writing, edition: Edition, kind: Kind) -> DigestFile | None:
    """Kept since the digest was made or, when it was made a moment ago, made here."""
    template = writing.around.settings.digests.template
    try:
        return file_of(writing.db, edition, kind, template)
    except (Unreadable, CannotTypeset):
        return None


def _attachment(writing: Writing, edition: Edition, file: DigestFile) -> Attachment:
    to, around = writing.row.to, writing.around
    links = MailedLinks(around.settings, around.keyring)
    link = links.of(to, of_act("file", edition.id, file.kind), around.now)
    return Attachment(file.name, file.media_type, file.content, link)


def _digest_file(writing: Writing) -> Message | None:
    found = _found(writing)
    kind = next((kind for kind in KINDS if kind == writing.param("format")), None)
    if found is None or kind is None:
        return None
    file = _file(writing, found[0], kind)
    if file is None:
        return writing.message(writing.say("digest.unreadable"))
    message = writing.message(writing.say("digest.file"))
    return replace(message, attachments=(_attachment(writing, found[0], file),))


# what managers are told


def _words_wanted(writing: Writing) -> Message | None:
    edition = writing.db.get(Edition, writing.param("edition"))
    if edition is None:
        return None
    opening = editions.words_of(edition).opening
    return writing.message(writing.say("digest.words_wanted", opening=opening))


def _sent(writing: Writing) -> Message | None:
    """To whom it goes, and who cannot be reached."""
    edition = writing.db.get(Edition, writing.param("edition"))
    if edition is None:
        return None
    people = others(writing.db, edition, but=writing.row.person_id)
    there = reached(writing.db, people)
    known = {person.id for person, _ in there}
    missing = [person.name for person in people if person.id not in known]
    lines = [
        writing.say("digest.sent", n=len(there)) if there else writing.say("digest.sent_to_nobody")
    ]
    if missing:
        lines.append(writing.say("digest.unreached", names=", ".join(missing)))
    return writing.message("\n".join(lines))


INTENTS: dict[str, Intent] = {
    "digest": _digest,
    "digest_file": _digest_file,
    "digest_words_wanted": _words_wanted,
    "digest_sent": _sent,
}
