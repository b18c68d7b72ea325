"""The close-the-loop pack as a paper of two pages: five things first, then what lies behind."""

from collections.abc import Iterable, Sequence

from digests.highlight_paper import facts_of, of_words
from digests.owed import Why
from digests.pack import Pack
from digests.pack_items import DECISIONS, Item, Sort
from digests.paper import Block, Bullets, Paper, Section, Text
from digests.report_words import (
    brief,
    dates_table,
    exchange,
    period_words,
    say,
    title_of,
    took_part,
)

_SHOWN = {"decisions": 8, "late": 8, "said": 4, "learning": 4, "training": 4, "owed": 6}


def paper(view: Pack) -> Paper:
    """A meeting reads the first section; the others are there to look something up."""
    made = (_five, _decisions, _late, _said, _learning, _training, _owed, _stands)
    subject = view.about.body_key or "partnership"
    key = "pack.title_of" if view.about.body else "pack.title"
    told = {"body": view.about.body} if view.about.body else {}
    return Paper(
        kind="pack",
        name=f"close-the-loop-{subject}-{view.period.end}",
        title=say(key, **told),
        period=period_words(view.about, view.period),
        of=of_words(view.about.partnership, view.about.plans),
        dated=view.period.end,
        is_compact=True,
        opening=(_opening(view),),
        sections=tuple(make(view) for make in made),
        source=f"{say('pack.rule')} "
        + say("report.source", start=view.period.start, end=view.period.end),
    )


def _opening(view: Pack) -> str:
    if not view.items and not view.unnamed:
        return say("pack.nothing")
    asked, overdue = len(view.of(*DECISIONS)), len(view.of(Sort.LATE))
    return say(
        "pack.opening", asked=asked, late=overdue, owed=len(view.of(Sort.OWED)) + view.unnamed
    )


def _section(key: str, blocks: Iterable[Block]) -> Section:
    found = tuple(blocks) or (Text(say(f"pack.{key}.none"), "missing"),)
    return Section(key, say(f"pack.{key}.title"), found)


def _five(view: Pack) -> Section:
    found = [one for key in view.five if (one := view.item(key)) is not None]
    items = tuple(item_words(one) for one in found)
    return _section("five", (Bullets(items, numbered=True),) if items else ())


def item_words(one: Item) -> str:
    """One thing in a sentence: what is asked, of what, and since when."""
    if one.owed is not None:
        return _owed_words(one)
    if one.course is None:
        told = {"title": brief(one.title), "survey": one.detail, "day": one.since}
        if one.sort is Sort.LEARNING:
            told = {"title": one.title, "day": one.since, "kind": say(f"report.learning.{one.who}")}
            key = "report.learning.themes" if one.detail else "report.learning.no_theme"
            return say(key, **(told | ({"themes": one.detail} if one.detail else {})))
        return say(f"pack.item.{one.sort.value}", **told)
    return _about_action(one)


def _about_action(one: Item) -> str:
    assert one.course is not None
    told = {"title": title_of(one.course), "since": one.since}
    if one.sort is Sort.LATE:
        sentence = say("pack.item.late", **told)
    elif one.sort is Sort.MOVED:
        sentence = say("pack.item.moved", n=one.course.moves, **told, due=one.course.due)
    else:
        step = say(f"report.step.{one.detail}") if one.sort is Sort.ESCALATION else ""
        asked = {**told, "proposed": one.proposed, "step": step}
        sentence = say(f"report.decide.{one.sort.value}", **asked)
    if one.detail and one.sort is not Sort.ESCALATION:
        who = one.who or say("weekly.nobody_said")
        return f"{sentence} {say('report.says', who=who, note=brief(one.detail))}"
    return sentence


def _owed_words(one: Item) -> str:
    assert one.owed is not None
    told = {"theme": one.title, "survey": one.detail, "day": one.since, "due": one.owed.due}
    key = one.owed.why.value
    if one.owed.why is Why.MOVED and one.owed.due is None:
        key = Why.LATE.value
    return say(f"pack.owed.{key}", **told)


def _listed(view: Pack, key: str, found: Sequence[Item]) -> list[Block]:
    """Those that do not stand among the five already."""
    most, rest = _SHOWN[key], [one for one in found if one.key not in view.five]
    if not found:
        return []
    if not rest:
        return [Text(say("pack.above"), "soft")]
    blocks: list[Block] = [Bullets(tuple(item_words(one) for one in rest[:most]))]
    return blocks + _more(len(rest) - most)


def _more(left: int) -> list[Block]:
    return [Text(say("weekly.more", n=left), "soft")] if left > 0 else []


def _decisions(view: Pack) -> Section:
    return _section("decisions", _listed(view, "decisions", view.of(*DECISIONS)))


def _late(view: Pack) -> Section:
    found = view.slipped
    if not found:
        return _section("late", ())
    most = _SHOWN["late"]
    table = dates_table(say("highlight.slipped.caption"), found[:most])
    return _section("late", (table, *_more(len(found) - most)))


def _said(view: Pack) -> Section:
    """What was answered in this period, and who took part, as the public pages say it."""
    blocks: list[Block] = []
    for voice in view.voices:
        news = [
            said
            for said in voice.themes
            if said.published_on is not None
            and view.period.start <= said.published_on <= view.period.end
        ]
        words = say("report.voice.survey", survey=voice.survey, took=took_part(voice))
        blocks.append(Text(words))
        blocks += [exchange(said, opens=False) for said in news[: _SHOWN["said"]]]
        blocks += _more(len(news) - _SHOWN["said"])
    return _section("said", blocks)


def _learning(view: Pack) -> Section:
    return _section("learning", _listed(view, "learning", view.of(Sort.LEARNING)))


def _training(view: Pack) -> Section:
    return _section("training", _listed(view, "training", view.of(Sort.TRAINING)))


def _owed(view: Pack) -> Section:
    found = view.of(Sort.OWED)
    blocks = _listed(view, "owed", found)
    if view.unnamed:
        blocks.append(Text(say("report.voice.unnamed", n=view.unnamed), "missing"))
    return _section("owed", blocks)


def _stands(view: Pack) -> Section:
    if not view.tallies:
        return _section("stands", ())
    against = say("report.compared", day=view.was.end) if view.was else say("report.not_compared")
    return _section("stands", (facts_of(view.tallies), Text(against, "soft")))
