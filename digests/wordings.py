"""One response in other words: for an age, in easy read, in a language, for practitioners."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from digests.responses import LONGEST, acting_person
from digests.themes import Refused
from digests.you_view import Wording
from storage import audit
from storage.surveys import Survey, SurveyVersion
from storage.voice import Readers, Response, ResponseState, ResponseWording, Theme
from surveys.definition import Survey as Definition

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")


def write(
    session: Session,
    response_id: int,
    *,
    readers: Readers,
    language: str,
    said: str,
    text: str,
    because: str = "",
    person_id: int,
    now: datetime,
) -> ResponseWording:
    """Writes these words, or others in their place. Nobody outside sees them until `check`."""
    response = session.get(Response, response_id)
    if response is None:
        raise Refused("There is no such response. List what is drafted and take one of those.")
    _refuse_unfit(session, response, readers, language, said, text, because)
    wording = session.exec(
        select(ResponseWording).where(
            col(ResponseWording.response_id) == response_id,
            col(ResponseWording.readers) == readers,
            col(ResponseWording.language) == language,
        )
    ).first() or ResponseWording(
        response_id=response_id,
        readers=readers,
        language=language,
        said="",
        text="",
        written_at=now,
    )
    if response.state is ResponseState.PUBLISHED and wording.checked_at is not None:
        raise Refused("These words are published already and never change. Correct the response.")
    wording.said, wording.text, wording.because = said.strip(), text.strip(), because.strip()
    wording.written_at, wording.written_by_id = now, person_id
    wording.checked_at, wording.checked_by_id = None, None
    session.add(wording)
    session.flush()
    _record(session, wording, "word", person_id, now)
    return wording


def check(session: Session, wording_id: int, *, person_id: int, now: datetime) -> ResponseWording:
    """Somebody who reads that language stands by these words: from then on they may be shown."""
    acting_person(session, person_id)
    wording = session.get(ResponseWording, wording_id)
    if wording is None:
        raise Refused("There are no such words. List the response's wordings and take one.")
    if wording.checked_at is None:
        wording.checked_at, wording.checked_by_id = now, person_id
        session.add(wording)
        _record(session, wording, "check", person_id, now)
    return wording


def wordings_of(
    session: Session, response_ids: Iterable[int]
) -> Mapping[int, Sequence[ResponseWording]]:
    """All wordings of these responses, by response, in the order of readers and language."""
    found: dict[int, list[ResponseWording]] = {}
    query = select(ResponseWording).where(col(ResponseWording.response_id).in_(list(response_ids)))
    places = list(Readers)
    for row in sorted(
        session.exec(query), key=lambda one: (places.index(one.readers), one.language)
    ):
        found.setdefault(row.response_id, []).append(row)
    return found


def checked(found: Sequence[ResponseWording]) -> tuple[Wording, ...]:
    """Those that somebody stands by, as a page shows them."""
    return tuple(
        Wording(Readers(row.readers), row.language, row.said, row.text, row.because)
        for row in found
        if row.checked_at is not None
    )


def written_in(session: Session, theme_id: int) -> str:
    """The language of the survey, in which the first words of a response are."""
    row = session.exec(
        select(SurveyVersion.definition)
        .join(Survey, col(Survey.version_id) == col(SurveyVersion.id))
        .join(Theme, col(Theme.survey_id) == col(Survey.id))
        .where(col(Theme.id) == theme_id)
    ).first()
    return Definition.from_json(row).settings.default_language if row is not None else "en"


def _refuse_unfit(
    session: Session,
    response: Response,
    readers: Readers,
    language: str,
    said: str,
    text: str,
    because: str,
) -> None:
    if not said.strip() or not text.strip():
        raise Refused("Write both: what was said, and what came of it.")
    if response.because and not because.strip():
        raise Refused("The response gives a reason. Say the reason in these words as well.")
    if max(len(said), len(text), len(because)) > LONGEST:
        raise Refused(f"These words are too long: at most {LONGEST} letters in each field.")
    if not _LANGUAGE.fullmatch(language):
        raise Refused("That is no code of a language. Write it short, such as pl, ur or pa-Arab.")
    if readers is Readers.EVERYBODY and language == written_in(session, response.theme_id):
        raise Refused("The response itself is for everybody in this language. Change it there.")


def _record(
    session: Session, wording: ResponseWording, act: str, person_id: int, now: datetime
) -> None:
    audit.record(
        session,
        at=now,
        act=f"response.{act}",
        subject=f"response:{wording.response_id}",
        person_id=person_id,
        detail=f"{wording.readers} {wording.language}",
    )
