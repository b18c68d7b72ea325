"""The last part of the story: what was said, what was done about it, and telling them so."""

from datetime import date

from bot.app import App
from bot.demo.survey_scene import SLUG
from bot.demo.young_people import AFTER_SCHOOL, BELIEVE_US, SOMEONE_TO_TALK_TO, Young
from digests import publishing, responses, themes
from digests.period import Period
from digests.reading import reply_of, reviewed_answers
from storage.people import Person
from storage.voice import ResponseKind
from surveys import register

SURVEY_PERIOD = Period(date(2023, 12, 1), date(2024, 1, 18))


def survey_id(app: App) -> int:
    with app.database.reading() as db:
        row = register.find(db, SLUG)
        assert row is not None
        assert row.id is not None
        return row.id


def code_themes(app: App, voice: Person, people: list[Young]) -> dict[str, int]:
    """The voice lead reads the reviewed answers and codes them; how many in each theme."""
    assert voice.id is not None
    by_words = {young.answers.get("change", ""): young.theme for young in people if young.theme}
    survey, coded = survey_id(app), {}
    with app.database.writing() as db:
        for name in (SOMEONE_TO_TALK_TO, BELIEVE_US, AFTER_SCHOOL):
            theme = themes.add_theme(db, survey_id=survey, name=name, now=app.around.now)
            assert theme.id is not None
            replies = [
                reply_of(answer.handle)
                for answer in reviewed_answers(db, survey)
                if by_words.get(answer.words) == name
            ]
            themes.code_answers(db, theme_id=theme.id, replies=replies, person_id=voice.id)
            coded[name] = len(replies)
    return coded


def respond(app: App, manager: Person) -> None:
    """The partnership's answer to each theme, decided by a person."""
    assert manager.id is not None
    with app.database.writing() as db:
        for theme_id, kind, text, because, by_when in _answers(app):
            response = responses.draft(
                db,
                theme_id=theme_id,
                kind=kind,
                text=text,
                because=because,
                by_when=by_when,
                decided_by="the partnership's executive",
            )
            assert response.id is not None
            responses.approve(
                db,
                response.id,
                person_id=manager.id,
                now=app.around.now,
                today=app.around.today,
            )


def _answers(app: App) -> list[tuple[int, ResponseKind, str, str, date | None]]:
    from sqlmodel import select

    from storage.voice import Theme

    with app.database.reading() as db:
        found = {theme.name: theme.id for theme in db.exec(select(Theme))}
    told = {
        SOMEONE_TO_TALK_TO: (
            ResponseKind.WE_DID,
            "A worker you can talk to is now in five schools every Wednesday at lunch time. "
            "You do not need an appointment.",
            "",
            None,
        ),
        BELIEVE_US: (
            ResponseKind.WE_ARE_DOING,
            "We are training everyone who works with young people to listen, to believe you, "
            "and to come back and say what happens next.",
            "",
            date(2024, 3, 31),
        ),
        AFTER_SCHOOL: (
            ResponseKind.WE_CANNOT,
            "We cannot open the youth club on more days this year.",
            "There is no money for more staff until April. We have asked the council again.",
            None,
        ),
    }
    return [(found[name] or 0, *answer) for name, answer in told.items()]


def publish(app: App, voice: Person) -> publishing.Published:
    """The voice lead has read the small theme again: it points to nobody."""
    assert voice.id is not None
    with app.database.writing() as db:
        return publishing.publish(
            db,
            survey_id(app),
            person_id=voice.id,
            period=SURVEY_PERIOD,
            now=app.around.now,
            calendar=app.around.calendar,
            points_to_nobody=True,
        )
