"""Which right each page inside needs: the one table, which `frame` enforces for every route."""

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

NEEDS: dict[str, Need] = {
    "/": _ANYBODY,
    "/sign-in": _OPEN,
    "/sign-in/{token}": _OPEN,
    "/sign-out": _OPEN,
    "/sessions": _ANYBODY,
    "/again": _ANYBODY,
    "/state": Need(frozenset({Right.STATE})),
    "/concerns": _WORDS,
    "/concerns/hand-over": Need(frozenset({Right.REVIEW})),
    "/concerns/figures": Need(frozenset({Right.COUNTS})),
    "/concerns/{ref}": _WORDS,
    "/concerns/{ref}/redact": _WORDS,
    "/concerns/{ref}/trace": Need(frozenset({Right.TRACE}), asks_again=True),
    "/rota": Need(frozenset({Right.ROTA})),
    "/audit": Need(frozenset({Right.AUDIT})),
    "/break-glass": Need(frozenset({Right.BREAK_GLASS, Right.REVIEW}), asks_again=True),
}
"""By path. A page that does not stand here cannot be made."""

PLACES = (
    ("/concerns", "Review queue"),
    ("/concerns/hand-over", "Hand over"),
    ("/concerns/figures", "Figures"),
    ("/rota", "Rota"),
    ("/audit", "Audit log"),
    ("/break-glass", "Emergency"),
    ("/state", "Which doors work"),
)
"""What the navigation leads to, in its order, for whoever may go there."""


def places_of(who: Who) -> tuple[tuple[str, str], ...]:
    """Where this person may go."""
    return tuple((path, name) for path, name in PLACES if NEEDS[path].lets_in(who))
