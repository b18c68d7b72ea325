"""The settings of one person as a form: when, where, in which language, and who covers."""

from collections.abc import Mapping

from bot.access import Right, Who
from bot.forms import Field, FieldKind, Form, Option
from bot.replies import Replies
from bot.staff.settings_taking import DAYS, HOURS, connected, take
from bot.staff.small_forms import SmallForm, id_of, open_small
from storage.language import LANGUAGE_NAMES
from storage.people import Person, Preferences, preferences_of

NAME = "settings"
_USUAL = "usual"


def show(replies: Replies, who: Who) -> None:
    """The form where there are forms, else what they chose and how to change it."""
    if not open_small(FORMS, replies, who, NAME):
        replies.queue("settings", person=who.person_id)


def _draw(replies: Replies, who: Who, _: list[str]) -> Form:
    mine = preferences_of(replies.db, who.person_id)
    person = replies.db.get_one(Person, who.person_id)
    fields = [*_when(replies, mine), *_away(replies, person), *_where(replies, who, mine, person)]
    if who.may(Right.DIGEST):
        fields += _digest(replies, mine)
    return Form(
        id_of(NAME), replies.text("settings.form_title"), tuple(fields), replies.text("form.send")
    )


def _one(
    replies: Replies, name: str, options: Mapping[str, str], chosen: object, *, usual: bool = True
) -> Field:
    """A choice, with "as the partnership has it" above it."""
    first = {_USUAL: replies.text("settings.as_usual")} if usual else {}
    shown = {**first, **options}
    value = _USUAL if chosen is None or chosen == "" else str(chosen)
    return Field(
        name,
        FieldKind.ONE,
        replies.text(f"settings.form_{name}"),
        options=tuple(Option(value, label) for value, label in shown.items()),
        value=value if value in shown else "",
    )


def _hours(replies: Replies) -> dict[str, str]:
    return {str(hour): replies.text("settings.form_hour_of", hour=hour) for hour in HOURS}


def _day_names(replies: Replies) -> dict[str, str]:
    return {str(day): replies.text(f"settings.day_{day}") for day in DAYS}


def _when(replies: Replies, mine: Preferences) -> list[Field]:
    days = Field(
        "days",
        FieldKind.SEVERAL,
        replies.text("settings.form_days"),
        replies.text("settings.form_days_hint"),
        options=tuple(Option(day, name) for day, name in _day_names(replies).items()),
        value=" ".join(str(day) for day in mine.reminder_days or ()),
    )
    quiet = mine.quiet_until
    is_quiet = quiet is not None and quiet > replies.around.today
    until = Field(
        "quiet",
        FieldKind.DATE,
        replies.text("settings.form_quiet"),
        value=quiet.isoformat() if quiet is not None and is_quiet else "",
    )
    return [_one(replies, "hour", _hours(replies), mine.reminder_hour), days, until]


def _away(replies: Replies, person: Person) -> list[Field]:
    until, today = person.away_until, replies.around.today
    deputy = replies.db.get(Person, person.deputy_id) if person.deputy_id else None
    return [
        Field(
            "away",
            FieldKind.DATE,
            replies.text("settings.form_away"),
            value=until.isoformat() if until is not None and until >= today else "",
        ),
        Field(
            "deputy",
            FieldKind.WORDS,
            replies.text("settings.form_deputy"),
            replies.text("settings.form_deputy_hint"),
            value=deputy.name if deputy is not None else "",
            most=200,
        ),
    ]


def _where(replies: Replies, who: Who, mine: Preferences, person: Person) -> list[Field]:
    places = {name: replies.text(f"platform.{name}") for name in connected(replies, who.person_id)}
    return [
        _one(replies, "language", LANGUAGE_NAMES, person.language, usual=False),
        _one(replies, "where", places, mine.platform),
    ]


def _digest(replies: Replies, mine: Preferences) -> list[Field]:
    chosen: object = "off" if mine.digest_wanted is False else mine.digest_day
    offered = {"off": replies.text("settings.digest_off"), **_day_names(replies)}
    return [
        _one(replies, "digest", offered, chosen),
        _one(replies, "digest_hour", _hours(replies), mine.digest_hour),
    ]


def _take(replies: Replies, who: Who, _: list[str], values: Mapping[str, str]) -> Mapping[str, str]:
    sent = {name: "" if value == _USUAL else value for name, value in values.items()}
    if "where" in sent:
        sent["platform"] = sent.pop("where")
    if not sent.get("language"):
        sent.pop("language", None)
    wrong = take(replies, who, sent)
    if wrong:
        return {
            "where" if name == "platform" else name: replies.text(
                f"settings.{one.key}", **one.params
            )
            for name, one in wrong.items()
        }
    replies.queue("settings", person=who.person_id, changed=True)
    replies.renew()
    return {}


FORMS = {NAME: SmallForm(_draw, _take)}
