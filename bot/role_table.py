"""The role table of DOMAIN as data: what each role sees of what. Every right to see comes from it.

Beside it stands what a role does: the table says nothing of that.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from storage.people import Role
from surveys.definition import Audience


class Data(StrEnum):
    """The rows. `YOUTH_FIGURES` is ours: DOMAIN speaks of raw answers alone."""

    OWN_ACTIONS = "own actions"
    PRACTITIONER_ANSWERS = "practitioner answers"
    YOUTH_ANSWERS = "youth answers, raw"
    YOUTH_FIGURES = "youth answers, counted"
    CONCERNS = "concern queue"
    LINK = "contact <-> answer link"
    AUDIT = "audit log"


class Extent(StrEnum):
    """The cells."""

    NONE = "-"
    OWN = "own"
    GROUP = "group"
    ALL = "all"
    EXCEPTIONS = "exceptions"
    AGGREGATE = "aggregate"
    COUNTS = "counts"
    AFTER_REVIEW = "after review, redacted"
    REASON = "reason + log"
    READ = "read"


class Right(StrEnum):
    """What a person may see or do, whatever the door.

    COUNTS: how many concerns wait and whether the clock was kept, never more. FIGURES: young
    people's answers counted and protected; PARTICIPATION: how many answered. EXPORT_RAW: rows of
    single young people. PEOPLE: who leads what, how they are reached, codes, leave. TRACE: whose
    answers they were, with a logged reason. EXPORT_PERSON and ERASE_PERSON: all about one person;
    EXPORT_ANSWERS and ERASE_ANSWERS where that is a young person. STATE: which doors work.
    READINGS: enter readings of any measure (its keeper may for theirs); MINUTES: what a meeting
    decided; SETTINGS: change what may be changed on the board.
    """

    OWN_ACTIONS = "own_actions"
    GROUP_ACTIONS = "group_actions"
    ALL_ACTIONS = "all_actions"
    EXCEPTIONS = "exceptions"
    DIGEST = "digest"
    AGGREGATES = "aggregates"
    FIGURES = "figures"
    PARTICIPATION = "participation"
    READ_REVIEWED = "read_reviewed"
    EXPORT_RAW = "export_raw"
    REVIEW = "review"
    COUNTS = "counts"
    TRACE = "trace"
    AUDIT = "audit"
    APPROVE = "approve"
    SETTLE_IMPORT = "settle_import"
    PEOPLE = "people"
    SURVEYS = "surveys"
    INVITE = "invite"
    PUBLISH = "publish"
    ROTA = "rota"
    HOLD = "hold"
    EXPORT_PERSON = "export_person"
    ERASE_PERSON = "erase_person"
    EXPORT_ANSWERS = "export_answers"
    ERASE_ANSWERS = "erase_answers"
    BREAK_GLASS = "break_glass"
    STATE = "state"
    READINGS = "readings"
    MINUTES = "minutes"
    SETTINGS = "settings"


_EXECUTIVES = (Role.EXECUTIVE, Role.SCRUTINEER)

TABLE: Mapping[Data, Mapping[Role, Extent]] = {
    Data.OWN_ACTIONS: {
        Role.LEAD: Extent.OWN,
        Role.CHAIR: Extent.GROUP,
        Role.MANAGER: Extent.ALL,
        **dict.fromkeys(_EXECUTIVES, Extent.EXCEPTIONS),
    },
    Data.PRACTITIONER_ANSWERS: {
        Role.CHAIR: Extent.AGGREGATE,
        Role.MANAGER: Extent.AGGREGATE,
        **dict.fromkeys(_EXECUTIVES, Extent.AGGREGATE),
    },
    Data.YOUTH_ANSWERS: {
        Role.VOICE_LEAD: Extent.AFTER_REVIEW,
        Role.REVIEWER: Extent.ALL,
    },
    Data.YOUTH_FIGURES: {
        Role.CHAIR: Extent.AGGREGATE,
        Role.MANAGER: Extent.AGGREGATE,
        Role.VOICE_LEAD: Extent.AGGREGATE,
        Role.REVIEWER: Extent.AGGREGATE,
        **dict.fromkeys(_EXECUTIVES, Extent.AGGREGATE),
        Role.YOUTH_WORKER: Extent.COUNTS,
    },
    Data.CONCERNS: {
        Role.MANAGER: Extent.COUNTS,
        Role.REVIEWER: Extent.ALL,
        **dict.fromkeys(_EXECUTIVES, Extent.COUNTS),
    },
    Data.LINK: {Role.REVIEWER: Extent.REASON},
    Data.AUDIT: {
        Role.MANAGER: Extent.READ,
        Role.SCRUTINEER: Extent.READ,
        Role.ADMIN: Extent.READ,
    },
}
"""A role that does not stand in a row sees nothing of it."""

GIVES: Mapping[tuple[Data, Extent], frozenset[Right]] = {
    (Data.OWN_ACTIONS, Extent.OWN): frozenset({Right.OWN_ACTIONS}),
    (Data.OWN_ACTIONS, Extent.GROUP): frozenset(
        {Right.OWN_ACTIONS, Right.GROUP_ACTIONS, Right.DIGEST}
    ),
    (Data.OWN_ACTIONS, Extent.ALL): frozenset(
        {
            Right.OWN_ACTIONS,
            Right.GROUP_ACTIONS,
            Right.ALL_ACTIONS,
            Right.EXCEPTIONS,
            Right.DIGEST,
        }
    ),
    (Data.OWN_ACTIONS, Extent.EXCEPTIONS): frozenset({Right.EXCEPTIONS, Right.DIGEST}),
    (Data.PRACTITIONER_ANSWERS, Extent.AGGREGATE): frozenset({Right.AGGREGATES}),
    (Data.YOUTH_ANSWERS, Extent.AFTER_REVIEW): frozenset({Right.READ_REVIEWED, Right.EXPORT_RAW}),
    (Data.YOUTH_ANSWERS, Extent.ALL): frozenset({Right.EXPORT_RAW}),
    (Data.YOUTH_FIGURES, Extent.AGGREGATE): frozenset({Right.FIGURES, Right.PARTICIPATION}),
    (Data.YOUTH_FIGURES, Extent.COUNTS): frozenset({Right.PARTICIPATION}),
    (Data.CONCERNS, Extent.ALL): frozenset({Right.REVIEW, Right.COUNTS}),
    (Data.CONCERNS, Extent.COUNTS): frozenset({Right.COUNTS}),
    (Data.LINK, Extent.REASON): frozenset({Right.TRACE}),
    (Data.AUDIT, Extent.READ): frozenset({Right.AUDIT}),
}
"""What a cell comes to."""

DOES: Mapping[Role, frozenset[Right]] = {
    Role.MANAGER: frozenset(
        {
            Right.APPROVE,
            Right.SETTLE_IMPORT,
            Right.PEOPLE,
            Right.SURVEYS,
            Right.INVITE,
            Right.PUBLISH,
            Right.ROTA,
            Right.HOLD,
            Right.STATE,
            Right.EXPORT_PERSON,
            Right.ERASE_PERSON,
            Right.READINGS,
            Right.MINUTES,
            Right.SETTINGS,
        }
    ),
    Role.CHAIR: frozenset({Right.READINGS, Right.MINUTES}),
    Role.VOICE_LEAD: frozenset({Right.SURVEYS, Right.INVITE, Right.PUBLISH}),
    Role.REVIEWER: frozenset(
        {
            Right.ROTA,
            Right.EXPORT_PERSON,
            Right.ERASE_PERSON,
            Right.EXPORT_ANSWERS,
            Right.ERASE_ANSWERS,
        }
    ),
    Role.EXECUTIVE: frozenset({Right.OWN_ACTIONS}),
    Role.ADMIN: frozenset({Right.STATE, Right.SETTINGS}),
    Role.YOUTH_WORKER: frozenset({Right.INVITE}),
}


def extent(data: Data, role: Role) -> Extent:
    """One cell of the table."""
    return TABLE[data].get(role, Extent.NONE)


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Everything that these roles allow together, but for what an emergency allows."""
    return frozenset[Right]().union(*(_RIGHTS[role] for role in roles))


def results_right(audience: str) -> Right:
    """What somebody needs to see the counted answers of a survey."""
    return Right.FIGURES if audience == Audience.YOUTH else Right.AGGREGATES


def raw_right(audience: str) -> Right | None:
    """What somebody needs to have rows of single people; None: nobody may, as the table says."""
    return Right.EXPORT_RAW if audience == Audience.YOUTH else None


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that hold a right."""
    return tuple(role for role in Role if right in _RIGHTS[role])


def _of(role: Role) -> frozenset[Right]:
    seen = (GIVES.get((data, extent(data, role)), frozenset()) for data in Data)
    return DOES.get(role, frozenset()).union(*seen)


_RIGHTS = {role: _of(role) for role in Role}
