"""From the running settings and the surveys to what the papers say of them."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.access import Right, rights_of
from bot.papers import facts
from bot.papers.places import places, unknown_tables
from bot.settings import ConcernSettings, HelpLine, Settings
from storage.language import HOME, Catalogue, long_date
from storage.people import Role
from surveys.suppression import Audience, threshold_for

ROLES = {
    Role.LEAD: "Lead",
    Role.CHAIR: "Chair",
    Role.MANAGER: "Business manager",
    Role.VOICE_LEAD: "Voice lead",
    Role.REVIEWER: "Reviewer",
    Role.EXECUTIVE: "Executive",
    Role.SCRUTINEER: "Scrutineer",
    Role.YOUTH_WORKER: "Youth worker",
    Role.ADMIN: "Administrator",
}
_LANGUAGES = {"ar": "Arabic", "en": "English", "pl": "Polish", "ro": "Romanian", "ur": "Urdu"}
_SEEN = {
    Right.REVIEW: "What young people write, before anybody else",
    Right.TRACE: "Whose answers they were (confidential surveys; with a reason, recorded)",
    Right.READ_REVIEWED: "What they wrote, once a reviewer closed it, without what was redacted",
    Right.AGGREGATES: "Totals of answers",
    Right.COUNTS: "How many concerns wait, and whether the clock was kept",
    Right.PUBLISH: "Writing and publishing “you said, we did”",
    Right.OWN_ACTIONS: "Own actions of the plan",
    Right.ALL_ACTIONS: "All actions of the plan",
    Right.PEOPLE: "Who leads what, and how they are reached",
    Right.AUDIT: "The record of who saw and changed what",
}


def gather(
    settings: Settings, surveys: Sequence[facts.Survey] = (), *, as_at: date | None = None
) -> facts.Facts:
    """Everything that the papers say; `as_at` is the day that stands on them."""
    kept = _kept(settings)
    partnership = settings.partnership
    return facts.Facts(
        as_at=_day(as_at),
        partnership=facts.Partnership(
            partnership.name, partnership.controllers, partnership.contact, partnership.complaints
        ),
        answers=_answers(settings),
        doors=tuple(_doors(settings)),
        telegram=_telegram(settings),
        clock=_clock(settings.concerns),
        kept=kept,
        lines=tuple(map(_line, settings.help_lines)),
        surveys=tuple(surveys),
        roles=tuple(ROLES.values()),
        seen=tuple(_seen(right, what) for right, what in _SEEN.items()),
        places=places(kept),
        unknown_tables=unknown_tables(),
        database=_database(settings),
        is_database_embedded=_is_embedded(settings),
        web=settings.links.web,
        board=settings.links.board,
        fewest_public=threshold_for(Audience.PUBLIC),
        fewest_inside=threshold_for(Audience.INTERNAL),
        languages=tuple(_LANGUAGES.get(code, code) for code in Catalogue.load("bot").languages),
        idle=_counted(settings.web.idle_minutes, "minute"),
        tablet=_counted(settings.web.tablet_seconds, "second"),
        sign_in=_counted(settings.board.review_minutes, "minute"),
    )


def _answers(settings: Settings) -> facts.Answers:
    ours = settings.governance
    return facts.Answers(
        dpo=ours.dpo,
        senior_officer=ours.senior_officer,
        caldicott_guardian=ours.caldicott_guardian,
        safeguarding_lead=ours.safeguarding_lead,
        ico_registration=ours.ico_registration,
        hosting=ours.hosting,
        backups=ours.backups,
        case_system=ours.case_system,
        consulted=ours.consulted,
        signed_by=ours.dpia_signed_by if ours.is_signed else "",
        signed_on=_day(ours.dpia_signed_on) if ours.is_signed else "",
        equality_assessed_on=_day(ours.equality_assessed_on),
        transfer_assessed_on=_day(ours.transfer_assessed_on),
        review_on=_day(ours.review_on),
    )


def _doors(settings: Settings) -> Iterator[facts.Door]:
    yield facts.Door("Web pages of our own", settings.web.on, "young people, practitioners")
    yield facts.Door(
        "Telegram",
        settings.telegram.is_on,
        f"young people of {settings.telegram.minimum_age} or over",
        "Telegram (the group of companies behind the app)",
        "the chat with the bot, for as long as the person keeps it; their account",
        "on its own servers, in several countries; not end-to-end encrypted",
    )
    yield facts.Door(
        "Slack",
        settings.slack.is_on,
        "leads, managers, reviewers",
        "Slack (Salesforce)",
        "messages to professionals; no word of a young person, and alerts without words",
        "by your own contract with the company; the United States unless it says otherwise",
    )
    yield facts.Door(
        "Microsoft Teams",
        settings.teams.is_on,
        "leads, managers, reviewers",
        "Microsoft",
        "messages to professionals; no word of a young person, and alerts without words",
        "by your own contract with the company; where your tenant is",
    )
    yield facts.Door(
        "E-mail",
        settings.email.is_on,
        "leads, managers, reviewers, invited practitioners",
        "the company that keeps your mailboxes",
        "messages to professionals; no word of a young person, and alerts without words",
        "where your mail is kept",
    )
    yield facts.Door(
        "Pager",
        settings.concerns.pager.is_on,
        "the reviewer on call",
        "the company that runs the pager",
        "a reference, how urgent it is, by when; never words",
        "as that company says",
    )


def _telegram(settings: Settings) -> facts.Telegram:
    ours = settings.telegram
    return facts.Telegram(
        ours.is_on,
        ours.decided_by if ours.is_decided else "",
        _day(ours.decided_on) if ours.is_decided else "",
        ours.minimum_age,
    )


def _clock(ours: ConcernSettings) -> facts.Clock:
    days = {0: "by the close of the same working day", 1: "by the close of the next working day"}
    return facts.Clock(
        hours=f"{ours.opens:%H:%M} to {ours.closes:%H:%M} on working days",
        red=f"within {_counted(ours.red_minutes, 'minute')}, at any hour of any day",
        amber=days[ours.amber_days],
        other=f"within {_counted(ours.other_days, 'working day')}",
        repeat_red=f"every {_counted(ours.repeat_red_minutes, 'minute')}",
        repeat_amber=f"every {_counted(ours.repeat_amber_minutes, 'minute')}",
        hand_over=_counted(ours.hand_over_minutes, "minute"),
        break_glass=" or ".join(f"the {ROLES[Role(role)].lower()}" for role in ours.break_glass),
        break_glass_for=_counted(ours.break_glass_minutes, "minute"),
        has_pager=ours.pager.is_on,
    )


def _kept(settings: Settings) -> facts.Kept:
    ours = settings.retention
    closed = "after the survey closes"
    return facts.Kept(
        youth_words=_counted(ours.youth_words_months, "month"),
        practitioner_words=_counted(ours.practitioner_months, "month"),
        link=f"{_counted(ours.link_days, 'day')} {closed}",
        tell=f"{_counted(ours.tell_months, 'month')} {closed}",
        campaign=_counted(ours.campaign_months, "month"),
        course=_counted(ours.course_months, "month"),
        edition=_counted(ours.edition_months, "month"),
        audit=_years(ours.audit_months),
        inbox=_counted(ours.inbox_days, "day"),
        outbox=_counted(ours.outbox_days, "day"),
        unfinished=_counted(settings.young_people.session_days, "day"),
    )


def _line(line: HelpLine) -> facts.Line:
    is_timed = line.opens is not None and line.closes is not None
    hours = f"{line.opens:%H:%M} to {line.closes:%H:%M}" if is_timed else "always"
    return facts.Line(line.name, line.number, line.note, hours, _day(line.last_checked), line.local)


def _seen(right: Right, what: str) -> facts.Seen:
    return facts.Seen(what, tuple(right in rights_of({role}) for role in ROLES))


def _is_embedded(settings: Settings) -> bool:
    return settings.database.url.startswith("sqlite")


def _database(settings: Settings) -> str:
    if _is_embedded(settings):
        return "a SQLite file on the disk of the machine on which the program runs"
    return "a PostgreSQL database server"


def _day(day: date | None) -> str:
    return "" if day is None else long_date(day, HOME)


def _years(months: int) -> str:
    return _counted(months, "month") if months % 12 else _counted(months // 12, "year")


def _counted(n: int, one: str) -> str:
    return f"{n} {one}{'' if n == 1 else 's'}"
