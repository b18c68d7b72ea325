"""The plan workbook: what is written is read back, and what people do to it is understood."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from reminders.deadlines import DeadlineKind
from reminders.plan_file import read_plan
from reminders.plan_grid import clean
from reminders.plan_headings import ACTION_HEADINGS, field_of
from reminders.plan_leads import NOBODY
from reminders.plan_rows import (
    ACTION_STATUSES,
    BODY_KINDS,
    DEADLINE_KINDS,
    DIRECTIONS,
    INDICATOR_STATUSES,
    ROLES,
    ActionRow,
    BodyRow,
    ContactRow,
    CycleRow,
    Figure,
    IndicatorRow,
    PersonRow,
    PlanRows,
    PriorityRow,
    SurveyRow,
)
from reminders.plan_sheets import ACTIONS, SHEETS
from reminders.plan_workbook import plan_bytes, write_plan
from storage.issues import Severity
from storage.people import Role
from tests.reminders.plan_files import codes, read_good

PLAN = PlanRows(
    slug="town",
    name="Town Partnership",
    title="Plan",
    period_label="2024-26",
    bodies=(
        BodyRow("qa", "The Quality Sub-group", "subgroup", contact="qa@town.example"),
        BodyRow("edu", "Education", "team"),
    ),
    people=(PersonRow("nurse", "Designated Nurse", "NHS", roles=("lead", "voice_lead")),),
    priorities=(PriorityRow("1.0", "Neglect", lead="nurse", body="qa"),),
    actions=(
        ActionRow("1.1", "1.0", "Audit", ("qa", "nurse"), deadline=date(2024, 3, 31)),
        ActionRow("1.10", "", "=HYPERLINK(1)", review=True, review_reasons=("Lead is open.",)),
    ),
    indicators=(
        IndicatorRow(
            "I1",
            "Attendance",
            "1.0",
            "increase",
            current=Figure("74", "%", "2022"),
            target=Figure("85", "%", "2023"),
            numerator=1328,
            denominator=1719,
            computed_value="77.3",
            computed_from="1,328 of 1,719",
        ),
    ),
)


def written(rows: PlanRows, folder: Path) -> Path:
    path = folder / "plan.xlsx"
    write_plan(rows, path)
    return path


def edited(folder: Path, sheet: str, cells: dict[str, Any], rows: PlanRows = PLAN) -> Path:
    """The workbook after somebody typed these cells."""
    path = written(rows, folder)
    workbook = load_workbook(path)
    for cell, value in cells.items():
        workbook[sheet][cell] = value
    workbook.save(path)
    return path


def column(sheet: str, field: str) -> str:
    spec = next(spec for spec in SHEETS if spec.name == sheet)
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[[c.field for c in spec.columns].index(field)]


_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn"))
TEXT = st.text(_LETTERS, max_size=20).map(clean).filter(lambda text: "_x" not in text)
SOME = TEXT.filter(lambda text: any(map(str.isalnum, text)))
LINE = SOME.filter(lambda text: "\n" not in text)
LINES = st.lists(LINE, max_size=3).map(tuple)
UNIQUE_LINES = st.lists(LINE, max_size=3, unique=True).map(tuple)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1))
VALUES = TEXT | st.integers(0, 10**6).map(str) | st.sampled_from(["77.3", "007", "4 / 2", "1,328"])
FIGURES = st.builds(Figure, VALUES, TEXT, TEXT)
COUNTS = st.none() | st.integers(0, 10**9)
MAILS = st.sampled_from(["", "qa@town.example", "a.b@town.example"])
IDS = ("qa", "edu", "nurse")
LEADS = st.lists(st.sampled_from(IDS), max_size=3, unique=True).map(tuple)
REFS = st.sampled_from(["1.0", "2.0", ""])

NAMES = SOME.filter(lambda name: name.strip().casefold() not in NOBODY)
BODIES = st.tuples(NAMES, NAMES).map(
    lambda names: (BodyRow("qa", names[0], contact="qa@town.example"), BodyRow("edu", names[1]))
)
PEOPLE = st.builds(
    PersonRow, st.just("nurse"), SOME, TEXT, MAILS, st.lists(st.sampled_from(ROLES)).map(tuple),
    st.sampled_from([(), ("qa",), ("edu", "qa")]), TEXT, TEXT,
)  # fmt: skip


@st.composite
def action_rows(draw: st.DrawFn, ref: str) -> ActionRow:
    reasons = draw(UNIQUE_LINES)
    return ActionRow(
        ref=ref, priority=draw(REFS), text=draw(SOME), leads=draw(LEADS), lead_printed=draw(TEXT),
        outcome=draw(TEXT), deadline_printed=draw(TEXT), deadline=draw(DAYS),
        deadline_kind=draw(st.sampled_from(["", *DEADLINE_KINDS])), review=draw(st.booleans()),
        review_reasons=reasons, alternatives=draw(LINES),
        status=draw(st.sampled_from(["", *ACTION_STATUSES])), follows=draw(REFS), note=draw(TEXT),
        source_lines=draw(TEXT),
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> PlanRows:
    refs = draw(st.lists(LINE, max_size=4, unique=True))
    indicators = st.builds(
        IndicatorRow, st.just("I1"), SOME, TEXT, st.sampled_from(DIRECTIONS),
        st.sampled_from(INDICATOR_STATUSES), FIGURES, FIGURES, FIGURES, FIGURES, COUNTS, COUNTS,
        VALUES, TEXT, TEXT, TEXT, LEADS, st.booleans(), TEXT, TEXT,
    )  # fmt: skip
    surveys = st.builds(SurveyRow, st.just("S1"), TEXT, TEXT, TEXT, LINES, LINES, TEXT, TEXT)
    lead = st.sampled_from(["", *IDS])
    return PlanRows(
        slug=draw(TEXT), name=draw(TEXT), short_name=draw(TEXT), area=draw(TEXT), title=draw(TEXT),
        kind=draw(TEXT), period_label=draw(TEXT), period_start=draw(DAYS), period_end=draw(DAYS),
        period_assumed=draw(st.booleans()), notes=draw(st.lists(SOME, max_size=2).map(tuple)),
        bodies=draw(BODIES), people=(draw(PEOPLE),),
        priorities=(
            PriorityRow("1.0", draw(SOME), draw(lead), draw(lead), draw(TEXT), draw(TEXT)),
            PriorityRow("2.0", draw(SOME), note=draw(TEXT), source_lines=draw(TEXT)),
        ),
        actions=tuple(draw(action_rows(ref)) for ref in refs),
        indicators=tuple(draw(st.lists(indicators, max_size=1))),
        cycles=(CycleRow(draw(SOME), draw(TEXT), draw(lead), draw(TEXT), draw(TEXT)),),
        surveys=tuple(draw(st.lists(surveys, max_size=1))),
        contacts=(ContactRow(draw(SOME), draw(TEXT), draw(TEXT), draw(TEXT), draw(TEXT)),),
    )  # fmt: skip


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(rows=plans())
def test_what_is_written_is_read_back_without_a_word_lost(rows: PlanRows, tmp_path: Path) -> None:
    plan, issues = read_plan(written(rows, tmp_path))
    assert plan == rows
    assert [issue for issue in issues if issue.severity is not Severity.ADVICE] == []


def test_equal_plans_are_equal_files() -> None:
    assert plan_bytes(PLAN) == plan_bytes(replace(PLAN))


def test_the_headings_that_are_written_are_headings_that_are_read() -> None:
    read_as = {c.heading: field_of(c.heading) for c in ACTIONS.columns}
    meant = {c.heading: "lead" if c.field == "leads" else c.field for c in ACTIONS.columns}
    assert read_as == meant
    assert set(meant.values()) | {"objective"} == set(ACTION_HEADINGS)


def test_the_words_offered_are_those_that_the_tables_keep() -> None:
    assert set(DEADLINE_KINDS) == set(DeadlineKind)
    assert set(ROLES) == set(Role)


def test_the_choices_offered_fit_into_a_list_of_excel() -> None:
    for sheet in SHEETS:
        assert all(len(",".join(c.choices)) < 255 for c in sheet.columns), sheet.name


def test_the_first_sheet_says_what_is_in_the_file_and_what_to_watch(tmp_path: Path) -> None:
    sheet = load_workbook(written(PLAN, tmp_path))["read me"]
    text = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for words in ("plan import FILE", "1 need review", "are invented", "(2 here.)"):
        assert words in text
    assert "Nobody to remind" in text
    assert "Designated Nurse" in text
    assert "Education" not in text  # leads nothing


def test_rows_for_review_are_tinted_and_disagreeing_figures_marked(tmp_path: Path) -> None:
    workbook = load_workbook(written(PLAN, tmp_path))
    actions, indicators = workbook["actions"], workbook["indicators"]
    assert actions["A3"].fill.fgColor.rgb == "00FFF1CC"
    assert actions["A2"].fill.fill_type is None
    assert actions[f"{column('actions', 'review_reasons')}3"].value == "Lead is open."
    printed = indicators[f"{column('indicators', 'current.value')}2"]
    computed = indicators[f"{column('indicators', 'computed_value')}2"]
    assert (printed.value, computed.value) == (74, 77.3)
    assert printed.fill.fgColor.rgb == computed.fill.fgColor.rgb == "00FFE0B2"


def test_no_text_is_ever_a_formula(tmp_path: Path) -> None:
    texts = ("=1+1", "+1", "-1", "@x", "#REF!", "1.10")
    rows = replace(PLAN, actions=tuple(ActionRow(t, "1.0", t) for t in texts), notes=texts)
    workbook = load_workbook(written(rows, tmp_path))
    for at, text in enumerate(texts, start=2):
        cell = workbook["actions"][f"C{at}"]
        assert (cell.value, cell.data_type) == (text, "s")
        assert cell.quotePrefix == (text[0] in "=+-@")
    assert read_good(tmp_path / "plan.xlsx")[0] == rows


def test_headings_stay_in_sight_and_words_are_offered(tmp_path: Path) -> None:
    workbook = load_workbook(written(PLAN, tmp_path))
    assert workbook.sheetnames[:4] == ["read me", "plan", "priorities", "actions"]
    for name in workbook.sheetnames[1:]:
        assert workbook[name].freeze_panes == "B2"
    offered = {str(rule.formula1) for rule in workbook["actions"].data_validations.dataValidation}
    assert any("on track,at risk" in words for words in offered)
    assert "bodies!$B$2:$B$3" in offered
    indicators = {rule.formula1 for rule in workbook["indicators"].data_validations.dataValidation}
    assert '"increase,reduce,maintain,monitor,none"' in indicators


@pytest.mark.parametrize("typed", ["The Quality Sub-group", "quality subgroup", "qa", "Nurse"])
def test_a_lead_may_be_typed_by_name_or_id(typed: str, tmp_path: Path) -> None:
    plan, issues = read_good(edited(tmp_path, "actions", {"D2": typed}))
    assert plan.actions[0].leads == (("nurse",) if typed == "Nurse" else ("qa",))
    assert issues == []


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "code", "says"),
    [
        ("actions", "D2", "The Qualty Sub-group", "lead-unknown", "Quality Sub-group"),
        ("actions", "B2", "9", "priority-unknown", "priorities"),
        ("actions", "F2", "31 Feb", "nothing", ""),
        ("actions", "H2", "sometimes", "not-a-choice", "ongoing"),
        ("indicators", "D2", "incraese", "not-a-choice", 'Did you mean "increase"?'),
        ("indicators", f"{column('indicators', 'numerator')}2", "many", "not-a-number", "digits"),
        ("bodies", "D2", "the office", "not-an-e-mail", "one address"),
        ("bodies", "G2", "soon", "not-a-date", "31/03/2024"),
        ("plan", "B9", "soon", "not-a-date", "31/03/2024"),
        ("priorities", "C2", "Nobody", "lead-unknown", "body or post"),
    ],
)
def test_a_doubtful_cell_is_pointed_at_with_its_remedy(
    sheet: str, cell: str, value: str, code: str, says: str, tmp_path: Path
) -> None:
    plan, issues = read_good(edited(tmp_path, sheet, {cell: value}))
    if code == "nothing":  # what is typed where nothing is printed is read as printed
        assert (plan.actions[0].deadline_printed, issues) == ("31 Feb", [])
        return
    assert codes(issues, Severity.REVIEW) == [code]
    assert f"{issues[0].place.column}{issues[0].place.row}" == cell
    assert says in issues[0].remedy + issues[0].problem
    assert any(row.review for row in plan.actions[:1]) == (sheet == "actions")


def test_a_priority_is_found_without_its_nought_and_by_its_title(tmp_path: Path) -> None:
    for typed in (1, "1", "Neglect", "neglect", "Priority 1"):
        plan, issues = read_good(edited(tmp_path, "actions", {"B2": typed}))
        assert plan.actions[0].priority == "1.0"
        assert issues == []


def test_rows_of_other_sheets_that_lack_or_repeat_something_are_left_out(tmp_path: Path) -> None:
    cells = {"A4": "qa", "B4": "Again", "A5": "new", "B5": None, "B6": "Third group"}
    plan, issues = read_good(edited(tmp_path, "bodies", cells))
    assert [body.id for body in plan.bodies] == ["qa", "edu", "third-group"]
    assert codes(issues) == ["written-twice", "cell-missing"]
    assert "row 2" in issues[0].problem


def test_a_sheet_that_lost_its_headings_says_which(tmp_path: Path) -> None:
    _, issues = read_good(edited(tmp_path, "bodies", {"B1": "x", "A1": "y"}))
    assert issues[0].code == "no-heading-row"
    assert issues[0].place.sheet == "bodies"


def test_the_status_words_people_use_are_understood(tmp_path: Path) -> None:
    at = f"{column('actions', 'status')}2"
    for typed, meant in (
        ("On Track", "on_track"), ("GREEN", "on_track"), ("Waiting on others", "blocked"),
        ("complete, awaiting evidence", "complete_awaiting_evidence"), ("purple", "purple"),
    ):  # fmt: skip
        assert read_good(edited(tmp_path, "actions", {at: typed}))[0].actions[0].status == meant


def test_a_workbook_without_its_optional_sheets_is_read(tmp_path: Path) -> None:
    path = written(PLAN, tmp_path)
    workbook = load_workbook(path)
    for name in ("read me", "surveys", "contacts", "cycles", "people", "indicators"):
        del workbook[name]
    workbook.create_sheet("scribbles").append(["call Sam"])
    workbook.save(path)
    plan, issues = read_good(path)
    assert len(plan.actions) == 2
    assert "sheet-not-read" in codes(issues, Severity.ADVICE)
    assert codes(issues, Severity.ERROR) == []


def test_a_text_beyond_the_limit_of_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    long = replace(PLAN, notes=("x" * 40_000,))
    with pytest.raises(ValueError, match="40000 letters"):
        plan_bytes(long)


def test_kinds_of_bodies_are_shown_in_words(tmp_path: Path) -> None:
    rows = replace(PLAN, bodies=tuple(BodyRow(k, k, k) for k in BODY_KINDS), people=(), actions=(),
                   priorities=())  # fmt: skip
    sheet = load_workbook(written(rows, tmp_path))["bodies"]
    assert "task and finish" in [row[2].value for row in sheet.iter_rows()]
    assert read_good(tmp_path / "plan.xlsx")[0] == rows
