"""A disclosure at 23:40 on Good Friday, the clocks about to change: through the whole chain.

What the young person reads at once, who is told where and when without a word of it, how the
on-call signs in, reads, decides and refers, how a second person closes it, and what Tuesday's
digest says. The stories are in transcripts/.
"""

from datetime import date, datetime, timedelta

import pytest

from bot.schedule import chain_audit
from storage.audit import AuditEntry, verify
from storage.calendar import LONDON
from storage.concerns import ReviewState
from storage.database import Database
from storage.editions import Edition
from storage.surveys import Answer
from surveys import concerns
from tests.bot.stage import TELEGRAM
from tests.bot.web.visitor import Visitor
from tests.concerns.night import Night, at, check_story, night

GOOD_FRIDAY, SATURDAY, TUESDAY = date(2024, 3, 29), date(2024, 3, 30), date(2024, 4, 2)
WORDS = "my step dad is hitting me right now and im scared he will come back up"
OF_IT = ("step dad", "hitting", "scared", "come back up")


def _agreed(stage: Night) -> str:
    """Before Easter: the survey opens, and Olu is on call until after them."""
    stage.telling = False
    people = stage.staff()
    stage.on_call(people["olu"], at(date(2024, 3, 27), 17), at(date(2024, 4, 15), 9))
    token = stage.survey()
    stage.telling = True
    return token


def _writes_on_telegram(stage: Night, token: str) -> None:
    stage.telling = False
    stage.platform = TELEGRAM
    stage.say("robin", f"/start {token}")
    stage.press("robin", "Yes, start")
    stage.say("robin", "2", "1", "2", "/skip", "/skip", "/skip")
    stage.until(at(GOOD_FRIDAY, 23, 40), step=24 * 60)
    stage.telling = True
    stage.tells(f"robin writes on Telegram: {WORDS}")
    stage.say("robin", WORDS)


def _writes_on_a_page(stage: Night, token: str) -> Visitor:
    stage.telling = False
    stage.until(at(GOOD_FRIDAY, 23, 35), step=24 * 60)
    stage.telling = True
    robin = stage.browser(public=True)
    robin.start(token)
    while robin.question != "change":
        robin.answer()
    stage.now = at(GOOD_FRIDAY, 23, 40)
    stage.tells(f"robin writes on the page: {WORDS}")
    robin.press(robin.next_label, {"a": WORDS})
    stage.tells(f"   the page says: {robin.main}")
    stage.deliver()
    return robin


def _the_night_and_the_days_after(stage: Night) -> None:
    stage.until(at(GOOD_FRIDAY, 23, 48))
    olu = stage.opens_alert("olu")
    assert WORDS in olu.main
    stage.until(at(GOOD_FRIDAY, 23, 50))
    olu.press("I have it")
    stage.tells("olu presses: I have it")
    stage.deliver()
    stage.until(at(SATURDAY, 0, 12))
    _decides(stage, olu)
    stage.until(at(SATURDAY, 8, 30), step=30)
    dev = stage.opens_alert("dev")
    assert WORDS in dev.main
    dev.press("I agree, close it")
    stage.tells("dev presses: I agree, close it")
    stage.until(at(TUESDAY, 9), step=180)


def _decides(stage: Night, olu: Visitor) -> None:
    referral = {
        "decision": "mash",
        "reason": "A child says that they are being hit tonight.",
        "to": "Emergency duty team, by phone, Ms Hill",
        "case_ref": "EDT-2291",
    }
    olu.go(olu.page.url.path)
    olu.press("Decide", referral)
    assert "on record" in olu.main, olu.main
    stage.tells("olu decides: MASH, referred to the emergency duty team, EDT-2291")
    stage.deliver()


@pytest.mark.parametrize("door", ["telegram", "web"])
def test_the_whole_chain_tells_the_right_people_in_time_and_no_word_of_it(
    door: str, sqlite_database: Database
) -> None:
    with night(sqlite_database, at(date(2024, 3, 27), 10)) as stage:
        token = _agreed(stage)
        begun = _writes_on_telegram if door == "telegram" else _writes_on_a_page
        begun(stage, token)
        _robin_is_answered(stage, door)
        _the_night_and_the_days_after(stage)
        _the_clock_was_kept(stage)
        _nobody_was_told_a_word(stage)
        _the_record_is_whole(stage)
        _tuesday_counts_it(stage)
        stage.lines.append("\nThe record")
        stage.lines += [f"  {line}" for line in stage.record()]
        check_story(f"friday_night_{door}", stage.lines)


def _robin_is_answered(stage: Night, door: str) -> None:
    """At once, with thanks, numbers and what can be done; the answer itself is kept as written."""
    assert [row.words for row in stage.rows(Answer) if row.words] == [WORDS]
    if door == "telegram":
        said = stage.heard("robin")[-1]
        for part in ("You did the right thing", "999", "0800 1111", "contact"):
            assert part in said
    else:
        assert any("You did the right thing" in line for line in stage.lines)


def _the_clock_was_kept(stage: Night) -> None:
    item = stage.item()
    assert item.due_at == item.received_at + timedelta(minutes=15)
    assert item.acknowledged_at is not None
    assert item.acknowledged_at <= item.due_at
    assert item.state == ReviewState.CLOSED
    assert (item.decision, item.case_ref) == ("mash", "EDT-2291")
    first = min(at for at, who, _, _ in stage.said_to if who == "olu")
    assert first - item.received_at < timedelta(minutes=1)
    assert {place for at, who, place, _ in stage.said_to if (at, who) == (first, "olu")} == {
        "pager",
        "slack",
    }
    with stage.database.reading() as db:
        figures = concerns.figures(db, at(GOOD_FRIDAY, 0), stage.now, now=stage.now)
    red = figures.tiers[0]
    assert (red.received, red.in_time, red.late) == (1, 1, 0)


def _nobody_was_told_a_word(stage: Night) -> None:
    everything = stage.to_staff() + stage.outbox()
    assert stage.item().ref in everything
    for words in OF_IT:
        assert words not in everything, words
    audited = " ".join(f"{one.act} {one.subject} {one.detail}" for one in stage.rows(AuditEntry))
    assert not any(words in audited for words in OF_IT)


def _the_record_is_whole(stage: Night) -> None:
    item, record = stage.item(), "\n".join(stage.record())
    assert item.words == WORDS
    assert item.rules
    assert item.lexicon_version
    assert item.reply_sent
    for part in ("olu: alerted", "olu: read", "olu: acknowledged", "olu: proposed: mash"):
        assert part in record, part
    assert "olu: referred" in record
    assert "dev: read" in record
    acts = [one.act for one in stage.rows(AuditEntry)]
    assert acts.count("board.opened_queue") == 2
    assert acts.count("concern.read") == 3  # olu before and after taking it, and dev
    chain_audit(stage.app)
    with stage.database.reading() as db:
        verdict = verify(db)
    assert verdict.broken_at is None
    assert verdict.checked == len(acts)


def _tuesday_counts_it(stage: Night) -> None:
    """The manager's draft: that the clock was kept, and nothing about one young person."""
    made: datetime = stage.rows(Edition)[-1].as_at
    assert made.astimezone(LONDON).date() == TUESDAY
    told = [message.text for at, who, _, message in stage.said_to if (at, who) == (made, "mina")]
    assert "Review clock this week: kept" in "".join(told)
    assert not any(words in stage.to_staff() for words in OF_IT)
