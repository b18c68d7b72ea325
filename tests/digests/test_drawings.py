"""Pictures of figures: legible, the same every time, and never by colour alone."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from digests.canvas import Drawn, breadth, page_svg, shapes_svg
from digests.drawing_line import scale
from digests.drawing_svg import NARROW, WIDE, drawn, inline
from digests.drawings import Bar, Bars, Drawing, Flow, Line, Moment, Point, Step, Timeline
from tests.digests.papers import BARS, FLOW, LINE, timeline

ALL: dict[str, Drawing] = {
    "line": LINE,
    "bars": BARS,
    "flow": FLOW,
    "one": timeline(1),
    "twenty": timeline(20),
    "two hundred": timeline(200),
}


def words(picture: Drawn) -> list[str]:
    return [label.words for label in picture.labels]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", ALL)
def test_every_letter_stands_in_the_picture_and_can_be_read(name: str, width: int) -> None:
    for language in ("en", "ar"):
        picture = drawn(ALL[name], width=width, language=language)
        for label in picture.labels:
            wide = breadth(label.words, label.size) * 0.85
            left = {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
            assert label.size >= 12
            assert label.x - left >= -1, label
            assert label.x - left + wide <= width + 1, label
            assert 10 <= label.y <= picture.height, label


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", ALL)
def test_no_two_labels_stand_upon_one_another(name: str, width: int) -> None:
    boxes = []
    for label in drawn(ALL[name], width=width).labels:
        wide = breadth(label.words, label.size) * 0.85
        left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
        boxes.append((left, left + wide, label.y - 9, label.y, label.words))
    for place, (left, right, top, bottom, one) in enumerate(boxes):
        for its_left, its_right, its_top, its_bottom, other in boxes[place + 1 :]:
            apart = right <= its_left or its_right <= left or bottom <= its_top or its_bottom <= top
            assert apart, f"{one} and {other}"


@pytest.mark.parametrize("name", ALL)
def test_a_picture_is_well_formed_says_what_it_shows_and_has_no_style_of_its_own(name: str) -> None:
    made = page_svg(drawn(ALL[name]), 'A & B "shown" <here>')
    root = etree.fromstring(made)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'A & B "shown" <here>'
    assert "style=" not in made
    assert " id=" not in made
    assert made == page_svg(drawn(ALL[name]), 'A & B "shown" <here>')
    etree.fromstring(shapes_svg(drawn(ALL[name])))


def test_a_page_has_each_picture_for_wide_and_for_narrow_screens() -> None:
    made = inline(FLOW, "from said to told")
    assert re.findall(r'class="drawing (\w+)"', made) == ["wide", "narrow"]


def test_every_colour_has_a_shape_and_a_pattern_of_its_own() -> None:
    day = date(2023, 6, 1)
    marks = {
        shape(drawn(Timeline(day, date(2023, 7, 1), day, (Moment("1", day, state),))))
        for state in ("red", "amber", "green", "blue", "grey")
    }
    assert len(marks) == 5
    bars = {shape(drawn(Bars((Bar("a", 3, "3", state),)))) for state in ("red", "amber", "green")}
    assert len(bars) == 3


def shape(picture: Drawn) -> str:
    """What is drawn, without its colours."""
    return re.sub(r'(fill|stroke|class)="[^"]*"', "", picture.shapes)


def test_a_line_has_a_gap_where_a_figure_is_hidden_and_says_so() -> None:
    picture = drawn(LINE)
    runs = re.findall(r'points="([^"]+)" fill="none" stroke="#0b5160"', picture.shapes)
    assert [len(run.split()) for run in runs] == [2]
    assert "no figure: not read, or too few people" in words(picture)
    assert {"42.5%", "38%", "35%"} <= set(words(picture))
    assert "where it started: 40%" in words(picture)
    assert "what is wanted: 30%" in words(picture)
    assert "Less is better." in words(picture)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (Line(()), "There is no figure to draw yet."),
        (Line((Point("May", date(2023, 5, 31), None),)), "There is no figure to draw yet."),
        (Line((Point("May", date(2023, 5, 31), 7),), "plans", wanted="up"), "7"),
        (Line((Point("May", date(2023, 5, 31), 0),)), "0"),
        (Line((Point("May", date(2023, 5, 31), 1_234_567.891),)), "1,234,567.89"),
    ],
)
def test_a_line_with_next_to_nothing_is_still_a_picture(line: Line, said: str) -> None:
    assert said in words(drawn(line))


@given(
    st.lists(st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 2)), min_size=1)
)
def test_every_reading_lies_on_its_scale(values: list[float]) -> None:
    low, high, step = scale(min(values), max(values), "")
    assert low <= min(values) + abs(step) * 1e-6
    assert max(values) <= high + abs(step) * 1e-6
    assert 1 <= round((high - low) / step) <= 12


def test_no_line_goes_through_the_figure_of_a_reading() -> None:
    line = Line((Point("May", date(2023, 5, 31), 30),), baseline=37, target=90)
    label = next(one for one in drawn(line).labels if one.words == "30")
    lines = re.findall(r'points="[\d.]+,([\d.]+) [^"]*"[^>]*stroke-dasharray', drawn(line).shapes)
    assert not any(label.y - 10 < float(y) < label.y for y in lines[:2])
    assert 'paint-order="stroke"' in page_svg(drawn(line), "a line")


def test_a_moved_deadline_shows_where_it_stood_first() -> None:
    line = timeline(1)
    (moment,) = line.moments
    still = replace(line, moments=(replace(moment, was=None),))
    assert drawn(line).shapes != drawn(still).shapes
    assert "1 moved: the outline is the first date" in words(drawn(line))
    assert not any("moved" in one for one in words(drawn(still)))


def test_many_deadlines_are_bundled_by_months_and_colours_and_none_is_lost() -> None:
    line = timeline(200)
    for width in (WIDE, NARROW):
        counts = [int(one) for one in words(drawn(line, width=width)) if len(one) < 3]
        assert sum(counts) == 200
    few = words(drawn(timeline(20)))
    assert {"1.1", "2.3", "4.5"} <= set(few)


def test_deadlines_outside_the_months_are_counted() -> None:
    line = replace(timeline(3), starts=date(2030, 1, 1), ends=date(2030, 12, 31))
    assert "3 more lie outside these months." in words(drawn(line))


def test_from_right_to_left_the_first_station_stands_on_the_right() -> None:
    first = drawn(FLOW, language="ar").labels[0]
    assert first.words == "about 45"
    assert first.x > WIDE - 20
    assert first.anchor == "end"


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60), value=st.floats(-10, 1e6, allow_nan=False))
def test_whatever_is_written_is_a_picture(text: str, value: float) -> None:
    for drawing in (
        Bars((Bar(text, value, text),)),
        Flow((Step(text, text, text),) * 3),
        Line((Point(text, date(2023, 1, 1), value),), unit=text),
        Timeline(
            date(2023, 1, 1), date(2023, 2, 1), date(2023, 1, 5), (Moment(text, date(2023, 1, 9)),)
        ),
    ):
        made = page_svg(drawn(drawing, width=NARROW), text)
        etree.fromstring(re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", made))
