"""The reports that are papers, by kind: whose they are, how often they come, how they are made.

The weekly digest has a form of its own (`weekly.py`); everything else is here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlmodel import Session

from digests import annual, highlight, minutes, pack, scorecard
from digests.annual_paper import paper as annual_paper
from digests.highlight_paper import paper as highlight_paper
from digests.minutes_paper import paper as minutes_paper
from digests.pack_paper import paper as pack_paper
from digests.paper import Paper
from digests.period import Period
from digests.picture import Words
from digests.scorecard_paper import paper as scorecard_paper
from digests.sheet import paragraphs, whose
from storage.calendar import LONDON, Calendar
from storage.language import HOME, Catalogue


class Every(StrEnum):
    """How often a report is made; also the key of its words."""

    QUARTER = "quarter"
    YEAR = "year"
    ONCE = "once"


class Subject(StrEnum):
    """Whose a report is: `BODY` a group's key, or "" for all; `MEETING` its number."""

    NONE = "none"
    BODY = "body"
    MEETING = "meeting"
    SURVEY = "survey"


class Gather(Protocol):
    """What is known at the end of the period. `now`: as of when the figures are, for who asks."""

    def __call__(
        self,
        session: Session,
        period: Period,
        *,
        subject: str = "",
        now: datetime,
        calendar: Calendar,
    ) -> Any: ...


@dataclass(frozen=True, slots=True)
class Report:
    """One kind of report. `of_all`: it can be made without a subject."""

    kind: str
    view_type: type
    gather: Gather
    paper: Callable[[Any], Paper]
    every: Every
    subject: Subject = Subject.NONE
    of_all: bool = True

    def period_of(self, day: date) -> Period:
        """The period of this report that a day falls in."""
        return Period.year_of(day) if self.every is Every.YEAR else Period.quarter_of(day)

    @property
    def title(self) -> str:
        return Catalogue.load("digests").say(f"reports.{self.kind}", HOME)


_ALL = (
    Report(
        "highlight",
        highlight.Highlight,
        highlight.gather,
        highlight_paper,
        Every.QUARTER,
        Subject.BODY,
        of_all=False,
    ),
    Report("annual", annual.Annual, annual.gather, annual_paper, Every.YEAR, Subject.BODY),
    Report("pack", pack.Pack, pack.gather, pack_paper, Every.QUARTER, Subject.BODY),
    Report(
        "minutes",
        minutes.Minutes,
        minutes.gather,
        minutes_paper,
        Every.ONCE,
        Subject.MEETING,
        of_all=False,
    ),
    Report("scorecard", scorecard.Scorecard, scorecard.gather, scorecard_paper, Every.QUARTER),
)

REPORTS: Mapping[str, Report] = {report.kind: report for report in _ALL}


def worded(paper: Paper, words: Words, as_at: datetime) -> Paper:
    """The paper with the words that a person put to it, and when it was made.

    Without an opening of theirs, the one that was put together from the figures stays.
    """
    say = Catalogue.load("digests").say
    local = as_at.astimezone(LONDON)
    spoken = bool(words.opening or words.remarks)
    return replace(
        paper,
        opening=paragraphs(words.opening) or paper.opening,
        whose=whose(words) if spoken else say("weekly.whose_program", HOME),
        as_at=say("weekly.as_at", HOME, hour=f"{local:%H:%M}", day=local.date()),
        remarks={key: text for key, text in words.remarks.items() if text},
    )
