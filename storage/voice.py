"""What young people and practitioners said, in themes, and what became of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import OneOf, UtcDateTime


class ResponseKind(StrEnum):
    WE_DID = "we_did"
    WE_ARE_DOING = "we_are_doing"
    NOT_YET = "not_yet"
    WE_CANNOT = "we_cannot"


class ResponseState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"


class TellContact(SQLModel, table=True):
    """Somebody who asked to hear what became of a survey: no answer, and no order of answers."""

    __tablename__ = "tell_contact"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: int = Field(foreign_key="survey.id", primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", primary_key=True, index=True)
    agreed_on: date


class Theme(SQLModel, table=True):
    """One thing that was said, in the codebook's words."""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("survey_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    name: str
    definition: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    merged_into_id: int | None = Field(default=None, foreign_key="theme.id")
    split_from_id: int | None = Field(default=None, foreign_key="theme.id")
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ThemeChange(SQLModel, table=True):
    """What became of a theme, when and by whom: named, defined, merged, split, taken out."""

    __tablename__ = "theme_change"

    id: int | None = Field(default=None, primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    act: str = Field(max_length=16)
    before: str = ""
    after: str = ""
    other_theme_id: int | None = Field(default=None, foreign_key="theme.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")


class ThemeCoding(SQLModel, table=True):
    """This answer speaks of this theme. Only reviewed answers are coded.

    `from_theme_id`: the theme it was coded into before that one was merged or split.
    """

    __tablename__ = "theme_coding"

    theme_id: int = Field(foreign_key="theme.id", primary_key=True)
    pseudonym: str = Field(primary_key=True, max_length=32)
    question: str = Field(primary_key=True, max_length=64)
    coded_by_id: int | None = Field(default=None, foreign_key="person.id")
    from_theme_id: int | None = Field(default=None, foreign_key="theme.id")


class CodedAnswer(SQLModel, table=True):
    """The voice lead has looked at this answer, with or without putting it into a theme."""

    __tablename__ = "coded_answer"

    survey_id: int = Field(foreign_key="survey.id", primary_key=True)
    pseudonym: str = Field(primary_key=True, max_length=32)
    question: str = Field(primary_key=True, max_length=64)


class HearingKind(StrEnum):
    GROUP_SESSION = "group_session"
    PAPER = "paper"
    PRACTICE_REVIEW = "practice_review"
    AUDIT = "audit"


class Hearing(SQLModel, table=True):
    """Where something was said other than in the survey itself; its themes stand in that codebook.

    `present`: how many took part, or were looked at; None where nobody counted.
    """

    __tablename__ = "hearing"

    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", index=True)
    kind: HearingKind = Field(sa_type=OneOf(HearingKind))
    title: str
    held_on: date
    present: int | None = None
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by_id: int | None = Field(default=None, foreign_key="person.id")


class HearingTheme(SQLModel, table=True):
    """A theme that came up there; `people`: how many said it, None where nobody counted."""

    __tablename__ = "hearing_theme"

    hearing_id: int = Field(foreign_key="hearing.id", primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", primary_key=True, index=True)
    people: int | None = None


class Response(SQLModel, table=True):
    """What we did about a theme, published only by a person; never changed after that.

    How far the action behind it has come is derived when read. `corrects_id`: the published one
    whose place it takes because something in it was wrong; `correction` says what, in plain words.
    `evidence`: what shows that it was done, in words that a person chose for everybody to read.
    """

    __tablename__ = "response"

    id: int | None = Field(default=None, primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", index=True)
    kind: ResponseKind = Field(sa_type=OneOf(ResponseKind))
    text: str
    because: str = ""
    by_when: date | None = None
    action_id: int | None = Field(default=None, foreign_key="action.id")
    decided_by: str = ""
    decided_on: date | None = None
    state: ResponseState = Field(default=ResponseState.DRAFT, sa_type=OneOf(ResponseState))
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_by_id: int | None = Field(default=None, foreign_key="person.id")
    drafted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    drafted_by_id: int | None = Field(default=None, foreign_key="person.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by_id: int | None = Field(default=None, foreign_key="person.id")
    corrects_id: int | None = Field(default=None, foreign_key="response.id")
    correction: str = ""
    evidence: str = ""


class Readers(StrEnum):
    """For whom a wording is; `everybody` in another language is the plain one, translated."""

    EVERYBODY = "everybody"
    AGE_8_11 = "8_11"
    AGE_12_15 = "12_15"
    AGE_16_UP = "16_up"
    EASY_READ = "easy_read"
    PRACTITIONERS = "practitioners"


class ResponseWording(SQLModel, table=True):
    """One response in other words: for an age, in easy read, in a language.

    `said` is the theme in these words, `because` the reason. `checked_at`: a person who reads that
    language stands by it; until then it is shown to nobody outside.
    """

    __tablename__ = "response_wording"
    __table_args__ = (UniqueConstraint("response_id", "readers", "language"),)

    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id", index=True)
    readers: Readers = Field(sa_type=OneOf(Readers))
    language: str = Field(default="en", max_length=12)
    said: str
    text: str
    because: str = ""
    written_at: datetime = Field(sa_type=UtcDateTime)
    written_by_id: int | None = Field(default=None, foreign_key="person.id")
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_by_id: int | None = Field(default=None, foreign_key="person.id")


class Verdict(StrEnum):
    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"


class ToldVerdict(SQLModel, table=True):
    """ "Did we get that right?": one tap about a publication. No answer and no person hangs on it.

    `mark`: a keyed hash of who tapped, so that the last tap counts once.
    """

    __tablename__ = "told_verdict"
    __table_args__ = {"sqlite_with_rowid": False}

    publication_id: int = Field(foreign_key="publication.id", primary_key=True)
    mark: str = Field(primary_key=True, max_length=64)
    verdict: Verdict = Field(sa_type=OneOf(Verdict))
    given_on: date


class Publication(SQLModel, table=True):
    """What went out, as it went out: later ones are compared with it.

    So no difference between two of them tells too much.
    """

    __tablename__ = "publication"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=32, index=True)
    survey_id: int | None = Field(default=None, foreign_key="survey.id")
    period_end: date
    published_at: datetime = Field(sa_type=UtcDateTime)
    published_by_id: int | None = Field(default=None, foreign_key="person.id")
    content: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
