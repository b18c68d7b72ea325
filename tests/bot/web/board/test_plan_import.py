"""Importing on the board: looked at first, stored by a press, and nothing of it kept between."""

import io
import zipfile
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.web.board.uploads import MOST_BYTES, named
from storage.plans import Action, Plan
from tests.bot.web.board.office import Office, at
from tests.bot.web.visitor import Visitor

ROCHDALE = Path("examples/plans/rochdale.xlsx").resolve()
LOOK, IMPORT = "Look at what it holds", "Import"
CSV = "Ref,Action,Lead,Timescale\n1.1,Train <staff> & carers,Neglect Board,Mar-24\n"
NAMES = {"partnership": "rochdale", "title": "Plan", "period": "2022 - 24"}


def _send(visitor: Visitor, label: str, file: Any = None, **typed: str) -> int:
    """A form with a file, as a browser sends it."""
    action, fields = visitor.filled(label, typed)
    body: dict[str, list[str]] = {}
    for name, value in fields:
        if name != "file":
            body.setdefault(name, []).append(value)
    parts = {"file": file if file is not None else ("", b"")}
    visitor.page = visitor.run(
        visitor.client.post(action, data=body, files=parts, follow_redirects=True)
    )
    return visitor.page.status_code


def _looked(office: Office, name: str, data: bytes, **typed: str) -> Visitor:
    visitor = office.come("manager", "/plan/import")
    _send(visitor, LOOK, (name, data), **typed)
    return visitor


def _actions(office: Office) -> list[Action]:
    found: list[Action] = office.stage.rows(Action, True)
    return found


def test_a_workbook_is_looked_at_and_nothing_is_stored_before_the_press(both: Office) -> None:
    visitor = _looked(both, "rochdale.xlsx", ROCHDALE.read_bytes())
    assert visitor.page.status_code == 200, visitor.main
    assert "Nothing is stored yet" in visitor.main
    assert "Actions added20" in visitor.main
    assert "2.1, 2.2, 2.3, 2.4, 2.5" in visitor.main
    assert _actions(both) == []
    assert _send(visitor, IMPORT) == 200
    assert at(visitor.page) == "/plan"
    assert "The plan is in." in visitor.main
    assert len(_actions(both)) == 20
    (entry,) = both.audited("plan imported")
    assert entry.person_id == both.people["manager"]
    (plan,) = both.stage.rows(Plan, True)
    assert plan.source_file == "rochdale.xlsx"


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    visitor = _looked(office, "rochdale.xlsx", ROCHDALE.read_bytes())
    _send(visitor, IMPORT)
    again = _looked(office, "rochdale.xlsx", ROCHDALE.read_bytes())
    assert "An import would change nothing" in again.main
    assert not again.has_button(IMPORT)


def test_what_changes_is_shown_before_and_after_and_each_missing_row_has_a_say(
    office: Office,
) -> None:
    _send(_looked(office, "rochdale.xlsx", ROCHDALE.read_bytes()), IMPORT)
    book = load_workbook(ROCHDALE)
    sheet = book["actions"]
    headings = [str(cell.value).strip().casefold() for cell in sheet[1]]
    wording, ref = headings.index("action"), headings.index("ref")
    rows = {str(row[ref].value): row for row in sheet.iter_rows(min_row=2)}
    was = str(rows["1.1"][wording].value)
    rows["1.1"][wording].value = "Something else altogether"
    for gone in ("5.1", "5.2"):
        sheet.delete_rows(int(rows[gone][0].row or 0))
        rows = {str(row[ref].value): row for row in sheet.iter_rows(min_row=2)}
    changed = io.BytesIO()
    book.save(changed)
    visitor = _looked(office, "rochdale.xlsx", changed.getvalue())
    (before,) = [one.text_content() for one in visitor.tree.iter("del")]
    (after,) = [one.text_content() for one in visitor.tree.iter("ins")]
    assert (before, after) == (was, "Something else altogether")
    ticked = [one.get("value") for one in visitor.tree.findall(".//input[@name='retire']")]
    assert ticked == ["action:5.1", "action:5.2"]
    assert _send(visitor, IMPORT, retire="action:5.2") == 200
    retired = {one.ref for one in _actions(office) if one.retired_on is not None}
    assert retired == {"5.2"}, "what was unticked stays"


def test_what_was_changed_since_is_looked_at_again_before_it_counts(office: Office) -> None:
    data = CSV.encode()
    slow = _looked(office, "plan.csv", data, **NAMES)
    fast = _looked(office, "plan.csv", data.replace(b"Train", b"Teach"), **NAMES)
    assert _send(fast, IMPORT) == 200
    assert _send(slow, IMPORT) == 409
    assert "The plan was changed since you looked" in slow.main
    assert [one.text[:5] for one in _actions(office)] == ["Teach"]
    assert _send(slow, IMPORT) == 200
    assert [one.text for one in _actions(office)] == ["Train <staff> & carers"]


@pytest.mark.parametrize("field", ["carried", "mark", "title"])
def test_what_was_not_looked_at_is_not_stored(office: Office, field: str) -> None:
    visitor = _looked(office, "plan.csv", CSV.encode(), **NAMES)
    other = {"carried": "UmVmLEFjdGlvbgoxLjEsQW5vdGhlcgo=", "mark": "0" * 32, "title": "Other"}
    assert _send(visitor, IMPORT, **{field: other[field]}) == 409
    assert _actions(office) == []


def test_bad_rows_say_where_and_what_to_do_and_the_others_can_come_in(office: Office) -> None:
    data = CSV.encode() + b"1.1,The same number again,Neglect Board,Apr-24\n"
    visitor = _looked(office, "plan.csv", data, **NAMES)
    assert "plan.csv" in visitor.main
    assert visitor.tree.findall(".//section[@aria-labelledby='errors-title']//li")
    assert visitor.has_button(IMPORT)


def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 101_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("bomb.xlsx", _bomb, "too large|over 100 MB"),
        ("plan.pdf", lambda: b"%PDF-1.7 x", "PDF"),
        ("empty.csv", lambda: b"  ", "empty"),
        ("plan.xlsx", lambda: b"PK\x03\x04 broken", "damaged"),
        ("../../etc/passwd.csv", lambda: b"\x00\x01", "not a workbook"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_its_reason(
    office: Office, name: str, make: object, says: str
) -> None:
    assert callable(make)
    visitor = _looked(office, name, make())
    assert visitor.page.status_code == 200
    assert any(one in visitor.main for one in says.split("|")), visitor.main
    assert not visitor.has_button(IMPORT)
    assert "etc/" not in visitor.main


def test_a_file_beyond_the_limit_is_not_read_to_its_end(office: Office) -> None:
    visitor = office.come("manager", "/plan/import")
    assert _send(visitor, LOOK, ("plan.csv", b"x" * (MOST_BYTES + 1))) == 413
    assert "more than 3 MB" in visitor.main
    assert _send(visitor, LOOK, ("plan.csv", b"x" * (2 * MOST_BYTES))) == 413


def test_without_a_file_what_was_typed_stays(office: Office) -> None:
    visitor = office.come("manager", "/plan/import")
    assert _send(visitor, LOOK, **NAMES) == 422
    assert visitor.tree.find(".//input[@name='title']").get("value") == "Plan"


def test_nothing_of_the_file_is_left_behind(office: Office) -> None:
    visitor = _looked(office, "secret-plan.csv", CSV.encode(), **NAMES)
    assert visitor.page.headers["cache-control"] == "no-store"
    left = [one.name for one in Path(gettempdir()).glob("board-*") if any(one.iterdir())]
    assert left == []


def test_only_who_settles_imports_gets_there_and_only_with_a_page_of_theirs(
    office: Office,
) -> None:
    assert office.come("lead", "/plan").go("/plan/import").status_code == 403
    visitor, other = office.come("manager", "/plan/import"), office.come("manager", "/plan/import")
    _, fields = visitor.filled(LOOK)
    seal = dict(fields)["form"]
    sent = {"form": seal, "do": "preview"}
    file = {"file": ("plan.csv", CSV.encode())}
    page = other.run(other.client.post("/plan/import", data=sent, files=file))
    assert page.status_code == 403
    elsewhere = visitor.run(
        visitor.client.post(
            "/plan/import", data=sent, files=file, headers={"sec-fetch-site": "cross-site"}
        )
    )
    assert elsewhere.status_code == 403
    broken = visitor.run(
        visitor.client.post(
            "/plan/import",
            content=b"--x\r\nno form at all",
            headers={"content-type": "multipart/form-data; boundary=x"},
        )
    )
    assert broken.status_code == 403


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ("../../x.xlsx", "x.xlsx"),
        ("C:\\plans\\y.csv", "y.csv"),
        ("a\x00b\n<c>.docx", "a_b__c_.docx"),
        ("...", "file"),
        ("خطة.xlsx", "خطة.xlsx"),
        ("x" * 300 + ".xlsx", "x" * 80 + ".xlsx"),
    ],
)
def test_the_name_of_a_file_is_no_path(given: str, becomes: str) -> None:
    assert named(given) == becomes


def test_a_workbook_of_formulas_and_markup_comes_out_as_words(office: Office) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Ref", "Action", "Lead", "Timescale"])
    sheet.append(["1.1", "<script>alert(1)</script>", "Board", "Mar-24"])
    data = io.BytesIO()
    book.save(data)
    visitor = _looked(office, "plan.xlsx", data.getvalue(), **NAMES)
    assert "<script>alert(1)</script>" in visitor.main
    assert b"<script>alert" not in visitor.page.content
