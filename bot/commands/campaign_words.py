"""How a campaign is shown: who would be asked, how far it is, who was not reached and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.commands.campaign_audience import Asked
from bot.commands.common import counted, issues_json

if TYPE_CHECKING:
    from sqlmodel import Session

    from surveys.campaigns.audiences import Preview
    from surveys.campaigns.view import CampaignView

_REASONS = {
    "no_address": "not connected with a platform (`people link`, or `survey campaign links`)",
    "gone": "left the chat or blocked it",
    "no_thanks": "asked not to be invited",
    "fault": "our fault: see `listening-loop doctor`",
    "gave_up": "could not be delivered, tried often",
}


def from_to(first: datetime, last: datetime) -> str:
    from storage.calendar import LONDON

    begins, ends = first.astimezone(LONDON), last.astimezone(LONDON)
    if f"{begins:%Y-%m-%d %H:%M}" == f"{ends:%Y-%m-%d %H:%M}":
        return on(last)
    return f"from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M}"


def on(at: datetime) -> str:
    from storage.calendar import LONDON

    return f"on {at.astimezone(LONDON):%Y-%m-%d at %H:%M}"


def preview_lines(
    db: "Session",
    slug: str,
    found: "Preview",
    asked: Asked,
    first: datetime | None,
    last: datetime | None,
) -> Iterator[str]:
    people = counted(found.total, "person", "people")
    yield f"{slug}: {people} ({asked.wanted.in_words()}); {found.reached} can be reached."
    if first is not None and last is not None:
        yield f"They would be asked {from_to(first, last)}."
    for language, count in found.languages.most_common():
        yield f"  in {language}: {count}"
    for trouble, count in found.troubles.most_common():
        yield f"  cannot be reached: {count}, {_REASONS[trouble]}"
    yield from _names(db, found)
    yield "Nothing was sent."


def _names(db: "Session", found: "Preview") -> Iterator[str]:
    """Who said no is not named: nobody is to be talked round."""
    from storage.people import Person

    for person_id, trouble in found.unreached:
        person = db.get(Person, person_id)
        if person is not None and trouble != "no_thanks":
            yield f"    {person.name} <{person.email or 'no e-mail'}>"


def preview_json(
    found: "Preview", asked: Asked, first: datetime | None, last: datetime | None
) -> dict[str, Any]:
    return {
        "people": found.total,
        "reached": found.reached,
        "languages": dict(found.languages),
        "agencies": dict(found.agencies),
        "not_reached": dict(found.troubles),
        "first_at": first,
        "last_at": last,
        "issues": issues_json(asked.issues),
    }


def _about(count: int) -> str:
    """How many began, as `survey list` shows counts: rounded, and never of a few."""
    from digests.weekly_surveys import about
    from surveys.suppression import Audience, threshold_for

    people = about(count)
    least = threshold_for(Audience.INTERNAL)
    return f"fewer than {least}" if people is None else f"about {people}"


def view_lines(one: "CampaignView") -> Iterator[str]:
    state = f", stopped {one.stopped_at:%Y-%m-%d}" if one.stopped_at else ""
    yield f"Campaign {one.id} ({one.kind}, round {one.round}): {one.audience}{state}"
    yield f"  people: {one.members}; sent: {one.delivered}; on the way: {one.waiting}"
    if one.planned and one.is_over:
        yield f"  not asked: {one.planned}, because the survey closed first"
    elif one.planned and one.last_at:
        last = "" if one.planned == 1 else "the last "
        yield f"  still to be asked: {one.planned}, {last}{on(one.last_at)}"
    if one.remind_on:
        yield f"  reminders from {one.remind_on}, once each"
    if one.kind == "invitation":
        yield f"  begun: {_about(one.used)}"
    if one.missed_total:
        yield f"  did not get it: {one.missed_total}"
    for reason in dict.fromkeys(missed.reason for missed in one.missed):
        yield f"  {_REASONS.get(reason, reason)}:"
        yield from (
            f"    {missed.name} <{missed.email or 'no e-mail'}>"
            for missed in one.missed
            if missed.reason == reason
        )
    if one.missed_total > len(one.missed):
        yield f"    and {one.missed_total - len(one.missed)} more"


def view_json(one: "CampaignView") -> dict[str, Any]:
    return {
        "campaign": one.id,
        "kind": one.kind,
        "round": one.round,
        "audience": one.audience,
        "people": one.members,
        "planned": one.planned,
        "on_the_way": one.waiting,
        "sent": one.delivered,
        "not_reached": one.missed_total,
        "begun": _about(one.used),
        "last_at": one.last_at,
        "remind_on": one.remind_on,
        "stopped_at": one.stopped_at,
        "missed": [
            {"name": missed.name, "email": missed.email, "reason": missed.reason}
            for missed in one.missed
        ],
    }
