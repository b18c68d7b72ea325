"""How long it is kept who was invited, and who was on a course. Called by `retention.purge`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, func, literal
from sqlmodel import Session, and_, col, delete, exists, or_, select, update

from storage.holds import Holds
from storage.invitations import Campaign, CampaignMember, Course, CoursePlace, SendingBatch
from storage.leaving import forget_people
from storage.mail import Outbox
from storage.people import Person
from storage.plans import BodyMember
from storage.retention_rules import RetentionRules, back
from storage.rows import change, chunks
from storage.surveys import Invite, SurveyRound


def campaigns(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """Who was invited, and which invitations were used: only how many stays."""
    since = now - timedelta(days=rules.link_days)
    ended = exists().where(
        col(SurveyRound.survey_id) == col(Campaign.survey_id),
        col(SurveyRound.number) == col(Campaign.round),
        col(SurveyRound.closed_at) < since,
    )
    old = col(Campaign.started_at) < back(now, rules.campaign_months)
    theirs = select(CampaignMember.campaign_id).where(
        held.person_ids(col(CampaignMember.person_id))
    )
    over = session.exec(
        select(Campaign).where(
            col(Campaign.asked).is_(None),
            or_(ended, old, col(Campaign.stopped_at) < since),
            ~held.survey_ids(col(Campaign.survey_id)),
            col(Campaign.id).not_in(theirs),
        )
    ).all()
    return sum(_end_campaign(session, campaign) for campaign in over)


def _end_campaign(session: Session, campaign: Campaign) -> int:
    mine = col(CampaignMember.campaign_id) == campaign.id
    tokens = col(Invite.campaign_id) == campaign.id
    count = select(func.count())
    campaign.asked = session.exec(count.select_from(CampaignMember).where(mine)).one()
    campaign.began = session.exec(
        count.select_from(Invite).where(tokens, col(Invite.uses) > 0)
    ).one()
    session.add(campaign)
    session.flush()
    _cut_messages(session, campaign.id, mine)
    change(session, delete(Invite).where(tokens))
    return change(session, delete(CampaignMember).where(mine))


def _cut_messages(session: Session, campaign_id: int | None, mine: Any) -> None:
    """Invitations that went out lose what they were to, as the keys of their rows told it.

    Reminders go: only who had not begun got one, so their rows say who had.
    """

    def of(intent: str) -> Any:
        whose = literal(f"{intent}:{campaign_id}:") + cast(col(CampaignMember.person_id), String)
        return col(Outbox.dedupe_key).in_(select(whose).where(mine))

    change(session, delete(Outbox).where(of("invitation_reminder")))
    change(session, delete(Outbox).where(of("invitation"), col(Outbox.settled_at).is_(None)))
    change(
        session,
        update(Outbox)
        .where(of("invitation"))
        .values(dedupe_key=literal("cut:") + cast(col(Outbox.id), String), params="{}"),
    )


def courses(session: Session, now: datetime, rules: RetentionRules, held: Holds) -> int:
    """Who was on a course; and those whom only its list had made known to us."""
    last = back(now, rules.course_months).date()
    free = ~or_(held.survey_ids(col(Course.evaluation_id)), held.survey_ids(col(Course.missed_id)))
    over = select(Course.id).where(col(Course.held_on) < last, free)
    still_asked = exists().where(col(CampaignMember.person_id) == col(CoursePlace.person_id))
    mine = and_(
        col(CoursePlace.course_id).in_(over),
        ~still_asked,
        ~held.person_ids(col(CoursePlace.person_id)),
    )
    brought = session.exec(
        select(CoursePlace.person_id).where(mine, col(CoursePlace.brought))
    ).all()
    gone = change(session, delete(CoursePlace).where(mine))
    forget_people(session, _known_by_nothing_else(session, brought))
    oldest = now - timedelta(days=rules.inbox_days)
    change(session, delete(SendingBatch).where(col(SendingBatch.at) < oldest))
    return gone


def _known_by_nothing_else(session: Session, people: Sequence[int]) -> list[int]:
    """Without a role or a post in a plan, and on no other course."""
    found: list[int] = []
    for chunk in chunks(people):
        rows = session.exec(
            select(Person).where(
                col(Person.id).in_(chunk),
                col(Person.key) == "",
                ~exists().where(col(CoursePlace.person_id) == col(Person.id)),
                ~exists().where(col(BodyMember.person_id) == col(Person.id)),
            )
        )
        found += [row.id for row in rows if row.id is not None and not row.roles]
    return found
