"""What respondents read on their way: the questions, care, stopping, the ending."""

from dataclasses import replace

from bot.drawn_question import (
    DONE,
    KEEP,
    Drawn,
    Offer,
    draw,
    how_line,
    notes,
    notes_for_everyone,
    reason,
    typed_line,
)
from bot.intents import beside, welcome
from bot.intents.about import load_running
from bot.intents.welcome import waited_for
from bot.messages import Button, Message, Picture
from bot.tokens import button, of_form
from bot.wording import Intent, Writing
from storage.surveys import SessionState
from surveys.definition import Kind, Survey
from surveys.receipts import receipt_code
from surveys.steps import Running
from surveys.turns import Reason, Rejected


def _ask(writing: Writing) -> Message | None:
    found = load_running(writing)
    if found is None or found[0].state != SessionState.OPEN:
        return None
    running = found[1]
    if running.at.asking is None or _is_past(writing, running):
        return None
    drawn = draw(running.form, running.at)
    text = "\n\n".join(part for part in _parts(writing, running, drawn) if part)
    asking = writing.message(text, *_buttons(writing, running, drawn))
    return replace(
        asking,
        scale=drawn.is_row,
        picture=_picture(drawn),
        typed_hint=writing.steadied(typed_line(drawn, writing.say)),
    )


def _is_past(writing: Writing, running: Running) -> bool:
    """Whether something newer was asked, or marked at this asking, and is on its way."""
    marks = writing.param("k")
    return running.at.step != writing.param("n") or (
        marks is not None and marks != running.at.ticks
    )


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
        _code_first(writing, running),
        *drawn.notes,
        drawn.label if running.is_about_action else f"{place}\n{drawn.label}",
        drawn.hint,
        guidance,
        how_line(drawn, writing.say),
        keep,
    ]


def _code_first(writing: Writing, running: Running) -> str:
    """Of an anonymous survey the code comes with the first question; later none can be made."""
    if not running.is_anonymous or running.at.step != 1:
        return ""
    return writing.say(
        "nameless.code_first", receipt=receipt_code(writing.around.keyring, running.id)
    )


def _reason(writing: Writing, running: Running) -> str:
    why = writing.param("why")
    if not why:
        return ""
    rejected = Rejected(running.at.asking, Reason(why), writing.param("with") or {})
    return reason(running.form, running.at, rejected, writing.say)


def _buttons(writing: Writing, running: Running, drawn: Drawn) -> list[Button]:
    form, at = running.form, running.at

    def made(label: str, what: str, command: str = "") -> Button:
        return Button(label, of_form(running.id, at.step, what), command)

    choices = [
        replace(made(offer.label, offer.press), mark=_mark(drawn, offer)) for offer in drawn.offers
    ]
    if drawn.question.kind.takes_many:
        done = made(writing.say("ask.done"), DONE)
        choices.append(replace(done, tap_only=True))
    if drawn.kept:
        choices.append(made(writing.say("ask.keep_button", value=drawn.kept), KEEP, f"/{KEEP}"))
    controls = [("back", bool(at.answers)), ("skip", form.may_skip(drawn.question)), ("stop", True)]
    return choices + [
        made(writing.say(f"commands.{what}"), what, f"/{what}")
        for what, wanted in controls
        if wanted
    ]


def _mark(drawn: Drawn, offer: Offer) -> str:
    """A box, ticked or not, or its place in the order."""
    if drawn.question.kind is Kind.RANK:
        return f"{offer.mark}." if offer.mark else ""
    if drawn.question.kind is Kind.SELECT_MULTIPLE:
        return "☑" if offer.mark else "☐"
    return ""


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
    if writing.param("v") is not None:
        return _ending_alone(writing)
    found = load_running(writing)
    if found is None:
        return None
    running = found[1]
    said = notes(running.form, running.at, running.at.notes())
    code = receipt_code(writing.around.keyring, running.id)
    return _ended(writing, running.survey_id, running.form, said, code)


def _ending_alone(writing: Writing) -> Message:
    """After an anonymous session, which is gone: the same for everyone, and no code."""
    form = writing.around.forms.of(writing.db, writing.param("v"))
    said = notes_for_everyone(form, writing.row.language, writing.around.now)
    return _ended(writing, writing.param("survey"), form, said, "")


def _ended(
    writing: Writing, survey_id: int, form: Survey, said: tuple[str, ...], code: str
) -> Message:
    settings, youth = form.settings, form.settings.is_youth
    text = writing.say(
        f"survey.ending_{'youth' if youth else 'practitioners'}",
        notes="\n\n".join(said),
        help=writing.help_lines(),
        hear_back_by=settings.hear_back_by,
        receipt=code,
    )
    if not (youth and settings.tell_back):
        return writing.message(text)
    yes = button(writing.say("survey.tell_yes_button"), "tell", survey_id, "yes")
    no = button(writing.say("survey.tell_no_button"), "tell", survey_id, "no")
    return writing.message(f"{text}\n\n{writing.say('survey.tell_offer')}", yes, no)


def _stopping(writing: Writing) -> Message | None:
    found = load_running(writing)
    if found is None or found[0].state != SessionState.OPEN:
        return None
    running = found[1]
    if waited_for(writing, "stopping") != running.id:
        return None
    buttons = [
        Button(writing.say(f"survey.{label}"), of_form(running.id, running.at.step, what))
        for label, what in (("keep", "keep"), ("delete", "delete"), ("go_on", "go"))
    ]
    stopping = "nameless.stopping" if running.is_anonymous else "survey.stopping"
    return writing.message(writing.say(stopping), *buttons)


INTENTS: dict[str, Intent] = {
    **welcome.INTENTS,
    **beside.INTENTS,
    "ask": _ask,
    "care": _care,
    "ending": _ending,
    "stopping": _stopping,
}
