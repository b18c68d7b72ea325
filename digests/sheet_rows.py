"""The rows of each section of the weekly digest, as texts for the cells of a table."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from digests.owed import Owed, Why
from digests.weekly_view import (
    ActionLine,
    Change,
    Decision,
    ReviewClock,
    SurveyLine,
    Waiting,
    WeeklyDigest,
    Word,
)

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """What rows are worded with: the catalogue, a date in words, and the digest."""

    say: Callable[..., str]
    day: Callable[[date], str]
    digest: WeeklyDigest


@dataclass(frozen=True, slots=True)
class Rows:
    """How a section is drawn: its columns by the key of their words, and its rows."""

    columns: tuple[str, ...]
    rows: Callable[[Speech], Iterable[Row]]
    caption: Callable[[Speech], str] = field(default=lambda _: "")
    note: Callable[[Speech], str] = field(default=lambda _: "")


class _Placed(Protocol):
    """A row about an action of a plan."""

    @property
    def plan(self) -> str: ...
    @property
    def ref(self) -> str: ...
    @property
    def text(self) -> str: ...


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def _action(row: _Placed) -> str:
    return " ".join(filter(None, (row.plan, row.ref, row.text)))


def _actions(key: str) -> Rows:
    def rows(speech: Speech) -> Iterator[Row]:
        for row in getattr(speech.digest, key).rows:
            yield (
                _action(row),
                _lines(*row.leads) or speech.say("weekly.nobody"),
                _due(speech, row, is_late=key == "overdue"),
                _standing(speech, row),
                _word(speech, row.last_word),
            )

    def caption(speech: Speech) -> str:
        return speech.say(f"weekly.{key}.caption", day=speech.digest.period.end)

    names = ("ref", "lead", "due", "standing", "word")
    return Rows(tuple(f"action.{name}" for name in names), rows, caption)


def _due(speech: Speech, row: ActionLine, *, is_late: bool) -> str:
    if is_late:
        how = speech.say("days.late", n=row.days)
    else:
        how = speech.say("days.left", n=row.days) if row.days else speech.say("days.today")
    return _lines(speech.day(row.due), how, _moved(speech, row))


def _moved(speech: Speech, row: ActionLine) -> str:
    if not row.moves:
        return ""
    agreed = speech.say("weekly.nobody_agreed")
    if row.agreed_by:
        agreed = speech.say("weekly.agreed", who=", ".join(row.agreed_by))
    first = speech.say("weekly.first_date", day=row.first_due) if row.first_due else ""
    moved = speech.say("weekly.moved", n=row.moves)
    return ", ".join(filter(None, (first, moved, agreed)))


def _standing(speech: Speech, row: ActionLine) -> str:
    return _lines(
        speech.say(f"colour.{row.colour}"),
        speech.say("weekly.lead_says", status=speech.say(f"status.{row.reported}")),
        speech.say("weekly.dates_say", computed=speech.say(f"computed.{row.computed}")),
    )


def _word(speech: Speech, word: Word | None) -> str:
    if word is None:
        return speech.say("weekly.no_word")
    said = speech.say(f"status.{word.status}")
    return _lines(_said(speech, word.who, word.on), _quoted(speech, word.note) or said)


def _said(speech: Speech, who: str, on: date) -> str:
    return speech.say("weekly.said_on", who=who or speech.say("weekly.nobody_said"), day=on)


def _quoted(speech: Speech, text: str) -> str:
    return speech.say("quoted", text=text) if text else ""


def _changed(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.changed.rows:
        corrects = speech.say("weekly.corrects") if row.corrects else ""
        yield (
            _action(row),
            _lines(_what(speech, row), corrects, _quoted(speech, row.note)),
            _said(speech, row.who, row.on),
        )


def _what(speech: Speech, row: Change) -> str:
    if row.moved_from and row.moved_to:
        return speech.say("weekly.changed.moved", before=row.moved_from, after=row.moved_to)
    if row.moved_to:
        return speech.say("weekly.changed.date_set", after=row.moved_to)
    if row.moved_from:
        return speech.say("weekly.changed.date_lost", before=row.moved_from)
    after = speech.say(f"status.{row.after}")
    if row.before == row.after or row.before is None:
        return speech.say("weekly.changed.still", after=after)
    return speech.say(
        "weekly.changed.from_to", before=speech.say(f"status.{row.before}"), after=after
    )


def _silent(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.silent.rows:
        due = speech.say("weekly.silent.due", day=row.due) if row.due else ""
        asked = speech.say("weekly.silent.asked", n=row.asked, last=row.last_asked)
        yield row.who, asked, _lines(_action(row), due)


def _decisions(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.decisions.rows:
        detail = "" if row.kind is Waiting.ESCALATION else _quoted(speech, row.detail)
        since = speech.say("weekly.decisions.since", day=row.since)
        if row.who:
            since = speech.say("weekly.decisions.by", who=row.who, day=row.since)
        yield _lines(_decision(speech, row), detail), since, _action(row)


def _decision(speech: Speech, row: Decision) -> str:
    if row.kind is Waiting.DATE:
        return speech.say("weekly.decisions.date", proposed=row.proposed)
    if row.kind is Waiting.ESCALATION:
        return speech.say("weekly.decisions.escalation", step=row.detail)
    return speech.say(f"weekly.decisions.{row.kind}")


def _doubtful(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.doubtful.rows:
        in_doubt = bool(row.reasons) or not row.no_lead
        yield (
            _action(row),
            _lines(
                speech.say("weekly.doubtful.no_lead") if row.no_lead else "",
                speech.say("weekly.doubtful.in_doubt") if in_doubt else "",
                " ".join(row.reasons),
            ),
        )


def _surveys(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.surveys:
        yield row.title, _state(speech, row), _people(speech, row), _clock(speech, row.clock)
    if speech.digest.outside is not None:
        outside = speech.say("weekly.surveys.outside")
        yield outside, "", "", _clock(speech, speech.digest.outside)
    for what in ("unheard", "emergencies"):
        if count := getattr(speech.digest, what):
            yield speech.say(f"weekly.surveys.{what}", n=count), "", "", ""


def _state(speech: Speech, row: SurveyLine) -> str:
    if row.closed:
        return speech.say("weekly.surveys.closed_on", day=row.closed)
    return speech.say("weekly.surveys.open_since", day=row.opened) if row.opened else ""


def _people(speech: Speech, row: SurveyLine) -> str:
    if row.people is None:
        return speech.say("weekly.surveys.few")
    return speech.say("weekly.surveys.about", n=row.people)


def _clock(speech: Speech, clock: ReviewClock | None) -> str:
    if clock is None:
        return speech.say("weekly.surveys.none")
    received, in_time = clock.received, clock.in_time
    return _lines(
        speech.say("weekly.surveys.kept" if clock.kept else "weekly.surveys.not_kept"),
        "" if received is None else speech.say("weekly.surveys.received", n=received),
        "" if in_time is None else speech.say("weekly.surveys.in_time", n=in_time),
        speech.say("weekly.surveys.waiting", n=clock.waiting) if clock.waiting else "",
        speech.say("weekly.surveys.overdue", n=clock.overdue) if clock.overdue else "",
    )


def _period(speech: Speech) -> str:
    period = speech.digest.period
    return speech.say("weekly.surveys.caption", start=period.start, end=period.end)


def _owed_state(speech: Speech, row: Owed) -> str:
    if row.why is Why.MOVED:
        return speech.say("weekly.owed.moved", day=row.since, due=row.due, promise=row.promise)
    if row.why is Why.FINISHED:
        return speech.say("weekly.owed.finished", promise=row.promise)
    if row.promise:
        late = speech.say("days.late", n=row.days)
        return speech.say("weekly.owed.promised", day=row.since, days=late, promise=row.promise)
    return speech.say("weekly.owed.unanswered", days=speech.say("days.waiting", n=row.days))


def _owed(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.owed.rows:
        state = _owed_state(speech, row)
        about = speech.say("weekly.owed.action", ref=row.action_ref) if row.action_ref else ""
        yield row.theme, row.survey, _lines(state, about)


def _unreached(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.unreached.rows:
        why = speech.say(f"weekly.unreached.{row.reason}")
        since = speech.say("weekly.unreached.since", day=row.since) if row.since else ""
        detail = f"({row.detail})" if row.detail else ""
        yield row.who, " ".join(filter(None, (why, detail, since))), str(row.actions)


def _meetings(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.meetings.rows:
        yield speech.day(row.on), row.body, speech.say("days.working", n=row.working_days)


def _colours(speech: Speech) -> Iterator[Row]:
    for row in speech.digest.colours:
        yield (
            f"{speech.say(f'colour.{row.colour}')}: {speech.say(f'meaning.{row.colour}')}",
            _counted(speech, row.reported, row.reported_before),
            _counted(speech, row.computed, row.computed_before),
        )


def _counted(speech: Speech, now: int, before: int | None) -> str:
    if before is None:
        return str(now)
    return speech.say("weekly.colours.with_before", now=now, before=before)


def _colours_caption(speech: Speech) -> str:
    digest = speech.digest
    if digest.previous is None:
        return speech.say("weekly.colours.caption", day=digest.period.end)
    return speech.say(
        "weekly.colours.caption_before", day=digest.period.end, before=digest.previous.end
    )


def _colours_note(speech: Speech) -> str:
    total = speech.say("weekly.colours.total", n=speech.digest.actions)
    unknown = "" if speech.digest.previous else speech.say("weekly.colours.unknown")
    return " ".join(filter(None, (f"{total}.", speech.say("weekly.colours.apart"), unknown)))


ROWS: dict[str, Rows] = {
    "overdue": _actions("overdue"),
    "due_14": _actions("due_14"),
    "due_30": _actions("due_30"),
    "changed": Rows(("sheet.action", "sheet.what", "sheet.said"), _changed),
    "silent": Rows(("sheet.who", "sheet.asked", "sheet.action"), _silent),
    "decisions": Rows(("sheet.decision", "sheet.said", "sheet.action"), _decisions),
    "doubtful": Rows(("sheet.action", "sheet.why"), _doubtful),
    "surveys": Rows(
        tuple(f"surveys.{name}" for name in ("survey", "state", "people", "clock")),
        _surveys,
        _period,
        lambda speech: speech.say("weekly.surveys.note") if speech.digest.surveys else "",
    ),
    "owed": Rows(("sheet.theme", "surveys.survey", "sheet.waiting"), _owed),
    "unreached": Rows(("sheet.who", "sheet.why", "sheet.open_actions"), _unreached),
    "meetings": Rows(("sheet.day", "sheet.body", "sheet.until"), _meetings),
    "colours": Rows(
        tuple(f"colours.{name}" for name in ("colour", "reported", "computed")),
        _colours,
        _colours_caption,
        _colours_note,
    ),
}
