"""The highlight report as a paper: in sentences, what is asked of the board first."""

from collections.abc import Sequence
from datetime import date

from digests.action_history import Course
from digests.highlight import Highlight, Standing, Tally
from digests.indicator_paper import blocks_of, verdict_words
from digests.paper import Block, Bullets, Facts, Paper, Section, Table, Text
from digests.report_words import (
    brief,
    dates_of,
    dates_table,
    decision_words,
    evidence_table,
    exchange,
    led,
    period_words,
    reason,
    said_last,
    say,
    state_of,
    took_part,
)
from digests.report_words import title_of as title
from reminders.standing import Colour

_SHOWN = 12


def paper(view: Highlight) -> Paper:
    """Each section says plainly where there is nothing."""
    made = (_decisions, _status, _done, _ahead, _slipped, _risks, _measures, _voice, _impact)
    return Paper(
        kind="highlight",
        name=f"highlight-{view.about.body_key}-{view.period.end}",
        title=say("highlight.title", body=view.about.body),
        period=period_words(view.about, view.period),
        of=of_words(view.about.partnership, view.about.plans),
        dated=view.period.end,
        opening=(_opening(view),),
        sections=tuple(section for make in made for section in make(view)),
        source=say("report.source", start=view.period.start, end=view.period.end),
    )


def of_words(partnership: str, plans: Sequence[str]) -> str:
    """Whose paper it is, and by which plans."""
    if not plans:
        return say("weekly.no_plan")
    return say("weekly.of", partnership=partnership, plans="; ".join(plans))


def _opening(view: Highlight) -> str:
    actions = view.all_actions
    late = [one for one in actions if one.is_late]
    done = [one for one in actions if one.is_new_achievement]
    if not actions:
        return say("highlight.no_actions")
    sentences = [say("highlight.opening.actions", n=view.actions)]
    sentences.append(say("highlight.opening.done", n=len(done)))
    if late:
        sentences.append(say("highlight.opening.late", n=len(late)))
    if view.decisions:
        sentences.append(say("highlight.opening.decisions", n=len(view.decisions)))
    return " ".join(sentences)


def _section(key: str, *blocks: Block) -> tuple[Section, ...]:
    return (Section(key, say(f"highlight.{key}.title"), blocks),)


def _none(key: str) -> Text:
    return Text(say(f"highlight.{key}.none"), "missing")


def listed(found: Sequence[str], most: int = _SHOWN) -> list[Block]:
    """As bullets, the first ones; and how many more there are."""
    blocks: list[Block] = [Bullets(tuple(found[:most]))] if found else []
    if len(found) > most:
        blocks.append(Text(say("weekly.more", n=len(found) - most), "soft"))
    return blocks


def _decisions(view: Highlight) -> tuple[Section, ...]:
    if not view.decisions:
        return _section("decisions", _none("decisions"))
    asked = [Text(decision_words(one), "decide") for one in view.decisions[:_SHOWN]]
    return _section("decisions", *asked, *_meets(view))


def _meets(view: Highlight) -> list[Block]:
    meets = view.about.next_meeting
    return [Text(say("highlight.decisions.meets", day=meets), "soft")] if meets else []


# -- how it stands


def _status(view: Highlight) -> tuple[Section, ...]:
    if not view.actions:
        return _section("status", _none("status"))
    against = say("report.compared", day=view.was.end) if view.was else say("report.not_compared")
    whole = Section(
        "status",
        say("highlight.status.title"),
        (facts_of(view.tallies), _table(view), Text(against, "soft"), *_apart(view)),
    )
    return (whole, *(_priority(view, one) for one in view.priorities if view.headings))


def _apart(view: Highlight) -> list[Block]:
    doubtful = any(not one.judged for one in view.all_actions)
    return [Text(say("highlight.four.apart"), "soft")] if doubtful else []


def facts_of(tallies: Sequence[Tally]) -> Facts:
    """Colours with their meaning, now and before."""
    return Facts(
        tuple(
            (
                say(
                    "report.colour",
                    colour=say(f"colour.{one.colour.value}"),
                    meaning=say(f"meaning.{one.colour.value}"),
                ),
                now_and_before(one),
            )
            for one in tallies
        )
    )


def now_and_before(one: Tally) -> str:
    if one.before is None:
        return str(one.now)
    return say("report.was", now=one.now, before=one.before)


def _table(view: Highlight) -> Table:
    colours = list(Colour)
    rows = []
    for one in view.priorities:
        by = {tally.colour: tally for tally in one.tallies}
        cells = (now_and_before(by[colour]) if colour in by else "0" for colour in colours)
        rows.append((_named(one), *cells))
    return Table(
        caption=say("highlight.status.caption", day=view.period.end),
        columns=(
            say("report.column.priority"),
            *(say(f"colour.{one.value}").capitalize() for one in colours),
        ),
        rows=tuple(rows),
        numeric=tuple(range(1, len(colours) + 1)),
    )


def _named(one: Standing) -> str:
    return f"{one.ref} {brief(one.title)}" if one.ref else say("highlight.status.loose")


def _priority(view: Highlight, one: Standing) -> Section:
    """The plan's own questions, each answered from what is recorded."""
    answers = (_problem, _named_it, _effect, _outcome)
    blocks: list[Block] = []
    for heading, answer in zip(view.headings, answers, strict=False):
        text = answer(view, one)
        key = "report.heading" if text else "report.heading_missing"
        tone = "plain" if text else "missing"
        blocks.append(Text(say(key, heading=heading, text=text), tone))  # type: ignore[arg-type]
    return Section(f"priority-{one.ref or 'none'}", _named(one), tuple(blocks), level=3)


def _problem(view: Highlight, one: Standing) -> str:
    heard = sum(any(said.actions for said in voice.themes) for voice in view.voices)
    known = [one.why.strip().rstrip(".") + "."] if one.why else []
    mine = {action.ref for action in one.actions}
    themes = [s.theme for v in view.voices for s in v.themes if mine & set(s.actions)]
    if heard and themes:
        known.append(say("highlight.four.said", themes="; ".join(themes)))
    return " ".join(known)


def _named_it(view: Highlight, one: Standing) -> str:  # noqa: ARG001  (answers are called alike)
    spoken = [action for action in one.actions if action.spoken]
    return " ".join(f"{action.ref}: {said_last(action)}" for action in spoken if said_last(action))


def _effect(view: Highlight, one: Standing) -> str:  # noqa: ARG001  (answers are called alike)
    return " ".join(_stands(action) for action in one.actions)


def _stands(one: Course) -> str:
    told = {"ref": one.ref, "state": state_of(one)}
    if one.due is None:
        return say("highlight.four.undated", **told)
    return say("highlight.four.stands", dates=dates_of(one), **told)


def _outcome(view: Highlight, one: Standing) -> str:
    proved = [f"{a.ref}: {brief(a.evidence, 220)}" for a in one.actions if a.evidence]
    measured = [
        f"{m.ref} {m.text}: {verdict_words(m)}."
        for m in view.measures
        if m.priority_ref == one.ref and m.kind != "context"
    ]
    return " ".join((*proved, *measured))


# -- what was done, what comes, what slipped


def _done(view: Highlight) -> tuple[Section, ...]:
    done = [one for one in view.all_actions if one.is_new_achievement]
    said = [one for one in view.all_actions if one.spoken and not one.is_new_achievement]
    if not done and not said:
        return _section("done", _none("done"))
    blocks: list[Block] = [*listed([_achieved(one) for one in done])]
    if not done:
        blocks.append(Text(say("highlight.done.nothing_finished"), "missing"))
    if said:
        blocks.append(Text(say("highlight.done.reported")))
        blocks += listed([_reported(one, view.period.start) for one in said])
    return _section("done", *blocks)


def _achieved(one: Course) -> str:
    told = {"title": title(one), "who": led(one), "state": state_of(one)}
    if one.evidence:
        return say("highlight.done.evidenced", evidence=brief(one.evidence, 220), **told)
    return say("highlight.done.unproved", **told)


def _reported(one: Course, start: date) -> str:
    key = "from_to" if one.status_before not in (None, one.status) else "still"
    before = say(f"status.{one.status_before.value}") if one.status_before else ""
    told = {"title": title(one), "state": state_of(one)}
    sentence = say(f"highlight.done.{key}", **(told | ({"was": before} if key != "still" else {})))
    word = said_last(one)
    if one.last_word is not None and one.last_word.on < start:
        word = say("highlight.done.nothing_new", day=one.last_word.on) if key == "still" else ""
    return " ".join(filter(None, (sentence, word)))


def _ahead(view: Highlight) -> tuple[Section, ...]:
    due = [
        one
        for one in view.all_actions
        if one.is_open and one.due is not None and view.ahead.start <= one.due <= view.ahead.end
    ]
    days = {"start": view.ahead.start, "end": view.ahead.end}
    if not due:
        undated = sum(one.is_open and one.due is None for one in view.all_actions)
        lines: list[Block] = [Text(say("highlight.ahead.none", **days), "missing")]
        if undated:
            lines.append(Text(say("highlight.ahead.undated", n=undated), "soft"))
        return _section("ahead", *lines)
    told = [
        say(
            "highlight.ahead.due",
            title=title(one),
            who=led(one),
            dates=dates_of(one),
            state=state_of(one),
        )
        for one in sorted(due, key=_by_due)
    ]
    return _section("ahead", *listed(told))


def _by_due(one: Course) -> tuple[str, str]:
    return (str(one.due), one.ref)


def slipped(found: Sequence[Course]) -> list[Course]:
    """What moved in the period or is late, the latest first."""
    late = [one for one in found if one.is_open and (one.moved or one.is_late)]
    return sorted(late, key=lambda one: (not one.is_late, str(one.due), one.ref))


def _slipped(view: Highlight) -> tuple[Section, ...]:
    found = slipped(view.all_actions)
    if not found:
        return _section("slipped", _none("slipped"))
    late = sum(one.is_late for one in found)
    moved = sum(bool(one.moved) for one in found)
    return _section(
        "slipped",
        Text(say("highlight.slipped.summary", late=late, moved=moved)),
        dates_table(say("highlight.slipped.caption"), found[: _SHOWN * 2]),
    )


def _risks(view: Highlight) -> tuple[Section, ...]:
    troubled = [one for one in view.all_actions if one.is_troubled]
    asks = [one for one in view.all_actions if one.is_open and one.help_wanted]
    if not troubled and not asks:
        return _section("risks", _none("risks"))
    blocks = listed(
        [
            say("highlight.risks.risk", title=title(one), state=state_of(one), why=reason(one))
            for one in troubled
        ]
    )
    if asks:
        blocks.append(Text(say("highlight.risks.asks")))
        blocks += listed(
            [
                say(
                    "highlight.risks.ask",
                    title=title(one),
                    who=led(one),
                    help=brief(one.help_wanted, 220),
                )
                for one in asks
            ]
        )
    return _section("risks", *blocks)


# -- measures, voices, impact


def _measures(view: Highlight) -> tuple[Section, ...]:
    return _section("measures", *blocks_of(view.measures, view.period))


def _voice(view: Highlight) -> tuple[Section, ...]:
    if not view.voices:
        return _section("voice", _none("voice"))
    blocks: list[Block] = []
    for one in view.voices:
        blocks.append(Text(say("report.voice.survey", survey=one.survey, took=took_part(one))))
        blocks += [exchange(said) for said in one.themes if said.kind is not None]
    table = evidence_table(view.voices, view.all_actions)
    evidence = _section("evidence", table) if table is not None else ()
    return (*_section("voice", *blocks), *evidence)


def _impact(view: Highlight) -> tuple[Section, ...]:
    proved = [one for one in view.all_actions if one.is_achieved and one.evidence]
    blocks = listed([_achieved(one) for one in proved]) or [_none("impact")]
    still = [one for one in view.all_actions if no_progress(one)]
    if still:
        blocks.append(Text(say("highlight.impact.still"), "missing"))
        blocks += listed([_unmoved(one) for one in still])
    return _section("impact", *blocks)


def no_progress(one: Course) -> bool:
    """Open, and nobody said anything of it; or red before and red now."""
    stuck = one.colour is Colour.RED and one.colour_before is Colour.RED
    return one.is_open and (not one.spoken or stuck)


def _unmoved(one: Course) -> str:
    key = "silent" if not one.spoken else "red"
    told = {"title": title(one), "who": led(one), "state": state_of(one)}
    return say(f"highlight.impact.{key}", **told)
