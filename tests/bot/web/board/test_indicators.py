"""Measures on the board: seen, entered, corrected, set, and read from a sheet."""

from datetime import date

import pytest
from sqlmodel import col, select

from storage.plans import Indicator, IndicatorReading, Partnership, Plan
from tests.bot.web.board.office import Office
from tests.bot.web.visitor import Visitor

SHEET = "ref,reading,date,narrative\nROC-I1,84,2023-09-30,=1+1\nROC-I2,31 of 50,2023-09-30,\n"
SEEN = "2023-09-30"


@pytest.fixture
def measures(office: Office) -> dict[str, int]:
    """Two measures; the second is kept by a lead."""
    with office.stage.database.writing() as db:
        home = Partnership(slug="measured", name="Measured")
        db.add(home)
        db.flush()
        now = office.stage.now
        plan = Plan(
            partnership_id=home.id or 0, title="Measured", period_label="2023", imported_at=now
        )
        db.add(plan)
        db.flush()
        rows = [
            Indicator(plan_id=plan.id or 0, ref="ROC-I1", text="CP plans", direction="reduce"),
            Indicator(
                plan_id=plan.id or 0,
                ref="ROC-I2",
                text="Early help for <b>neglect</b>",
                direction="increase",
                keeper_id=office.people["lead"],
            ),
        ]
        db.add_all(rows)
        db.flush()
        return {row.ref: row.id or 0 for row in rows}


def readings(office: Office) -> list[IndicatorReading]:
    with office.stage.database.reading() as db:
        return list(db.exec(select(IndicatorReading).order_by(col(IndicatorReading.id))))


def test_a_reading_is_entered_corrected_and_kept_in_the_history(
    office: Office, measures: dict[str, int]
) -> None:
    visitor = office.come("manager", "/indicators")
    assert "No reading this quarter" in visitor.main
    visitor.go(f"/indicators/{measures['ROC-I1']}")
    visitor.press("Keep the reading", {"figure": "84", "on": SEEN, "narrative": "Two a week."})
    assert "The reading is kept." in visitor.main
    assert "84 (30 September 2023)" in visitor.main
    visitor.press("Keep the reading", {"figure": "94", "on": SEEN})
    assert [one.value for one in readings(office)] == [84, 94]
    assert readings(office)[1].corrects_id == readings(office)[0].id
    assert "84 (corrected later)" in visitor.main
    assert len(office.audited("reading.correct")) == 1


def test_what_is_wrong_is_said_and_everything_typed_stays(
    office: Office, measures: dict[str, int]
) -> None:
    visitor = office.come("manager", f"/indicators/{measures['ROC-I1']}")
    page = visitor.press("Keep the reading", {"figure": "lots", "narrative": "A long story"})
    assert page.status_code == 422
    assert "is not a number" in visitor.main
    assert "A long story" in visitor.page.text
    assert not readings(office)


def test_the_target_and_the_keeper_are_set_by_who_may(
    office: Office, measures: dict[str, int]
) -> None:
    visitor = office.come("manager", f"/indicators/{measures['ROC-I1']}")
    visitor.press("Set", {"target": "70", "target_on": "2024-03-31", "baseline": "lots"})
    assert "is not a number" in visitor.main
    visitor.press("Set", {"target": "70", "baseline": "90", "keeper": office.people["voice"]})
    with office.stage.database.reading() as db:
        row = db.get_one(Indicator, measures["ROC-I1"])
        assert (row.target, row.baseline, row.target_on) == (70.0, 90.0, date(2024, 3, 31))
        assert row.keeper_id == office.people["voice"]
    assert "70 by 31 March 2024" in visitor.main


def test_a_keeper_sees_and_enters_theirs_alone(office: Office, measures: dict[str, int]) -> None:
    visitor = office.come("lead", "/indicators")
    assert "ROC-I2" in visitor.main
    assert "ROC-I1" not in visitor.main
    assert "<b>neglect" not in visitor.page.text
    assert visitor.go(f"/indicators/{measures['ROC-I1']}").status_code == 403
    visitor.go(f"/indicators/{measures['ROC-I2']}")
    assert not visitor.has_button("Set")
    visitor.press("Keep the reading", {"figure": "31 of 50", "on": SEEN})
    assert [(one.part, one.whole) for one in readings(office)] == [(31, 50)]


def test_an_executive_sees_small_groups_hidden_and_enters_nothing(
    office: Office, measures: dict[str, int]
) -> None:
    office.come("manager", f"/indicators/{measures['ROC-I1']}").press(
        "Keep the reading", {"figure": "3", "on": SEEN}
    )
    visitor = office.come("executive", f"/indicators/{measures['ROC-I1']}")
    assert "c, hidden (30 September 2023)" in visitor.main
    assert "3 (30 September" not in visitor.main
    assert not visitor.has_button("Keep the reading")
    assert visitor.go("/indicators/import").status_code == 403


def test_a_sheet_is_shown_first_kept_once_and_its_formulas_are_text(
    office: Office, measures: dict[str, int]
) -> None:
    visitor = office.come("manager", "/indicators/import")
    _upload(visitor, SHEET)
    assert "2 new, 0 corrected, 0 known already" in visitor.main
    assert not readings(office)
    _keep(visitor)
    assert "The readings of the sheet are kept." in visitor.main
    assert [one.narrative for one in readings(office)] == ["=1+1", ""]
    visitor.go("/indicators/import")
    _upload(visitor, SHEET)
    assert "The file would change nothing." in visitor.main


def test_one_bad_row_keeps_all_out(office: Office, measures: dict[str, int]) -> None:
    visitor = office.come("manager", "/indicators/import")
    _upload(visitor, SHEET + "NO-1,4,2023-09-30,\n")
    assert "No plan has a measure NO-1." in visitor.main
    assert not visitor.has_button("Keep these readings")
    assert not readings(office)


def _upload(visitor: Visitor, text: str) -> None:
    _send(visitor, "Look at what it holds", {"file": ("readings.csv", text.encode())})


def _keep(visitor: Visitor) -> None:
    _send(visitor, "Keep these readings", {"none": ("", b"")})


def _send(visitor: Visitor, label: str, files: dict[str, tuple[str, bytes]]) -> None:
    action, fields = visitor.filled(label)
    data = {name: value for name, value in fields if name != "file"}
    sending = visitor.client.post(action, data=data, files=files, follow_redirects=True)
    visitor.page = visitor.run(sending)
