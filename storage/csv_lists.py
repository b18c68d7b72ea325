"""A list that somebody saved as CSV, whatever saved it: its text, and its rows."""

import csv
import io


def decoded(data: bytes) -> str | None:
    """UTF-8, UTF-16 with its mark, or what older Excel saves; None for what is no text at all."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def rows_of(text: str) -> list[list[str]] | None:
    """Its rows; None where it is no table. The first line that is filled says what separates."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return None
