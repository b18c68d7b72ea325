"""Measures on a paper: a table, and for each a narrative, what to know of it, and its line."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from digests.indicator_values import SET, Value
from digests.indicators import THRESHOLD, Measure, line_of
from digests.paper import Block, Picture, Table, Text
from digests.period import Period
from digests.reading_rules import PER_CENT, Aim, Judgement, base_unit
from storage.language import HOME, Catalogue, long_date

_say = partial(Catalogue.load("digests").say, language=HOME)
_FEWEST = 2
_SHORT = frozenset({"", PER_CENT, "gbp", "£"})


def blocks_of(measures: Sequence[Measure], period: Period) -> tuple[Block, ...]:
    """The measures in short, for a report that is about more: a table, and what is missing."""
    asked = [one for one in measures if one.kind != "context"]
    if not asked:
        return (Text(_say("indicator.none"), "missing"),)
    missing = [one for one in asked if one.is_missing]
    notes = (Text(f"{one.ref}: {missing_words(one, period)}", "missing") for one in missing)
    return (table_of(asked, period), *notes)


def table_of(measures: Sequence[Measure], period: Period, caption: str = "") -> Table:
    """Wanted direction, baseline, previous, current, target and what became of it, in words."""
    names = ("measure", "wanted", "baseline", "previous", "current", "target", "change")
    return Table(
        caption=caption or _say("indicator.caption", start=period.start, end=period.end),
        columns=tuple(_say(f"indicator.column.{name}") for name in names),
        rows=tuple(_row(one) for one in measures),
        numeric=(2, 3, 4, 5),
    )


def _row(measure: Measure) -> tuple[str, ...]:
    """What it is counted in stands once, beside its name."""
    unit = measure.unit
    is_said = base_unit(unit) == unit and unit.casefold() not in _SHORT
    baseline, previous, current, target = (
        _bare(one, unit) if is_said and one is not None else one
        for one in (measure.baseline, measure.previous, measure.current, measure.target)
    )
    name = f"{measure.ref} {measure.text}"
    return (
        _say("indicator.in_unit", text=name, unit=unit) if is_said else name,
        _say(f"indicator.wanted.{measure.direction}"),
        value_words(baseline),
        value_words(previous),
        value_words(current) if current else _say("indicator.no_reading"),
        _target(target),
        verdict_words(measure),
    )


def _bare(value: Value, unit: str) -> Value:
    return replace(value, shown=value.shown.removesuffix(f" {unit}"))


def verdict_words(measure: Measure) -> str:
    """The judgement in words, and how it stands to the target where there is one."""
    judged = _say(f"indicator.judgement.{measure.judgement.value}")
    if measure.aim is Aim.NONE:
        return judged
    return f"{judged}; {_say(f'indicator.aim.{measure.aim.value}')}"


def value_words(value: Value | None) -> str:
    """A figure with its day, or the period that it was printed for."""
    if value is None:
        return _say("indicator.absent")
    if value.is_step and value.as_of is None:
        return _say("indicator.step_undated", shown=value.shown, least=THRESHOLD)
    if value.is_step:
        return _say("indicator.step", shown=value.shown, day=value.as_of, least=THRESHOLD)
    if value.hidden and value.on is not None:
        return _say("indicator.hidden", shown=value.shown, day=value.on)
    if value.period:
        return _say("indicator.of_period", shown=value.shown, period=_period(value))
    if value.on is not None:
        return _say("indicator.on", shown=value.shown, day=value.on)
    return value.shown


def _target(value: Value | None) -> str:
    if value is None:
        return _say("indicator.absent")
    if value.how == SET and value.on is not None:
        return _say("indicator.by", shown=value.shown, day=value.on)
    if value.on is not None:
        return _say("indicator.by_printed", shown=value.shown, period=_period(value))
    return value.shown


# -- one measure


def measure_blocks(measure: Measure, period: Period) -> tuple[Block, ...]:
    """Narrative, what to know of the figures, and the line where there are two points of it."""
    blocks: list[Block] = []
    if measure.current is None:
        blocks.append(Text(missing_words(measure, period), "missing"))
    else:
        blocks.append(narrative(measure))
    blocks += [Text(words, "soft") for words in to_know(measure)]
    picture = picture_of(measure)
    return (*blocks, picture) if picture is not None else tuple(blocks)


def missing_words(measure: Measure, period: Period) -> str:
    """That there is no reading, whose it is, and what is known all the same."""
    key = "missing" if measure.keeper else "missing_unkept"
    told = {"keeper": measure.keeper} if measure.keeper else {}
    first = _say(f"indicator.{key}", start=period.start, end=period.end, **told)
    last = measure.last or measure.baseline
    if last is None:
        return f"{first} {_say('indicator.never')}"
    return f"{first} {_say('indicator.last_known', shown=value_words(last))}"


def narrative(measure: Measure) -> Text:
    """The keeper's own words; where there are none, the figures as a sentence, marked as such."""
    current = measure.current
    if current is not None and current.narrative:
        return Text(current.narrative, "remark")
    return Text(_say("indicator.generated", text=generated(measure)))


def generated(measure: Measure) -> str:
    """A sentence from the figures alone."""
    hidden = _hidden(measure)
    if hidden:
        return hidden
    sentences = [_say(f"indicator.reads.{_reads(measure)}", **_moved(measure))]
    if measure.aim is not Aim.NONE:
        sentences.append(
            _say(f"indicator.towards.{measure.aim.value}", target=_target(measure.target))
        )
    return " ".join(sentences)


def _hidden(measure: Measure) -> str:
    """Why there is no figure; empty where there is one."""
    current = measure.current
    if current is None or not current.hidden:
        return ""
    if not current.is_step:
        return _say("indicator.reads.small")
    if current.as_of is None:
        return _say("indicator.reads.step_undated", shown=current.shown, least=THRESHOLD)
    return _say("indicator.reads.step", shown=current.shown, day=current.as_of, least=THRESHOLD)


def _reads(measure: Measure) -> str:
    if measure.direction == "maintain":
        kept = {Judgement.SAME: "held", Judgement.WORSE: "fallen"}
        return kept.get(measure.judgement, "none")
    return measure.judgement.value


def _moved(measure: Measure) -> dict[str, str]:
    current = measure.current
    before = measure.baseline if measure.before == "baseline" else measure.previous
    now, wanted = value_words(current), _say(f"indicator.wanted.{measure.direction}")
    key = "stands"
    is_judged = measure.before or (before and current and current.is_like(before))
    if is_judged and before and current and None not in (before.number, current.number):
        key = _way(measure, current.number or 0, before.number or 0)
    told = {"before": value_words(before)} if key != "stands" else {}
    return {"moved": _say(f"indicator.{key}", now=now, **told), "wanted": wanted}


def _way(measure: Measure, now: float, before: float) -> str:
    if (measure.judgement is Judgement.SAME and measure.direction != "maintain") or now == before:
        return "stayed"
    return "rose" if now > before else "fell"


def to_know(measure: Measure) -> tuple[str, ...]:
    """What a reader has to know of the figures: what disagrees, is hidden, was corrected."""
    shown = {"now": measure.current, "before": measure.previous}
    found = [words for when, value in shown.items() if value for words in _about(value, when)]
    if measure.baseline is None and measure.previous is None and measure.kind != "context":
        found.append(_say("indicator.no_baseline"))
    if _is_unlike(measure) and measure.previous is not None:
        period = _period(measure.previous) or _say("indicator.printed")
        found.append(_say("indicator.unlike", period=period))
    if measure.flag:
        found.append(_say("indicator.flag", text=measure.flag.replace("_", " ")))
    if measure.note:
        found.append(_say("indicator.plan_note", text=measure.note))
    return tuple(dict.fromkeys(found))


def _is_unlike(measure: Measure) -> bool:
    current, previous = measure.current, measure.previous
    return (
        current is not None
        and previous is not None
        and previous.is_printed
        and not current.is_printed
        and not measure.before
    )


def _about(value: Value, when: str) -> list[str]:
    found = []
    if value.computed:
        key = "computed" if value.is_printed else "computed_entered"
        told = {"shown": value.shown, "computed": value.computed, "parts": value.parts}
        found.append(_say(f"indicator.{key}", **told))
    elif value.parts:
        found.append(_say(f"indicator.parts_{when}", parts=value.parts))
    if value.corrected:
        found.append(_say("indicator.corrected"))
    if value.quality:
        found.append(_say("indicator.quality", text=value.quality))
    return found


def picture_of(measure: Measure) -> Picture | None:
    """The measure's line with its figures; None where there is no line to draw."""
    line = line_of(measure)
    seen = [point for point in line.points if point.value is not None]
    if len(seen) < (1 if line.target is not None or line.baseline is not None else _FEWEST):
        return None
    dated = [one for one in measure.points if one.on is not None]
    visible = [one for one in dated if one.number is not None]
    return Picture(
        title=_say("indicator.picture", ref=measure.ref),
        alt=_alt(measure, visible),
        drawing=line,
        table=Table(
            caption=_say("indicator.picture", ref=measure.ref),
            columns=tuple(_say(f"indicator.column.{name}") for name in ("day", "figure")),
            rows=tuple((_day(one), one.shown) for one in dated),
            numeric=(1,),
        ),
    )


def _alt(measure: Measure, visible: Sequence[Value]) -> str:
    wanted = _say(f"indicator.wanted.{measure.direction}")
    last = value_words(visible[-1])
    if len(visible) < _FEWEST:
        return _say("indicator.alt.one", text=measure.text, last=last, wanted=wanted)
    if visible[-1].is_step and visible[0].shown == visible[-1].shown:
        shown = visible[-1].shown
        return _say("indicator.alt.unchanged", text=measure.text, shown=shown, wanted=wanted)
    first = value_words(visible[0])
    return _say("indicator.alt.some", text=measure.text, first=first, last=last, wanted=wanted)


def _period(value: Value) -> str:
    """The printed period without what the source says of it in brackets."""
    return value.period.split("(")[0].strip() or value.period


def _day(value: Value) -> str:
    return _period(value) or (long_date(value.on, HOME) if value.on is not None else "")
