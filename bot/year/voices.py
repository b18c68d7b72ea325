"""Those who are asked what they think: they answer through the mailroom, and one worries us."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from bot.demo.stage import Stage
from bot.demo.survey_scene import read_queue
from bot.year.chance import chance
from bot.year.leads import number_of
from bot.year.script import BadScript, Script, SurveyStory
from storage.people import person_of
from surveys import invitations, register
from surveys.definition import Question, Survey
from surveys.xlsform import read_xlsform

_NAMES = {"en": "English", "pl": "Polski", "ro": "Română", "ur": "اردو", "ar": "العربية"}
_CAN_BE_REACHED = "mobile 07700 900123, after school"
_MOST_STEPS = 40
_RIGHT, _PARTLY, _WRONG = "Yes, that is right", "Partly", "No, that is not right"


@dataclass(frozen=True, slots=True)
class Voice:
    """One person who answers; `words` is what they write where they are asked to."""

    address: str
    group: str
    on: date
    language: str = "en"
    words: str = ""
    is_worried: bool = False
    leaves: bool = False
    wants_to_hear: bool = True


class Asking:
    """One survey of the year, from its opening to its last answer."""

    def __init__(self, stage: Stage, script: Script, story: SurveyStory) -> None:
        self.story = story
        self._stage = stage
        self._script = script
        self.form = _form(story)
        self.slug = self.form.settings.form_id
        self._tokens: dict[str, str] = {}
        self.people = tuple(_people(script, story, self.slug, self.form))

    def day(self, today: date) -> None:
        """Opens it on its day; whoever answers today does so."""
        if today == self.story.opens:
            self._open()
        for number, voice in enumerate(one for one in self.people if one.on == today):
            self._stage.at(today, 10 + number // 12, (number % 12) * 5)
            self._answer(voice)

    def _open(self) -> None:
        app, story = self._stage.app, self.story
        with app.database.writing() as db:
            added = register.add(db, self.form, now=app.around.now, action_ref=story.action)
            manager = person_of(db, self._script.manager)
            who = manager.id if manager is not None else None
            register.open_survey(db, self.slug, self.form, now=app.around.now, person_id=who)
            assert added.survey.id is not None
            for group in story.groups:
                self._tokens[group] = invitations.invite(
                    db, added.survey.id, now=app.around.now, group_name=group
                )

    def _answer(self, voice: Voice) -> None:
        """One person's whole conversation, read and answered as it comes."""
        heard = self._speak(voice, f"/start {self._tokens[voice.group]}")
        if voice.language != "en":
            heard = self._speak(voice, number_of(heard, _NAMES[voice.language]))
        heard = self._speak(voice, "1")
        random = chance(voice.address)
        for _ in range(_MOST_STEPS):
            asked = self._asked(voice, heard)
            if asked is None:
                break
            if voice.leaves and asked.name == self.story.asks:
                self._speak(voice, "/stop")
                self._speak(voice, "1")
                return
            heard = self._speak(voice, self._typed(voice, asked, random))
            if voice.is_worried and asked.name == self.story.asks:
                self._speak(voice, "1")
                self._speak(voice, _CAN_BE_REACHED)
                self._read_at_once()
        if self.form.settings.tell_back and self.form.settings.is_youth:
            self._speak(voice, "1" if voice.wants_to_hear else "2")

    def _read_at_once(self) -> None:
        """A red does not wait for the end of the day."""
        app = self._stage.app
        with app.database.reading() as db:
            first, second = (
                person_of(db, self._script.reviewer),
                person_of(db, self._script.deputy),
            )
        assert first is not None
        assert second is not None
        read_queue(app, first, second)

    def judge(self) -> None:
        """Those who were told open it, and most of them say whether we got it right."""
        right, partly = self.story.verdicts
        told = [one for one in self.people if one.wants_to_hear and not one.leaves]
        for number, voice in enumerate(told if self.form.settings.is_youth else ()):
            heard = self._speak(voice, "1")
            place = number * 7 % 10
            label = _RIGHT if place < right else _PARTLY if place < right + partly else _WRONG
            if label in heard and number % 5 != 4:
                self._speak(voice, number_of(heard, label))

    def _typed(self, voice: Voice, asked: Question, random: Random) -> str:
        if asked.name == self.story.asks:
            return voice.words or "/skip"
        usual = self.story.answers.get(asked.name)
        if usual:
            return random.choice(usual)
        return "/skip" if self.form.may_skip(asked) else "1"

    def _speak(self, voice: Voice, line: str) -> str:
        return self._stage.speak(voice.address, line, shown=False)

    def _asked(self, voice: Voice, heard: str) -> Question | None:
        """Which question the message asks, read by its text as a person would."""
        for question in self.form.questions:
            label = question.labels.get(voice.language) or question.labels.get("en", "")
            if question.kind.is_asked and label and label.splitlines()[0] in heard:
                return question
        return None


def _form(story: SurveyStory) -> Survey:
    form, issues = read_xlsform(register.example_survey(f"{story.form}.xlsx"))
    if form is None:
        raise BadScript(f"{story.form} cannot be read: {issues[0]}")
    text = form.to_json()
    for before, after in story.renamed.items():
        text = text.replace(before, after)
    form = Survey.from_json(text)
    settings = replace(
        form.settings,
        opens=story.opens,
        closes=story.closes,
        hear_back_by=story.hear_back_by,
        recurs=None,
    )
    return replace(form, settings=settings)


def _people(script: Script, story: SurveyStory, slug: str, form: Survey) -> Iterator[Voice]:
    """Who answers, when, in which language, and what they write: the same people every time."""
    random = chance(script.slug, slug, story.opens)
    words = list(_texts(story, random))
    days = list(_days(story))
    languages = _languages(story.languages)
    texts = dict(enumerate(words))
    for number in range(story.people):
        worried = bool(story.worry) and number == story.people // 2
        text = texts.pop(number, "")
        yield Voice(
            address=f"{slug}-{number + 1:03}",
            group=story.groups[number % len(story.groups)],
            on=random.choice(days),
            language=_language(text) if text or worried else next(languages, "en"),
            words=story.worry if worried else plain(text),
            is_worried=worried and form.settings.is_youth,
            leaves=not text and not worried and number % 9 == 4,
            wants_to_hear=number % 4 != 3,
        )


def _texts(story: SurveyStory, random: Random) -> Iterator[str]:
    """Every text that somebody writes, in no order of themes."""
    said = [
        text for theme in story.themes for text in (*theme.says, *_alike(theme.says, theme.more))
    ]
    random.shuffle(said)
    if story.worry:
        said.insert(story.people // 2, "")
    if len(said) > story.people:
        raise BadScript(
            f"{story.form}: {len(said)} texts for {story.people} people; give it more people."
        )
    yield from said


def _alike(says: tuple[str, ...], more: int) -> Iterator[str]:
    for number in range(more):
        yield says[number % len(says)]


def plain(text: str) -> str:
    """What is written, without the sign of its language ("pl: ...")."""
    return text[4:] if _language(text) != "en" else text


def _language(text: str) -> str:
    return text[:2] if text[2:4] == ": " and text[:2] in _NAMES else "en"


def _languages(wanted: Mapping[str, int]) -> Iterator[str]:
    for code, number in sorted(wanted.items()):
        yield from [code] * number


def _days(story: SurveyStory) -> Iterator[date]:
    """School days on which it is open, but the first weekend's quiet."""
    day = story.opens
    while day < story.closes:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)
