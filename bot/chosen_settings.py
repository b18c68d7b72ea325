"""Settings that people may change without the administrator: they stand above config.toml.

Whatever was agreed on paper (review hours, retention, who decided on Telegram) stays there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from sqlmodel import Session as Db
from sqlmodel import select

from bot.settings import Settings
from storage import audit
from storage.chosen import ChosenSetting

if TYPE_CHECKING:
    from bot.app import App

MOST = 400
_APART = re.compile(r"[,;\s]+")


class NotASetting(ValueError):
    """It cannot be changed here, or not to that; the message says why and what can be."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One setting by its name in config.toml, with how it is written down."""

    name: str
    label: str
    hint: str
    is_list: bool = False

    @property
    def part(self) -> str:
        return self.name.partition(".")[0]

    @property
    def field(self) -> str:
        return self.name.partition(".")[2]


CHECKED = "help_lines.last_checked"

OFFERED: tuple[Offered, ...] = (
    Offered(
        "partnership.contact",
        "Whom people can ask about a survey",
        "A name or a team, and how to reach them. It stands on every first page.",
    ),
    Offered(
        "partnership.complaints",
        "Where people can complain",
        "It stands in the privacy notices.",
    ),
    Offered(
        "reminders.hour", "Reminders go out at", "In local time, on working days; such as 09:00."
    ),
    Offered(
        "reminders.days_before",
        "Days before a deadline",
        "One message for each; such as 30, 14, 3.",
        is_list=True,
    ),
    Offered(
        "reminders.closed_days",
        "Days on which the partnership is closed",
        "Beside weekends and bank holidays; such as 2023-12-27, 2023-12-28.",
        is_list=True,
    ),
    Offered("digests.weekday", "The weekly digest is drafted on", "A weekday, such as friday."),
    Offered("digests.hour", "and at", "In local time; such as 08:00."),
    Offered("invitations.from_hour", "Invitations go out from", "In local time."),
    Offered("invitations.until_hour", "and until", "In local time."),
    Offered(
        CHECKED,
        "The help numbers were last checked on",
        "Ring each of them before you write down a new day; such as 2023-12-04.",
    ),
)
_BY_NAME = {one.name: one for one in OFFERED}


def offered(name: str) -> Offered:
    """Raises NotASetting where people may not change it."""
    if name not in _BY_NAME:
        raise NotASetting(
            f"{name[:60]} cannot be changed here. What can: {', '.join(_BY_NAME)}. All else stands "
            "in config.toml, which the administrator keeps."
        )
    return _BY_NAME[name]


def chosen_in(db: Db) -> Mapping[str, str]:
    """What was chosen, by name."""
    return {row.name: row.value for row in db.exec(select(ChosenSetting))}


def with_chosen(configured: Settings, chosen: Mapping[str, str]) -> Settings:
    """What holds: of what was chosen, all that this version of the program still takes."""
    settings = configured
    for name, value in sorted(chosen.items()):
        try:
            settings = changed(settings, name, value)
        except NotASetting:  # of an older version; what config.toml says holds then
            continue
    return settings


def shown(settings: Settings, name: str) -> str:
    """A setting as a person writes it."""
    one = offered(name)
    if one.name == CHECKED:
        days = {line.last_checked for line in settings.help_lines}
        return _written(days.pop()) if len(days) == 1 else ""
    value = getattr(getattr(settings, one.part), one.field)
    return ", ".join(map(_written, value)) if one.is_list else _written(value)


def changed(settings: Settings, name: str, text: str) -> Settings:
    """The same settings but for one. Raises NotASetting."""
    one, text = offered(name), text.strip()
    if len(text) > MOST:
        raise NotASetting(f"{one.label}: please keep it under {MOST} letters.")
    try:
        if one.name == CHECKED:
            checked = date.fromisoformat(text)
            lines = [
                line.model_copy(update={"last_checked": checked}) for line in settings.help_lines
            ]
            return settings.model_copy(update={"help_lines": tuple(lines)})
        value = [each for each in _APART.split(text) if each] if one.is_list else text
        part: BaseModel = getattr(settings, one.part)
        again = type(part).model_validate({**_given(part), one.field: value})
    except (ValidationError, ValueError) as error:
        raise NotASetting(f"{one.label}: this cannot be read. {one.hint}") from error
    return settings.model_copy(update={one.part: again})


def choose(app: "App", db: Db, name: str, text: str, person_id: int | None) -> Settings:
    """Notes it, in the caller's transaction; `app.around.follow` after the commit.

    Raises NotASetting.
    """
    chosen = {**chosen_in(db), name: text.strip()}
    changed(app.configured, name, text)
    row = db.get(ChosenSetting, name) or ChosenSetting(name=name, value="", at=app.around.now)
    row.value, row.at, row.by_id = text.strip(), app.around.now, person_id
    db.add(row)
    _note(app, db, "setting.change", name, person_id)
    return with_chosen(app.configured, chosen)


def take_back(app: "App", db: Db, name: str, person_id: int | None) -> Settings:
    """From here on config.toml says it again."""
    offered(name)
    if (row := db.get(ChosenSetting, name)) is not None:
        db.delete(row)
        _note(app, db, "setting.back", name, person_id)
    return with_chosen(
        app.configured, {key: value for key, value in chosen_in(db).items() if key != name}
    )


def follow_chosen(app: "App") -> None:
    """What another node, or the command line, changed holds here as well."""
    with app.database.reading() as db:
        settings = with_chosen(app.configured, chosen_in(db))
    if settings != app.settings:
        app.around.follow(settings)


def _given(part: BaseModel) -> dict[str, Any]:
    return {name: getattr(part, name) for name in type(part).model_fields}


def _written(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)


def _note(app: "App", db: Db, act: str, name: str, person_id: int | None) -> None:
    actor = "" if person_id else "command line"
    audit.record(
        db, at=app.around.now, act=act, subject=f"setting {name}", person_id=person_id, actor=actor
    )
