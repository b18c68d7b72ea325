"""One answer in several ages, languages and easy read."""

import pytest
from sqlmodel import Session

from digests import wordings, you_said_we_did
from digests.reading_age import measure
from digests.render import render
from digests.responses import approve, draft, revise
from digests.themes import Refused
from digests.you_view import YouSaidWeDid, fell_back, for_readers, from_content, offered
from storage.voice import Readers, Response, ResponseKind, ResponseState
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded

EVERYBODY, YOUNGER, EASY = Readers.EVERYBODY, Readers.AGE_8_11, Readers.EASY_READ


def replied(
    session: Session, rochdale: Seeded, state: ResponseState = ResponseState.PUBLISHED
) -> int:
    theme = seeded.theme(session, rochdale, "Listen", 20)
    return seeded.response(session, theme, ResponseKind.WE_DID, "We listen.", state=state)


def worded(
    session: Session,
    rochdale: Seeded,
    response: int,
    readers: Readers,
    language: str,
    *,
    is_checked: bool = True,
) -> None:
    name = f"{readers.value} {language}"
    person = rochdale.people["Priya Nair"]
    row = wordings.write(
        session,
        response,
        readers=readers,
        language=language,
        said=f"said {name}",
        text=f"did {name}",
        person_id=person,
        now=NOW,
    )
    if is_checked:
        wordings.check(session, row.id or 0, person_id=person, now=NOW)


def page(session: Session, rochdale: Seeded) -> YouSaidWeDid:
    return you_said_we_did.gather(session, rochdale.survey, WEEK, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("there", "asked", "expected"),
    [
        ([(YOUNGER, "pl"), (EVERYBODY, "pl")], (YOUNGER, "pl"), "did 8_11 pl"),
        ([(YOUNGER, "pl"), (EVERYBODY, "pl")], (YOUNGER, "pl-PL"), "did 8_11 pl"),
        ([(YOUNGER, "en"), (EVERYBODY, "pl")], (YOUNGER, "pl"), "did everybody pl"),
        ([(YOUNGER, "en")], (YOUNGER, "pl"), "did 8_11 en"),
        ([(EASY, "en")], (YOUNGER, "en"), "We listen."),
        ([(EVERYBODY, "pl")], (EVERYBODY, "ur"), "We listen."),
        ([(YOUNGER, "en"), (EVERYBODY, "pl")], (EVERYBODY, "en"), "We listen."),
    ],
)
def test_a_reader_gets_the_nearest_words(
    session: Session,
    rochdale: Seeded,
    there: list[tuple[Readers, str]],
    asked: tuple[Readers, str],
    expected: str,
) -> None:
    response = replied(session, rochdale)
    for readers, language in there:
        worded(session, rochdale, response, readers, language)
    shown = for_readers(page(session, rochdale), *asked)
    assert shown.themes[0].did == expected


def test_a_page_says_where_its_words_are_for_others(session: Session, rochdale: Seeded) -> None:
    response = replied(session, rochdale)
    worded(session, rochdale, response, YOUNGER, "pl")
    view = page(session, rochdale)
    fell = fell_back(for_readers(view, YOUNGER, "ur"), YOUNGER, "ur")
    assert (fell.language, fell.readers) == (True, True)
    assert "w języku: English" in render(view, "text", "pl")
    assert "w języku" not in render(view, "text", "pl", readers=YOUNGER)
    assert "for everybody" in render(view, "md", "en", readers=EASY)
    assert offered(view) == (EVERYBODY, YOUNGER)


def test_words_that_nobody_stands_by_are_on_no_page(session: Session, rochdale: Seeded) -> None:
    response = replied(session, rochdale)
    worded(session, rochdale, response, YOUNGER, "en", is_checked=False)
    assert page(session, rochdale).themes[0].wordings == ()


def test_words_come_back_from_what_was_kept(session: Session, rochdale: Seeded) -> None:
    response = replied(session, rochdale)
    worded(session, rochdale, response, YOUNGER, "ur")
    prepared = you_said_we_did.prepare(session, rochdale.survey, WEEK, calendar=CALENDAR)
    assert from_content(prepared.content()) == prepared.view


def test_a_changed_reply_is_a_draft_and_its_words_are_checked_again(
    session: Session, rochdale: Seeded
) -> None:
    theme = seeded.theme(session, rochdale, "Listen", 20)
    manager = rochdale.people["Business Manager"]
    made = draft(session, theme_id=theme, kind=ResponseKind.WE_DID, text="We listen.")
    worded(session, rochdale, made.id or 0, YOUNGER, "en")
    approve(session, made.id or 0, person_id=manager, now=NOW, today=WEEK.end)
    kind = ResponseKind.WE_DID
    revise(session, made.id or 0, kind=kind, text="We hear you.", person_id=manager, now=NOW)
    assert (made.state, made.approved_by_id) == (ResponseState.DRAFT, None)
    [[row]] = wordings.wordings_of(session, [made.id or 0]).values()
    assert row.checked_at is None


def test_published_words_never_change_but_a_language_can_join(
    session: Session, rochdale: Seeded
) -> None:
    response = replied(session, rochdale)
    worded(session, rochdale, response, YOUNGER, "en")
    with pytest.raises(Refused, match="never change"):
        worded(session, rochdale, response, YOUNGER, "en")
    worded(session, rochdale, response, YOUNGER, "ro")
    assert len(page(session, rochdale).themes[0].wordings) == 2
    row = session.get_one(Response, response)
    with pytest.raises(Refused, match="published already"):
        revise(session, row.id or 0, kind=row.kind, text="Other.", person_id=1, now=NOW)


@pytest.mark.parametrize(
    ("readers", "language", "said", "match"),
    [
        (EVERYBODY, "en", "x", "Change it there"),
        (EVERYBODY, "Polish", "x", "no code of a language"),
        (YOUNGER, "en", " ", "Write both"),
        (YOUNGER, "en", "long ", "too long"),
    ],
)
def test_words_that_do_not_fit_are_refused(
    session: Session, rochdale: Seeded, readers: Readers, language: str, said: str, match: str
) -> None:
    response = replied(session, rochdale)
    with pytest.raises(Refused, match=match):
        wordings.write(
            session,
            response,
            readers=readers,
            language=language,
            said=said * 1000 if said == "long " else said,
            text="x",
            person_id=1,
            now=NOW,
        )


def test_reading_age_is_told_for_english_and_lengths_for_every_language() -> None:
    plain = measure("We made a quiet room. You can go there after school.", language="en")
    hard = measure(
        "The multi-agency partnership is facilitating implementation of comprehensive "
        "arrangements regarding participation opportunities.",
        language="en",
    )
    assert plain.age is not None
    assert hard.age is not None
    assert plain.age < 11 < hard.age
    assert (plain.is_hard(YOUNGER), hard.is_hard(YOUNGER)) == (False, True)
    urdu = measure("ہم نے ایک کمرہ بنایا۔ آپ وہاں جا سکتے ہیں۔", language="ur")
    assert (urdu.age, urdu.sentences, urdu.is_measured) == (None, 2, False)
    long = measure(" ".join(["słowo"] * 30) + ".", language="pl")
    assert long.is_hard(EVERYBODY)
    assert measure("", language="en").words == 0
