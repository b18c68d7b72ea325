"""One measurement in a process of its own, so that its memory is its own.

`python -m benchmarks.child round|digest|scorecard|bare DATABASE STATEMENTS [DAYS_LATER]`: all but
the last note every statement that they send to the database, with its values; the last sends the
same ones through the bare driver and fetches what they give. Prints seconds and megabytes as JSON.
"""

import atexit
import json
import pickle
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import memory

if TYPE_CHECKING:
    from storage.database import Database

Statement = tuple[str, Any, bool]
Work = Callable[[], tuple[dict[str, int], list[Statement]]]


def main() -> None:
    """Prepares, measures, prints."""
    name, database, statements = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    work = _PREPARED[name](database, statements)
    before, _ = memory()
    begun = perf_counter()
    counts, noted = work()
    seconds = perf_counter() - begun
    most = memory()[1]
    if noted:
        statements.write_bytes(pickle.dumps([_kept(*one) for one in noted]))
    print(json.dumps({"seconds": seconds, "before": before, "most": most} | counts))


def _round(path: Path, _statements: Path) -> Work:
    from benchmarks.filled import NOW
    from reminders import rounds
    from storage.calendar import Calendar

    made, calendar = _opened(path), Calendar()
    now = NOW + timedelta(days=_days_later())
    noted = noting(made.engine)

    def work() -> tuple[dict[str, int], list[Statement]]:
        with made.writing() as db:
            report = rounds.run(db, now=now, calendar=calendar)
        counts = {"actions": report.open_actions, "nudges": report.nudges, "people": report.people}
        return counts, noted

    return work


def _days_later() -> int:
    return int(sys.argv[4]) if len(sys.argv) > 4 else 0


def _digest(path: Path, _statements: Path) -> Work:
    from benchmarks.filled import FRIDAY, NOW
    from digests.period import Period
    from digests.weekly import gather
    from storage.calendar import Calendar

    made, calendar = _opened(path), Calendar()
    noted = noting(made.engine)

    def work() -> tuple[dict[str, int], list[Statement]]:
        with made.reading() as db:
            found = gather(db, Period.week_to(FRIDAY), now=NOW, calendar=calendar)
        return {"actions": found.actions, "surveys": len(found.surveys)}, noted

    return work


def _scorecard(path: Path, _statements: Path) -> Work:
    from benchmarks.filled import FRIDAY, NOW
    from digests.period import Period
    from digests.reports import REPORTS
    from storage.calendar import Calendar

    made, calendar, report = _opened(path), Calendar(), REPORTS["scorecard"]
    noted = noting(made.engine)

    def work() -> tuple[dict[str, int], list[Statement]]:
        with made.reading() as db:
            view = report.gather(db, Period.quarter_of(FRIDAY), now=NOW, calendar=calendar)
        paper = report.paper(view)
        return {"sections": len(paper.sections)}, noted

    return work


def _opened(path: Path) -> "Database":
    """The database, closed when the process ends, so that its file can be copied as it is."""
    from benchmarks.filled import database

    made = database(path)
    atexit.register(made.dispose)
    return made


def noting(engine: Any) -> list[Statement]:
    """A list to which every statement is added as it is sent."""
    from sqlalchemy import event

    noted: list[Statement] = []

    def note(
        _connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool
    ) -> None:
        # Many rows in one INSERT ... VALUES are called many too, but come as one row of values.
        noted.append((sql, values, many and isinstance(values, list)))

    event.listen(engine, "before_cursor_execute", note)
    return noted


def _kept(sql: str, values: Any, many: bool) -> Statement:
    """With bytes in place of the driver's views of them, which cannot be written to a file."""
    rows = values if many else [values]
    plain = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows]
    return sql, plain if many else plain[0], many


def _bare(path: Path, statements: Path) -> Work:
    noted: list[Statement] = pickle.loads(statements.read_bytes())
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")

    def work() -> tuple[dict[str, int], list[Statement]]:
        rows = 0
        for sql, values, many in noted:
            if many:
                connection.executemany(sql, values)
            else:
                rows += len(connection.execute(sql, values).fetchall())
        connection.execute("COMMIT")
        return {"rows": rows, "statements": len(noted)}, []

    return work


_PREPARED: dict[str, Callable[[Path, Path], Work]] = {
    "round": _round,
    "digest": _digest,
    "scorecard": _scorecard,
    "bare": _bare,
}


if __name__ == "__main__":
    main()
