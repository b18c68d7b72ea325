"""Files made to harm: each is refused with its reason in bounded time, and nothing else is read."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.people_lists import read_emails
from reminders.people_import import read_people
from reminders.plan_file import read_plan
from storage.issues import Issue
from surveys.poster.groups import read_groups
from surveys.xlsform import read_form
from surveys.xlsform.pictures import MOST_PIXELS, pixels_of
from tests.attacks import bombs
from tests.fuzz.bounds import bounded

PLAN = (("Ref", "Action", "Lead", "Timescale"), ("1.1", "Audit files", "QA lead", "Mar-24"))
PEOPLE = (("name", "email", "role"), ("Sam", "sam@police.example", "lead"))
FORM = (("type", "name", "label"), ("text", "a", "What is good?"))

Reader = Callable[[Path], tuple[object, list[Issue]]]


def _form(path: Path) -> tuple[object, list[Issue]]:
    read = read_form(path)
    return read.survey, list(read.issues)


READERS: dict[str, tuple[Reader, bytes, str]] = {
    "plan.xlsx": (read_plan, bombs.workbook(PLAN), "xl/worksheets/sheet1.xml"),
    "plan.docx": (read_plan, bombs.document(PLAN), "word/document.xml"),
    "people.xlsx": (read_people, bombs.workbook(PEOPLE, "people"), "xl/worksheets/sheet1.xml"),
    "emails.xlsx": (read_emails, bombs.workbook(PEOPLE, "people"), "xl/worksheets/sheet1.xml"),
    "form.xlsx": (_form, bombs.workbook(FORM, "survey"), "xl/worksheets/sheet1.xml"),
}


@pytest.fixture(params=READERS)
def given(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Reader, bytes, str]:
    reader, data, part = READERS[request.param]
    (tmp_path / "given").mkdir()
    return tmp_path / "given" / request.param, reader, data, part


Given = tuple[Path, Reader, bytes, str]


def _everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def _refused(path: Path, reader: Reader) -> list[Issue]:
    with bounded(10):
        found, issues = reader(path)
    assert not found
    assert issues
    assert all(issue.problem and issue.remedy for issue in issues)
    return issues


def test_the_file_itself_is_a_good_one(given: Given) -> None:
    path, reader, data, _ = given
    path.write_bytes(data)
    assert reader(path)[0]


def test_a_file_that_unfolds_to_far_too_much_is_refused(given: Given) -> None:
    path, reader, data, part = given
    path.write_bytes(bombs.unfolding(data, part))
    assert path.stat().st_size < 1_000_000
    _refused(path, reader)


def test_a_file_that_lies_about_how_much_it_unfolds_to_is_refused(given: Given) -> None:
    path, reader, data, part = given
    path.write_bytes(bombs.lying(data, part))
    _refused(path, reader)


@pytest.mark.parametrize("doctype", [bombs.LAUGHS, bombs.OUTSIDE], ids=["laughs", "outside"])
def test_entities_in_the_xml_neither_grow_nor_reach_outside(given: Given, doctype: str) -> None:
    path, reader, data, part = given
    word = {"plan": "Audit files", "form": "What is good?"}.get(path.stem, "sam@police.example")
    path.write_bytes(bombs.with_entities(data, part, doctype, word))
    with bounded(10):
        found, issues = reader(path)
    read = f"{found} {issues}"
    assert bombs.SECRET not in read
    assert "haha" not in read
    assert len(read) < 20_000


@pytest.mark.parametrize(
    "name",
    [
        "../../../outside.xml",
        "/tmp/outside.xml",
        "..\\outside.xml",
        "C:\\outside.xml",
        "xl/../../x",
    ],
)
def test_parts_named_as_places_outside_are_written_nowhere(given: Given, name: str) -> None:
    path, reader, data, _ = given
    path.write_bytes(bombs.with_parts(data, **{name: b"outside"}))
    before = _everything_in(path.parent.parent)
    reader(path)
    assert _everything_in(path.parent.parent) == before
    assert not Path("/tmp/outside.xml").exists()


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to, and a device that never ends."""
    for name, (reader, _, _) in READERS.items():
        pipe, device = tmp_path / f"pipe-{name}", tmp_path / f"device-{name}"
        os.mkfifo(pipe)
        device.symlink_to("/dev/zero")
        for path in (pipe, device):
            _in_time(partial(_is_refused, path, reader))


def _is_refused(path: Path, reader: Reader) -> None:
    found, issues = reader(path)
    assert not found
    assert issues


def _in_time(work: Callable[[], object]) -> None:
    done = threading.Event()

    def run() -> None:
        work()
        done.set()

    threading.Thread(target=run, daemon=True).start()
    assert done.wait(20)


# pictures


def _pictured(folder: Path, picture: bytes, name: str = "big.png") -> list[str]:
    form = folder / "form.csv"
    form.write_text(f"survey\n,type,name,label,media::image\n,text,a,A,{name}\n", encoding="utf-8")
    (folder / "big.png").write_bytes(picture)
    return [issue.code for issue in read_form(form).issues]


@pytest.mark.parametrize(
    ("picture", "is_too_big"),
    [
        (bombs.png(50_000, 50_000), True),
        (bombs.jpeg(60_000, 60_000), True),
        (bombs.webp(16_000, 16_000), True),
        (bombs.png(2**31 - 1, 2**31 - 1), True),
        (bombs.png(640, 480), False),
        (bombs.jpeg(640, 480), False),
        (bombs.webp(640, 480), False),
    ],
    ids=["png", "jpeg", "webp", "the largest", "small png", "small jpeg", "small webp"],
)
def test_a_picture_that_unfolds_to_far_too_much_is_refused(
    tmp_path: Path, picture: bytes, *, is_too_big: bool
) -> None:
    assert len(picture) < 1000
    assert ("picture-too-big" in _pictured(tmp_path, picture)) is is_too_big


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff" + b"\xff" * 5000, "image/jpeg"),
        (b"\xff\xd8" + b"\xff\xfe\x00\x00" * 5000, "image/jpeg"),
        (b"\xff\xd8\xff\xfe\xff\xff", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WEBPXXXX", "image/webp"),
    ],
)
def test_a_head_that_says_nothing_is_no_large_picture(head: bytes, media_type: str) -> None:
    with bounded(5):
        assert pixels_of(head, media_type) < MOST_PIXELS


@pytest.mark.parametrize(
    "name",
    ["../secret.png", "/etc/passwd", "..\\secret.png", "media/../../secret.png", "NUL", "con.png",
     ".hidden.png", "a\x00.png", "big.png\u202e", "~/secret.png", "file:///etc/passwd", "link.png"],
)  # fmt: skip
def test_no_name_in_a_form_leads_to_a_file_outside(tmp_path: Path, name: str) -> None:
    outside, inside = tmp_path / "secret.png", tmp_path / "forms"
    inside.mkdir()
    outside.write_bytes(bombs.png(64, 48))
    (inside / "link.png").symlink_to(outside)
    assert _pictured(inside, bombs.png(64, 48), name) != []


# what other programs make of what is written


def test_a_list_of_groups_is_no_program(tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_text('group\n=cmd|"/c calc"!A1\n@SUM(A1)\n', encoding="utf-8")
    names, _ = read_groups(path)
    assert all(isinstance(name, str) for name in names)


def test_a_plan_with_formulas_is_data_and_stays_data(tmp_path: Path) -> None:
    """A formula counts by the value that was last shown, and none is ever written by us."""
    from reminders.plan_workbook import write_plan

    words = '=HYPERLINK("http://evil.example","Audit")'
    path, out = tmp_path / "plan.csv", tmp_path / "out.xlsx"
    quoted = words.replace('"', '""')
    path.write_text(f'Ref,Action,Lead,Timescale\n1.1,"{quoted}",@SUM(A1),Mar-24\n', "utf-8")
    plan, _ = read_plan(path)
    assert plan is not None
    assert [row.text for row in plan.actions] == [words]
    write_plan(plan, out)
    assert list(_formulas(out)) == []
    again, _ = read_plan(out)
    assert again is not None
    assert [row.text for row in again.actions] == [words]


def _formulas(path: Path) -> Iterator[str]:
    for sheet in load_workbook(path):
        for row in sheet.iter_rows():
            yield from (str(cell.value) for cell in row if cell.data_type == "f")
