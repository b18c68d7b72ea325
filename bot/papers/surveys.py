"""The surveys of this partnership, as the papers name them."""

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.papers import facts
from storage.people import Person
from storage.surveys import Survey, SurveyVersion
from surveys.definition import Audience
from surveys.definition import Survey as Form


def surveys_in(db: Db) -> tuple[facts.Survey, ...]:
    """All that ask young people or practitioners, those that are open first."""
    rows = db.exec(
        select(Survey, SurveyVersion)
        .join(SurveyVersion, col(SurveyVersion.id) == col(Survey.version_id))
        .where(Survey.audience != Audience.LEADS)
        .order_by(col(Survey.state).desc(), col(Survey.slug))
    ).all()
    return tuple(_one(db, row, Form.from_json(version.definition)) for row, version in rows)


def _one(db: Db, row: Survey, form: Form) -> facts.Survey:
    return facts.Survey(
        slug=row.slug,
        title=form.settings.title,
        is_youth=form.settings.is_youth,
        mode=form.settings.mode.value,
        state=row.state.value,
        ages=form.settings.ages,
        languages=form.languages,
        texts=len(form.free_text()),
        sensitive=sum(question.sensitive for question in form.questions),
        reviewer=_post(db, row.reviewer_id) or form.settings.reviewer,
        deputy=_post(db, row.deputy_id) or form.settings.deputy,
    )


def _post(db: Db, person_id: int | None) -> str:
    person = None if person_id is None else db.get(Person, person_id)
    return "" if person is None else person.name
