"""Long forms: forty questions through the engine and all the way to the disk; reading 500 rows."""

import asyncio
import json
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter

from openpyxl import Workbook

from benchmarks import mailroom
from benchmarks.mailroom import NOW, Office
from benchmarks.measuring import milliseconds, ratio
from benchmarks.report import Finding, Line
from benchmarks.updates import Given, Tap, Typing
from surveys import engine
from surveys.definition import Audience, Choice, Kind, Question, Settings, Survey
from surveys.turns import Chose, Reply, Session, Typed
from surveys.xlsform import read_xlsform

QUESTIONS = 40
ROWS = 500
_YES_NO = (Choice("yes", {"en": "Yes"}), Choice("no", {"en": "No"}))
_LABEL = {"en": "How has this been for you over the last three months?"}


def long_form() -> Survey:
    """Every fourth question decides the next two; every other one has a constraint."""
    return Survey(
        Settings("forty", audience=Audience.PRACTITIONERS),
        tuple(_question(number) for number in range(QUESTIONS)),
    )


def _question(number: int) -> Question:
    name, before = f"q{number}", f"q{number - 1}"
    if number % 4 == 0:
        return Question(name, Kind.SELECT_ONE, _LABEL, choices=_YES_NO)
    if number % 4 == 1:
        asked = f"${{{before}}} = 'yes'"
        return Question(name, Kind.INTEGER, _LABEL, relevant=asked, constraint=". >= 0 and . < 99")
    if number % 4 == 2:
        asked = f"${{q{number - 2}}} = 'yes' and ${{{before}}} > 5"
        return Question(name, Kind.SELECT_ONE, _LABEL, choices=_YES_NO, relevant=asked)
    return Question(name, Kind.TEXT, _LABEL, constraint="string-length(.) < 500")


def replies() -> list[Reply]:
    """What everybody answers; each question applies."""
    given: tuple[Reply, ...] = (Chose(("yes",)), Typed("7"), Chose(("no",)), Typed("It went well."))
    return list(islice(cycle(given), QUESTIONS))


def _updates() -> list[Given]:
    labels = ("Yes", "No")
    one = (("q", 0), ("7", None), ("q", 1), ("It went well.", None))
    steps = [one[number % 4] for number in range(QUESTIONS)]
    return [
        Typing(f"q{number}", said) if place is None else Tap(f"q{number}", place, labels)
        for number, (said, place) in enumerate(steps)
    ]


def run_engine(folder: Path, *, quick: bool = False) -> Finding:
    """Answers in a second: the engine alone, its floor, and the whole way to the disk."""
    people, rounds = (2, 1) if quick else (50, 5)
    form = long_form()
    ours, floor, whole = [], [], []
    with mailroom.opened(folder, form) as office:
        for number in range(-1, rounds):
            rates = _engine_alone(form, people), _session_alone(form, people)
            on_disk = asyncio.run(_to_commit(office, people))
            if number >= 0:
                ours.append(rates[0])
                floor.append(rates[1])
                whole.append(on_disk)
    what = f"{QUESTIONS} questions, {people} people, each answer"
    return Finding(
        "engine",
        "A form of forty questions",
        (
            _line(f"{what} through engine and expressions", ours, _FLOOR, floor),
            _line(f"{what} to commit", whole, "engine and expressions alone", ours),
        ),
        ("Every turn reads the session from JSON and writes it again, as it is stored between.",),
    )


_FLOOR = "the session read from JSON and written again, and nothing else"


def _line(what: str, ours: Sequence[float], against: str, theirs: Sequence[float]) -> Line:
    found = ratio(ours, theirs)
    return Line(
        what=what,
        ours=f"{median(ours):,.0f} answers/s",
        against=against,
        theirs=f"{median(theirs):,.0f}/s",
        ratio=found.middle,
        spread=found.spread,
    )


def _rate(work: Callable[[], None], answers: int) -> float:
    begun = perf_counter()
    work()
    return answers / (perf_counter() - begun)


def _engine_alone(form: Survey, people: int) -> float:
    given = replies()

    def work() -> None:
        for seed in range(people):
            turn = engine.start(form, now=NOW, seed=seed, language="en")
            for reply in given:
                session = Session.from_json(turn.session.to_json())
                turn = engine.resume(form, session, reply, now=NOW)
            assert turn.session.outcome is not None, "a question was left open"

    return _rate(work, people * QUESTIONS)


def _session_alone(form: Survey, people: int) -> float:
    """Half-way through, as long as it is on average."""
    session = engine.start(form, now=NOW, seed=1, language="en").session
    for reply in replies()[: QUESTIONS // 2]:
        session = engine.resume(form, session, reply, now=NOW).session
    text = json.dumps(json.loads(session.to_json()))

    def work() -> None:
        for _ in range(people * QUESTIONS):
            json.dumps(json.loads(text))

    return _rate(work, people * QUESTIONS)


async def _to_commit(office: Office, people: int) -> float:
    welcomed = await office.welcome(people, _updates())
    before = office.counted()[0]
    seconds = await mailroom.answer_together(office, welcomed)
    assert office.counted()[0] - before == people * QUESTIONS, "an answer was lost"
    return people * QUESTIONS / seconds


def run_import(folder: Path, *, quick: bool = False) -> Finding:
    """Reading a form of 500 rows, beside pyxform's own conversion of the same file."""
    from pyxform.xls2xform import convert

    rows, rounds = (20, 1) if quick else (ROWS, 5)
    path = _workbook(folder / "long.xlsx", rows)
    ours, theirs = [], []
    for _ in range(rounds):
        begun = perf_counter()
        survey, issues = read_xlsform(path)
        ours.append(perf_counter() - begun)
        assert survey is not None, issues
        begun = perf_counter()
        convert(path, validate=False)
        theirs.append(perf_counter() - begun)
    found = ratio(ours, theirs)
    line = Line(
        what=f"A form of {rows} rows, read and checked",
        ours=milliseconds(median(ours)),
        against="pyxform alone, which ours asks for its opinion too",
        theirs=milliseconds(median(theirs)),
        ratio=found.middle,
        spread=found.spread,
    )
    note = "Ours finds the cell of everything that is wrong, and then asks pyxform as well."
    return Finding("import", "Reading a form", (line,), (note,))


def _workbook(path: Path, rows: int) -> Path:
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", "label", "relevant", "constraint", "constraint_message"])
    for number in range(rows):
        question = _question(number)
        kind = "select_one yes_no" if question.kind is Kind.SELECT_ONE else str(question.kind)
        told = "Please look at it again." if question.constraint else None
        asked = (question.relevant, question.constraint, told)
        survey.append([kind, question.name, _LABEL["en"], *asked])
    choices = book.create_sheet("choices")
    for row in (["list_name", "name", "label"], ["yes_no", "yes", "Yes"], ["yes_no", "no", "No"]):
        choices.append(row)
    settings = book.create_sheet("settings")
    settings.append(["form_id", "form_title", "loop_audience"])
    settings.append(["long", "A long form", "practitioners"])
    book.save(path)
    return path
