"""The annual section as a paper, in Bolton's shape."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from digests.action_history import Course
from digests.annual import Annual
from digests.highlight_paper import facts_of, listed, no_progress, of_words, slipped
from digests.indicator_paper import blocks_of, generated, picture_of, to_know
from digests.indicators import Measure
from digests.loop_flow import flow, reasons, sentences
from digests.paper import Block, Bullets, Paper, Section, Text
from digests.reading_rules import Judgement
from digests.report_words import (
    brief,
    dates_table,
    evidence_table,
    exchange,
    led,
    period_words,
    reason,
    say,
    state_of,
    took_part,
    unanswered,
)
from digests.report_words import title_of as title
from digests.training import Attendance, Evaluated
from storage.voice import ResponseKind

_MOST = 15
_PICTURES = 6


def paper(view: Annual) -> Paper:
    """What the yearly report of a partnership says of its plan, and of whom it listened to."""
    made = (_glance, _well, _better, _difference, _stuck, _voice, _heard, _training, _measures)
    return Paper(
        kind="annual",
        name=f"annual-{view.period.end}",
        title=say("annual.title"),
        period=period_words(view.about, view.period),
        of=of_words(view.about.partnership, view.about.plans),
        dated=view.period.end,
        opening=(_opening(view),),
        sections=(*(section for make in made for section in make(view)), *_evidence(view)),
        source=say("report.source", start=view.period.start, end=view.period.end),
    )


def _opening(view: Annual) -> str:
    if not view.actions:
        return say("annual.no_actions")
    done = sum(one.is_new_achievement for one in view.actions)
    late = sum(one.is_late for one in view.actions)
    sentences_ = [say("annual.opening.actions", n=len(view.actions), done=done, late=late)]
    better, worse = (len(_judged(view, one)) for one in (Judgement.BETTER, Judgement.WORSE))
    if better or worse:
        sentences_.append(say("annual.opening.measures", better=better, worse=worse))
    answered = sum(one.answered for one in view.voices)
    themes = sum(len(one.themes) + one.unnamed for one in view.voices)
    if themes:
        sentences_.append(say("annual.opening.themes", n=themes, answered=answered))
    return " ".join(sentences_)


def _judged(view: Annual, judgement: Judgement) -> list[Measure]:
    return [one for one in view.measures if one.judgement is judgement]


def _section(key: str, blocks: Iterable[Block]) -> tuple[Section, ...]:
    """A section says what is missing where it would be empty."""
    found = tuple(blocks) or (Text(say(f"annual.{key}.none"), "missing"),)
    return (Section(key, say(f"annual.{key}.title"), found),)


def _glance(view: Annual) -> tuple[Section, ...]:
    if not view.tallies:
        return _section("glance", ())
    against = say("report.compared", day=view.was.end) if view.was else say("report.not_compared")
    return _section("glance", (facts_of(view.tallies), Text(against, "soft")))


def _well(view: Annual) -> tuple[Section, ...]:
    done = [one for one in view.actions if one.is_new_achievement]
    blocks = listed([_finished(one) for one in done], _MOST)
    return _section("well", blocks + _moved(view, Judgement.BETTER))


def _finished(one: Course) -> str:
    told = {"title": title(one), "who": led(one), "state": state_of(one)}
    if one.evidence:
        return say("highlight.done.evidenced", evidence=brief(one.evidence, 300), **told)
    return say("highlight.done.unproved", **told)


def _moved(view: Annual, judgement: Judgement) -> list[Block]:
    """Measures that went the wanted way, or the other, each in a sentence."""
    found = _judged(view, judgement)
    if not found:
        return []
    head = Text(say(f"annual.measures_{judgement.value}", n=len(found)))
    return [head, Bullets(tuple(_measured(one) for one in found))]


def _measured(one: Measure) -> str:
    own = one.current.narrative if one.current else ""
    return f"{one.ref} {one.text}: {own or generated(one)}"


def _better(view: Annual) -> tuple[Section, ...]:
    troubled = [one for one in view.actions if one.is_troubled]
    late = slipped(view.actions)
    blocks = _moved(view, Judgement.WORSE)
    if troubled:
        blocks.append(Text(say("annual.better.troubled", n=len(troubled))))
        blocks += listed(
            [
                say("highlight.risks.risk", title=title(one), state=state_of(one), why=reason(one))
                for one in troubled
            ],
            _MOST,
        )
    if late:
        blocks.append(dates_table(say("annual.better.caption"), late[:_MOST]))
        if len(late) > _MOST:
            blocks.append(Text(say("weekly.more", n=len(late) - _MOST), "soft"))
    return _section("better", blocks)


def _difference(view: Annual) -> tuple[Section, ...]:
    """Finished actions with their evidence, and what was changed because people said so.

    What another section tells is named here, and that section opened.
    """
    proved = [one for one in view.actions if one.is_achieved and one.evidence]
    above = [one for one in proved if one.is_new_achievement]
    blocks: list[Block] = []
    if above:
        refs = ", ".join(" ".join(filter(None, (one.plan, one.ref))) for one in above)
        told = {"refs": refs, "section": say("annual.well.title")}
        blocks.append(Text(say("annual.difference.above", n=len(above), **told), opens="well"))
    earlier = [one for one in proved if not one.is_new_achievement]
    blocks += listed([_finished(one) for one in earlier], _MOST)
    themes = [said for one in view.voices for said in one.themes]
    done = sum(said.kind == ResponseKind.WE_DID for said in themes)
    if done:
        section = say("annual.voice.title")
        words = say("annual.difference.changed", n=done, section=section)
        blocks.append(Text(words, opens="voice"))
    return _section("difference", blocks)


def _stuck(view: Annual) -> tuple[Section, ...]:
    """Little or no progress, said openly."""
    found = [one for one in view.actions if no_progress(one)]
    lines = []
    for one in found:
        key = "silent" if not one.spoken else "red"
        told = {"title": title(one), "who": led(one), "state": state_of(one)}
        lines.append(say(f"annual.stuck.{key}", **told))
    return _section("stuck", listed(lines, _MOST))


def _voice(view: Annual) -> tuple[Section, ...]:
    """Feedback sought and used: the loop as a whole, then each survey."""
    if not view.voices:
        return _section("voice", ())
    told = [Text(one) for one in sentences(view.loop)]
    why = [Bullets(reasons(view.loop))] if reasons(view.loop) else []
    drawn = flow(view.loop)
    picture = replace(drawn, table=replace(drawn.table, note=""))  # the sentences say it
    return _section("voice", (picture, *told, *why))


def _heard(view: Annual) -> tuple[Section, ...]:
    made = []
    for one in view.voices:
        blocks: list[Block] = [Text(took_part(one))]
        if not one.themes and not one.unnamed:
            blocks.append(Text(say("annual.voice.no_theme"), "missing"))
        blocks += [exchange(said) for said in one.themes if said.kind is not None]
        blocks += unanswered(one)
        made.append(Section(f"survey-{one.slug}", one.survey, tuple(blocks), level=3))
    return (*made, *_learning(view))


def _learning(view: Annual) -> tuple[Section, ...]:
    return _section("learning", learning_blocks(view.learning))


def learning_blocks(found: Sequence[object]) -> list[Block]:
    """Practice reviews and audits, each with the themes that came up."""
    lines = []
    for one in found:
        themes = "; ".join(one.themes)  # type: ignore[attr-defined]
        key = "report.learning.themes" if themes else "report.learning.no_theme"
        kind = say(f"report.learning.{one.kind.value}")  # type: ignore[attr-defined]
        told = {"title": one.title, "day": one.held_on, "kind": kind}  # type: ignore[attr-defined]
        lines.append(say(key, **(told | ({"themes": themes} if themes else {}))))
    return [Bullets(tuple(lines))] if lines else []


def _training(view: Annual) -> tuple[Section, ...]:
    found = view.training
    if not found.now.courses and not found.evaluated:
        return _section("training", ())
    blocks: list[Block] = [Text(_attended(found.now, found.before))]
    for one in found.evaluated:
        blocks += _evaluated(one)
    blocks += [Text(say("annual.training.unread", survey=name), "missing") for name in found.unread]
    return _section("training", blocks)


def _attended(now: Attendance, before: Attendance) -> str:
    if now.per_cent is None:
        return say("annual.training.few", n=now.courses)
    told = {"n": now.courses, "came": now.came, "places": now.places, "per_cent": now.per_cent}
    sentence = say("annual.training.attended", **told)
    if before.per_cent is None:
        return f"{sentence} {say('annual.training.no_year_before')}"
    return f"{sentence} {say('annual.training.year_before', per_cent=before.per_cent)}"


def _evaluated(one: Evaluated) -> list[Block]:
    key = "later" if one.later else "evaluated"
    head = say(f"annual.training.{key}", survey=one.survey, day=one.as_of)
    if not one.rated:
        return [Text(f"{head} {say('annual.training.no_shares')}", "missing")]
    lines = tuple(
        f"{rated.question} {', '.join(f'{label} {share}%' for label, share in rated.shares)}"
        for rated in one.rated
    )
    return [Text(head), Bullets(lines)]


def _measures(view: Annual) -> tuple[Section, ...]:
    blocks = list(blocks_of(view.measures, view.period))
    for one in view.measures:
        blocks += [
            Text(say("annual.measures.note", ref=one.ref, text=text), "soft")
            for text in to_know(one)
        ]
    drawn = [picture for one in view.measures if (picture := picture_of(one)) is not None]
    return _section("measures", (*blocks, *drawn[:_PICTURES]))


def _evidence(view: Annual) -> tuple[Section, ...]:
    table = evidence_table(view.voices, view.leant_on)
    return _section("evidence", (table,)) if table is not None else ()
