"""Highlight, annual, close-the-loop and minutes on the command line, and what is kept of them."""

import io

from pypdf import PdfReader

from tests.commands.terminal import MANAGER, Terminal


def test_a_report_is_drawn_kept_approved_and_shown_again(rochdale: Terminal) -> None:
    days = ("--to", "2023-12-31")
    first = rochdale.done("digest", "highlight", "qa", *days, "--keep", "--as", MANAGER)
    assert "Highlight report: The Quality Assurance Sub-group" in first.out
    assert "kept as draft 1" in first.err
    [row] = rochdale.json("digest", "list")
    assert (row["kind"], row["of"], row["state"]) == ("highlight", "qa", "draft")
    assert row["period"] == "2023-10-01 to 2023-12-31"
    rochdale.done("digest", "approve", "1", "--as", MANAGER)
    again = rochdale.run("digest", "approve", "1", "--as", MANAGER)
    assert (again.code, "settled" in again.err) == (1, True)
    rochdale.done("digest", "show", "1", "--format", "pdf", "--out", "report.pdf")
    pdf = PdfReader(io.BytesIO((rochdale.folder / "report.pdf").read_bytes()))
    assert "Highlight report" in pdf.pages[0].extract_text()
    assert rochdale.done("digest", "show", "1").out.splitlines()[0] == first.out.splitlines()[0]


def test_reports_of_a_year_and_a_meeting_are_written_as_data_too(rochdale: Terminal) -> None:
    year = rochdale.json("digest", "annual", "--from", "2023-01-01", "--to", "2023-12-31")
    assert year["period"] == {"start": "2023-01-01", "end": "2023-12-31"}
    pack = rochdale.done("digest", "close-the-loop", "--format", "md").out
    assert "## Five things need this meeting" in pack


def test_what_is_not_there_is_said_with_what_to_do(rochdale: Terminal) -> None:
    nobody = rochdale.run("digest", "highlight", "nobody")
    assert (nobody.code, "no group of that name" in nobody.err) == (1, True)
    meeting = rochdale.run("digest", "minutes", "7")
    assert (meeting.code, "there is no meeting 7" in meeting.err) == (1, True)
    backwards = rochdale.run("digest", "annual", "--from", "2024-02-01", "--to", "2023-01-01")
    assert (backwards.code, "earlier day first" in backwards.err) == (1, True)
    weekly = rochdale.run("digest", "approve", "9", "--as", MANAGER)
    assert (weekly.code, "is no report" in weekly.err) == (1, True)
