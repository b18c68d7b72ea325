"""The workspaces in which the app is installed: whose token, whose secret, whose name."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import DeliveryError, Failure
from bot.platforms.slack.connection import Connection
from bot.platforms.slack.failures import explain
from bot.settings import SlackWorkspace


@dataclass(frozen=True, slots=True)
class Workspace:
    """One of them, as Slack has told us about it."""

    team: str
    bot_user: str
    name: str
    client: AsyncWebClient = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)


class Workspaces:
    """Those that are open, by their team."""

    def __init__(self) -> None:
        self._by_team: dict[str, Workspace] = {}

    def add(self, workspace: Workspace) -> None:
        self._by_team[workspace.team] = workspace

    def find(self, team: str) -> Workspace | None:
        return self._by_team.get(team)

    def of(self, team: str) -> Workspace:
        """Raises DeliveryError where we have no way there (any more)."""
        found = self._by_team.get(team)
        if found is None:
            raise DeliveryError(Failure.TRY_LATER, "workspace not open")
        return found

    @property
    def every(self) -> Sequence[Workspace]:
        return tuple(self._by_team.values())


async def meet(connection: Connection, given: SlackWorkspace) -> Workspace:
    """Asks Slack who we are there. Raises DeliveryError."""
    client = connection.client(given.bot_token.get_secret_value())
    try:
        me = await client.auth_test()
    except Exception as error:  # noqa: BLE001 - told apart by `explain`
        raise explain(error) from None
    team, user = me.get("team_id"), me.get("user_id")
    if not isinstance(team, str) or not isinstance(user, str):
        raise DeliveryError(Failure.OUR_FAULT, "not Slack's API")
    return Workspace(
        team,
        user,
        str(me.get("team") or given.name),
        client,
        given.app_token.get_secret_value(),
        given.signing_secret.get_secret_value(),
    )
