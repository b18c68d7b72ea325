"""Hostile texts as names, answers and notes, through the program and out of every output: data."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from lxml import html

from bot.messages import Attachment, Button, Message, Part, Said
from bot.platforms.console import draw as console
from bot.platforms.email.drawing import draw as email
from bot.platforms.email.envelope import sealed
from bot.platforms.slack.drawing import draw as slack
from bot.platforms.slack.phrases import Phrases
from bot.platforms.teams.drawing import draw as teams
from bot.platforms.telegram.drawing import draw as telegram
from storage.concerns import ReviewItem
from storage.database import Database
from storage.language import Catalogue
from storage.mail import KeptMessage
from storage.people import Person, Role
from storage.surveys import Answer
from surveys.matching import clean
from tests.attacks.hostile import TEXTS
from tests.bot.platforms.email.test_drawing import ENVELOPE, FRAME
from tests.bot.platforms.teams.card_checks import problems
from tests.bot.staff.office import Office, office
from tests.bot.stage import Stage
from tests.bot.web.board.office import Office as Board
from tests.bot.web.board.office import office_of
from tests.reminders.small_plan import SmallPlan

_WORDS = Catalogue.load("bot")
_PHRASES = Phrases.of(lambda key: _WORDS.say(key, "en"))
_EVERY = pytest.mark.parametrize("name", TEXTS)


def _squeezed(text: str) -> str:
    """What is to be read of it, however lines are broken and runs are set apart."""
    plain = re.sub("[\u2066-\u2069\u200b\u2060\ufffd]", "", clean(text))
    return "".join(plain.encode("utf-8", "ignore").decode().split())


# what each platform is given


def _to_telegram(message: Message) -> str:
    """It is sent without a parse_mode, so nothing is read as markup."""
    return "\n".join(telegram(message).parts)


def _to_slack(message: Message) -> str:
    """Plain text stands as it is; in the rest only addresses may be marks."""
    found = []
    for post in slack(message, _PHRASES):
        for kind, text in _texts(list(post.blocks)):
            found.append(_unmarked(text) if kind == "mrkdwn" else text)
    return "\n".join(found)


def _unmarked(text: str) -> str:
    for mark in re.findall(r"<([^>]*)>", text):
        assert mark.startswith(("https://", "http://")), mark
        assert "|" not in mark, "an address that shows another is a trap"
    plain = re.sub(r"<([^>]*)>", r"\1", text).replace("\u200b", "")
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """Every text with the type of what holds it."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield str(value.get("type")), value["text"]
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _to_teams(message: Message) -> str:
    """A text block is read as markup, a run of rich text is not."""
    found = []
    for card in teams(message):
        assert problems(card) == []
        for kind, text in _texts(card):
            found.append(text)
            assert "{{" not in text, "Teams fills these in"
            if kind == "TextBlock":
                assert not re.search(r"\]\(|<at>|\*\*|```", text)
    return "\n".join(found)


def _to_email(message: Message) -> str:
    drawn = email(message, FRAME)
    mail = message_from_bytes(sealed(drawn, ENVELOPE), policy=default)
    assert mail["To"] == ENVELOPE.to
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject", [])) == 1
    page = html.fromstring(drawn.html)
    assert page.findall(".//script") == []
    assert [one.get("onerror") for one in page.iter("img")] == []
    assert all(str(a.get("href")).startswith("https://loop.") for a in page.iter("a"))
    return drawn.text


DRAWN: dict[str, Callable[[Message], str]] = {
    "console": console,
    "telegram": _to_telegram,
    "slack": _to_slack,
    "teams": _to_teams,
    "email": _to_email,
}


@pytest.mark.parametrize("platform", DRAWN)
@_EVERY
def test_every_platform_is_given_words_and_nothing_that_acts(name: str, platform: str) -> None:
    text = TEXTS[name]
    shown = DRAWN[platform](
        Message(text, (Button("Yes", "yes"),), parts=(Part(f"1.1 {text}"),), title="Due this week")
    )
    assert _squeezed(text)[:300] in _squeezed(shown)


@_EVERY
def test_a_file_is_called_by_no_path(name: str) -> None:
    text = TEXTS[name][:120]
    message = Message("A file.", attachments=(Attachment(f"{text}.pdf", "application/pdf", b"x"),))
    mail = message_from_bytes(
        sealed(email(message, FRAME), ENVELOPE, message.attachments), policy=default
    )
    [called] = [part.get_filename() for part in mail.walk() if part.get_filename()]
    assert called
    assert not set(called) & set('/\\:*?"<>|\r\n\x00')
    assert not called.startswith(".")


# through the whole program


@pytest.fixture
def board(sqlite_database: Database) -> Iterator[Board]:
    with office_of(sqlite_database) as one:
        yield one


def test_young_peoples_words_reach_the_reviewer_whole_and_do_nothing(
    board: Board, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    stage = board.stage
    reviewer = board.come("reviewer", "/concerns")
    with caplog.at_level(logging.DEBUG):
        for name, text in TEXTS.items():
            token = stage.open(group=clean(text)[:80] or "x")
            stage.say(name, f"/start {token}")
            stage.tell(name, "1", "2", "1", "2", "/skip", "/skip", "/skip", Said(text))
            page = reviewer.go(f"/concerns/{_item_of(stage, text)}")
            assert page.status_code == 200
            _shown_as_text(page.text, text)
    written = capfd.readouterr()
    logged = _squeezed("\n".join((caplog.text, written.out, written.err)))
    assert not [name for name, text in TEXTS.items() if _squeezed(text)[:60] in logged]
    assert stage.rows(KeptMessage) == []


def _item_of(stage: Stage, text: str) -> str:
    if text.startswith("/"):
        # A command is one, and what stands behind it is words that a person reads.
        found = [one for one in stage.rows(ReviewItem) if "stop" in one.words] or stage.rows(
            ReviewItem
        )
        assert found
        return str(found[-1].ref)
    [item] = [one for one in stage.rows(ReviewItem) if one.words == clean(text)]
    assert any(row.words == clean(text) for row in stage.rows(Answer))
    return str(item.ref)


def _shown_as_text(page: str, text: str) -> None:
    tree = html.fromstring(page)
    assert all(one.get("src", "").startswith("/static/") for one in tree.iter("script"))
    assert all(not (one.text or "").strip() for one in tree.iter("script"))
    assert "<img src=x" not in page
    assert "javascript:alert(1)" not in " ".join(str(a.get("href")) for a in tree.iter("a"))
    if not text.startswith("/"):
        words = tree.find(".//blockquote").text_content()
        assert _squeezed(text) in _squeezed(words)


def test_a_leads_words_and_everybodys_names_are_data_in_every_chat(
    sqlite_database: Database,
) -> None:
    """Said to a lead's bot, read back, noted, and told to the manager; drawn for each platform."""
    with office(sqlite_database) as stage:
        _busy(stage)
        for name, text in TEXTS.items():
            stage.say("amira", Said(f"1.2 at risk: {clean(text) or name}"))
            stage.say("amira", Said("yes"))
        stage.round()
        stage.deliver()
        assert len(stage.recorder.sent) > len(TEXTS)
        for sent in stage.recorder.sent:
            for draw in DRAWN.values():
                draw(sent.message)
        assert stage.rows(KeptMessage) == []


def _busy(stage: Office) -> None:
    """A plan and people who are called by hostile names."""
    stage.colleague("maya", Role.MANAGER)
    lead = stage.colleague("amira", Role.LEAD)
    with stage.database.writing() as db:
        person = db.get_one(Person, lead)
        person.name = clean(TEXTS["slack"])[:200]
        db.add(person)
        plan = SmallPlan.start(db)
        body = plan.body(clean(TEXTS["html"])[:100], contact_person_id=lead)
        plan.action("1.2", date(2023, 12, 4) + timedelta(days=14), bodies=[body])
