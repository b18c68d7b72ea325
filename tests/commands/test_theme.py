"""`theme`: the codebook and what was heard elsewhere, at the command line."""

from tests.commands.terminal import PRACTITIONER_FORM, PRACTITIONERS, VOICE, YOUTH, Terminal

_AS = ("--as", VOICE)


def test_a_theme_is_added_described_merged_and_that_undone(survey_open: Terminal) -> None:
    theme = survey_open.done
    theme("theme", "add", YOUTH, "Buses", *_AS)
    theme("theme", "add", YOUTH, "Fares", *_AS)
    theme("theme", "rename", YOUTH, "Fares", "--to", "Cheap buses", *_AS)
    assert "0 answers moved" in theme("theme", "merge", YOUTH, "Buses", "Cheap buses", *_AS).out
    names = [one["theme"] for one in survey_open.json("theme", "list", YOUTH, *_AS)["themes"]]
    assert names == ["Cheap buses"]
    assert "merging is undone" in theme("theme", "undo", YOUTH, *_AS).out
    history = theme("theme", "history", YOUTH, *_AS).out
    assert "Fares -> Cheap buses" in history
    assert survey_open.run("theme", "undo", YOUTH, *_AS).err.startswith("There is no merging")


def test_what_a_session_said_is_counted_and_listed(survey_open: Terminal) -> None:
    survey_open.done("theme", "listen", "forum", "Youth forum", *_AS)
    survey_open.done("theme", "add", "forum", "Free buses", *_AS)
    survey_open.done("theme", "add", "forum", "Warm rooms", *_AS)
    words = ("--theme", "Free buses=12", "--theme", "Warm rooms", "--on", "2023-11-30")
    survey_open.done("theme", "heard", "forum", "Autumn", *words, "--present", "31", *_AS)
    shown = survey_open.done("theme", "sessions", "forum", *_AS).out
    assert "2023-11-30  group session  Autumn  31" in shown
    assert "Free buses (12), Warm rooms" in shown
    listed = survey_open.json("theme", "list", "forum", *_AS)["themes"]
    assert [one["people"] for one in listed] == [10, None]
    survey_open.done("theme", "unheard", "forum", "1", *_AS)
    assert survey_open.json("theme", "sessions", "forum", *_AS) == []


def test_listening_has_no_questions_to_open(survey_open: Terminal) -> None:
    survey_open.done("theme", "listen", "forum", "Youth forum", *_AS)
    ran = survey_open.run("survey", "open", "forum")
    assert ran.code == 1
    assert "no questions" in ran.err
    assert "Youth forum" in survey_open.done("survey", "list").out


def test_practitioners_words_are_not_suggested_from(survey_open: Terminal) -> None:
    survey_open.done("survey", "add", PRACTITIONER_FORM)
    ran = survey_open.run("theme", "suggest", PRACTITIONERS, *_AS)
    assert ran.code == 1
    assert "nobody reads their single answers" in ran.err


def test_a_choice_that_nobody_made_is_refused(survey_open: Terminal) -> None:
    survey_open.done("theme", "add", YOUTH, "Buses", *_AS)
    ran = survey_open.run("theme", "choice", YOUTH, "Buses", "nothing", "here", *_AS)
    assert (ran.code, ran.out) == (1, "")
    assert "Nobody chose that" in ran.err
