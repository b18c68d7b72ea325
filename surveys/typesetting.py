"""From data and a template to a PDF that a screen reader can read: the same data, the same bytes.

A template is a Typst file in a package's folder `templates`. It is given the data as JSON and
never as markup, so that nothing in somebody's title can be read as a command.
"""

import json
import re
import warnings
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typst import Fonts

LATIN, ARABIC = "Nunito", "IBM Plex Sans Arabic"
FAMILIES = {"ltr": (LATIN, ARABIC), "rtl": (ARABIC, LATIN)}
"""The open fonts that are used, by direction of writing; the second has what the first lacks."""

_PACKAGES = ("fontpkg_nunito", "fontpkg_ibm_plex_sans_arabic")
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_PANIC = re.compile(r"panicked with: ([a-z-]+)")


class CannotTypeset(ValueError):
    """The page cannot be made from this data; `problem` says why, `remedy` what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem, self.remedy = problem, remedy


def typeset(package: str, template: str, data: Mapping[str, Any], *, dated: date) -> bytes:
    """A PDF/UA-1 document, dated at that day's start.

    Raises CannotTypeset where a character is in none of the fonts, or a page cannot hold its text.
    """
    return _compiled(
        package,
        template,
        data,
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(dated, time(), UTC),
    )


def picture(package: str, template: str, data: Mapping[str, Any]) -> bytes:
    """A PNG of a page that is as large as its picture, fine enough to be printed."""
    return _compiled(package, template, data, format="png", ppi=192)


def _compiled(package: str, template: str, data: Mapping[str, Any], **options: Any) -> bytes:
    import typst

    folder = Path(str(files(package))) / "templates"
    try:
        made, warned = typst.compile_with_warnings(
            folder / template,
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps({"fonts": FAMILIES, **data}, ensure_ascii=False)},
            **options,
        )
    except typst.TypstError as error:
        raise _explained(error.message) from error
    for warning in warned:
        warnings.warn(f"{template}: {warning.message}", stacklevel=3)
    assert isinstance(made, bytes)
    return made


def _explained(message: str) -> Exception:
    """What the writer of the text can mend; anything else is our fault and shows as such."""
    if unknown := _NO_GLYPH.search(message):
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unknown[1])
        return CannotTypeset(
            f"There is no letter in the fonts for {_signs(text)}.",
            "Write it in another way; pictures such as emoji cannot be printed.",
        )
    if (stopped := _PANIC.search(message)) and stopped[1] == "too-long":
        return CannotTypeset(
            "The texts do not fit on the page, even in small letters.",
            "Shorten the title, the reason why you ask, or the notes of the help lines.",
        )
    return RuntimeError(f"the template is wrong: {message}")


def _signs(text: str) -> str:
    """The first few characters, each with its code: people's words are not repeated whole."""
    return ", ".join(f"'{sign}' (U+{ord(sign):04X})" for sign in dict.fromkeys(text[:3]))


@cache
def _fonts() -> "Fonts":
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=_folders())


def _folders() -> list[Path]:
    return [Path(str(files(package))) / "files" for package in _PACKAGES]


def font_files() -> list[Path]:
    """The files of the fonts that are used."""
    return sorted(file for folder in _folders() for file in folder.glob("*.ttf"))
