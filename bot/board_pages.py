"""Which right each page inside needs: the one table, which the board enforces for every route.

It stands here because links are sent to whoever finds something on the board, by any door.
"""

from dataclasses import dataclass

from bot.access import Right, Who


@dataclass(frozen=True, slots=True)
class Need:
    """`rights`: one of them is enough; with none it is for whoever is signed in.

    `is_open`: nobody has to be signed in. `asks_again`: a fresh link was used shortly before.
    """

    rights: frozenset[Right] = frozenset()
    is_open: bool = False
    asks_again: bool = False

    def lets_in(self, who: Who) -> bool:
        return not self.rights or bool(self.rights & who.rights)

    @property
    def lacking(self) -> Right:
        """The right that a refusal speaks of."""
        return min(self.rights, key=list(Right).index)


_OPEN = Need(is_open=True)
_ANYBODY = Need()
_WORDS = Need(frozenset({Right.REVIEW}), asks_again=True)
_PLAN = Need(frozenset({Right.DIGEST, Right.OWN_ACTIONS}))
_PUBLISH = Need(frozenset({Right.PUBLISH}))
_SURVEYS = Need(frozenset({Right.PARTICIPATION, Right.AGGREGATES, Right.SURVEYS}))
_DELIVERY = Need(frozenset({Right.PUBLISH, Right.DIGEST}))
_REPORTS = Need(frozenset({Right.DIGEST}))
_MINUTES = Need(frozenset({Right.MINUTES}))
_MEASURES = Need(frozenset({Right.DIGEST, Right.READINGS, Right.OWN_ACTIONS}))
"""Who only leads sees what they were named to keep."""

NEEDS: dict[str, Need] = {
    "/": _ANYBODY,
    "/sign-in": _OPEN,
    "/sign-in/{token}": _OPEN,
    "/sign-out": _OPEN,
    "/sessions": _ANYBODY,
    "/again": _ANYBODY,
    "/state": Need(frozenset({Right.STATE})),
    "/plan": _PLAN,
    "/plan/timeline": _PLAN,
    "/plan/import": Need(frozenset({Right.SETTLE_IMPORT})),
    "/plan/{ref}": _PLAN,
    "/indicators": _MEASURES,
    "/indicators/import": _MEASURES,
    "/indicators/{ref}": _MEASURES,
    "/decisions": Need(frozenset({Right.APPROVE, Right.GROUP_ACTIONS})),
    "/calendar": Need(frozenset({Right.OWN_ACTIONS})),
    "/calendar/{token}.ics": _OPEN,
    "/concerns": _WORDS,
    "/concerns/hand-over": Need(frozenset({Right.REVIEW})),
    "/concerns/figures": Need(frozenset({Right.COUNTS})),
    "/concerns/{ref}": _WORDS,
    "/concerns/{ref}/redact": _WORDS,
    "/concerns/{ref}/trace": Need(frozenset({Right.TRACE}), asks_again=True),
    "/surveys": _SURVEYS,
    "/surveys/{slug}": _SURVEYS,
    "/surveys/{slug}/results": Need(frozenset({Right.AGGREGATES, Right.FIGURES})),
    "/delivery": _DELIVERY,
    "/delivery/{ref}": _DELIVERY,
    "/themes": _PUBLISH,
    "/themes/{slug}": _PUBLISH,
    "/themes/{slug}/code": Need(frozenset({Right.READ_REVIEWED})),
    "/themes/{slug}/split": Need(frozenset({Right.READ_REVIEWED})),
    "/themes/{slug}/sessions": _PUBLISH,
    "/reports": _REPORTS,
    "/reports/{ref}": _REPORTS,
    "/meetings": _MINUTES,
    "/meetings/{ref}": _MINUTES,
    "/responses": _PUBLISH,
    "/responses/{slug}": _PUBLISH,
    "/responses/{slug}/file": _PUBLISH,
    "/responses/{slug}/publish": _PUBLISH,
    "/responses/{slug}/{ref}": _PUBLISH,
    "/settings": Need(frozenset({Right.SETTINGS})),
    "/rota": Need(frozenset({Right.ROTA})),
    "/audit": Need(frozenset({Right.AUDIT})),
    "/break-glass": Need(frozenset({Right.BREAK_GLASS, Right.REVIEW}), asks_again=True),
}
"""By path. A page that does not stand here cannot be made."""
