"""The review queue: what goes in, how soon a person reads it, who is told, what they decide."""

from surveys.concerns.alerting import alert, pass_on, undelivered, unheard, unreachable
from surveys.concerns.circle import cover, reads
from surveys.concerns.counting import Figures, TierFigures, figures
from surveys.concerns.covering import (
    Covering,
    lines_cover_nights,
    needs_cover,
    uncovered,
)
from surveys.concerns.deciding import (
    Decision,
    Outcome,
    Referral,
    agree,
    decide,
    disagree,
    note,
    purge,
    reopen,
)
from surveys.concerns.gathering import GATHERED
from surveys.concerns.handing_over import HandOver, hand_over, hand_over_due, hand_over_of
from surveys.concerns.queue import (
    acknowledge,
    closed,
    find,
    hand_back,
    has_read,
    overdue,
    seen,
    waiting,
)
from surveys.concerns.rota import (
    Gap,
    Shift,
    add_shift,
    gaps,
    is_away,
    on_call,
    remove_shift,
    shifts,
)
from surveys.concerns.rows import NotAllowed, events, is_anonymous, review_row
from surveys.concerns.telling import hears_of_it
from surveys.concerns.tracing import Traced, Untraceable, trace
from surveys.concerns.watching import watch
from surveys.review_clock import due_at

__all__ = [
    "GATHERED",
    "Covering",
    "Decision",
    "Figures",
    "Gap",
    "HandOver",
    "NotAllowed",
    "Outcome",
    "Referral",
    "Shift",
    "TierFigures",
    "Traced",
    "Untraceable",
    "acknowledge",
    "add_shift",
    "agree",
    "alert",
    "closed",
    "cover",
    "decide",
    "disagree",
    "due_at",
    "events",
    "figures",
    "find",
    "gaps",
    "hand_back",
    "hand_over",
    "hand_over_due",
    "hand_over_of",
    "has_read",
    "hears_of_it",
    "is_anonymous",
    "is_away",
    "lines_cover_nights",
    "needs_cover",
    "note",
    "on_call",
    "overdue",
    "pass_on",
    "purge",
    "reads",
    "remove_shift",
    "reopen",
    "review_row",
    "seen",
    "shifts",
    "trace",
    "uncovered",
    "undelivered",
    "unheard",
    "unreachable",
    "waiting",
    "watch",
]
