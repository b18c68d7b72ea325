"""What a reviewer can do about a text, as the forms of its page send it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session as Db

from bot.circumstances import Circumstances
from bot.web.board.concern_view import Line
from bot.web.forms import Sent
from storage.concerns import ReviewItem
from surveys import concerns
from surveys.clock_words import read_instant
from surveys.concerns import Decision, NotAllowed, Referral

Work = Callable[[Db, ReviewItem, int, Sent, Circumstances], None]

MOST_WORDS = 20_000

DECISIONS: Mapping[Decision, str] = {
    Decision.MASH: "Refer to MASH, the front door",
    Decision.POLICE: "Refer to the police",
    Decision.LADO: "Refer to the LADO, about somebody who works with children",
    Decision.SCHOOL_DSL: "Pass to the school's safeguarding lead (DSL)",
    Decision.REDACT: "Nothing to refer; nobody else reads it as it is",
    Decision.NONE: "Nothing to refer; others may read it",
}


class Stale(Exception):
    """Somebody was faster; the lines of the record that came after the page was shown."""

    def __init__(self, news: Sequence[Line]) -> None:
        super().__init__("the page is not as it was shown any more")
        self.news = tuple(news)


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `leaves`: the lines of the record by which a second press knows the first.

    `leads_to` what is shown next: the text again, or the queue.
    """

    name: str
    work: Work
    leaves: tuple[str, ...]
    leads_to: str = "{ref}"

    def onward(self, ref: str) -> str:
        return f"/concerns/{self.leads_to.format(ref=ref)}".rstrip("/") + f"?done={self.name}"


def done_since(news: Sequence[Line], act: Act, person_id: int) -> bool:
    """Whether all that came since is this very act of this very person: a second press."""
    is_mine = all(line.person_id == person_id for line in news)
    return is_mine and any(line.what.startswith(act.leaves) for line in news)


def _take(db: Db, item: ReviewItem, me: int, _: Sent, around: Circumstances) -> None:
    if not concerns.acknowledge(db, item, person_id=me, now=around.now):
        raise NotAllowed(f"{item.ref} is with somebody else by now.")


def _hand_back(db: Db, item: ReviewItem, me: int, _: Sent, around: Circumstances) -> None:
    concerns.hand_back(db, item, person_id=me, now=around.now)


def _note(db: Db, item: ReviewItem, me: int, sent: Sent, around: Circumstances) -> None:
    concerns.note(db, item, person_id=me, text=_words(sent, "note"), now=around.now)


def _decide(db: Db, item: ReviewItem, me: int, sent: Sent, around: Circumstances) -> None:
    decision = _decision(sent)
    concerns.decide(
        db,
        item,
        person_id=me,
        decision=decision,
        reason=_words(sent, "reason"),
        now=around.now,
        referral=_referral(sent, around) if decision.is_referral else None,
        redacted=_words(sent, "redacted"),
    )


def _decision(sent: Sent) -> Decision:
    chosen = sent.one("decision")
    if chosen not in set(Decision):
        raise NotAllowed("Please choose what you decide.")
    return Decision(chosen)


def _referral(sent: Sent, around: Circumstances) -> Referral:
    to, case = _words(sent, "to")[:200], _words(sent, "case_ref")[:100]
    if not to:
        raise NotAllowed("Please say to whom it was referred: a team or a name, and how.")
    typed = sent.one("at").strip()
    at = read_instant(typed) if typed else around.now
    if at is None:
        raise NotAllowed("Please give the day and the time of the referral.")
    return Referral(to, at, case)


def _agree(db: Db, item: ReviewItem, me: int, _: Sent, around: Circumstances) -> None:
    concerns.agree(db, item, person_id=me, now=around.now)


def _disagree(db: Db, item: ReviewItem, me: int, sent: Sent, around: Circumstances) -> None:
    reason = _words(sent, "disagree_reason")
    concerns.disagree(db, item, person_id=me, reason=reason, now=around.now)


def _reopen(db: Db, item: ReviewItem, me: int, sent: Sent, around: Circumstances) -> None:
    reason = _words(sent, "reopen_reason")
    concerns.reopen(db, item, person_id=me, reason=reason, now=around.now)


def _purge(db: Db, item: ReviewItem, me: int, sent: Sent, around: Circumstances) -> None:
    case = _words(sent, "moved_to")[:100]
    concerns.purge(db, item, person_id=me, case_ref=case, now=around.now)


def _words(sent: Sent, name: str) -> str:
    return sent.one(name).strip()[:MOST_WORDS]


_DECIDED = ("proposed", "closed")

ACTS: Mapping[str, Act] = {
    act.name: act
    for act in (
        Act("take", _take, ("acknowledged",)),
        Act("back", _hand_back, ("handed back",), leads_to=""),
        Act("note", _note, ("note",)),
        Act("decide", _decide, _DECIDED, leads_to=""),
        Act("agree", _agree, ("agreed",), leads_to=""),
        Act("disagree", _disagree, ("disagreed",)),
        Act("reopen", _reopen, ("reopened",)),
        Act("purge", _purge, ("moved",)),
    )
}
