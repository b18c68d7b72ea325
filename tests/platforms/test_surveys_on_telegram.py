"""Whole surveys on Telegram, with the real program on one end and the app's people on the other."""

import pytest

from storage.leaving import forget_leavers
from storage.mail import KeptMessage
from storage.people import Contact, ContactState
from storage.surveys import Answer, SessionState
from surveys.receipts import receipt_code
from tests.bot.stage import PRACTITIONERS, YOUTH
from tests.platforms.fixtures import until
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_stage import START, TelegramStage, open_example

BOLTON = "bolton_two_questions.xlsx"
ROBIN = 7


@pytest.fixture
def robin(telegram: TelegramStage) -> Person:
    """Somebody at the first question of the survey for young people."""
    return telegram.join(ROBIN, open_example(telegram.stage, YOUTH))


def to_the_words(telegram: TelegramStage, robin: Person) -> None:
    """Everything but the last question, in one way or another."""
    telegram.press(robin, "14 or 15", "At school", "Sometimes")
    telegram.say(robin, "8")
    telegram.press(robin, "A teacher", "A friend", "Done", "No")


def presses_answered(telegram: TelegramStage, how_many: int) -> None:
    """Every press is, those on the way in too; beside everything else, so it may take a moment."""
    done = telegram.server.profile.answered
    telegram.stage.run(until(lambda: len(done) >= how_many, "every press is answered"))
    assert len(done) == how_many


def test_a_whole_survey_by_taps_ticks_a_number_and_words(
    telegram: TelegramStage, robin: Person
) -> None:
    to_the_words(telegram, robin)
    telegram.say(robin, "more time to talk")
    found = telegram.answers(ROBIN)
    assert found["age_band"] == "14_15"
    assert found["listening"] == "8"
    assert len(found["who_to_tell"].split()) == 2
    assert found["change"] == "more time to talk"
    session = telegram.session(ROBIN)
    assert session.state == SessionState.COMPLETE
    assert receipt_code(telegram.stage.database.keyring, session.id) in robin.last.text
    assert telegram.to_read() == ["more time to talk"]
    presses_answered(telegram, 2 + 7)


def test_questions_take_the_place_of_what_was_tapped_and_follow_what_was_typed(
    telegram: TelegramStage, robin: Person
) -> None:
    before = len(robin.screen)
    telegram.press(robin, "14 or 15", "At school", "Back", "Skip")
    assert len(robin.screen) == before, "taps change one message in place"
    assert robin.last.edits == 4
    telegram.say(robin, "Sometimes")
    assert len(robin.screen) == before + 2
    assert robin.screen[-2].text == "Sometimes"
    assert "4" in robin.last.text.splitlines()[0], "it says how far they are"


def test_ticks_come_and_go_before_done(telegram: TelegramStage, robin: Person) -> None:
    telegram.press(robin, "14 or 15", "At school", "Sometimes")
    telegram.say(robin, "8")
    question = robin.last.id
    telegram.press(robin, "A teacher")
    assert "☑ A teacher" in robin.labels
    telegram.press(robin, "A friend", "A teacher", "The police", "Done")
    assert telegram.answers(ROBIN)["who_to_tell"].split() == ["friend", "police"]
    assert robin.last.id == question, "all in one message"


def test_the_same_button_twice_at_once_counts_once(telegram: TelegramStage, robin: Person) -> None:
    shown, data = robin.button("14 or 15")
    robin.presses_data(data, shown)
    robin.presses_data(data, shown)
    telegram.settle()
    assert telegram.answers(ROBIN) == {"age_band": "14_15"}
    assert telegram.session(ROBIN).state == SessionState.OPEN
    questions = [one for one in robin.screen if "Question 2" in one.text]
    assert len(questions) == 1, "and asks once"


def test_two_buttons_of_one_question_at_once_are_one_answer(
    telegram: TelegramStage, robin: Person
) -> None:
    for label in ("14 or 15", "16 or 17"):
        robin.presses_data(robin.button(label)[1], robin.last)
    telegram.settle()
    assert telegram.answers(ROBIN) == {"age_band": "14_15"}
    assert "Question 2" in robin.last.text


def test_an_old_button_changes_nothing_and_is_answered(
    telegram: TelegramStage, robin: Person
) -> None:
    shown, data = robin.button("14 or 15")
    telegram.press(robin, "11 to 13")
    telegram.stage.later(days=3)
    robin.presses_data(data, shown)
    telegram.settle()
    assert telegram.answers(ROBIN) == {"age_band": "11_13"}
    assert "Question 2" in robin.last.text
    presses_answered(telegram, 2 + 2)


def test_days_later_the_next_words_go_on_where_they_were(
    telegram: TelegramStage, robin: Person
) -> None:
    telegram.press(robin, "14 or 15")
    telegram.stage.later(days=5)
    telegram.say(robin, "At school")
    assert telegram.answers(ROBIN)["where_from"] == "school"
    assert "Question 3" in robin.last.text


def test_arabic_in_the_middle_turns_the_page_round(telegram: TelegramStage, robin: Person) -> None:
    to_the_words(telegram, robin)
    telegram.press(robin, "Back")
    telegram.say(robin, "/language ar")
    assert robin.last.text.startswith("\u200f")
    assert robin.labels[-1] == "رجوع", "the row of commands runs the other way"
    telegram.press(robin, "لا")
    telegram.say(robin, "نريد وقتًا أكثر")
    assert telegram.session(ROBIN).language == "ar"
    assert telegram.answers(ROBIN)["change"] == "نريد وقتًا أكثر"


def test_whoever_stops_may_keep_what_they_said(telegram: TelegramStage, robin: Person) -> None:
    telegram.press(robin, "14 or 15")
    telegram.say(robin, "/stop")
    telegram.press(robin, "Keep them")
    assert telegram.session(ROBIN).state != SessionState.OPEN
    assert telegram.answers(ROBIN) == {"age_band": "14_15"}


def test_whoever_stops_may_delete_it_and_what_is_unread_is_still_read(
    telegram: TelegramStage, robin: Person
) -> None:
    telegram.press(robin, "14 or 15")
    telegram.say(robin, "what is this", "/stop")
    telegram.press(robin, "Delete them")
    assert telegram.stage.rows(Answer) == []
    assert telegram.to_read() == ["what is this"]


def test_the_code_at_the_end_deletes_without_a_name_from_any_chat(
    telegram: TelegramStage, robin: Person
) -> None:
    to_the_words(telegram, robin)
    telegram.say(robin, "/skip")
    code = receipt_code(telegram.stage.database.keyring, telegram.session(ROBIN).id)
    other = telegram.server.person(8)
    telegram.say(other, f"/delete {code}")
    if telegram.stage.rows(Answer):  # where it asks first whether they mean it
        telegram.press(other, other.labels[0])
    assert telegram.stage.rows(Answer) == []


def test_clear_takes_the_last_two_days_off_the_screen(
    telegram: TelegramStage, robin: Person
) -> None:
    telegram.press(robin, "14 or 15")
    old = [one.id for one in robin.screen]
    telegram.stage.later(days=3)
    telegram.say(robin, "what is this", "/clear")
    left = [one.id for one in robin.screen if one.id not in old]
    assert len(left) == 1, "what we say about it, and nothing else that is new"
    assert "cleared" in robin.last.text
    assert telegram.answers(ROBIN) == {"age_band": "14_15"}, "answers stay"


def test_a_worry_is_met_with_help_and_goes_to_the_reviewer_without_its_words(
    telegram: TelegramStage, robin: Person
) -> None:
    telegram.press(robin, "14 or 15")
    telegram.say(robin, "my dad hits me when he drinks")
    assert "999" in robin.last.text
    told = telegram.stage.heard("reviewer")
    assert len(told) == 1
    assert "hits" not in "".join(told)
    telegram.press(robin, robin.labels[0])
    assert telegram.to_read() == ["my dad hits me when he drinks"]
    assert telegram.session(ROBIN).state == SessionState.OPEN


@pytest.mark.parametrize(
    ("kind", "word"),
    [("sticker", "sticker"), ("voice", "voice"), ("photo", "picture"), ("document", "picture")],
)
def test_what_is_not_words_is_never_fetched_and_is_answered(
    telegram: TelegramStage, robin: Person, kind: str, word: str
) -> None:
    robin.sends(kind, caption="look at this")
    telegram.settle()
    assert word in robin.last.text
    assert telegram.server.called("getFile") == []
    assert telegram.to_read() == ["look at this"]
    telegram.press(robin, "14 or 15")
    assert telegram.answers(ROBIN) == {"age_band": "14_15"}


def test_forwarded_words_and_edits_are_read_but_answer_nothing(
    telegram: TelegramStage, robin: Person
) -> None:
    robin.forwards("14 or 15")
    telegram.settle()
    telegram.say(robin, "hello")
    robin.edits("16 or 17")
    telegram.settle()
    assert telegram.answers(ROBIN) == {}
    assert telegram.to_read() == ["14 or 15", "16 or 17", "hello"]


def test_somebody_under_the_age_is_shown_the_other_door_and_nothing_stays(
    telegram: TelegramStage,
) -> None:
    robin = telegram.server.person(ROBIN)
    robin.arrives(open_example(telegram.stage, YOUTH))
    telegram.settle()
    telegram.press(robin, "Under 16")
    assert telegram.stage.rows(Answer) == []
    assert robin.last.buttons == []
    with telegram.stage.database.writing() as db:
        forget_leavers(db)
    assert [row for row in telegram.stage.rows(Contact) if row.platform == "telegram"] == []


def test_a_group_is_told_where_we_are_and_left(telegram: TelegramStage) -> None:
    group = telegram.server.group(-55, member=ROBIN)
    group.invites_bot()
    group.says("/start@listening_loop_bot my dad hits me")
    telegram.settle()
    assert len(telegram.server.called("leaveChat")) >= 1
    assert "t.me/listening_loop_bot" in "".join(group.heard)
    assert any("my dad hits me" in words for words in telegram.to_read())


def test_who_blocks_us_is_marked_and_is_back_with_their_next_word(
    telegram: TelegramStage, robin: Person
) -> None:
    robin.blocks()
    telegram.settle()
    [contact] = [row for row in telegram.stage.rows(Contact) if row.platform == "telegram"]
    assert contact.state == ContactState.GONE
    robin.unblocks()
    telegram.say(robin, "14 or 15")
    [contact] = [row for row in telegram.stage.rows(Contact) if row.platform == "telegram"]
    assert contact.state != ContactState.GONE
    assert "Question 2" in robin.last.text


def test_a_practitioner_types_a_number_and_a_date(telegram: TelegramStage) -> None:
    sam = telegram.server.person(9)
    sam.arrives(open_example(telegram.stage, PRACTITIONERS))
    telegram.settle()
    telegram.press(sam, START, "Health")
    for _ in range(30):
        if telegram.session(9).state != SessionState.OPEN:
            break
        telegram.say(sam, _typed(sam.last.text))
    found = telegram.answers(9)
    assert telegram.session(9).state == SessionState.COMPLETE
    assert found["trained_on"] == "2023-05-04"
    assert telegram.stage.rows(KeptMessage) == []


def _typed(question: str) -> str:
    """What fits it: a date; else a number, the first choice, or words."""
    return "4 May 2023" if "Send a date" in question else "1"


def test_a_link_that_is_no_longer_good_gets_a_plain_answer(telegram: TelegramStage) -> None:
    robin = telegram.server.person(ROBIN)
    robin.arrives("0123456789abcdef")
    telegram.settle()
    assert len(robin.heard) == 1
    assert telegram.stage.rows(Answer) == []


def test_menus_and_descriptions_stand_in_every_language(telegram: TelegramStage) -> None:
    telegram.stage.run(_settled_in(telegram))
    commands = telegram.server.profile.commands
    assert {"", "pl", "ur", "ar", "ro"} <= {language for _, language in commands}
    names = {one["command"] for one in commands["default", "ar"]}
    assert {"help", "stop", "delete", "back", "skip", "language", "privacy", "safe"} <= names
    assert len({telegram.server.profile.texts["description", code] for code in ("", "ar")}) == 2


async def _settled_in(telegram: TelegramStage) -> None:
    menus = telegram.server.profile.commands
    await until(lambda: telegram.node.telegram.is_started, "the bot is set up")
    await until(lambda: ("default", "ro") in menus, "the last language has its menu")
    await until(lambda: 0 in telegram.server.profile.menu_buttons, "and the button for it is there")


def test_a_language_is_chosen_before_anything_else(telegram: TelegramStage) -> None:
    robin = telegram.server.person(ROBIN)
    robin.arrives(open_example(telegram.stage, BOLTON))
    telegram.settle()
    telegram.press(robin, "Polski")
    telegram.press(robin, robin.labels[1])
    telegram.press(robin, robin.labels[0])
    assert telegram.session(ROBIN).language == "pl"
    assert "Pytanie 1" in robin.last.text
