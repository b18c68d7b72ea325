"""Digests to download, for those who may read them and for nobody else."""

import base64

from storage.editions import Edition, EditionFile, EditionState
from storage.people import Role
from tests.bot.web.desk.letters import Letters

CONTENT = b"%PDF-1.7 and so on"


def _edition(letters: Letters, state: EditionState, made_for: int | None = None) -> int:
    now, day = letters.stage.now, letters.stage.now.date()
    with letters.stage.database.writing() as db:
        made = Edition(
            dedupe_key=f"{state}{made_for}",
            starts_on=day,
            ends_on=day,
            as_at=now,
            state=state,
            made_for_id=made_for,
        )
        db.add(made)
        db.flush()
        assert made.id is not None
        content = base64.b64encode(CONTENT).decode()
        db.add(EditionFile(edition_id=made.id, format="pdf", content=content))
        return made.id


READERS: dict[Role, set[EditionState]] = {
    Role.MANAGER: set(EditionState),
    Role.CHAIR: {EditionState.APPROVED},
    Role.EXECUTIVE: {EditionState.APPROVED},
    Role.LEAD: set(),
    Role.YOUTH_WORKER: set(),
}


def test_a_digest_is_there_for_who_may_read_it(letters: Letters) -> None:
    made = {state: _edition(letters, state) for state in READERS[Role.MANAGER]}
    reader = letters.browser()
    for role, may in READERS.items():
        letters.person(role.value, role)
        for state, edition in made.items():
            path = letters.path(role.value, f"file:{edition}:pdf")
            assert reader.go(path).status_code == 200
            there = "The digest, to download" if state in may else "This file is not here"
            assert reader.heading == there, (role, state)
            page = reader.go(f"{path}/file")
            assert page.status_code == (200 if state in may else 404)
            assert (page.content == CONTENT) is (state in may)


def test_it_is_kept_as_a_file_and_never_shown_in_our_pages(letters: Letters) -> None:
    letters.person("chair", Role.CHAIR)
    edition = _edition(letters, EditionState.APPROVED)
    chair = letters.browser()
    page = chair.go(f"{letters.path('chair', f'file:{edition}:pdf')}/file")
    assert page.headers["content-type"] == "application/pdf"
    assert page.headers["content-disposition"] == (
        'attachment; filename="weekly-digest-2023-12-04.pdf"'
    )
    assert page.headers["cache-control"] == "no-store"


def test_who_asked_for_a_digest_has_theirs(letters: Letters) -> None:
    asked = letters.person("chair", Role.CHAIR)
    edition = _edition(letters, EditionState.DRAFT, made_for=asked)
    letters.person("other", Role.CHAIR)
    for name, status in (("chair", 200), ("other", 404)):
        reader = letters.browser()
        path = letters.path(name, f"file:{edition}:pdf")
        assert reader.go(f"{path}/file").status_code == status


def test_a_file_that_is_not_there_is_said_to_be_so(letters: Letters) -> None:
    letters.person("chair", Role.CHAIR)
    _edition(letters, EditionState.APPROVED)
    chair = letters.browser()
    for token in ("file:99:pdf", "file:1:exe", "file:1", "file", "file:x:pdf", "file:1:pdf:1"):
        path = letters.path("chair", token)
        assert chair.go(path).status_code == 200
        assert chair.heading == "This file is not here", token
        assert chair.go(f"{path}/file").status_code == 404, token
    # Was never made, and of this edition it cannot be made any more.
    assert chair.go(f"{letters.path('chair', 'file:1:docx')}/file").status_code == 404
