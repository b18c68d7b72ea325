"""What `doctor` looks at for young people's sake: who reads, who is on call, which papers."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.cover_watch import advice_on_reaching
from bot.doors import Problem
from bot.settings import Settings
from storage import break_glass
from storage.calendar import LONDON
from storage.surveys import Survey, SurveyState
from surveys import concerns
from surveys.register import not_covered
from surveys.sessions import Forms

_AHEAD = timedelta(days=7)


def young_people(db: Db, settings: Settings, now: datetime) -> Iterator[Problem]:
    """Nothing where no survey for young people is open or was paused."""
    asked = db.exec(
        select(Survey)
        .where(Survey.audience == "youth", col(Survey.state).in_(_ASKING))
        .order_by(col(Survey.slug))
    ).all()
    yield from _alerts(db, settings, now)
    yield from _emergencies(db, now)
    if asked:
        yield from _cover(db, settings, now, asked)
        yield from _on_call(db, settings, now)
        yield from _papers(settings, now)
        yield from _board(settings)


_ASKING = (SurveyState.OPEN, SurveyState.PAUSED)


def _alerts(db: Db, settings: Settings, now: datetime) -> Iterator[Problem]:
    """What waits, urgent, and reaches nobody: by number and reference alone."""
    clocks, calendar = settings.concerns.clocks(), settings.calendar()
    lost = {item.ref for item in concerns.undelivered(db)}
    lost |= {
        item.ref for item in concerns.unreachable(db, now=now, calendar=calendar, clocks=clocks)
    }
    for item in concerns.unheard(db):
        if item.ref not in lost:
            yield Problem(
                f"A red waits that nobody has, though everybody was told: {item.ref}.",
                "Ring a reviewer up now; "
                f"`listening-loop concerns acknowledge {item.ref} --as THEM` takes it.",
            )
    for ref in sorted(lost):
        yield Problem(
            f"A text that is urgent waits, and no alert about it reached anybody: {ref}.",
            "Ring a reviewer up now. Then connect the reviewers again: `people list` shows who "
            "cannot be reached, `people link` and `people code` connect them.",
        )


def _emergencies(db: Db, now: datetime) -> Iterator[Problem]:
    """Openings that are over and that no reviewer has looked at."""
    if over := sum(glass.ends <= now for glass in break_glass.unseen(db)):
        yield Problem(
            "The review queue was opened in an emergency, and no reviewer has looked at it since."
            if over == 1
            else f"The review queue was opened in an emergency {over} times, and no reviewer has "
            "looked at that since.",
            "A reviewer reads who it was and why, and says so: `concerns break-glass --list`, then "
            "`concerns break-glass --seen NUMBER`; on the pages inside it is Emergency.",
        )


def _cover(db: Db, settings: Settings, now: datetime, asked: Sequence[Survey]) -> Iterator[Problem]:
    forms, agreed = Forms(), _agreed(settings)
    for row in asked:
        if row.state is SurveyState.PAUSED:
            yield Problem(
                f"The survey {row.slug} is paused: nobody could be sure to read it.",
                f"Mend what is missing; then run `survey open {row.slug}`, which says what it is.",
            )
        elif row.version_id is not None:
            for missing in not_covered(db, forms.of(db, row.version_id), now, agreed):
                yield Problem(
                    f"The survey {row.slug} is about to be paused: {missing.removeprefix('- ')}.",
                    "Mend it within a quarter of an hour, or open the survey again afterwards.",
                )
        if advice := advice_on_reaching(db, row):
            said, _, remedy = advice.partition(". ")
            yield Problem(f"{row.slug}: {said}.", remedy)


def _board(settings: Settings) -> Iterator[Problem]:
    if settings.links.board:
        return
    yield Problem(
        "Nobody can sign in to the review queue: the pages inside have no address, and alerts "
        "carry no link.",
        "Write it into `board` of [links]: http://127.0.0.1:8081 for this machine alone, else "
        "the HTTPS name of your reverse proxy. Until then there is `listening-loop concerns`.",
    )


def _agreed(settings: Settings) -> concerns.Covering:
    return concerns.Covering(settings.calendar(), settings.concerns.clocks(), settings.help_lines)


def _on_call(db: Db, settings: Settings, now: datetime) -> Iterator[Problem]:
    """Local numbers may cover the nights; a red is told all the same, but to whom is by chance."""
    clocks, calendar = settings.concerns.clocks(), settings.calendar()
    gaps = concerns.gaps(db, now, now + _AHEAD, calendar=calendar, clocks=clocks)
    if gaps:
        first = gaps[0]
        yield Problem(
            f"Nobody is on call from {_at(first.starts_at)} to {_at(first.ends_at)}.",
            "Add turns with `concerns rota add` or `concerns rota import`.",
        )


def _papers(settings: Settings, now: datetime) -> Iterator[Problem]:
    papers = settings.governance
    if not papers.is_signed:
        yield Problem(
            "Young people are asked, and nobody has signed the impact assessment.",
            "Make it with `listening-loop papers --out papers`; then write who signed and when "
            "into `dpia_signed_by` and `dpia_signed_on` of [governance].",
        )
    elif papers.review_on is not None and papers.review_on < now.astimezone(LONDON).date():
        yield Problem(
            f"The papers were to be looked at again by {papers.review_on}.",
            "Make them anew with `listening-loop papers`, and set `review_on` of [governance].",
        )


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(LONDON):%a %-d %b %H:%M}"
