"""Whole forms beside ODK's own engine: every row's value, what applies and what is on offer."""

import json

import pytest

from tests.surveys.expressions.odk.whole.forms import FORMS, HERE, STEPS, State, recorded, states

RECORDED: dict[str, list[State]] = json.loads((HERE / "recorded.json").read_text("utf-8"))


@pytest.mark.parametrize("name", STEPS)
def test_a_form_stands_after_each_step_as_it_does_in_odk(name: str) -> None:
    for step, (ours, theirs) in enumerate(
        zip(states(name), recorded(name, RECORDED[name]), strict=True)
    ):
        done = STEPS[name][step - 1] if step else "at the start"
        assert ours == theirs, f"step {step}: {done}"


def test_every_form_has_been_recorded() -> None:
    assert list(RECORDED) == list(STEPS), "record again, as record.mjs says"
    assert sorted(STEPS) == sorted(path.stem for path in FORMS.glob("*.md"))
    assert len(STEPS) >= 25
