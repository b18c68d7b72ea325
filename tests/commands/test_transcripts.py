"""Every command as it looks at a terminal, whole."""

import pytest

from tests.commands import transcript
from tests.commands.files import made_in
from tests.commands.terminal import Terminal


@pytest.mark.parametrize(
    "path", sorted(transcript.FOLDER.glob("*.txt")), ids=lambda path: path.stem
)
def test_the_terminal_shows_what_the_transcript_keeps(
    path: object, bare: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    made_in(bare.folder)
    transcript.check(bare, transcript.FOLDER / str(path))
