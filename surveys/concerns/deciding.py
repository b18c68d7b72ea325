"""What a reviewer decides about a text; nothing that was decided is ever overwritten."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session as Db
from sqlmodel import select

from storage import audit
from storage.concerns import ReviewItem, ReviewState
from storage.holds import Held
from storage.people import Person, Role
from storage.retention import remove_concern
from storage.surveys import SessionState, SurveySession
from surveys.concerns.queue import acknowledge, change, has_read
from surveys.concerns.rows import NotAllowed, note_event
from surveys.concerns.telling import ask_for_second, tell_disagreed
from surveys.screening import Tier


class Decision(StrEnum):
    """What a reviewer decides. Every one but NONE and REDACT is a referral."""

    MASH = "mash"
    LADO = "lado"
    POLICE = "police"
    SCHOOL_DSL = "school_dsl"
    REDACT = "redact"
    NONE = "none"

    @property
    def is_referral(self) -> bool:
        return self not in (Decision.REDACT, Decision.NONE)


class Outcome(StrEnum):
    """What became of a decision."""

    CLOSED = "closed"
    NEEDS_SECOND = "needs_second"


@dataclass(frozen=True, slots=True)
class Referral:
    """To whom it went, when, and what it is called in their system."""

    to: str
    at: datetime
    case_ref: str = ""


_OPEN = (ReviewState.WAITING, ReviewState.ACKNOWLEDGED)
_NAMES = {
    Decision.MASH: "MASH",
    Decision.LADO: "LADO",
    Decision.POLICE: "the police",
    Decision.SCHOOL_DSL: "the school's DSL",
}


def decide(
    db: Db,
    item: ReviewItem,
    *,
    person_id: int,
    decision: Decision,
    reason: str,
    now: datetime,
    referral: Referral | None = None,
    redacted: str = "",
) -> Outcome:
    """A person's decision. A red waits then for a second person, who agrees or does not.

    `redacted`: what everybody after the reviewer reads in place of the words.
    """
    reason, redacted = reason.strip(), redacted.strip()
    _may_decide(db, item, person_id, decision, reason, redacted)
    sent = _referral(decision, referral, now)
    acknowledge(db, item, person_id=person_id, now=now)
    needs_second = item.tier == Tier.RED
    changed = change(
        db,
        item,
        _OPEN,
        state=ReviewState.PROPOSED if needs_second else ReviewState.CLOSED,
        decision=decision.value,
        reason=reason,
        decided_by_id=person_id,
        decided_at=now,
        redacted_words=redacted or item.redacted_words,
        referral_to=sent.to if sent else "",
        referral_at=sent.at if sent else None,
        case_ref=sent.case_ref if sent else "",
    )
    if not changed:
        raise NotAllowed(f"Somebody else decided about {item.ref} at the same moment; look again.")
    _record(db, item, decision, reason, now, person_id, needs_second=needs_second)
    if needs_second:
        ask_for_second(db, item, now=now)
        return Outcome.NEEDS_SECOND
    _forget_if_deleted(db, item)
    return Outcome.CLOSED


def _may_decide(
    db: Db, item: ReviewItem, person_id: int, decision: Decision, reason: str, redacted: str
) -> None:
    if item.state == ReviewState.CLOSED:
        raise NotAllowed(f"{item.ref} is closed already; a decision is never overwritten.")
    if item.state == ReviewState.PROPOSED:
        raise NotAllowed(f"{item.ref} was decided and waits for a second person.")
    if not has_read(db, item, person_id):
        raise NotAllowed(f"Read {item.ref} first: nobody decides about words they have not read.")
    needs_reason = item.tier in (Tier.RED, Tier.AMBER) or decision is not Decision.NONE
    if needs_reason and not reason:
        raise NotAllowed("Please give the reason: it is the record of why.")
    if redacted and redacted == item.words.strip():
        raise NotAllowed("Nothing was taken out of the text; take the names out, or leave it.")


def _referral(decision: Decision, given: Referral | None, now: datetime) -> Referral | None:
    if not decision.is_referral:
        if given is not None:
            raise NotAllowed("A referral goes with mash, lado, police or school_dsl.")
        return None
    sent = given or Referral(_NAMES[decision], now)
    if not sent.to.strip():
        raise NotAllowed("Say to whom it was referred.")
    if sent.at > now:
        raise NotAllowed("The referral lies in the future: record it once it was made.")
    return Referral(sent.to.strip(), sent.at, sent.case_ref.strip())


def _record(
    db: Db,
    item: ReviewItem,
    decision: Decision,
    reason: str,
    now: datetime,
    person_id: int,
    *,
    needs_second: bool,
) -> None:
    what = "proposed" if needs_second else "closed"
    note_event(db, item, f"{what}: {decision.value}", now, person_id, reason)
    if item.referral_at is not None:
        to = f"{item.referral_to}; {item.case_ref}" if item.case_ref else item.referral_to
        note_event(db, item, "referred", item.referral_at, person_id, to)
    if item.redacted_words:
        # Without the text: it goes with the words it was made of, and the record stays.
        note_event(db, item, "redacted", now, person_id)
    _audit(db, item, "decide" if needs_second else "close", now, person_id, decision.value)


def agree(db: Db, item: ReviewItem, *, person_id: int, now: datetime) -> None:
    """The second person closes it."""
    _may_second(db, item, person_id)
    if not change(db, item, (ReviewState.PROPOSED,), state=ReviewState.CLOSED):
        raise NotAllowed(f"{item.ref} does not wait for a second person any more; look again.")
    note_event(db, item, "agreed", now, person_id)
    note_event(db, item, f"closed: {item.decision}", now, person_id)
    _audit(db, item, "agree", now, person_id, item.decision)
    _forget_if_deleted(db, item)


def disagree(db: Db, item: ReviewItem, *, person_id: int, reason: str, now: datetime) -> None:
    """It goes back to who decided; what was proposed stays in the record."""
    _may_second(db, item, person_id)
    if not reason.strip():
        raise NotAllowed("Please say why not: the other person needs to know.")
    proposer = item.decided_by_id
    _undecide(db, item, (ReviewState.PROPOSED,), proposer, now)
    note_event(db, item, "disagreed", now, person_id, reason.strip())
    _audit(db, item, "disagree", now, person_id, "")
    tell_disagreed(db, item, person_id=proposer, now=now)


def _may_second(db: Db, item: ReviewItem, person_id: int) -> None:
    if item.state != ReviewState.PROPOSED:
        raise NotAllowed(f"{item.ref} does not wait for a second person.")
    if item.decided_by_id == person_id:
        raise NotAllowed(f"You decided about {item.ref}: a second reviewer must agree, not you.")
    _must_be_reviewer(db, person_id, f"agrees to {item.ref} or sends it back")
    if not has_read(db, item, person_id):
        raise NotAllowed(f"Read {item.ref} first: nobody agrees to what they have not read.")


def _must_be_reviewer(db: Db, person_id: int, does: str) -> None:
    """An open queue in an emergency is for reading and referring: nothing is deleted by it."""
    person = db.get(Person, person_id)
    if person is None or not person.active or Role.REVIEWER not in person.roles:
        raise NotAllowed(
            f"Only a reviewer {does}, not somebody who opened the queue in an emergency."
        )


def reopen(db: Db, item: ReviewItem, *, person_id: int, reason: str, now: datetime) -> None:
    """Takes up a closed item again; the old decision stays in the record."""
    if item.state != ReviewState.CLOSED:
        raise NotAllowed(f"{item.ref} is not closed.")
    if not reason.strip():
        raise NotAllowed("Please say why it is taken up again.")
    if not item.words:
        raise NotAllowed(f"The words of {item.ref} are not kept any more: see the case system.")
    _undecide(db, item, (ReviewState.CLOSED,), person_id, now)
    note_event(db, item, "reopened", now, person_id, reason.strip())
    _audit(db, item, "reopen", now, person_id, "")


def _undecide(
    db: Db,
    item: ReviewItem,
    states: tuple[ReviewState, ...],
    person_id: int | None,
    now: datetime,
) -> None:
    changed = change(
        db,
        item,
        states,
        state=ReviewState.ACKNOWLEDGED,
        acknowledged_by_id=person_id,
        acknowledged_at=now,
        decision="",
        reason="",
        decided_by_id=None,
        decided_at=None,
        redacted_words="",
        referral_to="",
        referral_at=None,
        case_ref="",
    )
    if not changed:
        raise NotAllowed(f"{item.ref} was changed at the same moment; look again.")


def note(db: Db, item: ReviewItem, *, person_id: int, text: str, now: datetime) -> None:
    """One more note beside the text; it stays as it was written."""
    if not text.strip():
        raise NotAllowed("The note is empty.")
    note_event(db, item, "note", now, person_id, text.strip())
    _audit(db, item, "note", now, person_id, "")


def purge(db: Db, item: ReviewItem, *, person_id: int, case_ref: str, now: datetime) -> None:
    """The words go from here, once the case system has them under this reference."""
    if item.state != ReviewState.CLOSED:
        raise NotAllowed(f"{item.ref} is open: close it first.")
    if not case_ref.strip():
        raise NotAllowed("Give the reference in the case system: without it nothing is deleted.")
    _must_be_reviewer(db, person_id, f"deletes the words of {item.ref} here")
    assert item.id is not None
    try:
        remove_concern(db, item_id=item.id, now=now)
    except Held as held:
        raise NotAllowed(f"{item.ref} stays: {held}") from None
    item.case_ref, item.redacted_words = case_ref.strip(), ""
    db.add(item)
    note_event(db, item, "moved to the case system", now, person_id, case_ref.strip())
    _audit(db, item, "purge", now, person_id, "")


def _forget_if_deleted(db: Db, item: ReviewItem) -> None:
    """Its author deleted it before it was read; now that it was read, it goes."""
    was_kept = item.decision not in (Decision.NONE, Decision.REDACT)
    if was_kept or item.pseudonym is None:
        return
    state = db.exec(
        select(SurveySession.state).where(SurveySession.pseudonym == item.pseudonym)
    ).first()
    if state is SessionState.DELETED:
        item.words = item.redacted_words = ""
        item.pseudonym = None
        db.add(item)


def _audit(db: Db, item: ReviewItem, act: str, now: datetime, person_id: int, detail: str) -> None:
    audit.record(
        db,
        at=now,
        act=f"concern.{act}",
        subject=f"review item {item.ref}",
        person_id=person_id,
        detail=detail,
    )
