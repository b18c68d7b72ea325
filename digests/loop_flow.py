"""The loop in words and as a picture: from said to told, and whether it was right."""

from digests.drawings import Flow, Step
from digests.loop_figures import LoopFigures, Reached
from digests.paper import Picture, Table
from storage.language import HOME, Catalogue


def flow(figures: LoopFigures) -> Picture:
    """Four stations, with what they were one period earlier in the table beside it."""
    stations = ("said", "answered", "told", "right")
    now = {name: _shown(name, figures) for name in stations}
    steps = tuple(
        Step(say(f"{name}_label"), now[name], say(f"{name}_note", figures=figures))
        for name in stations
    )
    before = figures.before
    return Picture(
        title=say("flow_title"),
        alt=say("flow_alt", stations=[(step.label, step.shown) for step in steps]),
        drawing=Flow(steps),
        table=Table(
            caption=say("flow_title"),
            columns=(say("station"), say("now"), say("earlier")),
            rows=tuple(
                (
                    step.label,
                    step.shown,
                    _shown(name, before) if before is not None else say("none_before"),
                )
                for name, step in zip(stations, steps, strict=True)
            ),
            note=say("days", figures=figures),
        ),
    )


def reasons(figures: LoopFigures) -> tuple[str, ...]:
    """Who could not be told and why, each a line in plain words."""
    return why(figures.reached)


def why(reached: Reached) -> tuple[str, ...]:
    """The same of one list; without numbers where it is short."""
    return tuple(
        say(f"why.{one}") if count is None else say("why_many", n=count, why=say(f"why.{one}"))
        for one, count in reached.reasons
    )


def sentences(figures: LoopFigures) -> tuple[str, ...]:
    """The figures as sentences, each beside the period before; what is missing is said."""
    keys = ("answered_text", "days", "told_text", "right_text")
    found = (say(key, figures=figures, before=figures.before) for key in keys)
    return tuple(one for one in found if one)


def _shown(name: str, figures: LoopFigures) -> str:
    return say(f"{name}_shown", figures=figures)


def say(key: str, **params: object) -> str:
    return Catalogue.load("digests").say(f"loop.{key}", HOME, **params).strip()
