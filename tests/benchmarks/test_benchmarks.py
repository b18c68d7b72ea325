"""Each benchmark runs at a tiny size; what it finds has the shape that the table needs.

Never a word about time here: how quick things are is for `make bench` on a quiet machine.
"""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, main
from benchmarks.measuring import percentile, ratio
from benchmarks.report import Finding, Line, table, write
from benchmarks.updates import in_turn, respondent

AIMED_AT = {
    "screening": 9,
    "answers": 2,
    "telegram": 1,
    "broadcast": 2,
    "board": 6,
    "interactions": 4,
    "help": 2,
}
"""How many aims each benchmark is held against, also at its tiny size."""


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_says_what_it_found_against_what_and_whether_its_aim_was_met(
    name: str, tmp_path: Path
) -> None:
    found = BENCHMARKS[name](tmp_path, quick=True)
    assert found.name == name
    assert found.notes
    assert sum(line.met is not None for line in found.lines) == AIMED_AT.get(name, 0)
    for line in found.lines:
        assert line.what
        assert line.ours
        assert line.theirs
        assert line.against
        assert line.ratio is None or line.ratio > 0
        assert bool(line.aim) is (line.met is not None)
    text = table([found])
    assert text.count("    ours     ") == text.count("    against  ") == len(found.lines)


def _line(*, met: bool | None) -> Line:
    aim = "" if met is None else "at least 5"
    return Line("Answers", "3,000/s", "a peer", "1,000/s", 3.0, (2.5, 3.5), aim, met)


@pytest.mark.parametrize(
    ("met", "words"), [(True, "at least 5: met"), (False, "at least 5: missed"), (None, "")]
)
def test_a_missed_aim_is_said_in_words(met: bool | None, words: str) -> None:
    text = table([Finding("answers", "Answers", (_line(met=met),))])
    assert words in text
    assert ("aim" in text) is (met is not None)
    assert "3.00   (rounds from 2.50 to 3.50)" in text


def test_findings_can_be_read_by_machines(tmp_path: Path) -> None:
    out = tmp_path / "new" / "findings.json"
    write([Finding("answers", "Answers", (_line(met=False),), ("a note",))], "a machine", out)
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["machine"] == "a machine"
    (finding,) = content["findings"]
    assert finding["lines"][0]["met"] is False
    assert finding["notes"] == ["a note"]


def test_a_benchmark_that_is_not_there_is_refused_with_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["speed"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "no benchmark 'speed'" in told
    assert all(name in told for name in BENCHMARKS)


def test_rounds_are_compared_one_by_one_so_a_slow_moment_of_the_machine_counts_on_both_sides() -> (
    None
):
    found = ratio([10.0, 1.0, 12.0], [5.0, 0.5, 4.0])
    assert found.middle == 2.0
    assert found.spread == (2.0, 3.0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.99, 100), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_people_answer_in_turn_and_every_update_has_its_own_number() -> None:
    people = [respondent(n, chat=10 + n, session=f"s{n}") for n in range(3)]
    updates = in_turn(people)
    assert len({update["update_id"] for update in updates}) == len(updates)
    assert [update["update_id"] // 100 for update in updates[:6]] == [10, 11, 12, 10, 11, 12]
