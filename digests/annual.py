"""The partnership's section for its annual report: what works well, what can be better, and what

difference was made; who was asked, who answered, who was not heard, and what came of it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from digests.action_history import Course, courses
from digests.heard import Learning, Voices, learning, voices
from digests.highlight import Tally, tallies
from digests.indicators import Measure, indicators_at
from digests.loop_figures import LoopFigures, loop_figures
from digests.period import Period
from digests.report_scene import About, body_of, scene_of
from digests.training import Training, training
from storage.calendar import Calendar
from surveys.suppression import Audience


@dataclass(frozen=True, slots=True)
class Annual:
    """`actions`: all that were judged. `was`: the year compared with, if it is known.

    `leant_on`: the actions behind the answers to what people said.
    """

    about: About
    period: Period
    was: Period | None
    tallies: tuple[Tally, ...]
    actions: tuple[Course, ...]
    leant_on: tuple[Course, ...]
    measures: tuple[Measure, ...]
    voices: tuple[Voices, ...]
    loop: LoopFigures
    learning: tuple[Learning, ...]
    training: Training


def gather(
    session: Session,
    period: Period,
    *,
    subject: str = "",
    now: datetime,
    calendar: Calendar,
) -> Annual:
    """The year of the partnership whose group `subject` is, or of all plans there are.

    An annual report is published, so what it says of the loop is suppressed as for the public.
    """
    body = body_of(session, subject) if subject else None
    about, scene = scene_of(session, period, calendar, body, now)
    found = courses(scene)
    heard = voices(session, period, calendar=calendar)
    refs = {ref for one in heard for said in one.themes for ref in said.actions}
    is_known = any(one.status_before is not None for one in found)
    return Annual(
        about=about,
        period=period,
        was=period.before() if is_known else None,
        tallies=tallies(found),
        actions=tuple(one for one in found if one.judged),
        leant_on=tuple(one for one in found if one.ref in refs),
        measures=indicators_at(
            session, period, calendar=calendar, now=now, plan_ids=list(scene.plans)
        ),
        voices=heard,
        loop=loop_figures(session, period, calendar=calendar, audience=Audience.PUBLIC),
        learning=learning(session, period),
        training=training(session, period, calendar),
    )
