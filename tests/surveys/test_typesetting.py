"""Data and a template give an accessible PDF, the same bytes each time, or a reason why not."""

import subprocess
import sys
from dataclasses import asdict
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from surveys.poster import qr_code
from surveys.typesetting import FAMILIES, CannotTypeset, typeset
from tests.surveys.poster.posters import DAY, WEB, drawn, gathered, survey

_SCRIPT = """
import hashlib, sys
from tests.surveys.poster.posters import drawn
sys.stdout.write(hashlib.sha256(drawn("ar")).hexdigest())
"""


def _typeset(**changed: object) -> bytes:
    data = {**asdict(gathered()), "day": [2023, 2, 1], "codes": {WEB: qr_code(WEB)}, **changed}
    return typeset("surveys", "poster.typ", data, dated=DAY)


def test_another_process_makes_the_same_bytes() -> None:
    made = {
        subprocess.run(
            [sys.executable, "-c", _SCRIPT],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_the_document_is_dated_as_it_is_told() -> None:
    metadata = PdfReader(BytesIO(drawn("en"))).metadata
    assert metadata is not None
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == date(2023, 2, 1)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_only_the_open_fonts_are_used_and_they_are_embedded(language: str) -> None:
    page: Any = PdfReader(BytesIO(drawn(language))).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    families = {family.replace(" ", "") for pair in FAMILIES.values() for family in pair}
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object()
        name = str(inner["/BaseFont"]).partition("+")[2].partition("-")[0]
        assert name in families
        assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"])


@pytest.mark.parametrize("sign", ["😀", "你", "ক"])
def test_a_letter_that_no_font_has_is_named_and_nothing_else_of_the_text(sign: str) -> None:
    with pytest.raises(CannotTypeset, match=f"U\\+{ord(sign):04X}") as found:
        _typeset(title=f"Secret words {sign}")
    assert "Secret" not in str(found.value)


def test_texts_that_do_not_fit_are_refused_with_a_remedy() -> None:
    with pytest.raises(CannotTypeset, match="Shorten the title"):
        _typeset(about=[["Why", "because " * 600]])


def test_a_mistake_in_a_template_is_our_own_fault() -> None:
    data = {key: value for key, value in asdict(gathered()).items() if key != "facts"}
    with pytest.raises(RuntimeError, match="the template is wrong"):
        typeset("surveys", "poster.typ", data, dated=DAY)


def test_two_surveys_do_not_share_a_file() -> None:
    assert _typeset() != _typeset(title=survey(titles={"en": "Another"}).settings.title)
