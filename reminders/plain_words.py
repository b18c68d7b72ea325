"""Understanding what a lead writes back: 'done, trained 43 staff', 'not mine, try Sam'. Pure.

Nothing counts before it is read back and confirmed; what is not `sure` is asked with buttons.
A person's words are kept as they typed them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from reminders.date_words import plain
from reminders.policy import Status
from reminders.reply_parts import Part, split_by_refs
from reminders.spoken_dates import Spoken, find_spoken
from reminders.status_words import Doubt, Standing, clauses, read_standing
from storage.calendar import Calendar

LONGEST = 2000  # characters that are read; the note keeps them all


class Meaning(StrEnum):
    """What a lead wants to say or to have."""

    UPDATE = "update"
    NOTHING_NEW = "nothing_new"
    HAND_OVER = "hand_over"
    SNOOZE = "snooze"
    NEED_HELP = "need_help"
    HELP = "help"
    STOP = "stop"
    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing said about one action; without a ref, about what was asked.

    `note` holds the lead's words as typed. `doubt` says what to ask where `sure` is false.
    """

    ref: str | None
    meaning: Meaning
    status: Status | None = None
    new_date: date | None = None
    note: str = ""
    handover_to: str | None = None
    snooze_until: date | None = None
    help_wanted: bool = False
    doubt: Doubt | None = None

    @property
    def sure(self) -> bool:
        return self.doubt is None


@dataclass(frozen=True, slots=True)
class Understood:
    """Everything a message says, at least one intent."""

    intents: tuple[Intent, ...]

    @property
    def sure(self) -> bool:
        return all(intent.sure for intent in self.intents)


def understand(
    text: str,
    *,
    today: date,
    calendar: Calendar,
    refs: Iterable[str],
    asked: Iterable[str] = (),
) -> Understood:
    """Read a reply; never raises.

    `refs` are the actions that may be named; where none is, those that were `asked` are meant.
    """
    known = tuple(dict.fromkeys(refs))
    meant = tuple(dict.fromkeys(asked)) or known
    short = _short_answer(text)
    if short is not None:
        return Understood((Intent(None, short),))
    parts = split_by_refs(text[:LONGEST], known)
    intents = [intent for part in parts for intent in _about(part, meant, _Reader(today, calendar))]
    if len(text.strip()) > LONGEST:
        intents = [replace(one, note=text.strip(), doubt=Doubt.TOO_LONG) for one in intents]
    return Understood(tuple(intents))


# -- messages that are one short answer

_SHORT: tuple[tuple[Meaning, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(pattern))
    for meaning, pattern in (
        (
            Meaning.YES,
            r"(?:y|yes|yep|yeah|yup|ok|okay|correct|right|confirm|confirmed|sure|agreed|"
            r"(?:yes )?(?:thats|that is|its|all) (?:right|correct)|"
            r"yes (?:please|thanks|thank you|correct|confirm|ok))",
        ),
        (
            Meaning.NO,
            r"(?:n|no|nope|nah|wrong|incorrect|not right|not correct|cancel|"
            r"(?:no )?(?:thats|that is|its) (?:wrong|not right|not correct|incorrect)|"
            r"no (?:thanks|thank you))",
        ),
        (
            Meaning.STOP,
            r"(?:please )?(?:stop|unsubscribe|opt out|leave me alone|"
            r"stop (?:messaging|emailing|reminding|nudging|contacting|texting|asking)(?: me)?|"
            r"stop (?:sending )?(?:these |the |your |me )*(?:messages|reminders|nudges|emails)|"
            r"(?:dont|do not) (?:message|remind|email|contact|nudge) me(?: again| any more)?|"
            r"no more (?:messages|reminders|nudges|emails))(?: please| now| thanks| it)?",
        ),
        (
            Meaning.HELP,
            r"(?:please )?(?:help|menu|commands|options|what can i (?:do|say|write)|"
            r"how does this work)(?: please)?",
        ),
    )
)
_SIGNS = {"👍": Meaning.YES, "✅": Meaning.YES, "✔": Meaning.YES, "👎": Meaning.NO,
          "❌": Meaning.NO, "?": Meaning.HELP}  # fmt: skip
_SKIN_AND_STYLE = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\\s]")


def _short_answer(text: str) -> Meaning | None:
    if len(text) > 80:
        return None
    sign = _SIGNS.get(_SKIN_AND_STYLE.sub("", text))
    if sign is not None:
        return sign
    said = " ".join(clauses(plain(text)))
    return next((meaning for meaning, pattern in _SHORT if pattern.fullmatch(said)), None)


# -- messages that say something about actions

_NOTHING_NEW = re.compile(
    r"\b(?:nothing (?:new|to (?:report|add|update)|has changed|changed|since|further|more)|"
    r"no (?:change|changes|update|updates|news|further update)|same as (?:before|last time)|"
    r"as before|(?:still )?the same|unchanged|still right|(?:not|hasnt|havent) changed|"
    r"not much new)\b|^same$"
)
_NEED_HELP = re.compile(
    r"\b(?:(?:need|needs|want|require|could use|could do with|would like|would welcome)"
    r"(?: \w+)? (?:help|support|advice|guidance|assistance)|help (?:with|needed|please|me)|"
    r"can (?:you|someone|anyone|somebody) (?:please )?(?:help|call|ring|advise)|please help)\b"
)
_SNOOZE = re.compile(
    r"\b(?:snooze|(?:remind|ask|chase|nudge|message|contact) (?:me|us)|ask again|"
    r"come back to (?:me|us)|check back|check again|try me)\b"
)
_NOT_MINE = re.compile(
    r"\b(?:(?:not|isnt|no longer|never was|wasnt|never) (?:mine|me|my (?:action|job|one|area|role|"
    r"responsibility)|ours|for me|us|our (?:action|one|area))|wrong person|wrong lead|"
    r"(?:should|needs to) (?:go to|be with)|ive (?:left|moved)|i (?:have )?(?:left|moved) (?:the )?"
    r"(?:team|post|role))\b"
)
_MORE_TIME = frozenset({Status.AT_RISK, Status.OFF_TRACK})


@dataclass(frozen=True, slots=True)
class _Reader:
    """One message's day and calendar."""

    today: date
    calendar: Calendar

    def dates(self, flat: str) -> tuple[Spoken, ...]:
        return find_spoken(flat, today=self.today, calendar=self.calendar)


def _about(part: Part, meant: Sequence[str], reader: _Reader) -> list[Intent]:
    """The meaning of one part, once for each action that it names, or else for those meant."""
    intent = _read_part(part, reader)
    if part.unknown:
        return [Intent(ref, Meaning.UNCLEAR, note=part.note, doubt=Doubt.UNKNOWN_REF)
                for ref in part.refs]  # fmt: skip
    if part.mixed_up and intent.sure:
        intent = replace(intent, doubt=Doubt.TWO_MEANINGS)
    if part.refs:
        return [replace(intent, ref=ref) for ref in part.refs]
    if len(meant) == 1:
        return [replace(intent, ref=meant[0])]
    return _without_ref(intent, part, meant)


_ALL = re.compile(r"\b(?:all|both|everything|each|every one)\b")
_NEEDS_REF = frozenset({Meaning.UPDATE, Meaning.HAND_OVER, Meaning.NEED_HELP})


def _without_ref(intent: Intent, part: Part, meant: Sequence[str]) -> list[Intent]:
    """Which of several actions is meant, when none is named: ask, unless all are."""
    if meant and _ALL.search(part.flat) and intent.meaning in _NEEDS_REF and intent.sure:
        return [replace(intent, ref=ref) for ref in meant]
    if len(meant) > 1 and intent.meaning in _NEEDS_REF and intent.sure:
        return [replace(intent, doubt=Doubt.WHICH_ACTION)]
    return [intent]


def _read_part(part: Part, reader: _Reader) -> Intent:
    said = clauses(part.flat)
    line = " , ".join(said)
    if _NOT_MINE.search(line) or _HAND_TO.search(part.flat):
        return _hand_over(part, said)
    standing = read_standing(said)
    dates = reader.dates(part.flat)
    if _SNOOZE.search(line):
        return _snooze(part, standing, dates, reader.today)
    helping = _NEED_HELP.search(line) is not None
    if standing.status is not None or standing.doubt is not None:
        intent = _update(part, standing, dates, reader.today)
        return replace(intent, help_wanted=helping)
    if helping:
        return Intent(None, Meaning.NEED_HELP, note=part.note, help_wanted=True)
    if _NOTHING_NEW.search(line):
        doubt = Doubt.QUESTION if "?" in part.flat else None
        return Intent(None, Meaning.NOTHING_NEW, note=part.note, doubt=doubt)
    return Intent(None, Meaning.UNCLEAR, note=part.note, doubt=Doubt.NOT_UNDERSTOOD)


def _update(part: Part, standing: Standing, dates: tuple[Spoken, ...], today: date) -> Intent:
    new_date, date_doubt = None, None
    if standing.status in _MORE_TIME:
        new_date, date_doubt = _new_date(part.flat, dates, today)
    doubt = standing.doubt or date_doubt or (Doubt.QUESTION if "?" in part.flat else None)
    return Intent(None, Meaning.UPDATE, standing.status, new_date, note=part.note, doubt=doubt)


_TOWARDS = re.compile(
    r"\b(?:until|till|til|to|by|for|date|deadline|is|now)(?: (?:the|about|around|at|least))? "
    r"(?:end (?:of )?(?:the )?)?$"
)
_UNTIL = re.compile(r"\b(?:until|till|til|extension to|extend to|move to|new date)\b")


def _new_date(
    flat: str, dates: tuple[Spoken, ...], today: date
) -> tuple[date | None, Doubt | None]:
    """The day asked for. A length of time may count from the deadline, so it is only a guess."""
    if not dates:
        return None, Doubt.WHICH_DATE if _UNTIL.search(flat) else None
    chosen = max(dates, key=lambda spoken: spoken.last)
    if chosen.last < today:
        return None, Doubt.WHICH_DATE
    led_to = _TOWARDS.search(flat[max(0, chosen.start - 40) : chosen.start]) is not None
    sure = len(dates) == 1 and chosen.clear and not chosen.relative and led_to
    return chosen.last, None if sure else Doubt.WHICH_DATE


_DONT_ASK = re.compile(r"\b(?:dont|do not|stop|never) (?:remind|ask|chase|nudge|message|contact)")


def _snooze(part: Part, standing: Standing, dates: tuple[Spoken, ...], today: date) -> Intent:
    until = dates[0].first if len(dates) == 1 and dates[0].first > today else None
    if until is None and _DONT_ASK.search(" ".join(clauses(part.flat))):
        return Intent(None, Meaning.STOP, note=part.note, doubt=Doubt.TWO_MEANINGS)
    doubt = Doubt.WHICH_DATE if until is None or not dates[0].clear else None
    if standing.status is None:
        return Intent(None, Meaning.SNOOZE, note=part.note, snooze_until=until, doubt=doubt)
    if standing.status in _MORE_TIME:
        doubt = Doubt.WHICH_DATE  # the day may be the new deadline as well
    doubt = standing.doubt or doubt
    return Intent(
        None, Meaning.UPDATE, standing.status, note=part.note, snooze_until=until, doubt=doubt
    )


# -- handing over

_NAME = r"(?P<name>[^.;,!?():\"]{1,60})"
_HAND_TO = re.compile(
    r"\b(?:hand(?:ed|ing)?(?: (?:it|this|that))?(?: over)? to|belongs to|"
    r"(?:re)?assign(?:ed)?(?: (?:it|this))? to|pass(?:ed)?(?: (?:it|this))?(?: on)? to|"
    r"(?:now )?sits with|give(?: (?:it|this))? to) " + _NAME
)
_TRY = re.compile(
    r"\b(?:try|ask|speak (?:to|with)|talk to|contact|see|belongs to|should (?:be|go to)|goes to|"
    r"over to|pass(?: it)?(?: on)? to|moved to|with|give it to|its|it's|it is|now|"
    r"(?:re)?assign(?: it)? to) " + _NAME
)
_AFTER_NAME = re.compile(
    r"\s+(?:instead|please|now|thanks|thank you|cheers|about (?:it|this)|for (?:it|this|that)|who|"
    r"as|because|since|and|or|he|she|they|has|is|would|will|should|from now)\b.*$"
)
_NO_NAME = frozenset({"not", "me", "mine", "again", "someone else", "somebody else", "else", "it",
                      "no longer", "no longer mine", "not mine", "not me"})  # fmt: skip


def _hand_over(part: Part, said: tuple[str, ...]) -> Intent:
    name = _name_in(part)
    standing = read_standing(said)
    doubt = None
    if name is not None and len(name.split()) > 6:
        doubt = Doubt.WHO
    elif standing.status is not None:
        doubt = Doubt.TWO_MEANINGS
    elif "?" in part.flat and name is None:
        doubt = Doubt.QUESTION
    return Intent(None, Meaning.HAND_OVER, note=part.note, handover_to=name, doubt=doubt)


def _name_in(part: Part) -> str | None:
    """The name as typed: the places in `flat` are places in `typed`."""
    match = _HAND_TO.search(part.flat)
    while match is None or _is_no_name(match["name"]):
        match = _TRY.search(part.flat, match.start("name") if match is not None else 0)
        if match is None:
            return None
    cut = _AFTER_NAME.sub("", match["name"].rstrip())
    start = match.start("name")
    return part.typed[start : start + len(cut)].strip() or None


def _is_no_name(name: str) -> bool:
    bare = _AFTER_NAME.sub("", name.strip())
    return bare in _NO_NAME or bare.split(" ")[0] in ("not", "no", "nothing", "never", "my", "me")
