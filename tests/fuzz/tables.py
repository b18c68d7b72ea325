"""Files that people give: plans, lists of people, forms, lists of choices, groups, templates."""

import io
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from openpyxl import Workbook

from bot.people_lists import read_attendees, read_emails
from bot.play_answers import BadAnswers, read_answers
from reminders.people_import import read_people
from reminders.plan_file import read_plan
from storage.issues import Issue, Severity
from surveys.definition import Survey
from surveys.poster.groups import read_groups
from surveys.register import example_survey
from surveys.xlsform import read_form
from surveys.xlsform.media import FileColumns, Media, read_list
from tests.fuzz.target import Target

_PLANS = example_survey("x").parent.parent / "plans"
_SIGNS = {b"PK": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls"}


def _suffix(data: bytes, otherwise: str) -> str:
    """Named as it begins, so that the parser meant for it is reached."""
    found = next((end for sign, end in _SIGNS.items() if data.startswith(sign)), otherwise)
    return ".docx" if found == ".xlsx" and b"word/document" in data else found


def _with_file(data: bytes, suffix: str, read: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / f"given{suffix}"
        path.write_bytes(data)
        read(path)


def _check(issues: Iterable[Issue]) -> None:
    """Each says where, what is wrong and what to do."""
    for issue in issues:
        assert issue.place.file
        assert issue.problem
        assert issue.remedy or issue.severity is not Severity.ERROR


def run_plan(data: bytes) -> None:
    """A plan as a workbook, a Word document or text."""

    def read(path: Path) -> None:
        plan, issues = read_plan(path)
        assert plan is not None or issues
        _check(issues)

    _with_file(data, _suffix(data, ".csv"), read)


def run_people(data: bytes) -> None:
    """Lists of people, of e-mails, of who came to a course."""

    def read(path: Path) -> None:
        for reader in (read_people, read_emails, read_attendees):
            rows, issues = reader(path)
            assert rows or issues
            _check(issues)

    _with_file(data, _suffix(data, ".csv"), read)


def run_form(data: bytes) -> None:
    """A form as a workbook of today or of before 2007, CSV, or a table in Markdown."""

    def read(path: Path) -> None:
        found = read_form(path)
        _check(found.issues)
        errors = [one for one in found.issues if one.severity is Severity.ERROR]
        assert (found.survey is None) == bool(errors)
        if found.survey is not None:
            assert Survey.from_json(found.survey.to_json()) == found.survey

    _with_file(data, _suffix(data, ".md" if data.lstrip()[:1] == b"|" else ".csv"), read)


def run_choices(data: bytes) -> None:
    """A list of choices beside a form, as pulldata and select_one_from_file look into it."""

    def read(path: Path) -> None:
        media = Media(path.with_name("form.xlsx"))
        for columns in (None, FileColumns(), FileColumns("code", "town")):
            read_list(media, path.name, columns, "en")

    _with_file(data, ".csv", read)


def run_groups(data: bytes) -> None:
    """A list of schools for posters."""

    def read(path: Path) -> None:
        names, issues = read_groups(path)
        _check(issues)
        assert all(name.strip() for name in names)

    _with_file(data, ".csv", read)


def run_picture(data: bytes) -> None:
    """A picture beside a form: taken or refused by its first letters, never opened."""

    def read(path: Path) -> None:
        form = path.with_name("form.csv")
        form.write_text(
            "survey,,,,\n,type,name,label,media::image\n,text,a,A,given.png\n", encoding="utf-8"
        )
        _check(read_form(form).issues)

    _with_file(data, ".png", read)


def run_marks(data: bytes) -> None:
    """The answers of one person in a file, for a form that is tried out."""

    def read(path: Path) -> None:
        assert isinstance(read_answers(path), dict)

    with suppress(BadAnswers):
        _with_file(data, ".json", read)


# samples


def _workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _document() -> bytes:
    from docx import Document

    made, document = io.BytesIO(), Document()
    document.add_heading("Priority 1: Neglect")
    rows = (("Ref", "Action", "Lead", "Timescale"), ("1.1", "Audit", "QA", "Mar-24"))
    table = document.add_table(len(rows), len(rows[0]))
    for at, row in enumerate(rows):
        for place, words in enumerate(row):
            table.cell(at, place).text = words
    document.save(made)
    return made.getvalue()


@cache
def _plans() -> Sequence[bytes]:
    rows = (
        ("Ref", "Action", "Lead", "Timescale"),
        ("1.1", "Audit", "QA", "Mar-24"),
        ("1.2", "Train all", "Nurse", "ongoing"),
        ("2.1", "=1+1", "@x", "Q2 2024/25"),
    )
    text = "\n".join(",".join(row) for row in rows).encode()
    return [
        text,
        text.replace(b",", b"\t"),
        _workbook(plan=rows),
        _document(),
        "\ufeffRef;Action;Lead\n1;Prüfung;QA\n".encode("utf-16"),
        (_PLANS / "bury.xlsx").read_bytes(),
    ]


@cache
def _people() -> Sequence[bytes]:
    rows = (
        ("name", "email", "attended", "role", "language"),
        ("Sam Taylor", "sam@police.example", "yes", "lead; chair", "en"),
        ("Jo", "jo@nhs.example", "no", "", "pl"),
    )
    return [
        _workbook(people=rows),
        *(d.join(r).encode() for d in ",;\t" for r in ["\n".join(d.join(row) for row in rows)]),
    ]


@cache
def _forms() -> Sequence[bytes]:
    survey = (
        ("type", "name", "label", "relevant", "calculation", "required", "parameters"),
        ("begin_group", "g", "Group", "", "", "", ""),
        ("select_one yn", "a", "A?", "", "", "yes", "randomize=true"),
        ("text", "b", "Why ${a}?", "${a} = 'yes'", "", "", "rows=3"),
        ("end_group", "", "", "", "", "", ""),
        ("calculate", "c", "", "", "count-selected(${a}) + 1", "", ""),
        ("range", "d", "D", "", "", "", "start=0 end=5"),
    )
    choices = (
        ("list_name", "name", "label", "label::Polski (pl)"),
        ("yn", "yes", "Yes", "Tak"),
        ("yn", "no", "No", "Nie"),
    )
    settings = (("form_title", "form_id", "loop_audience"), ("A form", "f", "practitioners"))
    sheets = {"survey": survey, "choices": choices, "settings": settings}
    lines = [
        [(name, *[""] * len(rows[0])), *(("", *row) for row in rows)]
        for name, rows in sheets.items()
    ]
    flat = [row for rows in lines for row in rows]
    table = "\n".join("| " + " | ".join(row) + " |" for row in flat).encode()
    return [_workbook(**sheets), table, "\n".join(",".join(row) for row in flat).encode()]


def _choices() -> Sequence[bytes]:
    return [
        b"name,label,label::Polski (pl),size\nbury,Bury,Bury pl,3\nx,X,,\n",
        "\ufeffcode,town\n1,Bury\n2,Bolton\n".encode(),
    ]


def _pictures() -> Sequence[bytes]:
    return [
        b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00\x00\xc3\x50" * 2 + b"\x08\x06",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    ]


TARGETS = (
    Target(
        "plan",
        run_plan,
        _plans,
        (
            "reminders.plan_container",
            "reminders.plan_cells",
            "reminders.plan_word",
            "reminders.plan_file",
        ),
        (
            "Ref",
            "Action",
            "Lead",
            "Timescale",
            ",",
            "\n",
            '"',
            "1.1",
            "Mar-24",
            "<c r=",
            "<v>",
            "A1:XFD1048576",
            't="s"',
            "&#0;",
            "<!DOCTYPE x [<!ENTITY a 'b'>]>",
            "&a;",
            "w:vMerge",
        ),
    ),
    Target(
        "people",
        run_people,
        _people,
        (
            "reminders.people_import",
            "reminders.plan_cells",
            "reminders.plan_container",
            "bot.people_lists",
        ),
        ("email", "name", "attended", ",", "\n", "@", ";", '"', "yes", "<c r="),
    ),
    Target(
        "form",
        run_form,
        _forms,
        ("surveys.xlsform.files", "surveys.xlsform.workbooks", "surveys.definition"),
        (
            "survey",
            "choices",
            "settings",
            "type",
            "select_one yn",
            "${a}",
            "|",
            ",",
            "relevant",
            "label::x",
            "begin_group",
            "or_other",
            "calculate",
            "randomize=true",
            "<c r=",
            "<v>",
        ),
    ),
    Target(
        "choices",
        run_choices,
        _choices,
        ("surveys.xlsform.media",),
        ("name", "label", ",", "\n", '"', "label::x", "a b"),
    ),
    Target(
        "groups",
        run_groups,
        lambda: [b"group,x\nFalinge Park,1\nSiddal Moor,2\n", "école\nà côté\n".encode("cp1252")],
        ("surveys.poster.groups",),
        ("group", ",", '"'),
    ),
    Target("picture", run_picture, _pictures, ("surveys.xlsform.media",), ("IHDR", "WEBP")),
    Target(
        "trial",
        run_marks,
        lambda: [b'{"a": "yes", "b": ["x"], "c": 3.5}'],
        ("bot.play_answers",),
        ("{", "[", '"a"', "null"),
    ),
)
