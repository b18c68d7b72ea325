"""What respondents read: the welcome, the questions, care, the ending."""

from dataclasses import replace

from bot.drawn_question import KEEP, Drawn, draw, how_line, notes, reason
from bot.messages import Button, Message, Picture
from bot.standing import expecting_of
from bot.tokens import button, of_form
from bot.wording import Intent, Writing
from storage.retention import RetentionRules
from storage.surveys import SessionState, SurveySession
from storage.surveys import Survey as SurveyRow
from surveys import suppression
from surveys.definition import Audience, Kind, Mode, Survey, text_in
from surveys.receipts import receipt_code
from surveys.sessions import Running, running_of
from surveys.suppression import threshold_for
from surveys.turns import Reason, Rejected

_KEPT = RetentionRules()
LANGUAGE_NAMES = {
    "en": "English",
    "pl": "Polski",
    "ur": "اردو",
    "ar": "العربية",
    "ro": "Română",
}


def _welcome(writing: Writing) -> Message | None:
    row = writing.db.get(SurveyRow, writing.param("survey"))
    if row is None or row.version_id is None or row.state != "open":
        return None
    if _waited_for(writing, "welcome") != row.id:
        return None
    form = writing.around.forms.of(writing.db, row.version_id)
    audience = form.settings.audience
    text = writing.say(
        f"welcome.{'youth' if audience is Audience.YOUTH else 'practitioners'}",
        questions=sum(question.kind.is_asked for question in form.questions),
        minutes=form.settings.minutes or 5,
        **_about(writing, form),
    )
    return writing.message(text, *_welcome_buttons(writing, row, form, more=True))


def _waited_for(writing: Writing, what: str) -> object:
    """What the conversation still waits for: a question that was settled is not put again."""
    return expecting_of(writing.db, writing.row.contact_id).get(what)


def _welcome_more(writing: Writing) -> Message | None:
    row = writing.db.get(SurveyRow, writing.param("survey"))
    if row is None or row.version_id is None:
        return None
    form = writing.around.forms.of(writing.db, row.version_id)
    text = writing.say("privacy.more", **_about(writing, form))
    return writing.message(text, *_welcome_buttons(writing, row, form, more=False))


def _welcome_buttons(writing: Writing, row: SurveyRow, form: Survey, *, more: bool) -> list[Button]:
    buttons = [button(writing.say("welcome.yes"), "welcome", row.id, "yes")]
    buttons.append(button(writing.say("welcome.no"), "welcome", row.id, "no"))
    if more:
        buttons.append(button(writing.say("welcome.more"), "welcome", row.id, "more"))
    others = [code for code in form.languages if code != writing.row.language]
    return buttons + [
        button(LANGUAGE_NAMES.get(code, code), "language", row.id, code) for code in others
    ]


def _about(writing: Writing, form: Survey) -> dict[str, str]:
    language, settings = writing.row.language, form.settings
    return {
        "asked_by": text_in(settings.asked_by, language)
        or writing.around.settings.partnership.name,
        "why": text_in(settings.why, language),
        "privacy": privacy(writing, form),
        "link_days": str(_KEPT.link_days),
        "words_months": str(_words_months(form)),
    }


def _words_months(form: Survey) -> int:
    youth = form.settings.audience is Audience.YOUTH
    return _KEPT.youth_words_months if youth else _KEPT.practitioner_months


def privacy(writing: Writing, form: Survey) -> str:
    """Who can see what, from the survey's own settings, so that it is always so."""
    youth = form.settings.audience is Audience.YOUTH
    assert form.settings.mode is Mode.CONFIDENTIAL, "other modes are refused when a survey opens"
    return writing.say(
        f"privacy.{'youth' if youth else 'practitioners'}_confidential",
        group=writing.param("group") or "",
        threshold=threshold_for(suppression.Audience.INTERNAL),
    )


def load_running(writing: Writing) -> tuple[SurveySession, Running] | None:
    """The session of an intent, with its form; None when it is gone."""
    row = writing.db.get(SurveySession, writing.param("s") or "")
    if row is None or row.state == SessionState.DELETED:
        return None
    return row, running_of(row, writing.around.forms.of(writing.db, row.version_id))


def _ask(writing: Writing) -> Message | None:
    found = load_running(writing)
    if found is None or found[0].state != SessionState.OPEN:
        return None
    running = found[1]
    if running.at.asking is None or running.at.step != writing.param("n"):
        return None
    drawn = draw(running.form, running.at)
    text = "\n\n".join(part for part in _parts(writing, running, drawn) if part)
    asking = writing.message(text, *_buttons(writing, running, drawn))
    return replace(asking, scale=drawn.is_row, picture=_picture(drawn))


def _picture(drawn: Drawn) -> Picture | None:
    shown = drawn.picture
    if shown is None:
        return None
    if shown.content is None:
        return Picture(shown.alt)
    return Picture(shown.alt, shown.content.media_type, shown.content.content)


def _parts(writing: Writing, running: Running, drawn: Drawn) -> list[str]:
    place = writing.say("ask.progress", place=drawn.place, total=drawn.total)
    keep = writing.say("ask.keep", value=drawn.kept) if drawn.kept else ""
    guidance = writing.say("ask.guidance", guidance=drawn.guidance) if drawn.guidance else ""
    return [
        writing.say("young.confidential_answer") if writing.param("confidential") else "",
        _reason(writing, running),
        *drawn.notes,
        drawn.label if running.is_about_action else f"{place}\n{drawn.label}",
        drawn.hint,
        guidance,
        _in_order(drawn),
        how_line(drawn, writing.say),
        keep,
    ]


def _reason(writing: Writing, running: Running) -> str:
    why = writing.param("why")
    if not why:
        return ""
    rejected = Rejected(running.at.asking, Reason(why), writing.param("with") or {})
    return reason(running.form, running.at, rejected, writing.say)


def _in_order(drawn: Drawn) -> str:
    """What is put in order is a list to read: one tap could not say it."""
    if drawn.question.kind is not Kind.RANK:
        return ""
    return "\n".join(f"  {n}) {offer.label}" for n, offer in enumerate(drawn.offers, 1))


def _buttons(writing: Writing, running: Running, drawn: Drawn) -> list[Button]:
    form, at = running.form, running.at

    def made(label: str, what: str, command: str = "") -> Button:
        return Button(label, of_form(running.id, at.step, what), command)

    offers = () if drawn.question.kind is Kind.RANK else drawn.offers
    choices = [made(offer.label, offer.press) for offer in offers]
    if drawn.kept:
        choices.append(made(writing.say("ask.keep_button", value=drawn.kept), KEEP, f"/{KEEP}"))
    controls = [("back", bool(at.answers)), ("skip", form.may_skip(drawn.question)), ("stop", True)]
    return choices + [
        made(writing.say(f"commands.{what}"), what, f"/{what}")
        for what, wanted in controls
        if wanted
    ]


_GOING_ON = [("care_go_on", "go"), ("care_stop", "stop")]


def _care(writing: Writing) -> Message:
    session, step = writing.param("s") or "-", writing.param("n") or 0
    going_on = [("care_finish", "go")] if writing.param("ended") else _GOING_ON
    offers = [("care_contact", "contact"), *(() if writing.param("over") else going_on)]
    buttons = [
        Button(writing.say(f"young.{label}"), of_form(session, step, what))
        for label, what in offers
        if what != "contact" or session != "-"
    ]
    return writing.message(writing.say("young.care", help=writing.help_lines()), *buttons)


def _ending(writing: Writing) -> Message | None:
    found = load_running(writing)
    if found is None:
        return None
    running = found[1]
    form, settings = running.form, running.form.settings
    youth = settings.audience is Audience.YOUTH
    text = writing.say(
        f"survey.ending_{'youth' if youth else 'practitioners'}",
        notes="\n\n".join(notes(form, running.at, running.at.notes())),
        help=writing.help_lines(),
        hear_back_by=settings.hear_back_by,
        receipt=receipt_code(writing.around.keyring, running.id),
    )
    if not (youth and settings.tell_back):
        return writing.message(text)
    yes = button(writing.say("survey.tell_yes_button"), "tell", running.survey_id, "yes")
    no = button(writing.say("survey.tell_no_button"), "tell", running.survey_id, "no")
    return writing.message(f"{text}\n\n{writing.say('survey.tell_offer')}", yes, no)


def _stopping(writing: Writing) -> Message | None:
    found = load_running(writing)
    if found is None or found[0].state != SessionState.OPEN:
        return None
    running = found[1]
    if _waited_for(writing, "stopping") != running.id:
        return None
    buttons = [
        Button(writing.say(f"survey.{label}"), of_form(running.id, running.at.step, what))
        for label, what in (("keep", "keep"), ("delete", "delete"), ("go_on", "go"))
    ]
    return writing.message(writing.say("survey.stopping"), *buttons)


def _privacy(writing: Writing) -> Message:
    found = load_running(writing)
    if found is None:
        return writing.message(writing.say("young.help"))
    form = found[1].form
    return writing.message(writing.say("privacy.more", **_about(writing, form)))


def _languages(writing: Writing) -> Message | None:
    found = load_running(writing)
    if found is None:
        return None
    codes = ", ".join(
        f"{code} ({LANGUAGE_NAMES.get(code, code)})" for code in found[1].form.languages
    )
    return writing.message(writing.say("young.languages", codes=codes))


def _safe(writing: Writing) -> Message:
    return writing.message(writing.say("young.safe", help=writing.help_lines()))


def _clear(writing: Writing) -> Message:
    return writing.message(writing.say("young.clear"))


def _help_young(writing: Writing) -> Message:
    return writing.message(writing.say("young.help"))


INTENTS: dict[str, Intent] = {
    "welcome": _welcome,
    "welcome_more": _welcome_more,
    "ask": _ask,
    "care": _care,
    "ending": _ending,
    "stopping": _stopping,
    "privacy": _privacy,
    "languages": _languages,
    "safe": _safe,
    "clear": _clear,
    "help_young": _help_young,
}
