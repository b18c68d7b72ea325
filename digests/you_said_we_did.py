"""The page that goes back to those who spoke: what they said, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from statistics import median_low
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from digests.action_details import public_lead_names
from digests.codebook import in_use
from digests.corrections import corrections_of
from digests.figures import Bases, Basis, Figure, head_count
from digests.period import Period
from digests.render import render
from digests.responses import latest_published
from digests.standing import standing
from digests.theme_figures import theme_figures
from digests.themes import Refused, people_counts
from digests.wordings import checked, wordings_of
from digests.you_view import (
    Answered,
    Correction,
    Evidence,
    Loop,
    Reach,
    Wording,
    YouSaidWeDid,
    from_content,
)
from storage.calendar import Calendar
from storage.plain import plain
from storage.plans import Action
from storage.surveys import Answer, Invite, Survey, SurveySession, SurveyVersion
from storage.voice import Publication, Readers, Response, ResponseKind, Theme
from surveys.definition import Survey as Definition
from surveys.suppression import Audience, threshold_for

KIND = "you-said-we-did"
Row = tuple[Theme, Response, Action | None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page, and what has to be kept beside it so that the next one gives nothing away."""

    view: YouSaidWeDid
    bases: Bases

    def content(self) -> dict[str, object]:
        """What `Publication.content` keeps."""
        bases = {name: basis.to_json() for name, basis in sorted(self.bases.items())}
        return {"format": 1, "view": plain(self.view), "bases": bases}


def gather(session: Session, survey_id: int, period: Period, *, calendar: Calendar) -> YouSaidWeDid:
    """The page as it would be published now, from the published responses."""
    return prepare(session, survey_id, period, calendar=calendar).view


def report(
    session: Session,
    period: Period,
    *,
    subject: str = "",
    now: datetime,  # noqa: ARG001  (all reports are asked in the same way)
    calendar: Calendar,
) -> YouSaidWeDid:
    """The page of the survey of this short name, in the shape that all reports share."""
    survey = session.exec(select(Survey.id).where(col(Survey.slug) == subject)).first()
    if survey is None:
        raise Refused(f"There is no survey '{subject}'. See `listening-loop survey list`.")
    return gather(session, survey, period, calendar=calendar)


def prepare(
    session: Session,
    survey_id: int,
    period: Period,
    *,
    calendar: Calendar,
    with_approved: bool = False,
) -> Prepared:
    """The page together with what must be kept of it.

    `with_approved`: as it will be once what is approved is published; looking changes nothing.
    """
    survey, definition = _survey(session, survey_id)
    threshold = threshold_for(Audience.PUBLIC, _public_setting(definition))
    earlier = _bases(session, survey_id)
    today = period.end
    people = people_counts(session, [survey.slug]).get(survey.slug, 0)
    took_part, basis = head_count(
        people, earlier.get("took_part"), threshold=threshold, today=today
    )
    bases: dict[str, Basis] = {"took_part": basis} if basis else {}
    rows = _published(session, survey_id, with_approved)
    figures = theme_figures(
        session,
        survey_id,
        [theme.id or 0 for theme, _, _ in rows],
        people=people,
        earlier=earlier,
        threshold=threshold,
        today=today,
    )
    corrected = corrections_of(session, survey_id, calendar, today=today)
    words = wordings_of(session, [row[1].id or 0 for row in rows])
    leads = public_lead_names(session, [row[2].id or 0 for row in rows if row[2] is not None])
    themes = [
        _answered(
            row,
            figures.shown[row[0].id or 0],
            today,
            calendar,
            wordings=checked(words.get(row[1].id or 0, ())),
            corrected=corrected.get(row[1].id or 0, ()),
            leads=leads.get(row[1].action_id or 0, ()),
        )
        for row in rows
    ]
    counted = {theme.id for theme in in_use(session, survey_id)} | {row[0].id for row in rows}
    view = YouSaidWeDid(
        survey=survey.slug,
        titles=definition.settings.titles or {"en": survey.title},
        asked_by=definition.settings.asked_by,
        written_in=definition.settings.default_language,
        period=period,
        took_part=took_part,
        reach=_reach(session, survey_id, threshold, took_part, today),
        themes=tuple(themes),
        loop=_loop(session, survey, len(counted), [answered.told_on for answered in themes]),
        hear_back_by=definition.settings.hear_back_by,
        audience=survey.audience,
    )
    return Prepared(view, bases | figures.bases)


def published_text(
    session: Session, publication_id: int, language: str, readers: Readers = Readers.EVERYBODY
) -> str | None:
    """What went out, for a chat, in the nearest words; None where it is not there any more."""
    publication = session.get(Publication, publication_id)
    if publication is None or publication.kind != KIND:
        return None
    return render(from_content(publication.content), "text", language, readers=readers)


def _survey(session: Session, survey_id: int) -> tuple[Survey, Definition]:
    survey = session.get(Survey, survey_id)
    version = session.get(SurveyVersion, survey.version_id) if survey else None
    if survey is None or version is None:
        raise Refused("There is no such survey, or it has no questions yet. Add it first.")
    return survey, Definition.from_json(version.definition)


def _public_setting(definition: Definition) -> int | None:
    """A survey may ask for more than the public floor; a lower setting is for other audiences."""
    setting = definition.settings.threshold
    return setting if setting is not None and setting > threshold_for(Audience.PUBLIC) else None


def _bases(session: Session, survey_id: int) -> dict[str, Basis]:
    """The true counts behind what was last shown of each figure."""
    last = session.exec(
        select(Publication.content)
        .where(col(Publication.survey_id) == survey_id, col(Publication.kind) == KIND)
        .order_by(col(Publication.id).desc())
        .limit(1)
    ).first()
    kept: Any = (last or {}).get("bases", {})
    return {name: Basis.from_json(row) for name, row in kept.items()}


def _published(session: Session, survey_id: int, with_approved: bool) -> list[Row]:
    latest = latest_published(survey_id, with_approved=with_approved)
    rows = session.exec(
        select(Theme, Response, Action)
        .select_from(Theme)
        .join(latest, latest.c.theme_id == col(Theme.id))
        .join(Response, col(Response.id) == latest.c.response_id)
        .join(Action, col(Action.id) == col(Response.action_id), isouter=True)
        .order_by(col(Theme.id))
    )
    return [(theme, response, action) for theme, response, action in rows]


def _answered(
    row: Row,
    figure: Figure,
    today: date,
    calendar: Calendar,
    *,
    wordings: tuple[Wording, ...],
    corrected: tuple[Correction, ...],
    leads: tuple[str, ...],
) -> Answered:
    theme, response, action = row
    kind = ResponseKind(response.kind)
    told_on = calendar.local_date(response.published_at) if response.published_at else today
    status = action.status if action is not None else None
    return Answered(
        said=theme.name,
        figure=figure,
        kind=kind,
        did=response.text,
        because=response.because,
        by_when=response.by_when,
        standing=standing(kind, response.by_when, status, today),
        decided_by=response.decided_by,
        decided_on=response.decided_on,
        told_on=told_on,
        wordings=wordings,
        corrected=corrected,
        evidence=_evidence(response, action, leads),
    )


def _evidence(response: Response, action: Action | None, leads: tuple[str, ...]) -> Evidence | None:
    """What people may look up: the plan's own text, and the sentence that somebody chose."""
    if action is None:
        return Evidence("", "", "", "", response.evidence) if response.evidence else None
    return Evidence(action.ref, action.text, "; ".join(leads), action.status, response.evidence)


def _reach(
    session: Session, survey_id: int, threshold: int, took_part: Figure, today: date
) -> Reach:
    """Personal invitations are counted; a poster invites nobody knows how many."""
    rows = session.exec(
        select(Invite.group_name, func.count(), func.sum(col(Invite.most_uses)))
        .where(col(Invite.survey_id) == survey_id)
        .group_by(col(Invite.group_name))
        .order_by(col(Invite.group_name))
    ).all()
    posters = session.exec(
        select(func.count())
        .select_from(Invite)
        .where(col(Invite.survey_id) == survey_id, col(Invite.most_uses).is_(None))
    ).one()
    places = sum(int(most or 0) for _, _, most in rows)
    invited, _ = head_count(places, None, threshold=threshold, today=today)
    groups = [name for name, _, _ in rows if name]
    heard = _heard(session, survey_id)
    return Reach(
        invited=invited if rows and not posters and invited.about is not None else None,
        groups=tuple(groups) if took_part.about is not None else (),
        unheard=sum(heard.get(name, 0) < threshold for name in groups),
    )


def _heard(session: Session, survey_id: int) -> dict[str, int]:
    rows = session.exec(
        select(SurveySession.group_name, func.count(func.distinct(col(Answer.pseudonym))))
        .join(Answer, col(Answer.pseudonym) == col(SurveySession.pseudonym))
        .where(col(SurveySession.survey_id) == survey_id)
        .group_by(col(SurveySession.group_name))
    )
    return dict(rows.all())


def _loop(session: Session, survey: Survey, themes: int, told: list[date]) -> Loop:
    said = survey.closed_at.date() if survey.closed_at else _last_answer(session, survey.slug)
    days = median_low([(day - said).days for day in told]) if said and told else None
    return Loop(
        themes=themes,
        answered=len(told),
        per_cent=(200 * len(told) + themes) // (2 * themes) if themes else None,
        days=None if days is None else max(days, 0),
    )


def _last_answer(session: Session, slug: str) -> date | None:
    return session.exec(
        select(func.max(col(Answer.answered_on)))
        .join(SurveyVersion, col(SurveyVersion.id) == col(Answer.version_id))
        .where(col(SurveyVersion.slug) == slug)
    ).one()
