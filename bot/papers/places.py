"""The data map: every table that there is, by what it holds for whom. A test demands each of them.

What is encrypted is read from the tables themselves, so that the map cannot say what is not so.
"""

from collections.abc import Callable

from sqlmodel import SQLModel

from bot.papers.facts import Kept, Place
from storage.database import import_tables
from storage.tombstones import KEPT_MONTHS
from storage.types import Encrypted

_NOWHERE = "does not leave"
_BY_A_PERSON = "by a person alone: a referral"
_Row = tuple[str, str, tuple[str, ...], str, Callable[[Kept], str], str]

_ROWS: tuple[_Row, ...] = (
    (
        "Answers to surveys",
        "young people, practitioners",
        ("answer",),
        "words: reviewer, then voice lead; choices: totals only",
        lambda kept: (
            f"words {kept.youth_words}, practitioners' {kept.practitioner_words}; choices: no end"
        ),
        "totals, in reports",
    ),
    (
        "Surveys under way; the way back to a chat or browser",
        "young people, practitioners",
        ("survey_session", "conversation", "chat_message", "wrong_codes"),
        "nobody; the reviewer, where a concern is traced",
        lambda kept: (
            f"{kept.link}, practitioners' {kept.practitioner_words}; "
            "chat numbers, wrong codes 48 hours"
        ),
        _NOWHERE,
    ),
    (
        "Anonymous answers before they are mixed; that somebody took part",
        "young people, practitioners",
        ("pooled_response", "took_part"),
        "nobody",
        lambda kept: (
            f"answers until enough are together or the survey closes; taking part {kept.link}"
        ),
        _NOWHERE,
    ),
    (
        "The review queue: texts word for word, notes, decisions, reasons",
        "young people; practitioners where flagged",
        ("review_item", "review_event"),
        "reviewer, deputy, on-call; others see counts",
        lambda kept: f"{kept.youth_words}; open: until closed; referred: until the case has it",
        _BY_A_PERSON,
    ),
    (
        "Addresses: chat, browser, e-mail",
        "everybody who writes to the bot",
        ("contact",),
        "nobody as a list; the reviewer, where traced",
        lambda kept: f"unknown people: {kept.link}; professionals: while they work with us",
        "through its own door",
    ),
    (
        "Messages: what is to be sent, what could not be handled, keys of what came in",
        "everybody who writes to the bot",
        ("outbox", "kept_message", "inbox_key"),
        "administrator: references; words: the reviewer",
        lambda kept: f"contents {kept.outbox}; unhandled {kept.youth_words}; keys {kept.inbox}",
        "what is sent, through its own door",
    ),
    (
        "Who asked to hear what came of it: no answer, no order",
        "young people",
        ("tell_contact",),
        "nobody",
        lambda kept: kept.tell,
        _NOWHERE,
    ),
    (
        "Themes, “you said, we did”, what was published",
        "nobody by name",
        (
            *("theme", "theme_change", "theme_coding", "coded_answer", "hearing", "hearing_theme"),
            *("response", "response_wording", "publication", "told_verdict"),
        ),
        "voice lead, manager; then the public",
        lambda _: "no end; nobody's words in it",
        "pages, feed, reports",
    ),
    (
        "Forms, rounds, invitations and posters",
        "a school or group",
        ("survey", "survey_version", "survey_round", "invite"),
        "manager; the reviewer sees school or group",
        lambda _: "no end",
        "links, posters",
    ),
    (
        "Who was invited by name, to which course; who said no",
        "practitioners",
        ("campaign", "campaign_member", "no_thanks", "course", "course_place", "sending_batch"),
        "manager",
        lambda kept: f"{kept.link}; courses {kept.course}; a no: no end",
        "invitations",
    ),
    (
        "People: post, e-mail, roles, languages; rota, sign-ins, choices",
        "professionals",
        (
            *("person", "preferences", "join_code", "body_member"),
            *("on_call_shift", "board_session", "sign_in_link"),
        ),
        "manager, administrator",
        lambda kept: f"while they have a role; codes {kept.outbox}; sign-ins a day",
        "posts, in reports",
    ),
    (
        "The plan: actions, leads, updates, reminders, indicators",
        "professionals, by post",
        (
            *("partnership", "plan", "body", "priority", "action", "action_lead"),
            *("action_change", "action_update", "nudge", "escalation", "indicator", "cycle"),
            *("indicator_reading", "meeting", "minute", "chosen_setting", "calendar_feed"),
        ),
        "leads their own, chairs their group's, managers all",
        lambda _: "no end: the record of the plan",
        "digests, reports",
    ),
    (
        "Digests as they were sent",
        "professionals, by post",
        ("edition", "edition_file"),
        "manager; whoever got it",
        lambda kept: kept.edition,
        "chat, e-mail",
    ),
    (
        "The record of human acts; emergency openings of the queue",
        "professionals",
        ("audit_entry", "break_glass"),
        "manager, scrutineer, administrator",
        lambda kept: kept.audit,
        _NOWHERE,
    ),
    (
        "Legal holds; digests of what was erased, so that a copy cannot bring it back",
        "whoever it concerns, without a name",
        ("legal_hold", "tombstone"),
        "manager, administrator",
        lambda _: f"holds: as a record, lifted or not; digests {KEPT_MONTHS} months",
        "digests also in a file beside the keys",
    ),
    (
        "Which machine does what; marks of the database",
        "nobody",
        ("lease", "house_mark"),
        "administrator",
        lambda _: "minutes; marks: no end",
        _NOWHERE,
    ),
)


def places(kept: Kept) -> tuple[Place, ...]:
    """Every row of the map, with how long this partnership keeps it."""
    return tuple(
        Place(what, whose, tables, _encrypted(tables), seen_by, how_long(kept), leaves)
        for what, whose, tables, seen_by, how_long, leaves in _ROWS
    )


def unknown_tables() -> tuple[str, ...]:
    """Tables that nobody has described yet."""
    described = {name for row in _ROWS for name in row[2]}
    return tuple(sorted(_tables().keys() - described))


def gone_tables() -> tuple[str, ...]:
    """Tables that are described and are no more."""
    described = {name for row in _ROWS for name in row[2]}
    return tuple(sorted(described - _tables().keys()))


def _tables() -> dict[str, list[str]]:
    """The encrypted columns of each table."""
    import_tables()
    return {
        name: [column.name for column in table.columns if isinstance(column.type, Encrypted)]
        for name, table in SQLModel.metadata.tables.items()
    }


def _encrypted(tables: tuple[str, ...]) -> tuple[str, ...]:
    known = _tables()
    names = (column for table in tables for column in known.get(table, ()))
    return tuple(dict.fromkeys(name.replace("_", " ") for name in names))
