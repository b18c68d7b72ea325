"""Finding an author where that was promised; and whether the clock was kept."""

from datetime import timedelta

import pytest
from sqlmodel import select

from storage.audit import AuditEntry
from storage.database import Database
from storage.people import Role
from storage.surveys import SurveySession
from surveys import concerns
from surveys.concerns import NotAllowed, Traced, Untraceable
from surveys.screening import Tier
from tests.storage.respondents import Respondents
from tests.surveys.concerns.scene import Scene, local

NOW = "2023-12-04T10:00"


def _trace(scene: Scene, ref: str, person_id: int, reason: str = "in danger") -> object:
    with scene.database.writing() as db:
        item = concerns.find(db, ref)
        assert item is not None
        return concerns.trace(db, item, person_id=person_id, reason=reason, now=scene.now)


def test_a_confidential_text_is_traced_with_a_reason_and_that_is_on_record(
    database: Database,
) -> None:
    scene = Scene(database, NOW)
    rita = scene.person("rita", Role.REVIEWER)
    people = Respondents(database, scene.now)
    survey = people.survey("s")
    people.session("one", survey, people.contact("chat 77"))
    with database.reading() as db:
        pseudonym = db.exec(select(SurveySession.pseudonym)).one()
    ref = scene.text(Tier.RED, survey, pseudonym=pseudonym)
    with pytest.raises(NotAllowed, match="reason"):
        _trace(scene, ref, rita, " ")
    found = _trace(scene, ref, rita)
    assert isinstance(found, Traced)
    assert (found.platform, found.address, found.can_be_written_to) == ("telegram", "chat 77", True)
    assert "traced" in scene.whats(ref)
    with database.reading() as db:
        [entry] = db.exec(select(AuditEntry).where(AuditEntry.act == "concern.trace")).all()
    assert (entry.person_id, entry.subject) == (rita, f"review item {ref}")
    assert "77" not in entry.detail + entry.subject


@pytest.mark.parametrize(
    ("mode", "why"),
    [("anonymous", "anonymous"), ("confidential", "not kept any more"), ("", "outside any survey")],
)
def test_where_nobody_can_be_found_it_says_why_and_what_to_do_instead(
    database: Database, mode: str, why: str
) -> None:
    scene = Scene(database, NOW)
    rita = scene.person("rita", Role.REVIEWER)
    survey = scene.survey(rita, None, mode) if mode else None
    ref = scene.text(Tier.RED, survey)
    found = _trace(scene, ref, rita)
    assert isinstance(found, Untraceable)
    assert why in found.why
    assert "front door" in found.instead
    assert "not traceable" in scene.whats(ref)


def test_of_an_anonymous_text_no_instant_finer_than_the_hour_is_kept(database: Database) -> None:
    scene = Scene(database, NOW)
    rita = scene.person("rita", Role.REVIEWER)
    survey = scene.survey(rita, None, "anonymous")
    ref = scene.text(Tier.RED, survey, alerted=False)
    with database.writing() as db:
        late = scene.now + timedelta(minutes=37)
        assert concerns.alert(db, ref, survey, now=late) == 1
        item = concerns.find(db, ref)
        assert item is not None
        assert item.next_alert_at == scene.now + timedelta(minutes=45)
        assert {event.at for event in concerns.events(db, item)} == {scene.now}
    assert scene.told() == ["Mon 10:00 rita console concern_alert"]


def test_figures_count_by_tier_and_say_whether_the_clock_was_kept(database: Database) -> None:
    scene = Scene(database, NOW)
    rita = scene.person("rita", Role.REVIEWER)
    refs = [scene.text(Tier.RED, None, alerted=False) for _ in range(3)]
    scene.text(Tier.NONE, None)
    with database.writing() as db:
        for ref, minutes in zip(refs, (5, 10, 20), strict=True):
            item = concerns.find(db, ref)
            assert item is not None
            later = scene.now + timedelta(minutes=minutes)
            concerns.acknowledge(db, item, person_id=rita, now=later)
    begins, ends = local("2023-12-01T00:00"), local("2024-01-01T00:00")
    with database.reading() as db:
        found = concerns.figures(db, begins, ends, now=scene.now + timedelta(hours=1))
        at_the_end = concerns.figures(db, begins, ends)
        nothing = concerns.figures(db, begins, begins)
    red, amber, _, calm = found.tiers
    assert (red.received, red.in_time, red.late, red.waiting, red.open) == (3, 2, 1, 0, 3)
    assert (red.median, red.longest) == (timedelta(minutes=10), timedelta(minutes=20))
    assert (amber.received, amber.median, amber.kept) == (0, None, True)
    assert (calm.received, calm.late, calm.waiting) == (1, 0, 1)
    assert not found.kept
    assert at_the_end.tiers[-1].late == 1, "it waits past its time"
    assert nothing.kept
