"""What the "you said, we did" page shows: frozen, safe to show, and kept as it went out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from digests.figures import Figure
from digests.period import Period
from digests.standing import Standing
from storage.plain import restored
from storage.voice import Readers, ResponseKind
from surveys.definition import Audience, Texts


@dataclass(frozen=True, slots=True)
class Wording:
    """The same answer in other words, which somebody who reads them stands by."""

    readers: Readers
    language: str
    said: str
    did: str
    because: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What was wrong in what was published, when it was put right, and what stood there before."""

    on: date
    what: str
    kind: ResponseKind
    did: str
    because: str
    by_when: date | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that it was done: the action in the plan, who leads it, and what people chose.

    Nothing of what a lead wrote in an update: `shown` is a sentence that a person wrote for this.
    """

    action_ref: str
    action: str
    lead: str
    status: str
    shown: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One thing that was said, how many said it if that may be shown, and the reply.

    `readers` and `language`: whose words these are, "" for the survey's language.
    """

    said: str
    figure: Figure
    kind: ResponseKind
    did: str
    because: str
    by_when: date | None
    standing: Standing
    decided_by: str
    decided_on: date | None
    told_on: date
    wordings: tuple[Wording, ...] = ()
    corrected: tuple[Correction, ...] = ()
    evidence: Evidence | None = None
    readers: Readers = Readers.EVERYBODY
    language: str = ""


@dataclass(frozen=True, slots=True)
class Loop:
    """How well we listen: themes answered out of all, and days from the last word to the reply."""

    themes: int
    answered: int
    per_cent: int | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Who was asked. `unheard` counts the groups from which few or none answered, without names."""

    invited: Figure | None
    groups: tuple[str, ...]
    unheard: int


@dataclass(frozen=True, slots=True)
class YouSaidWeDid:
    """Everything on the page, already safe to show: true counts are not in it."""

    survey: str
    titles: Texts
    asked_by: Texts
    written_in: str
    period: Period
    took_part: Figure
    reach: Reach
    themes: tuple[Answered, ...]
    loop: Loop
    hear_back_by: date | None
    audience: str = Audience.YOUTH.value

    @property
    def unanswered(self) -> int:
        return self.loop.themes - self.loop.answered

    @property
    def took_part_key(self) -> str:
        """What says how many there were: young people are called so, nobody else is."""
        few = self.took_part.about is None
        if self.audience == Audience.YOUTH:
            return "you.took_part_few" if few else "you.took_part"
        return "you.staff.took_part_few" if few else "you.staff.took_part"

    @property
    def invited_key(self) -> str:
        return "you.invited" if self.audience == Audience.YOUTH else "you.staff.invited"


@dataclass(frozen=True, slots=True)
class FellBack:
    """Whether some words are in another language than was asked for, or for other readers."""

    language: bool
    readers: bool


def for_readers(view: YouSaidWeDid, readers: Readers, language: str) -> YouSaidWeDid:
    """The page in the words that fit best: said, did and because of each theme.

    First those for these readers in this language, then those for everybody in it, then those for
    these readers in the survey's language, then the response itself.
    """
    return replace(view, themes=tuple(_worded(view, one, readers, language) for one in view.themes))


def fell_back(view: YouSaidWeDid, readers: Readers, language: str) -> FellBack:
    """Of a page that `for_readers` made."""
    asked = language.partition("-")[0]
    spoken = [(one.language or view.written_in).partition("-")[0] for one in view.themes]
    return FellBack(
        language=any(one != asked for one in spoken),
        readers=any(one.readers is not readers for one in view.themes),
    )


def offered(view: YouSaidWeDid) -> tuple[Readers, ...]:
    """For whom there are words of their own on this page; everybody comes first."""
    found = {one.readers for theme in view.themes for one in theme.wordings}
    return tuple(one for one in Readers if one in found or one is Readers.EVERYBODY)


def from_content(content: Mapping[str, object]) -> YouSaidWeDid:
    """The page that `Prepared.content` kept."""
    view: YouSaidWeDid = restored(YouSaidWeDid, content["view"])
    return view


def _worded(view: YouSaidWeDid, theme: Answered, readers: Readers, language: str) -> Answered:
    wanted = (
        (readers, language),
        (readers, language.partition("-")[0]),
        (Readers.EVERYBODY, language),
        (Readers.EVERYBODY, language.partition("-")[0]),
        (readers, view.written_in),
    )
    by_key = {(one.readers, one.language): one for one in theme.wordings}
    own = (Readers.EVERYBODY, view.written_in)
    for key in wanted:
        if key == own:
            return theme
        if (one := by_key.get(key)) is not None:
            return replace(
                theme,
                said=one.said,
                did=one.did,
                because=one.because,
                readers=one.readers,
                language=one.language,
            )
    return theme
