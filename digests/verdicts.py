"""“Did we get that right?”: what people tapped about a publication, and what the next says of it.

Nobody's answer hangs on it: a tap is kept under a keyed mark that is another for each publication.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from digests.delivery import KIND
from storage.database import insert_new
from storage.language import Catalogue
from storage.rows import change
from storage.types import Keyring
from storage.voice import Publication, ToldVerdict, Verdict
from surveys.suppression import Audience, Shown, round_public, suppress, threshold_for

BEHIND_CONTACT, BEHIND_CODE, BEHIND_BROWSER = "contact", "code", "browser"
"""Who taps: somebody in a chat, whoever holds a receipt code, a browser on the public page."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What may be shown of the taps about a publication: rounded, and hidden where they are few.

    `given` is None below the threshold; `per_cent` then too, and where one answer was rare.
    """

    given: int | None
    per_cent: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class LastTime:
    """What people said of the publication before, as the next one tells it, once and for all."""

    given: int
    right_in_ten: int | None


def mark_of(keyring: Keyring, publication_id: int, behind: str, who: str) -> str:
    """The keyed mark of one voice: `behind` is one of the three above."""
    return keyring.fingerprint("verdict", str(publication_id), behind, who)


def give(
    session: Session, publication_id: int, mark: str, verdict: Verdict, *, today: date
) -> bool:
    """Counts a tap; the last one of the same mark stands. False where there is no such page."""
    publication = session.get(Publication, publication_id)
    if publication is None or publication.kind != KIND:
        return False
    row = {
        "publication_id": publication_id,
        "mark": mark,
        "verdict": verdict,
        "given_on": today,
    }
    if not insert_new(session, ToldVerdict, [row], col(ToldVerdict.mark)):
        same = (
            col(ToldVerdict.publication_id) == publication_id,
            col(ToldVerdict.mark) == mark,
        )
        values = {"verdict": verdict, "given_on": today}
        change(session, update(ToldVerdict).where(*same).values(values))
        session.expire_all()
    return True


def true_verdicts(
    session: Session, publication_ids: list[int], *, until: date | None = None
) -> dict[str, int]:
    """How many tapped what. True counts: never print these, protect them first."""
    query = (
        select(ToldVerdict.verdict, func.count())
        .where(col(ToldVerdict.publication_id).in_(publication_ids))
        .group_by(col(ToldVerdict.verdict))
    )
    if until is not None:
        query = query.where(col(ToldVerdict.given_on) <= until)
    found = {Verdict(one): count for one, count in session.exec(query)}
    return {one.value: found.get(one, 0) for one in Verdict}


def protected(counts: Mapping[str, int], audience: Audience) -> Verdicts:
    """Rounded to five, so that two looks do not tell what one person tapped in between."""
    threshold = threshold_for(audience)
    total = sum(counts.values())
    if total < threshold:
        return Verdicts(None, dict.fromkeys(counts))
    cells = suppress(counts, threshold=threshold)
    shown = {
        name: _per_cent(cell.count, total) if isinstance(cell, Shown) else None
        for name, cell in cells.items()
    }
    return Verdicts(round_public(total), shown)


def _per_cent(count: int, total: int) -> int:
    """In steps of five, from rounded figures alone."""
    whole = round_public(total)
    return min(100, round_public((200 * round_public(count) + whole) // (2 * whole)))


def of_publication(session: Session, publication_id: int) -> Verdicts:
    """For those who work with it."""
    return protected(true_verdicts(session, [publication_id]), Audience.INTERNAL)


# the next publication says what was said of the one before


def last_time(session: Session, survey_id: int) -> LastTime | None:
    """What the newest publication of a survey heard back; None where it was too few to say."""
    newest = session.exec(
        select(func.max(col(Publication.id))).where(
            col(Publication.survey_id) == survey_id, col(Publication.kind) == KIND
        )
    ).one()
    if newest is None:
        return None
    counts = true_verdicts(session, [newest])
    said = {"right": counts["right"], "other": counts["partly"] + counts["wrong"]}
    shown = protected(said, Audience.PUBLIC)
    right = shown.per_cent["right"]
    return (
        None
        if shown.given is None
        else LastTime(shown.given, None if right is None else (right + 5) // 10)
    )


def kept_last_time(content: Mapping[str, Any]) -> LastTime | None:
    """The same as a publication keeps it."""
    kept = content.get("last_time")
    return LastTime(kept["given"], kept["right_in_ten"]) if kept else None


def last_time_text(last: LastTime | None, language: str) -> str:
    """One sentence for those who spoke; empty where there is nothing to say."""
    if last is None:
        return ""
    say = Catalogue.load("digests").say
    if last.right_in_ten is None:
        return say("verdict.last_given", language, n=last.given).strip()
    return say("verdict.last_right", language, n=last.given, right=last.right_in_ten).strip()
