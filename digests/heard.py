"""The voices behind a report: who was asked, what was said, what came of it.

No figure of young people is in a report that is not on the public page as well: each comes from
what was published last, so that no two papers together tell more than one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from digests.codebook_history import in_use_at
from digests.figures import Figure
from digests.period import Period
from digests.standing import Standing, standing
from digests.themes import true_counts
from digests.you_said_we_did import KIND
from digests.you_view import YouSaidWeDid, from_content
from storage.calendar import Calendar
from storage.plans import Action
from storage.surveys import Survey, SurveyState
from storage.voice import (
    Hearing,
    HearingKind,
    HearingTheme,
    Publication,
    Response,
    ResponseKind,
    ResponseState,
    Theme,
)
from surveys.register import STATUS_UPDATE
from surveys.suppression import Audience, threshold_for

_OPEN = (HearingKind.PRACTICE_REVIEW, HearingKind.AUDIT)
"""What came up in these is told by name."""


@dataclass(frozen=True, slots=True)
class Said:
    """A theme, and what came of it; `kind` is None as long as nobody has answered it in public.

    `actions`: the refs that the reply leans on. `published_on`: when people were told.
    """

    theme: str
    figure: Figure | None = None
    kind: ResponseKind | None = None
    reply: str = ""
    because: str = ""
    by_when: date | None = None
    standing: Standing | None = None
    decided_by: str = ""
    published_on: date | None = None
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voices:
    """One survey: its themes, and as much of who took part as the public page says.

    `unheard` counts the groups from which few or none answered; None where nothing is published.
    `unnamed`: unanswered themes that too few people spoke of to be told by name.
    """

    survey: str
    slug: str
    audience: str
    opened: date | None
    closed: date | None
    took_part: Figure | None
    invited: Figure | None
    groups: tuple[str, ...]
    unheard: int | None
    themes: tuple[Said, ...]
    unnamed: int = 0

    @property
    def answered(self) -> int:
        return sum(said.kind is not None for said in self.themes)


@dataclass(frozen=True, slots=True)
class Learning:
    """A practice review or an audit: when it was, and the themes that came up in it."""

    kind: HearingKind
    title: str
    held_on: date
    themes: tuple[str, ...]


Leans = set[int | None]
"""The ids of the actions that a reply leans on."""


def voices(
    session: Session,
    period: Period,
    *,
    calendar: Calendar,
    action_ids: Iterable[int] | None = None,
) -> tuple[Voices, ...]:
    """Surveys that were open, or answered, within the period, in the order they were opened.

    With `action_ids` only themes whose reply leans on one of these, and surveys that have some.
    """
    wanted = None if action_ids is None else set(action_ids)
    found = (_voices(session, survey, period, calendar, wanted) for survey in _surveys(session))
    return tuple(one for one in found if _belongs(one, period, by_action=wanted is not None))


def _surveys(session: Session) -> Sequence[Survey]:
    return session.exec(
        select(Survey)
        .where(Survey.state != SurveyState.DRAFT, Survey.slug != STATUS_UPDATE)
        .order_by(col(Survey.opened_at), col(Survey.id))
    ).all()


def _belongs(one: Voices, period: Period, *, by_action: bool) -> bool:
    if by_action:
        return bool(one.themes)
    told = any(
        said.published_on is not None and period.start <= said.published_on <= period.end
        for said in one.themes
    )
    opened = one.opened is not None and one.opened <= period.end
    was_open = opened and (one.closed is None or one.closed >= period.start)
    return told or was_open


def _voices(
    session: Session, survey: Survey, period: Period, calendar: Calendar, wanted: set[int] | None
) -> Voices:
    public = last_page(session, survey.id or 0, period, calendar)
    figures = {one.said: one.figure for one in public.themes} if public else {}
    replies = _replies(session, survey.id or 0, period, calendar)
    found, unnamed = _themes(session, survey.id or 0, period, calendar, replies)
    themes = [(replace(said, figure=figures.get(said.theme)), ids) for said, ids in found]
    return Voices(
        survey=survey.title,
        slug=survey.slug,
        audience=survey.audience,
        opened=calendar.local_date(survey.opened_at) if survey.opened_at else None,
        closed=calendar.local_date(survey.closed_at) if survey.closed_at else None,
        took_part=public.took_part if public else None,
        invited=public.reach.invited if public else None,
        groups=public.reach.groups if public else (),
        unheard=public.reach.unheard if public else None,
        themes=tuple(said for said, ids in themes if wanted is None or ids & wanted),
        unnamed=unnamed if wanted is None else 0,
    )


def last_page(
    session: Session, survey_id: int, period: Period, calendar: Calendar
) -> YouSaidWeDid | None:
    """What was on the public page of a survey as the period ended."""
    content = session.exec(
        select(Publication.content)
        .where(
            col(Publication.survey_id) == survey_id,
            col(Publication.kind) == KIND,
            col(Publication.published_at) < period.ends(calendar),
        )
        .order_by(col(Publication.id).desc())
        .limit(1)
    ).first()
    return from_content(content) if content else None


def _themes(
    session: Session,
    survey_id: int,
    period: Period,
    calendar: Calendar,
    replies: dict[int, tuple[Said, Leans]],
) -> tuple[list[tuple[Said, Leans]], int]:
    """Themes in use as the period ended, and those answered in public that were so no longer.

    What nobody has answered and few spoke of is only counted.
    """
    used = {one.id: one.name for one in in_use_at(session, survey_id, period.ends(calendar))}
    answered = session.exec(
        select(Theme).where(col(Theme.id).in_(list(replies))).order_by(col(Theme.id))
    )
    every = {theme.id: theme.name for theme in answered} | used
    hidden = few_spoke_of(session, survey_id, period) & (every.keys() - replies.keys())
    shown = [
        (replace(said, theme=name), ids)
        for theme_id, name in sorted(every.items(), key=lambda pair: pair[0] or 0)
        if theme_id not in hidden
        for said, ids in [replies.get(theme_id or 0, (Said(""), set()))]
    ]
    return shown, len(hidden)


def few_spoke_of(session: Session, survey_id: int, period: Period) -> set[int]:
    """Themes of so few people that their names could point at one of them.

    Not those that a practice review or an audit has told by name. The counts are today's.
    """
    least = threshold_for(Audience.INTERNAL)
    counts = true_counts(session, survey_id)
    few = {theme_id for theme_id, count in counts.items() if count < least}
    told = session.exec(
        select(HearingTheme.theme_id)
        .join(Hearing, col(Hearing.id) == col(HearingTheme.hearing_id))
        .where(
            col(HearingTheme.theme_id).in_(few),
            col(Hearing.kind).in_(_OPEN),
            col(Hearing.held_on) <= period.end,
        )
    )
    return few - set(told)


def few_spoke_of_any(session: Session, period: Period) -> set[int]:
    """The same of every survey."""
    ids = (survey.id or 0 for survey in _surveys(session))
    return {theme_id for one in ids for theme_id in few_spoke_of(session, one, period)}


def _replies(
    session: Session, survey_id: int, period: Period, calendar: Calendar
) -> dict[int, tuple[Said, Leans]]:
    """The reply to each theme that stood in public as the period ended."""
    query = (
        select(Response, Action.id, Action.ref, Action.status)
        .join(Theme, col(Theme.id) == col(Response.theme_id))
        .join(Action, col(Action.id) == col(Response.action_id), isouter=True)
        .where(
            col(Theme.survey_id) == survey_id,
            col(Response.state) == ResponseState.PUBLISHED,
            col(Response.published_at) < period.ends(calendar),
        )
        .order_by(col(Response.id))
    )
    return {
        one.theme_id: (
            _said(one, ref, status, period, calendar),
            set() if action_id is None else {action_id},
        )
        for one, action_id, ref, status in session.exec(query)
    }


def _said(
    one: Response, ref: str | None, status: str | None, period: Period, calendar: Calendar
) -> Said:
    return Said(
        theme="",
        kind=one.kind,
        reply=one.text,
        because=one.because,
        by_when=one.by_when,
        standing=standing_of(one, status, period.end),
        decided_by=one.decided_by,
        published_on=calendar.local_date(one.published_at) if one.published_at else None,
        actions=(ref,) if ref else (),
    )


def standing_of(one: Response, status: str | None, today: date) -> Standing:
    """How a reply stood on a day."""
    return standing(ResponseKind(one.kind), one.by_when, status, today)


def learning(session: Session, period: Period) -> tuple[Learning, ...]:
    """Practice reviews and audits held in the period, in their order."""
    found = session.exec(
        select(Hearing)
        .where(
            col(Hearing.kind).in_(_OPEN),
            col(Hearing.held_on) >= period.start,
            col(Hearing.held_on) <= period.end,
        )
        .order_by(col(Hearing.held_on), col(Hearing.id))
    ).all()
    names = session.exec(
        select(HearingTheme.hearing_id, Theme.name)
        .join(Theme, col(Theme.id) == col(HearingTheme.theme_id))
        .where(col(HearingTheme.hearing_id).in_([one.id for one in found]))
        .order_by(col(Theme.id))
    ).all()
    return tuple(
        Learning(
            HearingKind(one.kind),
            one.title,
            one.held_on,
            tuple(name for hearing_id, name in names if hearing_id == one.id),
        )
        for one in found
    )
