import json

import pytest
from sqlmodel import Session, col, func, select

from digests import you_said_we_did
from digests.delivery import tell
from digests.period import Period
from digests.publishing import Published, publish
from digests.responses import approve, draft
from digests.themes import Refused
from digests.you_view import from_content
from storage.audit import AuditEntry
from storage.mail import Outbox, Urgency
from storage.people import Contact, ContactState
from storage.voice import Publication, ResponseKind, TellContact, ThemeCoding
from tests.digests import seeded
from tests.digests.seeded import CALENDAR, NOW, WEEK, Seeded, pseudonym


def approved(session: Session, rochdale: Seeded, name: str, people: int) -> int:
    theme = seeded.theme(session, rochdale, name, people)
    made = draft(session, theme_id=theme, kind=ResponseKind.WE_DID, text=f"{name}: done.")
    person = rochdale.people["Business Manager"]
    approve(session, made.id or 0, person_id=person, now=NOW, today=WEEK.end)
    return theme


def publish_now(
    session: Session,
    rochdale: Seeded,
    period: Period = WEEK,
    *,
    points_to_nobody: bool = False,
) -> Published:
    person = rochdale.people["Business Manager"]
    return publish(
        session,
        rochdale.survey,
        person_id=person,
        period=period,
        now=NOW,
        calendar=CALENDAR,
        points_to_nobody=points_to_nobody,
    )


def test_everyone_who_asked_is_told_once_whatever_they_said(
    session: Session, rochdale: Seeded
) -> None:
    contacts = seeded.ask_to_hear(session, rochdale, 2500)
    approved(session, rochdale, "Listen", 20)
    done = publish_now(session, rochdale)
    assert (done.told, done.unreachable, done.responses) == (2500, 0, 1)
    rows = session.exec(select(Outbox).order_by(col(Outbox.contact_id))).all()
    assert [row.contact_id for row in rows] == contacts
    assert {row.dedupe_key for row in rows} == {
        f"told:{done.publication_id}:{contact}" for contact in contacts
    }
    first = rows[0]
    assert (first.intent, first.priority) == ("told", Urgency.BROADCAST)
    assert json.loads(first.params) == {"publication": done.publication_id}
    assert tell(session, done.publication_id, now=NOW) == 0


def test_who_can_no_longer_be_reached_is_counted_and_not_queued(
    session: Session, rochdale: Seeded
) -> None:
    contacts = seeded.ask_to_hear(session, rochdale, 3)
    gone = session.get(Contact, contacts[0])
    assert gone is not None
    gone.state = ContactState.GONE
    session.add(gone)
    session.flush()
    approved(session, rochdale, "Listen", 20)
    done = publish_now(session, rochdale)
    assert (done.told, done.unreachable) == (2, 1)


def test_publishing_is_recorded_with_the_person_and_without_words(
    session: Session, rochdale: Seeded
) -> None:
    approved(session, rochdale, "Listen", 20)
    done = publish_now(session, rochdale)
    session.flush()
    acts = session.exec(select(AuditEntry).where(col(AuditEntry.act) == "publication.publish"))
    entry = acts.one()
    assert entry.person_id == rochdale.people["Business Manager"]
    assert entry.subject == f"publication:{done.publication_id}"
    assert "Listen" not in entry.detail


def test_nothing_goes_out_when_nothing_is_approved(session: Session, rochdale: Seeded) -> None:
    seeded.ask_to_hear(session, rochdale, 2)
    theme = seeded.theme(session, rochdale, "Listen", 20)
    draft(session, theme_id=theme, kind=ResponseKind.WE_DID, text="We listen.")
    with pytest.raises(Refused, match="Nothing is approved"):
        publish_now(session, rochdale)
    assert session.exec(select(func.count()).select_from(Outbox)).one() == 0


def test_what_went_out_is_kept_and_comes_back_the_same(session: Session, rochdale: Seeded) -> None:
    seeded.said_and_done(session, rochdale)
    approved(session, rochdale, "Sports", 20)
    done = publish_now(session, rochdale)
    session.expire_all()
    kept = session.get_one(Publication, done.publication_id)
    assert from_content(kept.content) == done.view


def test_what_went_out_can_be_read_in_a_chat_in_ones_own_language(
    session: Session, rochdale: Seeded
) -> None:
    approved(session, rochdale, "Listen", 20)
    done = publish_now(session, rochdale)
    told = you_said_we_did.published_text(session, done.publication_id, "pl-PL")
    assert told is not None
    assert "Zrobiliśmy: Listen: done." in told
    assert you_said_we_did.published_text(session, done.publication_id + 1, "en") is None


def test_what_is_kept_holds_no_count_of_a_small_group(session: Session, rochdale: Seeded) -> None:
    small = approved(session, rochdale, "Texts", 7)
    large = approved(session, rochdale, "Listen", 20)
    done = publish_now(session, rochdale, points_to_nobody=True)
    publication = session.get(Publication, done.publication_id)
    assert publication is not None
    bases = publication.content["bases"]
    assert isinstance(bases, dict)
    assert set(bases) == {"took_part", f"theme:{large}"}
    assert f"theme:{small}" not in json.dumps(publication.content)


def test_a_theme_of_few_is_not_published_before_somebody_confirms_that_it_points_to_nobody(
    session: Session, rochdale: Seeded
) -> None:
    approved(session, rochdale, "Texts", 7)
    with pytest.raises(Refused, match="point to nobody"):
        publish_now(session, rochdale)
    assert publish_now(session, rochdale, points_to_nobody=True).responses == 1


def test_what_nobody_said_is_not_published_as_said(session: Session, rochdale: Seeded) -> None:
    approved(session, rochdale, "Nobody said this", 0)
    with pytest.raises(Refused, match="no answer was coded"):
        publish_now(session, rochdale, points_to_nobody=True)


def test_a_second_publication_does_not_give_away_the_few_who_spoke_in_between(
    session: Session, rochdale: Seeded
) -> None:
    listen = approved(session, rochdale, "Listen", 20)
    publish_now(session, rochdale)
    session.add_all(
        ThemeCoding(theme_id=listen, pseudonym=pseudonym(number), question="helps")
        for number in range(20, 25)
    )
    approved(session, rochdale, "Buses", 12)
    later = publish_now(session, rochdale, WEEK_AFTER)
    listened = later.view.themes[0]
    assert (listened.figure.about, listened.figure.as_of) == (20, WEEK.end)
    assert later.view.themes[1].figure.as_of == WEEK_AFTER.end


WEEK_AFTER = Period.week_to(WEEK.end.replace(day=21))


def test_the_list_of_who_is_told_is_a_list_of_contacts_and_nothing_else() -> None:
    assert set(TellContact.model_fields) == {"survey_id", "contact_id", "agreed_on"}
