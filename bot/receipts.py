"""What a receipt code opens, in a chat and on a page: what came of the answers, and deleting them.

It never shows an answer.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session as Db
from sqlmodel import col, delete, select

from storage.audit import record
from storage.forgetting import forget_session
from storage.people import Contact
from storage.surveys import SessionState, Survey, SurveySession, SurveyVersion
from storage.types import Keyring
from storage.voice import Publication, TellContact
from surveys.definition import Survey as Form
from surveys.definition import text_in
from surveys.receipts import receipt_hash


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What became of the survey that a code belongs to. `text`: what was published last, if

    anything was. `state` is that of the session: it may still be open.
    """

    title: str
    state: SessionState
    hear_back_by: date | None
    text: str | None
    is_deleted: bool


def published_for_receipt(db: Db, keyring: Keyring, code: str, language: str) -> ReceiptView | None:
    """What came of the survey whose code this is; None where the code is nobody's."""
    row = find_receipt(db, keyring, code)
    return None if row is None else published_for(db, row, language)


def published_for(db: Db, row: SurveySession, language: str) -> ReceiptView:
    """The same for a session that is known already."""
    from digests.you_said_we_did import KIND, published_text

    survey = db.get_one(Survey, row.survey_id)
    form = Form.from_json(db.get_one(SurveyVersion, row.version_id).definition)
    newest = db.exec(
        select(Publication.id)
        .where(col(Publication.survey_id) == row.survey_id, col(Publication.kind) == KIND)
        .order_by(col(Publication.id).desc())
    ).first()
    return ReceiptView(
        title=text_in(form.settings.titles, language) or survey.title,
        state=row.state,
        hear_back_by=form.settings.hear_back_by,
        text=None if newest is None else published_text(db, newest, language),
        is_deleted=row.state == SessionState.DELETED,
    )


def find_receipt(db: Db, keyring: Keyring, code: str) -> SurveySession | None:
    """The session of a code, deleted or not."""
    wanted = receipt_hash(keyring, code)
    return db.exec(select(SurveySession).where(col(SurveySession.receipt_hash) == wanted)).first()


def delete_by_receipt(db: Db, keyring: Keyring, code: str, *, now: datetime) -> bool:
    """Deletes what was said under this code, whoever asks; False where there is nothing (left).

    Call `Database.fold_log` after the commit.
    """
    row = find_receipt(db, keyring, code)
    return row is not None and take_back(db, row, now=now)


def take_back(db: Db, row: SurveySession, *, now: datetime) -> bool:
    """Deletes the answers of a session for their author; False where they are deleted already."""
    _hold(db, row)
    if row.state == SessionState.DELETED:
        return False
    contact_id, survey_id = row.contact_id, row.survey_id
    forget_session(db, session_id=row.id, now=now)
    # Whoever takes back what they said does not want to hear what came of it.
    told = delete(TellContact).where(
        col(TellContact.survey_id) == survey_id, col(TellContact.contact_id) == contact_id
    )
    db.exec(told)
    record(db, at=now, act="answers deleted by their author", actor="respondent")
    return True


def _hold(db: Db, row: SurveySession) -> None:
    """Against an answer that arrives at the same time."""
    if row.contact_id is not None:
        db.exec(select(Contact.id).where(col(Contact.id) == row.contact_id).with_for_update())
        db.refresh(row)
