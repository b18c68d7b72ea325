"""Plays of `survey play --record`, replayed with the session put through JSON at every turn.

`UPDATE_TRANSCRIPTS=1 pytest tests/surveys/test_transcripts.py` writes them anew: read the
difference.
"""

import os
from pathlib import Path

import pytest

from bot.play_record import SUFFIX, first_difference, read, replayed
from surveys.definition import Survey
from surveys.xlsform import read_xlsform

FOLDER = Path(__file__).parent / "transcripts"
EXAMPLES = Path(__file__).parents[2] / "examples" / "surveys"
ALL = sorted(FOLDER.glob(f"*{SUFFIX}"))


def form_called(name: str) -> Survey:
    """A form that lies beside the transcripts or among the examples."""
    path = next(path for path in (FOLDER / name, EXAMPLES / name) if path.exists())
    survey, issues = read_xlsform(path)
    assert survey is not None, issues
    return survey


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_the_play_goes_as_it_was_recorded(path: Path) -> None:
    transcript = read(path.read_text("utf-8"))
    played = replayed(form_called(transcript.form), transcript)
    if os.environ.get("UPDATE_TRANSCRIPTS") == "1":
        path.write_text(played, "utf-8")
    assert first_difference(path.read_text("utf-8"), played) is None
    assert played == path.read_text("utf-8")


def test_there_are_transcripts_and_one_asks_every_kind_of_question() -> None:
    assert len(ALL) >= 3
    kinds = {question.kind for question in form_called("every_kind.md").questions}
    assert {kind for kind in type(next(iter(kinds))) if kind.is_asked} <= kinds
