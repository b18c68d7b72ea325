"""The papers are true: they name what is there, and every command in them can be typed."""

import os
import re
import shlex
import shutil
import subprocess
import tomllib
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import pytest
import typer
from pydantic import BaseModel
from typer.exceptions import TyperException

from bot.settings import Settings, load_settings
from tests.cli_reference import PAGE, PROGRAM, program, reference

HOUSE = Path(__file__).parent.parent
DOCS = sorted((HOUSE / "docs").rglob("*.md"))
PAGES = [HOUSE / "README.md", HOUSE / "CHANGELOG.md", *DOCS]
EXAMPLE = HOUSE / "config.example.toml"

_FENCED = re.compile(r"^ *```[a-z]*\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_TEST = re.compile(r"\btest_[a-z0-9_]{12,}\b(?!\.py)")


def _read(path: Path) -> str:
    return path.read_text("utf-8")


# -- the command line


def test_the_reference_is_what_the_program_says_of_itself() -> None:
    assert _read(PAGE) == reference(), "run: python -m tests.cli_reference"


def _commands(page: Path) -> Iterator[str]:
    for block in _FENCED.findall(_read(page)):
        for line in block.replace("\\\n", " ").splitlines():
            typed = line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
            if typed.startswith(f"{PROGRAM} "):
                yield typed


COMMANDS = sorted({typed for page in PAGES if page != PAGE for typed in _commands(page)})


def _parse(typed: str) -> None:
    """Reads a line as the program would, down to the last option; a mistake raises."""
    words = shlex.split(typed, comments=True)[1:]
    command, context = program(), None
    while True:
        try:
            context = command.make_context(PROGRAM, words, parent=context)
        except typer.Exit:  # `--help` was asked for
            return
        if not hasattr(command, "commands"):
            return
        rest = [*context._protected_args, *context.args]
        _, command, words = command.resolve_command(context, rest)


@pytest.mark.parametrize("typed", COMMANDS)
def test_every_command_in_the_papers_can_be_typed(typed: str) -> None:
    _parse(typed)


@pytest.mark.parametrize(
    "words", ["plan chek x.xlsx", "plan check", "plan check x --no", "survey invite x --uses none"]
)
def test_a_command_that_cannot_be_typed_is_noticed(words: str) -> None:
    with pytest.raises(TyperException):
        _parse(f"{PROGRAM} {words}")


def test_the_papers_show_a_command_of_every_group() -> None:
    shown = {typed.split()[1] for typed in COMMANDS}
    assert set(program().commands) - {"demo"} <= shown


# -- links and names


def _anchors(page: Path) -> set[str]:
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(_read(page)))
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOUSE).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    prose = _FENCED.sub("", _read(page))
    for link in _LINK.findall(prose):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(HOUSE), f"{link} leads out of the project"
        assert not anchor or anchor in _anchors(target), f"{link}: no such heading"


def test_every_page_is_reached_from_the_index() -> None:
    index = HOUSE / "docs" / "README.md"
    named = {
        (index.parent / link.partition("#")[0]).resolve() for link in _LINK.findall(_read(index))
    }
    pages = [page for page in DOCS if page != index]
    assert [p for p in pages if p not in named and p.parent not in named] == []


def test_decisions_are_numbered_from_one_without_a_gap() -> None:
    names = sorted(path.name for path in (HOUSE / "docs" / "decisions").glob("*.md"))
    assert [name[:4] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]


def test_every_test_that_a_page_names_is_there() -> None:
    code = "\n".join(_read(path) for path in (HOUSE / "tests").rglob("test_*.py"))
    there = set(re.findall(r"def (test_\w+)", code))
    named = {name for page in PAGES for name in _TEST.findall(_read(page))}
    assert named - there == set()
    assert len(named) > 20


# -- the settings


def test_the_example_settings_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _environment():
        monkeypatch.delenv(name)
    assert load_settings(EXAMPLE) == Settings()


def _environment() -> list[str]:
    return [name for name in os.environ if name.startswith("LOOP_")]


def _fields(model: type[BaseModel], section: str = "") -> Iterator[tuple[str, str]]:
    """Section and name of every setting."""
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            yield section, name
        else:
            yield from _fields(inner, name)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, list, Union, types.UnionType):
        return next(filter(None, map(_model_in, get_args(annotation))), None)
    return None


@pytest.mark.parametrize(("section", "name"), list(_fields(Settings)))
def test_every_setting_is_in_the_example_with_a_comment(section: str, name: str) -> None:
    blocks = re.split(r"^(?:# )?\[+([\w.]+)\]+$", _read(EXAMPLE), flags=re.MULTILINE)
    of_section = "".join(
        text
        for title, text in zip(blocks[1::2], blocks[2::2], strict=True)
        if title.rpartition(".")[2] == section
    )
    assert re.search(rf"^(?:# )?{name} = ", of_section, re.MULTILINE), f"{section}.{name}"
    assert "#" in of_section


def test_what_the_example_leaves_out_would_load_as_well(tmp_path: Path) -> None:
    uncommented = re.sub(
        r"^# (\[\[?[\w.]+\]\]?|\w+ = .*)$", r"\1", _read(EXAMPLE), flags=re.MULTILINE
    )
    path = tmp_path / "config.toml"
    path.write_text(uncommented, encoding="utf-8")
    loaded = load_settings(path)
    assert loaded.help_lines[-1].opens is not None
    assert len(tomllib.loads(uncommented)["help_lines"]) == len(Settings().help_lines) + 1


# -- what does not belong into the project

_TEXT = {".py", ".md", ".toml", ".lock", ".j2", ".css", ".html", ".json", ".txt", ".mako", ".cfg"}
_HERE = rf"(?<![\w.]){re.escape(str(HOUSE))}(?![\w-])" + (
    rf"|(?<![\w.]){re.escape(str(HOUSE.parent))}/" if HOUSE.parent != Path(HOUSE.anchor) else ""
)
_PLACES = rf"{_HERE}|(?<![)\]])/root/(?!item\b)|/home/\w|/Users/\w|/tmp/\w[\w.-]*/"
_INDEXES = r"--(?:extra-)?index-url|https?://[^\s\"')]*(?:/simple\b|pypi|pythonhosted)"
_ABOUT_THE_WORK = r"\bsub-?agents?\b|\bhelpers?\b"
_FOREIGN = re.compile(f"{_PLACES}|{_INDEXES}|{_ABOUT_THE_WORK}", re.IGNORECASE)


@pytest.mark.parametrize(
    ("line", "is_foreign"),
    [
        (f"see {HOUSE}/README.md", True),
        ("cp plan.xlsx /tmp/somebody/plan.xlsx", True),
        ("pip install --index-url https://packages.example/simple", True),
        ("the Helper did this", True),
        ("put the database into /var/lib/loop.db", False),
        ("docs/cli.md, and /back or /skip in a chat", False),
        ("Keep a Changelog: https://keepachangelog.com/en/1.1.0/", False),
    ],
)
def test_what_is_foreign_is_told_from_what_is_not(line: str, *, is_foreign: bool) -> None:
    assert bool(_FOREIGN.search(line)) is is_foreign


def _files() -> list[Path]:
    """What is kept, or would be."""
    if shutil.which("git") is None:
        pytest.skip("there is no git here to say what is kept")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    paths = (HOUSE / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and path != Path(__file__)]


def test_no_file_speaks_of_this_machine_of_an_index_or_of_how_the_work_was_done() -> None:
    found: list[str] = []
    for path in _files():
        if path.suffix in _TEXT or path.name in ("Makefile", "run", ".gitignore"):
            lines = enumerate(_read(path).splitlines(), 1)
            hits = (
                f"{path.relative_to(HOUSE)}:{n}: {line[:100]}"
                for n, line in lines
                if _FOREIGN.search(line)
            )
            found.extend(hits)
    assert found == []
