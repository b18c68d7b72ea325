"""Conversations with invited people, replayed through the real mailroom, outbox and jobs.

`UPDATE_TRANSCRIPTS=1 pytest tests/bot/test_invitation_transcripts.py` writes them anew: read the
difference.
"""

import os
from pathlib import Path

import pytest

from storage.database import Database
from tests.bot.conftest import staged
from tests.bot.invitation_stage import InvitationPlayer

FOLDER = Path(__file__).parent / "invitations"
ALL = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_the_conversation_goes_as_written(path: Path, sqlite_database: Database) -> None:
    script = path.read_text("utf-8")
    with staged(sqlite_database) as stage:
        played = InvitationPlayer(stage).play(script)
    if os.environ.get("UPDATE_TRANSCRIPTS") == "1":
        path.write_text(played, "utf-8")
    assert played == path.read_text("utf-8")


def test_there_are_transcripts() -> None:
    assert len(ALL) >= 6
