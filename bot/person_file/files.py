"""The files of a draft and of what is handed over, for their owner alone, with a certificate."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.person_file.gathering import REASONS, Draft, Text, filled, strings_in
from bot.person_file.marks import (
    Marked,
    MarksWrong,
    cover_everywhere,
    read,
    standing_elsewhere,
    written,
)

DATA, PAGE, TEXTS, CERTIFICATE = "person.json", "person.html", "texts.txt", "certificate.json"


class FolderInUse(ValueError):
    """The folder holds something already; nothing was written."""


class DraftChanged(ValueError):
    """The draft is not as it was made; the message says what to do."""


def write_draft(draft: Draft, folder: Path) -> None:
    """Everything in full, and the texts to go through."""
    _make(folder)
    content = {
        "about": draft.about,
        "parts": list(draft.parts),
        "texts": [
            {"id": text.id, "where": text.where, "words": text.words, "withheld": text.withheld}
            for text in draft.texts
        ],
        "mentions": list(draft.mentions),
        "left_out": list(draft.left_out),
    }
    words = {text.id: text.words for text in draft.texts}
    tables = len(draft.looked_through)
    _put(folder / DATA, _json(content))
    _put(folder / PAGE, _page(content, words, tables, is_draft=True))
    _put(folder / TEXTS, written(draft.texts))
    withheld = Counter(text.withheld for text in draft.texts if text.withheld)
    certificate = {
        "what": "draft",
        **draft.about,
        "looked_through": draft.looked_through,
        "left_out": list(draft.left_out),
        "texts": len(draft.texts),
        "withheld_unless_released": dict(withheld),
        "files": _sums(folder, DATA, PAGE),
    }
    _put(folder / CERTIFICATE, _json(certificate))


def redact(
    draft: Path, marks: Path, folder: Path, *, officer: str, now: datetime, everywhere: bool = False
) -> Mapping[str, int]:
    """What is handed over; how many places are withheld, by reason. The draft is only read.

    Raises MarksWrong, DraftChanged and FolderInUse.
    """
    certificate = _certificate_of(draft)
    content = json.loads((draft / DATA).read_text(encoding="utf-8"))
    texts = [Text(**text) for text in content["texts"]]
    originals = {text.id: text.words for text in texts}
    marked = read(_plain(marks), originals)
    shown = _covered(marked, everywhere=everywhere)
    about = {**content["about"], "redacted_by": officer, "redacted_at": now.isoformat()}
    final = {
        "about": about,
        "parts": filled(content["parts"], shown.texts),
        "mentions": content["mentions"],
        "left_out": content["left_out"],
    }
    _check(marked, final)
    _make(folder)
    _put(folder / DATA, _json(final))
    tables = len(certificate["looked_through"])
    _put(folder / PAGE, _page(final, shown.texts, tables, is_draft=False))
    counts = dict(Counter(one.reason for one in marked.gone))
    ending = {
        "what": "handed over",
        **about,
        "looked_through": certificate["looked_through"],
        "left_out": content["left_out"],
        "texts": len(texts),
        "withheld": {reason: {"places": n, "why": REASONS[reason]} for reason, n in counts.items()},
        "released": len(marked.released),
        "draft": certificate["files"],
        "files": _sums(folder, DATA, PAGE),
    }
    _put(folder / CERTIFICATE, _json(ending))
    return counts


def _plain(marks: Path) -> str:
    try:
        return marks.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise MarksWrong(f"{marks.name} is not a text file in UTF-8; save it so") from None


def _certificate_of(draft: Path) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads((draft / CERTIFICATE).read_text(encoding="utf-8"))
        sums = found["files"]
        is_whole = found["what"] == "draft" and _sums(draft, DATA) == {DATA: sums[DATA]}
    except (OSError, ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise DraftChanged(
            f"{draft} is not a draft of `data export`, or was changed since; export once more"
        )
    return found


def _covered(marked: Marked, *, everywhere: bool) -> Marked:
    if not everywhere:
        return marked
    texts = {number: cover_everywhere(marked.gone, text) for number, text in marked.texts.items()}
    return Marked(texts, marked.gone, marked.released)


def _check(marked: Marked, final: Mapping[str, Any]) -> None:
    """No withheld word may stand anywhere else in what is handed over."""
    strings: dict[str, str] = {}
    for part in final["parts"]:
        for number, row in enumerate(part["rows"], 1):
            for name, value in row.items():
                strings[f"{part['title']}, row {number}, {name}"] = "\n".join(strings_in(value))
        strings[f"{part['title']}, acts"] = "\n".join(strings_in(part["did"]))
    strings["the heading"] = "\n".join(strings_in(final["about"]))
    places = standing_elsewhere(marked.gone, strings)
    if places:
        raise MarksWrong(
            "words that are withheld in one place stand in another: "
            + "; ".join(places)
            + ". Mark them there too, or run it with --everywhere"
        )


def _make(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(f"{folder} is not empty; give a folder that does not exist yet")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _put(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.write(text)


def _sums(folder: Path, *names: str) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n"


def _page(
    content: Mapping[str, Any], texts: Mapping[str, str], tables: int, *, is_draft: bool
) -> str:
    environment = Environment(
        loader=PackageLoader("bot.person_file"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("person.html.j2").render(
        heading=f"What we hold about {content['about']['whom']}",
        is_draft=is_draft,
        about=content["about"],
        tables=tables,
        parts=filled(content["parts"], texts),
        mentions=content["mentions"],
        left_out=content["left_out"],
    )
