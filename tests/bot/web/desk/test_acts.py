"""What a press does: once, for the one whose link it is, and on disk before anything is shown."""

import asyncio

import pytest
from httpx import Response
from sqlmodel import col

from bot.messages import DESK
from storage.mail import InboxKey, KeptMessage, Outbox
from storage.people import Contact
from storage.plans import Nudge
from tests.bot.web.desk.letters import Letters
from tests.bot.web.visitor import Visitor

NOTE = "43 staff trained, two wards to go"


def test_one_press_tells_how_an_action_stands(both: Letters) -> None:
    nurse = both.browser()
    nurse.go(both.path("nurse", "status:1:at_risk"))
    nurse.press("Send", {"f0": NOTE})
    assert nurse.page.status_code == 200
    assert str(nurse.page.url).endswith("/said")
    assert nurse.heading == "Our answer"
    assert both.status("1.2") == "at_risk"
    [update] = both.updates()
    assert (update.person_id, update.note) == (1, NOTE)
    [contact] = both.stage.rows(Contact, Contact.platform == DESK)
    assert contact.person_id == 1
    assert not both.stage.rows(KeptMessage)


def test_the_answer_can_be_loaded_again_and_is_read_until_the_next_press(
    letters: Letters, nurse: Visitor
) -> None:
    path = letters.path("nurse", "status:1:on_track")
    nurse.go(path)
    nurse.press("Send")
    first, before = nurse.main, letters.everything()
    assert nurse.go(f"{path}/said") is nurse.page
    assert nurse.main == first
    assert letters.everything() == before
    nurse.press("Your actions")
    settled = letters.stage.rows(Outbox, col(Outbox.settled_at).is_not(None))
    assert {row.outcome for row in settled} == {"shown"}
    assert nurse.main != first


def test_a_double_press_counts_once(letters: Letters, nurse: Visitor) -> None:
    nurse.go(letters.path("nurse", "status:1:on_track"))
    pressed = nurse.filled("Send", {"f0": NOTE})
    pages = [nurse.send(*pressed).text for _ in range(3)]
    assert len(letters.updates()) == 1
    assert len(set(map(_without_seals, pages))) == 1


def test_two_presses_at_the_same_moment_count_once(both: Letters) -> None:
    nurse = both.browser()
    nurse.go(both.path("nurse", "status:1:on_track"))
    action, fields = nurse.filled("Send")

    async def twice() -> list[Response]:
        sending = (nurse.client.post(action, data=dict(fields)) for _ in range(2))
        return list(await asyncio.gather(*sending))

    assert [page.status_code for page in both.stage.run(twice())] == [303, 303]
    assert len(both.updates()) == 1


def test_whoever_presses_twice_gets_the_form_that_the_first_press_opened(
    letters: Letters, nurse: Visitor
) -> None:
    nurse.go(letters.path("nurse", "actions"))
    nurse.press("Your actions")
    label = next(one for one in _buttons(nurse) if one.startswith("Update"))
    pressed = nurse.filled(label)
    asked = []
    for _ in range(2):
        nurse.send(*pressed)
        asked.append(nurse.main)
    assert asked[0] == asked[1]
    assert nurse.tree.find_class("ask")
    assert "What has happened, in a line?" in nurse.main
    assert not letters.updates()


def test_the_whole_conversation_goes_on_there(letters: Letters, nurse: Visitor) -> None:
    nurse.go(letters.path("nurse", "actions"))
    nurse.press("Your actions")
    assert "Train staff in the neglect tool" in nurse.main
    nurse.press(next(one for one in _buttons(nurse) if one.startswith("Update")))
    nurse.press("Send", {"f0": "at_risk", "f1": NOTE})
    while nurse.heading != "Our answer":
        nurse.press("Send")
    assert letters.status("1.2") == "at_risk"
    assert letters.updates()[-1].note == NOTE


def test_words_are_an_answer_too(letters: Letters, nurse: Visitor) -> None:
    nurse.go(f"{letters.path('nurse', 'actions')}/said")
    nurse.press("Send", {"a": "1.2 at risk, two wards to go"})
    assert "Is that" in nurse.main
    assert not letters.updates()
    nurse.press("Yes, that is right")
    assert letters.status("1.2") == "at_risk"


def test_nothing_written_is_said_at_the_field(letters: Letters, nurse: Visitor) -> None:
    nurse.go(f"{letters.path('nurse', 'actions')}/said")
    nurse.press("Send", {"a": "  "})
    assert nurse.page.status_code == 422
    assert nurse.title.startswith("Please look again")
    assert nurse.tree.get_element_by_id("a").get("aria-describedby") == "a-hint a-error"
    assert not letters.stage.rows(InboxKey)


def test_a_button_of_the_reminder_answers_for_all_that_it_asked(
    letters: Letters, nurse: Visitor
) -> None:
    letters.action("1.3", 1)
    day = letters.stage.now.date()
    with letters.stage.database.writing() as db:
        for one in (1, 2):
            db.add(
                Nudge(
                    action_id=one, due_on=day, person_id=1, stage="30d", queued_on=day, batch="b1"
                )
            )
    nurse.go(letters.path("nurse", "same:b1"))
    assert nurse.heading.endswith("nothing new on 1.2, 1.3")
    nurse.press("Nothing new")
    assert all(row.answered_at for row in letters.stage.rows(Nudge))


# what does not fit


def test_what_is_missing_stands_at_its_field_and_nothing_typed_is_lost(
    letters: Letters, nurse: Visitor
) -> None:
    nurse.go(letters.path("nurse", "update:1"))
    nurse.press("Send", {"f1": NOTE})
    assert nurse.page.status_code == 422
    assert nurse.title == "Please look again: Update on 1.2"
    summary = nurse.tree.get_element_by_id("summary")
    assert summary.get("role") == "alert"
    target = summary.find(".//a").get("href").removeprefix("#")
    assert nurse.tree.get_element_by_id(target).get("aria-invalid") == "true"
    assert nurse.tree.find(".//fieldset").get("aria-describedby") == "f0-error"
    assert nurse.tree.find(".//textarea").text.strip() == NOTE
    assert not letters.stage.rows(InboxKey)
    nurse.press("Send", {"f0": "on_track"})
    assert letters.status("1.2") == "on_track"


def test_too_many_words_are_refused_before_anything_is_stored(
    letters: Letters, nurse: Visitor
) -> None:
    nurse.go(letters.path("nurse", "status:1:on_track"))
    nurse.press("Send", {"f0": "long " * 700})
    assert nurse.page.status_code == 422
    assert "at most 3000 letters" in nurse.main
    assert len(nurse.tree.find(".//textarea").text) > 3000
    assert not letters.updates()


@pytest.mark.parametrize("where", ["form", "press", "words"])
def test_what_could_not_be_saved_can_be_sent_again_and_counts_once(
    letters: Letters, nurse: Visitor, where: str
) -> None:
    token = {"form": "status:1:on_track", "press": "snooze:1", "words": "actions"}[where]
    path = letters.path("nurse", token)
    nurse.go(f"{path}/said" if where == "words" else path)
    label = {"form": "Send", "press": "Ask me in a week", "words": "Send"}[where]
    typed = {"form": {"f0": NOTE}, "press": {}, "words": {"a": "1.2 on track"}}[where]
    with letters.stage.database.writing():
        nurse.press(label, typed)
    assert nurse.page.status_code == 503
    assert not letters.stage.rows(InboxKey)
    if typed:
        assert nurse.tree.find(".//textarea").text.strip() in typed.values()
    again = nurse.filled("Try again" if where == "press" else "Send")
    for _ in range(2):
        assert nurse.send(*again).status_code == 200
    assert len(letters.stage.rows(InboxKey)) == 1


# what is refused


ELSEWHERE = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://elsewhere.example"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "multipart/form-data; boundary=x"},
)


def test_a_form_that_comes_from_elsewhere_is_refused(letters: Letters, nurse: Visitor) -> None:
    for headers in ELSEWHERE:
        nurse.go(letters.path("nurse", "snooze:1"))
        action, fields = nurse.filled("Ask me in a week")
        assert nurse.send(action, fields, **headers).status_code == 403
        assert nurse.heading == "That did not work"
    assert not letters.stage.rows(InboxKey)


def test_a_form_of_another_link_is_refused(letters: Letters, nurse: Visitor) -> None:
    letters.person("police")
    officer = letters.browser()
    officer.go(letters.path("police", "snooze:1"))
    _, theirs = officer.filled("Press it")
    mine = letters.path("nurse", "snooze:1")
    assert nurse.send(mine, theirs).status_code == 403
    assert not letters.stage.rows(InboxKey)


CHANGED: tuple[dict[str, str], ...] = (
    {"form": ""},
    {"form": "x"},
    {"do": ""},
    {"do": "delete"},
    {"do": "fresh"},
    {"do": "press", "k": ""},
    {"do": "press", "k": "x" * 65},
    {"do": "send", "page": "x"},
)


def test_a_form_with_other_fields_than_ours_is_refused(letters: Letters, nurse: Visitor) -> None:
    nurse.go(letters.path("nurse", "snooze:1"))
    action, fields = nurse.filled("Ask me in a week")
    for changed in CHANGED:
        forged = list((dict(fields) | changed).items())
        assert nurse.send(action, forged).status_code == 403, changed
    assert not letters.stage.rows(InboxKey)


def test_more_than_any_form_holds_is_refused(letters: Letters, nurse: Visitor) -> None:
    nurse.go(letters.path("nurse", "status:1:on_track"))
    action, fields = nurse.filled("Send", {"f0": "x" * 70_000})
    assert nurse.send(action, fields).status_code == 413


def test_a_page_may_lie_open_over_night_and_not_for_ever(letters: Letters, nurse: Visitor) -> None:
    nurse.go(letters.path("nurse", "status:1:on_track"))
    pressed = nurse.filled("Send", {"f0": NOTE})
    letters.stage.later(hours=20)
    assert nurse.send(*pressed).status_code == 200
    assert letters.updates()[-1].note == NOTE
    nurse.go(letters.path("nurse", "status:1:on_track"))
    pressed = nurse.filled("Send")
    letters.stage.later(days=8)
    assert nurse.send(*pressed).status_code == 403


def test_the_press_of_somebody_who_may_not_is_answered_and_does_nothing(letters: Letters) -> None:
    letters.person("police")
    officer = letters.browser()
    for token in ("status:1:on_track", "notmine:1", "evidenced:1:yes", "accept:1:yes"):
        officer.go(letters.path("police", token))
        officer.press("Press it")
        assert officer.page.status_code == 200
        assert officer.tree.find_class("message"), officer.main
    assert not letters.updates()
    assert letters.status("1.2") == "not_started"


STALE = ("?", ":", "update:x", "s:1:2:skip", "\x00", "update:1:\ud7ff", "e" * 64, "which:1")


def test_a_button_that_nobody_made_is_stale(letters: Letters, nurse: Visitor) -> None:
    for token in STALE:
        nurse.go(letters.path("nurse", "snooze:1"))
        action, fields = nurse.filled("Ask me in a week")
        nurse.send(action, [(name, token if name == "k" else value) for name, value in fields])
        assert nurse.page.status_code == 200, token
    assert not letters.updates()
    assert not letters.stage.rows(KeptMessage)


def _buttons(visitor: Visitor) -> list[str]:
    return [" ".join(one.text_content().split()) for one in visitor.tree.iter("button")]


def _without_seals(text: str) -> str:
    return "".join(line for line in text.splitlines() if 'name="form"' not in line)
