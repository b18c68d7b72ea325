"""What lies before the voice lead: one answer, the next ones, and which themes it may speak of."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from digests.codebook import in_use
from digests.coding import Codings, codings
from digests.reading import ReviewedAnswer, mark_of, reply_of, reviewed_answers
from digests.suggestions import (
    Coded,
    Learned,
    Named,
    NewTheme,
    Suggestion,
    learn,
    new_themes,
    same_words,
    suggest,
)
from digests.themes import Refused, Reply
from storage.voice import Theme

UNCODED, EVERY, NO_THEME = "uncoded", "all", "none"
MOST_SAME = 40
"""So many answers with the same words are coded with one press."""
_LEARNED_FROM = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answers are gone through. `show`: one of the three above, or a theme's id."""

    show: str = UNCODED
    question: str = ""
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OnDesk:
    """One answer and what was made of it."""

    mark: str
    place: int
    question: str
    reply: Reply
    words: str = field(repr=False)
    themes: frozenset[int]
    is_done: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """`found`: how many answers there are of those that were wanted; `same`: uncoded ones that say

    exactly what this one says.
    """

    done: int
    total: int
    found: int
    now: OnDesk | None
    previous: str
    next: str
    same: tuple[OnDesk, ...]
    suggestions: tuple[Suggestion, ...]
    themes: tuple[Theme, ...] = field(repr=False)
    questions: tuple[str, ...]


class Answers:
    """The reviewed answers of a survey in their fixed order, with what was coded so far."""

    def __init__(self, session: Session, survey_id: int) -> None:
        self.survey_id = survey_id
        self.themes = tuple(in_use(session, survey_id))
        found = codings(session, survey_id)
        read = reviewed_answers(session, survey_id)
        self.all = tuple(_on_desk(survey_id, n, one, found) for n, one in enumerate(read, 1))
        self._by_mark = {one.mark: one for one in self.all}

    def of(self, mark: str) -> OnDesk:
        """Refused where it is not there: deleted, or back with the reviewer."""
        found = self._by_mark.get(mark)
        if found is None:
            raise Refused(
                "This answer is not here any more. It was deleted, or the reviewer took it up "
                "again."
            )
        return found

    @property
    def done(self) -> int:
        return sum(one.is_done for one in self.all)

    def noted(self, marks: Collection[str], themes: frozenset[int]) -> None:
        """These were coded just now."""
        self.all = tuple(
            replace(one, themes=themes, is_done=True) if one.mark in marks else one
            for one in self.all
        )

    def wanted(self, wanted: Wanted) -> list[OnDesk]:
        """Those gone through, in their order."""
        return [one for one in self.all if _is_wanted(one, wanted)]

    def after(self, place: int, wanted: Wanted) -> OnDesk | None:
        """The next one gone through, from the beginning again once the end is reached."""
        found = self.wanted(wanted)
        later = [one for one in found if one.place > place]
        return next(iter([*later, *found]), None)

    def same_as(self, one: OnDesk) -> tuple[OnDesk, ...]:
        """Answers to the same question with the same words that nobody has looked at."""
        words = same_words(one.words)
        same = (
            other
            for other in self.all
            if not other.is_done and other.question == one.question and other.mark != one.mark
        )
        return tuple(other for other in same if same_words(other.words) == words)[:MOST_SAME]

    def learned(self, apart: OnDesk | None = None) -> Learned:
        """What was coded so far, apart from the answer that is looked at."""
        done = (one for one in self.all if one.is_done and one is not apart)
        coded = [Coded(one.words, one.themes) for one in done]
        return learn(self.named(), coded[-_LEARNED_FROM:])

    def named(self) -> tuple[Named, ...]:
        return tuple(Named(one.id or 0, one.name, one.definition) for one in self.themes)

    def new_themes(self) -> tuple[NewTheme, ...]:
        """What several answers without a theme have in common."""
        without = [one.words for one in self.all if not one.themes]
        return new_themes(without, self.named())


def desk(session: Session, survey_id: int, wanted: Wanted, mark: str = "") -> Desk:
    """The answer of this mark, else the first of those wanted."""
    answers = Answers(session, survey_id)
    found = answers.wanted(wanted)
    now = answers.of(mark) if mark else next(iter(found), None)
    place = now.place if now is not None else 0
    before = [one for one in found if one.place < place]
    later = [one for one in found if one.place > place]
    suggested = () if now is None else suggest(now.words, answers.learned(now))
    return Desk(
        done=answers.done,
        total=len(answers.all),
        found=len(found),
        now=now,
        previous=before[-1].mark if before else "",
        next=later[0].mark if later else "",
        same=answers.same_as(now) if now is not None and not now.is_done else (),
        suggestions=tuple(
            one for one in suggested if now is not None and one.theme_id not in now.themes
        ),
        themes=answers.themes,
        questions=tuple(dict.fromkeys(one.question for one in answers.all)),
    )


def _on_desk(survey_id: int, place: int, one: ReviewedAnswer, found: Codings) -> OnDesk:
    reply = reply_of(one.handle)
    return OnDesk(
        mark=mark_of(survey_id, one.handle),
        place=place,
        question=one.question,
        reply=reply,
        words=one.words,
        themes=found.of(reply),
        is_done=found.is_done(reply),
    )


def _is_wanted(one: OnDesk, wanted: Wanted) -> bool:
    if wanted.question and one.question != wanted.question:
        return False
    if wanted.words and same_words(wanted.words) not in same_words(one.words):
        return False
    if wanted.show == EVERY:
        return True
    if wanted.show == UNCODED:
        return not one.is_done
    if wanted.show == NO_THEME:
        return one.is_done and not one.themes
    return wanted.show.isascii() and wanted.show.isdigit() and int(wanted.show) in one.themes
