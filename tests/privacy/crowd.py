"""Many young people who answer one survey side by side, in chats and on pages."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col

from bot.anonymous_jobs import settle_anonymous
from bot.messages import TELEGRAM, WEB, Address, Arrived, Content, Incoming, Pressed, Said
from bot.standing import hash_of
from bot.tokens import of_act
from storage.concerns import ReviewItem
from storage.people import Contact
from storage.surveys import Answer, SurveyVersion
from storage.surveys import Survey as SurveyRow
from surveys.definition import Mode
from tests.bot.stage import Stage
from tests.privacy.adversary import Wave
from tests.privacy.anonymous_stage import close_it, form_in, open_it

PEOPLE = 24
_WORDS = "more help at school"


@dataclass(frozen=True, slots=True)
class Person:
    """One of them: what they say is settled before anything happens."""

    name: str
    platform: str
    number: int
    language: str
    worries: bool

    @property
    def address(self) -> Address:
        return Address(self.platform, "", self.name)

    @property
    def text(self) -> str:
        told = "my uncle hurts me at night" if self.worries else _WORDS
        return f"{told} {self.number}{self.number}"


class Crowd:
    """A wave of people at one survey; each seed gives another order and other answers."""

    def __init__(self, stage: Stage, mode: Mode, seed: int) -> None:
        self.stage = stage
        self.slug = f"wave-{seed}-{mode.value}"
        self._chance = random.Random(seed)
        self._mode = mode
        self._events = 0
        numbers = self._chance.sample(range(100, 999), PEOPLE)
        self.people = [
            Person(
                name=f"{seed}{mode.value[0]}{number}{n}",
                platform=WEB if n % 3 == 0 else TELEGRAM,
                number=number,
                language="pl" if n % 4 == 0 else "en",
                worries=n % 8 == 0,
            )
            for n, number in enumerate(numbers)
        ]

    def answer(self, *, close: bool = True, half_way: Callable[[], object] | None = None) -> None:
        """Everybody comes within some hours and answers in between the others, to the end.

        `half_way` is done once, when half of them have come.
        """
        stage = self.stage
        token = open_it(stage, form_in(self._mode, form_id=self.slug))
        [survey] = stage.rows(SurveyRow, SurveyRow.slug == self.slug)
        order = self._chance.sample(self.people, PEOPLE)
        acts = {one.name: list(self._acts(one, survey.id, token)) for one in order}
        on_the_way: list[Person] = []
        while order or on_the_way:
            while order and len(on_the_way) < 5:
                on_the_way.append(order.pop())
                if half_way is not None and len(order) == PEOPLE // 2:
                    half_way()
            one = self._chance.choice(on_the_way)
            stage.now += timedelta(seconds=self._chance.randint(20, 120))
            self._hand_in(one, acts[one.name].pop(0))
            if not acts[one.name]:
                on_the_way.remove(one)
            self._between()
        stage.deliver()
        if close:
            self.close()

    def close(self) -> None:
        """The survey closes, and the jobs of the night run."""
        close_it(self.stage, self.slug)
        self.stage.later(minutes=1)
        settle_anonymous(self.stage.app)
        self.stage.later(hours=5)
        settle_anonymous(self.stage.app, thoroughly=True)

    def _between(self) -> None:
        """What goes on beside: messages go out now and then, and the job of every minute runs."""
        if self._chance.random() < 0.25:
            self.stage.deliver()
        if self._chance.random() < 0.1:
            settle_anonymous(self.stage.app)

    def _acts(self, one: Person, survey_id: int, token: str) -> Iterator[Content]:
        yield Arrived(token)
        if one.platform == TELEGRAM:
            yield Pressed(of_act("age", survey_id, "over"))
        if one.language != "en":
            yield Pressed(of_act("language", survey_id, one.language))
        yield Pressed(of_act("welcome", survey_id, "yes"))
        yield Said(str(1 + one.number % 4))
        yield Said(str(one.number))
        yield Said(one.text)
        if one.worries:
            yield Said("/skip")
        yield Said("1")
        if one.platform == TELEGRAM and one.number % 2:
            yield Pressed(of_act("tell", survey_id, "yes"))
        if one.number % 5 == 0:
            yield Said(f"I wanted to add {one.number}")

    def _hand_in(self, one: Person, content: Content) -> None:
        self._events += 1
        event = f"{self.slug}-{self._events:04}"
        at = "" if one.platform == WEB or isinstance(content, Pressed) else f"{self._events}"
        said = Incoming(one.platform, "", event, one.address, content, self.stage.now, at)
        self.stage.receive(said)

    # what only we know

    def wave(self) -> Wave:
        """Who is who, on all three sides."""
        stage = self.stage
        keyring = stage.database.keyring
        contacts = {row.address_hash: row.id for row in stage.rows(Contact)}
        versions = [row.id for row in stage.rows(SurveyVersion, SurveyVersion.slug == self.slug)]
        said = {
            row.value: row.pseudonym
            for row in stage.rows(
                Answer, Answer.question == "number", col(Answer.version_id).in_(versions)
            )
        }
        texts = {row.words: row.id for row in stage.rows(ReviewItem)}
        return Wave(
            tuple(
                (contacts[hash_of(keyring, one.address)], said[str(one.number)], texts[one.text])
                for one in self.people
            )
        )
