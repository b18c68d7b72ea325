"""The scorecard: every measure by priority, nothing silent, every quarter restorable."""

from sqlmodel import Session

from digests.paper import Picture, Table, Text
from digests.paper_formats import draw
from digests.scorecard import Scorecard, gather
from digests.scorecard_paper import paper
from storage.plain import plain, restored
from tests.digests.measured import CALENDAR, LAST, NEXT, NOW, QUARTER, plan, put


def card(session: Session, subject: str = "") -> Scorecard:
    return gather(session, QUARTER, subject=subject, now=NOW, calendar=CALENDAR)


def test_the_summary_counts_better_worse_and_missing_and_the_quarter_before(
    session: Session,
) -> None:
    plan(session, "bristol")
    put(session, "BRI-I1", LAST, "40")
    put(session, "BRI-I1", NEXT, "52")
    put(session, "BRI-I2", LAST, "30")
    put(session, "BRI-I2", NEXT, "41", narrative="More were seen, A & B <c> say.")
    tally = card(session).tally
    assert (tally.better, tally.worse, tally.missing, tally.judged) == (1, 1, 7, 2)
    text = draw(paper(card(session)), "text")
    assert "2 measures are judged by the way they should go: 1 better, 1 worse" in text
    assert "7 measures have no reading this quarter." in text
    assert "More were seen, A & B <c> say." in text
    assert "Better: 1 (quarter before: 0)" in text


def test_every_measure_of_every_plan_stands_in_it_once(session: Session) -> None:
    plan(session, "bristol", "bury", "bolton", "salford", "rochdale")
    view = card(session)
    refs = [one.ref for one in (*view.measures, *view.context)]
    assert len(refs) == len(set(refs)) == 11 + 19 + 22 + 8 + 4
    keys = [section.key for section in paper(view).sections]
    assert keys[0] == "glance"
    assert [f"measure-{one.ref}" for one in view.measures] == [
        key for key in keys if key.startswith("measure-")
    ]


def test_a_generated_sentence_is_marked_and_a_persons_words_are_a_remark(session: Session) -> None:
    plan(session, "bristol")
    put(session, "BRI-I6", LAST, "90%")
    put(session, "BRI-I6", NEXT, "92%")
    section = next(one for one in paper(card(session)).sections if one.key == "measure-BRI-I6")
    text, picture = section.blocks[0], section.blocks[-1]
    assert isinstance(text, Text)
    assert text.words.startswith("92% (31 March 2023), up from 90% (31 December 2022).")
    assert "nobody has written about them" in text.words
    assert isinstance(picture, Picture)
    assert "from 90%" in picture.alt
    assert picture.table.rows[-1] == ("31 March 2023", "92%")


def test_missing_readings_are_listed_with_who_keeps_them(session: Session) -> None:
    plan(session, "rochdale")
    section = next(one for one in paper(card(session)).sections if one.key == "missing")
    table = section.blocks[0]
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows] == ["nobody yet"] * 4


def test_it_is_restored_as_it_was_and_draws_the_same(session: Session) -> None:
    plan(session, "bolton", "bury")
    view = card(session)
    again = restored(Scorecard, plain(view))
    assert again == view
    assert draw(paper(again), "html") == draw(paper(view), "html")


def test_without_a_plan_or_a_measure_it_says_so(session: Session) -> None:
    assert "No plan has been imported yet" in draw(paper(card(session)), "text")


def test_one_partnership_sees_its_own_measures_alone(session: Session) -> None:
    plan(session, "bristol", "rochdale")
    slugs = {one.ref[:3] for one in card(session, "rochdale").measures}
    assert slugs <= {"ROC"}
