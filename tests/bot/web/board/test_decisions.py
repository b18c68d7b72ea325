"""Decisions on the board: the same as in chat, told to the same people, taken once."""

import pytest

from reminders.handing_over import waiting_hand_overs
from storage.plans import Action, Escalation, Update
from tests.bot.web.board.office import Office
from tests.bot.web.board.plans import TYPED, Laid, lay_out
from tests.bot.web.visitor import Fields, Visitor


def _press(visitor: Visitor, item: str, do: str, **typed: str) -> int:
    """Fills in the form of one item and presses one of its buttons."""
    for form in visitor.tree.findall(".//form"):
        fields: Fields = [one for one in form.form_values() if one[0] not in typed]
        if ("item", item) in fields:
            sent = [*fields, ("do", do), *typed.items()]
            return visitor.send(form.get("action"), sent).status_code
    raise AssertionError(f"{item} does not wait: {visitor.main[:500]}")


def _items(visitor: Visitor) -> set[str]:
    found = visitor.tree.findall(".//input[@name='item']")
    return {str(one.get("value")).partition("-")[0] for one in found}


def _action(office: Office, laid: Laid, ref: str) -> Action:
    (found,) = office.stage.rows(Action, Action.id == laid.actions[ref])
    assert isinstance(found, Action)
    return found


def test_a_manager_has_everything_that_waits_and_a_chair_what_is_theirs(both: Office) -> None:
    lay_out(both)
    manager = both.come("manager", "/decisions")
    assert _items(manager) == {"escalate", "newdate", "evidenced", "helped", "passed", "doubt"}
    chair = both.come("chair", "/decisions")
    assert _items(chair) == {"newdate", "evidenced"}
    lead = both.come("lead", "/plan")
    assert lead.go("/decisions").status_code == 403


def test_the_front_page_says_first_what_waits_and_only_to_whom_it_waits_for(office: Office) -> None:
    lay_out(office)
    assert "things to decide" in office.come("manager", "/").main
    assert "2 things to decide" in office.come("chair", "/").main
    assert "to decide" not in office.come("lead", "/").main


def test_a_date_is_agreed_with_a_press_and_the_lead_hears_it(both: Office) -> None:
    laid = lay_out(both)
    chair = both.come("chair", "/decisions")
    item = f"newdate-{laid.updates['date']}"
    stale = list(chair.tree.findall(".//form"))
    assert stale
    assert _press(chair, item, "yes", reason="Fine by the board") == 200
    assert "The new date stands" in chair.main
    action = _action(both, laid, "1.1")
    assert str(action.due_on) == "2024-05-31"
    assert str(action.first_due_on) == "2023-12-31"
    both.stage.deliver()
    assert any("Fine by the board" in text for text in both.stage.heard("lead"))
    assert [one.person_id for one in both.audited("date_agreed")] == [both.people["chair"]]


def test_of_two_presses_the_first_counts_and_the_second_is_told(office: Office) -> None:
    laid = lay_out(office)
    first, second = office.come("manager", "/decisions"), office.come("chair", "/decisions")
    item = f"newdate-{laid.updates['date']}"
    assert _press(first, item, "no", reason="Too late") == 200
    assert _press(second, item, "yes", reason=TYPED) == 422
    assert "Nothing was decided" in second.main
    assert str(_action(office, laid, "1.1").due_on) == "2023-12-31"
    assert len(office.audited("date_refused")) == 1
    assert not office.audited("date_agreed")


def test_a_completion_is_accepted_or_sent_back_with_what_is_missing(office: Office) -> None:
    laid = lay_out(office)
    manager = office.come("manager", "/decisions")
    item = f"evidenced-{laid.actions['1.3']}"
    assert _press(manager, item, "no", reason="Where is the audit?") == 200
    assert _action(office, laid, "1.3").status == "not_started"
    office.stage.deliver()
    assert any("Where is the audit?" in text for text in office.stage.heard("lead"))


def test_nothing_goes_above_a_lead_without_a_press(office: Office) -> None:
    laid = lay_out(office)
    manager = office.come("manager", "/decisions")
    assert _press(manager, f"escalate-{laid.escalation}", "yes", reason="Eight weeks") == 200
    (rung,) = office.stage.rows(Escalation, Escalation.id == laid.escalation)
    assert (rung.approved, rung.decided_by_id) == (True, office.people["manager"])
    assert office.audited("escalation_approved")


def test_help_is_answered_and_an_empty_answer_is_not_one(office: Office) -> None:
    laid = lay_out(office)
    manager = office.come("manager", "/decisions")
    item = f"helped-{laid.updates['help']}"
    assert _press(manager, item, "yes", note="  ") == 422
    assert "Please write what the lead is to read" in manager.main
    assert _press(manager, item, "yes", note="The board pays") == 200
    office.stage.deliver()
    assert any("The board pays" in text for text in office.stage.heard("lead"))


def test_not_mine_is_settled_and_a_wrong_address_keeps_what_was_typed(office: Office) -> None:
    laid = lay_out(office)
    manager = office.come("manager", "/decisions")
    item = f"passed-{laid.actions['1.2']}"
    assert _press(manager, item, "give", email="nobody@else.example") == 422
    typed = [one.get("value") for one in manager.tree.findall(".//input[@name='email']")]
    assert "nobody@else.example" in typed
    assert _press(manager, item, "give", email="ruth@rochdale.example") == 200
    with office.stage.database.reading() as db:
        assert not waiting_hand_overs(db)


def test_a_doubtful_row_is_settled_with_another_date(office: Office) -> None:
    laid = lay_out(office)
    manager = office.come("manager", "/decisions")
    item = f"doubt-{laid.actions['2.2']}"
    assert _press(manager, item, "yes", due_on="31 March") == 422
    assert "That is no day" in manager.main
    assert _press(manager, item, "yes", due_on="2024-06-30") == 200
    action = _action(office, laid, "2.2")
    assert (action.needs_review, str(action.due_on)) == (False, "2024-06-30")


def test_the_page_of_an_action_decides_what_waits_about_it(office: Office) -> None:
    laid = lay_out(office)
    chair = office.come("chair", f"/plan/{laid.actions['1.1']}")
    assert _items(chair) == {"newdate"}
    assert _press(chair, f"newdate-{laid.updates['date']}", "yes") == 200
    assert "The new date stands" in chair.main
    assert "31 May 2024: agreed by chair" in chair.main
    assert _items(chair) == set()


@pytest.mark.parametrize("kind", ["escalate", "helped", "passed", "doubt"])
def test_a_chair_who_sends_what_only_a_manager_may_changes_nothing(
    office: Office, kind: str
) -> None:
    laid = lay_out(office)
    numbers = {
        "escalate": laid.escalation,
        "helped": laid.updates["help"],
        "passed": laid.actions["1.2"],
        "doubt": laid.actions["2.2"],
    }
    chair = office.come("chair", "/decisions")
    form = next(one for one in chair.tree.findall(".//form") if "item" in one.fields)
    fields = [one for one in form.form_values() if one[0] == "form"]
    sent = [*fields, ("item", f"{kind}-{numbers[kind]}"), ("do", "stays"), ("note", "x")]
    if kind == "escalate":
        sent = [*fields, ("item", f"{kind}-{numbers[kind]}"), ("do", "yes")]
    assert chair.send("/decisions", sent).status_code == 422
    assert "Only a business manager decides this" in chair.main
    assert _action(office, laid, "2.2").needs_review
    assert not office.stage.rows(Update, Update.help_answered_by_id == office.people["chair"])


def test_where_nothing_waits_the_page_says_so(office: Office) -> None:
    assert "Nothing waits for you" in office.come("manager", "/decisions").main
