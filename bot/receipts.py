"""What a receipt code opens, in a chat and on a page: what came of the answers, and deleting them.

It never shows an answer.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session as Db
from sqlmodel import col, delete, select

from storage.anonymous import PooledResponse
from storage.audit import record
from storage.forgetting import forget_session
from storage.holds import holds, is_session_held
from storage.people import Contact
from storage.surveys import SessionState, Survey, SurveySession, SurveyVersion
from storage.types import Keyring
from storage.voice import Publication, Readers, TellContact
from surveys.anonymous import Finished, finish
from surveys.definition import Audience, Mode, text_in
from surveys.definition import Survey as Form
from surveys.receipts import receipt_hash
from surveys.sessions import running_of

_DELETED = "answers deleted by their author"


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What became of the survey that a code belongs to. `text`: what was published last, if

    anything was. `state` is that of the session: it may still be open. `is_held`: a legal hold
    keeps it from being deleted for now.
    """

    title: str
    state: SessionState
    hear_back_by: date | None
    text: str | None
    is_deleted: bool
    is_anonymous: bool = False
    is_held: bool = False
    publication_id: int | None = None
    is_youth: bool = True


def published_for_receipt(
    db: Db,
    keyring: Keyring,
    code: str,
    language: str,
    readers: Readers = Readers.EVERYBODY,
) -> ReceiptView | None:
    """What came of the survey whose code this is; None where the code is nobody's."""
    row = find_receipt(db, keyring, code)
    return None if row is None else published_for(db, row, language, readers)


def published_for(
    db: Db,
    row: SurveySession | PooledResponse,
    language: str,
    readers: Readers = Readers.EVERYBODY,
) -> ReceiptView:
    """The same for a session that is known already."""
    from digests.told_text import told_text
    from digests.you_said_we_did import KIND

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
        text=None if newest is None else told_text(db, newest, language, readers),
        is_deleted=row.state == SessionState.DELETED,
        is_anonymous=survey.mode == Mode.ANONYMOUS,
        is_held=is_held(db, row),
        publication_id=newest,
        is_youth=survey.audience == Audience.YOUTH,
    )


def find_receipt(db: Db, keyring: Keyring, code: str) -> SurveySession | PooledResponse | None:
    """The session of a code, deleted or not; of an anonymous survey also what waits to be moved."""
    wanted = receipt_hash(keyring, code)
    row = db.exec(select(SurveySession).where(col(SurveySession.receipt_hash) == wanted)).first()
    if row is not None:
        return row
    return db.exec(select(PooledResponse).where(col(PooledResponse.receipt_hash) == wanted)).first()


def delete_by_receipt(db: Db, keyring: Keyring, code: str, *, now: datetime) -> bool:
    """Deletes what was said under this code, whoever asks; False where there is nothing (left).

    Call `Database.fold_log` after the commit.
    """
    row = find_receipt(db, keyring, code)
    return row is not None and take_back(db, row, now=now)


def is_held(db: Db, row: SurveySession | PooledResponse) -> bool:
    """Whether a legal hold keeps it for now: whoever asks to delete it is told so."""
    if isinstance(row, PooledResponse):
        found = holds(db)
        return found.everything or row.survey_id in found.surveys
    return is_session_held(db, row.id)


def take_back(db: Db, row: SurveySession | PooledResponse, *, now: datetime) -> bool:
    """Deletes the answers of a session for their author; False where they are deleted already."""
    if is_held(db, row):
        return False
    if isinstance(row, PooledResponse):
        return _empty(db, row, now=now)
    _hold(db, row)
    if row.state == SessionState.DELETED:
        return False
    contact_id, survey_id = row.contact_id, row.survey_id
    if row.state == SessionState.OPEN and _is_anonymous(db, row):
        return _drop(db, row, now=now)
    forget_session(db, session_id=row.id, now=now)
    # Whoever takes back what they said does not want to hear what came of it.
    told = delete(TellContact).where(
        col(TellContact.survey_id) == survey_id, col(TellContact.contact_id) == contact_id
    )
    db.exec(told)
    record(db, at=now, act=_DELETED, actor="respondent")
    return True


def _is_anonymous(db: Db, row: SurveySession) -> bool:
    return db.get_one(Survey, row.survey_id).mode == Mode.ANONYMOUS


def _drop(db: Db, row: SurveySession, *, now: datetime) -> bool:
    """An anonymous session on its way: nothing of it stays, and nothing waits in the pool."""
    form = Form.from_json(db.get_one(SurveyVersion, row.version_id).definition)
    finish(db, [Finished(running_of(row, form), SessionState.DELETED)])
    record(db, at=now, act=_DELETED, actor="respondent")
    return True


def _empty(db: Db, row: PooledResponse, *, now: datetime) -> bool:
    """What waits in the pool goes; that it was deleted is moved in its place."""
    if row.state == SessionState.DELETED:
        return False
    row.state, row.sealed, row.group_name = SessionState.DELETED, "{}", ""
    db.add(row)
    record(db, at=now, act=_DELETED, actor="respondent")
    return True


def _hold(db: Db, row: SurveySession) -> None:
    """Against an answer that arrives at the same time."""
    if row.contact_id is not None:
        db.exec(select(Contact.id).where(col(Contact.id) == row.contact_id).with_for_update())
        db.refresh(row)
