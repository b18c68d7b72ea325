"""Who is who: known by the platform's e-mail, else by a code; all others get help and no more."""

from datetime import timedelta

import pytest
from sqlmodel import col

from bot import join_codes
from bot.messages import (
    EMAIL,
    SLACK,
    TEAMS,
    Content,
    Edited,
    Elsewhere,
    Met,
    Opened,
    Pressed,
    Said,
    Sent,
    Submitted,
)
from storage.audit import AuditEntry
from storage.concerns import ReviewItem
from storage.mail import KeptMessage
from storage.people import Contact, JoinCode, Person, Role
from storage.plans import Update
from tests.bot.staff.office import Office
from tests.reminders.small_plan import SmallPlan

_NOTHING_OF_OURS = ("1.2", "Text of", "amira", "Weekly digest", "on track")


def _amira(office: Office, *, linked: bool = False) -> int:
    amira = office.person("amira", Role.LEAD, linked=linked)
    with office.database.writing() as db:
        SmallPlan.start(db).action("1.2", office.now.date(), people=[amira])
    return amira


def _code(office: Office, person_id: int, by_id: int | None = None) -> str:
    with office.database.writing() as db:
        person = db.get_one(Person, person_id)
        return join_codes.make(db, office.database.keyring, person, by_id=by_id, now=office.now)


def _acts(office: Office) -> list[tuple[str, str]]:
    return [(row.act, row.detail) for row in office.rows(AuditEntry)]


@pytest.mark.parametrize("platform", [SLACK, TEAMS])
def test_who_the_platform_vouches_for_is_known_at_once(at_work: Office, platform: str) -> None:
    amira = _amira(at_work)
    at_work.platform, at_work.vouched = platform, {"U1": "Amira@Rochdale.example "}
    assert "1.2 Text of 1.2" in at_work.say("U1", "actions")
    [contact] = at_work.rows(Contact)
    assert (contact.person_id, contact.platform) == (amira, platform)
    assert _acts(at_work) == [("person_recognised", platform)]
    at_work.say("U1", "actions")
    assert len(_acts(at_work)) == 1


def test_an_email_that_changes_on_the_platform_takes_nobodys_place(at_work: Office) -> None:
    amira = _amira(at_work)
    at_work.person("sam", Role.MANAGER, linked=False)
    at_work.vouched = {"U1": "amira@rochdale.example"}
    at_work.say("U1", "actions")
    at_work.vouched = {"U1": "sam@rochdale.example"}
    assert "business manager decides this" in at_work.say("U1", "/review")
    assert [row.person_id for row in at_work.rows(Contact)] == [amira]


_ATTEMPTS: tuple[Content, ...] = (
    Said("hello"),
    Said("actions"),
    Said("/actions"),
    Said("update 1.2"),
    Said("1.2 on track"),
    Said("/digest"),
    Said("/waiting"),
    Said("/people"),
    Said("/concerns"),
    Said("/help"),
    Said("yes"),
    Said("1"),
    Edited("1.2 done"),
    Sent("file", "1.2 done"),
    Pressed("status:1:complete"),
    Pressed("newdate:1:yes"),
    Pressed("welcome:1:yes"),
    Pressed("s:abc:1:0"),
    Submitted("update:1", {"status": "complete"}),
    Opened(),
    Met(),
)


@pytest.mark.parametrize("platform", [SLACK, TEAMS, EMAIL])
def test_who_is_unknown_gets_help_and_nothing_else(at_work: Office, platform: str) -> None:
    _amira(at_work)
    at_work.platform, at_work.vouched = platform, {"x@y.example": "stranger@council.example"}
    for attempt in _ATTEMPTS:
        answer = at_work.say("x@y.example", attempt)
        assert ("I do not know you here" in answer) or platform == EMAIL, attempt
        assert not any(word in answer for word in _NOTHING_OF_OURS), attempt
    assert at_work.rows(Update) == []
    assert at_work.rows(KeptMessage) == []
    heard = at_work.heard("x@y.example")
    assert len(heard) == (1 if platform == EMAIL else len(_ATTEMPTS))


def test_the_place_kept_for_us_shows_a_stranger_the_way_in(at_work: Office) -> None:
    at_work.configure(partnership={"contact": "the business unit, 01706 925000"})
    at_work.say("U1", Opened())
    message = at_work.newest("U1")
    assert message.home
    assert "01706 925000" in message.text


def _leaves(office: Office, person_id: int) -> None:
    with office.database.writing() as db:
        db.get_one(Person, person_id).active = False


def test_whoever_has_left_the_partnership_is_a_stranger(at_work: Office) -> None:
    amira = _amira(at_work)
    at_work.vouched = {"U1": "amira@rochdale.example"}
    at_work.say("U1", "actions")
    _leaves(at_work, amira)
    assert "I do not know you here" in at_work.say("U1", "actions")
    assert "I do not know you here" in at_work.say("U1", Pressed("status:1:complete"))
    assert at_work.rows(Update) == []


def test_a_form_that_was_open_when_somebody_left_takes_nothing_more(at_work: Office) -> None:
    amira = _amira(at_work)
    at_work.vouched = {"U1": "amira@rochdale.example"}
    assert "How is it going?" in at_work.say("U1", "update 1.2")
    _leaves(at_work, amira)
    for line in ("2", "slipping", "/skip", "/skip", "/skip"):
        assert "I do not know you here" in at_work.say("U1", line)
    assert at_work.rows(Update) == []


def test_the_place_of_somebody_who_left_goes_to_who_has_it_now(at_work: Office) -> None:
    amira, sam = _amira(at_work), at_work.person("sam", Role.LEAD, linked=False)
    at_work.vouched = {"U1": "amira@rochdale.example"}
    at_work.say("U1", "actions")
    _leaves(at_work, amira)
    at_work.vouched = {"U1": "sam@rochdale.example"}
    assert "No open action is yours" in at_work.say("U1", "actions")
    assert [row.person_id for row in at_work.rows(Contact)] == [sam]


@pytest.mark.parametrize("way", ["email", "code"])
def test_what_somebody_who_left_had_open_is_not_for_who_has_the_place_now(
    at_work: Office, way: str
) -> None:
    amira, sam = _amira(at_work), at_work.person("sam", Role.LEAD, linked=False)
    at_work.vouched = {"U1": "amira@rochdale.example"}
    assert "How is it going?" in at_work.say("U1", "update 1.2")
    _leaves(at_work, amira)
    at_work.vouched = {"U1": "sam@rochdale.example"} if way == "email" else {}
    first = "2" if way == "email" else _code(at_work, sam)
    for line in (first, "slipping", "/skip", "/skip"):
        assert "1.2" not in at_work.say("U1", line)
    assert at_work.rows(Update) == []
    assert [row.person_id for row in at_work.rows(Contact)] == [sam]


# codes


def test_a_code_connects_shows_what_is_theirs_and_tells_who_made_it(at_work: Office) -> None:
    amira, boss = _amira(at_work), at_work.colleague("boss", Role.MANAGER)
    code = _code(at_work, amira, boss)
    assert "1.2 Text of 1.2" in at_work.say("U9", code.lower().replace("-", " "))
    assert "The code for amira was used on Slack" in at_work.heard("boss")[-1]
    assert _acts(at_work) == [("person_joined", SLACK)]
    assert "does not open anything" in at_work.say("U8", code), "once"


def test_a_code_adds_a_place_and_leaves_the_other(at_work: Office) -> None:
    amira = _amira(at_work, linked=True)
    at_work.say("U9", _code(at_work, amira))
    assert {row.platform for row in at_work.rows(Contact, col(Contact.person_id) == amira)} == {
        "console",
        SLACK,
    }
    assert "connected here already" in at_work.say("U9", _code(at_work, amira))


def test_who_is_connected_anew_by_a_code_hears_of_it_where_they_are_known(at_work: Office) -> None:
    amira = _amira(at_work, linked=True)
    code = _code(at_work, amira)
    at_work.say("U9", code)
    at_work.deliver()
    heard = [one for one in at_work.heard("amira") if "was used on Slack" in one]
    assert len(heard) == 1
    assert "tell the administrator" in heard[0]


def test_a_code_of_somebody_else_takes_no_place_away(at_work: Office) -> None:
    amira, boss = _amira(at_work), at_work.colleague("boss", Role.MANAGER)
    answer = at_work.say("boss", _code(at_work, amira))
    assert "somebody else's" in answer
    assert [row.person_id for row in at_work.rows(Contact)] == [boss]
    [code] = at_work.rows(JoinCode)
    assert code.used_at is None


def test_a_code_is_over_after_a_week_and_by_a_newer_one(at_work: Office) -> None:
    amira = _amira(at_work)
    first = _code(at_work, amira)
    second = _code(at_work, amira)
    assert "does not open anything" in at_work.say("U1", first)
    at_work.later(days=7)
    assert "does not open anything" in at_work.say("U1", second)
    assert at_work.rows(Contact, col(Contact.person_id) == amira) == []


def test_guessing_at_codes_comes_to_a_pause(at_work: Office) -> None:
    code = _code(at_work, _amira(at_work))
    for _ in range(5):
        assert "does not open anything" in at_work.say("U1", "ABCD-2345")
    assert "ten minutes" in at_work.say("U1", code)
    at_work.later(minutes=10)
    assert "1.2 Text of 1.2" in at_work.say("U1", code)


def test_a_code_rests_as_a_hash(at_work: Office) -> None:
    code = _code(at_work, _amira(at_work))
    [row] = at_work.rows(JoinCode)
    assert code.replace("-", "") not in row.code_hash.upper()
    assert row.expires_at - row.made_at == timedelta(days=7)


# where others read, and e-mails that prove nothing


def test_where_others_read_nothing_is_answered(at_work: Office) -> None:
    at_work.platform, at_work.vouched = TEAMS, {"U1": "amira@rochdale.example"}
    _amira(at_work)
    for who in ("U1", "U2"):
        at_work.say(who, Elsewhere("1.2 done, what is mine?"))
        heard = "\n".join(at_work.heard(who))
        assert "where others read along" in heard
        assert "1.2" not in heard
    assert at_work.rows(Update) == []


def test_an_email_that_proves_nothing_is_answered_to_its_address_once(at_work: Office) -> None:
    _amira(at_work)
    at_work.platform = EMAIL
    for _ in range(3):
        at_work.say("amira@rochdale.example", Elsewhere("1.2 complete"))
    heard = at_work.heard("amira@rochdale.example")
    assert len(heard) == 2
    assert "did not count it as your answer" in heard[0]
    assert "1.2 Text of 1.2" in heard[1]
    assert at_work.rows(Update) == []
    at_work.later(days=1)
    at_work.say("amira@rochdale.example", Elsewhere("hello?"))
    assert len(at_work.heard("amira@rochdale.example")) == 4


@pytest.mark.parametrize(
    "address", ["no-reply@x.example", "MAILER-DAEMON@x.example", "bounces+12@x.example"]
)
def test_machines_are_not_answered(at_work: Office, address: str) -> None:
    at_work.platform = EMAIL
    at_work.say(address, Elsewhere("your mail could not be delivered"), Said("out of office"))
    assert at_work.heard(address) == []


@pytest.mark.parametrize("content", [Said, Elsewhere, Edited])
def test_words_of_danger_reach_the_reviewer_whoever_wrote_them(
    at_work: Office, content: type[Said]
) -> None:
    at_work.say("U1", content("he will kill my child tonight"))
    assert len(at_work.rows(ReviewItem)) == 1
    assert "999" in "\n".join(at_work.heard("U1"))
