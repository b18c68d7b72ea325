"""The first sort of what young people write, judged by texts in screening_cases.toml."""

import time
import tomllib
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.screening import LONGEST, Tier, screen

CASES = tomllib.loads((Path(__file__).parent / "screening_cases.toml").read_text("utf-8"))


def texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for inner in part.values() if isinstance(part, dict) else part:  # type: ignore[attr-defined]
            yield from texts(inner)


def held_back(found: list[str]) -> list[str]:
    return [text for text in found if zlib.crc32(text.encode()) % 2 == 1]


IMMEDIATE = list(texts(CASES["immediate"]))
WORRYING = list(texts(CASES["worrying"]))
HARMLESS = list(texts(CASES["harmless"]))
LATER_WORRYING = list(texts(CASES["rounds"]["worrying"]))
LATER_HARMLESS = list(texts(CASES["rounds"]["harmless"]))


def flagged(found: list[str]) -> float:
    return sum(screen(text).tier is not Tier.NONE for text in found) / len(found)


def test_the_cases_are_many_and_varied() -> None:
    assert len(IMMEDIATE) + len(WORRYING) >= 150
    assert len(HARMLESS) >= 120
    assert not set(IMMEDIATE + WORRYING) & set(HARMLESS)


@pytest.mark.parametrize("text", IMMEDIATE)
def test_no_immediate_danger_is_missed(text: str) -> None:
    assert screen(text).tier is Tier.RED


@pytest.mark.parametrize(
    "found",
    [IMMEDIATE + WORRYING, held_back(IMMEDIATE + WORRYING), LATER_WORRYING],
    ids=["all", "held back", "later rounds"],
)
def test_nearly_all_that_worries_is_flagged(found: list[str]) -> None:
    assert flagged(found) >= 0.95


@pytest.mark.parametrize(
    "found",
    [HARMLESS, held_back(HARMLESS), LATER_HARMLESS],
    ids=["all", "held back", "later rounds"],
)
def test_few_harmless_texts_are_flagged(found: list[str]) -> None:
    assert flagged(found) <= 0.15


@pytest.mark.parametrize("text", list(texts(CASES["confidentiality"])))
def test_asking_who_is_told_is_a_question_and_not_a_concern(text: str) -> None:
    found = screen(text)
    assert found.tier is Tier.NONE
    assert "confidentiality_question" in found.categories


def test_the_category_and_the_rule_say_why() -> None:
    found = screen("My uncle touches me at night")
    assert found.tier is Tier.AMBER
    assert "sexual_abuse" in found.categories
    assert "sexual-harm" in found.rules
    assert found.lexicon_version


@pytest.mark.parametrize(
    ("plain", "disguised"),
    [
        ("i want to kill myself", "i WANT 2 k1ll my self"),
        ("i want to kill myself", "gonna kms"),
        ("my dad hits me", "mi daddy hitsss me 😭😭"),
        ("he raped me", "he r*ped me"),
        ("suicide", "s u i c i d e"),
        ("feel suicidal", "feel suacidal"),
    ],
)
def test_a_disguise_does_not_hide_what_is_said(plain: str, disguised: str) -> None:
    assert set(screen(plain).categories) <= set(screen(disguised).categories)
    assert screen(disguised).tier is not Tier.NONE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I got killed by a creeper in minecraft. my dad hits me", "amber"),
        ("i told my english teacher i want to kill myself", "red"),
        ("my dad hits me if I get my maths homework wrong", "amber"),
        ("We read a book where a boy is beaten by his stepdad", "none"),
        ("my parents never hit us", "none"),
        ("my dad won't stop hitting me", "amber"),
        ("nobody believes me that he hits me", "amber"),
    ],
)
def test_a_context_lowers_only_what_stands_in_its_own_sentence(text: str, why: str) -> None:
    assert screen(text).tier == why


def test_what_a_context_lowered_is_still_named() -> None:
    found = screen("We read a book where a boy is beaten by his stepdad")
    assert "physical_abuse" in found.categories
    assert any("lowered by lesson" in rule for rule in found.rules)


@pytest.mark.parametrize("language", ["so", "fa-IR", "zh"])
def test_a_survey_language_without_a_lexicon_makes_every_text_unsure(language: str) -> None:
    assert screen("waan fiicanahay", language).tier is Tier.UNSURE


@pytest.mark.parametrize("text", ["no", "yes", "sometimes", "i dont know"])
def test_a_very_short_answer_matters_only_after_a_sensitive_question(text: str) -> None:
    assert screen(text).tier is Tier.NONE
    assert screen(text, after_sensitive=True).tier in (
        Tier.UNSURE,
        Tier.NONE if len(text.split()) > 3 else Tier.UNSURE,
    )


def test_an_empty_text_and_bare_signs_are_nothing() -> None:
    assert {screen(text).tier for text in ("", " ", "...", "👍", "\x00", "12345")} == {Tier.NONE}


@pytest.mark.parametrize(
    "unit",
    ["my dad hits me. ", "he is me my mum ", "*@$1", "a", "k i l l ", "my dad hits me in fifa "],
)
def test_a_megabyte_does_not_run_away_and_is_never_below_unsure(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    screen("warm up")
    before = time.process_time()
    found = screen(text)
    assert time.process_time() - before < 10  # without its bounds it would take hours
    assert found.tier is not Tier.NONE


def test_a_cry_at_either_end_of_a_very_long_text_is_found() -> None:
    filler = "we like football. " * 5_000
    assert screen("i want to kill myself. " + filler).tier is Tier.RED
    assert screen(filler + "i want to kill myself.").tier is Tier.RED


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.one_of(st.none(), st.text(max_size=5)), st.booleans())
def test_any_text_gets_an_answer_and_always_the_same(
    text: str, language: str | None, after: bool
) -> None:
    found = screen(text, language, after_sensitive=after)
    assert found == screen(text, language, after_sensitive=after)
    assert found.tier in Tier


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(IMMEDIATE),
    st.lists(st.sampled_from(HARMLESS), max_size=4),
    st.lists(st.sampled_from(HARMLESS), max_size=4),
)
def test_harmless_sentences_around_a_red_flag_take_nothing_away(
    cry: str, before: list[str], after: list[str]
) -> None:
    alone = screen(cry)
    together = screen(". ".join([*before, cry, *after]))
    assert together.tier is Tier.RED
    reasons = {rule for rule in alone.rules if "lowered" not in rule}
    assert set(alone.categories) - {"language"} <= set(together.categories)
    assert reasons - {"language-not-known"} <= set(together.rules)


def test_the_cases_stay_within_what_is_compared_whole() -> None:
    assert max(map(len, IMMEDIATE + HARMLESS)) < LONGEST // 20
