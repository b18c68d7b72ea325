"""Settings in which everything was decided, and papers made of any."""

from datetime import date, time
from typing import Any

from pydantic import SecretStr

from bot.papers import Facts, Paper, gather, paper, papers
from bot.papers.facts import Survey
from bot.settings import (
    DatabaseSettings,
    EmailSettings,
    GovernanceSettings,
    HelpLine,
    MailAccess,
    PartnershipSettings,
    Settings,
    SlackSettings,
    TelegramSettings,
)

DAY = date(2024, 1, 15)
BARE = Settings()
SECRETS = ("123:telegram-secret", "xoxb-slack-secret", "mail-secret", "database-secret")
DECIDED = GovernanceSettings(
    dpo="Data Protection Officer, dpo@rochdale.example",
    senior_officer="Director of Governance",
    caldicott_guardian="Medical Director",
    safeguarding_lead="Head of Safeguarding",
    ico_registration="Z1234567",
    hosting="Council data centre, Floor Two",
    backups="encrypted disks for 14 days",
    case_system="Liquidlogic",
    consulted="Youth Forum in May: shorter questions",
    dpia_signed_by="Director of Governance",
    dpia_signed_on=date(2024, 2, 1),
    equality_assessed_on=date(2024, 2, 2),
    transfer_assessed_on=date(2024, 2, 3),
    review_on=date(2025, 2, 4),
)
FULL = Settings(
    partnership=PartnershipSettings(
        name="Rochdale Partnership",
        controllers=("Rochdale Council", "Greater Manchester Police"),
        contact="voice@rochdale.example",
        complaints="complaints@rochdale.example",
    ),
    governance=DECIDED,
    database=DatabaseSettings(url=f"postgresql://loop:{SECRETS[3]}@db.internal/loop"),
    telegram=TelegramSettings(
        token=SecretStr(SECRETS[0]), decided_by="A. Officer", decided_on=date(2023, 11, 1)
    ),
    slack=SlackSettings(bot_token=SecretStr(SECRETS[1]), app_token=SecretStr("xapp-1")),
    email=EmailSettings(
        address="loop@rochdale.example",
        smtp=MailAccess(host="mail.example", password=SecretStr(SECRETS[2])),
    ),
    help_lines=(
        *BARE.help_lines,
        HelpLine(
            name="Front door",
            number="0300 303 0440",
            opens=time(8, 30),
            closes=time(16, 45),
            local=True,
            last_checked=date(2024, 1, 2),
        ),
    ),
)
SURVEY = Survey(
    slug="help-at-home",
    title="What helps at home?",
    is_youth=True,
    mode="confidential",
    state="open",
    ages="11-15",
    languages=("en", "pl"),
    texts=2,
    sensitive=1,
    reviewer="Safeguarding Reviewer",
    deputy="Deputy Reviewer",
)


def facts_of(settings: Settings = BARE, *surveys: Survey) -> Facts:
    """What the papers say of these settings."""
    return gather(settings, surveys, as_at=DAY)


def written(settings: Settings = BARE, *surveys: Survey) -> dict[str, Paper]:
    """Every paper by its name."""
    return {one.name: one for one in papers(facts_of(settings, *surveys), settings)}


def one(name: str, settings: Settings = BARE, *surveys: Survey) -> Paper:
    return paper(name, facts_of(settings, *surveys), settings)


def changed(section: str, **values: Any) -> Settings:
    """The bare settings with some of a section."""
    part = getattr(BARE, section).model_copy(update=values)
    return BARE.model_copy(update={section: part})
