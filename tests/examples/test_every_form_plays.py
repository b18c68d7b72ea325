"""Every form that ships: to the end, in every language, whatever people do; and the sums agree."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.definition import Survey
from surveys.engine import effective
from surveys.form import Row, form_of
from surveys.turns import Outcome
from surveys.xlsform import read_xlsform
from tests.examples.respondents import NOW, play
from tests.examples.second_reading import SecondReading

FORMS = {path.stem: path for path in sorted(Path("examples/surveys").glob("*.xlsx"))}


@cache
def read(name: str) -> tuple[Survey, SecondReading]:
    survey, issues = read_xlsform(FORMS[name])
    assert survey is not None, issues
    return survey, SecondReading(FORMS[name], NOW)


EVERY = [(name, language) for name in FORMS for language in read(name)[0].languages]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_any_respondent_comes_to_the_end_and_what_is_stored_adds_up(
    name: str, language: str
) -> None:
    survey, second = read(name)
    form = form_of(survey)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def plays(data: st.DataObject) -> None:
        running, stored = play(data.draw, survey, language)
        wanted = second.values(running.at.answers)
        ours = effective(survey, running.at)
        assert wanted == {name: ours[name] for name in wanted}
        if running.at.outcome is Outcome.COMPLETE and not running.is_about_action:
            assert _filled(stored) == {
                name: value
                for name, value in _filled(wanted).items()
                if not _is_words_again(form.by_name[name])
            }

    plays()


def _filled(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _is_words_again(row: Row) -> bool:
    """Made of a person's own words, which are stored once, as they were written."""
    return row.is_worked_out and row.carries_words
