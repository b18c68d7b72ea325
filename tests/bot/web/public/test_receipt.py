"""A receipt code on a page: what came of it, and deleting; never an answer, never a hint."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from httpx import Response
from sqlmodel import col, func, select

from storage.audit import AuditEntry
from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.surveys import Answer, SessionState, SurveySession
from surveys.receipts import receipt_code, receipt_hash
from tests.bot.web.public import scene
from tests.bot.web.public.scene import HOME, NOW, WORDS, Browser, fields, main_of
from tests.digests.seeded import Seeded, pseudonym

READ, WAITING = 0, 46
"""A respondent whose words were read, and one whose words wait for the reviewer."""

WRONG = "We cannot find that code."
Coded = Callable[[int], str]


@pytest.fixture
def coded(sqlite_database: Database, quiet: Seeded) -> Coded:
    """Gives a respondent a code, as a session gets one when it begins."""
    assert quiet.survey

    def give(number: int) -> str:
        with sqlite_database.writing() as db:
            whose = col(SurveySession.pseudonym) == pseudonym(number)
            row = db.exec(select(SurveySession).where(whose)).one()
            code = receipt_code(sqlite_database.keyring, row.id)
            row.receipt_hash = receipt_hash(sqlite_database.keyring, code)
            db.add(row)
            return code

    return give


def send(pages: Browser, form: dict[str, str], **headers: str) -> Response:
    return pages.post("/receipt", form, origin=HOME, **headers)


def looked_up(pages: Browser, code: str) -> Response:
    [form] = fields(pages.get("/receipt").text)
    return send(pages, {**form, "code": code})


def pressed(pages: Browser, response: Response, act: str) -> Response:
    [form] = [form for form in fields(response.text) if form.get("do") == act]
    return send(pages, form)


def answers(database: Database, number: int) -> int:
    with database.reading() as db:
        mine = col(Answer.pseudonym) == pseudonym(number)
        return db.exec(select(func.count()).select_from(Answer).where(mine)).one()


# -- looking


def test_a_code_shows_what_was_published_and_never_an_answer(
    pages: Browser, sqlite_database: Database, quiet: Seeded, coded: Coded
) -> None:
    code = coded(READ)
    before = looked_up(pages, code)
    assert "We will say what we did by 31 March 2024" in main_of(before.text)
    scene.publish_one_more(sqlite_database, quiet)
    after = looked_up(pages, code)
    assert "We did: Sports for everyone: we did it." in main_of(after.text)
    for response in (before, after):
        assert response.status_code == 200
        assert WORDS not in response.text
        assert response.headers["cache-control"] == "no-store"
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize("written", [str.lower, lambda code: f" {code.replace('-', ' ')} "])
def test_case_spaces_and_hyphens_do_not_matter(
    pages: Browser, coded: Coded, written: Callable[[str], str]
) -> None:
    assert looked_up(pages, written(coded(READ))).status_code == 200


def test_a_code_that_is_unknown_malformed_or_empty_gets_the_same_words(
    pages: Browser, coded: Coded
) -> None:
    assert coded(READ)
    said = set()
    for code in ("ABCD-EFGH-JKMN", "no code at all", "", "0" * 500, "' OR 1=1 --"):
        response = looked_up(pages, code)
        assert response.status_code == 422
        text = main_of(response.text)
        assert WRONG in text
        said.add(text)
    assert len(said) == 1


def test_a_wrong_code_is_said_at_the_field_and_above(pages: Browser) -> None:
    text = looked_up(pages, "ABCD-EFGH-JKMN").text
    assert "<title>Please look again: Your code</title>" in text
    assert 'href="#receipt"' in text
    assert 'aria-describedby="receipt-hint receipt-error" aria-invalid="true"' in text


def test_who_guesses_has_to_wait_and_a_right_code_is_then_not_told_apart(
    pages: Browser, coded: Coded
) -> None:
    code = coded(READ)
    statuses = [looked_up(pages, f"ABCD-EFGH-JK{n:02}").status_code for n in range(12)]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    late = looked_up(pages, code)
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0


# -- deleting


def test_deleting_takes_two_presses_and_looking_deletes_nothing(
    pages: Browser, sqlite_database: Database, coded: Coded
) -> None:
    shown = looked_up(pages, coded(READ))
    asked = pressed(pages, shown, "ask")
    assert "Delete your answers?" in main_of(asked.text)
    assert "This cannot be undone" in main_of(asked.text)
    assert answers(sqlite_database, READ) > 0
    kept = pressed(pages, asked, "show")
    assert "What came of it" in main_of(kept.text)
    assert answers(sqlite_database, READ) > 0
    done = pressed(pages, asked, "delete")
    assert "Your answers are deleted." in main_of(done.text)
    assert answers(sqlite_database, READ) == 0


def test_deleting_does_what_the_command_in_the_chat_does(
    pages: Browser, sqlite_database: Database, coded: Coded
) -> None:
    pressed(pages, pressed(pages, looked_up(pages, coded(READ)), "ask"), "delete")
    with sqlite_database.reading() as db:
        row = db.exec(
            select(SurveySession).where(col(SurveySession.pseudonym) == pseudonym(READ))
        ).one()
        acts = db.exec(select(AuditEntry.act, AuditEntry.actor)).all()
    assert row.state == SessionState.DELETED
    assert ("answers deleted by their author", "respondent") in acts


def test_what_waits_for_the_reviewer_stays_and_that_was_said_before(
    pages: Browser, sqlite_database: Database, coded: Coded
) -> None:
    asked = pressed(pages, looked_up(pages, coded(WAITING)), "ask")
    assert "What nobody has read yet is read once" in main_of(asked.text)
    pressed(pages, asked, "delete")
    with sqlite_database.reading() as db:
        whose = col(ReviewItem.pseudonym) == pseudonym(WAITING)
        item = db.exec(select(ReviewItem).where(whose)).one()
    assert item.state is not ReviewState.CLOSED
    assert item.words


def test_pressing_again_changes_nothing_and_says_that_they_are_deleted(
    pages: Browser, coded: Coded
) -> None:
    code = coded(READ)
    asked = pressed(pages, looked_up(pages, code), "ask")
    pressed(pages, asked, "delete")
    again = pressed(pages, asked, "delete")
    assert again.status_code == 200
    assert "The answers of this code are deleted." in main_of(again.text)
    later = looked_up(pages, code)
    assert "The answers of this code are deleted." in main_of(later.text)
    assert "Delete my answers" not in later.text


# -- only from our own form


def test_a_form_from_elsewhere_does_nothing(
    pages: Browser, sqlite_database: Database, coded: Coded
) -> None:
    code = coded(READ)
    [form] = fields(pages.get("/receipt").text)
    wanted = {**form, "code": code, "do": "delete"}
    assert send(pages, wanted, sec_fetch_site="cross-site").status_code == 403
    assert pages.post("/receipt", wanted, origin="https://evil.example").status_code == 403
    assert send(pages, {"code": code, "do": "delete"}).status_code == 403
    assert send(pages, {**wanted, "form": form["form"][:-3] + "abc"}).status_code == 403
    assert answers(sqlite_database, READ) > 0


def test_an_old_form_does_nothing(sqlite_database: Database, coded: Coded) -> None:
    code = coded(READ)
    with scene.browser(sqlite_database) as pages:
        [form] = fields(pages.get("/receipt").text)
    with scene.browser(sqlite_database, now=NOW + timedelta(days=2)) as pages:
        assert send(pages, {**form, "code": code}).status_code == 403


def test_opening_the_address_with_a_code_in_it_shows_and_deletes_nothing(
    pages: Browser, sqlite_database: Database, coded: Coded
) -> None:
    code = coded(READ)
    response = pages.get(f"/receipt?code={code}&do=delete")
    assert code not in response.text
    assert answers(sqlite_database, READ) > 0


def test_no_code_and_no_word_of_an_answer_is_in_an_address_or_a_header(
    pages: Browser, coded: Coded
) -> None:
    code = coded(READ)
    response = looked_up(pages, code)
    assert code not in str(response.url)
    assert not any(code in value for value in response.headers.values())
