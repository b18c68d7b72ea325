"""What somebody reads who has just come in: how old they are, the welcome, and more about it."""

from dataclasses import replace

from bot.intents.about import about, other_languages, privacy_in_full
from bot.messages import Button, Message
from bot.standing import expecting_of
from bot.tokens import button
from bot.wording import Intent, Writing
from storage.surveys import Survey as SurveyRow
from storage.surveys import SurveySession
from surveys.definition import Survey
from surveys.receipts import come_back_code


def waited_for(writing: Writing, what: str) -> object:
    """What the conversation still waits for: a question that was settled is not put again."""
    return expecting_of(writing.db, writing.row.contact_id).get(what)


def _open_survey(writing: Writing, what: str) -> tuple[SurveyRow, Survey] | None:
    """The survey that is still waited for so, with its form."""
    row = writing.db.get(SurveyRow, writing.param("survey"))
    if row is None or row.version_id is None or waited_for(writing, what) != row.id:
        return None
    return row, writing.around.forms.of(writing.db, row.version_id)


def _age_question(writing: Writing) -> Message | None:
    found = _open_survey(writing, "age")
    if found is None:
        return None
    row, form = found
    age = writing.around.settings.telegram.minimum_age
    buttons = [
        button(writing.say(f"age.{answer}", age=age), "age", row.id, answer)
        for answer in ("under", "over")
    ]
    return writing.message(
        writing.say("age.question", age=age), *buttons, *other_languages(writing, form, row.id)
    )


def _too_young(writing: Writing) -> Message:
    """Where else they can take part; nothing is kept of them after this."""
    settings = writing.around.settings
    links = settings.links.made()
    web = links.web.rstrip("/") if settings.web.on else ""
    token, code = writing.param("token") or "", ""
    session = writing.db.get(SurveySession, writing.param("s") or "")
    if session is not None:
        code = come_back_code(writing.around.keyring, session.id)
    text = writing.say(
        "age.too_young",
        age=settings.telegram.minimum_age,
        link=links.web_link(token) if web and token else web if code else "",
        code=code,
        help=writing.help_lines(),
    )
    return writing.message(text)


def _welcome(writing: Writing) -> Message | None:
    found = _open_survey(writing, "welcome")
    if found is None or found[0].state != "open":
        return None
    row, form = found
    text = writing.say(
        f"welcome.{'youth' if form.settings.is_youth else 'practitioners'}",
        chat=writing.say("welcome.chat_is_kept") if writing.row.to.is_stored else "",
        **about(writing, form),
    )
    return writing.message(text, *_buttons(writing, row, form, more=True))


def _welcome_more(writing: Writing) -> Message | None:
    row = writing.db.get(SurveyRow, writing.param("survey"))
    if row is None or row.version_id is None:
        return None
    form = writing.around.forms.of(writing.db, row.version_id)
    buttons = _buttons(writing, row, form, more=False)
    return writing.message(privacy_in_full(writing, form), *buttons)


def _buttons(writing: Writing, row: SurveyRow, form: Survey, *, more: bool) -> list[Button]:
    answers = ("yes", "no", "more") if more else ("yes", "no")
    yes, *others = (
        button(writing.say(f"welcome.{answer}"), "welcome", row.id, answer) for answer in answers
    )
    return [replace(yes, form=True), *others, *other_languages(writing, form, row.id)]


INTENTS: dict[str, Intent] = {
    "age_question": _age_question,
    "too_young": _too_young,
    "welcome": _welcome,
    "welcome_more": _welcome_more,
}
