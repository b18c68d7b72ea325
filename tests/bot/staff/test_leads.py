"""Leads where there are forms: one tap counts, the message is put again, forms come prefilled."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from bot.forms import Form
from bot.messages import SLACK, TEAMS, Address, FieldErrors, Opened, OpenForm, Pressed, Submitted
from bot.standing import hash_of
from reminders.lead_changes import answering, pass_on_changed
from storage.database import Database
from storage.mail import Outbox, queue
from storage.people import Contact, Person, Role
from storage.plans import Action, ActionLead, Nudge, Update
from tests.bot.staff.office import Office, office
from tests.reminders.small_plan import SmallPlan

TODAY = date(2023, 12, 4)


@pytest.fixture
def slack(sqlite_database: Database) -> Iterator[Office]:
    """Amira leads two actions with her group: Dev is its deputy, Chris its chair."""
    with office(sqlite_database) as one:
        one.colleague("maya", Role.MANAGER)
        people = {name: one.colleague(name, Role.LEAD) for name in ("amira", "dev", "sam")}
        chris = one.colleague("chris", Role.CHAIR)
        with one.database.writing() as db:
            plan = SmallPlan.start(db)
            body = plan.body(
                "Quality",
                contact_person_id=people["amira"],
                deputy_person_id=people["dev"],
                chair_person_id=chris,
            )
            plan.action("1.2", TODAY + timedelta(days=14), bodies=[body])
            plan.action("1.5", TODAY + timedelta(days=14), bodies=[body])
        yield one


@pytest.fixture
def nudged(slack: Office) -> Office:
    slack.round()
    slack.deliver()
    return slack


def opened(stage: Office, who: str, label: str) -> Form:
    """The form that a button opens."""
    stage.opens = True
    [ack] = stage.tell(who, Pressed(stage.token(who, label)))
    stage.deliver()
    assert isinstance(ack.now, OpenForm), ack.now
    return ack.now.form


def sent(stage: Office, who: str, form: Form, **values: str) -> object:
    """What comes back at once when a form is sent."""
    start = {field.name: field.value for field in form.fields}
    [ack] = stage.tell(who, Submitted(form.id, start | values))
    stage.deliver()
    return ack.now


def _hash(stage: Office, who: str) -> str:
    return hash_of(stage.database.keyring, Address(SLACK, "", who))


def statuses(stage: Office) -> list[tuple[str, str, str]]:
    return [(row.status, row.how, row.note) for row in stage.rows(Update)]


# one tap


def test_on_track_counts_at_once_and_the_message_says_so_in_its_place(nudged: Office) -> None:
    before = len(nudged.sent_to("amira"))
    nudged.press("amira", "1.2 on track")
    assert statuses(nudged) == [("on_track", "one tap", "")]
    recorded, renewed = (one.message for one in nudged.sent_to("amira")[before:])
    assert "1.2 now stands as on track" in recorded.text
    assert recorded.follows == renewed.replaces != ""
    assert "1 is still open" in renewed.text
    assert "On track, you said at 10:00." in renewed.text
    labels = [button.label for button in renewed.buttons]
    assert labels == ["Correct", "Add a line", "History", "Update 1.5", "1.5 on track"]


def test_the_same_tap_again_counts_once(nudged: Office) -> None:
    token = Pressed(nudged.token("amira", "1.2 on track"))
    nudged.say("amira", token, token)
    assert len(nudged.rows(Update)) == 1


def test_at_risk_counts_at_once_and_its_form_completes_it(nudged: Office) -> None:
    nudged.say("amira", Pressed("status:1:at_risk"))
    nudged.opens = True
    [ack] = nudged.tell("amira", Pressed("status:2:at_risk"))
    assert isinstance(ack.now, OpenForm)
    assert ("at_risk", "one tap", "") in statuses(nudged)
    answer = sent(nudged, "amira", ack.now.form, note="no trainer", help="a trainer")
    assert answer is None
    assert statuses(nudged)[-1] == ("at_risk", "chat", "no trainer")
    assert nudged.rows(Update)[-1].corrects_id is not None
    assert "asks for help with 1.5" in nudged.newest("maya").text


def test_when_all_is_answered_the_message_thanks_and_keeps_what_counts(nudged: Office) -> None:
    nudged.press("amira", "Nothing new on any")
    text = nudged.newest("amira").text
    assert "that is all for now" in text
    assert text.count("said at 10:00") == 2


def test_an_action_that_somebody_else_answered_says_who(nudged: Office) -> None:
    nudged.say("dev", "1.5 on track, all trained", "yes")
    nudged.press("amira", "1.2 on track")
    assert 'On track, dev said at 10:00: "on track, all trained".' in (nudged.newest("amira").text)


def test_who_has_stopped_meanwhile_is_not_sent_what_was_queued(slack: Office) -> None:
    slack.round()
    slack.say("amira", "stop")
    assert not any("are yours" in text for text in slack.heard("amira"))


# a form that is left


def test_done_without_the_form_still_reaches_the_chair_and_once(nudged: Office) -> None:
    nudged.opens = True
    for ref, action in (("1.2", 1), ("1.5", 2)):
        [ack] = nudged.tell("amira", Pressed(f"status:{action}:complete"))
        assert isinstance(ack.now, OpenForm), ref
    assert isinstance(ack.now, OpenForm)
    sent(nudged, "amira", ack.now.form, evidence="the register")
    nudged.deliver()
    asked = [one.message.text for one in nudged.sent_to("chris")]
    assert len(asked) == 1
    assert "1.5 as complete" in asked[0]
    nudged.later(hours=3)
    nudged.deliver()
    later = [one.message.text for one in nudged.sent_to("chris")][1:]
    assert len(later) == 1, "the form of 1.5 was sent, that of 1.2 was left"
    assert "1.2 as complete" in later[0]


@pytest.mark.parametrize(("platform", "separate"), [(SLACK, 1), (TEAMS, 0)])
def test_what_counts_is_said_once_where_there_is_no_thread(
    sqlite_database: Database, platform: str, separate: int
) -> None:
    with office(sqlite_database) as one:
        one.platform = platform
        amira = one.colleague("amira", Role.LEAD)
        with one.database.writing() as db:
            SmallPlan.start(db).action("1.2", TODAY + timedelta(days=14), people=[amira])
        one.round()
        one.deliver()
        before = len(one.sent_to("amira"))
        form = opened(one, "amira", "Done")
        assert sent(one, "amira", form, evidence="the register") is None
        told = [found.message for found in one.sent_to("amira")[before:]]
        assert sum("now stands as" in message.text for message in told) == separate
        assert all(message.follows for message in told if "now stands as" in message.text)
        renewed = told[-1]
        assert renewed.replaces
        assert "Complete, awaiting evidence, you said at 10:00" in renewed.text
        assert "The chair or the manager confirms it." in renewed.text
        assert "Correct" in [button.label for button in renewed.buttons]
        one.press("amira", "Correct")


# correcting


def test_a_correction_takes_the_place_and_the_history_keeps_both(nudged: Office) -> None:
    nudged.say("amira", "1.2 on track, 43 staff trained", "yes")
    form = opened(nudged, "amira", "Correct")
    assert {field.name: field.value for field in form.fields}["status"] == "on_track"
    assert sent(nudged, "amira", form, note="34 staff trained") is None
    first, second = nudged.rows(Update)
    assert second.corrects_id == first.id
    nudged.opens = False
    history = nudged.say("amira", "history 1.2")
    assert "43 staff trained" in history
    assert "[corrected since]" in history
    assert 'putting right what was said before: on track, "34 staff trained"' in history


def test_another_of_the_group_may_correct_and_nobody_else(nudged: Office) -> None:
    nudged.say("amira", "1.2 on track", "yes")
    token = nudged.token("amira", "Correct")
    assert "led by somebody else" in nudged.say("sam", Pressed(token))
    nudged.say("dev", "correct 1.2 at risk, no room", "yes")
    assert [row.corrects_id for row in nudged.rows(Update)] == [None, 1]
    assert nudged.rows(Action)[0].status == "at_risk"
    assert "corrected or said anew" in nudged.say("amira", Pressed(token))


def test_a_date_that_was_agreed_is_not_asked_for_again_by_a_correction(nudged: Office) -> None:
    nudged.say("amira", "date 1.2 31 January 2024 because no room")
    nudged.press("maya", "Agree")
    form = opened(nudged, "amira", "Correct")
    sent(nudged, "amira", form, note="no room until January", status="at_risk")
    assert nudged.rows(Update)[-1].proposed_due_on is None
    assert nudged.rows(Action)[0].due_on == date(2024, 1, 31)


def test_a_form_with_a_day_that_passed_shows_it_at_its_field(nudged: Office) -> None:
    nudged.say("amira", "1.2 at risk", "yes")
    form = opened(nudged, "amira", "Correct")
    answer = sent(nudged, "amira", form, day="2023-11-01")
    assert isinstance(answer, FieldErrors)
    assert list(answer.errors) == ["day"]
    assert len(nudged.rows(Update)) == 1


# a new date, help


def test_a_newer_proposal_takes_the_place_of_the_older(nudged: Office) -> None:
    nudged.say("amira", "date 1.2 31 January 2024 because no room")
    older = nudged.token("maya", "Agree")
    nudged.say("amira", "date 1.2 29 February 2024")
    nudged.say("maya", Pressed(older))
    assert nudged.rows(Action)[0].due_on == TODAY + timedelta(days=14)
    nudged.press("maya", "Agree")
    assert nudged.rows(Action)[0].due_on == date(2024, 2, 29)


def test_the_form_of_a_new_date_refuses_days_that_make_no_sense(nudged: Office) -> None:
    nudged.opens = True
    [ack] = nudged.tell("amira", Pressed("askdate:1"))
    assert isinstance(ack.now, OpenForm)
    for day in ("2023-12-01", "2023-12-18", "", "nonsense"):
        answer = sent(nudged, "amira", ack.now.form, day=day)
        assert isinstance(answer, FieldErrors), day
    assert nudged.rows(Update) == []
    assert sent(nudged, "amira", ack.now.form, day="2024-01-31", why="no room") is None
    assert nudged.rows(Update)[0].proposed_due_on == date(2024, 1, 31)


def test_help_is_asked_for_with_one_line_in_a_form(nudged: Office) -> None:
    nudged.opens = True
    [ack] = nudged.tell("amira", Pressed("needhelp:1"))
    assert isinstance(ack.now, OpenForm)
    assert isinstance(sent(nudged, "amira", ack.now.form, what=" "), FieldErrors)
    assert sent(nudged, "amira", ack.now.form, what="a room") is None
    assert 'asks for help with 1.2: "a room"' in nudged.newest("maya").text


# handing over, leave


def test_within_the_group_an_action_goes_over_at_once_with_its_history(nudged: Office) -> None:
    nudged.say("amira", "1.2 at risk, no trainer", "yes")
    assert "dev answers for 1.2" in nudged.say("amira", "hand 1.2 to dev")
    told = nudged.newest("dev").text
    assert "1.2 is yours from now on; amira led it before" in told
    assert "no trainer" in told
    assert not any("not theirs" in text for text in nudged.heard("maya"))
    before = len(nudged.sent_to("dev"))
    nudged.round()
    nudged.deliver()
    assert len(nudged.sent_to("dev")) == before, "they were asked in that message"


def test_outside_the_group_the_manager_settles_it_and_both_hear_once(nudged: Office) -> None:
    assert "asked to give 1.2 to sam" in nudged.say("amira", "hand 1.2 to sam")
    nudged.say("maya", "give 1.2 to sam@rochdale.example")
    assert "sam answers for it from now on" in nudged.newest("amira").text
    assert "1.2 is yours from now on; amira led it before" in nudged.newest("sam").text
    waiting = nudged.rows(Nudge, col(Nudge.action_id) == 1, col(Nudge.answered_at).is_(None))
    assert [row.stage for row in waiting] == ["given"]


def test_the_form_of_not_mine_offers_the_group_first(nudged: Office) -> None:
    nudged.opens = True
    [ack] = nudged.tell("amira", Pressed("notmine:1"))
    assert isinstance(ack.now, OpenForm)
    options = [option.label for option in ack.now.form.fields[0].options]
    assert options == ["chris", "dev", "The business manager settles it"]
    several = sent(nudged, "amira", ack.now.form, named="a")
    assert several is None or isinstance(several, FieldErrors)
    assert sent(nudged, "amira", ack.now.form, named="sam@rochdale.example") is None
    assert "sam" in nudged.newest("maya").text


def test_while_somebody_is_away_their_deputy_is_asked_and_told_why(slack: Office) -> None:
    slack.say("amira", "away until 20 December, sam covers")
    assert "cover" in slack.newest("sam").text
    slack.round()
    slack.deliver()
    assert not any("are yours" in text for text in slack.heard("amira"))
    assert "You are asked because amira is away until 20 December 2023." in slack.newest("dev").text


# home, settings, commands


def test_home_shows_what_is_theirs_and_what_they_may_ask_for(slack: Office) -> None:
    slack.tell("amira", Opened())
    slack.deliver()
    home = slack.newest("amira")
    assert home.home
    assert "amira: 2 open actions" in home.text
    labels = [button.label for button in home.buttons]
    assert "1.2 on track" in labels
    assert "Doubtful rows" not in labels
    slack.tell("maya", Opened())
    slack.deliver()
    assert "Doubtful rows" in [button.label for button in slack.newest("maya").buttons]


def test_the_settings_form_keeps_what_was_chosen_and_refuses_the_rest(slack: Office) -> None:
    slack.say("amira", "settings")
    form = opened(slack, "amira", "Change settings")
    assert [field.name for field in form.fields] == [
        "hour", "days", "quiet", "away", "deputy", "language", "where"
    ]  # fmt: skip
    wrong = sent(slack, "amira", form, deputy="nobody at all", quiet="2030-01-01", days="0 2")
    assert isinstance(wrong, FieldErrors)
    assert sorted(wrong.errors) == ["deputy", "quiet"]
    values = {"hour": "8", "days": "0 2", "quiet": "2023-12-12", "language": "pl"}
    assert sent(slack, "amira", form, **values) is None
    shown = slack.newest("amira").text
    assert "at 8:00, Monday, Wednesday" in shown
    assert "Quiet: until 12 December 2023\nAway: no\nLanguage: Polski" in shown
    [contact] = slack.rows(Contact, col(Contact.address_hash) == _hash(slack, "amira"))
    assert contact.language == "pl"


def test_a_command_in_the_middle_of_a_question_is_a_command(nudged: Office) -> None:
    nudged.say("amira", "help-with 1.2")
    assert "open actions of yours" in nudged.say("amira", "actions")
    assert nudged.rows(Update) == []


def test_nobody_may_speak_for_what_others_lead(nudged: Office) -> None:
    acts = ("status:1:on_track", "update:1", "notmine:1", "snooze:1", "needhelp:1", "askdate:1")
    for act in (*acts, "history:1", "handto:1:3"):
        assert "led by somebody else" in nudged.say("sam", Pressed(act)), act
    nudged.opens = True
    for form in ("date:1", "help:1", "hand:1", "update:1"):
        nudged.tell("sam", Submitted(form, {"day": "2024-01-31", "what": "x", "note": "x"}))
    assert nudged.rows(Update) == []


def test_a_button_that_somebody_made_up_does_nothing(nudged: Office) -> None:
    made_up = ("status:1", "status:1:nonsense", "correct:x", "correct", "do:9", "stop:1", "date:x")
    nudged.say("amira", *(Pressed(token) for token in made_up))
    assert nudged.rows(Update) == []
    assert not nudged.rows(Outbox, col(Outbox.outcome) == "fault")


def test_no_word_of_a_person_is_in_a_title(nudged: Office) -> None:
    nudged.say("amira", "1.2 at risk, zanzibar elephants", "yes", "history 1.2", "actions")
    nudged.say("amira", "correct 1.2 on track, zanzibar again", "yes", "hand 1.5 to zanzibar")
    titles = [one.message.title for one in nudged.recorder.sent]
    assert any(titles)
    assert not any("zanzibar" in title for title in titles)


def test_a_manager_may_say_how_any_action_stands(nudged: Office) -> None:
    assert "on track" in nudged.say("maya", "update 1.2 on track, she rang me")
    assert "1.2 now stands as on track" in nudged.say("maya", "yes")
    assert [row.note for row in nudged.rows(Update)] == ["on track, she rang me"]
    assert "give 1.2 to" in nudged.say("maya", "help")
    assert "give 1.2 to" not in nudged.say("amira", "help")


def test_the_buttons_stop_and_start_reminders_as_the_words_do(slack: Office) -> None:
    slack.say("amira", "settings")
    assert "no more reminders" in slack.press("amira", "No more reminders")
    assert "amira asked for no more reminders" in slack.newest("maya").text
    slack.say("amira", "settings")
    assert "Reminders come again" in slack.press("amira", "Remind me again")
    slack.round()
    slack.deliver()
    assert "2 actions are yours" in slack.newest("amira").text


def test_the_message_by_which_an_action_came_is_put_again_as_well(slack: Office) -> None:
    slack.say("amira", "hand 1.2 to dev")
    [row] = [one for one in slack.rows(Outbox) if one.intent == "yours_now"]
    slack.press("dev", "On track")
    with slack.database.writing() as db:
        again = {**json.loads(row.params), "at": row.external_id, "renewed": True}
        queue(
            db,
            key="again",
            intent=row.intent,
            contact_id=row.contact_id,
            now=slack.now,
            params=again,
        )
    slack.deliver()
    renewed = slack.newest("dev")
    assert renewed.replaces == row.external_id
    assert "On track, you said at 10:00." in renewed.text


def test_who_gets_several_actions_at_once_hears_it_in_one_message(slack: Office) -> None:
    with slack.database.writing() as db:
        before = answering(db)
        for lead in db.exec(select(ActionLead)):
            lead.person_id = db.exec(select(Person.id).where(Person.name == "sam")).one()
            db.add(lead)
        pass_on_changed(db, before, by_id=None, now=slack.now, today=TODAY)
    slack.deliver()
    [gone] = [one.message for one in slack.sent_to("amira")]
    assert "1.2, 1.5: sam answers for these from now on" in gone.text
    [came] = [one.message for one in slack.sent_to("sam")]
    assert "2 actions are yours from now on" in came.text
    slack.press("sam", "1.5 on track")
    renewed = slack.newest("sam")
    assert renewed.replaces
    assert "1 is still open" in renewed.text


def test_a_line_without_a_ref_is_about_what_was_asked_and_never_about_a_doubt(
    slack: Office,
) -> None:
    with slack.database.writing() as db:
        db.get_one(Action, 2).needs_review = True
    slack.round()
    slack.deliver()
    said = slack.say("amira", "slipping, need until end of May 2024")
    assert "1.2: at risk, new date 31 May 2024" in said
    assert "1.5" not in said
