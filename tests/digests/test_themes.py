import pytest
from sqlmodel import Session, col, select

from digests.themes import (
    Refused,
    Reply,
    add_theme,
    code_answers,
    people_counts,
    true_counts,
)
from storage.concerns import ReviewItem, ReviewState
from storage.surveys import Answer
from tests.digests import seeded
from tests.digests.seeded import NOW, Seeded, pseudonym


def quiet(session: Session, rochdale: Seeded) -> int:
    made = add_theme(session, survey_id=rochdale.survey, name="A quiet place", now=NOW)
    return made.id or 0


def code_one(session: Session, theme: int, who: str) -> None:
    code_answers(session, theme_id=theme, replies=[Reply(who, "helps")], person_id=1)


def test_a_theme_has_one_name_in_a_survey(session: Session, rochdale: Seeded) -> None:
    made = add_theme(session, survey_id=rochdale.survey, name="  A quiet \n place ", now=NOW)
    assert made.name == "A quiet place"
    with pytest.raises(Refused, match="already has a theme"):
        add_theme(session, survey_id=rochdale.survey, name="A quiet place", now=NOW)


def test_a_theme_needs_a_name(session: Session, rochdale: Seeded) -> None:
    with pytest.raises(Refused, match="needs a name"):
        add_theme(session, survey_id=rochdale.survey, name=" ", now=NOW)


def test_a_person_who_speaks_twice_of_a_theme_counts_once(
    session: Session, rochdale: Seeded
) -> None:
    theme, coder = quiet(session, rochdale), rochdale.people["Priya Nair"]
    said = Reply(pseudonym(1), "helps")
    assert code_answers(session, theme_id=theme, replies=[said], person_id=coder) == 1
    assert code_answers(session, theme_id=theme, replies=[said], person_id=coder) == 0
    assert true_counts(session, rochdale.survey) == {theme: 1}


@pytest.mark.parametrize("state", [ReviewState.WAITING, ReviewState.ACKNOWLEDGED])
def test_an_answer_still_under_review_is_not_coded_and_neither_are_its_neighbours(
    session: Session, rochdale: Seeded, state: ReviewState
) -> None:
    item = session.exec(select(ReviewItem).where(col(ReviewItem.pseudonym) == pseudonym(3))).one()
    item.state = state
    session.add(item)
    session.flush()
    theme = quiet(session, rochdale)
    replies = [Reply(pseudonym(2), "helps"), Reply(pseudonym(3), "helps")]
    with pytest.raises(Refused, match="still in the review queue"):
        code_answers(session, theme_id=theme, replies=replies, person_id=1)
    assert true_counts(session, rochdale.survey) == {theme: 0}


def test_a_young_persons_words_that_never_met_review_are_not_coded(
    session: Session, rochdale: Seeded
) -> None:
    item = session.exec(select(ReviewItem).where(col(ReviewItem.pseudonym) == pseudonym(3))).one()
    session.delete(item)
    session.flush()
    with pytest.raises(Refused, match="not been through review"):
        code_one(session, quiet(session, rochdale), pseudonym(3))


def test_a_chosen_answer_needs_no_review(session: Session, rochdale: Seeded) -> None:
    words = session.get(Answer, (pseudonym(3), "helps"))
    assert words is not None
    chosen = Answer(
        pseudonym=pseudonym(3),
        question="where",
        version_id=words.version_id,
        value="library",
        answered_on=words.answered_on,
    )
    seeded.add(session, chosen)
    coder = rochdale.people["Priya Nair"]
    theme = quiet(session, rochdale)
    reply = Reply(pseudonym(3), "where")
    assert code_answers(session, theme_id=theme, replies=[reply], person_id=coder) == 1


def test_an_answer_of_another_survey_is_not_there_to_code(
    session: Session, rochdale: Seeded
) -> None:
    with pytest.raises(Refused, match="no such answer"):
        code_one(session, quiet(session, rochdale), "nobody")


def test_refusals_carry_no_words_of_the_answer(session: Session, rochdale: Seeded) -> None:
    with pytest.raises(Refused) as refused:
        code_one(session, quiet(session, rochdale), pseudonym(46))
    assert "secret" not in str(refused.value)
    assert pseudonym(46) not in str(refused.value)


def test_everyone_who_answered_something_took_part(session: Session, rochdale: Seeded) -> None:
    assert rochdale.survey
    assert people_counts(session) == {"help-at-home": 47}
    assert people_counts(session, ["other"]) == {}
