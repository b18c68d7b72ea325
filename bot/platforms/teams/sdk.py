"""The parts of Microsoft's SDK that are used, imported in one place.

Its `App` wants to own the server, its routes and the order of things; here a request is answered
when it is on disk, by our own server, within our own limits. So these are used without it: the
check of tokens and the client of the connector. Its token manager is not used either: MSAL takes
neither our proxy settings nor a login on this machine (it insists on https).
"""

import logging
import warnings

with warnings.catch_warnings():
    # It warns, when it is imported, of previews that are not used here.
    warnings.simplefilter("ignore")
    from microsoft_teams.api import (
        Account,
        ApiClient,
        TeamsChannelAccount,
    )
    from microsoft_teams.api.activities.message import MessageActivityInput
    from microsoft_teams.api.auth.cloud_environment import PUBLIC
    from microsoft_teams.api.models.attachment import Attachment
    from microsoft_teams.apps.auth.token_validator import JwtValidationOptions, TokenValidator
    from microsoft_teams.common import Client, ClientOptions

__all__ = [
    "PUBLIC",
    "Account",
    "ApiClient",
    "Attachment",
    "Client",
    "ClientOptions",
    "JwtValidationOptions",
    "MessageActivityInput",
    "TeamsChannelAccount",
    "TokenValidator",
]


def silence() -> None:
    """These write addresses, tokens and ids of conversations into the log."""
    for name in ("microsoft_teams", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # The SDK's client sets the level of this one anew whenever it is made.
    logging.getLogger("httpx").disabled = True
