"""What somebody wrote outside the questions, on its way to the person who reads it."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from bot.replies import Replies
from storage.anonymous import hour_of
from storage.concerns import ReviewItem
from storage.surveys import SessionState, SurveySession
from surveys import concerns
from surveys.anonymous_words import apart, author_of
from surveys.concerns import review_row
from surveys.matching import clean
from surveys.screening import Screening, Tier, screen
from surveys.sessions import queue_for_review, running_of
from surveys.steps import ASKS_WHO_IS_TOLD, CARE_TIERS, Running, review_words

_ASKED_FOR_CONTACT = Screening(Tier.RED, ("asked_for_contact",), ("asked for contact",), "")


_SENTENCE = 4
"""Words: what a professional commands is shorter ("date 1.2 soon"), what they report is not."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What words ask of us at once, before a person reads them."""

    care: bool = False
    asks_who_is_told: bool = False


def queue_words(
    replies: Replies,
    text: str,
    *,
    unsure: bool = False,
    silent: bool = False,
    question: str = "",
) -> Heard:
    """Stores, screens and queues words that answer no question.

    `unsure`: something went wrong with them, so they are never left for last. `silent`: nothing
    is said back, so none is on record. `question`: what of ours they answer.
    """
    if not clean(text):
        return Heard()
    running = replies.standing.running or last_running(replies)
    screening, rows = _screened(replies, running, text)
    is_young = running is None or running.is_youth
    heard = Heard(
        care=is_young and screening.tier in CARE_TIERS,
        asks_who_is_told=is_young and ASKS_WHO_IS_TOLD in screening.categories,
    )
    if question:
        rows = tuple({**row, "question": question} for row in rows)
    if unsure:
        rows = tuple({**row, "tier": Tier.UNSURE} if row["tier"] == "none" else row for row in rows)
    if heard.care and not silent:
        rows = tuple({**row, "reply_sent": "care"} for row in rows)
    queue_for_review(replies.db, rows)
    alert(replies, rows)
    return heard


def hear_staff(replies: Replies, text: str) -> bool:
    """Words of a professional that point at immediate harm reach the reviewer as well.

    Red only: updates about safeguarding are full of words that would be amber. Commands are shorter
    than a sentence. The words go on to mean what they mean; nothing is held back by this.
    """
    screening, rows = _screened(replies, None, text)
    is_sentence = len(text.split()) >= _SENTENCE
    if screening.tier is not Tier.RED or not is_sentence:
        return False
    queue_for_review(replies.db, rows)
    alert(replies, rows)
    return True


def _screened(
    replies: Replies, running: Running | None, text: str
) -> tuple[Screening, tuple[dict[str, Any], ...]]:
    """The row of a text; also a practitioner's, where it answers no question."""
    if running is not None:
        screening, rows = review_words(running, text, replies.around.moment)
        if rows:
            return screening, rows
    screening = screen(text, replies.standing.language)
    return screening, (_row(replies, running, text, screening),)


def queue_contact_details(replies: Replies, text: str) -> None:
    """How somebody wants to be reached: for the reviewer, at once."""
    running = replies.standing.running or last_running(replies)
    asked = {"question": "contact details", "is_contact_wish": True}
    row = _row(replies, running, text, _ASKED_FOR_CONTACT) | asked
    if replies.leaves_nothing:
        row = apart(row)
    queue_for_review(replies.db, [row])
    alert(replies, (row,))


def _row(
    replies: Replies, running: Running | None, text: str, screening: Screening
) -> dict[str, Any]:
    survey_id, pseudonym, group_name = _author(replies, running)
    is_nameless = replies.leaves_nothing
    row = review_row(
        survey_id=survey_id,
        pseudonym=pseudonym,
        question="",
        words=clean(text),
        screening=screening,
        language=replies.standing.language,
        group_name=group_name,
        now=hour_of(replies.now) if is_nameless else replies.now,
        calendar=replies.around.calendar,
        clocks=replies.around.settings.concerns.clocks(),
    )
    return apart(row, pseudonym) if is_nameless else row


def _author(replies: Replies, running: Running | None) -> tuple[int | None, str | None, str]:
    """Whose words these are, also where the session itself cannot be read."""
    if running is not None and running.is_anonymous:
        return running.survey_id, author_of(running.id, ""), running.group_name
    if running is not None:
        return running.survey_id, running.pseudonym, running.group_name
    if replies.leaves_nothing:
        return replies.nameless_survey, None, ""
    found = replies.db.exec(
        select(SurveySession.survey_id, SurveySession.pseudonym, SurveySession.group_name).where(
            col(SurveySession.id) == (replies.standing.last_session_id or "")
        )
    ).first()
    return (None, None, "") if found is None else (found[0], found[1], found[2])


def last_running(replies: Replies) -> Running | None:
    """The session before, as it was left; None where there is none, or none that can be read."""
    if replies.standing.last_session_id is None or replies.standing.damage:
        return None
    row = replies.db.get(SurveySession, replies.standing.last_session_id)
    if row is None or row.state == SessionState.DELETED or not row.progress:
        return None
    return running_of(row, replies.around.forms.of(replies.db, row.version_id))


def alert(replies: Replies, rows: tuple[dict[str, Any], ...]) -> None:
    """Tells the survey's reviewer at once of red and amber."""
    for row in rows:
        if row["tier"] in CARE_TIERS:
            concerns.alert(
                replies.db,
                row["ref"],
                row["survey_id"],
                now=replies.now,
                calendar=replies.around.calendar,
                clocks=replies.around.settings.concerns.clocks(),
            )


def mark_reply(replies: Replies, rows: tuple[dict[str, Any], ...], reply: str) -> None:
    """Puts on record what the bot answered to these texts."""
    for row in rows:
        item = replies.db.exec(select(ReviewItem).where(ReviewItem.ref == row["ref"])).one()
        item.reply_sent = reply
        replies.db.add(item)
