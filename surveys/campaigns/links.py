"""Personal links for those whom no platform reaches, for the partnership's own mail program."""

from sqlmodel import Session as Db
from sqlmodel import col

from storage.invitations import Campaign, CampaignKind, CampaignMember, MemberState
from storage.people import Person
from storage.rows import columns, rows
from storage.surveys import Survey as SurveyRow
from storage.types import keyring_of
from surveys.invitations import personal_token
from surveys.links import Links


def links_of(db: Db, survey: SurveyRow, links: Links) -> list[tuple[str, str, str]]:
    """E-mail, name and link of everybody in a campaign of the present round who was not reached."""
    keyring = keyring_of(db.connection().dialect)
    query = (
        columns(Person.email, Person.name, CampaignMember.campaign_id, CampaignMember.person_id)
        .join(CampaignMember, col(CampaignMember.person_id) == col(Person.id))
        .join(Campaign, col(Campaign.id) == col(CampaignMember.campaign_id))
        .where(
            col(Campaign.survey_id) == survey.id,
            col(Campaign.round) == survey.round,
            col(Campaign.kind) == CampaignKind.INVITATION,
            col(Campaign.stopped_at).is_(None),
            col(CampaignMember.state) == MemberState.UNREACHED,
            col(Person.email).is_not(None),
        )
        .order_by(col(CampaignMember.campaign_id), col(CampaignMember.person_id))
    )
    return [
        (email, name, links.best(personal_token(keyring, campaign_id, person_id)))
        for email, name, campaign_id, person_id in rows(db, query)
    ]
