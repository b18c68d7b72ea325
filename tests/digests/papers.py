"""A paper with one of everything, for tests of the formats."""

from datetime import date, timedelta

from digests.drawings import Bar, Bars, Drawing, Flow, Line, Moment, Point, Step, Timeline
from digests.paper import (
    Bullets,
    Exchange,
    Facts,
    Paper,
    Picture,
    Section,
    Table,
    Text,
)

STATES = ("red", "amber", "green", "blue", "grey")
_QUARTERS = ("Jan-Mar", "Apr-Jun", "Jul-Sep", "Oct-Dec")

READINGS = Table(
    "Readings by quarter",
    ("Quarter", "Reading", "Narrative"),
    (("Jan-Mar", "42.5%", "Two large families came in."), ("Apr-Jun", "c", "Too few people")),
    (1,),
    "c: fewer than 5 people.",
)
LINE = Line(
    tuple(
        Point(name, date(2023, 3, 31) + timedelta(days=91 * place), value)
        for place, (name, value) in enumerate(zip(_QUARTERS, (42.5, None, 38, 35), strict=True))
    ),
    "%",
    40,
    30,
    "down",
)
BARS = Bars(tuple(Bar(state, n + 1, f"{n + 1} actions", state) for n, state in enumerate(STATES)))
FLOW = Flow((Step("people said something", "about 45", "in 3 surveys"), Step("themes", "12")))


def timeline(moments: int) -> Timeline:
    """So many deadlines over two years, every seventh of which has moved."""
    starts = date(2023, 1, 1)
    return Timeline(
        starts,
        date(2024, 12, 31),
        date(2023, 11, 3),
        tuple(
            Moment(
                f"{n // 5 + 1}.{n % 5 + 1}",
                starts + timedelta(days=n * 97 % 720),
                STATES[n % 5],
                date(2023, 2, 1) if n % 7 == 0 else None,
            )
            for n in range(moments)
        ),
    )


def paper(words: str = "Sam & co", language: str = "en") -> Paper:
    """`words` stand wherever a person can put some."""
    return Paper(
        kind="highlight",
        name="highlight-2023-12-31",
        title="Highlight report",
        period="1 October 2023 to 31 December 2023",
        of=f"Rochdale: {words}",
        dated=date(2023, 12, 31),
        sections=(_standing(words), _said(words), _pictures()),
        opening=(f"Please read this. {words}",),
        whose=f"Opening: {words}",
        as_at="As at 09:00 on 15 January 2024",
        source="Figures are for the quarter.",
        language=language,
        remarks={"standing": f"Ask Priya. {words}"},
    )


def _standing(words: str) -> Section:
    rows = ((f"1.2 Put it to use {words}", "Nurse\nBoard", "2"), ("1.3 Train staff", "", "0"))
    return Section(
        "standing",
        "How the plan stands",
        (
            Facts((("overdue", "5"), ("complete", "9 of 20"))),
            Text(f"Five actions are overdue. {words}"),
            Table("Actions that moved", ("Action", "Lead", "Moved"), rows, (2,)),
            Text("No reading was entered this quarter.", "missing"),
            Text("May 1.2 move to 31 May 2024?", "decide", opens="said"),
            Bullets((f"Find a lead. {words}", "Agree a date."), numbered=True),
            Bullets(("one", "two")),
        ),
    )


def _said(words: str) -> Section:
    return Section(
        "said",
        f"What was said {words}",
        (
            Exchange(
                f"Listen before you decide {words}",
                "About 35 said so.",
                "We did",
                f"Every meeting starts with you. {words}",
                f"Because you asked. {words}",
                ("Told on 12 January 2024.",),
                "standing",
            ),
            Text(f"We trained 43 staff. {words}", "remark"),
            Text("As recorded.", "soft", opens="https://example.org/you"),
        ),
    )


def _pictures() -> Section:
    drawings: dict[str, Drawing] = {
        "Repeat plans": LINE,
        "Actions by colour": BARS,
        "Deadlines": timeline(20),
        "From said to told": FLOW,
    }
    blocks = (
        Picture(title, f"{title}: what it shows.", drawing, READINGS)
        for title, drawing in drawings.items()
    )
    return Section("pictures", "Pictures", tuple(blocks), level=3)
