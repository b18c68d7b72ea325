"""The rota, the hand-over, figures, the audit log, the emergency, and the doors."""

from datetime import timedelta

from bot.settings import ConcernSettings
from storage import audit
from storage.audit import AuditEntry
from storage.break_glass import BreakGlass
from storage.concerns import OnCallShift, ReviewItem
from surveys import concerns
from surveys.screening import Tier
from tests.bot.web.board.office import WORDS, Office, at, configured

WHY = "No reviewer answers the telephone and a child may be in danger."


def _on_call(office: Office, who: str, hours: int = 24) -> None:
    with office.stage.database.writing() as db:
        now = office.stage.now
        concerns.add_shift(db, office.people[who], now, now + timedelta(hours=hours), now=now)


def test_the_rota_shows_gaps_and_takes_turns(both: Office) -> None:
    visitor = both.come("manager", "/rota")
    assert "Nobody is on call" in visitor.main
    turn = {
        "person": both.people["deputy"],
        "starts": "2023-12-04T17:00",
        "ends": "2024-01-04T09:00",
    }
    pressed = visitor.filled("Add the turn", turn)
    visitor.send(*pressed)
    assert "The turn is on the rota" in visitor.main
    assert "Somebody is always on call" in visitor.main
    visitor.send(*pressed)
    assert len(both.stage.rows(OnCallShift)) == 1
    assert both.audited("rota.added")[0].person_id == both.people["manager"]
    visitor.press("Take out")
    assert not both.stage.rows(OnCallShift)


def test_a_turn_that_cannot_be_keeps_what_was_typed(office: Office) -> None:
    visitor = office.come("reviewer", "/rota")
    turn = {"person": office.people["deputy"], "starts": "2023-12-05T17:00", "ends": "x"}
    visitor.press("Add the turn", turn)
    assert visitor.page.status_code == 422
    assert dict(visitor.filled("Add the turn")[1])["starts"] == "2023-12-05T17:00"
    visitor.press("Add the turn", {**turn, "ends": "2023-12-05T16:00"})
    assert "ends before it begins" in visitor.main
    assert not office.stage.rows(OnCallShift)


def test_the_hand_over_says_what_passes_to_whom_and_is_one_press(office: Office) -> None:
    _on_call(office, "deputy")
    for _ in range(2):
        office.item("fine", Tier.NONE)
    visitor = office.come("reviewer", "/concerns/hand-over")
    assert "No red waiting. 2 unread pass to deputy at 17:00." in visitor.main
    pressed = visitor.filled("Hand over now")
    visitor.send(*pressed)
    assert "Handed over" in visitor.main
    assert {row.passed_to_id for row in office.stage.rows(ReviewItem)} == {office.people["deputy"]}
    visitor.send(*pressed)
    assert visitor.page.status_code == 200
    visitor.go("/concerns/hand-over")
    assert "nothing unread" in visitor.main


def test_with_nobody_on_call_nothing_is_handed_over(office: Office) -> None:
    office.item(tier=Tier.RED)
    visitor = office.come("reviewer", "/concerns/hand-over")
    assert "1 red waits." in visitor.main
    assert "Nobody else is on call" in visitor.main
    assert not visitor.has_button("Hand over now")


def test_figures_count_texts_and_name_nobody(office: Office) -> None:
    ref = office.item(tier=Tier.RED)
    office.stage.later(minutes=4)
    office.come("reviewer", f"/concerns/{ref}")
    office.stage.later(minutes=40)
    office.item(tier=Tier.RED)
    office.stage.later(minutes=30)
    for who in ("manager", "executive", "reviewer"):
        visitor = office.come(who, "/concerns/figures")
        assert "Not every text was read in time" in visitor.main
        assert "4 minutes" in visitor.main
        assert ref not in visitor.main
        assert WORDS not in visitor.page.text
        assert "Falinge" not in visitor.main


def test_the_audit_log_is_read_by_reference_and_by_page(both: Office) -> None:
    ref = both.item()
    both.come("reviewer", f"/concerns/{ref}")
    with both.stage.database.writing() as db:
        for number in range(60):
            audit.record(db, at=both.stage.now, act="made.up", subject=f"thing:{number}")
        audit.chain(db)
    visitor = both.come("scrutineer", "/audit")
    assert len(visitor.tree.findall(".//tbody/tr")) == 50
    visitor.go("/audit?act=concern.read")
    assert f"review item {ref}" in visitor.main
    assert WORDS not in visitor.page.text
    visitor.go("/audit?day=2023-12-03")
    assert "Nothing fits" in visitor.main
    visitor.go("/audit?day=32.13.&before=x&act=%25")
    assert "That is no day" in visitor.main
    visitor.go("/audit?check=1")
    assert "The chain holds" in visitor.main
    with both.stage.database.writing() as db:
        entry = db.get_one(AuditEntry, 3)
        entry.act = "something.else"
        db.add(entry)
    visitor.go("/audit?check=1")
    assert "The chain is broken at entry 3" in visitor.main


def test_in_an_emergency_a_manager_opens_the_queue_and_everybody_hears(both: Office) -> None:
    ref = both.item()
    visitor = both.come("manager")
    visitor.go("/break-glass")
    assert at(visitor.page) == "/again"
    visitor.press("Send me the link")
    visitor.go(both.link("manager"))
    visitor.press("Sign in and open the queue")
    assert at(visitor.page) == "/break-glass"
    visitor.press("Open the review queue", {"reason": "Urgent."})
    assert visitor.page.status_code == 422
    assert not both.stage.rows(BreakGlass)
    pressed = visitor.filled("Open the review queue", {"reason": WHY})
    visitor.send(*pressed)
    visitor.send(*pressed)
    assert len(both.stage.rows(BreakGlass)) == 1
    visitor.go(f"/concerns/{ref}")
    assert WORDS in visitor.main
    assert "Opened in an emergency until" in visitor.text
    assert visitor.go(f"/concerns/{ref}/trace").status_code == 403
    both.stage.deliver()
    assert "opened in an emergency" in both.stage.heard("reviewer")[-1]
    assert WHY not in "".join(both.stage.heard("reviewer"))
    both.stage.later(minutes=61)
    office_is_shut = visitor.go(f"/concerns/{ref}")
    assert WORDS not in office_is_shut.text


def test_a_reviewer_looks_at_it_afterwards_and_ends_it_sooner(office: Office) -> None:
    manager = office.come("manager", "/break-glass")
    manager.press("Open the review queue", {"reason": WHY})
    reviewer = office.come("reviewer", "/break-glass")
    assert WHY in reviewer.main
    reviewer.press("Close it now")
    assert manager.go("/concerns").status_code == 403
    reviewer.press("I have looked at it")
    assert "Looked at by reviewer" in reviewer.main
    assert not reviewer.has_button("I have looked at it")


def test_nobody_opens_it_whom_the_settings_do_not_name(office: Office) -> None:
    configured(office, concerns=ConcernSettings(break_glass=("admin",)))
    assert office.come("manager", "/break-glass").page.status_code == 403
    assert office.come("admin", "/break-glass").has_button("Open the review queue")


def test_the_doors_are_shown_to_manager_and_administrator(office: Office) -> None:
    for who in ("manager", "admin"):
        visitor = office.come(who, "/state")
        assert visitor.heading == "Which doors work"
        assert "terminal" in visitor.main


def test_the_start_page_says_how_things_stand_without_a_word_of_a_text(office: Office) -> None:
    office.item(tier=Tier.RED)
    assert "1 red waits." in office.come("executive").main
    assert "No red" not in office.come("admin").main
    assert WORDS not in office.come("reviewer").page.text
