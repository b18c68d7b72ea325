"""What the holder of a receipt code says of our answer: one tap, and a line of words."""

from sqlmodel import Session as Db

from bot.app import App
from bot.receipts import find_receipt, published_for
from bot.respondents.judging import ABOUT_OUR_ANSWER
from digests.verdicts import BEHIND_CODE, give, mark_of
from storage.anonymous import PooledResponse, hour_of
from storage.surveys import SessionState, Survey, SurveySession
from storage.voice import Verdict
from surveys import concerns
from surveys.anonymous_words import apart
from surveys.concerns import review_row
from surveys.definition import Audience, Mode
from surveys.matching import clean
from surveys.screening import screen
from surveys.sessions import queue_for_review
from surveys.steps import CARE_TIERS

MOST_LETTERS = 2000


def judge(app: App, code: str, verdict: Verdict, language: str) -> bool:
    """Counts a tap of a code, the last one; False where nothing was published to judge."""
    around = app.around
    with app.database.writing() as db:
        row = find_receipt(db, around.keyring, code)
        if row is None or row.state == SessionState.DELETED:
            return False
        publication = published_for(db, row, language).publication_id
        if publication is None:
            return False
        mark = mark_of(around.keyring, publication, BEHIND_CODE, row.receipt_hash)
        return give(db, publication, mark, verdict, today=around.today)


def hear(app: App, code: str, words: str, language: str) -> bool:
    """Stores, screens and queues a line of words like all others; True where care is to be shown.

    Professionals tap only: what they write goes to no one through a receipt.
    """
    with app.database.writing() as db:
        row = find_receipt(db, app.around.keyring, code)
        text = clean(words[:MOST_LETTERS])
        if row is None or row.state == SessionState.DELETED or not text:
            return False
        survey = db.get_one(Survey, row.survey_id)
        return survey.audience == Audience.YOUTH and _queue(db, app, row, survey, text, language)


def _queue(
    db: Db,
    app: App,
    row: SurveySession | PooledResponse,
    survey: Survey,
    text: str,
    language: str,
) -> bool:
    around, screening = app.around, screen(text, language)
    is_nameless = survey.mode == Mode.ANONYMOUS or isinstance(row, PooledResponse)
    clocks = around.settings.concerns.clocks()
    made = review_row(
        survey_id=row.survey_id,
        pseudonym=None if isinstance(row, PooledResponse) else row.pseudonym,
        question=ABOUT_OUR_ANSWER,
        words=text,
        screening=screening,
        language=language,
        group_name=row.group_name,
        now=hour_of(around.now) if is_nameless else around.now,
        calendar=around.calendar,
        clocks=clocks,
    )
    cares = screening.tier in CARE_TIERS
    made = {**made, "reply_sent": "care" if cares else ""}
    queue_for_review(db, [apart(made) if is_nameless else made])
    if cares:
        concerns.alert(
            db, made["ref"], row.survey_id, now=around.now, calendar=around.calendar, clocks=clocks
        )
    return cares
