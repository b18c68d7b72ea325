"""`papers`: which there are, written for Word, and what is still to be decided."""

from io import BytesIO

from docx import Document

from bot.papers import PAPERS
from tests.commands.terminal import REVIEWER, YOUTH, YOUTH_FORM, Terminal


def test_without_a_folder_it_says_which_there_are_and_how_much_is_open(ready: Terminal) -> None:
    shown = ready.done("papers").out
    for kind in PAPERS:
        assert kind.title in shown
    listed = ready.json("papers")
    assert [row["name"] for row in listed] == [kind.name for kind in PAPERS]
    assert listed[0]["open_points"] > 10


def test_they_are_written_for_word_unless_something_else_is_asked_for(ready: Terminal) -> None:
    ready.done("papers", "--out", "papers")
    files = sorted(path.name for path in (ready.folder / "papers").iterdir())
    assert files == sorted(f"{kind.name}.docx" for kind in PAPERS)
    made = (ready.folder / "papers" / "dpia.docx").read_bytes()
    text = "\n".join(paragraph.text for paragraph in Document(BytesIO(made)).paragraphs)
    assert "as things stood on 1 December 2023" in text


def test_markdown_comes_with_the_picture_that_the_map_shows(ready: Terminal) -> None:
    told = ready.json("papers", "--out", "md", "--format", "md", "--only", "data-map")
    assert [name.rpartition("/")[2] for name in told["written"]] == ["data-map.md", "data-map.svg"]
    assert told["open_points"] > 0
    assert (ready.folder / "md" / "data-map.svg").read_text("utf-8").startswith("<svg ")


def test_one_paper_can_be_read_at_the_terminal(ready: Terminal) -> None:
    shown = ready.done("papers", "--only", "notice-8-11", "--format", "md").out
    assert shown.startswith("# What we do with your words")


def test_a_paper_that_there_is_not_is_said_with_those_that_there_are(ready: Terminal) -> None:
    ran = ready.run("papers", "--only", "dpa", "--out", "papers")
    assert ran.code == 1
    assert "there is no paper 'dpa'; there are: dpia, appropriate-policy" in ran.err
    assert not (ready.folder / "papers").exists()


def test_what_is_open_is_shown_with_who_decides(ready: Terminal) -> None:
    points = ready.json("papers", "--open-points")["open_points"]
    assert {"paper", "number", "who", "what"} == set(points[0])
    shown = ready.done("papers", "--open-points", "--only", "dpia").out
    assert shown.splitlines()[0].startswith("dpia 1: the senior information risk owner: say where")


def test_a_survey_of_the_partnership_stands_in_the_assessment(rochdale: Terminal) -> None:
    rochdale.done("survey", "add", YOUTH_FORM)
    shown = rochdale.done("papers", "--only", "dpia", "--format", "md").out
    [row] = [line for line in shown.splitlines() if "young people" in line and "| draft |" in line]
    assert "| confidential |" in row
    assert YOUTH not in row
    assert REVIEWER not in shown
