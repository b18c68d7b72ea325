"""Coding answer by answer: what comes next, what was looked at, what is never coded by itself."""

import pytest
from sqlmodel import Session, col, select

from digests.coding import Progress, codings, progress, put_back, set_themes, who_chose
from digests.coding_desk import EVERY, NO_THEME, UNCODED, Answers, Wanted, desk
from digests.reading import ABOUT_OUR_ANSWER, mark_of
from digests.themes import Refused, Reply, add_theme, true_counts
from storage.concerns import ReviewItem, ReviewState
from storage.surveys import Answer
from tests.digests import seeded
from tests.digests.seeded import NOW, Seeded, pseudonym


@pytest.fixture
def bus(session: Session, rochdale: Seeded) -> int:
    return add_theme(session, survey_id=rochdale.survey, name="Buses", now=NOW).id or 0


def say(session: Session, number: int, words: str) -> None:
    answer = session.get_one(Answer, (pseudonym(number), "helps"))
    answer.words = words
    session.add(answer)
    session.flush()


def code(session: Session, rochdale: Seeded, *marks: str, themes: tuple[int, ...] = ()) -> None:
    answers = Answers(session, rochdale.survey)
    replies = [answers.of(mark).reply for mark in marks]
    coder = rochdale.people["Priya Nair"]
    set_themes(session, rochdale.survey, replies, themes, person_id=coder)


def test_only_what_a_reviewer_has_read_is_on_the_desk(session: Session, rochdale: Seeded) -> None:
    found = desk(session, rochdale.survey, Wanted())
    assert (found.done, found.total, found.found) == (0, 45, 45)
    assert found.now is not None
    assert found.now.place == 1


def test_an_answer_looked_at_without_a_theme_counts_as_coded(
    session: Session, rochdale: Seeded, bus: int
) -> None:
    first = desk(session, rochdale.survey, Wanted()).now
    assert first is not None
    code(session, rochdale, first.mark)
    found = desk(session, rochdale.survey, Wanted())
    assert (found.done, found.found) == (1, 44)
    assert found.now is not None
    assert found.now.place == 2
    assert desk(session, rochdale.survey, Wanted(NO_THEME)).now is not None
    assert true_counts(session, rochdale.survey) == {bus: 0}


def test_several_themes_per_answer_and_taking_one_away(
    session: Session, rochdale: Seeded, bus: int
) -> None:
    park = add_theme(session, survey_id=rochdale.survey, name="Park", now=NOW).id or 0
    mark = Answers(session, rochdale.survey).all[3].mark
    code(session, rochdale, mark, themes=(bus, park))
    assert Answers(session, rochdale.survey).of(mark).themes == {bus, park}
    code(session, rochdale, mark, themes=(park,))
    assert true_counts(session, rochdale.survey) == {bus: 0, park: 1}
    reply = Answers(session, rochdale.survey).of(mark).reply
    put_back(session, rochdale.survey, [reply])
    assert not codings(session, rochdale.survey).is_done(reply)


def test_the_next_one_comes_after_this_one_and_then_from_the_beginning(
    session: Session, rochdale: Seeded
) -> None:
    answers = Answers(session, rochdale.survey)
    code(session, rochdale, *(one.mark for one in answers.all[40:]))
    answers, wanted = Answers(session, rochdale.survey), Wanted(UNCODED)
    for place, after in ((3, 4), (39, 40), (40, 1), (45, 1)):
        found = answers.after(place, wanted)
        assert found is not None
        assert found.place == after


def test_answers_are_found_by_theme_by_question_and_by_words(
    session: Session, rochdale: Seeded, bus: int
) -> None:
    say(session, 5, "The BUS, never on time")
    mark = mark_of(rochdale.survey, f"helps:{pseudonym(5)}")
    code(session, rochdale, mark, themes=(bus,))
    for wanted in (
        Wanted(str(bus)),
        Wanted(EVERY, words="bus never"),
        Wanted(EVERY, "helps", "BUS"),
    ):
        found = desk(session, rochdale.survey, wanted)
        assert found.now is not None
        assert (found.found, found.now.mark) == (1, mark)
    for nothing in (Wanted(EVERY, "other"), Wanted("999"), Wanted("²"), Wanted(words="bus")):
        assert desk(session, rochdale.survey, nothing).now is None


def test_answers_with_the_same_words_are_found_but_for_those_already_coded(
    session: Session, rochdale: Seeded, bus: int
) -> None:
    for number in (3, 5, 7, 9):
        say(session, number, "more buses" if number < 9 else "More buses!")
    answers = Answers(session, rochdale.survey)
    same = [one for one in answers.all if "buses" in one.words]
    code(session, rochdale, same[1].mark, themes=(bus,))
    found = desk(session, rochdale.survey, Wanted(), same[0].mark)
    assert [one.mark for one in found.same] == [same[2].mark, same[3].mark]


def test_earlier_coding_suggests_and_codes_nothing(
    session: Session, rochdale: Seeded, bus: int
) -> None:
    for number, words in enumerate(("late bus", "bus again", "the bus!")):
        say(session, number, words)
    first, second, third = Answers(session, rochdale.survey).all[:3]
    code(session, rochdale, first.mark, second.mark, themes=(bus,))
    [one] = desk(session, rochdale.survey, Wanted(), third.mark).suggestions
    assert (one.theme_id, one.because, one.like) == (bus, ("bus",), 2)
    assert true_counts(session, rochdale.survey) == {bus: 2}
    assert desk(session, rochdale.survey, Wanted(EVERY), first.mark).suggestions == ()


def test_an_answer_that_went_back_to_the_reviewer_is_not_on_the_desk(
    session: Session, rochdale: Seeded
) -> None:
    with pytest.raises(Refused, match="not here any more"):
        desk(session, rochdale.survey, Wanted(), mark_of(rochdale.survey, f"helps:{pseudonym(46)}"))


def test_a_mark_says_nothing_of_whose_answer_it_is() -> None:
    handle = f"helps:{pseudonym(4)}"
    assert pseudonym(4) not in mark_of(1, handle)
    assert mark_of(1, handle) != mark_of(2, handle)


def test_a_choice_is_counted_into_a_theme_whole(session: Session, rochdale: Seeded) -> None:
    version = session.exec(select(Answer.version_id).where(col(Answer.question) == "helps")).first()
    for number, value in enumerate(("bus", "bus park", "busy", "park")):
        row = Answer(
            pseudonym=pseudonym(number),
            question="where",
            version_id=version or 0,
            value=value,
            answered_on=NOW.date(),
        )
        seeded.add(session, row)
    assert who_chose(session, rochdale.survey, "where", "bus") == [
        Reply(pseudonym(0), "where"),
        Reply(pseudonym(1), "where"),
    ]
    assert who_chose(session, rochdale.survey, "helps", "secret") == []


def test_what_was_written_to_our_answer_is_coded_too_once_it_was_read(
    session: Session, rochdale: Seeded, bus: int
) -> None:
    for ref, who, words, state in (
        ("v1", 4, "the buses are still late", ReviewState.CLOSED),
        ("v2", 4, "and it is cold", ReviewState.CLOSED),
        ("v3", 5, "not right at all", ReviewState.WAITING),
    ):
        item = ReviewItem(
            ref=ref,
            survey_id=rochdale.survey,
            pseudonym=pseudonym(who),
            question=ABOUT_OUR_ANSWER,
            words=words,
            tier="unsure",
            received_at=NOW,
            due_at=NOW,
            state=state,
        )
        session.add(item)
    session.flush()
    assert progress(session, rochdale.survey) == Progress(0, 46)
    found = desk(session, rochdale.survey, Wanted(question=ABOUT_OUR_ANSWER))
    assert found.now is not None
    assert (found.found, found.total) == (1, 46)
    assert found.now.words == "the buses are still late\nand it is cold"
    code(session, rochdale, found.now.mark, themes=(bus,))
    assert true_counts(session, rochdale.survey) == {bus: 1}
    assert progress(session, rochdale.survey) == Progress(1, 46)
