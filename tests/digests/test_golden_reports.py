"""Every report of the five example plans in every format, word for word.

UPDATE_GOLDEN=1 writes the files anew; read what changed before you keep it.
"""

import os
from pathlib import Path

import pytest

from tests.digests.documents import FORMATS, KINDS, kept, made, made_in, text_of_docx, text_of_pdf
from tests.digests.story import NAME, PLANS, lived

GOLDEN = Path(__file__).parent / "golden" / "reports"
TEXTS = ("txt", "md", "html", "json")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("plan", PLANS)
def test_a_report_is_word_for_word_the_one_that_was_kept(plan: str, kind: str) -> None:
    for format in FORMATS:  # noqa: A001
        drawn = made(plan, kind).drawn(format)
        path = GOLDEN / plan / f"{kind}.{format if format in TEXTS else format + '.txt'}"
        found = kept(drawn, format)
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(found, "utf-8")
        assert found == path.read_text("utf-8"), path.name


def test_no_file_is_kept_of_a_report_that_is_not_made_any_more() -> None:
    names = {f"{kind}.{form}" for kind in KINDS for form in TEXTS}
    names |= {f"{kind}.{form}.txt" for kind in KINDS for form in ("pdf", "docx")}
    assert {path.name for path in GOLDEN.glob("*/*")} == names
    assert {path.name for path in GOLDEN.iterdir()} == set(PLANS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_gathered_again_gives_the_same_bytes(kind: str) -> None:
    with lived("rochdale").reading() as session:
        again = made_in(session, kind)
    for format in TEXTS:  # noqa: A001
        assert again.drawn(format) == made("rochdale", kind).drawn(format), format


@pytest.mark.parametrize("kind", ["highlight", "minutes"])
def test_a_name_comes_out_whole_in_every_format(kind: str) -> None:
    report = made("rochdale", kind)
    latin, _, arabic = NAME.partition(" سا")
    for format, drawn in (  # noqa: A001
        ("txt", str(report.drawn("txt"))),
        ("md", str(report.drawn("md")).replace("\\", "")),
        ("json", str(report.drawn("json"))),
        ("pdf", text_of_pdf(bytes(report.drawn("pdf")))),  # type: ignore[arg-type]
        ("docx", text_of_docx(bytes(report.drawn("docx")))),  # type: ignore[arg-type]
    ):
        assert latin in drawn, format
        assert arabic[1:4] in drawn or arabic[1:4][::-1] in drawn or format == "pdf"
    assert "A &amp; B &lt;c&gt;" in str(report.drawn("html"))
