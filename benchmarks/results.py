"""Results of a survey with a million answers, against the bare GROUP BY of the same questions.

`python -m benchmarks.results ours|bare DATABASE crossed|plain` is one measurement in a process of
its own, so that its memory is its own.
"""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.filled import database
from benchmarks.measuring import memory, milliseconds, ratio, run_child
from benchmarks.report import Finding, Line

ANSWERS = 1_000_000
NOW = datetime(2023, 12, 1, 9, tzinfo=UTC)
TODAY = date(2023, 12, 1)
_OPENED = datetime(2023, 11, 20, 9, tzinfo=UTC)
_QUESTIONS = 8
_AT_ONCE = 20_000
_PLAIN = (
    "SELECT question, value, count(*) FROM answer WHERE version_id = 1 GROUP BY 1, 2",
    "SELECT question, count(*) FROM answer WHERE version_id = 1 AND question = 'q8' "
    "AND words IS NOT NULL GROUP BY 1",
)
_CROSSED = (
    "SELECT g.value, a.question, a.value, count(*) FROM answer g JOIN answer a "
    "ON a.pseudonym = g.pseudonym WHERE g.version_id = 1 AND g.question = 'q1' "
    "AND g.value IS NOT NULL AND a.value IS NOT NULL GROUP BY 1, 2, 3"
)


def run(folder: Path, *, quick: bool = False) -> Finding:
    """Ours and the bare statements in turn, for the whole survey and by a grouping question."""
    answers, times = (800, 1) if quick else (ANSWERS, 5)
    plain = _line(folder, "plain", answers, times)
    small = _line(folder, "plain", answers // 10, 1)
    crossed = _line(folder, "crossed", answers, min(times, 3))
    return Finding(
        "results",
        "Results of one survey",
        (plain, small, crossed),
        (
            "Ours: a whole look, from the number of people to the frozen, protected view, with how "
            "far people came, and noted so that the next look can be compared with it. Bare: "
            "Python's sqlite3, GROUP BY over the same answers (choices, and who wrote words), all "
            "rows fetched, without asking who took part; for the third line also the self-join by "
            "the grouping question.",
            "The second line has a tenth of the answers: the memory beside the first shows "
            "whether it grows with them.",
        ),
    )


def _line(folder: Path, kind: str, answers: int, times: int) -> Line:
    made = folder / f"{kind}{answers}.db"
    _fill(made, answers // _QUESTIONS, is_grouping=kind == "crossed")
    ours: list[dict[str, Any]] = []
    bare: list[dict[str, Any]] = []
    for turn in range(times):
        pair = [("ours", ours), ("bare", bare)]
        for name, found in pair if turn % 2 == 0 else reversed(pair):
            found.append(_child(name, _copy(made, folder / "copy.db"), kind))
    found_ratio = ratio([one["seconds"] for one in ours], [one["seconds"] for one in bare])
    aimed = kind == "plain" and answers >= ANSWERS
    by = ", by a grouping question as well" if kind == "crossed" else ""
    return Line(
        what=f"{answers:,} answers to {_QUESTIONS} questions{by}",
        ours=_shown(ours),
        against="the bare SQL GROUP BY of the same questions",
        theirs=_shown(bare),
        ratio=found_ratio.middle,
        spread=found_ratio.spread,
        aim="at most 2" if aimed else "",
        met=found_ratio.middle <= 2 if aimed else None,
    )


def _copy(database: Path, to: Path) -> Path:
    """A fresh copy that rests on the disk, so that no measurement waits for it to be written."""
    for ending in ("-wal", "-shm"):
        to.with_name(to.name + ending).unlink(missing_ok=True)
    shutil.copyfile(database, to)
    with to.open("rb") as file:
        os.fsync(file.fileno())
    return to


def _shown(runs: list[dict[str, Any]]) -> str:
    took = milliseconds(median(one["seconds"] for one in runs))
    most = median(one["most"] for one in runs)
    more = median(one["most"] - one["before"] for one in runs)
    return f"{took}, {most:,.0f} MB at most, {more:,.0f} MB of them for this"


def _child(name: str, path: Path, kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.results", name, str(path), kind]
    found: dict[str, Any] = json.loads(run_child(command)[1])
    return found


def main() -> None:
    """One measurement, printed as JSON."""
    name, path, kind = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    work = _ours(path) if name == "ours" else _bare(path, kind)
    next(work)
    before, _ = memory()
    begun = perf_counter()
    rows = next(work)
    seconds = perf_counter() - begun
    print(json.dumps({"seconds": seconds, "before": before, "most": memory()[1], "rows": rows}))


def _ours(path: Path) -> Iterator[int]:
    """First ready, then done: how many lines are seen."""
    from surveys.results import Wanted, results_of
    from surveys.sessions import Forms

    forms = Forms()
    with database(path) as opened:
        with opened.reading() as db:
            forms.of(db, 1)
        yield 0
        found = results_of(opened, forms, Wanted("large"), now=NOW, today=TODAY)
        yield sum(len(question.lines) for question in found.questions)


def _bare(path: Path, kind: str) -> Iterator[int]:
    connection = sqlite3.connect(path)
    connection.execute("SELECT count(*) FROM survey").fetchone()
    yield 0
    rows = sum(len(connection.execute(one).fetchall()) for one in _PLAIN)
    if kind == "crossed":
        rows += len(connection.execute(_CROSSED).fetchall())
    yield rows


def _fill(path: Path, people: int, *, is_grouping: bool) -> None:
    from storage.surveys import Answer, SurveySession

    with database(path) as made:
        made.create_all()
        with made.writing() as db:
            _survey(db, is_grouping=is_grouping)
            everyone = range(1, people + 1)
            _many(db, SurveySession, (_session(n) for n in everyone))
            _many(db, Answer, (row for n in everyone for row in _answers(n)))
        made.fold_log()


def _survey(db: Any, *, is_grouping: bool) -> None:
    from storage.surveys import Survey, SurveyState, SurveyVersion
    from surveys.definition import Audience, Choice, Kind, Question, Settings
    from surveys.definition import Survey as Definition

    choices = tuple(Choice(str(n), {"en": f"Choice {n}"}) for n in range(5))
    questions = tuple(
        Question(
            f"q{n}",
            Kind.SELECT_MULTIPLE if n == 7 else Kind.TEXT if n == 8 else Kind.SELECT_ONE,
            labels={"en": f"Question {n}?"},
            choices=() if n == 8 else choices,
            is_grouping=is_grouping and n == 1,
        )
        for n in range(1, _QUESTIONS + 1)
    )
    settings = Settings("large", titles={"en": "A large survey"}, audience=Audience.PRACTITIONERS)
    form = Definition(settings, questions)
    db.add(
        SurveyVersion(
            id=1, slug="large", fingerprint="f", definition=form.to_json(), added_at=_OPENED
        )
    )
    db.flush()
    db.add(
        Survey(
            id=1,
            slug="large",
            title="A large survey",
            audience="practitioners",
            mode="confidential",
            version_id=1,
            state=SurveyState.CLOSED,
            added_at=_OPENED,
            opened_at=_OPENED,
        )
    )
    db.flush()


def _many(db: Any, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    from sqlalchemy import insert

    every = iter(rows)
    while batch := list(islice(every, _AT_ONCE)):
        db.connection().execute(insert(table.__table__), batch)


def _session(number: int) -> dict[str, Any]:
    return {
        "id": f"s{number * 2_654_435_761 % 2**32:08x}{number}",
        "survey_id": 1,
        "version_id": 1,
        "pseudonym": _pseudonym(number),
        "state": "complete" if number % 9 else "expired",
        "progress": "{}",
        "started_at": _OPENED,
        "moved_at": _OPENED,
    }


def _pseudonym(number: int) -> str:
    """In no order, as real ones are."""
    return f"{number * 2_654_435_761 % 2**32:08x}{number:016x}"


def _answers(number: int) -> Iterable[dict[str, Any]]:
    for question in range(1, _QUESTIONS + 1):
        value: str | None = str((number * question) % 5)
        if question == 7:
            value = " ".join(str(n) for n in range(5) if number >> n & 1) or "0"
        yield {
            "pseudonym": _pseudonym(number),
            "question": f"q{question}",
            "version_id": 1,
            "value": None if question == 8 else value,
            "words": "more people to talk to" if question == 8 else None,
            "answered_on": TODAY,
        }


if __name__ == "__main__":
    main()
