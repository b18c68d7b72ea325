"""What was not let in is said to whoever watches `run`: each kind at first, and as it grows."""

from collections.abc import Callable


def say_refused(tell: Callable[[str], None], what: str, kind: str, count: int) -> None:
    """A line for the first of a kind, the tenth, the hundredth: a flood does not drown the rest.

    `what` was not let in, such as "Slack: a request was refused"; `kind` names nobody.
    """
    if count == 10 ** (len(str(count)) - 1):
        so_far = f" ({count} so far)" if count > 1 else ""
        tell(f"{what}: {kind}{so_far}.")
