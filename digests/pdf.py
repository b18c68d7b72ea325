"""The weekly digest as a PDF that a screen reader can read; the same picture, the same bytes."""

from dataclasses import asdict

from digests.letters import printable
from digests.picture import Picture
from digests.sheet import sheet_of
from surveys.typesetting import typeset


def as_pdf(picture: Picture) -> bytes:
    """Whatever people wrote stays text; a sign that the fonts do not have becomes a question mark.

    The document is dated with the end of its period.
    """
    sheet = sheet_of(picture, printable)
    day = sheet.dated
    sections = [{**asdict(one), "heading": one.heading} for one in sheet.sections]
    data = {**asdict(sheet), "sections": sections, "dated": "", "day": [*day.timetuple()[:3]]}
    return typeset("digests", "weekly.typ", data, dated=day)
