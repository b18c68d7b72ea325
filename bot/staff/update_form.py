"""The update form as a page: drawn without storing anything, taken when it is sent.

It is the partnership's own `status_update` survey. What was tapped before it was opened counts
already; what is sent takes its place.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import select

from bot.access import Who
from bot.drawn_question import reason
from bot.form_pages import field_of_question, page_of, values_of_page
from bot.forms import Form
from bot.messages import NextPage, OpenForm
from bot.replies import Replies
from bot.staff.lead_allowed import action_of
from bot.staff.recording import ONE_TAP, SAYABLE, form_ended, pass_on_later
from bot.staff.small_forms import SmallForm, id_of
from reminders import updates
from reminders.policy import Status
from storage.plans import Action
from storage.surveys import Survey as SurveyRow
from surveys import engine
from surveys.definition import Survey
from surveys.register import STATUS_UPDATE
from surveys.sessions import begin, store
from surveys.steps import Running, Step, advance, take_page
from surveys.turns import Chose, Session

NAME = "update"
_LONGEST_TEXT = 600


def open_update(replies: Replies, action: Action, status: Status | None) -> bool:
    """Shows the page in answer to this act; False where the questions are put one by one."""
    if not replies.can_open:
        return False
    form = draw_update(replies, action, status)
    replies.shown = OpenForm(form)
    return True


def draw_update(
    replies: Replies,
    action: Action,
    status: Status | None,
    said: Mapping[str, str] | None = None,
    *,
    form_id: str = "",
) -> Form:
    """The first page of an update. `said`: what its fields start with, by question."""
    _, form = _survey(replies)
    at = _begun(replies, form, status)
    page = page_of(
        form,
        at,
        replies.text,
        id=form_id or id_of(NAME, action.id, *([status.value] if status else [])),
        title=replies.text("form.update_title", ref=action.ref),
        text=_about(replies, action, status),
    )
    known = said or {}
    fields = tuple(
        replace(field, value=known.get(field.name, field.value)) for field in page.fields
    )
    return replace(page, fields=fields, place="")


def _about(replies: Replies, action: Action, status: Status | None) -> str:
    text = action.text if len(action.text) <= _LONGEST_TEXT else action.text[:_LONGEST_TEXT] + "…"
    named = replies.text(f"status.{status.value}") if status else ""
    return replies.text("form.update_about", ref=action.ref, text=text, status=named)


def _survey(replies: Replies) -> tuple[SurveyRow, Survey]:
    row = replies.db.exec(select(SurveyRow).where(SurveyRow.slug == STATUS_UPDATE)).one()
    assert row.version_id is not None
    return row, replies.around.forms.of(replies.db, row.version_id)


def _begun(replies: Replies, form: Survey, status: Status | None) -> Session:
    """A session in memory, with the status that was tapped."""
    now = replies.now
    at = engine.start(form, now=now, seed=0, language=replies.standing.language).session
    if status is None or form.position("status") is None:
        return at
    return engine.resume(form, at, Chose((status.value,)), now=now).session


def _draw(replies: Replies, who: Who, args: list[str]) -> Form | None:
    found = _meant(replies, who, args)
    return draw_update(replies, *found) if found is not None else None


def _meant(replies: Replies, who: Who, args: list[str]) -> tuple[Action, Status | None] | None:
    action = action_of(replies, who, args)
    if action is None:
        return None
    return action, Status(args[1]) if len(args) > 1 and args[1] in SAYABLE else None


def _take(
    replies: Replies, who: Who, args: list[str], values: Mapping[str, str]
) -> Mapping[str, str]:
    found = _meant(replies, who, args)
    return take_update(replies, who, *found, values) if found is not None else {}


def take_update(
    replies: Replies,
    who: Who,
    action: Action,
    status: Status | None,
    values: Mapping[str, str],
    *,
    corrects_id: int | None = None,
) -> Mapping[str, str]:
    """The first page of an update was sent: it counts, and what is still to be asked is shown.

    What does not fit is answered with errors, and nothing is kept of the page.
    """
    survey, form = _survey(replies)
    given = values_of_page(form, values)
    trial = take_page(_trial(replies, survey, form, action, status), given, replies.around.moment)
    if trial.all_rejected:
        return _errors(replies, trial)
    step = _stored(replies, survey, form, action, status, given)
    if step.ended is not None:
        form_ended(replies, step, corrects_id=corrects_id)
        replies.renew()
    else:
        _go_on(replies, who, action, step, corrects_id)
    return {}


def _trial(
    replies: Replies, survey: SurveyRow, form: Survey, action: Action, status: Status | None
) -> Running:
    assert survey.id is not None
    assert survey.version_id is not None
    return Running(
        id="trial",
        survey_id=survey.id,
        version_id=survey.version_id,
        pseudonym="trial",
        contact_id=replies.standing.contact_id,
        group_name="",
        about_action_id=action.id,
        round=survey.round,
        form=form,
        at=_begun(replies, form, status),
    )


def _errors(replies: Replies, step: Step) -> dict[str, str]:
    running = step.running
    return {
        field_of_question(running.form, one.name or ""): reason(
            running.form, running.at, one, replies.text
        )
        for one in step.all_rejected
    }


def _stored(
    replies: Replies,
    survey: SurveyRow,
    form: Survey,
    action: Action,
    status: Status | None,
    given: Mapping[str, str],
) -> Step:
    moment = replies.around.moment
    running, _ = begin(
        replies.db,
        survey,
        form,
        contact_id=replies.standing.contact_id,
        language=replies.standing.language,
        moment=moment,
        about_action_id=action.id,
    )
    if status is not None:
        running = advance(running, Chose((status.value,)), moment).running
    step = take_page(running, given, moment)
    store(replies.db, [step], moment)
    return step


def _go_on(replies: Replies, who: Who, action: Action, step: Step, corrects_id: int | None) -> None:
    """What was said so far counts at once; the next page completes it."""
    running, said = step.running, step.running.at.answers
    assert action.id is not None
    if corrects_id is not None or "status" in said:
        update = updates.record(
            replies.db,
            action_id=action.id,
            person_id=who.person_id,
            status=Status(said.get("status", action.status)),
            note=said.get("note", ""),
            now=replies.now,
            today=replies.around.today,
            how=ONE_TAP,
            corrects_id=corrects_id,
        )
        pass_on_later(replies, update)
    replies.wait_for({"page": running.id}, session_id=running.id)
    replies.shown = NextPage(
        page_of(
            running.form,
            running.at,
            replies.text,
            id=running.id,
            title=replies.text("form.update_title", ref=action.ref),
        )
    )
    replies.renew()


FORMS = {NAME: SmallForm(_draw, _take)}
