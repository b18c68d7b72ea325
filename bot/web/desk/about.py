"""What a link is for: the act in one line, the actions that it is about, and its form if it has

one. Drawn from the database as it stands; nothing is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.access import Right
from bot.forms import Form
from bot.messages import DESK, Incoming, Pressed
from bot.replies import Replies
from bot.staff.every_form import SMALL_FORMS
from bot.standing import Standing
from bot.tokens import read_act
from bot.web.desk.guest import Guest
from bot.web.desk.meanings import Meaning, Subject, meaning_of
from bot.web.site import Site
from bot.web.views import saying
from reminders.action_views import ActionView, views
from reminders.policy import Status
from reminders.recipients import may_speak_for, not_carried
from storage.language import HOME
from storage.people import Person
from storage.plans import Action, Escalation, Nudge, Update

OTHER = "other"
"""The words for a button of which we cannot say what it is about."""


@dataclass(frozen=True, slots=True)
class About:
    """`key` names its words below `desk.does` and `desk.press`; `params` is put into them."""

    key: str
    params: dict[str, Any]
    changes: bool = True
    actions: tuple[ActionView, ...] = ()
    form: Form | None = None


def about(site: Site, guest: Guest) -> About:
    """What pressing the button of this page will do."""
    meaning = meaning_of(guest.token)
    with site.app.database.reading() as db:
        row = _row(db, guest, meaning)
        seen = _seen(db, site, guest, _action_ids(db, guest, meaning, row))
        is_known = bool(meaning.key) and (bool(seen) or meaning.subject is Subject.NOTHING)
        params = _params(db, site, guest, row, seen)
    if not is_known:
        return About(OTHER, params)
    form = _form(site, guest, meaning.form) if meaning.form else None
    return About(meaning.key, params, meaning.changes, seen, form)


# what it is about


def _row(db: Db, guest: Guest, meaning: Meaning) -> Update | Escalation | None:
    """The row that the link names, where it does not name the action itself."""
    _, args = read_act(guest.token)
    if not args or not args[0].isdecimal():
        return None
    if meaning.subject is Subject.UPDATE:
        return db.get(Update, int(args[0]))
    is_escalation = meaning.subject is Subject.ESCALATION
    return db.get(Escalation, int(args[0])) if is_escalation else None


def _action_ids(
    db: Db, guest: Guest, meaning: Meaning, row: Update | Escalation | None
) -> list[int]:
    if row is not None:
        return [row.action_id]
    _, args = read_act(guest.token)
    if meaning.subject is Subject.BATCH:
        batch = (Nudge.batch == ":".join(args), Nudge.person_id == guest.who.person_id)
        return list(db.exec(select(Nudge.action_id).where(*batch)))
    is_action = meaning.subject is Subject.ACTION and args[0].isdecimal()
    return [int(args[0])] if is_action else []


def _seen(db: Db, site: Site, guest: Guest, action_ids: Sequence[int]) -> tuple[ActionView, ...]:
    """Those of these actions that this person may still read, and that still stand."""
    if not action_ids:
        return ()
    stands = (col(Action.id).in_(action_ids), col(Action.retired_on).is_(None), not_carried())
    ids = [action_id for action_id in db.exec(select(Action.id).where(*stands)) if action_id]
    found = views(db, ids, today=site.app.around.today)
    reads_all = guest.who.may(Right.DIGEST)
    return tuple(
        view
        for view in found.values()
        if reads_all or may_speak_for(db, guest.who.person_id, view.id)
    )


def _params(
    db: Db,
    site: Site,
    guest: Guest,
    row: Update | Escalation | None,
    seen: Sequence[ActionView],
) -> dict[str, Any]:
    """What is put into the words: references, days, posts."""
    act, args = read_act(guest.token)
    say, second = saying(site, HOME), args[1] if len(args) > 1 else ""
    is_status = act == "status" and second in set(Status)
    named = (
        db.get(Person, int(second)) if act in ("give", "handto") and second.isdecimal() else None
    )
    return {
        "refs": ", ".join(view.ref for view in seen),
        "day": row.proposed_due_on if isinstance(row, Update) else None,
        "step": say(f"step.{row.step}") if isinstance(row, Escalation) else "",
        "status": say(f"status.{second}") if is_status else "",
        "who": named.name if named is not None else "",
        "made_on": site.app.around.calendar.local_date(guest.made_at),
    }


# its form


def _form(site: Site, guest: Guest, named: Sequence[str]) -> Form | None:
    """The form at once, so that one press is enough; None where it has to be pressed for."""
    name, *args = named
    try:
        with site.app.database.reading() as db:
            form = SMALL_FORMS[name].draw(_looking(db, site, guest), guest.who, args)
    except (DBAPIError, LookupError, ValueError) as error:
        structlog.get_logger("web").error("a form failed", kind=type(error).__name__)
        return None
    if form is None or name != "update":
        return form
    # Nothing was tapped yet, and the action stands on the page already.
    return replace(form, text="", place="")


class _Looking(Replies):
    """Somebody who only looks: a form is drawn for them, and nothing is said or remembered."""

    def queue(self, intent: str, *, key: str | None = None, **params: Any) -> None:
        """Nothing."""

    def wait_for(self, expecting: Any, *, session_id: str | None = None) -> None:
        """Nothing."""


def _looking(db: Db, site: Site, guest: Guest) -> Replies:
    standing = Standing(0, guest.address, guest.who.person_id, HOME)
    seen = Incoming(
        DESK, "", "", guest.address, Pressed(guest.token), site.now, email=guest.email, opens=True
    )
    return _Looking(db, standing, seen, site.app.around)
