"""What people read of their own settings, of stopping and of standing in; and the plain help."""

from bot.access import Right, who_acts, who_is
from bot.board_links import may_enter
from bot.intents.lead_parts import form_button, titled
from bot.messages import SLACK, Message
from bot.tokens import button
from bot.wording import Intent, Writing
from reminders.recipients import actions_of
from storage.language import language_name
from storage.people import Person, contacts_of, preferences_of


def settings_text(writing: Writing, person: Person) -> str:
    """Everything they chose, and what holds where they chose nothing."""
    assert person.id is not None
    mine, usual = preferences_of(writing.db, person.id), writing.around.settings
    today = writing.around.today
    away = person.away_until if person.away_until and person.away_until >= today else ""
    quiet = mine.quiet_until if mine.quiet_until and mine.quiet_until > today else ""
    deputy = writing.db.get(Person, person.deputy_id) if person.deputy_id else None
    reached = contacts_of(writing.db, [person.id]).get(person.id)
    return writing.say(
        "settings.shown",
        hour=usual.reminders.hour.hour if mine.reminder_hour is None else mine.reminder_hour,
        days=[writing.say(f"settings.day_{day}") for day in sorted(mine.reminder_days or ())],
        quiet=quiet,
        stopped=mine.stopped_on or "",
        away=away,
        deputy=deputy.name if deputy is not None else "",
        speaks=language_name(person.language),
        where=writing.say(f"platform.{reached.platform}") if reached is not None else "",
        is_read=_reads_digests(writing, person.id),
        digest=_digest_words(writing, mine.digest_wanted, mine.digest_day, mine.digest_hour),
    )


def _reads_digests(writing: Writing, person_id: int) -> bool:
    who = who_is(writing.db, person_id)
    return who is not None and who.may(Right.DIGEST)


def _digest_words(writing: Writing, wanted: bool | None, day: int | None, hour: int | None) -> str:
    if wanted is False:
        return writing.say("settings.digest_off")
    if day is None and hour is None:
        return writing.say("settings.digest_usual")
    usual = writing.around.settings.digests
    return writing.say(
        "settings.digest_on",
        day=writing.say(f"settings.day_{day}") if day is not None else usual.weekday.capitalize(),
        hour=usual.hour.hour if hour is None else hour,
    )


def _settings(writing: Writing) -> Message | None:
    person = writing.db.get(Person, writing.param("person"))
    if person is None or person.id is None:
        return None
    if writing.param("changed"):
        text = "\n\n".join([writing.say("settings.noted"), settings_text(writing, person)])
        return titled(writing, writing.message(text), "settings.title")
    mine = preferences_of(writing.db, person.id)
    change = form_button(writing.say("settings.button_change"), "settings")
    peace = "start" if mine.stopped_on is not None else "stop"
    buttons = [button(writing.say(f"settings.button_{peace}"), peace)]
    if writing.row.to.takes_forms:
        buttons.insert(0, change)
    how = writing.say("settings.how", is_read=_reads_digests(writing, person.id))
    text = "\n\n".join([settings_text(writing, person), how])
    return titled(writing, writing.message(text, *buttons), "settings.title")


def _stopped_reminders(writing: Writing) -> Message | None:
    """To the manager, once: who is asked no more, and what she can do."""
    person = writing.db.get(Person, writing.param("person"))
    if person is None:
        return None
    text = writing.say("settings.manager_stopped", who=person.name)
    return titled(writing, writing.message(text), "settings.title_stopped")


def _covers(writing: Writing) -> Message | None:
    """To a deputy who was just named."""
    person = writing.db.get(Person, writing.param("person"))
    if person is None or person.deputy_id != writing.row.person_id:
        return None
    text = writing.say("settings.you_cover", who=person.name, until=person.away_until or "")
    mine = button(writing.say("lead.button_all"), "do", "actions")
    return titled(writing, writing.message(text, mine), "settings.title_cover")


def _help_staff(writing: Writing) -> Message:
    who = who_acts(writing.db, writing.row.person_id, writing.around)
    rights = [right.value for right in who.rights] if who is not None else []
    board = bool(writing.around.settings.links.board) and may_enter(who)
    start = "/loop " if writing.row.to.platform == SLACK else ""
    person_id = writing.row.person_id or 0
    own = actions_of(writing.db, person_id, today=writing.around.today)
    leads = bool(own) or Right.GROUP_ACTIONS in rights
    text = writing.say("home.help", rights=rights, start=start, leads=leads, board=board)
    return titled(writing, writing.message(text), "lead.title_help")


INTENTS: dict[str, Intent] = {
    "settings": _settings,
    "stopped_reminders": _stopped_reminders,
    "you_cover": _covers,
    "help_staff": _help_staff,
}
