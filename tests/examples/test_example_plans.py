"""The five plans that ship as examples: whole, readable without a complaint, and true to print."""

import re
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from reminders.plan_file import read_plan
from reminders.plan_rows import ActionRow, IndicatorRow, PlanRows
from reminders.plan_workbook import plan_bytes

FOLDER = Path(__file__).parents[2] / "examples" / "plans"
PLANS = ("rochdale", "bury", "salford", "bolton", "bristol")


def plan(slug: str) -> PlanRows:
    rows, issues = read_plan(FOLDER / f"{slug}.xlsx")
    assert rows is not None
    assert issues == []
    return rows


def action(slug: str, ref: str) -> ActionRow:
    return next(row for row in plan(slug).actions if row.ref == ref)


def indicator(slug: str, ref: str) -> IndicatorRow:
    return next(row for row in plan(slug).indicators if row.ref == ref)


def all_text(slug: str) -> str:
    workbook = load_workbook(FOLDER / f"{slug}.xlsx")
    cells = (cell.value for sheet in workbook for row in sheet.iter_rows() for cell in row)
    return "\n".join(str(value) for value in cells if value is not None)


@pytest.mark.parametrize(
    ("slug", "priorities", "actions", "dated", "ongoing", "undated", "leaderless", "review"),
    [
        ("rochdale", 5, 20, 15, 4, 1, 2, 5),
        ("bury", 4, 21, 8, 3, 10, 0, 7),
        ("salford", 5, 26, 0, 16, 10, 5, 9),
        ("bolton", 11, 25, 17, 3, 5, 7, 15),
        ("bristol", 6, 8, 2, 1, 5, 0, 2),
    ],
)
def test_every_priority_and_action_is_there(
    slug: str, priorities: int, actions: int, dated: int, ongoing: int, undated: int,
    leaderless: int, review: int,
) -> None:  # fmt: skip
    rows = plan(slug)
    kinds = [row.deadline_kind for row in rows.actions]
    assert (len(rows.priorities), len(rows.actions)) == (priorities, actions)
    assert sum(row.deadline is not None for row in rows.actions) == dated
    assert (kinds.count("ongoing"), kinds.count("none")) == (ongoing, undated)
    assert sum(not row.leads for row in rows.actions) == leaderless
    assert sum(row.review for row in rows.actions) == review
    assert all(row.review_reasons for row in rows.actions if row.review)


@pytest.mark.parametrize(
    (
        "slug",
        "indicators",
        "wanted_up",
        "wanted_down",
        "bodies",
        "people",
        "cycles",
        "surveys",
        "contacts",
    ),
    [
        ("rochdale", 4, 2, 2, 14, 18, 0, 3, 2),
        ("bury", 19, 4, 7, 10, 4, 2, 1, 0),
        ("salford", 8, 0, 0, 18, 0, 10, 2, 1),
        ("bolton", 22, 4, 0, 10, 2, 5, 5, 2),
        ("bristol", 11, 5, 4, 5, 0, 2, 0, 0),
    ],
)
def test_every_indicator_body_cycle_survey_and_contact_is_there(
    slug: str, indicators: int, wanted_up: int, wanted_down: int, bodies: int, people: int,
    cycles: int, surveys: int, contacts: int,
) -> None:  # fmt: skip
    rows = plan(slug)
    directions = [row.direction for row in rows.indicators]
    assert len(rows.indicators) == indicators
    assert (directions.count("increase"), directions.count("reduce")) == (wanted_up, wanted_down)
    found = (rows.bodies, rows.people, rows.cycles, rows.surveys, rows.contacts)
    assert tuple(map(len, found)) == (bodies, people, cycles, surveys, contacts)


@pytest.mark.parametrize("slug", PLANS)
def test_the_file_is_what_the_program_writes_for_its_rows(slug: str) -> None:
    assert (FOLDER / f"{slug}.xlsx").read_bytes() == plan_bytes(plan(slug))


@pytest.mark.parametrize("slug", PLANS)
def test_every_action_stands_under_a_priority_of_the_plan_and_every_lead_is_known(
    slug: str,
) -> None:
    rows = plan(slug)
    refs = {row.ref for row in rows.priorities} | {""}
    known = {row.id for row in rows.bodies} | {row.id for row in rows.people}
    assert {row.priority for row in rows.actions} | {
        row.priority for row in rows.indicators
    } <= refs
    assert {lead for row in rows.actions for lead in row.leads} <= known


@pytest.mark.parametrize(
    ("slug", "name", "title", "period", "starts", "ends", "assumed"),
    [
        ("rochdale", "Rochdale Borough Safeguarding Children Partnership",
         "Strategic Plan 2022 - 2024", "2022 - 2024", date(2022, 4, 1), date(2024, 3, 31), True),
        ("bury", "Bury Safeguarding Children Partnership",
         "Strategic Priorities and Business Plan 2024- 2025", "2024- 2025", date(2024, 4, 1),
         date(2025, 3, 31), True),
        ("salford", "Salford Safeguarding Children Partnership",
         "Three Year Strategy 2023 - 2026", "2023 - 2026", date(2023, 4, 1), date(2026, 3, 31),
         True),
        ("bolton", "Bolton Safeguarding Children Partnership",
         "Keeping Children Safe in Bolton in 2022 (Annual Report 2022)",
         "2022 (data mostly 2021/2022)", date(2022, 1, 1), date(2022, 12, 31), True),
        ("bristol", "Bristol Safeguarding Children Board", "Strategic Plan April 2018 - June 2019",
         "April 2018 – June 2019", date(2018, 4, 1), date(2019, 6, 30), False),
    ],
)  # fmt: skip
def test_each_plan_says_whose_it_is_and_for_when(
    slug: str, name: str, title: str, period: str, starts: date, ends: date, assumed: bool
) -> None:
    rows = plan(slug)
    assert (rows.slug, rows.name, rows.title) == (slug, name, title)
    assert (rows.period_label, rows.period_start, rows.period_end) == (period, starts, ends)
    assert rows.period_assumed is assumed
    assert len(rows.notes) >= 8


@pytest.mark.parametrize(
    ("slug", "ref", "leads", "printed", "deadline", "kind"),
    [
        ("rochdale", "1.1", ("qa-neglect-wg",), "Dec-22", date(2022, 12, 31), "date"),
        ("rochdale", "1.4", ("comms",), "ongoing", None, "ongoing"),
        ("rochdale", "3.2", (), "Mar-24", date(2024, 3, 31), "date"),
        ("rochdale", "4.3", ("qa",), "Feb-24", date(2024, 2, 29), "date"),
        ("rochdale", "5.2", ("chair-exec",), "Ongoing", None, "ongoing"),
        ("bury", "x-2.1", ("det-supt", "tf-csa"), "'when developed'", None, "none"),
        ("bury", "x-4.6", ("bus-mgr", "tf-wt23"), "September 2024", date(2024, 9, 30), "date"),
        ("salford", "x-2.1", ("seg", "voice", "wfd-lead"), "quarterly", None, "ongoing"),
        ("bolton", "x-TR1", ("bscp",), "For 2022-2023", date(2023, 3, 31), "date"),
        (
            "bolton",
            "x-YV1",
            ("youth-voice", "bscp"),
            "'in the coming year'",
            date(2023, 12, 31),
            "date",
        ),
        ("bristol", "x-7.1", ("exec",), "", None, "none"),
    ],
)
def test_leads_and_deadlines_are_as_printed(
    slug: str, ref: str, leads: tuple[str, ...], printed: str, deadline: date | None, kind: str
) -> None:
    row = action(slug, ref)
    assert row.leads == leads
    assert (row.deadline_printed, row.deadline, row.deadline_kind) == (printed, deadline, kind)


def test_the_doubtful_rows_of_rochdale_wait_for_a_person_with_their_other_readings() -> None:
    doubtful = [row.ref for row in plan("rochdale").actions if row.review]
    assert doubtful == ["2.1", "2.2", "2.3", "2.4", "2.5"]
    row = action("rochdale", "2.2")
    assert row.review_reasons == ("The source leaves the lead, the outcome and the deadline open.",)
    assert row.alternatives == (
        "both dates belong to 2.2: a first share in May 2023 and a second in October 2023",
        "RBSCP leads it jointly with the two subgroups",
    )


def test_implementation_of_above_follows_the_strategy_it_implements() -> None:
    assert action("rochdale", "1.2").text.startswith("Implementation of above")
    assert [(row.ref, row.follows) for row in plan("rochdale").actions if row.follows] == [
        ("1.2", "1.1")
    ]


def test_errors_of_the_source_stand_beside_what_its_numbers_give() -> None:
    attendance, rated = indicator("bolton", "BOL-I1"), indicator("bolton", "BOL-I2")
    assert (attendance.current.value, attendance.computed_value) == ("74", "77.3")
    assert (attendance.numerator, attendance.denominator) == (1328, 1719)
    assert (attendance.target.value, attendance.target.unit) == ("85", "%")
    assert (rated.current.value, rated.computed_value) == ("99", "98")
    assert attendance.flag == rated.flag == "printed percentage disagrees"
    computed = [row.ref for row in plan("bolton").indicators if row.computed_value]
    assert computed == ["BOL-I1", "BOL-I2"]


def test_bury_keeps_its_baselines_and_its_four_printed_priorities_of_five() -> None:
    neglect = indicator("bury", "BUR-I5")
    assert neglect.baseline.value == "40"
    assert neglect.baseline.unit == "% of 210 children on a CP plan (=84, computed)"
    assert indicator("bury", "BUR-C2").baseline.value == "60"
    assert indicator("bury", "BUR-C1").baseline.value == "48"
    assert any("FIVE" in note and "FOUR" in note for note in plan("bury").notes)


def test_no_case_reference_or_case_material_is_published() -> None:
    text = {slug: all_text(slug) for slug in PLANS}
    assert not re.search(r"\b(J22|B20|D21|G21|Q22)\b", "\n".join(text.values()))
    assert not re.search(r"\b(Emily|Kayla|Child G)\b", "\n".join(text.values()))
    assert text["bury"].count("local review references held by the partnership") == 2


def test_everybody_to_be_reminded_in_rochdale_is_invented() -> None:
    rows = plan("rochdale")
    mails = {p.email for p in rows.people} | {b.contact for b in rows.bodies if b.contact}
    mails |= {b.deputy for b in rows.bodies if b.deputy} | {b.chair for b in rows.bodies if b.chair}
    assert all(mail.endswith("@rochdale.example") for mail in mails)
    assert mails == {p.email for p in rows.people}
    leading = {lead for row in rows.actions for lead in row.leads}
    bodies = {body.id: body for body in rows.bodies}
    for lead in leading:
        assert bodies[lead].contact
        assert bodies[lead].deputy
        meeting = bodies[lead].next_meeting
        assert meeting is not None
        assert (meeting.year, meeting.month) == (2024, 1)
    assert {role for p in rows.people for role in p.roles} >= {
        "lead", "manager", "chair", "reviewer", "voice_lead", "executive",
    }  # fmt: skip
    assert "Invented addresses" in all_text("rochdale")


@pytest.mark.parametrize("slug", ["bury", "salford", "bolton", "bristol"])
def test_a_plan_whose_leads_nobody_can_reach_says_so_on_its_first_sheet(slug: str) -> None:
    rows = plan(slug)
    assert not any(body.contact for body in rows.bodies)
    sheet = load_workbook(FOLDER / f"{slug}.xlsx")["read me"]
    assert "Nobody to remind" in {cell.value for cell in sheet["A"]}
