"""The quarter's papers, made once its readings are in; and the section of the year."""

from datetime import date, timedelta

from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.year.script import Script
from bot.year.shelf import Shelf
from digests import editions
from digests.period import Period
from storage.people import person_of
from storage.plans import Action, ActionLead, Body

_AFTER = timedelta(days=13)
"""How long after a quarter its papers are made: the readings are in."""


class Reports:
    """Scorecard, highlight reports and pack of each quarter; the annual section at the end."""

    def __init__(self, stage: Stage, script: Script, shelf: Shelf) -> None:
        self._stage = stage
        self._script = script
        self._shelf = shelf

    def day(self, today: date) -> None:
        """On the day: one for the partnership, one for each group that leads something."""
        quarter = Period.quarter_of(today - _AFTER)
        if quarter.end + _AFTER != today or quarter.start.year < self._script.begins.year:
            return
        self._make("scorecard", quarter)
        self._make("pack", quarter)
        for key in self._groups():
            self._make("highlight", quarter, key)
        if quarter.end.month == 12:
            self._make("annual", Period.year_of(quarter.end))

    def _groups(self) -> list[str]:
        """Bodies that lead something."""
        with self._stage.app.database.reading() as db:
            leading = select(ActionLead.body_id).join(
                Action, col(Action.id) == col(ActionLead.action_id)
            )
            found = select(Body.key).where(col(Body.id).in_(leading)).order_by(col(Body.id))
            return list(db.exec(found))

    def _make(self, kind: str, period: Period, subject: str = "") -> None:
        """Drafted, worded and approved, as on the board; then it never changes."""
        app, script = self._stage.app, self._script
        with app.database.writing() as db:
            manager = person_of(db, script.manager)
            who = manager.id if manager is not None else None
            now = app.around.now
            edition = editions.make(
                db,
                kind,
                period,
                subject=subject,
                now=now,
                calendar=app.around.calendar,
                person_id=who,
            )
            if (words := script.reports.get(_key(kind, subject, period))) is not None:
                put = {**words.remarks, "opening": words.opening}
                editions.edit_words(db, edition, put, who or 0, now)
            editions.approve(db, edition, who or 0, now)
            self._shelf.put_edition(db, edition, _key(kind, subject, period))


def _key(kind: str, subject: str, period: Period) -> str:
    return "-".join(part for part in (kind, subject, _short(period)) if part)


def _short(period: Period) -> str:
    """ "2023" or "2023-Q2"."""
    if period.days > 300:
        return str(period.end.year)
    return f"{period.end.year}-Q{(period.end.month + 2) // 3}"
