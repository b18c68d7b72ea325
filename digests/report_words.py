"""How reports speak of an action, its dates, its state, and of what young people said."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from digests.action_history import Course
from digests.escaping import one_line, shortened
from digests.figures import Figure
from digests.heard import Said, Voices
from digests.paper import Block, Exchange, Table, Text
from digests.period import Period
from digests.report_scene import About
from digests.standing import Standing
from digests.weekly_view import Decision, Waiting
from storage.language import HOME, Catalogue, long_date
from storage.voice import ResponseKind

_TEXT, _WORDS = 140, 220


def say(key: str, **told: Any) -> str:
    """A text of the reports, which professionals read in English."""
    return Catalogue.load("digests").say(key, HOME, **told)


def period_words(about: About, period: Period) -> str:
    """The days it is about, and how far they had come where they still ran."""
    days = {"start": period.start, "end": period.end}
    if about.today is None:
        return say("period", **days)
    return say("report.as_at", day=about.today, **days)


def title_of(one: Course | Decision) -> str:
    """Its plan where there are several, its ref and its text."""
    return " ".join(filter(None, (one.plan, one.ref, brief(one.text))))


def brief(text: str, most: int = _TEXT) -> str:
    return shortened(one_line(text), most)


def led(one: Course) -> str:
    return ", ".join(one.leads) or say("weekly.nobody")


def day(when: date | None) -> str:
    return long_date(when, HOME) if when is not None else say("report.no_date")


def state_of(one: Course) -> str:
    """The status as its lead gave it, and that its day has passed, in words."""
    status = say(f"status.{one.status.value}")
    return say("report.overdue_too", status=status) if one.is_late else status


def moves_of(one: Course) -> str:
    """First date, how often it moved, and who agreed; "" where it never moved."""
    if not one.moves:
        return ""
    parts = [say("weekly.moved", n=one.moves)]
    if one.first_due is not None:
        parts.insert(0, say("weekly.first_date", day=one.first_due))
    if one.agreed_by:
        parts.append(say("weekly.agreed", who=", ".join(one.agreed_by)))
    return "; ".join(parts)


def dates_of(one: Course) -> str:
    """The current date, and how it came to be that."""
    if one.due is None:
        return say("report.no_date")
    moves = moves_of(one)
    return say("report.due_moved", day=one.due, moves=moves) if moves else day(one.due)


def dates_table(caption: str, found: Sequence[Course]) -> Table:
    """First date, current date, times moved, who agreed and why: one row for each action."""
    names = ("action", "first", "now", "moved", "reason")
    return Table(
        caption=caption,
        columns=tuple(say(f"report.column.{name}") for name in names),
        rows=tuple(
            (title_of(one), day(one.first_due or one.due), day(one.due), _moves(one), reason(one))
            for one in found
        ),
    )


def _moves(one: Course) -> str:
    if not one.moves:
        return say("report.not_moved")
    times = say("weekly.moved", n=one.moves)
    who = ", ".join(one.agreed_by)
    return f"{times}; {say('weekly.agreed', who=who) if who else say('weekly.nobody_agreed')}"


def reason(one: Course) -> str:
    """Why a date moved, in the lead's words; else their last word; else that none was given."""
    for move in reversed(one.moved):
        if move.why:
            return brief(move.why, _WORDS)
    return said_last(one) or say("report.no_reason")


def said_last(one: Course) -> str:
    word = one.last_word
    if word is None or not word.note:
        return ""
    note = brief(word.note, _WORDS)
    return say("report.last_word", note=note, who=word.who or say("weekly.nobody_said"), on=word.on)


def decision_words(one: Decision) -> str:
    """What is to be decided, and since when it waits."""
    what = {
        Waiting.DATE: "date",
        Waiting.ESCALATION: "escalation",
        Waiting.COMPLETION: "completion",
        Waiting.BLOCKED: "blocked",
    }[one.kind]
    step = say(f"report.step.{one.detail}") if one.kind is Waiting.ESCALATION else ""
    told = {"title": title_of(one), "since": one.since, "proposed": one.proposed, "step": step}
    sentence = say(f"report.decide.{what}", **told)
    if one.kind is Waiting.ESCALATION or not one.detail:
        return sentence
    who = one.who or say("weekly.nobody_said")
    return f"{sentence} {say('report.says', who=who, note=brief(one.detail, _WORDS))}"


# -- voices


def figure_words(figure: Figure | None) -> str:
    """About how many said it, as the public page shows it; "" where nothing may be shown."""
    if figure is None or figure.about is None:
        return ""
    return say("report.voice.about", n=figure.about)


def exchange(said: Said, *, opens: bool = True) -> Exchange:
    """What was said and what came of it. `opens`: the paper has a section with the evidence."""
    assert said.kind is not None
    details = [
        say("report.voice.told", day=said.published_on) if said.published_on else "",
        _decided(said),
        _standing(said),
        say("report.voice.evidence", refs=", ".join(said.actions)) if said.actions else "",
    ]
    return Exchange(
        said=said.theme,
        figure=figure_words(said.figure),
        label=say(f"you.kind.{ResponseKind(said.kind).value}"),
        reply=said.reply,
        because=said.because,
        details=tuple(filter(None, details)),
        opens="evidence" if opens and said.actions else "",
    )


def _decided(said: Said) -> str:
    return say("report.voice.decided", who=said.decided_by) if said.decided_by else ""


def _standing(said: Said) -> str:
    if said.standing in (Standing.LATE, Standing.PROMISED) and said.by_when is not None:
        return say(f"report.voice.{said.standing.value}", day=said.by_when)
    return say("report.voice.kept") if said.standing is Standing.KEPT else ""


def took_part(one: Voices) -> str:
    """Who was asked and who answered, as far as it may be said; who was not heard, as a number."""
    if one.took_part is None:
        return say("report.voice.not_published")
    about = one.took_part.about
    parts = [say("report.voice.took_part", n=about) if about else say("report.voice.few")]
    if one.invited is not None and one.invited.about:
        parts.append(say("report.voice.invited", n=one.invited.about))
    if one.groups:
        parts.append(say("report.voice.groups", names=", ".join(one.groups)))
    if one.unheard:
        parts.append(say("report.voice.unheard", n=one.unheard))
    return " ".join(parts)


def unanswered(one: Voices) -> list[Block]:
    """The themes that nobody has answered in public yet; those of few people are only counted."""
    names = [said.theme for said in one.themes if said.kind is None]
    found = [say("report.voice.unanswered", n=len(names), names="; ".join(names))] if names else []
    if one.unnamed:
        found.append(say("report.voice.unnamed", n=one.unnamed))
    return [Text(words, "missing") for words in found]


def evidence_table(heard: Sequence[Voices], found: Sequence[Course]) -> Table | None:
    """The actions that replies lean on, with how they stand and what proves it; None if none do."""
    refs = {ref for one in heard for said in one.themes for ref in said.actions}
    shown = [one for one in found if one.ref in refs]
    if not shown:
        return None
    names = ("action", "lead", "state", "evidence")
    return Table(
        caption=say("report.evidence"),
        columns=tuple(say(f"report.column.{name}") for name in names),
        rows=tuple(
            (
                title_of(one),
                led(one),
                f"{state_of(one)}; {dates_of(one)}",
                brief(one.evidence, _WORDS) or said_last(one) or say("report.no_evidence"),
            )
            for one in shown
        ),
    )
