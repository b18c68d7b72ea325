"""What leads write back, and what it is taken for."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminders.plain_words import Intent, Meaning, Understood, understand
from reminders.policy import Status
from reminders.status_words import Doubt
from storage.calendar import Calendar

TODAY = date(2023, 12, 1)  # a Friday
REFS = ("1.2", "1.5", "x-TR1")

COMPLETE, ON_TRACK, AT_RISK, OFF_TRACK = (
    Status.COMPLETE,
    Status.ON_TRACK,
    Status.AT_RISK,
    Status.OFF_TRACK,
)


def reply(text: str, refs: tuple[str, ...] = ("1.2",)) -> Understood:
    return understand(text, today=TODAY, calendar=Calendar(), refs=refs)


def only(text: str, refs: tuple[str, ...] = ("1.2",)) -> Intent:
    (intent,) = reply(text, refs).intents
    return intent


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("done", COMPLETE),
        ("Done!", COMPLETE),
        ("done, trained 43 staff", COMPLETE),
        ("it's done and dusted", COMPLETE),
        ("It’s all done now, thanks", COMPLETE),
        ("We have completed this action", COMPLETE),
        ("Completed last week. 12 schools took part.", COMPLETE),
        ("complete", COMPLETE),
        ("this is finished", COMPLETE),
        ("signed off today", COMPLETE),
        ("done, no issues", COMPLETE),
        ("no change, 100% complete", COMPLETE),
        ("yes, done", COMPLETE),
        ("done, evidence to follow", Status.COMPLETE_AWAITING_EVIDENCE),
        ("on track", ON_TRACK),
        ("still on track", ON_TRACK),
        ("On target, first draft with partners", ON_TRACK),
        ("going well", ON_TRACK),
        ("on track, no problems", ON_TRACK),
        ("almost done", ON_TRACK),
        ("half done", ON_TRACK),
        ("nearly finished", ON_TRACK),
        ("80% complete", ON_TRACK),
        ("mostly complete, two schools to go", ON_TRACK),
        ("not done yet but on track", ON_TRACK),
        ("slipping", AT_RISK),
        ("running late", AT_RISK),
        ("delayed, staff sickness", AT_RISK),
        ("not done, slipping", AT_RISK),
        ("we are behind on this one", AT_RISK),
        ("not on track", OFF_TRACK),
        ("isn't on track", OFF_TRACK),
        ("off track", OFF_TRACK),
        ("we will miss the deadline", OFF_TRACK),
        ("won't make it", OFF_TRACK),
        ("waiting for the pathway from health", Status.WAITING),
        ("on hold", Status.WAITING),
        ("blocked by information sharing", Status.WAITING),
        ("awaiting sign-off", Status.WAITING),
        ("not started", Status.NOT_STARTED),
        ("we haven't started yet", Status.NOT_STARTED),
    ],
)
def test_a_plain_status_is_understood_and_its_words_are_kept(text: str, status: Status) -> None:
    intent = only(text)
    assert (intent.meaning, intent.status, intent.doubt) == (Meaning.UPDATE, status, None)
    assert (intent.ref, intent.note) == ("1.2", text)


@pytest.mark.parametrize(
    "text",
    [
        "not done yet",
        "not done",
        "isn't done",
        "it isnt complete",
        "never completed",
        "nothing done so far",
        "nobody has finished this",
        "yet to be completed",
        "no it's done",
        "done? not yet",
        "is this done?",
        "will be done by end of May",
        "should be finished soon",
        "hoping to be complete in spring",
        "when it is done I will say",
        "needs to be done",
        "can't say it's done",
        "incomplete",
        "done but two schools remaining",
        "done except the evaluation",
        "strategy done, training not done",
        "some of it is done",
        "training done",
        "done but the evaluation is to come",
        "done, although we want another round",
        "delivered 3 of 5 sessions",
        "first draft done",
        "almost done? no",
        "not nearly done",
        "we'll be done in March",
        "undone",
        "abandoned",
        "far from complete",
        "unlikely to be completed",
    ],
)
def test_what_is_taken_back_put_off_or_in_part_is_never_surely_complete(text: str) -> None:
    intent = only(text)
    assert not (intent.status is COMPLETE and intent.sure)


@pytest.mark.parametrize(
    "text",
    ["should be on track", "not sure it's on track", "back on track by May?", "hardly going well",
     "nearly on track",
     "on track for some, slipping for others", "not progressing", "on track?"],
)  # fmt: skip
def test_what_is_doubtful_is_never_surely_on_track(text: str) -> None:
    intent = only(text)
    assert not (intent.status is ON_TRACK and intent.sure)


@pytest.mark.parametrize("text", ["not slipping", "no longer waiting for health", "not blocked"])
def test_a_trouble_denied_is_no_trouble_but_asked_about(text: str) -> None:
    intent = only(text)
    assert (intent.status, intent.doubt) == (None, Doubt.NEGATED)


@pytest.mark.parametrize(
    ("text", "new_date", "sure"),
    [
        ("slipping, need until end of May", date(2024, 5, 31), True),
        ("need until end of May", date(2024, 5, 31), True),
        ("slipping, will be done by 12 January", date(2024, 1, 12), True),
        ("delayed until 31/01/2024", date(2024, 1, 31), True),
        ("at risk, new date 1.4.24", date(2024, 4, 1), True),
        ("delayed till the end of the month", date(2023, 12, 31), True),
        ("slipping to end of Q4 2023/24", date(2024, 3, 31), True),
        ("pushed back to end of spring term", date(2024, 3, 28), True),
        ("need until May", date(2024, 5, 31), False),
        ("can we have until end of May?", date(2024, 5, 31), False),
        ("extend to 31 Jan", date(2024, 1, 31), True),
        ("moved to end of May", date(2024, 5, 31), True),
        ("need 2 more weeks", date(2023, 12, 15), False),
        ("delayed 2 weeks", date(2023, 12, 15), False),
        ("slipping, meeting on 12 January", date(2024, 1, 12), False),
        ("slipping from end of March to end of May", date(2024, 5, 31), False),
        ("delayed until Easter", None, False),
        ("need until 31 October 2023", None, False),
        ("delayed until 31 February", None, False),
    ],
)
def test_a_new_date_is_read_and_a_guess_is_asked_about(
    text: str, new_date: date | None, sure: bool
) -> None:
    intent = only(text)
    assert (intent.status, intent.new_date, intent.sure) == (AT_RISK, new_date, sure)


def test_a_date_in_the_past_of_something_done_is_no_new_deadline() -> None:
    assert only("done, launched on 3 May").new_date is None


@pytest.mark.parametrize(
    "text",
    ["nothing new", "no change", "No update.", "same as before", "nothing to report", "unchanged",
     "still the same", "no news"],
)  # fmt: skip
def test_nothing_new_is_understood(text: str) -> None:
    assert only(text) == Intent("1.2", Meaning.NOTHING_NEW, note=text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("not mine, try Sam", "Sam"),
        ("Not mine - try Sam O’Neill please", "Sam O’Neill"),
        ("not me, ask the Designated Nurse", "the Designated Nurse"),
        ("wrong person, speak to sam jones instead", "sam jones"),
        ("isn't mine", None),
        ("not my action", None),
        ("no longer mine, it's Priya's now", "Priya's"),
        ("hand over to Sam", "Sam"),
        ("please reassign to the QA subgroup, thanks", "the QA subgroup"),
        ("this belongs to Health", "Health"),
        ("hand it to Sam", "Sam"),
        ("I left the team, ask Priya", "Priya"),
    ],
)
def test_a_hand_over_keeps_the_name_as_typed(text: str, name: str | None) -> None:
    intent = only(text)
    assert (intent.meaning, intent.handover_to, intent.sure) == (Meaning.HAND_OVER, name, True)


def test_not_mine_and_done_at_once_is_asked_about() -> None:
    intent = only("not mine, Sam has done it, all complete")
    assert (intent.meaning, intent.doubt) == (Meaning.HAND_OVER, Doubt.TWO_MEANINGS)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("snooze 2 weeks", date(2023, 12, 15)),
        ("snooze for a month", date(2024, 1, 1)),
        ("remind me on Friday", date(2023, 12, 8)),
        ("remind me tomorrow", date(2023, 12, 2)),
        ("remind me next week", date(2023, 12, 4)),
        ("ask me again in 10 days", date(2023, 12, 11)),
        ("don't remind me until 8 January", date(2024, 1, 8)),
        ("please remind me on 8 January 2024", date(2024, 1, 8)),
    ],
)
def test_a_snooze_names_its_day(text: str, until: date) -> None:
    intent = only(text)
    assert (intent.meaning, intent.snooze_until, intent.sure) == (Meaning.SNOOZE, until, True)


def test_a_snooze_without_a_day_is_asked_about() -> None:
    intent = only("remind me later")
    assert (intent.meaning, intent.snooze_until, intent.doubt) == (
        Meaning.SNOOZE,
        None,
        Doubt.WHICH_DATE,
    )


def test_a_status_and_a_snooze_can_stand_in_one_message() -> None:
    intent = only("on track, remind me in 2 weeks")
    assert (intent.status, intent.snooze_until, intent.sure) == (
        ON_TRACK,
        date(2023, 12, 15),
        True,
    )


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("yes", Meaning.YES), ("Y", Meaning.YES), ("Yes please", Meaning.YES), ("ok", Meaning.YES),
        ("that's right", Meaning.YES), ("👍", Meaning.YES), ("👍🏽", Meaning.YES),
        ("no", Meaning.NO), ("Nope.", Meaning.NO), ("that's wrong", Meaning.NO),
        ("stop", Meaning.STOP), ("STOP!", Meaning.STOP), ("please stop", Meaning.STOP),
        ("stop reminding me", Meaning.STOP), ("unsubscribe", Meaning.STOP),
        ("don't message me again", Meaning.STOP),
        ("help", Meaning.HELP), ("?", Meaning.HELP), ("what can I do?", Meaning.HELP),
    ],
)  # fmt: skip
def test_a_short_answer_is_understood_whole(text: str, meaning: Meaning) -> None:
    assert only(text, REFS) == Intent(None, meaning)


@pytest.mark.parametrize("text", ["we will stop the training", "yesterday", "no idea", "okay-ish"])
def test_a_short_answer_inside_other_words_is_not_one(text: str) -> None:
    assert only(text).meaning not in {Meaning.YES, Meaning.NO, Meaning.STOP, Meaning.HELP}


def test_a_wish_for_help_is_heard_alone_and_beside_a_status() -> None:
    alone = only("need help with the data from health")
    assert (alone.meaning, alone.status, alone.sure) == (Meaning.NEED_HELP, None, True)
    beside = only("slipping, can someone help with the data")
    assert (beside.status, beside.help_wanted) == (AT_RISK, True)


def test_several_refs_are_told_apart() -> None:
    first, second = reply("1.2 done; 1.5 slipping, need until end of May", REFS).intents
    assert (first.ref, first.status, first.note, first.sure) == ("1.2", COMPLETE, "done", True)
    assert (second.ref, second.status, second.new_date) == ("1.5", AT_RISK, date(2024, 5, 31))
    assert second.note == "slipping, need until end of May"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2 and 1.5 done", {"1.2": COMPLETE, "1.5": COMPLETE}),
        ("Done: 1.2, 1.5", {"1.2": COMPLETE, "1.5": COMPLETE}),
        ("done 1.2, slipping 1.5", {"1.2": COMPLETE, "1.5": AT_RISK}),
        ("1.2: on track\n1.5: done\nx-tr1: waiting for health",
         {"1.2": ON_TRACK, "1.5": COMPLETE, "x-TR1": Status.WAITING}),
        ("Hi, action 1.5 is done", {"1.5": COMPLETE}),
        ("all done", {"1.2": COMPLETE, "1.5": COMPLETE, "x-TR1": COMPLETE}),
    ],
)  # fmt: skip
def test_each_ref_gets_its_own_status(text: str, expected: dict[str, Status]) -> None:
    understood = reply(text, REFS)
    assert {intent.ref: intent.status for intent in understood.intents} == expected
    assert understood.sure


def test_a_status_without_a_ref_is_asked_about_when_several_are_open() -> None:
    intent = only("done", REFS)
    assert (intent.ref, intent.status, intent.doubt) == (None, COMPLETE, Doubt.WHICH_ACTION)


def test_a_ref_that_was_not_asked_about_is_never_taken_for_another() -> None:
    intent = only("9.9 done")
    assert (intent.ref, intent.status, intent.doubt) == ("9.9", None, Doubt.UNKNOWN_REF)


@pytest.mark.parametrize("text", ["slipping, need until 1.5.24", "trained 1.5 staff", "1.5% more"])
def test_a_number_that_only_looks_like_a_ref_is_not_one(text: str) -> None:
    assert {intent.ref for intent in reply(text, ("1.5", "2.1")).intents} == {None}


def test_words_that_could_belong_to_either_ref_are_asked_about() -> None:
    assert not reply("done 1.2 and 1.5 slipping", REFS).sure


def test_what_is_not_understood_is_kept_and_asked_about() -> None:
    text = "Pathway drafted, with health for comment"
    assert only(text) == Intent("1.2", Meaning.UNCLEAR, note=text, doubt=Doubt.NOT_UNDERSTOOD)


def test_a_very_long_message_is_kept_whole_and_never_sure() -> None:
    text = "done " + "word " * 1000
    understood = reply(text)
    assert not understood.sure
    assert understood.intents[0].note == text.strip()


@given(st.text(max_size=300))
def test_any_text_gives_at_least_one_meaning(text: str) -> None:
    assert reply(text, REFS).intents


WORDS = st.sampled_from(
    ["done", "not", "on track", "1.2", "1.5", "9.9", "until", "May", "end of", "try", "Sam", "mine",
     "remind me", "2 weeks", "?", ",", ";", "\n", "but", "slipping", "yes", "stop", "nearly", "’"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=14))
def test_any_mixture_of_our_words_keeps_to_its_promises(words: list[str]) -> None:
    text = " ".join(words)
    for intent in reply(text, REFS).intents:
        assert intent.handover_to is None or intent.handover_to in text
        assert intent.note in text
        assert intent.new_date is None or intent.new_date >= TODAY
        assert intent.snooze_until is None or intent.snooze_until > TODAY


@given(st.sampled_from(["not done", "isn't done", "not yet complete", "never finished"]),
       st.sampled_from(["", "sorry, ", "the training is ", "1.2: ", "still "]),
       st.sampled_from(["", " yet", ", will try", " by us", ". Thanks"]))  # fmt: skip
def test_a_denial_is_never_surely_complete(denial: str, before: str, after: str) -> None:
    assert not any(
        intent.status is COMPLETE and intent.sure
        for intent in reply(before + denial + after).intents
    )


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(["1.2 ", "not ", "a'", " ", ", ", "end of ", "try ", "not mine try ",
                        "2 weeks ", "31 march ", "1.", "((", "remind me ", "q1 "]))  # fmt: skip
def test_hostile_repetition_is_read_in_bounded_time(unit: str) -> None:
    started = time.thread_time()
    reply(unit * 20_000, REFS)
    assert time.thread_time() - started < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slipping, need until end of May 2024", ["1.2"]),
        ("all done", ["1.2"]),
        ("2.1 on track", ["2.1"]),
    ],
)
def test_without_a_ref_what_was_asked_is_meant(text: str, expected: list[str]) -> None:
    found = understand(text, today=TODAY, calendar=Calendar(), refs=("1.2", "2.1"), asked=("1.2",))
    assert [one.ref for one in found.intents] == expected
    assert found.sure
