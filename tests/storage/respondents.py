"""Surveys, sessions and what was said in them, for the tests of what is kept and for how long."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, SQLModel, select

from storage.concerns import ReviewItem, ReviewState
from storage.database import Database
from storage.mail import Conversation, KeptMessage, Outbox
from storage.people import Contact
from storage.surveys import Answer, SessionState, Survey, SurveySession, SurveyVersion
from storage.voice import TellContact, Theme, ThemeCoding

WORDS = "I never liked the new canteen"


@dataclass
class Respondents:
    """Writes rows of respondents; every name is used once."""

    database: Database
    now: datetime

    def survey(self, slug: str, *, audience: str = "youth", closed: int | None = None) -> int:
        """A survey, open or `closed` so many days ago; its id."""
        with self.database.writing() as session:
            version = SurveyVersion(slug=slug, fingerprint="f", definition="{}", added_at=self.now)
            session.add(version)
            session.flush()
            survey = Survey(
                slug=slug,
                title=slug,
                audience=audience,
                mode="confidential",
                version_id=version.id,
                added_at=self.now,
                closed_at=None if closed is None else self.now - timedelta(days=closed),
            )
            return self._add(session, survey)

    def contact(self, name: str, *, idle: int = 0, person_id: int | None = None) -> int:
        """A contact with a conversation that last moved `idle` days ago; its id."""
        with self.database.writing() as session:
            contact = Contact(
                platform="telegram", address=name, address_hash=name, person_id=person_id
            )
            number = self._add(session, contact)
            moved = self.now - timedelta(days=idle)
            session.add(Conversation(contact_id=number, moved_at=moved))
            return number

    def session(
        self,
        name: str,
        survey_id: int,
        contact_id: int | None = None,
        *,
        ago: int = 0,
        state: SessionState = SessionState.COMPLETE,
    ) -> str:
        """A session that said `WORDS` in answer to "why", `ago` days ago; its id is its name."""
        then = self.now - timedelta(days=ago)
        with self.database.writing() as session:
            survey = session.get_one(Survey, survey_id)
            assert survey.version_id is not None
            session.add(
                SurveySession(
                    id=name,
                    survey_id=survey_id,
                    version_id=survey.version_id,
                    contact_id=contact_id,
                    pseudonym=f"p-{name}",
                    state=state,
                    progress=json.dumps({"why": WORDS}),
                    group_name="Year 9",
                    receipt_hash=f"r-{name}",
                    comeback_hash=f"c-{name}",
                    started_at=then,
                    moved_at=then,
                )
            )
            session.flush()
            for question, value, words in (("age", "15", None), ("why", None, WORDS)):
                session.add(
                    Answer(
                        pseudonym=f"p-{name}",
                        question=question,
                        version_id=survey.version_id,
                        value=value,
                        words=words,
                        answered_on=then.date(),
                    )
                )
            if contact_id is not None:
                conversation = session.get_one(Conversation, contact_id)
                conversation.last_session_id = name
                if state is SessionState.OPEN:
                    conversation.session_id = name
                    conversation.menu = ["yes", "no"]
                    conversation.expecting = "answer"
                session.add(conversation)
        return name

    def message(self, key: str, contact_id: int, *, sent: int | None, **params: Any) -> None:
        """A message that waits, or was `sent` so many days ago."""
        with self.database.writing() as session:
            session.add(
                Outbox(
                    dedupe_key=key,
                    intent="ask",
                    params=json.dumps(params),
                    contact_id=contact_id,
                    not_before=self.now,
                    created_at=self.now,
                    settled_at=None if sent is None else self.now - timedelta(days=sent),
                )
            )

    def item(
        self,
        name: str,
        *,
        state: ReviewState = ReviewState.WAITING,
        decision: str = "",
        ago: int = 0,
    ) -> int:
        """What the session `name` wrote, in the review queue; its id."""
        with self.database.writing() as session:
            return self._add(
                session,
                ReviewItem(
                    ref=f"{name}-{state[:2]}-{decision}"[:16],
                    pseudonym=f"p-{name}",
                    words=WORDS,
                    tier="amber",
                    state=state,
                    decision=decision,
                    reason="as agreed",
                    received_at=self.now - timedelta(days=ago),
                    due_at=self.now,
                ),
            )

    def kept(self, contact_id: int, *, ago: int) -> int:
        """A message that could not be handled; its id."""
        with self.database.writing() as session:
            return self._add(
                session,
                KeptMessage(
                    ref=f"kept {ago}",
                    platform="telegram",
                    contact_id=contact_id,
                    content=WORDS,
                    error_kind="ValueError",
                    received_at=self.now - timedelta(days=ago),
                ),
            )

    def agreement(self, survey_id: int, contact_id: int) -> None:
        """The contact asked to hear what becomes of the survey."""
        self.add(
            TellContact(survey_id=survey_id, contact_id=contact_id, agreed_on=date(2023, 1, 1))
        )

    def coding(self, name: str, survey_id: int) -> None:
        """The answer of session `name` was coded into a theme."""
        with self.database.writing() as session:
            theme = Theme(survey_id=survey_id, name=f"canteen {name}", created_at=self.now)
            number = self._add(session, theme)
            session.add(ThemeCoding(theme_id=number, pseudonym=f"p-{name}", question="why"))

    def add(self, *rows: SQLModel) -> None:
        with self.database.writing() as session:
            session.add_all(rows)

    def all(self, table: type[Any], **where: Any) -> list[Any]:
        """The rows of a table that have these values, in the order they were made."""
        with self.database.reading() as session:
            order = table.__table__.primary_key.columns
            rows = list(session.exec(select(table).filter_by(**where).order_by(*order)))
            session.expunge_all()
            return rows

    def one(self, table: type[Any], **where: Any) -> Any:
        (row,) = self.all(table, **where)
        return row

    def _add(self, session: Session, row: Any) -> int:
        session.add(row)
        session.flush()
        number: int = row.id
        return number
