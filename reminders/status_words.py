"""What the words of a message say about how an action stands. Pure.

Read clause by clause and with care: "done" counts only where nothing in its clause takes it
back, puts it off or halves it. What is left in doubt is said to be in doubt.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from reminders.policy import Status


class Doubt(StrEnum):
    """Why a reading is not sure; also the key of the question to ask."""

    NOT_UNDERSTOOD = "not_understood"
    NEGATED = "negated"
    HEDGED = "hedged"
    TWO_MEANINGS = "two_meanings"
    QUESTION = "question"
    WHICH_ACTION = "which_action"
    UNKNOWN_REF = "unknown_ref"
    WHICH_DATE = "which_date"
    WHO = "who"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Standing:
    """The status that some words tell of, and what makes it doubtful."""

    status: Status | None = None
    doubt: Doubt | None = None


_BREAK = re.compile(
    r"[;,:!?()\"\n]|\.(?=\s|$)| -+ |"
    r"(?=\b(?:but|although|though|however|whereas|while|because)\b)"
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*%?|%")


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a text made `plain`: words with single spaces, apostrophes gone."""
    spelt = text.replace("'ll", " will").replace("'d ", " would ")
    parts = (" ".join(_WORD.findall(part)) for part in _BREAK.split(spelt))
    return tuple(part.replace("'", "") for part in parts if part)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NEGATORS = _words(
    "not no never nothing none nobody noone hardly barely scarcely without neither nor cannot cant "
    "wont isnt arent wasnt werent havent hasnt hadnt dont doesnt didnt couldnt wouldnt shouldnt "
    "aint nowhere far unable unlikely fail failed yet doubt"
)
_HEDGES = _words(
    "will would should could might may must hope hoped hoping hopefully aim aiming expect expected "
    "expecting plan planned planning going due to need needs needed until when once if before "
    "unless after soon shortly think believe suppose guess probably perhaps maybe supposedly "
    "trying try want wants be being get getting nearer close closer assuming unsure"
)
_REMAINS = _words(
    "still remaining remains outstanding left apart only awaiting pending need needs rest some "
    "partly mostly almost nearly half but although though however whereas except"
)
_REMAINS_TO_DO = _words("almost nearly mostly partly half some")
# Words that may stand beside "done" and leave it as sure as it was.
_BESIDE_DONE = _words(
    "it its is has been have weve ive we i this that these those they was were now all already "
    "action actions the both fully totally completely yes yep yeah ok today yesterday and dusted "
    "thanks thank you pleased happy say hi hello great finally just got task one as of on time in "
    "full 100% everything well am glad report can confirm confirmed this week last month im"
)
_SOUNDS_BAD = re.compile(
    r"\b(?:no|without|any|nothing) (?:new |further |major |real )?"
    r"(?:issues?|problems?|concerns?|delays?|change|changes|update|updates|worries|risks?|new)\b"
)

_NOT_STARTED = re.compile(
    r"\b(?:not|havent|hasnt|have not|has not|never|yet to)(?: yet| been| even| really)* "
    r"(?:started|begun|begin|start|commenced)\b|\bunstarted\b|\bstill to start\b"
)
_OFF_TRACK = re.compile(
    r"\b(?:not|isnt|arent|no longer|never|nowhere near)(?: quite| really| fully| at all)? "
    r"on (?:track|target|schedule|course)\b|\boff (?:track|target|course)\b|"
    r"\b(?:will|going to|likely to) (?:now )?(?:miss|overrun)\b|\bmissed (?:the |our )?"
    r"(?:deadline|date|target)\b|\b(?:wont|cant|cannot|will not|not going to) (?:be able to )?"
    r"(?:make|meet|hit) (?:it|the|this|that|our)\b|\bderailed\b"
)
_AT_RISK = re.compile(
    r"\b(?:slip(?:s|ping|ped|page)?|delay(?:s|ed)?|running late|late|behind|at risk|overrunning|"
    r"postponed|more time|(?:need|needs|take|takes|taking|bit) longer|extension|struggling|"
    r"(?:need|needs) \d{1,2} (?:more |extra )?(?:days?|weeks?|months?)|extend(?:ed)?|"
    r"(?:have|us|me|got) (?:until|till|til)|moved? to|pushed? (?:it |this )?(?:back|out)|"
    r"(?:need|needs|needed|like|want) (?:it )?(?:until|till|til|to move|another|an extra)|"
    r"put back|red flag|in trouble|stalled|new date|move (?:it|the date|the deadline|this))\b"
)
_WAITING = re.compile(
    r"\b(?:waiting (?:for|on)|awaiting|waiting|blocked|on hold|held up|stuck|paused|"
    r"depends on|dependent on|chasing)\b"
)
_PARTLY = re.compile(
    r"\b(?:(?:almost|nearly|half|part|partly|partially|mostly|largely|virtually|practically|"
    r"three quarters|halfway|half way|just about)(?: (?:all|way|fully))?"
    r" (?:done|complete|completed|finished|there|through)|\d{1,2}% (?:\w+ )?(?:done|complete|"
    r"completed|finished)|halfway|half way)\b"
)
_DONE = re.compile(r"\b(?:done|complete|completed|finished|signed off|ticked off|wrapped up)\b")
_MAYBE_DONE = re.compile(
    r"\b(?:delivered|achieved|sorted|finalised|finalized|implemented|launched|published|closed)\b"
)
_ON_TRACK = re.compile(
    r"\b(?:on (?:track|target|schedule|course)|(?:going|progressing|coming along|moving along)"
    r"(?: very| really)? (?:well|nicely|fine)|progressing|all good|in hand|under way|underway|"
    r"(?:making )?good progress|making progress|in progress)\b"
)
_EMBEDDED = re.compile(r"\bembedded\b|\bbusiness as usual\b")
_SUPERSEDED = re.compile(
    r"\b(?:superseded|replaced by|no longer (?:needed|relevant|required|applies|applicable)|"
    r"obsolete|overtaken by)\b"
)
_EVIDENCE = re.compile(
    r"\bevidence (?:to follow|will follow|following|to come|coming|is coming|later|outstanding|"
    r"pending|on its way)\b|\b(?:awaiting|will send|to send|still gathering) (?:the )?evidence\b"
)

# The gravest first: of two meanings this one is proposed.
_GRAVITY = (
    Status.OFF_TRACK,
    Status.AT_RISK,
    Status.WAITING,
    Status.NOT_STARTED,
    Status.SUPERSEDED,
    Status.ON_TRACK,
    Status.COMPLETE_AWAITING_EVIDENCE,
    Status.EMBEDDED,
    Status.COMPLETE,
)


def read_standing(parts: Iterable[str]) -> Standing:
    """What the clauses of one message tell together about one action."""
    quiet = [_SOUNDS_BAD.sub("", part).strip() for part in parts]
    whole = " , ".join(quiet)
    read = [standing for part in quiet for standing in _read_clause(part)]
    told = {one.status: one.doubt for one in read if one.status is not None}
    told |= {one.status: None for one in read if one.status is not None and one.doubt is None}
    told = {status: doubt for status, doubt in told.items() if doubt is None} or told
    if not told:
        return next(iter(read), Standing())
    gravest = next(status for status in _GRAVITY if status in told)
    doubt = told[gravest] if len(told) == 1 else Doubt.TWO_MEANINGS
    if Status.COMPLETE in told and _EVIDENCE.search(whole):
        return Standing(Status.COMPLETE_AWAITING_EVIDENCE, told[Status.COMPLETE])
    if gravest is Status.COMPLETE and doubt is None:
        doubt = _second_thoughts(whole, read)
    return Standing(gravest, doubt)


def _second_thoughts(whole: str, read: list[Standing]) -> Doubt | None:
    """'Done' in one clause is not sure where another takes something of it back."""
    words = set(whole.split())
    if any(standing.doubt is Doubt.NEGATED for standing in read) or words & _NEGATORS:
        return Doubt.NEGATED
    hedged = any(standing.doubt is not None for standing in read) or words & _REMAINS
    return Doubt.HEDGED if hedged else None


def _read_clause(part: str) -> list[Standing]:
    if _NOT_STARTED.search(part):
        return [Standing(Status.NOT_STARTED)]
    trouble = _trouble(part)
    if trouble:
        return trouble
    if _SUPERSEDED.search(part):
        return [Standing(Status.SUPERSEDED, Doubt.HEDGED)]
    if (partly := _PARTLY.search(part)) is not None:
        negated = _negated(part[: partly.start()])
        return [Standing(None if negated else Status.ON_TRACK, Doubt.NEGATED if negated else None)]
    return [*_going_well(part), *_finished(part)]


def _trouble(part: str) -> list[Standing]:
    """Off track, at risk or waiting; a negated word of trouble is only a doubt."""
    told: list[Standing] = []
    for pattern, status in (
        (_OFF_TRACK, Status.OFF_TRACK),
        (_AT_RISK, Status.AT_RISK),
        (_WAITING, Status.WAITING),
    ):
        match = pattern.search(part)
        if match is not None:
            negated = _negated(part[: match.start()])
            told.append(Standing(None, Doubt.NEGATED) if negated else Standing(status))
    return told[:1] if any(one.status is Status.OFF_TRACK for one in told) else told


def _negated(before: str) -> bool:
    return not _NEGATORS.isdisjoint(before.split())


def _going_well(part: str) -> list[Standing]:
    match = _ON_TRACK.search(part)
    if match is None:
        return []
    if _negated(part[: match.start()]):
        return [Standing(None, Doubt.NEGATED)]
    hedged = not (_HEDGES | _REMAINS_TO_DO).isdisjoint(part[: match.start()].split())
    return [Standing(Status.ON_TRACK, Doubt.HEDGED if hedged else None)]


def _finished(part: str) -> list[Standing]:
    match = _DONE.search(part) or _MAYBE_DONE.search(part) or _EMBEDDED.search(part)
    if match is None:
        return []
    words = part.split()
    if not _NEGATORS.isdisjoint(words):
        return [Standing(None, Doubt.NEGATED)]
    status = Status.EMBEDDED if _EMBEDDED.search(part) else Status.COMPLETE
    if not _HEDGES.isdisjoint(part[: match.start()].split()):
        return [Standing(Status.ON_TRACK, Doubt.HEDGED)]
    others = set((part[: match.start()] + part[match.end() :]).split())
    sure = not _MAYBE_DONE.fullmatch(match[0]) and others <= _BESIDE_DONE
    return [Standing(status, None if sure else Doubt.HEDGED)]
