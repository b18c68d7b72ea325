"""The first sort of what young people write, judged by sets of made-up texts."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.screening import LONGEST, Tier, screen

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "screening_cases.toml").read_text("utf-8"))
FLAGGED = (Tier.RED, Tier.AMBER)
PARTS = ("immediate", "worrying", "harmless")


def texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for inner in part.values() if isinstance(part, dict) else part:  # type: ignore[attr-defined]
            yield from texts(inner)


def of_sets(folder: str, part: str) -> list[str]:
    files = sorted((HERE / "screening_sets" / folder).glob("*.toml"))
    read = [tomllib.loads(file.read_text("utf-8")) for file in files]
    return [text for one in read for text in texts(one.get(part, {}))]


def share(found: list[str], *tiers: Tier) -> float:
    return sum(screen(text).tier in tiers for text in found) / len(found)


# The texts of the test set were never looked at by whoever tuned, only such rates.
RECALL = {"train": 0.95, "test": 0.95}
FLAGGED_AT_ONCE = {"train": 0.97, "test": 0.97}
RED = {"train": 0.95, "test": 0.93}
FALSE_ALARMS = {"train": 0.15, "test": 0.15}
RED_ALARMS = 0.06  # of harmless texts: a red calls somebody out
SETS = ["train", "test"]
IMMEDIATE = [*texts(CASES["immediate"])]
HARMLESS = [*texts(CASES["harmless"])]
PLAIN_CRIES = CASES["immediate"]["suicide"]["plain"] + CASES["immediate"]["hurt_now"]["plain"]


@pytest.mark.parametrize("folder", SETS)
def test_nearly_all_that_worries_is_flagged(folder: str) -> None:
    assert share(of_sets(folder, "worrying"), *FLAGGED) >= RECALL[folder]


@pytest.mark.parametrize("folder", SETS)
def test_immediate_danger_is_flagged_and_mostly_red(folder: str) -> None:
    found = of_sets(folder, "immediate")
    assert share(found, *FLAGGED) >= FLAGGED_AT_ONCE[folder]
    assert share(found, Tier.RED) >= RED[folder]


@pytest.mark.parametrize("folder", SETS)
def test_few_harmless_texts_are_flagged(folder: str) -> None:
    assert 1 - share(of_sets(folder, "harmless"), Tier.NONE) <= FALSE_ALARMS[folder]
    assert share(of_sets(folder, "harmless"), Tier.RED) <= RED_ALARMS


def test_the_sets_are_many_and_share_next_to_nothing() -> None:
    for part, least in (("immediate", 90), ("worrying", 190), ("harmless", 190)):
        train, test = of_sets("train", part), of_sets("test", part)
        assert min(len(train), len(test)) >= least
        assert len(set(train) & set(test)) <= 3


@pytest.mark.parametrize("text", IMMEDIATE)
def test_what_was_once_found_red_stays_red(text: str) -> None:
    assert screen(text).tier is Tier.RED


def test_what_was_once_told_apart_stays_so() -> None:
    rounds = CASES["rounds"]
    worrying = [*texts(CASES["worrying"]), *texts(rounds["worrying"])]
    harmless = [*HARMLESS, *texts(rounds["harmless"])]
    assert share(worrying, *FLAGGED) >= 0.93
    assert 1 - share(harmless, Tier.NONE) <= 0.15


@pytest.mark.parametrize("text", list(texts(CASES["confidentiality"])))
def test_asking_who_is_told_is_a_question_and_not_a_concern(text: str) -> None:
    found = screen(text)
    assert found.tier is Tier.NONE
    assert "confidentiality_question" in found.categories


@pytest.mark.parametrize(
    "text",
    [
        "if i tell you something bad about home who sees it",
        "if i tell you something really bad do you have to tell my parents?",
        "will you tell anyone if i say something bad happened",
    ],
)
def test_a_question_that_hints_at_a_worry_is_both(text: str) -> None:
    found = screen(text)
    assert found.tier in (*FLAGGED, Tier.UNSURE)
    assert {"confidentiality_question", "secrecy"} <= set(found.categories)


def test_the_example_at_the_head_of_the_lexicon_holds() -> None:
    found = screen("he shouts at mum and I hide")
    assert found.tier is Tier.AMBER
    met = {"between-the-adults", "breaking-and-shouting", "fear-between-adults-at-home", "he"}
    met |= {"i-am", "mum", "weak-signs-together"}
    assert any(set(rule.removeprefix("meet: ").split(" + ")) == met for rule in found.rules)


def test_the_category_and_the_rule_say_why() -> None:
    found = screen("My uncle touches me at night")
    assert found.tier in FLAGGED
    assert "sexual_abuse" in found.categories
    assert any("sexual-harm" in rule for rule in found.rules)
    assert found.lexicon_version


@pytest.mark.parametrize(
    "text",
    [
        "i WANT 2 k1ll my self",
        "gonna kms",
        "iwanttokillmyself",
        "i want to k i l l  m y s e l f",
        "i want to k.i.l.l myself",
        "i w\u0430nt to k\u0456ll mys\u0435lf",  # Cyrillic letters among ours
        "i want to ki\u200bll my\u200dself",
        "\u202ei want to kill myself",
        "ｉ ｗａｎｔ ｔｏ ｋｉｌｌ ｍｙｓｅｌｆ",
        "𝐢 𝐰𝐚𝐧𝐭 𝐭𝐨 𝐤𝐢𝐥𝐥 𝐦𝐲𝐬𝐞𝐥𝐟",
        "i wannnnt to kiiilll myseeelf",
        "i whant to kil myslef",
        "I WANT TO KÍLL MYSÉLF",
        "#iwant #tokillmyself",
        "=HYPERLINK(1) <b>i want to kill myself</b> ignore all previous instructions",
    ],
)
def test_a_disguise_does_not_hide_what_is_said(text: str) -> None:
    assert screen(text).tier is Tier.RED


@pytest.mark.parametrize(
    "text",
    [
        "mi daddy hitsss me 😭😭",
        "my dad slapt me in the fase",
        "he r*ped me",
        "my bruvva punchis me in the stumak evry nite",
        "my unkle tuches me doun there",
        "feel suacidal",
        "s u i c i d e is on my mind",
    ],
)
def test_words_spelt_by_ear_are_understood(text: str) -> None:
    assert screen(text).tier in FLAGGED


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("I got killed by a creeper in minecraft. my dad hits me", True),
        ("i told my english teacher i want to kill myself", True),
        ("my dad hits me if I get my maths homework wrong", True),
        ("my dad won't stop hitting me", True),
        ("nobody believes me that he hits me", True),
        ("We read a book where a boy is beaten by his stepdad", False),
        ("my parents never hit us", False),
        ("nobody hurts me", False),
    ],
)
def test_a_context_lowers_only_what_stands_in_its_own_sentence(text: str, flagged: bool) -> None:
    assert (screen(text).tier in FLAGGED) is flagged


FIRM = ["i want to kill myself", "my dad hits me", "my stepdad said he will kill me"]
AROUND = [
    "We did it in PSHE.",
    "We learned about abuse in assembly.",
    "I play fortnite.",
    "We won at football.",
    "The book was good.",
    "lol",
]


@pytest.mark.parametrize("firm", FIRM)
@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(AROUND), max_size=5), st.lists(st.sampled_from(AROUND), max_size=5))
def test_no_context_hides_a_firm_frame(firm: str, before: list[str], after: list[str]) -> None:
    assert screen(" ".join([*before, firm + ".", *after])).tier is not Tier.NONE
    assert screen(" ".join([*before, firm, *after])).tier is not Tier.NONE


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(PLAIN_CRIES),
    st.lists(st.sampled_from(HARMLESS), max_size=4),
    st.lists(st.sampled_from(HARMLESS), max_size=4),
)
def test_harmless_sentences_around_a_cry_take_nothing_away(
    cry: str, before: list[str], after: list[str]
) -> None:
    assert screen(". ".join([*before, cry, *after])).tier is Tier.RED


@pytest.mark.parametrize("language", ["so", "fa-IR", "zh"])
def test_a_survey_language_without_a_lexicon_makes_every_text_unsure(language: str) -> None:
    assert screen("waan fiicanahay", language).tier is Tier.UNSURE


@pytest.mark.parametrize(
    "text",
    [
        "tengo miedo de mi padre cuando llega a casa",
        "je ne veux pas rentrer à la maison",
        "мене б'є вітчим",
        "我不想活了",
        "আমার ভয় লাগে",
        "Meine Mutter ist immer weg und ich habe Angst",
    ],
)
def test_a_language_that_it_does_not_know_is_never_none(text: str) -> None:
    assert screen(text).tier is not Tier.NONE


@pytest.mark.parametrize("text", ["no", "yes", "sometimes"])
def test_a_very_short_answer_matters_only_after_a_sensitive_question(text: str) -> None:
    assert screen(text).tier is Tier.NONE
    assert screen(text, after_sensitive=True).tier is Tier.UNSURE


def test_an_empty_text_and_bare_signs_are_nothing() -> None:
    assert {screen(text).tier for text in ("", " ", "...", "👍", "\x00", "12345")} == {Tier.NONE}


@pytest.mark.parametrize(
    "unit",
    ["my dad hits me. ", "he is me my mum ", "*@$1", "a", "k i l l ", "my dad hits me in fifa "],
)
def test_of_a_megabyte_only_both_ends_are_read_and_it_is_never_below_unsure(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    found = screen(text)
    assert found.tier is not Tier.NONE
    assert found == screen(text[:LONGEST] + text[-LONGEST:])


def test_a_cry_at_either_end_of_a_very_long_text_is_found() -> None:
    filler = "we like football. " * 5_000
    assert screen("i want to kill myself. " + filler).tier is Tier.RED
    assert screen(filler + "i want to kill myself.").tier is Tier.RED


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=400),
    st.one_of(st.none(), st.text(max_size=5)),
    st.booleans(),
    st.booleans(),
)
def test_any_text_gets_an_answer_and_always_the_same(
    text: str, language: str | None, after: bool, practitioner: bool
) -> None:
    found = screen(text, language, after_sensitive=after, practitioner=practitioner)
    assert found == screen(text, language, after_sensitive=after, practitioner=practitioner)
    assert found.tier in Tier


@pytest.mark.parametrize("half", SETS)
def test_a_named_child_or_an_allegation_stands_out_of_what_practitioners_write(half: str) -> None:
    written = CASES["practitioners"][half]
    flagged = [screen(text, practitioner=True) for text in written["flagged"]]
    assert sum(one.tier in FLAGGED for one in flagged) / len(flagged) >= 0.75
    assert {"named_child", "allegation"} <= {c for one in flagged for c in one.categories}
    harmless = [screen(text, practitioner=True) for text in written["harmless"]]
    assert sum(one.tier is not Tier.NONE for one in harmless) / len(harmless) <= 0.1


def test_what_is_for_practitioners_does_not_touch_young_people() -> None:
    text = "My social worker Tyler is nice and lives near us"
    assert not {"named_child", "allegation"} & set(screen(text).categories)


@pytest.mark.parametrize("language", CASES["languages"])
def test_the_clearest_cries_are_known_in_every_language_of_our_surveys(language: str) -> None:
    assert share(CASES["languages"][language], *FLAGGED) >= 0.95


@pytest.mark.parametrize("text", ["tata ma bate pe mine in fiecare zi", "mama țipă pe mine"])
def test_a_word_that_means_a_lesson_only_in_english_takes_nothing_away(text: str) -> None:
    assert screen(text, "ro").tier in FLAGGED


@pytest.mark.parametrize(
    "text",
    [
        "lubię grać w piłkę z kolegami",
        "îmi place să joc fotbal cu prietenii",
        "أحب اللعب مع أصدقائي",
        "مجھے کرکٹ کھیلنا پسند ہے",
        "mujhe cricket khelna pasand hai",
    ],
)
def test_a_harmless_text_in_those_languages_is_none(text: str) -> None:
    assert screen(text).tier is Tier.NONE
