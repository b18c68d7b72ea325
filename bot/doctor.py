"""What is wrong and what to do about it: numbered problems, each with a remedy."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session as Db
from sqlmodel import col, func, select

from bot.doctor_keeping import keys_file, left_beside, referred
from bot.doctor_young_people import young_people
from bot.doors import Door, Problem, doors, misfits
from bot.keys import NotSetUp, read_keys
from bot.network import Answer, ask_telegram
from bot.settings import Settings, SettingsWrong, load_settings
from storage import audit
from storage.database import Database, DatabaseUnusable
from storage.mail import KeptMessage, Lease, Outbox
from storage.outages import outage
from storage.people import Contact, ContactState, Person, Role, contacts_of, people_with
from storage.schema import check
from storage.surveys import Survey, SurveyState

POLL_LEASE = "telegram:poll"
_KEPT_SHOWN = 5
_CHECKED_FOR = timedelta(days=366)


@dataclass(slots=True)
class Examination:
    """What was found: problems in the order in which they are best mended, doors, and remarks."""

    problems: list[Problem] = field(default_factory=list)
    doors: tuple[Door, ...] = ()
    remarks: list[str] = field(default_factory=list)


def examine(config: Path, clock: Callable[[], datetime]) -> Examination:
    """Looks at the settings, the keys, the database, and whether Telegram can be reached."""
    try:
        settings = load_settings(config)
        keyring = read_keys(settings.database.keys_file)
    except SettingsWrong as error:
        remedy = "Mend the file; config.example.toml shows every setting."
        return Examination([Problem(str(error), remedy)])
    except NotSetUp as error:
        return Examination([Problem(str(error), "Run `listening-loop init`.")])
    keys = settings.database.keys_file
    found = Examination([*_keys_file(keys), *keys_file(keys)], doors(settings))
    try:
        with Database(settings.database.url, keyring) as database:
            _of_database(database, settings, clock(), found)
    except DatabaseUnusable as error:
        found.problems.append(Problem(str(error), "Check `database.url` in the settings."))
    except Exception as error:
        if (what := outage(error)) is None:
            raise
        found.problems.append(Problem("The database cannot be used.", what))
    found.problems += [*misfits(settings), *_help_lines(settings, clock())]
    if settings.telegram.is_on:
        _outside(settings, found)
    return found


def _of_database(database: Database, settings: Settings, now: datetime, found: Examination) -> None:
    found.problems += [*_database(database), *_database_file(database)]
    if check(database):
        return
    with database.reading() as db:
        found.problems += [*_people(db), *_reached(db), *_mail(db), *_surveys(db), *_audit(db)]
        found.problems += [*young_people(db, settings, now), *referred(db, settings, now)]
        if settings.telegram.is_on and settings.telegram.mode == "polling":
            found.remarks.append(_polling(db, now))


def _polling(db: Db, now: datetime) -> str:
    lease = db.get(Lease, POLL_LEASE)
    if lease is None or lease.until <= now:
        return "Nobody asks Telegram for messages just now; `listening-loop run` does."
    return f"Telegram is asked for messages by {lease.holder}."


def _outside(settings: Settings, found: Examination) -> None:
    """Whether Telegram can be reached from here, and whether it knows our bot as we do."""
    answer = ask_telegram(settings)
    if answer.trouble:
        found.problems.append(Problem(answer.trouble, answer.remedy))
        return
    found.remarks.append(f"Telegram answers; the bot is @{answer.name}.")
    if answer.waiting:
        found.remarks.append(f"Messages that wait at Telegram to be fetched: {answer.waiting}.")
    found.problems += _as_told(settings, answer)


def _as_told(settings: Settings, answer: Answer) -> Iterator[Problem]:
    ours, name = settings.telegram, settings.links.telegram
    if name and name.casefold() != answer.name.casefold():
        yield Problem(
            f"Invitations lead to the bot @{name}, but the token is that of @{answer.name}.",
            f'Set `telegram` of [links] to "{answer.name}", or give the other bot\'s token.',
        )
    expected = f"{settings.links.web.rstrip('/')}/telegram" if ours.mode == "webhook" else ""
    if answer.webhook and answer.webhook != expected:
        yield Problem(
            "Telegram sends the bot's messages to another address than ours.",
            "Another program uses the same token: stop it, then start `run` again, which puts "
            "this right.",
        )
    if expected and answer.webhook == expected and answer.webhook_error:
        yield Problem(
            f"Telegram could not call us: {answer.webhook_error[:100]}.",
            "Check that the reverse proxy hands /telegram on, and its certificate.",
        )


def _help_lines(settings: Settings, now: datetime) -> Iterator[Problem]:
    """Numbers change; what young people are given must be right."""
    for line in settings.help_lines:
        if line.last_checked is not None and now.date() - line.last_checked > _CHECKED_FOR:
            yield Problem(
                f"The help line {line.name} was last checked on {line.last_checked}.",
                "Call it, mend `number`, `opens` and `closes` of [[help_lines]], and write the "
                "day into `last_checked`.",
            )


def _keys_file(path: Path) -> Iterator[Problem]:
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Problem(f"Others on this machine can read {path}.", f"Run: chmod 600 {path}")


def _database_file(database: Database) -> Iterator[Problem]:
    """Words are encrypted, but not which choice somebody made."""
    name = database.engine.url.database
    path = Path(name) if database.is_embedded and name is not None else None
    if path is None or not path.exists():
        return
    if path.stat().st_mode & stat.S_IRWXO:
        yield Problem(f"Everybody on this machine can read {path}.", f"Run: chmod o-rwx {path}")
    yield from left_beside(path)


def _database(database: Database) -> Iterator[Problem]:
    differences = check(database)
    if differences:
        yield Problem(
            f"The database is not as the program expects ({len(differences)} differences).",
            "Run `listening-loop db upgrade`; `db check` lists them.",
        )


def _people(db: Db) -> Iterator[Problem]:
    for role, why in (
        (Role.MANAGER, "Nobody gets the weekly digest or decides escalations."),
        (Role.REVIEWER, "Nobody reads what young people write."),
        (Role.ADMIN, "Nobody is told when a message cannot be handled."),
    ):
        if not people_with(db, role):
            yield Problem(
                f"Nobody has the role {role.value.replace('_', ' ')}. {why}",
                "Add the role in the people sheet and run `people import FILE`.",
            )
    gone = db.exec(
        select(func.count())
        .select_from(Contact)
        .where(col(Contact.state) == ContactState.GONE, col(Contact.person_id).is_not(None))
    ).one()
    if gone:
        yield Problem(
            "One person can no longer be reached where they were."
            if gone == 1
            else f"{gone} people can no longer be reached where they were.",
            "`people list` shows who; connect them again with `people link`.",
        )


def _reached(db: Db) -> Iterator[Problem]:
    people = db.exec(select(func.count()).select_from(Person).where(Person.active)).one()
    linked = db.exec(
        select(func.count())
        .select_from(Contact)
        .where(col(Contact.state) == ContactState.ACTIVE, col(Contact.person_id).is_not(None))
    ).one()
    if people and not linked:
        yield Problem(
            f"None of the {people} people is connected, so no reminder reaches anybody.",
            "Connect each with `people link EMAIL`; `people list` shows them.",
        )


def _mail(db: Db) -> Iterator[Problem]:
    kept = db.exec(
        select(KeptMessage.ref, KeptMessage.error_kind).where(col(KeptMessage.settled_at).is_(None))
    ).all()
    for ref, kind in kept[:_KEPT_SHOWN]:
        yield Problem(
            f"Message {ref} could not be handled ({kind}) and was kept.",
            "Its words are safe, and a young person's are with the reviewer. Give the reference "
            "and the kind of error to whoever looks after the program, then settle it with "
            f"`data kept settle {ref}`.",
        )
    if len(kept) > _KEPT_SHOWN:
        yield Problem(
            f"{len(kept) - _KEPT_SHOWN} more messages were kept.", "Settle those above first."
        )
    faults = db.exec(
        select(func.count())
        .select_from(Outbox)
        .where(col(Outbox.outcome).in_(["fault", "gave_up"]))
    ).one()
    if faults:
        yield Problem(
            "One message could not be sent."
            if faults == 1
            else f"{faults} messages could not be sent.",
            "The log names each kind of error.",
        )


def _surveys(db: Db) -> Iterator[Problem]:
    rows = db.exec(select(Survey).where(col(Survey.state) == SurveyState.OPEN)).all()
    reached = contacts_of(
        db, [one for row in rows for one in (row.reviewer_id, row.deputy_id) if one]
    )
    for row in rows:
        if row.audience == "youth" and not {row.reviewer_id, row.deputy_id} & reached.keys():
            yield Problem(
                "Nobody is told when something worrying comes in for the survey "
                f"{row.slug}: neither its reviewer nor its deputy is connected.",
                "Connect both with `people link EMAIL`.",
            )
        if row.audience == "youth" and (row.reviewer_id is None or row.deputy_id is None):
            yield Problem(
                f"The survey {row.slug} is open without a reviewer and a deputy.",
                "Close it, name both in its settings, add it again, and open it.",
            )


def _audit(db: Db) -> Iterator[Problem]:
    broken = audit.verify(db).broken_at
    if broken is not None:
        yield Problem(
            f"The audit log was changed outside the program, first at entry {broken}.",
            "Keep a copy of the database and find out who had access.",
        )
