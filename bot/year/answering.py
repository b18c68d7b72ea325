"""What was said becomes themes, themes get answers, and those who said it are told."""

from collections import Counter
from datetime import date, timedelta

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.year.script import BadScript, HearingStory, Reply, Script, SurveyStory
from bot.year.shelf import Shelf
from bot.year.voices import Asking, plain
from digests import corrections, publishing, responses, themes, wordings
from digests.hearings import record_hearing
from digests.period import Period
from digests.reading import reply_of, reviewed_answers
from storage.people import person_of
from storage.plans import Action
from storage.voice import Response, ResponseState, Theme
from surveys import register

_CLOSED = timedelta(days=3)
"""After a survey closes on a Friday its results are looked at on the Monday."""


class Answering:
    """The voice lead and the manager at one survey."""

    def __init__(self, stage: Stage, script: Script, asking: Asking, shelf: Shelf) -> None:
        self._stage = stage
        self._script = script
        self._asking = asking
        self._shelf = shelf
        self.published = 0

    @property
    def _story(self) -> SurveyStory:
        return self._asking.story

    def day(self, today: date) -> None:
        """Codes, drafts and tells on the days of the story."""
        if self._story.closes + _CLOSED == today:
            self._results()
        if self._story.coded == today:
            self._code()
        for hearing in self._story.hearings:
            if self._story.coded and max(hearing.on, self._story.coded) == today:
                self._hear(hearing)
        for reply in self._story.replies:
            if reply.drafted == today:
                self._respond(reply)
        if today in self._story.told:
            self._tell(today)

    def _results(self) -> None:
        title = self._asking.form.settings.title
        self._shelf.put_results(self._stage.app, self._asking.slug, title)

    def _code(self) -> None:
        with self._stage.app.database.writing() as db:
            voice, survey = _id_of(db, self._script.voice), survey_id(db, self._asking.slug)
            now = self._stage.app.around.now
            by_words = {
                plain(text): story.name for story in self._story.themes for text in story.says
            }
            named = {story.name: story.definition for story in self._story.themes}
            ids = {
                name: themes.add_theme(
                    db, survey_id=survey, name=name, now=now, definition=definition
                ).id
                for name, definition in named.items()
            }
            read = [one for one in reviewed_answers(db, survey) if one.words in by_words]
            for name, theme_id in ids.items():
                replies = [reply_of(one.handle) for one in read if by_words[one.words] == name]
                themes.code_answers(db, theme_id=theme_id or 0, replies=replies, person_id=voice)
        counts = Counter(by_words[one.words] for one in read)
        self._stage.tell(
            f"The voice lead coded {sum(counts.values())} texts into {len(counts)} themes."
        )

    def _hear(self, hearing: HearingStory) -> None:
        """What was said in a group, a review or an audit, into the same themes."""
        app = self._stage.app
        with app.database.writing() as db:
            said = {
                self._theme(db, theme.name): theme.said_in[hearing.key] or None
                for theme in self._story.themes
                if hearing.key in theme.said_in
            }
            record_hearing(
                db,
                survey_id(db, self._asking.slug),
                kind=hearing.kind,
                title=hearing.title,
                held_on=hearing.on,
                present=hearing.present,
                themes=said,
                person_id=_id_of(db, self._script.voice),
                now=app.around.now,
                today=app.around.today,
            )

    def _respond(self, reply: Reply) -> None:
        app = self._stage.app
        with app.database.writing() as db:
            manager = _id_of(db, self._script.manager)
            id_ = self._drafted(db, reply)
            self._word(db, id_, reply)
            now, today = app.around.now, app.around.today
            responses.approve(db, id_, person_id=manager, now=now, today=today)

    def _drafted(self, db: Db, reply: Reply) -> int:
        """A draft of its own, or what takes the place of words that were wrong."""
        now = self._stage.app.around.now
        voice, theme = _id_of(db, self._script.voice), self._theme(db, reply.theme)
        action = _action(db, reply.action)
        if not reply.corrects:
            made = responses.draft(
                db,
                theme_id=theme,
                kind=reply.kind,
                text=reply.text,
                because=reply.because,
                by_when=reply.by_when,
                action_id=action,
                decided_by=reply.decided_by,
                person_id=voice,
                now=now,
            )
        else:
            made = corrections.correct(
                db,
                _last(db, theme),
                what=reply.corrects,
                kind=reply.kind,
                text=reply.text,
                because=reply.because,
                by_when=reply.by_when,
                action_id=action,
                person_id=voice,
                now=now,
            )
        return made.id or 0

    def _word(self, db: Db, response_id: int, reply: Reply) -> None:
        now = self._stage.app.around.now
        voice, reader = _id_of(db, self._script.voice), _id_of(db, self._script.reviewer)
        for one in reply.wordings:
            row = wordings.write(
                db,
                response_id,
                readers=one.readers,
                language=one.language,
                said=one.said,
                text=one.text,
                because=one.because,
                person_id=voice,
                now=now,
            )
            wordings.check(db, row.id or 0, person_id=reader, now=now)

    def _theme(self, db: Db, name: str) -> int:
        survey = survey_id(db, self._asking.slug)
        found = db.exec(select(Theme).where(Theme.survey_id == survey, Theme.name == name)).first()
        if found is None or found.id is None:
            raise BadScript(f"{self._asking.slug}: there is no theme '{name}' to answer.")
        return found.id

    def _tell(self, today: date) -> None:
        """The voice lead has read the small themes again: they point to nobody."""
        app = self._stage.app
        with app.database.writing() as db:
            found = publishing.publish(
                db,
                survey_id(db, self._asking.slug),
                person_id=_id_of(db, self._script.voice),
                period=Period(today - timedelta(days=91), today),
                now=app.around.now,
                calendar=app.around.calendar,
                points_to_nobody=True,
            )
        self.published = found.publication_id
        self._stage.tell(
            f"{self._asking.form.settings.title} {found.responses} themes answered; "
            f"{found.told} people told."
        )
        self._stage.deliver()
        self._asking.judge()
        lines = app.around.settings.help_lines
        self._shelf.put_you(found.view, self._asking.form.settings.title, lines)


def survey_id(db: Db, slug: str) -> int:
    """The survey of this name."""
    row = register.find(db, slug)
    if row is None or row.id is None:
        raise BadScript(f"There is no survey {slug}.")
    return row.id


def _id_of(db: Db, email: str) -> int:
    person = person_of(db, email)
    if person is None or person.id is None:
        raise BadScript(f"{email} is not in the list of people.")
    return person.id


def _action(db: Db, ref: str) -> int | None:
    if not ref:
        return None
    found = db.exec(select(Action.id).where(Action.ref == ref)).first()
    if found is None:
        raise BadScript(f"The plan has no action {ref}.")
    return found


def _last(db: Db, theme_id: int) -> int:
    """The last reply to this theme that went out."""
    query = select(Response.id).where(
        Response.theme_id == theme_id, Response.state == ResponseState.PUBLISHED
    )
    return db.exec(query.order_by(col(Response.id).desc())).first() or 0
