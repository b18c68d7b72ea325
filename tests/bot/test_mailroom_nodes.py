"""Several nodes on one database: no deadlock, nothing lost, nothing doubled."""

import asyncio
import random
from collections.abc import Sequence

import pytest
from sqlmodel import col, select

from bot.app import App, assemble
from bot.mailroom import MailroomClosed
from bot.messages import Ack, AckStatus, Arrived, Incoming
from bot.platforms.console import PLATFORM
from bot.settings import Settings
from storage.concerns import ReviewItem
from storage.database import Database
from storage.mail import Outbox
from storage.people import Contact
from storage.surveys import Answer, Invite, SessionState, SurveySession
from storage.types import Keyring
from surveys.receipts import come_back_code, receipt_code
from tests.bot.moment import MONDAY
from tests.bot.stage import Recorder, Stage, words_of

_SCRIPT = ("2", "1", "nonsense", "3", "/skip", "1 3", "1", "more people to talk to")


class Nodes:
    """Programs that share a database, as behind a load balancer."""

    def __init__(self, url: str, keyring: Keyring, how_many: int) -> None:
        self.databases = [Database(url, keyring) for _ in range(how_many)]
        self.apps: list[App] = [assemble(one, Settings(), lambda: MONDAY) for one in self.databases]

    def __enter__(self) -> "Nodes":
        return self

    def __exit__(self, *_: object) -> None:
        for app in self.apps:
            app.close()


async def _receive(app: App, message: Incoming) -> Ack:
    """As platforms do: what was not taken is sent again."""
    for _ in range(50):
        try:
            return await app.mailroom.receive(message)
        except MailroomClosed:
            await asyncio.sleep(0.01)
    raise AssertionError("never taken")


async def _talk(apps: Sequence[App], messages: Sequence[Incoming], seed: int) -> None:
    """One person's messages in their order, each to whichever node, some to two at once."""
    dice = random.Random(seed)
    for message in messages:
        chosen = dice.sample(list(apps), k=2 if dice.random() < 0.3 else 1)
        acks = await asyncio.gather(*(_receive(app, message) for app in chosen))
        assert [ack.status for ack in acks].count(AckStatus.STORED) == 1


def test_two_nodes_with_the_same_senders_lose_and_double_nothing(
    stage: Stage, youth: str, database_url: str, keyring: Keyring
) -> None:
    people = [f"yp{number}" for number in range(30)]
    lines = [f"/start {youth}", "1"]
    talks = [[stage.incoming(who, line) for line in (*lines, *_SCRIPT)] for who in people]
    with Nodes(database_url, keyring, 2) as nodes:

        async def everybody() -> None:
            # A number picks from a menu that was shown, so the welcome is delivered first.
            await asyncio.gather(*(_talk(nodes.apps, one[:1], 0) for one in talks))
            await nodes.apps[0].delivery({PLATFORM: Recorder()}).run_until_idle()
            await asyncio.gather(
                *(_talk(nodes.apps, one[1:], seed) for seed, one in enumerate(talks))
            )

        asyncio.run(asyncio.wait_for(everybody(), 60))
    assert len(stage.rows(Contact, col(Contact.person_id).is_(None))) == len(people)
    sessions = stage.rows(SurveySession)
    assert [row.state for row in sessions] == [SessionState.COMPLETE] * len(people)
    assert len(stage.rows(Answer)) == len(people) * 7
    assert sorted(words_of(stage.rows(ReviewItem))) == sorted(
        ["more people to talk to", "nonsense"] * len(people)
    )
    keys = [row.dedupe_key for row in stage.rows(Outbox)]
    assert len(keys) == len(set(keys))


def test_a_step_taken_on_one_node_is_seen_by_the_other_that_waited_for_it(
    stage: Stage, youth: str, database_url: str, keyring: Keyring
) -> None:
    """The second node asks for the lock before the first one commits: it must read afterwards."""
    people = [f"yp{number}" for number in range(20)]
    for who in people:
        stage.say(who, f"/start {youth}", "1")
    with Nodes(database_url, keyring, 2) as nodes:

        async def at_once() -> None:
            for line in ("2", "1", "3", "4"):
                messages = [stage.incoming(who, line) for who in people]
                half = len(messages) // 2
                left = [_receive(nodes.apps[0], one) for one in messages[:half]]
                right = [_receive(nodes.apps[1], one) for one in messages[half:]]
                await asyncio.gather(*left, *right)
            # Two different answers of everybody, one to each node, at the same time.
            pairs = [(stage.incoming(who, "1 3"), stage.incoming(who, "2 4")) for who in people]
            await asyncio.gather(
                *(_receive(nodes.apps[0], one) for one, _ in pairs),
                *(_receive(nodes.apps[1], two) for _, two in reversed(pairs)),
            )

        asyncio.run(asyncio.wait_for(at_once(), 60))
    # The first of the two answered this question, the second one the next.
    for question in ("listen_better", "who_to_tell"):
        assert len(stage.rows(Answer, col(Answer.question) == question)) == len(people)
    assert {row.step for row in stage.rows(SurveySession)} == {7}


@pytest.mark.parametrize("uses", [1, 5])
def test_a_link_for_so_many_is_not_used_once_more_by_two_at_once(
    stage: Stage, database_url: str, keyring: Keyring, uses: int
) -> None:
    stage.reviewers()
    token = stage.open(most_uses=uses)
    people = [f"yp{number}" for number in range(12)]
    for who in people:
        stage.say(who, f"/start {token}")
    with Nodes(database_url, keyring, 2) as nodes:

        async def at_once() -> None:
            pressing = [stage.incoming(who, "1") for who in people]
            await asyncio.gather(
                *(_receive(nodes.apps[place % 2], one) for place, one in enumerate(pressing))
            )

        asyncio.run(asyncio.wait_for(at_once(), 60))
    assert len(stage.rows(SurveySession)) == uses
    assert [row.uses for row in stage.rows(Invite)] == [uses]
    stage.deliver()
    refused = [who for who in people if "not open" in stage.heard(who)[-1]]
    assert len(refused) == len(people) - uses


def test_an_answer_that_arrives_while_all_is_deleted_does_not_bring_it_back(
    stage: Stage, youth: str, database_url: str, keyring: Keyring
) -> None:
    """Deleted from another chat with the code, while the first chat goes on answering."""
    people = [f"yp{number}" for number in range(10)]
    for who in people:
        stage.say(who, f"/start {youth}", "1", "2")
    codes = [receipt_code(keyring, row.id) for row in stage.rows(SurveySession)]
    with Nodes(database_url, keyring, 2) as nodes:

        async def at_once() -> None:
            answers = [stage.incoming(who, "1") for who in people]
            deletes = [stage.incoming(f"other-{code}", f"/delete {code}") for code in codes]
            await asyncio.gather(
                *(_receive(nodes.apps[0], one) for one in answers),
                *(_receive(nodes.apps[1], one) for one in deletes),
            )

        asyncio.run(asyncio.wait_for(at_once(), 60))
    assert stage.rows(Answer) == []
    assert {row.state for row in stage.rows(SurveySession)} == {SessionState.DELETED}
    assert {row.progress for row in stage.rows(SurveySession)} == {""}


def test_two_deliverers_never_send_the_same_row(
    stage: Stage, database_url: str, keyring: Keyring
) -> None:
    people = [f"yp{number}" for number in range(40)]
    for _ in range(5):
        stage.receive(*(stage.incoming(who, "/help") for who in people))
    recorders = [Recorder() for _ in range(3)]
    with Nodes(database_url, keyring, 3) as nodes:

        async def run(app: App, recorder: Recorder) -> None:
            delivery = app.delivery({PLATFORM: recorder})
            idle = 0
            while idle < 5:  # another node may hold just now what would be due here
                idle = 0 if await delivery.run_once() else idle + 1
                await asyncio.sleep(0.005)

        async def at_once() -> None:
            await asyncio.gather(*map(run, nodes.apps, recorders))

        asyncio.run(asyncio.wait_for(at_once(), 60))
    sent = [one.to for recorder in recorders for one in recorder.sent]
    assert sorted(sent) == sorted(people * 5)
    with stage.database.reading() as db:
        rows = db.exec(select(Outbox.outcome, Outbox.attempts)).all()
    assert {tuple(row) for row in rows} == {("sent", 1)}


def test_two_nodes_where_people_go_on_in_one_anothers_place_keep_every_answer(
    stage: Stage, youth: str, database_url: str, keyring: Keyring
) -> None:
    """Each holds one place and wants the other's; and the places go on answering meanwhile."""
    people = [f"yp{number}" for number in range(12)]
    for who in people:
        stage.say(who, f"/start {youth}", "1", "2")
    sessions = {row.contact_id: row for row in stage.rows(SurveySession)}
    contacts = {row.address: row.id for row in stage.rows(Contact)}
    codes = {who: come_back_code(keyring, sessions[contacts[who]].id) for who in people}
    pairs = zip(people, [*people[1::2], *people[::2]], strict=True)
    coming = [stage.incoming(who, Arrived(codes[other])) for who, other in pairs]
    words = [stage.incoming(who, f"meanwhile {who}") for who in people]
    with Nodes(database_url, keyring, 2) as nodes:

        async def everybody() -> list[Ack]:
            some = (*coming, *words, *(stage.incoming(who, "/safe") for who in people))
            return await asyncio.gather(
                *(_receive(nodes.apps[n % 2], message) for n, message in enumerate(some))
            )

        acks = asyncio.run(asyncio.wait_for(everybody(), 60))
    assert {ack.status for ack in acks} == {AckStatus.STORED}
    assert sorted(words_of(stage.rows(ReviewItem))) == sorted(f"meanwhile {who}" for who in people)
    assert len(stage.rows(SurveySession)) == len(people)
    owners = [row.contact_id for row in stage.rows(SurveySession)]
    assert len(owners) == len(people)
    assert None not in owners
