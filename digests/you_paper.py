"""The "you said, we did" page as a paper: for Word and PDF, in every language.

The page, the chat message and Markdown have templates of their own (`render`), because the page is
made for children: it marks the language of each text, and its help lines can be dialled.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from digests.escaping import one_line
from digests.paper import Block, Exchange, Paper, Section, Text
from digests.you_view import Answered, FellBack, YouSaidWeDid, fell_back, for_readers
from storage.language import HOME, Catalogue, fallbacks, language_name
from storage.voice import Readers
from surveys.definition import text_in
from surveys.help_lines import Named, name_in, note_in

Say = partial[str]


def paper(
    view: YouSaidWeDid,
    readers: Readers = Readers.EVERYBODY,
    language: str = HOME,
    *,
    help_lines: Sequence[Named] = (),
) -> Paper:
    """In the words that fit these readers best; it says where some are for others."""
    shown = for_readers(view, readers, language)
    fell = fell_back(shown, readers, language)
    language = spoken(language)
    say = partial(Catalogue.load("digests").say, language=language)
    asked_by = text_in(view.asked_by, language, view.written_in)
    return Paper(
        kind="you",
        name=f"you-said-we-did-{view.survey}",
        title=say("you.title"),
        period=say("period", start=view.period.start, end=view.period.end),
        of=one_line(text_in(view.titles, language, view.written_in)),
        dated=view.period.end,
        sections=tuple(one for one in _sections(shown, say, language, help_lines) if one.blocks),
        opening=tuple(_opening(shown, say, fell)),
        whose=say("you.from", who=one_line(asked_by)) if asked_by else "",
        source=say("you.figures", start=view.period.start, end=view.period.end),
        language=language,
    )


def spoken(language: str) -> str:
    """The language that our own words around the answers are in."""
    texts = Catalogue.load("digests").texts
    return next((one for one in fallbacks(language) if "you.title" in texts.get(one, {})), HOME)


def exchange_of(theme: Answered, say: Say, view: YouSaidWeDid) -> Exchange:
    """One thing that was said, and the reply, with all that is told of it."""
    about = theme.figure.about
    figure = say("you.no_number") if about is None else say("you.about", n=about)
    if about is not None and theme.figure.as_of != view.period.end:
        figure = f"{figure} {say('you.as_of', day=theme.figure.as_of)}"
    return Exchange(
        said=one_line(theme.said),
        figure=figure,
        label=say(f"you.kind.{theme.kind}"),
        reply=one_line(theme.did),
        because=say("you.because", text=one_line(theme.because)) if theme.because else "",
        details=tuple(_details(theme, say)),
    )


def promise_of(theme: Answered, say: Say) -> str:
    """How the promise stands, in a sentence; "" where nothing was promised for a day."""
    if theme.standing == "promised":
        return say(f"you.standing.{theme.kind}", day=theme.by_when) if theme.by_when else ""
    if theme.standing == "late":
        return say("you.standing.late", day=theme.by_when)
    return say(f"you.standing.{theme.standing}")


def _opening(view: YouSaidWeDid, say: Say, fell: FellBack) -> Iterator[str]:
    yield say("you.intro")
    took_part = say(view.took_part_key, n=view.took_part.about)
    if view.took_part.as_of != view.period.end:
        took_part = f"{took_part} {say('you.as_of', day=view.took_part.as_of)}"
    yield took_part
    if fell.language:
        yield say("you.no_words_language", name=language_name(view.written_in))
    if fell.readers:
        yield say("you.no_words_readers")


def _sections(
    view: YouSaidWeDid, say: Say, language: str, help_lines: Sequence[Named]
) -> Iterator[Section]:
    yield Section("said", say("you.section"), tuple(_said(view, say)))
    why = f"{say('you.why_no_number_text')} {say('you.rounded')}"
    yield Section("number", say("you.why_no_number"), (Text(why),))
    yield Section("who", say("you.who"), tuple(_reach(view, say)))
    yield Section("loop", say("you.loop"), tuple(_loop(view, say)))
    helped = (Text(_help(line, language)) for line in help_lines)
    blocks = (Text(say("you.help_text")), *helped) if help_lines else ()
    yield Section("help", say("you.help"), blocks)


def _said(view: YouSaidWeDid, say: Say) -> Iterator[Block]:
    if not view.themes:
        yield Text(say("you.nothing"), "missing")
    for theme in view.themes:
        yield exchange_of(theme, say, view)
    if view.unanswered:
        owed = say("you.unanswered", n=view.unanswered)
        if view.hear_back_by is not None and view.hear_back_by > view.period.end:
            owed = f"{owed} {say('you.hear_back', day=view.hear_back_by)}"
        yield Text(owed, "missing")


def _details(theme: Answered, say: Say) -> Iterator[str]:
    if promise := promise_of(theme, say):
        yield promise
    for one in theme.corrected:
        before = say("quoted", text=one_line(one.did))
        yield " ".join(
            (
                say("you.corrected", day=one.on),
                say("you.corrected_what", text=one_line(one.what)),
                say("you.corrected_before", text=before),
            )
        )
    yield from _evidence(theme, say)
    decided = ""
    if theme.decided_by and theme.decided_on:
        decided = say("you.decided", who=one_line(theme.decided_by), day=theme.decided_on)
    elif theme.decided_by:
        decided = say("you.decided_by", who=one_line(theme.decided_by))
    yield f"{decided} {say('you.told', day=theme.told_on)}".strip()


def _evidence(theme: Answered, say: Say) -> Iterator[str]:
    found = theme.evidence
    if found is None:
        return
    if found.shown:
        yield f"{say('you.check_it')}: {one_line(found.shown)}"
    if found.action_ref:
        ref, action = one_line(found.action_ref), one_line(found.action)
        yield say("you.check_action", ref=ref, text=action)
    if found.lead:
        yield say("you.check_lead", who=one_line(found.lead))


def _reach(view: YouSaidWeDid, say: Say) -> Iterator[Block]:
    reach = view.reach
    if reach.invited is not None:
        yield Text(say(view.invited_key, n=reach.invited.about))
    if reach.groups:
        names = "; ".join(one_line(name) for name in reach.groups)
        yield Text(say("you.groups", names=names))
        if reach.unheard:
            yield Text(say("you.unheard", n=reach.unheard))


def _loop(view: YouSaidWeDid, say: Say) -> Iterator[Block]:
    loop = view.loop
    if loop.per_cent is None:
        return
    answered = say(
        "you.answered", answered=loop.answered, themes=loop.themes, per_cent=loop.per_cent
    )
    if loop.days is not None:
        days = say("you.days", n=loop.days) if loop.days else say("you.same_day")
        answered = f"{answered} {days}"
    yield Text(answered)


def _help(line: Named, language: str) -> str:
    note = one_line(note_in(line, language))
    words = f"{one_line(name_in(line, language))}: {one_line(line.number)}"
    return f"{words} ({note})" if note else words
