"""Every form of deadline that the plans print, and the ways in which they go wrong."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.deadlines import Deadline, DeadlineKind, Period, read_deadline
from reminders.recurrence import Recurrence
from storage.calendar import Calendar, Term, TermName, last_day_of_month

ROCHDALE = (date(2022, 4, 1), date(2024, 3, 31))
BURY = (date(2024, 4, 1), date(2025, 3, 31))
BOLTON = (date(2022, 1, 1), date(2022, 12, 31))
SALFORD = (date(2023, 4, 1), date(2026, 3, 31))

Cell = str | date | datetime | float | None


def read(printed: Cell, period: Period | None = None, number_format: str | None = None) -> Deadline:
    return read_deadline(printed, period=period, calendar=Calendar(), number_format=number_format)


@pytest.mark.parametrize(
    ("printed", "period", "kind", "due_on", "certain"),
    [
        ("Dec-22", ROCHDALE, "date", date(2022, 12, 31), True),
        ("Dec-23", ROCHDALE, "date", date(2023, 12, 31), True),
        ("Mar-24", ROCHDALE, "date", date(2024, 3, 31), True),
        ("Feb-24", ROCHDALE, "date", date(2024, 2, 29), True),
        ("May-23", ROCHDALE, "date", date(2023, 5, 31), True),
        ("ongoing", ROCHDALE, "ongoing", None, True),
        ("Ongoing", ROCHDALE, "ongoing", None, True),
        ("May-23 Oct-23", ROCHDALE, "multiple", None, False),
        ("May-23 Oct-23 (first of two dates in the cell on line 45)", ROCHDALE,
         "multiple", None, False),
        ("May-23 Oct-23 (second of two dates in the cell on line 45)", ROCHDALE,
         "multiple", None, False),
        ("Mar-24 (on line 42)", ROCHDALE, "date", date(2024, 3, 31), False),
        ("Mar-24 (on line 42, may belong to 2.4)", ROCHDALE, "date", date(2024, 3, 31), False),
        ("'when developed'", BURY, "conditional", None, True),
        ("'during 2024' (rationale)", BURY, "date", date(2024, 12, 31), False),
        ("September 2024", BURY, "date", date(2024, 9, 30), True),
        ("'in the coming year'", BOLTON, "date", date(2023, 12, 31), False),
        ("2022-2023", BOLTON, "date", date(2023, 3, 31), False),
        ("For 2022-2023", BOLTON, "date", date(2023, 3, 31), False),
        ("'In 2023'", BOLTON, "date", date(2023, 12, 31), False),
        ("'in 2023'", BOLTON, "date", date(2023, 12, 31), False),
        ("priorities for 2023", BOLTON, "date", date(2023, 12, 31), False),
        ("'will be evaluated in 2023'", BOLTON, "date", date(2023, 12, 31), False),
        ("quarterly", SALFORD, "recurring", None, True),
        ("regularly", SALFORD, "recurring", None, True),
        (None, SALFORD, "none", None, True),
    ],
)  # fmt: skip
def test_every_deadline_printed_in_the_five_plans_is_read(
    printed: str | None, period: Period, kind: str, due_on: date | None, certain: bool
) -> None:
    deadline = read(printed, period)
    assert (deadline.kind, deadline.due_on, deadline.certain) == (kind, due_on, certain)
    assert deadline.needs_review is not certain
    assert certain or (deadline.reason and deadline.remedy)


@pytest.mark.parametrize(
    ("printed", "due_on"),
    [
        ("31/12/2023", date(2023, 12, 31)),
        ("1.4.24", date(2024, 4, 1)),
        ("01-04-2024", date(2024, 4, 1)),
        ("2023-12-31", date(2023, 12, 31)),
        ("2023-12-31 00:00:00", date(2023, 12, 31)),
        ("31 December 2023", date(2023, 12, 31)),
        ("31st Dec 23", date(2023, 12, 31)),
        ("the 31st of December 2023", date(2023, 12, 31)),
        ("December 31, 2023", date(2023, 12, 31)),
        ("Sunday 31 March 2024", date(2024, 3, 31)),
        ("Sept 2024", date(2024, 9, 30)),
        ("Mar’24", date(2024, 3, 31)),
        ("MAR – 24", date(2024, 3, 31)),
        ("by end of March 2024", date(2024, 3, 31)),
        ("By the end of March 2024.", date(2024, 3, 31)),
        ("end May 24", date(2024, 5, 31)),
        ("03/2024", date(2024, 3, 31)),
        ("2024-03", date(2024, 3, 31)),
        ("Q2 2024/25", date(2024, 9, 30)),
        ("Q1 2024/25", date(2024, 6, 30)),
        ("Q3 (2024/25)", date(2024, 12, 31)),
        ("Q4 23/24", date(2024, 3, 31)),
        ("Quarter 3 2024-25", date(2024, 12, 31)),
        ("end of Q4 2024/2025", date(2025, 3, 31)),
        ("2024/25 Q1", date(2024, 6, 30)),
        ("Autumn term 2024", date(2024, 12, 20)),
        ("end of summer term 2025", date(2025, 7, 18)),
        ("Spring term 2024/25", date(2025, 4, 4)),
        ("end of 2023", date(2023, 12, 31)),
        ("end of FY 2024/25", date(2025, 3, 31)),
    ],
)
def test_a_clear_date_is_read_without_doubt(printed: str, due_on: date) -> None:
    assert read(printed) == Deadline(DeadlineKind.DATE, due_on)


@pytest.mark.parametrize(
    ("printed", "due_on", "alternative"),
    [
        ("FY 2024/25", date(2025, 3, 31), None),
        ("2024/25", date(2025, 3, 31), date(2025, 12, 31)),
        ("23/24", date(2024, 3, 31), date(2024, 12, 31)),
        ("FY24", date(2025, 3, 31), date(2024, 3, 31)),
        ("2022 - 2024", date(2024, 3, 31), None),
        ("academic year 2024/25", date(2025, 8, 31), None),
        ("2024", date(2024, 12, 31), None),
        ("by 2024", date(2024, 12, 31), None),
        ("Q1 2024", date(2024, 6, 30), date(2024, 3, 31)),
        ("Spring 2024", date(2024, 3, 28), date(2024, 5, 31)),
        ("Winter 2023", date(2024, 2, 29), date(2023, 2, 28)),
        ("early March 2024", date(2024, 3, 31), None),
        ("March 2024?", date(2024, 3, 31), None),
        ("Friday 31 March 2024", date(2024, 3, 31), None),
        ("Apr-23 to Mar-24", date(2024, 3, 31), date(2023, 4, 30)),
        ("Mar-24 / March 2024", date(2024, 3, 31), None),
    ],
)
def test_a_reading_that_is_a_judgement_says_so(
    printed: str, due_on: date, alternative: date | None
) -> None:
    deadline = read(printed)
    assert (deadline.kind, deadline.due_on, deadline.certain) == ("date", due_on, False)
    assert deadline.alternatives == ((alternative,) if alternative else ())
    assert deadline.reason


@pytest.mark.parametrize(
    ("printed", "due_on"),
    [
        ("end of plan", date(2024, 3, 31)),
        ("by the end of the plan period", date(2024, 3, 31)),
        ("life of the plan", date(2024, 3, 31)),
        ("next year", date(2025, 3, 31)),
        ("Year 1", date(2023, 3, 31)),
        ("within 6 months", date(2022, 9, 30)),
        ("31 January", None),
        ("30 June 2022", date(2022, 6, 30)),
    ],
)
def test_words_that_count_from_the_plan_need_its_period(printed: str, due_on: date | None) -> None:
    with_period, without = read(printed, ROCHDALE), read(printed)
    assert with_period.due_on == due_on
    assert without.kind == ("date" if printed.endswith("2022") else "unreadable")


def test_a_date_without_a_year_takes_the_only_one_in_the_plan() -> None:
    deadline = read("31 January", BURY)
    assert (deadline.due_on, deadline.certain) == (date(2025, 1, 31), False)
    two = read("March", ROCHDALE)
    assert two.kind is DeadlineKind.UNREADABLE
    assert two.alternatives == (date(2023, 3, 31), date(2024, 3, 31))


def test_two_dates_in_one_cell_are_both_kept_for_a_person_to_choose() -> None:
    deadline = read("May-23 Oct-23", ROCHDALE)
    assert deadline.alternatives == (date(2023, 5, 31), date(2023, 10, 31))
    assert read("May and October 2023").alternatives == deadline.alternatives
    assert "More than one date" in deadline.reason


@pytest.mark.parametrize(
    ("printed", "recurrence"),
    [("quarterly", "quarterly"), ("Monthly", "monthly"), ("termly", "termly"),
     ("regularly", "regularly"), ("every six months", "half_yearly"), ("weekly", "weekly"),
     ("at least twice a year", "half_yearly"), ("bi-monthly", "two_monthly"),
     ("at least four times a year", "quarterly"), ("Annual", "yearly"),
     ("six-monthly", "half_yearly"), ("fortnightly", "fortnightly")],
)  # fmt: skip
def test_what_comes_round_is_recurring(printed: str, recurrence: str) -> None:
    deadline = read(printed)
    assert (deadline.kind, deadline.recurrence) == ("recurring", Recurrence(recurrence))


@pytest.mark.parametrize(
    "printed",
    ["On-going", "ongoing.", "Continuous", "throughout the plan", "Ongoing, reviewed quarterly"],
)
def test_what_never_ends_is_ongoing(printed: str) -> None:
    deadline = read(printed, ROCHDALE)
    assert (deadline.kind, deadline.due_on, deadline.certain) == ("ongoing", None, True)


def test_a_date_beside_ongoing_is_for_a_person_to_settle() -> None:
    deadline = read("Ongoing - review Mar-24", ROCHDALE)
    assert (deadline.kind, deadline.certain) == ("ongoing", False)
    assert deadline.alternatives == (date(2024, 3, 31),)


@pytest.mark.parametrize(
    "printed", ["when developed", "once agreed by the ICB", "following the review", "as required"]
)
def test_what_waits_on_others_is_conditional(printed: str) -> None:
    assert read(printed).kind is DeadlineKind.CONDITIONAL


@pytest.mark.parametrize(
    "printed", [None, "", "  ", "-", "–", "n/a", "N/A", "TBC", "tbc.", "To be confirmed", "None"]
)
def test_nothing_printed_is_no_deadline(printed: str | None) -> None:
    deadline = read(printed)
    assert (deadline.kind, deadline.certain) == (DeadlineKind.NONE, True)


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("31 Feb", "February has 29 days, not 31"),
        ("31 Feb 2024", "February 2024 has 29 days, not 31"),
        ("30/02/2024", "February 2024 has 29 days, not 30"),
        ("31/04/24", "April 2024 has 30 days"),
        ("12/13/2024", "no month 13"),
        ("00/01/2024", "no day 0"),
        ("31/12/9999", "outside 2000 to 2099"),
        ("31/12/1923", "outside 2000 to 2099"),
        ("2022-2022", "do not follow"),
        ("Q2 2024/26", "do not follow"),
        ("Mrch 24", "not spelt"),
        ("Setpember", "not spelt"),
        ("11/12", "cannot be read"),
        ("asap", "cannot be read"),
        ("Completed", "how the action stands"),
        ("word " * 60, "more than 200 characters"),
        (True, "yes or no"),
        (-1.0, "not a date"),
        (float("nan"), "not a date"),
        (float("inf"), "not a date"),
        (datetime(9999, 12, 31, tzinfo=UTC), "outside 2000 to 2099"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_write(printed: Cell, reason: str) -> None:
    deadline = read(printed)
    assert (deadline.kind, deadline.due_on) == (DeadlineKind.UNREADABLE, None)
    assert reason in deadline.reason
    assert deadline.remedy


def test_an_american_date_is_not_taken_for_a_british_one() -> None:
    assert read("03/31/2024").alternatives == (date(2024, 3, 31),)
    assert read("03/04/2024").due_on == date(2024, 4, 3)


def test_a_date_far_outside_the_plan_is_doubted() -> None:
    assert not read("31/12/2042", ROCHDALE).certain
    assert read("31/12/2025", ROCHDALE).certain


@pytest.mark.parametrize(
    ("cell", "number_format", "due_on", "certain"),
    [
        (datetime(2024, 3, 31), None, date(2024, 3, 31), True),  # noqa: DTZ001
        (date(2024, 3, 1), "dd/mm/yyyy", date(2024, 3, 1), True),
        (date(2024, 3, 1), "mmm-yy", date(2024, 3, 31), True),
        (date(2024, 3, 31), "mmm-yy", date(2024, 3, 31), True),
        (date(2024, 3, 15), "mmm-yy", date(2024, 3, 15), False),
        (date(2022, 3, 24), "d-mmm", date(2022, 3, 24), False),
        (datetime(2024, 6, 30, 23, 30, tzinfo=UTC), None, date(2024, 7, 1), True),
        (45382.0, None, date(2024, 3, 31), False),
        ("45382", None, date(2024, 3, 31), False),
        (2024, None, date(2024, 12, 31), False),
    ],
)
def test_a_real_date_in_a_workbook_is_read_as_it_is_shown(
    cell: Cell, number_format: str | None, due_on: date, certain: bool
) -> None:
    deadline = read(cell, number_format=number_format)
    assert (deadline.due_on, deadline.certain) == (due_on, certain)


def test_a_month_that_excel_took_for_a_day_names_the_month_as_the_other_reading() -> None:
    assert read(date(2022, 3, 24), number_format="d-mmm").alternatives == (date(2024, 3, 31),)


def test_terms_follow_the_areas_own_dates() -> None:
    own = Term(TermName.AUTUMN, date(2024, 9, 4), date(2024, 12, 19))
    deadline = read_deadline("Autumn term 2024", period=None, calendar=Calendar(terms=(own,)))
    assert deadline.due_on == date(2024, 12, 19)


DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FORMATS = ("%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d", "%d %B %Y", "%d %b %y", "%A %d %B %Y", "%d-%b-%Y")


@given(DAYS, st.sampled_from(FORMATS))
def test_a_written_day_is_read_back(day: date, written: str) -> None:
    assert read(day.strftime(written)) == Deadline(DeadlineKind.DATE, day)


@given(DAYS, st.sampled_from(("%b-%y", "%B %Y", "%b %Y", "%m/%Y", "by end of %B %Y")))
def test_a_written_month_is_read_as_its_last_day(day: date, written: str) -> None:
    due_on = last_day_of_month(day.year, day.month)
    assert read(day.strftime(written)) == Deadline(DeadlineKind.DATE, due_on)


PIECES = st.sampled_from(
    ["Mar", "-24", "31", "/", ".", "2024", "/25", "Q2", "term", "autumn ", "FY", " ", "end of ",
     "0000", "9999", "99/00", "to", "ongoing", "year", "'", "–", "next ", "Feb", "²", "٣"]
)  # fmt: skip
ANY_PERIOD = st.sampled_from([None, ROCHDALE, BURY])


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=9).map("".join)), ANY_PERIOD)
def test_any_text_is_read_and_every_doubt_has_a_reason(text: str, period: Period | None) -> None:
    deadline = read(text, period)
    assert (deadline.due_on is None) or deadline.kind is DeadlineKind.DATE
    assert (deadline.kind is not DeadlineKind.DATE) or deadline.due_on is not None
    assert deadline.certain or (deadline.reason and deadline.remedy)


@given(st.one_of(st.floats(), st.integers(), st.dates(), st.datetimes()), ANY_PERIOD)
def test_any_number_or_date_is_read(cell: float | date, period: Period | None) -> None:
    deadline = read(cell, period)
    assert deadline.kind in {DeadlineKind.DATE, DeadlineKind.UNREADABLE}
