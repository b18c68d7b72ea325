"""The scorecard as a paper."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby

from digests.indicator_paper import measure_blocks, table_of, to_know, value_words
from digests.indicators import THRESHOLD, Measure
from digests.paper import Block, Facts, Paper, Section, Table, Text
from digests.scorecard import Scorecard, Tally
from storage.language import HOME, Catalogue

_say = partial(Catalogue.load("digests").say, language=HOME)


def paper(view: Scorecard) -> Paper:
    """By priority: a table of its measures, then each measure by itself."""
    period = view.period
    return Paper(
        kind="scorecard",
        name=f"scorecard-{period.end.isoformat()}",
        title=_say("scorecard.title"),
        period=_say("period", start=period.start, end=period.end),
        of=_of(view),
        dated=period.end,
        sections=tuple(_sections(view)),
        opening=opening(view),
        source=_say(
            "scorecard.source",
            start=period.start,
            end=period.end,
            before_start=view.previous.start,
            before_end=view.previous.end,
            least=THRESHOLD,
        ),
    )


def opening(view: Scorecard) -> tuple[str, ...]:
    """What a busy reader has to know, in a few sentences."""
    if not view.measures:
        return ()
    tally, before = view.tally, view.before
    lines = [_say("scorecard.opening.unjudged")]
    if tally.judged:
        lines = [_say("scorecard.opening.judged", n=tally.judged, found=_found(tally))]
    if tally.missing:
        lines.append(_say("scorecard.opening.missing", n=tally.missing))
    else:
        lines.append(_say("scorecard.opening.complete"))
    if before.judged:
        lines.append(_say("scorecard.opening.before", found=_found(before)))
    return (" ".join(lines),)


def _found(tally: Tally) -> str:
    """ "5 better, 1 worse": what there is of each."""
    counts = {"better": tally.better, "worse": tally.worse, "same": tally.same}
    said = (_say(f"scorecard.opening.{name}", n=n) for name, n in counts.items() if n)
    return ", ".join(said)


def _of(view: Scorecard) -> str:
    if not view.plans:
        return _say("scorecard.no_plan")
    return _say("scorecard.of", partnership=view.partnership, plans="; ".join(view.plans))


def _sections(view: Scorecard) -> Iterable[Section]:
    yield Section("glance", _say("scorecard.glance"), _glance(view))
    for _, group in groupby(view.measures, key=_where):
        yield from _priority(view, list(group))
    if view.tally.missing:
        yield Section("missing", _say("scorecard.missing"), (_missing(view),))
    if view.context:
        yield Section("context", _say("scorecard.context"), _context(view))


def _where(measure: Measure) -> tuple[str, str, str]:
    return measure.plan, measure.priority_ref, measure.priority


def _glance(view: Scorecard) -> tuple[Block, ...]:
    if not view.measures:
        key = "no_measure" if view.plans else "no_plan"
        return (Text(_say(f"scorecard.{key}"), "missing"),)
    names = {
        "better": _say("indicator.judgement.better"),
        "worse": _say("indicator.judgement.worse"),
        "same": _say("indicator.judgement.same"),
        "unjudged": _say("indicator.judgement.none"),
        "missing": _say("indicator.no_reading"),
    }
    rows = [
        (
            label[:1].upper() + label[1:],
            _say("scorecard.counted", n=getattr(view.tally, name), before=_before(view, name)),
        )
        for name, label in names.items()
    ]
    measured = (_say("scorecard.measured"), str(len(view.measures)))
    return (Facts((measured, *rows)),)


def _before(view: Scorecard, name: str) -> int:
    count: int = getattr(view.before, name)
    return count


def _priority(view: Scorecard, measures: Sequence[Measure]) -> Iterable[Section]:
    first = measures[0]
    title = _say("scorecard.other")
    if first.priority_ref:
        title = _say("scorecard.priority", ref=first.priority_ref, title=first.priority).strip()
    if len(view.plans) > 1:
        title = f"{first.plan}: {title}"
    key = f"priority-{first.priority_ref or 'other'}"
    yield Section(key, title, (table_of(measures, view.period),))
    for one in measures:
        heading = _say("scorecard.measure", ref=one.ref, text=one.text)
        yield Section(f"measure-{one.ref}", heading, measure_blocks(one, view.period), level=3)


def _missing(view: Scorecard) -> Table:
    names = ("measure", "keeper", "previous")
    period = view.period
    return Table(
        caption=_say("scorecard.missing_caption", start=period.start, end=period.end),
        columns=tuple(_say(f"indicator.column.{name}") for name in names),
        rows=tuple(
            (
                f"{one.ref} {one.text}",
                one.keeper or _say("scorecard.nobody"),
                value_words(one.last or one.baseline),
            )
            for one in view.measures
            if one.is_missing
        ),
    )


def _context(view: Scorecard) -> tuple[Block, ...]:
    names = ("measure", "previous", "current", "note")
    rows = tuple(_context_row(one) for one in view.context)
    columns = tuple(_say(f"indicator.column.{name}") for name in names)
    return (Table(_say("scorecard.context_caption"), columns, rows, numeric=(1, 2)),)


def _context_row(one: Measure) -> tuple[str, ...]:
    earlier = one.previous or one.baseline
    current = value_words(one.current) if one.current else _say("indicator.absent")
    return f"{one.ref} {one.text}", value_words(earlier), current, " ".join(to_know(one))
