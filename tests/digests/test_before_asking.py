"""Before a survey is opened once more: what was said last time and has no answer yet."""

from sqlmodel import Session

from digests.before_asking import before_asking
from digests.verdicts import give
from storage.voice import Verdict
from tests.digests import seeded
from tests.digests.seeded import NOW, Seeded
from tests.digests.test_publishing import approved, publish_now


def test_themes_without_an_answer_are_named_by_number_before_people_are_asked_again(
    session: Session, rochdale: Seeded
) -> None:
    assert before_asking(session, rochdale.survey) == ""
    seeded.theme(session, rochdale, "Teachers", 12)
    assert "1 theme of the last time has no published answer" in before_asking(
        session, rochdale.survey
    )


def test_what_people_said_of_our_last_answer_is_said_where_enough_tapped(
    session: Session, rochdale: Seeded
) -> None:
    approved(session, rochdale, "Listen", 20)
    publication = publish_now(session, rochdale).publication_id
    assert before_asking(session, rochdale.survey) == ""
    for n in range(40):
        verdict = Verdict.RIGHT if n < 30 else Verdict.PARTLY
        give(session, publication, str(n), verdict, today=NOW.date())
    assert "75% of those who told us" in before_asking(session, rochdale.survey)
