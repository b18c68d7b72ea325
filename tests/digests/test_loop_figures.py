"""The loop's own figures: one place, protected, beside the period before."""

import json
from datetime import date

from sqlmodel import Session, select

from digests.delivery import Progress, Step, Why
from digests.drawings import Flow
from digests.loop_figures import LoopFigures, loop_figures, reached_of
from digests.loop_flow import flow, reasons, sentences
from digests.period import Period
from digests.verdicts import give
from storage.mail import Outbox
from storage.plain import plain, restored
from storage.voice import ResponseKind, ResponseState, Verdict
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded, at
from tests.digests.test_publishing import approved, publish_now

JANUARY = Period(date(2024, 1, 1), date(2024, 1, 31))


def test_themes_days_and_people_are_counted_beside_the_period_before(
    session: Session, rochdale: Seeded
) -> None:
    seeded.said_and_done(session, rochdale)
    seeded.ask_to_hear(session, rochdale, 8)
    approved(session, rochdale, "Sports", 20)
    publication = publish_now(session, rochdale, points_to_nobody=True).publication_id
    for row in session.exec(select(Outbox)).all()[:6]:
        row.settled_at, row.outcome = NOW, "sent"
        session.add(row)
    for n in range(12):
        right = Verdict.RIGHT if n < 6 else Verdict.PARTLY
        give(session, publication, str(n), right, today=NOW.date())
    session.flush()
    found = loop_figures(session, JANUARY, calendar=CALENDAR)
    assert (found.themes, found.answered, found.per_cent) == (6, 5, 83)
    assert (found.reached.listed, found.reached.delivered, found.reached.under_way) == (8, 6, 2)
    assert found.reached.per_cent == 75
    assert (found.judged.given, found.publications) == (10, 1)
    assert found.days is not None
    picture = flow(found)
    assert isinstance(picture.drawing, Flow)
    assert [step.shown for step in picture.drawing.steps][:3] == ["6 themes", "5 of 6", "6 of 8"]
    assert "5 of 6" in picture.alt
    assert len(picture.table.rows) == 4
    assert "83%" in " ".join(sentences(found))


def test_the_same_period_gives_the_same_figures_whatever_came_later(
    session: Session, rochdale: Seeded
) -> None:
    seeded.said_and_done(session, rochdale)
    before = loop_figures(session, WEEK, calendar=CALENDAR)
    late = seeded.theme(session, rochdale, "Later", 12)
    seeded.response(session, late, ResponseKind.WE_DID, "Done.", state=ResponseState.DRAFT)
    approved(session, rochdale, "Sports", 20)
    publish_now(session, rochdale, Period.week_to(date(2024, 1, 21)), points_to_nobody=True)
    after = loop_figures(session, WEEK, calendar=CALENDAR)
    assert (after.answered, after.publications) == (before.answered, before.publications)
    assert after.reached == before.reached


def test_figures_come_back_from_what_an_edition_keeps(session: Session, rochdale: Seeded) -> None:
    seeded.said_and_done(session, rochdale)
    found = loop_figures(session, JANUARY, calendar=CALENDAR)
    assert restored(LoopFigures, json.loads(json.dumps(plain(found)))) == found


def test_nothing_coded_and_nothing_published_is_said_plainly(
    session: Session, rochdale: Seeded
) -> None:
    quiet = Period(date(2020, 1, 1), date(2020, 1, 31))
    found = loop_figures(session, quiet, calendar=CALENDAR)
    assert found.before is None
    text = " ".join(sentences(found))
    assert "No theme has been coded" in text
    assert "nobody was told" in text
    assert "Too few people" in text
    assert next(row[1] for row in flow(found).table.rows) == "nothing coded"


def test_a_short_list_is_left_out_whole_so_that_no_sum_gives_it_away() -> None:
    told, blocked = Step(Progress.DELIVERED), Step(Progress.NOT_REACHED, Why.BLOCKED)
    lost = Step(Progress.NOT_REACHED, Why.ERASED)
    found = reached_of([[told] * 9 + [blocked], [lost, told]], 5)
    assert (found.listed, found.delivered, found.not_reached) == (10, 9, 1)
    assert found.reasons == (("blocked", 1), ("erased", None))
    assert found.short_lists == 1
    assert reached_of([[told] * 4], 5).listed is None


def test_who_could_not_be_told_and_why_is_said_in_words(session: Session, rochdale: Seeded) -> None:
    contacts = seeded.ask_to_hear(session, rochdale, 7)
    approved(session, rochdale, "Listen", 20)
    publish_now(session, rochdale, Period.week_to(at(1, 15).date()))
    row = session.exec(select(Outbox).where(Outbox.contact_id == contacts[0])).one()
    row.settled_at, row.outcome = NOW, "fault"
    session.add(row)
    session.flush()
    found = loop_figures(session, JANUARY, calendar=CALENDAR, survey_id=rochdale.survey)
    [line] = reasons(found)
    assert line.startswith("1: a fault of ours")
    assert found.survey
