"""Settings that people change on the board: live at once, above config.toml, and recorded."""

from datetime import date, time

import pytest

from bot.chosen_settings import NotASetting, changed, choose, follow_chosen, with_chosen
from bot.settings import Settings
from storage.chosen import ChosenSetting
from storage.plans import Body, Partnership
from tests.bot.web.board.office import Office
from tests.bot.web.visitor import Visitor


def _save(visitor: Visitor, name: str, value: str, *, field: str = "value") -> None:
    """Presses the button of one of the many small forms of the page."""
    (form,) = [
        form
        for form in visitor.tree.findall(".//form")
        if {"choose", "meeting"} & {one.get("value") for one in form.findall(".//input")}
        and any(one.get("value") == name for one in form.findall(".//input"))
    ]
    kept = [(one.name, one.value or "") for one in form.inputs if one.name not in (None, field)]
    visitor.send("/settings", [*kept, (field, value)])


def test_a_setting_holds_at_once_and_can_be_given_back(both: Office) -> None:
    visitor, app = both.come("manager", "/settings"), both.stage.app
    assert app.settings.reminders.hour == time(9)
    _save(visitor, "reminders.hour", "10:30")
    assert "It holds from now on" in visitor.main
    assert app.settings.reminders.hour == time(10, 30)
    assert both.audited("setting.change")[0].person_id == both.people["manager"]
    visitor.press("As it was set before")
    assert app.settings.reminders.hour == time(9)
    _save(visitor, "reminders.closed_days", "2023-12-27; 2023-12-28")
    assert not app.around.calendar.is_working_day(date(2023, 12, 28))


def test_what_cannot_be_read_is_refused_with_the_place_and_stays_typed(office: Office) -> None:
    visitor = office.come("admin", "/settings")
    _save(visitor, "digests.weekday", "someday")
    assert visitor.page.status_code == 422
    assert "The weekly digest is drafted on: this cannot be read" in visitor.main
    assert "someday" in visitor.page.text
    assert not office.stage.rows(ChosenSetting)


@pytest.mark.parametrize(
    "name", ["concerns.red_minutes", "retention.audit_months", "telegram.decided_by", "x", ""]
)
def test_what_was_agreed_on_paper_cannot_be_changed_here(name: str) -> None:
    with pytest.raises(NotASetting, match=r"config\.toml"):
        changed(Settings(), name, "1")


def test_another_node_follows_and_what_is_no_setting_any_more_is_left_out(office: Office) -> None:
    app = office.stage.app
    with office.stage.database.writing() as db:
        choose(app, db, "digests.hour", "07:15", None)
        db.add(ChosenSetting(name="gone.for_good", value="1", at=office.stage.now))
    assert app.settings.digests.hour == time(8)
    follow_chosen(app)
    assert app.settings.digests.hour == time(7, 15)
    assert with_chosen(Settings(), {"gone.for_good": "1"}) == Settings()


def test_the_day_on_which_help_numbers_were_checked_is_noted_for_all(office: Office) -> None:
    visitor = office.come("manager", "/settings")
    _save(visitor, "help_lines.last_checked", "2023-12-01")
    lines = office.stage.app.settings.help_lines
    assert {line.last_checked for line in lines} == {date(2023, 12, 1)}


def test_a_manager_notes_when_a_body_meets_and_an_administrator_does_not(office: Office) -> None:
    with office.stage.database.writing() as db:
        home = Partnership(slug="r", name="Rochdale")
        db.add(home)
        db.flush()
        db.add(Body(partnership_id=home.id or 0, key="qa", name="Quality Assurance"))
    visitor = office.come("manager", "/settings")
    _save(visitor, "qa", "2024-01-18", field="next")
    assert office.stage.rows(Body)[0].next_meeting == date(2024, 1, 18)
    other = office.come("admin", "/settings")
    assert "When each body meets next" not in other.main
