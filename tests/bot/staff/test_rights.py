"""Who may ask for what, by role: each either works or says whose it is and who can help."""

from collections.abc import Iterator

import pytest

from bot.access import Right, rights_of, who_can
from bot.messages import Content, Pressed, Said, Submitted
from bot.staff import digests
from bot.staff.managers import COMMANDS, FORMS
from storage.database import Database
from storage.language import Catalogue
from storage.people import Role
from storage.types import Keyring
from tests.backends import SqliteBackend
from tests.bot.staff.office import Office, office
from tests.reminders.small_plan import SmallPlan

_ALL = set(Role)
_CHAIRS = {Role.CHAIR, Role.MANAGER}
_MANAGER = {Role.MANAGER}
_MAY: dict[str, set[Role]] = {
    "/digest": {Role.CHAIR, Role.MANAGER, Role.EXECUTIVE, Role.SCRUTINEER},
    "/waiting": _CHAIRS,
    "/group Learning": _CHAIRS,
    "agree 1.2": _CHAIRS,
    "approve 1.2": _CHAIRS,
    "accept 1.2": _CHAIRS,
    "refuse 1.2 because": _CHAIRS,
    "decline 1.2": _CHAIRS,
    "/review": _MANAGER,
    "/answer 1.2 hello": _MANAGER,
    "/phone 1.2 on track": _MANAGER,
    "give 1.2 to amira@rochdale.example": _MANAGER,
    "/people": _MANAGER,
    "/unreached": _MANAGER,
    "/code amira@rochdale.example": _MANAGER,
    "/away amira@rochdale.example until 12 January 2024": _MANAGER,
    "/concerns": {Role.REVIEWER},
}
_REFUSALS = ("You can ask:", "business unit can help")
_PRESSES = (
    "accept:1:yes",
    "review:1",
    "escalate:1:yes",
    "newdate:1:no",
    "evidenced:1:yes",
    "helped:1",
    "give:1:1",
    "givewho:1",
    "stays:1",
    "phoneabout:1",
    "phonewho:1:1",
    "code:1",
    "leave:1",
)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Office]:
    """One of each role, named after it, and amira who leads 1.2; nobody changes anything."""
    with (
        SqliteBackend(tmp_path_factory.mktemp("rights")).prepared() as url,
        Database(url, keyring) as database,
        office(database) as one,
    ):
        amira = one.colleague("amira", Role.LEAD)
        for role in Role:
            one.colleague(role.value, role)
        with one.database.writing() as db:
            plan = SmallPlan.start(db)
            plan.body("Learning group", chair_person_id=amira + 2)
            plan.action("1.2", one.now.date(), people=[amira])
        yield one


def _answers(everybody: Office, content: Content, roles: set[Role]) -> dict[Role, str]:
    """What each of these is answered when all of them say the same."""
    before = len(everybody.recorder.sent)
    everybody.receive(*(everybody.incoming(role.value, content) for role in sorted(roles)))
    everybody.deliver()
    new = everybody.recorder.sent[before:]
    return {role: "\n".join(sent.text for sent in new if sent.to == role.value) for role in roles}


def test_every_command_stands_in_the_table() -> None:
    named = {line.split()[0].removeprefix("/") for line in _MAY}
    assert named >= set(COMMANDS)


@pytest.mark.parametrize("line", _MAY)
def test_each_role_is_answered_or_told_who_can_help(everybody: Office, line: str) -> None:
    for role, answer in _answers(everybody, Said(line), _ALL).items():
        refused = any(words in answer for words in _REFUSALS)
        assert answer, role
        assert refused == (role not in _MAY[line]), (role, answer)


@pytest.mark.parametrize("token", _PRESSES)
def test_no_button_of_a_manager_works_for_others(everybody: Office, token: str) -> None:
    for role, answer in _answers(everybody, Pressed(token), _ALL - _CHAIRS).items():
        refused = any(words in answer for words in _REFUSALS)
        assert refused or "earlier message" in answer, (role, answer)


@pytest.mark.parametrize("name", sorted(FORMS.keys() - digests.FORMS.keys()))
def test_no_form_of_a_manager_opens_or_is_taken_for_others(everybody: Office, name: str) -> None:
    about = "newdate:1" if name == "decide" else "1"
    filled_in = Submitted(f"{name}:{about}", {"person": "1", "answer": "yes"})
    for role, answer in _answers(everybody, filled_in, _ALL - _CHAIRS).items():
        assert any(words in answer for words in (*_REFUSALS, "earlier message")), (role, answer)


@pytest.mark.parametrize("right", sorted(set(Right) - {Right.BREAK_GLASS}))
def test_who_can_help_is_somebody_who_may(everybody: Office, right: Right) -> None:
    with everybody.database.reading() as db:
        names = who_can(db, right)
    assert names
    for name in names:
        assert right in rights_of([Role(name)]), name


@pytest.mark.parametrize("right", Right)
def test_every_right_that_is_refused_has_words_for_it(right: Right) -> None:
    assert Catalogue.load("bot").say(f"refused.{right}", "en").strip()


def test_without_a_manager_the_partnerships_own_contact_helps(at_work: Office) -> None:
    at_work.configure(partnership={"contact": "01706 925000"})
    at_work.colleague("amira", Role.LEAD)
    assert "You can ask: 01706 925000." in at_work.say("amira", "/people")
