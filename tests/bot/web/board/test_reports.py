"""Reports on the board: made, worded, approved, downloaded; a chair sees their own groups'."""

from datetime import date

import pytest

from storage.editions import Edition, EditionState
from storage.people import Person, Role
from storage.plans import Body, Partnership
from tests.bot.web.board.office import Office
from tests.reminders.small_plan import SmallPlan


@pytest.fixture
def qa(office: Office) -> str:
    """A group with an action that is late, chaired by the lead; its key."""
    with office.stage.database.writing() as db:
        plan = SmallPlan.start(db)
        plan.action("1.1", date(2023, 10, 2), people=[office.people["lead"]])
        home = db.get_one(Partnership, 1)
        chair = db.get_one(Person, office.people["lead"])
        chair.roles = [Role.CHAIR.value]
        db.add(chair)
        db.add(
            Body(
                partnership_id=home.id or 0,
                key="listening",
                name="Listening group",
                chair_person_id=office.people["lead"],
            )
        )
        db.add(Body(partnership_id=home.id or 0, key="other", name="Another group"))
    return "listening"


def make(office: Office, who: str, kind: str, group: str = "") -> tuple[int, str]:
    """Somebody has a report made; the answer's status, and where they are then."""
    visitor = office.come(who, "/reports")
    period = "2023-10-01_2023-12-31"
    page = visitor.press("Make it", {"kind": kind, "group": group, "period": period})
    return page.status_code, page.url.path


def test_a_report_is_made_worded_approved_and_never_changes(office: Office, qa: str) -> None:
    visitor = office.come("manager", "/reports")
    visitor.press("Make it", {"kind": "highlight", "group": qa, "period": "2023-10-01_2023-12-31"})
    assert visitor.heading == "Highlight report: Listening group"
    there = str(visitor.page.url.path)
    visitor.press("Keep these words", {"opening": "A quiet quarter."})
    assert "A quiet quarter." in visitor.main
    visitor.go(there)
    visitor.press("Approve it", {})
    assert "never changes" in visitor.main
    assert "Keep these words" not in visitor.main
    assert office.stage.rows(Edition)[0].state is EditionState.APPROVED
    assert office.audited("report.make")
    assert office.audited("digest.approve")


@pytest.mark.parametrize(
    ("wanted", "begins"),
    [("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!DOCTYPE"), ("md", b"# "), ("json", b"{")],
)
def test_a_report_is_downloaded_in_each_format(
    office: Office, qa: str, wanted: str, begins: bytes
) -> None:
    status, there = make(office, "manager", "pack")
    assert status == 200
    file = office.come("manager").go(f"{there}?as={wanted}")
    assert file.content.lower().startswith(begins.lower())
    assert "attachment" in file.headers["content-disposition"]


def test_a_chair_has_the_reports_of_their_own_group_alone(office: Office, qa: str) -> None:
    assert make(office, "lead", "highlight", qa)[0] == 200
    assert make(office, "lead", "highlight", "other")[0] == 422
    assert make(office, "lead", "pack", "")[0] == 422
    status, there = make(office, "manager", "pack")
    assert status == 200
    assert office.come("lead").go(there).status_code == 404


def test_a_draft_is_for_managers_and_who_made_it(office: Office, qa: str) -> None:
    _, there = make(office, "manager", "scorecard")
    assert office.come("executive").go(there).status_code == 404


def test_a_highlight_report_of_nobody_is_refused_with_what_was_chosen_kept(
    office: Office, qa: str
) -> None:
    visitor = office.come("manager", "/reports")
    page = visitor.press(
        "Make it", {"kind": "highlight", "group": "", "period": "2023-10-01_2023-12-31"}
    )
    assert page.status_code == 422
    assert "choose the group" in visitor.main
    chosen = visitor.tree.findall(".//select[@id='kind']/option[@selected]")
    assert [one.get("value") for one in chosen] == ["highlight"]
