"""Plays a transcript: who says what, and what comes back, as a text that anybody can read.

Lines that begin with "@" set the stage or look behind it, "who> words" is somebody speaking. What
is indented below is what everybody then read; it is compared, or written anew.
"""

import re
from collections.abc import Callable

from sqlmodel import col

from bot.messages import Address, Elsewhere, Message, Pressed, Sent
from bot.platforms.console import PLATFORM
from bot.standing import hash_of
from storage.concerns import ReviewItem
from storage.leaving import forget_leavers
from storage.people import Contact, Person, Role
from storage.plans import Action, Update
from storage.surveys import Answer, Survey, SurveySession
from surveys.receipts import come_back_code, receipt_code
from surveys.register import close_survey
from tests.bot.publishing import publish_something
from tests.bot.stage import PRACTITIONERS, TELEGRAM, YOUTH, Stage
from tests.reminders.small_plan import SmallPlan

_SPOKEN = re.compile(r"([a-z0-9-]+)> (.*)")
_CODE = re.compile(r"\b[A-Z2-9]{4}(-[A-Z2-9]{4}){2}\b")
_COME_BACK = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b")
_TOKEN = re.compile(r"\b[0-9a-f]{24}\b")
_FORMS = {"youth": YOUTH, "practitioners": PRACTITIONERS}


def _acts(message: Message) -> list[str]:
    """What happens on the screen beside the words."""
    replaced = ["(in place of the message that was tapped)"] if message.replaces else []
    cleared = [f"(clears {len(message.clears)} messages)"] if message.clears else []
    return replaced + cleared


class Player:
    """One transcript on one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._names = {"code": "ABCD-EFGH-JKMN"}
        self._held: list[str] = []
        self._plan: int | None = None
        self._refs: dict[str, str] = {}
        self._orders: dict[str, Callable[..., str | None]] = {
            name.removeprefix("do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("do_")
        }

    def play(self, script: str) -> str:
        """The transcript anew: its steps as they are, what came back as it came now."""
        lines = [line for line in script.splitlines() if line[:1] not in (" ", "")]
        return "\n\n".join(self._step(line) for line in lines).replace("\n\n#", "\n#") + "\n"

    def _step(self, line: str) -> str:
        if line.startswith("#"):
            return line
        before = len(self._stage.recorder.sent)
        shown = self._do(line)
        self._stage.deliver()
        back = [
            f"    {sent.to}| {one}".rstrip()
            for sent in self._stage.recorder.sent[before:]
            for one in [*_acts(sent.message), *sent.text.splitlines()]
        ]
        return "\n".join([line, *(f"    {one}" for one in shown), *map(self._steady, back)])

    def _do(self, line: str) -> list[str]:
        if spoken := _SPOKEN.fullmatch(line):
            who, words = spoken.groups()
            for name, value in self._names.items():
                words = words.replace(f"{{{name}}}", value)
            [ack] = self._stage.tell(who, words)
            return [] if ack.status == "stored" else [f"({ack.status})"]
        order, *rest = line.removeprefix("@").split(maxsplit=2)
        shown = self._orders[order](*rest)
        return [] if shown is None else [self._steady(one) for one in shown.splitlines()]

    def _steady(self, line: str) -> str:
        """Without what differs each time: codes and references."""
        for item in self._stage.rows(ReviewItem):
            self._refs.setdefault(item.ref, f"REF{len(self._refs) + 1}")
        for ref, name in self._refs.items():
            line = line.replace(ref, name)
        line = _COME_BACK.sub("COME-BACK", _CODE.sub("CODE", line))
        return _TOKEN.sub("LINK", line)

    # setting the stage

    def do_reviewers(self) -> None:
        self._stage.reviewers()

    def do_open(self, name: str, group: str = "") -> None:
        self._names["link"] = self._stage.open(_FORMS[name], group=group)

    def do_once(self, name: str) -> None:
        self._names["link"] = self._stage.open(_FORMS[name], most_uses=1)

    def do_close(self, name: str) -> None:
        with self._stage.database.writing() as db:
            audience = "youth" if name == "youth" else "practitioners"
            [row] = self._stage.rows(Survey, col(Survey.audience) == audience)
            close_survey(db, row.slug, now=self._stage.now)

    def do_person(self, name: str, roles: str = "") -> None:
        self._stage.person(name, *(Role(role) for role in roles.split()))

    def do_action(self, ref: str, more: str) -> None:
        """An action, in how many days it is due, and who leads it."""
        days, *leads = more.split()
        due = self._stage.now.date().fromordinal(self._stage.now.toordinal() + int(days))
        people = [row.id for row in self._stage.rows(Person) if row.key in leads]
        with self._stage.database.writing() as db:
            plan = SmallPlan.start(db) if self._plan is None else SmallPlan(db, self._plan, 1)
            self._plan = plan.plan_id
            plan.action(ref, due, people=people)

    def do_round(self) -> None:
        self._stage.round()

    def do_later(self, unit: str, count: str) -> None:
        self._stage.later(**{unit: int(count)})

    def do_telegram(self) -> None:
        """From here on everybody writes in Telegram, which asks for an age."""
        self._stage.platform = TELEGRAM

    def do_console(self) -> None:
        self._stage.platform = PLATFORM

    def do_web(self) -> None:
        """The survey pages have an address."""
        self._stage.configure(links={"web": "https://loop.example"})

    # sending what is neither words nor a tap

    def do_sends(self, who: str, what: str) -> None:
        kind, _, caption = what.partition(" ")
        self._stage.tell(who, Sent(kind, caption))

    def do_group(self, who: str, words: str) -> None:
        self._stage.tell(who, Elsewhere(words))

    def do_forget(self) -> str:
        with self._stage.database.writing() as db:
            return f"{forget_leavers(db)} forgotten"

    def do_publish(self) -> None:
        """The first page of "you said, we did", to everybody who asked for it."""
        with self._stage.database.writing() as db:
            publish_something(db, now=self._stage.now)

    # tapping

    def do_press(self, who: str, label: str) -> None:
        self._stage.tell(who, Pressed(self._stage.token(who, label)))

    def do_twice(self, who: str, label: str) -> None:
        token = Pressed(self._stage.token(who, label))
        self._stage.receive(*(self._stage.incoming(who, token) for _ in range(2)))

    def do_hold(self, who: str, label: str) -> None:
        self._held.append(self._stage.token(who, label))

    def do_tap(self, who: str) -> None:
        self._stage.tell(who, Pressed(self._held.pop()))

    # looking behind it

    def do_code(self, who: str) -> None:
        """The receipt code of somebody's last session, as they had it on their screen."""
        self._names["code"] = receipt_code(self._stage.database.keyring, self._session(who).id)

    def do_comeback(self, who: str) -> None:
        """The come-back code of somebody's session, as /later said it."""
        self._names["comeback"] = come_back_code(
            self._stage.database.keyring, self._session(who).id
        )

    def _session(self, who: str) -> SurveySession:
        address = Address(self._stage.platform, "", who)
        digest = hash_of(self._stage.database.keyring, address)
        [contact] = self._stage.rows(Contact, col(Contact.address_hash) == digest)
        rows = self._stage.rows(SurveySession, col(SurveySession.contact_id) == contact.id)
        found: SurveySession = rows[-1]
        return found

    def do_show(self, what: str, who: str = "") -> str:
        show: dict[str, Callable[[], str]] = {
            "review": self._review,
            "session": lambda: self._answers(who),
            "updates": self._updates,
            "contacts": self._contacts,
            "survey": lambda: str(len(self._stage.rows(Answer))) + " answers in all",
        }
        return show[what]() or "nothing"

    def _review(self) -> str:
        rows = self._stage.rows(ReviewItem)
        return "\n".join(
            f'{row.tier}: "{row.words}"'
            + (f" at {row.question}" if row.question else "")
            + (f", answered with {row.reply_sent}" if row.reply_sent else "")
            for row in sorted(rows, key=lambda row: row.id)
        )

    def _contacts(self) -> str:
        rows = self._stage.rows(Contact, col(Contact.person_id).is_(None))
        return "\n".join(f"{row.platform}: {row.address}, {row.state}" for row in rows)

    def _answers(self, who: str) -> str:
        session = self._session(who)
        rows = self._stage.rows(Answer, col(Answer.pseudonym) == session.pseudonym)
        said = [f"{row.question} = {row.words or row.value or '-'}" for row in rows]
        return "\n".join([f"{session.state}, {session.language}", *sorted(said)])

    def _updates(self) -> str:
        refs = {row.id: row for row in self._stage.rows(Action)}
        lines = [
            f"{refs[row.action_id].ref}: {row.status}"
            + (f', "{row.note}"' if row.note else "")
            + (f", asks for {row.proposed_due_on}" if row.proposed_due_on else "")
            + f" ({row.how})"
            for row in sorted(self._stage.rows(Update), key=lambda row: row.id)
        ]
        stands = [
            f"{row.ref} stands as {row.status}, due {row.due_on}"
            + (f", snoozed until {row.snoozed_until}" if row.snoozed_until else "")
            for row in refs.values()
        ]
        return "\n".join([*lines, *stands])
