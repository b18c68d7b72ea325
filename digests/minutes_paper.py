"""Minutes as a paper: who was there, what was decided of each thing, and who does what now."""

from collections.abc import Sequence

from digests.highlight_paper import listed, of_words
from digests.minutes import Minuted, Minutes
from digests.pack_paper import item_words
from digests.paper import Block, Bullets, Facts, Paper, Section, Table, Text
from digests.report_words import say
from storage.meetings import Outcome

_MOST = 25


def paper(view: Minutes) -> Paper:
    """Decisions in the order of the pack; what was not reached is named."""
    subject = view.about.body_key or "partnership"
    return Paper(
        kind="minutes",
        name=f"minutes-{subject}-{view.held_on}",
        title=_title(view),
        period=say("minutes.held", day=view.held_on),
        of=of_words(view.about.partnership, view.about.plans),
        dated=view.ended or view.held_on,
        opening=(_opening(view),),
        sections=(_there(view), _decided(view), *_others(view), _arising(view), _left(view)),
        source=say("minutes.source", start=view.period.start, end=view.period.end),
    )


def _title(view: Minutes) -> str:
    if view.title:
        return say("minutes.title_own", title=view.title)
    return (
        say("minutes.title_of", body=view.about.body) if view.about.body else say("minutes.title")
    )


def _opening(view: Minutes) -> str:
    done = sum(one.outcome is not None for one in view.items)
    key = "minutes.opening" if view.items else "minutes.nothing"
    told = say(key, n=len(view.items), done=done)
    return told if view.ended else f"{told} {say('minutes.still_open')}"


def _section(key: str, *blocks: Block) -> Section:
    found = blocks or (Text(say(f"minutes.{key}.none"), "missing"),)
    return Section(key, say(f"minutes.{key}.title"), found)


def _there(view: Minutes) -> Section:
    rows = tuple(
        (say(f"minutes.there.{name}"), getattr(view, name))
        for name in ("present", "apologies")
        if getattr(view, name)
    )
    return _section("there", *([Facts(rows)] if rows else []))


def _decided(view: Minutes) -> Section:
    found = [one for one in view.items if one.outcome is not None]
    return _section("decided", *([_table(found, view.five)] if found else []))


def _table(found: Sequence[Minuted], five: Sequence[str]) -> Table:
    names = ("item", "outcome", "line")
    return Table(
        caption=say("minutes.decided.caption"),
        columns=tuple(say(f"minutes.column.{name}") for name in names),
        rows=tuple((_asked(one, five), outcome_words(one), _line(one)) for one in found),
    )


def _asked(one: Minuted, five: Sequence[str]) -> str:
    if one.item is None:
        return one.ref
    number = f"{five.index(one.item.key) + 1}. " if one.item.key in five else ""
    return f"{number}{item_words(one.item)}"


def outcome_words(one: Minuted) -> str:
    """What became of it; a date that it moved to stands with it."""
    if one.outcome is None:
        return say("minutes.outcome.none")
    if one.outcome is Outcome.MOVED_TO and one.moved_to is not None:
        return say("minutes.outcome.moved_to_day", day=one.moved_to)
    return say(f"minutes.outcome.{one.outcome.value}")


def _line(one: Minuted) -> str:
    lead = say("minutes.lead", who=one.lead) if one.lead else ""
    return " ".join(filter(None, (one.text, lead))) or say("minutes.no_line")


def _others(view: Minutes) -> tuple[Section, ...]:
    if not view.others:
        return ()
    lines = tuple(
        say("minutes.others.line", outcome=outcome_words(one), text=_line(one))
        for one in view.others
    )
    return (_section("others", Bullets(lines)),)


def _arising(view: Minutes) -> Section:
    lines = tuple(
        say("minutes.arising.line", who=one.lead, text=one.text or _asked(one, ()))
        for one in view.arising
    )
    return _section("arising", *([Bullets(lines)] if lines else []))


def _left(view: Minutes) -> Section:
    """What the meeting did not come to; it stands in the next pack if it still waits then."""
    if not view.items:
        return _section("left", Text(say("minutes.left.empty"), "missing"))
    found = [one.item for one in view.items if one.outcome is None and one.item is not None]
    return _section("left", *listed([item_words(one) for one in found], _MOST))
