"""Whether a survey keeps what it promises: who can be found out, who reads it, who may leave out.

What asks for a name is found by words in the languages of `words.toml` and by names of rows.
"""

import re
from collections.abc import Iterator
from functools import cache

from storage.issues import Severity
from surveys.check.hints import Hint, Hints, asked, at, listed, plain, setting
from surveys.check.wording import words
from surveys.definition import Audience, Choice, Kind, Mode, Question, Survey

MOST_GROUPS = 10
MOST_GROUPINGS = 3
MOST_DESCRIBING = 3

_DECLINES = re.compile(
    r"prefer not|rather not|not want to (?:say|answer)|do(?:n't| not) want to (?:say|answer)|"
    r"not (?:to )?say|"
    r"wol[ęe] nie|nie chc[ęe] (?:mówić|odpowiadać)|prefer să nu|nu vreau să (?:spun|răspund)|"
    r"أفضل (?:ألا|أن لا|عدم)|لا أريد|نہیں بتانا|جواب نہیں دینا|بتانا نہیں",
    re.IGNORECASE,
)
_DECLINING_NAMES = re.compile(
    r"(?:^|_)(?:pnts|not_said|prefer_not\w*|rather_not\w*|no_answer|not_say|refused)$"
)
_FORBIDS = re.compile(
    r"\b(?:no|not|never|don't|without|nie|nu|fără|bez)\b|نہ |لا |دون ", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?؟۔])\s+|\n")
_WHAT_HAPPENED = re.compile(
    r"\bwhat (?:has )?happened to you\b|"
    r"\b(?:has|did) (?:any|some)(?:one|body) (?:ever )?"
    r"(?:hit|hurt|touch(?:ed)?|abused?|threaten(?:ed)?|scared?|forced?) you\b|"
    r"\b(?:have|were) you (?:ever )?(?:been )?(?:abused|hurt|hit|beaten|assaulted|"
    r"exploited|groomed|neglected|touched)\b|"
    r"\b(?:tell|describe)\b.{0,20}\btimes? (?:when )?(?:you|someone|somebody)\b.{0,20}"
    r"\b(?:hurt|abused|unsafe|scared|hit)\b",
    re.IGNORECASE,
)
_OF_PERSONS = frozenset(
    (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.SELECT_ONE, Kind.SELECT_MULTIPLE)
)


def cover_missing(survey: Survey) -> bool:
    """Whether young people could write words that nobody is named to read: it may not open."""
    settings = survey.settings
    named = bool(settings.reviewer and settings.deputy)
    return settings.is_youth and bool(survey.free_text()) and not named


def hints(survey: Survey) -> Hints:
    """What would break a promise, or ask more than is needed."""
    if survey.settings.audience is Audience.LEADS:
        return  # leads answer by name, about their own action
    yield from _cover(survey)
    yield from _identifying(survey)
    yield from _describing(survey)
    yield from _grouping(survey)
    yield from _no_way_out(survey)
    if survey.settings.is_youth:
        yield from _what_happened(survey)


def _cover(survey: Survey) -> Hints:
    if cover_missing(survey):
        is_first = not survey.settings.reviewer
        yield Hint(
            "no-cover",
            "Young people can write here, but no reviewer and deputy are named: it cannot open.",
            "Fill in loop_reviewer and loop_deputy on the settings sheet.",
            setting("loop_reviewer" if is_first else "loop_deputy"),
        )


def _identifying(survey: Survey) -> Hints:
    is_anonymous = survey.settings.mode is Mode.ANONYMOUS
    for question in asked(survey):
        wanted = _asks_for(question)
        if wanted is None:
            continue
        yield Hint(
            "identifies-in-anonymous" if is_anonymous else "identifies",
            f"'{question.name}' asks for the {wanted}, "
            + (
                "but people are promised that nobody can find out who they are."
                if is_anonymous
                else "which tells who somebody is."
            ),
            "Leave it out. Whoever wants to be contacted can say so, apart from the answers."
            if survey.settings.is_youth
            else "Leave it out, or ask for something wider, such as the agency or the area.",
            at(question, "label", survey.settings.default_language),
            Severity.REVIEW if is_anonymous else Severity.ADVICE,
        )


def _asks_for(question: Question) -> str | None:
    """What it asks for that tells who somebody is."""
    if question.kind not in _OF_PERSONS:
        return None
    for wanted, names in words()["row_names"].items():
        if question.name.casefold() in names and not question.choices:
            return str(wanted)
    for language, label in question.labels.items():
        for wanted, pattern in _identifying_words(language.partition("-")[0].lower()):
            if any(pattern.search(part) for part in _permitted(plain(label))):
                return wanted
    return None


def _permitted(label: str) -> Iterator[str]:
    """The sentences that ask, not those that ask people to leave something out."""
    return (part for part in _SENTENCE.split(label) if not _FORBIDS.search(part))


@cache
def _identifying_words(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (wanted, _whole_words(by_language[language]))
        for wanted, by_language in words()["identifies"].items()
        if language in by_language
    )


def _whole_words(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def _describing(survey: Survey) -> Hints:
    found: dict[str, Question] = {}
    for question in asked(survey):
        label = plain(question.labels.get("en", ""))
        for what, patterns in words()["describes"].items():
            if _whole_words(patterns).search(label):
                found.setdefault(what, question)
    if len(found) > MOST_DESCRIBING:
        last = list(found.values())[-1]
        yield Hint(
            "together-identify",
            f"It asks for {listed(list(found))}: together these can point to one person.",
            "Keep the two that you would act on; ask in wide bands.",
            at(last, "label", "en"),
        )


def _grouping(survey: Survey) -> Hints:
    groupings = [question for question in survey.questions if question.is_grouping]
    for question in groupings:
        if len(question.choices) > MOST_GROUPS:
            yield Hint(
                "small-groups",
                f"Results are compared by '{question.name}', which has {len(question.choices)} "
                "groups: most would be too small to show.",
                f"Put groups together, to at most {MOST_GROUPS}.",
                at(question, "loop_grouping"),
            )
    if len(groupings) > MOST_GROUPINGS:
        yield Hint(
            "many-groupings",
            f"Results are compared by {len(groupings)} questions: the more there are, the more "
            "figures must be held back.",
            f"Keep at most {MOST_GROUPINGS}.",
            at(groupings[-1], "loop_grouping"),
        )


def _no_way_out(survey: Survey) -> Hints:
    for question in asked(survey):
        if not question.required:
            continue
        if survey.settings.is_youth:
            yield Hint(
                "required-of-young-people",
                f"'{question.name}' is required, but a young person may always leave it out.",
                "Clear 'required'; the form then says what is so.",
                at(question, "required"),
            )
        elif question.sensitive and not any(map(_declines, question.choices)):
            yield Hint(
                "no-skip",
                f"'{question.name}' is sensitive, and nobody can leave it out.",
                "Clear 'required', or add the choice \"I would rather not say\".",
                at(question, "required"),
            )


def _declines(choice: Choice) -> bool:
    texts = " | ".join(choice.labels.values()).replace("’", "'")
    return bool(_DECLINING_NAMES.search(choice.name) or _DECLINES.search(texts))


def _what_happened(survey: Survey) -> Hints:
    for question in asked(survey):
        if match := _WHAT_HAPPENED.search(plain(question.labels.get("en", ""))):
            yield Hint(
                "asks-what-happened",
                f"'{question.name}' asks a young person what was done to them (\"{match[0]}\"). "
                "Such questions are for people who are trained for it.",
                "Ask what adults should do better. Who wants to tell will find the place for it.",
                at(question, "label", "en"),
            )
