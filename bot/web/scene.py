"""Where somebody stands who asks for their page: read in one look, and nothing is written."""

from dataclasses import dataclass, field

from sqlmodel import Session as Db

from bot.drawn_question import notes, notes_for_everyone
from bot.standing import Standing, find
from bot.web.cookies import Visit
from bot.web.notices import waiting_notices
from bot.web.site import Site
from storage.surveys import SessionState, SurveySession
from storage.surveys import Survey as SurveyRow
from surveys.definition import Survey
from surveys.sessions import running_of


@dataclass(frozen=True, slots=True)
class LastSession:
    """A session that is over here, and what is still to be said about it."""

    id: str
    state: SessionState
    slug: str
    form: Survey = field(repr=False)
    closing_notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a page is drawn from."""

    standing: Standing | None = None
    said: tuple[str, ...] = ()
    slug: str = ""
    last: LastSession | None = None

    def waits_for(self, what: str) -> str | None:
        """The session for which this is awaited: care, contact, stopping."""
        found = (self.standing.expecting or {}).get(what) if self.standing is not None else None
        return str(found) if found is not None else None

    @property
    def is_after_the_end(self) -> bool:
        return bool(self.standing and (self.standing.expecting or {}).get("ended"))


def scene_of(site: Site, visit: Visit) -> Scene:
    """The scene of this browser's visitor."""
    around = site.app.around
    with site.app.database.reading() as db:
        standing = find(db, visit.address, around.forms) if visit.key else None
        if standing is None:
            return Scene()
        said = waiting_notices(
            db,
            site.app.wording,
            standing.contact_id,
            language=standing.language,
            address=visit.address,
        )
        if standing.running is not None:
            row = db.get(SurveyRow, standing.running.survey_id)
            return Scene(standing, said, row.slug if row is not None else "")
        last = _last(db, site, standing) or _over(db, site, standing)
        return Scene(standing, said, last.slug if last is not None else "", last)


def _last(db: Db, site: Site, standing: Standing) -> LastSession | None:
    """The session before, while it still belongs to this visitor."""
    row = db.get(SurveySession, standing.last_session_id or "")
    if row is None or row.state == SessionState.DELETED or row.contact_id != standing.contact_id:
        return None
    form = site.app.around.forms.of(db, row.version_id)
    survey = db.get(SurveyRow, row.survey_id)
    said: tuple[str, ...] = ()
    if row.progress and row.state == SessionState.COMPLETE:
        at = running_of(row, form).at
        said = notes(form, at, at.notes())
    return LastSession(row.id, row.state, survey.slug if survey else "", form, said)


def _over(db: Db, site: Site, standing: Standing) -> LastSession | None:
    """The end of an anonymous survey: no session is left, so it is the same for everyone."""
    waiting = standing.expecting or {}
    survey = db.get(SurveyRow, waiting.get("over", 0)) if "how" in waiting else None
    if survey is None or survey.version_id is None:
        return None
    form = site.app.around.forms.of(db, survey.version_id)
    state = SessionState(waiting["how"])
    said: tuple[str, ...] = ()
    if state is SessionState.COMPLETE:
        said = notes_for_everyone(form, standing.language, site.now)
    return LastSession("", state, survey.slug, form, said)
