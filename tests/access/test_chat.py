"""The role table in chat and by e-mail: words of young people are for nobody there, and the rest

goes by role. Whoever is refused reads who can help.
"""

from collections.abc import Iterable

import pytest
from sqlmodel import select

from bot.messages import EMAIL, SLACK, TEAMS, TELEGRAM, WEB, Address, Pressed, Said
from bot.people import link
from bot.role_table import Data, Extent, Right, extent, rights_of
from storage.concerns import ReviewItem, ReviewState
from storage.people import Contact, Person, Role
from storage.plans import Update
from tests.access.world import (
    BOTH,
    DEPUTY,
    ELSEWHERE,
    GROUP,
    LATE,
    LEFT,
    NOTED,
    OURS,
    OWN,
    QUIET,
    REF,
    YOUNG,
    email_of,
    shown_in,
)
from tests.bot.staff.office import Office

PLATFORMS = (SLACK, TEAMS, EMAIL)
PLAN = (OWN, GROUP, LATE, QUIET)
COMMANDS = (
    "actions",
    "/group",
    "/waiting",
    "/digest",
    "/concerns",
    "/people",
    "/unreached",
    "/review",
    "history 1.1",
    "history 2.2",
    "update 2.2",
    "/settings",
    "help",
)
_SEEN: dict[Extent, set[str]] = {
    Extent.NONE: set(),
    Extent.OWN: {OWN},
    Extent.GROUP: {OWN, GROUP},
    Extent.ALL: {OWN, GROUP, LATE, QUIET},
    Extent.EXCEPTIONS: {LATE},
}


def _connected(chat: Office, names: Iterable[str]) -> None:
    """Where these people are reached is where everybody writes now."""
    with chat.database.writing() as db:
        people = {person.key: person for person in db.exec(select(Person))}
        for name in names:
            link(db, people[name], Address(chat.platform, "", _place(chat, name)))


def _place(chat: Office, name: str) -> str:
    return email_of(name) if chat.platform == EMAIL else name


def _heard(chat: Office, names: Iterable[str], said: str | Pressed) -> dict[str, str]:
    """What each of them is answered when all say the same."""
    content = Said(said) if isinstance(said, str) else said
    before = len(chat.recorder.sent)
    places = {name: _place(chat, name) for name in names}
    chat.receive(*(chat.incoming(place, content) for place in places.values()))
    chat.deliver()
    new = chat.recorder.sent[before:]
    return {
        name: "\n".join(sent.text for sent in new if sent.to == place)
        for name, place in places.items()
    }


@pytest.fixture(params=PLATFORMS)
def at(chat: Office, request: pytest.FixtureRequest) -> Office:
    chat.platform = request.param
    _connected(chat, [*(role.value for role in Role), DEPUTY, BOTH, ELSEWHERE])
    return chat


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_shows_no_more_than_the_role_may_see(at: Office, command: str) -> None:
    for name, answer in _heard(at, [role.value for role in Role], command).items():
        role, seen = Role(name), shown_in(answer)
        assert answer, name
        may = set(_SEEN[extent(Data.OWN_ACTIONS, role)])
        if Right.DIGEST in rights_of([role]):
            # The digest's exceptions, and which surveys there are, are for whoever gets it.
            may |= {LATE, OURS, YOUNG}
        if extent(Data.CONCERNS, role) is Extent.ALL:
            may |= {REF}
        assert seen <= may, (name, command)


def test_each_role_finds_its_actions_and_no_others(at: Office) -> None:
    own = _heard(at, [role.value for role in Role], "actions")
    groups = _heard(at, ["chair", "manager"], "/group")
    assert shown_in(own["lead"]) == {OWN}
    assert shown_in(own["chair"]) | shown_in(groups["chair"]) == {OWN, GROUP}
    assert shown_in(groups["manager"]) >= {OWN, GROUP, LATE}
    for role in (Role.VOICE_LEAD, Role.REVIEWER, Role.ADMIN, Role.YOUTH_WORKER):
        assert shown_in(own[role.value]) == set()


def test_the_queue_is_listed_for_reviewers_and_others_read_who_can_help(at: Office) -> None:
    for name, answer in _heard(at, [role.value for role in Role], "/concerns").items():
        if Right.REVIEW in rights_of([Role(name)]):
            # What others wrote meanwhile may stand before it.
            assert shown_in(answer) == {REF} or "listening-loop concerns list" in answer
        else:
            assert "You can ask: The reviewer." in answer


def test_nobody_else_takes_a_concern(at: Office) -> None:
    others = [role.value for role in Role if Right.REVIEW not in rights_of([role])]
    _heard(at, others, "/stop")
    for attempt in (f"ack {REF}", Pressed(f"ack:{REF}")):
        for answer in _heard(at, others, attempt).values():
            assert "You can ask: The reviewer." in answer
    [item] = at.rows(ReviewItem, ReviewItem.ref == REF)
    assert item.state is ReviewState.WAITING


def test_a_deputy_sees_what_the_lead_does_and_a_lead_of_another_body_does_not(at: Office) -> None:
    found = _heard(at, [DEPUTY, ELSEWHERE, BOTH], "actions")
    assert shown_in(found[DEPUTY]) <= {OWN}
    assert shown_in(found[ELSEWHERE]) == {LATE}
    assert shown_in(found[BOTH]) == {QUIET}
    for name in (ELSEWHERE, BOTH):
        answer = _heard(at, [name], "1.1 done")[name]
        assert shown_in(answer) == set()
    assert at.rows(Update) == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_whoever_has_left_and_whoever_is_unknown_see_nothing(chat: Office, platform: str) -> None:
    chat.platform = platform
    _connected(chat, [LEFT])
    tried: tuple[str | Pressed, ...] = (*COMMANDS, f"ack {REF}", Pressed(f"ack:{REF}"))
    for said in tried:
        for answer in _heard(chat, [LEFT, "stranger"], said).values():
            assert shown_in(answer) == set()


@pytest.mark.parametrize("platform", [TELEGRAM, WEB])
def test_whoever_answers_surveys_reaches_nothing_of_staff(chat: Office, platform: str) -> None:
    chat.platform = platform
    tried: tuple[str | Pressed, ...] = (
        *COMMANDS,
        f"ack {REF}",
        *(Pressed(token) for token in (f"ack:{REF}", "update:1", "do:digest", "glass:1")),
    )
    for said in tried:
        answer = _heard(chat, ["young"], said)["young"]
        assert shown_in(answer) == set()
        assert NOTED not in answer
    [item] = chat.rows(ReviewItem, ReviewItem.ref == REF)
    assert item.state is ReviewState.WAITING
    assert [row.person_id for row in chat.rows(Contact, Contact.platform == platform)] == [None] * (
        2 if platform == TELEGRAM else 1
    )
