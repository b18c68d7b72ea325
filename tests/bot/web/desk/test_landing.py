"""What a link shows before anything is pressed, and that showing it does nothing."""

from datetime import timedelta

import pytest

from storage.people import Contact, Person, Role
from storage.plans import Action, Escalation, Nudge, Update
from tests.bot.web.desk.letters import Letters
from tests.bot.web.test_guards import EXPECTED
from tests.bot.web.visitor import Visitor

TOKENS = (
    "update:1",
    "status:1:on_track",
    "status:1:no_such_status",
    "status:1",
    "needhelp:1",
    "notmine:1",
    "snooze:1",
    "same:b1",
    "newdate:1:yes",
    "escalate:1:no",
    "evidenced:1:yes",
    "accept:999:yes",
    "right:yes",
    "stop",
    "settings",
    "actions",
    "file:1:pdf",
    "file:x",
    "update:",
    "update:99999999999999999999",
    "update:\u0661",
    "s:1:2:skip",
    ":",
    "nonsense:9",
    "\x00",
    "<script>alert(1)</script>",
)


def test_opening_a_link_changes_nothing_whoever_opens_it(both: Letters) -> None:
    """Mail scanners open every link there is, some of them more than once."""
    scanner = both.browser()
    before = both.everything()
    for token in TOKENS:
        path = both.path("nurse", token)
        assert scanner.go(path).status_code == 200, token
        head = both.stage.run(scanner.client.head(path))
        assert head.status_code == 200
        assert not head.content
    for where in ("said", "file", "file/1/0"):
        assert scanner.go(f"{path}/{where}").status_code in (200, 404), where
    assert both.everything() == before


def test_every_page_is_guarded_and_sets_no_cookie(letters: Letters, nurse: Visitor) -> None:
    path = letters.path("nurse", "update:1")
    gone = f"{path}x"
    for where in (path, f"{path}/said", f"{path}/file", gone, letters.path("nurse", "stop")):
        page = nurse.go(where)
        for name, value in EXPECTED.items():
            assert value in page.headers[name], (where, name)
        assert "noindex" in page.headers["x-robots-tag"]
        assert "set-cookie" not in page.headers
        assert "http://" not in page.text.replace("http://127.0.0.1:8080", "")
        assert "https://" not in page.text


def test_no_script_sends_a_form_by_itself(letters: Letters, nurse: Visitor) -> None:
    nurse.go(letters.path("nurse", "needhelp:1"))
    scripts = nurse.tree.findall(".//script")
    assert [one.get("src", "").split("/")[1] for one in scripts] == ["static"]
    assert not any(one.text_content().strip() for one in scripts)
    assert nurse.tree.find(".//meta[@http-equiv]") is None


PRESSES = {
    "snooze:1": ("You are about to put 1.2 off for a week", "Ask me in a week"),
    "same:b1": ("You are about to say: nothing new on 1.2", "Nothing new"),
    "newdate:1:yes": (
        "You are about to agree a new date for 1.2: 31 May 2024",
        "Agree the new date",
    ),
    "newdate:1:no": ("You are about to keep the date of 1.2 as it is", "Keep the old date"),
    "escalate:1:yes": ("You are about to pass 1.2 on to the chair", "Pass it on"),
    "evidenced:1:yes": ("You are about to accept 1.2 as complete", "Accept as complete"),
    "accept:1:no": ("You are about to leave 1.2 for later", "Leave for later"),
    "handto:1:1": ("You are about to hand 1.2 to nurse", "Hand it over"),
    "handto:1:0": ("You are about to hand 1.2 to somebody whom", "Hand it over"),
    "stays:1": ("You are about to say: 1.2 stays where it is", "It stays"),
    "right:no": ("You are about to say: no, that is not what I meant", "No"),
    "invited:4:begin": ("Begin the survey that we wrote to you about", "Begin"),
    "stop": ("You are about to stop our reminders to you", "Stop the reminders"),
    "actions": ("See the actions that are yours", "Your actions"),
    "do:actions": ("See the actions that are yours", "Your actions"),
    "history:1": ("See what was said of 1.2 before", "Show it"),
    "hm:3": ("You are about to press a button of our e-mail of 4 December 2023", "Press it"),
    "newdate:77:yes": ("You are about to press a button of our e-mail", "Press it"),
}


def test_the_page_says_what_the_press_will_do(letters: Letters, nurse: Visitor) -> None:
    _something_of_each(letters)
    for token, (heading, button) in PRESSES.items():
        assert nurse.go(letters.path("nurse", token)).status_code == 200, token
        assert nurse.heading.startswith(heading), token
        assert "You answer as nurse (ICB)." in nurse.main
        assert nurse.has_button(button), token
        shows = token.split(":")[-1] == "actions" or token == "history:1"
        assert ("Nothing has happened yet" in nurse.main) is not shows, token


def test_a_form_is_there_at_once_so_that_one_press_is_enough(
    letters: Letters, nurse: Visitor
) -> None:
    _something_of_each(letters)
    with_form = ("update:1", "status:1:at_risk", "needhelp:1", "notmine:1", "askdate:1", "settings")
    for token in (*with_form, "correct:1"):
        assert nurse.go(letters.path("nurse", token)).status_code == 200, token
        assert nurse.tree.find_class("ask"), token
        if token != "settings":
            assert "Train staff in the neglect tool" in nurse.main, token


def _something_of_each(letters: Letters) -> None:
    """A nudge, an update with a new date, and an escalation of the first action."""
    now, day = letters.stage.now, letters.stage.now.date()
    with letters.stage.database.writing() as db:
        later = day.replace(year=2024, month=5, day=31)
        db.add(Update(action_id=1, person_id=1, at=now, status="at_risk", proposed_due_on=later))
        db.add(Escalation(action_id=1, due_on=day, step="chair", proposed_at=now))
        db.add(Nudge(action_id=1, due_on=day, person_id=1, stage="30d", queued_on=day, batch="b1"))


def test_the_action_stands_there_with_its_date_and_the_last_words(
    letters: Letters, nurse: Visitor
) -> None:
    with letters.stage.database.writing() as db:
        at = letters.stage.now - timedelta(days=10)
        words = "Half of the <b>wards</b> are done"
        db.add(Update(action_id=1, person_id=1, at=at, status="at_risk", note=words))
    nurse.go(letters.path("nurse", "snooze:1"))
    for expected in (
        "1.2",
        "Train staff in the neglect tool",
        "Fewer gaps",
        "3 January 2024",
        "nurse, 24 November 2023",
        words,
    ):
        assert expected in nurse.main


def test_an_update_has_its_form_at_once_and_says_what_was_tapped(
    letters: Letters, nurse: Visitor
) -> None:
    nurse.go(letters.path("nurse", "update:1"))
    assert nurse.heading == "Update on 1.2"
    assert nurse.has_button("Send")
    assert len(nurse.tree.findall(".//input[@type='radio']")) > 3
    nurse.go(letters.path("nurse", "status:1:at_risk"))
    assert "You are about to say: 1.2 is at risk." in nurse.main
    assert "counts already" not in nurse.main
    assert not nurse.tree.findall(".//input[@type='radio']")


def test_an_action_of_somebody_else_is_not_shown(letters: Letters) -> None:
    letters.person("police")
    officer = letters.browser()
    for token in ("update:1", "status:1:on_track", "needhelp:1", "evidenced:1:yes", "same:b1"):
        officer.go(letters.path("police", token))
        assert officer.page.status_code == 200
        assert "1.2" not in officer.main
        assert "Train staff" not in officer.page.text
        assert officer.has_button("Press it")


def test_who_may_read_the_digest_may_read_any_action(letters: Letters) -> None:
    letters.person("chair", Role.CHAIR)
    chair = letters.browser()
    chair.go(letters.path("chair", "evidenced:1:yes"))
    assert "Train staff in the neglect tool" in chair.main


def test_an_action_that_was_taken_out_of_the_plan_is_not_shown(
    letters: Letters, nurse: Visitor
) -> None:
    with letters.stage.database.writing() as db:
        db.get_one(Action, 1).retired_on = letters.stage.now.date()
    nurse.go(letters.path("nurse", "update:1"))
    assert "Train staff" not in nurse.main
    assert nurse.has_button("Press it")


# links that open nothing


def test_a_link_that_was_changed_is_none_of_ours(letters: Letters, nurse: Visitor) -> None:
    path = letters.path("nurse", "stop")
    body, _, signature = path.rpartition(".")
    for bad in (body, path[:-1], f"{body[:-2]}AA.{signature}", "/m/x", f"{path}.x", "/m/%00"):
        nurse.go(bad)
        assert nurse.page.status_code == 404, bad
    nurse.go(f"{path}x")
    assert nurse.heading == "There is no such page"
    assert "nurse" not in nurse.main


def test_wrong_links_are_counted_and_right_ones_are_not(letters: Letters, nurse: Visitor) -> None:
    seen = [nurse.go(f"/m/guess{n}").status_code for n in range(14)]
    assert seen[:8] == [404] * 8
    assert seen[-1] == 429
    assert nurse.page.headers["retry-after"]
    assert nurse.go(letters.path("nurse", "update:1")).status_code == 200


def test_one_link_is_not_opened_without_end(letters: Letters, nurse: Visitor) -> None:
    letters.person("police")
    path, other = letters.path("nurse", "stop"), letters.path("police", "stop")
    seen = [nurse.go(path).status_code for _ in range(70)]
    assert seen[:50] == [200] * 50
    assert seen[-1] == 429
    assert "very often" in nurse.main
    assert nurse.go(other).status_code == 200
    letters.stage.later(minutes=5)
    assert nurse.go(path).status_code == 200


def test_an_old_link_is_over_and_says_what_to_do(letters: Letters, nurse: Visitor) -> None:
    path = letters.path("nurse", "update:1")
    letters.stage.later(days=29)
    assert nurse.go(path).status_code == 200
    letters.stage.later(days=2)
    assert nurse.go(path).status_code == 410
    assert nurse.heading == "The time of this link is over"
    assert "30 days" in nurse.main
    assert "Train staff" not in nurse.main
    assert nurse.go(f"{path}/said").status_code == 410
    assert nurse.go(f"{path}/file").status_code == 410


@pytest.mark.parametrize("change", ["left", "unknown"])
def test_a_link_of_somebody_who_left_opens_nothing(
    letters: Letters, nurse: Visitor, change: str
) -> None:
    path = letters.path("nurse", "update:1")
    with letters.stage.database.writing() as db:
        if change == "left":
            db.get_one(Person, 1).active = False
        else:
            db.get_one(Contact, 1).person_id = None
    assert nurse.go(path).status_code == 410
    assert nurse.heading == "This link opens nothing any more"
    assert "nurse" not in nurse.main


def test_a_link_never_gets_into_a_log(
    letters: Letters, nurse: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    path = letters.path("nurse", "update:1")
    nurse.go(path)
    nurse.go(f"{path}x")
    with letters.stage.database.engine.begin() as broken:
        broken.exec_driver_sql("ALTER TABLE contact RENAME TO elsewhere")
    assert nurse.go(path).status_code == 500
    logged = capsys.readouterr()
    assert "a page failed" in logged.out + logged.err
    assert path.split("/")[2][:20] not in logged.out + logged.err
