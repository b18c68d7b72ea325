"""The card for the youth worker who passes a tablet round: how it goes, and what to do if."""

from collections.abc import Iterator, Sequence

from storage.language import direction
from surveys.definition import Mode, Survey
from surveys.poster.view import HelpLine, Occasion, Panel, TabletPages, WorkerCard
from surveys.poster.writing import (
    EMERGENCY,
    CannotInvite,
    Writing,
    may_invite,
    numbers,
    promises,
    shown_of,
)
from surveys.printable import apart


def gather_card(
    form: Survey,
    language: str,
    occasion: Occasion,
    *,
    pages: TabletPages,
    help_lines: Sequence[HelpLine],
) -> WorkerCard:
    """What the card says. Raises CannotInvite where something on it would not be so."""
    _may_be_passed_round(form, occasion)
    may_invite(form, language, occasion)
    writing = Writing(form, language, occasion)

    def say(key: str, **params: object) -> str:
        return writing.say(key, part="worker", **params)

    def panel(name: str, sentences: Sequence[str]) -> Panel:
        return Panel(say(f"{name}_title"), tuple(sentences))

    return WorkerCard(
        language=language,
        direction=direction(language),
        document_title=writing.document_title("worker"),
        title=say("title"),
        survey=writing.title,
        invited_by=writing.invited_by,
        way=writing.way(occasion.tablet, say("way")),
        start=panel("start", say("start", next=pages.next_person).splitlines()),
        told=panel("told", tuple(_told(writing))),
        unseen=panel("unseen", (say("unseen"), _cleared(writing, pages))),
        disclosure=panel("disclosure", say("disclosure").splitlines()),
        lead=say("lead"),
        emergency=(writing.say("help.practitioners_now"), EMERGENCY),
        two_codes=panel("codes", tuple(_codes(writing, pages))),
        help_title=say("help_title"),
        help_lines=tuple(numbers(writing, help_lines)),
    )


def _may_be_passed_round(form: Survey, occasion: Occasion) -> None:
    if not form.settings.is_youth:
        raise CannotInvite(
            "the card is for a youth worker who passes a tablet round, and this survey is not for "
            "young people; print a poster instead"
        )
    if not occasion.tablet:
        raise CannotInvite(
            "a tablet needs the web page; set `web` in the section [links] of the settings to the "
            "address where your survey pages are"
        )


def _told(writing: Writing) -> Iterator[str]:
    """What the first page says to the young person, and the poster too."""
    yield writing.say("choice.youth")
    yield from promises(writing)
    yield writing.say("unseen_by_you", part="worker")
    yield writing.say("help.not_watched")


def _cleared(writing: Writing, pages: TabletPages) -> str:
    return writing.say("cleared", part="worker", n=pages.cleared_after_seconds)


def _codes(writing: Writing, pages: TabletPages) -> Iterator[str]:
    address = apart(shown_of(writing.occasion.home), writing.language)
    yield writing.say(
        "come_back", part="worker", later=pages.later, address=address, n=pages.good_for_days
    )
    is_anonymous = writing.settings.mode is Mode.ANONYMOUS
    yield writing.say("receipt_first" if is_anonymous else "receipt", part="worker")
