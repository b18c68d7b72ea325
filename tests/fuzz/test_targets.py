"""Every parser at the rim takes any bytes at all: a value, or its own clear error, in bounds.

Shortly here; for as long as one likes with `python -m tests.fuzz`.
"""

import io
import json
import time
import zipfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.bounds import TooSlow, bounded
from tests.fuzz.edits import NASTY, Edit, Kind, edited, zipped
from tests.fuzz.loop import made_up, run
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

_SLOW = {
    "plan": 15,
    "people": 25,
    "form": 15,
    "template": 4,
    "copy": 12,
    "answers": 25,
    "screening": 30,
}
_USUAL = 150


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_real_is_read(name: str) -> None:
    target = TARGETS[name]
    assert target.samples()
    for sample in target.samples():
        target.run(sample)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_it_ends_in_a_value_or_in_a_clear_error(name: str) -> None:
    target = TARGETS[name]

    @settings(
        max_examples=_SLOW.get(name, _USUAL),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_inputs(target))
    def tried(data: bytes) -> None:
        with bounded():
            target.run(data)

    tried()


def _inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Real samples with changes; pieces that have broken parsers before; and any bytes."""
    pieces = st.sampled_from([*NASTY, *target.words]) | st.text(max_size=8)
    share = st.floats(0, 1, exclude_max=True)
    edits = st.lists(st.builds(Edit, st.sampled_from(Kind), share, share, pieces), max_size=6)
    changed = st.builds(edited, st.sampled_from(list(target.samples())), edits)
    made = st.lists(pieces, max_size=8).map(lambda some: "".join(some).encode("utf-8", "ignore"))
    return changed | made | st.binary(max_size=200)


# the tools themselves


def test_a_parser_that_breaks_is_found_kept_and_found_again(tmp_path: Path) -> None:
    def breaks(data: bytes) -> None:
        assert b"\x00" not in data

    target = Target("breaks", breaks, lambda: [b"a sample"], ())
    found = run(target, seed=1, seconds=20, crashes=tmp_path)
    assert found.crash is not None
    assert b"\x00" in found.crash.read_bytes()
    assert "AssertionError" in found.error
    again = run(target, seed=1, seconds=20, crashes=tmp_path)
    assert (again.tried, again.crash) == (found.tried, found.crash)


def test_a_parser_that_never_ends_is_stopped() -> None:
    def never_ends() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            pass

    with pytest.raises(TooSlow), bounded(0.05):
        never_ends()


def test_inputs_are_different_and_made_of_the_samples() -> None:
    made = made_up(TARGETS["slack"], Random(3))
    inputs = [made() for _ in range(200)]
    assert len(set(inputs)) > 150
    assert sum(b"event_callback" in one or b"payload=" in one for one in inputs) > 50


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.binary(max_size=80), at=st.floats(0, 1, exclude_max=True), piece=st.text(max_size=5))
def test_any_change_of_any_bytes_can_be_made(
    kind: Kind, data: bytes, at: float, piece: str
) -> None:
    edited(data, [Edit(kind, at, at, piece)])


def test_a_change_reaches_into_json_and_into_zips() -> None:
    changed = edited(b'{"a": {"b": 1}}', [Edit(Kind.NODE, 0.9, 0.35, "x")])
    assert json.loads(changed) == {"a": {"b": "x"}}
    sample = zipped({"a.xml": b"<a>words</a>"})
    [inner] = _parts(edited(sample, [Edit(Kind.PART, 0.0, 0.0, "<!--")]))
    assert inner.startswith(b"<!--")


def _parts(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return [packed.read(name) for name in packed.namelist()]
