"""Plans from single sheets and CSV files: what their headings, rows and cells mean."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reminders.plan_file import read_plan
from reminders.plan_rows import BodyRow
from storage.issues import Severity
from tests.reminders.plan_files import (
    HEADINGS,
    codes,
    only,
    read_good,
    read_rows,
    save,
    sheet_of,
)

BODIES = (
    BodyRow("qa", "The Quality Assurance Sub-group"),
    BodyRow("ldep", "The Learning Development and Excellence in Practice Sub-group"),
    BodyRow("practice-review", "The Practice Review Sub-group"),
    BodyRow("education", "The Education Sub-group"),
    BodyRow("comms", "The Communication and Engagement Sub-group"),
    BodyRow("rbscp", "RBSCP"),
    BodyRow("chair-exec", "The Independent Chair/Executive Partners"),
)


@pytest.mark.parametrize(
    ("action", "lead", "deadline", "outcome"),
    [
        ("Action", "Lead", "Timescale", "Desired outcome"),
        ("ACTIONS", "Lead officer", "By when", "Outcome"),
        ("What we will do", "Owner", "Deadline", "Success measure"),
        ("Key Action", "Responsible", "Due", "What will success look like?"),
        ("Action\nrequired", "Responsible officer/lead", "Completion date", "Outcomes:"),
        ("  action(s) ", "Lead(s)", "Time-scale", "Intended  outcome"),
        ("Actions needed", "Who", "Target date", "Success criteria"),
        ("Objective", "Lead agency / officer", "When?", "How will we know"),
    ],
)
def test_headings_are_known_by_their_usual_synonyms(
    action: str, lead: str, deadline: str, outcome: str, tmp_path: Path
) -> None:
    plan, issues = read_rows(
        [
            ("No.", action, lead, outcome, deadline),
            ("1.1", "Audit", "QA Subgroup", "Safer", "Mar-24"),
        ],
        tmp_path,
    )
    assert issues == []
    row = plan.actions[0]
    assert (row.ref, row.text, row.leads) == ("1.1", "Audit", ("qa-subgroup",))
    assert (row.outcome, row.deadline_printed) == ("Safer", "Mar-24")
    assert plan.bodies == (BodyRow("qa-subgroup", "QA Subgroup", "subgroup"),)


def test_a_title_and_blank_rows_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    plan, issues = read_rows(
        [("Neglect plan 2024",), (), HEADINGS, ("1", "Audit", "QA", "Mar-24")], tmp_path
    )
    assert plan.title == "Neglect plan 2024"
    assert plan.actions[0].place.row == 4
    assert str(plan.actions[0].place_of("deadline_printed")) == "plan.xlsx [Plan] D4"
    assert issues == []


def test_title_rows_between_actions_are_priorities(tmp_path: Path) -> None:
    sheet = sheet_of(
        [
            HEADINGS,
            ("Priority 1: Neglect",),
            ("1.1", "Audit", "QA", "Mar-24"),
            ("Keeping babies safe",),
            ("2.1", "Train", "QA", "Mar-24"),
        ]
    )
    sheet.merge_cells("A4:D4")
    plan, _ = read_good(save(sheet, tmp_path))
    assert [(row.ref, row.title) for row in plan.priorities] == [
        ("1", "Neglect"),
        ("P2", "Keeping babies safe"),
    ]
    assert [(row.ref, row.priority) for row in plan.actions] == [("1.1", "1"), ("2.1", "P2")]


def test_a_priority_is_carried_down_until_the_next(tmp_path: Path) -> None:
    plan, _ = read_rows(
        [
            ("Priority", *HEADINGS),
            ("1. Neglect", "1.1", "Audit", "QA", "Mar-24"),
            (None, "1.2", "Train", "QA", "Mar-24"),
            ("2. Babies", "2.1", "Visit", "QA", "Mar-24"),
        ],
        tmp_path,
    )
    assert [row.priority for row in plan.actions] == ["1", "1", "2"]
    assert [row.title for row in plan.priorities] == ["Neglect", "Babies"]


def test_a_priority_column_of_urgency_is_not_a_priority_of_the_plan(tmp_path: Path) -> None:
    plan, issues = read_rows(
        [(*HEADINGS, "Priority"), ("1", "Audit", "QA", "May-24", "High")], tmp_path
    )
    assert codes(issues) == ["column-not-read"]
    assert plan.priorities == ()
    assert plan.actions[0].priority == ""


def test_merged_cells_give_their_value_to_every_row(tmp_path: Path) -> None:
    sheet = sheet_of([HEADINGS, ("1.1", "Audit", "QA", "Mar-24"), ("1.2", "Train", None, None)])
    sheet.merge_cells("C2:C3")
    sheet.merge_cells("D2:D3")
    plan, issues = read_good(save(sheet, tmp_path))
    assert [(row.leads, row.deadline_printed) for row in plan.actions] == [(("qa",), "Mar-24")] * 2
    assert issues == []


def test_a_merged_action_over_two_rows_is_one_action_with_both_leads(tmp_path: Path) -> None:
    sheet = sheet_of([HEADINGS, ("1.1", "Audit", "QA", "Mar-24"), (None, None, "Police", None)])
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    plan, issues = read_good(save(sheet, tmp_path))
    assert [(row.ref, row.leads) for row in plan.actions] == [("1.1", ("qa", "police"))]
    assert issues == []


@pytest.mark.parametrize(
    ("cell", "leads"),
    [
        ("The Quality Assurance Sub- group", ("qa",)),
        ("quality assurance subgroup", ("qa",)),
        ("RBSCP; Education sub group", ("rbscp", "education")),
        ("RBSCP\nThe Quality Assurance Sub-group", ("rbscp", "qa")),
        ("RBSCP / Education Subgroup", ("rbscp", "education")),
        ("RBSCP and the Education Subgroup", ("rbscp", "education")),
        ("The Education and Communication and Engagement Sub-groups", ("education", "comms")),
        (
            "The Practice Review and Learning Development/Excellence in Practice Sub- groups",
            ("practice-review", "ldep"),
        ),
        ("The Independent Chair/Executive Partners", ("chair-exec",)),
        ("qa", ("qa",)),
        ("TBC", ()),
    ],
)
def test_a_lead_is_the_same_body_however_it_is_spelt(
    cell: str, leads: tuple[str, ...], tmp_path: Path
) -> None:
    path = save(sheet_of([HEADINGS, ("1", "Audit", cell, "Mar-24")]), tmp_path)
    plan, issues = read_plan(path, bodies=BODIES)
    assert plan is not None
    assert plan.actions[0].leads == leads
    assert plan.actions[0].lead_printed == cell
    assert issues == []


def test_a_lead_nobody_knows_is_kept_for_review_with_the_nearest_name(tmp_path: Path) -> None:
    path = save(sheet_of([HEADINGS, ("1", "Audit", "Qualty Assurance Subgrp", "Mar-24")]), tmp_path)
    plan, issues = read_plan(path, bodies=BODIES)
    assert plan is not None
    issue = only(issues, "lead-unknown")
    assert issue.severity is Severity.REVIEW
    assert 'Did you mean "The Quality Assurance Sub-group"?' in issue.remedy
    assert str(issue.place) == "plan.xlsx [Plan] C2"
    row = plan.actions[0]
    assert row.review
    assert row.leads == ("Qualty Assurance Subgrp",)
    assert row.review_reasons == (issue.problem,)


def test_without_known_bodies_the_leads_become_bodies_and_slips_are_asked_about(
    tmp_path: Path,
) -> None:
    leads = ["Quality Assurance Subgroup", "The quality assurance sub-group", "Police and Health"]
    leads += ["Police", "Health", "Quality Asurance Subgroup", "Task group 1", "Task group 2"]
    rows = [(str(n), "Audit", lead, "Mar-24") for n, lead in enumerate(leads)]
    plan, issues = read_rows([HEADINGS, *rows], tmp_path)
    assert {body.name for body in plan.bodies} == {
        "Quality Assurance Subgroup", "Police", "Health", "Task group 1", "Task group 2",
    }  # fmt: skip
    assert plan.actions[2].leads == ("police", "health")
    assert [row.ref for row in plan.actions if row.review] == ["5"]
    assert codes(issues) == ["lead-unknown"]


@pytest.mark.parametrize(
    ("value", "number_format", "printed", "day"),
    [
        ("Mar-24", "General", "Mar-24", None),
        (date(2022, 12, 1), "mmm-yy", "Dec-22", None),
        (date(2022, 12, 1), "[$-409]mmm\\-yy;@", "Dec-22", None),
        (date(2024, 3, 31), "dd/mm/yyyy", "31 March 2024", date(2024, 3, 31)),
        ("31/03/2024", "General", "31/03/2024", date(2024, 3, 31)),
        ("31 Feb", "General", "31 Feb", None),
        ("31/02/2024", "General", "31/02/2024", None),
        (2024, "General", "2024", None),
        ("May-23 Oct-23", "General", "May-23 Oct-23", None),
    ],
)
def test_a_deadline_is_kept_as_printed_and_a_whole_date_is_a_date(
    value: Any, number_format: str, printed: str, day: date | None, tmp_path: Path
) -> None:
    sheet = sheet_of([HEADINGS, ("1", "Audit", "QA", value)])
    sheet["D2"].number_format = number_format
    plan, issues = read_good(save(sheet, tmp_path))
    assert (plan.actions[0].deadline_printed, plan.actions[0].deadline) == (printed, day)
    assert issues == []


def test_a_day_without_a_year_is_for_review(tmp_path: Path) -> None:
    sheet = sheet_of([HEADINGS, ("1", "Audit", "QA", date(2025, 12, 22))])
    sheet["D2"].number_format = "d-mmm"
    plan, issues = read_good(save(sheet, tmp_path))
    assert only(issues, "date-without-year").severity is Severity.REVIEW
    assert plan.actions[0].review
    assert plan.actions[0].deadline is None


def test_two_actions_with_one_ref_keep_the_first_and_name_its_row(tmp_path: Path) -> None:
    plan, issues = read_rows(
        [HEADINGS, ("1.1", "A", "QA", "x"), ("1.2", "B", "QA", "x"), ("1.1", "C", "QA", "x")],
        tmp_path,
    )
    issue = only(issues, "ref-twice")
    assert issue.severity is Severity.ERROR
    assert "row 2" in issue.problem
    assert issue.place.row == 4
    assert [row.text for row in plan.actions] == ["A", "B"]


def test_an_action_without_text_is_left_out_and_the_rest_stays(tmp_path: Path) -> None:
    plan, issues = read_rows(
        [HEADINGS, ("1.1", None, "QA", "Mar-24"), ("1.2", "Train", "QA", "Mar-24")], tmp_path
    )
    assert only(issues, "action-without-text").severity is Severity.ERROR
    assert [row.ref for row in plan.actions] == ["1.2"]


def test_a_missing_ref_is_made_and_never_takes_a_printed_one(tmp_path: Path) -> None:
    plan, issues = read_rows(
        [
            ("Priority", *HEADINGS),
            ("1.0 Neglect", None, "A", "QA", "x"),
            (None, None, "B", "QA", "x"),
            (None, "x-1.1", "C", "QA", "x"),
        ],
        tmp_path,
    )
    assert [row.ref for row in plan.actions] == ["x-1.2", "x-1.3", "x-1.1"]
    assert codes(issues, Severity.REVIEW) == ["ref-missing"] * 2
    assert [row.review for row in plan.actions] == [True, True, False]


def test_refs_typed_as_numbers_keep_the_decimals_that_the_cell_shows(tmp_path: Path) -> None:
    sheet = sheet_of([HEADINGS, *((ref, "A", "QA", "x") for ref in (1, 2.0, 1.1, 1.1))])
    sheet["A5"].number_format = "0.00"
    plan, issues = read_good(save(sheet, tmp_path))
    assert [row.ref for row in plan.actions] == ["1", "2", "1.1", "1.10"]
    assert issues == []


def test_a_number_that_may_have_lost_its_nought_is_pointed_out(tmp_path: Path) -> None:
    refs = [1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 1.1]
    _, issues = read_rows([HEADINGS, *((ref, "A", "QA", "x") for ref in refs)], tmp_path)
    assert codes(issues, Severity.ADVICE) == ["ref-may-have-lost-a-nought"] * 9
    _, issues = read_rows([HEADINGS, *((ref, "A", "QA", "x") for ref in refs[:3])], tmp_path)
    assert issues == []


def test_implementation_of_above_follows_the_action_above(tmp_path: Path) -> None:
    plan, issues = read_rows(
        [HEADINGS, ("1.1", "Strategy", "QA", "x"), ("1.2", "Implementation of above", "QA", "x")],
        tmp_path,
    )
    assert plan.actions[1].follows == "1.1"
    assert only(issues, "action-speaks-of-above").severity is Severity.ADVICE


def test_a_formula_counts_as_its_last_result(tmp_path: Path) -> None:
    path = save(sheet_of([HEADINGS, ("1", "=1+1", "QA", "x")]), tmp_path)
    plan, issues = read_good(path)
    issue = only(issues, "formula-without-value")
    assert issue.severity is Severity.ERROR
    assert str(issue.place) == "plan.xlsx [Plan] B2"
    assert plan.actions == ()
    with_result = tmp_path / "result.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(with_result, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name,
                content.replace(b"<v></v>", b"<v>2</v>")
                .replace(b"<v />", b"<v>2</v>")
                .replace(b"<v/>", b"<v>2</v>"),
            )
    plan, issues = read_good(with_result)
    assert plan.actions[0].text == "2"
    assert issues == []


def test_an_error_cell_keeps_its_row_out(tmp_path: Path) -> None:
    plan, issues = read_rows(
        [HEADINGS, ("1", "Audit", "#REF!", "x"), ("2", "Train", "QA", "x")], tmp_path
    )
    assert only(issues, "error-cell").place.column == "C"
    assert [row.ref for row in plan.actions] == ["2"]


@pytest.mark.parametrize("text", ["=1+1", "+44 161", "-x", "@SUM(A1)", "'quoted"])
def test_text_that_looks_like_a_formula_is_data_in_a_csv(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text(f"Ref,Action,Lead\n1,{text},QA\n", encoding="utf-8")
    assert read_good(path)[0].actions[0].text == text


def test_control_characters_and_odd_spaces_are_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes("Ref\tAction\tLead\r\n1\tAu\x07dit\xa0 it\x1b\u200b\tQA\r\n".encode())
    assert read_good(path)[0].actions[0].text == "Audit  it"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_is_read_whatever_its_letters_and_separators(
    encoding: str, mark: str, tmp_path: Path
) -> None:
    path = tmp_path / "plan.csv"
    rows = (("Ref", "Action", "Lead", "By when"), ("1", '"Café – a,b;c"', "Zoë", "Mar-24"))
    path.write_bytes("\r\n".join(mark.join(row) for row in rows).encode(encoding))
    plan, issues = read_good(path)
    assert (plan.actions[0].text, plan.actions[0].lead_printed) == ("Café – a,b;c", "Zoë")
    assert plan.actions[0].place.sheet is None
    assert issues == []


def test_a_column_that_is_not_read_is_said(tmp_path: Path) -> None:
    _, issues = read_rows([(*HEADINGS, "Budget"), ("1", "A", "QA", "x", "£5")], tmp_path)
    issue = only(issues, "column-not-read")
    assert (issue.severity, issue.place.column) == (Severity.ADVICE, "E")


def test_every_sheet_with_an_action_table_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    sheet = sheet_of([HEADINGS, ("1", "A", "QA", "x")], "One")
    workbook: Any = sheet.parent
    for title, row in (("Two", ("2", "B", "QA", "x")), ("Again", ("1", "C", "QA", "x"))):
        other = workbook.create_sheet(title)
        other.append(HEADINGS)
        other.append(row)
    workbook.create_sheet("Notes").append(["only words"])
    workbook.create_sheet("Secret").sheet_state = "hidden"
    plan, issues = read_good(save(sheet, tmp_path))
    assert [row.ref for row in plan.actions] == ["1", "2"]
    assert "row 2 of One" in only(issues, "ref-twice").problem
    assert only(issues, "sheet-not-read").place.sheet == "Notes"
    assert only(issues, "sheet-hidden").place.sheet == "Secret"
